//! Recorded decisions replayed through a candidate.

use std::hint::black_box;
use std::time::Instant;

use bench::{Budget, Length, Outcome, Ratio};
use crosswalk_plan::authorization as native;
use crosswalk_plan::types as native_types;
use domain::plan::question::Question;
use sandbox::{Ending, Limits, Plugin, Recorded, Sandbox};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use super::{Finding, component, load, of, request, version};

/// Decisions a second on one core that a candidate in Rust is to be asked.
const AIM: f64 = 20_000.0;
/// Times as long as with native rules that it is to take at most.
const MOST_OF_NATIVE: f64 = 2.0;
const OTHERWISE: &str = "the same rules answer otherwise than before";

pub(super) fn run(length: Length) -> Outcome<Vec<Finding>> {
    let (rounds, count) = (of(length, 20, 5), of(length, 1_000, 100));
    let replay = Replay::prepare()?;
    let mut seconds = [0.0; WAYS.len()];
    // The first round warms up and is forgotten.
    for round in 0..=rounds {
        for (way, seconds) in WAYS.iter().zip(&mut seconds) {
            let begun = Instant::now();
            for _ in 0..count {
                way(&replay)?;
            }
            if round > 0 {
                *seconds += begun.elapsed().as_secs_f64();
            }
        }
    }
    let each = seconds.map(|whole| whole / (rounds * count) as f64);
    Ok(findings(each, replay.question.len()))
}

/// Findings, from the seconds that one decision takes in each of [`WAYS`].
fn findings([reading, native, sandboxed]: [f64; WAYS.len()], bytes: usize) -> Vec<Finding> {
    let finding = |measured, name: &str, value, budget| Finding {
        bench: "shadow",
        measured,
        ratio: Ratio { name: name.to_owned(), value, budget },
    };
    let (rate, us) = (1.0 / sandboxed, |seconds: f64| seconds * 1e6);
    vec![
        finding(
            format!("{rate:.0} recorded decisions of {bytes} bytes a second on one core"),
            "decisions a second / the aim of 20,000",
            rate / AIM,
            Budget::AtLeast(1.0),
        ),
        finding(
            format!("{:.1} µs each, {:.1} µs with native rules", us(sandboxed), us(native)),
            "replaying / the same with native rules",
            sandboxed / native,
            Budget::AtMost(MOST_OF_NATIVE),
        ),
        finding(
            format!("{:.1} µs of them to read the question", us(reading)),
            "replaying / reading the question",
            sandboxed / reading,
            Budget::None,
        ),
    ]
}

type Way = fn(&Replay) -> Outcome<()>;

const WAYS: [Way; 3] = [Replay::read_only, Replay::natively, Replay::in_the_sandbox];

/// A decision as the record keeps it, and what is asked again.
struct Replay {
    question: Vec<u8>,
    output: Vec<u8>,
    candidate: Plugin,
    runtime: Runtime,
    /// The same question for the native rules, and their answer.
    native: (native::AuthorizationRequest, native_types::Context),
    native_output: Vec<u8>,
}

impl Replay {
    fn prepare() -> Outcome<Self> {
        let (wasm, runtime) =
            (component("valle-vista")?, Builder::new_current_thread().enable_all().build()?);
        let sandbox = Sandbox::start(Limits::default(), None)?;
        let (in_force, candidate) = (load(&sandbox, &wasm)?, load(&sandbox, &version(&wasm, 1))?);
        let (request, context) = request()?;
        let native = serde_json::from_value(json!([&request, &context]))?;
        let question = Question::Determine { request, context };
        let ending = runtime.block_on(in_force.ask(&question)).ending;
        let output = Recorded::from(&ending).canonical_bytes();
        if !matches!(ending, Ending::Answer(_)) {
            return Err(format!("the plan in force is to answer, and ended so: {ending:?}").into());
        }
        let native_output = decided_natively(&native)?;
        let as_value = serde_json::from_slice::<Value>(&native_output)?;
        if json!({ "answer": { "determine": as_value } }) != serde_json::from_slice::<Value>(&output)? {
            return Err("the native rules answer otherwise than the plan in force".into());
        }
        let question = question.canonical_bytes();
        Ok(Self { question, output, candidate, runtime, native, native_output })
    }

    fn read(&self) -> Outcome<Question> {
        Question::from_canonical_bytes(black_box(&self.question))
            .ok_or_else(|| "the question cannot be read".into())
    }

    fn read_only(&self) -> Outcome<()> {
        black_box(self.read()?);
        Ok(())
    }

    /// The rules as a function of this process. Everything else is done as for a candidate.
    fn natively(&self) -> Outcome<()> {
        black_box(self.read()?);
        let output = decided_natively(black_box(&self.native))?;
        if output == self.native_output { Ok(()) } else { Err(OTHERWISE.into()) }
    }

    /// As a shadow run does it: an answer that is the recorded one has passed the floor before.
    fn in_the_sandbox(&self) -> Outcome<()> {
        let question = self.read()?;
        let after = Recorded::from(self.runtime.block_on(self.candidate.replay(&question)).ending);
        if after.is(&self.output) { Ok(()) } else { Err(OTHERWISE.into()) }
    }
}

fn decided_natively(
    (request, context): &(native::AuthorizationRequest, native_types::Context),
) -> Outcome<Vec<u8>> {
    Ok(serde_json::to_vec(&valle_vista_rules::determine(request, context))?)
}
