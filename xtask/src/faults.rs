//! `cargo xtask faults`: kills, hang-ups, power cuts, full disks, dying nodes and promotions, as many as are
//! asked for.

use std::{env, process::ExitCode};

use crate::{
    postgres::Postgres,
    task::{Failure, Workspace, step, succeed},
};

/// Each option that takes a number, and the variable by which the tests read it.
const KINDS: [(&str, &str); 7] = [
    ("--kill", "CROSSWALK_FAULTS_KILL"),
    ("--hang-up", "CROSSWALK_FAULTS_HANG_UP"),
    ("--power", "CROSSWALK_FAULTS_POWER"),
    ("--full", "CROSSWALK_FAULTS_FULL"),
    ("--nodes", "CROSSWALK_FAULTS_NODES"),
    ("--promotion", "CROSSWALK_FAULTS_PROMOTION"),
    ("--seed", "CROSSWALK_FAULTS_SEED"),
];

/// Builds the service and its tests, and runs those of breakdowns with the counts of `options`.
pub(crate) fn run(workspace: &Workspace, options: &[String]) -> Result<ExitCode, Failure> {
    let told = told(options)?;
    step("build the service and its tests", || {
        succeed(workspace.cargo().args(["build", "--bins", "--tests"]))
    })?;
    let server = match env::var_os("CROSSWALK_TEST_POSTGRES") {
        Some(_) => None,
        None => Some(step("start a throw-away PostgreSQL", Postgres::start)?),
    };
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--test", "it", "breakdowns::", "--", "--nocapture", "--test-threads", "2"]);
    cargo.env("CROSSWALK_BIN", workspace.binary()).envs(told);
    if let Some(server) = &server {
        cargo.env("CROSSWALK_TEST_POSTGRES", server.url());
    }
    step("faults", || succeed(&mut cargo))?;
    Ok(ExitCode::SUCCESS)
}

/// Variables of the tests with their values, from the options.
fn told(options: &[String]) -> Result<Vec<(&'static str, String)>, Failure> {
    let wrong = |option: &str| {
        let names = KINDS.map(|(name, _)| name).join(", ");
        Failure::new(format!("`{option}` is no count of faults"))
            .fix(format!("write {names}, each with a whole number, such as --kill 100"))
    };
    let pairs = options.chunks(2).map(|pair| match pair {
        [name, number] => {
            let (_, variable) = KINDS.iter().find(|(known, _)| known == name).ok_or_else(|| wrong(name))?;
            number.parse::<u32>().map_err(|_| wrong(&format!("{name} {number}")))?;
            Ok((*variable, number.clone()))
        }
        rest => Err(wrong(&rest.join(" "))),
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::told;

    fn options(words: &str) -> Vec<String> {
        words.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn counts_and_seed_are_told() {
        let expected = [("CROSSWALK_FAULTS_KILL", "1000"), ("CROSSWALK_FAULTS_SEED", "7")];
        let told = told(&options("--kill 1000 --seed 7")).expect("they are counts");
        assert_eq!(told, expected.map(|(name, value)| (name, value.to_owned())));
    }

    #[test]
    fn what_is_no_count_is_refused() {
        for words in ["--kill", "--kill many", "--crash 3", "--kill 1 --seed"] {
            assert!(told(&options(words)).is_err(), "{words}");
        }
    }
}
