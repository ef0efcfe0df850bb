//! Counts of cases, clocks and decisions, plan by plan: of how many things, and of how many people. What is
//! too small to be shown is for whoever shows it to decide.
//!
//! Each query goes through the plans, one after the other, by the plan's own index of clocks or cases.

use domain::identifiers::PlanId;
use jiff::Timestamp;

use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{instant, int, text};
use crate::{Scope, Store, StoreError};

/// The plans of the scope: all of them for the operator, and a plan itself. What is counted is joined by
/// `o.plan || ''`, which no index of organizations answers: a planner that began with cases or clocks and
/// looked up their plan would read those of all time.
macro_rules! plans {
    () => {
        "organizations o"
    };
}

macro_rules! in_scope {
    () => {
        " o.plan is not null and ($3 = 1 or o.plan = $2)"
    };
}

/// Tallies of `$rows`, which have the columns `plan`, `word`, `member`, and `hit`, 1 for what is in the part.
macro_rules! tallied {
    ($($rows:tt)+) => {
        concat!(
            "select plan, word, count(*) as whole, count(distinct member) as whole_people,
                count(case when hit = 1 then 1 end) as part,
                count(distinct case when hit = 1 then member end) as part_people,
                count(distinct case when hit = 0 then member end) as rest_people
            from (",
            $($rows)+,
            ") counted group by plan, word order by plan, word"
        )
    };
}

/// `$4` and `$5` are the quarter; `$6` lists the clocks, each between commas.
const CLOCKS: &str = tallied!(
    "select o.plan as plan, c.kind as word, c.member as member, case when d.state = 'missed' then 1 else 0 end as hit
    from ",
    plans!(),
    " join deadlines d on d.plan = o.plan || '' and d.state in ('met', 'missed') and d.due_at >= $4 and d.due_at < $5
        and $6 like '%,' || d.rule || ',%'
    join cases c on c.id = d.case_id
    where c.member is not null and",
    in_scope!()
);

/// Decisions on requests for authorization, of requests that came at `$6` or later.
macro_rules! decisions {
    () => {
        concat!(
            plans!(),
            " join cases c on c.plan = o.plan || '' and c.kind = 'authorization'
                and c.state in ('approved', 'partly-approved', 'modified', 'denied')
                and c.received_at >= $6 and c.received_at < $5
            join events e on e.case_id = c.id and e.name in ('approve', 'refuse') and e.at >= $4 and e.at < $5
            where c.member is not null and",
            in_scope!()
        )
    };
}

/// `$7` is the number of milliseconds within which a decision is in the part.
const DECISIONS: &str = tallied!(
    "select o.plan as plan, '' as word, c.member as member,
        case when e.at - c.received_at <= $7 then 1 else 0 end as hit
    from ",
    decisions!()
);

/// By whole days that they took.
const DECISION_DAYS: &str = concat!(
    "select o.plan as plan, (e.at - c.received_at) / 86400000 as days, count(*) as decided from ",
    decisions!(),
    " group by o.plan, (e.at - c.received_at) / 86400000 order by 1, 2"
);

const REFERRALS: &str = tallied!(
    "select o.plan as plan, '' as word, c.member as member, case when exists (
            select 1 from events e where e.case_id = c.id and e.name in ('close', 'refuse', 'redirect')
                and e.at < $5
        ) then 1 else 0 end as hit
    from ",
    plans!(),
    " join cases c on c.plan = o.plan || '' and c.kind = 'referral' and c.received_at >= $4 and c.received_at < $5
    where c.state not in ('joined', 'moved') and c.member is not null and",
    in_scope!()
);

/// Refusals that stand, of cases that came at `$6` or later.
macro_rules! refusals {
    ($word:literal) => {
        tallied!(
            "select o.plan as plan, ",
            $word,
            " as word, c.member as member, 1 as hit
            from ",
            plans!(),
            " join cases c on c.plan = o.plan || '' and c.kind in ('referral', 'authorization')
                and c.state in ('denied', 'not-eligible') and c.received_at >= $6 and c.received_at < $5
            join events e on e.case_id = c.id and e.name = 'refuse' and e.at >= $4 and e.at < $5
            where c.member is not null and",
            in_scope!()
        )
    };
}

const REFUSALS: &str = refusals!("''");
const REFUSALS_BY_CAUSE: &str = refusals!("e.detail");

/// A quarter, and how long before it a case may have come.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// First instant of the quarter (UTC).
    pub begins: Timestamp,
    /// First instant after it (UTC).
    pub ends: Timestamp,
    /// First instant at which a case may have come (UTC).
    pub since: Timestamp,
}

