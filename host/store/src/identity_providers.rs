//! Identity providers of organizations, and the names and domains by which they are called up.
//!
//! A client's secret is shown to the provider and to nobody else: no list and no page has it.

use domain::identifiers::{IdentityProviderId, OrgId};
use domain::openid::{ClientId, ClientSecret, EmailDomain, Issuer, ShortName};
use jiff::Timestamp;

use crate::page::one_more;
use crate::row::{Columns, row};
use crate::scope::values;
use crate::unit::{instant, int, list as json_list, maybe_text, text};
use crate::{Dialects, Miss, Page, Scope, Statement, Store, StoreError};

macro_rules! columns {
    () => {
        "select p.id, p.organization, p.short_name, p.issuer, p.client_id, p.client_secret, p.email_domains,
            p.begun_at, p.ended_at, p.version,
            (select count(*) from identity_links l where l.provider = p.id and l.state = 'active') as people
        from identity_providers p "
    };
}

/// An organization sees its own, whoever runs the host those of every organization.
macro_rules! seen {
    () => {
        "(p.organization = $1 or $3 = 1)"
    };
}

const FIND: &str = concat!(columns!(), "where p.id = $4 and ", seen!());
const LIST: &str = concat!(columns!(), "where ", seen!(), " and p.id > $4 order by p.id limit $5");

const LIVE: &str = concat!(columns!(), "where p.id = $1 and p.ended_at is null");
const OF_ORGANIZATION: &str = concat!(columns!(), "where p.organization = $1 and p.state = 'active'");
const BY_NAME: &str = concat!(columns!(), "where p.short_name = $1 and p.state = 'active'");
const BY_DOMAIN: &str = concat!(
    columns!(),
    "where p.id = (select d.provider from identity_provider_domains d where d.domain = $1)"
);

const INSERT: &str = "
    insert into identity_providers (id, organization, short_name, issuer, client_id, client_secret, email_domains,
        state, begun_at, ended_at, version)
    values ($1, $2, $3, $4, $5, $6, $7, 'active', $8, null, 1)";

/// Saves only over the version that was read. Issuer and client stay: with another of them it is another
/// provider.
const UPDATE: &str = "
    update identity_providers set short_name = $2, client_secret = $3, email_domains = $4, version = version + 1
    where id = $1 and state = 'active' and version = $5";

/// Nobody exchanges a code with it any more.
const END: &str = "
    update identity_providers set state = 'ended', ended_at = $2, client_secret = null, version = version + 1
    where id = $1 and state = 'active'";

/// The lock has an end wait, or be seen.
const GOES_ON: Dialects = Dialects {
    sqlite: "select id from identity_providers where id = $1 and state = 'active'",
    postgres: "select id from identity_providers where id = $1 and state = 'active' for share",
};

const LEAVE_DOMAINS: &str = "delete from identity_provider_domains where provider = $1";
const TAKE_DOMAIN: &str = "insert into identity_provider_domains (domain, provider) values ($1, $2)";

/// An identity provider by which the people of an organization sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityProvider {
    /// Id of the provider.
    pub id: IdentityProviderId,
    /// Organization whose people sign in by it.
    pub organization: OrgId,
    /// Name by which people call it up.
    pub short_name: ShortName,
    /// Address under which it says who people are.
    pub issuer: Issuer,
    /// This host as a client of it.
    pub client_id: ClientId,
    /// Secret of that client; `None` once the provider has ended.
    pub client_secret: Option<ClientSecret>,
    /// Domains of its people's addresses; where there are none, any will do.
    pub email_domains: Vec<EmailDomain>,
    /// Instant from which people sign in by it (UTC).
    pub begun_at: Timestamp,
    /// Instant from which nobody does any more (UTC); `None` while it goes on.
    pub ended_at: Option<Timestamp>,
    /// Grows with every change.
    pub version: i64,
}

/// A provider, with the number of people for whom it is a way in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InUse {
    /// Row of the provider.
    pub provider: IdentityProvider,
    /// Accounts that somebody signed in to by it, and still can.
    pub people: i64,
}

/// Provider of this id, however it stands, if the scope sees it.
pub async fn find(store: &Store, scope: &Scope, id: IdentityProviderId) -> Result<Option<InUse>, StoreError> {
    let row = store.one::<Row>(FIND, values(scope.institutions(), [text(id)])).await?;
    row.map(InUse::try_from).transpose()
}

/// Providers after `after`, by id: all for the operator, else the organization's own. Those that ended are
/// among them.
pub async fn list(
    store: &Store,
    scope: &Scope,
    after: Option<IdentityProviderId>,
    limit: u32,
) -> Result<Page<InUse, IdentityProviderId>, StoreError> {
    let own = [text(after.map(|id| id.to_string()).unwrap_or_default()), one_more(limit)];
    let rows = store.all::<Row>(LIST, values(scope.institutions(), own)).await?;
    let standing: Result<Vec<InUse>, StoreError> = rows.into_iter().map(InUse::try_from).collect();
    Ok(Page::cut(standing?, limit, |standing: &InUse| standing.provider.id))
}

