//! Shadow runs: what a candidate would have answered to what its plan was really asked.

use domain::identifiers::{CaseId, Digest, EvaluationId, OrgId, PlanId, ShadowRunId};
use domain::words;
use jiff::Timestamp;

use crate::evaluations::Evaluation;
use crate::page::one_more;
use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{instant, int, text};
use crate::{Miss, Page, Scope, Statement, Store, StoreError};

macro_rules! columns {
    () => {
        "select id, plan, digest, state, wanted, next_at, next_id, until_at, share_percent, compared, report,
            asked_at, asked_by, touched_at, version
        from shadow_runs "
    };
}

const FIND: &str = concat!(columns!(), "where id = $4 and (plan = $2 or $3 = 1)");
const LIST: &str =
    concat!(columns!(), "where plan = $4 and (plan = $2 or $3 = 1) and id < $5 order by id desc limit $6");
/// The same of one candidate. A plan has few runs, so that they need no index of their own.
const LIST_OF_CANDIDATE: &str = concat!(
    columns!(),
    "where plan = $4 and (plan = $2 or $3 = 1) and id < $5 and digest = $7 order by id desc limit $6"
);
/// For the duty that goes on with what a node left; nobody else asks for everybody's.
const LEFT: &str = concat!(
    columns!(),
    "where state = 'running' and (touched_at < $1 or touched_at > $3) order by touched_at, id limit $2"
);

const INSERT: &str = "
    insert into shadow_runs (id, plan, digest, state, wanted, next_at, next_id, until_at, share_percent, compared, report,
        asked_at, asked_by, touched_at, version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1)";

/// Only over the version that was read: of two nodes that go on with a run, one loses.
const UPDATE: &str = "
    update shadow_runs set state = $3, next_at = $4, next_id = $5, compared = $6, report = $7, touched_at = $8,
        version = version + 1
    where id = $1 and version = $2";

const INSERT_CHANGE: &str = "insert into shadow_changes (run, number, evaluation, case_id, cause, body) values ($1, $2, $3, $4, $5, $6)";

const CHANGES: &str = "
    select s.run, s.number, s.evaluation, s.case_id, s.cause, s.body
    from shadow_changes s join shadow_runs r on r.id = s.run
    where s.run = $4 and (r.plan = $2 or $3 = 1) and s.number > $5 order by s.number limit $6";

/// The same of one cause, by the index that has cause before number.
const CHANGES_OF_CAUSE: &str = "
    select s.run, s.number, s.evaluation, s.case_id, s.cause, s.body
    from shadow_changes s join shadow_runs r on r.id = s.run
    where s.run = $4 and (r.plan = $2 or $3 = 1) and s.number > $5 and s.cause = $7 order by s.number limit $6";

/// A plan's own questions and answers, the oldest first. The candidate is the plan's, and so is what it sees.
const ASKED: &str = "
    select e.id, e.case_id, e.plan, e.digest, e.operation, e.ending, e.input, e.output, e.duration_us,
        e.memory_bytes, e.cpu_ticks, e.at, e.history_complete, e.open_cases_complete
    from evaluations e
    where e.plan = $4 and (e.plan = $2 or $3 = 1) and (e.at, e.id) > ($5, $6) and e.at <= $7
    order by e.at, e.id limit $8";

/// Begin of the last `$5` of a plan's evaluations, and their number.
const BEGINNING: &str = "
    select coalesce(min(at), 0), count(*) from (
        select e.at from evaluations e
        where e.plan = $4 and (e.plan = $2 or $3 = 1) and e.at > $6 and e.at <= $7
        order by e.at desc, e.id desc limit $5) newest";

words! {
    /// State of a shadow run.
    pub enum RunState {
        /// The run goes on.
        Running = "running",
        /// All evaluations were compared.
        Done = "done",
        /// Somebody stopped the run.
        Cancelled = "cancelled",
    }
}

