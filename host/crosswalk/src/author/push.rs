//! `crosswalk plugin push`: uploads a component to a host.

use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use domain::identifiers::{Digest, PlanId};
use serde_json::Value;
use ureq::Agent;

#[derive(Args)]
pub(crate) struct PushOptions {
    /// The component.
    file: PathBuf,
    /// The host, such as https://crosswalk.example.
    #[arg(long)]
    server: String,
    /// Whose plugin it is.
    #[arg(long)]
    plan: String,
    /// File with the key of the plan's administrator.
    #[arg(long)]
    key_file: PathBuf,
}

/// How long the host may take; it compiles what it gets.
const PATIENCE: Duration = Duration::from_secs(600);

/// Uploads a component and prints the host's record of it. It decides nothing before it is activated.
pub(crate) fn push(options: &PushOptions) -> Result<ExitCode, Box<dyn Error>> {
    let plan: PlanId = options.plan.parse().map_err(|_| format!("{}: not a plan's id", options.plan))?;
    let bytes = super::read(&options.file)?;
    let key = fs::read_to_string(&options.key_file)
        .map_err(|error| format!("{}: {error}", options.key_file.display()))?;
    let server = options.server.trim_end_matches('/');
    let agent: Agent =
        Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build().into();
    // The same file for the same plan is the same command, however often it is sent.
    let once = format!("push-{}", Digest::of(&bytes));
    let sent = agent
        .post(format!("{server}/v1/plans/{plan}/plugins"))
        .header("Authorization", format!("Bearer {}", key.trim()))
        .header("Content-Type", "application/wasm")
        .header("Idempotency-Key", once)
        .send(bytes.as_slice());
    let mut answer = sent.map_err(|error| format!("{server}: {error}"))?;
    let status = answer.status();
    let body: Value = answer
        .body_mut()
        .read_json()
        .map_err(|error| format!("{server} answered {status}, and no JSON: {error}"))?;
    if status.is_success() {
        println!("{}", serde_json::to_string_pretty(&body)?);
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("{}", refusal(&body));
    Ok(ExitCode::FAILURE)
}

/// A problem in words: its title, and each reason with its fix.
fn refusal(problem: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut said = format!("{} {}", problem["status"], text(&problem["title"]));
    if let Some(detail) = problem["detail"].as_str() {
        said += &format!(": {detail}");
    }
    for reason in problem["errors"].as_array().into_iter().flatten() {
        said += &format!("\n  {}: {}", text(&reason["pointer"]), text(&reason["detail"]));
        said += &format!("\n    fix: {}", text(&reason["fix"]));
    }
    said
}
