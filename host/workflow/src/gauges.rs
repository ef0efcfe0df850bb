//! Gauges of pools, queues and outbox, read when somebody asks and not kept up to date in between: a call
//! pays nothing for them. Lateness is read by the duties.

use domain::audit::SubjectKind;
use jiff::{SignedDuration, Timestamp};

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;

/// A key that ends within this time is counted, so that somebody replaces it before.
const KEYS_END_WITHIN: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Health of this node's queues and places: what the gauges of the same names say, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// Seconds since the oldest notice was due that nobody has taken.
    pub notices_late_seconds: i64,
    /// Jobs that were given up and wait for a person.
    pub jobs_dead: i64,
    /// Keys that end within two weeks.
    pub keys_ending: i64,
    /// Components that are being compiled.
    pub compiling: usize,
    /// Components that wait to be compiled.
    pub waiting: usize,
    /// Places for calls of plans' rules, by tier.
    pub places: Vec<PlacesTaken>,
}

/// Places for calls in one tier of plugins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacesTaken {
    /// Word of the tier.
    pub tier: &'static str,
    /// Calls that can run at one moment.
    pub places: u32,
    /// Places that are taken.
    pub taken: u32,
}

impl Crosswalk {
    /// Health of the queues and places of this node, for the county. It tells of no case.
    ///
    /// # Errors
    /// `Forbidden` for everybody else.
    pub async fn health(&self, caller: &Caller) -> Result<Health, Failure> {
        caller.must_be(&[Role::Operator])?;
        let now = self.now();
        let oldest = store::outbox::oldest_due(self.store()).await?;
        let (compiling, waiting) = self.compilers().queue();
        let places = self.sandbox().load_now().into_iter().map(|load| PlacesTaken {
            tier: load.tier.name(),
            places: load.places,
            taken: load.taken,
        });
        let health = Health {
            notices_late_seconds: oldest.map_or(0, |due| now.duration_since(due).as_secs().max(0)),
            jobs_dead: store::outbox::dead_jobs(self.store()).await?,
            keys_ending: store::auth::ending(self.store(), now, now + KEYS_END_WITHIN).await?,
            compiling,
            waiting,
            places: places.collect(),
        };
        self.look(caller, Look::List(SubjectKind::Health)).await?;
        Ok(health)
    }

    /// Sets the gauges that an operator's alerts look at: how late notices are, what was given up, which keys
    /// end soon, and when the host's duties were done last.
    ///
    /// # Errors
    /// When the record cannot be read.
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float, and these are small numbers")]
    pub(crate) async fn gauge_duties(&self, now: Timestamp) -> Result<(), Failure> {
        let oldest = store::outbox::oldest_due(self.store()).await?;
        let late = oldest.map_or(0, |due| now.duration_since(due).as_secs().max(0));
        metrics::gauge!("crosswalk_notices_late_seconds").set(late as f64);
        metrics::gauge!("crosswalk_jobs_dead").set(store::outbox::dead_jobs(self.store()).await? as f64);
        let ending = store::auth::ending(self.store(), now, now + KEYS_END_WITHIN).await?;
        metrics::gauge!("crosswalk_keys_ending").set(ending as f64);
        metrics::gauge!("crosswalk_duties_done_timestamp_seconds").set(now.as_second() as f64);
        Ok(())
    }

    /// Sets the gauges of the plugins' pools, of the components in memory, of the queue of components to be
    /// compiled, and of the connections to the database.
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float, and these are small numbers")]
    pub fn gauge(&self) {
        for load in self.sandbox().load_now() {
            let tier = load.tier.name();
            metrics::gauge!("crosswalk_plugin_places", "tier" => tier).set(f64::from(load.places));
            metrics::gauge!("crosswalk_plugin_places_taken", "tier" => tier).set(f64::from(load.taken));
            metrics::gauge!("crosswalk_plugin_slow_calls", "tier" => tier).set(f64::from(load.slow));
        }
        metrics::gauge!("crosswalk_plugins_loaded").set(self.registry().count() as f64);
        let (running, waiting) = self.compilers().queue();
        metrics::gauge!("crosswalk_compiling", "state" => "running").set(running as f64);
        metrics::gauge!("crosswalk_compiling", "state" => "waiting").set(waiting as f64);
        for pool in self.store().connections() {
            let purpose = pool.purpose;
            metrics::gauge!("crosswalk_database_connections", "purpose" => purpose).set(f64::from(pool.open));
            metrics::gauge!("crosswalk_database_connections_taken", "purpose" => purpose)
                .set(f64::from(pool.taken));
        }
    }
}