/// One shadow run of a candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShadowRun {
    /// Id of the run.
    pub id: ShadowRunId,
    /// Plan that asked for it.
    pub plan: PlanId,
    /// SHA-256 of the candidate's component.
    pub digest: Digest,
    /// State of the run.
    pub state: RunState,
    /// Number of evaluations that it is to compare.
    pub wanted: u64,
    /// The last evaluation that was compared: when it was made, and its id.
    pub next: (Timestamp, String),
    /// Evaluations after this are not looked at. In the future for a run that goes along with what is
    /// decided.
    pub until: Timestamp,
    /// Evaluations of a hundred that are compared: 1 to 100.
    pub share_percent: u8,
    /// Number of evaluations that were compared.
    pub compared: u64,
    /// Findings so far, as JSON.
    pub report: String,
    /// Instant of the request (UTC).
    pub asked_at: Timestamp,
    /// Organization that asked for it.
    pub asked_by: OrgId,
    /// Instant at which a node last worked on it (UTC).
    pub touched_at: Timestamp,
    /// Version, for compare-and-set.
    pub version: i64,
}

/// One evaluation that the candidate would have made otherwise.
#[derive(Clone, PartialEq, Eq)]
pub struct ShadowChange {
    /// Shadow run that found it.
    pub run: ShadowRunId,
    /// Its number in the run, from 1.
    pub number: u64,
    /// The evaluation that was made.
    pub evaluation: EvaluationId,
    /// Case that was decided.
    pub case: CaseId,
    /// Id of what the answers differ by.
    pub cause: String,
    /// Both answers side by side, as JSON.
    pub body: String,
}

/// Shadow run of this id, if the scope sees it.
pub async fn find(store: &Store, scope: &Scope, id: ShadowRunId) -> Result<Option<ShadowRun>, StoreError> {
    let row = store.one::<Row>(FIND, values(scope.institutions(), [text(id)])).await?;
    row.map(ShadowRun::try_from).transpose()
}

/// A plan's runs before `before`, newest first: all, or those of one candidate.
pub async fn list(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    candidate: Option<&Digest>,
    before: Option<ShadowRunId>,
    limit: u32,
) -> Result<Page<ShadowRun, ShadowRunId>, StoreError> {
    // After every id there is.
    let before = before.map_or_else(|| text("~"), text);
    let mut values = values(scope.institutions(), [text(plan), before, one_more(limit)]);
    let sql = if candidate.is_some() { LIST_OF_CANDIDATE } else { LIST };
    values.extend(candidate.map(text));
    let rows = store.all::<Row>(sql, values).await?;
    Ok(Page::cut(read_all(rows)?, limit, |run: &ShadowRun| run.id))
}

