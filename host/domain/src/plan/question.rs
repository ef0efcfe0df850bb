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

/// An interface of the contract that a plugin may export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Interface {
    /// Who the plan is; every plugin exports it.
    Profile,
    /// Triage of referrals.
    Referral,
    /// Presumptive starts and determinations.
    Authorization,
    /// Adjudication of claims.
    Billing,
    /// Review of a provider's credentialing file.
    Credentialing,
    /// Files of the plan's own making.
    Exchange,
}

impl Interface {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Profile,
        Self::Referral,
        Self::Authorization,
        Self::Billing,
        Self::Credentialing,
        Self::Exchange,
    ];

    /// Its name in the contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Referral => "referral",
            Self::Authorization => "authorization",
            Self::Billing => "billing",
            Self::Credentialing => "credentialing",
            Self::Exchange => "exchange",
        }
    }

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

/// A function of the contract that answers a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// `referral.triage`.
    Triage,
    /// `authorization.presume`.
    Presume,
    /// `authorization.determine`.
    Determine,
    /// `billing.adjudicate`.
    Adjudicate,
    /// `credentialing.review`.
    Review,
    /// `exchange.render`.
    Render,
    /// `exchange.parse`.
    Parse,
}

impl Operation {
    /// Its name in the contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Triage => "triage",
            Self::Presume => "presume",
            Self::Determine => "determine",
            Self::Adjudicate => "adjudicate",
            Self::Review => "review",
            Self::Render => "render",
            Self::Parse => "parse",
        }
    }

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

    /// What the host knew around the case, where there is one.
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
