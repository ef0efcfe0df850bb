//! A breaker: a plugin's operation that keeps failing is no longer asked, and rests until it has answered
//! questions that are about nobody.
//!
//! A plugin that fails costs each of its cases the time until it has failed, and the machine the work. While
//! it rests the cases go to the plan's people at once, which is where they would have ended. It is tried
//! again with made-up cases: members are not for trying.

use jiff::{SignedDuration, Timestamp};

#[cfg(test)]
mod tests;

/// Limits after which a plugin is not asked for a while. Choices of this host: no rule of the state speaks of
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Calls that are looked back on, at most 64.
    pub window: u32,
    /// Faults among them at which asking stops.
    pub faults: u32,
    /// Length of the first rest.
    pub rest: SignedDuration,
    /// The longest rest: each trial that fails doubles it up to here.
    pub longest_rest: SignedDuration,
}

impl Policy {
    /// 5 faults in the last 20 calls; 30 seconds, then up to 10 minutes.
    pub const USUAL: Self = Self {
        window: 20,
        faults: 5,
        rest: SignedDuration::from_secs(30),
        longest_rest: SignedDuration::from_mins(10),
    };
}

/// Breaker of one operation of one plugin: asked, at rest, or on trial.
///
/// ```text
///   Closed ──5 faults in 20 calls──▶ Open ──rested──▶ Trial ──answers──▶ Closed
///                                     ▲                 │
///                                     └────fails────────┘  (resting twice as long)
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Breaker {
    /// The operation is asked.
    Closed {
        /// The last calls, the newest in the lowest bit; a fault is a 1.
        recent: u64,
    },
    /// The operation is not asked.
    Open {
        /// Instant from which it is so (UTC).
        since: Timestamp,
        /// Instant at which that ends (UTC).
        until: Timestamp,
        /// Length of this rest.
        rest: SignedDuration,
    },
    /// It has rested, and is being tried with made-up cases. Members' cases go to people still.
    Trial {
        /// Since when it is not asked.
        since: Timestamp,
        /// Length of the last rest.
        rest: SignedDuration,
    },
}

/// Event in the life of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// It gave an answer, or said that it has none.
    Answered,
    /// A call gave no answer.
    Faulted,
    /// Time passed without a call.
    Waited,
    /// It gave an answer to every made-up case.
    PassedTrial,
    /// The trial gave no answer.
    FailedTrial,
}

impl Default for Breaker {
    fn default() -> Self {
        Self::Closed { recent: 0 }
    }
}

impl Breaker {
    /// The state's word in the API and the metrics.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Closed { .. } => "closed",
            Self::Open { .. } => "open",
            Self::Trial { .. } => "trial",
        }
    }

    /// True if members' cases are put to the operation.
    #[must_use]
    pub fn asks(&self) -> bool {
        matches!(self, Self::Closed { .. })
    }

    /// State after `event` at `now`. An event that does not concern the state changes nothing: a call that
    /// was under way when the breaker opened comes back later.
    #[must_use]
    pub fn after(self, event: Event, policy: &Policy, now: Timestamp) -> Self {
        use Event as E;
        match (self, event) {
            (Self::Closed { recent }, E::Answered | E::Faulted) => {
                let recent = ((recent << 1) | u64::from(event == E::Faulted)) & mask(policy.window);
                match recent.count_ones() >= policy.faults {
                    true => resting(now, now, policy.rest),
                    false => Self::Closed { recent },
                }
            }
            (Self::Open { since, until, rest }, E::Waited) if until <= now => Self::Trial { since, rest },
            (Self::Trial { .. }, E::PassedTrial) => Self::default(),
            (Self::Trial { since, rest }, E::FailedTrial) => {
                let doubled = rest.checked_add(rest).unwrap_or(policy.longest_rest);
                resting(since, now, doubled.min(policy.longest_rest))
            }
            (unchanged, _) => unchanged,
        }
    }
}

fn resting(since: Timestamp, now: Timestamp, rest: SignedDuration) -> Breaker {
    Breaker::Open { since, until: now.saturating_add(rest).unwrap_or(Timestamp::MAX), rest }
}

fn mask(window: u32) -> u64 {
    u64::MAX >> (64 - window.clamp(1, 64))
}
