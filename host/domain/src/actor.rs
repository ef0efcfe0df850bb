//! Whoever acts for an organization: a person by an account, or software by a key.
//!
//! Two keys are two people's for whoever asks who did something, and so are two accounts. A person who acts
//! by an account and holds a key too is not known to be one and the same: whoever gives keys out answers for
//! that.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::{Serialize, Serializer};

use crate::identifiers::{AccountId, KeyId, RowIdError};

#[cfg(test)]
mod tests;

/// A key or an account that did something. Written as its id, whose prefix tells which of the two it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    /// Software, or a person at a command line, by an access key.
    Key(KeyId),
    /// A person who signed in.
    Account(AccountId),
}

impl Actor {
    /// Whoever is named by one of the two columns of a record; `None` where neither is: the host itself.
    #[must_use]
    pub fn of(key: Option<KeyId>, account: Option<AccountId>) -> Option<Self> {
        account.map(Self::Account).or(key.map(Self::Key))
    }

    /// Access key of the actor, if it is one.
    #[must_use]
    pub fn key(self) -> Option<KeyId> {
        match self {
            Self::Key(key) => Some(key),
            Self::Account(_) => None,
        }
    }

    /// Account of the actor, if it is a person's.
    #[must_use]
    pub fn account(self) -> Option<AccountId> {
        match self {
            Self::Key(_) => None,
            Self::Account(account) => Some(account),
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => key.fmt(formatter),
            Self::Account(account) => account.fmt(formatter),
        }
    }
}

impl FromStr for Actor {
    type Err = RowIdError;

    fn from_str(text: &str) -> Result<Self, RowIdError> {
        match text.parse() {
            Ok(account) => Ok(Self::Account(account)),
            Err(_) => text.parse().map(Self::Key),
        }
    }
}

impl Serialize for Actor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
