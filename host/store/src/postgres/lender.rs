//! Connections of one purpose, lent and given back.
//!
//! The pool asks each connection that comes back whether it still lives, which is a round trip for each use.
//! Whoever has just read the last answer of one knows that it does, and leaves it here for whoever comes
//! next. The pool gets it where somebody waits there, and after a second in any case: its lifetimes hold as
//! before.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sqlx::PgPool;
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgConnection;
use tokio::time::Instant;

/// Longest time for which a connection goes from hand to hand without the pool.
const AWAY: Duration = Duration::from_secs(1);

/// Lends connections.
pub(crate) struct Lender {
    pool: PgPool,
    /// Connections that were given back and live.
    left: Mutex<Vec<Lent>>,
    /// Number of those who wait for the pool.
    waiting: AtomicUsize,
}

/// A connection that is somebody's. Dropped, it goes back to the pool.
pub(crate) struct Lent {
    connection: PoolConnection<sqlx::Postgres>,
    /// Instant at which it left the pool.
    since: Instant,
}

impl Lender {
    pub(super) fn of(pool: PgPool) -> Self {
        Self { pool, left: Mutex::default(), waiting: AtomicUsize::new(0) }
    }

    /// A connection, within the pool's own time.
    pub(super) async fn lend(&self) -> Result<Lent, sqlx::Error> {
        if let Some(left) = self.take() {
            return Ok(left);
        }
        let _waits = Waits::of(&self.waiting);
        // Whoever gives one back sees from now on that somebody waits; it may have done so before.
        if let Some(left) = self.take() {
            return Ok(left);
        }
        let connection = self.pool.acquire().await?;
        Ok(Lent { connection, since: Instant::now() })
    }

    /// Takes a connection back whose last answer was read whole.
    pub(super) fn give_back(&self, lent: Lent) {
        if lent.since.elapsed() > AWAY {
            return;
        }
        self.left.lock().unwrap_or_else(PoisonError::into_inner).push(lent);
        if self.pool.is_closed() {
            self.empty();
        } else if self.waiting.load(Ordering::SeqCst) > 0 {
            drop(self.take());
        }
    }

    /// Number of connections that are open, and of those that somebody has.
    pub(super) fn count(&self) -> (u32, u32) {
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner).len();
        let idle = u32::try_from(self.pool.num_idle() + left).unwrap_or(u32::MAX);
        let open = self.pool.size();
        (open, open.saturating_sub(idle))
    }

    /// Closes them all, each when it comes back.
    pub(super) async fn close(&self) {
        let closed = self.pool.close();
        self.empty();
        closed.await;
    }

    fn take(&self) -> Option<Lent> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn empty(&self) {
        let left = std::mem::take(&mut *self.left.lock().unwrap_or_else(PoisonError::into_inner));
        drop(left);
    }
}

impl Lent {
    /// The connection, which is the pool's no more.
    pub(super) fn detach(self) -> PgConnection {
        self.connection.detach()
    }
}

impl Deref for Lent {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}

/// One who waits, for as long as it waits.
struct Waits<'l>(&'l AtomicUsize);

impl<'l> Waits<'l> {
    fn of(count: &'l AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