/// A part of a whole at one plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Plan that is counted.
    pub plan: PlanId,
    /// Kind of the case, or the codes of a refusal as JSON; empty where all are counted together.
    pub word: String,
    /// Things that are counted.
    pub whole: u64,
    /// Different people behind them.
    pub whole_people: u64,
    /// Those that are in the part.
    pub part: u64,
    /// Different people behind these.
    pub part_people: u64,
    /// Different people behind those that are not.
    pub rest_people: u64,
}

/// Number of decisions that took so many whole days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaysTaken {
    /// Plan that decided.
    pub plan: PlanId,
    /// Whole days of 24 hours, from receipt.
    pub days: u64,
    /// Number of decisions.
    pub decided: u64,
}

/// Clocks of the rules `rules` that ended in the quarter, by plan and kind of case; those that were missed
/// are the part.
pub async fn clocks(
    store: &Store,
    scope: &Scope,
    span: Span,
    rules: &[&str],
) -> Result<Vec<Tally>, StoreError> {
    let rules = format!(",{},", rules.join(","));
    let own = [instant(span.begins), instant(span.ends), text(rules)];
    read_all(store.all::<Row>(CLOCKS, values(scope.institutions(), own)).await?)
}

/// Decisions on requests for authorization in the quarter, by plan; those within `within_ms` milliseconds of
/// receipt are the part.
pub async fn decisions(
    store: &Store,
    scope: &Scope,
    span: Span,
    within_ms: i64,
) -> Result<Vec<Tally>, StoreError> {
    let own = [instant(span.begins), instant(span.ends), instant(span.since), int(within_ms)];
    read_all(store.all::<Row>(DECISIONS, values(scope.institutions(), own)).await?)
}

/// The same decisions by the days that they took.
pub async fn decision_days(store: &Store, scope: &Scope, span: Span) -> Result<Vec<DaysTaken>, StoreError> {
    let own = [instant(span.begins), instant(span.ends), instant(span.since)];
    read_all(store.all::<DaysRow>(DECISION_DAYS, values(scope.institutions(), own)).await?)
}

/// Referrals that came in the quarter, by plan; those with a known end before its last instant are the part.
pub async fn referrals(store: &Store, scope: &Scope, span: Span) -> Result<Vec<Tally>, StoreError> {
    let own = [instant(span.begins), instant(span.ends)];
    read_all(store.all::<Row>(REFERRALS, values(scope.institutions(), own)).await?)
}

/// Refusals of referrals and requests for authorization in the quarter, by plan. All are the part.
pub async fn refusals(store: &Store, scope: &Scope, span: Span) -> Result<Vec<Tally>, StoreError> {
    let own = [instant(span.begins), instant(span.ends), instant(span.since)];
    read_all(store.all::<Row>(REFUSALS, values(scope.institutions(), own)).await?)
}

/// The same by plan and the codes of the refusal.
pub async fn refusals_by_cause(store: &Store, scope: &Scope, span: Span) -> Result<Vec<Tally>, StoreError> {
    let own = [instant(span.begins), instant(span.ends), instant(span.since)];
    read_all(store.all::<Row>(REFUSALS_BY_CAUSE, values(scope.institutions(), own)).await?)
}

row! {
    struct Row {
        plan: String,
        word: String,
        whole: i64,
        whole_people: i64,
        part: i64,
        part_people: i64,
        rest_people: i64,
    }
}

row! {
    struct DaysRow {
        plan: String,
        days: i64,
        decided: i64,
    }
}

impl TryFrom<Row> for Tally {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "cases", id: &row.plan };
        Ok(Self {
            plan: columns.parse("plan", &row.plan)?,
            whole: columns.number("whole", row.whole)?,
            whole_people: columns.number("whole_people", row.whole_people)?,
            part: columns.number("part", row.part)?,
            part_people: columns.number("part_people", row.part_people)?,
            rest_people: columns.number("rest_people", row.rest_people)?,
            word: row.word,
        })
    }
}

impl TryFrom<DaysRow> for DaysTaken {
    type Error = StoreError;

    fn try_from(row: DaysRow) -> Result<Self, StoreError> {
        let columns = Columns { table: "cases", id: &row.plan };
        Ok(Self {
            plan: columns.parse("plan", &row.plan)?,
            // A clock that was set back makes nothing negative.
            days: columns.number("days", row.days.max(0))?,
            decided: columns.number("decided", row.decided)?,
        })
    }
}
