//! The county before the first journey: organizations, keys, rules, member files, contracts.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use jiff::ToSpan;
use serde_json::{Value, json};

use super::case::Case;
use super::client::{Key, Trouble, told, told_that};
use super::county::{self, COUNTIES, COUNTY, PLANS, PROVIDERS, Plan};
use super::stage::{PlanSide, ProviderSide, Stage};
use super::story::{short, word};

/// Providers that act in journeys and have keys; all of them but the newcomer have contracts with every plan.
const ACTING: [usize; 6] = [
    county::OPEN_DOOR,
    county::CASA_PUENTE,
    county::MESA_VERDE,
    county::HOSPITAL,
    county::LLAVE,
    county::NEW_LEAF,
];
/// Services that the contracts are for.
const SERVICES: [&str; 6] = [
    "ecm",
    "recuperative-care",
    "short-term-post-hospitalization-housing",
    "housing-transition-navigation",
    "housing-deposits",
    "medically-tailored-meals",
];
/// Days since the contracts began.
const CONTRACTED_FOR: i64 = 120;

/// Sets the county up.
pub(super) fn county(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    counties(stage)?;
    organizations(stage)?;
    plugins(stage)?;
    member_files(stage)?;
    contracts(stage)
}

/// California's own counties are known; these are added.
fn counties(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    for (code, name) in COUNTIES {
        let body = json!({ "code": code, "name": { "en": name, "es": name }, "region": "invented", "invented": true });
        stage.client.post(&stage.operator, "/v1/counties", &body)?.with(201)?;
    }
    let names = COUNTIES.map(|(_, name)| name).join(", ");
    stage.story.say(format!("Besides California's 58 counties there are three invented ones here: {names}."));
    Ok(())
}

fn organizations(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    for plan in &PLANS {
        let body = json!({ "kind": "plan", "name": plan.name, "plan_id": plan.id, "counties": [COUNTY] });
        let id = organization(stage, &body)?;
        let key = |role: &str, label: &str, license: Option<&str>| {
            key(stage, &id, role, &format!("{}, {label}", plan.name), license)
        };
        let side = PlanSide {
            admin: key("plan-admin", "publishes rules and member files", None)?,
            reviewer: key(
                "plan-reviewer",
                &format!("decides, license {}", plan.license),
                Some(plan.license),
            )?,
            clerk: key("plan-reviewer", "decides, without a license", None)?,
            digest: String::new(),
            id,
        };
        stage.plans.push(side);
    }
    for (place, provider) in PROVIDERS.iter().enumerate() {
        let counties: Vec<&str> = std::iter::once(COUNTY).chain(provider.also).collect();
        let body = json!({
            "kind": "provider", "name": provider.name, "npi": county::npi(place),
            "provider_kinds": provider.kinds, "counties": counties,
        });
        let id = organization(stage, &body)?;
        let key =
            ACTING.contains(&place).then(|| key(stage, &id, "provider", provider.name, None)).transpose()?;
        stage.providers.push(ProviderSide { id, key });
    }
    let keys = PLANS.len() * 3 + ACTING.len();
    stage.story.say(format!(
        "{} plans and {} providers registered, {keys} keys issued.",
        PLANS.len(),
        PROVIDERS.len()
    ));
    Ok(())
}

fn organization(stage: &Stage<'_>, body: &Value) -> Result<String, Trouble> {
    let answer = stage.client.post(&stage.operator, "/v1/organizations", body)?;
    if answer.replayed {
        // Keys are shown once, so a second run could not act for anybody.
        return Err(Trouble(
            "this instance has been through the journeys before; give it an empty data directory".to_owned(),
        ));
    }
    let made = answer.with(201)?;
    Ok(word(&made, "/id").to_owned())
}

fn key(
    stage: &Stage<'_>,
    organization: &str,
    role: &str,
    label: &str,
    license: Option<&str>,
) -> Result<Key, Trouble> {
    let mut body = json!({ "organization": organization, "role": role, "label": label });
    if let Some(license) = license {
        body["license"] = license.into();
    }
    let made = stage.client.post(&stage.operator, "/v1/keys", &body)?.with(201)?;
    Ok(Key { label: label.to_owned(), secret: word(&made, "/key").to_owned() })
}

fn plugins(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    for (place, plan) in PLANS.iter().enumerate() {
        let plugin = upload(stage, plan.id, plan.id)?;
        let digest = word(&plugin, "/digest").to_owned();
        activate(stage, plan.id, &digest)?;
        stage.plans[place].digest = digest;
    }
    Ok(())
}

