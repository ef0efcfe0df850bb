//! Calls of plugins, and their endings.

use std::fmt;
use std::time::Duration;

use domain::plan::types::PlanError;
use serde::{Deserialize, Serialize};
use wasmtime::{PoolConcurrencyLimitError, Trap};

use crate::contract::{Failure, Misfit};
use crate::meter::Meter;

/// A call that is over.
#[derive(Debug)]
pub struct Call<T> {
    /// Ending of the call.
    pub ending: Ending<T>,
    /// Wall-clock time, with any wait for a place.
    pub duration: Duration,
    /// The most bytes of linear memory it held at once.
    pub peak_memory_bytes: usize,
    /// Ticks of 10 ms during which it was running; 0 for nearly all.
    pub cpu_ticks: u64,
}

/// Ending of a call. Everything but an answer sends the case to the plan's people; nothing here is a denial.
#[derive(Clone, PartialEq, Eq)]
pub enum Ending<T> {
    /// The plugin's answer, in form only: whether it makes sense is for the floor checks.
    Answer(T),
    /// The plugin's own error, or that it does not export the interface asked (`unsupported`).
    GuestError(PlanError),
    /// It broke off; which trap, in WebAssembly's words.
    Trap(&'static str),
    /// It did not finish in time.
    Deadline,
    /// It asked for more memory than it may have.
    Memory {
        /// Bytes that it would have held.
        wanted: usize,
    },
    /// It called itself too deeply.
    StackOverflow,
    /// Its answer is larger than it may be, cannot be read, or has a value that the contract forbids.
    BadOutput {
        /// JSON Pointer into the answer, and the problem there. Never quotes the answer.
        at: String,
    },
    /// It did not get a place in time; nothing ran.
    Saturated,
}

impl<T> Ending<T> {
    /// The kind of ending, as metrics and logs name it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Answer(_) => "answer",
            Self::GuestError(_) => "guest-error",
            Self::Trap(_) => "trap",
            Self::Deadline => "deadline",
            Self::Memory { .. } => "memory",
            Self::StackOverflow => "stack-overflow",
            Self::BadOutput { .. } => "bad-output",
            Self::Saturated => "saturated",
        }
    }

    /// The fault, if the plugin neither answered nor refused.
    #[must_use]
    pub fn fault(&self) -> Option<Fault> {
        match self {
            Self::Answer(_) | Self::GuestError(_) => None,
            Self::Trap(_) => Some(Fault::Trap),
            Self::Deadline => Some(Fault::Deadline),
            Self::Memory { .. } => Some(Fault::Memory),
            Self::StackOverflow => Some(Fault::StackOverflow),
            Self::BadOutput { .. } => Some(Fault::BadOutput),
            Self::Saturated => Some(Fault::Saturated),
        }
    }

    /// Reads what a guest's run came to. The meter knows what was refused; a guest that is refused memory
    /// then aborts, which looks like any other trap.
    pub(crate) fn of(outcome: Result<Result<T, PlanError>, Failure>, meter: &Meter) -> Self {
        let error = match outcome {
            Ok(Ok(answer)) => return Self::Answer(answer),
            Ok(Err(error)) => return Self::GuestError(error),
            Err(Failure::Answer(Misfit { at, problem })) => {
                return Self::BadOutput { at: format!("{at}: {problem}") };
            }
            Err(Failure::Call(error)) => error,
        };
        if error.is::<PoolConcurrencyLimitError>() {
            return Self::Saturated;
        }
        match (error.downcast_ref::<Trap>(), meter.memory_refused) {
            (Some(Trap::Interrupt), _) => Self::Deadline,
            (Some(Trap::StackOverflow), _) => Self::StackOverflow,
            (Some(Trap::UnreachableCodeReached) | None, Some(wanted)) => Self::Memory { wanted },
            (Some(trap), _) => Self::Trap(code(*trap)),
            // The engine's own words are left out: they may quote the answer.
            (None, None) => Self::BadOutput { at: ": too large or not readable".to_owned() },
        }
    }
}

/// The kind of ending only: an answer and an error in a guest's own words may quote a member.
impl<T> fmt::Debug for Ending<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trap(code) => write!(formatter, "trap ({code})"),
            Self::Memory { wanted } => write!(formatter, "memory ({wanted} bytes)"),
            Self::BadOutput { at } => write!(formatter, "bad-output ({at})"),
            other => formatter.write_str(other.code()),
        }
    }
}

/// Fault that stopped a plugin, as a record keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The plugin trapped: [`Ending::Trap`].
    Trap,
    /// It used its processor time up: [`Ending::Deadline`].
    Deadline,
    /// It asked for too much memory: [`Ending::Memory`].
    Memory,
    /// Its calls went too deep: [`Ending::StackOverflow`].
    StackOverflow,
    /// Its answer could not be read: [`Ending::BadOutput`].
    BadOutput,
    /// No place was free for the call: [`Ending::Saturated`].
    Saturated,
}

impl Fault {
    /// True if asking again may end otherwise: time, the machine's load or the compiler had a part in it.
    #[must_use]
    pub fn may_differ_on_replay(self) -> bool {
        matches!(self, Self::Deadline | Self::Saturated | Self::StackOverflow)
    }
}

fn code(trap: Trap) -> &'static str {
    match trap {
        Trap::UnreachableCodeReached => "unreachable",
        Trap::MemoryOutOfBounds | Trap::HeapMisaligned => "out-of-bounds-memory",
        Trap::TableOutOfBounds => "out-of-bounds-table",
        Trap::IndirectCallToNull => "call-to-null",
        Trap::BadSignature => "call-of-wrong-type",
        Trap::IntegerOverflow => "integer-overflow",
        Trap::IntegerDivisionByZero => "division-by-zero",
        Trap::BadConversionToInteger => "bad-conversion-to-integer",
        _ => "other",
    }
}
