//! `crosswalk plugin bench`: what a call of a plugin costs here.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;
use domain::plan::question::Question;
use sandbox::{Call, Ending, Plugin};
use serde::Serialize;
use serde_json::json;

use super::Engine;
use crate::out::say;

#[derive(Args)]
#[command(after_help = "  crosswalk plugin bench build/costa-alta.wasm cases/*.json")]
pub(crate) struct BenchOptions {
    /// The component, such as build/my-plan.wasm.
    file: PathBuf,
    /// Files of example cases, whose requests are asked [default: none; the component describes itself].
    cases: Vec<PathBuf>,
    /// Number of calls of each operation.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    calls: u32,
    /// Print the figures as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    engine: Engine,
}

/// Times and memory of one operation's calls.
#[derive(Serialize)]
struct Row {
    operation: &'static str,
    calls: usize,
    /// Shortest time of a call, in microseconds; so are the two below.
    min: u64,
    median: u64,
    p99: u64,
    /// One after the other, on one core.
    calls_per_second: u64,
    peak_memory_bytes: usize,
}

/// Asks again and again, each time in a fresh instance, as the host does.
pub(crate) fn bench(options: &BenchOptions) -> Result<ExitCode, Box<dyn Error>> {
    let plugin =
        super::load(&super::read(&options.file)?, &options.engine)?.map_err(|refused| refused.to_string())?;
    let mut questions: BTreeMap<&'static str, Vec<Question>> = BTreeMap::new();
    for file in &options.cases {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        for question in conformance::questions(&text)? {
            questions.entry(question.operation().name()).or_default().push(question);
        }
    }
    let rows = crate::parts::runtime()?.block_on(async {
        let mut rows = Vec::new();
        if questions.is_empty() {
            let mut times = Times::default();
            for _ in 0..options.calls {
                times.note(|| plugin.describe()).await?;
            }
            rows.push(times.row("describe"));
        }
        for (operation, questions) in &questions {
            rows.push(ask(&plugin, operation, questions, options.calls).await?);
        }
        Ok::<_, String>(rows)
    })?;
    if options.json {
        let tier = plugin.inspection().tier_name();
        let report = json!({ "digest": plugin.digest().to_string(), "tier": tier, "microseconds": rows });
        say!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print(&plugin, &rows);
    }
    Ok(ExitCode::SUCCESS)
}

async fn ask(
    plugin: &Plugin,
    operation: &'static str,
    questions: &[Question],
    calls: u32,
) -> Result<Row, String> {
    let mut times = Times::default();
    for question in questions.iter().cycle().take(calls as usize) {
        times.note(|| plugin.ask(question)).await?;
    }
    Ok(times.row(operation))
}

#[derive(Default)]
struct Times {
    taken: Vec<Duration>,
    peak_memory_bytes: usize,
}

impl Times {
    /// Times one call. A fault has no meaningful time: it ends the bench.
    async fn note<T>(&mut self, call: impl AsyncFnOnce() -> Call<T>) -> Result<(), String> {
        let started = Instant::now();
        let call = call().await;
        self.taken.push(started.elapsed());
        self.peak_memory_bytes = self.peak_memory_bytes.max(call.peak_memory_bytes);
        match call.ending {
            Ending::Answer(_) | Ending::GuestError(_) => Ok(()),
            fault => Err(format!("a call gave no answer: {fault:?}")),
        }
    }

    fn row(mut self, operation: &'static str) -> Row {
        self.taken.sort_unstable();
        let whole: Duration = self.taken.iter().sum();
        let at = |share: usize| {
            let place = (self.taken.len() * share / 100).min(self.taken.len().saturating_sub(1));
            self.taken.get(place).map_or(0, |taken| microseconds(*taken))
        };
        let per_second = self.taken.len() as u128 * 1_000_000 / whole.as_micros().max(1);
        Row {
            operation,
            calls: self.taken.len(),
            min: at(0),
            median: at(50),
            p99: at(99),
            calls_per_second: u64::try_from(per_second).unwrap_or(u64::MAX),
            peak_memory_bytes: self.peak_memory_bytes,
        }
    }
}

fn microseconds(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

fn print(plugin: &Plugin, rows: &[Row]) {
    say!(
        "{} ({}), a fresh instance for each call",
        plugin.profile().plan_id,
        plugin.inspection().tier_name()
    );
    say!(
        "{:<12} {:>8} {:>9} {:>10} {:>9} {:>9} {:>9}",
        "operation",
        "calls",
        "min µs",
        "median µs",
        "p99 µs",
        "calls/s",
        "peak KiB"
    );
    for row in rows {
        say!(
            "{:<12} {:>8} {:>9} {:>10} {:>9} {:>9} {:>9}",
            row.operation,
            row.calls,
            row.min,
            row.median,
            row.p99,
            row.calls_per_second,
            row.peak_memory_bytes >> 10
        );
    }
}
