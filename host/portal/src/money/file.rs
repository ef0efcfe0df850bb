//! The organization's credentialing file, once for all plans: what each plan says of it, what is missing
//! anywhere, and what ends when.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use domain::application::State;
use domain::counties::Counties;
use domain::dictionary::Dictionary;
use domain::identifiers::PlanId;
use domain::plan::credentialing::{RequirementResult, Standing};
use domain::plan::types::{Ask, Document, Fact};
use domain::time::pacific_day;
use i18n_embed_fl::fl;
use jiff::ToSpan as _;
use jiff::civil::Date;
use workflow::shown::{Application, Body, Review, ShownCase};

use super::contracts::county;
use super::{FILE, SEND_FILE};
use crate::case::{DOCUMENTS, document_name, dollars, value_text};
use crate::names::{self, Names};
use crate::parts::{Action, Empty, Entry, Message, Row, Sheet, Status, Summary, Task, Tasks, Tone};
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;

/// Days before its end from which a document is said to end soon.
const SOON_DAYS: i32 = 60;

/// A file, and the other ones that there are.
pub struct File<'a> {
    /// The file that is shown.
    pub file: &'a ShownCase,
    /// Newest files, this one among them.
    pub all: &'a [ShownCase],
    /// Counties that there are.
    pub counties: &'a Counties,
    /// Names of plans, by their ids.
    pub names: &'a Names,
}

/// Reading of the file by one plan.
pub(crate) struct Reading {
    pub(crate) plan: String,
    pub(crate) status: Status,
    pub(crate) counts: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) open: Tasks,
    pub(crate) satisfied_heading: String,
    pub(crate) satisfied: Vec<String>,
}

/// The page of a file, in the reader's words.
pub(crate) struct Parts {
    pub(crate) messages: Vec<Message>,
    pub(crate) facts: Summary,
    /// Documents and answers that any plan needs, each once.
    pub(crate) needs: Tasks,
    pub(crate) readings: Vec<Reading>,
    pub(crate) documents: Option<Sheet>,
    pub(crate) answers: Option<Sheet>,
    pub(crate) actions: Vec<Action>,
    pub(crate) others: Vec<Action>,
}

#[derive(Template)]
#[template(path = "money/file.html")]
pub(crate) struct FilePage {
    shell: Shell,
    heading: String,
    parts: Option<Parts>,
    empty: Option<Empty>,
    as_of: String,
}

/// Page of the file, as HTML; `None`: there is no file yet.
#[must_use]
pub fn page(frame: &Frame<'_>, file: Option<&File<'_>>) -> String {
    view(frame, file.and_then(|file| parts(frame, file))).to_string()
}

pub(crate) fn view(frame: &Frame<'_>, parts: Option<Parts>) -> FilePage {
    let words = frame.words;
    let l = words.l;
    let heading = fl!(l, "money-file-ask");
    FilePage {
        shell: Shell::of(frame, &heading, Some(Place::File)),
        heading,
        empty: parts.is_none().then(|| Empty {
            title: fl!(l, "money-no-file"),
            text: fl!(l, "money-no-file-says"),
            action: Some(Action::main(fl!(l, "money-send-file"), SEND_FILE)),
        }),
        parts,
        as_of: fl!(l, "as-of", time = words.instant(frame.now)),
    }
}

fn parts(frame: &Frame<'_>, file: &File<'_>) -> Option<Parts> {
    let Body::Application(body) = &file.file.case.body else { return None };
    let words = frame.words;
    let l = words.l;
    let today = pacific_day(frame.now);
    let id = file.file.case.id.to_string();
    let may_add = takes_more(body);
    let reading = |(plan, review): (&PlanId, &Review)| reading(words, file, plan, review, today, may_add);
    let mut actions = Vec::new();
    if may_add {
        actions.push(Action::main(fl!(l, "money-add-document"), document_address(&id, None)));
    }
    actions.push(Action::other(fl!(l, "money-send-file"), format!("{SEND_FILE}?of={id}")));
    Some(Parts {
        messages: messages(words, body, today, may_add),
        facts: facts(words, body, file.counties),
        needs: Tasks { rows: needs(words, file, body, today, may_add) },
        readings: body.reviews.iter().map(reading).collect(),
        documents: documents(words, body, today),
        answers: answers(words, file.file, body),
        actions,
        others: others(words, file),
    })
}

/// Address of the form that adds a document of this kind.
#[must_use]
pub fn document_address(id: &str, kind: Option<&str>) -> String {
    match kind {
        Some(kind) => format!("{FILE}/{id}/document?kind={kind}"),
        None => format!("{FILE}/{id}/document"),
    }
}

