//! How full things are, read when somebody asks and not kept up to date in between: a call pays nothing for it.

use crate::Crosswalk;

impl Crosswalk {
    /// Sets the gauges of the plugins' pools, of the components in memory, of the queue of components to be compiled, and of the
    /// connections to the database.
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
