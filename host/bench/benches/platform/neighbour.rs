//! A well-behaved plan beside one that does its worst.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bench::{Budget, Length, Outcome, Ratio, Times};
use domain::plan::authorization::AuthorizationRequest;
use domain::plan::question::Question;
use domain::plan::types::Context;
use sandbox::{CompileBox, Compiler, Limits, Origin, Plugin, Sandbox};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use tokio::time::{self, Interval};

use super::{Finding, component, interpreted, load, of, request};

/// Most times as long that one in a hundred decisions may take beside the rival.
const MOST: f64 = 1.5;
/// Between two decisions of the good plan: a plan's work comes in drops, and one that floods the host
/// measures itself.
const BETWEEN: Duration = Duration::from_micros(500);

/// Misdeed of the rival's plan.
struct Misdeed {
    /// The name of the request that makes it do so.
    id: &'static str,
    /// The misdeed in words, for the table.
    does: &'static str,
    /// Endings that each of its calls may have.
    ends: &'static [&'static str],
}

const MISDEEDS: [Misdeed; 4] = [
    Misdeed { id: "loop", does: "loops", ends: &["deadline"] },
    // Of two stacks, the guest's and the machine's, the shorter one ends first.
    Misdeed { id: "recurse", does: "recurses", ends: &["trap", "stack-overflow"] },
    Misdeed { id: "memory", does: "takes all memory", ends: &["memory"] },
    Misdeed { id: "trap", does: "traps", ends: &["trap"] },
];
const HUGE_ANSWER: Misdeed = Misdeed { id: "huge-answer", does: "answers with 64 MB", ends: &["bad-output"] };

/// Rate at which the rival's calls come.
struct Pace {
    name: &'static str,
    /// Calls that are on their way at once, at most.
    callers: u32,
    /// Interval between calls; without it, one comes as soon as the one before has ended.
    every: Option<Duration>,
}

const PACES: [Pace; 2] = [
    Pace { name: "4 at once", callers: 4, every: None },
    // As members' requests might: they come whether or not those before them were answered, and wait for a
    // caller.
    Pace { name: "50 a second", callers: 8, every: Some(Duration::from_millis(20)) },
];

pub(super) fn run(length: Length) -> Outcome<Vec<Finding>> {
    let usual = House::open(Limits::default(), length)?;
    // Room for the whole answer and time to fill it, so that its size is what is refused.
    let roomy =
        Limits { memory_bytes: 160 << 20, deadline: Duration::from_millis(1_500), ..Limits::default() };
    let roomy = House::open(roomy, length)?;
    let mut found = Vec::new();
    for pace in &PACES {
        for misdeed in &MISDEEDS {
            found.push(usual.beside_calls(misdeed, pace)?);
        }
        found.push(roomy.beside_calls(&HUGE_ANSWER, pace)?);
    }
    match interpreted("silver-oak-js") {
        Some(bytes) => found.push(usual.beside_compiling(&bytes.into())?),
        None => eprintln!("neighbour: compiling is left out; run `cargo xtask interpreted` first"),
    }
    Ok(found)
}

fn finding(rival: &str, quiet: &Times, loud: &Times) -> Finding {
    let (p50, p99) = (|times: &Times| times.quantile_us(0.5), |times: &Times| times.quantile_us(0.99));
    Finding {
        bench: "neighbour",
        measured: format!(
            "p50 {:.0} µs, p99 {:.0} µs while a rival {rival}; {:.0} and {:.0} µs while it is quiet",
            p50(loud),
            p99(loud),
            p50(quiet),
            p99(quiet),
        ),
        ratio: Ratio {
            name: format!("p99 while a rival {rival} / quiet"),
            value: p99(loud) / p99(quiet),
            budget: Budget::AtMost(MOST),
        },
    }
}

/// A host with two plans.
struct House {
    runtime: Runtime,
    sandbox: Sandbox,
    good: Plugin,
    rival: Plugin,
    asked: (AuthorizationRequest, Context),
    length: Length,
}

impl House {
    fn open(limits: Limits, length: Length) -> Outcome<Self> {
        let compiler = Compiler::Boxed(CompileBox::of_this_program()?);
        // Nothing is kept of what was compiled: what is to be compiled again is.
        let sandbox = Sandbox::start_with(limits, None, &compiler)?;
        let house = Self {
            runtime: Builder::new_multi_thread().enable_all().build()?,
            good: load(&sandbox, &component("valle-vista")?)?,
            rival: load(&sandbox, &component("hostile")?)?,
            sandbox,
            asked: request()?,
            length,
        };
        // The first calls warm up and are forgotten.
        house.decide_for_a_turn(&mut Times::default())?;
        Ok(house)
    }

