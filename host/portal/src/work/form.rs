//! The form of a decision: the decisions to choose from, and the fields that each of them takes.

use std::collections::BTreeSet;

use domain::case::{Language, ReasonOf};
use domain::catalog::Catalog;
use domain::dictionary::Dictionary;
use domain::identifiers::{OrgId, PlanId};
use domain::plan::billing::LineOutcome;
use domain::plan::profile::{Criterion, CriterionKind};
use domain::plan::types::{Ask, FindingOutcome};
use i18n_embed_fl::fl;
use jiff::civil::Date;
use workflow::shown::{Body, Case, ShownCase, WantedReason};

use super::decide::{AGAINST, Rights};
use super::decisions::PlanDecision;
use super::fields::{Choice, Choices, Select, TextArea};
use crate::case::{asks_of, dollars, line_text};
use crate::fields::Fields;
use crate::names;
use crate::parts::{Field, Mistake};
use crate::people::language;
use crate::words::Words;

/// A field that was refused, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Name of the field.
    pub field: String,
    /// Cause and fix, as a person reads them; `None` where something is missing, for which each field has its
    /// own words.
    pub text: Option<String>,
}

/// Cause of a refusal that pages say in words of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The plan does not cover the person on the day.
    NoCoverage,
    /// Adjustments that cannot be read.
    WrongAdjustment,
    /// A text that is no day.
    WrongDay,
    /// A clinical no by somebody without a license on record.
    NoLicense,
}

impl Cause {
    /// The cause in the reader's words.
    #[must_use]
    pub fn text(self, words: Words) -> String {
        let l = words.l;
        match self {
            Self::NoCoverage => fl!(l, "work-no-coverage"),
            Self::WrongAdjustment => fl!(l, "work-wrong-adjustment"),
            Self::WrongDay => fl!(l, "day-wrong"),
            Self::NoLicense => fl!(l, "work-no-license"),
        }
    }
}

/// The form, ready to be shown.
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) version: i64,
    /// Makes the form count once, however often it is sent.
    pub(crate) once: String,
    /// Reason for a departure, where one was given already.
    pub(crate) against: Option<String>,
    /// Reason that is still wanted in a language, by the word of what it is of, and the language's tag.
    pub(crate) wanted: Option<(&'static str, &'static str)>,
    pub(crate) decisions: Choices,
    pub(crate) groups: Vec<Group>,
}

/// Fields that belong together, and the decisions that take them.
pub(crate) struct Group {
    /// A class for each decision: the style shows the group when one of them is chosen.
    pub(crate) classes: String,
    pub(crate) heading: Option<String>,
    pub(crate) says: Option<String>,
    pub(crate) fields: Vec<Piece>,
}

/// One field of a group.
pub(crate) enum Piece {
    Heading(String),
    Line(Field),
    Area(TextArea),
    Choices(Choices),
    Select(Select),
}

/// Everything of which the form is made.
pub(crate) struct Ground<'a> {
    pub(crate) words: Words,
    pub(crate) shown: &'a ShownCase,
    pub(crate) rights: Rights,
    pub(crate) typed: &'a Fields,
    pub(crate) refused: &'a [Refused],
    /// Providers to whom a referral can be given.
    pub(crate) providers: &'a [(OrgId, String)],
    /// Other plans of this host.
    pub(crate) plans: &'a [(PlanId, String)],
    /// Language that the person speaks, as a tag; `None` where nobody is shown.
    pub(crate) language: Option<&'a str>,
}

/// The form; `None` where there is nothing that the viewer may decide.
pub(crate) fn form(ground: &Ground<'_>, action: String, once: &str) -> Option<Form> {
    let decisions: Vec<PlanDecision> = PlanDecision::of(ground.shown)
        .into_iter()
        .filter(|decision| ground.rights.decides || (decision.is_for_all() && ground.rights.translates))
        .collect();
    if decisions.is_empty() {
        return None;
    }
    let groups = [
        lines(ground),
        payment(ground),
        why(ground),
        asks(ground),
        destination(ground),
        provider(ground),
        days(ground),
        reason(ground),
        exception(ground),
        extension(ground),
        notice(ground),
        unauthorized(ground),
        translation(ground),
    ];
    let groups = groups.into_iter().flatten().filter_map(|(for_decisions, group)| {
        let classes: Vec<String> = for_decisions
            .iter()
            .filter(|decision| decisions.contains(decision))
            .map(|decision| format!("for-{}", decision.name()))
            .collect();
        (!classes.is_empty()).then(|| Group { classes: classes.join(" "), ..group })
    });
    Some(Form {
        action,
        version: ground.shown.case.version,
        once: once.to_owned(),
        against: ground.typed.get(AGAINST).filter(|text| !text.trim().is_empty()).map(str::to_owned),
        wanted: wanted(ground.shown).map(|one| (one.of.name(), one.language.tag())),
        decisions: ground.decisions(&decisions),
        groups: groups.collect(),
    })
}

