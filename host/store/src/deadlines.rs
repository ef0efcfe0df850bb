//! Running clocks. Each is settled once: met, missed, cancelled or lapsed.

use domain::identifiers::{CaseId, DeadlineId, OrgId, PlanId};
use domain::statute::ClockId;
use domain::words;
use jiff::Timestamp;

use crate::cases::{sees_case, sees_part};
use crate::page::one_more;
use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{instant, int, maybe_instant, maybe_text, text};
use crate::{Miss, Page, Scope, Seat, Statement, Store, StoreError};

macro_rules! columns {
    () => {
        "select d.id, d.case_id, d.plan, d.provider_org, d.assigned_org, d.rule, d.started_at, d.due_at, d.state, d.settled_at
        from deadlines d "
    };
}

/// For the duty that watches clocks; nobody else asks for everybody's.
const DUE: &str =
    concat!(columns!(), "where d.state = 'open' and d.due_at <= $1 order by d.due_at, d.id limit $2");

const FOR_CASE: &str = concat!(
    columns!(),
    "join cases c on c.id = d.case_id where d.case_id = $4 and ",
    sees_case!(),
    " and ",
    sees_part!("d.plan"),
    " order by d.started_at, d.id limit 200"
);

/// Two halves, each with its own index: what the provider sent, and what it delivers for another.
const FOR_PROVIDER: &str = concat!(
    "select * from (",
    columns!(),
    "where d.provider_org = $1 and d.state = $2 and (d.due_at, d.id) > ($3, $4) order by d.due_at, d.id limit $5) one
    union all select * from (",
    columns!(),
    "where d.assigned_org = $1 and d.provider_org <> $1 and d.state = $2 and (d.due_at, d.id) > ($3, $4)
        order by d.due_at, d.id limit $5) two
    order by due_at, id limit $5"
);

const FOR_PLAN: &str = concat!(
    columns!(),
    "where d.plan = $1 and d.state = $2 and (d.due_at, d.id) > ($3, $4) order by d.due_at, d.id limit $5"
);

const INSERT: &str = "
    insert into deadlines (id, case_id, plan, provider_org, assigned_org, rule, started_at, due_at, state, settled_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

const ASSIGN: &str = "update deadlines set assigned_org = $2 where case_id = $1";

const SETTLE: &str = "update deadlines set state = $2, settled_at = $3 where id = $1 and state = 'open'";
const KEEP: &str = "
    update deadlines set state = case when due_at >= $3 then 'met' else 'missed' end, settled_at = $3
    where case_id = $1 and rule = $2 and state = 'open'";
const SETTLE_CASE: &str =
    "update deadlines set state = $2, settled_at = $3 where case_id = $1 and state = 'open'";

words! {
    /// State of a clock.
    pub enum DeadlineState {
        /// The clock runs, and nothing has ended it.
        Open = "open",
        /// The awaited act came in time.
        Met = "met",
        /// The clock ran out.
        Missed = "missed",
        /// The awaited act is no longer needed.
        Cancelled = "cancelled",
        /// A right that was not used in time.
        Lapsed = "lapsed",
    }
}

/// One clock of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// Id of the clock.
    pub id: DeadlineId,
    /// Case that it belongs to.
    pub case: CaseId,
    /// Plan that has to act.
    pub plan: Option<PlanId>,
    /// Whose case it is.
    pub provider_org: OrgId,
    /// Provider that delivers, where that is not the sender.
    pub assigned_org: Option<OrgId>,
    /// The rule that set it.
    pub rule: ClockId,
    /// Since when it runs.
    pub started_at: Timestamp,
    /// Instant at which it runs out (UTC).
    pub due_at: Timestamp,
    /// State of the clock.
    pub state: DeadlineState,
    /// Since when it stands so.
    pub settled_at: Option<Timestamp>,
}

/// Key of a page's last clock: its end and its id.
pub type DeadlineKey = (Timestamp, DeadlineId);

