//! The program `crosswalk`: reads its configuration, wires the crates together, serves, and shuts down.

// A reader may close standard output before the end: `out` writes there.
#![warn(clippy::print_stdout)]

mod care;
mod demonstration;
mod generated;
mod host;
mod identity;
mod settings;
mod telemetry;
mod traffic;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use program::help::{self, Group};
use program::{out, parts};

/// One API over all of a county's Medi-Cal managed care plans, each with its own rules as a sandboxed
/// WebAssembly plugin.
#[derive(Parser)]
#[command(
    name = "crosswalk",
    version,
    after_help = "\
`crosswalk COMMAND --help` says everything about a command. docs/operating.md is for operators,
docs/your-plans-rules-in-an-hour.md for authors of plugins, docs/integrating.md for authors of clients."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API until SIGTERM or Ctrl-C.
    ///
    /// The first start makes the record's schema, and writes the operator's key to `operator.key` in the data
    /// directory. Each option can be set by the variable that stands beside it; the option wins.
    Serve(Box<host::ServeOptions>),
    /// Show the service at work: an invented county with four plans, and cases that pass through it.
    ///
    /// Starts a service of its own, sends what providers and plans would send, says how each case ended, and
    /// goes on serving, so that you can look around. Needs the sample plans' components; `cargo demo` builds
    /// them first.
    Demo(demonstration::DemoOptions),
    /// Write, check and test a plan's plugin on your machine, and release it at a host.
    Plugin(author::Command),
    /// Check an installation, and say what is wrong and how to fix it.
    ///
    /// Changes nothing, and may be run beside the service. Exits with 0 if nothing is wrong, with 1 if
    /// something is.
    Doctor(care::DoctorOptions),
    /// Back up an installation on SQLite, with the service running or stopped.
    ///
    /// The copy holds the record and the documents as they were at one moment, and is read back before it
    /// counts. A record on PostgreSQL is backed up with PostgreSQL's own tools (docs/backup.md).
    Backup(care::BackupOptions),
    /// Restore a backup into a data directory that has never held a record.
    Restore(care::RestoreOptions),
    /// Make a new operator's key, for an operator who has lost every other.
    ///
    /// Writes it to `operator.key` in the data directory; other keys stay as they are. On SQLite the service
    /// must be stopped first.
    OperatorKey(care::OperatorKeyOptions),
    /// Fill an empty record with an invented county's cases, as many as you say, for tests and rehearsals.
    ///
    /// Writes two years of plans, providers, members, referrals, requests for authorization and claims, with
    /// events, clocks, worklists, notices and payments. The same seed and day make the same rows on SQLite
    /// and on PostgreSQL. Refuses a record that has cases or members. The service must be stopped first on
    /// SQLite.
    Generate(generated::GenerateOptions),
    /// Print the description of the API as OpenAPI 3.1 in JSON, as `/openapi.json` serves it.
    Openapi,
    /// Compile one component within limits, as a process of `serve` and `plugin`. Not for people.
    #[command(name = sandbox::COMPILE, hide = true)]
    Compile(parts::CompileOptions),
}

/// The commands, by who reads about them.
const GROUPS: [Group; 4] = [
    Group { heading: "To see it at work", commands: &["demo"] },
    Group {
        heading: "For operators of a host",
        commands: &["serve", "doctor", "backup", "restore", "operator-key", "generate"],
    },
    Group { heading: "For authors of a plan's plugin", commands: &["plugin"] },
    Group { heading: "For authors of clients", commands: &["openapi"] },
];

/// The whole command line, as its help shows it.
fn command_line() -> clap::Command {
    help::grouped(Cli::command(), &GROUPS).mut_subcommand("plugin", author::with_groups)
}

fn main() -> ExitCode {
    let mut program = command_line();
    let matches = program.get_matches_mut();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    if !matches!(cli.command, Command::Plugin(_)) {
        // What is written is the service's alone, whatever the caller's habits.
        nix::sys::stat::umask(nix::sys::stat::Mode::from_bits_truncate(0o077));
    }
    let outcome = match cli.command {
        Command::Serve(options) => {
            let said = matches.subcommand_matches("serve").unwrap_or(&matches);
            host::serve(&options, &settings::slips(&program, said, &options))
        }
        Command::Demo(options) => demonstration::show(&options),
        Command::Plugin(command) => command.run(),
        Command::Doctor(options) => care::doctor(&options),
        Command::Backup(options) => care::backup(&options),
        Command::Restore(options) => care::restore(&options),
        Command::OperatorKey(options) => care::operator_key(&options),
        Command::Generate(options) => generated::fill(&options),
        Command::Openapi => {
            out::say!("{}", web::openapi());
            Ok(ExitCode::SUCCESS)
        }
        Command::Compile(options) => options.run(),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("crosswalk: {error}");
        ExitCode::FAILURE
    })
}

/// Directory of the data where neither an option nor a variable names one.
fn default_data_dir() -> PathBuf {
    PathBuf::from("crosswalk-data")
}

#[cfg(test)]
mod tests {
    use super::{GROUPS, command_line, help};

    #[test]
    fn every_command_is_under_a_heading() {
        assert_eq!(help::unlisted(&command_line(), &GROUPS), Vec::<String>::new());
    }

    #[test]
    fn the_program_says_what_it_is_and_for_whom() {
        let text = command_line().render_help().to_string();
        for words in ["One API over all of a county's Medi-Cal", "For operators of a host:\n  serve  "] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }
}