/// Runs that nobody has worked on since `before`; one that seems to be worked on after `now` was, by a clock
/// that was ahead.
pub async fn left(
    store: &Store,
    before: Timestamp,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<ShadowRun>, StoreError> {
    read_all(store.all::<Row>(LEFT, vec![instant(before), int(i64::from(limit)), instant(now)]).await?)
}

/// Begin of the last `most` evaluations of a plan in a span (after its begin, until its end), and their
/// number.
pub async fn beginning(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    most: u32,
    span: (Timestamp, Timestamp),
) -> Result<(Timestamp, u64), StoreError> {
    let own = [text(plan), int(i64::from(most)), instant(span.0), instant(span.1)];
    let found = store.one::<(i64, i64)>(BEGINNING, values(scope.institutions(), own)).await?;
    let (at, count) = found.unwrap_or_default();
    let columns = Columns { table: "evaluations", id: "beginning" };
    Ok((columns.instant("at", at)?, columns.number("count", count)?))
}

/// The plan's evaluations after `after` and until `until`, oldest first.
pub async fn asked(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    after: &(Timestamp, String),
    until: Timestamp,
    limit: u32,
) -> Result<Vec<Evaluation>, StoreError> {
    let own = [text(plan), instant(after.0), text(&after.1), instant(until), int(i64::from(limit))];
    read_all(store.all::<crate::evaluations::Row>(ASKED, values(scope.institutions(), own)).await?)
}

/// A run's changes after number `after`, in their order: all, or those of one cause.
pub async fn changes(
    store: &Store,
    scope: &Scope,
    run: ShadowRunId,
    cause: Option<&str>,
    after: u64,
    limit: u32,
) -> Result<Page<ShadowChange, u64>, StoreError> {
    let own = [text(run), int(i64::try_from(after).unwrap_or(i64::MAX)), one_more(limit)];
    let mut values = values(scope.institutions(), own);
    let sql = if cause.is_some() { CHANGES_OF_CAUSE } else { CHANGES };
    values.extend(cause.map(text));
    let rows = store.all::<ChangeRow>(sql, values).await?;
    Ok(Page::cut(read_all(rows)?, limit, |change: &ShadowChange| change.number))
}

/// Statement that adds a run.
pub fn insert(run: &ShadowRun) -> Statement {
    let count = |number: u64| int(i64::try_from(number).unwrap_or(i64::MAX));
    Statement::one(
        Miss::Duplicate,
        INSERT,
        vec![
            text(run.id),
            text(&run.plan),
            text(run.digest),
            text(run.state.name()),
            count(run.wanted),
            instant(run.next.0),
            text(&run.next.1),
            instant(run.until),
            int(i64::from(run.share_percent)),
            count(run.compared),
            text(&run.report),
            instant(run.asked_at),
            text(run.asked_by),
            instant(run.touched_at),
        ],
    )
}

/// Saves a run over the version that was read; [`StoreError::Conflict`] if it moved on meanwhile.
pub fn update(run: &ShadowRun) -> Statement {
    Statement::one(
        Miss::Conflict,
        UPDATE,
        vec![
            text(run.id),
            int(run.version),
            text(run.state.name()),
            instant(run.next.0),
            text(&run.next.1),
            int(i64::try_from(run.compared).unwrap_or(i64::MAX)),
            text(&run.report),
            instant(run.touched_at),
        ],
    )
}

/// Statement that adds a change.
pub fn insert_change(change: &ShadowChange) -> Statement {
    Statement::one(
        Miss::Duplicate,
        INSERT_CHANGE,
        vec![
            text(change.run),
            int(i64::try_from(change.number).unwrap_or(i64::MAX)),
            text(change.evaluation),
            text(change.case),
            text(&change.cause),
            text(&change.body),
        ],
    )
}

row! {
    struct Row {
        id: String,
        plan: String,
        digest: String,
        state: String,
        wanted: i64,
        next_at: i64,
        next_id: String,
        until_at: i64,
        share_percent: i64,
        compared: i64,
        report: String,
        asked_at: i64,
        asked_by: String,
        touched_at: i64,
        version: i64,
    }
}

impl TryFrom<Row> for ShadowRun {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "shadow_runs", id: &row.id };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            plan: columns.parse("plan", &row.plan)?,
            digest: columns.parse("digest", &row.digest)?,
            state: columns.word("state", &row.state, RunState::named)?,
            wanted: columns.number("wanted", row.wanted)?,
            next: (columns.instant("next_at", row.next_at)?, row.next_id),
            until: columns.instant("until_at", row.until_at)?,
            share_percent: columns.number("share_percent", row.share_percent)?,
            compared: columns.number("compared", row.compared)?,
            asked_at: columns.instant("asked_at", row.asked_at)?,
            asked_by: columns.parse("asked_by", &row.asked_by)?,
            touched_at: columns.instant("touched_at", row.touched_at)?,
            version: row.version,
            report: row.report,
        })
    }
}

row! {
    struct ChangeRow {
        run: String,
        number: i64,
        evaluation: String,
        case_id: String,
        cause: String,
        body: String,
    }
}

impl TryFrom<ChangeRow> for ShadowChange {
    type Error = StoreError;

    fn try_from(row: ChangeRow) -> Result<Self, StoreError> {
        let columns = Columns { table: "shadow_changes", id: &row.run };
        Ok(Self {
            run: columns.parse("run", &row.run)?,
            number: columns.number("number", row.number)?,
            evaluation: columns.parse("evaluation", &row.evaluation)?,
            case: columns.parse("case_id", &row.case_id)?,
            cause: row.cause,
            body: row.body,
        })
    }
}
