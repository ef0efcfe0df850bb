//! Units that were authorized, are payable or were paid: what history, limits, caps and capacity are counted
//! from.

use domain::identifiers::{CaseId, County, MemberId, OrgId, PlanId};
use domain::words;
use domain::{Cents, Procedure};
use jiff::civil::Date;

use crate::members::sees_member;
use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{int, maybe_int, maybe_text, text};
use crate::{Dialects, Miss, Read, Scope, Statement, Store, StoreError};

macro_rules! columns {
    () => {
        "select u.id, u.member, u.plan, u.service, u.procedure, u.provider_org, u.case_id, u.line, u.first_day,
            u.last_day, u.units, u.minutes, u.amount, u.state "
    };
}

const FOR_MEMBER: &str = concat!(
    columns!(),
    "from usage u join members m on m.id = u.member
    where u.member = $4 and ($5 is null or u.plan = $5) and u.last_day >= $6 and (u.provider_org = $1 or u.plan = $2 or $3 = 1) and ",
    sees_member!("$7"),
    " and (u.first_day > $8 or (u.first_day = $8 and u.id > $9)) order by u.first_day, u.id limit 1000"
);

const DELIVERED: &str = concat!(
    columns!(),
    "from usage u join members m on m.id = u.member
    where u.member = $4 and u.plan = $5 and u.provider_org = $6 and u.service = $7 and u.last_day >= $8
        and u.state <> 'authorized' and (u.provider_org = $1 or u.plan = $2 or $3 = 1) and ",
    sees_member!("$9"),
    " order by u.first_day, u.id"
);

const FOR_CASE: &str = concat!(
    columns!(),
    "from usage u join members m on m.id = u.member
    where u.case_id = $4 and (u.provider_org = $1 or u.plan = $2 or $3 = 1) and ",
    sees_member!("$5"),
    " order by u.line"
);

const NEWEST_DELIVERED: &str = concat!(
    columns!(),
    "from usage u join members m on m.id = u.member
    where u.member = $4 and u.last_day >= $5 and u.state <> 'authorized' and ($6 is null or u.case_id <> $6)
        and (u.provider_org = $1 or u.plan = $2 or $3 = 1) and ",
    sees_member!("$8"),
    " order by u.first_day desc, u.id desc limit $7"
);

/// Counts people and shows none, so it asks for no scope.
const MEMBERS_SERVED: &str = "
    select count(distinct u.member) as members from usage u join members m on m.id = u.member
    where u.plan = $1 and u.service = $2 and u.state = 'authorized' and u.first_day >= $3 and m.county = $4";

/// Everything that was authorized and paid for a member, under any plan, in one word that changes when any of
/// it does.
macro_rules! stamp {
    () => {
        "select count(*) || ':' || coalesce(sum(units), 0) || ':' || coalesce(sum(amount), 0) || ':'
            || coalesce(sum(case when state = 'paid' then 1 else 0 end), 0) || ':' || coalesce(max(id), '')
            || ':' || (select count(*) || ':' || coalesce(max(w.last_day || w.case_id), '') from windows w where w.member = $1) as stamp
        from usage where member = $1"
    };
}

const STAMP: &str = stamp!();

/// Of two units about one member, the second waits here for the first. SQLite has one writer: nobody to wait
/// for.
const ALONE: Dialects = Dialects {
    sqlite: "select id from members where id = $1",
    postgres: "select id from members where id = $1 for update",
};

const UNCHANGED: &str = concat!("select $2 where $2 = (", stamp!(), ")");

const INSERT: &str = "
    insert into usage (id, member, plan, service, procedure, provider_org, case_id, line, first_day, last_day, units,
        minutes, amount, state)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

const PAY: &str =
    "update usage set state = 'paid', amount = $3 where case_id = $1 and line = $2 and state <> 'authorized'";

const REMOVE: &str = "delete from usage where case_id = $1 and line = $2";

const REMOVE_FOR_CASE: &str = "delete from usage where case_id = $1";

words! {
    /// State of used units.
    pub enum UsageState {
        /// A plan said they may be given.
        Authorized = "authorized",
        /// A plan's rules priced them, and nobody has paid for them yet.
        Payable = "payable",
        /// A plan paid for them.
        Paid = "paid",
    }
}

impl UsageState {
    /// True if the service was given: it is payable or paid.
    #[must_use]
    pub fn is_delivered(self) -> bool {
        match self {
            Self::Authorized => false,
            Self::Payable | Self::Paid => true,
        }
    }
}

