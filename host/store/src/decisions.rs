//! Calls of plugins: question and answer, byte for byte, so that each can be asked again.

use domain::identifiers::{CaseId, DecisionId, Digest, PlanId};
use jiff::Timestamp;

use crate::cases::{sees_case, sees_part};
use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{bytes, instant, int, text};
use crate::{Miss, Scope, Statement, Store, StoreError};

macro_rules! columns {
    () => {
        "select d.id, d.case_id, d.plan, d.digest, d.operation, d.ending, d.input, d.output, d.duration_us,
            d.memory_bytes, d.cpu_ticks, d.at, d.history_complete
        from decisions d join cases c on c.id = d.case_id where "
    };
}

const FIND: &str = concat!(columns!(), "d.id = $4 and ", sees_case!(), " and ", sees_part!("d.plan"));
const FOR_CASE: &str = concat!(
    columns!(),
    "d.case_id = $4 and ",
    sees_case!(),
    " and ",
    sees_part!("d.plan"),
    " order by d.at desc, d.id desc limit 100"
);

/// `$2` and `$3` are the scope's plan, and 1 for who sees every institution.
const COSTS: &str = "
    select d.digest, d.operation, count(*) as calls,
        sum(case when d.ending in ('answer', 'guest-error') then 0 else 1 end) as faults,
        cast(sum(d.duration_us) as bigint) as duration_us, max(d.duration_us) as longest_us,
        max(d.memory_bytes) as memory_bytes, cast(sum(d.cpu_ticks) as bigint) as cpu_ticks
    from decisions d
    where d.plan = $4 and d.at > $5 and d.at <= $6 and d.ending <> 'not-asked'
        and (d.plan = $2 or $3 = 1 or d.plan = $1)
    group by d.digest, d.operation order by 5 desc, d.digest, d.operation limit 1000";

const INSERT: &str = "
    insert into decisions (id, case_id, plan, digest, operation, ending, input, output, duration_us, memory_bytes, at,
        cpu_ticks, history_complete)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

/// A call that got no place says nothing about the plugin.
const LAST_ENDINGS: &str = "
    select count(*), coalesce(sum(case when ending in ('answer', 'guest-error') then 0 else 1 end), 0) from (
        select ending from decisions where plan = $1 and digest = $2 and at >= $3 and ending <> 'saturated'
        order by at desc, id desc limit $4) last_ones";

/// One answer of a plugin. Has no `Debug`: its input is about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Decision {
    /// Id of the decision.
    pub id: DecisionId,
    /// The case it was asked about.
    pub case: CaseId,
    /// Plan whose plugin was asked.
    pub plan: PlanId,
    /// SHA-256 of the plugin's component.
    pub digest: Digest,
    /// Operation of the contract, such as `referral.triage`.
    pub operation: String,
    /// Ending of the call: an answer's word, or a fault's.
    pub ending: String,
    /// Bytes of the question.
    pub input: Vec<u8>,
    /// Bytes of the answer.
    pub output: Vec<u8>,
    /// Duration of the call, in microseconds.
    pub duration_us: u64,
    /// Most memory that the call held, in bytes.
    pub memory_bytes: u64,
    /// Ticks of the engine's clock, 10 ms each, that fell into the call.
    pub cpu_ticks: u64,
    /// Instant of the call (UTC).
    pub at: Timestamp,
    /// True if all of the member's history was handed to it that could be.
    pub history_complete: bool,
}

/// One decision. In a case that several plans read, a plan finds those of its own rules.
pub async fn find(store: &Store, scope: &Scope, id: DecisionId) -> Result<Option<Decision>, StoreError> {
    let row = store.one::<Row>(FIND, values(scope.people(), [text(id)])).await?;
    row.map(Decision::try_from).transpose()
}

/// The decisions in a case, newest first.
pub async fn for_case(store: &Store, scope: &Scope, case: CaseId) -> Result<Vec<Decision>, StoreError> {
    read_all(store.all::<Row>(FOR_CASE, values(scope.people(), [text(case)])).await?)
}