/// Provider of this id, if it goes on. For signing in only: nobody is shown it.
pub async fn live(store: &Store, id: IdentityProviderId) -> Result<Option<IdentityProvider>, StoreError> {
    one(store, LIVE, text(id)).await
}

/// The provider of an organization that goes on.
pub async fn of_organization(
    store: &Store,
    organization: OrgId,
) -> Result<Option<IdentityProvider>, StoreError> {
    one(store, OF_ORGANIZATION, text(organization)).await
}

/// The provider that goes on and is called up by this name.
pub async fn by_name(store: &Store, name: &ShortName) -> Result<Option<IdentityProvider>, StoreError> {
    one(store, BY_NAME, text(name)).await
}

/// The provider that goes on and is called up by addresses of this domain.
pub async fn by_domain(store: &Store, domain: &EmailDomain) -> Result<Option<IdentityProvider>, StoreError> {
    one(store, BY_DOMAIN, text(domain)).await
}

async fn one(
    store: &Store,
    sql: &'static str,
    value: crate::Value,
) -> Result<Option<IdentityProvider>, StoreError> {
    let row = store.one::<Row>(sql, vec![value]).await?;
    Ok(row.map(InUse::try_from).transpose()?.map(|standing| standing.provider))
}

/// Adds a provider with its domains; [`StoreError::Duplicate`] if the organization has one, or another has
/// its name or one of its domains.
pub fn insert(provider: &IdentityProvider) -> Vec<Statement> {
    let values = vec![
        text(provider.id),
        text(provider.organization),
        text(&provider.short_name),
        text(&provider.issuer),
        text(&provider.client_id),
        maybe_text(provider.client_secret.as_ref().map(ClientSecret::expose)),
        json_list(&provider.email_domains),
        instant(provider.begun_at),
    ];
    let mut statements = vec![Statement::one(Miss::Duplicate, INSERT, values)];
    statements.extend(domains(provider));
    statements
}

/// Saves the settings of a provider over the version in it, which grows by one; [`StoreError::Conflict`] if
/// it is not the last or has ended, or if another one has its name; [`StoreError::Duplicate`] if another one
/// has one of its domains.
pub fn update(provider: &IdentityProvider) -> Vec<Statement> {
    let values = vec![
        text(provider.id),
        text(&provider.short_name),
        maybe_text(provider.client_secret.as_ref().map(ClientSecret::expose)),
        json_list(&provider.email_domains),
        int(provider.version),
    ];
    let mut statements = vec![Statement::one(Miss::Conflict, UPDATE, values)];
    statements.extend(domains(provider));
    statements
}

fn domains(provider: &IdentityProvider) -> Vec<Statement> {
    let mut statements = vec![Statement::any(LEAVE_DOMAINS, vec![text(provider.id)])];
    let take = |domain| Statement::one(Miss::Duplicate, TAKE_DOMAIN, vec![text(domain), text(provider.id)]);
    statements.extend(provider.email_domains.iter().map(take));
    statements
}

/// Guards a unit that takes a provider's word; [`StoreError::Conflict`] unless it goes on.
pub fn goes_on(id: IdentityProviderId) -> Statement {
    Statement::one(Miss::Conflict, GOES_ON, vec![text(id)])
}

/// Ends a provider: nobody is sent to it any more, the client's secret is forgotten, and name and domains are
/// free again; [`StoreError::NotThere`] if there is none, or it has ended.
pub fn end(id: IdentityProviderId, at: Timestamp) -> [Statement; 2] {
    [
        Statement::one(Miss::NotThere, END, vec![text(id), instant(at)]),
        Statement::any(LEAVE_DOMAINS, vec![text(id)]),
    ]
}

row! {
    struct Row {
        id: String,
        organization: String,
        short_name: String,
        issuer: String,
        client_id: String,
        client_secret: Option<String>,
        email_domains: String,
        begun_at: i64,
        ended_at: Option<i64>,
        version: i64,
        people: i64,
    }
}

impl TryFrom<Row> for InUse {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "identity_providers", id: &row.id };
        let provider = IdentityProvider {
            id: columns.parse("id", &row.id)?,
            organization: columns.parse("organization", &row.organization)?,
            short_name: columns.parse("short_name", &row.short_name)?,
            issuer: columns.parse("issuer", &row.issuer)?,
            client_id: columns.parse("client_id", &row.client_id)?,
            client_secret: columns.parse_some("client_secret", row.client_secret.as_deref())?,
            email_domains: columns.json("email_domains", &row.email_domains)?,
            begun_at: columns.instant("begun_at", row.begun_at)?,
            ended_at: columns.instant_some("ended_at", row.ended_at)?,
            version: row.version,
        };
        Ok(Self { provider, people: row.people })
    }
}
