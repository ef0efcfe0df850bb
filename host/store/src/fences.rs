//! Fences of counts: what was counted before something was admitted must be so when it is kept.
//!
//! Whoever counts reads the revision first, and whoever adds to what is counted [`pass`]es: of two that
//! counted the same, the second finds another revision and counts again.

use crate::unit::{int, text};
use crate::{Miss, Statement};

/// A first passage makes the row; a later one needs the revision that was read.
const PASS: &str = "
    insert into fences (subject, revision) values ($1, $2)
    on conflict (subject) do update set revision = excluded.revision where fences.revision = $3";

/// Raises the revision that was read; [`StoreError::Conflict`](crate::StoreError::Conflict) if somebody
/// passed since.
pub fn pass(subject: &str, revision: i64) -> Statement {
    Statement::one(Miss::Conflict, PASS, vec![text(subject), int(revision.saturating_add(1)), int(revision)])
}
