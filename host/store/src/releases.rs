//! Releases: the state of each plugin of a plan, and the events on its way.

use domain::actor::Actor;
use domain::identifiers::{AuditId, Digest, EventId, OrgId, PlanId};
use domain::release::{EventKind, State};
use jiff::Timestamp;

use crate::compile_leases::{LEASE_MS, is_held, now};
use crate::page::one_more;
use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{bytes as blob, instant, int, maybe_text, text};
use crate::{Dialects, Miss, Page, Scope, Statement, Store, StoreError};

macro_rules! columns {
    () => {
        "select r.plan, r.digest, r.body, r.size_bytes, r.file, r.note, r.uploaded_at, r.uploaded_by, r.uploaded_key,
            r.uploaded_account, r.updated_at, r.version, p.version as plugin_version, p.exports
        from releases r left join plugins p on p.plan = r.plan and p.digest = r.digest "
    };
}

const FIND: &str = concat!(columns!(), "where r.plan = $4 and r.digest = $5 and (r.plan = $2 or $3 = 1)");
const WITH_DIGEST: &str =
    concat!(columns!(), "where r.digest = $4 and (r.plan = $2 or $3 = 1) order by r.plan limit 1");
const LIST: &str = concat!(
    columns!(),
    "where r.plan = $4 and (r.plan = $2 or $3 = 1) and (r.uploaded_at, r.digest) < ($5, $6)
    order by r.uploaded_at desc, r.digest desc limit $7"
);
/// SQL condition: the component is still to be compiled, and no process holds it.
macro_rules! uncompiled {
    ($database:ident) => {
        concat!(
            columns!(),
            "where r.state in ('checked', 'compiling') and not exists (select 1 from compile_leases l
                where l.plan = r.plan and l.digest = r.digest and ",
            is_held!($database, "l", "$2"),
            ") order by r.uploaded_at, r.digest limit $1"
        )
    };
}
const UNCOMPILED: Dialects = Dialects { sqlite: uncompiled!(sqlite), postgres: uncompiled!(postgres) };
const MOVED_BY_TIME: &str = concat!(
    columns!(),
    "where r.state in ('scheduled', 'active', 'superseded') and (r.plan = $1 or $1 is null)
    order by r.plan, r.digest"
);
const UNCOMPILED_OF: &str =
    "select count(*) from releases where plan = $1 and state in ('checked', 'compiling')";

const INSERT: &str = "
    insert into releases (plan, digest, state, body, size_bytes, file, note, uploaded_at, uploaded_by, uploaded_key,
        uploaded_account, updated_at, version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)";

const UPDATE: &str = "
    update releases set state = $3, body = $4, size_bytes = $5, file = $6, note = $7, uploaded_at = $8,
        uploaded_by = $9, uploaded_key = $10, uploaded_account = $11, updated_at = $12, version = version + 1
    where plan = $1 and digest = $2 and version = $13";

const KEEP_BYTES: &str = "
    insert into uploads (plan, digest, bytes) values ($1, $2, $3)
    on conflict (plan, digest) do update set bytes = excluded.bytes";
const DROP_BYTES: &str = "delete from uploads where plan = $1 and digest = $2";
const BYTES: &str = "select bytes from uploads where plan = $1 and digest = $2";

const TIMELINE: &str = "
    select e.id, e.plan, e.digest, e.seq, e.at, e.name, e.state, e.actor_org, e.actor_key, e.actor_account, e.actor_role,
        e.detail, e.audit_id
    from release_events e
    where e.plan = $4 and e.digest = $5 and (e.plan = $2 or $3 = 1) and e.seq > $6 order by e.seq limit $7";

/// The last proposal of each release that nothing came of yet: nobody activated, took back or ended it since.
const PROPOSALS: &str = "
    select e.id, e.plan, e.digest, e.seq, e.at, e.name, e.state, e.actor_org, e.actor_key, e.actor_account, e.actor_role,
        e.detail, e.audit_id
    from release_events e
    where e.plan = $4 and (e.plan = $2 or $3 = 1) and e.name = 'propose'
        and not exists (select 1 from release_events later
            where later.plan = e.plan and later.digest = e.digest and later.seq > e.seq
                and later.name in ('propose', 'schedule', 'activate', 'roll-back', 'revoke'))
    order by e.at desc, e.digest";

const ADD_EVENT: &str = "
    insert into release_events (id, plan, digest, seq, at, name, state, actor_org, actor_key, actor_account,
        actor_role, detail, audit_id)
    select $1, $2, $3, (select coalesce(max(seq), 0) + 1 from release_events where plan = $2 and digest = $3),
        $4, $5, $6, $7, $8, $9, $10, $11, $12";

