//! What cannot be accepted: each row is a request and the problem it gets. Nothing is kept of any of them, no answer
//! quotes what was sent, and the service goes on.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::harness::{
    COUNTY, Client, County, Database, Person, Request, asked, billed, on_both_databases, problem, raw, redacted, text,
};
use crate::idempotency::all_cases;
use crate::journeys::{ecm, ecm_referral, take_fact};

on_both_databases! {
    rows_of_a_member_file_are_refused_one_by_one
    of_refused_requests_nothing_is_kept
}

/// Sends a request and compares the problem that it gets.
#[track_caller]
fn refused(client: &Client, request: &Request, expected: &Expect) {
    let answer = client.send(request);
    assert!(answer.status >= 400, "it was accepted: {}", answer.status);
    assert!(!text(&answer.json, "/trace_id").is_empty());
    for error in answer.json["errors"].as_array().into_iter().flatten() {
        assert!(!text(error, "/detail").is_empty() && !text(error, "/fix").is_empty());
    }
    expected.assert_eq(&problem(&answer));
}

/// A referral to ECM after `change`.
fn referral(person: &Person, change: impl FnOnce(&mut Value)) -> Value {
    let mut body = ecm_referral(person);
    change(&mut body);
    body
}

#[test]
fn bodies() {
    let county = County::shared(Database::Sqlite);
    let client = &county.client();
    let person = &county.person("valle-vista");
    let post = |body: &str| {
        Request::bytes("/v1/referrals", "application/json", body).by(county.key_of("open-door"))
    };
    let good = ecm_referral(person).to_string();
    refused(client, &post("{\"member\": "), &expect![[""]]);
    refused(client, &post(""), &expect![[""]]);
    refused(client, &post("not json"), &expect![[""]]);
    refused(client, &post(&format!("{good} {good}")), &expect![[""]]);
    refused(client, &post("[]"), &expect![[""]]);
    refused(client, &post("null"), &expect![[""]]);
    refused(client, &post("{}"), &expect![[""]]);
    let deep = "[".repeat(100_000);
    refused(client, &post(&format!("{{\"facts\": {deep}")), &expect![[""]]);
    let invalid = Request::bytes("/v1/referrals", "application/json", vec![b'{', b'"', 0xff, b'"']);
    refused(client, &invalid.by(county.key_of("open-door")), &expect![[""]]);
    let twice = good.replacen('{', "{\"service\": \"ecm\", ", 1);
    refused(client, &post(&twice), &expect![[""]]);
    let unknown = referral(person, |body| body["servcie"] = json!("ecm"));
    refused(client, &post(&unknown.to_string()), &expect![[""]]);
    let nested = referral(person, |body| body["member"]["name"] = json!("Quillfeather"));
    refused(client, &post(&nested.to_string()), &expect![[""]]);
    // A name in the place of a field is data, and is not repeated.
    let data = referral(person, |body| body["member"]["Quillfeather"] = json!(1));
    refused(client, &post(&data.to_string()), &expect![[""]]);
    let number = referral(person, |body| body["service"] = json!(7));
    refused(client, &post(&number.to_string()), &expect![[""]]);
    let list = referral(person, |body| body["facts"] = json!({ "code": "housing.status" }));
    refused(client, &post(&list.to_string()), &expect![[""]]);
    let fraction = json!({
        "member": person.named(), "service": "ecm",
        "lines": [{ "procedure": { "code": "G9012", "modifiers": ["U2"] }, "units": 1.5, "first": "2026-03-02", "last": "2026-03-02" }],
    });
    let fraction = Request::post("/v1/authorizations", &fraction).by(county.key_of("open-door"));
    refused(client, &fraction, &expect![[""]]);
    let big = format!("{good}{}", " ".repeat(256 << 10));
    refused(client, &post(&big), &expect![[""]]);
    let form = Request::bytes("/v1/referrals", "application/x-www-form-urlencoded", "service=ecm");
    refused(client, &form.by(county.key_of("open-door")), &expect![[""]]);
    refused(client, &post(&good).without("Content-Type"), &expect![[""]]);
}

