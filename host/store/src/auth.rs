//! Access keys, and the one way from a secret to a [`Scope`].

use domain::identifiers::{Digest, KeyId, OrgId};
use domain::words;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::organizations::{self, Organization};
use crate::page::one_more;
use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{instant, int, maybe_instant, maybe_text, text};
use crate::{Miss, Page, Scope, Seat, Statement, Store, StoreError};

/// Whoever holds a secret is its key's organization. A revoked key is no key; one that has expired is told
/// so.
const FIND: &str = "
    select id, organization, role, label, license, manages_keys, created_at, revoked_at, expires_at, last_used_at, replaces
    from api_keys where secret_sha256 = $1 and revoked_at is null";

const FIND_BY_ID: &str = "
    select id, organization, role, label, license, manages_keys, created_at, revoked_at, expires_at, last_used_at, replaces
    from api_keys where ($3 = 1 or organization = $1) and id = $4";

const LIST: &str = "
    select id, organization, role, label, license, manages_keys, created_at, revoked_at, expires_at, last_used_at, replaces
    from api_keys where ($3 = 1 or organization = $1) and id > $4 order by id limit $5";

const INSERT: &str = "
    insert into api_keys
        (id, organization, role, label, license, secret_sha256, created_at, manages_keys, expires_at, replaces)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

const RENAME: &str = "update api_keys set label = $2 where id = $1 and revoked_at is null";

/// Of two keys of an organization that end at one moment, one waits here for the other.
const IN_ORDER: &str = "update organizations set keys_ended = keys_ended + 1 where id = $1";

/// Unless no other key is left that could make keys. One that ends by itself is not counted: it would leave
/// nobody.
const REVOKE_BUT_THE_LAST: &str = "
    update api_keys set revoked_at = $2 where id = $1 and revoked_at is null
        and (manages_keys = 0 or expires_at is not null
            or exists (select 1 from api_keys other where other.organization = $3 and other.id <> $1
                and other.manages_keys = 1 and other.revoked_at is null and other.expires_at is null))";

/// Serializes what may leave the host without an operator: all of it locks the first county organization.
const OPERATORS_IN_ORDER: &str = "
    update organizations set keys_ended = keys_ended + 1
    where id = (select min(first.id) from organizations first where first.kind = 'county')";

/// An operator's key that works and has no end, but for the key `$1` and the organization `$2`.
const ANOTHER_OPERATOR: &str = "
    select 1 from organizations o where o.state = 'active' and o.id <> $2 and exists (select 1 from api_keys k
        where k.organization = o.id and k.role = 'operator' and k.id <> $1 and k.revoked_at is null
            and k.expires_at is null)
    limit 1";

const REVOKE: &str = "update api_keys set revoked_at = $2 where id = $1 and revoked_at is null";

/// No later than it ends already.
const EXPIRE: &str = "
    update api_keys set expires_at = $2 where id = $1 and revoked_at is null
        and (expires_at is null or expires_at >= $2)";

/// Condition of a key that ends by itself and has no successor.
const ENDING: &str = "
    select count(*) from api_keys k where k.revoked_at is null and k.expires_at > $1 and k.expires_at <= $2
        and not exists (select 1 from api_keys next where next.replaces = k.id and next.revoked_at is null)";

/// Seldom enough that a busy key costs no writes.
const USED: &str = "
    update api_keys set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at < $3)";

words! {
    /// Role of a key, which says which operations its holder may use.
    pub enum Role {
        /// Refers, delivers and bills.
        Provider = "provider",
        /// Decides for a plan what software may not.
        PlanReviewer = "plan-reviewer",
        /// Publishes a plan's rules and member files.
        PlanAdmin = "plan-admin",
        /// Runs the instance for the county; sees no member.
        Operator = "operator",
    }
}

/// An access key. Its secret is not kept, only its SHA-256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Id of the key.
    pub id: KeyId,
    /// Organization that the key belongs to.
    pub organization: OrgId,
    /// Right that it gives.
    pub role: Role,
    /// Name that its owner gave it.
    pub label: String,
    /// The holder's clinical license, as the operator or the plan's administrator recorded it.
    pub license: Option<String>,
    /// True if it makes, names and ends keys of its organization.
    pub manages_keys: bool,
    /// Instant from which it works (UTC).
    pub created_at: Timestamp,
    /// Instant at which it ended or ends (UTC).
    pub revoked_at: Option<Timestamp>,
    /// From when on it no longer works; `None`: it has no end.
    pub expires_at: Option<Timestamp>,
    /// Hour of its last use (UTC); `None`: never used.
    pub last_used_at: Option<Timestamp>,
    /// The key whose place it takes.
    pub replaces: Option<KeyId>,
}

/// Somebody whose secret is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The key that was used.
    pub key: Key,
    /// Organization of the key.
    pub organization: Organization,
    /// Rows that the caller sees.
    pub scope: Scope,
}

/// Caller whose secret has this SHA-256, as of `today`. `None`: nobody's, or not valid any more.
pub async fn authenticate(
    store: &Store,
    secret_sha256: &Digest,
    today: Date,
) -> Result<Option<Caller>, StoreError> {
    let Some(row) = store.one::<Row>(FIND, vec![text(secret_sha256)]).await? else {
        return Ok(None);
    };
    let key = Key::try_from(row)?;
    let id = key.id.to_string();
    let columns = Columns { table: "api_keys", id: &id };
    let duty = Scope::duty("authenticate");
    let organization = organizations::find(store, &duty, key.organization)
        .await?
        .ok_or_else(|| columns.corrupt("its organization is not there"))?;
    let seat = match key.role {
        Role::Provider => Seat::Provider(organization.id),
        Role::Operator => Seat::Operator(organization.id),
        Role::PlanReviewer | Role::PlanAdmin => {
            let plan =
                organization.plan.clone().ok_or_else(|| columns.corrupt("its organization is no plan"))?;
            Seat::Plan { org: organization.id, plan }
        }
    };
    Ok(Some(Caller { key, organization, scope: Scope::of(seat, today) }))
}