/// A group, and the decisions that take it.
type ForDecisions = Option<(&'static [PlanDecision], Group)>;

fn group(heading: Option<String>, says: Option<String>, fields: Vec<Piece>) -> Group {
    Group { classes: String::new(), heading, says, fields }
}

impl Ground<'_> {
    fn value(&self, name: &str, first: impl FnOnce() -> String) -> String {
        self.typed.get(name).map_or_else(first, str::to_owned)
    }

    fn error(&self, name: &str) -> Option<String> {
        let refused = self.refused.iter().find(|refused| refused.field == name)?;
        Some(refused.text.clone().unwrap_or_else(|| missing(self.words, name)))
    }

    fn line(&self, name: String, label: String, first: impl FnOnce() -> String) -> Field {
        Field { value: self.value(&name, first), error: self.error(&name), ..Field::short(name, label) }
    }

    fn area(&self, name: &str, label: String, lang: &'static str) -> Piece {
        Piece::Area(TextArea {
            name: name.to_owned(),
            label,
            hint: None,
            error: self.error(name),
            value: self.value(name, String::new),
            lang: Some(lang),
        })
    }

    fn chosen(&self, name: &str, value: &str) -> bool {
        self.typed.all(name).any(|typed| typed == value)
    }

    /// A field of which one value is chosen.
    fn radios(&self, name: &str, legend: String, values: Vec<(&str, String)>) -> Piece {
        let choice = |(value, label): (&str, String)| Choice {
            value: value.to_owned(),
            label,
            note: None,
            is_chosen: self.chosen(name, value),
        };
        Piece::Choices(Choices {
            name: name.to_owned(),
            legend,
            hint: None,
            error: self.error(name),
            kind: "radio",
            rows: values.into_iter().map(choice).collect(),
        })
    }

    fn decisions(&self, decisions: &[PlanDecision]) -> Choices {
        let choice = |decision: &PlanDecision| Choice {
            value: decision.name().to_owned(),
            label: decision.text(self.words),
            note: None,
            is_chosen: self.chosen("decision", decision.name()),
        };
        Choices {
            name: "decision".to_owned(),
            legend: fl!(self.words.l, "work-decision"),
            hint: None,
            error: self.error("decision"),
            kind: "radio",
            rows: decisions.iter().map(choice).collect(),
        }
    }
}

/// Fields of the lines that are granted.
fn lines(ground: &Ground<'_>) -> ForDecisions {
    let Body::Authorization(body) = &ground.shown.case.body else { return None };
    let l = ground.words.l;
    let mut fields = Vec::new();
    for (line, number) in body.lines.iter().zip(1_u16..) {
        let name = |field: &str| format!("line-{number}-{field}");
        let day = |day: Option<Date>| move || day.map(|day| day.to_string()).unwrap_or_default();
        let asked = line_text(ground.words, &line.procedure.to_string(), line.units);
        fields.push(Piece::Heading(fl!(l, "work-line", number = number, asked = asked)));
        let procedure = || line.procedure.to_string();
        fields.push(Piece::Line(ground.line(name("procedure"), fl!(l, "procedure"), procedure)));
        fields.push(Piece::Line(Field {
            digits: true,
            hint: Some(fl!(l, "work-units-hint")),
            ..ground.line(name("units"), fl!(l, "units"), || line.units.to_string())
        }));
        let first = ground.line(name("first"), fl!(l, "from-day"), day(Some(line.days.first)));
        let last = ground.line(name("last"), fl!(l, "to-day"), day(line.days.last));
        fields.extend([first, last].map(|field| Piece::Line(Field { kind: "date", ..field })));
    }
    Some((&[PlanDecision::Part, PlanDecision::Modify], group(Some(fl!(l, "work-lines")), None, fields)))
}