/// Open clocks that have run out at `now`, oldest first: for the duty that settles them.
pub async fn due(store: &Store, now: Timestamp, limit: u32) -> Result<Vec<Deadline>, StoreError> {
    read_all(store.all::<Row>(DUE, vec![instant(now), int(i64::from(limit))]).await?)
}

/// The clocks of a case, in the order in which they started.
pub async fn for_case(store: &Store, scope: &Scope, case: CaseId) -> Result<Vec<Deadline>, StoreError> {
    read_all(store.all::<Row>(FOR_CASE, values(scope.people(), [text(case)])).await?)
}

/// An organization's clocks in one state after `after`, nearest first.
pub async fn list(
    store: &Store,
    scope: &Scope,
    state: DeadlineState,
    after: Option<DeadlineKey>,
    limit: u32,
) -> Result<Page<Deadline, DeadlineKey>, StoreError> {
    let (sql, whose) = match scope.seat() {
        Seat::Provider(org) => (FOR_PROVIDER, text(org)),
        Seat::Plan { plan, .. } => (FOR_PLAN, text(plan)),
        Seat::Operator(_) | Seat::Duty(_) => return Ok(Page { items: Vec::new(), next: None }),
    };
    let (at, id) = after.map_or((int(i64::MIN), text("")), |(at, id)| (instant(at), text(id)));
    let rows = store.all::<Row>(sql, vec![whose, text(state.name()), at, id, one_more(limit)]).await?;
    Ok(Page::cut(read_all(rows)?, limit, |deadline: &Deadline| (deadline.due_at, deadline.id)))
}

/// Statement that adds a clock.
pub fn insert(deadline: &Deadline) -> Statement {
    Statement::one(
        Miss::Duplicate,
        INSERT,
        vec![
            text(deadline.id),
            text(deadline.case),
            maybe_text(deadline.plan.as_ref()),
            text(deadline.provider_org),
            maybe_text(deadline.assigned_org),
            text(deadline.rule),
            instant(deadline.started_at),
            instant(deadline.due_at),
            text(deadline.state.name()),
            maybe_instant(deadline.settled_at),
        ],
    )
}

/// Says who delivers in the case: who sees its clocks besides whoever sent it.
pub fn assign(case: CaseId, organization: Option<OrgId>) -> Statement {
    Statement::any(ASSIGN, vec![text(case), maybe_text(organization)])
}

/// Settles a clock; [`StoreError::Conflict`] if it is settled already.
pub fn settle(id: DeadlineId, state: DeadlineState, at: Timestamp) -> Statement {
    Statement::one(Miss::Conflict, SETTLE, vec![text(id), text(state.name()), instant(at)])
}

/// Ends the case's clock `rule`, since what it waited for came at `at`: met, or missed if it came late.
/// Nothing where no such clock is open.
pub fn keep(case: CaseId, rule: ClockId, at: Timestamp) -> Statement {
    Statement::any(KEEP, vec![text(case), text(rule), instant(at)])
}

/// Settles all open clocks of a case, however many there are.
pub fn settle_case(case: CaseId, state: DeadlineState, at: Timestamp) -> Statement {
    Statement::any(SETTLE_CASE, vec![text(case), text(state.name()), instant(at)])
}

row! {
    struct Row {
        id: String,
        case_id: String,
        plan: Option<String>,
        provider_org: String,
        assigned_org: Option<String>,
        rule: String,
        started_at: i64,
        due_at: i64,
        state: String,
        settled_at: Option<i64>,
    }
}

impl TryFrom<Row> for Deadline {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "deadlines", id: &row.id };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            case: columns.parse("case_id", &row.case_id)?,
            plan: columns.parse_some("plan", row.plan.as_deref())?,
            provider_org: columns.parse("provider_org", &row.provider_org)?,
            assigned_org: columns.parse_some("assigned_org", row.assigned_org.as_deref())?,
            started_at: columns.instant("started_at", row.started_at)?,
            due_at: columns.instant("due_at", row.due_at)?,
            state: columns.word("state", &row.state, DeadlineState::named)?,
            settled_at: columns.instant_some("settled_at", row.settled_at)?,
            rule: columns.parse("rule", &row.rule)?,
        })
    }
}
