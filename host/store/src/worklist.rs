//! Worklists: cases that wait for a plan's people, nearest clock first.

use domain::case::CaseKind;
use domain::identifiers::{CaseId, PlanId};
use domain::plan::types::Urgency;
use jiff::Timestamp;

use crate::cases::{kind_named, urgency_named, urgency_word};
use crate::page::one_more;
use crate::row::{Columns, read_all, row};
use crate::unit::{instant, int, maybe_instant, maybe_text, text};
use crate::{Page, Scope, Seat, Statement, Store, StoreError};

macro_rules! list {
    ($kind:literal) => {
        concat!(
            "select case_id, plan, kind, service, why, urgency, delegate, received_at, due_at from worklist
            where plan = $1",
            $kind,
            " and (coalesce(due_at, 9223372036854775807), case_id) > ($2, $3)
            order by coalesce(due_at, 9223372036854775807), case_id limit $4"
        )
    };
}

const LIST: &str = list!("");
const LIST_OF_KIND: &str = list!(" and kind = $5");

const PUT: &str = "
    insert into worklist (case_id, plan, kind, service, why, urgency, delegate, received_at, due_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict (case_id, plan) do update set service = excluded.service, why = excluded.why,
        urgency = excluded.urgency, delegate = excluded.delegate, due_at = excluded.due_at";

const REMOVE: &str = "delete from worklist where case_id = $1 and plan = $2";

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Case that waits.
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
}

/// Key of a page's last item: its end and its case.
pub type ItemKey = (Option<Timestamp>, CaseId);

/// A plan's things to do after `after`, nearest clock first, those without a clock last. Nobody else has a
/// worklist.
pub async fn list(
    store: &Store,
    scope: &Scope,
    kind: Option<CaseKind>,
    after: Option<ItemKey>,
    limit: u32,
) -> Result<Page<Item, ItemKey>, StoreError> {
    let Seat::Plan { plan, .. } = scope.seat() else {
        return Ok(Page { items: Vec::new(), next: None });
    };
    let (due, case) = after
        .map_or((int(i64::MIN), text("")), |(due, case)| (due.map_or(int(i64::MAX), instant), text(case)));
    let mut values = vec![text(plan), due, case, one_more(limit)];
    values.extend(kind.map(|kind| text(kind.name())));
    let sql = if kind.is_some() { LIST_OF_KIND } else { LIST };
    let rows = store.all::<Row>(sql, values).await?;
    Ok(Page::cut(read_all(rows)?, limit, |item: &Item| (item.due_at, item.case)))
}

/// Puts a case on a plan's list, or says anew what is to be done there.
pub fn put(item: &Item) -> Statement {
    Statement::any(
        PUT,
        vec![
            text(item.case),
            text(&item.plan),
            text(item.kind.name()),
            maybe_text(item.service.as_deref()),
            text(&item.why),
            text(urgency_word(item.urgency)),
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
    }
}

impl TryFrom<Row> for Item {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "worklist", id: &row.case_id };
        Ok(Self {
            case: columns.parse("case_id", &row.case_id)?,
            plan: columns.parse("plan", &row.plan)?,
            kind: columns.word("kind", &row.kind, kind_named)?,
            urgency: columns.word("urgency", &row.urgency, urgency_named)?,
            received_at: columns.instant("received_at", row.received_at)?,
            due_at: columns.instant_some("due_at", row.due_at)?,
            service: row.service,
            why: row.why,
            delegate: row.delegate,
        })
    }
}
