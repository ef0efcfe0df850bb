//! Shadow runs of one version: those that there were, and the form that begins one.

use askama::Template;
use i18n_embed_fl::fl;
use workflow::shown::{Direction, RunState, ShadowReport, ShownShadowRun};

use super::{address, count, roll_back, version};
use crate::parts::{Action, Empty, Errors, Field, Mistake, Row, Sheet};
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;

/// Name of the field that says which decisions are compared.
pub const RANGE: &str = "range";
/// Name of the field that holds how many of the newest decisions are compared.
pub const LAST: &str = "last";
/// Name of the field that holds the first day.
pub const FROM: &str = "from";
/// Name of the field that holds the last day.
pub const TO: &str = "to";
/// Name of the field that holds the hours of a run that goes along.
pub const HOURS: &str = "hours";
/// Most hours of such a run: a week.
pub const MOST_HOURS: u32 = 7 * 24;

/// The form that begins a run, as it was filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// `last`, `days` or `live`.
    pub range: String,
    /// Number of the newest decisions.
    pub last: String,
    /// First day, as it was typed.
    pub from: String,
    /// Last day, as it was typed.
    pub to: String,
    /// Hours of a run that goes along.
    pub hours: String,
    /// Name of the attempt.
    pub key: String,
}

impl Typed {
    /// The form before anybody filled it in.
    #[must_use]
    pub fn new(key: String) -> Self {
        let [from, to, hours] = std::array::from_fn(|_| String::new());
        Self { range: "last".to_owned(), last: "10000".to_owned(), from, to, hours, key }
    }
}

/// Mistake in the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The number of decisions is no number that can be compared.
    Last,
    /// The first day is no day.
    From,
    /// The last day is no day, or lies before the first.
    To,
    /// The hours are no number of hours of a week.
    Hours,
    /// There is no decision in the range.
    Nothing,
    /// The version is still being compiled.
    NotReady,
    /// The same page was sent before with something else in it.
    SentBefore,
}

/// Shadow runs of one version.
pub struct Runs<'a> {
    /// SHA-256 of the component.
    pub digest: &'a str,
    /// Name of the version, as its profile says.
    pub version: &'a str,
    /// True while it decides or is scheduled to: it can be rolled back then.
    pub stands: bool,
    /// Runs of this page, newest first.
    pub runs: &'a [ShownShadowRun],
    /// Cursor of the next page.
    pub next: Option<&'a str>,
    /// The form, as it was filled in.
    pub typed: &'a Typed,
    /// Mistake in it, if there is one.
    pub wrong: Option<Wrong>,
}

#[derive(Template)]
#[template(path = "shadow/runs.html")]
pub(crate) struct RunsPage {
    shell: Shell,
    heading: String,
    back: Action,
    roll_back: Option<Action>,
    errors: Errors,
    action: String,
    key: String,
    choices: Vec<Choice>,
    button: String,
    list: Option<Sheet>,
    empty: Option<Empty>,
    next: Option<Action>,
}

/// One way to say which decisions are compared, with the fields that it needs.
struct Choice {
    id: &'static str,
    text: String,
    is_chosen: bool,
    fields: Vec<Field>,
}

/// One run, in words.
pub(crate) struct Line {
    pub(crate) address: String,
    pub(crate) asked: String,
    pub(crate) state: String,
    pub(crate) compared: u64,
    pub(crate) changed: u64,
    pub(crate) worse: u64,
}

/// Page of a version's runs, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, runs: &Runs<'_>) -> String {
    let lines = runs.runs.iter().map(|run| line(frame.words, run)).collect();
    let Runs { digest, version, stands, next, .. } = *runs;
    let chosen = Chosen { digest, version, stands, next };
    view(frame, &chosen, lines, runs.typed, runs.wrong).to_string()
}

/// The version of a page of runs, and the page after it.
pub(crate) struct Chosen<'a> {
    pub(crate) digest: &'a str,
    pub(crate) version: &'a str,
    pub(crate) stands: bool,
    pub(crate) next: Option<&'a str>,
}

fn line(words: Words, shown: &ShownShadowRun) -> Line {
    let run = &shown.run;
    Line {
        address: format!("{}/{}", address(&run.digest.to_string()), run.id),
        asked: words.instant(run.asked_at),
        state: state(words, run.state),
        compared: run.compared,
        changed: shown.report.changed,
        worse: of_direction(&shown.report, Direction::Less),
    }
}

/// State of a run, in a word.
pub(crate) fn state(words: Words, state: RunState) -> String {
    match state {
        RunState::Running => fl!(words.l, "shadow-running"),
        RunState::Done => fl!(words.l, "shadow-done"),
        RunState::Cancelled => fl!(words.l, "shadow-stopped"),
    }
}

