//! Does a provider's one credentialing file satisfy this plan?
//!
//! The host's own copy of `wit/credentialing.wit`, the same for every contract version.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::types::{Bilingual, Document, Fact, Provider};

/// A provider's one reusable credentialing file (topics: DHCS APL 22-013 and the joint county application).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// The host's id of the case.
    pub id: String,
    /// Legal name of the organization.
    pub legal_name: String,
    /// Organization that applies.
    pub provider: Provider,
    /// Service ids that it applies for.
    pub services: Vec<String>,
    /// Counties that it applies for.
    pub counties: Vec<String>,
    /// Its answers, as facts.
    pub answers: Vec<Fact>,
    /// Documents of the file.
    pub documents: Vec<Document>,
}

/// State of one requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It is satisfied, until this day if it ends.
    Satisfied(Option<Date>),
    /// Nothing was sent for it.
    Missing,
    /// The document that was sent ended on this day.
    Expired(Date),
    /// The document that was sent is not enough.
    Insufficient,
    /// Only a person can tell.
    NeedsPerson,
}

/// Result for one requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequirementResult {
    /// The id of a requirement in the profile.
    pub requirement: String,
    /// State of the requirement.
    pub standing: Standing,
    /// Why, in a sentence, and what would satisfy it.
    pub reason: Bilingual,
}

/// The answer: one result for each requirement that applies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// Results, one for each requirement.
    pub requirements: Vec<RequirementResult>,
    /// Lines for the plan's own log. Others never see them.
    pub notes: Vec<String>,
}
