//! Cases that wait for a plan's people, and who of them has each: a colleague takes it, passes it on or puts
//! it back, and leaves notes for the others.
//!
//! Having it is word among colleagues, and no right: whoever decides for the plan may decide what nobody has,
//! and what another has. So nothing waits for somebody who is away.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use crate::actor::Actor;
use crate::plan::types::Bilingual;
use crate::text::is_plain_line;
use crate::words;

#[cfg(test)]
mod tests;

/// The holder of an item of a plan's worklist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody has it; anybody may take it.
    Free,
    /// One of the plan's people has it.
    Held {
        /// Person or key that has it.
        by: Actor,
        /// Instant since which it is so (UTC).
        since: Timestamp,
    },
}

/// A step of one of the plan's people with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Takes what nobody has.
    Take,
    /// Gives what is one's own, or nobody's, to a colleague.
    Pass {
        /// The colleague who has it then.
        to: Actor,
    },
    /// Lets nobody have it. A colleague's may be put back too: the colleague may be away.
    PutBack,
}

words! {
    /// Kind of an entry in the history of an item.
    pub enum StepKind {
        /// Somebody took it for themselves.
        Take = "take",
        /// Somebody gave it to a colleague.
        Pass = "pass",
        /// Somebody put it back.
        PutBack = "put-back",
        /// Somebody left a note.
        Note = "note",
    }
}

/// A step that does not fit who has the item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A colleague has it: neither to be taken nor passed on.
    #[error("a colleague has it: put it back first, or decide it as it is")]
    Colleagues,
    /// Whoever takes it, or is to have it, has it already.
    #[error("whoever is to have it has it already")]
    Had,
    /// Nobody has it, so it cannot be put back.
    #[error("nobody has it")]
    Nobodys,
}

impl Refused {
    /// The refusal in both languages.
    #[must_use]
    pub fn text(self) -> Bilingual {
        let es = match self {
            Self::Colleagues => "un colega lo tiene: primero devuélvalo a la lista, o decídalo tal como está",
            Self::Had => "quien debe tenerlo ya lo tiene",
            Self::Nobodys => "nadie lo tiene",
        };
        Bilingual { en: self.to_string(), es: es.to_owned() }
    }
}

impl State {
    /// Whoever has the item now.
    #[must_use]
    pub fn holder(self) -> Option<Actor> {
        match self {
            Self::Free => None,
            Self::Held { by, .. } => Some(by),
        }
    }

    /// The state after a step of `by` at `now`.
    ///
    /// # Errors
    /// When the step does not fit who has it.
    pub fn apply(self, event: Event, by: Actor, now: Timestamp) -> Result<Self, Refused> {
        match (self, event) {
            (Self::Held { by: holder, .. }, Event::Take) if holder == by => Err(Refused::Had),
            (Self::Held { by: holder, .. }, Event::Pass { to }) if holder == by && to == by => {
                Err(Refused::Had)
            }
            (Self::Held { by: holder, .. }, Event::Take | Event::Pass { .. }) if holder != by => {
                Err(Refused::Colleagues)
            }
            (Self::Free, Event::PutBack) => Err(Refused::Nobodys),
            (Self::Free | Self::Held { .. }, Event::Take) => Ok(Self::Held { by, since: now }),
            (Self::Free | Self::Held { .. }, Event::Pass { to }) => Ok(Self::Held { by: to, since: now }),
            (Self::Held { .. }, Event::PutBack) => Ok(Self::Free),
        }
    }
}

impl Event {
    /// Kind of the entry that the step leaves.
    #[must_use]
    pub fn kind(self) -> StepKind {
        match self {
            Self::Take => StepKind::Take,
            Self::Pass { .. } => StepKind::Pass,
            Self::PutBack => StepKind::PutBack,
        }
    }
}

/// A note for colleagues: one line of 1 to 500 characters. It may be about a member, so it never prints
/// itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Note(String);

impl Note {
    /// Most characters of a note.
    pub const MOST: usize = 500;

    /// The text, for the record and for the plan's people.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Note {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Note(…)")
    }
}

/// A text that is no note. It does not quote the text, which may be about a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a note is one line of 1 to 500 characters")]
pub struct NoteError;

impl FromStr for Note {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let text = text.trim();
        let fits = !text.is_empty() && text.chars().count() <= Self::MOST && is_plain_line(text);
        if fits { Ok(Self(text.to_owned())) } else { Err(NoteError) }
    }
}
