//! Sessions of people who signed in, and the one way from a session's secret to a [`Scope`].

use domain::identifiers::{AccountId, Digest, IdentityProviderId, SessionId};
use domain::session::{Session as Life, State, Why};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::accounts::{self, Account};
use crate::organizations::{Organization, OrganizationKind};
use crate::row::{Columns, read_all, row};
use crate::unit::{instant, maybe_instant, maybe_text, text};
use crate::{Dialects, Miss, Scope, Seat, Statement, Store, StoreError};

macro_rules! columns {
    () => {
        "select id, account, began_at, seen_at, proved_at, state, state_since, why from sessions "
    };
}

const BY_SECRET: &str = concat!(columns!(), "where secret_sha256 = $1");
/// The newest; nobody has more.
const OF_ACCOUNT: &str =
    concat!(columns!(), "where account = $1 and state <> 'ended' order by began_at desc, id desc limit 200");

const OWN: &str = concat!(columns!(), "where id = $1 and account = $2");

const INSERT: &str = "
    insert into sessions (id, account, secret_sha256, began_at, seen_at, proved_at, state, state_since, why)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

/// Effects of an event, unless another came first.
const MOVE: &str = "
    update sessions set seen_at = $2, proved_at = $3, state = $4, state_since = $5, why = $6
    where id = $1 and state = $7";
const ROTATE: &str = "update sessions set secret_sha256 = $2 where id = $1 and secret_sha256 = $3";
const SEEN: &str = "update sessions set seen_at = $2 where id = $1 and seen_at < $2 and state = 'open'";
/// Ends one session; one that has ended stays as it ended.
const END: &str = "
    update sessions set state = 'ended', state_since = $2, why = $3 where id = $1 and state <> 'ended'";

const END_ALL: &str = "
    update sessions set state = 'ended', state_since = $2, why = $3 where account = $1 and state <> 'ended'";

const END_OF_PROVIDER: Dialects = Dialects {
    sqlite: "
        update sessions set state = 'ended', state_since = $2, why = $3 where id in (
            select s.id from identity_links l join sessions s on s.account = l.account and s.state <> 'ended'
            where l.provider = $1 and l.state = 'active')",
    // As an array the ids are looked up one by one; joined, the database may read all sessions for them.
    postgres: "
        update sessions set state = 'ended', state_since = $2, why = $3 where id = any(array(
            select s.id from identity_links l cross join lateral (
                select o.id from sessions o where o.account = l.account and o.state <> 'ended' offset 0) s
            where l.provider = $1 and l.state = 'active'))",
};

/// A session of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Id of the session.
    pub id: SessionId,
    /// Account that signed in.
    pub account: AccountId,
    /// Instants and state of the session.
    pub life: Life,
}

/// Somebody who shows the secret of a session, whatever became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Session of the secret.
    pub session: Session,
    /// Account of the person.
    pub account: Account,
    /// Organization for which the person acts.
    pub organization: Organization,
    /// Rows that the person sees: those of the organization.
    pub scope: Scope,
}

/// Whoever shows the secret with this SHA-256, as of `today`. `None`: nobody's.
pub async fn authenticate(
    store: &Store,
    secret_sha256: &Digest,
    today: Date,
) -> Result<Option<SignedIn>, StoreError> {
    let Some(row) = store.one::<Row>(BY_SECRET, vec![text(secret_sha256)]).await? else {
        return Ok(None);
    };
    let session = Session::try_from(row)?;
    let id = session.id.to_string();
    let columns = Columns { table: "sessions", id: &id };
    let (account, organization) = accounts::enrolled(store, session.account, &columns).await?;
    let seat = match organization.kind {
        OrganizationKind::Provider => Seat::Provider(organization.id),
        OrganizationKind::County => Seat::Operator(organization.id),
        OrganizationKind::Plan => {
            let plan = organization.plan.clone();
            let plan = plan.ok_or_else(|| columns.corrupt("its organization is no plan"))?;
            Seat::Plan { org: organization.id, plan }
        }
    };
    Ok(Some(SignedIn { session, account, organization, scope: Scope::of(seat, today) }))
}

