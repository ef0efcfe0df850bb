//! The slow lane, for calls that would hold others up.
//!
//! A call runs where it is asked: handing it to another thread would cost a third of a decision. While it
//! runs, that thread serves nobody else. So one that is not done in a tick or two is dropped there and asked
//! anew in the slow lane: on threads of the lowest priority, which the system takes the processor from as
//! soon as anybody else has work. A guest has no effects and answers the same again, so nothing but that time
//! is lost. A plugin that was slow or ended in a fault is asked there from the first, until it has given some
//! good answers in time.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::available_parallelism;
use std::time::Duration;

use thread_priority::{ThreadPriority, set_current_thread_priority};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use crate::engine::TICK;

/// Time that a call may take.
#[derive(Clone, Copy)]
pub(crate) struct Allowance {
    /// Ticks that may fall into it.
    pub(crate) ticks: u64,
    /// Time by the clock.
    pub(crate) time: Duration,
}

impl Allowance {
    /// Allowance of a call in the lane of its first try. One tick falls into the shortest call now and then.
    pub(crate) fn at_once(deadline: Duration) -> Self {
        Self { ticks: 1, time: deadline }
    }

    /// In the slow lane. It may run as long as the deadline says but gets the processor last, so that by the
    /// clock it may take several times as long: the same question then ends in the same way, unless the host
    /// is busy beyond that.
    pub(crate) fn in_the_slow_lane(deadline: Duration) -> Self {
        const PATIENCE: u32 = 8;
        Self { ticks: Self::whole(deadline).ticks, time: deadline.saturating_mul(PATIENCE) }
    }

    /// All that the deadline gives.
    pub(crate) fn whole(deadline: Duration) -> Self {
        let ticks = u64::try_from(deadline.as_millis().div_ceil(TICK.as_millis())).unwrap_or(u64::MAX - 1);
        // One more: the epoch may advance between making the store and the call, and a plugin gets its whole
        // deadline.
        Self { ticks: ticks + 1, time: deadline }
    }
}

/// Conduct of a plugin lately.
#[derive(Default)]
pub(crate) struct Conduct {
    /// Good answers that it is to give before it is asked again where it would hold others up.
    penalty: AtomicU32,
}

impl Conduct {
    /// As many as it takes that one who misbehaves every now and then is mostly asked apart.
    const PENALTY: u32 = 8;

    /// True if it is to be asked in the slow lane.
    pub(crate) fn is_slow(&self) -> bool {
        self.penalty.load(Ordering::Relaxed) > 0
    }

    /// A call of it has held others up, or would have.
    pub(crate) fn penalize(&self) {
        self.penalty.store(Self::PENALTY, Ordering::Relaxed);
    }

    /// A call of it has ended in time.
    pub(crate) fn forgive(&self) {
        let penalty = self.penalty.load(Ordering::Relaxed);
        if penalty > 0 {
            // Of two calls that end at once one may go uncounted: it then takes one good answer more.
            self.penalty.store(penalty - 1, Ordering::Relaxed);
        }
    }
}

/// Threads of the lowest priority, for half of the processors: the other half is free of what runs here,
/// caches and all.
pub(crate) struct SlowLane {
    runtime: Option<Runtime>,
    calls: AtomicU32,
}

impl SlowLane {
    pub(crate) fn open() -> io::Result<Self> {
        let threads = available_parallelism().map_or(1, |all| all.get().div_ceil(2));
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads)
            .thread_name("plugin-slow-lane")
            // Where there is no lower priority to be had, the lane is still apart.
            .on_thread_start(|| drop(set_current_thread_priority(ThreadPriority::Min)))
            .enable_time()
            .build()?;
        Ok(Self { runtime: Some(runtime), calls: AtomicU32::new(0) })
    }

    /// Runs a call to its end, or until nobody waits for it any more; `None` if it broke off.
    pub(crate) async fn run<T>(&self, call: impl Future<Output = T> + Send + 'static) -> Option<T>
    where
        T: Send + 'static,
    {
        let mut task = EndsWithItsCaller(self.runtime.as_ref()?.spawn(call));
        let _counted = Counted::in_(&self.calls);
        (&mut task.0).await.ok()
    }

    /// Calls that run in it now.
    pub(crate) fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }
}

impl Drop for SlowLane {
    fn drop(&mut self) {
        // A runtime that waits for its threads may not be dropped among tasks.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

struct Counted<'c>(&'c AtomicU32);

impl<'c> Counted<'c> {
    fn in_(calls: &'c AtomicU32) -> Self {
        calls.fetch_add(1, Ordering::Relaxed);
        Self(calls)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

struct EndsWithItsCaller<T>(JoinHandle<T>);

impl<T> Drop for EndsWithItsCaller<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
