//! Continuity of care, from `data/continuity.toml`: how long a new plan honors what the plan before it
//! authorized.

use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;

use crate::plan::authorization::{Grant, RequestedLine};
use crate::plan::types::{Bilingual, Period};
use crate::provenance::{Confidence, Effective};

#[cfg(test)]
mod tests;

/// Every version of the rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    #[serde(rename = "rule")]
    rules: Vec<ContinuityRule>,
}

/// One version of the rule.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContinuityRule {
    /// Stable id, the same for every version.
    pub id: String,
    /// Number of days that are honored, the first day with the new plan included.
    pub days: u16,
    /// The first days with a new plan for which this version counts.
    pub effective: Effective,
    /// The document that it comes from.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
    /// The rule in plain words.
    pub text: Bilingual,
}

impl ContinuityRule {
    /// The version for a member whose first day with the new plan is `on`.
    #[must_use]
    pub fn on(on: Date) -> Option<&'static Self> {
        STATE.rules.iter().find(|rule| rule.effective.covers(on))
    }

    /// The last day that is honored from `first` on.
    #[must_use]
    pub fn last_day(&self, first: Date) -> Date {
        first.saturating_add((i64::from(self.days) - 1).days())
    }

    /// Lines of a grant that go with the member, from the first day with the new plan on: each line that runs
    /// on, cut to the days that are honored, and its units in proportion to its days, rounded up so that
    /// nothing of a running week or month is lost. None where no line runs on.
    #[must_use]
    pub fn lines(&self, grant: &Grant, first: Date) -> Vec<RequestedLine> {
        let honored = self.last_day(first);
        let going_on = grant.lines.iter().filter_map(|line| {
            let granted_last = line.days.last.unwrap_or(line.days.first);
            let days = Period { first: line.days.first.max(first), last: Some(granted_last.min(honored)) };
            let (granted, left) = (length(&line.days), length(&days));
            if left == 0 {
                return None;
            }
            let units = (u64::from(line.units) * left).div_ceil(granted.max(1));
            let units = u32::try_from(units).unwrap_or(line.units).clamp(1, line.units.max(1));
            Some(RequestedLine { procedure: line.procedure.clone(), units, days })
        });
        going_on.collect()
    }
}

/// Days, both ends counted; none where the last lies before the first.
fn length(days: &Period) -> u64 {
    let last = days.last.unwrap_or(days.first);
    u64::try_from(i64::from((last - days.first).get_days()) + 1).unwrap_or_default()
}

static STATE: LazyLock<Rules> = LazyLock::new(|| {
    toml::from_str(include_str!("../data/continuity.toml")).expect("the tests read the embedded rule")
});
