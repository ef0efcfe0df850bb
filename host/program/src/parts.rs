//! The machine's clock, fresh ids, and the program as its own compiler.

use std::error::Error;
use std::process::ExitCode;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use clap::Args;
use domain::time::{Clock, Ids, whole_milliseconds};
use jiff::Timestamp;
use sandbox::{BoxedCompilation, CompileBox, Compiler, Tier};
use uuid::Uuid;

/// The machine's clock, in whole milliseconds.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that may read the system clock")]
    fn now(&self) -> Timestamp {
        whole_milliseconds(Timestamp::now())
    }
}

/// A clock that runs, from another day on, until it is set right.
pub struct ShiftedClock {
    /// Added to the machine's clock, in milliseconds.
    by_ms: AtomicI64,
}

impl ShiftedClock {
    /// A clock that says `start` now.
    pub fn starting_at(start: Timestamp) -> Self {
        Self { by_ms: AtomicI64::new(start.as_millisecond() - SystemClock.now().as_millisecond()) }
    }

    /// Sets it right: from here on it says what the machine's clock says.
    pub fn set_right(&self) {
        self.by_ms.store(0, Ordering::SeqCst);
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        let by_ms = self.by_ms.load(Ordering::SeqCst);
        let now = SystemClock.now().as_millisecond().saturating_add(by_ms);
        Timestamp::from_millisecond(now).unwrap_or(Timestamp::MAX)
    }
}

/// Time-ordered ids for rows, random ones for secrets.
pub struct SystemIds;

impl Ids for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "the one place that makes row ids")]
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that makes secrets")]
    fn random(&self) -> Uuid {
        Uuid::new_v4()
    }
}

/// Now, by the machine's clock.
pub fn now() -> Timestamp {
    SystemClock.now()
}

/// A Tokio runtime with one worker for each core.
///
/// # Errors
/// When the machine gives it no threads.
pub fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

/// Options that limit the compilation of one component. The author's desk has the same limits as the host, so
/// that both say the same.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Limits of compilation")]
pub struct CompileLimits {
    /// Most memory for compiling one component, in MiB. It is compiled in a process of its own, at low
    /// priority.
    #[arg(long, env = "CROSSWALK_COMPILE_MEMORY_MIB", default_value_t = CompileBox::USUAL_MEMORY_BYTES >> 20, value_parser = clap::value_parser!(u64).range(256..=1 << 20))]
    pub compile_memory_mib: u64,
    /// Most processor time for compiling one component, in seconds over all threads. One that takes more is
    /// refused.
    #[arg(long, env = "CROSSWALK_COMPILE_SECONDS", default_value_t = CompileBox::USUAL_TIME.as_secs(), value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub compile_seconds: u64,
}

impl CompileLimits {
    /// The limits of a `serve` that is not told any.
    pub const USUAL: Self = Self {
        compile_memory_mib: CompileBox::USUAL_MEMORY_BYTES >> 20,
        compile_seconds: CompileBox::USUAL_TIME.as_secs(),
    };

    /// This program as the compiler, within these limits.
    ///
    /// # Errors
    /// When the program does not find its own file.
    pub fn compiler(self) -> std::io::Result<Compiler> {
        Ok(Compiler::Boxed(CompileBox {
            memory_bytes: self.compile_memory_mib << 20,
            time: Duration::from_secs(self.compile_seconds),
            ..CompileBox::of_this_program()?
        }))
    }
}

/// Arguments that a process which compiles gets from the one that serves.
#[derive(Args)]
pub struct CompileOptions {
    /// Name of the tier to compile for: `compiled` or `interpreted`.
    tier: String,
    /// Settings of the engine that its machine code depends on.
    engine: String,
    /// Most address space, in bytes.
    memory_bytes: u64,
    /// Most processor time, in seconds.
    seconds: u64,
    /// Id of the process that serves; without it, compiling ends.
    parent: u32,
}

impl CompileOptions {
    /// Compiles what standard input holds, and writes machine code to standard output.
    ///
    /// # Errors
    /// For a tier that is none.
    pub fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        let tier = [Tier::Compiled, Tier::Interpreted].into_iter().find(|tier| tier.name() == self.tier);
        let tier = tier.ok_or("there is no such tier")?;
        let Self { engine, memory_bytes, seconds, parent, .. } = self;
        Ok(BoxedCompilation { tier, engine, memory_bytes, seconds, parent }.run())
    }
}
