//! `crosswalk plugin push`: uploads a component to a host.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use domain::identifiers::Digest;
use serde_json::Value;

use super::site::Site;
use crate::out::say;

#[derive(Args)]
#[command(after_help = "\
  export CROSSWALK_SERVER=https://crosswalk.example CROSSWALK_PLAN=costa-alta CROSSWALK_KEY_FILE=admin.key
  crosswalk plugin push build/costa-alta.wasm")]
pub(crate) struct PushOptions {
    /// The component, such as build/my-plan.wasm.
    file: PathBuf,
    /// Print the host's record as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    site: Site,
}

/// Uploads a component, waits until the host has compiled it, and says what became of it. It decides nothing
/// before it is activated. Exits with 1 if the host does not take it.
pub(crate) fn push(options: &PushOptions) -> Result<ExitCode, Box<dyn Error>> {
    let bytes = super::read(&options.file)?;
    let host = options.site.host()?;
    let digest = Digest::of(&bytes);
    // The same file for the same plan is the same command, however often it is sent.
    let mut record = host.upload(&host.of_plan("plugins"), &bytes, &format!("push-{digest}"))?;
    if is_compiling(&record) {
        let path = format!("/v1/plugins/{digest}");
        record = host.follow(&path, |record| !is_compiling(record), how_far)?;
    }
    if options.json {
        say!("{}", serde_json::to_string_pretty(&record)?);
    } else {
        outcome(&record, &digest);
    }
    let Some(reasons) = record["reasons"].as_array().filter(|reasons| !reasons.is_empty()) else {
        return Ok(ExitCode::SUCCESS);
    };
    for reason in reasons {
        let word = |field: &str| reason[field].as_str().unwrap_or_default();
        eprintln!("{}: {}\n  fix: {}", word("at"), word("problem"), word("fix"));
    }
    Ok(ExitCode::FAILURE)
}

/// Prints the outcome of an upload in words.
fn outcome(record: &Value, digest: &Digest) {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let (plan, state) = (word(&record["plan"]), word(&record["state"]));
    if state == "refused" {
        say!("{plan}'s host does not take it:");
        return;
    }
    let known = if record["already_known"] == true { ", which it had already" } else { "" };
    say!(
        "{plan} {} is at the host{known}, and decides nothing until it is activated.",
        word(&record["version"])
    );
    say!("  state     {state}");
    say!("  digest    {digest}");
    say!("  tier      {}", word(&record["tier"]));
    if let Some(ms) = record["compile_ms"].as_u64() {
        say!("  compiled  in {} s", ms.div_ceil(1_000));
    }
    for warning in record["warnings"].as_array().into_iter().flatten() {
        say!(
            "  but       {} at {}: {}",
            word(&warning["code"]),
            word(&warning["at"]),
            word(&warning["text"])
        );
    }
    let lacking: Vec<String> = record["lacking"].as_array().into_iter().flatten().map(word).collect();
    if !lacking.is_empty() {
        say!("  lacking   {} (the plan's policy)", lacking.join(", "));
    }
    say!("Next: crosswalk plugin receipt, shadow, activate.");
}

fn is_compiling(record: &Value) -> bool {
    !record["compiling"].is_null() || record["state"] == "checked"
}

fn how_far(record: &Value) -> String {
    let seconds = |field: &str| record["compiling"][field].as_u64().map(|ms| ms.div_ceil(1_000));
    match (seconds("elapsed_ms"), seconds("expected_ms")) {
        (Some(elapsed), Some(expected)) => format!("compiling: {elapsed} s of about {expected} s"),
        (Some(elapsed), None) => format!("compiling: {elapsed} s"),
        _ => "waiting to be compiled".to_owned(),
    }
}
