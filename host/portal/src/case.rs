//! One case: where it stands, who owes what by when, why, what would change it, and what happened.

use askama::Template;
use domain::authorization::State as Permission;
use domain::case::{CaseKind, Refusal};
use domain::dictionary::Dictionary;
use domain::plan::types::{Ask, Document, FactValue, Finding, FindingOutcome};
use domain::statute::ClockNature;
use domain::time::pacific_day;
use domain::{Cents, claim, referral};
use i18n_embed_fl::fl;
use workflow::shown::{
    Answered, Body, Case, ShownCase, ShownDeadline, ShownMember, ShownThread, TimelineStep, WouldChange,
    written,
};

use crate::ask;
use crate::clocks;
use crate::money::bill::{self, Bill};
use crate::names::{self, Names};
use crate::parts::{
    Action, Clock, DocumentRow, Documents, Entry, FindingRow, Findings, Limits, Message, Row, Sheet, Stage,
    Status, Step, Summary, Thread, Timeline, Tone,
};
use crate::people::person::{self, stage, units};
use crate::shell::{Frame, Shell, Who};
use crate::today::name;
use crate::words::Words;

pub(crate) mod samples;

/// Address below which a provider's staff read the documents of their cases.
pub const DOCUMENTS: &str = "/portal/documents";

/// Address of a case.
#[must_use]
pub fn address(kind: CaseKind, id: &str) -> String {
    format!("/portal/{}s/{id}", kind.name())
}

/// Everything that the page is made of.
pub struct CaseShown<'a> {
    /// The case, as its viewer may see it.
    pub case: &'a ShownCase,
    /// The person whom it is about, where the viewer may see the person.
    pub member: Option<&'a ShownMember>,
    /// The thread in which it stands.
    pub thread: Option<&'a ShownThread>,
    /// Steps that happened, oldest first.
    pub steps: &'a [TimelineStep],
    /// Names of plans, by their ids.
    pub names: &'a Names,
}

/// A set of answers and documents that together would turn the answer.
pub(crate) struct WaySet {
    pub(crate) supply: Vec<String>,
    pub(crate) becomes: String,
}

/// Parts of the page; which of them are there depends on where the case stands.
pub(crate) struct Parts {
    pub(crate) heading: String,
    /// Person whom it is about: the name and the address of the page.
    pub(crate) person: Option<(String, String)>,
    pub(crate) number: String,
    pub(crate) status: Status,
    pub(crate) messages: Vec<Message>,
    pub(crate) clocks: Vec<Clock>,
    pub(crate) asks: Vec<String>,
    /// Steps that the viewer may take.
    pub(crate) actions: Vec<Action>,
    pub(crate) facts: Summary,
    pub(crate) granted: Option<Sheet>,
    pub(crate) bill: Option<Bill>,
    pub(crate) findings: Option<Findings>,
    pub(crate) reason: Option<String>,
    pub(crate) ways_say: Option<String>,
    pub(crate) ways: Vec<WaySet>,
    pub(crate) thread: Option<Thread>,
    pub(crate) units: Option<Limits>,
    pub(crate) documents: Option<Documents>,
    pub(crate) timeline: Timeline,
}

#[derive(Template)]
#[template(path = "case/case.html")]
pub(crate) struct CasePage {
    shell: Shell,
    as_of: String,
    parts: Parts,
}

/// Page of one case, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, shown: &CaseShown<'_>) -> String {
    view(frame, parts(frame, shown)).to_string()
}

pub(crate) fn view(frame: &Frame<'_>, parts: Parts) -> CasePage {
    let l = frame.words.l;
    // The title stays in a browser's history: it names the service, and never the person.
    let shell = Shell::of(frame, &parts.heading, None);
    CasePage { shell, as_of: fl!(l, "as-of", time = frame.words.instant(frame.now)), parts }
}

