//! Every bench, in one program: each would be linked with the whole service. `cargo xtask bench SUBJECT` runs
//! one.

mod decision;
mod figures;
mod growth;
mod members;
mod platform;
mod referrals;

use std::env;
use std::process::ExitCode;

use sandbox::{BoxedCompilation, COMPILE, Tier};

/// A bench, told the words that come after its name.
type Subject = fn(&[String]) -> ExitCode;

const SUBJECTS: [(&str, Subject); 6] = [
    ("decision", decision::main),
    ("platform", platform::main),
    ("referrals", referrals::main),
    ("members", members::main),
    ("growth", growth::main),
    ("figures", figures::main),
];

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    // As the service is its own compiler, so is this.
    if words.first().is_some_and(|first| first == COMPILE) {
        return compile(&words).unwrap_or(ExitCode::FAILURE);
    }
    let named = words.split_first().and_then(|(name, words)| {
        let (_, subject) = SUBJECTS.into_iter().find(|(known, _)| known == name)?;
        Some((subject, words))
    });
    match named {
        Some((subject, words)) => subject(words),
        None => {
            eprintln!("say what to measure: {}", SUBJECTS.map(|(name, _)| name).join(", "));
            ExitCode::FAILURE
        }
    }
}

/// The box of a compilation, told by its words: the tier, the engine, bytes, seconds and the process that
/// reads the code.
fn compile(words: &[String]) -> Option<ExitCode> {
    let [_, tier, engine, memory, seconds, parent] = words else { return None };
    let (tier, engine) = (Tier::on_record(tier), engine.clone());
    let (memory_bytes, seconds, parent) = (memory.parse().ok()?, seconds.parse().ok()?, parent.parse().ok()?);
    Some(BoxedCompilation { tier, engine, memory_bytes, seconds, parent }.run())
}
