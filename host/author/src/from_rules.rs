//! `crosswalk plugin from-rules`: a plan without a programmer. The rules of a file, in the ready guest.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use domain::identifiers::Digest;
use domain::time::{Clock, pacific_day};
use rulebook::{Problem, Rules};
use serde_json::{Value, json};

use super::read;
use super::warnings::{Reason, warn, without_effect};
use crate::out::say;
use crate::parts::SystemClock;

#[derive(Args)]
#[command(after_help = "\
The file is TOML: what the plan offers, its criteria as conditions over facts, when service may start before the
decision, what is paid, what a provider must show, and its files; every text in English and in Spanish. The page
docs/rules-file.md shows all of it, and plugins/plans/harbor-crest/plan.toml is a whole plan.

Every mistake in it is shown at once, by line and column, and the command exits with 1. The same file makes the same
bytes, which are a plugin like every other: check, test and push it.

  crosswalk plugin from-rules plan.toml
  crosswalk plugin test build/harbor-crest.wasm cases/*.json")]
pub(crate) struct FromRulesOptions {
    /// The rules file, such as plan.toml.
    file: PathBuf,
    /// File to write the plugin to [default: build/PLAN.wasm in the folder of the rules file].
    #[arg(long)]
    out: Option<PathBuf>,
    /// Guest to put the rules into [default: the one that was built into this program].
    #[arg(long)]
    guest: Option<PathBuf>,
    /// Check the file only, and write nothing.
    #[arg(long, conflicts_with = "out")]
    check: bool,
    /// Print the outcome as JSON.
    #[arg(long)]
    json: bool,
}

/// The guest that was built with this program.
#[cfg(has_guest)]
const GUEST: Option<&[u8]> = Some(include_bytes!(env!("CROSSWALK_GUEST")));
/// This program was built before its guest.
#[cfg(not(has_guest))]
const GUEST: Option<&[u8]> = None;

/// The ready guest for rules files, if this program was built after it.
#[must_use]
pub fn ready_guest() -> Option<&'static [u8]> {
    GUEST
}

/// Makes a plugin of a rules file, and says where it is. Exits with 1 if the file is wrong.
pub(crate) fn from_rules(options: &FromRulesOptions) -> Result<ExitCode, Box<dyn Error>> {
    let rules = match read_rules(&options.file)? {
        Ok(rules) => rules,
        Err(problems) => return complain(options, &problems),
    };
    if options.check {
        return report(options, &rules, &format!("{}: nothing is wrong", options.file.display()), json!({}));
    }
    let plugin = put_into_guest(&rules, options.guest.as_deref())?;
    let out = out(options, &rules);
    if let Some(parent) = out.parent() {
        fs::create_dir_all(parent).map_err(|error| format!("{}: {error}", parent.display()))?;
    }
    fs::write(&out, &plugin).map_err(|error| format!("{}: {error}", out.display()))?;
    let made = json!({
        "plugin": out,
        "size_bytes": plugin.len(),
        "digest": Digest::of(&plugin).to_string(),
    });
    report(options, &rules, &format!("{} ({} bytes)", out.display(), plugin.len()), made)
}

/// The rules of a file, or everything that is wrong with it today.
pub(super) fn read_rules(file: &Path) -> Result<Result<Rules, Vec<Problem>>, Box<dyn Error>> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(Rules::read(&text, pacific_day(SystemClock.now())))
}

/// The plugin: the rules in this guest, or in the one that is in this program.
pub(super) fn put_into_guest(rules: &Rules, guest: Option<&Path>) -> Result<Vec<u8>, Box<dyn Error>> {
    let plugin = match guest {
        Some(guest) => rules.plugin(&read(guest)?),
        None => rules.plugin(GUEST.ok_or(
            "this program was built without a guest for rules\n  fix: name one with --guest; cargo xtask plugins \
             builds target/guest/rules.wasm, and a crosswalk that is built after it has it inside",
        )?),
    };
    Ok(plugin?)
}

fn out(options: &FromRulesOptions, rules: &Rules) -> PathBuf {
    let folder = options.file.parent().unwrap_or(Path::new(""));
    let usual = || folder.join("build").join(&rules.profile().plan_id).with_extension("wasm");
    options.out.clone().unwrap_or_else(usual)
}

fn report(
    options: &FromRulesOptions,
    rules: &Rules,
    words: &str,
    mut made: Value,
) -> Result<ExitCode, Box<dyn Error>> {
    let effect = without_effect(rules.profile());
    if options.json {
        let doubts = rules.warnings().iter().map(|doubt| Reason {
            code: "doubt".to_owned(),
            at: format!("{}:{}", doubt.line, doubt.column),
            problem: doubt.problem.clone(),
            fix: doubt.fix.clone(),
        });
        made["ok"] = json!(true);
        made["problems"] = json!([]);
        made["warnings"] = json!(doubts.chain(effect).collect::<Vec<_>>());
        say!("{}", serde_json::to_string_pretty(&made)?);
    } else {
        say!("{words}");
        doubts(&options.file, rules).iter().for_each(|doubt| say!("{doubt}"));
        warn(&effect);
    }
    Ok(ExitCode::SUCCESS)
}

/// Warnings of a rules file that is right and perhaps not meant, a line each.
pub(super) fn doubts(file: &Path, rules: &Rules) -> Vec<String> {
    let doubt = |Problem { line, column, problem, fix, .. }: &Problem| {
        format!("{}:{line}:{column}: warning: {problem}; fix: {fix}", file.display())
    };
    rules.warnings().iter().map(doubt).collect()
}

/// Everything that is wrong with a rules file, where nothing can be made of it.
pub(super) fn wrong(file: &Path, problems: &[Problem]) -> String {
    let lines = problems.iter().map(|problem| format!("\n{}:{problem}", file.display()));
    format!("the rules file is wrong:{}", lines.collect::<String>())
}

/// Each problem on a line of its own, which editors and terminals take one to.
fn complain(options: &FromRulesOptions, problems: &[Problem]) -> Result<ExitCode, Box<dyn Error>> {
    if options.json {
        let report = json!({ "ok": false, "problems": problems });
        say!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        for problem in problems {
            say!("{}:{problem}", options.file.display());
        }
    }
    Ok(ExitCode::FAILURE)
}