fn parts(frame: &Frame<'_>, shown: &CaseShown<'_>) -> Parts {
    let words = frame.words;
    let case = &shown.case.case;
    let person = shown.member.map(|member| (name(member), person::address(&member.id.to_string())));
    let answered = answered(&case.body);
    Parts {
        heading: service_of(words, case),
        person,
        number: case.id.to_string(),
        status: status_of(words, shown.case.state),
        messages: messages(frame, shown),
        clocks: open_clocks(frame, &shown.case.deadlines),
        asks: asks_of(&case.body).iter().map(|ask| words.pick(&shown.case.declared.question(ask))).collect(),
        actions: ask::step::links(words, shown.case),
        facts: facts(words, shown),
        granted: granted(words, &case.body),
        bill: bill::part(words, shown.case, shown.names),
        findings: answered.and_then(|answered| findings(words, &answered.findings, shown.case)),
        reason: refusal(&case.body).map(|refusal| reason(words, refusal)),
        ways_say: what_if(shown.case).map(|what_if| words.pick(&what_if.text)),
        ways: what_if(shown.case).map(|what_if| ways(words, what_if)).unwrap_or_default(),
        thread: shown.thread.map(|thread| thread_of(words, thread, Some(&case.id.to_string()))),
        units: shown.thread.and_then(|thread| units(words, thread)),
        documents: documents(words, case.body.documents(), read_below(frame.who)),
        timeline: timeline(words, shown.steps, shown.names),
    }
}

/// Name of the service that a case is about; of its kind where it is about none.
pub(crate) fn service_of(words: Words, case: &Case) -> String {
    let kind = || crate::today::kind_name(words, case.body.kind());
    case.service.as_ref().map_or_else(kind, |id| names::service(words, id))
}

/// Status of a case by its word in the record.
pub(crate) fn status_of(words: Words, state: &str) -> Status {
    let tone = match state {
        "approved" | "accepted" | "provider-accepted" | "in-service" | "payable" | "paid" => Tone::Good,
        "pended" | "needs-information" | "partly-approved" | "modified" | "rejected" => Tone::Soon,
        "denied" | "not-eligible" => Tone::Late,
        _ => Tone::Plain,
    };
    Status { tone, word: words.of_family("status", state), says: words.says("status", state) }
}

pub(crate) fn messages(frame: &Frame<'_>, shown: &CaseShown<'_>) -> Vec<Message> {
    let words = frame.words;
    let l = words.l;
    let mut messages = Vec::new();
    let mut say = |tone, text: String| messages.push(Message { tone, text });
    match &shown.case.case.body {
        Body::Authorization(body) => {
            if let Some(window) = &body.window {
                let last = words.weekday(window.last);
                if pacific_day(frame.now) <= window.last {
                    say(Tone::Good, fl!(l, "may-start", day = last));
                } else {
                    say(Tone::Plain, fl!(l, "might-start", day = last));
                }
            }
            if let Some(ended) = &body.ended {
                say(Tone::Soon, fl!(l, "ended-early", day = words.weekday(ended.last)));
            }
            if let Permission::WithPeople(with) = &body.state {
                say(Tone::Plain, words.pick(&with.why.text()));
            }
        }
        Body::Referral(body) => {
            if let referral::State::WithPeople(with) = &body.state {
                say(Tone::Plain, words.pick(&with.why.text()));
            }
            if let referral::State::Closed { reason, .. } = &body.state {
                let known = Dictionary::state().closure_reason(reason);
                let why = known.map_or_else(|| reason.clone(), |known| words.pick(&known.name));
                say(Tone::Plain, fl!(l, "closed-because", reason = why));
            }
        }
        Body::Claim(body) => {
            if let claim::State::WithPeople(with) = &body.state {
                say(Tone::Plain, words.pick(&with.why.text()));
            }
        }
        Body::Application(_) => {}
    }
    if let Some((moved, _)) = shown.case.case.body.moved() {
        say(Tone::Soon, fl!(l, "moved-to", plan = shown.names.plan(&moved.plan)));
    }
    messages
}

/// Clocks that still run or ran out on somebody, the nearest first.
pub(crate) fn open_clocks(frame: &Frame<'_>, deadlines: &[ShownDeadline]) -> Vec<Clock> {
    let is_open = |shown: &&ShownDeadline| matches!(shown.clock.state.name(), "open" | "missed");
    let mut open: Vec<&ShownDeadline> =
        deadlines.iter().filter(is_open).filter(|shown| shown.nature != ClockNature::Warning).collect();
    open.sort_by_key(|shown| shown.clock.due_at);
    open.into_iter().map(|shown| clocks::clock(frame.words, shown, frame.now)).collect()
}

/// Facts and documents that the plan asks for, while it waits for them.
pub(crate) fn asks_of(body: &Body) -> &[Ask] {
    match body {
        Body::Authorization(body) => match &body.state {
            Permission::Pended { asks, .. } => asks,
            _ => &[],
        },
        Body::Referral(body) => match &body.state {
            referral::State::NeedsInformation { asks, .. } => asks,
            _ => &[],
        },
        Body::Claim(body) => match &body.state {
            claim::State::Pended { asks, .. } => asks,
            _ => &[],
        },
        Body::Application(_) => &[],
    }
}

