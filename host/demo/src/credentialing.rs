//! The journey of one credentialing file through four plans.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::case::Case;
use super::client::{Trouble, told, told_that};
use super::county::{self, COUNTY, PLANS, PROVIDERS};
use super::stage::{Stage, facts};
use super::story::{short, word};

pub(super) fn four_readings(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    let key = stage.key_of(county::NEW_LEAF)?;
    let name = PROVIDERS[county::NEW_LEAF].name;
    stage.story.say(format!(
        "{name} fills in one file for medically tailored meals and sends it to all four plans."
    ));
    let file = json!({
        "legal_name": name, "services": ["medically-tailored-meals"], "counties": [COUNTY],
        "plans": PLANS.map(|plan| plan.id), "answers": answers(), "documents": documents(stage),
    });
    let case = stage.send(&key, "applications", &file)?;
    let mut lists = BTreeSet::new();
    for plan in &PLANS {
        tell(stage, &case, plan.id)?;
        lists.insert(wanted(stage, &case, plan.id)?);
    }
    told_that(lists.len() == PLANS.len(), "four plans have four different lists")?;
    told_each(&case, &["valle-vista", "harbor-crest", "silver-oak"], "incomplete")?;
    told_each(&case, &["costa-alta"], "with-people")?;

    stage.story.say("All of them miss the liability certificate. Its limit is $1,000,000; it is sent once.");
    let case = stage.supply(&key, &case, json!([]), certificate(stage, "1000000.00"))?;
    for plan in ["valle-vista", "harbor-crest", "silver-oak"] {
        tell(stage, &case, plan)?;
    }
    told_each(&case, &["valle-vista", "silver-oak"], "approved")?;
    told_each(&case, &["harbor-crest"], "incomplete")?;
    let results = case.review("harbor-crest")?["requirements"].as_array().into_iter().flatten();
    let insufficient = results.filter(|result| result["standing"] == "insufficient").count();
    told_that(insufficient == 1, "only the limit is not enough for Harbor Crest")?;

    stage
        .story
        .say("The insurer raises the limit. Costa Alta's person has read the file by then, and approves.");
    let case = stage.supply(&key, &case, json!([]), certificate(stage, "2000000.00"))?;
    let reviewer = stage.plan("costa-alta")?.reviewer.clone();
    stage.decide(&reviewer, &case, &json!({ "decision": "approve" }))?.done()?;
    let case = stage.read(&key, &case)?;
    for plan in ["harbor-crest", "costa-alta"] {
        tell(stage, &case, plan)?;
    }
    told_each(&case, &PLANS.map(|plan| plan.id), "approved")?;
    told("state", case.state(), "settled")?;
    stage.story.say("Next for New Leaf: the contracts. Nothing was typed twice.");
    Ok(())
}

fn told_each(case: &Case, plans: &[&str], state: &str) -> Result<(), Trouble> {
    plans.iter().try_for_each(|plan| told(plan, word(case.review(plan)?, "/state"), state))
}

/// Says how one plan's reading stands, and what it reads for.
fn tell(stage: &mut Stage<'_>, case: &Case, plan: &str) -> Result<(), Trouble> {
    let review = case.review(plan)?;
    let state = word(review, "/state");
    let list = wanted(stage, case, plan)?;
    let results = review["requirements"].as_array().map(Vec::as_slice).unwrap_or_default();
    let satisfied = results.iter().filter(|result| result["standing"] == "satisfied").count();
    let by = match review.pointer("/evaluation/digest").and_then(Value::as_str) {
        Some(digest) => format!("{satisfied} satisfied, says plugin {}", short(digest)),
        None => "read by its people".to_owned(),
    };
    stage.story.say(format!("{plan}: {state}. {} requirements, {by}.", list.len()));
    if state != "approved" {
        stage.story.detail("▸", list.join(", "));
    }
    for result in results.iter().filter(|result| result["standing"] != "satisfied") {
        let mark = if result["standing"] == "needs-person" { "…" } else { "✗" };
        let (id, standing) = (word(result, "/id"), word(result, "/standing"));
        stage.story.detail(mark, format!("{id} [{standing}]: {}", word(result, "/reason/en")));
    }
    Ok(())
}

/// Codes of the facts and documents that a plan wants to see, without the plan's prefix. Where its people
/// read the file, the list is the one that it has published.
fn wanted(stage: &Stage<'_>, case: &Case, plan: &str) -> Result<Vec<String>, Trouble> {
    let mut requirements = case.review(plan)?["requirements"].clone();
    if requirements.as_array().is_none_or(Vec::is_empty) {
        let key = stage.key_of(county::NEW_LEAF)?;
        let profile = stage.client.get(&key, &format!("/v1/plans/{plan}/profile"))?.with(200)?;
        requirements = profile["requirements"].clone();
    }
    let ids = requirements.as_array().into_iter().flatten().map(|requirement| word(requirement, "/id"));
    let ids: Vec<String> = ids.map(|id| id.split_once('.').map_or(id, |(_, own)| own).to_owned()).collect();
    told_that(!ids.is_empty(), &format!("{plan} says what it requires"))?;
    Ok(ids)
}

fn certificate(stage: &Stage<'_>, limit: &str) -> Value {
    json!([{
        "kind": "liability-certificate", "issued": stage.day(-30), "expires": stage.day(335), "amount": limit,
    }])
}

pub(super) fn answers() -> Value {
    facts(&[
        ("org.years-in-operation", json!(6)),
        ("org.legal-structure", json!("nonprofit")),
        ("org.hipaa-policies", json!(true)),
        ("org.incident-plan", json!(true)),
        ("org.mfa", json!(true)),
        ("org.background-checks", json!(true)),
        ("org.fraud-history", json!(false)),
        ("org.criminal-history", json!(false)),
        ("org.liability-claims", json!(false)),
        ("org.can-bill", json!(true)),
        ("org.can-receive-referrals", json!(true)),
        ("org.similar-experience", json!(true)),
        ("org.reporting-capability", json!(true)),
    ])
}

/// Everything that any plan wants, but one.
pub(super) fn documents(stage: &Stage<'_>) -> Value {
    let kinds = [
        "professional-liability-certificate",
        "workers-compensation-certificate",
        "auto-certificate",
        "w9",
        "business-license",
        "irs-determination-letter",
        "privacy-policy",
        "fwa-training",
        "site-visit",
        "fire-clearance",
        "food-permit",
        "disclosure-of-ownership",
        "attestation",
        "bank-form",
        "org-chart",
    ];
    let document = |kind: &str| {
        let mut document = json!({ "kind": kind, "issued": stage.day(-30), "expires": stage.day(335) });
        if kind.ends_with("certificate") {
            document["amount"] = json!("3000000.00");
        }
        document
    };
    kinds.iter().map(|kind| document(kind)).collect()
}
