//! Invitations to accounts. A link's secret is not kept, only its SHA-256.

use domain::identifiers::{AccountId, Digest, InvitationId};
use domain::invitation::{Invitation as Life, State};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::accounts::{self, Account};
use crate::organizations::Organization;
use crate::row::{Columns, row};
use crate::unit::{instant, maybe_instant, text};
use crate::{Miss, Scope, Seat, Statement, Store, StoreError};

macro_rules! columns {
    () => {
        "select id, account, made_at, ends_at, state, settled_at from invitations "
    };
}

/// Whoever holds the secret is the person who was invited.
const BY_SECRET: &str = concat!(columns!(), "where secret_sha256 = $1");
const OPEN: &str = concat!(columns!(), "where account = $1 and state = 'open'");

const INSERT: &str = "
    insert into invitations (id, account, secret_sha256, made_at, ends_at, state, settled_at)
    values ($1, $2, $3, $4, $5, $6, $7)";

/// Only one that nobody settled meanwhile.
const SETTLE: &str = "update invitations set state = $2, settled_at = $3 where id = $1 and state = 'open'";

/// Invitation to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Id of the invitation.
    pub id: InvitationId,
    /// Account that it opens.
    pub account: AccountId,
    /// Days and state of the link.
    pub life: Life,
}

/// Somebody who holds a link, open or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// Invitation that the link is of.
    pub invitation: Invitation,
    /// Account that it opens.
    pub account: Account,
    /// Organization that invites.
    pub organization: Organization,
    /// Rows that a guest sees: what is the organization's own, and no member.
    pub scope: Scope,
}

/// Guest whose link's secret has this SHA-256, as of `today`. `None`: nobody's.
pub async fn authenticate(
    store: &Store,
    secret_sha256: &Digest,
    today: Date,
) -> Result<Option<Guest>, StoreError> {
    let Some(row) = store.one::<Row>(BY_SECRET, vec![text(secret_sha256)]).await? else {
        return Ok(None);
    };
    let invitation = Invitation::try_from(row)?;
    let id = invitation.id.to_string();
    let columns = Columns { table: "invitations", id: &id };
    let (account, organization) = accounts::enrolled(store, invitation.account, &columns).await?;
    // A plan's or a county's seat sees more than a link is for.
    let scope = Scope::of(Seat::Provider(organization.id), today);
    Ok(Some(Guest { invitation, account, organization, scope }))
}

/// The open invitation to an account that the caller has read, expired or not.
pub async fn open_of(store: &Store, account: AccountId) -> Result<Option<Invitation>, StoreError> {
    let row = store.one::<Row>(OPEN, vec![text(account)]).await?;
    row.map(Invitation::try_from).transpose()
}

/// Adds an invitation; [`StoreError::Duplicate`] if another one of the account is open.
pub fn insert(invitation: &Invitation, secret_sha256: &Digest) -> Statement {
    let Invitation { id, account, life } = invitation;
    Statement::one(
        Miss::Duplicate,
        INSERT,
        vec![
            text(id),
            text(account),
            text(secret_sha256),
            instant(life.made_at),
            instant(life.ends_at),
            text(life.state.name()),
            maybe_instant(life.state.settled_at()),
        ],
    )
}

/// Keeps the state to which an open invitation came; [`StoreError::Conflict`] if it was settled meanwhile.
pub fn settle(invitation: &Invitation) -> Statement {
    let state = &invitation.life.state;
    let values = vec![text(invitation.id), text(state.name()), maybe_instant(state.settled_at())];
    Statement::one(Miss::Conflict, SETTLE, values)
}

row! {
    struct Row {
        id: String,
        account: String,
        made_at: i64,
        ends_at: i64,
        state: String,
        settled_at: Option<i64>,
    }
}

impl TryFrom<Row> for Invitation {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "invitations", id: &row.id };
        let at = columns.instant_some("settled_at", row.settled_at)?;
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            account: columns.parse("account", &row.account)?,
            life: Life {
                made_at: columns.instant("made_at", row.made_at)?,
                ends_at: columns.instant("ends_at", row.ends_at)?,
                state: state(&columns, &row.state, at)?,
            },
        })
    }
}

fn state(columns: &Columns<'_>, word: &str, at: Option<Timestamp>) -> Result<State, StoreError> {
    match (word, at) {
        ("open", None) => Ok(State::Open),
        ("accepted", Some(at)) => Ok(State::Accepted { at }),
        ("replaced", Some(at)) => Ok(State::Replaced { at }),
        ("withdrawn", Some(at)) => Ok(State::Withdrawn { at }),
        _ => Err(columns.corrupt("state and settled_at do not go together")),
    }
}