/// Address of the form that answers one question.
#[must_use]
pub fn answer_address(id: &str, fact: &str) -> String {
    format!("{FILE}/{id}/answer?fact={fact}")
}

/// True while a plan reads the file again when something is added.
fn takes_more(body: &Application) -> bool {
    let waits = |review: &Review| matches!(review.state, State::Incomplete { .. } | State::WithPeople { .. });
    body.reviews.values().any(waits)
}

fn messages(words: Words, body: &Application, today: Date, may_add: bool) -> Vec<Message> {
    let l = words.l;
    let mut messages = Vec::new();
    if !may_add {
        messages.push(Message { tone: Tone::Plain, text: fl!(l, "money-file-settled") });
    }
    let next = body.documents.iter().filter_map(|one| Some((one.expires?, one))).min_by_key(|(day, _)| *day);
    if let Some((day, document)) = next {
        let name = document_name(words, &document.kind);
        let day_text = words.weekday(day);
        messages.push(match ends(day, today) {
            Ends::Ended => {
                Message { tone: Tone::Late, text: fl!(l, "money-has-ended", document = name, day = day_text) }
            }
            Ends::Soon => {
                Message { tone: Tone::Soon, text: fl!(l, "money-ends-next", document = name, day = day_text) }
            }
            Ends::Later => Message {
                tone: Tone::Plain,
                text: fl!(l, "money-ends-next", document = name, day = day_text),
            },
        });
    }
    messages
}

/// Nearness of the end of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    Ended,
    Soon,
    Later,
}

pub(crate) fn ends(last: Date, today: Date) -> Ends {
    if last < today {
        Ends::Ended
    } else if last <= today.saturating_add(SOON_DAYS.days()) {
        Ends::Soon
    } else {
        Ends::Later
    }
}

fn facts(words: Words, body: &Application, counties: &Counties) -> Summary {
    let l = words.l;
    let services: Vec<String> = body.services.iter().map(|id| names::service(words, id)).collect();
    let known: Vec<String> = body.counties.iter().map(|code| county(words, code, counties)).collect();
    let entry = |name: String, value: String| Entry { name, value, note: None };
    Summary {
        rows: vec![
            entry(fl!(l, "money-legal-name"), body.legal_name.clone()),
            entry(fl!(l, "money-services"), services.join(", ")),
            entry(fl!(l, "money-counties"), known.join(", ")),
        ],
    }
}

/// Standing of a requirement today: what was satisfied until a day is expired after it.
fn today_is(result: &RequirementResult, today: Date) -> Standing {
    match &result.standing {
        Standing::Satisfied(Some(last)) if *last < today => Standing::Expired(*last),
        other => other.clone(),
    }
}

fn reading(
    words: Words,
    file: &File<'_>,
    plan: &PlanId,
    review: &Review,
    today: Date,
    may_add: bool,
) -> Reading {
    let l = words.l;
    let is_open = |result: &&RequirementResult| !matches!(today_is(result, today), Standing::Satisfied(_));
    let open = review.results.iter().filter(is_open);
    let satisfied: Vec<&RequirementResult> = review.results.iter().filter(|one| !is_open(one)).collect();
    let reason = review.state.reason().map(|(_, reason, _)| words.pick(&reason.told()));
    Reading {
        plan: file.names.plan(plan),
        status: status(words, &review.state),
        counts: (!review.results.is_empty()).then(|| counts(words, &review.results, today)),
        reason,
        open: Tasks { rows: open.map(|one| open_task(words, file, one, today, may_add)).collect() },
        satisfied_heading: fl!(l, "money-satisfied-list", count = satisfied.len()),
        satisfied: satisfied.into_iter().map(|one| satisfied_line(words, file, one)).collect(),
    }
}

/// State of a plan's reading, in a word and a sentence.
pub(crate) fn status(words: Words, state: &State) -> Status {
    let l = words.l;
    let (tone, word, says) = match state {
        State::Received { .. } => (Tone::Plain, fl!(l, "money-read-received"), String::new()),
        State::Incomplete { .. } => {
            (Tone::Soon, fl!(l, "money-read-incomplete"), fl!(l, "money-read-incomplete-says"))
        }
        State::WithPeople { .. } => (Tone::Plain, fl!(l, "money-line-people"), fl!(l, "ask-people-decide")),
        State::Approved { effective, .. } => (
            Tone::Good,
            fl!(l, "money-read-approved"),
            fl!(l, "money-read-approved-says", day = words.weekday(*effective)),
        ),
        State::Declined { .. } => {
            (Tone::Late, fl!(l, "money-read-declined"), fl!(l, "money-read-declined-says"))
        }
        State::Ended { last, .. } => (
            Tone::Late,
            fl!(l, "money-read-ended"),
            fl!(l, "money-read-ended-says", day = words.weekday(*last)),
        ),
    };
    Status { tone, word, says }
}

