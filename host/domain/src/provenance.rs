//! Provenance of rules that are kept as data: days in force, source and confidence.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::words;

words! {
    /// Confidence in a rule. A rule that is not `found` should be checked before anybody relies on it as law.
    pub enum Confidence {
        /// Read in the source that it names.
        Found = "found",
        /// Recalled from the public document that it names, not read again.
        Known = "known",
        /// Sources disagree, or none was found: a plan may know better.
        Unsure = "unsure",
    }
}

/// The days on which a rule is in force. Both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effective {
    /// First day, which is included.
    pub from: Date,
    /// Last day; none while it has no known end.
    pub to: Option<Date>,
}

impl Effective {
    /// True if the rule is in force on `day`.
    #[must_use]
    pub fn covers(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }

    /// True if some day belongs to both.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.to.is_none_or(|to| other.from <= to) && other.to.is_none_or(|to| self.from <= to)
    }
}
