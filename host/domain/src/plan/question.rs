//! Questions and answers as data: the whole contract in one pair of types. A record keeps them, and a replay
//! asks again.
//!
//! Their JSON is canonical: the fields stand in the order of the contract, and there are no maps and no
//! floating point, so that the same value always gives the same bytes.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::authorization::{AuthorizationRequest, Determination, Presumption};
use super::billing::{Adjudication, Claim};
use super::credentialing::{Application, Review};
use super::exchange::{Outgoing, Parsed, Received, Rendered};
use super::referral::{ReferralRequest, Triage};
use super::types::{Context, Workflow};
use crate::words;

words! {
    /// An interface of the contract that a plugin may export.
    pub enum Interface {
        /// Description of the plan; every plugin exports it.
        Profile = "profile",
        /// Triage of a referral: accepted, redirected, pended or not eligible.
        Referral = "referral",
        /// Presumptive starts and determinations.
        Authorization = "authorization",
        /// Adjudication of a claim's lines.
        Billing = "billing",
        /// Review of a provider's credentialing file.
        Credentialing = "credentialing",
        /// Files of the plan's own making.
        Exchange = "exchange",
    }
}

impl Interface {
    /// The interface that automates a workflow.
    #[must_use]
    pub fn of(workflow: Workflow) -> Self {
        match workflow {
            Workflow::Referral => Self::Referral,
            Workflow::Authorization => Self::Authorization,
            Workflow::Billing => Self::Billing,
            Workflow::Credentialing => Self::Credentialing,
            Workflow::Exchange => Self::Exchange,
        }
    }
}

words! {
    /// A function of the contract that answers a question.
    pub enum Operation {
        /// Triage of a referral: `referral.triage`.
        Triage = "triage",
        /// Presumptive start of a service: `authorization.presume`.
        Presume = "presume",
        /// Determination of a request: `authorization.determine`.
        Determine = "determine",
        /// Adjudication of a claim: `billing.adjudicate`.
        Adjudicate = "adjudicate",
        /// Review of a credentialing file: `credentialing.review`.
        Review = "review",
        /// A file that the plan sends, in its own layout: `exchange.render`.
        Render = "render",
        /// A file that the plan receives, read: `exchange.parse`.
        Parse = "parse",
    }
}

impl Operation {
    /// The interface it belongs to.
    #[must_use]
    pub fn interface(self) -> Interface {
        match self {
            Self::Triage => Interface::Referral,
            Self::Presume | Self::Determine => Interface::Authorization,
            Self::Adjudicate => Interface::Billing,
            Self::Review => Interface::Credentialing,
            Self::Render | Self::Parse => Interface::Exchange,
        }
    }
}

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

    /// Context that the host handed over with the case, where there is one.
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
        serde_json::to_vec(self)
            .expect("the contract's types have no maps and no other thing that JSON lacks")
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

#[cfg(test)]
mod tests;
