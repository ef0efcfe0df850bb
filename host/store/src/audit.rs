//! The audit trail. Entries are only ever added, and hold ids and codes, never words.

use domain::identifiers::{AccountId, AuditId, KeyId, OrgId, PlanId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::page::one_more;
use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{instant, int, maybe_text, text};
use crate::{Miss, Page, Scope, Seat, Statement, Store, StoreError, Value};

macro_rules! columns {
    () => {
        "select a.id, a.at, a.request_id, a.key_id, a.account, a.actor_org, a.role, a.action, a.subject_kind, a.subject_id, a.plan,
            a.purpose, a.outcome "
    };
}

/// Some entries of one index, bounded and newest first by the key that the index has: `$4` and `$5` bound the
/// instant, `$6` and `$7` are where the page before ended, `$8` is the limit, `$9` the action, `$10` the
/// actor, `$11` the subject.
macro_rules! entries {
    ($which:literal, $($more:tt)+) => {
        entries!($which by "a.at" "a.id", $($more)+)
    };
    ($which:literal by $at:literal $id:literal, $($more:tt)+) => {
        concat!(
            columns!(),
            $which,
            " and ",
            $at,
            " >= $4 and ",
            $at,
            " < $5 and (",
            $at,
            ", ",
            $id,
            ") < ($6, $7)",
            $($more)+,
            " order by ",
            $at,
            " desc, ",
            $id,
            " desc limit $8"
        )
    };
}

/// Action and actor, if they are asked for.
macro_rules! narrowed {
    () => {
        " and ($9 = '' or a.action = $9) and ($10 = '' or a.actor_org = $10)"
    };
}

/// The same, about one subject. Whoever was merged into a person is that person: the trail of both is one,
/// and its entries stay as they were written.
macro_rules! about {
    () => {
        concat!(
            narrowed!(),
            " and a.subject_id in (select $11 union all select m.id from members m where m.merged_into = $11)"
        )
    };
}

/// An organization sees what its own people did, and what others did in its plan's cases and to its plan's
/// members.
macro_rules! of_organization {
    ($($more:tt)+) => {
        concat!(
            "select * from (",
            entries!("from audit a where a.actor_org = $1", $($more)+),
            ") own union select * from (",
            entries!("from audit a where a.plan = $2", $($more)+),
            ") of_plan union select * from (",
            entries!(
                "from audit_plans p join audit a on a.id = p.audit_id where p.plan = $2" by "p.at" "p.audit_id",
                $($more)+
            ),
            ") concerns order by at desc, id desc limit $8"
        )
    };
}

/// The whole trail has statements of its own: of those that may narrow it PostgreSQL expects next to nothing,
/// and would read it to its end for each page.
const OF_ORGANIZATION: &str = of_organization!("");
const OF_ORGANIZATION_NARROWED: &str = of_organization!(narrowed!());
const OF_ORGANIZATION_ABOUT: &str = of_organization!(about!());
const OF_ALL: &str = entries!("from audit a where $3 = 1", "");
const OF_ALL_NARROWED: &str = entries!("from audit a where $3 = 1", narrowed!());
const OF_ALL_BY: &str =
    entries!("from audit a where $3 = 1", " and ($9 = '' or a.action = $9) and a.actor_org = $10");
const OF_ALL_ABOUT: &str = entries!("from audit a where $3 = 1", about!());

const INSERT: &str = "
    insert into audit (id, at, request_id, key_id, actor_org, role, action, subject_kind, subject_id, plan, outcome,
        purpose, account)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

/// A look at a case: its plan, unless somebody looks in another plan's name.
const INSERT_LOOK_AT_CASE: &str = "
    insert into audit (id, at, request_id, key_id, actor_org, role, action, subject_kind, subject_id, plan, outcome,
        purpose, account)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce($10, (select c.plan from cases c where c.id = $9)), $11, $12, $13)";

/// A look at a member: a plan that covers the member on the day, unless somebody looks in a plan's name. A
/// plan whose days are disputed is not told who works with the member.
const INSERT_LOOK_AT_MEMBER: &str = "
    insert into audit (id, at, request_id, key_id, actor_org, role, action, subject_kind, subject_id, plan, outcome,
        purpose, account)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce($10, (
        select v.plan from coverages v where v.member = $9 and v.first_day <= $14 and v.disputed_since is null
            and (v.last_day is null or v.last_day >= $14) order by v.first_day desc, v.plan limit 1)), $11, $12, $13)";

/// The other plans that cover the member on the day.
const CONCERNS_OTHERS: &str = "
    insert into audit_plans (plan, at, audit_id)
    select distinct v.plan, a.at, a.id from coverages v join audit a on a.id = $1
    where v.member = a.subject_id and v.first_day <= $2 and (v.last_day is null or v.last_day >= $2)
        and v.disputed_since is null and v.plan <> coalesce(a.plan, '')";

