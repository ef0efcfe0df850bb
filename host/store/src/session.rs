//! One connection for the reads of one command.
//!
//! A pool asks every connection that comes back whether it still lives, so a read that takes one of its own
//! costs two round trips and wakes two more threads; a command makes some ten reads. Within [`hold`] a read
//! leaves its connection for the next. Whoever is about to wait for something else gives it back with
//! [`let_go`]: connections are few, and nobody may keep one while a plugin computes.

use std::cell::RefCell;
use std::future::Future;
use std::sync::Arc;

use sqlx::pool::PoolConnection;

use crate::postgres::Pools;

tokio::task_local! {
    static KEPT: RefCell<Option<Kept>>;
}

/// A connection between two reads, with the pools that it is of: after a failover there are others, and it is
/// of no more use.
pub(crate) enum Kept {
    Sqlite(PoolConnection<sqlx::Sqlite>),
    Postgres(Arc<Pools>, PoolConnection<sqlx::Postgres>),
}

/// Does something whose reads are, one after the other, of one connection.
pub(crate) async fn hold<F: Future>(doing: F) -> F::Output {
    KEPT.scope(RefCell::default(), doing).await
}

/// The connection that the read before left, if it left one.
pub(crate) fn take() -> Option<Kept> {
    KEPT.try_with(RefCell::take).ok().flatten()
}

/// Leaves a connection for the next read. Where nothing is held it goes back to its pool.
pub(crate) fn keep(kept: Kept) {
    // Outside of `hold` there is no place for it, and what cannot be placed is dropped, which gives it back.
    let _ = KEPT.try_with(move |place| place.replace(Some(kept)));
}

/// Gives the connection back, if one is held.
pub(crate) fn let_go() {
    drop(take());
}
