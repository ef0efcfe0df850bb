//! Report of a shadow run: how much would change, from what to what, in which direction for members, why, and
//! what was not compared.

use std::collections::BTreeSet;

use askama::Template;
use i18n_embed_fl::fl;
use workflow::shown::{CauseCount, Direction, RunState, ShadowReport, ShownShadowRun};

use super::{Texts, address, cause, count, direction, dollars, outcome, roll_back, runs, signed, version};
use crate::names::service;
use crate::parts::{Action, Empty, Entry, Message, Row, Sheet, Summary, Titled, Tone};
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;

/// Causes that the page lists; the others are counted.
const MOST_CAUSES: usize = 50;

/// A shadow run with its report.
pub struct Report<'a> {
    /// Run that is reported on.
    pub run: &'a ShownShadowRun,
    /// Name of the version, as its profile says.
    pub version: &'a str,
    /// True while it decides or is scheduled to: it can be rolled back then.
    pub stands: bool,
    /// Name of the attempt to stop it.
    pub key: &'a str,
}

/// A run as its page says it, of which numbers are made into words.
pub(crate) struct Figures<'a> {
    pub(crate) version: &'a str,
    /// Address of the run.
    pub(crate) address: String,
    /// Address of the runs of the version.
    pub(crate) runs: String,
    /// Address of the version.
    pub(crate) version_page: String,
    pub(crate) roll_back: Option<Action>,
    pub(crate) state: RunState,
    pub(crate) asked: String,
    /// Number of requests that are to be compared; `None` for a run that goes along.
    pub(crate) wanted: Option<u64>,
    pub(crate) compared: u64,
    pub(crate) share_percent: u8,
    pub(crate) listed: u64,
    pub(crate) report: &'a ShadowReport,
    pub(crate) texts: &'a Texts,
    pub(crate) key: &'a str,
}

#[derive(Template)]
#[template(path = "shadow/report.html")]
pub(crate) struct ReportPage {
    shell: Shell,
    back: Action,
    heading: String,
    says: String,
    message: Option<Message>,
    refresh: Option<Action>,
    /// Address to which a run is posted that is to be stopped.
    stop: Option<String>,
    key: String,
    figures: Summary,
    cases: Option<Action>,
    sheet: Option<Action>,
    version: Action,
    roll_back: Option<Action>,
    moves: Option<Titled>,
    causes: Option<Titled>,
    more_causes: Option<String>,
    services: Option<Sheet>,
    empty: Option<Empty>,
    not_compared: Vec<String>,
}

/// Page of a run, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, report: &Report<'_>) -> String {
    let run = &report.run.run;
    let runs = address(&run.digest.to_string());
    let figures = Figures {
        version: report.version,
        address: format!("{runs}/{}", run.id),
        runs,
        version_page: version(&run.digest.to_string()),
        roll_back: roll_back(frame.words, &run.digest.to_string(), report.stands),
        state: run.state,
        asked: frame.words.instant(run.asked_at),
        wanted: (run.until <= run.asked_at).then_some(run.wanted),
        compared: run.compared,
        share_percent: run.share_percent,
        listed: report.run.listed,
        report: &report.run.report,
        texts: &report.run.criteria,
        key: report.key,
    };
    view(frame, &figures).to_string()
}

pub(crate) fn view(frame: &Frame<'_>, figures: &Figures<'_>) -> ReportPage {
    let words = frame.words;
    let l = words.l;
    let heading = fl!(l, "shadow-report", version = figures.version);
    let running = figures.state == RunState::Running;
    let causes = figures.report.causes_in_order();
    let more = causes.len().saturating_sub(MOST_CAUSES);
    let empty = (figures.report.changed == 0 && !running).then(|| Empty {
        title: fl!(l, "shadow-no-changes"),
        text: fl!(l, "shadow-no-changes-says"),
        action: None,
    });
    ReportPage {
        shell: Shell::of(frame, &heading, Some(Place::Rules)),
        back: Action::other(fl!(l, "shadow-to-runs"), figures.runs.clone()),
        heading,
        says: fl!(l, "shadow-report-says", count = count(figures.compared), begun = figures.asked.as_str()),
        message: message(words, figures),
        refresh: running.then(|| Action::other(fl!(l, "shadow-refresh"), figures.address.clone())),
        stop: running.then(|| format!("{}/stop", figures.address)),
        key: figures.key.to_owned(),
        figures: summary(words, figures),
        cases: (figures.listed > 0)
            .then(|| Action::main(fl!(l, "shadow-to-cases"), format!("{}/cases", figures.address))),
        sheet: (figures.listed > 0)
            .then(|| Action::other(fl!(l, "shadow-sheet"), format!("{}/changes.csv", figures.address))),
        version: Action::other(fl!(l, "desk-back-to-version"), figures.version_page.clone()),
        roll_back: figures.roll_back.clone(),
        moves: moves(words, figures.report),
        causes: causes_sheet(words, figures, &causes),
        more_causes: (more > 0).then(|| fl!(l, "shadow-more-causes", count = more)),
        services: services(words, figures.report),
        empty,
        not_compared: not_compared(words, figures),
    }
}

fn message(words: Words, figures: &Figures<'_>) -> Option<Message> {
    let l = words.l;
    let text = match (figures.state, figures.wanted) {
        (RunState::Done, _) => return None,
        (RunState::Cancelled, _) => fl!(l, "shadow-was-stopped"),
        (RunState::Running, Some(wanted)) => {
            let done = figures.compared + figures.report.unreadable;
            fl!(l, "shadow-is-running", done = count(done), wanted = count(wanted))
        }
        (RunState::Running, None) => fl!(l, "shadow-goes-along", done = count(figures.compared)),
    };
    Some(Message { tone: Tone::Plain, text })
}

