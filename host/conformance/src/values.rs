//! Values that a fact is given, by its kind.

use domain::dictionary::Dictionary;
use domain::plan::profile::{FactDefinition, FactKind, PlanProfile};
use domain::plan::question::Question;
use domain::plan::types::{Fact, FactSource, FactValue, Period};
use jiff::ToSpan;
use jiff::civil::{Date, date};

/// The most that a fact may count or measure: what the host's own dictionary lets through.
const MOST: i64 = 1_000_000_000;

/// The day that a question is about, and the days of coverage.
pub(crate) struct Days {
    pub(crate) as_of: Date,
    pub(crate) today: Date,
    pub(crate) covered: Option<Period>,
}

impl Days {
    /// The days of a question.
    pub(crate) fn of(question: &Question) -> Self {
        match question {
            Question::Triage { context, .. }
            | Question::Presume { context, .. }
            | Question::Determine { context, .. }
            | Question::Adjudicate { context, .. } => Self {
                as_of: context.as_of,
                today: context.today,
                covered: Some(context.coverage.days.clone()),
            },
            Question::Review { today, .. } => Self { as_of: *today, today: *today, covered: None },
            Question::Render { .. } | Question::Parse { .. } => {
                Self { as_of: Date::default(), today: Date::default(), covered: None }
            }
        }
    }
}

/// Definition of a fact: the dictionary's, or the profile's for the plan's own.
pub(crate) fn definition<'a>(profile: &'a PlanProfile, code: &str) -> Option<&'a FactDefinition> {
    let own = || profile.facts.iter().find(|fact| fact.code == code);
    Dictionary::state().fact(code).or_else(own)
}

/// Values of a fact, the likeliest first: each code, both flags, and the edges of numbers, days and words.
pub(crate) fn values(definition: &FactDefinition, days: &Days) -> Vec<FactValue> {
    match definition.kind {
        FactKind::Flag => vec![FactValue::Flag(true), FactValue::Flag(false)],
        FactKind::Count => [10, 0, 1, 2, 5, 40, 100, 400, MOST].map(FactValue::Count).to_vec(),
        FactKind::Measure => [10_000, 0, 1, 1_000, 100_000, MOST].map(FactValue::Measure).to_vec(),
        FactKind::Day => edges(days).into_iter().map(FactValue::Day).collect(),
        FactKind::Coded => definition.codes.iter().cloned().map(FactValue::Coded).collect(),
        FactKind::Text => ["words".to_owned(), "ñ".repeat(500)].map(FactValue::Text).to_vec(),
    }
}

/// Days that rules turn on: around the case's day, a year before it, the ends of coverage, and as far as days
/// go.
fn edges(days: &Days) -> Vec<Date> {
    let on = days.as_of;
    let a_year_ago = on.saturating_sub(12.months());
    let mut edges = vec![
        on.saturating_sub(30.days()),
        on,
        on.saturating_sub(1.day()),
        on.saturating_add(1.day()),
        days.today,
        a_year_ago,
        a_year_ago.saturating_sub(1.day()),
        date(1900, 1, 1),
        date(9999, 12, 31),
    ];
    if let Some(covered) = &days.covered {
        edges.push(covered.first);
        edges.extend(covered.last);
    }
    let mut seen = Vec::new();
    edges.retain(|day| {
        !seen.contains(day) && {
            seen.push(*day);
            true
        }
    });
    edges
}

/// A fact as a provider would say it.
pub(crate) fn said(code: &str, value: FactValue, days: &Days) -> Fact {
    Fact { code: code.to_owned(), value, source: FactSource::Provider, as_of: days.as_of.min(days.today) }
}
