//! Health of this host: its queues, and the rules of each plan.

use askama::Template;
use domain::organization::State;
use i18n_embed_fl::fl;
use workflow::shown::{BreakerReading, Health, ShownPlan};

use super::{Section, Sections};
use crate::parts::{Entry, Row, Sheet, Summary};
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;

/// A plan, and its operations that were asked.
pub struct PlanHealth {
    /// The plan, with the rules that it decides with.
    pub plan: ShownPlan,
    /// Breakers of its operations on this node.
    pub breakers: Vec<BreakerReading>,
}

#[derive(Template)]
#[template(path = "county/health.html")]
struct HealthPage {
    shell: Shell,
    heading: String,
    sections: Sections,
    as_of: String,
    queues: Summary,
    plans: Option<Sheet>,
}

/// Page of the health, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, health: &Health, plans: &[PlanHealth]) -> String {
    let rows = plans.iter().map(|plan| row(frame.words, plan)).collect();
    view(frame, health, rows)
}

pub(crate) fn view(frame: &Frame<'_>, health: &Health, rows: Vec<Row>) -> String {
    let words = frame.words;
    let l = words.l;
    let heading = fl!(l, "county-health-heading");
    let page = HealthPage {
        shell: Shell::of(frame, &heading, Some(Place::County)),
        heading,
        sections: Sections::of(frame, Section::Health),
        as_of: fl!(l, "as-of", time = words.instant(frame.now)),
        queues: queues(words, health),
        plans: (!rows.is_empty()).then(|| Sheet {
            caption: fl!(l, "county-plans"),
            heads: heads(words).to_vec(),
            rows,
        }),
    };
    page.to_string()
}

fn queues(words: Words, health: &Health) -> Summary {
    let l = words.l;
    let entry = |name: String, value: String| Entry { name, value, note: None };
    let late = match health.notices_late_seconds {
        0 => fl!(l, "county-in-time"),
        seconds => {
            let minutes: i64 = (seconds + 59) / 60;
            fl!(l, "county-minutes", count = minutes)
        }
    };
    let mut rows = vec![
        entry(fl!(l, "county-notices-late"), late),
        entry(fl!(l, "county-jobs-dead"), health.jobs_dead.to_string()),
        entry(fl!(l, "county-keys-ending"), health.keys_ending.to_string()),
        entry(
            fl!(l, "county-compiling"),
            fl!(
                l,
                "county-run-and-wait",
                running = health.compiling.to_string(),
                waiting = health.waiting.to_string()
            ),
        ),
    ];
    rows.extend(health.places.iter().map(|tier| {
        let name = match tier.tier {
            "interpreted" => fl!(l, "county-places-interpreted"),
            _ => fl!(l, "county-places"),
        };
        entry(name, fl!(l, "of", used = tier.taken.to_string(), whole = tier.places.to_string()))
    }));
    Summary { rows }
}

fn heads(words: Words) -> [String; 4] {
    let l = words.l;
    [fl!(l, "plan"), fl!(l, "accounts-state"), fl!(l, "county-rules"), fl!(l, "county-operations")]
}

/// A row of the plans: its name and three cells.
pub(crate) fn line(words: Words, name: String, cells: [String; 3]) -> Row {
    let [_, state, rules, operations] = heads(words);
    Row { name, address: None, cells: [state, rules, operations].into_iter().zip(cells).collect() }
}

fn row(words: Words, plan: &PlanHealth) -> Row {
    let l = words.l;
    let rules = match &plan.plan.active {
        Some(active) => fl!(
            l,
            "county-version-since",
            version = active.version.as_str(),
            since = words.instant(active.from)
        ),
        None => fl!(l, "county-no-rules"),
    };
    let resting: Vec<&str> = plan
        .breakers
        .iter()
        .filter(|reading| !reading.breaker.asks())
        .map(|reading| reading.operation.name())
        .collect();
    let operations = match (resting.is_empty(), plan.breakers.is_empty()) {
        (false, _) => fl!(l, "county-at-rest", operations = resting.join(", ")),
        (true, false) => fl!(l, "county-answering"),
        (true, true) => fl!(l, "county-not-asked"),
    };
    line(words, plan.plan.name.clone(), [state(words, &plan.plan.state), rules, operations])
}

/// State of an organization.
pub(crate) fn state(words: Words, state: &State) -> String {
    let l = words.l;
    match state {
        State::Active => fl!(l, "county-active"),
        State::Paused { .. } => fl!(l, "county-paused"),
        State::Ended { .. } => fl!(l, "county-ended"),
    }
}