/// Fields of the lines that are paid.
fn payment(ground: &Ground<'_>) -> ForDecisions {
    let Body::Claim(body) = &ground.shown.case.body else { return None };
    let words = ground.words;
    let l = words.l;
    let remittance = ground.line("remittance".to_owned(), fl!(l, "work-remittance"), String::new);
    let mut fields = vec![Piece::Line(remittance)];
    for line in &body.lines {
        let name = |field: &str| format!("paid-{}-{field}", line.number);
        let priced = body.results.iter().find(|result| result.number == line.number);
        let priced = priced.and_then(|result| match &result.outcome {
            LineOutcome::Payable(payment) => Some(payment.amount),
            _ => None,
        });
        let asked = line_text(words, &line.procedure.to_string(), line.units);
        let number = line.number;
        fields.push(Piece::Heading(fl!(l, "work-line", number = number, asked = asked)));
        let first = || priced.map(|amount| amount.to_string()).unwrap_or_default();
        fields.push(Piece::Line(Field {
            hint: Some(fl!(l, "work-amount-hint", charge = dollars(line.charge.0))),
            ..ground.line(name("amount"), fl!(l, "work-amount"), first)
        }));
        fields.push(Piece::Line(Field {
            hint: Some(fl!(l, "work-adjustments-hint")),
            width: "long",
            ..ground.line(name("adjustments"), fl!(l, "work-adjustments"), String::new)
        }));
    }
    Some((&[PlanDecision::Pay], group(Some(fl!(l, "work-payment")), None, fields)))
}

/// Kind of a no, and the criteria that it rests on.
fn why(ground: &Ground<'_>) -> ForDecisions {
    let l = ground.words.l;
    let kind = |value: &str, label: String| Choice {
        value: value.to_owned(),
        label,
        note: None,
        is_chosen: ground.chosen("kind", value),
    };
    let mut kinds = vec![kind("administrative", fl!(l, "work-administrative"))];
    if ground.rights.is_licensed {
        kinds.push(kind("clinical", fl!(l, "work-clinical")));
    }
    let hint = if ground.rights.is_licensed { fl!(l, "work-licensed") } else { fl!(l, "work-unlicensed") };
    let mut fields = vec![Piece::Choices(Choices {
        name: "kind".to_owned(),
        legend: fl!(l, "work-kind"),
        hint: Some(hint),
        error: ground.error("kind"),
        kind: "radio",
        rows: kinds,
    })];
    let rows: Vec<Choice> = criteria(ground.shown).into_iter().map(|one| criterion(ground, one)).collect();
    if !rows.is_empty() {
        fields.push(Piece::Choices(Choices {
            name: "criteria".to_owned(),
            legend: fl!(l, "work-criteria"),
            hint: Some(fl!(l, "work-criteria-hint")),
            error: ground.error("criteria"),
            kind: "checkbox",
            rows,
        }));
    }
    let heading = Some(fl!(l, "work-no"));
    Some((
        &[PlanDecision::Part, PlanDecision::Modify, PlanDecision::Deny, PlanDecision::NotEligible],
        group(heading, None, fields),
    ))
}

/// Criteria that a decision about the case may rest on: those of its service on the day that it is about.
pub(super) fn criteria(shown: &ShownCase) -> Vec<&Criterion> {
    let services: BTreeSet<&str> = match &shown.case.body {
        Body::Claim(body) => body.lines.iter().map(|line| line.service.as_str()).collect(),
        _ => shown.case.service.as_deref().into_iter().collect(),
    };
    let mut found: Vec<&Criterion> = Vec::new();
    for service in services {
        for criterion in shown.declared.criteria(service, about(&shown.case, shown.today)) {
            if !found.iter().any(|known| known.id == criterion.id) {
                found.push(criterion);
            }
        }
    }
    found
}

/// The day that a case is about: the first of its lines, or the day on which it is looked at.
fn about(case: &Case, today: Date) -> Date {
    let first = match &case.body {
        Body::Authorization(body) => body.lines.iter().map(|line| line.days.first).min(),
        Body::Claim(body) => body.lines.iter().map(|line| line.days.first).min(),
        Body::Referral(_) | Body::Application(_) => None,
    };
    first.unwrap_or(today)
}