pub(crate) fn answered(body: &Body) -> Option<&Answered> {
    match body {
        Body::Authorization(body) => Some(&body.answered),
        Body::Referral(body) => Some(&body.answered),
        Body::Claim(body) => Some(&body.answered),
        Body::Application(_) => None,
    }
}

/// Why the plan refuses, and that one of its people alone says so, if nobody else does.
fn reason(words: Words, refusal: &Refusal) -> String {
    let reason = words.pick(&written(refusal));
    if refusal.asserted().is_empty() {
        return reason;
    }
    fl!(words.l, "reason-asserted", reason = reason)
}

fn refusal(body: &Body) -> Option<&Refusal> {
    match body {
        Body::Authorization(body) => body.state.refusal(),
        Body::Referral(body) => body.state.refusal(),
        Body::Claim(body) => body.state.refusal(),
        Body::Application(_) => None,
    }
}

fn facts(words: Words, shown: &CaseShown<'_>) -> Summary {
    let l = words.l;
    let case = &shown.case.case;
    let entry = |name: String, value: String| Entry { name, value, note: None };
    let mut rows = Vec::new();
    if let Some(plan) = &case.plan {
        let delegate = case.delegate.as_ref().map(|delegate| fl!(l, "delegate", name = delegate.as_str()));
        rows.push(Entry { name: fl!(l, "plan"), value: shown.names.plan(plan), note: delegate });
    }
    rows.push(entry(fl!(l, "kind"), crate::today::kind_name(words, case.body.kind())));
    rows.push(entry(fl!(l, "received"), words.instant(case.received_at)));
    rows.push(entry(fl!(l, "sent-by"), shown.names.organization(words, case.provider)));
    if let Some(assigned) = case.assigned {
        rows.push(entry(fl!(l, "given-by"), shown.names.organization(words, assigned)));
    }
    if let Body::Authorization(body) = &case.body {
        if let Permission::Approved { number, .. } = &body.state {
            rows.push(entry(fl!(l, "authorization-number"), number.clone()));
        }
        for line in &body.lines {
            rows.push(entry(fl!(l, "asked-for"), line_text(words, &line.procedure.to_string(), line.units)));
        }
    }
    Summary { rows }
}

pub(crate) fn line_text(words: Words, procedure: &str, units: u32) -> String {
    fl!(words.l, "line", procedure = procedure, units = units)
}

fn granted(words: Words, body: &Body) -> Option<Sheet> {
    let Body::Authorization(body) = body else { return None };
    let Permission::Approved { grant, .. } = &body.state else { return None };
    let l = words.l;
    let heads = [fl!(l, "procedure"), fl!(l, "units"), fl!(l, "from-day"), fl!(l, "to-day")];
    let rows = grant.lines.iter().map(|line| Row {
        name: line.procedure.to_string(),
        address: None,
        cells: vec![
            (heads[1].clone(), line.units.to_string()),
            (heads[2].clone(), words.day(line.days.first)),
            (heads[3].clone(), line.days.last.map_or_else(|| fl!(l, "no-end"), |day| words.day(day))),
        ],
    });
    Some(Sheet { caption: fl!(l, "granted"), rows: rows.collect(), heads: heads.to_vec() })
}

pub(crate) fn claim_lines(words: Words, body: &Body) -> Option<Sheet> {
    let Body::Claim(body) = body else { return None };
    let l = words.l;
    let heads = [fl!(l, "procedure"), fl!(l, "units"), fl!(l, "from-day"), fl!(l, "billed")];
    let rows = body.lines.iter().map(|line| Row {
        name: line.procedure.to_string(),
        address: None,
        cells: vec![
            (heads[1].clone(), line.units.to_string()),
            (heads[2].clone(), words.day(line.days.first)),
            (heads[3].clone(), dollars(line.charge.0)),
        ],
    });
    Some(Sheet { caption: fl!(l, "lines"), rows: rows.collect(), heads: heads.to_vec() })
}

/// Cents as people write dollars, with a comma between thousands: "$1,204.50".
pub(crate) fn dollars(cents: i64) -> String {
    let whole = (cents / 100).unsigned_abs().to_string();
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}${grouped}.{:02}", (cents % 100).unsigned_abs())
}

