//! Coverage of members: plan, line of business, first and last day. Rows come from rosters.

use domain::identifiers::{County, CoverageId, MemberId, PlanId, RosterId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::members::sees_member;
use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::text;
use crate::{Read, Scope, Store, StoreError};

macro_rules! columns {
    () => {
        "select k.id, k.member, k.plan, k.plan_member_id, k.line, k.group_code, k.dual_status, k.county, k.first_day,
            k.last_day, k.roster, k.disputed_since,
            coalesce((select o.state from organizations o where o.plan = k.plan), 'active') as plan_state
        from coverages k join members m on m.id = k.member where k.member = $4 and "
    };
}

const FOR_MEMBER: &str = concat!(columns!(), sees_member!("$5"), " order by k.first_day desc, k.id");

const ON_DAY: &str = concat!(
    columns!(),
    "k.first_day <= $5 and (k.last_day is null or k.last_day >= $5) and ",
    sees_member!("$6"),
    " order by k.first_day desc, k.id"
);

/// A member's days with a plan. Has no `Debug`: it is about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Coverage {
    /// Id of the coverage.
    pub id: CoverageId,
    /// Member who is covered.
    pub member: MemberId,
    /// Plan that covers the member.
    pub plan: PlanId,
    /// The plan's own number for the member.
    pub plan_member_id: String,
    /// The line of business: `medi-cal`, `d-snp`.
    pub line: String,
    /// The plan's group, by which a delegate is found.
    pub group_code: Option<String>,
    /// Dual status code: how Medicare and Medi-Cal go together for the member.
    pub dual_status: Option<String>,
    /// County of the coverage.
    pub county: County,
    /// First day of coverage.
    pub first_day: Date,
    /// Last day; `None` while it has no known end.
    pub last_day: Option<Date>,
    /// The member file that said so last.
    pub roster: RosterId,
    /// True if new cases may come to the plan: it has not ended on this host.
    pub plan_takes_cases: bool,
    /// Since when it is disputed: on days that are another plan's too in this line, it yields until that is
    /// settled.
    pub disputed_since: Option<Timestamp>,
}

impl Coverage {
    /// True if it is in force on `day`.
    #[must_use]
    pub fn holds_on(&self, day: Date) -> bool {
        self.first_day <= day && self.last_day.is_none_or(|last| last >= day)
    }
}

/// All coverage of a member, newest first. What of it a plan is shown is not this module's to say.
pub async fn for_member(store: &Store, scope: &Scope, member: MemberId) -> Result<Vec<Coverage>, StoreError> {
    read_all(store.read::<Row>(reading_for_member(scope, member)).await?)
}

/// The read of [`for_member`].
pub fn reading_for_member(scope: &Scope, member: MemberId) -> Read {
    Read::new(FOR_MEMBER, values(scope.people(), [text(member), scope.day()]))
}

/// Coverage of a member that includes `day`, newest first.
pub async fn on_day(
    store: &Store,
    scope: &Scope,
    member: MemberId,
    day: Date,
) -> Result<Vec<Coverage>, StoreError> {
    read_all(store.all::<Row>(ON_DAY, values(scope.people(), [text(member), text(day), scope.day()])).await?)
}

row! {
    struct Row {
        id: String,
        member: String,
        plan: String,
        plan_member_id: String,
        line: String,
        group_code: Option<String>,
        dual_status: Option<String>,
        county: String,
        first_day: String,
        last_day: Option<String>,
        roster: String,
        disputed_since: Option<i64>,
        plan_state: String,
    }
}

impl TryFrom<Row> for Coverage {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "coverages", id: &row.id };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            member: columns.parse("member", &row.member)?,
            plan: columns.parse("plan", &row.plan)?,
            county: columns.parse("county", &row.county)?,
            first_day: columns.parse("first_day", &row.first_day)?,
            last_day: columns.parse_some("last_day", row.last_day.as_deref())?,
            roster: columns.parse("roster", &row.roster)?,
            plan_takes_cases: row.plan_state != "ended",
            disputed_since: columns.instant_some("disputed_since", row.disputed_since)?,
            plan_member_id: row.plan_member_id,
            line: row.line,
            group_code: row.group_code,
            dual_status: row.dual_status,
        })
    }
}
