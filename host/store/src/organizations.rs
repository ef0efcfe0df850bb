//! Providers, plans and counties.

use domain::identifiers::{County, Npi, OrgId, PlanId};
use domain::organization::State;
use domain::words;
use jiff::Timestamp;

use crate::page::one_more;
use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{instant, int, list as json_list, maybe_instant, maybe_text, text};
use crate::{Miss, Page, Scope, Statement, Store, StoreError};

macro_rules! columns {
    () => {
        "select id, kind, name, npi, plan, provider_kinds, taxonomies, counties, created_at, state, state_since,
            state_reason, version
        from organizations "
    };
}

/// A directory: who is enrolled, and as what, is public (a provider is named as preferred by its id). The
/// county's own organization is seen by itself and by plans.
macro_rules! seen {
    () => {
        "(kind <> 'county' or id = $1 or $2 is not null or $3 = 1)"
    };
}

const FIND: &str = concat!(columns!(), "where id = $4 and ", seen!());
const FIND_PLAN: &str = concat!(columns!(), "where plan = $1");
const LIST: &str = concat!(columns!(), "where id > $4 and ", seen!(), " order by id limit $5");

const INSERT: &str = "
    insert into organizations (id, kind, name, npi, plan, provider_kinds, taxonomies, counties, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

/// Saves only over the version that was read.
const UPDATE: &str = "
    update organizations set name = $3, npi = $4, provider_kinds = $5, taxonomies = $6, counties = $7, state = $8,
        state_since = $9, state_reason = $10, version = version + 1
    where id = $1 and version = $2";

/// `$1` is the organization, `$2` its plan. A plan's clocks and worklist are the plan's, a provider's its
/// own.
const OPEN: &str = "
    select
        (select count(distinct d.case_id) from deadlines d where d.state = 'open'
            and (($2 is not null and d.plan = $2) or ($2 is null and d.provider_org = $1))),
        (select count(*) from deadlines d where d.state = 'open'
            and (($2 is not null and d.plan = $2) or ($2 is null and d.provider_org = $1))),
        (select count(*) from worklist w where w.plan = $2),
        (select count(*) from api_keys k where k.organization = $1 and k.revoked_at is null)";

words! {
    /// Kind of an organization.
    pub enum OrganizationKind {
        /// Provider: gives services to members.
        Provider = "provider",
        /// Managed care plan: pays for services.
        Plan = "plan",
        /// County: an office that runs the host.
        County = "county",
    }
}

/// An organization of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Id of the organization.
    pub id: OrgId,
    /// Kind of the organization.
    pub kind: OrganizationKind,
    /// Name of the organization.
    pub name: String,
    /// Its national provider identifier.
    pub npi: Option<Npi>,
    /// The plan that it is, if it is one.
    pub plan: Option<PlanId>,
    /// Kinds of the dictionary, for a provider.
    pub provider_kinds: Vec<String>,
    /// Taxonomy codes (NUCC Health Care Provider Taxonomy).
    pub taxonomies: Vec<String>,
    /// Counties in which it works.
    pub counties: Vec<County>,
    /// Since when it is known here.
    pub created_at: Timestamp,
    /// State of the organization.
    pub state: State,
    /// Grows with every change.
    pub version: i64,
}

/// Open business of an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// Cases on which a clock runs.
    pub cases: i64,
    /// Number of running clocks.
    pub clocks: i64,
    /// Cases that wait for the plan's people.
    pub waiting: i64,
    /// Keys that were not revoked.
    pub keys: i64,
}

/// Open business of an organization. For whoever may pause or end it.
pub async fn open(store: &Store, organization: &Organization) -> Result<Open, StoreError> {
    let values = vec![text(organization.id), maybe_text(organization.plan.as_ref())];
    let counts = store.one::<(i64, i64, i64, i64)>(OPEN, values).await?;
    let (cases, clocks, waiting, keys) = counts.unwrap_or_default();
    Ok(Open { cases, clocks, waiting, keys })
}

