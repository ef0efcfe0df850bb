//! One screen on which a case is decided: what is asked, what is known and from whom, what the rules find and
//! advise, the documents, the history, and the form.

use std::collections::BTreeMap;

use askama::Template;
use domain::application::State as Reading;
use domain::authorization::State as Permission;
use domain::case::Recommendation;
use domain::catalog::Catalog;
use domain::identifiers::{OrgId, PlanId};
use domain::plan::authorization::{Decision, Grant};
use domain::plan::billing::{LineOutcome, LineResult};
use domain::plan::credentialing::Standing;
use domain::plan::referral::{Destination, Disposition, Redirection};
use domain::plan::types::{Ask, Fact, FactSource};
use domain::{claim, referral};
use i18n_embed_fl::fl;
use workflow::shown::{
    Advice, Around, Body, RelatedCase, Review, ShownCase, ShownLimit, ShownMember, TimelineStep, Usage,
};

use super::decisions::{Leaning, advised};
use super::fields::TextArea;
use super::form::{Form, Ground, Piece, Refused, form, mistakes};
use super::holder::{Handled, HandledShown};
use super::{DOCUMENTS, PlanDecision, WORK, address, urgency};
use crate::case::{
    CaseShown, asks_of, claim_lines, documents, dollars, findings, messages, open_clocks, service_of,
    status_of, timeline, value_text,
};
use crate::fields::Fields;
use crate::names::{self, Names};
use crate::parts::{
    Action, Clock, Documents, Entry, Errors, FindingRow, Findings, Limits, Message, Row, Sheet, Status, Step,
    Summary, Timeline, Titled, Tone,
};
use crate::people::person::limit_table;
use crate::shell::{Frame, Place, Shell};
use crate::today::{kind_name, name};
use crate::words::Words;

/// Rights of the viewer over a case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// True for those who decide.
    pub decides: bool,
    /// True for those who write a reason in the other language.
    pub translates: bool,
    /// True for those whose clinical license is on record.
    pub is_licensed: bool,
}

/// The case, compared with the one that the form was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseSince {
    /// It is the same: the form is shown for the first time, or with its mistakes.
    Unchanged,
    /// Somebody has taken a step with it meanwhile.
    Changed,
}

/// Everything that the screen is made of.
pub struct Screen<'a> {
    /// The case, as the viewer may see it.
    pub case: &'a ShownCase,
    /// The person whom it is about.
    pub member: Option<&'a ShownMember>,
    /// Limits of the person's services, as they stand.
    pub limits: &'a [ShownLimit],
    /// Steps that happened, oldest first.
    pub steps: &'a [TimelineStep],
    /// Names of plans, by their ids.
    pub names: &'a Names,
    /// Names of organizations, by their ids.
    pub organizations: &'a BTreeMap<OrgId, String>,
    /// Providers to whom a referral can be given.
    pub providers: &'a [(OrgId, String)],
    /// Other plans of this host.
    pub plans: &'a [(PlanId, String)],
    /// The colleague at the plan who has it, and what they did with it.
    pub desk: Handled<'a>,
    /// Rights of the viewer over the case.
    pub rights: Rights,
    /// Fields of the form as they were typed.
    pub typed: &'a Fields,
    /// Fields that were refused, and why.
    pub refused: &'a [Refused],
    /// Circumstances in which the form comes back.
    pub since: CaseSince,
    /// Makes the form count once, however often it is sent.
    pub once: &'a str,
}

/// Id of the heading above what is known.
pub(crate) const KNOWN: &str = "known";

/// Advice of the rules, with their reason.
pub(crate) struct Advised {
    pub(crate) says: String,
    pub(crate) reason: Option<String>,
    pub(crate) asks: Vec<String>,
    pub(crate) lines: Option<Sheet>,
}

