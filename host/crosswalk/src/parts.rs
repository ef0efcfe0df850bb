//! The two things that only a running process has: a clock and fresh ids.

use domain::time::{Clock, Ids, whole_milliseconds};
use jiff::Timestamp;
use uuid::Uuid;

/// The machine's clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that may read the system clock")]
    fn now(&self) -> Timestamp {
        whole_milliseconds(Timestamp::now())
    }
}

/// A clock that runs, from another day on.
pub(crate) struct ShiftedClock {
    /// Added to the machine's clock, in milliseconds.
    by_ms: i64,
}

impl ShiftedClock {
    /// A clock that says `start` now.
    pub(crate) fn starting_at(start: Timestamp) -> Self {
        Self { by_ms: start.as_millisecond() - SystemClock.now().as_millisecond() }
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        let now = SystemClock.now().as_millisecond().saturating_add(self.by_ms);
        Timestamp::from_millisecond(now).unwrap_or(Timestamp::MAX)
    }
}

/// Time-ordered ids for rows, random ones for secrets.
pub(crate) struct SystemIds;

impl Ids for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "the one place that makes row ids")]
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that makes secrets")]
    fn random(&self) -> Uuid {
        Uuid::new_v4()
    }
}

/// Now, by the machine's clock.
pub(crate) fn now() -> Timestamp {
    SystemClock.now()
}
