//! `crosswalk plugin …`: the host's own gate and judgement on an author's desk, by the same code, and what an author needs
//! around it.

mod bench;
mod build;
mod new;
mod push;
mod sources;

pub(crate) use bench::{BenchOptions, bench};
pub(crate) use build::{BuildOptions, build};
pub(crate) use new::{NewOptions, new};
pub(crate) use push::{PushOptions, push};

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use domain::catalog::Catalog;
use domain::dictionary::Dictionary;
use domain::floor::{Ground, check_profile};
use domain::statute::Clocks;
use domain::time::{Clock, pacific_day};
use sandbox::{Limits, NotAPlugin, Plugin, Sandbox};
use serde::Serialize;
use serde_json::json;

use crate::parts::SystemClock;

/// How a component is run here.
#[derive(Args)]
pub(crate) struct Engine {
    /// Let it import the inert WASI, as a host does whose operator allows that.
    #[arg(long, env = "CROSSWALK_INERT_WASI", default_value_t = false)]
    inert_wasi: bool,
    /// Keep what was compiled here, for the next time. Nobody else may write this folder.
    #[arg(long, env = "CROSSWALK_COMPILED", value_name = "DIR")]
    compiled: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct CheckOptions {
    /// The component.
    file: PathBuf,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
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
pub(crate) struct TestOptions {
    /// The component.
    file: PathBuf,
    /// Files of example cases.
    #[arg(required = true)]
    cases: Vec<PathBuf>,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
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
    if options.json {
        let exports = plugin.as_ref().map(exports);
        let report = json!({
            "ok": reasons.is_empty(),
            "size_bytes": bytes.len(),
            "digest": domain::identifiers::Digest::of(&bytes).to_string(),
            "exports": exports,
            "tier": plugin.as_ref().map(|plugin| plugin.inspection().tier_name()),
            "reasons": reasons,
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

/// Runs example cases. Exits with 1 if one does not hold.
pub(crate) fn test(options: &TestOptions) -> Result<ExitCode, Box<dyn Error>> {
    let plugin = load(&read(&options.file)?, &options.engine)?.map_err(|refused| refused.to_string())?;
    let runtime = crate::host::runtime()?;
    let (mut held, mut broken) = (0, Vec::new());
    for file in &options.cases {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        for outcome in runtime.block_on(sandbox::examples::run(&plugin, &text))? {
            match outcome.problem {
                None => held += 1,
                Some(problem) => broken.push(json!({
                    "file": file.display().to_string(), "case": outcome.name, "problem": problem,
                })),
            }
        }
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&json!({ "held": held, "broken": broken }))?);
    } else {
        for case in &broken {
            println!("✗ {}: {}", case["case"].as_str().unwrap_or(""), case["problem"].as_str().unwrap_or(""));
        }
        println!("{held} held, {} broken", broken.len());
    }
    Ok(if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read(file: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    fs::read(file).map_err(|error| format!("{}: {error}", file.display()).into())
}

fn load(bytes: &[u8], engine: &Engine) -> Result<Result<Plugin, NotAPlugin>, Box<dyn Error>> {
    let limits = Limits { concurrent_calls: 2, inert_wasi: engine.inert_wasi, ..Limits::default() };
    let sandbox = Sandbox::start(limits, engine.compiled.as_deref())?;
    Ok(sandbox.load(bytes))
}

fn exports(plugin: &Plugin) -> Vec<&'static str> {
    plugin.exports().iter().map(|export| export.name()).collect()
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
    let ground = Ground {
        profile: plugin.profile(),
        catalog: Catalog::state(),
        dictionary: Dictionary::state(),
        clocks: Clocks::state(),
    };
    let problems = check_profile(ground, pacific_day(SystemClock.now()));
    let reasons = problems.into_iter().map(|problem| Reason {
        code: "profile-invalid".to_owned(),
        at: format!("profile{}", problem.at),
        problem: problem.problem,
        fix: problem.fix,
    });
    reasons.collect()
}
