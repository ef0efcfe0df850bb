//! An authorization: permission for units of a service, which may begin as a presumption.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::{CaseKind, NotAllowed, Refusal, WhyPeople, WithPeople};
use crate::plan::authorization::Grant;
use crate::plan::types::{Ask, Bilingual, Denial};

#[cfg(test)]
mod tests;

/// A presumptive window: service may start before the decision, and is payable while it lasts.
///
/// DHCS ECM Policy Guide (presumptive authorization, from 2025-01-01); Community Supports by a plan's own rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The plan's rule, by its id in the profile.
    pub rule: String,
    /// First day.
    pub first: Date,
    /// Last day. A denial moves it to the day of the decision, never before the first day.
    pub last: Date,
}

/// How much of what was asked for an approval gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Extent {
    /// All of it.
    Whole,
    /// Less: units, days or lines.
    Part,
    /// Something else.
    Modified,
}

/// Who asked that the decision may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExtendedBy {
    /// The member, or the provider for the member.
    Member,
    /// The plan, which needs information and shows that waiting serves the member.
    Plan,
}

/// A decision that may wait up to 14 calendar days more (42 CFR 438.210(d)(1)(ii) and (d)(2)(ii)). There is one at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// When it was made.
    pub at: Timestamp,
    /// Until when the decision was due; the extension counts from here.
    pub due_before: Timestamp,
    /// Who asked.
    pub by: ExtendedBy,
    /// Why, as member and provider are told.
    pub reason: Bilingual,
}

/// Where an authorization stands.
///
/// ```text
///   Received ──ask──▶ Pended ──supply──▶ Received
///      │                │
///      │            hand over / approve / deny by people
///      ├──hand over──▶ WithPeople ──approve──▶ Approved
///      ├──approve────────────────────────────▶ Approved
///      └──refuse (administrative)──▶ Denied ◀──refuse── WithPeople
///
///   from Pended and WithPeople: withdraw ──▶ Withdrawn; extend leaves the state and moves the decision's clock, once
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The host has it; the plan has not been asked. Never at rest.
    Received {
        /// When.
        at: Timestamp,
    },
    /// The plan needs more.
    Pended {
        /// Since when.
        since: Timestamp,
        /// What it needs.
        asks: Vec<Ask>,
    },
    /// The plan's people have it.
    WithPeople(WithPeople),
    /// Granted.
    Approved {
        /// When.
        at: Timestamp,
        /// The authorization number, unique for the plan.
        number: String,
        /// What is granted.
        grant: Grant,
        /// How much of what was asked for.
        extent: Extent,
    },
    /// Refused.
    Denied {
        /// When.
        at: Timestamp,
        /// By whom and why.
        refusal: Refusal,
    },
    /// The provider took it back.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
}

/// What may happen to an authorization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Granted.
    Approve {
        /// The authorization number.
        number: String,
        /// What is granted.
        grant: Grant,
        /// How much of what was asked for.
        extent: Extent,
    },
    /// The plan needs more.
    Ask(Vec<Ask>),
    /// It goes to the plan's people.
    HandOver {
        /// Why.
        why: WhyPeople,
        /// What the plugin recommends.
        recommendation: Option<Denial>,
    },
    /// Refused.
    Refuse(Refusal),
    /// More became known; the plan is asked again.
    Supply,
    /// The provider takes it back.
    Withdraw,
    /// The decision may wait longer; what is asked for stays where it is.
    Extend,
}

impl State {
    /// The state's word in the record and the API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Received { .. } => "received",
            Self::Pended { .. } => "pended",
            Self::WithPeople(_) => "with-people",
            Self::Approved { extent: Extent::Whole, .. } => "approved",
            Self::Approved { extent: Extent::Part, .. } => "partly-approved",
            Self::Approved { extent: Extent::Modified, .. } => "modified",
            Self::Denied { .. } => "denied",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }

    /// Whether nothing more can happen.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Approved { .. } | Self::Denied { .. } | Self::Withdrawn { .. })
    }

    /// Applies `event`, or says why it does not apply.
    pub fn apply(self, event: Event, now: Timestamp) -> Result<Self, NotAllowed> {
        use {Event as E, State as S};
        Ok(match (self, event) {
            (
                S::Received { .. } | S::Pended { .. } | S::WithPeople(_),
                E::Approve { number, grant, extent },
            ) => S::Approved { at: now, number, grant, extent },
            (S::Received { .. } | S::WithPeople(_), E::Ask(asks)) => S::Pended { since: now, asks },
            (S::Received { .. }, E::HandOver { why, recommendation }) => {
                S::WithPeople(WithPeople { since: now, why, recommendation })
            }
            (S::WithPeople(_) | S::Pended { .. }, E::Refuse(refusal)) => S::Denied { at: now, refusal },
            (S::Received { .. }, E::Refuse(refusal)) if refusal.reviewer().is_none() => {
                S::Denied { at: now, refusal }
            }
            (S::Pended { .. }, E::Supply) => S::Received { at: now },
            (S::Pended { .. } | S::WithPeople(_), E::Withdraw) => S::Withdrawn { at: now },
            (state @ (S::Pended { .. } | S::WithPeople(_)), E::Extend) => state,
            (from, event) => {
                return Err(NotAllowed {
                    kind: CaseKind::Authorization,
                    from: from.name(),
                    event: event.name(),
                });
            }
        })
    }
}

impl Event {
    /// The event's word in the timeline and in refusals.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Approve { .. } => "approve",
            Self::Ask(_) => "ask",
            Self::HandOver { .. } => "hand-over",
            Self::Refuse(_) => "refuse",
            Self::Supply => "supply",
            Self::Withdraw => "withdraw",
            Self::Extend => "extend",
        }
    }
}

impl Window {
    /// Calendar days, both ends counted.
    pub fn days(&self) -> i64 {
        i64::from((self.last - self.first).get_days()) + 1
    }

    /// Whether `day` is inside.
    pub fn covers(&self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }

    /// The window after a denial on `day`: services up to the notice stay payable.
    #[must_use]
    pub fn ended_on(self, day: Date) -> Self {
        let last = self.last.min(day).max(self.first);
        Self { last, ..self }
    }
}
