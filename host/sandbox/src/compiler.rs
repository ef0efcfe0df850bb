//! Compiling a component where it can do no harm: in a process of its own, with bounded memory and time.
//!
//! How long a component compiles and what that takes is decided by whoever wrote it, and Wasmtime's authors
//! do not count a slow compilation as a flaw. A process can be given a limit and ended; a thread cannot. What
//! comes out of the box is machine code that the service then runs, so the box is the service's own program,
//! checked to be of the same build.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::{self, available_parallelism};
use std::time::{Duration, Instant};

use rlimit::Resource;
use thread_priority::{ThreadPriority, set_current_thread_priority};
use wasmtime::Engine;

use crate::artifact::compatibility;
use crate::engine::compile_config;
use crate::gate::{self, Refusal, RefusalCode};
use crate::limits::Tier;

/// The word by which a program that serves is told to compile one component instead; see
/// [`BoxedCompilation`].
pub const COMPILE: &str = "compile";

/// Most bytes of machine code of one component: a Python interpreter with its library has a third of that.
const CODE_BYTES: u64 = 256 << 20;
/// Bytes of complaints that are read.
const COMPLAINT_BYTES: u64 = 4 << 10;
/// Times as many seconds on the clock as on the processor that a compilation may take, and how many more: it
/// has the lowest priority, and a busy machine is not the component's fault.
const PATIENCE: (u32, Duration) = (3, Duration::from_secs(30));
/// Pause between two looks at a process that still compiles.
const GLANCE: Duration = Duration::from_millis(100);
/// Pause between two looks at a process that has said all, until it has ended.
const LOOK: Duration = Duration::from_millis(2);

/// Place where components are compiled.
#[derive(Clone, Debug)]
pub enum Compiler {
    /// In this process, with all the time and memory that it has: for those who trust the component.
    Here,
    /// In a process of its own.
    Boxed(CompileBox),
}

/// A process of its own for each compilation, and what it may use.
#[derive(Clone, Debug)]
pub struct CompileBox {
    /// A program that, called with [`COMPILE`] and further words, runs [`BoxedCompilation`].
    pub program: PathBuf,
    /// Bytes of address space, the program itself counted.
    pub memory_bytes: u64,
    /// Processor time, of all its threads together, in whole seconds. On the clock it has three times as
    /// much, and half a minute.
    pub time: Duration,
    /// Once it is set, what runs is ended and nothing more is begun: the service stops.
    pub stop: Arc<AtomicBool>,
}

impl CompileBox {
    /// Bytes that a compilation may use unless the operator says otherwise. Sample plans in JavaScript (13
    /// MB) and Python (18 MB) do with 768 MiB; 35 MB of compiled rules take up to 1 GiB.
    pub const USUAL_MEMORY_BYTES: u64 = 2 << 30;
    /// Processor time that it may take. JavaScript took 17 seconds, Python 14, the 35 MB 50.
    pub const USUAL_TIME: Duration = Duration::from_secs(120);

    /// The running program as its own compiler, with the usual limits.
    ///
    /// # Errors
    /// When the system does not say which file the program was started from.
    pub fn of_this_program() -> io::Result<Self> {
        // The file of that name may have been replaced by a newer one; this link leads to what runs.
        let running = PathBuf::from("/proc/self/exe");
        let program = if running.exists() { running } else { std::env::current_exe()? };
        let (memory_bytes, time) = (Self::USUAL_MEMORY_BYTES, Self::USUAL_TIME);
        Ok(Self { program, memory_bytes, time, stop: Arc::default() })
    }
}

/// Why there is no machine code.
#[derive(Debug)]
pub(crate) enum NotCompiled {
    /// The compiler, or the engine that takes its code, says what is wrong with the component.
    Invalid(String),
    /// The compiler broke off; the machine's word for how.
    Crash(String),
    /// It takes more memory than it may have.
    Memory {
        /// Limit that was passed, in bytes.
        limit: u64,
    },
    /// It takes more processor time than it may have.
    Time { limit: Duration },
    /// It becomes too much machine code.
    Code,
    /// It was ended from outside, or had not ended long after it should have; how.
    BrokenOff(String),
    /// The component has no part in it: there was no process, or no processor for it.
    Host(String),
}

