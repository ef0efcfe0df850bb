//! Amounts that count towards a member's limits, and places of a plan that are taken.

use domain::Cents;
use domain::identifiers::{CaseId, County, MemberId, OrgId, PlanId};
use domain::limits::{Needs, Span, Stage, Use};
use jiff::civil::Date;

use crate::members::sees_member;
use crate::row::{Columns, row};
use crate::scope::values;
use crate::unit::text;
use crate::usage::UsageState;
use crate::{Read, Scope, Statement, Store, StoreError};

/// Rows that one query reads. There are as many queries as it takes: what counts is never cut.
const PAGE: usize = 1_000;

/// `$5` is the services between commas; `$7` and `$8` are the day and the id after which to go on.
const COUNTED: &str = concat!(
    "select x.* from (
        select u.id, u.plan, u.service, u.procedure, u.provider_org, u.case_id, u.first_day, u.last_day, u.units, u.minutes,
            u.amount, u.state
        from usage u join members m on m.id = u.member
        where u.member = $4 and $5 like '%,' || u.service || ',%' and u.last_day >= $6
            and (u.provider_org = $1 or u.plan = $2 or $3 = 1) and ",
    sees_member!("$9"),
    "
        union all
        select w.case_id, w.plan, w.service, '', w.provider_org, w.case_id, w.first_day, w.last_day, 0, null, 0, 'presumed'
        from windows w join members m on m.id = w.member
        where w.member = $4 and $5 like '%,' || w.service || ',%' and w.last_day >= $6
            and (w.provider_org = $1 or w.plan = $2 or $3 = 1) and ",
    sees_member!("$9"),
    "
    ) x where x.first_day > $7 or (x.first_day = $7 and x.id > $8) order by x.first_day, x.id limit 1000"
);

const OPEN: &str = "
    insert into windows (case_id, member, plan, service, provider_org, first_day, last_day)
    values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (case_id) do update set provider_org = excluded.provider_org, first_day = excluded.first_day,
        last_day = excluded.last_day";

const CLOSE: &str = "delete from windows where case_id = $1";

/// Members who may be served before the decision takes a place too. Counts people and shows none, so it asks
/// for no scope. `$5` is the member who would be admitted, `$6` the case.
const PLACES: &str = "
    select
        coalesce((select f.revision from fences f where f.subject = $7), 0) as revision,
        (select count(distinct a.member) from (
                select u.member from usage u
                    where u.plan = $1 and u.service = $2 and u.state = 'authorized' and u.first_day >= $3
                union all
                select w.member from windows w where w.plan = $1 and w.service = $2 and w.first_day >= $3
            ) a join members m on m.id = a.member where m.county = $4 and a.member <> $5) as others,
        (select count(*) from usage o
            where o.member = $5 and o.plan = $1 and o.service = $2 and o.state = 'authorized' and o.case_id <> $6
                and (o.first_day >= $3 or o.last_day >= $8))
        + (select count(*) from windows o
            where o.member = $5 and o.plan = $1 and o.service = $2
                and (o.first_day >= $3 or o.last_day >= $8)) as own";

/// A presumptive window that counts.
#[derive(Clone, Copy)]
pub struct Window<'a> {
    /// The case that it belongs to.
    pub case: CaseId,
    /// Member who may have the service.
    pub member: MemberId,
    /// Plan that grants the window.
    pub plan: &'a PlanId,
    /// Service of the window.
    pub service: &'a str,
    /// Provider that delivers.
    pub provider: OrgId,
    /// Days of the window.
    pub days: Span,
}

/// Places of a plan's service in a county, for a member who would take one.
#[derive(Clone, Copy)]
pub struct Places<'a> {
    /// Plan that caps the service.
    pub plan: &'a PlanId,
    /// Service that is capped.
    pub service: &'a str,
    /// County that the cap is for.
    pub county: &'a County,
    /// Members count who were admitted on this day or later.
    pub since: Date,
    /// Member who would be admitted.
    pub member: MemberId,
    /// The member's case; what it authorized itself is left out, and the place that its own window holds is
    /// not.
    pub case: CaseId,
    /// The day before the service would begin: what the member has until then goes on.
    pub until: Date,
}

/// Places of a capped service that are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Number of other members who are admitted.
    pub others: u64,
    /// Is the member admitted already?
    pub own: bool,
    /// Revision that [`admit`] must be told.
    revision: i64,
}

