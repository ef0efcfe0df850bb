//! The engine, its pool of instances, and the ticker that deadlines count on.

use std::time::{Duration, Instant};

use wasmtime::{Config, Enabled, Engine, PoolingAllocationConfig, WasmFeatures};

use crate::Limits;

/// How often a running plugin is looked at.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// Places beside those of admitted calls: for describing a plugin while it is loaded, and for warm instances.
const SPARE_PLACES: u32 = 8;

/// Core instances of one component: a compiled guest has about four, an interpreter more.
pub(crate) const CORE_INSTANCES: u32 = 32;

/// Tables of one component.
pub(crate) const TABLES: u32 = 16;

/// An engine and its ticker. There is no having one without the other: an engine whose epoch nobody advances lets a
/// plugin run for ever.
pub(crate) struct TickingEngine {
    engine: Engine,
    concurrent_calls: u32,
}

impl TickingEngine {
    /// Starts an engine with as many of the wanted places as the address space holds, four gibibytes for each.
    pub(crate) fn start(limits: &Limits) -> wasmtime::Result<Self> {
        let mut concurrent_calls = limits.concurrent_calls.max(1);
        let engine = loop {
            match Engine::new(&config(limits, concurrent_calls.saturating_add(SPARE_PLACES))) {
                Ok(engine) => break engine,
                Err(error) if concurrent_calls == 1 => return Err(error),
                Err(_) => concurrent_calls = (concurrent_calls / 2).max(1),
            }
        };
        if concurrent_calls < limits.concurrent_calls {
            tracing::warn!(
                concurrent_calls,
                wanted = limits.concurrent_calls,
                "address space is short; fewer calls at once"
            );
        }
        tick(&engine)?;
        Ok(Self { engine, concurrent_calls })
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Calls that the pool has room for at one moment, without the spare places.
    pub(crate) fn concurrent_calls(&self) -> u32 {
        self.concurrent_calls
    }
}

/// A thread of its own, not a task: guests run on the runtime's workers, and when every worker has a guest that
/// spins, no task is left to stop them.
fn tick(engine: &Engine) -> std::io::Result<()> {
    let weak = engine.weak();
    std::thread::Builder::new().name("plugin-ticker".into()).spawn(move || {
        let mut next = Instant::now() + TICK;
        loop {
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
            // After a pause of the machine, ticks are skipped and not made up for: a burst would stop innocent calls.
            let now = Instant::now();
            next = if now > next + TICK { now } else { next } + TICK;
            // The ticker holds no engine while it sleeps, or it would keep alive what it waits to see end.
            match weak.upgrade() {
                Some(engine) => engine.increment_epoch(),
                None => return,
            }
        }
    })?;
    Ok(())
}

fn config(limits: &Limits, places: u32) -> Config {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(places)
        .total_core_instances(places.saturating_mul(CORE_INSTANCES))
        .total_memories(places)
        .total_tables(places.saturating_mul(TABLES))
        .total_stacks(places)
        .max_core_instances_per_component(CORE_INSTANCES)
        .max_memories_per_component(1)
        .max_tables_per_component(TABLES)
        .max_component_instance_size(4 << 20)
        .max_core_instance_size(4 << 20)
        .max_tables_per_module(TABLES)
        .table_elements(limits.table_elements)
        .max_memory_size(limits.memory_bytes)
        .max_unused_warm_slots(places)
        // Most of what a fresh instance costs is page faults and the reset of dirty pages. Keeping the first pages
        // and letting the kernel say which are dirty halves it.
        .linear_memory_keep_resident(512 << 10)
        .table_keep_resident(64 << 10)
        .pagemap_scan(Enabled::Auto);
    let mut config = Config::new();
    config
        .allocation_strategy(pool)
        .concurrency_support(false)
        .epoch_interruption(true)
        .max_wasm_stack(limits.stack_bytes)
        .async_stack_size(limits.stack_bytes + (512 << 10))
        .native_unwind_info(false)
        // The same question must get the same answer on every machine and after every restart.
        .cranelift_nan_canonicalization(true)
        .wasm_relaxed_simd(false)
        .wasm_memory64(false)
        .wasm_multi_memory(false)
        .shared_memory(false)
        .wasm_features(
            WasmFeatures::THREADS | WasmFeatures::STACK_SWITCHING | WasmFeatures::WIDE_ARITHMETIC,
            false,
        );
    config
}
