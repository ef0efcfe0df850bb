//! Facts that the host knows by itself, from `data/known.toml`, and how they stand beside what was stated.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};
use jiff::{ToSpan, Unit};
use serde::Deserialize;

use crate::plan::types::{Fact, FactSource, FactValue, Period};
use crate::provenance::{Confidence, Effective};

#[cfg(test)]
mod tests;

/// Days that one service can last in a count; a longer one is cut there.
const MOST_DAYS: i32 = 3_660;

/// All rules by which the host knows a fact.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    #[serde(rename = "known")]
    rules: Vec<KnownRule>,
}

/// One rule by which the host knows a fact.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownRule {
    /// The fact's code in the dictionary.
    pub fact: String,
    /// Where it is known from: `claims` or `host`.
    pub from: FactSource,
    /// The services that it looks at.
    pub services: Vec<String>,
    /// What is made of them.
    pub measure: Measure,
    /// When the rule is in force.
    pub effective: Effective,
    /// The document that it comes from.
    pub source: String,
    /// How sure we are of it.
    pub tag: Confidence,
}

/// What is made of the services that a member had or may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Yes, if one was ever given.
    Ever,
    /// The days on which one was given.
    Days,
    /// The calendar weeks, from Monday, in which one was given.
    Weeks,
    /// Yes, if one is authorized on the day and another provider gives it.
    InForceWithAnother,
}

/// A service that a member had, or may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Had {
    /// The service.
    pub service: String,
    /// The days.
    pub days: Period,
    /// Whether it was given; authorized and no more otherwise.
    pub delivered: bool,
    /// Whether another provider gives it than the one that the case is about.
    pub by_another: bool,
}

static STATE: LazyLock<Known> =
    LazyLock::new(|| toml::from_str(include_str!("../data/known.toml")).expect("data/known.toml reads"));

impl Known {
    /// The host's rules.
    #[must_use]
    pub fn state() -> &'static Self {
        &STATE
    }

    /// Every rule.
    #[must_use]
    pub fn rules(&self) -> &[KnownRule] {
        &self.rules
    }
}

impl KnownRule {
    /// What `had` proves on `on`, if it proves anything.
    #[must_use]
    pub fn fact(&self, had: &[Had], on: Date) -> Option<Fact> {
        if !self.effective.covers(on) {
            return None;
        }
        let of_services = had.iter().filter(|had| self.services.contains(&had.service));
        let value = match self.measure {
            Measure::Ever => flag(of_services.clone().any(|had| had.delivered && had.days.first <= on)),
            Measure::InForceWithAnother => {
                flag(of_services.clone().any(|had| !had.delivered && had.by_another && had.days.holds(on)))
            }
            Measure::Days => count(days(of_services.clone(), on).len()),
            Measure::Weeks => count(weeks(&days(of_services.clone(), on))),
        }?;
        Some(Fact { code: self.fact.clone(), value, source: self.from, as_of: on })
    }
}

fn flag(proved: bool) -> Option<FactValue> {
    proved.then_some(FactValue::Flag(true))
}

fn count(number: usize) -> Option<FactValue> {
    let number = i64::try_from(number).ok()?;
    (number > 0).then_some(FactValue::Count(number))
}

/// The days up to `on` on which a service was given, each once.
fn days<'a>(had: impl Iterator<Item = &'a Had>, on: Date) -> BTreeSet<Date> {
    let mut days = BTreeSet::new();
    for had in had.filter(|had| had.delivered) {
        let last = had.days.last.unwrap_or(had.days.first).min(on);
        let length = had.days.first.until((Unit::Day, last)).map_or(-1, |span| span.get_days());
        for day in 0..=length.min(MOST_DAYS) {
            days.extend(had.days.first.checked_add(day.days()));
        }
    }
    days
}

/// The calendar weeks that hold a day of these.
fn weeks(days: &BTreeSet<Date>) -> usize {
    let monday = |day: &Date| day.checked_sub(i32::from(day.weekday().since(Weekday::Monday)).days()).ok();
    days.iter().filter_map(monday).collect::<BTreeSet<Date>>().len()
}

/// What rules are handed: what was stated, and what the host knows.
///
/// Of one code there is one fact. What the record proves stands over what was stated, because a payment is proof and a
/// memory is none, unless a document was named for the statement; a count stands only if it is higher than the stated
/// one, because the record holds what passed through it and no more. What a plan's file says stands only where nobody
/// stated anything: whoever met the member knows better. The statement stays in the case beside it.
#[must_use]
pub fn beside(stated: Vec<Fact>, known: Vec<Fact>) -> Vec<Fact> {
    let mut facts = stated;
    for fact in known {
        match facts.iter_mut().find(|stated| stated.code == fact.code) {
            None => facts.push(fact),
            Some(stated) if stands_over(&fact, stated) => *stated = fact,
            Some(_) => {}
        }
    }
    facts
}

fn stands_over(known: &Fact, stated: &Fact) -> bool {
    if known.source == FactSource::PlanFile || stated.source == FactSource::Document {
        return false;
    }
    match (&known.value, &stated.value) {
        (FactValue::Count(known), FactValue::Count(stated)) => known > stated,
        (known, stated) => known != stated,
    }
}