#[test]
fn a_body_far_too_large_is_refused_before_it_is_read() {
    let county = County::shared(Database::Sqlite);
    for (path, media_type, bytes) in [
        ("/v1/referrals", "application/json", 100 << 20),
        ("/v1/rosters", "text/csv", 200 << 20),
    ] {
        let key = if path == "/v1/rosters" { &county.plan("valle-vista").admin } else { county.key_of("open-door") };
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: crosswalk\r\nAuthorization: Bearer {key}\r\nIdempotency-Key: huge\r\n\
             Content-Type: {media_type}\r\nContent-Length: {bytes}\r\nConnection: close\r\n\r\n"
        );
        let answer = raw(&county.server.address, &head, &vec![b'x'; bytes]);
        assert!(answer.starts_with("HTTP/1.1 413 "), "{path}: {}", answer.lines().next().unwrap_or_default());
        assert!(answer.contains("/problems/body-too-large"), "{path}");
    }
    // And one that does not say how long it is.
    let chunk = format!("{:x}\r\n{}\r\n", 1 << 20, "x".repeat(1 << 20));
    let head = format!(
        "POST /v1/referrals HTTP/1.1\r\nHost: crosswalk\r\nAuthorization: Bearer {}\r\nIdempotency-Key: chunks\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
        county.key_of("open-door")
    );
    let answer = raw(&county.server.address, &head, chunk.repeat(16).as_bytes());
    assert!(answer.starts_with("HTTP/1.1 413 "), "{}", answer.lines().next().unwrap_or_default());
}

#[test]
fn codes() {
    let county = County::shared(Database::Sqlite);
    let client = &county.client();
    let key = county.key_of("open-door");
    let person = &county.person("valle-vista");
    let post = |change: &dyn Fn(&mut Value)| Request::post("/v1/referrals", &referral(person, change)).by(key);
    refused(client, &post(&|body| body["service"] = json!("massage")), &expect![[""]]);
    refused(client, &post(&|body| body["service"] = json!("housing-outreach")), &expect![[""]]);
    refused(client, &post(&|body| body["populations"] = json!(["homelessness", "pirates"])), &expect![[""]]);
    refused(client, &post(&|body| body["urgency"] = json!("yesterday")), &expect![[""]]);
    refused(client, &post(&|body| body["preferred_provider"] = json!("Casa Puente")), &expect![[""]]);
    let nobody = "org_00000000000000000000000000000000";
    refused(client, &post(&|body| body["preferred_provider"] = json!(nobody)), &expect![[""]]);
    let with_facts = |facts: Value| post(&move |body| body["facts"] = facts.clone());
    refused(client, &with_facts(json!([{ "code": "housing.colour", "value": "green" }])), &expect![[""]]);
    refused(client, &with_facts(json!([{ "code": "housing.status", "value": "castle" }])), &expect![[""]]);
    refused(client, &with_facts(json!([{ "code": "consent.member-agrees", "value": "yes" }])), &expect![[""]]);
    refused(client, &with_facts(json!([{ "code": "utilization.ed-visits-6m", "value": -1 }])), &expect![[""]]);
    refused(client, &with_facts(json!([{ "code": "clinical.hba1c", "value": "high" }])), &expect![[""]]);
    refused(client, &with_facts(json!([{ "code": "discharge.date", "value": "2026-02-30" }])), &expect![[""]]);
    let agrees = json!({ "code": "consent.member-agrees", "value": true });
    refused(client, &with_facts(json!([agrees, agrees])), &expect![[""]]);
    refused(
        client,
        &with_facts(json!([{ "code": "consent.member-agrees", "value": true, "source": "claims" }])),
        &expect![[""]],
    );
    refused(client, &post(&|body| body["documents"] = json!([{ "kind": "poem" }])), &expect![[""]]);
    refused(
        client,
        &post(&|body| body["documents"] = json!([{ "kind": "w9", "issued": "2026-01-05", "expires": "2026-01-04" }])),
        &expect![[""]],
    );
    // Everything that is wrong is told at once.
    refused(
        client,
        &post(&|body| {
            body["service"] = json!("massage");
            body["urgency"] = json!("now");
            body["facts"][1]["value"] = json!(7);
        }),
        &expect![[""]],
    );

    let lines = |line: Value| {
        let mut body = ecm(person);
        body["lines"] = json!([line]);
        Request::post("/v1/authorizations", &body).by(key)
    };
    let asked = |procedure| asked(procedure, 1, "2026-03-02", "2026-03-31");
    refused(client, &lines(asked("ZZZZZ U2")), &expect![[""]]);
    refused(client, &lines(asked("99999 U2")), &expect![[""]]);
    refused(client, &lines(asked("G9012 U9")), &expect![[""]]);
    refused(client, &lines(asked("G9012")), &expect![[""]]);
    refused(client, &lines(asked("G9012 U2 U2")), &expect![[""]]);
    refused(client, &lines(asked("G9012 U2 GQ HQ KX XE")), &expect![[""]]);
    refused(client, &lines(asked("T2033 U6")), &expect![[""]]);

    let claim = |line: Value| {
        let body = json!({ "member": person.named(), "diagnoses": ["Z59.02"], "lines": [line] });
        Request::post("/v1/claims", &body).by(key)
    };
    let billed = |charge| billed("G9012 U2", 1, "2026-03-02", charge);
    refused(client, &claim(billed("-1.00")), &expect![[""]]);
    refused(client, &claim(billed("1.005")), &expect![[""]]);
    refused(client, &claim(billed("99999999999999999999")), &expect![[""]]);
    let place = json!({ "place": "ZZ" });
    refused(client, &claim(merged(billed("1.00"), &place)), &expect![[""]]);
    refused(client, &claim(merged(billed("1.00"), &json!({ "units": 0 }))), &expect![[""]]);
    refused(client, &claim(merged(billed("1.00"), &json!({ "units": 4_294_967_296_u64 }))), &expect![[""]]);
    let sick = json!({ "member": person.named(), "diagnoses": ["sad"], "lines": [billed("1.00")] });
    refused(client, &Request::post("/v1/claims", &sick).by(key), &expect![[""]]);
    let none = json!({ "member": person.named(), "lines": [] });
    refused(client, &Request::post("/v1/claims", &none).by(key), &expect![[""]]);
    let many = json!({ "member": person.named(), "lines": vec![billed("1.00"); 51] });
    refused(client, &Request::post("/v1/claims", &many).by(key), &expect![[""]]);
    let void = json!({ "member": person.named(), "frequency": "void", "lines": [billed("1.00")] });
    refused(client, &Request::post("/v1/claims", &void).by(key), &expect![[""]]);
}

