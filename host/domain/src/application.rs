//! An application: a provider's one credentialing file, read by several plans.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::{CaseKind, EventKind, Language, NotAllowed, Reason, ReasonOf, WhyPeople};
use crate::plan::credentialing::{Review, Standing};

#[cfg(test)]
mod tests;

/// State of one plan's reading of the file. The plans do not see each other's.
///
/// ```text
///   Received ──approve──▶ Approved ──end──▶ Ended
///      ├──find incomplete──▶ Incomplete ──supply──▶ Received
///      └──hand over──▶ WithPeople ──approve / decline──▶ Approved / Declined
///   Approved / Declined / Ended ──reopen──▶ WithPeople
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The host has it; the plan has not been asked. Never at rest.
    Received {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
    },
    /// Something is missing, expired or not enough.
    Incomplete {
        /// Instant from which it is so (UTC).
        since: Timestamp,
    },
    /// The plan's people have it.
    WithPeople {
        /// Instant from which it is so (UTC).
        since: Timestamp,
        /// Reason for which people have it.
        why: WhyPeople,
        /// Why the plan's people took it up again, if they did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
    },
    /// The provider may serve the plan's members.
    Approved {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
        /// From which day billing may use it (a late roster is what CARC 185 and B7 come from).
        effective: Date,
    },
    /// The plan says no.
    Declined {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
        /// Reason that is given.
        reason: Reason,
    },
    /// The approval holds no longer.
    Ended {
        /// Instant at which it was said (UTC).
        at: Timestamp,
        /// The last day on which it held.
        last: Date,
        /// Reason that is given.
        reason: Reason,
    },
}

/// Event that moves a plan's reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Every requirement is satisfied.
    Approve {
        /// Day from which the provider is credentialed.
        effective: Date,
    },
    /// The plan's rules find that something is missing.
    FindIncomplete,
    /// It goes to the plan's people.
    HandOver(WhyPeople),
    /// More was sent; the plan is asked again.
    Supply,
    /// The plan's people say no.
    Decline(Reason),
    /// The plan's people read it again, and why.
    Reopen(Reason),
    /// The plan's people end the approval.
    End {
        /// The last day on which it holds.
        last: Date,
        /// Reason that is given.
        reason: Reason,
    },
}

impl State {
    /// The state's word in the record and the API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Received { .. } => "received",
            Self::Incomplete { .. } => "incomplete",
            Self::WithPeople { .. } => "with-people",
            Self::Approved { .. } => "approved",
            Self::Declined { .. } => "declined",
            Self::Ended { .. } => "ended",
        }
    }

    /// True if the plan's reading is done, unless its people take it up again.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Approved { .. } | Self::Declined { .. } | Self::Ended { .. })
    }

    /// The reason that the plan's people gave for it, what it is of, and since when it stands.
    #[must_use]
    pub fn reason(&self) -> Option<(ReasonOf, &Reason, Timestamp)> {
        match self {
            Self::WithPeople { since, reason: Some(reason), .. } => Some((ReasonOf::Reopen, reason, *since)),
            Self::Declined { at, reason } => Some((ReasonOf::Decline, reason, *at)),
            Self::Ended { at, reason, .. } => Some((ReasonOf::End, reason, *at)),
            _ => None,
        }
    }

    /// Adds the words of its reason in the language that is wanted. Whether it was wanted.
    pub fn translate(&mut self, language: Language, words: &str) -> bool {
        match self {
            Self::WithPeople { reason: Some(reason), .. }
            | Self::Declined { reason, .. }
            | Self::Ended { reason, .. } => reason.translate(language, words),
            _ => false,
        }
    }

    /// Applies `event`, or says why it does not apply.
    pub fn apply(self, event: Event, now: Timestamp) -> Result<Self, NotAllowed> {
        use {Event as E, State as S};
        Ok(match (self, event) {
            (S::Received { .. } | S::WithPeople { .. } | S::Incomplete { .. }, E::Approve { effective }) => {
                S::Approved { at: now, effective }
            }
            (S::Received { .. } | S::WithPeople { .. }, E::FindIncomplete) => S::Incomplete { since: now },
            (S::Received { .. }, E::HandOver(why)) => S::WithPeople { since: now, why, reason: None },
            (S::Incomplete { .. } | S::WithPeople { .. }, E::Supply) => S::Received { at: now },
            (S::WithPeople { .. } | S::Incomplete { .. }, E::Decline(reason)) => {
                S::Declined { at: now, reason }
            }
            (S::Approved { .. } | S::Declined { .. } | S::Ended { .. }, E::Reopen(reason)) => {
                S::WithPeople { since: now, why: WhyPeople::Reopened, reason: Some(reason) }
            }
            (S::Approved { .. }, E::End { last, reason }) => S::Ended { at: now, last, reason },
            (from, event) => {
                return Err(NotAllowed {
                    kind: CaseKind::Application,
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
        self.kind().name()
    }

    /// Kind of the event, as the timeline tells it.
    pub fn kind(&self) -> EventKind {
        match self {
            Self::Approve { .. } => EventKind::Approve,
            Self::FindIncomplete => EventKind::FindIncomplete,
            Self::HandOver(_) => EventKind::HandOver,
            Self::Supply => EventKind::Supply,
            Self::Decline(_) => EventKind::Decline,
            Self::Reopen(_) => EventKind::Reopen,
            Self::End { .. } => EventKind::End,
        }
    }

    /// Event that a review makes of the file: what is missing comes before what needs judgement, because the
    /// provider can supply it at once.
    pub fn of(review: &Review, effective: Date) -> Self {
        let standings = || review.requirements.iter().map(|result| &result.standing);
        let lacking = |standing: &Standing| {
            matches!(standing, Standing::Missing | Standing::Expired(_) | Standing::Insufficient)
        };
        if standings().any(lacking) {
            Self::FindIncomplete
        } else if standings().any(|standing| matches!(standing, Standing::NeedsPerson)) {
            Self::HandOver(WhyPeople::NeedsJudgement)
        } else {
            Self::Approve { effective }
        }
    }
}
