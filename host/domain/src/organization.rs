//! An organization's standing on a host: whether its keys work and, for a plan, whether its rules are asked.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;

/// State of an organization.
///
/// ```text
///   Active ──pause──▶ Paused ──resume──▶ Active
///      └──end──▶ Ended ◀──end──┘
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Its keys work; a plan's rules are asked.
    Active,
    /// Its keys do not work for a time. A plan's new cases come to it all the same and wait for its people,
    /// with the state's clocks running, because a member's rights do not rest; its rules are not asked.
    Paused {
        /// Instant from which it is so (UTC).
        since: Timestamp,
        /// Why, in the operator's words.
        reason: String,
    },
    /// It is here no more. No new case comes to a plan that ended; what was open stays on the record.
    Ended {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
        /// Why, in the operator's words.
        reason: String,
    },
}

/// Event that moves an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The operator pauses it.
    Pause {
        /// Reason that is given, in a sentence.
        reason: String,
    },
    /// The operator lets it go on.
    Resume,
    /// The operator ends it.
    End {
        /// Reason that is given, in a sentence.
        reason: String,
    },
}

/// Error: the event does not apply to the state that an organization has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an organization that is {from} cannot take the step {event}")]
pub struct NotAllowed {
    /// The standing it had.
    pub from: &'static str,
    /// Name of the event that was tried.
    pub event: &'static str,
}

impl State {
    /// Words of the states.
    pub const NAMES: [&'static str; 3] = ["active", "paused", "ended"];

    /// The state's word in the record and the API.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused { .. } => "paused",
            Self::Ended { .. } => "ended",
        }
    }

    /// True if its keys work, and a plan's rules are asked.
    #[must_use]
    pub fn is_active(&self) -> bool {
        matches!(self, Self::Active)
    }

    /// True if new cases may come to it.
    #[must_use]
    pub fn takes_cases(&self) -> bool {
        !matches!(self, Self::Ended { .. })
    }

    /// Applies `event`, or says why it does not apply.
    ///
    /// # Errors
    /// When the standing does not allow it.
    pub fn apply(self, event: Event, now: Timestamp) -> Result<Self, NotAllowed> {
        use {Event as E, State as S};
        Ok(match (self, event) {
            (S::Active, E::Pause { reason }) => S::Paused { since: now, reason },
            (S::Paused { .. }, E::Resume) => S::Active,
            (S::Active | S::Paused { .. }, E::End { reason }) => S::Ended { at: now, reason },
            (from, event) => return Err(NotAllowed { from: from.name(), event: event.name() }),
        })
    }
}

impl Event {
    /// The event's word in the audit and in refusals.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pause { .. } => "pause",
            Self::Resume => "resume",
            Self::End { .. } => "end",
        }
    }
}
