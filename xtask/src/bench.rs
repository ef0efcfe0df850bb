//! `cargo xtask bench SUBJECT`: what something costs, with what its bench needs built before.

use std::process::ExitCode;

use crate::{
    plugins,
    task::{Failure, Workspace, pass_through},
};

/// The benches; `host/bench/benches` has a module for each.
const SUBJECTS: [&str; 4] = ["decision", "members", "platform", "referrals"];

/// Builds the plugins and the benches, and measures. `options` are the bench's.
pub(crate) fn run(workspace: &Workspace, subject: &str, options: &[String]) -> Result<ExitCode, Failure> {
    // Known before minutes of building.
    if !SUBJECTS.contains(&subject) {
        return Err(Failure::new(format!("there is no bench `{subject}`"))
            .fix(format!("name one of {}", SUBJECTS.join(", "))));
    }
    // No bench asks a plugin of a rules file, for which the service would have to be built.
    plugins::from_code(workspace)?;
    let mut cargo = workspace.cargo();
    cargo.args(["bench", "--bench", "bench", "--", subject]).args(options);
    workspace.tell_tests(&mut cargo);
    pass_through(&mut cargo)
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::SUBJECTS;

    #[test]
    fn every_bench_is_known() {
        let benches = Path::new(env!("CARGO_MANIFEST_DIR")).join("../host/bench/benches");
        let entries = fs::read_dir(benches).expect("the benches are there");
        let names = entries.map(|entry| entry.expect("the folder can be read").file_name());
        let mut found: Vec<String> = names
            .filter_map(|name| Some(name.to_str()?.strip_suffix(".rs")?.to_owned()))
            .filter(|name| name != "main")
            .collect();
        found.sort();
        assert_eq!(found, SUBJECTS);
    }
}
