//! Changed requests of a shadow run: a list, page by page, and one of them side by side.

use askama::Template;
use i18n_embed_fl::fl;
use workflow::shown::{
    CauseCount, Direction, Replay, ShadowOutcome, ShownShadowChange, ShownShadowRun, ToSupply, WouldChange,
};

use super::{Texts, address, cause, criteria, criterion, direction, dollars, outcome, roll_back};
use crate::case::value_text;
use crate::names::service;
use crate::parts::{Action, Empty, Entry, Message, Row, Sheet, Summary, Tone};
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;

/// A page of changed requests.
pub struct Changes<'a> {
    /// The run that found them.
    pub run: &'a ShownShadowRun,
    /// True while its version decides or is scheduled to: it can be rolled back then.
    pub stands: bool,
    /// Id of the cause of which they are listed; `None` for all.
    pub cause: Option<&'a str>,
    /// Requests of this page.
    pub changes: &'a [ShownShadowChange],
    /// Cursor of the next page.
    pub next: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "shadow/changes.html")]
pub(crate) struct ChangesPage {
    shell: Shell,
    back: Action,
    roll_back: Option<Action>,
    heading: String,
    says: String,
    list: Option<Sheet>,
    empty: Option<Empty>,
    all: Option<Action>,
    next: Option<Action>,
}

/// One changed request, in words.
pub(crate) struct Line {
    pub(crate) number: u64,
    pub(crate) case: String,
    pub(crate) service: String,
    pub(crate) before: String,
    pub(crate) after: String,
    pub(crate) direction: String,
    pub(crate) because: String,
}

/// Page of changed requests, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, changes: &Changes<'_>) -> String {
    let run = changes.run;
    let lines = changes.changes.iter().map(|change| line(frame.words, change, run)).collect();
    let counted = changes.cause.and_then(|id| run.report.causes.get(id));
    let list = List {
        run: run_address(run),
        roll_back: roll_back(frame.words, &run.run.digest.to_string(), changes.stands),
        cause: changes.cause.map(|id| (id, counted)),
        texts: &run.criteria,
        next: changes.next,
    };
    view(frame, &list, lines).to_string()
}

fn run_address(run: &ShownShadowRun) -> String {
    format!("{}/{}", address(&run.run.digest.to_string()), run.run.id)
}

/// Requests that a page lists, and the run that they are of.
pub(crate) struct List<'a> {
    /// Address of the run.
    pub(crate) run: String,
    pub(crate) roll_back: Option<Action>,
    /// The cause by its id, as the report counts it.
    pub(crate) cause: Option<(&'a str, Option<&'a CauseCount>)>,
    pub(crate) texts: &'a Texts,
    pub(crate) next: Option<&'a str>,
}

fn line(words: Words, shown: &ShownShadowChange, run: &ShownShadowRun) -> Line {
    let change = &shown.change;
    let counted = run.report.causes.get(&shown.cause);
    let because = match counted {
        Some(counted) => cause(words, &counted.cause, &run.criteria),
        None => criteria(words, &change.criteria, &run.criteria),
    };
    Line {
        number: shown.number,
        case: shown.case.to_string(),
        service: service(words, &change.service),
        before: told(words, &change.before),
        after: told(words, &change.after),
        direction: direction(words, change.direction),
        because,
    }
}

/// An outcome with its dollars, where it has any.
fn told(words: Words, told: &ShadowOutcome) -> String {
    let word = outcome(words, &told.word);
    if told.cents == 0 { word } else { format!("{word}, {}", dollars(told.cents).trim_start_matches('+')) }
}

pub(crate) fn view(frame: &Frame<'_>, list: &List<'_>, lines: Vec<Line>) -> ChangesPage {
    let words = frame.words;
    let l = words.l;
    let heading = fl!(l, "shadow-cases");
    let says = match list.cause {
        Some((_, Some(counted))) => {
            let why = cause(words, &counted.cause, list.texts);
            let how = direction(words, counted.cause.direction);
            fl!(l, "shadow-cases-of", count = super::count(counted.count), how = how, why = why)
        }
        _ => fl!(l, "shadow-cases-says"),
    };
    let cases = format!("{}/cases", list.run);
    let filter = list.cause.map(|(id, _)| format!("cause={id}&")).unwrap_or_default();
    let empty = lines.is_empty().then(|| Empty {
        title: fl!(l, "shadow-no-cases"),
        text: fl!(l, "shadow-no-cases-says"),
        action: None,
    });
    ChangesPage {
        shell: Shell::of(frame, &heading, Some(Place::Rules)),
        back: Action::other(fl!(l, "shadow-to-report"), list.run.clone()),
        roll_back: list.roll_back.clone(),
        heading,
        says,
        list: sheet(words, &cases, lines),
        empty,
        all: list.cause.map(|_| Action::other(fl!(l, "shadow-all-cases"), cases.clone())),
        next: list
            .next
            .map(|cursor| Action::other(fl!(l, "more"), format!("{cases}?{filter}after={cursor}"))),
    }
}

