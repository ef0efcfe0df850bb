//! Invitations: a link that opens an account once, and ends by itself.
//!
//! The link carries a secret, of which only the hash is kept. The newest link of an account is the only one
//! that opens it; how long it does is in `data/accounts.toml`.

use jiff::{SignedDuration, Timestamp};

use crate::words;

#[cfg(test)]
mod tests;

/// State of an invitation.
///
/// ```text
///   Open ──accept──▶ Accepted
///     ├──replace──▶ Replaced
///     └──withdraw──▶ Withdrawn
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody has used the link.
    Open,
    /// The person has taken it up.
    Accepted {
        /// Instant at which it was used (UTC).
        at: Timestamp,
    },
    /// A newer link of the same account took its place.
    Replaced {
        /// Instant of the newer link (UTC).
        at: Timestamp,
    },
    /// The account ended before anybody used the link.
    Withdrawn {
        /// Instant at which the account ended (UTC).
        at: Timestamp,
    },
}

words! {
    /// Event that settles an invitation.
    pub enum Event {
        /// The person uses the link.
        Accept = "accept",
        /// An administrator makes another link.
        Replace = "replace",
        /// An administrator ends the account.
        Withdraw = "withdraw",
    }
}

/// Reason for which a link opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    /// It was used, replaced or withdrawn before.
    #[error("the invitation is settled")]
    Settled,
    /// It has come to its end.
    #[error("the invitation has expired")]
    Expired,
}

/// An invitation: since when, until when, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Instant at which the link was made (UTC).
    pub made_at: Timestamp,
    /// First instant at which it opens nothing any more (UTC).
    pub ends_at: Timestamp,
    /// State of the invitation.
    pub state: State,
}

impl Invitation {
    /// An open invitation that lasts for `span`.
    #[must_use]
    pub fn open(now: Timestamp, span: SignedDuration) -> Self {
        // An end that cannot be written is far enough.
        let ends_at = now.checked_add(span).unwrap_or(Timestamp::MAX);
        Self { made_at: now, ends_at, state: State::Open }
    }

    /// Lets the link open its account, or says why it does not.
    ///
    /// # Errors
    /// When it is settled, or has expired.
    pub fn opens(&self, now: Timestamp) -> Result<(), Closed> {
        match self.state {
            State::Open if now < self.ends_at => Ok(()),
            State::Open => Err(Closed::Expired),
            State::Accepted { .. } | State::Replaced { .. } | State::Withdrawn { .. } => Err(Closed::Settled),
        }
    }

    /// Applies `event`, or says why it does not apply. One that has expired is replaced and withdrawn all the
    /// same.
    ///
    /// # Errors
    /// When it is settled; for [`Event::Accept`] also when it has expired.
    pub fn apply(self, event: Event, now: Timestamp) -> Result<Self, Closed> {
        let state = match (self.opens(now), event) {
            (Ok(()), Event::Accept) => State::Accepted { at: now },
            (Ok(()) | Err(Closed::Expired), Event::Replace) => State::Replaced { at: now },
            (Ok(()) | Err(Closed::Expired), Event::Withdraw) => State::Withdrawn { at: now },
            (Err(closed), _) => return Err(closed),
        };
        Ok(Self { state, ..self })
    }
}

impl State {
    /// Words of the states.
    pub const NAMES: [&'static str; 4] = ["open", "accepted", "replaced", "withdrawn"];

    /// The state's word in the record.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted { .. } => "accepted",
            Self::Replaced { .. } => "replaced",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }

    /// Instant at which it was settled (UTC); `None` while it is open.
    #[must_use]
    pub fn settled_at(&self) -> Option<Timestamp> {
        match self {
            Self::Open => None,
            Self::Accepted { at } | Self::Replaced { at } | Self::Withdrawn { at } => Some(*at),
        }
    }
}
