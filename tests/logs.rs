//! Texts that operators read: the log at its most talkative, the metrics and the spans. Nobody's number,
//! name, birth date or secret is in either, not even of those whose requests were refused.

use serde_json::json;

use crate::harness::{COUNTY, Collector, County, Database, Request, Server, on_both_databases};
use crate::journeys::{ecm, ecm_referral, take_fact};

on_both_databases! {
    nobody_is_in_what_operators_read
    a_collector_that_is_not_there_holds_nothing_up
}

fn nobody_is_in_what_operators_read(database: Database) {
    let collector = Collector::start();
    let settings = [("CROSSWALK_LOG", "debug"), ("CROSSWALK_OTLP_TRACES", &*collector.address)];
    let server = Server::start_with(database, &settings);
    let mut county = County::of(server, &["valle-vista", "silver-oak", "hostile-plan"]);
    let client = county.client();
    let key = &county.key_of("open-door").to_owned();
    let people = [county.person("valle-vista"), county.person("silver-oak"), county.person("hostile-plan")];
    for person in &people {
        let mut request = ecm(person);
        client.send(&Request::post("/v1/authorizations", &request).by(key));
        take_fact(&mut request, "clinical.complex-need");
        request["facts"].as_array_mut().expect("a list").push(json!({
            "code": "plan.hostile-plan.behavior", "value": "trap",
        }));
        client.send(&Request::post("/v1/authorizations", &request).by(key));
        client.send(&Request::post("/v1/referrals", &ecm_referral(person)).by(key));
        client.send(&Request::post("/v1/referrals", &ecm_referral(person)).by(key));
        let wrong = json!({
            "member": { "cin": person.cin, "birth_date": "1931-07-20", "family_name": "Quillfeather", "given_name": "Zebulonia" },
            "service": "ecm",
        });
        assert_eq!(client.send(&Request::post("/v1/referrals", &wrong).by(key)).status, 422);
        let search = client.send(
            &Request::post("/v1/members/search", &json!({ "cin": person.cin, "purpose": "treatment" }))
                .by(key),
        );
        assert_eq!(search.status, 200);
    }
    let new = json!({
        "cin": "97234567A", "family_name": "Quillfeather", "given_name": "Zebulonia", "birth_date": "1931-07-19",
        "county": COUNTY, "purpose": "treatment", "provisional": true, "phone": "530-555-0142", "address": { "line": "77 Marzipan Row", "city": "San Ravel", "zip": "95999" },
    });
    assert_eq!(client.send(&Request::post("/v1/members", &new).by(key)).status, 201);
    for (path, body) in [
        ("/v1/members", "{\"cin\": \"97234567A\", \"Quillfeather\": 1}"),
        ("/v1/members", "{\"cin\": \"97234567\", \"family_name\": {\"Zebulonia\": \"Quillfeather\"}}"),
        ("/v1/members", "{\"cin\": 97234567, "),
        (
            "/v1/referrals",
            "{\"member\": {\"cin\": \"97234567A\", \"birth_date\": \"Quillfeather\"}, \"service\": \"Zebulonia\"}",
        ),
    ] {
        let answer = client.send(&Request::bytes(path, "application/json", body).by(key));
        assert!([400, 422].contains(&answer.status));
        assert_is_clean("an answer", &String::from_utf8_lossy(&answer.bytes));
    }
    for path in [
        "/v1/referrals/97234567A",
        "/v1/Quillfeather",
        "/v1/referrals?cursor=Quillfeather",
        "/v1/referrals?Quillfeather=Zebulonia",
    ] {
        let answer =
            client.send(&Request::get(path).by(key).header("X-Request-Id", "Quillfeather, Zebulonia"));
        assert!([404, 422].contains(&answer.status), "{path}: {}", answer.status);
        assert_is_clean("an answer", &String::from_utf8_lossy(&answer.bytes));
    }
    let bad_rows = "CIN,Last Name\n97234567A,Quillfeather\n\u{0}\"";
    client.send(&Request::bytes("/v1/rosters", "text/csv", bad_rows).by(&county.plan("valle-vista").admin));

    let metrics = client.send(&Request::get("/metrics").by(&county.server.operator));
    let metrics = String::from_utf8_lossy(&metrics.bytes).into_owned();
    for name in [
        "http_requests_total",
        "crosswalk_plugin_calls",
        "crosswalk_plugin_call_seconds",
        "crosswalk_plugin_places{tier=\"compiled\"} 64",
        "crosswalk_plugin_places_taken{tier=\"interpreted\"} 0",
        "crosswalk_compiling{state=\"waiting\"} 0",
    ] {
        assert!(metrics.contains(name), "{name} is not in the metrics:\n{metrics}");
    }
    assert!(county.server.terminate().success());
    let log = county.server.log();
    assert!(log.contains("/v1/authorizations"), "it logs requests");
    let spans = collector.received();
    let digest = &county.plan("valle-vista").digest;
    for word in [
        "crosswalk",
        "http.request",
        "plugin.call",
        "valle-vista",
        digest,
        "operation",
        "triage",
        "determine",
        "outcome",
        "answer",
        "trap",
        "duration_us",
        "memory_bytes",
    ] {
        assert!(spans.contains(word), "{word} is in no span");
    }
    for (what, content) in [("the log", &log), ("the metrics", &metrics), ("the spans", &spans)] {
        assert_is_clean(what, content);
        for person in &people {
            assert!(!content.contains(&person.cin), "a number is in {what}");
        }
        for secret in [key, &county.server.operator, &county.plan("valle-vista").admin] {
            assert!(!content.contains(secret), "a key is in {what}");
        }
    }
    assert!(!metrics.contains("case_") && !metrics.contains("mem_"), "a metric is labelled with an id");
    for line in log.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "not a line of JSON: {line}");
    }
}

fn a_collector_that_is_not_there_holds_nothing_up(database: Database) {
    let nowhere = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let nowhere = format!("http://{}/v1/traces", nowhere.expect("a port is free"));
    let server = Server::start_with(database, &[("CROSSWALK_OTLP_TRACES", &*nowhere)]);
    let mut county = County::of(server, &["valle-vista"]);
    let case =
        county.submit(county.key_of("open-door"), "referrals", &ecm_referral(&county.person("valle-vista")));
    assert_eq!(case["state"], "accepted");
    assert!(county.server.terminate().success());
}

#[track_caller]
fn assert_is_clean(what: &str, content: &str) {
    let lower = content.to_lowercase();
    for secret in ["quillfeather", "zebulonia", "1931-07-19", "97234567", "5550142", "555-0142", "marzipan"] {
        let line = lower.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret} is in {what}: {}", line.unwrap_or_default());
    }
}