/// Some units of a procedure. Has no `Debug`: it is about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Usage {
    /// A key of the caller's.
    pub id: String,
    /// Member who got them.
    pub member: MemberId,
    /// Plan that granted or pays them.
    pub plan: PlanId,
    /// Service that they belong to.
    pub service: String,
    /// Procedure of the service; in the record a code and its modifiers in order, such as `T2033 U6`.
    pub procedure: Procedure,
    /// Provider that gives them.
    pub provider_org: OrgId,
    /// The authorization or the claim.
    pub case: CaseId,
    /// The place of the line in its case, from 1.
    pub line: u16,
    /// First day of service.
    pub first_day: Date,
    /// Last day of service.
    pub last_day: Date,
    /// Number of units.
    pub units: i64,
    /// Minutes, where they were recorded.
    pub minutes: Option<i64>,
    /// Amount that is payable or was paid for them, in cents; nothing for what is authorized.
    pub amount: Cents,
    /// State of the units.
    pub state: UsageState,
}

/// Rows that one query reads. There are as many queries as it takes: what a member had is never cut.
const PAGE: usize = 1_000;

/// A member's units that reach to `since` or later, oldest first and all of them: with one plan, or with
/// every plan, since some limits count across plans. A provider sees its own, a plan what was under it; a
/// duty sees everything.
pub async fn for_member(
    store: &Store,
    scope: &Scope,
    member: MemberId,
    plan: Option<&PlanId>,
    since: Date,
) -> Result<Vec<Usage>, StoreError> {
    let mut used: Vec<Usage> = Vec::new();
    loop {
        let rows = store.read::<Row>(reading_for_member(scope, member, plan, since, used.last())).await?;
        let whole = rows.len() < PAGE;
        used.extend(read_all(rows)?);
        if whole {
            return Ok(used);
        }
    }
}

/// The read of [`for_member`], or of its next rows, after `last`.
pub fn reading_for_member(
    scope: &Scope,
    member: MemberId,
    plan: Option<&PlanId>,
    since: Date,
    last: Option<&Usage>,
) -> Read {
    let (day, id) = last.map(|last| (last.first_day.to_string(), last.id.clone())).unwrap_or_default();
    let own = [text(member), maybe_text(plan), text(since), scope.day(), text(day), text(id)];
    Read::new(FOR_MEMBER, values(scope.people(), own))
}

/// Units delivered to a member that reach to `since` or later, under every plan, newest first, without those
/// of one claim; at most `limit`.
pub async fn newest_delivered(
    store: &Store,
    scope: &Scope,
    member: MemberId,
    since: Date,
    without: Option<CaseId>,
    limit: u32,
) -> Result<Vec<Usage>, StoreError> {
    read_all(store.read::<Row>(reading_newest_delivered(scope, member, since, without, limit)).await?)
}

/// The read of [`newest_delivered`].
pub fn reading_newest_delivered(
    scope: &Scope,
    member: MemberId,
    since: Date,
    without: Option<CaseId>,
    limit: u32,
) -> Read {
    let own = [text(member), text(since), maybe_text(without), int(limit.into()), scope.day()];
    Read::new(NEWEST_DELIVERED, values(scope.people(), own))
}

/// Whose deliveries are asked for.
#[derive(Clone, Copy)]
pub struct Deliveries<'a> {
    /// Member who got them.
    pub member: MemberId,
    /// Plan that pays for them.
    pub plan: &'a PlanId,
    /// Provider that gave them.
    pub provider: OrgId,
    /// Service that they belong to.
    pub service: &'a str,
    /// They reach to this day or later.
    pub since: Date,
}

/// Units delivered to a member by a provider, oldest first: payable and paid. The record bounds it: a day of
/// a procedure is in it once.
pub async fn delivered(
    store: &Store,
    scope: &Scope,
    deliveries: Deliveries<'_>,
) -> Result<Vec<Usage>, StoreError> {
    let Deliveries { member, plan, provider, service, since } = deliveries;
    let own = [text(member), text(plan), text(provider), text(service), text(since), scope.day()];
    read_all(store.all::<Row>(DELIVERED, values(scope.people(), own)).await?)
}

