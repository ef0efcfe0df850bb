//! Control and bidirectional characters: a text that is read is refused by its field; where something is
//! looked for, nothing of that name is there.

use serde_json::{Value, json};

use super::coded;
use crate::harness::{COUNTY, Client, County, Database, Request, every, on_both_databases, text};

on_both_databases! {
    addresses_with_characters_that_nobody_sees_lead_nowhere
    characters_that_nobody_sees_are_refused
}

/// Addresses, and the statuses that they may get.
const ADDRESSES: [(&str, &[u16]); 10] = [
    ("/v1/plans/valle-vista/tables/a%00b", &[404]),
    ("/v1/plans/valle%00vista/profile", &[404]),
    ("/v1/dictionary/coun%00ties", &[404]),
    ("/v1/referrals/case_%00", &[404]),
    ("/fhir/Task/case-%00", &[404]),
    ("/v1/plugins/%00", &[404]),
    ("/v1/audit?action=a%00b", &[404, 422]),
    ("/v1/contracts?plan=%00", &[404, 422]),
    ("/v1/referrals?cursor=%00", &[404, 422]),
    ("/v1/plugins/%00?limit=%00", &[404, 422]),
];

fn addresses_with_characters_that_nobody_sees_lead_nowhere(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let admin = &county.plan("valle-vista").admin;
    every(ADDRESSES, |(address, statuses)| {
        coded(&client, &Request::get(address).by(admin), statuses, None).map(drop)
    });
}

/// Right-to-left override, isolate and mark; a line separator; NUL, tab and delete.
const ODD: [char; 7] = ['\u{202e}', '\u{2067}', '\u{200f}', '\u{2028}', '\0', '\t', '\u{7f}'];

/// A member of that family name.
fn member(family: &str) -> Value {
    json!({
        "cin": "96543217A", "family_name": family, "given_name": "Ida", "birth_date": "1990-05-05",
        "county": COUNTY, "purpose": "treatment",
    })
}

/// A key with that label.
fn labelled(county: &County, label: &str) -> Value {
    json!({ "organization": county.provider("open-door").id, "role": "provider", "label": label })
}

/// Checks that a request with the character in one field is refused for that field.
fn is_refused(client: &Client, request: &Request, odd: char, field: &str) -> Result<(), String> {
    let why = |why: String| format!("{odd:?} in {field}: {why}");
    let answer = coded(client, request, &[422], Some("invalid-request")).map_err(why)?;
    let at = text(&answer.json, "/errors/0/pointer");
    match at == field || (odd == '\0' && at.is_empty()) {
        true => Ok(()),
        false => Err(why(format!("the problem is told of {at}"))),
    }
}

fn characters_that_nobody_sees_are_refused(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let (key, operator) = (county.key_of("open-door"), &*county.server.operator);
    let rows = ODD.into_iter().flat_map(|odd| {
        let name = format!("Oa{odd}kes");
        [
            (odd, "/family_name", Request::post("/v1/members", &member(&name)).by(key)),
            (odd, "/label", Request::post("/v1/keys", &labelled(county, &name)).by(operator)),
        ]
    });
    every(rows, |(odd, field, request)| is_refused(&client, &request, odd, field));
    // A name from right to left is a name.
    let label = "\u{645}\u{62d}\u{645}\u{62f} \u{5d0}\u{5d1}";
    let kept = client.send(&Request::post("/v1/keys", &labelled(county, label)).by(operator)).with(201);
    assert_eq!(kept["label"], label);
}
