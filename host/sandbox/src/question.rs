//! Questions and answers as data: what a record keeps, and what a replay asks again.
//!
//! Their JSON is canonical: the fields stand in the order of the contract, and there are no maps and no
//! floating point, so that the same value always gives the same bytes.

use domain::plan::authorization::{AuthorizationRequest, Determination, Presumption};
use domain::plan::billing::{Adjudication, Claim};
use domain::plan::credentialing::{Application, Review};
use domain::plan::exchange::{Outgoing, Parsed, Received, Rendered};
use domain::plan::referral::{ReferralRequest, Triage};
use domain::plan::types::{Context, PlanError};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::call::{Ending, Fault};
use crate::contract::Operation;

/// Anything that a plugin can be asked. Holds a member's data: it has no `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[expect(missing_docs, reason = "the operations and their parameters are documented in the contract")]
pub enum Question {
    Triage { request: ReferralRequest, context: Context },
    Presume { request: AuthorizationRequest, context: Context },
    Determine { request: AuthorizationRequest, context: Context },
    Adjudicate { claim: Claim, context: Context },
    Review { application: Application, today: Date },
    Render { document: Outgoing },
    Parse { file: Received },
}

impl Question {
    /// The function that answers it.
    #[must_use]
    pub fn operation(&self) -> Operation {
        match self {
            Self::Triage { .. } => Operation::Triage,
            Self::Presume { .. } => Operation::Presume,
            Self::Determine { .. } => Operation::Determine,
            Self::Adjudicate { .. } => Operation::Adjudicate,
            Self::Review { .. } => Operation::Review,
            Self::Render { .. } => Operation::Render,
            Self::Parse { .. } => Operation::Parse,
        }
    }

    /// Context of the case, where there is one.
    #[must_use]
    pub fn context(&self) -> Option<&Context> {
        match self {
            Self::Triage { context, .. }
            | Self::Presume { context, .. }
            | Self::Determine { context, .. }
            | Self::Adjudicate { context, .. } => Some(context),
            Self::Review { .. } | Self::Render { .. } | Self::Parse { .. } => None,
        }
    }

    /// Its one JSON form.
    #[must_use]
    pub fn canonical_bytes(&self) -> Vec<u8> {
        json(self)
    }

    /// Reads that form; `None` if it is none.
    #[must_use]
    pub fn from_canonical_bytes(bytes: &[u8]) -> Option<Self> {
        // Seen to be UTF-8 as a whole, and not string by string again: a fifth of the time that reading
        // takes.
        serde_json::from_str(std::str::from_utf8(bytes).ok()?).ok()
    }
}

/// Anything that a plugin can answer. A guest's words may quote a member: it has no `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the operations and their results are documented in the contract")]
pub enum Answer {
    Triage(Triage),
    Presume(Option<Presumption>),
    Determine(Determination),
    Adjudicate(Adjudication),
    Review(Review),
    Render(Rendered),
    Parse(Parsed),
}

impl Answer {
    /// Its one JSON form.
    #[must_use]
    pub fn canonical_bytes(&self) -> Vec<u8> {
        json(self)
    }
}

/// Ending of a call as a record keeps it: `{"answer": ..}`, `{"guest-error": ..}` or `{"fault": "deadline"}`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recorded {
    /// The answer of the plugin.
    Answer(Answer),
    /// The plugin's own error.
    GuestError(PlanError),
    /// Fault that stopped it.
    Fault(Fault),
}

impl Recorded {
    /// Its one JSON form. The same component and the same question give the same bytes, but for a fault that
    /// [may differ](Fault::may_differ_on_replay).
    #[must_use]
    pub fn canonical_bytes(&self) -> Vec<u8> {
        json(self)
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

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("the contract's types have no maps and no other thing that JSON lacks")
}

#[cfg(test)]
mod tests;