/// Sessions of an account that were not ended, newest first. Some may have come to their end by themselves.
pub async fn of_account(store: &Store, account: AccountId) -> Result<Vec<Session>, StoreError> {
    read_all(store.all::<Row>(OF_ACCOUNT, vec![text(account)]).await?)
}

/// A session of this account, however it stands; `None` for nobody's and another's.
pub async fn find(store: &Store, account: AccountId, id: SessionId) -> Result<Option<Session>, StoreError> {
    let row = store.one::<Row>(OWN, vec![text(id), text(account)]).await?;
    row.map(Session::try_from).transpose()
}

/// Adds a session, with the hash of its secret.
pub fn insert(session: &Session, secret_sha256: &Digest) -> Statement {
    let Session { id, account, life } = session;
    let (since, why) = since(life);
    Statement::one(
        Miss::Duplicate,
        INSERT,
        vec![
            text(id),
            text(account),
            text(secret_sha256),
            instant(life.began_at),
            instant(life.seen_at),
            instant(life.proved_at),
            text(life.state.name()),
            maybe_instant(since),
            maybe_text(why),
        ],
    )
}

/// Keeps a session as an event left it, if it was in the state `from` until then; else
/// [`StoreError::Conflict`].
pub fn keep(session: &Session, from: &State) -> Statement {
    let (since, why) = since(&session.life);
    Statement::one(
        Miss::Conflict,
        MOVE,
        vec![
            text(session.id),
            instant(session.life.seen_at),
            instant(session.life.proved_at),
            text(session.life.state.name()),
            maybe_instant(since),
            maybe_text(why),
            text(from.name()),
        ],
    )
}

/// Gives a session another secret; [`StoreError::Conflict`] if it has another one than `old` already.
pub fn rotate(id: SessionId, new: &Digest, old: &Digest) -> Statement {
    Statement::one(Miss::Conflict, ROTATE, vec![text(id), text(new), text(old)])
}

/// Notes that a session is used.
pub fn seen(id: SessionId, at: Timestamp) -> Statement {
    Statement::any(SEEN, vec![text(id), instant(at)])
}

/// Ends a session, if it has not ended.
pub fn end(id: SessionId, at: Timestamp, why: Why) -> Statement {
    Statement::any(END, vec![text(id), instant(at), text(why)])
}

/// Ends every session of an account.
pub fn end_all(account: AccountId, at: Timestamp, why: Why) -> Statement {
    Statement::any(END_ALL, vec![text(account), instant(at), text(why)])
}

/// Ends every session of the accounts that somebody of a provider opens, however each of them began.
pub fn end_of_provider(provider: IdentityProviderId, at: Timestamp, why: Why) -> Statement {
    Statement::any(END_OF_PROVIDER, vec![text(provider), instant(at), text(why)])
}

fn since(life: &Life) -> (Option<Timestamp>, Option<Why>) {
    match life.state {
        State::Open => (None, None),
        State::Locked { at } => (Some(at), None),
        State::Ended { at, why } => (Some(at), Some(why)),
    }
}

row! {
    struct Row {
        id: String,
        account: String,
        began_at: i64,
        seen_at: i64,
        proved_at: i64,
        state: String,
        state_since: Option<i64>,
        why: Option<String>,
    }
}

impl TryFrom<Row> for Session {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "sessions", id: &row.id };
        let since = columns.instant_some("state_since", row.state_since)?;
        let why: Option<Why> = columns.parse_some("why", row.why.as_deref())?;
        let state = match (row.state.as_str(), since, why) {
            ("open", None, None) => State::Open,
            ("locked", Some(at), None) => State::Locked { at },
            ("ended", Some(at), Some(why)) => State::Ended { at, why },
            _ => return Err(columns.corrupt("state, state_since and why do not go together")),
        };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            account: columns.parse("account", &row.account)?,
            life: Life {
                began_at: columns.instant("began_at", row.began_at)?,
                seen_at: columns.instant("seen_at", row.seen_at)?,
                proved_at: columns.instant("proved_at", row.proved_at)?,
                state,
            },
        })
    }
}