/// Everything of a member that counts, as `needs` says, oldest first, however much it is.
pub async fn counted(
    store: &Store,
    scope: &Scope,
    member: MemberId,
    needs: &Needs,
) -> Result<Vec<Use>, StoreError> {
    let mut uses = Vec::new();
    let mut after = (String::new(), String::new());
    loop {
        let rows = store.read::<Row>(reading_counted(scope, member, needs, &after)).await?;
        let whole = rows.len() < PAGE;
        if let Some(last) = rows.last() {
            after = (last.first_day.clone(), last.id.clone());
        }
        for row in rows {
            uses.push(Use::try_from(row)?);
        }
        if whole {
            return Ok(uses);
        }
    }
}

/// The read of [`counted`], or of its next rows: after a day and an id, which are empty at first.
pub fn reading_counted(scope: &Scope, member: MemberId, needs: &Needs, after: &(String, String)) -> Read {
    let services = format!(",{},", needs.services.join(","));
    let since = needs.since.map(|day| day.to_string()).unwrap_or_default();
    let own = [text(member), text(&services), text(&since), text(&after.0), text(&after.1), scope.day()];
    Read::new(COUNTED, values(scope.people(), own))
}

/// Keeps the days of a case's window.
pub fn open(window: Window<'_>) -> Statement {
    Statement::any(
        OPEN,
        vec![
            text(window.case),
            text(window.member),
            text(window.plan),
            text(window.service),
            text(window.provider),
            text(window.days.first),
            text(window.days.last),
        ],
    )
}

/// A case's window counts no more.
pub fn close(case: CaseId) -> Statement {
    Statement::any(CLOSE, vec![text(case)])
}

/// Places that are taken now.
pub async fn taken(store: &Store, places: Places<'_>) -> Result<Taken, StoreError> {
    let row = store.read::<TakenRow>(reading_taken(places)).await?.into_iter().next();
    Ok(row.map_or(Taken { others: 0, own: false, revision: 0 }, |row| Taken {
        others: row.others.unsigned_abs(),
        own: row.own > 0,
        revision: row.revision,
    }))
}

/// The read of [`taken`].
pub fn reading_taken(places: Places<'_>) -> Read {
    let values = vec![
        text(places.plan),
        text(places.service),
        text(places.since),
        text(places.county),
        text(places.member),
        text(places.case),
        text(places.subject()),
        text(places.until),
    ];
    Read::new(PLACES, values)
}

/// Lets a unit admit the member only while nobody else was admitted since `taken` was read.
pub fn admit(places: Places<'_>, taken: Taken) -> Statement {
    crate::fences::pass(&places.subject(), taken.revision)
}

impl Places<'_> {
    fn subject(&self) -> String {
        format!("places:{}:{}:{}", self.plan, self.service, self.county)
    }
}

row! {
    struct TakenRow {
        revision: i64,
        others: i64,
        own: i64,
    }
}

row! {
    struct Row {
        id: String,
        plan: String,
        service: String,
        procedure: String,
        provider_org: String,
        case_id: String,
        first_day: String,
        last_day: String,
        units: i64,
        minutes: Option<i64>,
        amount: i64,
        state: String,
    }
}

impl TryFrom<Row> for Use {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "usage", id: &row.id };
        let stage = columns.word("state", &row.state, stage)?;
        Ok(Self {
            case: columns.parse("case_id", &row.case_id)?,
            plan: columns.parse("plan", &row.plan)?,
            provider: columns.parse("provider_org", &row.provider_org)?,
            procedure: match stage {
                Stage::Presumed => None,
                _ => Some(columns.parse("procedure", &row.procedure)?),
            },
            days: Span {
                first: columns.parse("first_day", &row.first_day)?,
                last: columns.parse("last_day", &row.last_day)?,
            },
            // What is authorized has a sum only where one was granted.
            amount: (stage == Stage::Delivered || row.amount > 0).then_some(Cents(row.amount)),
            service: row.service,
            units: row.units,
            minutes: row.minutes,
            stage,
        })
    }
}

fn stage(word: &str) -> Option<Stage> {
    match word {
        "presumed" => Some(Stage::Presumed),
        word => UsageState::named(word).map(|state| match state {
            UsageState::Authorized => Stage::Authorized,
            UsageState::Payable | UsageState::Paid => Stage::Delivered,
        }),
    }
}
