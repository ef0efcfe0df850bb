//! Reference tables: rows that a plan uploads, found by key and day, and named by every evaluation that saw
//! them.

use expect_test::expect;
use serde_json::{Value, json};

use crate::harness::{
    Answer, County, Database, Request, Server, asked, billed, facts, on_both_databases, problem, text,
};

on_both_databases! {
    a_rate_changes_without_a_new_plugin
    a_table_is_taken_whole_or_not_at_all
    a_table_is_its_plans
}

const SCHEDULE: &str = "/v1/plans/harbor-crest/tables/fee-schedule";

/// A file of rates for outreach.
fn csv(query: &str, rows: &str) -> Request {
    Request::bytes(format!("{SCHEDULE}{query}"), "text/csv", format!("procedure,amount\n{rows}"))
}

fn upload(county: &County, request: &Request) -> Answer {
    county.client().send(&request.clone().by(&county.plan("harbor-crest").admin))
}

/// A claim for attempts to reach the member, a line for each day.
fn attempts(county: &County, days: &[&str]) -> Value {
    let lines: Vec<Value> = days.iter().map(|day| billed("G9008 U8", 1, day, "60.00")).collect();
    let person = county.person("harbor-crest");
    let claim = json!({ "member": person.named(), "diagnoses": ["Z59.02"], "lines": lines });
    county.submit(county.key_of("open-door"), "claims", &claim)
}

/// Evaluation of a case, as the plan reads it.
fn seen(county: &County, case: &Value) -> Value {
    let path = format!("/v1/evaluations/{}", text(case, "/evaluation/id"));
    county.client().read(&county.plan("harbor-crest").admin, &path)
}

fn replayed(county: &County, case: &Value) -> Value {
    let path = format!("/v1/evaluations/{}/replay", text(case, "/evaluation/id"));
    let request = Request::post(path, &json!({})).by(&county.plan("harbor-crest").admin);
    county.client().send(&request).with(200)
}