fn summary(words: Words, figures: &Figures<'_>) -> Summary {
    let l = words.l;
    let report = figures.report;
    let entry = |name: String, value: String| Entry { name, value, note: None };
    let of = |direction| count(runs::of_direction(report, direction));
    let rows = vec![
        entry(fl!(l, "shadow-same"), count(report.same)),
        entry(fl!(l, "shadow-different"), count(report.changed)),
        entry(direction(words, Direction::Less), of(Direction::Less)),
        entry(direction(words, Direction::More), of(Direction::More)),
        entry(direction(words, Direction::Reasons), of(Direction::Reasons)),
        entry(fl!(l, "desk-word-fault"), count(report.faults)),
        entry(fl!(l, "shadow-approvals-gained"), count(report.approvals_gained)),
        entry(fl!(l, "shadow-approvals-lost"), count(report.approvals_lost)),
        entry(fl!(l, "shadow-clinical"), signed(report.clinical_reviews)),
        Entry {
            name: fl!(l, "shadow-dollars"),
            value: dollars(report.cents),
            note: Some(fl!(l, "shadow-dollars-note")),
        },
    ];
    Summary { rows }
}

/// Changes from one outcome to another: a row for what it was, a column for what it would be. Where the word
/// stays, the change is in the cell that has the word on both sides.
fn moves(words: Words, report: &ShadowReport) -> Option<Titled> {
    let l = words.l;
    let moved = report.moves.iter().filter_map(|(both, count)| {
        let (before, after) = both.split_once(" > ")?;
        Some(((before, after), *count))
    });
    let stays = report.stays.iter().map(|(word, count)| ((word.as_str(), word.as_str()), *count));
    let counts: Vec<((&str, &str), u64)> = moved.chain(stays).collect();
    let before: BTreeSet<&str> = counts.iter().map(|((before, _), _)| *before).collect();
    let after: BTreeSet<&str> = counts.iter().map(|((_, after), _)| *after).collect();
    let cell = |row: &str, column: &str| {
        let found = counts.iter().find(|(both, _)| *both == (row, column));
        found.map_or_else(|| "–".to_owned(), |(_, number)| count(*number))
    };
    let heads: Vec<String> = after.iter().map(|word| outcome(words, word)).collect();
    let row = |row: &&str| Row {
        name: outcome(words, row),
        address: None,
        cells: heads.iter().cloned().zip(after.iter().map(|column| cell(row, column))).collect(),
    };
    let rows: Vec<Row> = before.iter().map(row).collect();
    let corner = fl!(l, "shadow-from-to");
    (!rows.is_empty()).then(|| Titled {
        heading: "moves".to_owned(),
        heads: std::iter::once(corner).chain(heads.iter().cloned()).collect(),
        rows,
    })
}

fn causes_sheet(words: Words, figures: &Figures<'_>, causes: &[(&String, &CauseCount)]) -> Option<Titled> {
    let l = words.l;
    let heads = [fl!(l, "shadow-cause"), fl!(l, "shadow-for-member"), fl!(l, "desk-days")];
    let row = |(id, counted): &(&String, &CauseCount)| {
        let cells = [direction(words, counted.cause.direction), count(counted.count)];
        Row {
            name: cause(words, &counted.cause, figures.texts),
            address: Some(format!("{}/cases?cause={id}", figures.address)),
            cells: heads[1..].iter().cloned().zip(cells).collect(),
        }
    };
    let rows: Vec<Row> = causes.iter().take(MOST_CAUSES).map(row).collect();
    (!rows.is_empty()).then(|| Titled { heading: "causes".to_owned(), heads: heads.to_vec(), rows })
}

fn services(words: Words, report: &ShadowReport) -> Option<Sheet> {
    let l = words.l;
    let directions = [Direction::Less, Direction::More, Direction::Reasons];
    let heads: Vec<String> =
        std::iter::once(fl!(l, "service")).chain(directions.map(|one| direction(words, one))).collect();
    let row = |(id, counts): (&String, &std::collections::BTreeMap<Direction, u64>)| Row {
        name: if id.is_empty() { fl!(l, "shadow-no-service") } else { service(words, id) },
        address: None,
        cells: heads[1..]
            .iter()
            .cloned()
            .zip(directions.map(|one| count(counts.get(&one).copied().unwrap_or_default())))
            .collect(),
    };
    let rows: Vec<Row> = report.services.iter().map(row).collect();
    (!rows.is_empty()).then(|| Sheet { caption: fl!(l, "shadow-by-service"), heads, rows })
}

/// Reasons for which requests were not compared, with their number.
fn not_compared(words: Words, figures: &Figures<'_>) -> Vec<String> {
    let l = words.l;
    let report = figures.report;
    let mut said = Vec::new();
    if let Some(wanted) = figures.wanted {
        let left = wanted.saturating_sub(figures.compared + report.unreadable);
        match figures.state {
            RunState::Running if left > 0 => said.push(fl!(l, "shadow-not-yet", count = count(left))),
            RunState::Cancelled if left > 0 => said.push(fl!(l, "shadow-not-reached", count = count(left))),
            _ => {}
        }
    }
    if figures.share_percent < 100 {
        said.push(fl!(l, "shadow-share", share = figures.share_percent));
    }
    if report.unreadable > 0 {
        said.push(fl!(l, "shadow-unreadable", count = count(report.unreadable)));
    }
    if report.changed > figures.listed {
        let unlisted = report.changed - figures.listed;
        said.push(fl!(l, "shadow-unlisted", count = count(unlisted), listed = count(figures.listed)));
    }
    said.push(fl!(l, "shadow-people"));
    said
}
