//! An authorization: permission for units of a service, which may begin as a presumption.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::{
    CaseKind, EventKind, Moved, NotAllowed, Reason, Recommendation, Refusal, WhyPeople, WithPeople,
};
use crate::catalog::{BillingUnit, Catalog};
use crate::floor::{self, Basis, Ground};
use crate::plan::authorization::{AuthorizationRequest, Decision, Determination, Grant, GrantedLine};
use crate::plan::types::{Ask, Bilingual, Context, DenialKind};

#[cfg(test)]
mod tests;

/// A presumptive window: service may start before the decision, and is payable while it lasts.
///
/// DHCS ECM Policy Guide (presumptive authorization, from 2025-01-01); Community Supports by a plan's own
/// rule. What a plan before had authorized is honored in such a window too, until the new plan answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The plan's rule, by its id in the profile, or the state's for continuity of care.
    pub rule: String,
    /// First day, which is included.
    pub first: Date,
    /// Last day. A denial moves it to the day of the decision, never before the first day.
    pub last: Date,
}

/// Extent of an approval beside the request. Anything but the whole says why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Extent {
    /// All that was asked for.
    Whole,
    /// Less: units, days or lines.
    Part(Cut),
    /// Something else than was asked for.
    Modified(Cut),
}

/// Why less is granted than was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cut {
    /// To what the plan itself declares, or to the days of coverage: nobody judged anything.
    Declared(Vec<Bound>),
    /// A no to what is missing.
    Refused(Refusal),
}

/// A bound that a grant was cut to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// The plan's declared length of a first authorization.
    Days {
        /// Days of the profile.
        declared: u16,
        /// Days that were asked for.
        asked: u64,
    },
    /// The plan's declared length of a renewal or an extension.
    RenewalDays {
        /// Days of the profile.
        declared: u16,
        /// Days that were asked for.
        asked: u64,
    },
    /// The most units of one authorization.
    Units {
        /// Units of the profile.
        declared: u32,
        /// Units that were asked for.
        asked: u64,
    },
    /// The days on which the plan covers the member.
    Coverage {
        /// First day, which is included.
        first: Date,
        /// Last day, which is included; `None`: open.
        last: Option<Date>,
    },
}

impl Bound {
    /// A stable code for machines.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Days { .. } => "declared-days",
            Self::RenewalDays { .. } => "declared-renewal-days",
            Self::Units { .. } => "declared-units",
            Self::Coverage { .. } => "coverage",
        }
    }

    /// Sentence for the provider, in English and Spanish.
    #[must_use]
    pub fn text(self) -> Bilingual {
        let (en, es) = match self {
            Self::Days { declared, asked } => (
                format!(
                    "The plan authorizes {declared} days at a time; {asked} were asked for. Ask for a renewal before they end."
                ),
                format!(
                    "El plan autoriza {declared} días por vez; se pidieron {asked}. Pida una renovación antes de que terminen."
                ),
            ),
            Self::RenewalDays { declared, asked } => (
                format!("The plan renews for {declared} days at a time; {asked} were asked for."),
                format!("El plan renueva por {declared} días cada vez; se pidieron {asked}."),
            ),
            Self::Units { declared, asked } => (
                format!("The plan authorizes {declared} units at a time; {asked} were asked for."),
                format!("El plan autoriza {declared} unidades por vez; se pidieron {asked}."),
            ),
            Self::Coverage { first, last: Some(last) } => (
                format!(
                    "The plan covers the member from {first} to {last}; other days are not its to grant."
                ),
                format!("El plan cubre al miembro del {first} al {last}; no puede autorizar otros días."),
            ),
            Self::Coverage { first, last: None } => (
                format!("The plan covers the member from {first}; earlier days are not its to grant."),
                format!("El plan cubre al miembro desde el {first}; no puede autorizar días anteriores."),
            ),
        };
        Bilingual { en, es }
    }
}

impl Extent {
    /// Why it is not the whole.
    #[must_use]
    pub fn cut(&self) -> Option<&Cut> {
        match self {
            Self::Whole => None,
            Self::Part(cut) | Self::Modified(cut) => Some(cut),
        }
    }

