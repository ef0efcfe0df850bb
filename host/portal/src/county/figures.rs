//! Figures of the county's plans in a quarter, as tables with a mark in each row. They are the values of
//! which the API and the spreadsheet are made.

use askama::Template;
use askama::filters::HtmlSafe;
use domain::case::CaseKind;
use domain::figures::{Disclosed, Quarter};
use domain::plan::types::DenialKind;
use i18n_embed_fl::fl;
use workflow::shown::{CountyFigures, Figure, FigureRow, Subject};

use super::{COUNTY, SHEET, Section, Sections};
use crate::criteria::Choice;
use crate::names::Names;
use crate::parts::{Action, Empty, Entry, Message, Summary, Tone};
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;

/// Name of the parameter that holds the quarter.
pub const QUARTER: &str = "quarter";
/// Quarters that can be chosen: the one that runs, and those before it.
const QUARTERS: usize = 9;

/// Figures, and the names of the plans in them.
pub struct FiguresShown<'a> {
    /// Figures of one quarter.
    pub figures: &'a CountyFigures,
    /// Names of plans, by their ids.
    pub names: &'a Names,
}

/// Parts of wholes: a table with a mark in each row.
#[derive(Clone, Template)]
#[template(path = "county/bars.html")]
pub(crate) struct Bars {
    /// Id of the heading that names them.
    heading: &'static str,
    heads: Vec<String>,
    rows: Vec<Bar>,
}

impl HtmlSafe for Bars {}

/// One part of a whole.
#[derive(Clone)]
struct Bar {
    name: String,
    /// Each cell with the head of its column.
    cells: Vec<(String, String)>,
    /// Head of the last column, and the share in words.
    share: (String, String),
    /// Hundredths for the mark; none where the share is not told.
    percent: Option<u64>,
}

/// One measure on the page.
struct Part {
    /// Id of its heading.
    id: &'static str,
    name: String,
    definition: String,
    says: Option<String>,
    counts: Summary,
    bars: Option<Bars>,
    empty: Option<String>,
    source: String,
}

#[derive(Template)]
#[template(path = "county/figures.html")]
struct FiguresPage {
    shell: Shell,
    heading: String,
    sections: Sections,
    says: String,
    choices: Vec<Choice>,
    running: Option<Message>,
    download: Action,
    changes: Action,
    parts: Vec<Part>,
    nothing: Option<Empty>,
    /// Sentences on how small numbers are kept.
    small: Vec<String>,
    small_source: Option<String>,
}

/// Page of the figures, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, shown: &FiguresShown<'_>) -> String {
    let words = frame.words;
    let l = words.l;
    let figures = shown.figures;
    let heading = fl!(l, "county-heading");
    let is_empty = figures.measures.iter().all(|figure| figure.rows.is_empty());
    let page = FiguresPage {
        shell: Shell::of(frame, &heading, Some(Place::County)),
        heading,
        sections: Sections::of(frame, Section::Figures),
        says: fl!(
            l,
            "county-days",
            first = words.day(figures.quarter.first_day()),
            last = words.day(figures.quarter.last_day())
        ),
        choices: choices(words, frame, figures.quarter),
        running: figures
            .runs
            .then(|| Message { tone: Tone::Plain, text: fl!(l, "county-runs", least = least(figures)) }),
        download: Action::other(fl!(l, "county-download"), format!("{SHEET}?{QUARTER}={}", figures.quarter)),
        changes: Action::other(fl!(l, "criteria-compare"), crate::criteria::CHANGES),
        parts: figures.measures.iter().map(|figure| part(words, figure, shown.names)).collect(),
        nothing: is_empty.then(|| Empty {
            title: fl!(l, "county-nothing"),
            text: fl!(l, "county-nothing-says"),
            action: Some(Action::other(
                fl!(l, "county-quarter-before"),
                format!("{COUNTY}?{QUARTER}={}", figures.quarter.before()),
            )),
        }),
        small: small(words, figures),
        small_source: figures.rule.map(|rule| rule.source.clone()),
    };
    page.to_string()
}

fn least(figures: &CountyFigures) -> u64 {
    figures.rule.map_or(0, |rule| rule.least)
}

/// The quarter that runs and those before it; the one that is shown too, however old it is.
fn choices(words: Words, frame: &Frame<'_>, chosen: Quarter) -> Vec<Choice> {
    let newest = Quarter::of(domain::time::pacific_day(frame.now));
    let quarters = std::iter::successors(Some(newest), |quarter| Some(quarter.before()));
    let mut quarters: Vec<Quarter> = quarters.take(QUARTERS).collect();
    if !quarters.contains(&chosen) {
        quarters.push(chosen);
    }
    let choice = |quarter: Quarter| Choice {
        id: quarter.to_string(),
        text: quarter_text(words, quarter),
        is_chosen: quarter == chosen,
    };
    quarters.into_iter().map(choice).collect()
}

fn quarter_text(words: Words, quarter: Quarter) -> String {
    let (year, number) = quarter.parts();
    // As texts: a year is not counted.
    fl!(words.l, "county-quarter-of", number = number.to_string(), year = year.to_string())
}

fn small(words: Words, figures: &CountyFigures) -> Vec<String> {
    let l = words.l;
    let Some(rule) = figures.rule else { return vec![fl!(l, "county-small-none")] };
    vec![
        words.pick(&rule.text),
        fl!(l, "county-small-rest"),
        fl!(l, "county-small-totals"),
        fl!(l, "county-small-causes"),
        fl!(l, "county-small-quarters", least = rule.least),
    ]
}

