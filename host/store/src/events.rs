//! A case's history. Every event has its entry in the audit trail: the database refuses one without.

use domain::identifiers::{AuditId, CaseId, EventId, OrgId, PlanId};
use jiff::Timestamp;

use crate::cases::{sees_case, sees_part};
use crate::page::one_more;
use crate::row::{Columns, read_all};
use crate::scope::values;
use crate::unit::{instant, int, maybe_text, text};
use crate::{Miss, Page, Scope, Statement, Store, StoreError, Value};

const TIMELINE: &str = concat!(
    "select e.id, e.case_id, e.seq, e.at, e.name, e.state, e.actor_org, e.actor_role, e.detail, e.audit_id, e.plan
    from events e join cases c on c.id = e.case_id where e.case_id = $4 and e.seq > $5 and ",
    sees_case!(),
    " and ",
    sees_part!("e.plan"),
    " order by e.seq limit $6"
);

const INSERT: &str = "
    insert into events (id, case_id, seq, at, name, state, actor_org, actor_role, detail, audit_id, plan)
    select $1, $2, (select coalesce(max(seq), 0) + 1 from events where case_id = $2), $3, $4, $5, $6, $7, $8, $9, $10";

/// The same by a plan, whose organization the record knows.
const INSERT_BY_PLAN: &str = "
    insert into events (id, case_id, seq, at, name, state, actor_org, actor_role, detail, audit_id, plan)
    select $1, $2, (select coalesce(max(seq), 0) + 1 from events where case_id = $2), $3, $4, $5,
        (select o.id from organizations o where o.plan = $6), $7, $8, $9, $10";

/// Something that happened to a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Id of the event.
    pub id: EventId,
    /// Case that it happened to.
    pub case: CaseId,
    /// Instant of the event (UTC).
    pub at: Timestamp,
    /// Name of the event, such as `approve`.
    pub name: String,
    /// The state after it.
    pub state: String,
    /// Organization that did it; `None`: this host.
    pub actor_org: Option<OrgId>,
    /// Role in which it acted.
    pub actor_role: String,
    /// Codes and ids, as JSON; never words about a person.
    pub detail: String,
    /// Its entry in the audit trail.
    pub audit: AuditId,
    /// The plan whose part in the case it is; `None`: everybody's who sees the case.
    pub plan: Option<PlanId>,
}

/// An event in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Counts the case's events, from 1.
    pub seq: i64,
    /// The event itself.
    pub event: Event,
}

/// Events of a case after event `after`, oldest first. A plan sees its own part of what several plans read.
pub async fn timeline(
    store: &Store,
    scope: &Scope,
    case: CaseId,
    after: Option<i64>,
    limit: u32,
) -> Result<Page<Recorded, i64>, StoreError> {
    let own = [text(case), int(after.unwrap_or(0)), one_more(limit)];
    let rows = store.all::<Row>(TIMELINE, values(scope.people(), own)).await?;
    Ok(Page::cut(read_all(rows)?, limit, |recorded: &Recorded| recorded.seq))
}

/// Adds an event after the case's last. [`StoreError::Conflict`] if another came at the same time.
pub fn insert(event: &Event) -> Statement {
    Statement::one(Miss::Conflict, INSERT, columns(event, maybe_text(event.actor_org)))
}

/// The same for what a plan's rules did: the actor is the plan's organization.
pub fn insert_by_plan(event: &Event, plan: &PlanId) -> Statement {
    Statement::one(Miss::Conflict, INSERT_BY_PLAN, columns(event, text(plan)))
}

fn columns(event: &Event, actor: Value) -> Vec<Value> {
    vec![
        text(event.id),
        text(event.case),
        instant(event.at),
        text(&event.name),
        text(&event.state),
        actor,
        text(&event.actor_role),
        text(&event.detail),
        text(event.audit),
        maybe_text(event.plan.as_ref()),
    ]
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    case_id: String,
    seq: i64,
    at: i64,
    name: String,
    state: String,
    actor_org: Option<String>,
    actor_role: String,
    detail: String,
    audit_id: String,
    plan: Option<String>,
}

impl TryFrom<Row> for Recorded {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "events", id: &row.id };
        Ok(Self {
            seq: row.seq,
            event: Event {
                id: columns.parse("id", &row.id)?,
                case: columns.parse("case_id", &row.case_id)?,
                at: columns.instant("at", row.at)?,
                actor_org: columns.parse_some("actor_org", row.actor_org.as_deref())?,
                audit: columns.parse("audit_id", &row.audit_id)?,
                plan: columns.parse_some("plan", row.plan.as_deref())?,
                name: row.name,
                state: row.state,
                actor_role: row.actor_role,
                detail: row.detail,
            },
        })
    }
}
