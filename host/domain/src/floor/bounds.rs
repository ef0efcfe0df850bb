//! The numbers of the floor, from `data/floor.toml`.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

use crate::provenance::{Confidence, Effective};
use crate::words;

/// All bounds, in every version that has been in force.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    #[serde(rename = "bound")]
    bounds: Vec<Bound>,
}

/// One version of one bound.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// Stable id, the same for every version.
    pub id: BoundId,
    /// Number that bounds it.
    pub amount: u16,
    /// Days on which this version is in force.
    pub effective: Effective,
    /// The document that it comes from.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
}

words! {
    /// Bound by its id in the data. The tests find each in force.
    pub enum BoundId {
        /// Days that a plan may close in a year beyond the state's holidays.
        ClosingDaysAYear = "calendar-closing-days-a-year",
        /// Such days that may follow each other without a day of work between.
        ClosingDaysInARow = "calendar-closing-days-in-a-row",
        /// Days after an episode of a service before another presumptive window may open.
        PresumptionGapDays = "presumption-gap-days",
        /// Days in which a provider with a contract may file a claim, at least.
        FilingDaysContracted = "claim-filing-days-contracted",
        /// The same for one without.
        FilingDaysWithoutContract = "claim-filing-days-without-contract",
    }
}

impl Bounds {
    /// Every version of every bound.
    #[must_use]
    pub fn all(&self) -> &[Bound] {
        &self.bounds
    }

    /// The bounds of this host.
    #[must_use]
    pub fn state() -> &'static Self {
        &STATE
    }

    /// The number in force on `on`; before its first version, that version's.
    pub(super) fn amount(&self, id: BoundId, on: Date) -> u16 {
        let mut versions = self.bounds.iter().filter(|bound| bound.id == id);
        let first = versions.clone().next();
        let found = versions.find(|bound| bound.effective.covers(on)).or(first);
        found.map_or(0, |bound| bound.amount)
    }
}

static STATE: LazyLock<Bounds> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/floor.toml")).expect("the tests read the embedded bounds")
});

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn every_bound_is_there_with_a_source() {
        let named = [
            (BoundId::ClosingDaysAYear, 10),
            (BoundId::ClosingDaysInARow, 4),
            (BoundId::PresumptionGapDays, 30),
            (BoundId::FilingDaysContracted, 90),
            (BoundId::FilingDaysWithoutContract, 180),
        ];
        for (name, amount) in named {
            assert_eq!(Bounds::state().amount(name, date(2026, 3, 2)), amount, "{name:?}");
            assert_eq!(
                Bounds::state().amount(name, date(1999, 1, 1)),
                amount,
                "{name:?}, before it was dated"
            );
        }
        assert_eq!(named.map(|(name, _)| name), BoundId::ALL);
        assert!(Bounds::state().all().iter().all(|bound| bound.source.len() > 10));
    }
}
