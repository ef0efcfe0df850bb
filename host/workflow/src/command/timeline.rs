//! The life of a case, a contract or a release, step by step.

use domain::actor::Actor;
use domain::identifiers::OrgId;
use jiff::Timestamp;
use serde_json::Value;

use crate::command::failure::Failure;

/// One step, as the caller may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineStep {
    /// Instant of the step (UTC).
    pub at: Timestamp,
    /// Name of the step, such as `suspend`.
    pub name: &'static str,
    /// Word of the state that it led to.
    pub state: String,
    /// Organization that took the step; `None` for the host and for a plan's rules.
    pub organization: Option<OrgId>,
    /// Person or key that took the step, where the record of the step has it: releases' have.
    pub actor: Option<Actor>,
    /// Role in which it was taken.
    pub role: String,
    /// Codes that belong to it; never words about a member.
    pub detail: Value,
}

/// The codes of a step as the record keeps them.
pub(crate) fn detail(kept: &str) -> Result<Value, Failure> {
    serde_json::from_str(kept).map_err(Failure::internal)
}
