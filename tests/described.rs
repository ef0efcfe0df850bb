//! The API describes itself: what `/openapi.json` says is whole, says what may be sent and what comes back,
//! and is so.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use regex_automata::dfa::regex::Regex;
use serde_json::{Map, Value, json};

use crate::harness::{Answer, Client, County, Database, Request, Server, on_both_databases, skip, text};
use crate::isolation::things;

on_both_databases! {
    what_is_answered_is_as_described
}

fn description(client: &Client) -> Value {
    client.send(&Request::get("/openapi.json")).with(200)
}

/// Every operation: its name, such as `GET /v1/plans`, and its content.
fn operations(description: &Value) -> Vec<(String, Value)> {
    let paths = description["paths"].as_object().expect("paths");
    let named = |path: &String, method: &String, operation: &Value| {
        (format!("{} {path}", method.to_uppercase()), operation.clone())
    };
    let of = |(path, item): (&String, &Value)| -> Vec<(String, Value)> {
        let methods = item.as_object().expect("methods");
        methods.iter().map(|(method, operation)| named(path, method, operation)).collect()
    };
    paths.iter().flat_map(of).collect()
}

/// The response itself, or the shared one that it refers to.
fn resolved<'a>(description: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => {
            description.pointer(reference.trim_start_matches('#')).expect("it leads somewhere")
        }
        None => value,
    }
}

/// Every text inside a schema, with its place.
fn texts<'a>(at: &str, schema: &'a Value, found: &mut Vec<(String, &'a Value)>) {
    let kind = &schema["type"];
    if kind == "string" || kind.as_array().is_some_and(|kinds| kinds.contains(&json!("string"))) {
        found.push((at.to_owned(), schema));
    }
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        texts(&format!("{at}.{name}"), inner, found);
    }
    for inner in
        [&schema["items"], &schema["additionalProperties"]].into_iter().filter(|inner| inner.is_object())
    {
        texts(at, inner, found);
    }
}

