//! What becomes of a plugin at its host: it is proven, compared, activated for a day, and taken back.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::site::{Site, digest_of};

#[derive(Args)]
pub(crate) struct ReceiptOptions {
    /// The component's file, or its digest.
    plugin: String,
    /// Files of the plan's own example cases, which must hold too.
    cases: Vec<PathBuf>,
    /// Print the receipt as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    site: Site,
}

/// Has the host ask the plugin everything that its profile allows, and says what came of it. Exits with 1 if the plugin
/// does not conform.
pub(crate) fn receipt(options: &ReceiptOptions) -> Result<ExitCode, Box<dyn Error>> {
    let (host, digest) = (options.site.host()?, digest_of(&options.plugin)?);
    let read = |file: &PathBuf| -> Result<Value, Box<dyn Error>> {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()).into())
    };
    let examples: Vec<Value> = options.cases.iter().map(read).collect::<Result<_, _>>()?;
    let path = host.of_plan(&format!("plugins/{digest}/receipts"));
    let receipt = host.command(&path, Some(&json!({ "examples": examples })))?;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&receipt)?);
    } else {
        print!("{}", verdict(&receipt));
    }
    Ok(if receipt["conforms"] == true { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A receipt in short: what does not hold and why.
fn verdict(receipt: &Value) -> String {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let whole = &receipt["receipt"];
    let asked: u64 = list(&whole["asked"]).iter().filter_map(|operation| operation["run"].as_u64()).sum();
    let mut text = format!(
        "{} {}: {asked} requests asked, {} example cases hold\n",
        word(&whole["plan"]),
        word(&whole["version"]),
        whole["examples"]["held"],
    );
    for check in list(&whole["checks"]).iter().filter(|check| check["failed"] != 0) {
        let wrong = word(&check["failing"]["wrong"]);
        text +=
            &format!("  {}: {} of {} fail: {wrong}\n", word(&check["id"]), check["failed"], check["cases"]);
    }
    for broken in list(&whole["examples"]["broken"]) {
        text += &format!("  {}: {}\n", word(&broken["case"]), word(&broken["problem"]));
    }
    text += if receipt["conforms"] == true { "It conforms.\n" } else { "It does not conform.\n" };
    text + &format!("receipt {}\n", word(&receipt["id"]))
}

#[derive(Args)]
#[command(after_help = "\
  crosswalk plugin shadow plan.wasm                                 the last 10,000 decisions
  crosswalk plugin shadow plan.wasm --from 2026-10-01               those since a day
  crosswalk plugin shadow plan.wasm --live-minutes 60 --share 10    a tenth of those of the next hour

Ctrl-C stops looking, not the run: GET /v1/plans/PLAN/shadow-runs lists it.")]
pub(crate) struct ShadowOptions {
    /// The component's file, or its digest.
    plugin: String,
    /// How many of the plan's last decisions; 10,000 if nothing else is said.
    #[arg(long, conflicts_with_all = ["from", "live_minutes"])]
    last: Option<u32>,
    /// Instead: decisions from this day on, Pacific time.
    #[arg(long, value_name = "DATE", conflicts_with = "live_minutes")]
    from: Option<Date>,
    /// To this day; today if not said.
    #[arg(long, value_name = "DATE", requires = "from")]
    to: Option<Date>,
    /// Instead: go along with what is decided for so many minutes from now on.
    #[arg(long, value_name = "MINUTES")]
    live_minutes: Option<u32>,
    /// Of a hundred such decisions so many.
    #[arg(long, value_name = "PERCENT", requires = "live_minutes")]
    share: Option<u32>,
    /// Write the changed decisions side by side to this file.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    site: Site,
}

/// Compares a plugin with what the plan decided, without effect, and prints what it would have changed.
pub(crate) fn shadow(options: &ShadowOptions) -> Result<ExitCode, Box<dyn Error>> {
    let (host, digest) = (options.site.host()?, digest_of(&options.plugin)?);
    let wanted = json!({
        "digest": digest, "last": options.last, "from": options.from, "to": options.to,
        "live_minutes": options.live_minutes, "share_percent": options.share,
    });
    let run = host.command(&host.of_plan("shadow-runs"), Some(&without_nulls(wanted)))?;
    let path = format!("/v1/shadow-runs/{}", run["id"].as_str().unwrap_or_default());
    let over = |run: &Value| run["state"] != "running";
    let run = host.follow(&path, over, |run| match run["wanted"].as_u64() {
        Some(wanted) => format!("{} of {wanted} decisions compared", run["compared"]),
        None => format!("{} decisions compared, until {}", run["compared"], run["until"]),
    })?;
    if let Some(file) = &options.csv {
        fs::write(file, host.download(&format!("{path}/changes.csv"))?)
            .map_err(|error| format!("{}: {error}", file.display()))?;
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&run)?);
    } else {
        print!("{}", report(&run));
    }
    Ok(ExitCode::SUCCESS)
}