fn sheet(words: Words, cases: &str, lines: Vec<Line>) -> Option<Sheet> {
    let l = words.l;
    let heads = [
        fl!(l, "shadow-case"),
        fl!(l, "service"),
        fl!(l, "shadow-was"),
        fl!(l, "shadow-would-be"),
        fl!(l, "shadow-for-member"),
        fl!(l, "shadow-because"),
    ];
    let row = |line: Line| Row {
        name: line.case,
        address: Some(format!("{cases}/{}", line.number)),
        cells: heads[1..]
            .iter()
            .cloned()
            .zip([line.service, line.before, line.after, line.direction, line.because])
            .collect(),
    };
    let rows: Vec<Row> = lines.into_iter().map(row).collect();
    (!rows.is_empty()).then(|| Sheet { caption: fl!(l, "shadow-cases-list"), heads: heads.to_vec(), rows })
}

/// One changed request, and what was found out about it since.
pub struct Difference<'a> {
    /// The run that found it.
    pub run: &'a ShownShadowRun,
    /// True while its version decides or is scheduled to: it can be rolled back then.
    pub stands: bool,
    /// One changed request of it.
    pub change: &'a ShownShadowChange,
    /// The recorded answer, given once more.
    pub replay: Option<&'a Replay>,
    /// Changes that would turn the recorded answer, if they were asked for: `Some(None)` if there are none.
    pub what_if: Option<Option<&'a WouldChange>>,
    /// Names of the attempts to ask for each.
    pub keys: [&'a str; 2],
}

#[derive(Template)]
#[template(path = "shadow/difference.html")]
pub(crate) struct DifferencePage {
    shell: Shell,
    back: Action,
    roll_back: Option<Action>,
    heading: String,
    facts: Summary,
    case: Option<Action>,
    changed: Sheet,
    same: Option<Sheet>,
    same_heading: String,
    replayed: Option<Message>,
    what_if: Option<WhatIf>,
    address: String,
    keys: [String; 2],
}

/// Changes that would turn an answer, in words.
pub(crate) struct WhatIf {
    pub(crate) says: String,
    pub(crate) sets: Vec<String>,
}

/// One changed request, in words.
pub(crate) struct Sides {
    pub(crate) run: String,
    pub(crate) roll_back: Option<Action>,
    pub(crate) number: u64,
    pub(crate) case: String,
    pub(crate) case_page: Option<String>,
    pub(crate) service: String,
    pub(crate) direction: Direction,
    /// Name of each row, what it was, and what it would be; the outcome first.
    pub(crate) changed: Vec<[String; 3]>,
    pub(crate) same: Vec<[String; 3]>,
}

/// Page of one changed request, as HTML.
#[must_use]
pub fn difference(frame: &Frame<'_>, one: &Difference<'_>) -> String {
    let words = frame.words;
    let sides = sides(words, one);
    let replayed = one.replay.map(|replay| replayed(words, replay.same));
    let found = one.what_if.map(|found| what_if(words, found));
    difference_view(frame, sides, replayed, found, one.keys).to_string()
}

fn sides(words: Words, one: &Difference<'_>) -> Sides {
    let l = words.l;
    let (run, shown) = (one.run, one.change);
    let change = &shown.change;
    let (before, after) = (&change.before, &change.after);
    let mut changed =
        vec![[fl!(l, "shadow-outcome"), outcome(words, &before.word), outcome(words, &after.word)]];
    if before.cents != after.cents {
        let amount = |cents| dollars(cents).trim_start_matches('+').to_owned();
        changed.push([fl!(l, "money-amount"), amount(before.cents), amount(after.cents)]);
    }
    let side = |held: Option<&String>| held.map_or_else(|| fl!(l, "not-asked"), |held| finding(words, held));
    let line = |id: &str| {
        let (was, would_be) = (before.findings.get(id), after.findings.get(id));
        [criterion(words, id, &run.criteria), side(was), side(would_be)]
    };
    changed.extend(change.criteria.iter().map(|id| line(id)));
    let alike = before.findings.keys().filter(|id| !change.criteria.contains(*id));
    Sides {
        run: run_address(run),
        roll_back: roll_back(words, &run.run.digest.to_string(), one.stands),
        number: shown.number,
        case: shown.case.to_string(),
        case_page: case_page(&change.operation, &shown.case.to_string()),
        service: service(words, &change.service),
        direction: change.direction,
        changed,
        same: alike.map(|id| line(id)).collect(),
    }
}

