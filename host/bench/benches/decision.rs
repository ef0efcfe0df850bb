//! Cost of the sandbox: one authorization decided in five ways, in turns.
//!
//! The request is that of `decision.json`: recuperative care after a hospital stay, 30 facts, 4 KB as JSON.
//! The rules are Valle Vista's, the same source in every way.
//!
//! - `native`: the rules as a function of this process. Nothing can be cheaper; nothing could run a
//!   stranger's rules.
//! - `reused instance`: the component in one instance for all calls. What is above it in `fresh instance` is
//!   the price of forgetting one member before the next; what is above `native`, that of WebAssembly and of
//!   passing values.
//! - `fresh instance`: what the host does. Starts from the host's types and ends in them.
//! - `HTTP service`: the way without plugins: each plan runs a service of its own. A fair floor because it is
//!   as good as such a service gets: on this machine, one connection that is kept, no TLS, no authentication,
//!   native rules, and from the host's types to the host's types like the sandbox. A real one is across a
//!   network.
//! - `JSON round trip`: the same request and answer written and read, with nothing between. Whatever
//!   separates plan and host must copy the values; JSON is how nearly everybody does.
//!
//! All five answers are compared before anything is measured. What two threads get out of fresh instances is
//! measured at the end; on a machine with two processors nothing else may run for that number to mean much.
//!
//! That is the part `ways`. The part `parts` takes a fresh decision apart; see there.

mod parts;

use std::error::Error;
use std::hint::black_box;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use axum::serve::ListenerExt;
use axum::{Json, Router, routing};
use bench::{Budget, Connection, Length, Options, Output, Ratio, Times, median, post, valle_vista};
use crosswalk_plan::authorization as native;
use crosswalk_plan::types as native_types;
use domain::plan::authorization::{AuthorizationRequest, Determination};
use domain::plan::question::{self, Question};
use domain::plan::types::Context;
use sandbox::{Ending, Limits, Plugin, Sandbox, Warm};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const REQUEST: &str = include_str!("decision.json");

/// Parts that can be run by themselves.
const PARTS: [&str; 2] = ["ways", "parts"];

pub(super) fn main(words: &[String]) -> ExitCode {
    bench::main("decision", words, &PARTS, run)
}

fn run(options: &Options) -> Outcome<()> {
    let mut whole = json!({ "bench": "decision" });
    if options.runs("ways") {
        let found = Measured::measure(options.length)?;
        match options.output {
            Output::Json => found.tell(&mut whole),
            Output::Table => found.print(),
        }
    }
    if options.runs("parts") {
        let found = parts::measure(options.length)?;
        match options.output {
            Output::Json => whole["parts"] = parts::json(&found),
            Output::Table => parts::print(&found),
        }
    }
    if options.output == Output::Json {
        println!("{whole}");
    }
    Ok(())
}

/// Figures of the part `ways`.
struct Measured {
    /// Bytes of the request as JSON.
    size: usize,
    times: [Times; WAYS.len()],
    /// Decisions in a second of one thread, and of two.
    throughput: [f64; 2],
}

impl Measured {
    fn measure(length: Length) -> Outcome<Self> {
        let (rounds, calls) = match length {
            Length::Full => (40, 200),
            Length::Quick => (5, 50),
        };
        let mut ways = Ways::prepare()?;
        ways.agree()?;
        let times = ways.take_turns(rounds, calls)?;
        Ok(Self { size: ways.size(), times, throughput: ways.throughputs(calls * rounds / 5)? })
    }

    fn ways(&self) -> impl Iterator<Item = (&'static str, &Times)> {
        WAYS.iter().map(|(name, _)| *name).zip(&self.times)
    }

    fn tell(&self, whole: &mut Value) {
        let ways: Vec<Value> = self
            .ways()
            .map(|(name, times)| {
                json!({ "name": name, "median_us": times.quantile_us(0.5), "min_us": times.quantile_us(0.0) })
            })
            .collect();
        let ratios: Vec<Value> = ratios(&self.times).iter().map(Ratio::json).collect();
        let [one, two] = self.throughput;
        whole["request_bytes"] = json!(self.size);
        whole["ways"] = json!(ways);
        whole["ratios"] = json!(ratios);
        whole["fresh_per_second"] = json!({ "one_thread": one, "two_threads": two });
    }

