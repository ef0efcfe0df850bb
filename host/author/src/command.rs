//! The commands of `crosswalk plugin`.

use std::error::Error;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use program::help::{self, Group};

/// The command that a plugin's author gave.
#[derive(Args)]
#[command(after_help = "\
`crosswalk plugin COMMAND --help` says everything about a command, with examples. To begin: crosswalk plugin new my-plan.
docs/your-plans-rules-in-an-hour.md goes the whole way, and docs/rules-file.md is about plans without a programmer.")]
pub struct Command {
    #[command(subcommand)]
    action: Action,
}

impl Command {
    /// Does what the command says.
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
    /// Start a plugin: a folder with rules that work, to be changed into the plan's own.
    ///
    /// The rules are written in Rust, JavaScript or Python, or without a programmer as a rules file. The
    /// folder holds the contract, example cases and a README with the next steps.
    New(crate::NewOptions),
    /// Build a plugin's component, with the tools of its language or from its rules file.
    Build(crate::BuildOptions),
    /// Make a plugin of a rules file, without a programmer.
    FromRules(crate::FromRulesOptions),
    /// Check whether a host would take a component, and say every reason if not.
    ///
    /// Runs the same checks as an upload does. Exits with 0 if the component would be taken, with 1 if not.
    Check(crate::CheckOptions),
    /// Print the profile that a component gives of its plan, as JSON.
    Describe(crate::DescribeOptions),
    /// Test a component with every request that its profile allows, and with the plan's example cases.
    Test(crate::TestOptions),
    /// Measure how long a call takes and how much memory, each in a fresh instance as at a host.
    Bench(crate::BenchOptions),
    /// Upload a component to a host, and wait until it is compiled. It decides nothing yet.
    Push(crate::PushOptions),
    /// Test a plugin at the host, as `test` does here, for the receipt that the plan's policy may demand.
    Receipt(crate::ReceiptOptions),
    /// Compare a plugin's answers with what the plan decided, without effect.
    Shadow(crate::ShadowOptions),
    /// Approve a plugin version, as the person whose key is used.
    Approve(crate::ApproveOptions),
    /// Activate a plugin: now, later, or for requests about a day and the days after it.
    Activate(crate::ActivateOptions),
    /// Roll back the newest activation, in force or scheduled.
    RollBack(crate::RollBackOptions),
    /// Show which version decides now and which will, and how far a plugin is on its way.
    Status(crate::StatusOptions),
    /// Sign a plugin with the plan's own key, which never leaves this machine.
    Sign(crate::SignOptions),
    /// Ask a plugin one example case, and print the answer in words.
    Try(crate::TryOptions),
    /// List the facts that rules may read.
    Facts(crate::ListOptions),
    /// List the kinds of documents that rules may read.
    Documents(crate::ListOptions),
    /// List the services that plans may offer.
    Services(crate::ListOptions),
    /// List the procedures by which services are billed today.
    Procedures(crate::ListOptions),
    /// List the state's own criteria, which every plan's rules include.
    Criteria(crate::ListOptions),
    /// List the state's counties and their codes.
    Counties(crate::ListOptions),
}

/// The commands, in the order in which an author needs them.
const GROUPS: [Group; 4] = [
    Group { heading: "Write rules", commands: &["new", "from-rules", "build"] },
    Group {
        heading: "Look up words that rules may use",
        commands: &["facts", "documents", "services", "procedures", "criteria", "counties"],
    },
    Group {
        heading: "Check rules on your machine",
        commands: &["try", "check", "test", "describe", "bench"],
    },
    Group {
        heading: "Release them at a host, with the key of the plan's administrator",
        commands: &["push", "receipt", "shadow", "sign", "approve", "activate", "roll-back", "status"],
    },
];

/// `crosswalk plugin` with a help that lists its commands under headings.
#[must_use]
pub fn with_groups(plugin: clap::Command) -> clap::Command {
    help::grouped(plugin, &GROUPS)
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

#[cfg(test)]
mod tests {
    use clap::Args;

    use super::{Command, GROUPS, help};

    #[test]
    fn every_command_is_under_a_heading() {
        let plugin = Command::augment_args(clap::Command::new("plugin"));
        assert_eq!(help::unlisted(&plugin, &GROUPS), Vec::<String>::new());
    }
}