/// Numbers of requirements that are satisfied, missing, expired, not enough, and the plan's to answer.
fn counts(words: Words, results: &[RequirementResult], today: Date) -> String {
    let of =
        |wanted: fn(&Standing) -> bool| results.iter().filter(|one| wanted(&today_is(one, today))).count();
    fl!(
        words.l,
        "money-counts",
        satisfied = of(|standing| matches!(standing, Standing::Satisfied(_))),
        missing = of(|standing| matches!(standing, Standing::Missing)),
        expired = of(|standing| matches!(standing, Standing::Expired(_))),
        insufficient = of(|standing| matches!(standing, Standing::Insufficient)),
        theirs = of(|standing| matches!(standing, Standing::NeedsPerson))
    )
}

/// Text of a requirement, in the plan's words; its id where no plan declares it any more.
fn requirement_text(words: Words, file: &File<'_>, id: &str) -> String {
    let declared = file.file.declared.requirement(id);
    declared.map_or_else(|| id.to_owned(), |one| words.pick(&one.text))
}

/// The document or the answer that would satisfy a requirement.
fn wanted(file: &File<'_>, id: &str) -> Option<Ask> {
    let declared = file.file.declared.requirement(id)?;
    let document = declared.document.clone().map(Ask::Document);
    document.or_else(|| declared.fact.clone().map(Ask::Fact))
}

fn address(id: &str, wanted: &Ask) -> String {
    match wanted {
        Ask::Document(kind) => document_address(id, Some(kind)),
        Ask::Fact(fact) => answer_address(id, fact),
    }
}

/// Word of a standing that is open, and its weight.
fn open_word(words: Words, standing: &Standing) -> (Tone, String) {
    let l = words.l;
    match standing {
        Standing::Satisfied(_) => (Tone::Good, fl!(l, "money-satisfied")),
        Standing::Missing => (Tone::Late, fl!(l, "money-missing")),
        Standing::Expired(day) => (Tone::Late, fl!(l, "money-expired", day = words.day(*day))),
        Standing::Insufficient => (Tone::Soon, fl!(l, "money-insufficient")),
        Standing::NeedsPerson => (Tone::Plain, fl!(l, "money-theirs")),
    }
}

fn open_task(words: Words, file: &File<'_>, result: &RequirementResult, today: Date, may_add: bool) -> Task {
    let standing = today_is(result, today);
    let (tone, state) = open_word(words, &standing);
    let id = file.file.case.id.to_string();
    let is_ours = standing != Standing::NeedsPerson && may_add;
    Task {
        text: requirement_text(words, file, &result.requirement),
        address: wanted(file, &result.requirement).filter(|_| is_ours).map(|ask| address(&id, &ask)),
        state,
        tone,
        why: Some(words.pick(&result.reason)),
    }
}

fn satisfied_line(words: Words, file: &File<'_>, result: &RequirementResult) -> String {
    let text = requirement_text(words, file, &result.requirement);
    match result.standing {
        Standing::Satisfied(Some(day)) => {
            fl!(words.l, "money-satisfied-until", requirement = text, day = words.day(day))
        }
        _ => text,
    }
}

/// Everything that is missing, expired or not enough at any plan that still reads the file: each document and
/// each answer once, with the plans that want it.
fn needs(words: Words, file: &File<'_>, body: &Application, today: Date, may_add: bool) -> Vec<Task> {
    let mut plans: BTreeMap<(bool, String), (Tone, String, BTreeSet<String>)> = BTreeMap::new();
    for (plan, review) in body.reviews.iter().filter(|(_, review)| !review.state.is_final()) {
        for result in &review.results {
            let standing = today_is(result, today);
            if matches!(standing, Standing::Satisfied(_) | Standing::NeedsPerson) {
                continue;
            }
            let Some(ask) = wanted(file, &result.requirement) else { continue };
            let key = match ask {
                Ask::Document(kind) => (true, kind),
                Ask::Fact(fact) => (false, fact),
            };
            let (tone, word) = open_word(words, &standing);
            let entry = plans.entry(key).or_insert_with(|| (tone, word, BTreeSet::new()));
            entry.2.insert(file.names.plan(plan));
        }
    }
    let id = file.file.case.id.to_string();
    let task =
        |((is_document, code), (tone, state, plans)): ((bool, String), (Tone, String, BTreeSet<_>))| {
            let ask = if is_document { Ask::Document(code.clone()) } else { Ask::Fact(code.clone()) };
            let text = if is_document {
                document_name(words, &code)
            } else {
                words.pick(&file.file.declared.question(&ask))
            };
            let plans: Vec<String> = plans.into_iter().collect();
            Task {
                text,
                address: may_add.then(|| address(&id, &ask)),
                state,
                tone,
                why: Some(fl!(words.l, "money-wanted-by", plans = plans.join(", "))),
            }
        };
    plans.into_iter().map(task).collect()
}

