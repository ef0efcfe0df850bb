//! By when a claim must arrive: the plan's declared days, and never fewer than the state's.

use jiff::ToSpan;
use jiff::civil::Date;

use super::Administrative;
use super::bounds::{BoundId, Bounds};
use crate::plan::profile::PlanProfile;

/// The last day on which a claim for a service that ended on `served` may arrive. A provider without a
/// contract has at least the longer time of the state (28 CCR 1300.71(b)(1)).
fn last_filing_day(profile: &PlanProfile, served: Date, contracted: bool) -> Date {
    let least = if contracted { BoundId::FilingDaysContracted } else { BoundId::FilingDaysWithoutContract };
    let days = profile.claims.filing_days.max(Bounds::state().amount(least, served));
    served.saturating_add(i64::from(days).days())
}

/// That a claim came after the last day on which it could.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLate {
    last: Date,
}

impl TooLate {
    /// The last day on which it could have come.
    #[must_use]
    pub fn last(&self) -> Date {
        self.last
    }

    /// Basis of a refusal for it: a rule of the host's, for administrative reasons.
    #[must_use]
    pub fn basis(&self) -> Administrative {
        Administrative::of_host_rule("host.timely-filing")
    }
}

/// Lateness of a claim that came on `filed` for a service that ended on `served`; `None` if it is in time.
#[must_use]
pub fn too_late(profile: &PlanProfile, served: Date, contracted: bool, filed: Date) -> Option<TooLate> {
    let last = last_filing_day(profile, served, contracted);
    (filed > last).then_some(TooLate { last })
}

/// The fewest days that a plan may give a provider with a contract.
pub(super) fn least_filing_days(today: Date) -> u16 {
    Bounds::state().amount(BoundId::FilingDaysContracted, today)
}
