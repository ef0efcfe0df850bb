//! The story of `crosswalk demo`: an invented county, set up and lived through by HTTP, as outside software
//! would.
//!
//! Each journey checks what comes against what it tells; one that ends otherwise is reported and the next
//! begins.

mod billing;
mod case;
mod client;
mod county;
mod credentialing;
mod doors;
mod earlier;
mod ledger;
mod people;
mod permission;
mod record;
mod referrals;
mod rules;
mod setup;
mod stage;
mod story;
mod work;

use std::error::Error;
use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use jiff::civil::Date;
use serde_json::{Value, json};

use client::{Client, Key, Trouble};
use doors::After;
use people::{Invitations, Worker};
use stage::Stage;
use story::{Story, Voice};

/// Options of the demonstration's story, beside those of its service.
#[derive(Args)]
pub struct Options {
    /// Folder of the sample plans' components.
    #[arg(long, default_value = "target/plugins")]
    plugins: PathBuf,
    /// Folder to write each organization's keys to, such as `costa-alta.admin.key`, so that you can send
    /// requests yourself; and each person's sign-in codes, such as `marisol.vega.codes`.
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
    /// Leave the invitations of the six people open, and print their links in place of codes: to sign in with
    /// an authenticator of your own.
    #[arg(long)]
    links: bool,
    /// Print one JSON object in place of sentences.
    #[arg(long)]
    json: bool,
}

/// The service at which the county is lived through: a fresh one, which runs already.
pub struct Service {
    /// Base URL of the service, such as `http://127.0.0.1:8080`.
    pub address: String,
    /// Secret of the operator's key.
    pub operator_key: String,
    /// Day on which the county begins, in Pacific time: the service's clock is behind.
    pub begins: Date,
    /// Sets the service's clock right; gives today, in Pacific time.
    pub to_today: Box<dyn Fn() -> Date>,
    /// True if it goes on when the story is over.
    pub serves_on: bool,
}

/// Tells the story on standard output, and writes the keys if that is asked for. The exit code is 1 if a
/// journey did not end as told.
///
/// # Errors
/// When the county could not be set up, or the story or the keys could not be written.
pub fn show(options: &Options, service: &Service) -> Result<ExitCode, Box<dyn Error>> {
    let report = run(options, service, &mut io::stdout())?;
    if let Some(folder) = &options.keys {
        write_keys(folder, &report).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let all_told = report.journeys.iter().all(|journey| journey.told);
    let all_told = all_told && report.people.iter().all(|person| person.problem.is_none());
    Ok(if all_told { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Each key in a file of its own that nobody else reads.
fn write_keys(folder: &Path, report: &Report) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join(".gitignore"), "*\n")?;
    for key in &report.keys {
        write_secret(&folder.join(&key.file), &key.secret)?;
    }
    for person in &report.people {
        if let Some((name, codes)) = person.file() {
            write_secret(&folder.join(name), &codes)?;
        }
    }
    Ok(())
}

fn write_secret(path: &Path, secret: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(secret.as_bytes())
}

/// Result of one journey.
#[derive(Clone, Debug, PartialEq, Eq)]
struct JourneyResult {
    /// Place in the order of the story, from 1.
    number: usize,
    /// Title under which the story tells it.
    title: &'static str,
    /// True if it ended as told.
    told: bool,
    /// If not: what was expected and what came.
    problem: Option<String>,
}

/// Result of the demonstration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Report {
    /// Results in the order of the story.
    journeys: Vec<JourneyResult>,
    /// The organizations' keys, to go on by hand.
    keys: Vec<KeyShown>,
    /// People who can sign in, and the work that waits for them.
    people: Vec<Worker>,
}

/// A key and what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct KeyShown {
    /// Purpose of the key, such as a plan's administrator.
    label: String,
    /// The file that it is written to, if that is asked for.
    file: String,
    /// The secret, as it is sent in `Authorization`.
    secret: String,
}

/// Why there was nothing to tell.
#[derive(Debug)]
enum DemoError {
    /// The county could not be set up: what was expected and what came.
    Setup(String),
    /// The story could not be written.
    Output(io::Error),
}

impl fmt::Display for DemoError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setup(problem) => write!(formatter, "the demonstration could not be set up: {problem}"),
            Self::Output(error) => write!(formatter, "the story could not be written: {error}"),
        }
    }
}

impl Error for DemoError {}

