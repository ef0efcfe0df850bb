//! Sessions: the time for which somebody who showed who it is need not show it again.
//!
//! A session ends by itself after a time without use, and at the latest some hours after it began
//! (`data/accounts.toml`). It can be locked on a shared phone, and goes on when its person proves again who
//! it is. What cannot be undone asks for such a proof that is a few minutes old at most (step-up).

use jiff::{SignedDuration, Timestamp};

use crate::words;

#[cfg(test)]
mod tests;

words! {
    /// Reason for which a session was ended, before it would have ended by itself.
    pub enum Why {
        /// The person signed out, or ended it from another session.
        SignedOut = "signed-out",
        /// The account ended, was invited again, or has other rights since.
        Account = "account",
    }
}

/// State of a session.
///
/// ```text
///   Open ──lock──▶ Locked ──prove──▶ Open
///     ├──prove──▶ Open
///     └──end──▶ Ended ◀──end── Locked
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It opens what its person may see and do.
    Open,
    /// It does nothing until its person proves who it is.
    Locked {
        /// Instant at which it was locked (UTC).
        at: Timestamp,
    },
    /// It does nothing any more.
    Ended {
        /// Instant at which it ended (UTC).
        at: Timestamp,
        /// Reason for which it was ended.
        why: Why,
    },
}

/// Event that moves a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The person locks it.
    Lock,
    /// The person proves again who it is.
    Prove,
    /// Somebody or a rule ends it.
    End(Why),
}

/// Spans of a session, by the rules of the day on which it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Time without use after which it has ended.
    pub idle: SignedDuration,
    /// Time after its begin at which it has ended, however much it is used.
    pub whole: SignedDuration,
    /// Time for which a proof is fresh enough for what cannot be undone.
    pub raised: SignedDuration,
}

/// Reason for which a session does not serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    /// It was ended, or came to its end.
    #[error("the session has ended")]
    Over,
    /// It waits for a proof.
    #[error("the session is locked")]
    Locked,
}

/// A session of one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Instant at which the person signed in (UTC).
    pub began_at: Timestamp,
    /// Instant of the last use that was noted (UTC).
    pub seen_at: Timestamp,
    /// Instant of the last proof (UTC).
    pub proved_at: Timestamp,
    /// State of the session.
    pub state: State,
}

impl Session {
    /// A session of somebody who has just shown who it is.
    #[must_use]
    pub fn begin(now: Timestamp) -> Self {
        Self::begin_after(now, now)
    }

    /// A session of somebody who showed who it is at `proved_at`, which may have been long before.
    #[must_use]
    pub fn begin_after(proved_at: Timestamp, now: Timestamp) -> Self {
        Self { began_at: now, seen_at: now, proved_at: proved_at.min(now), state: State::Open }
    }

    /// First instant at which it has ended by itself, if it is not used before (UTC).
    #[must_use]
    pub fn ends_at(&self, terms: &Terms) -> Timestamp {
        let after = |at: Timestamp, span| at.checked_add(span).unwrap_or(Timestamp::MAX);
        after(self.seen_at, terms.idle).min(after(self.began_at, terms.whole))
    }

    /// Lets it serve, or says why it does not.
    ///
    /// # Errors
    /// When it has ended, or is locked.
    pub fn serves(&self, terms: &Terms, now: Timestamp) -> Result<(), Closed> {
        match self.state {
            State::Ended { .. } => Err(Closed::Over),
            _ if now >= self.ends_at(terms) => Err(Closed::Over),
            State::Locked { .. } => Err(Closed::Locked),
            State::Open => Ok(()),
        }
    }

    /// True if the last proof is fresh enough for what cannot be undone.
    #[must_use]
    pub fn is_raised(&self, terms: &Terms, now: Timestamp) -> bool {
        now.duration_since(self.proved_at) < terms.raised
    }

    /// Applies `event`, or says why it does not apply.
    ///
    /// # Errors
    /// When it has ended, or is locked already.
    pub fn apply(self, event: Event, terms: &Terms, now: Timestamp) -> Result<Self, Closed> {
        match (self.serves(terms, now), event) {
            (Err(Closed::Over), _) => Err(Closed::Over),
            (Err(Closed::Locked), Event::Lock) => Err(Closed::Locked),
            (Ok(()), Event::Lock) => Ok(Self { state: State::Locked { at: now }, ..self }),
            (Ok(()) | Err(Closed::Locked), Event::Prove) => {
                Ok(Self { seen_at: now, proved_at: now, state: State::Open, ..self })
            }
            (Ok(()) | Err(Closed::Locked), Event::End(why)) => {
                Ok(Self { state: State::Ended { at: now, why }, ..self })
            }
        }
    }
}

impl State {
    /// Words of the states.
    pub const NAMES: [&'static str; 3] = ["open", "locked", "ended"];

    /// The state's word in the record and the API.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Locked { .. } => "locked",
            Self::Ended { .. } => "ended",
        }
    }
}

impl Event {
    /// The event's word in the tests' table.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::Prove => "prove",
            Self::End(_) => "end",
        }
    }
}
