//! Plans' plugins, by the SHA-256 of their bytes.

use domain::identifiers::{Digest, OrgId, PlanId};
use jiff::Timestamp;

use crate::page::one_more;
use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{bytes as blob, instant, int, list as json_list, text};
use crate::{Miss, Page, Scope, Statement, Store, StoreError};

macro_rules! columns {
    () => {
        "select digest, plan, version, size_bytes, profile, exports, uploaded_at, uploaded_by from plugins "
    };
}

const FIND: &str = concat!(columns!(), "where plan = $4 and digest = $5 and (plan = $2 or $3 = 1)");
const BYTES: &str = "select bytes from plugins where plan = $4 and digest = $5 and (plan = $2 or $3 = 1)";

const LIST: &str = concat!(
    columns!(),
    "where plan = $4 and (plan = $2 or $3 = 1) and (uploaded_at, digest) < ($5, $6)
    order by uploaded_at desc, digest desc limit $7"
);

const INSERT: &str = "
    insert into plugins (digest, plan, version, size_bytes, bytes, profile, exports, uploaded_at, uploaded_by)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

const INSERT_UPLOADED: &str = "
    insert into plugins (digest, plan, version, size_bytes, bytes, profile, exports, uploaded_at, uploaded_by)
    select digest, plan, $3, $4, bytes, $5, $6, $7, $8 from uploads where digest = $1 and plan = $2";

/// `$2` is the instant after which uploads count. What waits to be compiled has its bytes elsewhere.
const HELD: &str = "
    select
        (select count(*) from releases r where r.plan = $1 and r.uploaded_at > $2),
        (select count(*) from releases r where r.plan = $1 and r.state not in ('refused', 'revoked')),
        cast((select coalesce(sum(p.size_bytes), 0) from plugins p where p.plan = $1)
            + (select coalesce(sum(r.size_bytes), 0) from releases r
                where r.plan = $1 and r.state in ('checked', 'compiling')) as bigint),
        coalesce((select f.revision from fences f where f.subject = $3), 0)";

/// Deletes a component that nobody refers to: it never decided, and nobody asked for its receipt.
const REMOVE_UNUSED: &str = "
    delete from plugins where plan = $1 and digest = $2
        and not exists (select 1 from activations a where a.plan = $1 and a.digest = $2)
        and not exists (select 1 from receipts r where r.plan = $1 and r.digest = $2)
        and not exists (select 1 from evaluations e where e.plan = $1 and e.digest = $2)";

/// Components that a plan keeps here, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Uploads after an instant, refused ones too.
    pub recent_uploads: i64,
    /// Versions that may decide or might yet.
    pub versions: i64,
    /// Bytes of components that are kept.
    pub bytes: i64,
    revision: i64,
}

impl Held {
    /// Lets one more in, if nobody else was let in since it was counted; [`StoreError::Conflict`] otherwise.
    #[must_use]
    pub fn admit(&self, plan: &PlanId) -> Statement {
        crate::fences::pass(&uploads_of(plan), self.revision)
    }
}

/// Id of the fence that each new upload of a plan passes.
fn uploads_of(plan: &PlanId) -> String {
    format!("uploads:{plan}")
}

/// A plugin, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plugin {
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// Whose rules it holds.
    pub plan: PlanId,
    /// Version that the plan gives it.
    pub version: String,
    /// Size of the component, in bytes.
    pub size_bytes: u64,
    /// The profile it gave, as JSON.
    pub profile: String,
    /// Workflows that it answers for.
    pub exports: Vec<String>,
    /// Instant of the upload (UTC).
    pub uploaded_at: Timestamp,
    /// Organization that uploaded it.
    pub uploaded_by: OrgId,
}

/// One plugin of a plan.
pub async fn find(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    digest: &Digest,
) -> Result<Option<Plugin>, StoreError> {
    let row = store.one::<Row>(FIND, values(scope.institutions(), [text(plan), text(digest)])).await?;
    row.map(Plugin::try_from).transpose()
}

/// Components that a plan keeps here, with its uploads after `since`.
pub async fn held(store: &Store, plan: &PlanId, since: Timestamp) -> Result<Held, StoreError> {
    let values = vec![text(plan), instant(since), text(uploads_of(plan))];
    let row = store.one::<(i64, i64, i64, i64)>(HELD, values).await?;
    let (recent_uploads, versions, bytes, revision) = row.unwrap_or_default();
    Ok(Held { recent_uploads, versions, bytes, revision })
}

/// Removes a component that no activation, evaluation or receipt ever named.
pub fn remove_unused(plan: &PlanId, digest: &Digest) -> Statement {
    Statement::any(REMOVE_UNUSED, vec![text(plan), text(digest)])
}

/// Bytes of a plugin's component.
pub async fn bytes(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    digest: &Digest,
) -> Result<Option<Vec<u8>>, StoreError> {
    let row =
        store.one::<(Vec<u8>,)>(BYTES, values(scope.institutions(), [text(plan), text(digest)])).await?;
    Ok(row.map(|(bytes,)| bytes))
}

/// A plan's plugins that came before `before`, newest first.
pub async fn list(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    before: Option<(Timestamp, Digest)>,
    limit: u32,
) -> Result<Page<Plugin, (Timestamp, Digest)>, StoreError> {
    let (at, digest) = before.map_or((int(i64::MAX), text("")), |(at, digest)| (instant(at), text(digest)));
    let own = [text(plan), at, digest, one_more(limit)];
    let rows = store.all::<Row>(LIST, values(scope.institutions(), own)).await?;
    Ok(Page::cut(read_all(rows)?, limit, |plugin: &Plugin| (plugin.uploaded_at, plugin.digest)))
}

/// Adds a plugin; [`StoreError::Duplicate`] if the plan has it already.
pub fn insert(plugin: &Plugin, bytes: &[u8]) -> Statement {
    Statement::one(
        Miss::Duplicate,
        INSERT,
        vec![
            text(plugin.digest),
            text(&plugin.plan),
            text(&plugin.version),
            int(i64::try_from(plugin.size_bytes).unwrap_or(i64::MAX)),
            blob(bytes),
            text(&plugin.profile),
            json_list(&plugin.exports),
            instant(plugin.uploaded_at),
            text(plugin.uploaded_by),
        ],
    )
}

/// Adds a plugin whose bytes wait among the uploads; [`StoreError::Conflict`] if they do not.
pub fn insert_uploaded(plugin: &Plugin) -> Statement {
    Statement::one(
        Miss::Conflict,
        INSERT_UPLOADED,
        vec![
            text(plugin.digest),
            text(&plugin.plan),
            text(&plugin.version),
            int(i64::try_from(plugin.size_bytes).unwrap_or(i64::MAX)),
            text(&plugin.profile),
            json_list(&plugin.exports),
            instant(plugin.uploaded_at),
            text(plugin.uploaded_by),
        ],
    )
}

row! {
    struct Row {
        digest: String,
        plan: String,
        version: String,
        size_bytes: i64,
        profile: String,
        exports: String,
        uploaded_at: i64,
        uploaded_by: String,
    }
}

impl TryFrom<Row> for Plugin {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "plugins", id: &row.digest };
        Ok(Self {
            digest: columns.parse("digest", &row.digest)?,
            plan: columns.parse("plan", &row.plan)?,
            size_bytes: columns.number("size_bytes", row.size_bytes)?,
            exports: columns.json("exports", &row.exports)?,
            uploaded_at: columns.instant("uploaded_at", row.uploaded_at)?,
            uploaded_by: columns.parse("uploaded_by", &row.uploaded_by)?,
            version: row.version,
            profile: row.profile,
        })
    }
}
