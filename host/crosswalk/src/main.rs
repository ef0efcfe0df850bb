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
    /// The box in which `serve` and `plugin` compile: component in, machine code out, within limits. Not for people.
    #[command(name = sandbox::COMPILE, hide = true)]
    Compile(parts::CompileOptions),
}

#[derive(Subcommand)]
enum PluginCommand {
    /// Write a plugin that works, to be changed into the plan's own: in Rust, JavaScript or Python.
    New(author::NewOptions),
    /// Build a plugin's component with the tools of its language.
    Build(author::BuildOptions),
    /// Say whether the host would take a component, with every reason if not: the upload gate, on your desk.
    Check(author::CheckOptions),
    /// Print what a component says about its plan.
    Describe(author::DescribeOptions),
    /// Ask a component everything that its profile allows, and its plan's example cases: does it conform?
    Test(author::TestOptions),
    /// Measure what a call costs, each in a fresh instance.
    Bench(author::BenchOptions),
    /// Upload a component to a host.
    Push(author::PushOptions),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(options) => host::serve(options),
        Command::Demo(options) => demo::show(options),
        Command::Plugin(PluginCommand::New(options)) => author::new(&options),
        Command::Plugin(PluginCommand::Build(options)) => author::build(&options),
        Command::Plugin(PluginCommand::Bench(options)) => author::bench(&options),
        Command::Plugin(PluginCommand::Push(options)) => author::push(&options),
        Command::Plugin(PluginCommand::Check(options)) => author::check(&options),
        Command::Plugin(PluginCommand::Describe(options)) => author::describe(&options),
        Command::Plugin(PluginCommand::Test(options)) => author::test(&options),
        Command::Openapi => {
            println!("{}", web::openapi());
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
