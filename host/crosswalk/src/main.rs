//! The binary: reads its configuration, wires the rooms together, serves, and shuts down.

// A reader may close standard output before the end: `out` writes there.
#![warn(clippy::print_stdout)]

mod care;
mod demonstration;
mod host;
mod settings;
mod telemetry;
mod traffic;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use program::{out, parts};

/// One API over all of a county's Medi-Cal managed care plans.
#[derive(Parser)]
#[command(name = "crosswalk", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API. The first start makes the schema and writes an operator key to DIR/operator.key.
    Serve(Box<host::ServeOptions>),
    /// Load a fictional county, walk journeys through it as a provider's software would, and keep serving.
    Demo(demonstration::DemoOptions),
    /// For authors of plan plugins.
    Plugin(author::Command),
    /// Look an installation over, and say what is wrong with it and what to do. Changes nothing; the service
    /// may be running.
    Doctor(care::DoctorOptions),
    /// Copy an installation that keeps its record in SQLite, whole and verified, while the service is
    /// running.
    Backup(care::BackupOptions),
    /// Put a backup into an empty data directory.
    Restore(care::RestoreOptions),
    /// Make a new operator's key, for an operator who has none: on SQLite with the service stopped.
    OperatorKey(care::OperatorKeyOptions),
    /// Print the API's description as OpenAPI 3.1 JSON.
    Openapi,
    /// The box in which `serve` and `plugin` compile: component in, machine code out, within limits. Not for
    /// people.
    #[command(name = sandbox::COMPILE, hide = true)]
    Compile(parts::CompileOptions),
}

fn main() -> ExitCode {
    let mut program = Cli::command();
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

/// Where the data lives unless said otherwise.
fn default_data_dir() -> PathBuf {
    PathBuf::from("crosswalk-data")
}