/// Address of the case that a request was about.
fn case_page(operation: &str, case: &str) -> Option<String> {
    let family = match operation {
        "triage" => "referrals",
        "presume" | "determine" => "authorizations",
        "adjudicate" => "claims",
        "review" => "applications",
        _ => return None,
    };
    Some(format!("/portal/{family}/{case}"))
}

/// Result of a criterion, in words.
fn finding(words: Words, held: &str) -> String {
    match held {
        "met" => fl!(words.l, "met"),
        "not-met" => fl!(words.l, "not-met"),
        _ => fl!(words.l, "not-known"),
    }
}

pub(crate) fn replayed(words: Words, same: bool) -> Message {
    let l = words.l;
    if same {
        Message { tone: Tone::Good, text: fl!(l, "shadow-replayed-same") }
    } else {
        Message { tone: Tone::Late, text: fl!(l, "shadow-replayed-other") }
    }
}

fn what_if(words: Words, found: Option<&WouldChange>) -> WhatIf {
    let l = words.l;
    let Some(found) = found.filter(|found| !found.sets.is_empty()) else {
        return WhatIf { says: fl!(l, "shadow-nothing-turns"), sets: Vec::new() };
    };
    let sets = found.sets.iter().map(|set| {
        let supplies: Vec<String> = set.supply.iter().map(|supply| supplied(words, supply)).collect();
        let answer = outcome(words, set.becomes);
        format!("{} {}", supplies.join(" "), fl!(l, "becomes", answer = answer))
    });
    WhatIf { says: words.pick(&found.text), sets: sets.collect() }
}

fn supplied(words: Words, supply: &ToSupply) -> String {
    let l = words.l;
    let question = words.pick(&supply.asked.question);
    let values: Vec<String> =
        supply.values.iter().map(|value| value_text(words, value, &supply.asked.ask)).collect();
    if values.is_empty() {
        return question;
    }
    let answer = values.join(&fl!(l, "or"));
    fl!(l, "question-answer", question = question, answer = answer)
}

pub(crate) fn difference_view(
    frame: &Frame<'_>,
    sides: Sides,
    replayed: Option<Message>,
    what_if: Option<WhatIf>,
    keys: [&str; 2],
) -> DifferencePage {
    let words = frame.words;
    let l = words.l;
    let heading = fl!(l, "shadow-one-case");
    let entry = |name: String, value: String| Entry { name, value, note: None };
    let count = sides.same.len();
    DifferencePage {
        shell: Shell::of(frame, &heading, Some(Place::Rules)),
        back: Action::other(fl!(l, "shadow-to-cases"), format!("{}/cases", sides.run)),
        roll_back: sides.roll_back,
        heading,
        facts: Summary {
            rows: vec![
                entry(fl!(l, "shadow-case"), sides.case),
                entry(fl!(l, "service"), sides.service),
                entry(fl!(l, "shadow-for-member"), direction(words, sides.direction)),
            ],
        },
        case: sides.case_page.map(|page| Action::other(fl!(l, "shadow-open-case"), page)),
        changed: two_sides(words, fl!(l, "shadow-what-changes"), sides.changed),
        same: (count > 0).then(|| two_sides(words, fl!(l, "shadow-what-stays"), sides.same)),
        same_heading: fl!(l, "shadow-stays", count = count),
        replayed,
        what_if,
        address: format!("{}/cases/{}", sides.run, sides.number),
        keys: keys.map(str::to_owned),
    }
}

fn two_sides(words: Words, caption: String, lines: Vec<[String; 3]>) -> Sheet {
    let l = words.l;
    let heads = [fl!(l, "shadow-what"), fl!(l, "shadow-was"), fl!(l, "shadow-would-be")];
    let row = |[name, was, would_be]: [String; 3]| Row {
        name,
        address: None,
        cells: vec![(heads[1].clone(), was), (heads[2].clone(), would_be)],
    };
    Sheet { caption, rows: lines.into_iter().map(row).collect(), heads: heads.to_vec() }
}