fn criterion(ground: &Ground<'_>, one: &Criterion) -> Choice {
    let l = ground.words.l;
    let findings = match &ground.shown.case.body {
        Body::Referral(body) => &body.answered.findings[..],
        Body::Authorization(body) => &body.answered.findings[..],
        Body::Claim(body) => &body.answered.findings[..],
        Body::Application(_) => &[],
    };
    let found = findings.iter().find(|finding| finding.criterion == one.id).map(|finding| finding.outcome);
    let is_administrative = one.kind == CriterionKind::Administrative;
    let notes: Vec<String> = found
        .map(|outcome| match outcome {
            FindingOutcome::Met => fl!(l, "met"),
            FindingOutcome::NotMet => fl!(l, "not-met"),
            FindingOutcome::Unknown => fl!(l, "not-known"),
        })
        .into_iter()
        .chain(is_administrative.then(|| fl!(l, "work-is-administrative")))
        .collect();
    Choice {
        value: one.id.clone(),
        label: ground.words.pick(&one.text),
        note: (!notes.is_empty()).then(|| notes.join(", ")),
        is_chosen: ground.chosen("criteria", &one.id),
    }
}

/// Word of something that is asked for, as the form names it.
pub(crate) fn ask_word(ask: &Ask) -> String {
    match ask {
        Ask::Fact(code) => format!("fact:{code}"),
        Ask::Document(kind) => format!("document:{kind}"),
    }
}

/// Facts and documents that can be asked for: first those that the criteria of the service read and nobody
/// has sent.
fn asks(ground: &Ground<'_>) -> ForDecisions {
    let l = ground.words.l;
    let body = &ground.shown.case.body;
    let is_known = |ask: &Ask| match ask {
        Ask::Fact(code) => body.facts().iter().any(|fact| fact.code == *code),
        Ask::Document(kind) => body.documents().iter().any(|document| document.kind == *kind),
    };
    let mut likely: Vec<Ask> = asks_of(body).to_vec();
    for criterion in criteria(ground.shown) {
        let facts = criterion.facts.iter().cloned().map(Ask::Fact);
        let documents = criterion.documents.iter().cloned().map(Ask::Document);
        for ask in facts.chain(documents) {
            if !likely.contains(&ask) && !is_known(&ask) {
                likely.push(ask);
            }
        }
    }
    let choice = |ask: &Ask, name: &str| Choice {
        value: ask_word(ask),
        label: ground.words.pick(&ground.shown.declared.question(ask)),
        note: None,
        is_chosen: ground.chosen(name, &ask_word(ask)),
    };
    let mut fields = Vec::new();
    if !likely.is_empty() {
        fields.push(Piece::Choices(Choices {
            name: "asks".to_owned(),
            legend: fl!(l, "work-asks"),
            hint: None,
            error: ground.error("asks"),
            kind: "checkbox",
            rows: likely.iter().map(|ask| choice(ask, "asks")).collect(),
        }));
    }
    let dictionary = Dictionary::state();
    let facts = dictionary.facts().map(|known| Ask::Fact(known.definition.code.clone()));
    let documents = dictionary.documents().iter().map(|known| Ask::Document(known.kind.clone()));
    let others = facts.chain(documents).filter(|ask| !likely.contains(ask));
    let none =
        Choice { value: String::new(), label: fl!(l, "work-nothing-else"), note: None, is_chosen: false };
    let name = if likely.is_empty() { "asks" } else { "ask-more" };
    fields.push(Piece::Select(Select {
        name: name.to_owned(),
        label: fl!(l, "work-ask-more"),
        hint: None,
        error: ground.error(name),
        rows: std::iter::once(none).chain(others.map(|ask| choice(&ask, name))).collect(),
    }));
    Some((
        &[PlanDecision::Pend],
        group(Some(fl!(l, "work-pend-heading")), Some(fl!(l, "work-pend-says")), fields),
    ))
}

/// Places to which a referral can be sent.
fn destination(ground: &Ground<'_>) -> ForDecisions {
    let Body::Referral(_) = &ground.shown.case.body else { return None };
    let l = ground.words.l;
    let choice = |value: String, label: String| {
        let is_chosen = ground.chosen("to", &value);
        Choice { value, label, note: None, is_chosen }
    };
    let mut rows = vec![choice(String::new(), fl!(l, "work-choose"))];
    rows.extend(ground.plans.iter().map(|(id, name)| choice(format!("plan:{id}"), name.clone())));
    let delegates = ground.shown.declared.delegates();
    rows.extend(delegates.map(|one| choice(format!("delegate:{}", one.id), one.name.clone())));
    let own = ground.shown.case.service.as_deref();
    let services = Catalog::state().services().iter();
    rows.extend(
        services.filter(|service| own != Some(service.id.as_str())).map(|service| {
            choice(format!("service:{}", service.id), names::service(ground.words, &service.id))
        }),
    );
    let to = Select {
        name: "to".to_owned(),
        label: fl!(l, "work-to"),
        hint: Some(fl!(l, "work-to-hint")),
        error: ground.error("to"),
        rows,
    };
    Some((&[PlanDecision::Redirect], group(None, None, vec![Piece::Select(to)])))
}