/// Saves an organization over the version in it, which grows by one; [`StoreError::Conflict`] if it is not
/// the last.
pub fn update(organization: &Organization) -> Statement {
    let (since, reason) = match &organization.state {
        State::Active => (None, None),
        State::Paused { since: at, reason } | State::Ended { at, reason } => (Some(*at), Some(reason)),
    };
    Statement::one(
        Miss::Conflict,
        UPDATE,
        vec![
            text(organization.id),
            int(organization.version),
            text(&organization.name),
            maybe_text(organization.npi.as_ref()),
            json_list(&organization.provider_kinds),
            json_list(&organization.taxonomies),
            json_list(&organization.counties),
            text(organization.state.name()),
            maybe_instant(since),
            maybe_text(reason),
        ],
    )
}

/// Organization of this id, if the scope sees it.
pub async fn find(store: &Store, scope: &Scope, id: OrgId) -> Result<Option<Organization>, StoreError> {
    let row = store.one::<Row>(FIND, values(scope.institutions(), [text(id)])).await?;
    row.map(Organization::try_from).transpose()
}

/// The organization that is a plan. Plans are no secret.
pub async fn find_plan(store: &Store, plan: &PlanId) -> Result<Option<Organization>, StoreError> {
    store.one::<Row>(FIND_PLAN, vec![text(plan)]).await?.map(Organization::try_from).transpose()
}

/// Organizations after `after`, by id.
pub async fn list(
    store: &Store,
    scope: &Scope,
    after: Option<OrgId>,
    limit: u32,
) -> Result<Page<Organization, OrgId>, StoreError> {
    let own = [text(after.map(|id| id.to_string()).unwrap_or_default()), one_more(limit)];
    let rows = store.all::<Row>(LIST, values(scope.institutions(), own)).await?;
    Ok(Page::cut(read_all(rows)?, limit, |organization: &Organization| organization.id))
}

/// Adds an organization; [`StoreError::Duplicate`] if the plan has one already.
pub fn insert(organization: &Organization) -> Statement {
    Statement::one(
        Miss::Duplicate,
        INSERT,
        vec![
            text(organization.id),
            text(organization.kind.name()),
            text(&organization.name),
            maybe_text(organization.npi.as_ref()),
            maybe_text(organization.plan.as_ref()),
            json_list(&organization.provider_kinds),
            json_list(&organization.taxonomies),
            json_list(&organization.counties),
            instant(organization.created_at),
        ],
    )
}

row! {
    struct Row {
        id: String,
        kind: String,
        name: String,
        npi: Option<String>,
        plan: Option<String>,
        provider_kinds: String,
        taxonomies: String,
        counties: String,
        created_at: i64,
        state: String,
        state_since: Option<i64>,
        state_reason: Option<String>,
        version: i64,
    }
}

impl TryFrom<Row> for Organization {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "organizations", id: &row.id };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            kind: columns.word("kind", &row.kind, OrganizationKind::named)?,
            npi: columns.parse_some("npi", row.npi.as_deref())?,
            plan: columns.parse_some("plan", row.plan.as_deref())?,
            provider_kinds: columns.json("provider_kinds", &row.provider_kinds)?,
            taxonomies: columns.json("taxonomies", &row.taxonomies)?,
            counties: columns.json("counties", &row.counties)?,
            created_at: columns.instant("created_at", row.created_at)?,
            state: state(&columns, &row)?,
            version: row.version,
            name: row.name,
        })
    }
}

fn state(columns: &Columns<'_>, row: &Row) -> Result<State, StoreError> {
    let at = columns.instant_some("state_since", row.state_since)?;
    match (row.state.as_str(), at, row.state_reason.clone()) {
        ("active", ..) => Ok(State::Active),
        ("paused", Some(since), Some(reason)) => Ok(State::Paused { since, reason }),
        ("ended", Some(at), Some(reason)) => Ok(State::Ended { at, reason }),
        _ => Err(columns.corrupt("state, state_since and state_reason do not go together")),
    }
}
