//! Retention: the time for which the host keeps what it could forget, from `data/retention.toml`.

use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;

use crate::plan::types::Bilingual;
use crate::provenance::{Confidence, Effective};

#[cfg(test)]
mod tests;

/// The rules by which records go.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    #[serde(rename = "rule")]
    rules: Vec<Rule>,
}

/// Kind of record that the host could forget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Record {
    /// The answer to a command, kept for whoever sends the command again.
    Answer,
    /// A job that is done.
    Job,
    /// A notice to an organization.
    Notice,
    /// An entry of the audit trail that no event refers to.
    Audit,
    /// Counts of looks in vain.
    Try,
    /// A person whom a provider alone told of and nobody sees any more.
    ProvisionalPerson,
}

impl Record {
    /// All of the values, in order.
    pub const ALL: [Self; 6] =
        [Self::Answer, Self::Job, Self::Notice, Self::Audit, Self::Try, Self::ProvisionalPerson];

    /// The word of the data file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Job => "job",
            Self::Notice => "notice",
            Self::Audit => "audit",
            Self::Try => "try",
            Self::ProvisionalPerson => "provisional-person",
        }
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