/// A plugin's release, with what its plugin says if it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Plan that released it.
    pub plan: PlanId,
    /// SHA-256 of the component.
    pub digest: Digest,
    /// State of the release.
    pub state: State,
    /// Size of the component, in bytes.
    pub size_bytes: u64,
    /// The file that it came from, as its sender named it.
    pub file: Option<String>,
    /// Note of its sender, such as a commit.
    pub note: Option<String>,
    /// Instant of the upload (UTC).
    pub uploaded_at: Timestamp,
    /// Organization that uploaded it.
    pub uploaded_by: OrgId,
    /// Key or account of its sender; `None` where the host itself put it there.
    pub uploader: Option<Actor>,
    /// Instant of its last change (UTC).
    pub updated_at: Timestamp,
    /// Counts its changes; 0 before it is kept.
    pub version: i64,
    /// Version that the plan gives it, once it runs.
    pub plugin_version: Option<String>,
    /// The workflows that it answers for, once it runs.
    pub exports: Vec<String>,
}

/// Something that happened to a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Id of the event.
    pub id: EventId,
    /// Plan whose release it is.
    pub plan: PlanId,
    /// SHA-256 of the release's component.
    pub digest: Digest,
    /// Instant of the event (UTC).
    pub at: Timestamp,
    /// Kind of the event, such as `approve`.
    pub name: EventKind,
    /// The state after it.
    pub state: String,
    /// Organization that did it; `None`: this host.
    pub actor_org: Option<OrgId>,
    /// Key or account that did it; `None`: this host.
    pub actor: Option<Actor>,
    /// Role in which it acted.
    pub actor_role: String,
    /// Codes and ids, as JSON.
    pub detail: String,
    /// Its entry in the audit trail.
    pub audit: AuditId,
}

/// One release of a plan.
pub async fn find(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    digest: &Digest,
) -> Result<Option<Release>, StoreError> {
    let row = store.one::<Row>(FIND, values(scope.institutions(), [text(plan), text(digest)])).await?;
    row.map(Release::try_from).transpose()
}

/// The release of that digest, of whichever plan the caller sees.
pub async fn with_digest(
    store: &Store,
    scope: &Scope,
    digest: &Digest,
) -> Result<Option<Release>, StoreError> {
    let row = store.one::<Row>(WITH_DIGEST, values(scope.institutions(), [text(digest)])).await?;
    row.map(Release::try_from).transpose()
}

/// A plan's releases that came before `before`, newest first.
pub async fn list(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    before: Option<(Timestamp, Digest)>,
    limit: u32,
) -> Result<Page<Release, (Timestamp, Digest)>, StoreError> {
    let (at, digest) = before.map_or((int(i64::MAX), text("")), |(at, digest)| (instant(at), text(digest)));
    let own = [text(plan), at, digest, one_more(limit)];
    let rows = store.all::<Row>(LIST, values(scope.institutions(), own)).await?;
    Ok(Page::cut(read_all(rows)?, limit, |release: &Release| (release.uploaded_at, release.digest)))
}

/// Releases of all plans that are still to be compiled and no process holds, oldest first. A duty's.
pub async fn uncompiled(store: &Store, most: u32) -> Result<Vec<Release>, StoreError> {
    read_all(store.all::<Row>(UNCOMPILED, vec![int(i64::from(most)), int(LEASE_MS)]).await?)
}

/// Number of a plan's releases that are still to be compiled.
pub async fn uncompiled_of(store: &Store, plan: &PlanId) -> Result<i64, StoreError> {
    Ok(store.one::<(i64,)>(UNCOMPILED_OF, vec![text(plan)]).await?.map_or(0, |(count,)| count))
}

/// The releases of a plan, or of all, that decide, will decide, or would again if others went. A duty's.
pub async fn moved_by_time(store: &Store, plan: Option<&PlanId>) -> Result<Vec<Release>, StoreError> {
    read_all(store.all::<Row>(MOVED_BY_TIME, vec![maybe_text(plan)]).await?)
}

/// The bytes of what is still to be compiled. A duty's.
pub async fn bytes(store: &Store, plan: &PlanId, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
    let row = store.one::<(Vec<u8>,)>(BYTES, vec![text(plan), text(digest)]).await?;
    Ok(row.map(|(bytes,)| bytes))
}

/// Events of a release after event `after`, oldest first.
pub async fn timeline(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    digest: &Digest,
    after: Option<i64>,
    limit: u32,
) -> Result<Page<(i64, Event), i64>, StoreError> {
    let own = [text(plan), text(digest), int(after.unwrap_or(0)), one_more(limit)];
    let rows = store.all::<EventRow>(TIMELINE, values(scope.institutions(), own)).await?;
    Ok(Page::cut(read_all(rows)?, limit, |(seq, _): &(i64, Event)| *seq))
}

/// The proposals of a plan's releases that wait for another person, newest first.
pub async fn proposals(store: &Store, scope: &Scope, plan: &PlanId) -> Result<Vec<Event>, StoreError> {
    let rows = store.all::<EventRow>(PROPOSALS, values(scope.institutions(), [text(plan)])).await?;
    let events: Vec<(i64, Event)> = read_all(rows)?;
    Ok(events.into_iter().map(|(_, event)| event).collect())
}

