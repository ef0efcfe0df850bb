//! Referrals that are offered to providers, and who may be offered one.

use domain::identifiers::{CaseId, County, OrgId, PlanId};
use domain::plan::types::Urgency;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::page::one_more;
use crate::row::{Columns, read_all, row};
use crate::unit::{instant, int, maybe_text, text};
use crate::{Page, Scope, Seat, Statement, Store, StoreError};

/// The least that a provider must know to take a referral: nothing of it names the member.
const LIST: &str = "
    select o.case_id, o.offered_at, o.due_at, c.plan, c.service, c.urgency, c.version, m.county, m.language
    from offers o join cases c on c.id = o.case_id join members m on m.id = c.member
    where o.organization = $1 and (o.offered_at, o.case_id) > ($2, $3)
    order by o.offered_at, o.case_id limit $4";

const TO: &str = "select organization from offers where case_id = $1";

const PUT: &str = "
    insert into offers (case_id, organization, offered_at, due_at) values ($1, $2, $3, $4)
    on conflict (case_id) do update set organization = excluded.organization, offered_at = excluded.offered_at,
        due_at = excluded.due_at";

const REMOVE: &str = "delete from offers where case_id = $1";

macro_rules! under_contract {
    () => {
        "from contract_days d join contracts c on c.id = d.contract
        where d.plan = $1 and d.service = $2 and d.county = $3 and (d.delegate is null or d.delegate = $4)
            and d.first_day <= $5 and (d.last_day is null or d.last_day >= $5) and c.state = 'active'"
    };
}

/// Those first that have least to do. It tells of providers and of no member, so it asks for no scope.
const CANDIDATES: &str = concat!(
    "select provider_org from (select distinct d.provider_org ",
    under_contract!(),
    ") p order by (select count(*) from cases r where r.assigned_org = p.provider_org and r.kind = 'referral'
            and r.state in ('accepted', 'provider-accepted', 'in-service', 'changing-provider'))
        + (select count(*) from offers o where o.organization = p.provider_org), provider_org limit 200"
);

/// A referral that a provider may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Referral that is offered.
    pub case: CaseId,
    /// Version of the referral.
    pub version: i64,
    /// The plan that has accepted it.
    pub plan: PlanId,
    /// Service that is needed.
    pub service: String,
    /// Urgency of the referral.
    pub urgency: Urgency,
    /// County in which the member lives.
    pub county: County,
    /// Language of the member.
    pub language: String,
    /// Since when it is offered.
    pub offered_at: Timestamp,
    /// Until when it may be taken.
    pub due_at: Timestamp,
}

/// Search for a provider of a service in a county under contract with a plan, or with its delegate.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Plan that the contract is with.
    pub plan: &'a PlanId,
    /// The delegate that answers for the member.
    pub delegate: Option<&'a str>,
    /// Service that is wanted.
    pub service: &'a str,
    /// County in which the member lives.
    pub county: &'a County,
    /// Day on which the contract must hold.
    pub on: Date,
}

/// Key of a page's last offer: its instant and its referral.
pub type OfferKey = (Timestamp, CaseId);

/// The provider's open offers after `after`, oldest first. Nobody else has any.
pub async fn list(
    store: &Store,
    scope: &Scope,
    after: Option<OfferKey>,
    limit: u32,
) -> Result<Page<Offer, OfferKey>, StoreError> {
    let Seat::Provider(organization) = scope.seat() else {
        return Ok(Page { items: Vec::new(), next: None });
    };
    let (at, id) = after.map_or((int(i64::MIN), text("")), |(at, id)| (instant(at), text(id)));
    let rows = store.all::<Row>(LIST, vec![text(organization), at, id, one_more(limit)]).await?;
    Ok(Page::cut(read_all(rows)?, limit, |offer: &Offer| (offer.offered_at, offer.case)))
}

/// To whom a referral is offered, if it is.
pub async fn to(store: &Store, case: CaseId) -> Result<Option<OrgId>, StoreError> {
    let row = store.one::<(String,)>(TO, vec![text(case)]).await?;
    let id = case.to_string();
    let columns = Columns { table: "offers", id: &id };
    row.map(|(organization,)| columns.parse("organization", &organization)).transpose()
}

/// Offers a referral to a provider, and to nobody else.
pub fn put(case: CaseId, to: OrgId, offered_at: Timestamp, due_at: Timestamp) -> Statement {
    Statement::any(PUT, vec![text(case), text(to), instant(offered_at), instant(due_at)])
}

/// Ends the offer, if there is one.
pub fn remove(case: CaseId) -> Statement {
    Statement::any(REMOVE, vec![text(case)])
}

/// The providers that may be offered a referral, those with the fewest open referrals and offers first; at
/// most 200.
pub async fn candidates(store: &Store, wanted: Wanted<'_>) -> Result<Vec<OrgId>, StoreError> {
    let rows = store.all::<(String,)>(CANDIDATES, wanted.values()).await?;
    let columns = Columns { table: "contract_days", id: wanted.service };
    rows.into_iter().map(|(provider,)| columns.parse("provider_org", &provider)).collect()
}

impl Wanted<'_> {
    fn values(&self) -> Vec<crate::Value> {
        vec![text(self.plan), text(self.service), text(self.county), maybe_text(self.delegate), text(self.on)]
    }
}

row! {
    struct Row {
        case_id: String,
        offered_at: i64,
        due_at: i64,
        plan: String,
        service: String,
        urgency: String,
        version: i64,
        county: String,
        language: String,
    }
}

impl TryFrom<Row> for Offer {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "offers", id: &row.case_id };
        Ok(Self {
            case: columns.parse("case_id", &row.case_id)?,
            version: row.version,
            plan: columns.parse("plan", &row.plan)?,
            service: row.service,
            urgency: columns.word("urgency", &row.urgency, Urgency::named)?,
            county: columns.parse("county", &row.county)?,
            language: row.language,
            offered_at: columns.instant("offered_at", row.offered_at)?,
            due_at: columns.instant("due_at", row.due_at)?,
        })
    }
}