#[test]
fn days() {
    let county = County::shared(Database::Sqlite);
    let client = &county.client();
    let key = county.key_of("open-door");
    let person = &county.person("valle-vista");
    let claim = |first: &str, last: &str| {
        let line = merged(billed("G9012 U2", 1, first, "75.00"), &json!({ "last": last }));
        Request::post("/v1/claims", &json!({ "member": person.named(), "lines": [line] })).by(key)
    };
    // Coverage began on 2024-01-01.
    refused(client, &claim("2023-12-31", "2023-12-31"), &expect![[""]]);
    refused(client, &claim("2026-03-03", "2026-03-03"), &expect![[""]]);
    refused(client, &claim("2026-03-01", "2026-03-31"), &expect![[""]]);
    refused(client, &claim("2026-03-02", "2026-03-01"), &expect![[""]]);
    refused(client, &claim("2026-02-30", "2026-03-01"), &expect![[""]]);
    refused(client, &claim("03/01/2026", "2026-03-01"), &expect![[""]]);
    refused(client, &claim("2026-03-01T10:00", "2026-03-01"), &expect![[""]]);
    refused(client, &claim("0026-03-01", "2026-03-01"), &expect![[""]]);
    let early = |line: Value| {
        let mut body = ecm(person);
        body["lines"] = json!([line]);
        Request::post("/v1/authorizations", &body).by(key)
    };
    refused(client, &early(asked("G9012 U2", 1, "2026-05-01", "2026-04-01")), &expect![[""]]);
    let fact = json!({ "code": "consent.member-agrees", "value": true, "as_of": "2026-03-03" });
    let referral = referral(person, |body| body["facts"] = json!([fact]));
    refused(client, &Request::post("/v1/referrals", &referral).by(key), &expect![[""]]);
    refused(client, &Request::get(format!("/v1/criteria?on=tomorrow&county={COUNTY}")).by(key), &expect![[""]]);

    // A member whose coverage has ended, on the day after.
    let left = member_file(&["98123450A,L1,Left,Long,1980-01-02,U,en,SRV,,San Ravel,96191,Y,,2024-01-01,2026-02-28,medi-cal,,00,6,"]);
    let load = Request::bytes("/v1/rosters", "text/csv", left).by(&county.plan("costa-alta").admin);
    assert_eq!(client.send(&load).status, 201);
    let left = json!({
        "member": { "cin": "98123450A", "birth_date": "1980-01-02" }, "service": "ecm", "facts": [],
    });
    refused(client, &Request::post("/v1/referrals", &left).by(key), &expect![[""]]);
}