/// Keys after `after`, by id: all for the operator, else the organization's own.
pub async fn list(
    store: &Store,
    scope: &Scope,
    after: Option<KeyId>,
    limit: u32,
) -> Result<Page<Key, KeyId>, StoreError> {
    let own = [text(after.map(|id| id.to_string()).unwrap_or_default()), one_more(limit)];
    let rows = store.all::<Row>(LIST, values(scope.institutions(), own)).await?;
    Ok(Page::cut(read_all(rows)?, limit, |key: &Key| key.id))
}

/// Statement that adds a key.
pub fn insert(key: &Key, secret_sha256: &Digest) -> Statement {
    Statement::one(
        Miss::Duplicate,
        INSERT,
        vec![
            text(key.id),
            text(key.organization),
            text(key.role.name()),
            text(&key.label),
            maybe_text(key.license.as_deref()),
            text(secret_sha256),
            instant(key.created_at),
            int(i64::from(key.manages_keys)),
            maybe_instant(key.expires_at),
            maybe_text(key.replaces),
        ],
    )
}

/// One key, if the scope's organization has it, or the scope sees all.
pub async fn find(store: &Store, scope: &Scope, id: KeyId) -> Result<Option<Key>, StoreError> {
    let row = store.one::<Row>(FIND_BY_ID, values(scope.institutions(), [text(id)])).await?;
    row.map(Key::try_from).transpose()
}

/// Gives a key another label; [`StoreError::NotThere`] if there is none, or it has ended.
pub fn rename(id: KeyId, label: &str) -> Statement {
    Statement::one(Miss::NotThere, RENAME, vec![text(id), text(label)])
}

/// Lets a key end at an instant; [`StoreError::Conflict`] if there is none, or it ends before.
pub fn expire(id: KeyId, at: Timestamp) -> Statement {
    Statement::one(Miss::Conflict, EXPIRE, vec![text(id), instant(at)])
}

/// Number of keys that end after `now`, not later than `until`, and were not replaced.
pub async fn ending(store: &Store, now: Timestamp, until: Timestamp) -> Result<i64, StoreError> {
    let count = store.one::<(i64,)>(ENDING, vec![instant(now), instant(until)]).await?;
    Ok(count.map_or(0, |(count,)| count))
}

/// Notes that a key was used, unless that was noted after `noted`.
pub fn used(id: KeyId, at: Timestamp, noted: Timestamp) -> Statement {
    Statement::any(USED, vec![text(id), instant(at), instant(noted)])
}

/// Ends a key, unless it is the last of its organization that manages keys; [`StoreError::Conflict`] if it
/// is, or has ended.
pub fn revoke_but_the_last(key: &Key, at: Timestamp) -> [Statement; 2] {
    let (id, organization) = (text(key.id), text(key.organization));
    [
        Statement::one(Miss::Conflict, IN_ORDER, vec![organization.clone()]),
        Statement::one(Miss::Conflict, REVOKE_BUT_THE_LAST, vec![id, instant(at), organization]),
    ]
}

/// Guards a unit that ends an operator's key: [`StoreError::Conflict`] unless another operator's key works.
pub fn operator_beside_key(id: KeyId) -> [Statement; 2] {
    operator_beside(&id.to_string(), "")
}

/// Guards a unit that pauses or ends an organization: [`StoreError::Conflict`] unless an operator's key of
/// another one works.
pub fn operator_beside_organization(id: OrgId) -> [Statement; 2] {
    operator_beside("", &id.to_string())
}

fn operator_beside(key: &str, organization: &str) -> [Statement; 2] {
    [
        Statement::any(OPERATORS_IN_ORDER, Vec::new()),
        Statement::one(Miss::Conflict, ANOTHER_OPERATOR, vec![text(key), text(organization)]),
    ]
}

/// Ends a key; [`StoreError::NotThere`] if there is none, or it has ended.
pub fn revoke(id: KeyId, at: Timestamp) -> Statement {
    Statement::one(Miss::NotThere, REVOKE, vec![text(id), instant(at)])
}

row! {
    struct Row {
        id: String,
        organization: String,
        role: String,
        label: String,
        license: Option<String>,
        manages_keys: i64,
        created_at: i64,
        revoked_at: Option<i64>,
        expires_at: Option<i64>,
        last_used_at: Option<i64>,
        replaces: Option<String>,
    }
}

impl TryFrom<Row> for Key {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "api_keys", id: &row.id };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            organization: columns.parse("organization", &row.organization)?,
            role: columns.word("role", &row.role, Role::named)?,
            created_at: columns.instant("created_at", row.created_at)?,
            revoked_at: columns.instant_some("revoked_at", row.revoked_at)?,
            expires_at: columns.instant_some("expires_at", row.expires_at)?,
            last_used_at: columns.instant_some("last_used_at", row.last_used_at)?,
            replaces: columns.parse_some("replaces", row.replaces.as_deref())?,
            manages_keys: row.manages_keys == 1,
            label: row.label,
            license: row.license,
        })
    }
}
