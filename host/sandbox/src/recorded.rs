//! How a call ended as data: what a record keeps, and what a replay is compared with.
//!
//! Its JSON is canonical, as that of [`domain::plan::question`] is.

use domain::plan::question::Answer;
use domain::plan::types::PlanError;
use serde::{Deserialize, Serialize};

use crate::call::{Ending, Fault};

/// What a record keeps of a call's ending: `{"answer": ..}`, `{"guest-error": ..}` or `{"fault":
/// "deadline"}`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recorded {
    /// The answer.
    Answer(Answer),
    /// The plugin's own error.
    GuestError(PlanError),
    /// What stopped it.
    Fault(Fault),
}

impl Recorded {
    /// Its one JSON form. The same component and the same question give the same bytes, but for a fault that
    /// [may differ](Fault::may_differ_on_replay).
    #[must_use]
    pub fn canonical_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self)
            .expect("the contract's types have no maps and no other thing that JSON lacks")
    }
}

impl From<&Ending<Answer>> for Recorded {
    fn from(ending: &Ending<Answer>) -> Self {
        Self::from(ending.clone())
    }
}

impl From<Ending<Answer>> for Recorded {
    fn from(ending: Ending<Answer>) -> Self {
        match ending {
            Ending::Answer(answer) => Self::Answer(answer),
            Ending::GuestError(error) => Self::GuestError(error),
            Ending::Trap(_) => Self::Fault(Fault::Trap),
            Ending::Deadline => Self::Fault(Fault::Deadline),
            Ending::Memory { .. } => Self::Fault(Fault::Memory),
            Ending::StackOverflow => Self::Fault(Fault::StackOverflow),
            Ending::BadOutput { .. } => Self::Fault(Fault::BadOutput),
            Ending::Saturated => Self::Fault(Fault::Saturated),
        }
    }
}

#[cfg(test)]
mod tests;
