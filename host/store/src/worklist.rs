//! Worklists: cases that wait for a plan's people, nearest clock first; who of them has each, and what they
//! did with it.

use domain::actor::Actor;
use domain::case::CaseKind;
use domain::identifiers::{CaseId, PlanId, WorkStepId};
use domain::plan::types::Urgency;
use domain::work::{Note, State, StepKind};
use jiff::Timestamp;

use crate::page::one_more;
use crate::row::{Columns, read_all, row};
use crate::unit::{instant, int, maybe_instant, maybe_text, text};
use crate::{Miss, Page, Scope, Seat, Statement, Store, StoreError};

macro_rules! columns {
    () => {
        "select case_id, plan, kind, service, why, urgency, delegate, received_at, due_at, holder, held_since, version
        from worklist "
    };
}

macro_rules! list {
    ($narrowed:literal) => {
        concat!(
            columns!(),
            "where plan = $1",
            $narrowed,
            " and (coalesce(due_at, 9223372036854775807), case_id) > ($2, $3)
            order by coalesce(due_at, 9223372036854775807), case_id limit $4"
        )
    };
}

const LIST: &str = list!("");
const LIST_OF_KIND: &str = list!(" and kind = $5");
const LIST_OF_URGENCY: &str = list!(" and urgency = $5");
const LIST_OF_BOTH: &str = list!(" and urgency = $5 and kind = $6");
const LIST_HELD: &str = list!(" and coalesce(holder, '') = $5");
const LIST_HELD_OF_KIND: &str = list!(" and coalesce(holder, '') = $5 and kind = $6");
const LIST_HELD_OF_URGENCY: &str = list!(" and coalesce(holder, '') = $5 and urgency = $6");
const LIST_HELD_OF_BOTH: &str = list!(" and coalesce(holder, '') = $5 and urgency = $6 and kind = $7");

const FIND: &str = concat!(columns!(), "where case_id = $1 and plan = $2");

const PUT: &str = "
    insert into worklist (case_id, plan, kind, service, why, urgency, delegate, received_at, due_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict (case_id, plan) do update set service = excluded.service, why = excluded.why,
        urgency = excluded.urgency, delegate = excluded.delegate, due_at = excluded.due_at";

const REMOVE: &str = "delete from worklist where case_id = $1 and plan = $2";

/// Changes hands only over the version that was read.
const HAND: &str = "
    update worklist set holder = $3, held_since = $4, version = version + 1
    where case_id = $1 and plan = $2 and version = $5";

/// Guards a note: what nobody waits for any more takes none.
const WAITS: &str = "select 1 from worklist where case_id = $1 and plan = $2";

const STEP: &str = "
    insert into work_steps (id, case_id, plan, at, kind, actor, receiver, note)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";

const STEPS: &str = "
    select id, case_id, plan, at, kind, actor, receiver, note from work_steps
    where case_id = $1 and plan = $2 and (at, id) < ($3, $4) order by at desc, id desc limit $5";

/// Narrows a worklist; an absent field narrows nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Kind of the cases.
    pub kind: Option<CaseKind>,
    /// Urgency of the cases.
    pub urgency: Option<Urgency>,
    /// Whoever of the plan's people has them.
    pub holder: Option<Holder>,
}

/// Whose items of a worklist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Those that nobody has.
    Nobody,
    /// Those that this person or key has.
    Is(Actor),
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Case that waits for the plan.
    pub case: CaseId,
    /// Plan whose people decide.
    pub plan: PlanId,
    /// Kind of the case.
    pub kind: CaseKind,
    /// Service that it is about.
    pub service: Option<String>,
    /// Why people, as a code.
    pub why: String,
    /// Urgency of the case.
    pub urgency: Urgency,
    /// Whose people, if a delegate's.
    pub delegate: Option<String>,
    /// Instant at which the host received it (UTC).
    pub received_at: Timestamp,
    /// Instant at which its nearest clock runs out (UTC).
    pub due_at: Option<Timestamp>,
    /// Whoever of the plan's people has it.
    pub state: State,
    /// Grows with each change of hands.
    pub version: i64,
}

/// An entry in the history of the work on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkStep {
    /// Id of the entry.
    pub id: WorkStepId,
    /// Case that waited.
    pub case: CaseId,
    /// Plan whose people worked on it.
    pub plan: PlanId,
    /// Instant of the step (UTC).
    pub at: Timestamp,
    /// Person or key that took it.
    pub by: Actor,
    /// Kind of the step.
    pub what: Done,
}