/// Parts of the screen; which of them are there depends on the case.
pub(crate) struct Parts {
    pub(crate) heading: String,
    pub(crate) person: Option<String>,
    pub(crate) number: String,
    pub(crate) status: Status,
    pub(crate) messages: Vec<Message>,
    pub(crate) clocks: Vec<Clock>,
    pub(crate) request: Summary,
    pub(crate) lines: Option<Sheet>,
    pub(crate) advised: Option<Advised>,
    pub(crate) findings: Option<Findings>,
    pub(crate) facts: Option<Titled>,
    pub(crate) documents: Option<Documents>,
    pub(crate) limits: Option<Limits>,
    pub(crate) history: Option<Sheet>,
    pub(crate) cases: Option<Sheet>,
    pub(crate) timeline: Timeline,
    /// The colleague who has it; none where it waits for nobody, and nobody did anything with it.
    pub(crate) handled: Option<HandledShown>,
    pub(crate) form: Option<Form>,
    /// Why nothing can be decided.
    pub(crate) no_form: Option<String>,
    /// Texts that were typed, and that the form, if there is one, has no fields for.
    pub(crate) kept: Option<Summary>,
    pub(crate) mistakes: Errors,
}

#[derive(Template)]
#[template(path = "work/decide.html")]
pub(crate) struct DecidePage {
    shell: Shell,
    as_of: String,
    back: Action,
    parts: Parts,
}

/// The screen, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, screen: &Screen<'_>) -> String {
    view(frame, parts(frame, screen)).to_string()
}

pub(crate) fn view(frame: &Frame<'_>, parts: Parts) -> DecidePage {
    let l = frame.words.l;
    // The title stays in a browser's history: it names the service, and never the person.
    let mut shell = Shell::of(frame, &parts.heading, Some(Place::Work));
    if parts.form.is_some() {
        shell.form = Some("entry");
    }
    if !parts.mistakes.rows.is_empty() {
        shell.title = fl!(l, "title-error", title = shell.title.clone());
    }
    DecidePage {
        shell,
        as_of: fl!(l, "as-of", time = frame.words.instant(frame.now)),
        back: Action::other(fl!(l, "work-back"), WORK),
        parts,
    }
}

fn parts(frame: &Frame<'_>, screen: &Screen<'_>) -> Parts {
    let words = frame.words;
    let l = words.l;
    let case = &screen.case.case;
    let shown = CaseShown {
        case: screen.case,
        member: screen.member,
        thread: None,
        steps: screen.steps,
        names: screen.names,
    };
    let (form, refused) = fitted(words, screen);
    let service = service_of(words, case);
    let around = screen.case.beside.as_ref().and_then(|beside| beside.around.as_ref());
    let mut said = messages(frame, &shown);
    if let Some(note) = &screen.case.mislabelled {
        said.push(Message { tone: Tone::Soon, text: words.pick(note) });
    }
    let timeline = timeline(words, screen.steps, screen.names);
    if screen.since == CaseSince::Changed {
        said.insert(0, changed(words, timeline.steps.first()));
    }
    let settles = PlanDecision::of(screen.case).iter().any(|decision| decision.settles());
    let is_open = settles && form.is_some();
    said.extend(screen.desk.warning(words).filter(|_| is_open));
    Parts {
        heading: if is_open { fl!(l, "work-decide", service = service) } else { service },
        person: screen.member.map(|member| {
            let born = words.day(member.identity.birth_date);
            fl!(l, "work-person", name = name(member), day = born)
        }),
        number: case.id.to_string(),
        status: status_of(words, screen.case.state),
        messages: said,
        clocks: open_clocks(frame, &screen.case.deadlines),
        request: request(words, screen),
        lines: asked_lines(words, &case.body).or_else(|| claim_lines(words, &case.body)),
        advised: advice(words, screen),
        findings: found(words, screen.case),
        facts: facts(words, screen.case, around),
        documents: documents(words, case.body.documents(), Some(DOCUMENTS)),
        limits: limit_table(words, screen.limits),
        history: around.and_then(|around| history(words, around)),
        cases: around.and_then(|around| cases(words, &around.cases)),
        timeline,
        handled: screen.desk.shown(words, case.body.kind(), case.id, screen.rights, screen.once),
        no_form: no_form(words, settles, form.is_some()),
        kept: kept(words, screen.typed, form.as_ref()),
        form,
        mistakes: Errors { title: fl!(l, "errors"), rows: mistakes(words, &refused) },
    }
}