#[test]
fn members() {
    let county = County::shared(Database::Sqlite);
    let client = &county.client();
    let key = county.key_of("open-door");
    let person = &county.person("valle-vista");
    let refer = |member: Value| {
        Request::post("/v1/referrals", &referral(person, |body| body["member"] = member)).by(key)
    };
    let born = "1931-07-19";
    refused(client, &refer(json!({ "cin": "12345678A", "birth_date": born })), &expect![[""]]);
    // One answer for a number nobody has and a birth date that is not the member's: neither can be probed for.
    let unknown = client.send(&refer(json!({ "cin": "97654321A", "birth_date": born })));
    let wrong = client.send(&refer(json!({ "cin": person.cin, "birth_date": "1931-07-20" })));
    assert_eq!(redacted(&unknown.json), redacted(&wrong.json));
    expect![[""]].assert_eq(&problem(&wrong));
    refused(client, &refer(json!({ "cin": person.cin })), &expect![[""]]);
    refused(client, &refer(json!({ "id": "Zebulonia", "birth_date": born })), &expect![[""]]);
    refused(client, &refer(json!({ "id": "mem_00000000000000000000000000000000" })), &expect![[""]]);

    let new = json!({
        "cin": "97123456A", "family_name": "Oakes", "given_name": "Ida", "birth_date": "1990-05-05", "county": COUNTY,
    });
    let add = |change: Value| Request::post("/v1/members", &merged(new.clone(), &change)).by(key);
    refused(client, &add(json!({ "cin": "900-55-0101" })), &expect![[""]]);
    refused(client, &add(json!({ "family_name": "" })), &expect![[""]]);
    refused(client, &add(json!({ "given_name": "x".repeat(300) })), &expect![[""]]);
    refused(client, &add(json!({ "birth_date": "2026-03-03" })), &expect![[""]]);
    refused(client, &add(json!({ "county": "XXX" })), &expect![[""]]);
    refused(client, &add(json!({ "language": "Español" })), &expect![[""]]);
    refused(client, &add(json!({ "phone": "call me" })), &expect![[""]]);
    let home = json!({ "line": "12 Alder Street", "city": "San Ravel", "zip": "9599" });
    refused(client, &add(json!({ "address": home })), &expect![[""]]);
    let home = json!({ "line": "12 Alder Street", "city": "San Ravel", "zip": "95999" });
    refused(client, &add(json!({ "address": home, "no_fixed_address": true })), &expect![[""]]);
    assert_eq!(client.send(&add(json!({}))).status, 201);
    assert_eq!(client.send(&add(json!({ "phone": "530 555 0142" }))).status, 200);
    refused(client, &add(json!({ "birth_date": "1990-05-06" })), &expect![[""]]);
}

