//! A journey of a plan's analyst: next year's rules, from a draft with a slip to the day on which they begin.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::client::{Key, Trouble, told, told_that};
use super::county::{self, THEO};
use super::permission::{discharge_facts, discharge_summary, granted, recuperative_request};
use super::setup;
use super::stage::Stage;
use super::story::{short, word};

const PLAN: &str = "valle-vista";

/// Example cases of the new rules, with the answers that the plan expects.
const EXPECTED: &str = include_str!("../../../plugins/plans/valle-vista-next/cases/authorization.json");

/// Times that the demonstration asks how far a shadow run is, and the pause in between.
const LOOKS: u32 = 600;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

pub(super) fn next_year(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    let admin = stage.plan(PLAN)?.admin.clone();
    let today = stage.plan(PLAN)?.digest.clone();
    stage.story.say(
        "Next year Valle Vista wants a care plan with every request for ECM. Its analyst uploads a draft.",
    );
    let draft = setup::upload(stage, PLAN, "valle-vista-draft")?;
    let receipt = prove(stage, &admin, &draft)?;
    told_that(receipt["conforms"] == false, "the draft does not do what the plan expects")?;
    for broken in receipt["receipt"]["examples"]["broken"].as_array().into_iter().flatten() {
        stage.story.detail("✗", format!("{}: {}", word(broken, "/case"), word(broken, "/problem")));
    }
    told(
        "the case that fails",
        word(&receipt, "/receipt/examples/broken/0/case"),
        "recuperative care needs no care plan",
    )?;

    stage.story.say("The draft asks everybody for a care plan. The rule is mended and uploaded again.");
    let next = setup::upload(stage, PLAN, "valle-vista-next")?;
    let receipt = prove(stage, &admin, &next)?;
    told_that(receipt["conforms"] == true, "the mended rules do")?;
    compare(stage, &admin, word(&next, "/digest"))?;

    let first = first_of_next_year(stage);
    let body = json!({ "digest": next["digest"], "rules_from": first });
    let path = format!("/v1/plans/{PLAN}/activations");
    let active = stage.client.post(&admin, &path, &body)?.done()?;
    told("the day of the new rules", word(&active, "/rules_from"), &first)?;
    stage.story.say(format!(
        "{} decides what is about {first} and later. Today's requests keep today's rules:",
        short(word(&next, "/digest"))
    ));

    let hospital = stage.key_of(county::HOSPITAL)?;
    let known = discharge_facts(stage, 14);
    let request = recuperative_request(stage, &THEO, 14, &known, discharge_summary(stage))?;
    let case = granted(stage, &hospital, &request)?;
    told("what decided today", case.at("/evaluation/digest"), &today)?;
    stage.story.say("Had it been wrong, one call to /rollbacks would take it back; nothing is deployed, and nobody notices.");
    Ok(())
}

/// Has the host ask a plugin everything that its profile allows, and what the plan expects besides.
fn prove(stage: &mut Stage<'_>, admin: &Key, plugin: &Value) -> Result<Value, Trouble> {
    let expected: Value = serde_json::from_str(EXPECTED).map_err(|error| Trouble(error.to_string()))?;
    let path = format!("/v1/plans/{PLAN}/plugins/{}/receipts", word(plugin, "/digest"));
    let receipt = stage.client.post(admin, &path, &json!({ "examples": [expected] }))?.done()?;
    let asked = receipt["receipt"]["asked"].as_array().into_iter().flatten();
    let asked: u64 = asked.filter_map(|operation| operation["run"].as_u64()).sum();
    stage.story.say(format!(
        "{} was asked {asked} made-up requests, each twice, and {} example cases hold: it {}.",
        word(plugin, "/version"),
        receipt["receipt"]["examples"]["held"],
        if receipt["conforms"] == true { "conforms" } else { "does not conform" },
    ));
    Ok(receipt)
}

/// Compares the new rules with what the plan decided so far.
fn compare(stage: &mut Stage<'_>, admin: &Key, digest: &str) -> Result<(), Trouble> {
    let run = compared(stage, admin, digest)?;
    let report = &run["report"];
    stage.story.say(format!(
        "A shadow run over the plan's last {} decisions: {} the same, {} changed, approvals +{} -{}, {} dollars.",
        run["compared"],
        report["same"],
        report["changed"],
        report["approvals_gained"],
        report["approvals_lost"],
        word(report, "/dollars"),
    ));
    for (change, count) in report["moves"].as_object().into_iter().flatten() {
        stage.story.detail("▸", format!("{change}: {count}"));
    }
    stage.story.say("What was a fault is from the version that broke; what was approved and would wait is ECM without a care plan.");
    let waits = report["moves"]["approved > pended"].as_u64() > Some(0);
    told_that(
        waits && report["services"]["ecm"]["less"].as_u64() > Some(0),
        "ECM without a care plan would wait",
    )
}

/// A shadow run of a candidate over the plan's decisions so far, when it is done.
pub(super) fn compared(stage: &Stage<'_>, admin: &Key, digest: &str) -> Result<Value, Trouble> {
    let started =
        stage.client.post(admin, &format!("/v1/plans/{PLAN}/shadow-runs"), &json!({ "digest": digest }))?;
    finished(stage, admin, word(&started.done()?, "/id"))
}

fn finished(stage: &Stage<'_>, admin: &Key, run: &str) -> Result<Value, Trouble> {
    for _ in 0..LOOKS {
        let seen = stage.client.get(admin, &format!("/v1/shadow-runs/{run}"))?.with(200)?;
        if seen["state"] == "done" {
            return Ok(seen);
        }
        thread::sleep(BETWEEN_LOOKS);
    }
    Err(Trouble(format!("the shadow run {run} did not end")))
}

pub(super) fn first_of_next_year(stage: &Stage<'_>) -> String {
    format!("{}-01-01", stage.today.year().saturating_add(1))
}