    fn print(&self) {
        println!(
            "one decision, request of {} bytes as JSON{:>30} {:>12}",
            self.size, "median µs", "least µs"
        );
        for (name, times) in self.ways() {
            println!("  {name:<56} {:>14.1} {:>12.1}", times.quantile_us(0.5), times.quantile_us(0.0));
        }
        println!("\nratios of the medians");
        for ratio in ratios(&self.times) {
            println!("  {ratio}");
        }
        let [one, two] = self.throughput;
        println!(
            "\nfresh instances: {one:.0} decisions/s on one thread, {two:.0} on two ({:.2} times)",
            two / one
        );
    }
}

/// The request in all its forms, and everything that answers it.
struct Ways {
    runtime: Runtime,
    native: (native::AuthorizationRequest, native_types::Context),
    asked: (AuthorizationRequest, Context),
    question: Question,
    /// Answer of the rules, for the round trip.
    answer: native::Determination,
    plugin: Plugin,
    warm: Warm,
    service: Connection,
}

/// An answer, in the types of whoever gave it.
enum Answer {
    Native(native::Determination),
    Host(Determination),
}

type Way = fn(&mut Ways) -> Outcome<Answer>;

const NATIVE: usize = 0;
const REUSED: usize = 1;
const FRESH: usize = 2;
const SERVICE: usize = 3;
const ROUND_TRIP: usize = 4;

const WAYS: [(&str, Way); 5] = [
    ("native", Ways::native),
    ("reused instance", Ways::reused_instance),
    ("fresh instance", Ways::fresh_instance),
    ("HTTP service", Ways::http_service),
    ("JSON round trip", Ways::json_round_trip),
];

impl Ways {
    fn prepare() -> Outcome<Self> {
        let wasm = valle_vista()?;
        let whole: Value = serde_json::from_str(REQUEST)?;
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let plugin =
            Sandbox::start(Limits::default(), None)?.load(&wasm).map_err(|error| format!("{error:?}"))?;
        let warm = runtime.block_on(plugin.warm()).map_err(|ending| format!("{ending:?}"))?;
        let native: (native::AuthorizationRequest, native_types::Context) =
            serde_json::from_value(json!([whole["request"], whole["context"]]))?;
        let asked: (AuthorizationRequest, Context) =
            serde_json::from_value(json!([whole["request"], whole["context"]]))?;
        let (request, context) = asked.clone();
        Ok(Self {
            answer: valle_vista_rules::determine(&native.0, &native.1),
            native,
            asked,
            question: Question::Determine { request, context },
            service: Connection::open(serve_rules()?)?,
            runtime,
            plugin,
            warm,
        })
    }

    fn native(&mut self) -> Outcome<Answer> {
        let (request, context) = black_box(&self.native);
        Ok(Answer::Native(valle_vista_rules::determine(request, context)))
    }

    fn reused_instance(&mut self) -> Outcome<Answer> {
        answered(self.runtime.block_on(self.warm.ask(black_box(&self.question))))
    }

    fn fresh_instance(&mut self) -> Outcome<Answer> {
        answered(self.runtime.block_on(self.plugin.ask(black_box(&self.question))).ending)
    }

    fn http_service(&mut self) -> Outcome<Answer> {
        let body = serde_json::to_vec(black_box(&self.asked))?;
        let request = post("/determine", &[("Content-Type", "application/json")], &body);
        let answer = self.service.exchange(&request)?;
        if answer.status != 200 {
            return Err(format!("the HTTP service answered {}", answer.status).into());
        }
        Ok(Answer::Host(serde_json::from_slice(&answer.body)?))
    }

    /// Writes and reads the request as the service would, then an answer that was there before.
    fn json_round_trip(&mut self) -> Outcome<Answer> {
        let sent = serde_json::to_vec(black_box(&self.asked))?;
        let read: (native::AuthorizationRequest, native_types::Context) = serde_json::from_slice(&sent)?;
        black_box(read);
        let answer = serde_json::to_vec(black_box(&self.answer))?;
        Ok(Answer::Host(serde_json::from_slice(&answer)?))
    }

