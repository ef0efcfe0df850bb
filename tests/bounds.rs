//! Bounds of every body, as `/openapi.json` has them: each operation that takes one gets one past each of its
//! limits, and refuses it with a problem, in time. An operation is swept from the day it is described.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Answer, Client, County, Database, Request, on_both_databases, raw, text};
use crate::isolation::things;

on_both_databases! {
    every_body_is_bounded
    every_field_is_bounded
}

/// A body that is announced and never comes.
const ANNOUNCED: u64 = 1 << 30;
/// Bytes of JSON that no operation reads.
const LONG: usize = 8 << 20;
/// Longest time for an answer to what is refused for its size, on a busy machine.
const IN_TIME: Duration = Duration::from_secs(20);
/// Entries that are made of one at most, so that a body stays below the limit on its bytes.
const MOST_ENTRIES: u64 = 2_000;

/// An operation with a body of one media type.
struct Taker {
    method: String,
    /// The address, with the id of a thing that is there.
    path: String,
    name: String,
    media_type: String,
    schema: Value,
    example: Value,
    /// Statuses that the description names.
    statuses: Vec<String>,
}

impl Taker {
    fn request(&self, body: impl Into<Vec<u8>>) -> Request {
        let request = Request::bytes(&*self.path, &self.media_type, body).method(&self.method);
        request.header("If-Match", "\"1\"")
    }

    /// The first line of the answer and its body, to a head that announces a body that does not come.
    fn announced(&self, county: &County, key: &str) -> (String, String) {
        let Self { method, path, media_type, .. } = self;
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: crosswalk\r\nAuthorization: Bearer {key}\r\nIdempotency-Key: bounds-1\r\n\
             If-Match: \"1\"\r\nContent-Type: {media_type}\r\nContent-Length: {ANNOUNCED}\r\nConnection: close\r\n\r\n"
        );
        let answer = raw(&county.server.address, &head, b"");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        (head.lines().next().unwrap_or_default().to_owned(), body.to_owned())
    }
}

fn description(client: &Client) -> Value {
    client.send(&Request::get("/openapi.json")).with(200)
}

/// Every operation that takes a body, once for each media type that it reads.
fn takers(county: &County, description: &Value) -> Vec<Taker> {
    let things = things(county);
    let mut takers = Vec::new();
    for (path, item) in description["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("methods") {
            for (media_type, content) in operation["requestBody"]["content"].as_object().into_iter().flatten()
            {
                takers.push(Taker {
                    method: method.to_uppercase(),
                    path: address(path, operation, &things),
                    name: format!("{} {path} as {media_type}", method.to_uppercase()),
                    media_type: media_type.clone(),
                    schema: content["schema"].clone(),
                    example: content["example"].clone(),
                    statuses: operation["responses"]
                        .as_object()
                        .expect("responses")
                        .keys()
                        .cloned()
                        .collect(),
                });
            }
        }
    }
    assert!(takers.len() > 50, "{} operations take a body", takers.len());
    takers
}

/// The path of an operation with names of things in it, and the query without which it is refused.
fn address(path: &str, operation: &Value, things: &BTreeMap<&'static str, String>) -> String {
    let thing = path.split_once("/{id}").and_then(|(collection, _)| things.get(collection));
    let path =
        path.replace("{id}", thing.map_or("none", String::as_str)).replace("{digest}", &"0".repeat(64));
    let path = path.replace("{name}", "a-table").replace("{version}", "1").replace("{code}", "stale");
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let required = parameters.filter(|one| one["in"] == "query" && one["required"] == true);
    let query: Vec<String> =
        required.map(|one| format!("{}={}", text(one, "/name"), text(one, "/example"))).collect();
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}

/// A key of each kind. Whoever may do the operation at all is among them, but for people's own sessions.
fn keys(county: &County) -> [&str; 4] {
    let plan = county.plan("valle-vista");
    [county.key_of("open-door"), &plan.admin, &plan.reviewer, &county.server.operator]
}

/// The status of each problem, as `/problems` has it.
struct Documented(BTreeMap<String, u16>);

impl Documented {
    fn by(client: &Client) -> Self {
        let list = client.send(&Request::get("/problems").header("Accept", "application/json")).with(200);
        let problems =
            list["items"].as_array().expect("a list").iter().filter(|one| !one["problem"].is_null());
        let status =
            |one: &Value| one["problem"]["status"].as_u64().and_then(|status| status.try_into().ok());
        Self(problems.map(|one| (text(one, "/code").to_owned(), status(one).expect("a status"))).collect())
    }

    /// Faults of an answer to something past a limit: it is to be the client's fault, of a status that the
    /// operation names, and a problem of that status.
    fn amiss(&self, taker: &Taker, status: u16, said: &Value) -> Option<String> {
        let is_named = taker.statuses.contains(&status.to_string());
        let code = text(said, "/type").rsplit('/').next().unwrap_or_default();
        let is_outcome = said["resourceType"] == "OperationOutcome"
            && said["issue"].as_array().is_some_and(|issues| !issues.is_empty());
        let is_its_own = is_outcome || self.0.get(code) == Some(&status);
        // Whoever asks too often was not looked at.
        let is_refused = (400..500).contains(&status) && status != 429;
        (!is_refused || !is_named || !is_its_own).then(|| format!("{status} {said}"))
    }
}

