//! Pages of problems: the address in `type` answers, in both languages, with cause and fix.

use serde_json::{Value, json};

use crate::harness::{Answer, Client, County, Database, Request, text};
use crate::journeys::ecm_referral;

/// The page or the entry at an address.
#[track_caller]
fn at(client: &Client, address: &str, accept: &str, language: &str) -> Answer {
    let request = Request::get(address).header("Accept", accept).header("Accept-Language", language);
    let answer = client.send(&request);
    assert_eq!(answer.status, 200, "{address}");
    assert_eq!(answer.header("content-language"), language, "{address}");
    for varies in ["accept", "accept-language"] {
        assert!(answer.header("vary").contains(varies), "{address}");
    }
    answer
}

fn page(client: &Client, address: &str, language: &str) -> String {
    let answer = at(client, address, "text/html", language);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("default-src 'none'"), "{policy}");
    let page = String::from_utf8(answer.bytes).expect("a page is text");
    assert!(!page.contains("<script") && !page.contains("style"), "{page}");
    page
}

/// A text of the table as it stands on a page.
fn on_page(said: &str) -> String {
    let escaped = said.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let parts = escaped.split('`').enumerate();
    parts
        .map(|(place, part)| if place % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() })
        .collect()
}

/// The page on a code says in both languages what is wrong and what to do. Gives the English meaning.
#[track_caller]
fn explained(client: &Client, code: &str, of: &str) -> Value {
    let address = format!("/problems/{code}");
    let mut meanings = Vec::new();
    for (language, labels) in [("en", ["Cause", "Fix"]), ("es", ["Causa", "Solución"])] {
        let entry = at(client, &address, "application/json", language).json;
        assert_eq!((text(&entry, "/code"), text(&entry, "/address")), (code, &*address));
        let meaning = entry[of].clone();
        let page = page(client, &address, language);
        for (label, said) in labels.iter().zip(["/cause", "/fix"]) {
            let said = on_page(text(&meaning, said));
            assert!(page.contains(&format!("<dt>{label}</dt><dd>{said}</dd>")), "{language} {code}: {page}");
        }
        meanings.push(meaning);
    }
    for said in ["cause", "fix"] {
        assert_ne!(meanings[0][said], meanings[1][said], "{code} is said in two languages");
    }
    meanings.swap_remove(0)
}

#[test]
fn the_address_of_a_problem_explains_it() {
    let county = County::shared(Database::Sqlite);
    let (client, key) = (county.client(), county.key_of("open-door"));
    let plan = &county.plan("valle-vista").reviewer;
    let referral = ecm_referral(&county.person("valle-vista"));
    let wrong = json!({ "member": { "cin": "9" }, "service": "gardening", "shoe_size": 44 });
    let unread = |body: &str| Request::bytes("/v1/referrals", "application/json", body).by(key);
    let table = [
        (Request::get("/v1/plans"), "not-signed-in"),
        (Request::get("/nowhere"), "not-found"),
        (Request::get("/problems/no-such-code"), "not-found"),
        (Request::get("/healthz").method("DELETE"), "method-not-allowed"),
        (Request::get("/v1/notices?order=up").by(key), "invalid-request"),
        (Request::get("/metrics").by(key), "forbidden"),
        (unread("{"), "malformed-json"),
        (unread("{}").without("Idempotency-Key"), "missing-idempotency-key"),
        (unread("{}").without("Content-Type"), "unsupported-media-type"),
        (Request::post("/v1/referrals", &wrong).by(key), "invalid-request"),
        (Request::post("/v1/referrals", &referral).by(plan), "forbidden"),
    ];
    let mut fields = 0;
    for (request, code) in table {
        let refused = client.send(&request);
        let problem = &refused.json;
        assert_eq!(text(problem, "/type"), format!("/problems/{code}"), "{problem}");
        let meaning = explained(&client, code, "problem");
        assert_eq!((&meaning["status"], &meaning["title"]), (&problem["status"], &problem["title"]));
        for field in problem["errors"].as_array().into_iter().flatten() {
            explained(&client, text(field, "/code"), "field");
            fields += 1;
        }
    }
    assert!(fields >= 2, "{fields} fields were refused");
}

#[test]
fn the_list_leads_to_every_code_that_the_description_names() {
    let client = County::shared(Database::Sqlite).client();
    let listed = at(&client, "/problems", "application/json", "en").json;
    let listed: Vec<Value> = listed["items"].as_array().expect("a list").clone();
    let description = client.send(&Request::get("/openapi.json")).with(200);
    let words = |schema: &str, field: &str| {
        let words = &description["components"]["schemas"][schema]["properties"][field]["enum"];
        let mut words: Vec<Value> = words.as_array().expect("a list of words").clone();
        words.sort_by_key(Value::to_string);
        words
    };
    let of = |part: &str, name: &str| -> Vec<Value> {
        listed.iter().filter(|one| !one[part].is_null()).map(|one| one[name].clone()).collect()
    };
    assert_eq!(of("code", "code"), words("ProblemCode", "code"));
    assert_eq!(of("problem", "address"), words("Problem", "type"));
    assert_eq!(of("field", "code"), words("FieldError", "code"));
    assert!(listed.len() > 200, "{}", listed.len());
    for language in ["en", "es"] {
        let page = page(&client, "/problems", language);
        for one in &listed {
            let address = text(one, "/address");
            assert!(page.contains(&format!("<a href=\"{address}\">")), "{language} {address}");
        }
    }
    // Who says nothing gets a page in English.
    let plain = client.send(&Request::get("/problems/stale"));
    assert_eq!((plain.status, plain.header("content-language")), (200, "en"));
    assert!(plain.header("content-type").starts_with("text/html"));
}