type Journey = fn(&mut Stage<'_>) -> Result<(), Trouble>;

/// The journeys, in the order in which they are lived.
const JOURNEYS: [(&str, Journey); 18] = [
    ("a hospital bed is freed: recuperative care starts before the decision", permission::presumptive),
    ("ECM asked for a member of a D-SNP: redirected to CICM", referrals::redirected),
    ("no software denies for medical reasons: a licensed person does", permission::clinical),
    ("one criterion missing, asked for, supplied, approved", permission::one_missing),
    ("a plugin that breaks: people take over, the plan rolls back", permission::broken_plugin),
    ("wrong modifiers: named, mended, paid", billing::wrong_modifiers),
    ("one credentialing file, read by four plans", credentialing::four_readings),
    ("a referral as a FHIR bundle, answered with a Task", referrals::fhir),
    ("a request sent three times happens once", record::retried),
    ("the member changes plans between referral and claim", billing::changed_plan),
    ("a stricter, capped plan beside another, and advice that the plan outranks", billing::advised),
    ("a plan without automation: its people, its clock, the closed loop", referrals::closed_loop),
    ("a delegate answers for the member", referrals::delegated),
    ("a recorded decision, asked again: the same bytes", record::replayed),
    ("what would change it: four plans asked, one pends, one answer turns it", permission::what_if),
    ("a rate changes without a new plugin", billing::new_rate),
    ("next year's rules: a slip found, mended, compared with the past, dated", rules::next_year),
    (
        "thirty nights at another house: asked, billed, corrected, paid to the cent, and what is left",
        ledger::thirty_nights,
    ),
];

/// Sets the county up, lives through the journeys and says how they ended. The server is running already.
///
/// # Errors
/// When the set-up fails or `out` does. A journey that did not end as told is no error: see [`Report`].
fn run(options: &Options, service: &Service, out: &mut dyn Write) -> Result<Report, DemoError> {
    let voice = if options.json { Voice::Silent } else { Voice::Aloud };
    let mut stage = Stage {
        client: Client::new(&service.address),
        operator: Key {
            label: "operator of San Ravel County".to_owned(),
            secret: service.operator_key.clone(),
        },
        story: Story::new(out, voice),
        today: service.begins,
        plugins_dir: options.plugins.clone(),
        plans: Vec::new(),
        providers: Vec::new(),
        members: 0,
        to_replay: None,
    };
    stage.story.heading("San Ravel County, three weeks ago. Everybody and everything in it is invented.");
    setup::county(&mut stage).map_err(|trouble| DemoError::Setup(trouble.0))?;
    let earlier = earlier::lived(&mut stage);
    stage.today = (service.to_today)();
    stage.story.say(format!("Three weeks pass by the service's clock. Today is {}.", stage.today));
    let mut report = Report { journeys: Vec::new(), keys: keys(&stage), people: Vec::new() };
    for (place, (title, journey)) in JOURNEYS.into_iter().enumerate() {
        report.journeys.push(live(&mut stage, place + 1, title, journey));
    }
    let invitations = if options.links { Invitations::Open } else { Invitations::TakenUp };
    report.people = people::arrive(&mut stage, &earlier, invitations);
    let summary = summary(&stage);
    tell_the_end(&mut stage, &report, &summary, &service.address);
    let after = if service.serves_on { After::Serves } else { After::Stops };
    doors::tell(&mut stage.story, &report.people, &service.address, (invitations, after));
    let out = stage.story.end().map_err(DemoError::Output)?;
    if options.json {
        writeln!(out, "{}", as_json(&report, &summary, service)).map_err(DemoError::Output)?;
    }
    Ok(report)
}

fn live(stage: &mut Stage<'_>, number: usize, title: &'static str, journey: Journey) -> JourneyResult {
    stage.story.heading(&format!("{number:>2} {title}"));
    let problem = journey(stage).err().map(|trouble| trouble.0);
    match &problem {
        None => stage.story.say("Ended as told."),
        Some(problem) => stage.story.say(format!("DID NOT END AS TOLD: {problem}")),
    }
    JourneyResult { number, title, told: problem.is_none(), problem }
}

fn keys(stage: &Stage<'_>) -> Vec<KeyShown> {
    let shown =
        |key: &Key, file: String| KeyShown { label: key.label.clone(), file, secret: key.secret.clone() };
    let mut keys = vec![shown(&stage.operator, "operator.key".to_owned())];
    for (plan, side) in county::PLANS.iter().zip(&stage.plans) {
        for (role, key) in [("admin", &side.admin), ("reviewer", &side.reviewer), ("clerk", &side.clerk)] {
            keys.push(shown(key, format!("{}.{role}.key", plan.id)));
        }
    }
    for (provider, side) in county::PROVIDERS.iter().zip(&stage.providers) {
        if let Some(key) = &side.key {
            keys.push(shown(key, format!("{}.key", provider.name.to_lowercase().replace(' ', "-"))));
        }
    }
    keys
}

/// Contents of the instance at the end, as far as organizations' own keys can see.
struct Summary {
    members: u64,
    plans: usize,
    /// Referrals, authorizations, claims and applications.
    cases: Vec<(&'static str, usize)>,
    /// Cases whose last answer a plugin gave.
    answered_by_plugin: usize,
}

fn summary(stage: &Stage<'_>) -> Summary {
    let mut answered_by_plugin = 0;
    let mut count = |list: &'static str| {
        let mut ids = std::collections::BTreeSet::new();
        for key in stage.providers.iter().filter_map(|provider| provider.key.as_ref()) {
            let page = stage.client.get(key, &format!("/v1/{list}?limit=200"));
            let Ok(page) = page.and_then(|answer| answer.with(200)) else { continue };
            for case in page["items"].as_array().into_iter().flatten() {
                if ids.insert(case["id"].as_str().unwrap_or_default().to_owned()) && asked_a_plugin(case) {
                    answered_by_plugin += 1;
                }
            }
        }
        (list, ids.len())
    };
    let cases = ["referrals", "authorizations", "claims", "applications"].map(&mut count).to_vec();
    Summary { members: stage.members, plans: stage.plans.len(), cases, answered_by_plugin }
}

fn asked_a_plugin(case: &Value) -> bool {
    let reviews = case["reviews"].as_array().into_iter().flatten();
    !case["evaluation"].is_null() || reviews.into_iter().any(|review| !review["evaluation"].is_null())
}

fn tell_the_end(stage: &mut Stage<'_>, report: &Report, summary: &Summary, base_url: &str) {
    stage.story.heading("How the journeys ended");
    for journey in &report.journeys {
        let mark = if journey.told { "as told " } else { "NOT TOLD" };
        stage.story.line(&format!("   {:>2}  {mark}  {}", journey.number, journey.title));
        if let Some(problem) = &journey.problem {
            stage.story.detail(" ", problem);
        }
    }
    let told = report.journeys.iter().filter(|journey| journey.told).count();
    let cases: Vec<String> = summary.cases.iter().map(|(list, number)| format!("{number} {list}")).collect();
    stage.story.say(format!("{told} of {} ended as told.", report.journeys.len()));
    stage.story.say(format!(
        "{} members, {} plans; {}; plugins were asked about {} of the cases.",
        summary.members,
        summary.plans,
        cases.join(", "),
        summary.answered_by_plugin,
    ));
    stage.story.heading("Go on by hand");
    stage.story.line(&format!("   {base_url}/docs"));
    if let Ok(key) = stage.key_of(county::CASA_PUENTE) {
        let grid = format!("{base_url}/v1/criteria?county={}", county::COUNTY);
        stage.story.line(&format!("   curl -s -H 'Authorization: Bearer {}' '{grid}'", key.secret));
    }
    for key in &report.keys {
        stage.story.line(&format!("   {}  {}", key.secret, key.label));
    }
}

fn as_json(report: &Report, summary: &Summary, service: &Service) -> Value {
    let journeys: Vec<Value> = report
        .journeys
        .iter()
        .map(|journey| {
            json!({
                "number": journey.number, "title": journey.title, "told": journey.told, "problem": journey.problem,
            })
        })
        .collect();
    let keys: Vec<Value> = report
        .keys
        .iter()
        .map(|key| json!({ "label": key.label, "file": key.file, "key": key.secret }))
        .collect();
    let people: Vec<Value> = report.people.iter().map(|person| person.as_json(&service.address)).collect();
    let cases: Value =
        summary.cases.iter().map(|(list, number)| ((*list).to_owned(), json!(number))).collect();
    json!({
        "journeys": journeys, "members": summary.members, "plans": summary.plans, "cases": cases,
        "answered_by_plugin": summary.answered_by_plugin, "keys": keys, "people": people,
        "address": service.address, "serves_on": service.serves_on,
    })
}
