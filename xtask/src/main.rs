//! The repository's own tasks, `cargo xtask`; `cargo demo` and `cargo verify` are two of them.
//!
//! Everything a task needs beyond Rust itself (the WebAssembly target, a PostgreSQL server) it finds, or
//! installs where it may, or names together with the command that installs it.

mod apt;
mod bench;
mod browser;
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
The tasks of the Crosswalk repository. Each builds what it needs first.

To see it at work:
  cargo demo [-- OPTIONS]               run an invented county with four plans on SQLite, at http://127.0.0.1:8080;
                                        OPTIONS are those of `crosswalk demo`, such as --exit

To test a change:
  cargo verify [FILTER]                 run every test on both databases, or those whose name contains FILTER
  cargo xtask test CRATE [OPTIONS]      run the tests of one crate: a folder of host/, or plugins, tests or xtask;
                                        OPTIONS go to `cargo test`
  cargo xtask postgres COMMAND          run COMMAND beside a PostgreSQL that is removed afterwards
  cargo xtask ci                        run everything that a change must pass
  cargo xtask faults [--KIND N]...      make N faults of a kind: kill, hang-up, power, full, nodes, promotion; --seed N
                                        repeats a run
  cargo xtask bench SUBJECT [OPTIONS]   measure decision, figures (pages), growth, members, platform or referrals; --quick only
                                        sees that it runs, --json prints one JSON object, --flame draws a flame graph as
                                        well; figures --network has Chromium load pages as over 2G

To build what tests and tools need:
  cargo xtask plugins                   build the service, and the sample plugins into target/plugins/*.wasm
  cargo xtask browser                   install Chromium and the packages by which tests look at the portal's pages
  cargo xtask corpus                    make random and damaged components in target/corpus
  cargo xtask interpreted               build the twins in JavaScript and Python into target/interpreted

  cargo xtask help                      print this

Examples:
  cargo verify clocks::
  cargo xtask test store sqlite::of_two_writers_one_loses
  cargo xtask postgres cargo xtask test tests clocks::on_postgres
  cargo xtask faults --kill 1000 --seed 7
  cargo xtask bench platform --quick shadow

Variables that the tasks read (CONTRIBUTING.md lists all, with those that tests read):
  RUSTUP_AUTO_INSTALL=0    do not let rustup download the target wasm32-unknown-unknown
  CI                       if set, whatever a test needs and does not find (PostgreSQL, Node.js, Python, Chromium, the
                           tools of `cargo xtask ci`) is a failure; without it the test is skipped
  CROSSWALK_TEST_POSTGRES  URL of a PostgreSQL to test against, as a user who may create databases and roles; without
                           it one is started, and removed afterwards
  CROSSWALK_FIXTURES       folder of published sample files (HL7 and others) that some tests compare with
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
        ("browser", []) => {
            browser::install(&Workspace::find()?)?;
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
        ("ci", []) => ci::run(Workspace::find()?),
        ("faults", options) => faults::run(&Workspace::find()?, options),
        ("postgres", [program, arguments @ ..]) => with_postgres(program, arguments),
        ("verify", []) => verify::run(&Workspace::find()?, None),
        ("verify", [filter]) => verify::run(&Workspace::find()?, Some(filter)),
        _ => Err(Failure::new(format!("there is no task `{}`", arguments.join(" ")))
            .fix("choose one that `cargo xtask help` lists")),
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
