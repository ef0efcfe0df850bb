//! Activations: which plugin of a plan is in force from when, for requests about which days, and for whose.
//!
//! The version is the fence: what was decided under an activation that no longer answers such a request is
//! not committed, whatever a node believed. Which of several answers is said in [`domain::rollout`].

use std::collections::BTreeSet;

use domain::identifiers::{ActivationId, Digest, OrgId, PlanId};
use domain::rollout::{About, Cohort, StandingActivation};
use domain::words;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::page::one_more;
use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{instant, int, list as json_list, maybe_text, text};
use crate::{Miss, Page, Scope, Statement, Store, StoreError, Value};

macro_rules! columns {
    () => {
        "select a.id, a.plan, a.digest, a.from_at, a.rules_from, a.share_percent, a.counties, a.version, a.made_at,
            a.made_by, a.ended_at, a.ended_for,
            coalesce((select o.state from organizations o where o.plan = a.plan), 'active') as plan_state
        from activations a "
    };
}

/// `$1` is the plan, `$2` the instant, `$3` to `$5` what the request is about. Of those that hold it, the
/// last of these answers.
macro_rules! answers {
    () => {
        "a.plan = $1 and a.from_at <= $2 and a.ended_at is null and (a.rules_from is null or a.rules_from <= $3)
            and (a.share_percent is null or a.share_percent > $4)
            and (a.counties is null or a.counties like '%\"' || $5 || '\"%')
        order by coalesce(a.rules_from, '') desc, a.from_at desc, a.version desc limit 1"
    };
}

const IN_FORCE: &str = concat!(columns!(), "where ", answers!());

const GUARD: &str = concat!(
    "select 1 from activations guarded where guarded.plan = $1 and guarded.version = $6
        and guarded.version = (select a.version from activations a where ",
    answers!(),
    ") and not exists (select 1 from organizations o where o.plan = $1 and o.state <> 'active')"
);

const ALL_IN_FORCE: &str = concat!(
    columns!(),
    "where a.from_at <= $1 and a.ended_at is null and (a.rules_from is null or a.rules_from <= $2)
        and a.share_percent is null and a.counties is null
        and not exists (select 1 from organizations o where o.plan = a.plan and o.state = 'ended')
        and not exists (select 1 from activations later where later.plan = a.plan and later.from_at <= $1
            and later.ended_at is null and (later.rules_from is null or later.rules_from <= $2)
            and later.share_percent is null and later.counties is null
            and (coalesce(later.rules_from, ''), later.from_at, later.version)
                > (coalesce(a.rules_from, ''), a.from_at, a.version))
    order by a.plan"
);

const STANDING: &str = concat!(
    columns!(),
    "where a.ended_at is null and (a.plan = $1 or $1 is null) order by a.plan, a.version"
);

const LIST: &str = concat!(
    columns!(),
    "where a.plan = $4 and (a.plan = $2 or $3 = 1) and a.version < $5 order by a.version desc limit $6"
);

const OF_PLUGIN: &str = concat!(
    columns!(),
    "where a.plan = $4 and (a.plan = $2 or $3 = 1) and a.digest = $5 order by a.version desc limit 100"
);

const INSERT: &str = "
    insert into activations (id, plan, digest, from_at, rules_from, share_percent, counties, version, made_at, made_by)
    select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
    where $8 = (select coalesce(max(version), 0) + 1 from activations where plan = $2)";

const END: &str = "
    update activations set ended_at = $2, ended_for = $3 where id = $1 and ended_at is null";

const LATEST: &str = "select coalesce(max(version), 0) from activations where plan = $1";

words! {
    /// Why an activation ended.
    pub enum EndedFor {
        /// Its plugin was taken back.
        RolledBack = "rolled-back",
        /// Its plugin never decides again.
        Revoked = "revoked",
    }
}

/// One activation of a plan's plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activation {
    /// Id of the activation.
    pub id: ActivationId,
    /// Plan whose rules it puts in force.
    pub plan: PlanId,
    /// SHA-256 of the plugin's component.
    pub digest: Digest,
    /// From when it is in force.
    pub from: Timestamp,
    /// For requests about this day and later ones; `None`: about any day.
    pub rules_from: Option<Date>,
    /// Requests that it answers: everybody's, or a canary's share.
    pub cohort: Cohort,
    /// Counts the plan's activations, from 1.
    pub version: i64,
    /// Instant at which it was ordered (UTC).
    pub made_at: Timestamp,
    /// Organization that ordered it.
    pub made_by: OrgId,
    /// Since when it answers nothing more, and why.
    pub ended: Option<(Timestamp, EndedFor)>,
    /// True while the plan is active. The rules of a plan that is not are asked nothing.
    pub plan_is_active: bool,
}