/// A step of the plan's people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// A colleague took the case.
    Took,
    /// Passed it to this person or key.
    Passed(Actor),
    /// A colleague put it back.
    PutBack,
    /// A colleague left this note.
    Noted(Note),
}

impl Done {
    /// Kind of the step.
    pub fn kind(&self) -> StepKind {
        match self {
            Self::Took => StepKind::Take,
            Self::Passed(_) => StepKind::Pass,
            Self::PutBack => StepKind::PutBack,
            Self::Noted(_) => StepKind::Note,
        }
    }
}

/// Key of a page's last step: its instant and its id.
pub type StepKey = (Timestamp, WorkStepId);

/// Key of a page's last item: its end, and the id of its case. What waits beside cases is listed by the same
/// key, so that one page is made of both.
pub type ItemKey = (Option<Timestamp>, String);

/// A plan's things to do that fit the filter, after `after`, nearest clock first, those without a clock last.
/// Nobody else has a worklist.
pub async fn list(
    store: &Store,
    scope: &Scope,
    filter: Filter,
    after: Option<ItemKey>,
    limit: u32,
) -> Result<Page<Item, ItemKey>, StoreError> {
    let Seat::Plan { plan, .. } = scope.seat() else {
        return Ok(Page { items: Vec::new(), next: None });
    };
    let (due, case) = after
        .map_or((int(i64::MIN), text("")), |(due, case)| (due.map_or(int(i64::MAX), instant), text(case)));
    let mut values = vec![text(plan), due, case, one_more(limit)];
    values.extend(filter.holder.map(|holder| match holder {
        Holder::Nobody => text(""),
        Holder::Is(actor) => text(actor),
    }));
    values.extend(filter.urgency.map(|urgency| text(urgency.name())));
    values.extend(filter.kind.map(|kind| text(kind.name())));
    let sql = match (filter.holder, filter.urgency, filter.kind) {
        (None, None, None) => LIST,
        (None, None, Some(_)) => LIST_OF_KIND,
        (None, Some(_), None) => LIST_OF_URGENCY,
        (None, Some(_), Some(_)) => LIST_OF_BOTH,
        (Some(_), None, None) => LIST_HELD,
        (Some(_), None, Some(_)) => LIST_HELD_OF_KIND,
        (Some(_), Some(_), None) => LIST_HELD_OF_URGENCY,
        (Some(_), Some(_), Some(_)) => LIST_HELD_OF_BOTH,
    };
    let rows = store.all::<Row>(sql, values).await?;
    Ok(Page::cut(read_all(rows)?, limit, |item: &Item| (item.due_at, item.case.to_string())))
}

/// The item that waits for the people of the scope's plan about a case; `None` for nothing, and for everybody
/// else.
pub async fn find(store: &Store, scope: &Scope, case: CaseId) -> Result<Option<Item>, StoreError> {
    let Seat::Plan { plan, .. } = scope.seat() else { return Ok(None) };
    let row = store.one::<Row>(FIND, vec![text(case), text(plan)]).await?;
    row.map(Item::try_from).transpose()
}

/// Steps that the people of the scope's plan did with a case, newest first, from before `before`. Nobody else
/// reads it.
pub async fn steps(
    store: &Store,
    scope: &Scope,
    case: CaseId,
    before: Option<StepKey>,
    limit: u32,
) -> Result<Page<WorkStep, StepKey>, StoreError> {
    let Seat::Plan { plan, .. } = scope.seat() else {
        return Ok(Page { items: Vec::new(), next: None });
    };
    let (at, id) = before.map_or((int(i64::MAX), text("")), |(at, id)| (instant(at), text(id)));
    let rows = store.all::<StepRow>(STEPS, vec![text(case), text(plan), at, id, one_more(limit)]).await?;
    Ok(Page::cut(read_all(rows)?, limit, |step: &WorkStep| (step.at, step.id)))
}

/// Gives the item the state in it, over the version in it, which grows by one; [`StoreError::Conflict`] if it
/// is not the last, or the case waits no more.
pub fn hand(item: &Item) -> Statement {
    let (holder, since) = match item.state {
        State::Free => (None, None),
        State::Held { by, since } => (Some(by), Some(since)),
    };
    let values =
        vec![text(item.case), text(&item.plan), maybe_text(holder), maybe_instant(since), int(item.version)];
    Statement::one(Miss::Conflict, HAND, values)
}

