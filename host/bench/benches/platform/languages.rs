//! One plan in three languages.

use std::fs;
use std::path::Path;
use std::time::Instant;

use bench::{Budget, Length, Outcome, Ratio, Times};
use domain::plan::question::{Answer, Question};
use sandbox::{Call, Ending, Limits, Plugin, Sandbox};
use tokio::runtime::{Builder, Runtime};

use super::{Finding, component, folder, interpreted, load, of};

/// A question, and what the plan's rules say to it.
type Case = (Question, Answer);

pub(super) fn run(length: Length) -> Outcome<Vec<Finding>> {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/plans/silver-oak/cases/referral.json");
    let questions = conformance::questions(&fs::read_to_string(file)?)?;
    let compiled = folder("CROSSWALK_INTERPRETED_DIR", "interpreted").join("compiled");
    let limits = Limits { inert_wasi: true, ..Limits::default() };
    let sandbox = Sandbox::start(limits, Some(&compiled))?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let calls = of(length, 2_000, 100);

    let rust = load(&sandbox, &component("silver-oak")?)?;
    let cases: Vec<Case> = questions
        .into_iter()
        .map(|question| {
            let answer = answered("Rust", runtime.block_on(rust.ask(&question)))?;
            Outcome::Ok((question, answer))
        })
        .collect::<Outcome<_>>()?;
    let floor = median(&runtime, "Rust", &rust, &cases, calls)?;
    let mut found = Vec::new();
    for (language, file) in [("JavaScript", "silver-oak-js"), ("Python", "silver-oak-python")] {
        let Some(bytes) = interpreted(file) else {
            eprintln!("languages: {language} is left out; run `cargo xtask interpreted` first");
            continue;
        };
        let took = median(&runtime, language, &load(&sandbox, &bytes)?, &cases, calls)?;
        found.push(Finding {
            bench: "languages",
            measured: format!("a triage takes {took:.0} µs in {language}, {floor:.0} µs in Rust"),
            ratio: Ratio { name: format!("{language} / Rust"), value: took / floor, budget: Budget::None },
        });
    }
    Ok(found)
}

/// Microseconds of the call in the middle. Each must say what Rust said: another answer may be a cheaper one.
fn median(runtime: &Runtime, language: &str, plugin: &Plugin, cases: &[Case], calls: usize) -> Outcome<f64> {
    let mut times = Times::default();
    for (number, (question, expected)) in cases.iter().enumerate().cycle().take(calls) {
        let begun = Instant::now();
        let call = runtime.block_on(plugin.ask(question));
        times.add(begun.elapsed());
        if answered(language, call)? != *expected {
            return Err(
                format!("case {} is answered in {language} otherwise than in Rust", number + 1).into()
            );
        }
    }
    Ok(times.quantile_us(0.5))
}

fn answered(language: &str, call: Call<Answer>) -> Outcome<Answer> {
    match call.ending {
        Ending::Answer(answer) => Ok(answer),
        other => Err(format!("the plan in {language} is to answer, and ended so: {other:?}").into()),
    }
}
