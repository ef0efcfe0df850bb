//! The numbers of the floor, from `data/floor.toml`.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

use crate::provenance::{Confidence, Effective};

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
    pub id: String,
    /// Number that bounds it.
    pub amount: u16,
    /// Days on which this version is in force.
    pub effective: Effective,
    /// The document that it comes from.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
}

/// The bounds by their names in the data. Their tests find each in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// Days that a plan may close in a year beyond the state's holidays.
    ClosingDaysAYear,
    /// Such days that may follow each other without a day of work between.
    ClosingDaysInARow,
    /// Days after an episode of a service before another presumptive window may open.
    PresumptionGapDays,
    /// Days in which a provider with a contract may file a claim, at least.
    FilingDaysContracted,
    /// The same for one without.
    FilingDaysWithoutContract,
}

impl Named {
    fn id(self) -> &'static str {
        match self {
            Self::ClosingDaysAYear => "calendar-closing-days-a-year",
            Self::ClosingDaysInARow => "calendar-closing-days-in-a-row",
            Self::PresumptionGapDays => "presumption-gap-days",
            Self::FilingDaysContracted => "claim-filing-days-contracted",
            Self::FilingDaysWithoutContract => "claim-filing-days-without-contract",
        }
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
    pub(super) fn amount(&self, named: Named, on: Date) -> u16 {
        let mut versions = self.bounds.iter().filter(|bound| bound.id == named.id());
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
            (Named::ClosingDaysAYear, 10),
            (Named::ClosingDaysInARow, 4),
            (Named::PresumptionGapDays, 30),
            (Named::FilingDaysContracted, 90),
            (Named::FilingDaysWithoutContract, 180),
        ];
        for (name, amount) in named {
            assert_eq!(Bounds::state().amount(name, date(2026, 3, 2)), amount, "{name:?}");
            assert_eq!(
                Bounds::state().amount(name, date(1999, 1, 1)),
                amount,
                "{name:?}, before it was dated"
            );
        }
        assert_eq!(Bounds::state().all().len(), named.len(), "nothing stands in the data without a use");
        assert!(Bounds::state().all().iter().all(|bound| bound.source.len() > 10));
    }
}
