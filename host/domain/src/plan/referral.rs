//! Is this member's referral for this plan to take?
//!
//! The host's own copy of `wit/referral.wit`, the same for every contract version.

use serde::{Deserialize, Serialize};

use super::types::{Ask, Bilingual, Denial, Document, Fact, Finding, Member, Provider, Urgency};

/// A request that a member receive a service (DHCS ECM Referral Standards and Form Templates, 2024-08; DHCS
/// Closed-Loop Referral Implementation Guidance, 2025-05).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferralRequest {
    /// The host's id of the case.
    pub id: String,
    /// Service id in the catalog.
    pub service: String,
    /// Populations of focus that the referrer marked.
    pub populations: Vec<String>,
    /// Urgency of the decision.
    pub urgency: Urgency,
    /// Member that it is about.
    pub member: Member,
    /// The organization that refers.
    pub referrer: Provider,
    /// The provider that the member or the referrer would like, if any.
    pub preferred: Option<Provider>,
    /// Facts about the member, as they were stated or are known.
    pub facts: Vec<Fact>,
    /// Documents that were sent with it.
    pub documents: Vec<Document>,
}

/// Place to which the referral should go instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Destination {
    /// Another plan of the county, by id.
    Plan(String),
    /// A delegate of this plan, by its id in the profile.
    Delegate(String),
    /// Another service, by catalog id, such as CICM in place of ECM.
    Service(String),
}

/// A referral that belongs elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redirection {
    /// Place to which it should go.
    pub to: Destination,
    /// Why, in a sentence.
    pub reason: Bilingual,
}

/// Disposition of a referral by the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disposition {
    /// The plan takes the referral.
    Accepted,
    /// It belongs to another plan or program.
    Redirected(Redirection),
    /// It cannot tell yet.
    NeedsMore(Vec<Ask>),
    /// It is not eligible. `clinical` is a recommendation that a person must confirm.
    NotEligible(Denial),
}

/// Answer to a referral.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Triage {
    /// Disposition by the plan.
    pub disposition: Disposition,
    /// The criteria it rests on.
    pub findings: Vec<Finding>,
    /// Lines for the plan's own log. Other plans and providers never see them.
    pub notes: Vec<String>,
}
