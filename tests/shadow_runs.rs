//! Shadow runs: a candidate's other decisions, found before it decides anything.

use expect_test::expect;
use serde_json::{Value, json};

use crate::harness::{
    County, Database, Request, Server, asked, component, facts, on_both_databases, text, until,
};
use crate::journeys::{ecm, ecm_referral};

on_both_databases! {
    a_plan_sees_what_a_candidate_would_change
    a_run_goes_along_with_what_is_decided
    a_run_says_what_is_wrong_with_it
}

fn a_plan_sees_what_a_candidate_would_change(database: Database) {
    let county = County::of(Server::start(database), &["valle-vista", "harbor-crest"]);
    let (key, admin) = (county.key_of("open-door"), county.plan("valle-vista").admin.clone());
    county.submit(key, "referrals", &ecm_referral(&county.person("valle-vista")));
    county.submit(key, "authorizations", &ecm(&county.person("valle-vista")));
    let housing = json!({
        "member": county.person("valle-vista").named(), "service": "housing-transition-navigation",
        "lines": [asked("H0043 U6", 90, "2026-03-02", "2026-05-30")],
        "facts": facts(&[
            ("consent.member-agrees", json!(true)),
            ("housing.status", json!("homeless-sheltered")),
            ("clinical.serious-health-condition", json!(true)),
        ]),
    });
    let approved = county.submit(key, "authorizations", &housing);
    assert_eq!(approved["state"], "approved");

    let same = finished(&county, &admin, &json!({ "digest": county.plan("valle-vista").digest }));
    // A referral, two authorizations with a presumption each, and the files of the county's four providers.
    assert_eq!((&same["wanted"], &same["compared"]), (&json!(9), &json!(9)));
    assert_eq!((&same["report"]["same"], &same["report"]["changed"]), (&json!(9), &json!(0)));

    let client = county.client();
    let upload =
        Request::bytes("/v1/plans/valle-vista/plugins", "application/wasm", component("valle-vista-broken"));
    let candidate = client.send(&upload.by(&admin)).with(201)["digest"].clone();
    let run = finished(&county, &admin, &json!({ "digest": candidate, "from": "2026-03-02" }));
    expect![[r#"
        {
          "approvals_gained": 0,
          "approvals_lost": 3,
          "causes": [
            {
              "count": 8,
              "criteria": [],
              "direction": "less",
              "id": "03accc668bf86965",
              "kind": "no-answer"
            },
            {
              "count": 1,
              "criteria": [],
              "direction": "reasons",
              "id": "5962c8752699aa34",
              "kind": "no-answer"
            }
          ],
          "changed": 9,
          "clinical_reviews": 0,
          "criteria": {
            "vv.consent": 1,
            "vv.coverage": 4,
            "vv.duplicate": 4,
            "vv.ecm.homelessness.complex-need": 3,
            "vv.ecm.homelessness.housing": 3,
            "vv.ecm.no-other-provider": 3,
            "vv.ecm.not-1915c": 3,
            "vv.ecm.not-d-snp": 3,
            "vv.ecm.not-hospice": 3,
            "vv.elected": 4,
            "vv.navigation.need": 1
          },
          "dollars": "-6585.00",
          "faults": 4,
          "listed": 9,
          "moves": {
            "accepted > declined": 1,
            "approved > fault": 2,
            "incomplete > declined": 4,
            "no-window > fault": 1,
            "window > fault": 1
          },
          "same": 0,
          "services": {
            "ecm": {
              "less": 7
            },
            "housing-transition-navigation": {
              "less": 1,
              "reasons": 1
            }
          },
          "stays": {},
          "unreadable": 0
        }
    "#]]
    .assert_eq(&format!("{:#}\n", run["report"]));
    let still = county.submit(key, "authorizations", &ecm(&county.person("valle-vista")));
    assert_eq!(still["evaluation"]["digest"], county.plan("valle-vista").digest, "it has decided nothing");

    let path = format!("/v1/shadow-runs/{}", text(&run, "/id"));
    let changes = client.read(&admin, &format!("{path}/changes?limit=1"));
    assert_eq!(changes["items"].as_array().expect("a list").len(), 1);
    let rest = format!("{path}/changes?cursor={}", text(&changes, "/next_cursor"));
    let rest = client.read(&admin, &rest);
    let changes: Vec<Value> =
        [&changes, &rest].iter().flat_map(|page| page["items"].as_array().expect("a list").clone()).collect();
    let of_case = |change: &&Value| change["case"] == approved["id"] && change["operation"] == "determine";
    let lost = changes.iter().find(of_case).expect("the case changes");
    assert_eq!((&lost["before"]["outcome"], &lost["direction"]), (&json!("approved"), &json!("less")));

    // Every changed evaluation is under one cause, and each cause lists its own.
    let causes = run["report"]["causes"].as_array().expect("a list");
    for cause in causes {
        let of_cause = client.read(&admin, &format!("{path}/changes?cause={}", text(cause, "/id")));
        let of_cause = of_cause["items"].as_array().expect("a list");
        assert_eq!(json!(of_cause.len()), cause["count"]);
        assert!(of_cause.iter().all(|change| change["cause"] == cause["id"]), "{cause}");
    }
    assert_eq!(run["criteria"]["vv.consent"]["en"].as_str().map(str::is_empty), Some(false), "it has words");

    let sheet = client.send(&Request::get(format!("{path}/changes.csv")).by(&admin));
    assert_eq!((sheet.status, sheet.header("Content-Type")), (200, "text/csv; charset=utf-8"));
    let sheet = String::from_utf8(sheet.bytes).expect("it is UTF-8");
    assert_eq!(sheet.lines().count(), 1 + changes.len());
    assert!(sheet.starts_with("number,case,evaluation,operation,service,direction,before,after,"), "{sheet}");

    let reviewer = &county.plan("valle-vista").reviewer;
    assert_eq!(client.send(&Request::get(format!("{path}/changes")).by(reviewer)).status, 200);
    let operator = &county.server.operator;
    assert_eq!(client.send(&Request::get(&*path).by(operator)).status, 200, "the county sees counts");
    assert_eq!(client.send(&Request::get(format!("{path}/changes")).by(operator)).status, 403, "and no case");
    for (caller, status) in [(key, 403), (&county.plan("harbor-crest").admin, 404)] {
        assert_eq!(client.send(&Request::get(&*path).by(caller)).status, status);
    }
    let listed = client.read(&admin, "/v1/plans/valle-vista/shadow-runs");
    let listed: Vec<&Value> =
        listed["items"].as_array().expect("a list").iter().map(|run| &run["id"]).collect();
    assert_eq!(listed, [&run["id"], &same["id"]]);
    let path_of_candidate =
        format!("/v1/plans/valle-vista/shadow-runs?digest={}", candidate.as_str().expect("a digest"));
    let of_candidate = client.read(&admin, &path_of_candidate);
    assert_eq!((&of_candidate["items"][0]["id"], &of_candidate["items"][1]), (&run["id"], &Value::Null));
    let cancel = Request::post(format!("{path}/cancellation"), &json!({})).by(&admin);
    assert_eq!(client.send(&cancel).json["errors"][0]["code"], "ended");

    // It takes three approvals away: the county lets one person answer for two at most.
    let seen = client.read(&admin, &format!("/v1/plugins/{}", candidate.as_str().expect("a digest")));
    assert_eq!((&seen["state"], &seen["lacking"]), (&json!("shadowed"), &json!([])));
    let policy = json!({ "requires": ["shadow"], "most_changed_approvals": 2 });
    let policy = Request::post("/v1/plans/valle-vista/policy", &policy).method("PUT").by(operator);
    assert_eq!(client.send(&policy).with(200)["most_changed_approvals"], 2);
    let activate = |by: &str| {
        let body = json!({ "digest": candidate });
        client.send(&Request::post("/v1/plans/valle-vista/activations", &body).by(by))
    };
    let alone = activate(&admin);
    assert_eq!((alone.status, &alone.json["errors"][0]["code"]), (409, &json!("approver-needed")));
    assert_eq!(activate(&county.another_admin("valle-vista")).status, 201);
}

fn a_run_goes_along_with_what_is_decided(database: Database) {
    let mut county = County::of(Server::start(database), &["valle-vista"]);
    let (key, admin) = (county.key_of("open-door").to_owned(), county.plan("valle-vista").admin.clone());
    let person = county.person("valle-vista");
    let upload =
        Request::bytes("/v1/plans/valle-vista/plugins", "application/wasm", component("valle-vista-broken"));
    let candidate = county.client().send(&upload.by(&admin)).with(201)["digest"].clone();
    let start = |body: Value| {
        let request = Request::post("/v1/plans/valle-vista/shadow-runs", &body).by(&admin);
        county.client().send(&request).with(201)
    };
    let whole = start(json!({ "digest": candidate, "live_minutes": 60 }));
    let some = start(json!({ "digest": candidate, "live_minutes": 60, "share_percent": 1 }));
    assert_eq!((&whole["wanted"], &whole["share_percent"]), (&Value::Null, &json!(100)));
    county.submit(&key, "authorizations", &ecm(&person));

    let again = |county: &County, run: &Value| {
        county.client().read(&admin, &format!("/v1/shadow-runs/{}", text(run, "/id")))
    };
    county.server.start_again_at("2026-03-02T18:30:00Z");
    let seen = until("the run to come along", || {
        let run = again(&county, &whole);
        (run["compared"] == 2).then_some(run)
    });
    assert_eq!((&seen["state"], &seen["report"]["approvals_lost"]), (&json!("running"), &json!(1)));
    county.submit(&key, "authorizations", &ecm(&county.person("valle-vista")));

    county.server.start_again_at("2026-03-02T19:30:00Z");
    let done = until("the run to end", || {
        let run = again(&county, &whole);
        (run["state"] == "done").then_some(run)
    });
    assert_eq!((&done["compared"], &done["report"]["approvals_lost"]), (&json!(4), &json!(2)));
    let some = until("the other run to end", || {
        let run = again(&county, &some);
        (run["state"] == "done").then_some(run)
    });
    assert!(
        some["compared"].as_u64().is_some_and(|compared| compared <= 4),
        "one of a hundred, or by luck more"
    );
}

fn a_run_says_what_is_wrong_with_it(database: Database) {
    let county = County::shared(database);
    let plan = county.plan("silver-oak");
    let unknown = "0".repeat(64);
    let table = [
        (json!({ "digest": unknown }), "/digest unknown-plugin"),
        (json!({ "digest": "me" }), "/digest invalid-value"),
        (json!({ "digest": plan.digest, "last": 0 }), "/last out-of-range"),
        (json!({ "digest": plan.digest, "last": 1_000_001 }), "/last out-of-range"),
        (json!({ "digest": plan.digest, "last": 5, "from": "2026-03-01" }), "/last not-with-this"),
        (json!({ "digest": plan.digest, "to": "2026-03-01" }), "/last not-with-this"),
        (json!({ "digest": plan.digest, "from": "2026-03-02", "to": "2026-03-01" }), "/to days-out-of-order"),
        (json!({ "digest": plan.digest, "from": "2026-02-30" }), "/from invalid-day"),
        (json!({ "digest": plan.digest, "share_percent": 5 }), "/share_percent not-with-this"),
        (json!({ "digest": plan.digest, "live_minutes": 0 }), "/live_minutes out-of-range"),
        (json!({ "digest": plan.digest, "live_minutes": 10_081 }), "/live_minutes out-of-range"),
        (
            json!({ "digest": plan.digest, "live_minutes": 5, "share_percent": 101 }),
            "/share_percent out-of-range",
        ),
        (json!({ "digest": plan.digest, "live_minutes": 5, "last": 5 }), "/live_minutes not-with-this"),
        (json!({ "digest": plan.digest, "from": "2025-01-01", "to": "2025-01-31" }), " nothing-to-compare"),
    ];
    for (body, expected) in table {
        let request = Request::post("/v1/plans/silver-oak/shadow-runs", &body).by(&plan.admin);
        let answer = county.client().send(&request);
        let problem = &answer.json["errors"][0];
        let seen = format!("{} {}", text(problem, "/pointer"), text(problem, "/code"));
        assert_eq!((answer.status, &*seen), (422, expected), "{body}");
    }
    let foreign = Request::post("/v1/plans/silver-oak/shadow-runs", &json!({ "digest": plan.digest }));
    assert_eq!(county.client().send(&foreign.by(&county.plan("valle-vista").admin)).status, 404);
}

/// The run, once everything was compared.
fn finished(county: &County, admin: &str, body: &Value) -> Value {
    let start = Request::post("/v1/plans/valle-vista/shadow-runs", body).by(admin);
    let run = county.client().send(&start).with(201);
    assert_eq!(run["state"], "running");
    until("the run to end", || {
        let run = county.client().read(admin, &format!("/v1/shadow-runs/{}", text(&run, "/id")));
        (run["state"] == "done").then_some(run)
    })
}
