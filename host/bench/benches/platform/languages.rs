//! One plan in three languages.

use std::fs;
use std::path::Path;
use std::time::Instant;

use bench::{Budget, Length, Outcome, Ratio, Times};
use sandbox::{Limits, Plugin, Question, Sandbox};
use tokio::runtime::{Builder, Runtime};

use super::{Finding, component, folder, interpreted, load, of};

pub(super) fn run(length: Length) -> Outcome<Vec<Finding>> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/silver-oak/cases/referral.json");
    let questions = conformance::questions(&fs::read_to_string(cases)?)?;
    let compiled = folder("CROSSWALK_INTERPRETED_DIR", "interpreted").join("compiled");
    let limits = Limits { inert_wasi: true, ..Limits::default() };
    let sandbox = Sandbox::start(limits, Some(&compiled))?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let calls = of(length, 2_000, 100);

    let floor = median(&runtime, &load(&sandbox, &component("silver-oak")?)?, &questions, calls);
    let mut found = Vec::new();
    for (language, file) in [("JavaScript", "silver-oak-js"), ("Python", "silver-oak-python")] {
        let Some(bytes) = interpreted(file) else {
            eprintln!("languages: {language} is left out; run `cargo xtask interpreted` first");
            continue;
        };
        let took = median(&runtime, &load(&sandbox, &bytes)?, &questions, calls);
        found.push(Finding {
            bench: "languages",
            measured: format!("a triage takes {took:.0} µs in {language}, {floor:.0} µs in Rust"),
            ratio: Ratio { name: format!("{language} / Rust"), value: took / floor, budget: Budget::None },
        });
    }
    Ok(found)
}

/// Microseconds of the call in the middle.
fn median(runtime: &Runtime, plugin: &Plugin, questions: &[Question], calls: usize) -> f64 {
    let mut times = Times::default();
    for question in questions.iter().cycle().take(calls) {
        let begun = Instant::now();
        std::hint::black_box(runtime.block_on(plugin.ask(question)));
        times.add(begun.elapsed());
    }
    times.quantile_us(0.5)
}
