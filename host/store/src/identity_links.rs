//! Accounts that people of a provider open, and ways out to a provider that wait for their answer.

use domain::identifiers::{AccountId, Digest, IdentityLinkId, IdentityProviderId};
use domain::openid::Purpose;
use jiff::Timestamp;

use crate::row::{Columns, row};
use crate::unit::{instant, maybe_instant, maybe_text, text};
use crate::{Dialects, Miss, Statement, Store, StoreError};

macro_rules! columns {
    () => {
        "select id, provider, subject, account, made_at, used_at from identity_links "
    };
}

const OF_PERSON: &str = concat!(columns!(), "where provider = $1 and subject = $2 and state = 'active'");
const OF_ACCOUNT: &str = concat!(columns!(), "where account = $1 and state = 'active' order by id limit 1");

const INSERT: &str = "
    insert into identity_links (id, provider, subject, account, state, made_at, used_at)
    values ($1, $2, $3, $4, 'active', $5, $6)";
const USE: &str = "update identity_links set used_at = $2 where id = $1 and state = 'active'";
const END_OF_ACCOUNT: &str = "
    update identity_links set state = 'ended', settled_at = $2 where account = $1 and state = 'active'";
const END_OF_PROVIDER: &str = "
    update identity_links set state = 'ended', settled_at = $2 where provider = $1 and state = 'active'";

const HAS_ANOTHER_WAY: &str = "
    select a.id from accounts a where a.id = $1 and (
        exists (select 1 from passkeys p where p.account = a.id and p.state = 'active')
        or exists (select 1 from credentials c where c.account = a.id and c.kind = 'totp' and c.state = 'active'))";

const ASKED: &str = "
    select provider, purpose, account, leads_to, asked_at, ends_at from identity_attempts where state_sha256 = $1";
const ASK: &str = "
    insert into identity_attempts (state_sha256, provider, purpose, account, leads_to, asked_at, ends_at)
    values ($1, $2, $3, $4, $5, $6, $7)";
const TAKE: &str = "delete from identity_attempts where state_sha256 = $1";
/// Whoever leaves takes away what nobody came back with, so that never more lie here than some minutes bring.
const FORGET: Dialects = Dialects {
    sqlite: "delete from identity_attempts where state_sha256 in (
        select state_sha256 from identity_attempts where ends_at <= $1 order by ends_at limit 100)",
    // Those that somebody else takes away just now are not waited for.
    postgres: "delete from identity_attempts where state_sha256 = any(array(
        select state_sha256 from identity_attempts where ends_at <= $1 order by ends_at limit 100
        for update skip locked))",
};

/// A person of a provider who opens an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Id of the link.
    pub id: IdentityLinkId,
    /// Provider that knows the person.
    pub provider: IdentityProviderId,
    /// Provider's name for the person, which it gives nobody else.
    pub subject: String,
    /// Account that the person opens.
    pub account: AccountId,
    /// Instant of the first sign-in by it (UTC).
    pub made_at: Timestamp,
    /// Instant of the last one (UTC).
    pub used_at: Option<Timestamp>,
}

/// A way out to a provider that waits for its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Provider to which somebody went.
    pub provider: IdentityProviderId,
    /// Purpose of the way.
    pub purpose: Purpose,
    /// Account whose person went; `None` for whoever signs in.
    pub account: Option<AccountId>,
    /// Address of the page to go to afterwards.
    pub leads_to: String,
    /// Instant at which it began (UTC).
    pub asked_at: Timestamp,
    /// First instant at which no answer is taken any more (UTC).
    pub ends_at: Timestamp,
}

/// The link of a provider's person. For signing in only: nobody is shown it.
pub async fn of_person(
    store: &Store,
    provider: IdentityProviderId,
    subject: &str,
) -> Result<Option<Link>, StoreError> {
    let row = store.one::<Row>(OF_PERSON, vec![text(provider), text(subject)]).await?;
    row.map(Link::try_from).transpose()
}