/// Guards a unit: [`StoreError::Conflict`] if the case waits for the plan's people no more.
pub fn waits(case: CaseId, plan: &PlanId) -> Statement {
    Statement::one(Miss::Conflict, WAITS, vec![text(case), text(plan)])
}

/// Adds an entry to the history of the work on a case.
pub fn insert_step(step: &WorkStep) -> Statement {
    let (receiver, note) = match &step.what {
        Done::Took | Done::PutBack => (None, None),
        Done::Passed(to) => (Some(*to), None),
        Done::Noted(note) => (None, Some(note.expose())),
    };
    let values = vec![
        text(step.id),
        text(step.case),
        text(&step.plan),
        instant(step.at),
        text(step.what.kind().name()),
        text(step.by),
        maybe_text(receiver),
        maybe_text(note),
    ];
    Statement::one(Miss::Duplicate, STEP, values)
}

/// Puts a case on a plan's list, or says anew what is to be done there. Whoever has it keeps it; what comes
/// anew is nobody's.
pub fn put(item: &Item) -> Statement {
    Statement::any(
        PUT,
        vec![
            text(item.case),
            text(&item.plan),
            text(item.kind.name()),
            maybe_text(item.service.as_deref()),
            text(&item.why),
            text(item.urgency.name()),
            maybe_text(item.delegate.as_deref()),
            instant(item.received_at),
            maybe_instant(item.due_at),
        ],
    )
}

/// Takes a case off a plan's list, if it is on it.
pub fn remove(case: CaseId, plan: &PlanId) -> Statement {
    Statement::any(REMOVE, vec![text(case), text(plan)])
}

row! {
    struct Row {
        case_id: String,
        plan: String,
        kind: String,
        service: Option<String>,
        why: String,
        urgency: String,
        delegate: Option<String>,
        received_at: i64,
        due_at: Option<i64>,
        holder: Option<String>,
        held_since: Option<i64>,
        version: i64,
    }
}

row! {
    struct StepRow {
        id: String,
        case_id: String,
        plan: String,
        at: i64,
        kind: String,
        actor: String,
        receiver: Option<String>,
        note: Option<String>,
    }
}

impl TryFrom<Row> for Item {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "worklist", id: &row.case_id };
        Ok(Self {
            case: columns.parse("case_id", &row.case_id)?,
            plan: columns.parse("plan", &row.plan)?,
            kind: columns.word("kind", &row.kind, CaseKind::named)?,
            urgency: columns.word("urgency", &row.urgency, Urgency::named)?,
            received_at: columns.instant("received_at", row.received_at)?,
            due_at: columns.instant_some("due_at", row.due_at)?,
            state: state(&columns, row.holder.as_deref(), row.held_since)?,
            version: row.version,
            service: row.service,
            why: row.why,
            delegate: row.delegate,
        })
    }
}

fn state(columns: &Columns<'_>, holder: Option<&str>, since: Option<i64>) -> Result<State, StoreError> {
    match (holder, since) {
        (None, None) => Ok(State::Free),
        (Some(holder), Some(since)) => Ok(State::Held {
            by: columns.parse("holder", holder)?,
            since: columns.instant("held_since", since)?,
        }),
        _ => Err(columns.corrupt("holder and held_since do not go together")),
    }
}

impl TryFrom<StepRow> for WorkStep {
    type Error = StoreError;

    fn try_from(row: StepRow) -> Result<Self, StoreError> {
        let columns = Columns { table: "work_steps", id: &row.id };
        let what = match (row.kind.as_str(), row.receiver.as_deref(), row.note.as_deref()) {
            ("take", None, None) => Done::Took,
            ("pass", Some(to), None) => Done::Passed(columns.parse("receiver", to)?),
            ("put-back", None, None) => Done::PutBack,
            ("note", None, Some(note)) => Done::Noted(columns.parse("note", note)?),
            _ => return Err(columns.corrupt("kind, receiver and note do not go together")),
        };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            case: columns.parse("case_id", &row.case_id)?,
            plan: columns.parse("plan", &row.plan)?,
            at: columns.instant("at", row.at)?,
            by: columns.parse("actor", &row.actor)?,
            what,
        })
    }
}
