//! A form of a decision, as the body that the API takes; and what is refused of that, at the form's fields.

use domain::case::{CaseKind, Language};
use domain::problem::Code;
use portal::work::decide::AGAINST;
use portal::work::{Cause, PlanDecision, Refused};
use portal::{Fields, Words};
use workflow::command::{Decided, NewExtension, NewMemberNotice, NewTranslation};
use workflow::{Failure, FieldProblem};

use crate::App;
use crate::input::ProcedureBody;
use crate::input::authorizations::RequestedLineBody;
use crate::input::clocks::{ExtensionBody, MemberNoticeBody, TranslationBody};
use crate::input::decisions::{
    AdjustmentBody, ApplicationDecisionBody, AuthorizationDecisionBody, ClaimDecisionBody, DestinationBody,
    PaidLineBody, ReasonBody, ReferralDecisionBody,
};
use crate::input::evidence::AskBody;
use crate::problem::{ApiError, FieldErrorView};
use crate::spanish;

#[cfg(test)]
mod tests;

/// Command that a form asks for.
pub(super) enum Command {
    /// A decision on the case.
    Decide(Decided),
    /// More time for the decision.
    Extend(NewExtension),
    /// The plan's word that it told the person.
    Tell(NewMemberNotice),
    /// The words of a reason in the language that is wanted.
    Translate(NewTranslation),
}

impl Command {
    /// The same of a decision that is the rules' own advice, whatever was written before it was chosen.
    pub(super) fn without_departure(self) -> Self {
        match self {
            Self::Decide(decided) => Self::Decide(Decided { against_advice: None, ..decided }),
            other => other,
        }
    }
}

/// Numbers of the form's lines, in the order in which they were sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rows {
    /// Decision that the form is of.
    decision: PlanDecision,
    /// First word of their fields: `line` for what is granted, `paid` for what is paid.
    prefix: &'static str,
    numbers: Vec<u16>,
}

/// Most lines of a form: a request and a claim have no more.
const MOST_ROWS: u16 = 50;

/// Reads a form by the API's own rules. `rows` are its lines.
///
/// # Errors
/// Everything that is wrong with it, as the API would say it of the body.
pub(super) fn command(
    app: &App,
    kind: CaseKind,
    decision: PlanDecision,
    typed: &Fields,
    rows: &Rows,
) -> Result<Command, ApiError> {
    let form = Form { typed, decision };
    match decision {
        PlanDecision::Extend => return app.read(form.extension()).map(Command::Extend),
        PlanDecision::Tell => return app.read(form.notice()).map(Command::Tell),
        PlanDecision::Translate => return app.read(form.translation()).map(Command::Translate),
        _ => {}
    }
    let decided = match kind {
        CaseKind::Referral => app.read(form.referral())?,
        CaseKind::Authorization => app.read(form.authorization(rows))?,
        CaseKind::Claim => {
            let lines = form.paid_lines(rows).map_err(|problem| Failure::Invalid(vec![problem]))?;
            app.read(form.claim(lines))?
        }
        CaseKind::Application => app.read(form.application())?.into(),
    };
    Ok(Command::Decide(decided))
}

/// A form, and the decision that was chosen in it. Fields of other decisions are not read: they are on the
/// page whichever is chosen.
struct Form<'a> {
    typed: &'a Fields,
    decision: PlanDecision,
}