/// True if the answer points at the place.
fn points_at(answer: &Answer, pointer: &str) -> bool {
    let mut errors = answer.json["errors"].as_array().into_iter().flatten();
    errors.any(|error| text(error, "/pointer").starts_with(pointer))
}

fn every_body_is_bounded(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let documented = Documented::by(&client);
    let (mut wrong, mut refused_by_size) = (Vec::new(), 0);
    for taker in takers(county, &description(&client)) {
        let mut by_size = false;
        for key in keys(county) {
            let begun = Instant::now();
            let (line, body) = taker.announced(county, key);
            let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
            let said = serde_json::from_str(&body).unwrap_or_default();
            let amiss = documented.amiss(&taker, status, &said);
            wrong.extend(amiss.map(|amiss| format!("{}: announced, {amiss}", taker.name)));
            by_size |= line.starts_with("HTTP/1.1 413 ") && body.contains("body-too-large");
            if begun.elapsed() > IN_TIME {
                wrong.push(format!("{}: announced, after {:?}", taker.name, begun.elapsed()));
            }
        }
        refused_by_size += usize::from(by_size);
        if taker.media_type.ends_with("json") {
            let begun = Instant::now();
            let padded = format!("{}{}", taker.example, " ".repeat(LONG));
            let answer = client.send(&taker.request(padded).by(keys(county)[0]));
            let amiss = documented.amiss(&taker, answer.status, &answer.json);
            wrong.extend(amiss.map(|amiss| format!("{}: {LONG} bytes, {amiss}", taker.name)));
            if begun.elapsed() > IN_TIME {
                wrong.push(format!("{}: {LONG} bytes, after {:?}", taker.name, begun.elapsed()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(refused_by_size > 50, "{refused_by_size} operations say that a body is too large");
}

fn every_field_is_bounded(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let (description, documented) = (description(&client), Documented::by(&client));
    let (mut wrong, mut fields, mut pointed) = (Vec::new(), 0, 0);
    for taker in takers(county, &description).iter().filter(|one| one.media_type.ends_with("json")) {
        let mut past = Vec::new();
        past_limits(&description, &taker.schema, "", &taker.example, &mut past);
        for (pointer, value) in past {
            fields += 1;
            let body = with(&taker.example, &pointer, value).to_string();
            let mut is_pointed = false;
            for key in keys(county) {
                let begun = Instant::now();
                let answer = client.send(&taker.request(&*body).by(key));
                let amiss = documented.amiss(taker, answer.status, &answer.json);
                wrong.extend(amiss.map(|amiss| format!("{} {pointer}: {amiss}", taker.name)));
                if begun.elapsed() > IN_TIME {
                    wrong.push(format!("{} {pointer}: after {:?}", taker.name, begun.elapsed()));
                }
                let points = points_at(&answer, &pointer);
                if points && !pointer.is_empty() && (answer.status, answer.code()) != (422, "invalid-request")
                {
                    wrong.push(format!("{} {pointer}: {} {}", taker.name, answer.status, answer.json));
                }
                is_pointed |= points;
            }
            pointed += usize::from(is_pointed);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(fields > 100, "{fields} fields have limits");
    assert!(pointed * 2 > fields, "of {fields} fields past a limit {pointed} are pointed at");
}

/// For each limit that the schema sets on what the example has, or may have: the place, and a value just past
/// the limit.
fn past_limits(
    description: &Value,
    schema: &Value,
    at: &str,
    example: &Value,
    past: &mut Vec<(String, Value)>,
) {
    let schema = resolved(description, schema);
    for part in ["allOf", "anyOf", "oneOf"].iter().flat_map(|kind| schema[*kind].as_array()).flatten() {
        past_limits(description, part, at, example, past);
    }
    if let Some(longest) = schema["maxLength"].as_u64() {
        past.push((at.to_owned(), json!("a".repeat(usize::try_from(longest).expect("it fits") + 1))));
    }
    if let Some(most) = schema["maximum"].as_i64() {
        past.push((at.to_owned(), json!(most + 1)));
    }
    if let Some(least) = schema["minimum"].as_i64() {
        past.push((at.to_owned(), json!(least - 1)));
    }
    if let (Some(most @ ..=MOST_ENTRIES), Some(entry)) = (schema["maxItems"].as_u64(), example.get(0)) {
        let entries = (0..=most).map(|_| entry.clone());
        past.push((at.to_owned(), entries.collect()));
    }
    if let Some(entry) = example.get(0).filter(|_| schema["items"].is_object()) {
        past_limits(description, &schema["items"], &format!("{at}/0"), entry, past);
    }
    if example.is_object() {
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            past_limits(description, field, &format!("{at}/{name}"), &example[name], past);
        }
    }
}

fn resolved<'a>(description: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => {
            description.pointer(reference.trim_start_matches('#')).expect("it leads somewhere")
        }
        None => schema,
    }
}

/// The example with another value at a place, which may be new to it.
fn with(example: &Value, pointer: &str, value: Value) -> Value {
    let mut body = example.clone();
    let (parent, name) = pointer.rsplit_once('/').unwrap_or(("", ""));
    match body.pointer_mut(parent) {
        Some(Value::Object(fields)) if !name.is_empty() => drop(fields.insert(name.to_owned(), value)),
        Some(Value::Array(entries)) => {
            let place: usize = name.parse().expect("the place of an entry");
            entries[place] = value;
        }
        _ => body = value,
    }
    body
}