/// The form, and what was refused of it. A mistake in a field that the form does not have stands at the
/// choice of the decision.
fn fitted(words: Words, screen: &Screen<'_>) -> (Option<Form>, Vec<Refused>) {
    let case = &screen.case.case;
    let action = address(case.body.kind(), &case.id.to_string());
    let make = |refused: &[Refused]| {
        let ground = Ground {
            words,
            shown: screen.case,
            rights: screen.rights,
            typed: screen.typed,
            refused,
            providers: screen.providers,
            plans: screen.plans,
            language: screen.member.map(|member| member.language.as_str()),
        };
        form(&ground, action.clone(), screen.once)
    };
    let Some(first) = make(screen.refused) else { return (None, Vec::new()) };
    let names: Vec<&str> = names_in(&first).collect();
    let place = |one: &Refused| match names.contains(&one.field.as_str()) {
        true => one.clone(),
        false => Refused { field: "decision".to_owned(), text: one.text.clone() },
    };
    let refused: Vec<Refused> = screen.refused.iter().map(place).collect();
    if refused == screen.refused { (Some(first), refused) } else { (make(&refused), refused) }
}

/// Names of a form's fields.
fn names_in(form: &Form) -> impl Iterator<Item = &str> {
    form.groups.iter().flat_map(|group| group.fields.iter().filter_map(named))
}

/// Name of a field.
fn named(piece: &Piece) -> Option<&str> {
    match piece {
        Piece::Heading(_) => None,
        Piece::Line(field) => Some(&field.name),
        Piece::Area(field) => Some(&field.name),
        Piece::Choices(field) => Some(&field.name),
        Piece::Select(field) => Some(&field.name),
    }
}

/// Somebody was there first: what happened last, and that nothing was overwritten.
fn changed(words: Words, last: Option<&Step>) -> Message {
    let l = words.l;
    let text = match last {
        Some(step) => fl!(
            l,
            "work-changed",
            what = step.text.as_str(),
            time = step.at.text.as_str(),
            who = step.who.as_str()
        ),
        None => fl!(l, "work-changed-somehow"),
    };
    Message { tone: Tone::Late, text }
}

/// Why nothing can be decided; what is done beside a decision may be there all the same.
fn no_form(words: Words, settles: bool, has_form: bool) -> Option<String> {
    let l = words.l;
    match (settles, has_form) {
        (false, _) => Some(fl!(l, "work-nothing-to-decide")),
        (true, false) => Some(fl!(l, "work-not-yours")),
        (true, true) => None,
    }
}

/// Texts that were typed into a form that is there no more, or that asks for something else now.
fn kept(words: Words, typed: &Fields, form: Option<&Form>) -> Option<Summary> {
    let l = words.l;
    let label = |field: &str| match field {
        "reason-en" => Some(fl!(l, "work-reason-en")),
        "reason-es" => Some(fl!(l, "work-reason-es")),
        "exception-en" => Some(fl!(l, "work-exception-en")),
        "exception-es" => Some(fl!(l, "work-exception-es")),
        "unauthorized-en" => Some(fl!(l, "work-unauthorized-en")),
        "unauthorized-es" => Some(fl!(l, "work-unauthorized-es")),
        "translation" => Some(fl!(l, "money-dispute-reason")),
        "against" => Some(fl!(l, "work-against-reason")),
        _ => None,
    };
    let entry = |(field, text): &(String, String)| {
        let value = text.trim();
        // The reason for a departure goes along with the form, unseen.
        let is_held = form.is_some_and(|form| field == AGAINST || names_in(form).any(|name| name == field));
        let name = label(field).filter(|_| !value.is_empty() && !is_held)?;
        Some(Entry { name, value: value.to_owned(), note: None })
    };
    let rows: Vec<Entry> = typed.pairs().iter().filter_map(entry).collect();
    (!rows.is_empty()).then_some(Summary { rows })
}