impl Form<'_> {
    /// Text of a field on one line; `None` where there is none.
    fn text(&self, name: &str) -> Option<String> {
        let text = self.typed.get(name)?.split_whitespace().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then_some(text)
    }

    /// The word of the API for the decision.
    fn word(&self) -> String {
        match self.decision {
            PlanDecision::Part | PlanDecision::Credential => "approve",
            decision => decision.name(),
        }
        .to_owned()
    }

    fn is_no(&self) -> bool {
        matches!(
            self.decision,
            PlanDecision::Part | PlanDecision::Modify | PlanDecision::Deny | PlanDecision::NotEligible
        )
    }

    /// A reason in the languages in which it is written.
    fn reason(&self, name: &str) -> Option<ReasonBody> {
        let (en, es) = (self.text(&format!("{name}-en")), self.text(&format!("{name}-es")));
        (en.is_some() || es.is_some()).then_some(ReasonBody { en, es })
    }

    fn kind(&self) -> Option<String> {
        self.text("kind").filter(|_| self.is_no())
    }

    fn criteria(&self) -> Option<Vec<String>> {
        let ids: Vec<String> = self.typed.all("criteria").map(str::to_owned).collect();
        (self.is_no() && !ids.is_empty()).then_some(ids)
    }

    fn against(&self) -> Option<String> {
        self.text(AGAINST)
    }

    /// Facts and documents that are asked for; an empty list where none was chosen.
    fn asks(&self) -> Option<Vec<AskBody>> {
        let ask = |word: &str| {
            let (kind, code) = word.split_once(':')?;
            let code = Some(code.to_owned());
            match kind {
                "fact" => Some(AskBody { fact: code, document: None }),
                "document" => Some(AskBody { fact: None, document: code }),
                _ => None,
            }
        };
        let chosen = self.typed.all("asks").chain(self.typed.all("ask-more")).filter_map(ask);
        (self.decision == PlanDecision::Pend).then(|| chosen.collect())
    }

    fn destination(&self) -> Option<DestinationBody> {
        let word = self.text("to").filter(|_| self.decision == PlanDecision::Redirect)?;
        let (kind, id) = word.split_once(':')?;
        let of = |wanted: &str| (kind == wanted).then(|| id.to_owned());
        Some(DestinationBody { plan: of("plan"), delegate: of("delegate"), service: of("service") })
    }

    fn referral(&self) -> ReferralDecisionBody {
        let says_why = matches!(self.decision, PlanDecision::NotEligible | PlanDecision::Redirect);
        ReferralDecisionBody {
            decision: self.word(),
            reason: if says_why { self.reason("reason") } else { None },
            kind: self.kind(),
            criteria: self.criteria(),
            to: self.destination(),
            provider: self.text("provider").filter(|_| self.decision == PlanDecision::Assign),
            providers: None,
            against_advice: self.against(),
        }
    }

    fn authorization(&self, rows: &Rows) -> AuthorizationDecisionBody {
        let grants =
            matches!(self.decision, PlanDecision::Approve | PlanDecision::Part | PlanDecision::Modify);
        let has_lines = matches!(self.decision, PlanDecision::Part | PlanDecision::Modify);
        AuthorizationDecisionBody {
            decision: self.word(),
            lines: has_lines.then(|| rows.numbers.iter().map(|number| self.granted(*number)).collect()),
            reason: if self.is_no() { self.reason("reason") } else { None },
            kind: self.kind(),
            criteria: self.criteria(),
            asks: self.asks(),
            exception: if grants { self.reason("exception") } else { None },
            against_advice: self.against(),
        }
    }

    fn granted(&self, number: u16) -> RequestedLineBody {
        let text = |field: &str| self.text(&format!("line-{number}-{field}")).unwrap_or_default();
        let procedure = text("procedure");
        let mut procedure = procedure.split(' ').map(str::to_owned);
        RequestedLineBody {
            procedure: ProcedureBody {
                code: procedure.next().unwrap_or_default(),
                modifiers: procedure.collect(),
            },
            // What is no number is refused as none of the numbers that may be granted.
            units: text("units").parse().unwrap_or_default(),
            first: text("first"),
            last: text("last"),
        }
    }

    fn claim(&self, lines: Vec<PaidLineBody>) -> ClaimDecisionBody {
        let pays = self.decision == PlanDecision::Pay;
        let says_why = matches!(self.decision, PlanDecision::Deny | PlanDecision::Uphold);
        ClaimDecisionBody {
            decision: self.word(),
            remittance: self.text("remittance").filter(|_| pays),
            lines: pays.then_some(lines),
            reason: if says_why { self.reason("reason") } else { None },
            kind: self.kind(),
            criteria: self.criteria(),
            asks: self.asks(),
            exception: if pays { self.reason("exception") } else { None },
            without_authorization: if pays { self.reason("unauthorized") } else { None },
            against_advice: self.against(),
        }
    }

    /// Lines that are paid, with their adjustments.
    fn paid_lines(&self, rows: &Rows) -> Result<Vec<PaidLineBody>, FieldProblem> {
        if self.decision != PlanDecision::Pay {
            return Ok(Vec::new());
        }
        let line = |(place, number): (usize, &u16)| -> Result<PaidLineBody, FieldProblem> {
            let text = |field: &str| self.text(&format!("paid-{number}-{field}")).unwrap_or_default();
            let adjustments = adjustments(&text("adjustments")).ok_or_else(|| {
                FieldProblem::new(format!("/lines/{place}/adjustments"), Code::AdjustmentGroup, "", "")
            });
            let amount = text("amount").replace(['$', ','], "");
            Ok(PaidLineBody { number: *number, amount, adjustments: adjustments? })
        };
        rows.numbers.iter().enumerate().map(line).collect()
    }

    fn application(&self) -> ApplicationDecisionBody {
        ApplicationDecisionBody {
            decision: self.word(),
            effective: self.text("effective").filter(|_| self.decision == PlanDecision::Credential),
            last_day: self.text("last-day").filter(|_| self.decision == PlanDecision::End),
            reason: if self.decision == PlanDecision::Credential { None } else { self.reason("reason") },
        }
    }

    fn extension(&self) -> ExtensionBody {
        ExtensionBody {
            requested_by: self.text("requested-by").unwrap_or_default(),
            reason: self.reason("reason").unwrap_or(ReasonBody { en: None, es: None }),
        }
    }

    fn notice(&self) -> MemberNoticeBody {
        MemberNoticeBody {
            sent_on: self.text("sent-on"),
            route: self.text("route").unwrap_or_default(),
            language: self.text("notice-language").unwrap_or_default(),
        }
    }

    /// The reason in the language in which it is wanted, which the form was made for.
    fn translation(&self) -> TranslationBody {
        TranslationBody {
            of: self.text("translation-of"),
            language: self.text("translation-language").unwrap_or_default(),
            text: self.text("translation").unwrap_or_default(),
        }
    }
}