    /// The good plan decides in turns, while the rival is quiet and while it is called: what else the machine
    /// does meets both.
    fn beside_calls(&self, misdeed: &Misdeed, pace: &Pace) -> Outcome<Finding> {
        let (mut quiet, mut loud) = (Times::default(), Times::default());
        for _ in 0..of(self.length, 5, 2) {
            self.decide_for_a_turn(&mut quiet)?;
            let calls = Calls::begin(self, misdeed, pace);
            self.decide_for_a_turn(&mut loud)?;
            misdeed.held_against(&calls.end(&self.runtime)?)?;
        }
        Ok(finding(&format!("{}, {}", misdeed.does, pace.name), &quiet, &loud))
    }

    /// The same while a component is compiled, each time from its beginning to its end.
    fn beside_compiling(&self, wasm: &Arc<[u8]>) -> Outcome<Finding> {
        let (mut quiet, mut loud) = (Times::default(), Times::default());
        for _ in 0..of(self.length, 3, 1) {
            self.decide_for_a_turn(&mut quiet)?;
            let (sandbox, wasm) = (self.sandbox.clone(), Arc::clone(wasm));
            let compiling =
                self.runtime.spawn_blocking(move || Outcome::Ok(load(&sandbox, &wasm)?.loading().origin));
            while !compiling.is_finished() {
                self.decide(&mut loud)?;
            }
            if self.runtime.block_on(compiling)?? != Origin::Compiled {
                return Err("the rival's component is to be compiled, and was at hand".into());
            }
        }
        Ok(finding("has 13 MB of JavaScript compiled", &quiet, &loud))
    }

    fn decide_for_a_turn(&self, times: &mut Times) -> Outcome<()> {
        (0..of(self.length, 600, 100)).try_for_each(|_| self.decide(times))
    }

    /// One decision of the good plan. Its time counts from when it was asked for, as by a request that comes
    /// in: what it waits for a worker counts.
    fn decide(&self, times: &mut Times) -> Outcome<()> {
        let (plugin, (request, context)) = (self.good.clone(), self.asked.clone());
        let question = Question::Determine { request, context };
        let begun = Instant::now();
        let asked = self.runtime.spawn(async move { plugin.ask(&question).await.ending.code() });
        let ended = self.runtime.block_on(asked);
        times.add(begun.elapsed());
        match ended? {
            "answer" => thread::sleep(BETWEEN),
            other => return Err(format!("the good plan is to answer, and a call ended so: {other}").into()),
        }
        Ok(())
    }
}

/// Number of calls by their ending.
type Endings = BTreeMap<&'static str, usize>;

impl Misdeed {
    /// A rival that does something else, or nothing, is not the neighbour that was to be measured.
    fn held_against(&self, endings: &Endings) -> Outcome<()> {
        let Self { does, ends, .. } = self;
        if endings.is_empty() {
            return Err(format!("no call of a rival that {does} ended").into());
        }
        if endings.keys().any(|code| !ends.contains(code)) {
            return Err(format!(
                "calls of a rival that {does} are to end in {ends:?}, and ended so: {endings:?}"
            )
            .into());
        }
        Ok(())
    }
}

/// The rival's calls, which come until they are ended.
struct Calls {
    over: Arc<AtomicBool>,
    callers: Vec<JoinHandle<Endings>>,
}

impl Calls {
    fn begin(house: &House, misdeed: &Misdeed, pace: &Pace) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let _inside = house.runtime.enter();
        let caller = |place| {
            let (over, plugin, context) = (Arc::clone(&over), house.rival.clone(), house.asked.1.clone());
            let request = AuthorizationRequest { id: misdeed.id.to_owned(), ..house.asked.0.clone() };
            let question = Question::Determine { request, context };
            let mut due = pace.of_caller(place);
            house.runtime.spawn(async move {
                let mut endings = Endings::new();
                loop {
                    if let Some(due) = &mut due {
                        due.tick().await;
                    }
                    if over.load(Ordering::Relaxed) {
                        return endings;
                    }
                    let call = plugin.ask(&question).await;
                    *endings.entry(call.ending.code()).or_default() += 1;
                }
            })
        };
        let callers = (0..pace.callers).map(caller).collect();
        Self { over, callers }
    }

    fn end(self, runtime: &Runtime) -> Outcome<Endings> {
        self.over.store(true, Ordering::Relaxed);
        let mut endings = Endings::new();
        for caller in self.callers {
            for (code, count) in runtime.block_on(caller)? {
                *endings.entry(code).or_default() += count;
            }
        }
        Ok(endings)
    }
}

impl Pace {
    /// Instants at which the calls of one caller are due: the callers take turns.
    fn of_caller(&self, place: u32) -> Option<Interval> {
        let every = self.every?;
        Some(time::interval_at(time::Instant::now() + every * place, every * self.callers))
    }
}