fn request(words: Words, screen: &Screen<'_>) -> Summary {
    let l = words.l;
    let case = &screen.case.case;
    let entry = |name: String, value: String| Entry { name, value, note: None };
    let organization = |id: OrgId| {
        let known = screen.organizations.get(&id).cloned();
        known.unwrap_or_else(|| fl!(l, "another-organization"))
    };
    let mut rows = vec![
        entry(fl!(l, "kind"), kind_name(words, case.body.kind())),
        entry(fl!(l, "work-urgency"), urgency(words, case.urgency)),
        entry(fl!(l, "received"), words.instant(case.received_at)),
        entry(fl!(l, "sent-by"), organization(case.provider)),
    ];
    if let Some(assigned) = case.assigned {
        rows.push(entry(fl!(l, "given-by"), organization(assigned)));
    }
    if let Some(delegate) = &case.delegate {
        rows.push(entry(fl!(l, "work-delegate"), delegate.clone()));
    }
    let populations = match &case.body {
        Body::Referral(body) => &body.populations[..],
        Body::Authorization(body) => &body.populations[..],
        Body::Claim(_) | Body::Application(_) => &[],
    };
    for id in populations {
        let known = Catalog::state().populations().iter().find(|known| known.id == *id);
        let text = known.map_or_else(|| id.clone(), |known| words.pick(&known.name));
        rows.push(entry(fl!(l, "work-population"), text));
    }
    match &case.body {
        Body::Application(body) => {
            rows.push(entry(fl!(l, "work-legal-name"), body.legal_name.clone()));
            let services: Vec<String> = body.services.iter().map(|id| names::service(words, id)).collect();
            rows.push(entry(fl!(l, "money-services"), services.join(", ")));
        }
        Body::Claim(body) => {
            let open = body.disputes.last().filter(|dispute| dispute.answer.is_none());
            rows.extend(open.map(|dispute| entry(fl!(l, "work-dispute"), dispute.reason.clone())));
        }
        Body::Referral(_) | Body::Authorization(_) => {}
    }
    Summary { rows }
}

/// Lines that a request asks for.
fn asked_lines(words: Words, body: &Body) -> Option<Sheet> {
    let Body::Authorization(body) = body else { return None };
    let lines = body
        .lines
        .iter()
        .map(|line| (line.procedure.to_string(), line.units, line.days.first, line.days.last));
    Some(line_sheet(words, fl!(words.l, "asked-for"), lines))
}

fn line_sheet(
    words: Words,
    caption: String,
    lines: impl Iterator<Item = (String, u32, jiff::civil::Date, Option<jiff::civil::Date>)>,
) -> Sheet {
    let l = words.l;
    let heads = vec![fl!(l, "procedure"), fl!(l, "units"), fl!(l, "from-day"), fl!(l, "to-day")];
    let row = |(procedure, units, first, last): (String, u32, _, Option<_>)| Row {
        name: procedure,
        address: None,
        cells: vec![
            (heads[1].clone(), units.to_string()),
            (heads[2].clone(), words.day(first)),
            (heads[3].clone(), last.map_or_else(|| fl!(l, "no-end"), |day| words.day(day))),
        ],
    };
    Sheet { caption, rows: lines.map(row).collect(), heads: heads.clone() }
}

/// Advice of the rules to the plan's people, in a sentence, with what belongs to it.
fn advice(words: Words, screen: &Screen<'_>) -> Option<Advised> {
    let leaning = advised(screen.case)?;
    let mut shown =
        Advised { says: leaning_text(words, leaning), reason: None, asks: Vec::new(), lines: None };
    let questions = |asks: &[Ask]| {
        asks.iter().map(|ask| words.pick(&screen.case.declared.question(ask))).collect::<Vec<String>>()
    };
    let granted = |grant: &Grant| {
        let lines = grant
            .lines
            .iter()
            .map(|line| (line.procedure.to_string(), line.units, line.days.first, line.days.last));
        line_sheet(words, fl!(words.l, "work-advised-lines"), lines)
    };
    let elsewhere = |redirection: &Redirection| {
        let place = destination(words, screen.names, &redirection.to);
        format!("{place}. {}", words.pick(&redirection.reason))
    };
    match recommendation(&screen.case.case.body) {
        Some(Recommendation::Denial(denial)) => shown.reason = Some(words.pick(&denial.reason)),
        Some(Recommendation::Grant(grant)) => shown.lines = Some(granted(grant)),
        Some(Recommendation::Redirect(redirection)) => shown.reason = Some(elsewhere(redirection)),
        None => match answered_advice(&screen.case.case.body) {
            Some(Advice::Referral(Disposition::NotEligible(denial)))
            | Some(Advice::Authorization(Decision::Denied(denial))) => {
                shown.reason = Some(words.pick(&denial.reason));
            }
            Some(Advice::Referral(Disposition::Redirected(redirection))) => {
                shown.reason = Some(elsewhere(redirection));
            }
            Some(Advice::Referral(Disposition::NeedsMore(asks)))
            | Some(Advice::Authorization(Decision::Pended(asks))) => shown.asks = questions(asks),
            Some(Advice::Authorization(
                Decision::Approved(grant) | Decision::PartlyApproved(grant) | Decision::Modified(grant),
            )) => shown.lines = Some(granted(grant)),
            Some(Advice::Referral(Disposition::Accepted)) | None => {
                shown.asks = questions(asks_of(&screen.case.case.body));
                shown.lines = priced_lines(words, &screen.case.case.body);
            }
        },
    }
    Some(shown)
}

