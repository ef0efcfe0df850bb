//! The public halves of the keys that plans sign their plugins with.

use domain::identifiers::{OrgId, PlanId, SigningKeyId};
use jiff::Timestamp;

use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{instant, text};
use crate::{Miss, Scope, Statement, Store, StoreError};

const LIST: &str = "
    select id, plan, public_key, label, created_at, created_by, retired_at from signing_keys
    where plan = $4 and (plan = $2 or $3 = 1) order by created_at, id";

const INSERT: &str = "
    insert into signing_keys (id, plan, public_key, label, created_at, created_by) values ($1, $2, $3, $4, $5, $6)";

const RETIRE: &str =
    "update signing_keys set retired_at = $3 where plan = $1 and id = $2 and retired_at is null";

/// One signing key of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKey {
    /// Id of the signing key.
    pub id: SigningKeyId,
    /// Plan that signs with it.
    pub plan: PlanId,
    /// The 32 bytes of its public half, in hexadecimal.
    pub public_key: String,
    /// Label of the key, such as `release process`.
    pub label: String,
    /// Since when it counts.
    pub created_at: Timestamp,
    /// Organization that registered it.
    pub created_by: OrgId,
    /// Since when it no longer counts.
    pub retired_at: Option<Timestamp>,
}

/// A plan's keys, oldest first.
pub async fn list(store: &Store, scope: &Scope, plan: &PlanId) -> Result<Vec<SigningKey>, StoreError> {
    read_all(store.all::<Row>(LIST, values(scope.institutions(), [text(plan)])).await?)
}

/// Adds a key; [`StoreError::Duplicate`] if the plan has it already.
pub fn insert(key: &SigningKey) -> Statement {
    Statement::one(
        Miss::Duplicate,
        INSERT,
        vec![
            text(key.id),
            text(&key.plan),
            text(&key.public_key),
            text(&key.label),
            instant(key.created_at),
            text(key.created_by),
        ],
    )
}

/// Ends a key; [`StoreError::NotThere`] if the plan has none such that counts.
pub fn retire(plan: &PlanId, id: SigningKeyId, at: Timestamp) -> Statement {
    Statement::one(Miss::NotThere, RETIRE, vec![text(plan), text(id), instant(at)])
}

row! {
    struct Row {
        id: String,
        plan: String,
        public_key: String,
        label: String,
        created_at: i64,
        created_by: String,
        retired_at: Option<i64>,
    }
}

impl TryFrom<Row> for SigningKey {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "signing_keys", id: &row.id };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            plan: columns.parse("plan", &row.plan)?,
            created_at: columns.instant("created_at", row.created_at)?,
            created_by: columns.parse("created_by", &row.created_by)?,
            retired_at: columns.instant_some("retired_at", row.retired_at)?,
            public_key: row.public_key,
            label: row.label,
        })
    }
}