/// Documents of the file, with their days.
fn documents(words: Words, body: &Application, today: Date) -> Option<Sheet> {
    let heads = document_heads(words);
    let rows: Vec<Row> = body.documents.iter().map(|one| document_row(words, one, &heads, today)).collect();
    (!rows.is_empty()).then(|| Sheet { caption: fl!(words.l, "documents"), heads, rows })
}

pub(crate) fn document_heads(words: Words) -> Vec<String> {
    let l = words.l;
    vec![
        fl!(l, "money-document"),
        fl!(l, "money-issued"),
        fl!(l, "money-expires"),
        fl!(l, "money-amount"),
        fl!(l, "money-held"),
    ]
}

pub(crate) fn document_row(words: Words, document: &Document, heads: &[String], today: Date) -> Row {
    let l = words.l;
    let day = |day: Option<Date>| day.map_or_else(|| fl!(l, "money-no-day"), |day| words.day(day));
    let expires = match document.expires {
        Some(last) => match ends(last, today) {
            Ends::Ended => fl!(l, "money-ended-on", day = words.day(last)),
            Ends::Soon => fl!(l, "money-ends-soon", day = words.day(last)),
            Ends::Later => words.day(last),
        },
        None => fl!(l, "no-end"),
    };
    let held = match document.content {
        Some(_) => fl!(l, "money-is-held"),
        None => fl!(l, "money-is-said"),
    };
    let amount = document.amount.map_or_else(|| "–".to_owned(), |amount| dollars(amount.0));
    let cells = [day(document.issued), expires, amount, held];
    Row {
        name: document_name(words, &document.kind),
        address: document.content.map(|id| format!("{DOCUMENTS}/{id}")),
        cells: heads.iter().skip(1).cloned().zip(cells).collect(),
    }
}

/// Answers of the file, each with its question.
fn answers(words: Words, file: &ShownCase, body: &Application) -> Option<Sheet> {
    let l = words.l;
    let heads = vec![fl!(l, "money-question"), fl!(l, "money-answer"), fl!(l, "money-answered-on")];
    let id = file.case.id.to_string();
    let may_add = takes_more(body);
    let row = |fact: &Fact| {
        let ask = Ask::Fact(fact.code.clone());
        Row {
            name: words.pick(&file.declared.question(&ask)),
            address: may_add.then(|| answer_address(&id, &fact.code)),
            cells: vec![
                (heads[1].clone(), value_text(words, &fact.value, &ask)),
                (heads[2].clone(), words.day(fact.as_of)),
            ],
        }
    };
    let rows: Vec<Row> = body.answers.iter().map(row).collect();
    (!rows.is_empty()).then(|| Sheet { caption: fl!(l, "money-answers"), rows, heads })
}

/// The other files, newest first.
fn others(words: Words, file: &File<'_>) -> Vec<Action> {
    let others = file.all.iter().filter(|other| other.case.id != file.file.case.id);
    let link = |other: &ShownCase| {
        let text = fl!(words.l, "money-file-of", day = words.instant(other.case.received_at));
        Action::other(text, format!("{FILE}/{}", other.case.id))
    };
    others.map(link).collect()
}

/// Kinds of documents that a file's plans ask for, and what it holds: those first that are offered.
pub(crate) fn kinds(file: &ShownCase) -> Vec<String> {
    let Body::Application(body) = &file.case.body else { return Vec::new() };
    let mut kinds = BTreeSet::new();
    for result in body.reviews.values().flat_map(|review| &review.results) {
        kinds.extend(
            file.declared.requirement(&result.requirement).and_then(|declared| declared.document.clone()),
        );
    }
    kinds.extend(body.documents.iter().map(|document| document.kind.clone()));
    let known = Dictionary::state().documents().iter().map(|document| document.kind.clone());
    let others: Vec<String> = known.filter(|kind| !kinds.contains(kind)).collect();
    kinds.into_iter().chain(others).collect()
}
