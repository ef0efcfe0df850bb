//! What cannot be accepted: each row is a request and the problem it gets. Nothing is kept of any of them, no answer
//! quotes what was sent, and the service goes on.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::harness::{
    COUNTY, Client, County, Database, Person, Request, asked, billed, on_both_databases, problem, raw,
    redacted, text,
};
use crate::idempotency::all_cases;
use crate::journeys::{ecm, ecm_referral, take_fact};

on_both_databases! {
    rows_of_a_member_file_are_refused_one_by_one
    of_refused_requests_nothing_is_kept
    characters_that_nobody_sees_are_refused
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
    let post =
        |body: &str| Request::bytes("/v1/referrals", "application/json", body).by(county.key_of("open-door"));
    let good = ecm_referral(person).to_string();
    refused(
        client,
        &post("{\"member\": "),
        &expect![[r#"
        400 application/problem+json
        malformed-json: The body is not JSON
        (the JSON cannot be read from line 1, column 11 on)
    "#]],
    );
    refused(
        client,
        &post(""),
        &expect![[r#"
        400 application/problem+json
        malformed-json: The body is not JSON
        (the JSON cannot be read from line 1, column 0 on)
    "#]],
    );
    refused(
        client,
        &post("not json"),
        &expect![[r#"
        400 application/problem+json
        malformed-json: The body is not JSON
        (the JSON cannot be read from line 1, column 2 on)
    "#]],
    );
    refused(
        client,
        &post(&format!("{good} {good}")),
        &expect![[r#"
        400 application/problem+json
        malformed-json: The body is not JSON
        (the JSON cannot be read from line 1, column 406 on)
    "#]],
    );
    refused(
        client,
        &post("[]"),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
         wrong-type: the value is of the wrong type
          send an object
    "#]],
    );
    refused(
        client,
        &post("null"),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
         wrong-type: the value is of the wrong type
          send an object
    "#]],
    );
    refused(
        client,
        &post("{}"),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /member missing-field: the field is missing
          send it
    "#]],
    );
    let deep = "[".repeat(100_000);
    refused(
        client,
        &post(&format!("{{\"facts\": {deep}")),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /facts/0/0 wrong-type: the value is of the wrong type
          send text
    "#]],
    );
    let invalid = Request::bytes("/v1/referrals", "application/json", vec![b'{', b'"', 0xff, b'"']);
    refused(
        client,
        &invalid.by(county.key_of("open-door")),
        &expect![[r#"
        400 application/problem+json
        malformed-json: The body is not JSON
        (the JSON cannot be read from line 1, column 3 on)
    "#]],
    );
    let twice = good.replacen('{', "{\"service\": \"ecm\", ", 1);
    refused(
        client,
        &post(&twice),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /service duplicate-field: the field is there twice
          send it once
    "#]],
    );
    let unknown = referral(person, |body| body["servcie"] = json!("ecm"));
    refused(
        client,
        &post(&unknown.to_string()),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /servcie unknown-field: there is no such field
          leave it out; known here: member, service, populations, urgency, preferred_provider, facts, documents
    "#]],
    );
    let nested = referral(person, |body| body["member"]["name"] = json!("Quillfeather"));
    refused(
        client,
        &post(&nested.to_string()),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /member/name unknown-field: there is no such field
          leave it out; known here: id, cin, birth_date
    "#]],
    );
    // A name in the place of a field is data, and is not repeated.
    let data = referral(person, |body| body["member"]["Quillfeather"] = json!(1));
    refused(
        client,
        &post(&data.to_string()),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /member unknown-field: there is no such field
          leave it out; known here: id, cin, birth_date
    "#]],
    );
    let number = referral(person, |body| body["service"] = json!(7));
    refused(
        client,
        &post(&number.to_string()),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /service wrong-type: the value is of the wrong type
          send text
    "#]],
    );
    let list = referral(person, |body| body["facts"] = json!({ "code": "housing.status" }));
    refused(
        client,
        &post(&list.to_string()),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /facts wrong-type: the value is of the wrong type
          send a list
    "#]],
    );
    let fraction = json!({
        "member": person.named(), "service": "ecm",
        "lines": [{ "procedure": { "code": "G9012", "modifiers": ["U2"] }, "units": 1.5, "first": "2026-03-02", "last": "2026-03-02" }],
    });
    let fraction = Request::post("/v1/authorizations", &fraction).by(county.key_of("open-door"));
    refused(
        client,
        &fraction,
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /lines/0/units wrong-type: the value is of the wrong type
          send a whole number that is not negative
    "#]],
    );
    let big = format!("{good}{}", " ".repeat(256 << 10));
    refused(
        client,
        &post(&big),
        &expect![[r#"
        413 application/problem+json
        body-too-large: The body is too large
        (at most 262144 bytes are read)
    "#]],
    );
    let form = Request::bytes("/v1/referrals", "application/x-www-form-urlencoded", "service=ecm");
    refused(
        client,
        &form.by(county.key_of("open-door")),
        &expect![[r#"
        415 application/problem+json
        unsupported-media-type: This operation does not read that media type
        (send content-type: application/json)
    "#]],
    );
    refused(
        client,
        &post(&good).without("Content-Type"),
        &expect![[r#"
        415 application/problem+json
        unsupported-media-type: This operation does not read that media type
        (send content-type: application/json)
    "#]],
    );
}

#[test]
fn a_body_far_too_large_is_refused_before_it_is_read() {
    let county = County::shared(Database::Sqlite);
    for (path, media_type, bytes) in
        [("/v1/referrals", "application/json", 100 << 20), ("/v1/rosters", "text/csv", 200 << 20)]
    {
        let key = if path == "/v1/rosters" {
            &county.plan("valle-vista").admin
        } else {
            county.key_of("open-door")
        };
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
    let post =
        |change: &dyn Fn(&mut Value)| Request::post("/v1/referrals", &referral(person, change)).by(key);
    refused(
        client,
        &post(&|body| body["service"] = json!("massage")),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /service unknown-code: this is no service that a member can be referred to
          send one of: ecm, cicm, housing-transition-navigation, housing-deposits, housing-tenancy-sustaining, short-term-post-hospitalization-housing, recuperative-care, respite, day-habilitation, assisted-living-transitions, community-home-transition, personal-care-homemaker, home-modifications, medically-tailored-meals, sobering-centers, asthma-remediation, transitional-rent
    "#]],
    );
    refused(
        client,
        &post(&|body| body["service"] = json!("housing-outreach")),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /service unknown-code: this is no service that a member can be referred to
          send one of: ecm, cicm, housing-transition-navigation, housing-deposits, housing-tenancy-sustaining, short-term-post-hospitalization-housing, recuperative-care, respite, day-habilitation, assisted-living-transitions, community-home-transition, personal-care-homemaker, home-modifications, medically-tailored-meals, sobering-centers, asthma-remediation, transitional-rent
    "#]],
    );
    refused(
        client,
        &post(&|body| body["populations"] = json!(["homelessness", "pirates"])),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /populations/1 unknown-code: this is no population of focus
          send one of: homelessness, avoidable-utilization, serious-mental-health-sud, incarceration-transition, ltc-risk, nursing-facility-transition, ccs, child-welfare, birth-equity, dementia
    "#]],
    );
    refused(
        client,
        &post(&|body| body["urgency"] = json!("yesterday")),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /urgency unknown-code: this is none of the known words
          send one of: standard, expedited
    "#]],
    );
    refused(
        client,
        &post(&|body| body["preferred_provider"] = json!("Casa Puente")),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /preferred_provider invalid-value: id must be org_ and 32 lower-case hexadecimal digits
          send the organization's id, or leave it out
    "#]],
    );
    let nobody = "org_00000000000000000000000000000000";
    refused(
        client,
        &post(&|body| body["preferred_provider"] = json!(nobody)),
        &expect![[r#"
            422 application/problem+json
            invalid-request: Some fields cannot be accepted
            /preferred_provider unknown-provider: no such organization
              use the id of a provider on this host
        "#]],
    );
    let with_facts = |facts: Value| post(&move |body| body["facts"] = facts.clone());
    refused(
        client,
        &with_facts(json!([{ "code": "housing.colour", "value": "green" }])),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /facts/0/code unknown-fact: there is no such fact
          GET /v1/dictionary/facts lists them, a plan's own stand in GET /v1/plans/{id}/profile
    "#]],
    );
    refused(
        client,
        &with_facts(json!([{ "code": "housing.status", "value": "castle" }])),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /facts/0/value invalid-value: value must be one of: housed, at-risk, homeless-sheltered, homeless-unsheltered, institution
          Where does the member live now?
    "#]],
    );
    refused(
        client,
        &with_facts(json!([{ "code": "consent.member-agrees", "value": "yes" }])),
        &expect![[r#"
            422 application/problem+json
            invalid-request: Some fields cannot be accepted
            /facts/0/value invalid-value: value must be true or false
              Does the member, or the member's representative, agree to this referral?
        "#]],
    );
    refused(
        client,
        &with_facts(json!([{ "code": "utilization.ed-visits-6m", "value": -1 }])),
        &expect![[r#"
            422 application/problem+json
            invalid-request: Some fields cannot be accepted
            /facts/0/value invalid-value: value is out of range
              How many emergency department visits in the last 6 months?
        "#]],
    );
    refused(
        client,
        &with_facts(json!([{ "code": "clinical.hba1c", "value": "high" }])),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /facts/0/value invalid-value: value must be a decimal number as text with at most three decimals, such as "9.1"
          What was the last HbA1c, in percent?
    "#]],
    );
    refused(
        client,
        &with_facts(json!([{ "code": "discharge.date", "value": "2026-02-30" }])),
        &expect![[r#"
            422 application/problem+json
            invalid-request: Some fields cannot be accepted
            /facts/0/value invalid-value: value must be a day as text, such as "2026-01-05"
              On which day does, or did, the member leave the facility?
        "#]],
    );
    let agrees = json!({ "code": "consent.member-agrees", "value": true });
    refused(
        client,
        &with_facts(json!([agrees, agrees])),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /facts/1/code repeated: the fact is there twice
          say it once
    "#]],
    );
    refused(
        client,
        &with_facts(json!([{ "code": "consent.member-agrees", "value": true, "source": "claims" }])),
        &expect![[r#"
            422 application/problem+json
            invalid-request: Some fields cannot be accepted
            /facts/0/source unknown-code: this is none of the known words
              send one of: member, referrer, provider, document
        "#]],
    );
    refused(
        client,
        &post(&|body| body["documents"] = json!([{ "kind": "poem" }])),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /documents/0/kind unknown-code: this is no kind of document
          send one of: housing-support-plan, discharge-summary, homelessness-screening, income-screening, provider-order, home-assessment, lease, landlord-permission, receipt, care-plan, assessment, prior-coverage-letter, w9, liability-certificate, professional-liability-certificate, workers-compensation-certificate, auto-certificate, business-license, irs-determination-letter, privacy-policy, fwa-training, site-visit, fire-clearance, food-permit, disclosure-of-ownership, attestation, bank-form, org-chart
    "#]],
    );
    refused(
        client,
        &post(&|body| {
            body["documents"] = json!([{ "kind": "w9", "issued": "2026-01-05", "expires": "2026-01-04" }])
        }),
        &expect![[r#"
            422 application/problem+json
            invalid-request: Some fields cannot be accepted
            /documents/0/expires days-out-of-order: it expires before it was issued
              put the days in order
        "#]],
    );
    // Everything that is wrong is told at once.
    refused(
        client,
        &post(&|body| {
            body["service"] = json!("massage");
            body["urgency"] = json!("now");
            body["facts"][1]["value"] = json!(7);
        }),
        &expect![[r#"
            422 application/problem+json
            invalid-request: Some fields cannot be accepted
            /service unknown-code: this is no service that a member can be referred to
              send one of: ecm, cicm, housing-transition-navigation, housing-deposits, housing-tenancy-sustaining, short-term-post-hospitalization-housing, recuperative-care, respite, day-habilitation, assisted-living-transitions, community-home-transition, personal-care-homemaker, home-modifications, medically-tailored-meals, sobering-centers, asthma-remediation, transitional-rent
            /urgency unknown-code: this is none of the known words
              send one of: standard, expedited
            /facts/1/value invalid-value: value must be a code as text
              Where does the member live now?
        "#]],
    );

    let lines = |line: Value| {
        let mut body = ecm(person);
        body["lines"] = json!([line]);
        Request::post("/v1/authorizations", &body).by(key)
    };
    let asked = |procedure| asked(procedure, 1, "2026-03-02", "2026-03-31");
    refused(
        client,
        &lines(asked("ZZZZZ U2")),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /lines/0/procedure/code invalid-value: procedure code must be a letter and four digits
          send a HCPCS Level II code, such as T2033
    "#]],
    );
    refused(
        client,
        &lines(asked("99999 U2")),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /lines/0/procedure/code invalid-value: procedure code must be a letter and four digits
          send a HCPCS Level II code, such as T2033
    "#]],
    );
    refused(
        client,
        &lines(asked("G9012 U9")),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /lines/0/procedure/modifiers unknown-procedure: the code with these modifiers bills no service on the line's first day
          send one of: G9012 GQ U2, G9012 GQ U8, G9012 U2, G9012 U8
    "#]],
    );
    refused(
        client,
        &lines(asked("G9012")),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /lines/0/procedure/modifiers unknown-procedure: the code with these modifiers bills no service on the line's first day
          send one of: G9012 GQ U2, G9012 GQ U8, G9012 U2, G9012 U8
    "#]],
    );
    refused(
        client,
        &lines(asked("G9012 U2 U2")),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /lines/0/procedure/modifiers invalid-value: procedure repeats a modifier
          send each modifier once, at most four
    "#]],
    );
    refused(
        client,
        &lines(asked("G9012 U2 GQ HQ KX XE")),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /lines/0/procedure/modifiers invalid-value: procedure has more than four modifiers
          send each modifier once, at most four
    "#]],
    );
    refused(
        client,
        &lines(asked("T2033 U6")),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /lines/0/procedure other-service: the procedure bills another service
          send a procedure of the service asked for; this one bills recuperative-care
    "#]],
    );

    let claim = |line: Value| {
        let body = json!({ "member": person.named(), "diagnoses": ["Z59.02"], "lines": [line] });
        Request::post("/v1/claims", &body).by(key)
    };
    let billed = |charge| billed("G9012 U2", 1, "2026-03-02", charge);
    refused(
        client,
        &claim(billed("-1.00")),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /lines/0/charge out-of-range: the amount is negative or too large
          send the amount itself
    "#]],
    );
    refused(
        client,
        &claim(billed("1.005")),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /lines/0/charge invalid-value: amount must be dollars with at most two decimals, such as 1250.50
          send dollars as text, such as "1250.50"
    "#]],
    );
    refused(
        client,
        &claim(billed("99999999999999999999")),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /lines/0/charge invalid-value: amount is out of range
          send dollars as text, such as "1250.50"
    "#]],
    );
    let place = json!({ "place": "ZZ" });
    refused(
        client,
        &claim(merged(billed("1.00"), &place)),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /lines/0/place unknown-code: this is no place of service
          send one of: 02, 03, 04, 09, 10, 11, 12, 13, 14, 15, 16, 21, 23, 27, 31, 50, 99
    "#]],
    );
    refused(
        client,
        &claim(merged(billed("1.00"), &json!({ "units": 0 }))),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /lines/0/units out-of-range: the number is not from 1 to 10000
          send the number that was asked for or delivered
    "#]],
    );
    refused(
        client,
        &claim(merged(billed("1.00"), &json!({ "units": 4_294_967_296_u64 }))),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /lines/0/units wrong-type: the value is of the wrong type
          send a whole number that is not negative
    "#]],
    );
    let sick = json!({ "member": person.named(), "diagnoses": ["sad"], "lines": [billed("1.00")] });
    refused(
        client,
        &Request::post("/v1/claims", &sick).by(key),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /diagnoses/0 invalid-value: diagnosis code must be a letter, a digit and a letter or digit, then a dot and up to four more
          send an ICD-10-CM code, such as Z59.02
    "#]],
    );
    let none = json!({ "member": person.named(), "lines": [] });
    refused(
        client,
        &Request::post("/v1/claims", &none).by(key),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /lines missing-entry: the list is empty
          send at least one entry
    "#]],
    );
    let many = json!({ "member": person.named(), "lines": vec![billed("1.00"); 51] });
    refused(
        client,
        &Request::post("/v1/claims", &many).by(key),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /lines too-many: there are more than 50 entries
          send fewer
    "#]],
    );
    let void = json!({ "member": person.named(), "frequency": "void", "lines": [billed("1.00")] });
    refused(
        client,
        &Request::post("/v1/claims", &void).by(key),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /replaces missing-field: a replacement or void needs this
          send it
        /lines not-with-this: this does not go with a void
          leave it out
    "#]],
    );
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
    refused(
        client,
        &claim("2023-12-31", "2023-12-31"),
        &expect![[r#"
        422 application/problem+json
        no-coverage: No plan covers the member on that day
        /member no-coverage: no plan of this county covers the member for this service on 2023-12-31
          check the member's coverage with GET /v1/members/{id}/coverage and the date of the request
    "#]],
    );
    refused(
        client,
        &claim("2026-03-03", "2026-03-03"),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /lines/0/last future-day: the service is not delivered yet
          bill it after the day
    "#]],
    );
    refused(
        client,
        &claim("2026-03-01", "2026-03-31"),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /lines/0/last future-day: the service is not delivered yet
          bill it after the day
    "#]],
    );
    refused(
        client,
        &claim("2026-03-02", "2026-03-01"),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /lines/0/last days-out-of-order: the last day is before the first
          put the days in order
    "#]],
    );
    refused(
        client,
        &claim("2026-02-30", "2026-03-01"),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /lines/0/first invalid-day: this is no day of the calendar
          send YYYY-MM-DD
    "#]],
    );
    refused(
        client,
        &claim("03/01/2026", "2026-03-01"),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /lines/0/first invalid-day: this is no day of the calendar
          send YYYY-MM-DD
    "#]],
    );
    refused(
        client,
        &claim("2026-03-01T10:00", "2026-03-01"),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /lines/0/first invalid-day: this is no day of the calendar
          send YYYY-MM-DD
    "#]],
    );
    refused(
        client,
        &claim("0026-03-01", "2026-03-01"),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /lines/0/first invalid-day: this is no day of the calendar
          send YYYY-MM-DD
    "#]],
    );
    let early = |line: Value| {
        let mut body = ecm(person);
        body["lines"] = json!([line]);
        Request::post("/v1/authorizations", &body).by(key)
    };
    refused(
        client,
        &early(asked("G9012 U2", 1, "2026-05-01", "2026-04-01")),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /lines/0/last days-out-of-order: the last day is before the first
          put the days in order
    "#]],
    );
    let fact = json!({ "code": "consent.member-agrees", "value": true, "as_of": "2026-03-03" });
    let referral = referral(person, |body| body["facts"] = json!([fact]));
    refused(
        client,
        &Request::post("/v1/referrals", &referral).by(key),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /facts/0/as_of future-day: the day is in the future
          send the day on which it happened
    "#]],
    );
    refused(
        client,
        &Request::get(format!("/v1/criteria?on=tomorrow&county={COUNTY}")).by(key),
        &expect![[r#"
            422 application/problem+json
            invalid-request: Some fields cannot be accepted
            ?on invalid-day: this is no day of the calendar
              send YYYY-MM-DD
        "#]],
    );

    // A member whose coverage has ended, on the day after.
    let left = member_file(&[
        "98123450A,L1,Left,Long,1980-01-02,U,en,SRV,,San Ravel,96191,Y,,2024-01-01,2026-02-28,medi-cal,,00,6,",
    ]);
    let load = Request::bytes("/v1/rosters", "text/csv", left).by(&county.plan("costa-alta").admin);
    assert_eq!(client.send(&load).status, 201);
    let left = json!({
        "member": { "cin": "98123450A", "birth_date": "1980-01-02" }, "service": "ecm", "facts": [],
    });
    refused(
        client,
        &Request::post("/v1/referrals", &left).by(key),
        &expect![[r#"
        422 application/problem+json
        no-coverage: No plan covers the member on that day
        /member no-coverage: no plan of this county covers the member for this service on 2026-03-02
          check the member's coverage with GET /v1/members/{id}/coverage and the date of the request
    "#]],
    );
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
    refused(
        client,
        &refer(json!({ "cin": "12345678A", "birth_date": born })),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /member/cin invalid-value: client index number must be a 9, seven digits and a letter
          copy the number from the member's Benefits Identification Card
    "#]],
    );
    // One answer for a number nobody has and a birth date that is not the member's: neither can be probed for.
    let unknown = client.send(&refer(json!({ "cin": "97654321A", "birth_date": born })));
    let wrong = client.send(&refer(json!({ "cin": person.cin, "birth_date": "1931-07-20" })));
    assert_eq!(redacted(&unknown.json), redacted(&wrong.json));
    expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /member unknown-member: no member has this CIN and birth date
          check both, or add the member with POST /v1/members
    "#]]
    .assert_eq(&problem(&wrong));
    refused(
        client,
        &refer(json!({ "cin": person.cin })),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /member one-of: the member is named neither by id nor by number and birth date
          send either id, or cin and birth_date
    "#]],
    );
    refused(
        client,
        &refer(json!({ "id": "Zebulonia", "birth_date": born })),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /member one-of: the member is named neither by id nor by number and birth date
          send either id, or cin and birth_date
    "#]],
    );
    refused(
        client,
        &refer(json!({ "id": "mem_00000000000000000000000000000000" })),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /member/id unknown-member: no such member, or not one of yours
          name the member by cin and birth_date, or add it with POST /v1/members
    "#]],
    );

    let new = json!({
        "cin": "97123456A", "family_name": "Oakes", "given_name": "Ida", "birth_date": "1990-05-05", "county": COUNTY, "purpose": "treatment",
    });
    let add = |change: Value| Request::post("/v1/members", &merged(new.clone(), &change)).by(key);
    refused(
        client,
        &add(json!({ "cin": "900-55-0101" })),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /cin invalid-value: client index number looks like a Social Security number; use the letter-ended number of a newer card
          copy the number from the member's Benefits Identification Card
    "#]],
    );
    refused(
        client,
        &add(json!({ "family_name": "" })),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /family_name invalid-value: name is empty
          send 1 to 80 characters
    "#]],
    );
    refused(
        client,
        &add(json!({ "given_name": "x".repeat(300) })),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /given_name invalid-value: name is longer than 80 characters
          send 1 to 80 characters
    "#]],
    );
    refused(
        client,
        &add(json!({ "birth_date": "2026-03-03" })),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /birth_date future-day: the day is in the future
          send the day on which it happened
    "#]],
    );
    refused(
        client,
        &add(json!({ "county": "ZZZ" })),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /county unknown-code: there is no such county
          send a code of GET /v1/dictionary/counties; the operator adds invented ones
    "#]],
    );
    refused(
        client,
        &add(json!({ "language": "Español" })),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /language invalid-value: this is no BCP 47 tag
          send a tag such as en, es or zh-Hant
    "#]],
    );
    refused(
        client,
        &add(json!({ "phone": "call me" })),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /phone invalid-value: this is no telephone number
          send ten digits, or + and the country's code
    "#]],
    );
    let home = json!({ "line": "12 Alder Street", "city": "San Ravel", "zip": "9599" });
    refused(
        client,
        &add(json!({ "address": home })),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /address/zip invalid-value: this is no ZIP code
          send five digits, or nine as 95999-0001
    "#]],
    );
    let home = json!({ "line": "12 Alder Street", "city": "San Ravel", "zip": "95999" });
    refused(
        client,
        &add(json!({ "address": home, "no_fixed_address": true })),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /no_fixed_address not-with-this: there is an address, and it is said that there is none
          send one of the two
    "#]],
    );
    // A number of nobody's, and later one whose birth date is another: one answer, and nothing is kept of either.
    let unknown = expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /cin unknown-member: no plan's file here names a member with this CIN, birth date and name; nothing was kept
          check all three against the member's card; to keep the person until a file does, send provisional as true
    "#]];
    refused(client, &add(json!({})), &unknown);
    let kept = |change: Value| add(merged(json!({ "provisional": true }), &change));
    assert_eq!(client.send(&kept(json!({}))).status, 201);
    assert_eq!(client.send(&kept(json!({ "phone": "530 555 0142" }))).status, 200);
    refused(client, &add(json!({ "birth_date": "1990-05-06" })), &unknown);
    let plan = Request::post("/v1/members", &merged(new.clone(), &json!({ "provisional": true })));
    refused(
        client,
        &plan.by(&county.plan("valle-vista").admin),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /provisional not-with-this: a plan's member file says who its members are
          leave it out, and send the file with POST /v1/rosters
    "#]],
    );
}

#[test]
fn attempts_and_versions() {
    let county = County::shared(Database::Sqlite);
    let client = &county.client();
    let key = county.key_of("open-door");
    let body = ecm_referral(&county.person("valle-vista"));
    let post = || Request::post("/v1/referrals", &body).by(key);
    refused(
        client,
        &post().without("Idempotency-Key"),
        &expect![[r#"
        400 application/problem+json
        missing-idempotency-key: Say which attempt this is: send an Idempotency-Key
        (send Idempotency-Key: any unique text, such as a UUID; keep it, to send the same request again)
    "#]],
    );
    refused(
        client,
        &post().once(""),
        &expect![[r#"
        400 application/problem+json
        malformed-idempotency-key: The Idempotency-Key cannot be used
        (it must be sent once, with 1 to 200 visible ASCII characters, quoted or not)
    "#]],
    );
    refused(
        client,
        &post().once("\"half quoted"),
        &expect![[r#"
        400 application/problem+json
        malformed-idempotency-key: The Idempotency-Key cannot be used
        (it must be sent once, with 1 to 200 visible ASCII characters, quoted or not)
    "#]],
    );
    refused(
        client,
        &post().once(&"x".repeat(201)),
        &expect![[r#"
        400 application/problem+json
        malformed-idempotency-key: The Idempotency-Key cannot be used
        (it must be sent once, with 1 to 200 visible ASCII characters, quoted or not)
    "#]],
    );
    refused(
        client,
        &post().once("one").header("Idempotency-Key", "two"),
        &expect![[r#"
        400 application/problem+json
        malformed-idempotency-key: The Idempotency-Key cannot be used
        (it must be sent once, with 1 to 200 visible ASCII characters, quoted or not)
    "#]],
    );

    let case = client.send(&post()).with(201);
    refused(
        client,
        &post(),
        &expect![[r#"
        409 application/problem+json
        duplicate: The member already has an open case for this
    "#]],
    );
    assert_eq!(client.send(&post()).json["case"], case["id"]);
    // Another organization's goes with it. Which case that is, is not for the other organization to know.
    let other = Request::post("/v1/referrals", &body).by(county.key_of("casa-puente"));
    let other = client.send(&other).with(201);
    assert_eq!(text(&other, "/state"), "joined");
    assert!(other["follows"].is_null() && other["id"] != case["id"]);

    let path = format!("/v1/referrals/{}/status", text(&case, "/id"));
    let step = || Request::post(&path, &json!({ "status": "accepted" })).by(key);
    refused(
        client,
        &step(),
        &expect![[r#"
        428 application/problem+json
        precondition-required: Say which version is to be changed: send If-Match
        (send If-Match with the ETag of the version that was read)
    "#]],
    );
    refused(
        client,
        &step().of_version(&json!(0)),
        &expect![[r#"
        412 application/problem+json
        stale: It changed since it was read; read it again
        (its version is 1 now: if the change still fits, send it with If-Match: "1")
    "#]],
    );
    refused(
        client,
        &step().of_version(&json!(99)),
        &expect![[r#"
        412 application/problem+json
        stale: It changed since it was read; read it again
        (its version is 1 now: if the change still fits, send it with If-Match: "1")
    "#]],
    );
    refused(
        client,
        &step().header("If-Match", "\"77\", \"99.0123456789abcdef\""),
        &expect![[r#"
        412 application/problem+json
        stale: It changed since it was read; read it again
        (its version is 1 now: if the change still fits, send it with If-Match: "1")
    "#]],
    );
    refused(
        client,
        &step().header("If-Match", "W/\"1\", W/\"2\", W/\"3\""),
        &expect![[r#"
        412 application/problem+json
        stale: It changed since it was read; read it again
    "#]],
    );
    let known = format!("\"99\", \"{}\"", case["version"]);
    let done = client.send(&step().header("If-Match", &known));
    assert_eq!(done.status, 200, "one of the versions is the one that is there");
    assert!(done.header("etag").starts_with(&format!("\"{}.", done.json["version"])));
    refused(
        client,
        &step().of_version(&case["version"]),
        &expect![[r#"
        412 application/problem+json
        stale: It changed since it was read; read it again
        (its version is 2 now: if the change still fits, send it with If-Match: "2")
    "#]],
    );
    refused(
        client,
        &step().of_version(&done.json["version"]),
        &expect![[r#"
        409 application/problem+json
        not-allowed-now: The state it is in does not allow this
        (cannot provider-accept a referral that is provider-accepted)
    "#]],
    );
    let close =
        Request::post(&path, &json!({ "status": "closed" })).by(key).of_version(&done.json["version"]);
    refused(
        client,
        &close,
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /closure_reason missing-field: closed needs this
          send it
    "#]],
    );
    let close = json!({ "status": "closed", "closure_reason": "boredom" });
    refused(
        client,
        &Request::post(&path, &close).by(key).of_version(&done.json["version"]),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /closure_reason unknown-code: this is no closure reason
          send one of: services-received, provider-declined, provider-no-capacity, unable-to-reach, member-declined, member-no-longer-needs, not-eligible, not-authorized, lost-coverage, changed-plan, moved, deceased, duplicate, other
    "#]],
    );

    let member = format!("/v1/members/{}", text(&case, "/member_id"));
    let patch = || Request::post(&member, &json!({ "phone": "530-555-0143" })).method("PATCH").by(key);
    refused(
        client,
        &patch(),
        &expect![[r#"
        428 application/problem+json
        precondition-required: Say which version is to be changed: send If-Match
        (send If-Match with the ETag of the version that was read)
    "#]],
    );
    refused(
        client,
        &patch().of_version(&json!(77)),
        &expect![[r#"
        412 application/problem+json
        stale: It changed since it was read; read it again
        (its version is 1 now: if the change still fits, send it with If-Match: "1")
    "#]],
    );
    let read = client.send(&Request::get(format!("{member}?purpose=treatment")).by(key));
    let tag = read.header("etag").to_owned();
    assert_eq!(
        client
            .send(&Request::get(format!("{member}?purpose=treatment")).by(key).header("If-None-Match", &tag))
            .status,
        304
    );
    assert_eq!(client.send(&patch().header("If-Match", "*")).status, 200, "whichever version is there");
    let read = client.send(&Request::get(format!("{member}?purpose=treatment")).by(key));
    let tag = read.header("etag").to_owned();
    let patched = client.send(&patch().header("If-Match", &tag));
    assert_eq!((patched.status, text(&patched.json, "/contact/phone/source")), (200, "provider"));
}

#[test]
fn keys_and_roles() {
    let county = County::shared(Database::Sqlite);
    let client = &county.client();
    let list = || Request::get("/v1/referrals");
    refused(
        client,
        &list(),
        &expect![[r#"
        401 application/problem+json
        not-signed-in: A valid key is needed
        (send Authorization: Bearer and the key)
    "#]],
    );
    refused(
        client,
        &list().by("cw_00000000000000000000000000000000"),
        &expect![[r#"
        401 application/problem+json
        not-signed-in: A valid key is needed
        (send Authorization: Bearer and the key)
    "#]],
    );
    refused(
        client,
        &list().by(""),
        &expect![[r#"
        401 application/problem+json
        not-signed-in: A valid key is needed
        (send Authorization: Bearer and the key)
    "#]],
    );
    refused(
        client,
        &list().by(&"x".repeat(5000)),
        &expect![[r#"
        401 application/problem+json
        not-signed-in: A valid key is needed
        (send Authorization: Bearer and the key)
    "#]],
    );
    refused(
        client,
        &list().header("Authorization", "Basic b3Blbjpkb29y"),
        &expect![[r#"
        401 application/problem+json
        not-signed-in: A valid key is needed
        (send Authorization: Bearer and the key)
    "#]],
    );
    let twice = list().by(county.key_of("open-door")).by(county.key_of("casa-puente"));
    refused(
        client,
        &twice,
        &expect![[r#"
        401 application/problem+json
        not-signed-in: A valid key is needed
        (send Authorization: Bearer and the key)
    "#]],
    );

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
        Request::post(
            "/v1/keys",
            &json!({ "organization": county.provider("open-door").id, "role": "operator", "label": "x" }),
        ),
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
    refused(
        client,
        &key_for(json!({ "organization": open_door, "role": "king", "label": "x" })),
        &expect![[r#"
            422 application/problem+json
            invalid-request: Some fields cannot be accepted
            /role unknown-code: this is none of the known words
              send one of: provider, plan-reviewer, plan-admin, operator
        "#]],
    );
    refused(
        client,
        &key_for(json!({ "organization": open_door, "role": "plan-admin", "label": "x" })),
        &expect![[r#"
            422 application/problem+json
            invalid-request: Some fields cannot be accepted
            /role wrong-role: this role does not fit this kind of organization
              providers get provider, plans get plan-reviewer or plan-admin, the county gets operator
        "#]],
    );
    let licensed = json!({ "organization": open_door, "role": "provider", "label": "x", "license": "RN 1" });
    refused(
        client,
        &key_for(licensed),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /license not-with-this: this does not go with provider
          leave it out
    "#]],
    );
    let nobody =
        json!({ "organization": "org_00000000000000000000000000000000", "role": "provider", "label": "x" });
    refused(
        client,
        &key_for(nobody),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /organization unknown-organization: no such organization
          add it with POST /v1/organizations
    "#]],
    );
    let add = |body: Value| Request::post("/v1/organizations", &body).by(operator);
    refused(
        client,
        &add(json!({ "kind": "provider", "name": "No number" })),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /npi missing-field: a provider needs this
          send it
    "#]],
    );
    refused(
        client,
        &add(json!({ "kind": "provider", "name": "Wrong", "npi": "1234567890" })),
        &expect![[r#"
            422 application/problem+json
            invalid-request: Some fields cannot be accepted
            /npi invalid-value: national provider identifier has a wrong check digit
              look it up in the NPI registry
        "#]],
    );
    refused(
        client,
        &add(json!({ "kind": "plan", "name": "Second", "plan_id": "valle-vista" })),
        &expect![[r#"
            409 application/problem+json
            exists: It names something that is taken already
        "#]],
    );
    refused(
        client,
        &add(json!({ "kind": "plan", "name": "Shouting", "plan_id": "VALLE VISTA" })),
        &expect![[r#"
            422 application/problem+json
            invalid-request: Some fields cannot be accepted
            /plan_id invalid-value: plan id must be 1 to 40 lower-case letters, digits and inner hyphens
              send a slug, such as valle-vista
        "#]],
    );
}

#[test]
fn addresses_and_queries() {
    let county = County::shared(Database::Sqlite);
    let client = &county.client();
    let key = county.key_of("open-door");
    let get = |path: &str| Request::get(path).by(key);
    refused(
        client,
        &get("/v1/referals"),
        &expect![[r#"
        404 application/problem+json
        not-found: There is nothing here
    "#]],
    );
    refused(
        client,
        &get("/v1/referrals").method("DELETE"),
        &expect![[r#"
        405 application/problem+json
        method-not-allowed: This cannot be done to this address
    "#]],
    );
    refused(
        client,
        &get("/v1/referrals/42"),
        &expect![[r#"
        404 application/problem+json
        not-found: There is nothing here
    "#]],
    );
    refused(
        client,
        &get("/v1/referrals/case_00000000000000000000000000000000"),
        &expect![[r#"
        404 application/problem+json
        not-found: There is nothing here
    "#]],
    );
    refused(
        client,
        &get("/v1/referrals/%2e%2e%2fmembers"),
        &expect![[r#"
        404 application/problem+json
        not-found: There is nothing here
    "#]],
    );
    refused(
        client,
        &get("/v1/referrals?limit=0"),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        ?limit invalid-value: the limit is not a number from 1 to 200
          send one, or none for 50
    "#]],
    );
    refused(
        client,
        &get("/v1/referrals?limit=201"),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        ?limit invalid-value: the limit is not a number from 1 to 200
          send one, or none for 50
    "#]],
    );
    refused(
        client,
        &get("/v1/referrals?limit=many"),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        ?limit invalid-value: the limit is not a number from 1 to 200
          send one, or none for 50
    "#]],
    );
    refused(
        client,
        &get("/v1/referrals?limit=1&limit=2"),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        ? invalid-query: the query cannot be read
          send each parameter once, percent-encoded
    "#]],
    );
    refused(
        client,
        &get("/v1/referrals?state=lost"),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        ?state unknown-code: there is no such state
          send one of: needs-information, with-people, accepted, provider-accepted, in-service, changing-provider, redirected, not-eligible, closed, joined, moved
    "#]],
    );
    refused(
        client,
        &get("/v1/referrals?stat=closed"),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        ? unknown-parameter: there is no such query parameter
          leave it out; known here: state, member, service, plan, provider, received_from, received_to, limit, cursor
    "#]],
    );
    refused(
        client,
        &get("/v1/referrals?cursor=Quillfeather"),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        ?cursor bad-cursor: this cursor was not given by this list
          pass next_cursor of the page before, or leave it out
    "#]],
    );
    refused(
        client,
        &get("/v1/deadlines?state=late"),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        ?state unknown-code: no such state of a deadline
          use open, met, missed, cancelled or lapsed
    "#]],
    );
    refused(
        client,
        &get("/v1/criteria?county=ZZZ"),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        ?county unknown-code: there is no such county
          send a code of GET /v1/dictionary/counties; the operator adds invented ones
    "#]],
    );
    refused(
        client,
        &get("/v1/criteria?service=massage"),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        ?service unknown-code: there is no such service
          send a service id of the catalog, or none for all
    "#]],
    );
    let reviewer = &county.plan("valle-vista").reviewer;
    refused(
        client,
        &Request::get("/v1/worklist?kind=letter").by(reviewer),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        ?kind unknown-code: there is no such kind of case
          send one of: referral, authorization, claim, application
    "#]],
    );
    let admin = &county.plan("valle-vista").admin;
    let activate = |body: Value| Request::post("/v1/plans/valle-vista/activations", &body).by(admin);
    refused(
        client,
        &activate(json!({ "digest": "latest" })),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /digest invalid-value: digest must be 64 hexadecimal digits
          send the digest of POST /v1/plans/{id}/plugins
    "#]],
    );
    refused(
        client,
        &activate(json!({ "digest": "0".repeat(64) })),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /digest unknown-plugin: no such plugin was uploaded for this plan
          upload it with POST /v1/plans/{id}/plugins
    "#]],
    );
    let digest = &county.plan("valle-vista").digest;
    refused(
        client,
        &activate(json!({ "digest": digest, "from": "2026-03-01T00:00:00Z" })),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /from in-the-past: a decision that was made stays as it was made
          give an instant that is still to come, or leave it out for now
    "#]],
    );
    refused(
        client,
        &activate(json!({ "digest": digest, "from": "soon" })),
        &expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /from invalid-value: this is no instant
          send RFC 3339, such as 2026-03-01T08:00:00Z
    "#]],
    );
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
        "98000006A,R9,Wrong,County,1980-01-02,U,en,ZZZ,,San Ravel,96191,Y,,2026-01-01,,medi-cal,,00,6,".to_owned(),
        "98000007A,R10,Wrong,Line,1980-01-02,U,en,SRV,,San Ravel,96191,Y,,2026-01-01,,dental,,00,6,".to_owned(),
        "98000008A,R11,Back,Wards,1980-01-02,U,en,SRV,,San Ravel,96191,Y,,2026-06-01,2026-05-01,medi-cal,,00,6,".to_owned(),
        "98000009A,R12,Odd,Dual,1980-01-02,U,en,SRV,,San Ravel,96191,Y,,2026-01-01,,medi-cal,,77,6,".to_owned(),
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
    expect![[r#"
        3 CIN cin-form: this is no client index number; give a 9, seven digits and a letter, or the card number that begins with them
        4 CIN cin-ssn: the number looks like a Social Security number, which is not kept here; give the letter-ended client index number, and take Social Security numbers out of the export
        5 CIN cin-filler: the client index number is a filler of seven equal digits; look the member's number up
        6 CIN duplicate-row: an earlier row has the same client index number and coverage start; send one row for each coverage
        7 Date of Birth birth-date: this is no day of the calendar; write the year in four digits: YYYY-MM-DD, MM/DD/YYYY or YYYYMMDD
        8 Date of Birth birth-date: the birth date is in the future; check the century of two-digit years in the export
        9 Last Name name-missing: there is no last name, or one that is no name; give a name of 1 to 80 characters
        10 County county-unknown: the county is none that this host knows; write the county's name, its code, the state's number or the FIPS code
        11 Line of Business line-unknown: the line of business is none of the plan's; write one that the plan's profile declares, such as medi-cal
        12 Coverage End Date coverage-dates: coverage ends before it starts; check both days; leave out a coverage that was voided
        13 Dual Status Code dual-status-unknown: this is no CMS dual status code; write two digits such as 02, keep the leading zero, and write 00 for a member who is not in Medicare
        14  cell-count: the row has more or fewer cells than the header row; give each row one cell for each header, and quote a cell that holds a comma
    "#]].assert_eq(&issues("refused"));
    expect![[r#"
        15 Zip zip-form: this is no ZIP code; it was not kept; write five digits, or five, a hyphen and four; keep leading zeros
        15 Sex sex-unknown: this is no sex that is known here; it was not kept; write F, M, X or U, or the word
        15 Homelessness Indicator homelessness-form: this is neither Y nor N; it was not kept; write Y, N or nothing
        15 Renewal Month renewal-month-form: this is no month; it was not kept; write a number from 1 to 12
        15 Phone Number phone-form: this is no telephone number of the North American plan; it was not kept; write ten digits, with the area code, and no filler
        15 PCP NPI pcp-npi-form: this is no national provider identifier; it was not kept; write ten digits that begin with 1 or 2 and whose check digit is right
    "#]].assert_eq(&issues("warnings"));
    assert_eq!(report["rows"], rows.len());
    let search = |cin: &str| {
        client
            .send(
                &Request::post("/v1/members/search", &json!({ "cin": cin, "purpose": "treatment" }))
                    .by(admin),
            )
            .status
    };
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
    assert!(!county.server.log().contains("panicked"));
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

/// Where a text is read, a control or bidirectional character is refused by its field; where something is looked for, nothing
/// of that name is there.
fn characters_that_nobody_sees_are_refused(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let (key, operator) = (county.key_of("open-door"), &county.server.operator);
    let admin = &county.plan("valle-vista").admin;
    for address in [
        "/v1/plans/valle-vista/tables/a%00b",
        "/v1/plans/valle%00vista/profile",
        "/v1/dictionary/coun%00ties",
        "/v1/referrals/case_%00",
        "/fhir/Task/case-%00",
        "/v1/plugins/%00",
    ] {
        let answer = client.send(&Request::get(address).by(admin));
        assert_eq!(answer.status, 404, "{address}");
    }
    for address in [
        "/v1/audit?action=a%00b",
        "/v1/contracts?plan=%00",
        "/v1/referrals?cursor=%00",
        "/v1/plugins/%00?limit=%00",
    ] {
        let answer = client.send(&Request::get(address).by(admin));
        assert!([404, 422].contains(&answer.status), "{address}: {}", answer.status);
    }
    let member = |family: &str| {
        json!({
            "cin": "96543217A", "family_name": family, "given_name": "Ida", "birth_date": "1990-05-05",
            "county": COUNTY, "purpose": "treatment",
        })
    };
    let labelled = |label: &str| json!({ "organization": county.provider("open-door").id, "role": "provider", "label": label });
    // Right-to-left override, isolate and mark; a line separator; NUL, tab and delete.
    for odd in ['\u{202e}', '\u{2067}', '\u{200f}', '\u{2028}', '\0', '\t', '\u{7f}'] {
        let name = format!("Oa{odd}kes");
        for (path, body, by, field) in [
            ("/v1/members", member(&name), key, "/family_name"),
            ("/v1/keys", labelled(&name), operator.as_str(), "/label"),
        ] {
            let answer = client.send(&Request::post(path, &body).by(by));
            assert_eq!((answer.status, answer.code()), (422, "invalid-request"), "{path} {odd:?}");
            let at = text(&answer.json, "/errors/0/pointer");
            assert!(at == field || (odd == '\0' && at.is_empty()), "{path} {odd:?}: {at}");
        }
    }
    // A name from right to left is a name.
    let label = "\u{645}\u{62d}\u{645}\u{62f} \u{5d0}\u{5d1}";
    let kept = client.send(&Request::post("/v1/keys", &labelled(label)).by(operator)).with(201);
    assert_eq!(kept["label"], label);
}
