//! A fresh decision taken apart.
//!
//! A part cannot be timed while it is one of many, so calls are made up to it and up to the one before, in
//! turns, and what separates the two is its cost. Each call has a fresh store, but for those that say
//! otherwise. The floor of the whole is `reused instance` of the other table; that of each part is named
//! beside it.
//!
//! - `store`: the store with its meter, limits and epoch.
//! - `instance`: the component's core instances, memory and tables from the pool, and their return. Nothing
//!   is dirty yet, so that the reset finds nothing.
//! - `type check`: the function is looked up and the types of its parameters and results are compared with
//!   the bindings', name by name. The engine knows no safe way to remember it for a component.
//! - `values over and back`: the presumption of the same request, which takes as much and answers with
//!   little: a stack, the request, the component's own reading of it.
//! - `rules and answer`: what a determination takes more: the rules, the answer lifted, the pages dirtied.
//! - `place, span, figures`: what the host does around the call.
//!
//! And within these:
//!
//! - `request laid out`: the host's types as the engine lowers them, before anything is copied.
//! - `stack of its own`: the fiber on which a guest can be made to pause, against the caller's stack, in an
//!   instance that is reused.
//! - `one text`: the call of the component's `realloc`, the copy and the check, from requests of thirty facts
//!   more with a word each and with a yes each. The contract's values are texts and lists, and the canonical
//!   ABI asks the component for room for each of them.
//! - `pages kept`: what a decision saves because the pool keeps an instance's first pages and has the kernel
//!   say which are dirty. Against a pool that gives all memory back: the next call then meets each page anew.

use std::hint::black_box;
use std::time::Instant;

use bench::{Length, Times, valle_vista};
use domain::plan::authorization::AuthorizationRequest;
use domain::plan::question::Question;
use domain::plan::types::{Context, Fact, FactSource, FactValue};
use sandbox::{Ending, Limits, Part, Plugin, Sandbox, Warm};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use super::{Outcome, REQUEST, answered};

/// Facts that the longer requests have more.
const MORE: u32 = 30;

/// Cost of a part, as the median and the least of many calls tell it.
pub(super) struct Cost {
    name: &'static str,
    /// True if it is within a part above it.
    is_within: bool,
    median_us: f64,
    least_us: f64,
}

/// A call up to some part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Nothing,
    Arena,
    Store,
    Instance,
    Function,
    Presume,
    /// With thirty facts more, each a yes.
    PresumeFlags,
    /// With thirty facts more, each a word.
    PresumeWords,
    Determine,
    Ask,
    /// In a pool that keeps no pages.
    DetermineForgetful,
    /// In an instance that is reused.
    PresumeReused,
    /// The same on the caller's stack.
    PresumeHere,
}

const STEPS: [Step; 13] = [
    Step::Nothing,
    Step::Arena,
    Step::Store,
    Step::Instance,
    Step::Function,
    Step::Presume,
    Step::PresumeFlags,
    Step::PresumeWords,
    Step::Determine,
    Step::Ask,
    Step::DetermineForgetful,
    Step::PresumeReused,
    Step::PresumeHere,
];

/// A part: its name, whether it is within another, the call that ends with it, the one that ends before it,
/// and how often it is in what separates them.
const PARTS: [(&str, bool, Step, Step, u32); 10] = [
    ("store", false, Step::Store, Step::Nothing, 1),
    ("instance", false, Step::Instance, Step::Store, 1),
    ("type check", false, Step::Function, Step::Instance, 1),
    ("values over and back", false, Step::Presume, Step::Function, 1),
    ("rules and answer", false, Step::Determine, Step::Presume, 1),
    ("place, span, figures", false, Step::Ask, Step::Determine, 1),
    ("request laid out", true, Step::Arena, Step::Nothing, 1),
    ("stack of its own", true, Step::PresumeReused, Step::PresumeHere, 1),
    ("one text", true, Step::PresumeWords, Step::PresumeFlags, MORE),
    ("pages kept", true, Step::DetermineForgetful, Step::Determine, 1),
];

/// Measures every part of a fresh decision.
pub(super) fn measure(length: Length) -> Outcome<Vec<Cost>> {
    let (rounds, calls) = match length {
        Length::Full => (40, 200),
        Length::Quick => (5, 50),
    };
    let mut world = World::prepare()?;
    let mut times: [Times; STEPS.len()] = Default::default();
    // The first rounds warm up and are forgotten.
    let to_forget = (rounds / 5).max(1);
    for round in 0..rounds + to_forget {
        for (step, times) in STEPS.into_iter().zip(&mut times) {
            for _ in 0..calls {
                let begun = Instant::now();
                world.go(step)?;
                let took = begun.elapsed();
                if round >= to_forget {
                    times.add(took);
                }
            }
        }
    }
    Ok(PARTS.map(|part| cost(part, &times)).into())
}