pub(crate) fn findings(words: Words, found: &[Finding], shown: &ShownCase) -> Option<Findings> {
    let row = |finding: &Finding| {
        let declared = shown.declared.criterion(&finding.criterion);
        let criterion = declared.map(|one| words.pick(&one.text));
        finding_row(words, finding, criterion, declared.map(|one| one.source.clone()))
    };
    let rows: Vec<FindingRow> = found.iter().map(row).collect();
    (!rows.is_empty()).then(|| Findings { caption: fl!(words.l, "criteria-of-plan"), rows })
}

/// One criterion as it was judged; by its id where nobody declares it any more.
pub(crate) fn finding_row(
    words: Words,
    finding: &Finding,
    criterion: Option<String>,
    source: Option<String>,
) -> FindingRow {
    let l = words.l;
    let (tone, outcome) = match finding.outcome {
        FindingOutcome::Met => (Tone::Good, fl!(l, "met")),
        FindingOutcome::NotMet => (Tone::Late, fl!(l, "not-met")),
        FindingOutcome::Unknown => (Tone::Plain, fl!(l, "not-known")),
    };
    let criterion = criterion.unwrap_or_else(|| finding.criterion.clone());
    FindingRow { tone, outcome, criterion, reason: words.pick(&finding.reason), source }
}

fn what_if(shown: &ShownCase) -> Option<&WouldChange> {
    shown.beside.as_ref()?.what_if.as_ref()
}

pub(crate) fn ways(words: Words, found: &WouldChange) -> Vec<WaySet> {
    let l = words.l;
    let way = |set: &workflow::shown::ChangingSet| {
        let supply = set.supply.iter().map(|one| {
            let question = words.pick(&one.asked.question);
            let values: Vec<String> =
                one.values.iter().map(|value| value_text(words, value, &one.asked.ask)).collect();
            if values.is_empty() {
                question
            } else {
                fl!(l, "question-answer", question = question, answer = values.join(fl!(l, "or").as_str()))
            }
        });
        let becomes = words.of_family("status", set.becomes);
        let becomes = match &set.but {
            None => fl!(l, "becomes", answer = becomes),
            Some(why) => fl!(l, "becomes-but", answer = becomes, why = words.pick(&why.text())),
        };
        WaySet { supply: supply.collect(), becomes }
    };
    found.sets.iter().map(way).collect()
}

/// A value as people read it.
pub(crate) fn value_text(words: Words, value: &FactValue, ask: &Ask) -> String {
    match value {
        FactValue::Flag(true) => fl!(words.l, "yes"),
        FactValue::Flag(false) => fl!(words.l, "no"),
        FactValue::Count(count) => count.to_string(),
        FactValue::Measure(thousandths) => {
            let (whole, rest) = (thousandths / 1_000, (thousandths % 1_000).abs());
            format!("{whole}.{rest:03}").trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        FactValue::Day(day) => words.day(*day),
        FactValue::Coded(code) => coded(words, code, ask),
        FactValue::Text(text) => text.clone(),
    }
}

/// Name of a code of a fact's list, where the dictionary names it; plans' own codes have no names.
pub(crate) fn coded(words: Words, code: &str, ask: &Ask) -> String {
    let known = match ask {
        Ask::Fact(fact) => Dictionary::state().known_fact(fact),
        Ask::Document(_) => None,
    };
    let place = known.and_then(|known| known.definition.codes.iter().position(|one| one == code));
    let named = known.zip(place).and_then(|(known, place)| known.code_names.get(place));
    named.map_or_else(|| code.to_owned(), |text| words.pick(text))
}

/// Address below which the viewer reads documents; none for whoever reads none.
pub(crate) fn read_below(who: Option<&Who>) -> Option<&'static str> {
    let who = who?;
    if who.is_of_provider() {
        return Some(DOCUMENTS);
    }
    who.roles.iter().any(|role| role.is_of_plan()).then_some(crate::work::DOCUMENTS)
}

/// Documents with their days, each with a link to its bytes below this address; `None` where there is none.
pub(crate) fn documents<'a>(
    words: Words,
    all: impl IntoIterator<Item = &'a Document>,
    below: Option<&str>,
) -> Option<Documents> {
    let rows: Vec<DocumentRow> = all.into_iter().map(|one| document_row(words, one, below)).collect();
    (!rows.is_empty()).then_some(Documents { rows })
}