/// Cost of one operation of one plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// SHA-256 of the plugin's component.
    pub digest: Digest,
    /// Operation of the contract.
    pub operation: String,
    /// Number of calls.
    pub calls: u64,
    /// Number of calls without an answer.
    pub faults: u64,
    /// Time of all calls, in microseconds.
    pub duration_us: u64,
    /// Time of the longest.
    pub longest_us: u64,
    /// The most memory that a call took.
    pub memory_bytes: u64,
    /// Ticks of the engine's clock, 10 ms each, that fell into the calls.
    pub cpu_ticks: u64,
}

/// Costs of a plan's plugins after `after` and until `until`, the highest first; at most 1,000 lines.
pub async fn costs(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    after: Timestamp,
    until: Timestamp,
) -> Result<Vec<Cost>, StoreError> {
    let own = [text(plan), instant(after), instant(until)];
    read_all(store.all::<CostRow>(COSTS, values(scope.institutions(), own)).await?)
}

row! {
    struct CostRow {
        digest: String,
        operation: String,
        calls: i64,
        faults: i64,
        duration_us: i64,
        longest_us: i64,
        memory_bytes: i64,
        cpu_ticks: i64,
    }
}

impl TryFrom<CostRow> for Cost {
    type Error = StoreError;

    fn try_from(row: CostRow) -> Result<Self, StoreError> {
        let columns = Columns { table: "decisions", id: &row.digest };
        Ok(Self {
            digest: columns.parse("digest", &row.digest)?,
            calls: columns.number("calls", row.calls)?,
            faults: columns.number("faults", row.faults)?,
            duration_us: columns.number("duration_us", row.duration_us)?,
            longest_us: columns.number("duration_us", row.longest_us)?,
            memory_bytes: columns.number("memory_bytes", row.memory_bytes)?,
            cpu_ticks: columns.number("cpu_ticks", row.cpu_ticks)?,
            operation: row.operation,
        })
    }
}

/// Number of a plugin's calls on record since an instant, at most `among`, the last ones; and how many of
/// them ended in a fault.
pub async fn faults(
    store: &Store,
    plan: &PlanId,
    digest: &Digest,
    since: Timestamp,
    among: u32,
) -> Result<Endings, StoreError> {
    let own = vec![text(plan), text(digest), instant(since), int(i64::from(among))];
    let (calls, faults) = store.one::<(i64, i64)>(LAST_ENDINGS, own).await?.unwrap_or_default();
    let number = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(Endings { calls: number(calls), faults: number(faults) })
}

/// Endings of some calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endings {
    /// Number of calls counted.
    pub calls: u32,
    /// Those that ended in a fault.
    pub faults: u32,
}

/// Statement that adds a decision.
pub fn insert(decision: &Decision) -> Statement {
    let number = |number: u64| int(i64::try_from(number).unwrap_or(i64::MAX));
    Statement::one(
        Miss::Duplicate,
        INSERT,
        vec![
            text(decision.id),
            text(decision.case),
            text(&decision.plan),
            text(decision.digest),
            text(&decision.operation),
            text(&decision.ending),
            bytes(&decision.input),
            bytes(&decision.output),
            number(decision.duration_us),
            number(decision.memory_bytes),
            instant(decision.at),
            number(decision.cpu_ticks),
            int(i64::from(decision.history_complete)),
        ],
    )
}

row! {
    pub(crate) struct Row {
        id: String,
        case_id: String,
        plan: String,
        digest: String,
        operation: String,
        ending: String,
        input: Vec<u8>,
        output: Vec<u8>,
        duration_us: i64,
        memory_bytes: i64,
        cpu_ticks: i64,
        at: i64,
        history_complete: i64,
    }
}

impl TryFrom<Row> for Decision {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "decisions", id: &row.id };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            case: columns.parse("case_id", &row.case_id)?,
            plan: columns.parse("plan", &row.plan)?,
            digest: columns.parse("digest", &row.digest)?,
            duration_us: columns.number("duration_us", row.duration_us)?,
            memory_bytes: columns.number("memory_bytes", row.memory_bytes)?,
            cpu_ticks: columns.number("cpu_ticks", row.cpu_ticks)?,
            at: columns.instant("at", row.at)?,
            history_complete: row.history_complete == 1,
            operation: row.operation,
            ending: row.ending,
            input: row.input,
            output: row.output,
        })
    }
}
