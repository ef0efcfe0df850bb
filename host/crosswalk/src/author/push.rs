//! `crosswalk plugin push`: uploads a component to a host.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use domain::identifiers::Digest;
use serde_json::Value;

use super::site::Site;

#[derive(Args)]
pub(crate) struct PushOptions {
    /// The component.
    file: PathBuf,
    #[command(flatten)]
    site: Site,
}

/// Uploads a component, waits until the host has compiled it, and prints the host's record of it. It decides nothing
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
    println!("{}", serde_json::to_string_pretty(&record)?);
    let Some(reasons) = record["reasons"].as_array().filter(|reasons| !reasons.is_empty()) else {
        return Ok(ExitCode::SUCCESS);
    };
    for reason in reasons {
        let word = |field: &str| reason[field].as_str().unwrap_or_default();
        eprintln!("{}: {}\n  fix: {}", word("at"), word("problem"), word("fix"));
    }
    Ok(ExitCode::FAILURE)
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