fn cost(
    (name, is_within, with, without, often): (&'static str, bool, Step, Step, u32),
    times: &[Times; STEPS.len()],
) -> Cost {
    let of = |step: Step, quantile: f64| {
        let place = STEPS.iter().position(|known| *known == step);
        place.and_then(|place| times.get(place)).map_or(0.0, |times| times.quantile_us(quantile))
    };
    let between = |quantile: f64| (of(with, quantile) - of(without, quantile)) / f64::from(often);
    Cost { name, is_within, median_us: between(0.5), least_us: between(0.0) }
}

pub(super) fn json(costs: &[Cost]) -> Value {
    let cost = |cost: &Cost| {
        json!({
            "name": cost.name, "within": cost.is_within, "median_us": cost.median_us, "min_us": cost.least_us,
        })
    };
    costs.iter().map(cost).collect()
}

pub(super) fn print(costs: &[Cost]) {
    println!("\nparts of a decision in a fresh instance{:>33} {:>12}", "median µs", "least µs");
    for cost in costs.iter().filter(|cost| !cost.is_within) {
        println!("  {:<56} {:>14.2} {:>12.2}", cost.name, cost.median_us, cost.least_us);
    }
    println!("within these");
    for cost in costs.iter().filter(|cost| cost.is_within) {
        println!("  {:<56} {:>14.2} {:>12.2}", cost.name, cost.median_us, cost.least_us);
    }
}

/// Everything that is asked, and who answers.
struct World {
    runtime: Runtime,
    plugin: Plugin,
    forgetful: Plugin,
    reused: Warm,
    here: Warm,
    asked: (AuthorizationRequest, Context),
    determine: Question,
    presume: Question,
    flags: Question,
    words: Question,
}

impl World {
    fn prepare() -> Outcome<Self> {
        let wasm = valle_vista()?;
        let whole: Value = serde_json::from_str(REQUEST)?;
        let (request, context): (AuthorizationRequest, Context) =
            serde_json::from_value(json!([whole["request"], whole["context"]]))?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let load = |sandbox: Sandbox| sandbox.load(&wasm).map_err(|error| format!("{error:?}"));
        let plugin = load(Sandbox::start(Limits::default(), None)?)?;
        let forgetful = load(Sandbox::start_forgetful(Limits::default())?)?;
        let warm = || runtime.block_on(plugin.warm()).map_err(not_answered);
        let (reused, here) = (warm()?, warm()?);
        let presume = |request| Question::Presume { request, context: context.clone() };
        let (flag, word) = (FactValue::Flag(true), FactValue::Coded("homeless-unsheltered".to_owned()));
        Ok(Self {
            plugin,
            forgetful,
            reused,
            here,
            determine: Question::Determine { request: request.clone(), context: context.clone() },
            presume: presume(request.clone()),
            flags: presume(with_more(&request, &flag)),
            words: presume(with_more(&request, &word)),
            asked: (request, context),
            runtime,
        })
    }

    /// Makes a call up to a step.
    fn go(&mut self, step: Step) -> Outcome<()> {
        let (plugin, question, part) = match step {
            Step::Nothing => {
                self.runtime.block_on(async { black_box(()) });
                return Ok(());
            }
            Step::Ask => {
                let ending = self.runtime.block_on(self.plugin.ask(black_box(&self.determine))).ending;
                return answered(ending).map(drop);
            }
            Step::PresumeReused => {
                let ending = self.runtime.block_on(self.reused.ask(black_box(&self.presume)));
                return presumed(ending);
            }
            Step::PresumeHere => {
                let (here, (request, context)) = (&mut self.here, black_box(&self.asked));
                // As the others are, within the runtime.
                let ending = self.runtime.block_on(async { here.presume_here(request, context) });
                return presumed(ending);
            }
            Step::Arena => (&self.plugin, &self.presume, Part::Arena),
            Step::Store => (&self.plugin, &self.presume, Part::Store),
            Step::Instance => (&self.plugin, &self.presume, Part::Instance),
            Step::Function => (&self.plugin, &self.presume, Part::Function),
            Step::Presume => (&self.plugin, &self.presume, Part::Call),
            Step::PresumeFlags => (&self.plugin, &self.flags, Part::Call),
            Step::PresumeWords => (&self.plugin, &self.words, Part::Call),
            Step::Determine => (&self.plugin, &self.determine, Part::Call),
            Step::DetermineForgetful => (&self.forgetful, &self.determine, Part::Call),
        };
        Ok(self.runtime.block_on(plugin.part(part, black_box(question))).map_err(not_answered)?)
    }
}

/// The request with thirty facts more, of which the plan knows nothing.
fn with_more(request: &AuthorizationRequest, value: &FactValue) -> AuthorizationRequest {
    let mut longer = request.clone();
    let as_of = request.facts.first().map_or(request.member.birth_date, |fact| fact.as_of);
    longer.facts.extend((0..MORE).map(|number| Fact {
        code: format!("plan.none.{number:020}"),
        value: value.clone(),
        source: FactSource::Provider,
        as_of,
    }));
    longer
}

fn presumed(ending: Ending<domain::plan::question::Answer>) -> Outcome<()> {
    match ending {
        Ending::Answer(answer) => {
            black_box(answer);
            Ok(())
        }
        other => Err(format!("the plugin did not answer: {other:?}").into()),
    }
}

fn not_answered(ending: Ending<()>) -> String {
    format!("the plugin did not answer: {ending:?}")
}
