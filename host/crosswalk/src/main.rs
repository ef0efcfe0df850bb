//! The binary: reads its configuration, wires the rooms together, serves, and shuts down.

mod author;
mod demo;
mod host;
mod parts;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// One API and one portal over all of a county's Medi-Cal managed care plans.
#[derive(Parser)]
#[command(name = "crosswalk", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API. The first start makes the schema and writes an operator key to DIR/operator.key.
    Serve(host::ServeOptions),
    /// Load a fictional county, walk journeys through it as a provider's software would, and keep serving.
    Demo(demo::Options),
    /// For authors of plan plugins.
    #[command(subcommand)]
    Plugin(PluginCommand),
    /// Print the API's description as OpenAPI 3.1 JSON.
    Openapi,
}

#[derive(Subcommand)]
enum PluginCommand {
    /// Say whether the host would take a component, with every reason if not: the upload gate, on your desk.
    Check(author::CheckOptions),
    /// Print what a component says about its plan.
    Describe(author::DescribeOptions),
    /// Ask a component everything that its profile allows, and its plan's example cases: does it conform?
    Test(author::TestOptions),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(options) => host::serve(options),
        Command::Demo(options) => demo::show(options),
        Command::Plugin(PluginCommand::Check(options)) => author::check(&options),
        Command::Plugin(PluginCommand::Describe(options)) => author::describe(&options),
        Command::Plugin(PluginCommand::Test(options)) => author::test(&options),
        Command::Openapi => {
            println!("{}", web::openapi());
            Ok(ExitCode::SUCCESS)
        }
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
