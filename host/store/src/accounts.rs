//! People's accounts. Who a person is, is seen by the person's own organization and by whoever runs this
//! host.

use domain::account::{Email, Rights, Role, Side, State};
use domain::case::{Language, LicensedReviewer};
use domain::identifiers::{AccountId, OrgId, PersonName};
use domain::openid::EmailDomain;
use jiff::Timestamp;

use crate::organizations::{self, Organization};
use crate::page::one_more;
use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{instant, int, list as json_list, maybe_text, text};
use crate::{Dialects, Miss, Page, Scope, Statement, Store, StoreError};

macro_rules! columns {
    () => {
        "select a.id, a.organization, o.kind, a.name, a.email, a.language, a.roles, a.license, a.administers,
            a.state, a.state_since, a.state_reason, a.created_at, a.version
        from accounts a join organizations o on o.id = a.organization "
    };
}

/// An organization sees its own people, whoever runs the host those of every organization.
macro_rules! seen {
    () => {
        "(a.organization = $1 or $3 = 1)"
    };
}

const FIND: &str = concat!(columns!(), "where a.id = $4 and ", seen!());
const LIST: &str = concat!(
    columns!(),
    "where ",
    seen!(),
    " and ($4 is null or a.organization = $4) and a.id > $5 order by a.id limit $6"
);

const LIVE: &str = concat!(
    columns!(),
    "where ",
    seen!(),
    " and a.organization = $4 and a.email = $5 and a.state <> 'ended'"
);

/// One person may work for several organizations; more than a few have one address by mistake only.
const ACTIVE_WITH: &str =
    concat!(columns!(), "where a.email = $1 and a.state = 'active' order by a.id limit 8");

const ENDED_WITH: &str = "
    select id from accounts where organization = $1 and email = $2 and state = 'ended' limit 1";

/// Somebody of another organization whose address ends so.
const OF_OTHERS: &str = "
    select id from accounts where organization <> $1 and email like $2 and state <> 'ended' limit 1";

const INSERT: &str = "
    insert into accounts (id, organization, name, email, language, roles, license, administers, state, state_since,
        state_reason, created_at, version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)";

/// Saves only over the version that was read.
const UPDATE: &str = "
    update accounts set organization = $2, name = $3, email = $4, language = $5, roles = $6, license = $7,
        administers = $8, state = $9, state_since = $10, state_reason = $11, created_at = $12, version = version + 1
    where id = $1 and version = $13";

/// The lock has a change wait, or be seen.
const UNCHANGED: Dialects = Dialects {
    sqlite: "select id from accounts where id = $1 and version = $2",
    postgres: "select id from accounts where id = $1 and version = $2 for share",
};

/// Of two administrators of an organization that go at one moment, one waits here for the other.
const IN_ORDER: &str = "update organizations set keys_ended = keys_ended + 1 where id = $1";

/// An administrator who can sign in, but for the account `$2`; or a key that manages keys and has no end.
const ANOTHER_ADMINISTRATOR: &str = "
    select o.id from organizations o where o.id = $1 and (
        exists (select 1 from accounts a where a.organization = o.id and a.id <> $2 and a.administers = 1
            and a.state = 'active')
        or exists (select 1 from api_keys k where k.organization = o.id and k.manages_keys = 1
            and k.revoked_at is null and k.expires_at is null))";

/// An account of a person. Has a `Debug` because name and address print nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Id of the account.
    pub id: AccountId,
    /// Organization for which the person acts.
    pub organization: OrgId,
    /// Name of the person; `None` of the first operator until the invitation is taken up.
    pub name: Option<PersonName>,
    /// Address of the person; `None` as for the name.
    pub email: Option<Email>,
    /// Language in which the person reads the portal.
    pub language: Language,
    /// Roles, license, and the care of other accounts.
    pub rights: Rights,
    /// State of the account.
    pub state: State,
    /// Instant of the first invitation (UTC).
    pub created_at: Timestamp,
    /// Grows with every change.
    pub version: i64,
}

/// Account of this id, if the scope sees it.
pub async fn find(store: &Store, scope: &Scope, id: AccountId) -> Result<Option<Account>, StoreError> {
    let row = store.one::<Row>(FIND, values(scope.institutions(), [text(id)])).await?;
    row.map(Account::try_from).transpose()
}

/// The account that a row of another table names, with its organization: for who is not known yet.
pub(crate) async fn enrolled(
    store: &Store,
    id: AccountId,
    of: &Columns<'_>,
) -> Result<(Account, Organization), StoreError> {
    let duty = Scope::duty("authenticate");
    let account = find(store, &duty, id).await?.ok_or_else(|| of.corrupt("its account is not there"))?;
    let organization = organizations::find(store, &duty, account.organization).await?;
    let organization = organization.ok_or_else(|| of.corrupt("its organization is not there"))?;
    Ok((account, organization))
}

/// Accounts after `after`, by id: those of the scope's organization, or of every one for who sees all; of one
/// `organization` only, if it is given.
pub async fn list(
    store: &Store,
    scope: &Scope,
    organization: Option<OrgId>,
    after: Option<AccountId>,
    limit: u32,
) -> Result<Page<Account, AccountId>, StoreError> {
    let after = text(after.map(|id| id.to_string()).unwrap_or_default());
    let own = [maybe_text(organization), after, one_more(limit)];
    let rows = store.all::<Row>(LIST, values(scope.institutions(), own)).await?;
    Ok(Page::cut(read_all(rows)?, limit, |account: &Account| account.id))
}

