//! Referrals in FHIR: a bundle becomes a case that both kinds of software see, a refusal an
//! `OperationOutcome`.

use serde_json::{Value, json};

use crate::harness::{Answer, County, Database, Person, Request, facts, on_both_databases, text};

on_both_databases! {
    a_bundle_becomes_a_referral
    refusals_are_operation_outcomes
}

/// A bundle of the HL7 SDOH Clinical Care guide, as a clinic's record system sends it.
const BUNDLE: &str = include_str!("../host/formats/examples/sdohcc-referral-bundle.json");

fn a_bundle_becomes_a_referral(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let key = county.key_of("open-door");
    let request = Request::bytes(
        "/fhir/Bundle",
        "application/fhir+json",
        about(&county.person("valle-vista")).to_string(),
    );
    let request = request.by(key);
    let answer = client.send(&request);
    assert_eq!(answer.header("content-type"), "application/fhir+json");
    let again = client.send(&request);
    assert!(again.is_replayed());
    assert_eq!(again.bytes, answer.bytes);
    let location = answer.header("location").to_owned();
    let task = answer.with(201);
    assert_eq!((text(&task, "/resourceType"), text(&task, "/intent")), ("Task", "order"));
    let identifiers = task["identifier"].as_array().expect("a list").iter();
    let id = identifiers
        .map(|one| text(one, "/value"))
        .find(|value| value.starts_with("case_"))
        .expect("our case id");
    assert!(location.starts_with("/fhir/Task/"));

    let case = client.read(key, &format!("/v1/referrals/{id}"));
    assert_eq!(case["service"], "housing-transition-navigation");
    assert_eq!(case["plan"]["id"], "valle-vista");
    assert_eq!(case["state"], "needs-information");
    let more = json!({ "facts": facts(&[("clinical.serious-health-condition", json!(true))]) });
    assert_eq!(county.change(key, &case, "information", &more).with(200)["state"], "accepted");
    let read = client.send(&Request::get(&location).by(key));
    assert!(read.header("etag").starts_with("W/\""), "FHIR's tags are weak");
    let read = read.with(200);
    // The plan's yes is in our own words; in FHIR's, it is the provider who accepts.
    assert_eq!((text(&read, "/status"), text(&read, "/businessStatus/text")), ("requested", "accepted"));
    let case = county.again(key, &case);
    county.change(key, &case, "status", &json!({ "status": "accepted" })).with(200);
    assert_eq!(text(&client.read(key, &location), "/status"), "accepted");

    // What one kind of software opened, the other cannot open again.
    let again = request.once("another attempt");
    let outcome = assert_outcome(&client.send(&again), 409);
    assert_eq!(text(&outcome, "/issue/0/code"), "conflict");
}

fn refusals_are_operation_outcomes(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let key = county.key_of("open-door");
    let person = county.person("valle-vista");
    let send =
        |body: String| client.send(&Request::bytes("/fhir/Bundle", "application/fhir+json", body).by(key));
    assert_outcome(&send("{".to_owned()), 400);
    assert_outcome(&send("{}".to_owned()), 422);
    assert_outcome(
        &send(json!({ "resourceType": "Bundle", "type": "transaction", "entry": [] }).to_string()),
        422,
    );
    assert_outcome(&send(json!({ "resourceType": "Observation" }).to_string()), 422);
    for missing in ["Patient", "ServiceRequest"] {
        let mut bundle = about(&person);
        let entries = bundle["entry"].as_array_mut().expect("a list");
        entries.retain(|entry| entry["resource"]["resourceType"] != missing);
        let outcome = assert_outcome(&send(bundle.to_string()), 422);
        assert!(
            !text(&outcome, "/issue/0/diagnostics").is_empty()
                || !text(&outcome, "/issue/0/details/text").is_empty()
        );
    }
    let mut stranger = about(&person);
    each_patient(&mut stranger, |patient| patient["birthDate"] = json!("1931-07-20"));
    assert_outcome(&send(stranger.to_string()), 422);
    let mut unknown = about(&person);
    for entry in unknown["entry"].as_array_mut().expect("a list") {
        if entry["resource"]["resourceType"] == "ServiceRequest" {
            entry["resource"]["code"] = json!({ "coding": [{ "system": "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "code": "ZZZZZ" }] });
        }
    }
    assert_outcome(&send(unknown.to_string()), 422);
    let mut cyclic = about(&person);
    for entry in cyclic["entry"].as_array_mut().expect("a list") {
        if entry["resource"]["resourceType"] == "Task" {
            entry["resource"]["focus"] = json!({ "reference": "Task/task-2041" });
        }
    }
    assert_outcome(&send(cyclic.to_string()), 422);

    assert_outcome(
        &client.send(&Request::get("/fhir/Task/case-00000000000000000000000000000000").by(key)),
        404,
    );
    assert_outcome(&client.send(&Request::get("/fhir/Task/case-00000000000000000000000000000000")), 401);
    assert_outcome(&client.send(&Request::get("/fhir/Patient/1").by(key)), 404);
    let reviewer = &county.plan("valle-vista").reviewer;
    let bundle = Request::bytes("/fhir/Bundle", "application/fhir+json", about(&person).to_string());
    assert_outcome(&client.send(&bundle.clone().by(reviewer)), 403);
    assert_outcome(&client.send(&bundle.without("Idempotency-Key").by(key)), 400);
}

#[track_caller]
fn assert_outcome(answer: &Answer, status: u16) -> Value {
    let content = String::from_utf8_lossy(&answer.bytes);
    assert_eq!(answer.status, status, "{content}");
    assert_eq!(answer.header("content-type"), "application/fhir+json");
    assert_eq!(answer.json["resourceType"], "OperationOutcome", "{content}");
    let issues = answer.json["issue"].as_array().expect("a list");
    assert!(!issues.is_empty());
    for issue in issues {
        assert_eq!(issue["severity"], "error");
        assert!(issue["code"].is_string());
    }
    assert!(!content.contains("Quillfeather"), "{content}");
    answer.json.clone()
}

/// The bundle about a member of this county.
pub(crate) fn about(person: &Person) -> Value {
    let mut bundle: Value = serde_json::from_str(BUNDLE).expect("the example is JSON");
    each_patient(&mut bundle, |patient| {
        patient["birthDate"] = person.named()["birth_date"].clone();
        patient["name"] = json!([{ "family": "Quillfeather", "given": ["Zebulonia"] }]);
        for identifier in patient["identifier"].as_array_mut().expect("a list") {
            identifier["value"] = json!(person.cin);
        }
    });
    bundle
}

fn each_patient(bundle: &mut Value, change: impl Fn(&mut Value)) {
    for entry in bundle["entry"].as_array_mut().expect("a list") {
        if entry["resource"]["resourceType"] == "Patient" {
            change(&mut entry["resource"]);
        }
    }
}