impl Activation {
    /// The activation as the rollout sees it: from when, until when, for which requests.
    #[must_use]
    pub fn standing(&self) -> StandingActivation {
        StandingActivation {
            digest: self.digest,
            from: self.from,
            rules_from: self.rules_from,
            cohort: self.cohort.clone(),
            version: self.version,
        }
    }
}

/// Activation that answers a plan's requests about such a thing at an instant. No secret: every case depends
/// on it.
pub async fn in_force(
    store: &Store,
    plan: &PlanId,
    at: Timestamp,
    about: &About,
) -> Result<Option<Activation>, StoreError> {
    store.one::<Row>(IN_FORCE, asked(plan, at, about)).await?.map(Activation::try_from).transpose()
}

/// Activations in force at an instant for everybody's requests about a day, by plan.
pub async fn all_in_force(store: &Store, at: Timestamp, day: Date) -> Result<Vec<Activation>, StoreError> {
    read_all(store.all::<Row>(ALL_IN_FORCE, vec![instant(at), text(day)]).await?)
}

/// The activations of a plan, or of all, that were not ended, whether they began or not, by plan and version.
pub async fn standing(store: &Store, plan: Option<&PlanId>) -> Result<Vec<Activation>, StoreError> {
    read_all(store.all::<Row>(STANDING, vec![maybe_text(plan)]).await?)
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

/// The last hundred activations of one plugin, newest first.
pub async fn of_plugin(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    digest: &Digest,
) -> Result<Vec<Activation>, StoreError> {
    let own = [text(plan), text(digest)];
    read_all(store.all::<Row>(OF_PLUGIN, values(scope.institutions(), own)).await?)
}

/// Adds an activation; [`StoreError::Conflict`] if its version does not follow the plan's last.
pub fn insert(activation: &Activation) -> Statement {
    let (share, counties) = match &activation.cohort {
        Cohort::Everyone => (Value::Int(None), Value::Text(None)),
        Cohort::Share(percent) => (int(i64::from(*percent)), Value::Text(None)),
        Cohort::Counties(counties) => (Value::Int(None), json_list(&counties.iter().collect::<Vec<_>>())),
    };
    Statement::one(
        Miss::Conflict,
        INSERT,
        vec![
            text(activation.id),
            text(&activation.plan),
            text(activation.digest),
            instant(activation.from),
            maybe_text(activation.rules_from),
            share,
            counties,
            int(activation.version),
            instant(activation.made_at),
            text(activation.made_by),
        ],
    )
}

/// Ends an activation; [`StoreError::Conflict`] if it ended already.
pub fn end(id: ActivationId, at: Timestamp, why: EndedFor) -> Statement {
    Statement::one(Miss::Conflict, END, vec![text(id), instant(at), text(why.name())])
}

/// Lets a unit pass only while the plan is active and `version` answers its requests about such a thing at
/// `at`; else [`StoreError::Conflict`].
pub fn still_in_force(plan: &PlanId, version: i64, at: Timestamp, about: &About) -> Statement {
    let mut values = asked(plan, at, about);
    values.push(int(version));
    Statement::one(Miss::Conflict, GUARD, values)
}

/// `$1` to `$5` of what answers.
fn asked(plan: &PlanId, at: Timestamp, about: &About) -> Vec<Value> {
    // A hundred is below no share, and a hyphen is no county.
    let bucket = about.bucket.map_or(100, i64::from);
    let county = about.county.as_ref().map_or_else(|| text("-"), text);
    vec![text(plan), instant(at), text(about.day), int(bucket), county]
}

row! {
    struct Row {
        id: String,
        plan: String,
        digest: String,
        from_at: i64,
        rules_from: Option<String>,
        share_percent: Option<i64>,
        counties: Option<String>,
        version: i64,
        made_at: i64,
        made_by: String,
        ended_at: Option<i64>,
        ended_for: Option<String>,
        plan_state: String,
    }
}

impl TryFrom<Row> for Activation {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "activations", id: &row.id };
        let cohort = match (row.share_percent, &row.counties) {
            (Some(percent), _) => Cohort::Share(columns.number("share_percent", percent)?),
            (None, Some(counties)) => Cohort::Counties(columns.json::<BTreeSet<_>>("counties", counties)?),
            (None, None) => Cohort::Everyone,
        };
        let ended = match (columns.instant_some("ended_at", row.ended_at)?, &row.ended_for) {
            (Some(at), Some(why)) => Some((at, columns.word("ended_for", why, EndedFor::named)?)),
            _ => None,
        };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            plan: columns.parse("plan", &row.plan)?,
            digest: columns.parse("digest", &row.digest)?,
            from: columns.instant("from_at", row.from_at)?,
            rules_from: columns.parse_some("rules_from", row.rules_from.as_deref())?,
            cohort,
            version: row.version,
            made_at: columns.instant("made_at", row.made_at)?,
            made_by: columns.parse("made_by", &row.made_by)?,
            ended,
            plan_is_active: row.plan_state == "active",
        })
    }
}
