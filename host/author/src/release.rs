//! Steps of a plugin at its host: receipt, shadow run, approval, activation, roll-back, status.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::site::{Host, Site, digest_of};
use crate::out::say;

#[derive(Args)]
#[command(after_help = "\
  export CROSSWALK_SERVER=https://crosswalk.example CROSSWALK_PLAN=costa-alta CROSSWALK_KEY_FILE=admin.key
  crosswalk plugin receipt build/costa-alta.wasm cases/*.json")]
pub(crate) struct ReceiptOptions {
    /// The component's file, or its digest.
    plugin: String,
    /// Files of the plan's own example cases, such as cases/*.json, which must hold too.
    cases: Vec<PathBuf>,
    /// Print the receipt as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    site: Site,
}

/// Has the host ask the plugin everything that its profile allows, and says what came of it. Exits with 1 if
/// the plugin does not conform.
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
        say!("{}", serde_json::to_string_pretty(&receipt)?);
    } else {
        say!("{}", verdict(&receipt).trim_end());
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
  crosswalk plugin shadow plan.wasm                                 the last 10,000 evaluations
  crosswalk plugin shadow plan.wasm --from 2026-10-01               those since a day
  crosswalk plugin shadow plan.wasm --live-minutes 60 --share 10    a tenth of those of the next hour

Ctrl-C stops looking, not the run: GET /v1/plans/PLAN/shadow-runs lists it.")]
pub(crate) struct ShadowOptions {
    /// The component's file, or its digest.
    plugin: String,
    /// Number of the plan's newest evaluations to compare [default: 10000].
    #[arg(long, conflicts_with_all = ["from", "live_minutes"])]
    last: Option<u32>,
    /// Compare the evaluations from this day on (Pacific time) instead, such as 2026-10-01.
    #[arg(long, value_name = "DATE", conflicts_with = "live_minutes")]
    from: Option<Date>,
    /// Last day of --from [default: today].
    #[arg(long, value_name = "DATE", requires = "from")]
    to: Option<Date>,
    /// Compare what is decided from now on instead, for so many minutes.
    #[arg(long, value_name = "MINUTES")]
    live_minutes: Option<u32>,
    /// Share of the evaluations of --live-minutes to compare, in per cent [default: 100].
    #[arg(long, value_name = "PERCENT", requires = "live_minutes")]
    share: Option<u32>,
    /// File to write the changed evaluations to, old and new side by side.
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
        Some(wanted) => format!("{} of {wanted} evaluations compared", run["compared"]),
        None => format!("{} evaluations compared, until {}", run["compared"], run["until"]),
    })?;
    if let Some(file) = &options.csv {
        fs::write(file, host.download(&format!("{path}/changes.csv"))?)
            .map_err(|error| format!("{}: {error}", file.display()))?;
    }
    if options.json {
        say!("{}", serde_json::to_string_pretty(&run)?);
    } else {
        say!("{}", report(&run).trim_end());
    }
    Ok(ExitCode::SUCCESS)
}

/// A shadow run's report, to be read.
fn report(run: &Value) -> String {
    let found = &run["report"];
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut text = format!(
        "{} evaluations compared ({}): {} the same, {} changed, {} faults\n",
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
#[command(after_help = "  crosswalk plugin approve build/costa-alta.wasm --key-file second-admin.key")]
pub(crate) struct ApproveOptions {
    /// The component's file, or its digest.
    plugin: String,
    #[command(flatten)]
    site: Site,
}

/// Approves a plugin with the key's name. The plan's policy may want another's than the uploader's.
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
    /// Instant from which it decides, such as 2027-01-01T08:00:00Z [default: now].
    #[arg(long, value_name = "INSTANT")]
    from: Option<Timestamp>,
    /// First day that requests must be about: a claim's first day of service, or the day on which anything
    /// else was sent [default: the day of --from].
    #[arg(long, value_name = "DATE")]
    rules_from: Option<Date>,
    /// Share of providers whose requests it answers, in per cent, always the same ones [default: all].
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
#[command(after_help = "\
  crosswalk plugin roll-back                           the newest activation; the version before it decides
  crosswalk plugin roll-back build/costa-alta.wasm     every activation of this plugin")]
pub(crate) struct RollBackOptions {
    /// The component's file, or its digest [default: the one that was activated last].
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
#[command(after_help = "\
  crosswalk plugin status                              the plan's active and scheduled versions
  crosswalk plugin status build/costa-alta.wasm        what the plan's policy still demands of it, and its events")]
pub(crate) struct StatusOptions {
    /// The component's file, or its digest; without it, only the plan's active versions are shown.
    plugin: Option<String>,
    /// Print the host's records as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    site: Site,
}

/// Says which version of the plan's rules decides, and which from when; and of one plugin where it stands at
/// the host, what its plan's policy still demands, and what happened to it.
pub(crate) fn status(options: &StatusOptions) -> Result<ExitCode, Box<dyn Error>> {
    let host = options.site.host()?;
    let digest = options.plugin.as_deref().map(digest_of).transpose()?;
    let deciding = Deciding::read(&host)?;
    let record = digest.map(|digest| host.read(&format!("/v1/plugins/{digest}"))).transpose()?;
    if options.json {
        return printed(&match record {
            Some(record) => record,
            None => json!({ "active": deciding.active, "activations": deciding.activations }),
        });
    }
    deciding.say();
    let (Some(record), Some(digest)) = (record, digest) else { return Ok(ExitCode::SUCCESS) };
    let timeline = host.read(&host.of_plan(&format!("plugins/{digest}/timeline")))?;
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    say!("{} is {}", word(&record["version"]), word(&record["state"]));
    let lacking: Vec<String> = record["lacking"].as_array().into_iter().flatten().map(word).collect();
    if !lacking.is_empty() {
        say!("  the plan's policy still demands: {}", lacking.join(", "));
    }
    for step in timeline["items"].as_array().into_iter().flatten() {
        say!("  {}  {} by {}", word(&step["at"]), word(&step["event"]), word(&step["actor"]["role"]));
    }
    Ok(ExitCode::SUCCESS)
}

/// Active and scheduled versions of a plan, by the host's clock.
struct Deciding {
    plan: String,
    active: Value,
    /// Those that were not ended, newest first.
    activations: Vec<Value>,
    /// The plugins' own versions, by digest.
    versions: BTreeMap<String, String>,
}

impl Deciding {
    fn read(host: &Host) -> Result<Self, Box<dyn Error>> {
        let plan = host.plan().to_string();
        let plans = host.read("/v1/plans?limit=200")?;
        let items = |page: &Value| page["items"].as_array().cloned().unwrap_or_default();
        let own = items(&plans).into_iter().find(|one| one["id"] == plan.as_str());
        let own =
            own.ok_or_else(|| format!("this key sees no plan `{plan}`: look at --plan and at --key-file"))?;
        let activations = items(&host.read(&host.of_plan("activations?limit=200"))?);
        let plugins = items(&host.read(&host.of_plan("plugins?limit=200"))?);
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let version = |plugin: &Value| Some((text(&plugin["digest"])?, text(&plugin["version"])?));
        Ok(Self {
            plan,
            active: own["active"].clone(),
            activations: activations.into_iter().filter(|one| one["ended"].is_null()).collect(),
            versions: plugins.iter().filter_map(version).collect(),
        })
    }

    fn say(&self) {
        let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let plan = &self.plan;
        if self.active.is_null() {
            say!("today {plan}'s people decide: no version of its rules is in force");
        } else {
            let (version, from) = (word(&self.active["version"]), word(&self.active["from"]));
            say!("today {plan} decides with {version}, in force since {from}");
        }
        for other in self.activations.iter().filter(|one| self.is_still_to_come(one)) {
            let digest = word(&other["digest"]);
            let version = self.versions.get(&digest).cloned().unwrap_or(digest);
            let days = other["rules_from"].as_str().map(|day| format!(" about {day} and later days"));
            let whose = if other["canary"].is_null() { "" } else { ", of a part of providers or members" };
            say!(
                "  {version} answers requests{} from {} on{whose}",
                days.unwrap_or_default(),
                word(&other["from"])
            );
        }
    }

    /// True if an activation stands over the one that decides about today: for later days, from later on, or
    /// for a part.
    fn is_still_to_come(&self, activation: &Value) -> bool {
        if activation["digest"] == self.active["digest"] && activation["canary"].is_null() {
            return false;
        }
        let since = |one: &Value| one["from"].as_str().unwrap_or_default().to_owned();
        !activation["rules_from"].is_null() && activation["rules_from"].as_str() > self.rules_day().as_deref()
            || since(activation) > since(&self.active)
            || !activation["canary"].is_null()
    }

    /// The day from which on the version that decides today answers.
    fn rules_day(&self) -> Option<String> {
        let own = self.activations.iter().filter(|one| one["digest"] == self.active["digest"]);
        own.filter_map(|one| one["rules_from"].as_str()).max().map(str::to_owned)
    }
}

fn printed(record: &Value) -> Result<ExitCode, Box<dyn Error>> {
    say!("{}", serde_json::to_string_pretty(record)?);
    Ok(ExitCode::SUCCESS)
}

/// Leaves out fields that were not given.
fn without_nulls(mut body: Value) -> Value {
    if let Value::Object(fields) = &mut body {
        fields.retain(|_, value| !value.is_null());
    }
    body
}
