//! `crosswalk plugin …`: the host's own gate and judgement on an author's desk, by the same code, and what an
//! author needs around it.

// A reader may close standard output before the end: `out` writes there.
#![warn(clippy::print_stdout)]

mod command;

mod attempt; // one question of a plan's cases, and the answer in words
mod bench;
mod build;
mod from_rules;
mod lists; // the dictionary, to be read
mod native; // a plugin run without a sandbox
mod new;
mod push;
mod release;
mod sign;
mod site;
mod sources;
mod syntax; // what the language itself says of a plugin's files
mod warnings;
mod words; // answers, to be read
mod world; // which interfaces a plugin says that it exports

pub use command::{Command, with_groups};
pub use from_rules::ready_guest;

pub(crate) use attempt::{TryOptions, attempt};
pub(crate) use bench::{BenchOptions, bench};
pub(crate) use build::{BuildOptions, build};
pub(crate) use from_rules::{FromRulesOptions, from_rules};
pub(crate) use lists::{ListOptions, Listed, list};
pub(crate) use new::{NewOptions, new};
pub(crate) use push::{PushOptions, push};
pub(crate) use release::{
    ActivateOptions, ApproveOptions, ReceiptOptions, RollBackOptions, ShadowOptions, StatusOptions, activate,
    approve, receipt, roll_back, shadow, status,
};
pub(crate) use sign::{SignOptions, sign};

use std::error::Error;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use conformance::{Examples, Progress};
use domain::identifiers::County;
use domain::plan::question::Operation;
use domain::time::{Clock, pacific_day};
use jiff::civil::Date;
use program::{out, parts};
use sandbox::{Ending, Limits, NotAPlugin, Plugin, Sandbox};
use serde_json::json;

use self::native::Native;
use self::warnings::{
    Reason, county_warnings, denial_warnings, doubts, gate_reasons, mode_warnings, profile_reasons, tell,
    undecided_warnings, warn, without_effect,
};
use crate::out::say;
use crate::parts::{CompileLimits, SystemClock};

/// Options of running a component on this machine.
#[derive(Args)]
pub(crate) struct Engine {
    /// Let it import the inert WASI, as a host does whose operator allows that. Interpreters such as Python's
    /// need it.
    #[arg(long, env = "CROSSWALK_INERT_WASI", default_value_t = false)]
    inert_wasi: bool,
    /// Folder in which compiled components are kept for the next time. Nobody else may write to it.
    #[arg(long, env = "CROSSWALK_COMPILED", value_name = "DIR")]
    compiled: Option<PathBuf>,
    #[command(flatten)]
    compile: CompileLimits,
}

#[derive(Args)]
#[command(after_help = "\
  crosswalk plugin check build/costa-alta.wasm
  crosswalk plugin check build/costa-alta.wasm --json  the reasons with their codes, for a build server")]
pub(crate) struct CheckOptions {
    /// The component, such as build/my-plan.wasm.
    file: PathBuf,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
    /// Code of a county that the host's operator added to the state's; may be given several times.
    #[arg(long, value_name = "CODE")]
    county: Vec<County>,
    #[command(flatten)]
    engine: Engine,
}

#[derive(Args)]
#[command(after_help = "  crosswalk plugin describe build/costa-alta.wasm")]
pub(crate) struct DescribeOptions {
    /// The component, such as build/my-plan.wasm.
    file: PathBuf,
    #[command(flatten)]
    engine: Engine,
}

#[derive(Args)]
#[command(after_help = "\
For every service that the plan offers, requests are made from the component's own profile: with every fact known, with
each fact missing, with each fact at its other values, and at the limits of days, units and money. Each is asked twice.
What fails is shown with the smallest request that still fails, as a case that you can paste into your file of
example cases once you wrote into its `expect` what your plan wants.