#[test]
fn attempts_and_versions() {
    let county = County::shared(Database::Sqlite);
    let client = &county.client();
    let key = county.key_of("open-door");
    let body = ecm_referral(&county.person("valle-vista"));
    let post = || Request::post("/v1/referrals", &body).by(key);
    refused(client, &post().without("Idempotency-Key"), &expect![[""]]);
    refused(client, &post().once(""), &expect![[""]]);
    refused(client, &post().once("\"half quoted"), &expect![[""]]);
    refused(client, &post().once(&"x".repeat(201)), &expect![[""]]);
    refused(client, &post().once("one").header("Idempotency-Key", "two"), &expect![[""]]);

    let case = client.send(&post()).with(201);
    refused(client, &post(), &expect![[""]]);
    assert_eq!(client.send(&post()).json["case"], case["id"]);
    // By another organization too: the member has one open referral to the service.
    refused(client, &Request::post("/v1/referrals", &body).by(county.key_of("casa-puente")), &expect![[""]]);

    let path = format!("/v1/referrals/{}/status", text(&case, "/id"));
    let step = || Request::post(&path, &json!({ "status": "accepted" })).by(key);
    refused(client, &step(), &expect![[""]]);
    refused(client, &step().of_version(&json!(0)), &expect![[""]]);
    refused(client, &step().of_version(&json!(99)), &expect![[""]]);
    refused(client, &step().header("If-Match", "*"), &expect![[""]]);
    refused(client, &step().header("If-Match", "W/\"1\""), &expect![[""]]);
    let done = client.send(&step().of_version(&case["version"]));
    assert_eq!(done.status, 200);
    assert_eq!(done.header("etag"), format!("\"{}\"", done.json["version"]));
    refused(client, &step().of_version(&case["version"]), &expect![[""]]);
    refused(client, &step().of_version(&done.json["version"]), &expect![[""]]);
    let close = Request::post(&path, &json!({ "status": "closed" })).by(key).of_version(&done.json["version"]);
    refused(client, &close, &expect![[""]]);
    let close = json!({ "status": "closed", "closure_reason": "boredom" });
    refused(client, &Request::post(&path, &close).by(key).of_version(&done.json["version"]), &expect![[""]]);

    let member = format!("/v1/members/{}", text(&case, "/member_id"));
    let patch = || Request::post(&member, &json!({ "phone": "530-555-0143" })).method("PATCH").by(key);
    refused(client, &patch(), &expect![[""]]);
    refused(client, &patch().of_version(&json!(77)), &expect![[""]]);
    let read = client.send(&Request::get(&member).by(key));
    let tag = read.header("etag").to_owned();
    assert_eq!(client.send(&Request::get(&member).by(key).header("If-None-Match", &tag)).status, 304);
    let patched = client.send(&patch().header("If-Match", &tag));
    assert_eq!((patched.status, text(&patched.json, "/contact/phone/source")), (200, "provider"));
}

#[test]
fn keys_and_roles() {
    let county = County::shared(Database::Sqlite);
    let client = &county.client();
    let list = || Request::get("/v1/referrals");
    refused(client, &list(), &expect![[""]]);
    refused(client, &list().by("cw_00000000000000000000000000000000"), &expect![[""]]);
    refused(client, &list().by(""), &expect![[""]]);
    refused(client, &list().by(&"x".repeat(5000)), &expect![[""]]);
    refused(client, &list().header("Authorization", "Basic b3Blbjpkb29y"), &expect![[""]]);
    let twice = list().by(county.key_of("open-door")).by(county.key_of("casa-puente"));
    refused(client, &twice, &expect![[""]]);

    let plan = county.plan("valle-vista");
    let body = ecm_referral(&county.person("valle-vista"));
    let refer = || Request::post("/v1/referrals", &body);
    for key in [&plan.admin, &plan.reviewer, &county.server.operator] {
        let answer = client.send(&refer().by(key));
        assert_eq!((answer.status, answer.code()), (403, "forbidden"));
    }
    let provider = county.key_of("open-door");
    for request in [
        Request::bytes("/v1/rosters?plan=valle-vista", "text/csv", "CIN\n"),
        Request::post("/v1/organizations", &json!({ "kind": "county", "name": "Ours" })),
        Request::post("/v1/keys", &json!({ "organization": county.provider("open-door").id, "role": "operator", "label": "x" })),
        Request::get("/v1/organizations"),
        Request::get("/v1/keys"),
        Request::get("/v1/worklist"),
        Request::bytes("/v1/plans/valle-vista/plugins", "application/wasm", "x"),
        Request::post("/v1/plans/valle-vista/activations", &json!({ "digest": plan.digest })),
    ] {
        let answer = client.send(&request.clone().by(provider));
        assert_eq!((answer.status, answer.code()), (403, "forbidden"), "{request:?}");
    }
    let operator = &county.server.operator;
    let key_for = |body: Value| Request::post("/v1/keys", &body).by(operator);
    let open_door = &county.provider("open-door").id;
    refused(client, &key_for(json!({ "organization": open_door, "role": "king", "label": "x" })), &expect![[""]]);
    refused(client, &key_for(json!({ "organization": open_door, "role": "plan-admin", "label": "x" })), &expect![[""]]);
    let licensed = json!({ "organization": open_door, "role": "provider", "label": "x", "license": "RN 1" });
    refused(client, &key_for(licensed), &expect![[""]]);
    let nobody = json!({ "organization": "org_00000000000000000000000000000000", "role": "provider", "label": "x" });
    refused(client, &key_for(nobody), &expect![[""]]);
    let add = |body: Value| Request::post("/v1/organizations", &body).by(operator);
    refused(client, &add(json!({ "kind": "provider", "name": "No number" })), &expect![[""]]);
    refused(client, &add(json!({ "kind": "provider", "name": "Wrong", "npi": "1234567890" })), &expect![[""]]);
    refused(client, &add(json!({ "kind": "plan", "name": "Second", "plan_id": "valle-vista" })), &expect![[""]]);
    refused(client, &add(json!({ "kind": "plan", "name": "Shouting", "plan_id": "VALLE VISTA" })), &expect![[""]]);
}

