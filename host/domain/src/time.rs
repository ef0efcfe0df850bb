//! Sources of time and of fresh ids. Both are handed in, so that every rule can be tested on any day.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// Tells the time, in whole milliseconds.
pub trait Clock: Send + Sync {
    /// Instant of now (UTC).
    fn now(&self) -> Timestamp;
}

/// Gives out ids that nothing else has.
pub trait Ids: Send + Sync {
    /// The next one. Later ones sort after earlier ones, so that lists are in the order of arrival.
    fn next(&self) -> Uuid;

    /// One that nobody can guess, for secrets and numbers.
    fn random(&self) -> Uuid;
}

/// A clock that stands still until a test or a rehearsal moves it.
#[derive(Debug)]
pub struct ManualClock {
    milliseconds: AtomicI64,
}

impl ManualClock {
    /// Stands at an instant written as RFC 3339, such as `2026-03-01T09:00:00Z`.
    ///
    /// # Panics
    /// When the text is no instant: it is written in the source, not read from input.
    #[must_use]
    pub fn at(instant: &str) -> Self {
        let instant: Timestamp = instant.parse().expect("a manual clock starts at an RFC 3339 instant");
        Self { milliseconds: AtomicI64::new(instant.as_millisecond()) }
    }

    /// Moves on by `step`, or back where it is negative.
    pub fn advance(&self, step: SignedDuration) {
        let milliseconds = i64::try_from(step.as_millis()).unwrap_or(i64::MAX);
        self.milliseconds.fetch_add(milliseconds, Ordering::SeqCst);
    }

    /// Jumps to the given `instant`.
    pub fn set(&self, instant: Timestamp) {
        self.milliseconds.store(instant.as_millisecond(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.milliseconds.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
    }
}

/// Ids that count from 1, so that a test's expectations stay the same.
#[derive(Debug, Default)]
pub struct CountedIds {
    given: AtomicU64,
}

impl Ids for CountedIds {
    fn next(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.given.fetch_add(1, Ordering::SeqCst)) + 1)
    }

    fn random(&self) -> Uuid {
        self.next()
    }
}

/// The same instant without what is smaller than a millisecond, as instants are stored.
#[must_use]
pub fn whole_milliseconds(instant: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(instant.as_millisecond()).unwrap_or(instant)
}

/// The calendar day in the state's time zone.
#[must_use]
pub fn pacific_day(instant: Timestamp) -> Date {
    instant.to_zoned(PACIFIC.clone()).date()
}

/// The last millisecond of a calendar day in the state's time zone: when a clock that counts days runs out.
#[must_use]
pub fn pacific_end_of_day(day: Date) -> Timestamp {
    // Only the last day that can be written at all has no such instant.
    day.at(23, 59, 59, 999_000_000)
        .to_zoned(PACIFIC.clone())
        .map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

/// The time zone of every county here.
static PACIFIC: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::get("America/Los_Angeles").expect("the time zone database is compiled in"));

#[cfg(test)]
mod tests;
