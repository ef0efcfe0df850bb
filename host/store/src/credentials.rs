//! Credentials of accounts: authenticators with their secrets, and recovery codes as hashes.
//!
//! An authenticator's secret is kept as it is: whoever checks a code needs it. It is read by the use cases of
//! signing in only, and by nobody's list.

use domain::credential::TotpSecret;
use domain::identifiers::{AccountId, CredentialId, Digest};
use jiff::Timestamp;

use crate::row::{Columns, row};
use crate::unit::{bytes, instant, int, text};
use crate::{Miss, Statement, Store, StoreError};

const AUTHENTICATOR: &str = "
    select id, secret, used_step from credentials
    where account = $1 and kind = 'totp' and state = $2 order by made_at desc, id desc limit 1";
const RECOVERY: &str = "
    select id from credentials where account = $1 and kind = 'recovery' and state = 'active' and secret = $2";
const LEFT: &str = "
    select count(*) from credentials where account = $1 and kind = 'recovery' and state = 'active'";

const INSERT: &str = "
    insert into credentials (id, account, kind, secret, state, made_at) values ($1, $2, $3, $4, $5, $6)";

/// Of several that were offered, the last one is taken.
const WITHDRAW_OFFERED: &str = "
    update credentials set state = 'ended', settled_at = $2 where account = $1 and state = 'offered'";
const CONFIRM: &str = "
    update credentials set state = 'active', used_step = $2 where id = $1 and state = 'offered'";
const USE_STEP: &str = "
    update credentials set used_step = $2
    where id = $1 and state = 'active' and (used_step is null or used_step < $2)";
const USE_RECOVERY: &str = "
    update credentials set state = 'ended', settled_at = $2 where id = $1 and state = 'active'";
const END_ALL: &str = "
    update credentials set state = 'ended', settled_at = $2 where account = $1 and state <> 'ended'";

/// An authenticator of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticator {
    /// Id of the credential.
    pub id: CredentialId,
    /// Secret that it shares with the host.
    pub secret: TotpSecret,
    /// Step of the last code that was taken.
    pub used_step: Option<i64>,
}

/// The authenticator that signs an account in.
pub async fn authenticator(store: &Store, account: AccountId) -> Result<Option<Authenticator>, StoreError> {
    of_state(store, account, "active").await
}

/// The authenticator that was offered last and not confirmed.
pub async fn offered(store: &Store, account: AccountId) -> Result<Option<Authenticator>, StoreError> {
    of_state(store, account, "offered").await
}

async fn of_state(
    store: &Store,
    account: AccountId,
    state: &str,
) -> Result<Option<Authenticator>, StoreError> {
    let row = store.one::<Row>(AUTHENTICATOR, vec![text(account), text(state)]).await?;
    row.map(Authenticator::try_from).transpose()
}

/// The unused recovery code of an account with this hash.
pub async fn recovery(
    store: &Store,
    account: AccountId,
    hash: &Digest,
) -> Result<Option<CredentialId>, StoreError> {
    let row =
        store.one::<(String,)>(RECOVERY, vec![text(account), bytes(hash.to_string().as_bytes())]).await?;
    row.map(|(id,)| Columns { table: "credentials", id: &id }.parse("id", &id)).transpose()
}

/// Number of recovery codes that an account has left.
pub async fn recovery_left(store: &Store, account: AccountId) -> Result<i64, StoreError> {
    let count = store.one::<(i64,)>(LEFT, vec![text(account)]).await?;
    Ok(count.map_or(0, |(count,)| count))
}

/// Offers an authenticator, in place of one that was offered before.
pub fn offer(id: CredentialId, account: AccountId, secret: &TotpSecret, at: Timestamp) -> [Statement; 2] {
    let values =
        vec![text(id), text(account), text("totp"), bytes(secret.expose()), text("offered"), instant(at)];
    [
        Statement::any(WITHDRAW_OFFERED, vec![text(account), instant(at)]),
        Statement::one(Miss::Duplicate, INSERT, values),
    ]
}

/// Confirms the authenticator that was offered, by a code of the step; [`StoreError::Conflict`] if another
/// was offered meanwhile.
pub fn confirm(id: CredentialId, step: i64) -> Statement {
    Statement::one(Miss::Conflict, CONFIRM, vec![text(id), int(step)])
}

/// Adds a recovery code.
pub fn add_recovery(id: CredentialId, account: AccountId, hash: &Digest, at: Timestamp) -> Statement {
    let hash = bytes(hash.to_string().as_bytes());
    let values = vec![text(id), text(account), text("recovery"), hash, text("active"), instant(at)];
    Statement::one(Miss::Duplicate, INSERT, values)
}

/// Notes that a code of the step was taken; [`StoreError::Conflict`] if one of it or of a later step was.
pub fn use_step(id: CredentialId, step: i64) -> Statement {
    Statement::one(Miss::Conflict, USE_STEP, vec![text(id), int(step)])
}

/// Uses a recovery code up; [`StoreError::Conflict`] if it was used.
pub fn use_recovery(id: CredentialId, at: Timestamp) -> Statement {
    Statement::one(Miss::Conflict, USE_RECOVERY, vec![text(id), instant(at)])
}

/// Ends every credential of an account.
pub fn end_all(account: AccountId, at: Timestamp) -> Statement {
    Statement::any(END_ALL, vec![text(account), instant(at)])
}

row! {
    struct Row {
        id: String,
        secret: Vec<u8>,
        used_step: Option<i64>,
    }
}

impl TryFrom<Row> for Authenticator {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "credentials", id: &row.id };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            secret: TotpSecret::from_bytes(&row.secret)
                .ok_or_else(|| columns.corrupt("secret does not read"))?,
            used_step: row.used_step,
        })
    }
}
