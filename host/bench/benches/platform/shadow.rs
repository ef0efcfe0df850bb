//! Recorded decisions replayed through a candidate.

use std::hint::black_box;
use std::time::Instant;

use bench::{Budget, Length, Outcome, Ratio};
use sandbox::{Limits, Question, Recorded, Sandbox};
use tokio::runtime::Builder;

use super::{Finding, component, load, of, request, version};

/// Decisions a second on one core that a candidate in Rust is to be asked.
const AIM: f64 = 20_000.0;

pub(super) fn run(length: Length) -> Outcome<Vec<Finding>> {
    let sandbox = Sandbox::start(Limits::default(), None)?;
    let in_force = load(&sandbox, &component("valle-vista")?)?;
    let candidate = load(&sandbox, &version(&component("valle-vista")?, 1))?;
    let (request, context) = request()?;
    let question = Question::Determine { request, context };
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let answer = runtime.block_on(in_force.ask(&question)).ending;
    let recorded = (question.canonical_bytes(), Recorded::from(&answer).canonical_bytes());
    let count = of(length, 20_000, 500);

    let begun = Instant::now();
    for _ in 0..count {
        black_box(serde_json::from_slice::<Question>(black_box(&recorded.0))?);
    }
    let reading = begun.elapsed().as_secs_f64();

    let begun = Instant::now();
    for _ in 0..count {
        let question: Question = serde_json::from_slice(black_box(&recorded.0))?;
        let answer = runtime.block_on(candidate.ask(&question)).ending;
        if Recorded::from(&answer).canonical_bytes() != recorded.1 {
            return Err("the candidate has the same rules and answers otherwise".into());
        }
    }
    let whole = begun.elapsed().as_secs_f64();

    let rate = count as f64 / whole;
    Ok(vec![
        Finding {
            bench: "shadow",
            measured: format!(
                "{rate:.0} recorded decisions of {} bytes a second on one core",
                recorded.0.len()
            ),
            ratio: Ratio {
                name: "decisions a second / the aim of 20,000".to_owned(),
                value: rate / AIM,
                budget: Budget::AtLeast(1.0),
            },
        },
        Finding {
            bench: "shadow",
            measured: format!(
                "{:.1} µs each, {:.1} µs of them to read it",
                per(whole, count),
                per(reading, count)
            ),
            ratio: Ratio {
                name: "replaying / reading the record".to_owned(),
                value: whole / reading,
                budget: Budget::None,
            },
        },
    ])
}

/// Microseconds of one.
fn per(seconds: f64, count: usize) -> f64 {
    seconds * 1e6 / count as f64
}
