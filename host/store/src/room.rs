//! Room for what is to be written, as the last commands found it.
//!
//! A full disk may still take a small row, such as a node's own, while every command fails. So what a command
//! found no room for is remembered, and whether there is room again is tried with as much.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::unit::{Value, instant, text};
use crate::{Statement, StoreError};

/// Time for which a command's failure stands by itself. After that a trial decides.
const STANDS: Duration = Duration::from_secs(3);
/// The trial is at least and at most so large.
const LEAST_BYTES: usize = 64 << 10;
const MOST_BYTES: usize = 8 << 20;

const SEEN: &str = "
    insert into nodes (id, last_seen) values ($1, $2)
    on conflict (id) do update set last_seen = excluded.last_seen, room = null";

const PROBE: &str = "
    insert into nodes (id, last_seen, room) values ($1, $2, $3)
    on conflict (id) do update set last_seen = excluded.last_seen, room = excluded.room";

/// Room on the record's disk, as the last commands found it.
#[derive(Default)]
pub(crate) struct Room {
    lacking: Mutex<Option<Lack>>,
}

#[derive(Clone, Copy)]
struct Lack {
    since: Instant,
    bytes: usize,
}

impl Room {
    /// A command of this size found no room.
    pub(crate) fn lacks(&self, bytes: usize) {
        let mut lacking = self.lacking.lock().unwrap_or_else(PoisonError::into_inner);
        let most = lacking.map_or(0, |lack| lack.bytes).max(bytes).clamp(LEAST_BYTES, MOST_BYTES);
        *lacking = Some(Lack { since: Instant::now(), bytes: most });
    }

    /// Bytes that there was no room for, if any.
    pub(crate) fn lacking(&self) -> Option<usize> {
        self.lacking.lock().unwrap_or_else(PoisonError::into_inner).map(|lack| lack.bytes)
    }

    /// Refuses while a command's failure stands by itself.
    pub(crate) fn still_lacks(&self) -> Result<(), StoreError> {
        let lacking = *self.lacking.lock().unwrap_or_else(PoisonError::into_inner);
        match lacking {
            Some(lack) if lack.since.elapsed() < STANDS => {
                Err(StoreError::NoRoom("a command found none a moment ago".to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// There is room again.
    pub(crate) fn found(&self) {
        *self.lacking.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// The node was there; what it had taken on trial is given back.
pub(crate) fn seen(node: &str, now: Timestamp) -> Statement {
    Statement::any(SEEN, vec![text(node), instant(now)])
}

/// Takes `bytes` on trial.
pub(crate) fn probe(node: &str, now: Timestamp, bytes: usize) -> Statement {
    Statement::any(PROBE, vec![text(node), instant(now), Value::Bytes(Some(noise(bytes)))])
}

/// Bytes that no database can make fewer of.
fn noise(bytes: usize) -> Vec<u8> {
    // Marsaglia's xorshift with the shifts 13, 7 and 17; any state but zero will do.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    };
    std::iter::repeat_with(next).take(bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_that_found_no_room_is_tried() {
        let room = Room::default();
        assert_eq!(room.lacking(), None);
        room.lacks(1);
        assert_eq!(room.lacking(), Some(LEAST_BYTES));
        room.lacks(1 << 20);
        room.lacks(1);
        assert_eq!(room.lacking(), Some(1 << 20));
        assert!(room.still_lacks().is_err());
        room.found();
        assert!(room.lacking().is_none() && room.still_lacks().is_ok());
        room.lacks(usize::MAX);
        assert_eq!(room.lacking(), Some(MOST_BYTES));
    }
}
