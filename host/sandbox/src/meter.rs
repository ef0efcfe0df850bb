//! What one call has used and may still use.

use wasmtime::{Engine, ResourceLimiter, Store, UpdateDeadline};

use crate::engine::{Shape, TICK};
use crate::inert::Random;
use crate::{Limits, Tier};

/// What one call has used. Made for the call and dropped with it, so that nothing of one member's case can be left
/// over for the next.
pub(crate) struct Meter {
    memory_limit: usize,
    memory_used: usize,
    table_limit: usize,
    tick_limit: u64,
    shape: &'static Shape,
    /// What the inert WASI gives in place of random numbers.
    pub(crate) random: Random,
    /// The most bytes of linear memory held at once.
    pub(crate) memory_peak: usize,
    /// The bytes it asked for when it was refused, if it was.
    pub(crate) memory_refused: Option<usize>,
    /// Ticks during which it was running.
    pub(crate) ticks: u64,
}

impl Meter {
    /// A store for one call.
    pub(crate) fn store(engine: &Engine, tier: Tier, limits: &Limits) -> Store<Self> {
        let mut store = Store::new(
            engine,
            Self {
                memory_limit: limits.memory_bytes,
                memory_used: 0,
                table_limit: limits.table_elements,
                shape: tier.shape(),
                random: Random::default(),
                // One more than the deadline: the epoch may advance between this line and the call, and a plugin
                // gets its whole deadline.
                tick_limit: u64::try_from(limits.deadline.as_millis().div_ceil(TICK.as_millis()))
                    .unwrap_or(u64::MAX - 1)
                    + 1,
                memory_peak: 0,
                memory_refused: None,
                ticks: 0,
            },
        );
        store.limiter(|meter| meter);
        store.set_hostcall_fuel(limits.output_bytes);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|mut store| {
            let meter = store.data_mut();
            meter.ticks += 1;
            if meter.ticks > meter.tick_limit {
                return Ok(UpdateDeadline::Interrupt);
            }
            // A plugin holds its worker for one tick at most, then others get their turn.
            Ok(UpdateDeadline::YieldCustom(1, Box::pin(tokio::task::yield_now())))
        });
        store
    }

    /// Forgets the ticks of the call before. For a warm instance only.
    pub(crate) fn restart(&mut self) {
        self.ticks = 0;
    }
}

impl ResourceLimiter for Meter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let after = self.memory_used.saturating_add(desired.saturating_sub(current));
        if after > self.memory_limit {
            self.memory_refused = Some(after);
            return Ok(false);
        }
        self.memory_used = after;
        self.memory_peak = self.memory_peak.max(after);
        Ok(true)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(desired <= self.table_limit)
    }

    fn instances(&self) -> usize {
        self.shape.core_instances as usize + 1
    }

    fn tables(&self) -> usize {
        self.shape.tables as usize
    }

    fn memories(&self) -> usize {
        1
    }
}
