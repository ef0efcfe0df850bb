//! Remittances, and the ledger of what was paid and taken back.

use domain::Cents;
use domain::identifiers::{CaseId, OrgId, PaymentId, PlanId, RemittanceId};
use domain::plan::billing::Adjustment;
use domain::words;
use jiff::Timestamp;

use crate::page::one_more;
use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{instant, int, maybe_text, text};
use crate::{Miss, Page, Scope, Seat, Statement, Store, StoreError};

macro_rules! columns {
    () => {
        "select r.id, r.plan, r.number, r.provider_org, r.total, r.at, r.made_by from remittances r "
    };
}

macro_rules! entry_columns {
    () => {
        "select p.id, p.plan, p.provider_org, p.case_id, p.line, p.cause, p.amount, p.adjustments, p.at, p.remittance
        from payments p "
    };
}

const FIND: &str = concat!(columns!(), "where r.id = $4 and (r.provider_org = $1 or r.plan = $2 or $3 = 1)");

const LIST_FOR_PROVIDER: &str = concat!(
    columns!(),
    "where r.provider_org = $1 and (r.at, r.id) < ($2, $3) order by r.at desc, r.id desc limit $4"
);

const LIST_FOR_PLAN: &str = concat!(
    columns!(),
    "where r.plan = $1 and (r.at, r.id) < ($2, $3) order by r.at desc, r.id desc limit $4"
);

const CARRIED: &str = concat!(
    entry_columns!(),
    "where p.remittance = $4 and (p.provider_org = $1 or p.plan = $2 or $3 = 1) order by p.case_id, p.line, p.id"
);

const FOR_CASE: &str = concat!(
    entry_columns!(),
    "where p.case_id = $4 and (p.provider_org = $1 or p.plan = $2 or $3 = 1) order by p.at, p.line, p.id"
);

const OPEN: &str = concat!(
    entry_columns!(),
    "where p.plan = $4 and p.provider_org = $5 and p.remittance is null
        and (p.provider_org = $1 or p.plan = $2 or $3 = 1) order by p.at, p.id limit 1000"
);

const OPEN_LIST: &str = concat!(
    entry_columns!(),
    "where p.remittance is null and (p.provider_org = $1 or p.plan = $2 or $3 = 1) and (p.at, p.id) > ($4, $5)
        order by p.at, p.id limit $6"
);

const INSERT: &str = "
    insert into remittances (id, plan, number, provider_org, total, at, made_by) values ($1, $2, $3, $4, $5, $6, $7)";

const TAKEN: &str = "select id from remittances where plan = $1 and number = $2";

const ENTER: &str = "
    insert into payments (id, plan, provider_org, case_id, line, cause, amount, adjustments, at, remittance)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

const CARRY: &str =
    "update payments set remittance = $2 where id = $1 and remittance is null and amount = $3";

const LOWER: &str = "update payments set amount = $2 where id = $1 and remittance is null and amount = $3";

words! {
    /// Why an entry is in the ledger.
    pub enum Cause {
        /// A plan's payment for a line.
        Paid = "paid",
        /// A corrected claim stands in the place of the one that was paid.
        Replaced = "replaced",
        /// The claim that was paid was voided.
        Voided = "voided",
        /// After a dispute the plan paid the whole anew.
        PaidAnew = "paid-anew",
    }
}

/// One transfer or check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remittance {
    /// Id of the remittance.
    pub id: RemittanceId,
    /// Plan that paid.
    pub plan: PlanId,
    /// The plan's number for it.
    pub number: String,
    /// Provider that was paid.
    pub provider_org: OrgId,
    /// Payments of its lines, less what it takes back, in cents.
    pub total: Cents,
    /// Instant of its record (UTC).
    pub at: Timestamp,
    /// Organization that recorded it.
    pub made_by: OrgId,
}

/// Payment for a line, or an amount to be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Id of the entry.
    pub id: PaymentId,
    /// Plan that paid.
    pub plan: PlanId,
    /// Provider that was paid.
    pub provider_org: OrgId,
    /// Claim that it is about.
    pub case: CaseId,
    /// Number of the claim's line.
    pub line: u16,
    /// Cause of the entry.
    pub cause: Cause,
    /// Negative where it is taken back.
    pub amount: Cents,
    /// Why it is not the charge; with the other sign where it is taken back.
    pub adjustments: Vec<Adjustment>,
    /// Instant of the entry (UTC).
    pub at: Timestamp,
    /// The remittance that carries it; none while it is still to be taken back.
    pub remittance: Option<RemittanceId>,
}

/// Key of a page's last remittance: its instant and its id.
pub type RemittanceKey = (Timestamp, RemittanceId);

/// Key of a page's last entry: its instant and its id.
pub type EntryKey = (Timestamp, PaymentId);

/// Remittance of this id, if the scope sees it.
pub async fn find(store: &Store, scope: &Scope, id: RemittanceId) -> Result<Option<Remittance>, StoreError> {
    let row = store.one::<Row>(FIND, values(scope.people(), [text(id)])).await?;
    row.map(Remittance::try_from).transpose()
}

