//! The binary: reads its configuration, wires the rooms together, serves, and shuts down.

// A reader may close standard output before the end: `out` writes there.
#![warn(clippy::print_stdout)]

mod author;
mod care;
mod demo;
mod host;
mod out;
mod outward;
mod parts;
mod settings;
mod telemetry;
mod traffic;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

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
    Demo(demo::Options),
    /// For authors of plan plugins.
    #[command(subcommand)]
    Plugin(PluginCommand),
    /// Look an installation over, and say what is wrong with it and what to do. Changes nothing; the service may be running.
    Doctor(care::DoctorOptions),
    /// Copy an installation that keeps its record in SQLite, whole and verified, while the service is running.
    Backup(care::BackupOptions),
    /// Put a backup into an empty data directory.
    Restore(care::RestoreOptions),
    /// Make a new operator's key, for an operator who has none: on SQLite with the service stopped.
    OperatorKey(care::OperatorKeyOptions),
    /// Print the API's description as OpenAPI 3.1 JSON.
    Openapi,
    /// The box in which `serve` and `plugin` compile: component in, machine code out, within limits. Not for people.
    #[command(name = sandbox::COMPILE, hide = true)]
    Compile(parts::CompileOptions),
}

#[derive(Subcommand)]
enum PluginCommand {
    /// Write a plugin that works, to be changed into the plan's own: in Rust, JavaScript or Python, or as a rules file.
    New(author::NewOptions),
    /// Build a plugin's component with the tools of its language, or of its rules file.
    Build(author::BuildOptions),
    /// Make a plugin of a rules file: a plan without a programmer.
    FromRules(author::FromRulesOptions),
    /// Say whether the host would take a component, with every reason if not: the upload gate, on your desk.
    Check(author::CheckOptions),
    /// Print what a component says about its plan.
    Describe(author::DescribeOptions),
    /// Ask a component everything that its profile allows, and its plan's example cases: does it conform?
    Test(author::TestOptions),
    /// Measure what a call costs, each in a fresh instance.
    Bench(author::BenchOptions),
    /// Upload a component to a host, and wait until it is compiled.
    Push(author::PushOptions),
    /// Have the host prove a plugin, as `test` does here: the receipt that a plan's policy may demand.
    Receipt(author::ReceiptOptions),
    /// Compare a plugin with what the plan decided, without effect: what would change?
    Shadow(author::ShadowOptions),
    /// Approve a plugin version.
    Approve(author::ApproveOptions),
    /// Activate a plugin: now, from an instant on, or for requests about a day and later ones.
    Activate(author::ActivateOptions),
    /// Roll back the newest activation, in force or scheduled.
    RollBack(author::RollBackOptions),
    /// Say which version decides today and which from when, and where a plugin stands.
    Status(author::StatusOptions),
    /// Sign a plugin with the plan's own key.
    Sign(author::SignOptions),
    /// Ask one example case, and read the answer in words.
    Try(author::TryOptions),
    /// List the facts that rules may read.
    Facts(author::ListOptions),
    /// List the kinds of documents that rules may read.
    Documents(author::ListOptions),
    /// List the services that plans may offer.
    Services(author::ListOptions),
    /// List the procedures that services are billed by today.
    Procedures(author::ListOptions),
    /// List the state's own criteria, which every plan takes in.
    Criteria(author::ListOptions),
    /// List the state's counties.
    Counties(author::ListOptions),
}

impl PluginCommand {
    fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        match self {
            Self::New(options) => author::new(&options),
            Self::Build(options) => author::build(&options),
            Self::FromRules(options) => author::from_rules(&options),
            Self::Check(options) => author::check(&options),
            Self::Describe(options) => author::describe(&options),
            Self::Test(options) => author::test(&options),
            Self::Bench(options) => author::bench(&options),
            Self::Push(options) => author::push(&options),
            Self::Receipt(options) => author::receipt(&options),
            Self::Shadow(options) => author::shadow(&options),
            Self::Approve(options) => author::approve(&options),
            Self::Activate(options) => author::activate(&options),
            Self::RollBack(options) => author::roll_back(&options),
            Self::Status(options) => author::status(&options),
            Self::Sign(options) => author::sign(&options),
            Self::Try(options) => author::attempt(&options),
            Self::Facts(options) => author::list(author::Listed::Facts, &options),
            Self::Documents(options) => author::list(author::Listed::Documents, &options),
            Self::Services(options) => author::list(author::Listed::Services, &options),
            Self::Procedures(options) => author::list(author::Listed::Procedures, &options),
            Self::Criteria(options) => author::list(author::Listed::Criteria, &options),
            Self::Counties(options) => author::list(author::Listed::Counties, &options),
        }
    }
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
        Command::Demo(options) => demo::show(options),
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
