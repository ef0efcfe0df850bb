//! Journeys about referrals: to whom they belong, in which form they arrive, and how the loop is closed.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::case::Case;
use super::client::{Key, Trouble, told, told_that, unlike};
use super::county::{self, CELIA, HUGO, MEI, WALTER};
use super::stage::{Stage, facts, member};
use super::story::{due, word};

/// A bundle of the HL7 SDOH Clinical Care guide, as a clinic's record system sends it.
const BUNDLE: &str = include_str!("../../formats/examples/sdohcc-referral-bundle.json");

/// The day on which the example bundle says that it was written and signed.
const WRITTEN: &str = "2026-03-02";

pub(super) fn redirected(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    let key = stage.key_of(county::OPEN_DOOR)?;
    stage.story.say(format!(
        "Open Door refers {} to ECM, as it does for everybody it meets on the street.",
        WALTER.short()
    ));
    let known = facts(&[
        ("consent.member-agrees", json!(true)),
        ("housing.status", json!("homeless-unsheltered")),
        ("clinical.complex-need", json!(true)),
    ]);
    let mut referral = json!({
        "member": member(&WALTER), "service": "ecm", "populations": ["homelessness"], "facts": known, "documents": [],
    });
    let case = stage.send(&key, "referrals", &referral)?;
    stage.story.case(&case);
    told("plan", case.plan(), "silver-oak")?;
    told("state", case.state(), "redirected")?;
    told("sent to", case.at("/redirect/to"), "cicm")?;
    told_that(!case.at("/redirect/reason/es").is_empty(), "the reason is there in Spanish too")?;
    stage.story.say("Open Door follows the reason and sends the same answers as a CICM referral.");
    referral["service"] = json!("cicm");
    let accepted = stage.send(&key, "referrals", &referral)?;
    stage.story.case(&accepted);
    told("state", accepted.state(), "accepted")?;
    stage.story.say("Next for Open Door: a lead care manager is assigned within the clock above.");
    Ok(())
}

pub(super) fn fhir(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    let key = stage.key_of(county::OPEN_DOOR)?;
    let bundle = about_mei(&BUNDLE.replace(WRITTEN, &stage.day(-1)))?;
    stage.story.say(format!(
        "Open Door's record system sends a bundle (Task, ServiceRequest, Patient) for {}.",
        MEI.short()
    ));
    let task = stage.client.post_file(
        &key,
        "/fhir/Bundle",
        "application/fhir+json",
        bundle.to_string().as_bytes(),
    )?;
    let task = task.with(201)?;
    told("what comes back", word(&task, "/resourceType"), "Task")?;
    let id = case_id(&task)?;
    stage.story.say(format!("Answer: a Task, status {}, case {id}.", word(&task, "/status")));
    let list = stage.client.get(&key, "/v1/referrals?limit=200")?.with(200)?;
    let case = list["items"].as_array().into_iter().flatten().find(|case| case["id"] == id).cloned();
    let case = Case(
        case.ok_or_else(|| Trouble("expected the case among Open Door's referrals, got none".to_owned()))?,
    );
    stage.story.case(&case);
    told("plan", case.plan(), "valle-vista")?;
    told("state", case.state(), "needs-information")?;
    told_that(
        case.asks().contains(&"clinical.serious-health-condition"),
        "the plan asks what the bundle did not say",
    )?;
    stage.story.say("Open Door gives the answer, and asks for the Task again.");
    let known = facts(&[("clinical.serious-health-condition", json!(true))]);
    let accepted = stage.supply(&key, &case, known, json!([]))?;
    told("state", accepted.state(), "accepted")?;
    let again = stage.client.get(&key, &format!("/fhir/Task/{}", word(&task, "/id")))?.with(200)?;
    let (status, ours) = (word(&again, "/status"), word(&again, "/businessStatus/text"));
    stage
        .story
        .say(format!("Task: {status}; in our own words: {ours}. One case, open to both kinds of software."));
    told("the Task's business status", ours, "accepted")
}

/// The example bundle, about a member of this county.
fn about_mei(text: &str) -> Result<Value, Trouble> {
    let mut bundle: Value = serde_json::from_str(text)
        .map_err(|error| Trouble(format!("the example bundle is no JSON: {error}")))?;
    let entries = bundle["entry"].as_array_mut().into_iter().flatten();
    for patient in entries.map(|entry| &mut entry["resource"]).filter(|one| one["resourceType"] == "Patient")
    {
        patient["birthDate"] = json!(MEI.born.to_string());
        patient["name"] = json!([{ "family": MEI.family, "given": [MEI.given] }]);
        for identifier in patient["identifier"].as_array_mut().into_iter().flatten() {
            identifier["value"] = json!(MEI.cin);
        }
    }
    Ok(bundle)
}

fn case_id(task: &Value) -> Result<String, Trouble> {
    let identifiers = task["identifier"].as_array().into_iter().flatten();
    identifiers
        .filter_map(|identifier| identifier["value"].as_str())
        .chain(task["id"].as_str())
        .find(|value| value.starts_with("case_"))
        .map(str::to_owned)
        .ok_or_else(|| Trouble("expected our case id in the Task, got none".to_owned()))
}