/// The link of an account. An organization has one provider at a time, and so its account one link.
pub async fn of_account(store: &Store, account: AccountId) -> Result<Option<Link>, StoreError> {
    store.one::<Row>(OF_ACCOUNT, vec![text(account)]).await?.map(Link::try_from).transpose()
}

/// True if an account can be signed in to without a provider, and without a recovery code.
pub async fn has_another_way(store: &Store, account: AccountId) -> Result<bool, StoreError> {
    Ok(store.one::<(String,)>(HAS_ANOTHER_WAY, vec![text(account)]).await?.is_some())
}

/// Adds a link; [`StoreError::Duplicate`] if the person opens an account already, or another person this one.
pub fn insert(link: &Link) -> Statement {
    let values = vec![
        text(link.id),
        text(link.provider),
        text(&link.subject),
        text(link.account),
        instant(link.made_at),
        maybe_instant(link.used_at),
    ];
    Statement::one(Miss::Duplicate, INSERT, values)
}

/// Notes a use; [`StoreError::Conflict`] if the link ended since it was read.
pub fn used(id: IdentityLinkId, at: Timestamp) -> Statement {
    Statement::one(Miss::Conflict, USE, vec![text(id), instant(at)])
}

/// Ends the links of an account.
pub fn end_of_account(account: AccountId, at: Timestamp) -> Statement {
    Statement::any(END_OF_ACCOUNT, vec![text(account), instant(at)])
}

/// Ends the links of a provider.
pub fn end_of_provider(provider: IdentityProviderId, at: Timestamp) -> Statement {
    Statement::any(END_OF_PROVIDER, vec![text(provider), instant(at)])
}

/// The attempt whose state has this SHA-256, whether it has ended or not.
pub async fn asked(store: &Store, state: &Digest) -> Result<Option<Attempt>, StoreError> {
    let Some(row) = store.one::<AttemptRow>(ASKED, vec![text(state)]).await? else { return Ok(None) };
    let id = state.to_string();
    let columns = Columns { table: "identity_attempts", id: &id };
    Ok(Some(Attempt {
        provider: columns.parse("provider", &row.provider)?,
        purpose: columns.parse("purpose", &row.purpose)?,
        account: columns.parse_some("account", row.account.as_deref())?,
        asked_at: columns.instant("asked_at", row.asked_at)?,
        ends_at: columns.instant("ends_at", row.ends_at)?,
        leads_to: row.leads_to,
    }))
}

/// Keeps an attempt, and forgets some that have ended.
pub fn ask(state: &Digest, attempt: &Attempt) -> [Statement; 2] {
    let values = vec![
        text(state),
        text(attempt.provider),
        text(attempt.purpose),
        maybe_text(attempt.account),
        text(&attempt.leads_to),
        instant(attempt.asked_at),
        instant(attempt.ends_at),
    ];
    [Statement::any(FORGET, vec![instant(attempt.asked_at)]), Statement::one(Miss::Duplicate, ASK, values)]
}

/// Takes an attempt away; [`StoreError::Conflict`] if an answer came before.
pub fn take(state: &Digest) -> Statement {
    Statement::one(Miss::Conflict, TAKE, vec![text(state)])
}

row! {
    struct Row {
        id: String,
        provider: String,
        subject: String,
        account: String,
        made_at: i64,
        used_at: Option<i64>,
    }
}

row! {
    struct AttemptRow {
        provider: String,
        purpose: String,
        account: Option<String>,
        leads_to: String,
        asked_at: i64,
        ends_at: i64,
    }
}

impl TryFrom<Row> for Link {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "identity_links", id: &row.id };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            provider: columns.parse("provider", &row.provider)?,
            account: columns.parse("account", &row.account)?,
            made_at: columns.instant("made_at", row.made_at)?,
            used_at: columns.instant_some("used_at", row.used_at)?,
            subject: row.subject,
        })
    }
}
