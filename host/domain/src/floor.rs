//! What is checked above every plugin: its profile before it may go live, and each answer before anyone believes it.
//!
//! A plugin can be wrong; it cannot be harmful. An answer that breaks a rule here is a fault of the plugin: the case
//! goes to the plan's people with the clock running, and the rule's code is kept in the decision record.

mod answer;
mod declared;

#[cfg(test)]
mod tests;

pub use answer::{
    Asked, believe_adjudication, believe_determination, believe_presumption, believe_review, believe_triage,
};
pub use declared::{ProfileProblem, check_profile};

use crate::catalog::Catalog;
use crate::dictionary::Dictionary;
use crate::plan::profile::PlanProfile;
use crate::statute::Clocks;

/// What answers are held against.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    /// What the plan declared.
    pub profile: &'a PlanProfile,
    /// The state's services and codes.
    pub catalog: &'a Catalog,
    /// The shared vocabulary of facts and documents.
    pub dictionary: &'a Dictionary,
    /// The state's clocks.
    pub clocks: &'a Clocks,
}

/// Why an answer is not believed. Named by rule and place; never by what the guest wrote.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer breaks the rule {rule} at {at}")]
pub struct Unbelievable {
    /// The rule's code.
    pub rule: &'static str,
    /// A JSON Pointer into the answer.
    pub at: String,
}

impl<'a> Ground<'a> {
    /// A plan on the ground of the state's own catalog, vocabulary and clocks.
    #[must_use]
    pub fn of(profile: &'a PlanProfile) -> Self {
        Self { profile, catalog: Catalog::state(), dictionary: Dictionary::state(), clocks: Clocks::state() }
    }

    fn knows_fact(&self, code: &str) -> bool {
        self.dictionary.fact(code).is_some() || self.profile.facts.iter().any(|fact| fact.code == code)
    }

    fn knows_document(&self, kind: &str) -> bool {
        self.dictionary.document(kind).is_some()
    }
}
