//! Plugins that misbehave while they decide. Whatever one does, the case is with people, its clock runs, the
//! record says how the call ended, and the next honest request of another plan is answered by that plan's
//! rules.

use expect_test::expect;
use serde_json::{Value, json};

use crate::floor::misjudged_night;
use crate::harness::{County, Database, Request, Server, asked, facts, on_both_databases, text, until};
use crate::journeys::{ecm, open_clocks};
use crate::ledger::number;

on_both_databases! {
    every_misdeed_leads_to_people
    a_flood_of_misdeeds_does_not_drown_other_plans
    what_keeps_failing_rests_until_it_answers
}

/// Payments of claims that cannot be believed: more than was charged, more than the rate gives, a cent that
/// nothing explains.
const OVERPAYS: [&str; 3] = ["pays-above-charge", "pays-above-rate", "pays-unbalanced"];

const MISDEEDS: [&str; 11] = [
    "loop",
    "memory",
    "recurse",
    "big-answer",
    "huge-answer",
    "trap",
    "guest-error",
    "undeclared",
    "denial-without-findings",
    "bad-date",
    "bad-procedure",
];

fn every_misdeed_leads_to_people(database: Database) {
    // Room for an answer of 64 MiB, so that its size and not the memory for it is what is refused; and time
    // to fill it. No number of faults in 20 calls makes it rest.
    let settings = [
        ("CROSSWALK_PLUGIN_MEMORY_MIB", "160"),
        ("CROSSWALK_PLUGIN_DEADLINE_MS", "1500"),
        ("CROSSWALK_PLUGIN_FAULTS", "21"),
    ];
    let server = Server::start_with(database, &settings);
    let county = County::of(server, &["valle-vista", "hostile-plan"]);
    let mut endings = String::new();
    let lists = [("referrals", &MISDEEDS[..]), ("authorizations", &MISDEEDS[..]), ("claims", &OVERPAYS[..])];
    for (list, misdeeds) in lists {
        for &misdeed in misdeeds {
            if list == "referrals" && misdeed.starts_with("bad-") {
                continue;
            }
            let case = match list {
                "claims" => misjudged_night(&county, misdeed),
                _ => county.submit(county.key_of("hospital"), list, &hostile_request(&county, list, misdeed)),
            };
            endings += &format!(
                "{list} {misdeed}: {} {}\n",
                text(&case, "/why_people/code"),
                text(&case, "/evaluation/ending")
            );
            assert_with_people(&county, &case, &format!("{list} {misdeed}"));

            let honest = county.submit(
                county.key_of("open-door"),
                "authorizations",
                &ecm(&county.person("valle-vista")),
            );
            assert_eq!(honest["state"], "approved", "another plan answers after {misdeed}");
            assert_eq!(honest["evaluation"]["ending"], "answer");
        }
    }
    expect![[r#"
        referrals loop: plugin-fault deadline
        referrals memory: plugin-fault memory
        referrals recurse: plugin-fault trap
        referrals big-answer: plugin-fault bad-output
        referrals huge-answer: plugin-fault bad-output
        referrals trap: plugin-fault trap
        referrals guest-error: plugin-declined guest-error
        referrals undeclared: plugin-answer-refused answer
        referrals denial-without-findings: plugin-answer-refused answer
        authorizations loop: plugin-fault deadline
        authorizations memory: plugin-fault memory
        authorizations recurse: plugin-fault trap
        authorizations big-answer: plugin-fault bad-output
        authorizations huge-answer: plugin-fault bad-output
        authorizations trap: plugin-fault trap
        authorizations guest-error: plugin-declined guest-error
        authorizations undeclared: plugin-answer-refused answer
        authorizations denial-without-findings: plugin-answer-refused answer
        authorizations bad-date: plugin-fault bad-output
        authorizations bad-procedure: plugin-fault bad-output
        claims pays-above-charge: plugin-answer-refused answer
        claims pays-above-rate: plugin-answer-refused answer
        claims pays-unbalanced: plugin-answer-refused answer
    "#]]
    .assert_eq(&endings);

    let honest = county.submit(
        county.key_of("hospital"),
        "authorizations",
        &hostile_request(&county, "authorizations", "none"),
    );
    assert_eq!(honest["state"], "approved", "and so does the plan itself, once it behaves");
    assert!(!county.server.log().contains("panicked"));
}

fn assert_with_people(county: &County, case: &Value, what: &str) {
    assert_eq!(case["state"], "with-people", "{what}");
    assert!(case["denial"].is_null() && case["decided_by"].is_null(), "{what}");
    assert_eq!(case["findings"], json!([]), "{what}: nothing of an answer that cannot be believed is shown");
    assert!(!open_clocks(case).is_empty(), "{what}: the clock runs");
    assert!(!text(case, "/why_people/text/es").is_empty(), "{what}");
    let item =
        county.work_item("hostile-plan", case).unwrap_or_else(|| panic!("{what}: it is in the worklist"));
    assert!(item["due_at"].is_string(), "{what}");

    let plan = county.plan("hostile-plan");
    let record =
        county.client().read(&plan.reviewer, &format!("/v1/evaluations/{}", text(case, "/evaluation/id")));
    assert_eq!(record["ending"], case["evaluation"]["ending"], "{what}");
    assert_eq!(record["digest"], plan.digest, "{what}");
    assert!(record["input"].is_object(), "{what}: the record holds what was asked");
    // That a call was cut off, its ending says; how soon is a busy machine's affair.
    assert!(record["duration_us"].as_i64().is_some_and(|taken| taken > 0), "{what}: {record}");

    let decision = match text(case, "/kind") {
        "referral" => json!({ "decision": "accept" }),
        "authorization" => json!({ "decision": "approve" }),
        _ => {
            let cut = json!([{ "group": "CO", "reason": "45", "amount": "50.00" }]);
            let line = json!({ "number": 1, "amount": "200.00", "adjustments": cut });
            json!({ "decision": "pay", "remittance": number(), "lines": [line] })
        }
    };
    let decided = county.change(&plan.reviewer, case, "decisions", &decision).with(200);
    assert_eq!(decided["decided_by"], "people", "{what}");
}

fn a_flood_of_misdeeds_does_not_drown_other_plans(database: Database) {
    let county = County::of(Server::start(database), &["valle-vista", "hostile-plan"]);
    std::thread::scope(|scope| {
        for misdeed in ["loop", "memory", "recurse", "loop"] {
            let county = &county;
            scope.spawn(move || {
                for _ in 0..5 {
                    let request = hostile_request(county, "authorizations", misdeed);
                    let request = Request::post("/v1/authorizations", &request).by(county.key_of("hospital"));
                    let answer = county.client().send(&request);
                    assert!([201, 503].contains(&answer.status), "{misdeed}: {}", answer.status);
                    if answer.status == 201 {
                        assert_eq!(answer.json["state"], "with-people", "{misdeed}");
                    }
                }
            });
        }
        for _ in 0..10 {
            let request = ecm(&county.person("valle-vista"));
            assert_eq!(
                county.submit(county.key_of("open-door"), "authorizations", &request)["state"],
                "approved"
            );
        }
    });
}

fn what_keeps_failing_rests_until_it_answers(database: Database) {
    let settings = [("CROSSWALK_PLUGIN_FAULTS", "3"), ("CROSSWALK_PLUGIN_REST_SECONDS", "1")];
    let county = County::of(Server::start_with(database, &settings), &["valle-vista", "hostile-plan"]);
    let (hospital, plan) = (county.key_of("hospital"), county.plan("hostile-plan"));
    let refer =
        |misdeed| county.submit(hospital, "referrals", &hostile_request(&county, "referrals", misdeed));
    let reason = |case: &Value| text(case, "/why_people/code").to_owned();
    for _ in 0..3 {
        assert_eq!(reason(&refer("trap")), "plugin-fault");
    }
    let resting = refer("none");
    assert_eq!((&resting["state"], &*reason(&resting)), (&json!("with-people"), "plugin-resting"));
    assert!(!open_clocks(&resting).is_empty(), "the clock runs");
    assert!(county.work_item("hostile-plan", &resting).is_some());
    let evaluation = text(&resting, "/evaluation/id");
    let record = county.client().read(&plan.reviewer, &format!("/v1/evaluations/{evaluation}"));
    assert_eq!((&record["ending"], &record["output"]), (&json!("not-asked"), &Value::Null));
    assert!(record["input"].is_object(), "what would have been asked is kept");
    let again = Request::post(format!("/v1/evaluations/{evaluation}/replay"), &json!({})).by(&plan.admin);
    assert_eq!(county.client().send(&again).json["errors"][0]["code"], "not-asked");

    let other = hostile_request(&county, "authorizations", "none");
    assert_eq!(
        county.submit(hospital, "authorizations", &other)["state"],
        "approved",
        "one operation rests alone"
    );
    let neighbour =
        county.submit(county.key_of("open-door"), "authorizations", &ecm(&county.person("valle-vista")));
    assert_eq!(neighbour["state"], "approved");
    let metrics = county.client().send(&Request::get("/metrics").by(&county.server.operator));
    let metrics = String::from_utf8_lossy(&metrics.bytes).into_owned();
    let gauge = "crosswalk_breaker_open{plan=\"hostile-plan\",operation=\"triage\"}";
    assert!(metrics.contains(gauge), "{metrics}");

    let path = "/v1/plans/hostile-plan/breakers";
    assert_eq!(county.client().send(&Request::get(path).by(&county.plan("valle-vista").admin)).status, 404);
    // It answers made-up cases, so it is asked again; no member was needed to find out.
    until("the breaker to close", || {
        let breakers = county.client().read(&plan.admin, path);
        let breakers = breakers["items"].as_array().expect("a list").clone();
        let triage = breakers.iter().find(|one| one["operation"] == "triage").expect("it was called");
        (triage["state"] == "closed").then_some(())
    });
    assert_eq!(refer("none")["state"], "accepted");

    let costs = county.client().read(&plan.admin, "/v1/plans/hostile-plan/costs");
    let costs = costs["items"].as_array().expect("a list").iter();
    let mut lines: Vec<String> = costs
        .map(|line| {
            format!("{} {} calls, {} faults", text(line, "/operation"), line["calls"], line["faults"])
        })
        .collect();
    lines.sort();
    assert_eq!(
        lines,
        ["determine 1 calls, 0 faults", "presume 1 calls, 0 faults", "triage 4 calls, 3 faults"]
    );
    let far =
        county.client().send(&Request::get("/v1/plans/hostile-plan/costs?from=2020-01-01").by(&plan.admin));
    assert_eq!(far.json["errors"][0]["code"], "days-out-of-order");
}

fn hostile_request(county: &County, list: &str, misdeed: &str) -> Value {
    let mut request = json!({
        "member": county.person("hostile-plan").named(), "service": "recuperative-care",
        "facts": facts(&[
            ("clinical.needs-recovery-care", json!(true)),
            ("plan.hostile-plan.behavior", json!(misdeed)),
        ]),
    });
    if list == "authorizations" {
        request["lines"] = json!([asked("T2033 U6", 14, "2026-03-02", "2026-03-15")]);
    }
    request
}