/// Uploads a component of the plugins' folder for a plan and says what it is.
pub(super) fn upload(stage: &mut Stage<'_>, plan: &str, file: &str) -> Result<Value, Trouble> {
    let bytes = component(&stage.plugins_dir, file)?;
    let admin = stage.plan(plan)?.admin.clone();
    let path = format!("/v1/plans/{plan}/plugins");
    let plugin = stage.client.post_file(&admin, &path, "application/wasm", &bytes)?.with(201)?;
    let exports: Vec<&str> =
        plugin["exports"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let compiled = match plugin["compile_ms"].as_u64() {
        Some(milliseconds) => format!("compiled in {milliseconds} ms"),
        None => "compiled form at hand".to_owned(),
    };
    stage.story.say(format!(
        "{plan}: plugin {} version {}, {} KiB, {compiled}; answers {}.",
        short(word(&plugin, "/digest")),
        word(&plugin, "/version"),
        bytes.len() / 1024,
        exports.join(", "),
    ));
    Ok(plugin)
}

/// Lets a plan decide with this component from now on.
pub(super) fn activate(stage: &Stage<'_>, plan: &str, digest: &str) -> Result<(), Trouble> {
    let admin = &stage.plan(plan)?.admin;
    let path = format!("/v1/plans/{plan}/activations");
    let active = stage.client.post(admin, &path, &json!({ "digest": digest }))?.done()?;
    told("the active plugin", word(&active, "/digest"), digest)
}

fn component(folder: &Path, file: &str) -> Result<Vec<u8>, Trouble> {
    let path = folder.join(format!("{file}.wasm"));
    fs::read(&path).map_err(|error| Trouble(format!("cannot read the plugin {}: {error}", path.display())))
}

fn member_files(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    for plan in &PLANS {
        let bytes = county::member_file(plan, stage.today);
        let roster = load(stage, plan.id, &bytes)?;
        stage.members += roster["members_new"].as_u64().unwrap_or_default();
        report(stage, plan, &roster)?;
    }
    told_that(stage.members >= 2_000, "the member files hold at least 2,000 members")?;
    stage.story.say(format!("{} members known in all.", stage.members));
    Ok(())
}

/// Loads a member file and gives what the host says about it once it is loaded.
pub(super) fn load(stage: &Stage<'_>, plan: &str, bytes: &[u8]) -> Result<Value, Trouble> {
    let admin = &stage.plan(plan)?.admin;
    let answer = stage.client.post_file(admin, "/v1/rosters", "text/csv", bytes)?;
    if answer.status == 201 {
        return answer.with(201);
    }
    let mut roster = answer.with(202)?;
    let path = format!("/v1/rosters/{}", word(&roster, "/id"));
    while word(&roster, "/state") != "loaded" {
        std::thread::sleep(std::time::Duration::from_millis(50));
        roster = stage.client.get(admin, &path)?.with(200)?;
    }
    Ok(roster)
}

/// Says what was taken, and shows one refusal or warning of each kind, three of each at most.
fn report(stage: &mut Stage<'_>, plan: &Plan, roster: &Value) -> Result<(), Trouble> {
    let refused = rules_broken(roster, "refused");
    let warned = rules_broken(roster, "warnings");
    stage.story.say(format!(
        "{}: {} rows, {} accepted, {} refused, {} taken with a warning.",
        plan.name, roster["rows"], roster["accepted"], refused.rows, warned.rows,
    ));
    for (mark, broken) in [("✗", &refused), ("!", &warned)] {
        // Each plan shows other samples, so that one run shows them all.
        let place = PLANS.iter().position(|other| other.id == plan.id).unwrap_or_default();
        for issue in broken.samples.iter().cycle().skip(place * 2).take(broken.samples.len().min(3)) {
            let text = |field: &str| word(issue, field);
            let (column, rule) = (text("/column"), text("/rule"));
            stage
                .story
                .detail(mark, format!("row {}, {column} [{rule}]: {}", issue["row"], text("/problem")));
            stage.story.detail(" ", format!("fix: {}", text("/fix")));
        }
    }
    for rule in
        ["cin-form", "cin-filler", "cin-ssn", "duplicate-row", "birth-date", "coverage-dates", "line-unknown"]
    {
        told_that(
            refused.rules.contains(rule),
            &format!("the file of {} is refused a row by {rule}", plan.id),
        )?;
    }
    told_that(warned.rules.contains("stale-address"), "stale addresses are marked")?;
    told_that(
        warned.rules.contains("two-coverages") == (plan.id == "silver-oak"),
        "two coverages are pointed out",
    )
}

struct Broken<'a> {
    rows: usize,
    rules: BTreeSet<&'a str>,
    samples: Vec<&'a Value>,
}

fn rules_broken<'a>(roster: &'a Value, list: &str) -> Broken<'a> {
    let issues: Vec<&Value> = roster[list].as_array().into_iter().flatten().collect();
    let rows: BTreeSet<u64> = issues.iter().filter_map(|issue| issue["row"].as_u64()).collect();
    let mut rules = BTreeSet::new();
    let samples = issues.into_iter().filter(|issue| rules.insert(word(issue, "/rule"))).collect();
    Broken { rows: rows.len(), rules, samples }
}

/// The providers are no strangers: each plan's people record the contract that they have had for months.
fn contracts(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    let effective = stage.today.saturating_sub(CONTRACTED_FOR.days()).to_string();
    let plans = PLANS.map(|plan| plan.id);
    let mut recorded = 0;
    for place in ACTING.into_iter().filter(|place| *place != county::NEW_LEAF) {
        let body = json!({
            "legal_name": PROVIDERS[place].name, "services": SERVICES, "counties": [COUNTY], "plans": plans,
            "answers": [], "documents": [],
        });
        let file = stage.send(&stage.key_of(place)?, "applications", &body)?;
        for plan in plans {
            recorded += 1;
            contract(stage, plan, &file, &effective)?;
        }
    }
    stage
        .story
        .say(format!("{recorded} existing contracts recorded by the plans' people, effective {effective}."));
    Ok(())
}

fn contract(stage: &Stage<'_>, plan: &str, file: &Case, effective: &str) -> Result<(), Trouble> {
    let reviewer = &stage.plan(plan)?.reviewer;
    let decision = json!({ "decision": "approve", "effective": effective });
    let file = stage.decide(reviewer, file, &decision)?.case()?;
    told(&format!("the contract with {plan}"), word(file.review(plan)?, "/state"), "approved")
}