/// Findings of the rules about each line of a claim.
fn priced_lines(words: Words, body: &Body) -> Option<Sheet> {
    let Body::Claim(body) = body else { return None };
    let l = words.l;
    let heads = vec![fl!(l, "procedure"), fl!(l, "units"), fl!(l, "work-amount"), fl!(l, "why")];
    let row = |result: &LineResult| {
        let line = body.lines.iter().find(|line| line.number == result.number)?;
        let (amount, why) = match &result.outcome {
            LineOutcome::Payable(payment) => (dollars(payment.amount.0), fl!(l, "met")),
            LineOutcome::Rejected(rejection) => (dollars(0), words.pick(&rejection.reason)),
            LineOutcome::Pended(_) => (dollars(0), fl!(l, "money-missing")),
            LineOutcome::Denied(denial) => (dollars(0), words.pick(&denial.reason)),
        };
        let cells = [line.units.to_string(), amount, why];
        Some(Row {
            name: line.procedure.to_string(),
            address: None,
            cells: heads.iter().skip(1).cloned().zip(cells).collect(),
        })
    };
    let rows: Vec<Row> = body.results.iter().filter_map(row).collect();
    let caption = fl!(l, "work-advised-lines");
    (!rows.is_empty()).then(|| Sheet { caption, heads: heads.clone(), rows })
}

pub(crate) fn leaning_text(words: Words, leaning: Leaning) -> String {
    let l = words.l;
    match leaning {
        Leaning::Yes => fl!(l, "work-advise-yes"),
        Leaning::Part => fl!(l, "work-advise-part"),
        Leaning::More => fl!(l, "work-advise-more"),
        Leaning::Elsewhere => fl!(l, "work-advise-elsewhere"),
        Leaning::No => fl!(l, "work-advise-no"),
    }
}

fn destination(words: Words, names: &Names, to: &Destination) -> String {
    match to {
        Destination::Plan(id) => id.parse::<PlanId>().map_or_else(|_| id.clone(), |id| names.plan(&id)),
        Destination::Delegate(id) => id.clone(),
        Destination::Service(id) => names::service(words, id),
    }
}

/// The recommendation with which a case came to people.
fn recommendation(body: &Body) -> Option<&Recommendation> {
    let with = match body {
        Body::Referral(body) => match &body.state {
            referral::State::WithPeople(with) => with,
            _ => return None,
        },
        Body::Authorization(body) => match &body.state {
            Permission::WithPeople(with) => with,
            _ => return None,
        },
        Body::Claim(body) => match &body.state {
            claim::State::WithPeople(with) => with,
            _ => return None,
        },
        Body::Application(_) => return None,
    };
    with.recommendation.as_ref()
}

fn answered_advice(body: &Body) -> Option<&Advice> {
    match body {
        Body::Referral(body) => body.answered.advice.as_ref(),
        Body::Authorization(body) => body.answered.advice.as_ref(),
        Body::Claim(_) | Body::Application(_) => None,
    }
}

/// Criteria and how the rules judged them; of a credentialing file, its requirements.
fn found(words: Words, shown: &ShownCase) -> Option<Findings> {
    match &shown.case.body {
        Body::Referral(body) => findings(words, &body.answered.findings, shown),
        Body::Authorization(body) => findings(words, &body.answered.findings, shown),
        Body::Claim(body) => findings(words, &body.answered.findings, shown),
        Body::Application(body) => body.reviews.values().next().and_then(|one| review(words, one, shown)),
    }
}

