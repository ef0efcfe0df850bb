//! May service start now, and is it authorized?
//!
//! The host's own copy of `wit/authorization.wit`, the same for every contract version.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::types::{Ask, Bilingual, Denial, Document, Fact, Finding, Member, Period, Provider, Urgency};
use crate::{Procedure, words};

words! {
    /// Why permission is asked for.
    pub enum RequestKind {
        /// The first request for the service.
        Initial = "initial",
        /// Again, after an authorization that ends.
        Renewal = "renewal",
        /// More units or days inside one.
        Extension = "extension",
        /// After the service: 30 calendar days to decide (H&S 1367.01(h)(1)); usual for sobering centers.
        Retrospective = "retrospective",
    }
}

/// Units of one procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestedLine {
    /// Procedure code with its modifiers.
    pub procedure: Procedure,
    /// Units, in the unit of the procedure.
    pub units: u32,
    /// The days asked for.
    pub days: Period,
}

/// A request for permission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorizationRequest {
    /// The host's id of the case.
    pub id: String,
    /// Service id in the catalog.
    pub service: String,
    /// Populations of focus, by id.
    pub populations: Vec<String>,
    /// Why it is asked for.
    pub kind: RequestKind,
    /// Urgency of the decision.
    pub urgency: Urgency,
    /// Member that it is about.
    pub member: Member,
    /// The organization that will deliver.
    pub provider: Provider,
    /// Lines that are asked for.
    pub lines: Vec<RequestedLine>,
    /// Facts about the member, as they were stated or are known.
    pub facts: Vec<Fact>,
    /// Documents that were sent with it.
    pub documents: Vec<Document>,
}

/// Permission to start before the decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Presumption {
    /// The id of a presumptive rule in the profile.
    pub rule: String,
    /// First day of service under it.
    pub starts: Date,
    /// Calendar days it lasts, counting the first; never fewer than the rule's.
    pub days: u16,
    /// The criteria it rests on.
    pub findings: Vec<Finding>,
}

/// Line of an approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantedLine {
    /// Procedure code with its modifiers.
    pub procedure: Procedure,
    /// Number of units of the procedure.
    pub units: u32,
    /// The days. They must lie inside coverage.
    pub days: Period,
}

/// Approval of a request: its lines and conditions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Lines that are authorized.
    pub lines: Vec<GrantedLine>,
    /// Conditions that the provider must keep to, in sentences.
    pub conditions: Vec<Bilingual>,
}

impl Grant {
    /// The first and the last day that are granted; `None` of a grant without lines.
    #[must_use]
    pub fn first_and_last(&self) -> Option<(Date, Date)> {
        let first = self.lines.iter().map(|line| line.days.first).min()?;
        let last = self.lines.iter().map(|line| line.days.last.unwrap_or(line.days.first)).max()?;
        Some((first, last))
    }

    /// Rest of the grant if it ends with `last`: no later day, and no more units by the day than days.
    #[must_use]
    pub fn until(self, last: Date, by_the_day: impl Fn(&GrantedLine) -> bool) -> Self {
        let lines = self.lines.into_iter().filter(|line| line.days.first <= last);
        let lines = lines.map(|line| {
            let end = line.days.last.unwrap_or(line.days.first).min(last);
            let days = u32::try_from((end - line.days.first).get_days() + 1).unwrap_or(u32::MAX);
            let units = if by_the_day(&line) { line.units.min(days) } else { line.units };
            GrantedLine { units, days: Period { first: line.days.first, last: Some(end) }, ..line }
        });
        Self { lines: lines.collect(), conditions: self.conditions }
    }
}

/// Decision of a plan on a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// All that was asked for.
    Approved(Grant),
    /// Fewer units, days or lines than were asked for.
    PartlyApproved(Grant),
    /// Something else than was asked for: another procedure or provider setting.
    Modified(Grant),
    /// It cannot decide yet, and needs exactly these.
    Pended(Vec<Ask>),
    /// It says no. `clinical` is a recommendation that a licensed person must make their own.
    Denied(Denial),
}

/// Answer to an authorization request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Determination {
    /// The plan's decision on the request.
    pub decision: Decision,
    /// The criteria it rests on.
    pub findings: Vec<Finding>,
    /// Lines for the plan's own log. Others never see them.
    pub notes: Vec<String>,
}
