//! Meter of one call: what it has used and may still use.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use nix::time::{ClockId, clock_gettime};
use wasmtime::{Engine, ResourceLimiter, Store, UpdateDeadline};

use crate::engine::{Shape, TICK};
use crate::inert::Random;
use crate::{Limits, Tier};

/// Meter of one call. Made for the call and dropped with it, so that nothing of one member's case can be left
/// over for the next.
pub(crate) struct Meter {
    memory_limit: usize,
    memory_used: usize,
    table_limit: usize,
    tick_limit: u64,
    shape: &'static Shape,
    /// Numbers that the inert WASI gives in place of random ones.
    pub(crate) random: Random,
    /// The most bytes of linear memory held at once.
    pub(crate) memory_peak: usize,
    /// The bytes it asked for when it was refused, if it was.
    pub(crate) memory_refused: Option<usize>,
    /// Ticks that fell into it. Each stands for a tick's worth of processor time, the first for what came
    /// before it: one falls into a short call now and then, which makes many of them add up to what they
    /// took.
    pub(crate) ticks: u64,
    /// The turn that it is having. `None` before the first tick.
    turn: Option<TimeSlice>,
    /// Time that it has run since the last tick that counted.
    uncounted: Duration,
}

/// A guest's turn on a worker: from when it goes on to the next tick, where it lets others run. It waits for
/// nothing in between, so that it ends on the thread on which it began.
#[derive(Clone)]
struct TimeSlice {
    /// Nanoseconds of that thread's processor time when it began.
    began: Arc<AtomicU64>,
}

impl TimeSlice {
    fn new() -> Self {
        Self { began: Arc::new(AtomicU64::new(of_this_thread())) }
    }

    /// Lets others run, and begins anew when it is the guest's turn again.
    async fn end(self) {
        tokio::task::yield_now().await;
        self.began.store(of_this_thread(), Ordering::Relaxed);
    }

    /// Time that it has run since. Where the system does not tell, it ran all the time.
    fn ran(&self) -> Duration {
        match of_this_thread() {
            0 => TICK,
            now => Duration::from_nanos(now.saturating_sub(self.began.load(Ordering::Relaxed))),
        }
    }
}

/// Nanoseconds that this thread has had a processor; 0 where the system does not tell.
fn of_this_thread() -> u64 {
    let spent = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map(Duration::from).unwrap_or_default();
    u64::try_from(spent.as_nanos()).unwrap_or(u64::MAX)
}

impl Meter {
    /// A store for one call, which is ended when more than so many ticks have fallen into it.
    pub(crate) fn store(engine: &Engine, tier: Tier, limits: &Limits, tick_limit: u64) -> Store<Self> {
        let mut store = Store::new(
            engine,
            Self {
                memory_limit: limits.memory_bytes,
                memory_used: 0,
                table_limit: limits.table_elements,
                shape: tier.shape(),
                random: Random::default(),
                tick_limit,
                memory_peak: 0,
                memory_refused: None,
                ticks: 0,
                turn: None,
                uncounted: Duration::ZERO,
            },
        );
        store.limiter(|meter| meter);
        store.set_hostcall_fuel(limits.output_bytes);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|mut store| {
            let meter = store.data_mut();
            meter.tick();
            if meter.ticks > meter.tick_limit {
                return Ok(UpdateDeadline::Interrupt);
            }
            // A plugin holds its worker for one tick at most, then others get their turn.
            let turn = meter.turn.get_or_insert_with(TimeSlice::new).clone();
            Ok(UpdateDeadline::YieldCustom(1, Box::pin(turn.end())))
        });
        store
    }

    /// Takes from a store's guest the pause at each tick, where it has no stack of its own to be left on. Its
    /// ticks are counted all the same. For benches only.
    pub(crate) fn never_pause(store: &mut Store<Self>) {
        store.epoch_deadline_callback(|mut store| {
            let meter = store.data_mut();
            meter.ticks += 1;
            let is_over = meter.ticks > meter.tick_limit;
            Ok(if is_over { UpdateDeadline::Interrupt } else { UpdateDeadline::Continue(1) })
        });
    }

    /// Counts a tick once the guest has run for one: on a busy host it may have had the processor for a part
    /// of it only, which is not its fault.
    fn tick(&mut self) {
        // A turn begins a little after one tick and ends at the next.
        const NEARLY: Duration = TICK.saturating_sub(Duration::from_millis(1));
        match &self.turn {
            None => self.ticks += 1,
            Some(turn) => {
                self.uncounted += turn.ran();
                if self.uncounted >= NEARLY {
                    self.uncounted = self.uncounted.saturating_sub(TICK);
                    self.ticks += 1;
                }
            }
        }
    }

    /// Forgets the ticks of the call before. For a warm instance only.
    pub(crate) fn restart(&mut self) {
        self.ticks = 0;
        self.turn = None;
        self.uncounted = Duration::ZERO;
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