impl NotCompiled {
    pub(crate) fn invalid(error: &wasmtime::Error) -> Self {
        // The outermost error says where, the innermost says what.
        Self::Invalid(error.root_cause().to_string())
    }
}

impl From<NotCompiled> for Refusal {
    fn from(not: NotCompiled) -> Self {
        const SMALLER: &str = "split large functions, and leave out libraries and generated code that the rules do not need: data goes \
                               into tables, which are uploaded beside it";
        let costly = |problem| Refusal::new(RefusalCode::TooCostlyToCompile, "component", problem, SMALLER);
        match not {
            NotCompiled::Invalid(problem) => Refusal::new(
                RefusalCode::DoesNotCompile,
                "component",
                format!("it does not compile: {}", gate::quoted(&problem)),
                "build it with the toolchain that the plugin guide names, without WebAssembly extensions such as threads",
            ),
            NotCompiled::Crash(how) => Refusal::new(
                RefusalCode::DoesNotCompile,
                "component",
                format!("the compiler broke off on it ({})", gate::quoted(&how)),
                SMALLER,
            ),
            NotCompiled::Memory { limit } => {
                costly(format!("compiling it takes more memory than the {} MiB that it may", limit >> 20))
            }
            NotCompiled::Time { limit } => costly(format!(
                "compiling it takes more processor time than the {} seconds that it may",
                limit.as_secs()
            )),
            NotCompiled::Code => {
                costly(format!("it becomes more machine code than the {} MiB that it may", CODE_BYTES >> 20))
            }
            NotCompiled::BrokenOff(how) => Refusal::new(
                RefusalCode::BrokenOff,
                "host",
                format!("compiling it was broken off: {how}"),
                "send it again later; if that happens again and again, make it smaller",
            ),
            NotCompiled::Host(problem) => Refusal::new(
                RefusalCode::NoCompiler,
                "host",
                format!("it could not be compiled now, through no fault of its own: {problem}"),
                "send it again later",
            ),
        }
    }
}

impl Compiler {
    /// Ends every compilation, for good.
    pub(crate) fn stop(&self) {
        if let Self::Boxed(compile_box) = self {
            compile_box.stop.store(true, Ordering::Relaxed);
        }
    }

    /// The machine code of a component, for an engine of that tier.
    pub(crate) fn compile(&self, engine: &Engine, tier: Tier, wasm: &[u8]) -> Result<Vec<u8>, NotCompiled> {
        match self {
            Self::Here => engine.precompile_component(wasm).map_err(|error| NotCompiled::invalid(&error)),
            Self::Boxed(compile_box) => compile_box.compile(engine, tier, wasm),
        }
    }
}

