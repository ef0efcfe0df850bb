//! Endings of calls as data: a record keeps them, and a replay is compared with them.
//!
//! Its JSON is canonical, as that of [`domain::plan::question`] is.

use std::io::{self, Write};

use domain::plan::question::Answer;
use domain::plan::types::PlanError;
use serde::{Deserialize, Serialize};

use crate::call::{Ending, Fault};

/// Ending of a call, as a record keeps it: `{"answer": ..}`, `{"guest-error": ..}` or `{"fault":
/// "deadline"}`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recorded {
    /// Answer of the plugin.
    Answer(Answer),
    /// The plugin's own error.
    GuestError(PlanError),
    /// Fault that ended the call.
    Fault(Fault),
}

impl Recorded {
    /// Its one JSON form. The same component and the same question give the same bytes, but for a fault that
    /// [may differ](Fault::may_differ_on_replay).
    #[must_use]
    pub fn canonical_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self)
            .expect("the contract's types have no maps and no other thing that JSON lacks")
    }

    /// True if these are its [canonical bytes](Self::canonical_bytes), which are not put together for that.
    #[must_use]
    pub fn is(&self, recorded: &[u8]) -> bool {
        let mut rest = Rest(recorded);
        serde_json::to_writer(&mut rest, self).is_ok() && rest.0.is_empty()
    }
}

/// Rest of bytes that are compared with others as those are written.
struct Rest<'r>(&'r [u8]);

impl Write for Rest<'_> {
    fn write(&mut self, written: &[u8]) -> io::Result<usize> {
        self.0 = self.0.strip_prefix(written).ok_or(io::ErrorKind::InvalidData)?;
        Ok(written.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl From<&Ending<Answer>> for Recorded {
    fn from(ending: &Ending<Answer>) -> Self {
        Self::from(ending.clone())
    }
}

impl From<Ending<Answer>> for Recorded {
    fn from(ending: Ending<Answer>) -> Self {
        match ending {
            Ending::Answer(answer) => Self::Answer(answer),
            Ending::GuestError(error) => Self::GuestError(error),
            Ending::Trap(_) => Self::Fault(Fault::Trap),
            Ending::Deadline => Self::Fault(Fault::Deadline),
            Ending::Memory { .. } => Self::Fault(Fault::Memory),
            Ending::StackOverflow => Self::Fault(Fault::StackOverflow),
            Ending::BadOutput { .. } => Self::Fault(Fault::BadOutput),
            Ending::Saturated => Self::Fault(Fault::Saturated),
        }
    }
}

#[cfg(test)]
mod tests;