#[test]
fn addresses_and_queries() {
    let county = County::shared(Database::Sqlite);
    let client = &county.client();
    let key = county.key_of("open-door");
    let get = |path: &str| Request::get(path).by(key);
    refused(client, &get("/v1/referals"), &expect![[""]]);
    refused(client, &get("/"), &expect![[""]]);
    refused(client, &get("/v1/referrals").method("DELETE"), &expect![[""]]);
    refused(client, &get("/v1/referrals/42"), &expect![[""]]);
    refused(client, &get("/v1/referrals/case_00000000000000000000000000000000"), &expect![[""]]);
    refused(client, &get("/v1/referrals/%2e%2e%2fmembers"), &expect![[""]]);
    refused(client, &get("/v1/referrals?limit=0"), &expect![[""]]);
    refused(client, &get("/v1/referrals?limit=201"), &expect![[""]]);
    refused(client, &get("/v1/referrals?limit=many"), &expect![[""]]);
    refused(client, &get("/v1/referrals?limit=1&limit=2"), &expect![[""]]);
    refused(client, &get("/v1/referrals?state=lost"), &expect![[""]]);
    refused(client, &get("/v1/referrals?stat=closed"), &expect![[""]]);
    refused(client, &get("/v1/referrals?cursor=Quillfeather"), &expect![[""]]);
    refused(client, &get("/v1/deadlines?state=late"), &expect![[""]]);
    refused(client, &get("/v1/criteria?county=XXX"), &expect![[""]]);
    refused(client, &get("/v1/criteria?service=massage"), &expect![[""]]);
    let reviewer = &county.plan("valle-vista").reviewer;
    refused(client, &Request::get("/v1/worklist?kind=letter").by(reviewer), &expect![[""]]);
    let admin = &county.plan("valle-vista").admin;
    let activate = |body: Value| Request::post("/v1/plans/valle-vista/activations", &body).by(admin);
    refused(client, &activate(json!({ "digest": "latest" })), &expect![[""]]);
    refused(client, &activate(json!({ "digest": "0".repeat(64) })), &expect![[""]]);
    let digest = &county.plan("valle-vista").digest;
    refused(client, &activate(json!({ "digest": digest, "from": "2026-03-01T00:00:00Z" })), &expect![[""]]);
    refused(client, &activate(json!({ "digest": digest, "from": "soon" })), &expect![[""]]);
}