/// A shadow run's report, to be read.
fn report(run: &Value) -> String {
    let found = &run["report"];
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut text = format!(
        "{} decisions compared ({}): {} the same, {} changed, {} faults\n",
        run["compared"],
        word(&run["state"]),
        found["same"],
        found["changed"],
        found["faults"],
    );
    if run["compared"] == 0 {
        text += "There was nothing to compare: the plan has decided nothing in that time.\n";
        return text;
    }
    text += &format!("  approvals          +{} -{}\n", found["approvals_gained"], found["approvals_lost"]);
    text += &format!("  dollars            {}\n", word(&found["dollars"]));
    text += &format!("  clinical reviews   {}\n", found["clinical_reviews"]);
    for (title, counts) in
        [("what became what", &found["moves"]), ("criteria judged otherwise", &found["criteria"])]
    {
        text += &lines(
            title,
            counts.as_object().into_iter().flatten().map(|(name, count)| (name.clone(), count)),
        );
    }
    let services = found["services"].as_object().into_iter().flatten();
    let by_service = services.flat_map(|(service, directions)| {
        let directions = directions.as_object().into_iter().flatten();
        directions.map(move |(direction, count)| (format!("{service}, {direction}"), count))
    });
    text += &lines("by service and direction", by_service);
    text + &format!("run {}\n", word(&run["id"]))
}

fn lines<'v>(title: &str, counts: impl Iterator<Item = (String, &'v Value)>) -> String {
    let counts: BTreeMap<String, &Value> = counts.collect();
    if counts.is_empty() {
        return String::new();
    }
    let width = counts.keys().map(|name| name.chars().count()).max().unwrap_or(0);
    counts
        .iter()
        .fold(format!("{title}\n"), |text, (name, count)| text + &format!("  {name:width$}  {count}\n"))
}

#[derive(Args)]
pub(crate) struct ApproveOptions {
    /// The component's file, or its digest.
    plugin: String,
    #[command(flatten)]
    site: Site,
}

/// Answers for a plugin with the key's name. The plan's policy may want another's than the uploader's.
pub(crate) fn approve(options: &ApproveOptions) -> Result<ExitCode, Box<dyn Error>> {
    let (host, digest) = (options.site.host()?, digest_of(&options.plugin)?);
    let path = host.of_plan(&format!("plugins/{digest}/approvals"));
    printed(&host.command(&path, None)?)
}

#[derive(Args)]
#[command(after_help = "\
  crosswalk plugin activate plan.wasm                               for all that is asked from now on
  crosswalk plugin activate plan.wasm --rules-from 2027-01-01       for what is about that day and later ones;
                                                                    what is about earlier days keeps its rules
  crosswalk plugin activate plan.wasm --from 2027-01-01T08:00:00Z --canary 10")]
pub(crate) struct ActivateOptions {
    /// The component's file, or its digest.
    plugin: String,
    /// From when it decides; now if not said.
    #[arg(long, value_name = "INSTANT")]
    from: Option<Timestamp>,
    /// For requests about this day and later ones: a claim's first day of service, the day on which anything else was
    /// sent. If not said: the day of --from.
    #[arg(long, value_name = "DATE")]
    rules_from: Option<Date>,
    /// For so many of a hundred providers only, always the same ones.
    #[arg(long, value_name = "PERCENT")]
    canary: Option<u8>,
    #[command(flatten)]
    site: Site,
}

/// Has a plugin decide, and prints the activation.
pub(crate) fn activate(options: &ActivateOptions) -> Result<ExitCode, Box<dyn Error>> {
    let (host, digest) = (options.site.host()?, digest_of(&options.plugin)?);
    let canary = options.canary.map(|percent| json!({ "share_percent": percent }));
    let body = json!({
        "digest": digest, "from": options.from, "rules_from": options.rules_from, "canary": canary,
    });
    printed(&host.command(&host.of_plan("activations"), Some(&without_nulls(body)))?)
}

#[derive(Args)]
pub(crate) struct RollBackOptions {
    /// The component's file, or its digest; what began to decide last if not said.
    plugin: Option<String>,
    #[command(flatten)]
    site: Site,
}

/// Takes back what decides or is scheduled to: what stood before it answers again.
pub(crate) fn roll_back(options: &RollBackOptions) -> Result<ExitCode, Box<dyn Error>> {
    let host = options.site.host()?;
    let digest = options.plugin.as_deref().map(digest_of).transpose()?;
    printed(&host.command(&host.of_plan("rollbacks"), Some(&without_nulls(json!({ "digest": digest }))))?)
}

#[derive(Args)]
pub(crate) struct StatusOptions {
    /// The component's file, or its digest.
    plugin: String,
    /// Print the host's record as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    site: Site,
}

/// Says where a plugin stands at the host, what its plan's policy still demands, and what happened to it.
pub(crate) fn status(options: &StatusOptions) -> Result<ExitCode, Box<dyn Error>> {
    let (host, digest) = (options.site.host()?, digest_of(&options.plugin)?);
    let record = host.read(&format!("/v1/plugins/{digest}"))?;
    if options.json {
        return printed(&record);
    }
    let timeline = host.read(&host.of_plan(&format!("plugins/{digest}/timeline")))?;
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    println!("{} is {}", word(&record["version"]), word(&record["state"]));
    let lacking: Vec<String> = record["lacking"].as_array().into_iter().flatten().map(word).collect();
    if !lacking.is_empty() {
        println!("  the plan's policy still demands: {}", lacking.join(", "));
    }
    for step in timeline["items"].as_array().into_iter().flatten() {
        println!("  {}  {} by {}", word(&step["at"]), word(&step["event"]), word(&step["actor"]["role"]));
    }
    Ok(ExitCode::SUCCESS)
}

fn printed(record: &Value) -> Result<ExitCode, Box<dyn Error>> {
    println!("{}", serde_json::to_string_pretty(record)?);
    Ok(ExitCode::SUCCESS)
}

/// What was not said is not sent.
fn without_nulls(mut body: Value) -> Value {
    if let Value::Object(fields) = &mut body {
        fields.retain(|_, value| !value.is_null());
    }
    body
}
