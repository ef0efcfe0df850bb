//! Whom a request is about: numbers, names and birth dates that are none, and people whom nobody knows.

use serde_json::{Value, json};

use super::{INVALID, Row, Sender, merged, row};
use crate::harness::{BORN, COUNTY, Request, problem, redacted};

const COPY_THE_NUMBER: &str = "copy the number from the member's Benefits Identification Card";

/// A referral about whoever is named so.
fn about(sender: &Sender, member: Value) -> Request {
    sender.refer(|body| body["member"] = member)
}

#[test]
fn whom_a_referral_names() {
    let sender = &Sender::new();
    let named = |name, member: Value| row(name, about(sender, member), INVALID);
    let neither = |row: Row| {
        let problem = "the member is named neither by id alone nor by number, birth date and name";
        row.at("/member", "one-of", problem, "send either id, or cin, birth_date, family_name and given_name")
    };
    sender.refused([
        named("a number that is none", merged(sender.person.named(), &json!({ "cin": "12345678A" }))).at(
            "/member/cin",
            "invalid-value",
            "client index number must be a 9, seven digits and a letter",
            COPY_THE_NUMBER,
        ),
        ["/member/birth_date", "/member/family_name", "/member/given_name"].into_iter().fold(
            named("a number alone", json!({ "cin": sender.person.cin })),
            |row, pointer| {
                row.at(
                    pointer,
                    "missing-field",
                    "who names a member by number says birth date and name, too",
                    "send cin, birth_date, family_name and given_name, or the id of a member that you see",
                )
            },
        ),
        neither(named("an id and a birth date", json!({ "id": "Zebulonia", "birth_date": BORN }))),
        named("nobody's id", json!({ "id": "mem_00000000000000000000000000000000" })).at(
            "/member/id",
            "unknown-member",
            "no such member, or not one of yours",
            "name the member by cin, birth_date, family_name and given_name, or add it with POST /v1/members",
        ),
    ]);
}

/// One answer for a number nobody has, and a birth date and a name that are not the member's: none can be
/// probed for.
#[test]
fn who_nobody_has_and_who_is_somebody_else() {
    let sender = &Sender::new();
    let with = |change: Value| merged(sender.person.named(), &change);
    let nobody = with(json!({ "cin": "97654321A" }));
    let other_day = with(json!({ "birth_date": "1931-07-20" }));
    let other_name = with(json!({ "given_name": "Aurelia" }));
    let unknown = |name, member: &Value| {
        row(name, about(sender, member.clone()), INVALID).at(
            "/member",
            "unknown-member",
            "no member has this CIN, birth date and name",
            "check all of them, or add the member with POST /v1/members",
        )
    };
    let rows = [
        unknown("nobody's number", &nobody),
        unknown("another birth date", &other_day),
        unknown("another name", &other_name),
    ];
    let answers = rows.each_ref().map(|row| sender.client.send(&row.request));
    for other in &answers[1..] {
        assert_eq!(redacted(&answers[0].json), redacted(&other.json));
    }
    assert_eq!(answers.each_ref().map(problem), rows.each_ref().map(Row::expected));
}

/// Somebody new, with some of it said otherwise.
fn add(sender: &Sender, change: &Value) -> Request {
    let new = json!({
        "cin": "97123456A", "family_name": "Oakes", "given_name": "Ida", "birth_date": "1990-05-05",
        "county": COUNTY, "purpose": "treatment",
    });
    sender.post("/v1/members", &merged(new, change))
}

#[test]
fn who_is_added() {
    let sender = &Sender::new();
    let with = |name, change: Value| row(name, add(sender, &change), INVALID);
    let length = "send 1 to 80 characters";
    sender.refused([
        with("a Social Security number", json!({ "cin": "900-55-0101" })).at(
            "/cin",
            "invalid-value",
            "client index number looks like a Social Security number; use the letter-ended number of a newer card",
            COPY_THE_NUMBER,
        ),
        with("no family name", json!({ "family_name": "" }))
            .at("/family_name", "invalid-value", "name is empty", length),
        with("a long given name", json!({ "given_name": "x".repeat(300) }))
            .at("/given_name", "invalid-value", "name is longer than 80 characters", length),
        with("born tomorrow", json!({ "birth_date": "2026-03-03" })).at(
            "/birth_date",
            "future-day",
            "the day is in the future",
            "send the day on which it happened",
        ),
        with("a county that is none", json!({ "county": "ZZZ" })).at(
            "/county",
            "unknown-code",
            "there is no such county",
            "send a code of GET /v1/dictionary/counties; the operator adds invented ones",
        ),
        with("a language by its name", json!({ "language": "Español" })).at(
            "/language",
            "invalid-value",
            "this is no BCP 47 tag",
            "send a tag such as en, es or zh-Hant",
        ),
    ]);
}

#[test]
fn where_who_is_added_is_reached() {
    let sender = &Sender::new();
    let with = |name, change: Value| row(name, add(sender, &change), INVALID);
    let home = |zip: &str| json!({ "line": "12 Alder Street", "city": "San Ravel", "zip": zip });
    sender.refused([
        with("words for a telephone number", json!({ "phone": "call me" })).at(
            "/phone",
            "invalid-value",
            "this is no telephone number",
            "send ten digits, or + and the country's code",
        ),
        with("four digits of a ZIP code", json!({ "address": home("9599") })).at(
            "/address/zip",
            "invalid-value",
            "this is no ZIP code",
            "send five digits, or nine as 95999-0001",
        ),
        with("an address and none", json!({ "address": home("95999"), "no_fixed_address": true })).at(
            "/no_fixed_address",
            "not-with-this",
            "there is an address, and it is said that there is none",
            "send one of the two",
        ),
    ]);
}

/// A number of nobody's, and later one whose birth date is another: one answer, and nothing is kept of
/// either.
#[test]
fn who_is_known_to_nobody_is_added_only_as_provisional() {
    let sender = &Sender::new();
    let unknown = |name, change: Value| {
        row(name, add(sender, &change), INVALID).at(
            "/cin",
            "unknown-member",
            "no plan's file here names a member with this CIN, birth date and name; nothing was kept",
            "check all three against the member's card; to keep the person until a file does, send provisional \
             as true",
        )
    };
    let kept = |change: &Value| {
        let request = add(sender, &merged(json!({ "provisional": true }), change));
        sender.client.send(&request).status
    };
    let by_plan = add(sender, &json!({ "provisional": true }))
        .without("Authorization")
        .by(&sender.county.plan("valle-vista").admin);
    sender.refused([unknown("nobody's number", json!({}))]);
    assert_eq!(kept(&json!({})), 201);
    assert_eq!(kept(&json!({ "phone": "530 555 0142" })), 200);
    sender.refused([
        unknown("the number with another birth date", json!({ "birth_date": "1990-05-06" })),
        row("a plan's own people", by_plan, INVALID).at(
            "/provisional",
            "not-with-this",
            "a plan's member file says who its members are",
            "leave it out, and send the file with POST /v1/rosters",
        ),
    ]);
}