/// Providers to whom a referral can be given.
fn provider(ground: &Ground<'_>) -> ForDecisions {
    let Body::Referral(_) = &ground.shown.case.body else { return None };
    let l = ground.words.l;
    let choice = |(id, name): &(OrgId, String)| Choice {
        value: id.to_string(),
        label: name.clone(),
        note: None,
        is_chosen: ground.chosen("provider", &id.to_string()),
    };
    let none = Choice { value: String::new(), label: fl!(l, "work-choose"), note: None, is_chosen: false };
    let provider = Select {
        name: "provider".to_owned(),
        label: fl!(l, "county-provider"),
        hint: Some(fl!(l, "work-provider-hint")),
        error: ground.error("provider"),
        rows: std::iter::once(none).chain(ground.providers.iter().map(choice)).collect(),
    };
    Some((&[PlanDecision::Assign], group(None, None, vec![Piece::Select(provider)])))
}

/// Days of an approval of a credentialing file.
fn days(ground: &Ground<'_>) -> ForDecisions {
    let Body::Application(_) = &ground.shown.case.body else { return None };
    let l = ground.words.l;
    let day = |name: &str, label: String| {
        let hint = Some(fl!(l, "day-hint"));
        Piece::Line(Field { kind: "date", hint, ..ground.line(name.to_owned(), label, String::new) })
    };
    let of_state = PlanDecision::of(ground.shown);
    if of_state.contains(&PlanDecision::End) {
        return Some((
            &[PlanDecision::End],
            group(None, None, vec![day("last-day", fl!(l, "work-last-day"))]),
        ));
    }
    Some((&[PlanDecision::Credential], group(None, None, vec![day("effective", fl!(l, "work-effective"))])))
}

/// The reason, in the one language or in both.
fn reason(ground: &Ground<'_>) -> ForDecisions {
    const DECISIONS: &[PlanDecision] = &[
        PlanDecision::Part,
        PlanDecision::Modify,
        PlanDecision::Deny,
        PlanDecision::NotEligible,
        PlanDecision::Redirect,
        PlanDecision::Uphold,
        PlanDecision::Decline,
        PlanDecision::End,
        PlanDecision::Reopen,
        PlanDecision::Extend,
    ];
    let l = ground.words.l;
    let fields = vec![
        ground.area("reason-en", fl!(l, "work-reason-en"), "en"),
        ground.area("reason-es", fl!(l, "work-reason-es"), "es"),
    ];
    Some((DECISIONS, group(Some(fl!(l, "money-dispute-reason")), Some(fl!(l, "work-reason-says")), fields)))
}

/// Reason for more than a limit gives.
fn exception(ground: &Ground<'_>) -> ForDecisions {
    let l = ground.words.l;
    let fields = vec![
        ground.area("exception-en", fl!(l, "work-exception-en"), "en"),
        ground.area("exception-es", fl!(l, "work-exception-es"), "es"),
    ];
    let group = group(Some(fl!(l, "work-exception")), Some(fl!(l, "work-exception-says")), fields);
    Some((&[PlanDecision::Approve, PlanDecision::Part, PlanDecision::Modify, PlanDecision::Pay], group))
}

/// Whoever asks for more time; why is a reason as that of a decision.
fn extension(ground: &Ground<'_>) -> ForDecisions {
    let Body::Authorization(_) = &ground.shown.case.body else { return None };
    let l = ground.words.l;
    let rows = vec![("member", fl!(l, "work-extend-person")), ("plan", fl!(l, "work-extend-plan"))];
    let field = ground.radios("requested-by", fl!(l, "work-requested-by"), rows);
    Some((&[PlanDecision::Extend], group(None, Some(fl!(l, "work-extend-says")), vec![field])))
}

