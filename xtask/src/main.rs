//! The repository's own tasks: what `cargo demo` and `cargo verify` run.
//!
//! Everything a task needs beyond Rust itself (the WebAssembly target, a PostgreSQL server) it
//! finds, or installs where it may, or names together with the command that installs it.

mod apt;
mod bench;
mod ci;
mod corpus;
mod demo;
mod faults;
mod interpreted;
mod plugins;
mod postgres;
mod task;
mod test;
mod toolchain;
mod verify;

use std::{
    env,
    process::{Command, ExitCode},
};

use postgres::Postgres;
use task::{Failure, Workspace};

const HELP: &str = "\
The tasks of the Crosswalk repository. Each builds what it needs.

  cargo demo [-- OPTIONS]               run the demonstration county on embedded SQLite
  cargo verify [FILTER]                 run every test on both databases, or those whose name contains FILTER
  cargo xtask test CRATE [OPTIONS]      run the tests of one crate of host/, of plugins, tests or xtask
  cargo xtask bench SUBJECT [OPTIONS]   measure decision, members, platform or referrals
  cargo xtask ci                        run everything that a change must pass
  cargo xtask faults [--KIND N]...      make N faults of a kind: kill, hang-up, power, full, nodes, promotion
  cargo xtask postgres COMMAND          run COMMAND beside a throw-away PostgreSQL
  cargo xtask plugins                   build the service, and the plugins into target/plugins/*.wasm
  cargo xtask corpus                    make random components, and changed plugins, in target/corpus
  cargo xtask interpreted               build the twins in JavaScript and Python into target/interpreted
  cargo xtask help                      print this

OPTIONS go to the service's demonstration, to `cargo test`, or to the bench:

  cargo xtask test store sqlite::of_two_writers_one_loses
  cargo xtask postgres cargo xtask test tests clocks::on_postgres
  cargo xtask bench platform --quick shadow

Environment:
  RUSTUP_AUTO_INSTALL=0    do not let rustup download the wasm32-unknown-unknown target
  CI                       when set, what tests ask for and is not here (PostgreSQL, Node.js, Python, the
                           tools that cargo xtask ci installs) is a failure and not a skip
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
    let rest = after_dashes(rest);

    match (task, rest) {
        ("help" | "--help" | "-h", _) => help(),
        (known, [option]) if known != "demo" && (option == "--help" || option == "-h") => help(),
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
            let workspace = Workspace::find()?;
            workspace.build_service()?;
            interpreted::build(&workspace)?;
            Ok(ExitCode::SUCCESS)
        }
        ("test", [package, options @ ..]) => test::run(&Workspace::find()?, package, options),
        ("bench", [subject, options @ ..]) => bench::run(&Workspace::find()?, subject, after_dashes(options)),
        ("ci", []) => ci::run(&Workspace::find()?),
        ("faults", options) => faults::run(&Workspace::find()?, options),
        ("postgres", [program, arguments @ ..]) => with_postgres(program, arguments),
        ("verify", []) => verify::run(&Workspace::find()?, None),
        ("verify", [filter]) => verify::run(&Workspace::find()?, Some(filter)),
        _ => Err(Failure::new(format!("there is no task \"{}\"", arguments.join(" ")))
            .fix("cargo xtask help lists them")),
    }
}

/// Words without the `--` that may stand before them.
fn after_dashes(words: &[String]) -> &[String] {
    match words {
        [dashes, rest @ ..] if dashes == "--" => rest,
        words => words,
    }
}

fn with_postgres(program: &str, arguments: &[String]) -> Result<ExitCode, Failure> {
    let server = task::step("start a throw-away PostgreSQL", Postgres::start)?;
    let mut command = Command::new(program);
    task::pass_through(command.args(arguments).env("CROSSWALK_TEST_POSTGRES", server.url()))
}

fn help() -> Result<ExitCode, Failure> {
    print!("{HELP}");
    Ok(ExitCode::SUCCESS)
}