    /// Every way gives the same answer, and it is an approval: a refused request would be a cheap one.
    fn agree(&mut self) -> Outcome<()> {
        let expected = WAYS[NATIVE].1(self)?.json()?;
        if expected["decision"].get("approved").is_none() {
            return Err(
                format!("the request is to be approved, and came out as {}", expected["decision"]).into()
            );
        }
        for (name, way) in WAYS {
            if way(self)?.json()? != expected {
                return Err(format!("{name} answers otherwise than native").into());
            }
        }
        Ok(())
    }

    /// Measures every way in every round, so that what else the machine does meets all of them alike. The
    /// first fifth of the rounds, and at least one, warms up and is forgotten.
    fn take_turns(&mut self, rounds: u32, calls: u32) -> Outcome<[Times; WAYS.len()]> {
        let mut times: [Times; WAYS.len()] = Default::default();
        let to_forget = (rounds / 5).max(1);
        for round in 0..rounds + to_forget {
            for ((_, way), times) in WAYS.iter().zip(&mut times) {
                for _ in 0..calls {
                    let (answer, took) = timed(|| way(self));
                    black_box(answer?);
                    if round >= to_forget {
                        times.add(took);
                    }
                }
            }
        }
        Ok(times)
    }

    /// Decisions in a second of one thread and of two, measured in turns.
    fn throughputs(&self, calls: u32) -> Outcome<[f64; 2]> {
        let (mut one, mut two) = (Vec::new(), Vec::new());
        for _ in 0..5 {
            one.push(self.throughput(1, calls)?);
            two.push(self.throughput(2, calls)?);
        }
        Ok([median(&one), median(&two)])
    }

    /// Decisions in a second when `threads` threads ask, each in fresh instances.
    fn throughput(&self, threads: u32, calls: u32) -> Outcome<f64> {
        let ask = || -> Outcome<()> {
            let handle = self.runtime.handle().clone();
            for _ in 0..calls {
                black_box(answered(handle.block_on(self.plugin.ask(&self.question)).ending)?);
            }
            Ok(())
        };
        let (outcomes, took) = timed(|| {
            std::thread::scope(|scope| {
                let asking: Vec<_> = (0..threads).map(|_| scope.spawn(ask)).collect();
                asking.into_iter().map(std::thread::ScopedJoinHandle::join).collect::<Vec<_>>()
            })
        });
        for outcome in outcomes {
            outcome.map_err(|_| "a thread that asks panicked")??;
        }
        Ok(f64::from(threads * calls) / took.as_secs_f64())
    }

    /// Bytes of the request as JSON.
    fn size(&self) -> usize {
        serde_json::to_vec(&self.asked).map_or(0, |bytes| bytes.len())
    }
}

impl Answer {
    fn json(&self) -> Outcome<Value> {
        Ok(match self {
            Self::Native(answer) => serde_json::to_value(answer)?,
            Self::Host(answer) => serde_json::to_value(answer)?,
        })
    }
}

fn answered(ending: Ending<question::Answer>) -> Outcome<Answer> {
    match ending {
        Ending::Answer(question::Answer::Determine(answer)) => Ok(Answer::Host(answer)),
        other => Err(format!("the plugin did not answer: {other:?}").into()),
    }
}

/// Serves the native rules on a thread of its own, from where they are found at the address.
fn serve_rules() -> Outcome<SocketAddr> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
    let address = listener.local_addr()?;
    let router = Router::new().route("/determine", routing::post(determine));
    std::thread::spawn(move || {
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        runtime.block_on(async { axum::serve(listener, router).await })
    });
    Ok(address)
}

async fn determine(
    Json((request, context)): Json<(native::AuthorizationRequest, native_types::Context)>,
) -> Json<native::Determination> {
    Json(valle_vista_rules::determine(&request, &context))
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let done = work();
    (done, begun.elapsed())
}

fn ratios(times: &[Times; WAYS.len()]) -> Vec<Ratio> {
    let ratio = |above: usize, below: usize, budget| Ratio {
        name: format!("{} / {}", WAYS[above].0, WAYS[below].0),
        value: times[above].quantile_us(0.5) / times[below].quantile_us(0.5),
        budget,
    };
    vec![
        ratio(FRESH, SERVICE, Budget::AtMost(1.0 / 8.0)),
        ratio(FRESH, ROUND_TRIP, Budget::AtMost(0.9)),
        ratio(FRESH, REUSED, Budget::AtMost(1.2)),
        ratio(REUSED, NATIVE, Budget::None),
    ]
}
