//! Session of one command: a connection and the answers that were read ahead, kept between its reads.
//!
//! A command makes some ten reads, and each would take a connection from among those that are free.
//! Within [`hold`] a read leaves its connection for the next. Whoever is about to wait for something else
//! gives it back with [`let_go`]: connections are few, and nobody may keep one while a plugin computes. A
//! read of SQLite is over before anybody could wait, and keeps nothing.

use std::cell::RefCell;
use std::future::Future;
use std::sync::Arc;

use crate::StoreError;
use crate::ahead::{Foretold, Read, Rows, unread};
use crate::postgres::{Lent, Pools};

tokio::task_local! {
    static HELD: RefCell<Held>;
}

/// Everything that a command keeps.
#[derive(Default)]
struct Held {
    connection: Option<Kept>,
    ahead: Vec<(Read, Rows)>,
}

/// A connection between two reads, with the pools that it is of: after a failover there are others, and it is
/// of no more use.
pub(crate) struct Kept {
    of: Arc<Pools>,
    connection: Option<Lent>,
}

impl Kept {
    /// Keeps a connection of a pool's readers, whose last answer was read.
    pub(crate) fn new(of: Arc<Pools>, connection: Lent) -> Self {
        Self { of, connection: Some(connection) }
    }

    /// The connection, if it is of these pools.
    pub(crate) fn of(mut self, pools: &Arc<Pools>) -> Option<Lent> {
        self.connection.take_if(|_| Arc::ptr_eq(&self.of, pools))
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.of.give_back(connection);
        }
    }
}

/// Does something whose reads are, one after the other, of one connection.
pub(crate) async fn hold<F: Future>(doing: F) -> F::Output {
    HELD.scope(RefCell::default(), doing).await
}

/// The connection that the read before left, if it left one.
pub(crate) fn take() -> Option<Kept> {
    HELD.try_with(|held| held.borrow_mut().connection.take()).ok().flatten()
}

/// Leaves a connection for the next read. Where nothing is held it goes back to its pool.
pub(crate) fn keep(kept: Kept) {
    // Outside of `hold` there is no place for it, and what cannot be placed is dropped, which gives it back.
    let _ = HELD.try_with(move |held| held.borrow_mut().connection.replace(kept));
}

/// Gives the connection back, if one is held.
pub(crate) fn let_go() {
    drop(take());
}

/// True if answers that are read ahead have a place to be kept.
pub(crate) fn holds() -> bool {
    HELD.try_with(|_| ()).is_ok()
}

/// Keeps answers for the reads that come.
pub(crate) fn foretell(answers: impl IntoIterator<Item = (Read, Rows)>) {
    let _ = HELD.try_with(|held| held.borrow_mut().ahead.extend(answers));
}

/// The answer to a read, if it was read ahead.
pub(crate) fn foretold<T: Foretold>(read: &Read) -> Option<Result<Vec<T>, StoreError>> {
    let found = |held: &RefCell<Held>| {
        let held = held.borrow();
        let (_, rows) = held.ahead.iter().find(|(ahead, _)| ahead == read)?;
        Some(rows.iter().map(|row| T::foretold(row).ok_or_else(unread)).collect())
    };
    HELD.try_with(found).ok().flatten()
}

/// Forgets what was read ahead: something is about to change.
pub(crate) fn forget() {
    let _ = HELD.try_with(|held| held.borrow_mut().ahead.clear());
}
