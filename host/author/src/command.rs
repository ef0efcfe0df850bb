//! The commands of `crosswalk plugin`.

use std::error::Error;
use std::process::ExitCode;

use clap::{Args, Subcommand};

/// One command of a plugin's author.
#[derive(Args)]
pub struct Command {
    #[command(subcommand)]
    action: Action,
}

impl Command {
    /// Runs it.
    ///
    /// # Errors
    /// For what stood in its way: a file, a tool or a host. What is wrong with a plugin is no error but the
    /// exit code 1.
    pub fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        self.action.run()
    }
}

#[derive(Subcommand)]
enum Action {
    /// Write a plugin that works, to be changed into the plan's own: in Rust, JavaScript or Python, or as a
    /// rules file.
    New(crate::NewOptions),
    /// Build a plugin's component with the tools of its language, or of its rules file.
    Build(crate::BuildOptions),
    /// Make a plugin of a rules file: a plan without a programmer.
    FromRules(crate::FromRulesOptions),
    /// Say whether the host would take a component, with every reason if not: the upload gate, on your desk.
    Check(crate::CheckOptions),
    /// Print what a component says about its plan.
    Describe(crate::DescribeOptions),
    /// Ask a component everything that its profile allows, and its plan's example cases: does it conform?
    Test(crate::TestOptions),
    /// Measure what a call costs, each in a fresh instance.
    Bench(crate::BenchOptions),
    /// Upload a component to a host, and wait until it is compiled.
    Push(crate::PushOptions),
    /// Have the host prove a plugin, as `test` does here: the receipt that a plan's policy may demand.
    Receipt(crate::ReceiptOptions),
    /// Compare a plugin with what the plan decided, without effect: what would change?
    Shadow(crate::ShadowOptions),
    /// Approve a plugin version.
    Approve(crate::ApproveOptions),
    /// Activate a plugin: now, from an instant on, or for requests about a day and later ones.
    Activate(crate::ActivateOptions),
    /// Roll back the newest activation, in force or scheduled.
    RollBack(crate::RollBackOptions),
    /// Say which version decides today and which from when, and where a plugin stands.
    Status(crate::StatusOptions),
    /// Sign a plugin with the plan's own key.
    Sign(crate::SignOptions),
    /// Ask one example case, and read the answer in words.
    Try(crate::TryOptions),
    /// List the facts that rules may read.
    Facts(crate::ListOptions),
    /// List the kinds of documents that rules may read.
    Documents(crate::ListOptions),
    /// List the services that plans may offer.
    Services(crate::ListOptions),
    /// List the procedures that services are billed by today.
    Procedures(crate::ListOptions),
    /// List the state's own criteria, which every plan takes in.
    Criteria(crate::ListOptions),
    /// List the state's counties.
    Counties(crate::ListOptions),
}

impl Action {
    fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        match self {
            Self::New(options) => crate::new(&options),
            Self::Build(options) => crate::build(&options),
            Self::FromRules(options) => crate::from_rules(&options),
            Self::Check(options) => crate::check(&options),
            Self::Describe(options) => crate::describe(&options),
            Self::Test(options) => crate::test(&options),
            Self::Bench(options) => crate::bench(&options),
            Self::Push(options) => crate::push(&options),
            Self::Receipt(options) => crate::receipt(&options),
            Self::Shadow(options) => crate::shadow(&options),
            Self::Approve(options) => crate::approve(&options),
            Self::Activate(options) => crate::activate(&options),
            Self::RollBack(options) => crate::roll_back(&options),
            Self::Status(options) => crate::status(&options),
            Self::Sign(options) => crate::sign(&options),
            Self::Try(options) => crate::attempt(&options),
            Self::Facts(options) => crate::list(crate::Listed::Facts, &options),
            Self::Documents(options) => crate::list(crate::Listed::Documents, &options),
            Self::Services(options) => crate::list(crate::Listed::Services, &options),
            Self::Procedures(options) => crate::list(crate::Listed::Procedures, &options),
            Self::Criteria(options) => crate::list(crate::Listed::Criteria, &options),
            Self::Counties(options) => crate::list(crate::Listed::Counties, &options),
        }
    }
}
