//! Facts that the host knows by itself, from `data/known.toml`, and how they stand beside what was stated.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};
use jiff::{ToSpan, Unit};
use serde::Deserialize;

use crate::member_value::{StatedValue, ValueName};
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
    /// Source of the fact: `claims`, `host` or `plan-file`.
    pub from: FactSource,
    /// Proof of the fact in the record.
    pub proof: Proof,
    /// Days on which the rule is in force.
    pub effective: Effective,
    /// The document that it comes from.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
}

/// Proof of a fact.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "measure", deny_unknown_fields)]
pub enum Proof {
    /// Yes, if one of the services was ever given.
    Ever {
        /// Services of which any one counts.
        services: Vec<String>,
    },
    /// The days on which one was given.
    Days {
        /// Services of which any one counts.
        services: Vec<String>,
    },
    /// The calendar weeks, from Monday, in which one was given.
    Weeks {
        /// Services of which any one counts.
        services: Vec<String>,
    },
    /// Yes, if one is authorized on the day and another provider gives it.
    InForceWithAnother {
        /// Services of which any one counts.
        services: Vec<String>,
    },
    /// Yes, if the plan's own member file, the last time that it named the value, said this.
    PlanFile {
        /// Name of the value in the file.
        name: ValueName,
        /// Value that proves it.
        value: String,
    },
}

/// Record of a member, as the host has it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// Services that the member had, or may have.
    pub had: Vec<Had>,
    /// Values of the plan's own file, by name.
    pub said: Vec<StatedValue>,
}

/// A service that a member had, or may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Had {
    /// Id of the service, as in the catalog.
    pub service: String,
    /// Days that it is about.
    pub days: Period,
    /// True if it was given; authorized and no more otherwise.
    pub delivered: bool,
    /// True if another provider gives it than the one that the case is about.
    pub by_another: bool,
}

static STATE: LazyLock<Known> =
    LazyLock::new(|| toml::from_str(include_str!("../data/known.toml")).expect("data/known.toml reads"));

impl Known {
    /// The host's rules, as they are built in.
    #[must_use]
    pub fn state() -> &'static Self {
        &STATE
    }

    /// Every rule that there is.
    #[must_use]
    pub fn rules(&self) -> &[KnownRule] {
        &self.rules
    }
}

impl KnownRule {
    /// Fact that the record proves on `on`, if it proves one. A file counts as of the day that it said so.
    #[must_use]
    pub fn fact(&self, record: &Record, on: Date) -> Option<Fact> {
        if !self.effective.covers(on) {
            return None;
        }
        let (value, as_of) = match &self.proof {
            Proof::Ever { services } => {
                let mut given = of(record, services);
                (flag(given.any(|had| had.delivered && had.days.first <= on)), on)
            }
            Proof::InForceWithAnother { services } => {
                let mut held = of(record, services);
                (flag(held.any(|had| !had.delivered && had.by_another && had.days.holds(on))), on)
            }
            Proof::Days { services } => (count(days(of(record, services), on).len()), on),
            Proof::Weeks { services } => (count(weeks(&days(of(record, services), on))), on),
            Proof::PlanFile { name, value } => {
                let latest =
                    record.said.iter().filter(|said| said.name == *name).max_by_key(|said| said.last)?;
                (flag(latest.value == *value), latest.last)
            }
        };
        Some(Fact { code: self.fact.clone(), value: value?, source: self.from, as_of })
    }

    /// True if the rule reads the plan's file, and not what the member had.
    #[must_use]
    pub fn reads_plan_file(&self) -> bool {
        matches!(self.proof, Proof::PlanFile { .. })
    }
}

fn of<'a>(record: &'a Record, services: &'a [String]) -> impl Iterator<Item = &'a Had> {
    record.had.iter().filter(|had| services.contains(&had.service))
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

/// Facts that rules are handed: those that were stated, and those that the host knows.
///
/// Of one code there is one fact. What the record proves stands over what was stated, because a payment is
/// proof and a memory is none, unless a document was named for the statement; a count stands only if it is
/// higher than the stated one, because the record holds what passed through it and no more. What a plan's
/// file says stands only where nobody stated anything: whoever met the member knows better. The statement
/// stays in the case beside it.
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