/// The units of a case, by line.
pub async fn for_case(store: &Store, scope: &Scope, case: CaseId) -> Result<Vec<Usage>, StoreError> {
    read_all(store.all::<Row>(FOR_CASE, values(scope.people(), [text(case), scope.day()])).await?)
}

/// Number of members in a county for whom a plan has authorized a service that began on `since` or later.
pub async fn members_served(
    store: &Store,
    plan: &PlanId,
    service: &str,
    county: &County,
    since: Date,
) -> Result<u64, StoreError> {
    let row = store.read::<ServedRow>(reading_members_served(plan, service, county, since)).await?;
    Ok(row.first().map_or(0, |row| row.members.unsigned_abs()))
}

/// The read of [`members_served`].
pub fn reading_members_served(plan: &PlanId, service: &str, county: &County, since: Date) -> Read {
    Read::new(MEMBERS_SERVED, vec![text(plan), text(service), text(since), text(county)])
}

/// A member's history under every plan as it is now, for [`unchanged`].
pub async fn stamp(store: &Store, member: MemberId) -> Result<String, StoreError> {
    let row = store.read::<StampRow>(reading_stamp(member)).await?.into_iter().next();
    Ok(row.map(|row| row.stamp).unwrap_or_default())
}

/// The read of [`stamp`].
pub fn reading_stamp(member: MemberId) -> Read {
    Read::new(STAMP, vec![text(member)])
}

/// Lets a unit pass only while the member's history is as it was at `stamp`; else [`StoreError::Conflict`].
/// Units that were read as free must still be free when they are taken.
pub fn unchanged(member: MemberId, stamp: &str) -> [Statement; 2] {
    [alone(member), Statement::one(Miss::Conflict, UNCHANGED, vec![text(member), text(stamp)])]
}

/// Lets one unit at a time be about a member.
pub(crate) fn alone(member: MemberId) -> Statement {
    Statement::one(Miss::NotThere, ALONE, vec![text(member)])
}

/// Adds units; [`StoreError::Duplicate`] if the case's line has units already.
pub fn insert(usage: &Usage) -> Statement {
    Statement::one(
        Miss::Duplicate,
        INSERT,
        vec![
            text(&usage.id),
            text(usage.member),
            text(&usage.plan),
            text(&usage.service),
            text(&usage.procedure),
            text(usage.provider_org),
            text(usage.case),
            int(usage.line.into()),
            text(usage.first_day),
            text(usage.last_day),
            int(usage.units),
            maybe_int(usage.minutes),
            int(usage.amount.0),
            text(usage.state.name()),
        ],
    )
}

/// Says what was paid for the units of a claim's line; [`StoreError::Conflict`] if it has none.
pub fn pay(case: CaseId, line: u16, amount: Cents) -> Statement {
    Statement::one(Miss::Conflict, PAY, vec![text(case), int(line.into()), int(amount.0)])
}

/// Takes back the units of one line, if it has any.
pub fn remove(case: CaseId, line: u16) -> Statement {
    Statement::any(REMOVE, vec![text(case), int(line.into())])
}

/// Takes back all units of a case: a claim replaced or voided, a permission withdrawn.
pub fn remove_for_case(case: CaseId) -> Statement {
    Statement::any(REMOVE_FOR_CASE, vec![text(case)])
}

row! {
    struct ServedRow {
        members: i64,
    }
}

row! {
    struct StampRow {
        stamp: String,
    }
}

row! {
    struct Row {
        id: String,
        member: String,
        plan: String,
        service: String,
        procedure: String,
        provider_org: String,
        case_id: String,
        line: i64,
        first_day: String,
        last_day: String,
        units: i64,
        minutes: Option<i64>,
        amount: i64,
        state: String,
    }
}

impl TryFrom<Row> for Usage {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "usage", id: &row.id };
        Ok(Self {
            member: columns.parse("member", &row.member)?,
            plan: columns.parse("plan", &row.plan)?,
            procedure: columns.parse("procedure", &row.procedure)?,
            provider_org: columns.parse("provider_org", &row.provider_org)?,
            case: columns.parse("case_id", &row.case_id)?,
            line: columns.number("line", row.line)?,
            first_day: columns.parse("first_day", &row.first_day)?,
            last_day: columns.parse("last_day", &row.last_day)?,
            state: columns.word("state", &row.state, UsageState::named)?,
            id: row.id,
            service: row.service,
            units: row.units,
            minutes: row.minutes,
            amount: Cents(row.amount),
        })
    }
}
