//! Requests that a plan's rules sent back to their sender. No case came of them, and nothing of them is kept
//! but which fields were named and what the call cost.

use domain::identifiers::{Digest, OrgId, PlanId};
use jiff::Timestamp;

use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{instant, int, list, text};
use crate::{Miss, Scope, Statement, Store, StoreError};

const INSERT: &str = "
    insert into refused_inputs (id, plan, digest, operation, provider_org, fields, duration_us, memory_bytes, cpu_ticks,
        at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// `$2` and `$3` are the scope's plan, and 1 for who sees every institution.
const COUNTS: &str = "
    select r.digest, r.operation, count(*) as calls, cast(sum(r.duration_us) as bigint) as duration_us,
        max(r.duration_us) as longest_us, max(r.memory_bytes) as memory_bytes,
        cast(sum(r.cpu_ticks) as bigint) as cpu_ticks
    from refused_inputs r
    where r.plan = $4 and r.at > $5 and r.at <= $6 and (r.plan = $2 or $3 = 1 or r.plan = $1)
    group by r.digest, r.operation order by r.digest, r.operation limit 1000";

/// One request that went back to its sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedInput {
    /// A key of its own.
    pub id: String,
    /// Whose rules refused it.
    pub plan: PlanId,
    /// SHA-256 of the plugin's component.
    pub digest: Digest,
    /// Operation of the contract.
    pub operation: String,
    /// Provider that had sent the request.
    pub provider_org: OrgId,
    /// The fields that it named, as JSON Pointers.
    pub fields: Vec<String>,
    /// Duration of the call, in microseconds.
    pub duration_us: i64,
    /// Most memory that the call held, in bytes.
    pub memory_bytes: i64,
    /// Ticks of the engine's clock that fell into it.
    pub cpu_ticks: i64,
    /// Instant of the call (UTC).
    pub at: Timestamp,
}

/// Number and cost of the requests that one operation of a plugin refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusals {
    /// SHA-256 of the plugin's component.
    pub digest: Digest,
    /// Operation of the contract.
    pub operation: String,
    /// Number of refusals.
    pub calls: u64,
    /// Time of all calls, in microseconds.
    pub duration_us: u64,
    /// Time of the longest.
    pub longest_us: u64,
    /// The most memory that a call took.
    pub memory_bytes: u64,
    /// Ticks of the engine's clock that fell into the calls.
    pub cpu_ticks: u64,
}

/// Refusals of a plan's plugins after `after` and until `until`; at most 1,000 lines.
pub async fn counts(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    after: Timestamp,
    until: Timestamp,
) -> Result<Vec<Refusals>, StoreError> {
    let own = [text(plan), instant(after), instant(until)];
    read_all(store.all::<Row>(COUNTS, values(scope.institutions(), own)).await?)
}

/// Statement that adds a refused request.
pub fn insert(refused: &RefusedInput) -> Statement {
    Statement::one(
        Miss::Duplicate,
        INSERT,
        vec![
            text(&refused.id),
            text(&refused.plan),
            text(refused.digest),
            text(&refused.operation),
            text(refused.provider_org),
            list(&refused.fields),
            int(refused.duration_us),
            int(refused.memory_bytes),
            int(refused.cpu_ticks),
            instant(refused.at),
        ],
    )
}

row! {
    struct Row {
        digest: String,
        operation: String,
        calls: i64,
        duration_us: i64,
        longest_us: i64,
        memory_bytes: i64,
        cpu_ticks: i64,
    }
}

impl TryFrom<Row> for Refusals {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "refused_inputs", id: &row.digest };
        Ok(Self {
            digest: columns.parse("digest", &row.digest)?,
            calls: columns.number("calls", row.calls)?,
            duration_us: columns.number("duration_us", row.duration_us)?,
            longest_us: columns.number("duration_us", row.longest_us)?,
            memory_bytes: columns.number("memory_bytes", row.memory_bytes)?,
            cpu_ticks: columns.number("cpu_ticks", row.cpu_ticks)?,
            operation: row.operation,
        })
    }
}