fn a_rate_changes_without_a_new_plugin(database: Database) {
    let county = County::of(Server::start(database), &["harbor-crest"]);
    let (client, admin) = (county.client(), county.plan("harbor-crest").admin.clone());
    let published = attempts(&county, &["2026-03-02"]);
    assert_eq!(published["total_payable"], "41.30");
    assert_eq!(seen(&county, &published)["tables"], Value::Null, "nothing was uploaded");

    let first = upload(&county, &csv("?effective_from=2026-02-01", "G9008 U8,45.00\n")).with(201);
    assert_eq!(
        (&first["version"], &first["rows"], &first["effective_from"], &first["effective_to"]),
        (&json!(1), &json!(1), &json!("2026-02-01"), &Value::Null)
    );
    let later =
        json!({ "effective_from": "2026-02-10", "rows": [{ "amount": 50, "procedure": "g9008 u8" }] });
    let later = upload(&county, &Request::post(SCHEDULE, &later)).with(201);
    let promotion =
        csv("?effective_from=2026-02-12&effective_to=2026-02-13", "G9008 U8,55.5\nG9008 U8 GQ,20\n");
    let promotion = upload(&county, &promotion).with(201);
    assert_eq!((&later["version"], &promotion["version"]), (&json!(2), &json!(3)));

    // The latest upload that holds the day is in force on it.
    let mut decided = Vec::new();
    for (day, paid, version) in [
        ("2026-01-31", "41.30", None),
        ("2026-02-01", "45.00", Some("1")),
        ("2026-02-09", "45.00", Some("1")),
        ("2026-02-10", "50.00", Some("2")),
        ("2026-02-12", "55.50", Some("3")),
        ("2026-02-13", "55.50", Some("3")),
        ("2026-02-14", "50.00", Some("2")),
    ] {
        let claim = attempts(&county, &[day]);
        assert_eq!(claim["total_payable"], paid, "{day}");
        let record = seen(&county, &claim);
        let expected =
            version.map(|version| json!([{ "table": "fee-schedule", "version": version, "rows": 1 }]));
        assert_eq!(record["tables"], expected.unwrap_or_default(), "{day}");
        decided.push((claim, record));
    }
    assert_eq!(
        decided[4].1.pointer("/input/adjudicate/context/tables"),
        Some(&json!([
            { "name": "risk-tiers", "rows": [] },
            { "name": "fee-schedule", "rows": [{ "version": "3", "cells": ["G9008 U8", "55.5"] }] },
        ])),
        "just the rows that match"
    );

    // What was decided stays, whatever is uploaded for its day since.
    let before: Vec<Value> = decided.iter().map(|(claim, _)| replayed(&county, claim)).collect();
    upload(&county, &csv("?effective_from=2026-01-01", "G9008 U8,12.00\n")).with(201);
    assert_eq!(attempts(&county, &["2026-02-12"])["total_payable"], "12.00", "a new case gets the new rate");
    for ((claim, record), before) in decided.iter().zip(&before) {
        let after = replayed(&county, claim);
        assert_eq!((&after["same"], &after), (&json!(true), before));
        assert_eq!(seen(&county, claim), *record);
        assert_eq!(county.again(county.key_of("open-door"), claim)["total_payable"], claim["total_payable"]);
    }

    // One day's rows would price the other's line too, so people do.
    upload(&county, &csv("?effective_from=2026-02-05&effective_to=2026-02-05", "G9008 U8,13.00\n")).with(201);
    let straddling = attempts(&county, &["2026-02-04", "2026-02-05"]);
    assert_eq!(
        (text(&straddling, "/state"), text(&straddling, "/why_people/code")),
        ("with-people", "tables-change")
    );
    let within = attempts(&county, &["2026-02-06", "2026-02-07"]);
    assert_eq!((text(&within, "/state"), text(&within, "/total_payable")), ("advised", "24.00"));

    // Every version is there to be read.
    let page = client.read(&admin, &format!("{SCHEDULE}?limit=2"));
    let numbers = |page: &Value| -> Vec<i64> {
        let items = page["items"].as_array().expect("a list").iter();
        items.filter_map(|item| item["version"].as_i64()).collect()
    };
    assert_eq!(numbers(&page), [5, 4]);
    let next = format!("{SCHEDULE}?limit=9&cursor={}", text(&page, "/next_cursor"));
    assert_eq!(numbers(&client.read(&admin, &next)), [3, 2, 1]);
    let rows = client.read(&admin, &format!("{SCHEDULE}/versions/3?limit=1"));
    assert_eq!(rows["version"], promotion);
    assert_eq!(
        (&rows["columns"], &rows["items"], text(&rows, "/next_cursor")),
        (&json!(["procedure", "amount"]), &json!([{ "row": 1, "cells": ["G9008 U8", "55.5"] }]), "1")
    );
    let rows = client.read(&admin, &format!("{SCHEDULE}/versions/3?cursor=1"));
    assert_eq!(rows["items"], json!([{ "row": 2, "cells": ["G9008 GQ U8", "20"] }]));
    assert_eq!(rows["next_cursor"], Value::Null);
    let tables = client.read(&admin, "/v1/plans/harbor-crest/tables");
    let named = |name: &str| {
        let tables = tables["items"].as_array().expect("a list");
        tables.iter().find(|table| table["name"] == name).cloned().unwrap_or_default()
    };
    let schedule = named("fee-schedule");
    assert_eq!((&schedule["in_force"], &schedule["newest"]["version"]), (&json!(4), &json!(5)));
    assert_eq!(
        (&schedule["keys"], &schedule["columns"]),
        (&json!(["procedure"]), &json!(["procedure", "amount"]))
    );
    assert_eq!(
        (&named("risk-tiers")["in_force"], &named("risk-tiers")["newest"]),
        (&Value::Null, &Value::Null)
    );

    a_fact_is_a_key_too(&county);
}

/// The member's county and a fact of the request find the row; the plugin notes what it says.
fn a_fact_is_a_key_too(county: &County) {
    let rows = "tier,county,housing.status\nhigh,SRV,homeless-sheltered\nlow,SRV,at-risk\n";
    let path = "/v1/plans/harbor-crest/tables/risk-tiers?effective_from=2026-01-01";
    upload(county, &Request::bytes(path, "text/csv", rows)).with(201);
    let person = county.person("harbor-crest");
    let request = json!({
        "member": person.named(), "service": "housing-transition-navigation",
        "lines": [asked("H0043 U6", 90, "2026-03-02", "2026-05-30")],
        "facts": facts(&[("consent.member-agrees", json!(true)), ("housing.status", json!("at-risk"))]),
    });
    let case = county.submit(county.key_of("open-door"), "authorizations", &request);
    let record = seen(county, &case);
    assert_eq!(record["tables"], json!([{ "table": "risk-tiers", "version": "1", "rows": 1 }]));
    assert_eq!(
        record.pointer("/output/answer/determine/notes"),
        Some(&json!(["risk tier low"])),
        "cells stand in the declared order, whatever the file's"
    );
}

