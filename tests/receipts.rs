//! Does an uploaded plugin conform? A plan's administrator has it asked, and the receipt stays.

use serde_json::{Value, json};

use crate::harness::{Answer, County, Database, Request, Server, hostile, on_both_databases, problem, text};

on_both_databases! {
    a_receipt_stays
    a_plugin_that_does_not_conform_gets_a_receipt_too
    what_cannot_be_asked_is_said
}

fn path(plan: &str, digest: &str) -> String {
    format!("/v1/plans/{plan}/plugins/{digest}/receipts")
}

/// Only one plugin is asked at a time, and the tests share a service.
fn make(county: &County, key: &str, path: &str, body: &Value) -> Answer {
    let request = Request::post(path, body).by(key);
    let mut answer = county.client().send(&request);
    while answer.status == 503 {
        answer = county.client().send(&request);
    }
    answer
}

fn a_receipt_stays(database: Database) {
    let county = County::shared(database);
    let (client, plan) = (county.client(), county.plan("silver-oak"));
    let path = path("silver-oak", &plan.digest);
    let file: Value =
        serde_json::from_str(include_str!("../plugins/plans/silver-oak/cases/referral.json")).expect("JSON");
    let first = make(county, &plan.admin, &path, &json!({ "examples": [file] })).with(201);
    assert_eq!(first["conforms"], true, "{first:#}");
    assert_eq!((text(&first, "/digest"), text(&first, "/plan")), (&*plan.digest, "silver-oak"));
    assert_eq!((text(&first, "/contract"), &first["kit"]), ("crosswalk:plan@1.0.0", &json!(2)));
    assert_eq!(first["receipt"]["digest"], first["digest"]);
    let held = file["cases"].as_array().map(Vec::len);
    assert_eq!(first["receipt"]["examples"], json!({ "held": held, "broken": [] }));

    // A second run is another receipt; a retry is the same one.
    let second = Request::post(&path, &json!({})).by(&plan.admin).once("again");
    let mut answer = client.send(&second);
    while answer.status == 503 {
        answer = client.send(&second);
    }
    let made = answer.with(201);
    assert_ne!(made["id"], first["id"]);
    let mut retry = client.send(&second);
    while retry.status == 503 {
        retry = client.send(&second);
    }
    assert!(retry.is_replayed());
    assert_eq!(retry.with(201), made);

    // Newest first, page by page.
    let newest = client.read(&plan.admin, &format!("{path}?limit=1"));
    assert_eq!(newest["items"], json!([made]));
    let next = format!("{path}?limit=1&cursor={}", text(&newest, "/next_cursor"));
    assert_eq!(client.read(&plan.admin, &next)["items"], json!([first]));
    assert_eq!(client.read(&county.server.operator, &path)["items"].as_array().map(Vec::len), Some(2));
}

fn a_plugin_that_does_not_conform_gets_a_receipt_too(database: Database) {
    let county = County::of(Server::start(database), &["hostile-plan"]);
    let (client, plan) = (county.client(), county.plan("hostile-plan"));
    let bytes = hostile("denial-without-findings");
    let upload = Request::bytes("/v1/plans/hostile-plan/plugins", "application/wasm", bytes).by(&plan.admin);
    let digest = text(&client.send(&upload).with(201), "/digest").to_owned();
    let receipt = make(&county, &plan.admin, &path("hostile-plan", &digest), &json!({})).with(201);
    assert_eq!(receipt["conforms"], false);
    let checks = receipt["receipt"]["checks"].as_array().expect("a list").iter();
    let failed: Vec<&str> =
        checks.filter(|check| check["failed"] != 0).map(|check| text(check, "/id")).collect();
    assert_eq!(failed, ["denials-explained"]);
    // The receipt is about that component, and no other.
    let listed = |digest: &str| client.read(&plan.admin, &path("hostile-plan", digest))["items"].clone();
    assert_eq!(listed(&digest), json!([receipt]));
    assert_eq!(listed(&plan.digest), json!([]));
}

fn what_cannot_be_asked_is_said(database: Database) {
    let county = County::shared(database);
    let (client, plan) = (county.client(), county.plan("silver-oak"));
    let own = path("silver-oak", &plan.digest);
    for (key, path, status) in [
        (&plan.admin, path("silver-oak", &"0".repeat(64)), 404),
        (&plan.admin, path("silver-oak", "no-digest"), 404),
        (&plan.admin, path("valle-vista", &county.plan("valle-vista").digest), 404),
        (&plan.admin, path("silver-oak", &county.plan("valle-vista").digest), 404),
        (&plan.reviewer, own.clone(), 403),
        (&county.provider("open-door").key, own.clone(), 403),
    ] {
        assert_eq!(client.send(&Request::post(&path, &json!({})).by(key)).status, status, "POST {path}");
        assert_eq!(client.send(&Request::get(&path).by(key)).status, status, "GET {path}");
    }
    let bad = json!({ "examples": [{ "cases": [{ "name": "one", "operation": "guess", "expect": {} }] }] });
    let answer = client.send(&Request::post(&own, &bad).by(&plan.admin));
    expect_test::expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /examples/0/cases/0 invalid-value: this is no example case
          run `crosswalk plugin test` on the file; it says what is wrong with the case
    "#]]
    .assert_eq(&problem(&answer));
}