fn document_row(words: Words, document: &Document, below: Option<&str>) -> DocumentRow {
    let l = words.l;
    let issued = document.issued.map(|day| fl!(l, "work-issued", day = words.day(day)));
    let expires = document.expires.map(|day| fl!(l, "work-expires", day = words.day(day)));
    let unsent = document.content.is_none().then(|| fl!(l, "work-not-attached"));
    let notes: Vec<String> = issued.into_iter().chain(expires).chain(unsent).collect();
    DocumentRow {
        name: document_name(words, &document.kind),
        note: (!notes.is_empty()).then(|| notes.join(" ")),
        address: document.content.zip(below).map(|(id, below)| format!("{below}/{id}")),
    }
}

pub(crate) fn document_name(words: Words, kind: &str) -> String {
    Dictionary::state().document(kind).map_or_else(|| kind.to_owned(), |known| words.pick(&known.name))
}

/// The way of a thread from referral to payment. `here` is the id of the case that the page is about.
pub(crate) fn thread_of(words: Words, shown: &ShownThread, here: Option<&str>) -> Thread {
    let l = words.l;
    let is_referral = |body: &Body| matches!(body, Body::Referral(_));
    let is_authorization = |body: &Body| matches!(body, Body::Authorization(_));
    let is_claim = |body: &Body| matches!(body, Body::Claim(_));
    Thread {
        label: fl!(l, "thread"),
        stages: vec![
            stage(words, fl!(l, "referral"), shown, here, is_referral),
            stage(words, fl!(l, "authorization"), shown, here, is_authorization),
            service_stage(words, shown),
            stage(words, fl!(l, "claim"), shown, here, is_claim),
            payment_stage(words, shown, here),
        ],
    }
}

/// The stage of the service itself: it was given if a provider said that it began, or if some of it is
/// billed.
fn service_stage(words: Words, shown: &ShownThread) -> Stage {
    let began = |case: &ShownCase| match &case.case.body {
        Body::Referral(_) => case.state == "in-service",
        Body::Claim(_) => !matches!(case.state, "replaced" | "voided" | "void"),
        Body::Authorization(_) | Body::Application(_) => false,
    };
    let is_given = shown.units.iter().any(|units| units.used > 0) || shown.cases.iter().any(began);
    Stage {
        name: fl!(words.l, "service"),
        state: is_given.then(|| words.of_family("status", "in-service")),
        address: None,
        is_here: false,
    }
}

/// The stage of the payment: everything that was paid for the thread's bills, or that a plan will pay. It
/// leads to the last of them.
fn payment_stage(words: Words, shown: &ShownThread, here: Option<&str>) -> Stage {
    let l = words.l;
    let paid: Vec<(&ShownCase, Cents)> = shown.cases.iter().filter_map(bill::paid).collect();
    let payable = shown.cases.iter().rfind(|case| case.state == "payable");
    let (state, last) = match paid.last() {
        Some((last, _)) => {
            let sum = Cents::sum(paid.iter().map(|(_, amount)| *amount));
            (sum.map(|sum| fl!(l, "money-was-paid", amount = dollars(sum.0))), Some(*last))
        }
        None => (payable.map(|_| fl!(l, "money-line-payable")), payable),
    };
    let id = last.map(|case| case.case.id.to_string()).filter(|id| here != Some(id.as_str()));
    let address = id.map(|id| address(CaseKind::Claim, &id));
    Stage { name: fl!(l, "payment"), state, address, is_here: false }
}

/// Steps that happened, newest first.
pub(crate) fn timeline(words: Words, steps: &[TimelineStep], names: &Names) -> Timeline {
    let step = |step: &TimelineStep| Step {
        at: clocks::instant(words, step.at),
        text: words.of_family("event", step.name),
        who: actor(words, step, names),
    };
    Timeline { steps: steps.iter().rev().map(step).collect() }
}

pub(crate) fn actor(words: Words, step: &TimelineStep, names: &Names) -> String {
    let l = words.l;
    match (step.role.as_str(), step.organization) {
        ("plan-rules", _) => fl!(l, "actor-plan-rules"),
        ("plan-reviewer" | "plan-admin", _) => fl!(l, "actor-plan-people"),
        ("host", _) => fl!(l, "actor-host"),
        (_, Some(organization)) => names.organization(words, organization),
        (_, None) => fl!(l, "another-organization"),
    }
}