#[test]
fn the_description_is_whole() {
    let description = description(&County::shared(Database::Sqlite).client());
    let mut missing = Vec::new();
    let mut demand = |holds: bool, what: String| {
        if !holds {
            missing.push(what);
        }
    };
    demand(description["servers"].as_array().is_some_and(|servers| !servers.is_empty()), "servers".into());
    for (name, operation) in operations(&description) {
        let says = |what: &str| operation[what].as_str().is_some_and(|said| !said.is_empty());
        demand(says("description") && says("summary") && says("operationId"), format!("{name}: words"));
        let responses = operation["responses"].as_object().expect("responses");
        let is_command = !name.starts_with("GET") && !name.starts_with("DELETE");
        let is_public = operation["security"].is_array();
        let demanded = [
            ("400", true),
            ("401", !is_public),
            ("408", is_command),
            ("413", is_command),
            ("414", true),
            ("415", is_command),
            ("421", true),
            ("429", !is_public),
            ("431", true),
            ("500", true),
            ("503", true),
        ];
        for (status, _) in demanded.iter().filter(|(_, demanded)| *demanded) {
            demand(responses.contains_key(*status), format!("{name}: {status}"));
        }
        for (status, response) in responses {
            let response = resolved(&description, response);
            if !response["content"]["application/fhir+json"].is_null() && status.starts_with(['4', '5']) {
                continue;
            }
            let says = |header: &str| !response["headers"][header].is_null();
            let done = status.starts_with('2');
            for (header, demanded) in [
                ("X-Request-Id", true),
                ("Retry-After", status == "429" || status == "503"),
                ("WWW-Authenticate", status == "401"),
                ("RateLimit", status == "429" || (done && !is_public)),
                ("Idempotency-Replayed", done && is_command && !is_public),
            ] {
                demand(!demanded || says(header), format!("{name}: {status} {header}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn what_may_be_sent_is_bounded_and_what_has_words_names_them() {
    let description = description(&County::shared(Database::Sqlite).client());
    let schemas = description["components"]["schemas"].as_object().expect("schemas");
    let (mut unbounded, mut words, mut patterns) = (Vec::new(), 0, 0);
    for (name, schema) in schemas {
        let mut found = Vec::new();
        texts(name, schema, &mut found);
        for (at, text) in found {
            let says = |what: &str| !text[what].is_null();
            words += usize::from(says("enum"));
            patterns += usize::from(says("pattern"));
            // Requests are closed, answers may grow.
            let is_sent = schema["additionalProperties"] == false;
            if is_sent && !["enum", "pattern", "format", "maxLength"].iter().any(|what| says(what)) {
                unbounded.push(at);
            }
        }
        // The entries of a page are the thing itself.
        if name.starts_with("Page_") {
            let entry = text(schema, "/properties/items/items/$ref");
            assert!(
                schemas.contains_key(entry.trim_start_matches("#/components/schemas/")),
                "{name}: {entry}"
            );
        }
    }
    assert!(unbounded.is_empty(), "{unbounded:#?}");
    assert!(words > 80 && patterns > 60, "{words} lists of words, {patterns} patterns");
    for (name, operation) in operations(&description) {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let mut found = Vec::new();
            texts(text(parameter, "/name"), &resolved(&description, parameter)["schema"], &mut found);
            for (at, text) in found {
                let bounded =
                    ["enum", "pattern", "format", "maxLength"].iter().any(|what| !text[*what].is_null());
                assert!(bounded, "{name}: {at}");
            }
        }
    }
    let whole = description.to_string();
    for name in schemas.keys() {
        assert!(whole.contains(&format!("#/components/schemas/{name}\"")), "{name} is of no use");
    }
}

/// Everything that each caller may read, held against the schema that describes it.
fn what_is_answered_is_as_described(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let mut described = Described::of(description(&client));
    let things = things(county);
    let plan = county.plan("valle-vista");
    let callers = [county.server.operator.as_str(), county.key_of("open-door"), &plan.reviewer, &plan.admin];
    let mut answered = BTreeMap::<String, usize>::new();
    let mut wrong = BTreeSet::new();
    for (name, operation) in operations(&described.description) {
        let Some(path) = name.strip_prefix("GET ") else { continue };
        let collection = path.split("/{id}").next().unwrap_or_default();
        let path = path.replace("{id}", things.get(collection).map_or("none", String::as_str));
        let path = path.replace("{digest}", &plan.digest).replace("{name}", "services");
        let path = path.replace("{version}", "1").replace("{code}", "stale");
        for key in callers {
            for query in ["", "?purpose=treatment", "?limit=200"] {
                let answer = client.send(&Request::get(format!("{path}{query}")).by(key));
                let misfits = described.misfits(&operation, &answer);
                wrong.extend(misfits.into_iter().map(|misfit| format!("{name}: {misfit}")));
                *answered.entry(name.clone()).or_default() += usize::from(answer.status == 200);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let count = answered.values().filter(|count| **count > 0).count();
    assert!(count > 35, "{count} operations answered: {answered:#?}");
}

/// Each answer of success that has a body is shown by an example, which is as the answer is described.
#[test]
fn every_answer_has_an_example_that_fits() {
    let mut described = Described::of(description(&County::shared(Database::Sqlite).client()));
    let mut wrong = BTreeSet::new();
    for (name, operation) in operations(&described.description) {
        let responses = operation["responses"].as_object().expect("responses").iter();
        for (status, response) in responses.filter(|(status, _)| status.starts_with('2')) {
            for content in response["content"].as_object().into_iter().flat_map(Map::values) {
                let mut misfits = Vec::new();
                match content.get("example") {
                    Some(example) => described.hold("", &content["schema"], example, &mut misfits),
                    None => misfits.push(": no example".to_owned()),
                }
                wrong.extend(misfits.into_iter().map(|misfit| format!("{name} {status}{misfit}")));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{wrong:#?}\nfix: have tests/examples.rs send it, then UPDATE_EXPECT=1 cargo verify examples"
    );
}

/// The description, with the patterns in it.
struct Described {
    description: Value,
    patterns: BTreeMap<String, Regex>,
}

impl Described {
    fn of(description: Value) -> Self {
        Self { description, patterns: BTreeMap::new() }
    }

    /// Differences between an answer and its operation's description.
    fn misfits(&mut self, operation: &Value, answer: &Answer) -> Vec<String> {
        let response = resolved(&self.description, &operation["responses"][answer.status.to_string()]);
        if response.is_null() {
            return vec![format!("{} is not described", answer.status)];
        }
        let content = response["content"].as_object().and_then(|content| content.values().next());
        let Some(schema) = content.map(|content| content["schema"].clone()) else { return Vec::new() };
        let mut misfits = Vec::new();
        if !answer.json.is_null() {
            self.hold("", &schema, &answer.json, &mut misfits);
        }
        misfits
    }

    /// Holds a value against a schema: the keywords of JSON Schema that the description uses.
    fn hold(&mut self, at: &str, schema: &Value, value: &Value, misfits: &mut Vec<String>) {
        let schema = &resolved(&self.description, schema).clone();
        for alternatives in ["anyOf", "oneOf"] {
            let Some(parts) = schema[alternatives].as_array() else { continue };
            let fits = parts.iter().any(|part| {
                let mut within = Vec::new();
                self.hold(at, part, value, &mut within);
                within.is_empty()
            });
            if !fits {
                misfits.push(format!("{at}: none of {alternatives}"));
            }
        }
        if !is_of_type(&schema["type"], value) {
            misfits.push(format!("{at}: not of type {}", schema["type"]));
            return;
        }
        if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
            misfits.push(format!("{at}: {value} is none of {}", schema["enum"]));
        }
        match value {
            Value::String(text) => self.hold_text(at, schema, text, misfits),
            Value::Array(entries) if !schema["items"].is_null() => {
                for entry in entries {
                    self.hold(&format!("{at}/*"), &schema["items"], entry, misfits);
                }
            }
            Value::Object(fields) => self.hold_fields(at, schema, fields, misfits),
            _ => {}
        }
    }

    fn hold_text(&mut self, at: &str, schema: &Value, text: &str, misfits: &mut Vec<String>) {
        if let Some(pattern) = schema["pattern"].as_str() {
            let read = || Regex::new(pattern).expect("the pattern is one");
            let matcher = self.patterns.entry(pattern.to_owned()).or_insert_with(read);
            if !matcher.is_match(text) {
                misfits.push(format!("{at}: {text} is not as {pattern}"));
            }
        }
        let longest = schema["maxLength"].as_u64().unwrap_or(u64::MAX);
        let form = schema["format"].as_str();
        let is_day = || text.parse::<jiff::civil::Date>().is_ok() && text.len() == 10;
        let fits = text.chars().count() as u64 <= longest
            && (form != Some("date") || is_day())
            && (form != Some("date-time") || text.parse::<jiff::Timestamp>().is_ok());
        if !fits {
            misfits.push(format!("{at}: {text} is no {form:?} of at most {longest} characters"));
        }
    }

    fn hold_fields(
        &mut self,
        at: &str,
        schema: &Value,
        fields: &Map<String, Value>,
        misfits: &mut Vec<String>,
    ) {
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                misfits.push(format!("{at}/{name}: is required"));
            }
        }
        for (name, field) in fields {
            let known = &schema["properties"][name];
            if !known.is_null() {
                self.hold(&format!("{at}/{name}"), known, field, misfits);
            } else if schema["additionalProperties"].is_object() {
                self.hold(&format!("{at}/{name}"), &schema["additionalProperties"], field, misfits);
            } else if schema["properties"].is_object() {
                misfits.push(format!("{at}/{name}: is not described"));
            }
        }
    }
}

/// A schema without a type is of anything.
fn is_of_type(kinds: &Value, value: &Value) -> bool {
    let is = |kind: &str| match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    match kinds {
        Value::String(kind) => is(kind),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).any(is),
        _ => true,
    }
}

/// The programs that others check a description with find nothing. They are on the PATH where `.ci/run` has
/// installed them.
#[test]
fn linters_find_nothing() {
    const TEST: &str = "described::linters_find_nothing";
    let described = description(&County::shared(Database::Sqlite).client());
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = |name: &str, content: &str| {
        fs::write(folder.path().join(name), content).expect("it can be written");
    };
    file("openapi.json", &described.to_string());
    file(".spectral.yaml", "extends: [\"spectral:oas\"]\n");
    if let Some(said) =
        linted(TEST, "spectral", &["lint", "openapi.json", "--fail-severity=hint"], folder.path())
    {
        assert!(said.contains("No results"), "{said}");
    }
    let redocly = ["lint", "openapi.json", "--max-problems=50", "--format=json"];
    if let Some(said) = linted(TEST, "redocly", &redocly, folder.path()) {
        // It succeeds with warnings, too.
        let found: Value = serde_json::from_str(&said).expect("it says what it found as JSON");
        assert_eq!(found["problems"], json!([]), "{said}");
    }
}

/// Output of a linter that finds no error; `None`, and the test put down as skipped, where it is not there.
#[track_caller]
fn linted(test: &str, program: &str, arguments: &[&str], folder: &Path) -> Option<String> {
    let Some(found) = on_path(program) else {
        skip(test, &format!("{program} is not installed"));
        return None;
    };
    // Neither asks for a newer version of itself, nor tells anybody that it ran.
    let quiet = [("REDOCLY_TELEMETRY", "off"), ("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")];
    let output = Command::new(found).args(arguments).current_dir(folder).envs(quiet).output();
    let output = output.expect("it can be run");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{program}: {said}{}", String::from_utf8_lossy(&output.stderr));
    Some(said)
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Requests made up from the description by schemathesis, where it is installed: none is answered by a
/// failure of ours, or by what is not described. Bounded by its examples for each operation and by its seed.
#[test]
fn made_up_requests_are_answered_as_described() {
    let Some(program) = on_path("schemathesis") else {
        return skip(
            "described::made_up_requests_are_answered_as_described",
            "schemathesis is not installed",
        );
    };
    // What is made up may also be done, by an administrator even to the plan's rules.
    let county = County::of(Server::start(Database::Sqlite), &["valle-vista"]);
    let all = operations(&description(&county.client())).len();
    for key in [county.key_of("open-door"), &county.plan("valle-vista").admin] {
        let said = make_up_requests(&program, &county, key);
        let tested =
            said.lines().find_map(|line| line.trim().strip_prefix("Tested: ")?.parse::<usize>().ok());
        assert_eq!(tested, Some(all - SLOW.len()), "{said}");
    }
}

/// Operations that make the host work for seconds.
const SLOW: [&str; 2] = ["makeReceipt", "uploadPlugin"];

/// Output of schemathesis, which must find nothing wrong.
#[track_caller]
fn make_up_requests(program: &Path, county: &County, key: &str) -> String {
    let checks =
        "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
    // What it keeps goes with the test.
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let mut command = Command::new(program);
    command
        .current_dir(folder.path())
        .args(["run", &format!("{}/openapi.json", county.server.address), "--checks", checks])
        // One worker: CPython 3.11 counts the depth of its parser over all threads, and then fails now and
        // then.
        .args(["--phases", "examples,fuzzing", "--max-examples", "3", "--seed", "1", "--workers", "1"])
        .args(["--no-color", "--request-timeout", "60"])
        .args(SLOW.iter().flat_map(|id| ["--exclude-operation-id", id]))
        .args(["--header", &format!("Authorization: Bearer {key}")]);
    let output = command.output().expect("it can be run");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let begins = |line: &str| [" FAILURES ", " ERRORS "].iter().any(|title| line.contains(title));
    let failures: Vec<&str> = said.lines().skip_while(|line| !begins(line)).take(120).collect();
    assert!(output.status.success(), "{}", failures.join("\n"));
    said
}

#[test]
fn the_description_is_json_with_text_keys() {
    let county = County::shared(Database::Sqlite);
    let answer = county.client().send(&Request::get("/openapi.json"));
    let whole: Map<String, Value> = serde_json::from_slice(&answer.bytes).expect("an object");
    assert_eq!(whole["openapi"], "3.1.0");
    assert_eq!(answer.header("keep-alive"), "timeout=5", "how long the connection is kept is said");
}
