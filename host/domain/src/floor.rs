//! The floor, which is checked above everybody: a profile before it may go live ([`check_profile`]), each
//! answer of a plugin before anything follows from it ([`check`]), and what a plan's people grant, pay and
//! refuse.
//!
//! A plugin can be wrong; it cannot be harmful. An answer that breaks a rule here is a fault of the plugin:
//! the case goes to the plan's people with the clock running, and the rule's code is kept in the
//! evaluation's record. A person's decision that breaks one is not taken: the problem names the field.

mod answer;
mod basis;
mod bounds;
mod calendar;
mod declared;
mod doubts;
mod election;
mod filing;
mod grant;
mod need;
mod payment;
mod presumption;
mod rule;
mod sums;
mod unheld;

#[cfg(test)]
pub(crate) mod tests;

pub use answer::{MOST_FINDINGS, check, destination, granted, label, needs};
pub use basis::{Administrative, Basis, FoundMet, NoSuchCriterion};
pub use bounds::{Bound, BoundId, Bounds};
pub use declared::{ProfileProblem, check_profile, unknown_counties};
pub use doubts::{ONE_LANGUAGE, ProfileDoubt, profile_doubts};
pub use election::is_elected;
pub use filing::{TooLate, too_late};
pub use grant::{Asked, Reach, grant, usual_end};
pub use need::{Judged, need_in_findings, need_in_payment};
pub use payment::{Paid, Priced, most_payable, payment};
pub use presumption::{next_window, presumptive_rule_opens};
pub use rule::Rule;
pub use sums::{Beside, PaidUse, is_summed, payments};
pub use unheld::{ProfileWarning, WarningCode, profile_warnings, withhold_without_effect};

use std::sync::LazyLock;

use crate::catalog::Catalog;
use crate::dictionary::Dictionary;
use crate::plan::profile::PlanProfile;
use crate::statute::Clocks;

/// Ground on which answers are checked: the profile and the state's data.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    /// Profile that the plan declared.
    pub profile: &'a PlanProfile,
    /// The state's services and codes.
    pub catalog: &'a Catalog,
    /// The shared vocabulary of facts and documents.
    pub dictionary: &'a Dictionary,
    /// Clocks of the state.
    pub clocks: &'a Clocks,
}

/// A rule that an answer or a decision breaks, so that it is not taken. Named by rule and place; never by
/// what somebody wrote.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer breaks the rule {rule} at {at}")]
pub struct Broken {
    /// Rule that is broken.
    pub rule: Rule,
    /// A JSON Pointer into the answer.
    pub at: String,
}

impl<'a> Ground<'a> {
    /// A plan on the ground of the state's own catalog, vocabulary and clocks.
    #[must_use]
    pub fn of(profile: &'a PlanProfile) -> Self {
        Self { profile, catalog: Catalog::state(), dictionary: Dictionary::state(), clocks: Clocks::state() }
    }

    /// A plan without rules: it has declared nothing, and the state's own words hold.
    #[must_use]
    pub fn undeclared() -> Ground<'static> {
        static NOTHING: LazyLock<PlanProfile> = LazyLock::new(PlanProfile::undeclared);
        Ground::of(&NOTHING)
    }

    fn knows_fact(&self, code: &str) -> bool {
        self.dictionary.fact(code).is_some() || self.profile.facts.iter().any(|fact| fact.code == code)
    }

    fn knows_document(&self, kind: &str) -> bool {
        self.dictionary.document(kind).is_some()
    }
}