/// The account with this address that has not ended, of an organization, if the scope sees it.
pub async fn live(
    store: &Store,
    scope: &Scope,
    organization: OrgId,
    email: &Email,
) -> Result<Option<Account>, StoreError> {
    let own = [text(organization), text(email.expose())];
    store.one::<Row>(LIVE, values(scope.institutions(), own)).await?.map(Account::try_from).transpose()
}

/// Accounts with an address that can be signed in to. For signing in only: nobody is shown them.
pub async fn active_with(store: &Store, email: &Email) -> Result<Vec<Account>, StoreError> {
    read_all(store.all::<Row>(ACTIVE_WITH, vec![text(email.expose())]).await?)
}

/// True if an organization had an account with this address, and ended it.
pub async fn has_ended_with(store: &Store, organization: OrgId, email: &Email) -> Result<bool, StoreError> {
    let values = vec![text(organization), text(email.expose())];
    Ok(store.one::<(String,)>(ENDED_WITH, values).await?.is_some())
}

/// True if people of other organizations have addresses of this domain.
pub async fn others_have(
    store: &Store,
    organization: OrgId,
    domain: &EmailDomain,
) -> Result<bool, StoreError> {
    // A domain holds letters, digits, dots and hyphens: nothing that `like` reads as something else.
    let values = vec![text(organization), text(format!("%@{domain}"))];
    Ok(store.one::<(String,)>(OF_OTHERS, values).await?.is_some())
}

/// True if somebody else of an account's organization can invite people: an administrator who can sign in, or
/// the holder of a key.
pub async fn has_administrator_beside(store: &Store, account: &Account) -> Result<bool, StoreError> {
    let values = vec![text(account.organization), text(account.id)];
    Ok(store.one::<(String,)>(ANOTHER_ADMINISTRATOR, values).await?.is_some())
}

/// Adds an account; [`StoreError::Duplicate`] if the organization has a live one with its address.
pub fn insert(account: &Account) -> Statement {
    Statement::one(Miss::Duplicate, INSERT, row_values(account))
}

/// Saves an account over the version in it, which grows by one; [`StoreError::Conflict`] if it is not the
/// last.
pub fn update(account: &Account) -> Statement {
    let mut values = row_values(account);
    values.push(int(account.version));
    Statement::one(Miss::Conflict, UPDATE, values)
}

/// Guards a unit that lets the person of an account in; [`StoreError::Conflict`] if it was changed since it
/// was read.
pub fn unchanged(account: &Account) -> Statement {
    Statement::one(Miss::Conflict, UNCHANGED, vec![text(account.id), int(account.version)])
}

/// Guards a unit after which the person of an account administers no more: [`StoreError::Conflict`] unless
/// somebody else of the organization can invite people.
pub fn administrator_beside(account: &Account) -> [Statement; 2] {
    let organization = text(account.organization);
    [
        Statement::one(Miss::Conflict, IN_ORDER, vec![organization.clone()]),
        Statement::one(Miss::Conflict, ANOTHER_ADMINISTRATOR, vec![organization, text(account.id)]),
    ]
}

fn row_values(account: &Account) -> Vec<crate::Value> {
    let reason = match &account.state {
        State::Ended { reason, .. } => Some(reason),
        State::Invited { .. } | State::Active { .. } => None,
    };
    let roles: Vec<Role> = account.rights.roles().collect();
    vec![
        text(account.id),
        text(account.organization),
        maybe_text(account.name.as_ref().map(PersonName::expose)),
        maybe_text(account.email.as_ref().map(Email::expose)),
        text(account.language.tag()),
        json_list(&roles),
        maybe_text(account.rights.license().map(LicensedReviewer::license)),
        int(i64::from(account.rights.administers())),
        text(account.state.name()),
        instant(account.state.since()),
        maybe_text(reason),
        instant(account.created_at),
    ]
}

row! {
    struct Row {
        id: String,
        organization: String,
        kind: String,
        name: Option<String>,
        email: Option<String>,
        language: String,
        roles: String,
        license: Option<String>,
        administers: i64,
        state: String,
        state_since: i64,
        state_reason: Option<String>,
        created_at: i64,
        version: i64,
    }
}

impl TryFrom<Row> for Account {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "accounts", id: &row.id };
        let side: Side = columns.parse("organization", &row.kind)?;
        let roles: Vec<Role> = columns.json("roles", &row.roles)?;
        let rights = Rights::of(side, roles, row.license.as_deref(), row.administers == 1)
            .map_err(|_| columns.corrupt("roles, license and organization do not go together"))?;
        let language = Language::ALL.into_iter().find(|language| language.tag() == row.language);
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            organization: columns.parse("organization", &row.organization)?,
            name: columns.parse_some("name", row.name.as_deref())?,
            email: columns.parse_some("email", row.email.as_deref())?,
            language: language.ok_or_else(|| columns.corrupt("language does not read"))?,
            rights,
            state: state(&columns, &row)?,
            created_at: columns.instant("created_at", row.created_at)?,
            version: row.version,
        })
    }
}

fn state(columns: &Columns<'_>, row: &Row) -> Result<State, StoreError> {
    let at = columns.instant("state_since", row.state_since)?;
    match (row.state.as_str(), row.state_reason.clone()) {
        ("invited", None) => Ok(State::Invited { at }),
        ("active", None) => Ok(State::Active { since: at }),
        ("ended", Some(reason)) => Ok(State::Ended { at, reason }),
        _ => Err(columns.corrupt("state and state_reason do not go together")),
    }
}
