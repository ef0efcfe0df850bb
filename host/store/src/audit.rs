//! Who did or looked at what. Entries are only ever added, and hold ids and codes, never words.

use domain::identifiers::{AuditId, KeyId, OrgId, PlanId};
use jiff::Timestamp;

use crate::page::one_more;
use crate::row::{Columns, read_all};
use crate::scope::values;
use crate::unit::{instant, int, maybe_text, text};
use crate::{Miss, Page, Scope, Statement, Store, StoreError};

/// An organization sees what it did itself; the operator sees what was done, as ids.
const ABOUT: &str = "
    select id, at, request_id, key_id, actor_org, role, action, subject_kind, subject_id, plan, outcome from audit
    where subject_id = $4 and (actor_org = $1 or $3 = 1) and (at, id) > ($5, $6) order by at, id limit $7";

const INSERT: &str = "
    insert into audit (id, at, request_id, key_id, actor_org, role, action, subject_kind, subject_id, plan, outcome)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The id.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// In which request, or duty.
    pub request: String,
    /// With which key.
    pub key: Option<KeyId>,
    /// Who; `None`: this host.
    pub actor_org: Option<OrgId>,
    /// In which role, or duty.
    pub role: String,
    /// What.
    pub action: String,
    /// What kind of thing it was done to.
    pub subject_kind: String,
    /// Which one.
    pub subject_id: String,
    /// In which plan's name.
    pub plan: Option<PlanId>,
    /// `done`, `denied` or `failed`.
    pub outcome: String,
}

/// Entries about a subject after `after`, oldest first.
pub async fn about(
    store: &Store,
    scope: &Scope,
    subject: &str,
    after: Option<(Timestamp, AuditId)>,
    limit: u32,
) -> Result<Page<Entry, (Timestamp, AuditId)>, StoreError> {
    let (at, id) = after.map_or((int(i64::MIN), text("")), |(at, id)| (instant(at), text(id)));
    let own = [text(subject), at, id, one_more(limit)];
    let rows = store.all::<Row>(ABOUT, values(scope.institutions(), own)).await?;
    Ok(Page::cut(read_all(rows)?, limit, |entry: &Entry| (entry.at, entry.id)))
}

/// Adds an entry.
pub fn insert(entry: &Entry) -> Statement {
    Statement::one(
        Miss::Duplicate,
        INSERT,
        vec![
            text(entry.id),
            instant(entry.at),
            text(&entry.request),
            maybe_text(entry.key),
            maybe_text(entry.actor_org),
            text(&entry.role),
            text(&entry.action),
            text(&entry.subject_kind),
            text(&entry.subject_id),
            maybe_text(entry.plan.as_ref()),
            text(&entry.outcome),
        ],
    )
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    at: i64,
    request_id: String,
    key_id: Option<String>,
    actor_org: Option<String>,
    role: String,
    action: String,
    subject_kind: String,
    subject_id: String,
    plan: Option<String>,
    outcome: String,
}

impl TryFrom<Row> for Entry {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "audit", id: &row.id };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            at: columns.instant("at", row.at)?,
            key: columns.parse_some("key_id", row.key_id.as_deref())?,
            actor_org: columns.parse_some("actor_org", row.actor_org.as_deref())?,
            plan: columns.parse_some("plan", row.plan.as_deref())?,
            request: row.request_id,
            role: row.role,
            action: row.action,
            subject_kind: row.subject_kind,
            subject_id: row.subject_id,
            outcome: row.outcome,
        })
    }
}