    /// True if a licensed person had to say it.
    fn is_a_persons(&self) -> bool {
        matches!(self.cut(), Some(Cut::Refused(refusal)) if refusal.reviewer().is_some())
    }
}

/// Party that asked for more time to decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExtendedBy {
    /// The member, or the provider for the member.
    Member,
    /// The plan, which needs information and shows that waiting serves the member.
    Plan,
}

/// A decision that may wait up to 14 calendar days more (42 CFR 438.210(d)(1)(ii) and (d)(2)(ii)). There is
/// one at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// Instant of the extension (UTC).
    pub at: Timestamp,
    /// Until when the decision was due; the extension counts from here.
    pub due_before: Timestamp,
    /// Party that asked for it.
    pub by: ExtendedBy,
    /// Why, as member and provider are told.
    pub reason: Reason,
}

/// State of an authorization.
///
/// ```text
///   Received ──ask──▶ Pended ──supply──▶ Received
///      │                │
///      │            hand over / approve / deny by people
///      ├──hand over──▶ WithPeople ──approve──▶ Approved
///      ├──approve────────────────────────────▶ Approved
///      └──refuse (administrative)──▶ Denied ◀──refuse── WithPeople
///
///   from Approved: end leaves the state and what is granted ends earlier
///   from Received, Pended and WithPeople: move ──▶ Moved, when its days became another plan's
///   from Pended and WithPeople: withdraw ──▶ Withdrawn
///   from Pended and WithPeople: extend leaves the state and moves the decision's clock, once
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The host has it; the plan has not been asked. Never at rest.
    Received {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
    },
    /// The plan needs more.
    Pended {
        /// Instant from which it is so (UTC).
        since: Timestamp,
        /// Facts and documents that the plan asks for.
        asks: Vec<Ask>,
    },
    /// The plan's people have it.
    WithPeople(WithPeople),
    /// The plan grants it.
    Approved {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
        /// The authorization number, unique for the plan.
        number: String,
        /// Lines and conditions of the approval.
        grant: Grant,
        /// Extent of the approval beside the request.
        extent: Extent,
    },
    /// The plan refused it.
    Denied {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
        /// By whom and why.
        refusal: Refusal,
    },
    /// The provider took it back.
    Withdrawn {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
    },
    /// Its days are another plan's, which decides.
    Moved {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
        /// Plan and case in which it goes on.
        to: Moved,
    },
}

/// Event that moves an authorization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The plan grants it.
    Approve {
        /// Number of the authorization, as the plan gives it.
        number: String,
        /// Lines and conditions of the approval.
        grant: Grant,
        /// Extent of the approval beside the request.
        extent: Extent,
    },
    /// The plan needs more.
    Ask(Vec<Ask>),
    /// It goes to the plan's people.
    HandOver {
        /// Reason for which people have it.
        why: WhyPeople,
        /// The plugin's recommendation, which decides nothing.
        recommendation: Option<Recommendation>,
    },
    /// The plan refuses it.
    Refuse(Refusal),
    /// More became known; the plan is asked again.
    Supply,
    /// The provider takes it back.
    Withdraw,
    /// The decision may wait longer; what is asked for stays where it is.
    Extend,
    /// A grant ends with a day before its last.
    End {
        /// Last day that is still granted.
        last: Date,
    },
    /// Its days became another plan's.
    Move(Moved),
}