fn review(words: Words, review: &Review, shown: &ShownCase) -> Option<Findings> {
    let l = words.l;
    let row = |result: &domain::plan::credentialing::RequirementResult| {
        let declared = shown.declared.requirement(&result.requirement);
        let (tone, outcome) = match &result.standing {
            Standing::Satisfied(_) => (Tone::Good, fl!(l, "met")),
            Standing::Missing => (Tone::Late, fl!(l, "money-missing")),
            Standing::Expired(day) => (Tone::Late, fl!(l, "money-expired", day = words.day(*day))),
            Standing::Insufficient => (Tone::Late, fl!(l, "not-met")),
            Standing::NeedsPerson => (Tone::Soon, fl!(l, "work-needs-person")),
        };
        FindingRow {
            tone,
            outcome,
            criterion: declared.map_or_else(|| result.requirement.clone(), |one| words.pick(&one.text)),
            reason: words.pick(&result.reason),
            source: declared.map(|one| one.source.clone()),
        }
    };
    let rows: Vec<FindingRow> = match &review.state {
        Reading::Received { .. } => Vec::new(),
        _ => review.results.iter().map(row).collect(),
    };
    (!rows.is_empty()).then(|| Findings { caption: fl!(l, "criteria-of-plan"), rows })
}

/// Facts with who said them and of which day, those of the host last.
fn facts(words: Words, shown: &ShownCase, around: Option<&Around>) -> Option<Titled> {
    let l = words.l;
    let heads =
        vec![fl!(l, "money-question"), fl!(l, "money-answer"), fl!(l, "work-source"), fl!(l, "work-as-of")];
    let row = |fact: &Fact| {
        let ask = Ask::Fact(fact.code.clone());
        let cells = [value_text(words, &fact.value, &ask), source(words, fact.source), words.day(fact.as_of)];
        Row {
            name: words.pick(&shown.declared.question(&ask)),
            address: None,
            cells: heads.iter().skip(1).cloned().zip(cells).collect(),
        }
    };
    let host = around.map_or(&[][..], |around| &around.host_facts);
    let rows: Vec<Row> = shown.case.body.facts().iter().chain(host).map(row).collect();
    (!rows.is_empty()).then(|| Titled { heading: KNOWN.to_owned(), heads: heads.clone(), rows })
}

fn source(words: Words, source: FactSource) -> String {
    let l = words.l;
    match source {
        FactSource::Member => fl!(l, "work-by-member"),
        FactSource::Referrer => fl!(l, "work-by-referrer"),
        FactSource::Provider => fl!(l, "work-by-provider"),
        FactSource::PlanFile => fl!(l, "work-by-plan-file"),
        FactSource::Claims => fl!(l, "work-by-claims"),
        FactSource::Document => fl!(l, "work-by-document"),
        FactSource::Host => fl!(l, "work-by-host"),
    }
}

/// Services that the person had under the plan, newest first.
fn history(words: Words, around: &Around) -> Option<Sheet> {
    let l = words.l;
    let heads = vec![
        fl!(l, "service"),
        fl!(l, "procedure"),
        fl!(l, "units"),
        fl!(l, "from-day"),
        fl!(l, "to-day"),
        fl!(l, "accounts-state"),
    ];
    let row = |used: &Usage| {
        let state = match used.state.name() {
            "authorized" => fl!(l, "work-authorized"),
            "payable" => fl!(l, "work-payable"),
            _ => fl!(l, "work-paid"),
        };
        let cells = [
            used.procedure.to_string(),
            used.units.to_string(),
            words.day(used.first_day),
            words.day(used.last_day),
            state,
        ];
        Row {
            name: names::service(words, &used.service),
            address: None,
            cells: heads.iter().skip(1).cloned().zip(cells).collect(),
        }
    };
    let rows: Vec<Row> = around.history.iter().take(MOST_HISTORY).map(row).collect();
    (!rows.is_empty()).then(|| Sheet { caption: fl!(l, "work-history"), heads: heads.clone(), rows })
}

/// Lines of history, and other cases, on the screen: the newest. The API has them all.
const MOST_HISTORY: usize = 20;

