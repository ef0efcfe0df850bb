//! The repository's own tasks: what `cargo demo` and `cargo verify` run.
//!
//! Everything a task needs beyond Rust itself (the WebAssembly target, a PostgreSQL server) it
//! finds, or installs where it may, or names together with the command that installs it.

mod apt;
mod corpus;
mod demo;
mod faults;
mod interpreted;
mod plugins;
mod postgres;
mod task;
mod toolchain;
mod verify;

use std::{
    env,
    process::{Command, ExitCode},
};

use postgres::Postgres;
use task::{Failure, Workspace};

const HELP: &str = "\
The tasks of the Crosswalk repository.

Usage: cargo demo [-- DEMO-OPTIONS]    build all, run the demonstration county on embedded SQLite
       cargo verify [FILTER]           build all, pass the tests (those whose name contains FILTER)
       cargo xtask plugins             build the plugins only, into target/plugins/*.wasm
       cargo xtask corpus              build the plugins, and make thousands of random and changed ones
                                       of them for tests, in target/corpus
       cargo xtask interpreted         build the sample plan's twins in JavaScript and Python, with the
                                       crosswalk that is built, into target/interpreted
       cargo xtask faults [--kill N] [--hang-up N] [--power N] [--full N] [--nodes N]
                         [--promotion N] [--seed N]
                                       so many faults of each kind, against the built service; a
                                       few of each are part of verify
       cargo xtask postgres COMMAND    run COMMAND beside a throw-away PostgreSQL, for tests of one
                                       crate: cargo xtask postgres cargo test --package store
       cargo xtask help                print this

Environment:
  RUSTUP_AUTO_INSTALL=0    do not let rustup download the wasm32-unknown-unknown target
  CI                       when set, what tests ask for and is not here (PostgreSQL, Node.js, Python, the
                           tools that .ci/run installs) is a failure and not a skip
  CROSSWALK_TEST_POSTGRES  URL of a PostgreSQL to test against; without it a throw-away one is
                           started, and removed afterwards
  CROSSWALK_FIXTURES       folder of published sample files that some tests compare with

The tests are told, besides these: CROSSWALK_BIN (the built crosswalk), CROSSWALK_PLUGINS_DIR (the
folder of built plugins), CROSSWALK_CORPUS_DIR (the folder of random ones),
CROSSWALK_INTERPRETED_DIR (the folder of the twins and their tools) and CROSSWALK_SKIPS (a file; a
test that skips appends one line to it, \"name: reason\").
";

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode, Failure> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let task = arguments.first().map_or("help", String::as_str);
    let rest = arguments.get(1..).unwrap_or_default();
    // `cargo demo -- --exit` hands over the `--` too.
    let rest = rest.strip_prefix(&["--".to_owned()]).unwrap_or(rest);

    match (task, rest) {
        ("help" | "--help" | "-h", _) => help(),
        ("faults" | "plugins" | "verify", [option]) if option == "--help" || option == "-h" => help(),
        ("demo", options) => demo::run(&Workspace::find()?, options),
        ("plugins", []) => {
            plugins::build(&Workspace::find()?)?;
            Ok(ExitCode::SUCCESS)
        }
        ("corpus", []) => {
            let workspace = Workspace::find()?;
            corpus::build(&workspace, &plugins::build(&workspace)?)?;
            Ok(ExitCode::SUCCESS)
        }
        ("interpreted", []) => {
            interpreted::build(&Workspace::find()?)?;
            Ok(ExitCode::SUCCESS)
        }
        ("faults", options) => faults::run(&Workspace::find()?, options),
        ("postgres", [program, arguments @ ..]) => with_postgres(program, arguments),
        ("verify", []) => verify::run(&Workspace::find()?, None),
        ("verify", [filter]) => verify::run(&Workspace::find()?, Some(filter)),
        _ => Err(Failure::new(format!("there is no task \"{}\"", arguments.join(" ")))
            .fix("cargo xtask help lists them")),
    }
}

fn with_postgres(program: &str, arguments: &[String]) -> Result<ExitCode, Failure> {
    let server = task::step("start a throw-away PostgreSQL", Postgres::start)?;
    let status = Command::new(program)
        .args(arguments)
        .env("CROSSWALK_TEST_POSTGRES", server.url())
        .status()
        .map_err(Failure::when(format!("cannot run {program}")))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

fn help() -> Result<ExitCode, Failure> {
    print!("{HELP}");
    Ok(ExitCode::SUCCESS)
}
