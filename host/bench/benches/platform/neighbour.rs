//! A well-behaved plan beside one that does its worst.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bench::{Budget, Length, Outcome, Ratio, Times};
use domain::plan::authorization::AuthorizationRequest;
use domain::plan::types::Context;
use sandbox::{CompileBox, Compiler, Limits, Plugin, Sandbox};
use tokio::runtime::{Builder, Runtime};

use super::{Finding, component, interpreted, load, of, request};

/// Calls of the noisy plan that are on their way at once.
const NOISY: usize = 4;
/// How much longer one in a hundred decisions may take beside them.
const MOST: f64 = 1.5;
/// Between two decisions of the good plan: a plan's work comes in drops, and one that floods the host measures itself.
const BETWEEN: Duration = Duration::from_micros(500);

/// What the noisy plan does, by the name of its request, and what that is.
const NOISES: [(&str, &str); 5] = [
    ("loop", "loops"),
    ("recurse", "recurses"),
    ("memory", "takes all memory"),
    ("huge-answer", "answers with 64 MB"),
    ("trap", "traps on every call"),
];

pub(super) fn run(length: Length) -> Outcome<Vec<Finding>> {
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    let compiler = Compiler::Boxed(CompileBox::of_this_program()?);
    let sandbox = Sandbox::start_with(Limits::default(), None, &compiler)?;
    let (good, noisy) =
        (load(&sandbox, &component("valle-vista")?)?, load(&sandbox, &component("hostile")?)?);
    let asked = request()?;
    let calls = of(length, 3_000, 200);
    // The first calls warm up and are forgotten.
    p99(&runtime, &good, &asked, calls / 5);
    let mut found = Vec::new();
    for (id, does) in NOISES {
        let quiet = p99(&runtime, &good, &asked, calls);
        let noise = Noise::of_calls(&runtime, &noisy, id, &asked);
        let loud = p99(&runtime, &good, &asked, calls);
        noise.end(&runtime);
        found.push(finding(does, quiet, loud));
    }
    if let Some(bytes) = interpreted("silver-oak-js") {
        let quiet = p99(&runtime, &good, &asked, calls);
        let noise = Noise::of_compiling(&runtime, &sandbox, bytes);
        let loud = p99(&runtime, &good, &asked, calls);
        noise.end(&runtime);
        found.push(finding("has 13 MB of JavaScript compiled", quiet, loud));
    }
    Ok(found)
}

fn finding(does: &str, quiet: f64, loud: f64) -> Finding {
    Finding {
        bench: "neighbour",
        measured: format!(
            "99 of 100 decisions within {loud:.0} µs while a rival {does}, {quiet:.0} µs when it is quiet"
        ),
        ratio: Ratio {
            name: format!("p99 while a rival {does} / quiet"),
            value: loud / quiet,
            budget: Budget::AtMost(MOST),
        },
    }
}

/// Microseconds within which 99 of 100 decisions are made, counted from when each was asked for, as by a request that comes
/// in: what it waits for a worker counts.
fn p99(
    runtime: &Runtime,
    plugin: &Plugin,
    (request, context): &(AuthorizationRequest, Context),
    calls: usize,
) -> f64 {
    let mut times = Times::default();
    for _ in 0..calls {
        let (plugin, request, context) = (plugin.clone(), request.clone(), context.clone());
        let begun = Instant::now();
        let asked = runtime.spawn(async move {
            black_box(plugin.determine(&request, &context).await);
        });
        let done = runtime.block_on(asked);
        times.add(begun.elapsed());
        drop(done);
        thread::sleep(BETWEEN);
    }
    times.quantile_us(0.99)
}

/// What goes on until it is ended.
struct Noise {
    over: Arc<AtomicBool>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Noise {
    fn of_calls(
        runtime: &Runtime,
        plugin: &Plugin,
        id: &str,
        asked: &(AuthorizationRequest, Context),
    ) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let make = |_| {
            let (over, plugin, context) = (Arc::clone(&over), plugin.clone(), asked.1.clone());
            let request = AuthorizationRequest { id: id.to_owned(), ..asked.0.clone() };
            runtime.spawn(async move {
                while !over.load(Ordering::Relaxed) {
                    black_box(plugin.determine(&request, &context).await);
                }
            })
        };
        let tasks = (0..NOISY).map(make).collect();
        Self { over, tasks }
    }

    fn of_compiling(runtime: &Runtime, sandbox: &Sandbox, bytes: Vec<u8>) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let (seen, sandbox) = (Arc::clone(&over), sandbox.clone());
        let compile = move || {
            while !seen.load(Ordering::Relaxed) {
                black_box(sandbox.load(&bytes).is_ok());
            }
        };
        Self { over, tasks: vec![runtime.spawn_blocking(compile)] }
    }

    fn end(self, runtime: &Runtime) {
        self.over.store(true, Ordering::Relaxed);
        for task in self.tasks {
            let _ = runtime.block_on(task);
        }
    }
}