fn rows_of_a_member_file_are_refused_one_by_one(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let admin = &county.plan("costa-alta").admin;
    let rest = "U,en,SRV,,San Ravel,96191,Y,,2026-01-01,,medi-cal,,00,6,";
    let rows = [
        format!("98000001A,R1,Good,One,1980-01-02,{rest}"),
        format!("98000002,R2,Short,Number,1980-01-02,{rest}"),
        format!("900-55-0101,R3,Social,Security,1980-01-02,{rest}"),
        format!("90000000A,R4,Filler,Number,1980-01-02,{rest}"),
        format!("98000001A,R5,Good,Again,1980-01-02,{rest}"),
        format!("98000003A,R6,No,Day,2026-02-30,{rest}"),
        format!("98000004A,R7,Not,Born,2030-01-01,{rest}"),
        format!("98000005A,R8,,Nameless,1980-01-02,{rest}"),
        "98000006A,R9,Wrong,County,1980-01-02,U,en,XXX,,San Ravel,96191,Y,,2026-01-01,,medi-cal,,00,6,".to_owned(),
        "98000007A,R10,Wrong,Line,1980-01-02,U,en,SRV,,San Ravel,96191,Y,,2026-01-01,,dental,,00,6,".to_owned(),
        "98000008A,R11,Back,Wards,1980-01-02,U,en,SRV,,San Ravel,96191,Y,,2026-06-01,2026-05-01,medi-cal,,00,6,".to_owned(),
        "98000009A,R12,Odd,Dual,1980-01-02,U,en,SRV,,San Ravel,96191,Y,,2026-01-01,,medi-cal,,99,6,".to_owned(),
        "98000010A,too,few,cells".to_owned(),
        "98000011A,R14,Warned,About,1980-01-02,Q,en,SRV,,San Ravel,961,maybe,12,2026-01-01,,medi-cal,,00,13,12".to_owned(),
        format!("98000012A,R15,=cmd()|x,Formula,1980-01-02,{rest}"),
        format!("98000013A,R16,Good,Last,1980-01-02,{rest}"),
    ];
    let file = member_file(&rows.each_ref().map(String::as_str));
    let report = client.send(&Request::bytes("/v1/rosters", "text/csv", file.clone()).by(admin));
    for row in &rows {
        let cin = row.split(',').next().unwrap_or_default();
        assert!(!String::from_utf8_lossy(&report.bytes).contains(cin), "the report quotes a row");
    }
    let report = report.with(201);
    let issues = |list: &str| -> String {
        let issues = report[list].as_array().expect("a list").iter();
        let lines = issues.map(|issue| {
            let word = |name: &str| text(issue, name).to_owned();
            let (column, rule) = (word("/column"), word("/rule"));
            format!("{} {column} {rule}: {}; {}\n", issue["row"], word("/problem"), word("/fix"))
        });
        lines.collect()
    };
    expect![[""]].assert_eq(&issues("refused"));
    expect![[""]].assert_eq(&issues("warnings"));
    assert_eq!(report["rows"], rows.len());
    let search = |cin: &str| client.send(&Request::post("/v1/members/search", &json!({ "cin": cin })).by(admin)).status;
    for cin in ["98000001A", "98000011A", "98000013A"] {
        assert_eq!(search(cin), 200, "{cin} is loaded");
    }
    for cin in ["98000003A", "98000007A", "98000010A"] {
        assert_eq!(search(cin), 404, "{cin} is not");
    }
    assert_eq!(client.read(admin, &format!("/v1/rosters/{}", text(&report, "/id"))), report);

    for (file, rule) in [
        ("", "an empty file"),
        ("no,header,of,ours\n1,2,3,4\n", "other columns"),
        ("\u{0}\u{1}\u{2}", "no text"),
    ] {
        let answer = client.send(&Request::bytes("/v1/rosters", "text/csv", file).by(admin));
        assert_eq!((answer.status, answer.code()), (422, "bad-file"), "{rule}");
        assert!(!text(&answer.json, "/errors/0/fix").is_empty(), "{rule}");
    }
}

/// Every kind of refusal at once; then nothing is there, and an honest request is answered.
fn of_refused_requests_nothing_is_kept(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let key = county.key_of("hospital");
    let person = county.person("valle-vista");
    let before = ["referrals", "authorizations", "claims"].map(|list| all_cases(&client, key, list).len());
    let mut incomplete = ecm_referral(&person);
    take_fact(&mut incomplete, "consent.member-agrees");
    for body in [
        json!({}),
        referral(&person, |body| body["service"] = json!("massage")),
        referral(&person, |body| body["member"]["birth_date"] = json!("1931-07-20")),
        referral(&person, |body| body["facts"][0]["code"] = json!("no.such-fact")),
    ] {
        for list in ["referrals", "authorizations", "claims"] {
            let answer = client.send(&Request::post(format!("/v1/{list}"), &body).by(key));
            assert_eq!(answer.status, 422);
        }
    }
    let after = ["referrals", "authorizations", "claims"].map(|list| all_cases(&client, key, list).len());
    assert_eq!(before, after);
    assert_eq!(client.send(&Request::get("/readyz")).status, 200);
    assert_eq!(county.submit(key, "referrals", &incomplete)["plan"]["id"], "valle-vista");
}

/// A member file with these rows.
fn member_file(rows: &[&str]) -> String {
    const HEADERS: &str = "CIN,Plan Member ID,Last Name,First Name,Date of Birth,Sex,Spoken Language,County,\
        Residential Address,City,Zip,Homelessness Indicator,Phone Number,Coverage Start Date,Coverage End Date,\
        Line of Business,Group Code,Dual Status Code,Renewal Month,PCP NPI";
    let mut file = format!("{HEADERS}\r\n");
    for row in rows {
        file += row;
        file += "\r\n";
    }
    file
}

/// An object with some of its fields replaced.
fn merged(mut object: Value, change: &Value) -> Value {
    for (name, value) in change.as_object().expect("an object") {
        object[name] = value.clone();
    }
    object
}