/// Keeps a release: a new one if its version is 0, else in the place of the version that was read.
/// [`StoreError::Conflict`] if another was kept meanwhile.
///
/// # Errors
/// When the state cannot be written as JSON.
pub fn keep(release: &Release, now: Timestamp) -> Result<Statement, StoreError> {
    let body = serde_json::to_string(&release.state)
        .map_err(|_| StoreError::Database("a release's state does not become JSON".to_owned()))?;
    let mut values = vec![
        text(&release.plan),
        text(release.digest),
        text(release.state.name()),
        text(body),
        int(i64::try_from(release.size_bytes).unwrap_or(i64::MAX)),
        maybe_text(release.file.as_ref()),
        maybe_text(release.note.as_ref()),
        instant(release.uploaded_at),
        text(release.uploaded_by),
        maybe_text(release.uploader.and_then(Actor::key)),
        maybe_text(release.uploader.and_then(Actor::account)),
        instant(now),
    ];
    if release.version == 0 {
        return Ok(Statement::one(Miss::Conflict, INSERT, values));
    }
    values.push(int(release.version));
    Ok(Statement::one(Miss::Conflict, UPDATE, values))
}

/// Keeps the bytes of what is still to be compiled.
pub fn keep_bytes(plan: &PlanId, digest: &Digest, bytes: &[u8]) -> Statement {
    Statement::one(Miss::Conflict, KEEP_BYTES, vec![text(plan), text(digest), blob(bytes)])
}

/// Statement that forgets the bytes of a component.
pub fn drop_bytes(plan: &PlanId, digest: &Digest) -> Statement {
    Statement::any(DROP_BYTES, vec![text(plan), text(digest)])
}

/// Adds an event after the release's last. [`StoreError::Conflict`] if another came at the same time.
pub fn add_event(event: &Event) -> Statement {
    Statement::one(
        Miss::Conflict,
        ADD_EVENT,
        vec![
            text(event.id),
            text(&event.plan),
            text(event.digest),
            instant(event.at),
            text(event.name),
            text(&event.state),
            maybe_text(event.actor_org),
            maybe_text(event.actor.and_then(Actor::key)),
            maybe_text(event.actor.and_then(Actor::account)),
            text(&event.actor_role),
            text(&event.detail),
            text(event.audit),
        ],
    )
}

row! {
    struct Row {
        plan: String,
        digest: String,
        body: String,
        size_bytes: i64,
        file: Option<String>,
        note: Option<String>,
        uploaded_at: i64,
        uploaded_by: String,
        uploaded_key: Option<String>,
        uploaded_account: Option<String>,
        updated_at: i64,
        version: i64,
        plugin_version: Option<String>,
        exports: Option<String>,
    }
}

impl TryFrom<Row> for Release {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "releases", id: &row.digest };
        Ok(Self {
            plan: columns.parse("plan", &row.plan)?,
            digest: columns.parse("digest", &row.digest)?,
            state: columns.json("body", &row.body)?,
            size_bytes: columns.number("size_bytes", row.size_bytes)?,
            uploaded_at: columns.instant("uploaded_at", row.uploaded_at)?,
            uploaded_by: columns.parse("uploaded_by", &row.uploaded_by)?,
            uploader: Actor::of(
                columns.parse_some("uploaded_key", row.uploaded_key.as_deref())?,
                columns.parse_some("uploaded_account", row.uploaded_account.as_deref())?,
            ),
            updated_at: columns.instant("updated_at", row.updated_at)?,
            version: row.version,
            exports: match &row.exports {
                Some(exports) => columns.json("exports", exports)?,
                None => Vec::new(),
            },
            file: row.file,
            note: row.note,
            plugin_version: row.plugin_version,
        })
    }
}

row! {
    struct EventRow {
        id: String,
        plan: String,
        digest: String,
        seq: i64,
        at: i64,
        name: String,
        state: String,
        actor_org: Option<String>,
        actor_key: Option<String>,
        actor_account: Option<String>,
        actor_role: String,
        detail: String,
        audit_id: String,
    }
}

impl TryFrom<EventRow> for (i64, Event) {
    type Error = StoreError;

    fn try_from(row: EventRow) -> Result<Self, StoreError> {
        let columns = Columns { table: "release_events", id: &row.id };
        let event = Event {
            id: columns.parse("id", &row.id)?,
            plan: columns.parse("plan", &row.plan)?,
            digest: columns.parse("digest", &row.digest)?,
            at: columns.instant("at", row.at)?,
            actor_org: columns.parse_some("actor_org", row.actor_org.as_deref())?,
            actor: Actor::of(
                columns.parse_some("actor_key", row.actor_key.as_deref())?,
                columns.parse_some("actor_account", row.actor_account.as_deref())?,
            ),
            audit: columns.parse("audit_id", &row.audit_id)?,
            name: columns.parse("name", &row.name)?,
            state: row.state,
            actor_role: row.actor_role,
            detail: row.detail,
        };
        Ok((row.seq, event))
    }
}
