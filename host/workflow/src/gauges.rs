//! Gauges of pools, queues and outbox, read when somebody asks and not kept up to date in between: a call
//! pays nothing for them. Lateness is read by the duties.

use jiff::{SignedDuration, Timestamp};

use crate::Crosswalk;
use crate::command::failure::Failure;

/// A key that ends within this time is counted, so that somebody replaces it before.
const KEYS_END_WITHIN: SignedDuration = SignedDuration::from_hours(14 * 24);

impl Crosswalk {
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