/// A provider's or a plan's remittances before `before`, newest first. Nobody else has any.
pub async fn list(
    store: &Store,
    scope: &Scope,
    before: Option<RemittanceKey>,
    limit: u32,
) -> Result<Page<Remittance, RemittanceKey>, StoreError> {
    let (sql, whose) = match scope.seat() {
        Seat::Provider(org) => (LIST_FOR_PROVIDER, text(org)),
        Seat::Plan { plan, .. } => (LIST_FOR_PLAN, text(plan)),
        Seat::Operator(_) | Seat::Duty(_) => return Ok(Page { items: Vec::new(), next: None }),
    };
    let (at, id) = before.map_or((int(i64::MAX), text("")), |(at, id)| (instant(at), text(id)));
    let rows = store.all::<Row>(sql, vec![whose, at, id, one_more(limit)]).await?;
    Ok(Page::cut(read_all(rows)?, limit, |remittance: &Remittance| (remittance.at, remittance.id)))
}

/// True if the plan gave that number to a remittance before.
pub async fn is_taken(store: &Store, plan: &PlanId, number: &str) -> Result<bool, StoreError> {
    Ok(store.one::<(String,)>(TAKEN, vec![text(plan), text(number)]).await?.is_some())
}

/// The entries that a remittance carries, by claim and line.
pub async fn carried(store: &Store, scope: &Scope, id: RemittanceId) -> Result<Vec<Entry>, StoreError> {
    read_all(store.all::<EntryRow>(CARRIED, values(scope.people(), [text(id)])).await?)
}

/// The entries of a claim, oldest first.
pub async fn for_case(store: &Store, scope: &Scope, case: CaseId) -> Result<Vec<Entry>, StoreError> {
    read_all(store.all::<EntryRow>(FOR_CASE, values(scope.people(), [text(case)])).await?)
}

/// Amounts that a plan has still to take back from a provider, oldest first.
pub async fn open(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    provider: OrgId,
) -> Result<Vec<Entry>, StoreError> {
    let own = [text(plan), text(provider)];
    read_all(store.all::<EntryRow>(OPEN, values(scope.people(), own)).await?)
}

/// Amounts that are still to be taken back from or by the caller, oldest first.
pub async fn open_list(
    store: &Store,
    scope: &Scope,
    after: Option<EntryKey>,
    limit: u32,
) -> Result<Page<Entry, EntryKey>, StoreError> {
    let (at, id) = after.map_or((int(i64::MIN), text("")), |(at, id)| (instant(at), text(id)));
    let own = [at, id, one_more(limit)];
    let rows = store.all::<EntryRow>(OPEN_LIST, values(scope.people(), own)).await?;
    Ok(Page::cut(read_all(rows)?, limit, |entry: &Entry| (entry.at, entry.id)))
}

/// Adds a remittance; [`StoreError::Duplicate`] if the plan gave its number before.
pub fn insert(remittance: &Remittance) -> Statement {
    Statement::one(
        Miss::Duplicate,
        INSERT,
        vec![
            text(remittance.id),
            text(&remittance.plan),
            text(&remittance.number),
            text(remittance.provider_org),
            int(remittance.total.0),
            instant(remittance.at),
            text(remittance.made_by),
        ],
    )
}

/// Enters a payment, or what is to be taken back.
pub fn enter(entry: &Entry) -> Statement {
    Statement::one(
        Miss::Duplicate,
        ENTER,
        vec![
            text(entry.id),
            text(&entry.plan),
            text(entry.provider_org),
            text(entry.case),
            int(entry.line.into()),
            text(entry.cause.name()),
            int(entry.amount.0),
            text(serde_json::to_string(&entry.adjustments).unwrap_or_default()),
            instant(entry.at),
            maybe_text(entry.remittance),
        ],
    )
}

/// Lets a remittance carry what is to be taken back, whole; [`StoreError::Conflict`] if another one carried
/// of it.
pub fn carry(entry: &Entry, remittance: RemittanceId) -> Statement {
    Statement::one(Miss::Conflict, CARRY, vec![text(entry.id), text(remittance), int(entry.amount.0)])
}

/// Leaves of what is to be taken back the rest, of which another entry carries the other part;
/// [`StoreError::Conflict`] if another remittance carried of it.
pub fn leave(entry: &Entry, rest: Cents) -> Statement {
    Statement::one(Miss::Conflict, LOWER, vec![text(entry.id), int(rest.0), int(entry.amount.0)])
}

row! {
    struct Row {
        id: String,
        plan: String,
        number: String,
        provider_org: String,
        total: i64,
        at: i64,
        made_by: String,
    }
}

impl TryFrom<Row> for Remittance {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "remittances", id: &row.id };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            plan: columns.parse("plan", &row.plan)?,
            provider_org: columns.parse("provider_org", &row.provider_org)?,
            at: columns.instant("at", row.at)?,
            made_by: columns.parse("made_by", &row.made_by)?,
            number: row.number,
            total: Cents(row.total),
        })
    }
}

row! {
    struct EntryRow {
        id: String,
        plan: String,
        provider_org: String,
        case_id: String,
        line: i64,
        cause: String,
        amount: i64,
        adjustments: String,
        at: i64,
        remittance: Option<String>,
    }
}

impl TryFrom<EntryRow> for Entry {
    type Error = StoreError;

    fn try_from(row: EntryRow) -> Result<Self, StoreError> {
        let columns = Columns { table: "payments", id: &row.id };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            plan: columns.parse("plan", &row.plan)?,
            provider_org: columns.parse("provider_org", &row.provider_org)?,
            case: columns.parse("case_id", &row.case_id)?,
            line: columns.number("line", row.line)?,
            cause: columns.word("cause", &row.cause, Cause::named)?,
            adjustments: columns.json("adjustments", &row.adjustments)?,
            at: columns.instant("at", row.at)?,
            remittance: columns.parse_some("remittance", row.remittance.as_deref())?,
            amount: Cents(row.amount),
        })
    }
}
