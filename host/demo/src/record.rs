//! Journeys about the record: what happens once, and what can be proved later.

use serde_json::json;

use super::client::{Trouble, told, told_that};
use super::county::{self, THEO};
use super::stage::{Stage, facts, member};
use super::story::short;

pub(super) fn retried(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    let key = stage.key_of(county::OPEN_DOOR)?;
    let once = stage.client.next_once();
    let referral = json!({
        "member": member(&THEO), "service": "recuperative-care", "populations": ["homelessness"],
        "facts": facts(&[("consent.member-agrees", json!(true))]), "documents": [],
    });
    stage.story.say(format!(
        "Open Door refers {} from a phone with a bad connection: sent three times.",
        THEO.short()
    ));
    let first = stage.client.post_once(&key, &once, "/v1/referrals", &referral)?;
    told_that(first.status == 201, &format!("the referral is created, not {}", first.summary()))?;
    for _ in 0..2 {
        let again = stage.client.post_once(&key, &once, "/v1/referrals", &referral)?;
        told_that(again.replayed, "the header Idempotency-Replayed is true")?;
        told_that(again.status == first.status, "the retry has the same status")?;
        told_that(again.bytes == first.bytes, "the retry has the same body, byte by byte")?;
    }
    let case = first.case()?;
    let list = stage.client.get(&key, "/v1/referrals?limit=200")?.with(200)?;
    let of_member = |item: &&serde_json::Value| item["member_id"] == case.0["member_id"];
    let cases = list["items"].as_array().into_iter().flatten().filter(of_member).count();
    told_that(cases == 1, &format!("there is one case, not {cases}"))?;
    stage.story.say(format!("Three requests, one referral ({}), the same bytes each time.", case.state()));
    let mut other = referral;
    other["service"] = json!("housing-transition-navigation");
    stage.story.say("The same idempotency key with another body:");
    let refused = stage.client.post_once(&key, &once, "/v1/referrals", &other)?;
    stage.story.refusal(&refused);
    told_that(refused.status == 422, &format!("it is refused with 422, not {}", refused.status))?;
    told("problem", refused.problem(), "idempotency-key-reused")
}

pub(super) fn replayed(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    let (plan, evaluation) = stage
        .to_replay
        .clone()
        .ok_or_else(|| Trouble("the first journey left no evaluation to replay".to_owned()))?;
    let reviewer = stage.plan(plan)?.reviewer.clone();
    let recorded = stage.client.get(&reviewer, &format!("/v1/evaluations/{evaluation}"))?.with(200)?;
    told_that(!recorded["input"].is_null(), "the plan's people see what the plugin was handed")?;
    let replay =
        stage.client.post(&reviewer, &format!("/v1/evaluations/{evaluation}/replay"), &json!({}))?.done()?;
    let hash = |field: &str| short(replay[field].as_str().unwrap_or_default()).to_owned();
    stage.story.say(format!(
        "An auditor asks {plan} about the decision of the first journey. Component {}, input {}: recorded answer {}, answer now {}.",
        hash("digest"),
        hash("input_sha256"),
        hash("output_sha256"),
        hash("replayed_sha256"),
    ));
    told_that(replay["same"] == true, "the replayed answer is the same")?;
    told("answer now", &hash("replayed_sha256"), &hash("output_sha256"))
}
