//! What an operator meets: keys that end and are replaced, and a command line that says what is wrong.

use serde_json::{Value, json};

use crate::harness::{Answer, County, Database, Request, Server, on_both_databases, text, until};

on_both_databases! {
    keys_end_and_are_replaced
    the_use_of_a_key_is_noted
}

/// Status and code, with what is said of the first field.
fn short(answer: &Answer) -> String {
    let at = answer.json["errors"][0]["pointer"].as_str();
    format!("{} {}{}", answer.status, answer.code(), at.map(|at| format!(" {at}")).unwrap_or_default())
}

fn keys_end_and_are_replaced(database: Database) {
    let mut server = Server::start(database);
    let operator = server.operator.clone();
    let client = server.client();
    crate::harness::add_counties(&client, &operator);
    let plan =
        json!({ "kind": "plan", "name": "Lone Pine Plan", "plan_id": "lone-pine", "counties": ["SRV"] });
    let plan = client.send(&Request::post("/v1/organizations", &plan).by(&operator)).with(201);
    let make = |by: &str, body: &Value| client.send(&Request::post("/v1/keys", body).by(by));
    let rotate = |by: &str, id: &Value, body: &Value| {
        let path = format!("/v1/keys/{}/rotations", id.as_str().expect("an id"));
        client.send(&Request::post(path, body).by(by))
    };
    let works = |client: &crate::harness::Client, key: &Value| {
        let key = key.as_str().expect("a secret");
        short(&client.send(&Request::get("/v1/organizations").by(key)))
    };
    let admin = json!({ "organization": plan["id"], "role": "plan-admin", "label": "first" });
    let admin = make(&operator, &admin).with(201);
    let reviewer = |expires: &str| {
        let body = json!({ "role": "plan-reviewer", "label": "r", "license": "RN 1", "expires_at": expires });
        make(text(&admin, "/key"), &body)
    };
    for (case, expires, expected) in [
        ("in the past", "2026-03-01T00:00:00Z", "422 invalid-request /expires_at"),
        ("no instant", "next year", "422 invalid-request /expires_at"),
        ("still to come", "2026-03-02T18:04:00Z", "201 "),
    ] {
        assert_eq!(short(&reviewer(expires)), expected, "{case}");
    }
    let short_lived = reviewer("2026-03-02T18:04:00Z").with(201);
    assert_eq!(short_lived["expires_at"], "2026-03-02T18:04:00Z");
    assert_eq!(works(&client, &short_lived["key"]), "200 ");

    // A key is replaced by itself, or by one that manages keys; by nobody else.
    let replaced = rotate(text(&short_lived, "/key"), &short_lived["id"], &json!({})).with(201);
    assert_eq!((&replaced["replaces"], &replaced["license"]), (&short_lived["id"], &json!("RN 1")));
    assert_eq!(
        text(&replaced, "/expires_at").get(..13),
        Some("2026-03-02T18"),
        "made for as long as the old one"
    );
    assert_eq!(works(&client, &replaced["key"]), "200 ");
    assert_eq!(short(&rotate(text(&replaced, "/key"), &admin["id"], &json!({}))), "403 forbidden");
    let at_once = rotate(text(&admin, "/key"), &replaced["id"], &json!({ "overlap_hours": 0 })).with(201);
    assert_eq!(works(&client, &replaced["key"]), "401 key-expired");
    assert_eq!(works(&client, &at_once["key"]), "200 ");

    // Nobody is locked out: what manages keys without an end is followed by its like, and the last such one stays.
    let body = json!({ "expires_at": "2027-01-01T00:00:00Z" });
    assert_eq!(short(&rotate(text(&admin, "/key"), &admin["id"], &body)), "422 invalid-request /expires_at");
    assert_eq!(
        short(&rotate(text(&admin, "/key"), &admin["id"], &json!({ "overlap_hours": 721 }))),
        "422 invalid-request /overlap_hours"
    );
    let next = rotate(text(&admin, "/key"), &admin["id"], &json!({ "overlap_hours": 1 })).with(201);
    assert_eq!((&next["manages_keys"], &next["expires_at"]), (&json!(true), &Value::Null));
    let path = format!("/v1/keys/{}", text(&next, "/id"));
    let ended = client.send(&Request::get(path).method("DELETE").by(text(&next, "/key")));
    assert_eq!(short(&ended).split(' ').next(), Some("409"), "the old one ends by itself: {}", short(&ended));

    // Hours later by the clock: what had an end has ended, and says so; what took its place works.
    server.start_again_at("2026-03-02T20:00:00Z");
    let client = server.client();
    assert_eq!(works(&client, &short_lived["key"]), "401 key-expired");
    assert_eq!(works(&client, &admin["key"]), "401 key-expired");
    assert_eq!(works(&client, &next["key"]), "200 ");
    let gone = client.send(&Request::get("/v1/plans").by(text(&admin, "/key")));
    assert_eq!(gone.header("www-authenticate"), "Bearer");
    assert!(text(&gone.json, "/detail").contains("/v1/keys/{id}/rotations"), "{}", gone.json);
    let trail = client.read(&operator, "/v1/audit?limit=200").to_string();
    assert!(trail.contains("rotate-key"), "who replaced a key is on the record");
}

fn the_use_of_a_key_is_noted(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let provider = county.new_provider(&["clinic"]);
    let key = |id: &Value| {
        let mut cursor = String::new();
        loop {
            let page = client.read(&county.server.operator, &format!("/v1/keys?limit=200{cursor}"));
            let mut items = page["items"].as_array().expect("a list").iter();
            match (items.find(|one| one["organization"] == *id), page["next_cursor"].as_str()) {
                (Some(found), _) => return Some(found.clone()),
                (None, Some(next)) => cursor = format!("&cursor={next}"),
                (None, None) => return None,
            }
        }
    };
    let id = json!(provider.id);
    let unused = key(&id).expect("it is listed");
    assert_eq!(unused["last_used_at"], Value::Null);
    client.read(&provider.key, "/v1/plans");
    until("the use to be noted", || {
        key(&id).filter(|key| text(key, "/last_used_at").starts_with("2026-03-02T"))
    });
}