A file of example cases is {\"base\": {\"request\", \"context\"}, \"cases\": [{\"name\", \"operation\", \"request\",
\"context\", \"expect\"}]}; plugins/plans/valle-vista/cases shows some.

Exits with 0 if the component conforms, with 1 if not.

With --native a plugin in JavaScript or Python is run by Node.js or Python from its folder, without being built: its
profile and its example cases are checked within a second or two, and no other requests are made.

  crosswalk plugin test plan.wasm cases/*.json
  crosswalk plugin test plan.wasm --on 2027-01-01 --json > receipt.json
  crosswalk plugin test --native . cases/*.json")]
pub(crate) struct TestOptions {
    /// The component, such as build/my-plan.wasm; with --native, the plugin's folder.
    file: PathBuf,
    /// Files of the plan's own example cases, such as cases/*.json, which must hold too.
    cases: Vec<PathBuf>,
    /// Print the receipt as JSON.
    #[arg(long)]
    json: bool,
    /// Day to make requests for, such as 2027-01-01 [default: today, Pacific time]. Offers, criteria and
    /// codes change by day.
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// Run the example cases in Node.js or Python, without building a component.
    #[arg(long, conflicts_with = "on")]
    native: bool,
    #[command(flatten)]
    engine: Engine,
}

/// Says whether the host would take a component. Exits with 1 if not.
pub(crate) fn check(options: &CheckOptions) -> Result<ExitCode, Box<dyn Error>> {
    let bytes = read(&options.file)?;
    let (plugin, reasons) = match load(&bytes, &options.engine)? {
        Ok(plugin) => {
            let reasons = profile_reasons(plugin.profile());
            (Some(plugin), reasons)
        }
        Err(refused) => (None, gate_reasons(refused)),
    };
    let warnings = match &plugin {
        Some(plugin) => plugin_warnings(plugin, &options.county)?,
        None => Vec::new(),
    };
    if options.json {
        let exports = plugin.as_ref().map(exports);
        let report = json!({
            "ok": reasons.is_empty(),
            "size_bytes": bytes.len(),
            "digest": domain::identifiers::Digest::of(&bytes).to_string(),
            "exports": exports,
            "tier": plugin.as_ref().map(|plugin| plugin.inspection().tier_name()),
            "reasons": reasons,
            "warnings": warnings,
        });
        say!("{}", serde_json::to_string_pretty(&report)?);
    } else if let (Some(plugin), true) = (&plugin, reasons.is_empty()) {
        let profile = plugin.profile();
        say!("{} would be taken.", options.file.display());
        say!("  plan      {} {}", profile.plan_id, profile.version);
        say!("  digest    {}", plugin.digest());
        say!("  size      {} bytes", bytes.len());
        say!("  exports   {}", exports(plugin).join(", "));
        say!("  tier      {}", plugin.inspection().tier_name());
        say!("  offers    {} services, {} criteria", profile.elections.len(), profile.criteria.len());
        warn(&warnings);
    } else {
        say!("{} would be refused:", options.file.display());
        for reason in &reasons {
            say!("  {}: {}\n    fix: {}", reason.at, reason.problem, reason.fix);
        }
    }
    Ok(if reasons.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Everything about a component that its author perhaps did not mean. It is asked a few questions for it.
fn plugin_warnings(plugin: &Plugin, added: &[County]) -> Result<Vec<Reason>, Box<dyn Error>> {
    let profile = plugin.profile();
    let mut warnings = county_warnings(profile, added);
    warnings.extend(mode_warnings(profile, &exports(plugin)));
    let asking = conformance::slips(plugin, pacific_day(SystemClock.now()));
    let slips = crate::parts::runtime()?.block_on(asking);
    warnings.extend(undecided_warnings(profile, &slips.undecided));
    warnings.extend(denial_warnings(&slips));
    warnings.extend(doubts(profile));
    warnings.extend(without_effect(profile));
    Ok(warnings)
}

/// Prints the profile as JSON.
pub(crate) fn describe(options: &DescribeOptions) -> Result<ExitCode, Box<dyn Error>> {
    let plugin = load(&read(&options.file)?, &options.engine)?.map_err(|refused| refused.to_string())?;
    say!("{}", serde_json::to_string_pretty(plugin.profile())?);
    // Standard output is the profile and nothing else.
    eprintln!("tier: {}", plugin.inspection().tier_name());
    Ok(ExitCode::SUCCESS)
}

/// Example cases, read from files.
fn examples_of(files: &[PathBuf]) -> Result<Examples, Box<dyn Error>> {
    let mut examples = Examples::default();
    for file in files {
        let at_file = |error: &dyn Error| format!("{}: {error}", file.display());
        let text = fs::read_to_string(file).map_err(|error| at_file(&error))?;
        examples.read(&text).map_err(|error| at_file(&error))?;
    }
    Ok(examples)
}

/// The example cases, asked of a plugin in the hands of its own language. Exits with 1 if one does not hold,
/// or if the profile could not go live.
fn test_natively(options: &TestOptions, examples: &Examples) -> Result<ExitCode, Box<dyn Error>> {
    let folder =
        fs::canonicalize(&options.file).map_err(|error| format!("{}: {error}", options.file.display()))?;
    let (mut plugin, described) = Native::start(&folder, build::language_of(&folder)?)?;
    let profile = &described.profile;
    let reasons = profile_reasons(profile);
    let endings: Vec<Ending<_>> =
        examples.cases().map(|(_, question)| plugin.ask(question)).collect::<Result<_, _>>()?;
    let held = examples.held(profile, &endings);
    let good = reasons.is_empty() && held.broken.is_empty();
    let mut warnings = mode_warnings(profile, &described.exports);
    warnings.extend(doubts(profile));
    if options.json {
        let report = json!({
            "plan": profile.plan_id, "version": profile.version, "native": true, "ok": good,
            "exports": described.exports, "examples": held, "reasons": reasons,
            "warnings": warnings, "uses": described.warnings,
        });
        say!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        let count = held.held + held.broken.len();
        say!("{} {}: {} of {count} example cases hold", profile.plan_id, profile.version, held.held);
        held.broken.iter().for_each(|broken| say!("✗ example {}: {}", broken.case, broken.problem));
        reasons
            .iter()
            .for_each(|reason| say!("✗ {}: {}\n    fix: {}", reason.at, reason.problem, reason.fix));
        described.warnings.iter().for_each(|warning| eprintln!("warning: {warning}"));
        tell(&warnings);
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs the conformance kit. Exits with 1 if the component does not conform.
pub(crate) fn test(options: &TestOptions) -> Result<ExitCode, Box<dyn Error>> {
    let examples = examples_of(&options.cases)?;
    if options.native {
        return test_natively(options, &examples);
    }
    let plugin = load(&read(&options.file)?, &options.engine)?.map_err(|refused| refused.to_string())?;
    let today = options.on.unwrap_or_else(|| pacific_day(SystemClock.now()));
    let mut meter = ProgressMeter::default();
    let mut progress = |progress: Progress| meter.show(progress);
    let checking = conformance::check(&plugin, &examples, today, &mut progress);
    let receipt = crate::parts::runtime()?.block_on(checking);
    meter.clear();
    if options.json {
        say!("{}", serde_json::to_string_pretty(&receipt)?);
    } else {
        say!("{receipt}");
    }
    Ok(if receipt.conforms { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One line on standard error that says how far a run has come, where a person watches.
#[derive(Default)]
struct ProgressMeter {
    /// The operation that was shown last, and hundredths of its requests.
    shown: Option<(Operation, usize)>,
}

impl ProgressMeter {
    fn show(&mut self, Progress { operation, done, of }: Progress) {
        let percent = done * 100 / of.max(1);
        if self.shown != Some((operation, percent)) && io::stderr().is_terminal() {
            eprint!("\r\x1b[K{}: {done} of {of} requests", operation.name());
            self.shown = Some((operation, percent));
        }
    }

    fn clear(&self) {
        if self.shown.is_some() {
            eprint!("\r\x1b[K");
        }
    }
}

fn read(file: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    fs::read(file).map_err(|error| format!("{}: {error}", file.display()).into())
}

fn load(bytes: &[u8], engine: &Engine) -> Result<Result<Plugin, NotAPlugin>, Box<dyn Error>> {
    let limits = Limits { concurrent_calls: 2, inert_wasi: engine.inert_wasi, ..Limits::default() };
    let compiler = engine.compile.compiler()?;
    let sandbox = Sandbox::start_with(limits, engine.compiled.as_deref(), &compiler)?;
    Ok(sandbox.load(bytes))
}

fn exports(plugin: &Plugin) -> Vec<&'static str> {
    plugin.exports().iter().map(|export| export.name()).collect()
}