fn part(words: Words, figure: &Figure, names: &Names) -> Part {
    let l = words.l;
    let measure = figure.measure;
    let entry = |name: String, value: String| Entry { name, value, note: None };
    let has_median = figure.rows.iter().any(|row| row.median_days.is_some());
    let rows: Vec<Bar> = figure.rows.iter().map(|row| bar(words, row, has_median, names)).collect();
    Part {
        id: measure.id.name(),
        name: words.pick(&measure.name),
        definition: words.pick(&measure.definition),
        says: highest(words, &rows, figure.rows.iter().all(|row| row.of.is_none())),
        counts: Summary {
            rows: vec![
                entry(fl!(l, "county-numerator"), words.pick(&measure.numerator)),
                entry(fl!(l, "county-denominator"), words.pick(&measure.denominator)),
            ],
        },
        empty: rows.is_empty().then(|| fl!(l, "county-none-counted")),
        bars: (!rows.is_empty()).then(|| Bars {
            heading: measure.id.name(),
            heads: heads(words, has_median),
            rows,
        }),
        source: measure.source.clone(),
    }
}

/// The row that has the largest share, in a sentence; none where there is nothing to compare. Where each plan
/// has one row, the plan is all there is to say.
fn highest(words: Words, rows: &[Bar], is_of_plans: bool) -> Option<String> {
    let told: Vec<&Bar> = rows.iter().filter(|row| row.percent.is_some()).collect();
    let highest = told.iter().max_by_key(|row| row.percent).filter(|_| told.len() > 1)?;
    let alone = told.iter().filter(|row| row.percent == highest.percent).count() == 1;
    alone.then(|| {
        if is_of_plans {
            let (plan, share) = (highest.name.as_str(), highest.share.1.as_str());
            return fl!(words.l, "county-highest-plan", plan = plan, share = share);
        }
        let of = highest.cells.first().map(|(_, of)| of.clone()).unwrap_or_default();
        fl!(
            words.l,
            "county-highest",
            plan = highest.name.as_str(),
            of = of,
            share = highest.share.1.as_str()
        )
    })
}

fn heads(words: Words, has_median: bool) -> Vec<String> {
    let l = words.l;
    let mut heads =
        vec![fl!(l, "plan"), fl!(l, "county-of"), fl!(l, "county-numerator"), fl!(l, "county-denominator")];
    if has_median {
        heads.push(fl!(l, "county-median"));
    }
    heads.push(fl!(l, "county-share"));
    heads
}

/// One row, with a cell below each head: a median that is not told keeps its place.
fn bar(words: Words, row: &FigureRow, has_median: bool, names: &Names) -> Bar {
    let l = words.l;
    let mut cells = vec![
        (fl!(l, "county-of"), subject(words, row.of.as_ref())),
        (fl!(l, "county-numerator"), told(words, row.numerator)),
        (fl!(l, "county-denominator"), told(words, row.denominator)),
    ];
    if has_median {
        let days = row.median_days.map(|days| fl!(l, "days", count = days));
        cells.push((fl!(l, "county-median"), days.unwrap_or_else(|| fl!(l, "county-not-told"))));
    }
    let percent = percent(row.numerator, row.denominator);
    let share = match percent {
        Some(percent) => words.percent(percent),
        None => fl!(l, "county-not-told"),
    };
    Bar { name: names.plan(&row.plan), cells, share: (fl!(l, "county-share"), share), percent }
}

/// Hundredths, rounded; only of numbers that are told as they are.
fn percent(part: Disclosed, whole: Disclosed) -> Option<u64> {
    match (part, whole) {
        (Disclosed::Exactly(part), Disclosed::Exactly(whole)) if whole > 0 => {
            Some((part * 200 + whole) / (2 * whole))
        }
        _ => None,
    }
}

fn told(words: Words, number: Disclosed) -> String {
    match number {
        Disclosed::Exactly(number) => number.to_string(),
        Disclosed::AtLeast(number) => fl!(words.l, "county-at-least", number = number.to_string()),
        Disclosed::Withheld => fl!(words.l, "county-not-told"),
    }
}

fn subject(words: Words, of: Option<&Subject>) -> String {
    let l = words.l;
    match of {
        None => fl!(l, "county-all"),
        Some(Subject::Cases(CaseKind::Referral)) => fl!(l, "desk-operation-triage"),
        Some(Subject::Cases(CaseKind::Authorization)) => fl!(l, "county-authorizations"),
        Some(Subject::Cases(CaseKind::Claim)) => fl!(l, "desk-operation-adjudicate"),
        Some(Subject::Cases(CaseKind::Application)) => fl!(l, "desk-operation-review"),
        Some(Subject::OtherCauses) => fl!(l, "county-other-causes"),
        Some(Subject::Cause { kind, criteria, asserted, texts }) => {
            let cause = if texts.is_empty() {
                criteria.join(", ")
            } else {
                texts.iter().map(|text| words.pick(text)).collect::<Vec<_>>().join(" ")
            };
            match (kind, asserted) {
                (DenialKind::Administrative, true) => fl!(l, "county-cause-asserted", cause = cause),
                (DenialKind::Administrative, false) => fl!(l, "county-cause-administrative", cause = cause),
                (DenialKind::Clinical, _) => fl!(l, "county-cause-clinical", cause = cause),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_told_of_whole_numbers_only() {
        assert_eq!(percent(Disclosed::Exactly(1), Disclosed::Exactly(3)), Some(33));
        assert_eq!(percent(Disclosed::Exactly(2), Disclosed::Exactly(3)), Some(67));
        assert_eq!(percent(Disclosed::Exactly(0), Disclosed::Exactly(40)), Some(0));
        assert_eq!(percent(Disclosed::Exactly(0), Disclosed::Exactly(0)), None);
        assert_eq!(percent(Disclosed::AtLeast(11), Disclosed::AtLeast(22)), None);
        assert_eq!(percent(Disclosed::Withheld, Disclosed::Exactly(40)), None);
    }
}
