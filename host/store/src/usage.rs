//! Units that were authorized or paid: what history, caps and capacity are counted from.

use domain::identifiers::{CaseId, County, MemberId, OrgId, PlanId};
use jiff::civil::Date;

use crate::members::sees_member;
use crate::row::{Columns, read_all, words};
use crate::scope::values;
use crate::unit::{int, maybe_text, text};
use crate::{Dialects, Miss, Scope, Statement, Store, StoreError};

const FOR_MEMBER: &str = concat!(
    "select u.id, u.member, u.plan, u.service, u.provider_org, u.case_id, u.first_day, u.last_day, u.units, u.kind
    from usage u join members m on m.id = u.member
    where u.member = $4 and ($5 is null or u.plan = $5) and u.last_day >= $6 and (u.provider_org = $1 or u.plan = $2 or $3 = 1) and ",
    sees_member!("$7"),
    " order by u.first_day, u.id limit 1000"
);

/// Counts people and shows none, so it asks for no scope.
const MEMBERS_SERVED: &str = "
    select count(distinct u.member) from usage u join members m on m.id = u.member
    where u.plan = $1 and u.service = $2 and u.kind = 'authorized' and u.first_day >= $3 and m.county = $4";

/// Everything a plan authorized and paid for a member, in one word that changes when any of it does.
const STAMP: &str = "
    select count(*) || ':' || coalesce(sum(units), 0) from usage where member = $1 and plan = $2";

/// Of two units about one member, the second waits here for the first. SQLite has one writer: nobody to wait for.
const ALONE: Dialects = Dialects {
    sqlite: "select id from members where id = $1",
    postgres: "select id from members where id = $1 for update",
};

const UNCHANGED: &str = "
    select $3 where $3 = (
        select count(*) || ':' || coalesce(sum(units), 0) from usage where member = $1 and plan = $2)";

const INSERT: &str = "
    insert into usage (id, member, plan, service, provider_org, case_id, first_day, last_day, units, kind)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

const REMOVE_FOR_CASE: &str = "delete from usage where case_id = $1";

words! {
    /// What was done with the units.
    UsageKind {
        /// A plan said they may be given.
        Authorized = "authorized",
        /// A plan paid for them.
        Paid = "paid",
    }
}

/// Some units of a service. Has no `Debug`: it is about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Usage {
    /// A key of the caller's, such as the case's id and the line's number.
    pub id: String,
    /// Who got them.
    pub member: MemberId,
    /// Which plan.
    pub plan: PlanId,
    /// Which service.
    pub service: String,
    /// Who gives them.
    pub provider_org: OrgId,
    /// The authorization or the claim.
    pub case: CaseId,
    /// First day.
    pub first_day: Date,
    /// Last day.
    pub last_day: Date,
    /// How many.
    pub units: i64,
    /// Authorized or paid.
    pub kind: UsageKind,
}

/// A member's units that reach to `since` or later, oldest first: with one plan, or with all of them, since some
/// limits count across plans. A provider sees its own, a plan what was under it; a duty sees everything.
pub async fn for_member(
    store: &Store,
    scope: &Scope,
    member: MemberId,
    plan: Option<&PlanId>,
    since: Date,
) -> Result<Vec<Usage>, StoreError> {
    let own = [text(member), maybe_text(plan), text(since), scope.day()];
    read_all(store.all::<Row>(FOR_MEMBER, values(scope.people(), own)).await?)
}

/// How many members in a county a plan has authorized a service for, that began on `since` or later.
pub async fn members_served(
    store: &Store,
    plan: &PlanId,
    service: &str,
    county: &County,
    since: Date,
) -> Result<u64, StoreError> {
    let values = vec![text(plan), text(service), text(since), text(county)];
    let row = store.one::<(i64,)>(MEMBERS_SERVED, values).await?;
    Ok(row.map_or(0, |(count,)| count.unsigned_abs()))
}

/// A member's history with a plan as it is now, for [`unchanged`].
pub async fn stamp(store: &Store, member: MemberId, plan: &PlanId) -> Result<String, StoreError> {
    let row = store.one::<(String,)>(STAMP, vec![text(member), text(plan)]).await?;
    Ok(row.map(|(stamp,)| stamp).unwrap_or_default())
}

/// Lets a unit pass only while the member's history with the plan is as it was at `stamp`; else
/// [`StoreError::Conflict`]. Units that were read as free must still be free when they are taken.
pub fn unchanged(member: MemberId, plan: &PlanId, stamp: &str) -> [Statement; 2] {
    [alone(member), Statement::one(Miss::Conflict, UNCHANGED, vec![text(member), text(plan), text(stamp)])]
}

/// Lets one unit at a time be about a member.
pub(crate) fn alone(member: MemberId) -> Statement {
    Statement::one(Miss::NotThere, ALONE, vec![text(member)])
}

/// Adds units.
pub fn insert(usage: &Usage) -> Statement {
    Statement::one(
        Miss::Duplicate,
        INSERT,
        vec![
            text(&usage.id),
            text(usage.member),
            text(&usage.plan),
            text(&usage.service),
            text(usage.provider_org),
            text(usage.case),
            text(usage.first_day),
            text(usage.last_day),
            int(usage.units),
            text(usage.kind.name()),
        ],
    )
}

/// Takes back all units of a case: a claim replaced, a permission withdrawn.
pub fn remove_for_case(case: CaseId) -> Statement {
    Statement::any(REMOVE_FOR_CASE, vec![text(case)])
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    member: String,
    plan: String,
    service: String,
    provider_org: String,
    case_id: String,
    first_day: String,
    last_day: String,
    units: i64,
    kind: String,
}

impl TryFrom<Row> for Usage {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "usage", id: &row.id };
        Ok(Self {
            member: columns.parse("member", &row.member)?,
            plan: columns.parse("plan", &row.plan)?,
            provider_org: columns.parse("provider_org", &row.provider_org)?,
            case: columns.parse("case_id", &row.case_id)?,
            first_day: columns.parse("first_day", &row.first_day)?,
            last_day: columns.parse("last_day", &row.last_day)?,
            kind: columns.word("kind", &row.kind, UsageKind::named)?,
            id: row.id,
            service: row.service,
            units: row.units,
        })
    }
}
