//! Passkeys of accounts, and the challenges that they answer. Keys are public ones: who reads the record
//! cannot sign in by them.

use domain::identifiers::{AccountId, CredentialId, Digest};
use domain::passkey::{PublicKey, Purpose};
use jiff::Timestamp;

use crate::row::{Columns, read_all, row};
use crate::unit::{bytes, instant, int, maybe_instant, maybe_text, text};
use crate::{Dialects, Miss, Statement, Store, StoreError};

macro_rules! columns {
    () => {
        "select id, account, name, handle, public_key, counter, made_at, used_at from passkeys "
    };
}

const BY_HANDLE: &str = concat!(columns!(), "where handle = $1 and state = 'active'");
const OF_ACCOUNT: &str =
    concat!(columns!(), "where account = $1 and state = 'active' order by made_at, id limit 100");
/// In any state: a device gives no id twice.
const HANDLE_IS_TAKEN: &str = "select id from passkeys where handle = $1";

const INSERT: &str = "
    insert into passkeys (id, account, name, handle, public_key, counter, state, made_at, used_at)
    values ($1, $2, $3, $4, $5, $6, 'active', $7, $8)";

/// Of two uses at one moment one comes after the other, unless the device counts none.
const USE: &str = "
    update passkeys set counter = $2, used_at = $3 where id = $1 and state = 'active' and counter = $4";

/// Of two passkeys that are removed at one moment, one waits here for the other.
const IN_ORDER: &str = "update accounts set version = version where id = $1";

/// Another passkey of the account `$1`, an authenticator, or a provider that knows its person.
macro_rules! another_way {
    () => {
        "(exists (select 1 from passkeys other where other.account = $1 and other.id <> $2
            and other.state = 'active')
        or exists (select 1 from identity_links l where l.account = $1 and l.state = 'active')
        or exists (select 1 from credentials c where c.account = $1 and c.kind = 'totp' and c.state = 'active'))"
    };
}

const HAS_ANOTHER_WAY: &str = concat!("select a.id from accounts a where a.id = $1 and ", another_way!());
const END: &str = concat!(
    "update passkeys set state = 'ended', settled_at = $3 where id = $2 and account = $1 and state = 'active' and ",
    another_way!()
);
const END_ALL: &str = "
    update passkeys set state = 'ended', settled_at = $2 where account = $1 and state = 'active'";

const ASKED: &str = "select purpose, account, ends_at from passkey_challenges where challenge_sha256 = $1";
const ASK: &str = "
    insert into passkey_challenges (challenge_sha256, purpose, account, ends_at) values ($1, $2, $3, $4)";
const TAKE: &str = "delete from passkey_challenges where challenge_sha256 = $1";
/// Whoever asks takes away what nobody answered, so that never more lie here than some minutes bring.
const FORGET: Dialects = Dialects {
    sqlite: "delete from passkey_challenges where challenge_sha256 in (
        select challenge_sha256 from passkey_challenges where ends_at <= $1 order by ends_at limit 100)",
    // Those that somebody else takes away just now are not waited for.
    postgres: "delete from passkey_challenges where challenge_sha256 = any(array(
        select challenge_sha256 from passkey_challenges where ends_at <= $1 order by ends_at limit 100
        for update skip locked))",
};

/// A passkey of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// Id of the credential.
    pub id: CredentialId,
    /// Account that it opens.
    pub account: AccountId,
    /// Name that its person gave it.
    pub name: String,
    /// Id that the device gave it.
    pub handle: Vec<u8>,
    /// Public key, by which its signatures are verified.
    pub key: PublicKey,
    /// Uses as the device counts them; 0 where it counts none.
    pub counter: u32,
    /// Instant at which it was added (UTC).
    pub made_at: Timestamp,
    /// Instant of the last use (UTC); `None` before the first.
    pub used_at: Option<Timestamp>,
}

/// A challenge that waits for its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Purpose for which it was made.
    pub purpose: Purpose,
    /// Account whose person may answer; `None` for whoever signs in.
    pub account: Option<AccountId>,
    /// First instant at which no answer is taken any more (UTC).
    pub ends_at: Timestamp,
}

/// The passkey to which a device gave this id. For proofs only: nobody is shown it.
pub async fn by_handle(store: &Store, handle: &[u8]) -> Result<Option<Passkey>, StoreError> {
    store.one::<Row>(BY_HANDLE, vec![bytes(handle)]).await?.map(Passkey::try_from).transpose()
}

