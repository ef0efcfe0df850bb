//! Retention: the time for which the host keeps what it could forget, from `data/retention.toml`.

use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;

use crate::plan::types::Bilingual;
use crate::provenance::{Confidence, Effective};
use crate::words;

#[cfg(test)]
mod tests;

/// The rules by which records go.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    #[serde(rename = "rule")]
    rules: Vec<Rule>,
}

words! {
    /// Kind of record that the host could forget.
    pub enum Record {
        /// The answer to a command, kept for whoever sends the command again.
        Answer = "answer",
        /// A job that is done.
        Job = "job",
        /// A notice to an organization.
        Notice = "notice",
        /// An entry of the audit trail that no event refers to.
        Audit = "audit",
        /// A step of a plan's people with a case that waited for them, or their note on it.
        WorkStep = "work-step",
        /// Counts of looks in vain.
        Try = "try",
        /// A person whom a provider alone told of and nobody sees any more.
        ProvisionalPerson = "provisional-person",
    }
}

/// Time for which one kind of record is kept, in one version.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The kind of record.
    pub record: Record,
    /// Days after the day on which it was made.
    pub days: u16,
    /// Days on which this version is in force.
    pub effective: Effective,
    /// Source: the document, and the place in it.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
    /// The rule in plain words.
    pub text: Bilingual,
}

impl Retention {
    /// The rules of this host.
    #[must_use]
    pub fn state() -> &'static Self {
        &STATE
    }

    /// Every rule, in every version.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The first day of which records are still kept on `today`. Where no rule is in force nothing may go.
    #[must_use]
    pub fn first_kept(&self, record: Record, today: Date) -> Option<Date> {
        let rule = self.rules.iter().find(|rule| rule.record == record && rule.effective.covers(today))?;
        today.checked_sub(i64::from(rule.days).days()).ok()
    }
}

static STATE: LazyLock<Retention> = LazyLock::new(|| {
    toml::from_str(include_str!("../data/retention.toml")).expect("a test reads data/retention.toml")
});
