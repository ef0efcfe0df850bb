//! Costs of the plugin platform: `cargo xtask bench platform [--quick] [NAME]`.
//!
//! - `languages`: one triage by the same plan in Rust, JavaScript and Python, each in a fresh instance. The
//!   floor is Rust; every call must be answered, and as in Rust.
//! - `shadow`: what a shadow run does for one recorded decision (read the recorded question, ask the
//!   candidate in a fresh instance, compare its answer with the recorded bytes), in decisions a second on one
//!   core. One floor is the same with the rules called natively, another is reading the question alone. Left
//!   out is what a run does for many at once: reading them from the store, sharing them out to tasks that
//!   make way for members' requests, the report, the commits. So are the host's checks of an answer that
//!   differs, and telling in which direction, since none does here.
//! - `versions`: many versions of one plugin loaded from the compiled cache, and a start with a hundred.
//! - `neighbour`: how long a well-behaved plan's decision takes while a rival's code does its worst: it is
//!   called without a pause, or as members' requests might come, or it is compiled. The floor is the same on
//!   a quiet host, in turns with it. Every decision must be an answer, each of the rival's calls must end as
//!   its misdeed does, and each compilation must succeed.
//! - `swap`: a plan's rules are activated and rolled back, once a second for a minute, while referrals come
//!   in over HTTP. All of them must be accepted, and each version must accept some. The floor is some seconds
//!   without swaps.
//!
//! With NAME only those run that have it in their name.
//!
//! Needs `cargo xtask plugins`. Languages, and the neighbour that is compiled, need `cargo xtask
//! interpreted`, and are left out otherwise.

mod languages;
mod neighbour;
mod shadow;
mod swap;
mod versions;

use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs};

use bench::{Length, Options, Outcome, Output, Ratio};
use domain::plan::authorization::AuthorizationRequest;
use domain::plan::types::Context;
use sandbox::{Plugin, Sandbox};
use serde_json::{Value, json};

/// One figure with what it is held against.
struct Finding {
    bench: &'static str,
    /// Quantity that was measured, in words and with its unit.
    measured: String,
    ratio: Ratio,
}

type Bench = fn(Length) -> Outcome<Vec<Finding>>;

const BENCHES: [(&str, Bench); 5] = [
    ("languages", languages::run),
    ("shadow", shadow::run),
    ("versions", versions::run),
    ("neighbour", neighbour::run),
    ("swap", swap::run),
];

pub(super) fn main(words: &[String]) -> ExitCode {
    bench::main("platform", words, &BENCHES.map(|(name, _)| name), run)
}

fn run(options: &Options) -> Outcome<()> {
    let mut findings = Vec::new();
    for (_, bench) in BENCHES.into_iter().filter(|(name, _)| options.runs(name)) {
        let found = bench(options.length)?;
        if options.output == Output::Table {
            print(&found);
        }
        findings.extend(found);
    }
    if options.output == Output::Json {
        let findings: Vec<Value> = findings
            .iter()
            .map(|found| json!({ "bench": found.bench, "measured": found.measured, "ratio": found.ratio.json() }))
            .collect();
        println!("{}", json!({ "bench": "platform", "findings": findings }));
    }
    Ok(())
}

fn print(findings: &[Finding]) {
    for found in findings {
        println!("{:<10} {}", found.bench, found.measured);
        println!("{:<10} {}", "", found.ratio);
    }
}

/// Of a long run so many, of a quick one so few.
fn of(length: Length, full: usize, quick: usize) -> usize {
    match length {
        Length::Full => full,
        Length::Quick => quick,
    }
}

fn folder(variable: &str, usual: &str) -> PathBuf {
    let ours = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target")).join(usual);
    env::var_os(variable).map_or_else(ours, PathBuf::from)
}

fn component(name: &str) -> Outcome<Vec<u8>> {
    let path = folder("CROSSWALK_PLUGINS_DIR", "plugins").join(name).with_extension("wasm");
    fs::read(&path)
        .map_err(|error| format!("{}: {error}; run `cargo xtask plugins` first", path.display()).into())
}

/// A component that an interpreter comes with, if it is built.
fn interpreted(name: &str) -> Option<Vec<u8>> {
    let path = folder("CROSSWALK_INTERPRETED_DIR", "interpreted").join(name).with_extension("wasm");
    fs::read(path).ok()
}

fn load(sandbox: &Sandbox, bytes: &[u8]) -> Outcome<Plugin> {
    sandbox.load(bytes).map_err(|error| format!("{error:?}").into())
}

/// The request of the decision bench: recuperative care, 30 facts, 4 KB as JSON.
fn request() -> Outcome<(AuthorizationRequest, Context)> {
    let whole: Value = serde_json::from_str(include_str!("decision.json"))?;
    Ok(serde_json::from_value(json!([whole["request"], whole["context"]]))?)
}

/// The same rules in another component: a custom section at its end gives it another digest.
fn version(bytes: &[u8], number: u32) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes.extend([0, 9, 4]);
    bytes.extend(b"mark");
    bytes.extend(number.to_le_bytes());
    bytes
}