/// Passkeys of an account, oldest first.
pub async fn of_account(store: &Store, account: AccountId) -> Result<Vec<Passkey>, StoreError> {
    read_all(store.all::<Row>(OF_ACCOUNT, vec![text(account)]).await?)
}

/// True if a passkey has this id already, whoever's it is or was.
pub async fn handle_is_taken(store: &Store, handle: &[u8]) -> Result<bool, StoreError> {
    Ok(store.one::<(String,)>(HANDLE_IS_TAKEN, vec![bytes(handle)]).await?.is_some())
}

/// True if an account can be signed in to without this passkey, and without a recovery code.
pub async fn has_another_way(
    store: &Store,
    account: AccountId,
    passkey: CredentialId,
) -> Result<bool, StoreError> {
    Ok(store.one::<(String,)>(HAS_ANOTHER_WAY, vec![text(account), text(passkey)]).await?.is_some())
}

/// Adds a passkey; [`StoreError::Duplicate`] if one has its handle.
pub fn insert(passkey: &Passkey) -> Statement {
    let values = vec![
        text(passkey.id),
        text(passkey.account),
        text(&passkey.name),
        bytes(&passkey.handle),
        bytes(passkey.key.cose()),
        int(passkey.counter.into()),
        instant(passkey.made_at),
        maybe_instant(passkey.used_at),
    ];
    Statement::one(Miss::Duplicate, INSERT, values)
}

/// Notes a use after which the counter stands at `counter`; [`StoreError::Conflict`] if the passkey was used
/// or ended since it was read.
pub fn used(passkey: &Passkey, counter: u32, at: Timestamp) -> Statement {
    let values = vec![text(passkey.id), int(counter.into()), instant(at), int(passkey.counter.into())];
    Statement::one(Miss::Conflict, USE, values)
}

/// Ends a passkey of an account; [`StoreError::Conflict`] if it has ended, or is the last way in.
pub fn end(id: CredentialId, account: AccountId, at: Timestamp) -> [Statement; 2] {
    [
        Statement::one(Miss::Conflict, IN_ORDER, vec![text(account)]),
        Statement::one(Miss::Conflict, END, vec![text(account), text(id), instant(at)]),
    ]
}

/// Ends every passkey of an account.
pub fn end_all(account: AccountId, at: Timestamp) -> Statement {
    Statement::any(END_ALL, vec![text(account), instant(at)])
}

/// The challenge with this SHA-256, whether it has ended or not.
pub async fn asked(store: &Store, challenge: &Digest) -> Result<Option<Asked>, StoreError> {
    let row = store.one::<(String, Option<String>, i64)>(ASKED, vec![text(challenge)]).await?;
    let Some((purpose, account, ends_at)) = row else { return Ok(None) };
    let id = challenge.to_string();
    let columns = Columns { table: "passkey_challenges", id: &id };
    Ok(Some(Asked {
        purpose: columns.parse("purpose", &purpose)?,
        account: columns.parse_some("account", account.as_deref())?,
        ends_at: columns.instant("ends_at", ends_at)?,
    }))
}

/// Keeps a challenge, and forgets some that have ended.
pub fn ask(challenge: &Digest, asked: &Asked, now: Timestamp) -> [Statement; 2] {
    let values =
        vec![text(challenge), text(asked.purpose), maybe_text(asked.account), instant(asked.ends_at)];
    [Statement::any(FORGET, vec![instant(now)]), Statement::one(Miss::Duplicate, ASK, values)]
}

/// Takes a challenge away; [`StoreError::Conflict`] if an answer was given before.
pub fn take(challenge: &Digest) -> Statement {
    Statement::one(Miss::Conflict, TAKE, vec![text(challenge)])
}

row! {
    struct Row {
        id: String,
        account: String,
        name: String,
        handle: Vec<u8>,
        public_key: Vec<u8>,
        counter: i64,
        made_at: i64,
        used_at: Option<i64>,
    }
}

impl TryFrom<Row> for Passkey {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "passkeys", id: &row.id };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            account: columns.parse("account", &row.account)?,
            key: PublicKey::of_cose(&row.public_key)
                .ok_or_else(|| columns.corrupt("public_key does not read"))?,
            counter: columns.number("counter", row.counter)?,
            made_at: columns.instant("made_at", row.made_at)?,
            used_at: columns.instant_some("used_at", row.used_at)?,
            name: row.name,
            handle: row.handle,
        })
    }
}