impl State {
    /// The state's word in the record and the API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Received { .. } => "received",
            Self::Pended { .. } => "pended",
            Self::WithPeople(_) => "with-people",
            Self::Approved { extent: Extent::Whole, .. } => "approved",
            Self::Approved { extent: Extent::Part(_), .. } => "partly-approved",
            Self::Approved { extent: Extent::Modified(_), .. } => "modified",
            Self::Denied { .. } => "denied",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Moved { .. } => "moved",
        }
    }

    /// True if nothing more can happen.
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Approved { .. } | Self::Denied { .. } | Self::Withdrawn { .. } | Self::Moved { .. }
        )
    }

    /// The refusal that stands, of all or of a part.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Denied { refusal, .. } => Some(refusal),
            Self::Approved { extent: Extent::Part(cut) | Extent::Modified(cut), .. } => match cut {
                Cut::Refused(refusal) => Some(refusal),
                Cut::Declared(_) => None,
            },
            _ => None,
        }
    }

    /// The same, to write its reason in another language.
    pub fn refusal_mut(&mut self) -> Option<&mut Refusal> {
        match self {
            Self::Denied { refusal, .. } => Some(refusal),
            Self::Approved { extent: Extent::Part(cut) | Extent::Modified(cut), .. } => match cut {
                Cut::Refused(refusal) => Some(refusal),
                Cut::Declared(_) => None,
            },
            _ => None,
        }
    }

    /// Applies `event`, or says why it does not apply.
    pub fn apply(self, event: Event, now: Timestamp) -> Result<Self, NotAllowed> {
        use {Event as E, State as S};
        Ok(match (self, event) {
            (S::Pended { .. } | S::WithPeople(_), E::Approve { number, grant, extent }) => {
                S::Approved { at: now, number, grant, extent }
            }
            (S::Received { .. }, E::Approve { number, grant, extent }) if !extent.is_a_persons() => {
                S::Approved { at: now, number, grant, extent }
            }
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
            (S::Received { .. } | S::Pended { .. } | S::WithPeople(_), E::Move(to)) => {
                S::Moved { at: now, to }
            }
            (state @ (S::Pended { .. } | S::WithPeople(_)), E::Extend) => state,
            (S::Approved { at, number, grant, extent }, E::End { last }) => {
                S::Approved { at, number, grant: grant.until(last, is_by_the_day), extent }
            }
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
    /// Event that a plugin's determination makes of a request: its own decision where software may make it, a
    /// recommendation for a licensed person where not.
    ///
    /// # Errors
    /// The first rule of the floor that its grant breaks.
    pub fn of(
        ground: Ground<'_>,
        request: &AuthorizationRequest,
        context: &Context,
        determination: &Determination,
        number: String,
    ) -> Result<Self, floor::Broken> {
        let recommend = |recommendation| Self::HandOver {
            why: WhyPeople::ClinicalReview,
            recommendation: Some(recommendation),
        };
        let found = &determination.findings;
        Ok(match &determination.decision {
            Decision::Approved(grant) | Decision::PartlyApproved(grant) | Decision::Modified(grant) => {
                match floor::granted(ground, request, context, grant, found)? {
                    Some(extent) => Self::Approve { number, grant: grant.clone(), extent },
                    None => recommend(Recommendation::Grant(grant.clone())),
                }
            }
            Decision::Pended(asks) => Self::Ask(asks.clone()),
            Decision::Denied(denial) => {
                match Basis::of_findings(ground, &[&request.service], context.as_of, found) {
                    Basis::Administrative(basis) if denial.kind == DenialKind::Administrative => {
                        Self::Refuse(Refusal::administrative(basis, denial.reason.clone()))
                    }
                    _ => recommend(Recommendation::Denial(denial.clone())),
                }
            }
        })
    }

    /// The event's word in the timeline and in refusals.
    pub fn name(&self) -> &'static str {
        self.kind().name()
    }

    /// Kind of the event, as the timeline tells it.
    pub fn kind(&self) -> EventKind {
        match self {
            Self::Approve { .. } => EventKind::Approve,
            Self::Ask(_) => EventKind::Ask,
            Self::HandOver { .. } => EventKind::HandOver,
            Self::Refuse(_) => EventKind::Refuse,
            Self::Supply => EventKind::Supply,
            Self::Withdraw => EventKind::Withdraw,
            Self::Extend => EventKind::Extend,
            Self::End { .. } => EventKind::End,
            Self::Move(_) => EventKind::Move,
        }
    }
}

/// True if a unit of the line is a day.
fn is_by_the_day(line: &GrantedLine) -> bool {
    let catalog = Catalog::state();
    let Ok(service) = catalog.classify(&line.procedure, line.days.first) else { return false };
    let mut billed = service.procedures_on(line.days.first);
    billed.any(|billed| billed.procedure == line.procedure && billed.unit == BillingUnit::Day)
}

impl Window {
    /// Calendar days, both ends counted.
    pub fn days(&self) -> i64 {
        i64::from((self.last - self.first).get_days()) + 1
    }

    /// True if `day` is inside.
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