/// Adjustments as people write them: `CO-45 4.00, CO-253 1.20 N822`. `Some(None)` for nothing, `None` for
/// what cannot be read.
fn adjustments(text: &str) -> Option<Option<Vec<AdjustmentBody>>> {
    if text.is_empty() {
        return Some(None);
    }
    let one = |text: &str| {
        let mut words = text.split_whitespace();
        let (group, reason) = words.next()?.split_once('-')?;
        let amount = words.next()?.replace('$', "");
        let remark = words.next().map(str::to_owned);
        let is_all = words.next().is_none();
        is_all.then(|| AdjustmentBody {
            group: group.to_ascii_uppercase(),
            reason: reason.to_owned(),
            remark,
            amount,
        })
    };
    text.split(',').map(one).collect::<Option<Vec<_>>>().map(Some)
}

/// Problems of the body at the fields of the form, in the reader's words.
pub(super) fn refused_of(
    words: Words,
    problems: &[FieldProblem],
    rows: &Rows,
    typed: &Fields,
) -> Vec<Refused> {
    let mut refused: Vec<Refused> = Vec::new();
    for problem in problems {
        let field = rows.field(&problem.pointer);
        let is_blank = typed.get(&field).is_none_or(|text| text.trim().is_empty());
        let text = said(words, problem, is_blank);
        // A field says one thing at a time.
        if !refused.iter().any(|known| known.field == field) {
            refused.push(Refused { field, text });
        }
    }
    refused
}

/// Cause and fix of a problem; `None` where something is missing, for which each field has its own words.
fn said(words: Words, problem: &FieldProblem, is_blank: bool) -> Option<String> {
    match problem.code {
        Code::MissingField | Code::MissingEntry | Code::OneOf => return None,
        Code::InvalidLength | Code::InvalidValue | Code::UnknownCode if is_blank => return None,
        Code::NoCoverage => return Some(Cause::NoCoverage.text(words)),
        Code::InvalidDay => return Some(Cause::WrongDay.text(words)),
        Code::AdjustmentGroup if problem.detail.is_empty() => {
            return Some(Cause::WrongAdjustment.text(words));
        }
        _ => {}
    }
    let mut view = FieldErrorView::from(problem);
    if words.language == Language::Es {
        spanish::say_field(&mut view);
    }
    Some(format!("{} {}", sentence(&view.detail), sentence(&view.fix)))
}

/// A clause as a sentence.
fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let end = if clause.ends_with(['.', '?', ')']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

impl Rows {
    /// Lines of a form of which something is granted or paid.
    pub(super) fn of(decision: PlanDecision, typed: &Fields) -> Self {
        let (prefix, field) =
            if decision == PlanDecision::Pay { ("paid", "amount") } else { ("line", "units") };
        let form = Form { typed, decision };
        let is_filled = |number: &u16| form.text(&format!("{prefix}-{number}-{field}")).is_some();
        Self { decision, prefix, numbers: (1..=MOST_ROWS).filter(is_filled).collect() }
    }

    /// Field of the form for a pointer into the body.
    fn field(&self, pointer: &str) -> String {
        let mut parts = pointer.trim_start_matches('/').split('/');
        let (first, second, third) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
        let language = if second == Some("es") { "es" } else { "en" };
        match first {
            "lines" => self.of_line(second, third),
            "reason" | "exception" => format!("{first}-{language}"),
            "without_authorization" => format!("unauthorized-{language}"),
            "kind" | "criteria" | "asks" | "to" | "provider" | "remittance" | "effective" => first.to_owned(),
            "last_day" => "last-day".to_owned(),
            "sent_on" => "sent-on".to_owned(),
            "requested_by" => "requested-by".to_owned(),
            "route" => first.to_owned(),
            "language" if self.decision == PlanDecision::Tell => "notice-language".to_owned(),
            "language" | "text" | "of" => "translation".to_owned(),
            "against_advice" => AGAINST.to_owned(),
            _ => "decision".to_owned(),
        }
    }

    fn of_line(&self, place: Option<&str>, field: Option<&str>) -> String {
        let place = place.and_then(|place| place.parse::<usize>().ok()).unwrap_or_default();
        let number = self.numbers.get(place).copied().unwrap_or(1);
        let field = match (self.prefix, field) {
            ("paid", Some("adjustments")) => "adjustments",
            ("paid", _) => "amount",
            (_, Some("procedure")) => "procedure",
            (_, Some("first")) => "first",
            (_, Some("last" | "days")) => "last",
            _ => "units",
        };
        format!("{}-{number}-{field}", self.prefix)
    }
}
