//! Every kind of refusal at once; then nothing is there, and an honest request is answered.

use serde_json::{Value, json};

use super::{coded, referral};
use crate::harness::{Client, County, Database, Request, every, on_both_databases};
use crate::idempotency::all_cases;
use crate::journeys::{ecm_referral, take_fact};

on_both_databases! {
    of_refused_requests_nothing_is_kept
}

const LISTS: [&str; 3] = ["referrals", "authorizations", "claims"];

fn counts(client: &Client, key: &str) -> [usize; 3] {
    LISTS.map(|list| all_cases(client, key, list).len())
}

fn of_refused_requests_nothing_is_kept(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let key = county.key_of("hospital");
    let person = county.person("valle-vista");
    let before = counts(&client, key);
    let bodies: [(&str, Value); 4] = [
        ("nothing in it", json!({})),
        ("no such service", referral(&person, |body| body["service"] = json!("massage"))),
        ("another birth date", referral(&person, |body| body["member"]["birth_date"] = json!("1931-07-20"))),
        ("no such fact", referral(&person, |body| body["facts"][0]["code"] = json!("no.such-fact"))),
    ];
    let rows = bodies.iter().flat_map(|(name, body)| LISTS.map(|list| (name, list, body)));
    every(rows, |(name, list, body)| {
        let request = Request::post(format!("/v1/{list}"), body).by(key);
        coded(&client, &request, &[422], None).map(drop).map_err(|why| format!("{name}: {why}"))
    });
    assert_eq!(before, counts(&client, key));
    assert_eq!(client.send(&Request::get("/readyz")).status, 200);
    assert!(!county.server.log().contains("panicked"));
    let mut incomplete = ecm_referral(&person);
    take_fact(&mut incomplete, "consent.member-agrees");
    assert_eq!(county.submit(key, "referrals", &incomplete)["plan"]["id"], "valle-vista");
}
