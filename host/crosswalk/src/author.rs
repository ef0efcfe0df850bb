//! `crosswalk plugin …`: the host's own gate and judgement on an author's desk, by the same code, and what an author needs
//! around it.

mod bench;
mod build;
mod from_rules;
mod new;
mod push;
mod release;
mod site;
mod sources;

pub(crate) use bench::{BenchOptions, bench};
pub(crate) use build::{BuildOptions, build};
pub(crate) use from_rules::{FromRulesOptions, from_rules};
pub(crate) use new::{NewOptions, new};
pub(crate) use push::{PushOptions, push};
pub(crate) use release::{
    ActivateOptions, ApproveOptions, ReceiptOptions, RollBackOptions, ShadowOptions, StatusOptions, activate,
    approve, receipt, roll_back, shadow, status,
};

use std::error::Error;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use conformance::{Examples, Progress};
use domain::counties::Counties;
use domain::floor::{Ground, ProfileProblem, check_profile, profile_warnings, unknown_counties};
use domain::identifiers::County;
use domain::plan::profile::PlanProfile;
use domain::time::{Clock, pacific_day};
use jiff::civil::Date;
use sandbox::{Limits, NotAPlugin, Operation, Plugin, Sandbox};
use serde::Serialize;
use serde_json::json;

use crate::parts::{CompileLimits, SystemClock};

/// How a component is run here.
#[derive(Args)]
pub(crate) struct Engine {
    /// Let it import the inert WASI, as a host does whose operator allows that.
    #[arg(long, env = "CROSSWALK_INERT_WASI", default_value_t = false)]
    inert_wasi: bool,
    /// Keep what was compiled here, for the next time. Nobody else may write this folder.
    #[arg(long, env = "CROSSWALK_COMPILED", value_name = "DIR")]
    compiled: Option<PathBuf>,
    #[command(flatten)]
    compile: CompileLimits,
}

#[derive(Args)]
pub(crate) struct CheckOptions {
    /// The component.
    file: PathBuf,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
    /// A county that the host's operator added, by its code; may be given several times. The state's are known.
    #[arg(long, value_name = "CODE")]
    county: Vec<County>,
    #[command(flatten)]
    engine: Engine,
}

#[derive(Args)]
pub(crate) struct DescribeOptions {
    /// The component.
    file: PathBuf,
    #[command(flatten)]
    engine: Engine,
}

#[derive(Args)]
#[command(after_help = "\
It asks the component everything that its own profile lets the kit think of, for every service that the plan offers:
everything known, each fact missing, each fact at its other values, the edges of days, units and money; each twice.
What fails is shown with the smallest request that still fails, as a case that you can paste into your file of
example cases once you wrote into its `expect` what your plan wants.

