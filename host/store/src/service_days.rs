//! The days on which a provider's service is payable or paid. A day of a procedure is there once, whatever
//! the claims: this is what keeps two claims that are sent at one moment from being paid for the same day.

use domain::Procedure;
use domain::identifiers::{CaseId, MemberId, OrgId};
use jiff::civil::Date;

use crate::members::sees_member;
use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{int, text};
use crate::{Dialects, Scope, Statement, Store, StoreError};

const TAKEN: &str = concat!(
    "select d.procedure, d.day, d.case_id, d.line from service_days d join members m on m.id = d.member
    where d.member = $4 and d.provider_org = $5 and d.day >= $6 and d.day <= $7
        and (d.provider_org = $1 or exists (select 1 from cases c where c.id = d.case_id and c.plan = $2) or $3 = 1) and ",
    sees_member!("$8"),
    " order by d.day, d.procedure"
);

const TAKE: Dialects = Dialects {
    sqlite: "
        insert into service_days (member, provider_org, procedure, case_id, line, day)
        with recursive days (day) as (
            select $6 union all select date(day, '+1 day') from days where day < $7)
        select $1, $2, $3, $4, $5, day from days",
    postgres: "
        insert into service_days (member, provider_org, procedure, case_id, line, day)
        select $1, $2, $3, $4, $5, to_char(day, 'YYYY-MM-DD')
        from generate_series($6::date, $7::date, interval '1 day') as days (day)",
};

const FREE_LINE: &str = "delete from service_days where case_id = $1 and line = $2";

const FREE: &str = "delete from service_days where case_id = $1";

/// A day that is taken. Has no `Debug`: it is about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct TakenDay {
    /// Procedure that was done on the day.
    pub procedure: Procedure,
    /// Day of the service.
    pub day: Date,
    /// The claim that it is payable or paid under.
    pub case: CaseId,
    /// The line of that claim.
    pub line: u16,
}

/// The days of a line that are to be taken.
#[derive(Clone, Copy)]
pub struct Days<'a> {
    /// Member who was served.
    pub member: MemberId,
    /// Provider that served.
    pub provider: OrgId,
    /// Procedure that was done.
    pub procedure: &'a Procedure,
    /// First day of service.
    pub first: Date,
    /// Last day of service.
    pub last: Date,
    /// Claim that bills the days.
    pub case: CaseId,
    /// Number of the claim's line.
    pub line: u16,
}

/// The days of a member with a provider from `first` to `last` that are taken, whatever the plan.
pub async fn taken(
    store: &Store,
    scope: &Scope,
    member: MemberId,
    provider: OrgId,
    first: Date,
    last: Date,
) -> Result<Vec<TakenDay>, StoreError> {
    let own = [text(member), text(provider), text(first), text(last), scope.day()];
    read_all(store.all::<Row>(TAKEN, values(scope.people(), own)).await?)
}

/// Takes every day of a line; [`StoreError::Duplicate`] if one of them is taken.
pub fn take(days: &Days<'_>) -> Statement {
    Statement::any(
        TAKE,
        vec![
            text(days.member),
            text(days.provider),
            text(days.procedure),
            text(days.case),
            int(days.line.into()),
            text(days.first),
            text(days.last),
        ],
    )
}

/// Frees the days of one line.
pub fn free_line(case: CaseId, line: u16) -> Statement {
    Statement::any(FREE_LINE, vec![text(case), int(line.into())])
}

/// Frees all days of a claim: it was replaced or voided.
pub fn free(case: CaseId) -> Statement {
    Statement::any(FREE, vec![text(case)])
}

row! {
    struct Row {
        procedure: String,
        day: String,
        case_id: String,
        line: i64,
    }
}

impl TryFrom<Row> for TakenDay {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "service_days", id: &row.case_id };
        Ok(Self {
            procedure: columns.parse("procedure", &row.procedure)?,
            day: columns.parse("day", &row.day)?,
            case: columns.parse("case_id", &row.case_id)?,
            line: columns.number("line", row.line)?,
        })
    }
}
