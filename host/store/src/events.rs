//! A case's history. Every event has its entry in the audit trail: the database refuses one without.

use std::slice;
use std::sync::OnceLock;

use domain::case::EventKind;
use domain::identifiers::{AuditId, CaseId, EventId, OrgId, PlanId};
use jiff::Timestamp;

use crate::cases::{sees_case, sees_part};
use crate::page::one_more;
use crate::row::{Columns, read_all, row};
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

/// Most events of one statement.
const MOST_AT_ONCE: usize = 8;

/// Columns of an event in a statement: its own, and what says where it stands and who acted.
const COLUMNS: usize = 12;

/// Beginning of the statement that adds events, by which it is known.
pub(crate) const ROWS: &str = "with e (id, case_id";

/// Events of one case, after its last, in the order of their places. The actor is named, or is the
/// organization of a plan.
const INSERT: &str = "
    insert into events (id, case_id, seq, at, name, state, actor_org, actor_role, detail, audit_id, plan)
    select e.id, e.case_id, (select coalesce(max(k.seq), 0) from events k where k.case_id = e.case_id) + e.place,
        e.at, e.name, e.state, coalesce(e.actor_org, (select o.id from organizations o where o.plan = e.actor_plan)),
        e.actor_role, e.detail, e.audit_id, e.plan
    from e";

/// Something that happened to a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Id of the event.
    pub id: EventId,
    /// Case that it happened to.
    pub case: CaseId,
    /// Instant of the event (UTC).
    pub at: Timestamp,
    /// Kind of the event, such as `approve`.
    pub name: EventKind,
    /// The state after it.
    pub state: String,
    /// Party that did it.
    pub actor: Actor,
    /// Role of the key that did it.
    pub actor_role: String,
    /// Codes and ids, as JSON; never words about a person.
    pub detail: String,
    /// Its entry in the audit trail.
    pub audit: AuditId,
    /// The plan whose part in the case it is; `None`: everybody's who sees the case.
    pub plan: Option<PlanId>,
}

/// Party that did something to a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// This host by itself.
    Host,
    /// An organization, by one of its keys.
    Organization(OrgId),
    /// The plan with these rules. What is read has its organization instead.
    Plan(PlanId),
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
    insert_some(slice::from_ref(event))
}

/// Adds events of one case after its last, in their order. [`StoreError::Conflict`] if another came at the
/// same time.
pub fn insert_all(events: &[Event]) -> Vec<Statement> {
    events.chunks(MOST_AT_ONCE).map(insert_some).collect()
}

fn insert_some(events: &[Event]) -> Statement {
    let values = (1..).zip(events).flat_map(|(place, event)| columns(event, place)).collect();
    Statement::all(events.len() as u64, Miss::Conflict, text_for(events.len()), values)
}

/// The statement for so many events: one text for each number, made once.
fn text_for(events: usize) -> &'static str {
    static TEXTS: [OnceLock<String>; MOST_AT_ONCE] = [const { OnceLock::new() }; MOST_AT_ONCE];
    TEXTS[events.clamp(1, MOST_AT_ONCE) - 1].get_or_init(|| {
        let row = |event: usize| {
            let first = event * COLUMNS + 1;
            let places: Vec<String> = (first..first + COLUMNS).map(|place| format!("${place}")).collect();
            format!("({})", places.join(", "))
        };
        let rows: Vec<String> = (0..events).map(row).collect();
        format!(
            "{ROWS}, place, at, name, state, actor_org, actor_plan, actor_role, detail, audit_id, plan)
            as (values {}){INSERT}",
            rows.join(", ")
        )
    })
}

fn columns(event: &Event, place: i64) -> [Value; COLUMNS] {
    let (actor, actor_plan) = match &event.actor {
        Actor::Host => (None, None),
        Actor::Organization(id) => (Some(id), None),
        Actor::Plan(plan) => (None, Some(plan)),
    };
    [
        text(event.id),
        text(event.case),
        int(place),
        instant(event.at),
        text(event.name),
        text(&event.state),
        maybe_text(actor),
        maybe_text(actor_plan),
        text(&event.actor_role),
        text(&event.detail),
        text(event.audit),
        maybe_text(event.plan.as_ref()),
    ]
}

row! {
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
                actor: match columns.parse_some("actor_org", row.actor_org.as_deref())? {
                    Some(id) => Actor::Organization(id),
                    None => Actor::Host,
                },
                audit: columns.parse("audit_id", &row.audit_id)?,
                plan: columns.parse_some("plan", row.plan.as_deref())?,
                name: columns.parse("name", &row.name)?,
                state: row.state,
                actor_role: row.actor_role,
                detail: row.detail,
            },
        })
    }
}