A file of example cases is {\"base\": {\"request\", \"context\"}, \"cases\": [{\"name\", \"operation\", \"request\",
\"context\", \"expect\"}]}; plugins/valle-vista/cases shows some.

Exits with 0 if the component conforms, with 1 if not.

  crosswalk plugin test plan.wasm cases/*.json
  crosswalk plugin test plan.wasm --on 2027-01-01 --json > receipt.json")]
pub(crate) struct TestOptions {
    /// The component.
    file: PathBuf,
    /// Files of the plan's own example cases, which must hold too.
    cases: Vec<PathBuf>,
    /// Print the receipt as JSON, for machines.
    #[arg(long)]
    json: bool,
    /// The day to make requests for, as YYYY-MM-DD; today if not said. Elections, criteria and codes change by day.
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    #[command(flatten)]
    engine: Engine,
}

/// One reason why the host would not take the component.
#[derive(Serialize)]
struct Reason {
    code: String,
    at: String,
    problem: String,
    fix: String,
}

/// Says whether the host would take a component. Exits with 1 if not.
pub(crate) fn check(options: &CheckOptions) -> Result<ExitCode, Box<dyn Error>> {
    let bytes = read(&options.file)?;
    let (plugin, reasons) = match load(&bytes, &options.engine)? {
        Ok(plugin) => {
            let reasons = profile_reasons(&plugin);
            (Some(plugin), reasons)
        }
        Err(refused) => (None, gate_reasons(refused)),
    };
    let warnings = plugin.as_ref().map(|plugin| {
        let mut warnings = county_warnings(plugin, &options.county);
        warnings.extend(without_effect(plugin.profile()));
        warnings
    });
    let warnings = warnings.unwrap_or_default();
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
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else if let (Some(plugin), true) = (&plugin, reasons.is_empty()) {
        let profile = plugin.profile();
        println!("{} would be taken.", options.file.display());
        println!("  plan      {} {}", profile.plan_id, profile.version);
        println!("  digest    {}", plugin.digest());
        println!("  size      {} bytes", bytes.len());
        println!("  exports   {}", exports(plugin).join(", "));
        println!("  tier      {}", plugin.inspection().tier_name());
        println!("  offers    {} services, {} criteria", profile.elections.len(), profile.criteria.len());
        warn(&warnings);
    } else {
        println!("{} would be refused:", options.file.display());
        for reason in &reasons {
            println!("  {}: {}\n    fix: {}", reason.at, reason.problem, reason.fix);
        }
    }
    Ok(if reasons.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints the profile as JSON.
pub(crate) fn describe(options: &DescribeOptions) -> Result<ExitCode, Box<dyn Error>> {
    let plugin = load(&read(&options.file)?, &options.engine)?.map_err(|refused| refused.to_string())?;
    println!("{}", serde_json::to_string_pretty(plugin.profile())?);
    // Standard output is the profile and nothing else.
    eprintln!("tier: {}", plugin.inspection().tier_name());
    Ok(ExitCode::SUCCESS)
}

/// Runs the conformance kit. Exits with 1 if the component does not conform.
pub(crate) fn test(options: &TestOptions) -> Result<ExitCode, Box<dyn Error>> {
    let plugin = load(&read(&options.file)?, &options.engine)?.map_err(|refused| refused.to_string())?;
    let mut examples = Examples::default();
    for file in &options.cases {
        let at_file = |error: &dyn Error| format!("{}: {error}", file.display());
        let text = fs::read_to_string(file).map_err(|error| at_file(&error))?;
        examples.read(&text).map_err(|error| at_file(&error))?;
    }
    let today = options.on.unwrap_or_else(|| pacific_day(SystemClock.now()));
    let mut meter = ProgressMeter::default();
    let mut progress = |progress: Progress| meter.show(progress);
    let checking = conformance::check(&plugin, &examples, today, &mut progress);
    let receipt = crate::host::runtime()?.block_on(checking);
    meter.clear();
    if options.json {
        println!("{}", serde_json::to_string_pretty(&receipt)?);
    } else {
        println!("{receipt}");
    }
    Ok(if receipt.conforms { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One line on standard error that says how far a run has come, where a person watches.
#[derive(Default)]
struct ProgressMeter {
    /// What was shown last: the operation, and hundredths of its requests.
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

/// What a profile declares and the host does not carry out.
fn without_effect(profile: &PlanProfile) -> Vec<Reason> {
    let warnings = profile_warnings(Ground::of(profile)).into_iter().map(|warning| Reason {
        code: warning.code.to_owned(),
        at: format!("profile{}", warning.at),
        problem: warning.text,
        fix: "leave it out, or leave it for the day on which the host carries it out".to_owned(),
    });
    warnings.collect()
}

/// Says warnings on lines of their own.
fn warn(warnings: &[Reason]) {
    for warning in warnings {
        println!("  but       {} at {}: {}; {}", warning.code, warning.at, warning.problem, warning.fix);
    }
}

fn exports(plugin: &Plugin) -> Vec<&'static str> {
    plugin.exports().iter().map(|export| export.name()).collect()
}

/// Counties that no host knows by itself: one whose operator added them takes the component, another does not.
fn county_warnings(plugin: &Plugin, added: &[County]) -> Vec<Reason> {
    let problems = unknown_counties(plugin.profile(), Counties::state());
    let named = |problem: &ProfileProblem| {
        let place = problem.at.rsplit('/').next().and_then(|place| place.parse::<usize>().ok());
        place.and_then(|place| plugin.profile().counties.get(place))
    };
    let unknown = problems.into_iter().filter(|problem| {
        named(problem).is_none_or(|code| added.iter().all(|county| county.as_str() != code))
    });
    let warnings = unknown.map(|problem| Reason {
        code: "unknown-county".to_owned(),
        at: format!("profile{}", problem.at),
        problem: "the state has no such county, and a host knows it only if its operator added it".to_owned(),
        fix: "name it with --county if the host has it, or see the state's codes in GET /v1/dictionary/counties"
            .to_owned(),
    });
    warnings.collect()
}

fn gate_reasons(refused: NotAPlugin) -> Vec<Reason> {
    let reasons = refused.reasons.into_iter().map(|reason| Reason {
        code: reason.code.name().to_owned(),
        at: reason.at,
        problem: reason.problem,
        fix: reason.fix,
    });
    reasons.collect()
}

fn profile_reasons(plugin: &Plugin) -> Vec<Reason> {
    let problems = check_profile(Ground::of(plugin.profile()), pacific_day(SystemClock.now()));
    let reasons = problems.into_iter().map(|problem| Reason {
        code: "profile-invalid".to_owned(),
        at: format!("profile{}", problem.at),
        problem: problem.problem,
        fix: problem.fix,
    });
    reasons.collect()
}
