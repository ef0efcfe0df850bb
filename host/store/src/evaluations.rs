//! Calls of plugins: question and answer, byte for byte, so that each can be asked again.

use domain::identifiers::{CaseId, Digest, EvaluationId, PlanId};
use jiff::Timestamp;

use crate::cases::{sees_case, sees_part};
use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{bytes, instant, int, text};
use crate::{Miss, Scope, Statement, Store, StoreError};

macro_rules! columns {
    () => {
        "select e.id, e.case_id, e.plan, e.digest, e.operation, e.ending, e.input, e.output, e.duration_us,
            e.memory_bytes, e.cpu_ticks, e.at, e.history_complete,
            e.open_cases_complete
        from evaluations e join cases c on c.id = e.case_id where "
    };
}

const FIND: &str = concat!(columns!(), "e.id = $4 and ", sees_case!(), " and ", sees_part!("e.plan"));
const FOR_CASE: &str = concat!(
    columns!(),
    "e.case_id = $4 and ",
    sees_case!(),
    " and ",
    sees_part!("e.plan"),
    " order by e.at desc, e.id desc limit 100"
);

/// `$2` and `$3` are the scope's plan, and 1 for who sees every institution.
const COSTS: &str = "
    select e.digest, e.operation, count(*) as calls,
        sum(case when e.ending in ('answer', 'guest-error') then 0 else 1 end) as faults,
        cast(sum(e.duration_us) as bigint) as duration_us, max(e.duration_us) as longest_us,
        max(e.memory_bytes) as memory_bytes, cast(sum(e.cpu_ticks) as bigint) as cpu_ticks
    from evaluations e
    where e.plan = $4 and e.at > $5 and e.at <= $6 and e.ending <> 'not-asked'
        and (e.plan = $2 or $3 = 1 or e.plan = $1)
    group by e.digest, e.operation order by 5 desc, e.digest, e.operation limit 1000";

const INSERT: &str = "
    insert into evaluations (id, case_id, plan, digest, operation, ending, input, output, duration_us, memory_bytes, at,
        cpu_ticks, history_complete, open_cases_complete)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

/// A call that got no place says nothing about the plugin.
const LAST_ENDINGS: &str = "
    select count(*), coalesce(sum(case when ending in ('answer', 'guest-error') then 0 else 1 end), 0) from (
        select ending from evaluations where plan = $1 and digest = $2 and at >= $3 and ending <> 'saturated'
        order by at desc, id desc limit $4) last_ones";

/// Last answers of a plugin but those to one operation; a question that was never asked has none.
const OUTPUTS: &str = "
    select output from evaluations
    where plan = $1 and digest = $2 and at >= $3 and operation <> $4 and ending not in ('saturated', 'not-asked')
    order by at desc, id desc limit $5";

/// One answer of a plugin. Has no `Debug`: its input is about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// Id of the evaluation.
    pub id: EvaluationId,
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
    /// True if all of the member's open cases with the plan were handed to it.
    pub open_cases_complete: bool,
}

/// One evaluation. In a case that several plans read, a plan finds those of its own rules.
pub async fn find(store: &Store, scope: &Scope, id: EvaluationId) -> Result<Option<Evaluation>, StoreError> {
    let row = store.one::<Row>(FIND, values(scope.people(), [text(id)])).await?;
    row.map(Evaluation::try_from).transpose()
}

/// The evaluations in a case, newest first.
pub async fn for_case(store: &Store, scope: &Scope, case: CaseId) -> Result<Vec<Evaluation>, StoreError> {
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
        let columns = Columns { table: "evaluations", id: &row.digest };
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

/// Last answers of a plugin since an instant, at most `most`, newest first; those to the operation `but` are
/// left out. They may be about people, and are for counting.
pub async fn outputs(
    store: &Store,
    plan: &PlanId,
    digest: &Digest,
    since: Timestamp,
    but: &str,
    most: u32,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let own = vec![text(plan), text(digest), instant(since), text(but), int(i64::from(most))];
    let rows = store.all::<(Vec<u8>,)>(OUTPUTS, own).await?;
    Ok(rows.into_iter().map(|(output,)| output).collect())
}

/// Endings of some calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endings {
    /// Number of calls counted.
    pub calls: u32,
    /// Those that ended in a fault.
    pub faults: u32,
}

/// Statement that adds an evaluation.
pub fn insert(evaluation: &Evaluation) -> Statement {
    let number = |number: u64| int(i64::try_from(number).unwrap_or(i64::MAX));
    Statement::one(
        Miss::Duplicate,
        INSERT,
        vec![
            text(evaluation.id),
            text(evaluation.case),
            text(&evaluation.plan),
            text(evaluation.digest),
            text(&evaluation.operation),
            text(&evaluation.ending),
            bytes(&evaluation.input),
            bytes(&evaluation.output),
            number(evaluation.duration_us),
            number(evaluation.memory_bytes),
            instant(evaluation.at),
            number(evaluation.cpu_ticks),
            int(i64::from(evaluation.history_complete)),
            int(i64::from(evaluation.open_cases_complete)),
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
        open_cases_complete: i64,
    }
}

impl TryFrom<Row> for Evaluation {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "evaluations", id: &row.id };
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
            open_cases_complete: row.open_cases_complete == 1,
            operation: row.operation,
            ending: row.ending,
            input: row.input,
            output: row.output,
        })
    }
}