/// The person's other cases with the plan, newest first.
pub(crate) fn cases(words: Words, cases: &[RelatedCase]) -> Option<Sheet> {
    let l = words.l;
    let heads = vec![fl!(l, "service"), fl!(l, "kind"), fl!(l, "work-status"), fl!(l, "received")];
    let row = |other: &RelatedCase| {
        let cells = [
            kind_name(words, other.kind),
            status_of(words, &other.state).word,
            words.instant(other.received_at),
        ];
        let service = other.service.as_deref().map(|id| names::service(words, id));
        Row {
            name: service.unwrap_or_else(|| kind_name(words, other.kind)),
            address: Some(address(other.kind, &other.id.to_string())),
            cells: heads.iter().skip(1).cloned().zip(cells).collect(),
        }
    };
    let rows: Vec<Row> = cases.iter().take(MOST_HISTORY).map(row).collect();
    (!rows.is_empty()).then(|| Sheet { caption: fl!(l, "work-cases"), heads: heads.clone(), rows })
}

/// A decision that departs from what the rules advise, before it is made.
pub struct Departure<'a> {
    /// The case, as the viewer may see it.
    pub case: &'a ShownCase,
    /// Decision that was chosen.
    pub decision: PlanDecision,
    /// Fields of the form, which go along.
    pub typed: &'a Fields,
    /// True if the form was sent without a reason.
    pub is_missing: bool,
}

#[derive(Template)]
#[template(path = "work/against.html")]
pub(crate) struct AgainstPage {
    shell: Shell,
    heading: String,
    mistakes: Errors,
    says: String,
    advised: Option<String>,
    findings: Option<Findings>,
    action: String,
    /// Fields that go along unseen.
    hidden: Vec<(String, String)>,
    reason: TextArea,
    button: String,
}

/// The page that stands between the form and a decision that departs from the rules' advice.
#[must_use]
pub fn departure_page(frame: &Frame<'_>, departure: &Departure<'_>) -> String {
    let words = frame.words;
    let case = &departure.case.case;
    let says = advised(departure.case).map(|leaning| leaning_text(words, leaning));
    let action = address(case.body.kind(), &case.id.to_string());
    let unmet = found(words, departure.case).map(|found| Findings {
        rows: found.rows.into_iter().filter(|row| row.tone != Tone::Good).collect(),
        ..found
    });
    let unmet = unmet.filter(|found| !found.rows.is_empty());
    let (decision, typed) = (departure.decision, departure.typed);
    against(
        frame,
        Against { says, findings: unmet, action, decision, typed, is_missing: departure.is_missing },
    )
    .to_string()
}

/// Everything that the page is made of.
pub(crate) struct Against<'a> {
    pub(crate) says: Option<String>,
    pub(crate) findings: Option<Findings>,
    pub(crate) action: String,
    pub(crate) decision: PlanDecision,
    pub(crate) typed: &'a Fields,
    pub(crate) is_missing: bool,
}

pub(crate) fn against(frame: &Frame<'_>, ground: Against<'_>) -> AgainstPage {
    let words = frame.words;
    let l = words.l;
    let heading = fl!(l, "work-against");
    let refused = [Refused { field: AGAINST.to_owned(), text: None }];
    let refused = if ground.is_missing { &refused[..] } else { &[] };
    let mistakes = Errors { title: fl!(l, "errors"), rows: mistakes(words, refused) };
    let mut shell = Shell::of(frame, &heading, Some(Place::Work));
    shell.form = Some("entry");
    if ground.is_missing {
        shell.title = fl!(l, "title-error", title = shell.title.clone());
    }
    let own = [AGAINST, DEPARTS, BACK, crate::IN_LANGUAGE];
    AgainstPage {
        shell,
        says: fl!(l, "work-you-chose", decision = ground.decision.text(words)),
        advised: ground.says,
        findings: ground.findings,
        action: ground.action,
        hidden: ground.typed.without(&own).pairs().to_vec(),
        reason: TextArea {
            name: AGAINST.to_owned(),
            label: fl!(l, "work-against-reason"),
            hint: Some(fl!(l, "work-against-hint")),
            error: mistakes.rows.first().map(|mistake| mistake.text.clone()),
            value: ground.typed.get(AGAINST).unwrap_or_default().to_owned(),
            lang: None,
        },
        button: fl!(l, "work-decide-so"),
        heading,
        mistakes,
    }
}

/// Name of the field with the reason for a departure.
pub const AGAINST: &str = "against";
/// Name of the field that says that the form comes from the page about a departure.
pub const DEPARTS: &str = "departs";
/// Name of the button that goes back from there to the form.
pub const BACK: &str = "back";
