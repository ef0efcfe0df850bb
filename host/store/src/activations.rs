//! Which plugin of a plan is in force from when. The version is the fence: what was decided under one that is no longer
//! in force is not committed, whatever a node believed.

use domain::identifiers::{ActivationId, Digest, OrgId, PlanId};
use jiff::Timestamp;

use crate::page::one_more;
use crate::row::{Columns, read_all};
use crate::scope::values;
use crate::unit::{instant, int, text};
use crate::{Miss, Page, Scope, Statement, Store, StoreError};

macro_rules! columns {
    () => {
        "select a.id, a.plan, a.digest, a.from_at, a.version, a.made_at, a.made_by from activations a "
    };
}

/// The one that began last. Of two that begin at once, the one made later.
const IN_FORCE: &str = concat!(
    columns!(),
    "where a.plan = $1 and a.from_at <= $2 order by a.from_at desc, a.version desc limit 1"
);

const ALL_IN_FORCE: &str = concat!(
    columns!(),
    "where a.from_at <= $1 and not exists (select 1 from activations later where later.plan = a.plan
        and later.from_at <= $1 and (later.from_at, later.version) > (a.from_at, a.version))
    order by a.plan"
);

const LIST: &str = concat!(
    columns!(),
    "where a.plan = $4 and (a.plan = $2 or $3 = 1) and a.version < $5 order by a.version desc limit $6"
);

const INSERT: &str = "
    insert into activations (id, plan, digest, from_at, version, made_at, made_by)
    select $1, $2, $3, $4, $5, $6, $7
    where $5 = (select coalesce(max(version), 0) + 1 from activations where plan = $2)";

const GUARD: &str = "
    select 1 from activations where plan = $1 and version = $2 and version = (
        select version from activations where plan = $1 and from_at <= $3
        order by from_at desc, version desc limit 1)";

const LATEST: &str = "select coalesce(max(version), 0) from activations where plan = $1";

/// One activation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activation {
    /// The id.
    pub id: ActivationId,
    /// Whose rules.
    pub plan: PlanId,
    /// Which plugin.
    pub digest: Digest,
    /// From when it is in force.
    pub from: Timestamp,
    /// Counts the plan's activations, from 1.
    pub version: i64,
    /// When it was made.
    pub made_at: Timestamp,
    /// By whom.
    pub made_by: OrgId,
}

/// What is in force for a plan at an instant. No secret: every case depends on it.
pub async fn in_force(store: &Store, plan: &PlanId, at: Timestamp) -> Result<Option<Activation>, StoreError> {
    store.one::<Row>(IN_FORCE, vec![text(plan), instant(at)]).await?.map(Activation::try_from).transpose()
}

/// What is in force at an instant for each plan that has anything, by plan.
pub async fn all_in_force(store: &Store, at: Timestamp) -> Result<Vec<Activation>, StoreError> {
    read_all(store.all::<Row>(ALL_IN_FORCE, vec![instant(at)]).await?)
}

/// The version of a plan's last activation; 0 if it has none.
pub async fn latest_version(store: &Store, plan: &PlanId) -> Result<i64, StoreError> {
    Ok(store.one::<(i64,)>(LATEST, vec![text(plan)]).await?.map_or(0, |(version,)| version))
}

/// A plan's activations before version `before`, newest first.
pub async fn list(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    before: Option<i64>,
    limit: u32,
) -> Result<Page<Activation, i64>, StoreError> {
    let own = [text(plan), int(before.unwrap_or(i64::MAX)), one_more(limit)];
    let rows = store.all::<Row>(LIST, values(scope.institutions(), own)).await?;
    Ok(Page::cut(read_all(rows)?, limit, |activation: &Activation| activation.version))
}

/// Adds an activation; [`StoreError::Conflict`] if its version does not follow the plan's last.
pub fn insert(activation: &Activation) -> Statement {
    Statement::one(
        Miss::Conflict,
        INSERT,
        vec![
            text(activation.id),
            text(&activation.plan),
            text(activation.digest),
            instant(activation.from),
            int(activation.version),
            instant(activation.made_at),
            text(activation.made_by),
        ],
    )
}

/// Lets a unit pass only while `version` is in force for the plan at `at`; else [`StoreError::Conflict`].
pub fn still_in_force(plan: &PlanId, version: i64, at: Timestamp) -> Statement {
    Statement::one(Miss::Conflict, GUARD, vec![text(plan), int(version), instant(at)])
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    plan: String,
    digest: String,
    from_at: i64,
    version: i64,
    made_at: i64,
    made_by: String,
}

impl TryFrom<Row> for Activation {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "activations", id: &row.id };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            plan: columns.parse("plan", &row.plan)?,
            digest: columns.parse("digest", &row.digest)?,
            from: columns.instant("from_at", row.from_at)?,
            version: row.version,
            made_at: columns.instant("made_at", row.made_at)?,
            made_by: columns.parse("made_by", &row.made_by)?,
        })
    }
}
