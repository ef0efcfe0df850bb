//! The engines, one for each tier, their pools of instances, and the ticker that deadlines count on.

use std::time::{Duration, Instant};

use wasmtime::{Config, Enabled, Engine, PoolingAllocationConfig, WasmFeatures};

use crate::{Limits, Tier};

/// Pause between two looks at a running plugin.
pub(crate) const TICK: Duration = Duration::from_millis(TICK_MS);
/// The same in milliseconds: what one of [`crate::Call::cpu_ticks`] stands for.
pub const TICK_MS: u64 = 10;

/// Places beside those of admitted calls: for describing a plugin while it is loaded, and for warm instances.
const SPARE_PLACES: u32 = 8;

/// Shape of a tier's pool. The numbers that operators set are in [`Limits`].
pub(crate) struct Shape {
    /// Core instances of one component.
    pub(crate) core_instances: u32,
    /// Tables of one component.
    pub(crate) tables: u32,
    /// Bytes of bookkeeping of one component.
    instance_bytes: usize,
    /// Bytes of an instance's memory that stay resident for the next one, instead of being given back.
    keep_resident: usize,
    /// The largest heap that is mapped in place of being copied into each fresh instance.
    image_bytes: u64,
}

const COMPILED: Shape = Shape {
    // A guest has about four.
    core_instances: 32,
    tables: 16,
    instance_bytes: 4 << 20,
    // Most of what a fresh instance costs is page faults and the reset of dirty pages; a call dirties less
    // than this.
    keep_resident: 512 << 10,
    // The engine's own default.
    image_bytes: 16 << 20,
};

const INTERPRETED: Shape = Shape {
    // CPython comes as a dozen libraries with their shims: 64, and 107 where its WASI is stubbed out.
    core_instances: 160,
    tables: 32,
    instance_bytes: 8 << 20,
    // A call of an interpreter dirties some hundred pages all over its heap.
    keep_resident: 2 << 20,
    // Its heap was filled when it was built: 9 MiB for JavaScript, 13 for Python, and the rules' own objects.
    image_bytes: 64 << 20,
};

impl Tier {
    pub(crate) fn shape(self) -> &'static Shape {
        match self {
            Self::Compiled => &COMPILED,
            Self::Interpreted => &INTERPRETED,
        }
    }
}

/// An engine and its ticker. There is no having one without the other: an engine whose epoch nobody advances
/// lets a plugin run for ever.
pub(crate) struct TickingEngine {
    engine: Engine,
    concurrent_calls: u32,
}

impl TickingEngine {
    /// Starts an engine with as many of the wanted places as the address space holds, four gibibytes for
    /// each.
    pub(crate) fn start(tier: Tier, limits: &Limits) -> wasmtime::Result<Self> {
        Self::start_as(tier, tier.shape(), limits)
    }

    /// The same with a pool that gives all memory of an instance back to the system.
    pub(crate) fn start_forgetful(tier: Tier, limits: &Limits) -> wasmtime::Result<Self> {
        Self::start_as(tier, &Shape { keep_resident: 0, ..*tier.shape() }, limits)
    }

    fn start_as(tier: Tier, shape: &Shape, limits: &Limits) -> wasmtime::Result<Self> {
        let mut concurrent_calls = limits.concurrent_calls.max(1);
        let engine = loop {
            match Engine::new(&config(shape, limits, concurrent_calls.saturating_add(SPARE_PLACES))) {
                Ok(engine) => break engine,
                Err(error) if concurrent_calls == 1 => return Err(error),
                Err(_) => concurrent_calls = (concurrent_calls / 2).max(1),
            }
        };
        if concurrent_calls < limits.concurrent_calls {
            tracing::warn!(
                tier = tier.name(),
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

/// A thread of its own, not a task: guests run on the runtime's workers, and when every worker has a guest
/// that spins, no task is left to stop them.
fn tick(engine: &Engine) -> std::io::Result<()> {
    let weak = engine.weak();
    std::thread::Builder::new().name("plugin-ticker".into()).spawn(move || {
        let mut next = Instant::now() + TICK;
        loop {
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
            // After a pause of the machine, ticks are skipped and not made up for: a burst would stop
            // innocent calls.
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

fn config(shape: &Shape, limits: &Limits, places: u32) -> Config {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(places)
        .total_core_instances(places.saturating_mul(shape.core_instances))
        .total_memories(places)
        .total_tables(places.saturating_mul(shape.tables))
        .total_stacks(places)
        .max_core_instances_per_component(shape.core_instances)
        .max_memories_per_component(1)
        .max_tables_per_component(shape.tables)
        .max_component_instance_size(shape.instance_bytes)
        .max_core_instance_size(shape.instance_bytes)
        .max_tables_per_module(shape.tables)
        .table_elements(limits.table_elements)
        .max_memory_size(limits.memory_bytes)
        .max_unused_warm_slots(places)
        // Keeping the first pages and letting the kernel say which are dirty halves the cost of a fresh
        // instance.
        .linear_memory_keep_resident(shape.keep_resident)
        .table_keep_resident(64 << 10)
        .pagemap_scan(Enabled::Auto);
    let mut config = code_config(shape);
    config
        .allocation_strategy(pool)
        .max_wasm_stack(limits.stack_bytes)
        .async_stack_size(limits.stack_bytes + (512 << 10));
    config
}

/// For an engine that compiles and runs nothing: the same code, and no pool, which takes address space by the
/// gibibyte.
pub(crate) fn compile_config(tier: Tier) -> Config {
    code_config(tier.shape())
}

/// Everything that machine code depends on.
fn code_config(shape: &Shape) -> Config {
    let mut config = Config::new();
    config
        .concurrency_support(false)
        .epoch_interruption(true)
        .memory_guaranteed_dense_image_size(shape.image_bytes)
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
