//! Answers already given, so that asking twice does nothing twice.
//!
//! The row is written in the unit of the effect itself: either both are there or neither. Of several who come
//! with the same key at once, one commits; the others get [`StoreError::AlreadyDone`] and find its answer
//! here.

use domain::identifiers::{Digest, OrgId};
use jiff::Timestamp;

use crate::row::{Columns, row};
use crate::unit::{bytes, instant, int, maybe_text, text};
use crate::{Miss, Scope, Statement, Store, StoreError};

const FIND: &str = "
    select organization, fingerprint, status, headers, body, at from idempotency
    where organization = $1 and operation = $2 and key = $3";

const INSERT: &str = "
    insert into idempotency (organization, operation, key, fingerprint, status, headers, body, at)
    values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (organization, operation, key) do nothing";

/// An answer that was given. Has no `Debug`: its body may be about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// Of what was asked: the same key with another one is a mistake.
    pub fingerprint: Digest,
    /// HTTP status of the answer.
    pub status: u16,
    /// Chosen headers, as JSON.
    pub headers: String,
    /// Body of the answer, byte for byte.
    pub body: Vec<u8>,
    /// Instant of the answer (UTC).
    pub at: Timestamp,
}

/// The answer that the caller's organization got for a key.
pub async fn find(
    store: &Store,
    scope: &Scope,
    operation: &str,
    key: &str,
) -> Result<Option<Answer>, StoreError> {
    let values = vec![maybe_text(scope.organization()), text(operation), text(key)];
    store.one::<Row>(FIND, values).await?.map(Answer::try_from).transpose()
}

/// Adds an answer; [`StoreError::AlreadyDone`] if the key has one. First in its unit, it costs least where it
/// is late.
pub fn insert(organization: OrgId, operation: &str, key: &str, answer: &Answer) -> Statement {
    Statement::one(
        Miss::AlreadyDone,
        INSERT,
        vec![
            text(organization),
            text(operation),
            text(key),
            text(answer.fingerprint),
            int(i64::from(answer.status)),
            text(&answer.headers),
            bytes(&answer.body),
            instant(answer.at),
        ],
    )
}

row! {
    struct Row {
        organization: String,
        fingerprint: String,
        status: i64,
        headers: String,
        body: Vec<u8>,
        at: i64,
    }
}

impl TryFrom<Row> for Answer {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "idempotency", id: &row.organization };
        Ok(Self {
            fingerprint: columns.parse("fingerprint", &row.fingerprint)?,
            status: columns.number("status", row.status)?,
            at: columns.instant("at", row.at)?,
            headers: row.headers,
            body: row.body,
        })
    }
}
