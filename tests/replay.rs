//! Decisions made again: the same component, asked the same, answers the same bytes, whatever is active by
//! then.

use serde_json::{Value, json};

use crate::harness::{Client, County, Database, Request, Server, facts, on_both_databases, redacted, text};
use crate::idempotency::all_cases;
use crate::journeys::{ecm, ecm_referral};

on_both_databases! {
    a_decision_stays_what_it_was
}

fn a_decision_stays_what_it_was(database: Database) {
    let mut county = County::of(Server::start(database), &["valle-vista", "harbor-crest"]);
    let key = county.key_of("open-door").to_owned();
    let person = county.person("valle-vista");
    county.submit(&key, "referrals", &ecm_referral(&person));
    let approved = county.submit(&key, "authorizations", &ecm(&person));
    assert_eq!(approved["state"], "approved");
    let admin = county.plan("valle-vista").admin.clone();
    let operator = county.server.operator.clone();
    let old = county.plan("valle-vista").digest.clone();

    let client = county.client();
    let evaluations: Vec<String> = ["referrals", "authorizations"]
        .iter()
        .flat_map(|list| all_cases(&client, &key, list))
        .map(|case| text(&case, "/evaluation/id").to_owned())
        .collect();
    assert_eq!(evaluations.len(), 2);
    let before: Vec<Value> = evaluations.iter().map(|id| replay(&client, &admin, id)).collect();
    for answer in &before {
        assert_same(answer, &old);
    }
    for (caller, status) in [(&key, 403), (&county.plan("harbor-crest").admin, 404)] {
        let request =
            Request::post(format!("/v1/evaluations/{}/replay", evaluations[0]), &json!({})).by(caller);
        assert_eq!(client.send(&request).status, status);
    }

    let new = county.activate("valle-vista", "valle-vista-broken");
    assert_ne!(new, old);
    let request = json!({
        "member": county.person("valle-vista").named(), "service": "housing-transition-navigation",
        "lines": [crate::harness::asked("H0043 U6", 90, "2026-03-02", "2026-05-30")],
        "facts": facts(&[
            ("consent.member-agrees", json!(true)),
            ("housing.status", json!("homeless-sheltered")),
            ("clinical.serious-health-condition", json!(true)),
        ]),
    });
    let stuck = county.submit(&key, "authorizations", &request);
    assert_eq!((&stuck["evaluation"]["digest"], &stuck["state"]), (&json!(new), &json!("with-people")));
    assert_same(&replay(&client, &admin, text(&stuck, "/evaluation/id")), &new);
    let same = |case: &Value| {
        let mut case = case.clone();
        // Meanwhile the provider is told, which ends a clock.
        case["deadlines"] = Value::Null;
        // What was asked for is read back with the case, not in the answer that made it.
        case.as_object_mut().expect("a case").remove("request");
        case
    };
    let now = county.again(&key, &approved);
    assert_eq!(same(&now), same(&approved), "a decision that was made stays as it was made");
    for (id, first) in evaluations.iter().zip(&before) {
        assert_eq!(&replay(&client, &operator, id), first, "under the old digest");
    }

    county.server.start_again();
    let client = county.client();
    for (id, first) in evaluations.iter().zip(&before) {
        assert_eq!(&replay(&client, &admin, id), first, "and after a restart");
    }
    assert_eq!(redacted(&county.again(&key, &approved))["grant"], redacted(&approved)["grant"]);
}

fn replay(client: &Client, key: &str, evaluation: &str) -> Value {
    client.send(&Request::post(format!("/v1/evaluations/{evaluation}/replay"), &json!({})).by(key)).with(200)
}

fn assert_same(answer: &Value, digest: &str) {
    assert_eq!(answer["same"], true);
    assert_eq!(answer["output_sha256"], answer["replayed_sha256"]);
    assert_eq!(answer["digest"], digest);
}