pub(super) fn closed_loop(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    let (kitchen, key) = stage.provider(county::MESA_VERDE)?;
    stage.story.say(format!(
        "Mesa Verde Meals refers {}; Costa Alta has published its rules but automated none.",
        CELIA.short()
    ));
    let referral = json!({
        "member": member(&CELIA), "service": "medically-tailored-meals", "preferred_provider": kitchen,
        "facts": facts(&[("consent.member-agrees", json!(true)), ("clinical.nutrition-sensitive-condition", json!(true))]),
        "documents": [],
    });
    let case = stage.send(&key, "referrals", &referral)?;
    stage.story.case(&case);
    told("plan", case.plan(), "costa-alta")?;
    told("state", case.state(), "with-people")?;
    told("why", case.at("/why_people/code"), "not-automated")?;
    let reviewer = stage.plan("costa-alta")?.reviewer.clone();
    let item = stage.work_item(&reviewer, &case)?;
    stage.story.say(format!("Costa Alta's worklist has it, due {}. Its person accepts.", due(&item)));
    told_that(item["due_at"].is_string(), "the worklist shows when it is due")?;
    let mut case = stage.decide(&reviewer, &case, &json!({ "decision": "accept" }))?.case()?;
    told("state", case.state(), "accepted")?;
    told("decided by", case.word("decided_by"), "people")?;
    stage.story.say("Mesa Verde takes it, reaches the member, delivers the first meals and closes the loop.");
    let steps = [
        (json!({ "status": "accepted" }), "provider-accepted"),
        (json!({ "status": "outreach-initiated" }), "in-service"),
        (json!({ "status": "closed", "closure_reason": "services-received" }), "closed"),
    ];
    for (step, state) in steps {
        let current = stage.read(&key, &case)?;
        case = stage.client.change(&key, &current, "status", &step)?.case()?;
        told("state", case.state(), state)?;
    }
    told("closed because", case.at("/closure/reason"), "services-received")?;
    told_that(case.open_clocks().is_empty(), "no clock runs any more")?;
    timeline(stage, &key, &case)
}

/// Tells the timeline, which everybody on the case can read afterwards.
fn timeline(stage: &mut Stage<'_>, key: &Key, case: &Case) -> Result<(), Trouble> {
    let timeline = stage.client.get(key, &format!("{}/timeline", case.path()))?.with(200)?;
    let events = timeline["items"].as_array().cloned().unwrap_or_default();
    let steps: Vec<String> = events
        .iter()
        .map(|event| {
            format!("{} ({}) → {}", word(event, "/event"), word(event, "/actor/role"), word(event, "/state"))
        })
        .collect();
    stage.story.detail("▸", format!("timeline: {}", steps.join("; ")));
    told("the last step", events.last().map_or("", |event| word(event, "/state")), "closed")?;
    for notice in notices(stage, key, case)? {
        stage.story.detail("✉", word(&notice, "/text/en"));
    }
    Ok(())
}

/// Notices to the referrer, step by step. They go out just after the steps, so they are looked for a few
/// times.
fn notices(stage: &Stage<'_>, key: &Key, case: &Case) -> Result<Vec<Value>, Trouble> {
    /// The plan's answer, and the three steps of the provider.
    const EXPECTED: usize = 4;
    let mut own = Vec::new();
    for _ in 0..100 {
        let inbox = stage.client.get(key, "/v1/notices?limit=200")?.with(200)?;
        let all = inbox["items"].as_array().into_iter().flatten();
        own = all.filter(|notice| notice["case"] == case.id()).cloned().collect();
        if own.len() >= EXPECTED {
            return Ok(own);
        }
        thread::sleep(Duration::from_millis(100));
    }
    Err(unlike("notices to the referrer", format!("{EXPECTED} or more"), own.len()))
}

pub(super) fn delegated(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    let key = stage.key_of(county::OPEN_DOOR)?;
    stage.story.say(format!(
        "Open Door refers {}. Harbor Crest's member file has group SRM1, which its profile gives to Sierra Ridge Medical Group.",
        HUGO.short(),
    ));
    let known = [
        ("consent.member-agrees", json!(true)),
        ("housing.status", json!("homeless-unsheltered")),
        ("clinical.complex-need", json!(true)),
    ];
    let referral = json!({
        "member": member(&HUGO), "service": "ecm", "populations": ["homelessness"], "facts": facts(&known), "documents": [],
    });
    let case = stage.send(&key, "referrals", &referral)?;
    stage.story.case(&case);
    told("plan", case.plan(), "harbor-crest")?;
    told("delegate", case.at("/plan/delegate"), "sierra-ridge")?;
    told("state", case.state(), "with-people")?;
    told("why", case.at("/why_people/code"), "delegated")?;
    told_that(case.0["evaluation"].is_null(), "the plan's rules were not asked")?;
    let reviewer = stage.plan("harbor-crest")?.reviewer.clone();
    let item = stage.work_item(&reviewer, &case)?;
    told("delegate in the worklist", word(&item, "/delegate"), "sierra-ridge")?;
    stage
        .story
        .say(format!("The worklist marks it for sierra-ridge, due {}. Its answer is entered.", due(&item)));
    let accepted = stage.decide(&reviewer, &case, &json!({ "decision": "accept" }))?.case()?;
    stage.story.case(&accepted);
    told("state", accepted.state(), "accepted")
}