/// Changed requests of one direction.
pub(crate) fn of_direction(report: &ShadowReport, direction: Direction) -> u64 {
    report.services.values().filter_map(|directions| directions.get(&direction)).sum()
}

pub(crate) fn view(
    frame: &Frame<'_>,
    chosen: &Chosen<'_>,
    lines: Vec<Line>,
    typed: &Typed,
    wrong: Option<Wrong>,
) -> RunsPage {
    let words = frame.words;
    let l = words.l;
    let heading = fl!(l, "shadow-try", version = chosen.version);
    let choices = choices(words, typed, wrong);
    let fields = choices.iter().flat_map(|choice| &choice.fields);
    let mistakes = fields.filter_map(|field| Some(Mistake::at(field.name.clone(), field.error.clone()?)));
    let errors = Errors { title: fl!(l, "errors"), rows: mistakes.collect() };
    let action = address(chosen.digest);
    let empty = lines.is_empty().then(|| Empty {
        title: fl!(l, "shadow-no-runs"),
        text: fl!(l, "shadow-no-runs-says"),
        action: None,
    });
    RunsPage {
        shell: Shell::of(frame, &heading, Some(Place::Rules)).around_form(&errors),
        heading,
        back: Action::other(fl!(l, "desk-back-to-version"), version(chosen.digest)),
        roll_back: roll_back(words, chosen.digest, chosen.stands),
        errors,
        next: chosen.next.map(|cursor| Action::other(fl!(l, "more"), format!("{action}?after={cursor}"))),
        action,
        key: typed.key.clone(),
        choices,
        button: fl!(l, "shadow-begin"),
        list: sheet(words, lines),
        empty,
    }
}

fn choices(words: Words, typed: &Typed, wrong: Option<Wrong>) -> Vec<Choice> {
    let l = words.l;
    let choice = |id: &'static str, text: String, fields: Vec<Field>| Choice {
        is_chosen: typed.range == id,
        id,
        text,
        fields,
    };
    let error = |mine: Wrong, text: String| (wrong == Some(mine)).then_some(text);
    let short = |name, label, value: &str| Field {
        value: value.to_owned(),
        width: "short",
        ..Field::text(name, label)
    };
    // What is wrong with the range as a whole stands at the first field of the range that was chosen.
    let whole = |id: &str| match wrong {
        Some(Wrong::Nothing) if typed.range == id => Some(fl!(l, "shadow-nothing-to-compare")),
        Some(Wrong::NotReady) if typed.range == id => Some(fl!(l, "shadow-not-ready")),
        Some(Wrong::SentBefore) if typed.range == id => Some(fl!(l, "shadow-sent-before")),
        _ => None,
    };
    let last = Field {
        digits: true,
        hint: Some(fl!(l, "shadow-last-hint")),
        error: error(Wrong::Last, fl!(l, "shadow-last-wrong")).or_else(|| whole("last")),
        ..short(LAST, fl!(l, "shadow-last"), &typed.last)
    };
    let from = Field {
        kind: "date",
        error: error(Wrong::From, fl!(l, "day-wrong")).or_else(|| whole("days")),
        ..short(FROM, fl!(l, "ask-first"), &typed.from)
    };
    let to = Field {
        kind: "date",
        hint: Some(fl!(l, "day-hint")),
        error: error(Wrong::To, fl!(l, "shadow-to-wrong")),
        ..short(TO, fl!(l, "ask-last"), &typed.to)
    };
    let hours = Field {
        digits: true,
        hint: Some(fl!(l, "shadow-hours-hint", most = MOST_HOURS)),
        error: error(Wrong::Hours, fl!(l, "shadow-hours-wrong", most = MOST_HOURS)).or_else(|| whole("live")),
        ..short(HOURS, fl!(l, "shadow-hours"), &typed.hours)
    };
    vec![
        choice("last", fl!(l, "shadow-range-last"), vec![last]),
        choice("days", fl!(l, "shadow-range-days"), vec![from, to]),
        choice("live", fl!(l, "shadow-range-live"), vec![hours]),
    ]
}

fn sheet(words: Words, lines: Vec<Line>) -> Option<Sheet> {
    let l = words.l;
    let heads = [
        fl!(l, "shadow-asked"),
        fl!(l, "accounts-state"),
        fl!(l, "shadow-compared"),
        fl!(l, "shadow-different"),
        fl!(l, "shadow-worse-of-them"),
    ];
    let row = |line: Line| {
        let cells = [line.state, count(line.compared), count(line.changed), count(line.worse)];
        Row {
            name: line.asked,
            address: Some(line.address),
            cells: heads[1..].iter().cloned().zip(cells).collect(),
        }
    };
    let rows: Vec<Row> = lines.into_iter().map(row).collect();
    (!rows.is_empty()).then(|| Sheet { caption: fl!(l, "shadow-runs"), heads: heads.to_vec(), rows })
}