fn a_table_is_taken_whole_or_not_at_all(database: Database) {
    let county = County::of(Server::start(database), &["harbor-crest"]);
    let (client, admin) = (county.client(), county.plan("harbor-crest").admin.clone());
    let from = "?effective_from=2026-03-01";
    let told = |request: Request| problem(&upload(&county, &request));
    expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
         nothing-loaded: 5 of 6 rows cannot be used, so none was loaded: a table of which a part is missing decides wrongly
          mend the rows below and send the whole table again
        #cell=3,1 key-empty: row 3, column procedure: the key is empty
          fill the cell, or leave the row out
        #cell=4,1 key-procedure: row 4, column procedure: the catalog has no such code and modifier set on those days
          write a procedure of the catalog, such as G9008 U1
        #cell=5,2 control-character: row 5, column amount: the cell holds a line break or another control or bidirectional character
          write it on one line
        #cell=5,1 key-procedure: row 5, column procedure: the catalog has no such code and modifier set on those days
          write a procedure of the catalog, such as G9008 U1
        #row=6 cell-count: row 6: the number of its cells is 3 and not 2
          give the row as many cells as the first row has
        #row=7 row-repeated: row 7: an earlier row says the same
          leave it out
    "#]].assert_eq(&told(csv(
        from,
        "G9008 U8,45.00\n,46.00\nG9008 ZZ,47.00\nG9008,\"4\n8\"\nsomebody,49.00,50.00\nG9008 U8,45.00\n",
    )));
    expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
         nothing-loaded: 2 of 3 rows cannot be used, so none was loaded: a table of which a part is missing decides wrongly
          mend the rows below and send the whole table again
        /rows/1/procedure key-procedure: row 2, column procedure: procedure code must be a letter and four digits
          write a HCPCS code and its modifiers, such as G9008 U1
        /rows/2/price column-unknown: row 3, column price: the profile declares no such column
          leave it out; GET /v1/plans/{id}/tables lists the columns
        /rows/2/amount column-missing: row 3, column amount: the column is missing
          send every declared column, empty if it must be
    "#]].assert_eq(&told(Request::post(
        SCHEDULE,
        &json!({
            "effective_from": "2026-03-01",
            "rows": [
                { "procedure": "G9008 U8", "amount": "45.00" },
                { "procedure": "U8", "amount": "45.00" },
                { "procedure": "G9008 U8", "price": "45.00" },
            ],
        }),
    )));
    for (what, request, expected) in [
        (
            "no days",
            csv("", "G9008 U8,45.00\n"),
            expect![[r#"
            422 application/problem+json
            invalid-request: Some fields cannot be accepted
            ?effective_from missing-field: a table needs this
              send it
        "#]],
        ),
        (
            "no calendar",
            csv("?effective_from=2026-02-30&effective_to=soon", "G9008 U8,45.00\n"),
            expect![[r#"
            422 application/problem+json
            invalid-request: Some fields cannot be accepted
            ?effective_from invalid-day: this is no day of the calendar
              send YYYY-MM-DD
            ?effective_to invalid-day: this is no day of the calendar
              send YYYY-MM-DD
        "#]],
        ),
        (
            "days out of order",
            csv("?effective_from=2026-03-02&effective_to=2026-03-01", "G9008 U8,1\n"),
            expect![[r#"
                422 application/problem+json
                invalid-request: Some fields cannot be accepted
                ?effective_to days-out-of-order: the last day is before the first
                  put the days in order
            "#]],
        ),
        (
            "no rows",
            csv(from, ""),
            expect![[r#"
            422 application/problem+json
            bad-file: The file cannot be read at all
             no-rows: there is no row; a table without rows would take away what is in force
              send at least one row
        "#]],
        ),
        (
            "other columns",
            Request::bytes(format!("{SCHEDULE}{from}"), "text/csv", "procedure,price\nG9008 U8,1\n"),
            expect![[r#"
                422 application/problem+json
                bad-file: The file cannot be read at all
                 file-columns: the first row does not hold the declared columns; missing: amount; unknown: price
                  send UTF-8 CSV whose first row names the declared columns; GET /v1/plans/{id}/tables lists them
            "#]],
        ),
        (
            "another table",
            Request::bytes(
                "/v1/plans/harbor-crest/tables/no-such-table?effective_from=2026-03-01",
                "text/csv",
                "a\n1\n",
            ),
            expect![[r#"
                422 application/problem+json
                invalid-request: Some fields cannot be accepted
                 unknown-table: the plan's plugin in force declares no such table
                  use one of: risk-tiers, fee-schedule; or declare it in the profile of the plan's plugin
            "#]],
        ),
        (
            "another form",
            Request::bytes(format!("{SCHEDULE}{from}"), "text/plain", "procedure,amount"),
            expect![[r#"
                415 application/problem+json
                unsupported-media-type: This operation does not read that media type
                (send content-type: text/csv or application/json)
            "#]],
        ),
        (
            "days twice",
            Request::post(
                format!("{SCHEDULE}{from}"),
                &json!({ "effective_from": "2026-03-01", "rows": [] }),
            ),
            expect![[r#"
                422 application/problem+json
                invalid-request: Some fields cannot be accepted
                ?effective_from not-with-this: this does not go with JSON, which says it in its body
                  leave it out
            "#]],
        ),
        (
            "no row but a list",
            Request::post(
                SCHEDULE,
                &json!({ "effective_from": "2026-03-01", "rows": [["G9008 U8", "45.00"]] }),
            ),
            expect![[r#"
                422 application/problem+json
                invalid-request: Some fields cannot be accepted
                /rows/0 wrong-type: the value is of the wrong type
                  send an object
            "#]],
        ),
        (
            "no cell but an object",
            Request::post(SCHEDULE, &json!({ "effective_from": "2026-03-01", "rows": [{ "amount": {} }] })),
            expect![[r#"
                422 application/problem+json
                invalid-request: Some fields cannot be accepted
                /rows/0/amount wrong-type: the value is of the wrong type
                  send another shape
            "#]],
        ),
    ] {
        let told = told(request);
        assert!(told.starts_with('4'), "{what}: {told}");
        expected.assert_eq(&told);
    }
    assert_eq!(client.read(&admin, SCHEDULE)["items"], json!([]), "nothing of it was kept");
    assert_eq!(attempts(&county, &["2026-03-02"])["total_payable"], "41.30");

    // The same attempt and the same rows happen once; only then does something change.
    let good = csv(from, "G9008 U8,45.00\n").once("\"rates-of-march\"");
    let first = upload(&county, &good);
    let again = upload(&county, &good);
    assert!(again.is_replayed() && again.bytes == first.bytes);
    let first = first.with(201);
    let as_json =
        json!({ "effective_from": "2026-03-01", "rows": [{ "amount": "45.00", "procedure": "G9008 U8" }] });
    assert_eq!(
        upload(&county, &Request::post(SCHEDULE, &as_json)).with(201),
        first,
        "the same rows in another form"
    );
    let until = csv("?effective_from=2026-03-01&effective_to=2026-06-30", "G9008 U8,45.00\n");
    assert_eq!(upload(&county, &until).with(201)["version"], 2, "the same rows for other days");
}

fn a_table_is_its_plans(database: Database) {
    let county = County::of(Server::start(database), &["harbor-crest", "valle-vista"]);
    let client = county.client();
    let schedule = csv("?effective_from=2026-03-01", "G9008 U8,45.00\n");
    let (own, other) = (county.plan("harbor-crest"), county.plan("valle-vista"));
    let reads =
        ["/v1/plans/harbor-crest/tables".to_owned(), SCHEDULE.to_owned(), format!("{SCHEDULE}/versions/1")];
    for (who, key, status) in [
        ("its reviewer", own.reviewer.as_str(), 403),
        ("another plan", &other.admin, 404),
        ("a provider", county.key_of("open-door"), 403),
    ] {
        assert_eq!(client.send(&schedule.clone().by(key)).status, status, "{who}");
        for path in &reads {
            assert_eq!(client.send(&Request::get(path.as_str()).by(key)).status, status, "{who}: {path}");
        }
    }
    client.send(&schedule.by(&county.server.operator)).with(201);
    for path in &reads {
        client.read(&own.admin, path);
    }
    for path in ["versions/0", "versions/2", "versions/one"] {
        let answer = client.send(&Request::get(format!("{SCHEDULE}/{path}")).by(&own.admin));
        assert_eq!(answer.status, 404, "{path}");
    }
    let undeclared = Request::bytes(
        "/v1/plans/valle-vista/tables/fee-schedule?effective_from=2026-03-01",
        "text/csv",
        "procedure,amount\nG9008 U8,45.00\n",
    );
    let answer = client.send(&undeclared.by(&other.admin));
    assert_eq!((answer.status, text(&answer.json, "/errors/0/code")), (422, "unknown-table"));

    // A plan without a plugin declares nothing.
    let plan = json!({ "kind": "plan", "name": "New Plan", "plan_id": "new-plan", "counties": ["SRV"] });
    client.send(&Request::post("/v1/organizations", &plan).by(&county.server.operator)).with(201);
    let early = Request::post(
        "/v1/plans/new-plan/tables/fee-schedule",
        &json!({ "effective_from": "2026-03-01", "rows": [{ "procedure": "G9008 U8", "amount": "45.00" }] }),
    );
    let answer = client.send(&early.by(&county.server.operator));
    assert_eq!((answer.status, text(&answer.json, "/errors/0/code")), (422, "no-plugin"));
}
