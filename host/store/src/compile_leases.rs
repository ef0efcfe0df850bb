//! Leases of uploads that are being compiled. A process holds what it compiles for a few seconds and renews
//! that; one that ends stops renewing, and another takes over. What it held the longest while ago settles
//! nothing: each holder has a number of its own.
//!
//! Time is the database's: the clocks of two nodes need not agree.

use domain::identifiers::{Digest, PlanId};

use crate::unit::{int, text};
use crate::{Dialects, Miss, Statement, Store, StoreError};

/// Milliseconds that a lease holds if it is not renewed.
pub const LEASE_MS: i64 = 8_000;

/// Milliseconds by the database's clock.
macro_rules! now {
    (sqlite) => {
        "cast(unixepoch('subsec') * 1000 as integer)"
    };
    (postgres) => {
        "cast(extract(epoch from clock_timestamp()) * 1000 as bigint)"
    };
}

/// SQL condition: a lease is not over, and not of a clock that was ahead. `$length` is the place of its
/// length.
macro_rules! is_held {
    ($database:ident, $lease:literal, $length:literal) => {
        concat!(
            $lease,
            ".until_at > ",
            now!($database),
            " and ",
            $lease,
            ".until_at <= ",
            now!($database),
            " + 2 * ",
            $length
        )
    };
}
pub(crate) use {is_held, now};

macro_rules! take {
    ($database:ident) => {
        concat!(
            "insert into compile_leases (plan, digest, node, token, until_at) values ($1, $2, $3, 1, ",
            now!($database),
            " + $4)
            on conflict (plan, digest) do update set node = excluded.node, token = compile_leases.token + 1,
                until_at = excluded.until_at
            where compile_leases.node = excluded.node or not (",
            is_held!($database, "compile_leases", "$4"),
            ")"
        )
    };
}
const TAKE: Dialects = Dialects { sqlite: take!(sqlite), postgres: take!(postgres) };

macro_rules! renew {
    ($database:ident) => {
        concat!(
            "update compile_leases set until_at = ",
            now!($database),
            " + $5 where plan = $1 and digest = $2 and node = $3 and token = $4"
        )
    };
}
const RENEW: Dialects = Dialects { sqlite: renew!(sqlite), postgres: renew!(postgres) };

const HELD_BY: &str = "select token from compile_leases where plan = $1 and digest = $2 and node = $3";
const SETTLE: &str =
    "delete from compile_leases where plan = $1 and digest = $2 and node = $3 and token = $4";
const REMOVE: &str = "delete from compile_leases where plan = $1 and digest = $2";
const GIVE_BACK: &str = "update compile_leases set until_at = 0 where node = $1";

/// A process's claim to compile an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Plan whose component it is.
    pub plan: PlanId,
    /// SHA-256 of the component.
    pub digest: Digest,
    /// Process that holds the lease.
    pub node: String,
    /// Its number among the holders.
    pub token: i64,
}

/// Takes an upload, unless another process holds it: then [`StoreError::Conflict`].
pub fn take(plan: &PlanId, digest: &Digest, node: &str) -> Statement {
    Statement::one(Miss::Conflict, TAKE, vec![text(plan), text(digest), text(node), int(LEASE_MS)])
}

/// The lease that `node` holds of an upload, if it does. A duty's.
pub async fn held_by(
    store: &Store,
    plan: &PlanId,
    digest: &Digest,
    node: &str,
) -> Result<Option<Lease>, StoreError> {
    let row = store.one::<(i64,)>(HELD_BY, vec![text(plan), text(digest), text(node)]).await?;
    Ok(row.map(|(token,)| Lease { plan: plan.clone(), digest: *digest, node: node.to_owned(), token }))
}

/// Holds on to it; [`StoreError::Conflict`] if another process took it.
pub fn renew(lease: &Lease) -> Statement {
    let mut values = held(lease);
    values.push(int(LEASE_MS));
    Statement::one(Miss::Conflict, RENEW, values)
}

/// Ends the lease, in the unit that says what came of it; [`StoreError::Conflict`] if another process took
/// it.
pub fn settle(lease: &Lease) -> Statement {
    Statement::one(Miss::Conflict, SETTLE, held(lease))
}

/// Ends whoever's lease there is: the upload is wanted no more.
pub fn remove(plan: &PlanId, digest: &Digest) -> Statement {
    Statement::any(REMOVE, vec![text(plan), text(digest)])
}

/// Lets other processes take over at once all that `node` holds.
pub fn give_back(node: &str) -> Statement {
    Statement::any(GIVE_BACK, vec![text(node)])
}

fn held(lease: &Lease) -> Vec<crate::Value> {
    vec![text(&lease.plan), text(lease.digest), text(&lease.node), int(lease.token)]
}