/// Day, way and language of the letter by which the plan told the person.
fn notice(ground: &Ground<'_>) -> ForDecisions {
    let l = ground.words.l;
    let day = Field {
        kind: "date",
        hint: Some(fl!(l, "day-hint")),
        ..ground.line("sent-on".to_owned(), fl!(l, "work-sent-on"), String::new)
    };
    let routes = vec![
        ("mail", fl!(l, "work-by-mail")),
        ("electronic", fl!(l, "work-electronically")),
        ("in-person", fl!(l, "work-in-person")),
    ];
    let mut languages = vec!["en", "es"];
    languages.extend(ground.language.filter(|tag| !matches!(*tag, "en" | "es" | "und")));
    let languages = languages.into_iter().map(|tag| (tag, language(ground.words, tag))).collect();
    let fields = vec![
        Piece::Line(day),
        ground.radios("route", fl!(l, "work-route"), routes),
        ground.radios("notice-language", fl!(l, "work-notice-language"), languages),
    ];
    Some((&[PlanDecision::Tell], group(None, Some(fl!(l, "work-tell-says")), fields)))
}

/// Reason for paying what no authorization on file covers.
fn unauthorized(ground: &Ground<'_>) -> ForDecisions {
    let l = ground.words.l;
    let fields = vec![
        ground.area("unauthorized-en", fl!(l, "work-unauthorized-en"), "en"),
        ground.area("unauthorized-es", fl!(l, "work-unauthorized-es"), "es"),
    ];
    let group = group(Some(fl!(l, "work-unauthorized")), Some(fl!(l, "work-unauthorized-says")), fields);
    Some((&[PlanDecision::Pay], group))
}

/// The reason that is to be written in another language first; the next one has its turn after it.
fn wanted(shown: &ShownCase) -> Option<WantedReason> {
    shown.case.body.wanted_reasons().into_iter().next()
}

/// A reason in the language in which it is wanted, below its words in the other.
fn translation(ground: &Ground<'_>) -> ForDecisions {
    let WantedReason { of, language, written, .. } = wanted(ground.shown)?;
    let l = ground.words.l;
    let label = match language {
        Language::En => fl!(l, "work-translation-en"),
        Language::Es => fl!(l, "work-translation-es"),
    };
    let heading = match of {
        ReasonOf::Refusal => fl!(l, "work-wanted-refusal"),
        ReasonOf::Redirect => fl!(l, "work-wanted-redirect"),
        ReasonOf::Extension => fl!(l, "work-wanted-extension"),
        ReasonOf::Dispute => fl!(l, "work-wanted-dispute"),
        ReasonOf::Exception => fl!(l, "work-wanted-exception"),
        ReasonOf::WithoutAuthorization => fl!(l, "work-wanted-unauthorized"),
        ReasonOf::Decline => fl!(l, "work-wanted-decline"),
        ReasonOf::Reopen => fl!(l, "work-wanted-reopen"),
        ReasonOf::End => fl!(l, "work-wanted-end"),
        ReasonOf::Suspend => fl!(l, "work-wanted-suspend"),
    };
    let field = ground.area("translation", label, language.tag());
    Some((&[PlanDecision::Translate], group(Some(heading), Some(written), vec![field])))
}

/// Words for a field that was left empty: what to do.
fn missing(words: Words, field: &str) -> String {
    let l = words.l;
    match field {
        "decision" => fl!(l, "work-choose-decision"),
        "kind" => fl!(l, "work-choose-kind"),
        "criteria" => fl!(l, "work-choose-criteria"),
        "asks" | "ask-more" => fl!(l, "work-choose-asks"),
        "to" => fl!(l, "work-choose-to"),
        "provider" => fl!(l, "work-choose-provider"),
        "requested-by" => fl!(l, "work-choose-requester"),
        "route" => fl!(l, "work-choose-route"),
        "notice-language" => fl!(l, "work-choose-language"),
        "remittance" => fl!(l, "work-enter-remittance"),
        "reason-en" | "exception-en" | "unauthorized-en" => fl!(l, "work-write-en"),
        "reason-es" | "exception-es" | "unauthorized-es" => fl!(l, "work-write-es"),
        "against" => fl!(l, "work-write-against"),
        _ if field.ends_with("-units") => fl!(l, "work-enter-units"),
        _ if field.ends_with("-amount") => fl!(l, "work-enter-amount"),
        _ => fl!(l, "work-enter-text"),
    }
}

/// Every mistake of the form, for the list above it. One whose field the form does not have stands at the
/// choice of the decision.
pub(crate) fn mistakes(words: Words, refused: &[Refused]) -> Vec<Mistake> {
    let mistake = |one: &Refused| Mistake {
        field: one.field.clone().into(),
        text: one.text.clone().unwrap_or_else(|| missing(words, &one.field)),
    };
    refused.iter().map(mistake).collect()
}