impl CompileBox {
    fn compile(&self, engine: &Engine, tier: Tier, wasm: &[u8]) -> Result<Vec<u8>, NotCompiled> {
        let job = BoxedCompilation {
            tier,
            engine: compatibility(engine),
            memory_bytes: self.memory_bytes,
            seconds: self.time.as_secs().max(1),
            parent: std::process::id(),
        };
        self.goes_on()?;
        let mut child =
            self.command(&job).spawn().map_err(|error| NotCompiled::Host(error.kind().to_string()))?;
        let (Some(mut stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(NotCompiled::Host("it has no pipes".to_owned()));
        };
        let (finished, finish) = channel::<()>();
        thread::scope(|scope| {
            // A child that ends before it has read all says so itself.
            scope.spawn(move || stdin.write_all(wasm).is_ok());
            let code = scope.spawn(move || {
                let _at_the_end = finished;
                read(stdout, CODE_BYTES + 1)
            });
            let complaint = scope.spawn(move || read(stderr, COMPLAINT_BYTES));
            let status = self.wait(&mut child, &finish)?;
            let code = code.join().unwrap_or_default();
            let complaint = complaint.join().unwrap_or_default();
            if code.len() as u64 > CODE_BYTES {
                return Err(NotCompiled::Code);
            }
            self.read_ending(status, &String::from_utf8_lossy(&complaint)).map(|()| code)
        })
    }

    /// Nothing of this process but the component and these words goes in: no environment, no file, no folder.
    fn command(&self, job: &BoxedCompilation) -> Command {
        // Half of the processors at most: two compilations at once leave the other plans' calls the rest.
        let threads = available_parallelism().map_or(1, |all| all.get().div_ceil(2));
        let mut command = Command::new(&self.program);
        command
            .arg0("crosswalk-compile")
            .arg(COMPILE)
            .args(job.words())
            .env_clear()
            .env("RAYON_NUM_THREADS", threads.to_string())
            // Each arena of the allocator reserves 64 MiB of the address space that is counted here.
            .env("MALLOC_ARENA_MAX", "2")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Refuses to begin, or to go on, once the service stops.
    fn goes_on(&self) -> Result<(), NotCompiled> {
        match self.stop.load(Ordering::Relaxed) {
            true => Err(NotCompiled::Host("the service is stopping".to_owned())),
            false => Ok(()),
        }
    }

    /// Waits until the child has ended, and sees to it that it does.
    fn wait(&self, child: &mut Child, finish: &Receiver<()>) -> Result<ExitStatus, NotCompiled> {
        let end = Instant::now() + self.time * PATIENCE.0 + PATIENCE.1;
        // Nothing is sent: the channel closes when there is nothing more to read.
        let mut says_more = true;
        loop {
            let ended = child.try_wait().map_err(|error| NotCompiled::Host(error.to_string()));
            if let Ok(Some(status)) = ended {
                return Ok(status);
            }
            let too_long = || match Instant::now() >= end {
                true => {
                    Err(NotCompiled::BrokenOff("the machine is too busy, or it takes too long".to_owned()))
                }
                false => Ok(()),
            };
            if let Err(why) = ended.and_then(|_| self.goes_on()).and_then(|()| too_long()) {
                // One that has just ended cannot be ended again; it is waited for all the same.
                let _ = child.kill();
                let _ = child.wait();
                return Err(why);
            }
            if says_more {
                says_more = finish.recv_timeout(GLANCE) == Err(RecvTimeoutError::Timeout);
            } else {
                thread::sleep(LOOK);
            }
        }
    }

    fn read_ending(&self, status: ExitStatus, complaint: &str) -> Result<(), NotCompiled> {
        const XCPU: i32 = 24;
        const KILL: i32 = 9;
        // A service manager asks every process of a service to end; a terminal, every one of a session.
        const ASKED_TO_END: [i32; 3] = [1, 2, 15];
        let last_line = || complaint.lines().last().unwrap_or_default().to_owned();
        match (status.code(), status.signal()) {
            (Some(0), _) => Ok(()),
            (Some(INVALID), _) => Err(NotCompiled::Invalid(complaint.trim().to_owned())),
            (Some(OTHER_BUILD), _) => Err(NotCompiled::Host(complaint.trim().to_owned())),
            (_, Some(XCPU)) => Err(NotCompiled::Time { limit: self.time }),
            (_, Some(signal)) if ASKED_TO_END.contains(&signal) => {
                Err(NotCompiled::Host("its compiler was asked to end".to_owned()))
            }
            // The kernel ends what takes the machine's last memory, whatever its own limit is; so does a
            // person.
            (_, Some(KILL)) => Err(NotCompiled::BrokenOff("the machine ended its compiler".to_owned())),
            _ if OUT_OF_MEMORY.iter().any(|words| complaint.contains(words)) => {
                Err(NotCompiled::Memory { limit: self.memory_bytes })
            }
            (Some(code), _) => Err(NotCompiled::Crash(format!("exit code {code}: {}", last_line()))),
            (None, signal) => Err(NotCompiled::Crash(format!("signal {}", signal.unwrap_or_default()))),
        }
    }
}

/// Messages about lack of memory from Rust's allocator, its threads and the kernel's mappings.
const OUT_OF_MEMORY: [&str; 3] =
    ["memory allocation of", "Cannot allocate memory", "Resource temporarily unavailable"];

fn read(from: impl Read, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What was read until then tells as much as there is to be told.
    let _ = from.take(most).read_to_end(&mut bytes);
    bytes
}

/// Exit codes of the box.
const INVALID: i32 = 2;
const OTHER_BUILD: i32 = 3;

/// Orders of the process in the box, given by its command line.
#[derive(Clone, Debug)]
pub struct BoxedCompilation {
    /// The tier whose engine the code is for.
    pub tier: Tier,
    /// Digest of everything that the engine's code depends on, its full version included.
    pub engine: String,
    /// Bytes of address space.
    pub memory_bytes: u64,
    /// Seconds of processor time.
    pub seconds: u64,
    /// The process that reads the code. This one ends as soon as that has, however it ended.
    pub parent: u32,
}

impl BoxedCompilation {
    fn words(&self) -> [OsString; 5] {
        [
            self.tier.name().into(),
            self.engine.as_str().into(),
            self.memory_bytes.to_string().into(),
            self.seconds.to_string().into(),
            self.parent.to_string().into(),
        ]
    }

    /// Limits this process, for good; then reads a component from standard input and writes its machine code
    /// to standard output. What is wrong is said on standard error and by the exit code.
    #[must_use]
    pub fn run(&self) -> ExitCode {
        let complain = |code: i32, problem: &dyn std::fmt::Display| {
            eprintln!("{problem}");
            ExitCode::from(code.unsigned_abs() as u8)
        };
        // Where there is no lower priority to be had, the limits still hold.
        let _ = set_current_thread_priority(ThreadPriority::Min);
        if let Err(error) = self.end_with_parent().and_then(|()| self.limit()) {
            return complain(OTHER_BUILD, &format_args!("the compiler cannot be limited: {error}"));
        }
        let engine = match Engine::new(&compile_config(self.tier)) {
            Ok(engine) if compatibility(&engine) == self.engine => engine,
            Ok(_) => return complain(OTHER_BUILD, &"the compiler is of another build than the service"),
            Err(error) => return complain(OTHER_BUILD, &error),
        };
        let mut wasm = Vec::new();
        if let Err(error) = io::stdin().read_to_end(&mut wasm) {
            return complain(OTHER_BUILD, &error);
        }
        match engine.precompile_component(&wasm) {
            // Whoever does not read to the end has given up on it.
            Ok(code) => io::stdout().write_all(&code).map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS),
            Err(error) => complain(INVALID, &error.root_cause()),
        }
    }

    fn end_with_parent(&self) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL)?;
        // One that ended before that was asked for tells nobody.
        if nix::unistd::getppid().as_raw().unsigned_abs() == self.parent {
            Ok(())
        } else {
            Err(io::Error::other("whoever wanted the code has ended"))
        }
    }

    fn limit(&self) -> io::Result<()> {
        // It writes into its pipe only, and leaves nothing behind when it breaks off.
        let limits = [
            (Resource::AS, self.memory_bytes, self.memory_bytes),
            // At the first the process is told, at the second it is ended.
            (Resource::CPU, self.seconds, self.seconds + 1),
            (Resource::FSIZE, 0, 0),
            (Resource::CORE, 0, 0),
        ];
        limits.into_iter().try_for_each(|(resource, soft, hard)| {
            // Whatever started the service may allow less; nobody may allow more.
            let (_, allowed) = resource.get()?;
            resource.set(soft.min(allowed), hard.min(allowed))
        })
    }
}

#[cfg(test)]
mod tests;