/// One entry of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Id of the entry.
    pub id: AuditId,
    /// Instant of the act (UTC).
    pub at: Timestamp,
    /// In which request, or duty.
    pub request: String,
    /// Access key that was used.
    pub key: Option<KeyId>,
    /// Account of the person who acted, where a person did.
    pub account: Option<AccountId>,
    /// Organization that acted; `None`: this host.
    pub actor_org: Option<OrgId>,
    /// In which role, or duty.
    pub role: String,
    /// Code of the act, such as `change` or `look`.
    pub action: String,
    /// Kind of thing that it was done to, such as `member`.
    pub subject_kind: String,
    /// Id of that thing.
    pub subject_id: String,
    /// In which plan's name, or about which plan's case or member.
    pub plan: Option<PlanId>,
    /// For which purpose somebody looked, where one must be said.
    pub purpose: Option<String>,
    /// `done`, `denied` or `failed`.
    pub outcome: String,
}

/// Filter over entries; an absent field filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Made at this instant or later.
    pub from: Option<Timestamp>,
    /// Made before this instant.
    pub until: Option<Timestamp>,
    /// Made by this organization.
    pub actor: Option<OrgId>,
    /// Id of the thing that the entry is about.
    pub subject: Option<String>,
    /// Code of the act.
    pub action: Option<String>,
}

/// Key of a page's last entry: its instant and its id.
pub type EntryKey = (Timestamp, AuditId);

/// Entries that concern the scope, before `before`, newest first: everything for the operator and duties; for
/// an organization what its own people did, and what was done in its plan's cases and to its plan's members.
pub async fn list(
    store: &Store,
    scope: &Scope,
    filter: &Filter,
    before: Option<EntryKey>,
    limit: u32,
) -> Result<Page<Entry, EntryKey>, StoreError> {
    let all = matches!(scope.seat(), Seat::Operator(_) | Seat::Duty(_));
    let sql = match (all, &filter.subject, &filter.actor, &filter.action) {
        (true, Some(_), _, _) => OF_ALL_ABOUT,
        (true, None, Some(_), _) => OF_ALL_BY,
        (true, None, None, Some(_)) => OF_ALL_NARROWED,
        (true, None, None, None) => OF_ALL,
        (false, Some(_), _, _) => OF_ORGANIZATION_ABOUT,
        (false, None, None, None) => OF_ORGANIZATION,
        (false, None, _, _) => OF_ORGANIZATION_NARROWED,
    };
    let (at, id) = before.map_or((int(i64::MAX), text("")), |(at, id)| (instant(at), text(id)));
    let own = [
        filter.from.map_or(int(i64::MIN), instant),
        filter.until.map_or(int(i64::MAX), instant),
        at,
        id,
        one_more(limit),
        text(filter.action.as_deref().unwrap_or_default()),
        text(filter.actor.map(|actor| actor.to_string()).unwrap_or_default()),
        text(filter.subject.as_deref().unwrap_or_default()),
    ];
    let rows = store.all::<Row>(sql, values(scope.institutions(), own)).await?;
    Ok(Page::cut(read_all(rows)?, limit, |entry: &Entry| (entry.at, entry.id)))
}

/// Statement that adds an entry.
pub fn insert(entry: &Entry) -> Statement {
    Statement::one(Miss::Duplicate, INSERT, row_values(entry))
}

/// Adds an entry about a case, which concerns the case's plan too.
pub fn insert_about_case(entry: &Entry) -> Statement {
    Statement::one(Miss::Duplicate, INSERT_LOOK_AT_CASE, row_values(entry))
}

/// Adds an entry about a member, which concerns each plan that covers the member on `day`.
pub fn insert_about_member(entry: &Entry, day: Date) -> [Statement; 2] {
    let mut values = row_values(entry);
    values.push(text(day));
    [
        Statement::one(Miss::Duplicate, INSERT_LOOK_AT_MEMBER, values),
        Statement::any(CONCERNS_OTHERS, vec![text(entry.id), text(day)]),
    ]
}

fn row_values(entry: &Entry) -> Vec<Value> {
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
        maybe_text(entry.purpose.as_deref()),
        maybe_text(entry.account),
    ]
}

row! {
    struct Row {
        id: String,
        at: i64,
        request_id: String,
        key_id: Option<String>,
        account: Option<String>,
        actor_org: Option<String>,
        role: String,
        action: String,
        subject_kind: String,
        subject_id: String,
        plan: Option<String>,
        purpose: Option<String>,
        outcome: String,
    }
}

impl TryFrom<Row> for Entry {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "audit", id: &row.id };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            at: columns.instant("at", row.at)?,
            key: columns.parse_some("key_id", row.key_id.as_deref())?,
            account: columns.parse_some("account", row.account.as_deref())?,
            actor_org: columns.parse_some("actor_org", row.actor_org.as_deref())?,
            plan: columns.parse_some("plan", row.plan.as_deref())?,
            request: row.request_id,
            role: row.role,
            action: row.action,
            subject_kind: row.subject_kind,
            subject_id: row.subject_id,
            purpose: row.purpose,
            outcome: row.outcome,
        })
    }
}
