//! The last hand on the description as JSON: what the types cannot say of themselves.

use domain::problem::Code;
use serde_json::{Map, Value, json};

use super::{examples, shapes};
use crate::problem::{address, table};

/// Headers of answers: name, description, example.
const HEADERS: [(&str, &str, &str); 8] = [
    (
        "X-Request-Id",
        "The id under which the request is logged: the caller's own, if it is well-formed.",
        "4bf92f3577b34da6",
    ),
    ("Cache-Control", "Nothing is kept by caches, but for lists that are about nobody.", "no-store"),
    (
        "Keep-Alive",
        "Seconds for which the connection is kept without a request; absent where it is closed.",
        "timeout=5",
    ),
    (
        "RateLimit",
        "Requests that the key, or the person, has left at this moment (draft-ietf-httpapi-ratelimit-headers).",
        "\"key\";r=1999",
    ),
    (
        "RateLimit-Policy",
        "Requests that a key, or a person, may send in one burst, and the seconds after which it may do so again.",
        "\"key\";q=2000;w=2",
    ),
    (
        "Idempotency-Replayed",
        "`true`: this answer was given before, to the same request with the same key.",
        "true",
    ),
    ("Retry-After", "Seconds after which the same request is worth sending again.", "1"),
    ("WWW-Authenticate", "How to sign in.", "Bearer"),
];

/// Completes the description: servers, contact, examples, and the shapes of texts.
pub(super) fn complete(description: &mut Value) {
    description["servers"] =
        json!([{ "url": "/", "description": "The host that this description comes from." }]);
    description["info"]["contact"] = json!({ "name": "The operator of this host" });
    if let Some(schemas) = description.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        share(schemas);
        list_codes(schemas);
        shapes::fill(schemas);
    }
    let headers: Map<String, Value> = HEADERS.iter().map(header_of).collect();
    description["components"]["headers"] = headers.into();
    if let Some(problems) = description.pointer_mut("/components/responses").and_then(Value::as_object_mut) {
        for (name, response) in problems {
            let status = name.trim_start_matches("Problem").to_owned();
            say_headers(&status, response, Kind::Shared);
        }
    }
    let paths = description.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            complete_operation(path, method, operation);
        }
    }
}

fn header_of((name, description, example): &(&str, &str, &str)) -> (String, Value) {
    let header = json!({ "description": description, "schema": { "type": "string" }, "example": example });
    ((*name).to_owned(), header)
}

fn complete_operation(path: &str, method: &str, operation: &mut Value) {
    if operation["description"].is_null() {
        operation["description"] = operation["summary"].clone();
    }
    for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        shape_parameter(path, parameter);
    }
    let is_public = operation["security"].is_array();
    let is_command = matches!(method, "post" | "put" | "patch");
    let kind = if is_public {
        Kind::Public
    } else if is_command {
        Kind::Command
    } else {
        Kind::SignedIn
    };
    let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
    for (status, response) in
        responses.into_iter().flatten().filter(|(_, response)| response["$ref"].is_null())
    {
        say_headers(status, response, kind);
        // The types know bytes as a list of numbers.
        if let Some(schema) = response.pointer_mut("/content/*~1*/schema") {
            *schema = json!({ "type": "string", "format": "binary" });
        }
    }
    examples::add(operation);
}

/// Kind of an answer, by which its headers and examples are found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A problem that operations share.
    Shared,
    /// Of an operation that anybody may use.
    Public,
    /// Of an operation that needs a key.
    SignedIn,
    /// Of an operation that happens once for each idempotency key.
    Command,
}

fn say_headers(status: &str, response: &mut Value, kind: Kind) {
    let done = status.starts_with(['2', '3']);
    let signed_in = matches!(kind, Kind::SignedIn | Kind::Command);
    let says = [
        ("X-Request-Id", true),
        ("Cache-Control", true),
        ("Keep-Alive", true),
        ("RateLimit", status == "429" || (done && signed_in)),
        ("RateLimit-Policy", status == "429" || (done && signed_in)),
        ("Idempotency-Replayed", done && kind == Kind::Command),
        ("Retry-After", matches!(status, "429" | "503")),
        ("WWW-Authenticate", status == "401"),
    ];
    for (name, _) in says.into_iter().filter(|(_, applies)| *applies) {
        response["headers"][name] = json!({ "$ref": format!("#/components/headers/{name}") });
    }
}

/// Ids and names in addresses and queries, of which the types say only that they are texts.
fn shape_parameter(path: &str, parameter: &mut Value) {
    const ID: &str = "^[a-z]+_[0-9a-f]{32}$";
    const NAME: &str = "^[a-z0-9-]+$";
    let place = parameter["in"].as_str().unwrap_or_default().to_owned();
    let name = parameter["name"].as_str().unwrap_or_default().to_owned();
    let Some(schema) = parameter.get_mut("schema").and_then(Value::as_object_mut) else { return };
    let says_more =
        ["pattern", "format", "enum", "maxLength"].iter().any(|known| schema.contains_key(*known));
    if says_more || !shapes::is_text(schema) {
        return;
    }
    let pattern = match (&*place, &*name) {
        ("path", "digest") => Some("^[0-9a-f]{64}$"),
        ("path", "name" | "code") => Some(NAME),
        ("path", "id") if path.starts_with("/v1/plans/") => Some(NAME),
        ("path", "id") if path.starts_with("/fhir/") => Some("^case-[0-9a-f]{32}(-[1-9][0-9]*)?$"),
        ("path", _) => Some(ID),
        _ => None,
    };
    match pattern {
        Some(pattern) => schema.insert("pattern".to_owned(), json!(pattern)),
        // No code, id or cursor that is looked up is longer.
        None => schema.insert("maxLength".to_owned(), json!(500)),
    };
}

/// Says which problems there are: the types know their codes and addresses as texts.
fn list_codes(schemas: &mut Map<String, Value>) {
    let addresses: Vec<String> = table::problems().map(address).collect();
    let of_fields: Vec<&str> = table::fields().map(Code::name).collect();
    let all: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    for (schema, field, words) in [
        ("Problem", "type", json!(addresses)),
        ("FieldError", "code", json!(of_fields)),
        ("ProblemCode", "code", json!(all)),
    ] {
        schemas[schema]["properties"][field]["enum"] = words;
    }
}

/// Has every schema that stands inside another and is one of the components refer to it: the entries of a
/// page are the thing itself. What may be several things and says not which is any of them.
fn share(schemas: &mut Map<String, Value>) {
    let known: Vec<(String, Value)> = schemas
        .iter()
        .filter(|(_, schema)| schema["type"] == "object")
        .map(|(name, schema)| (name.clone(), schema.clone()))
        .collect();
    for (name, schema) in schemas.iter_mut() {
        if let Some(either) = schema.as_object_mut().and_then(|schema| schema.remove("oneOf")) {
            schema["anyOf"] = either;
        }
        for inner in inner_schemas(schema) {
            refer(name, inner, &known);
        }
        admit_null(schema);
    }
}

/// Says of a thing that an answer may lack that it may be null. The types say so themselves, but for what is
/// a parameter of a type.
fn admit_null(schema: &mut Value) {
    if schema["additionalProperties"] == false {
        return;
    }
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (name, property) in properties.into_iter().flatten() {
        let is_thing = property["type"] == "object" || property["$ref"].is_string();
        if is_thing && !required.iter().any(|known| known == name) {
            *property = json!({ "oneOf": [property.take(), { "type": "null" }] });
        }
    }
}

fn refer(within: &str, schema: &mut Value, known: &[(String, Value)]) {
    let same = |(name, component): &&(String, Value)| name != within && is_same(schema, component);
    if let Some((name, _)) = known.iter().find(same) {
        *schema = json!({ "$ref": format!("#/components/schemas/{name}") });
        return;
    }
    for inner in inner_schemas(schema) {
        refer(within, inner, known);
    }
}

/// The same but for what is said of it in this place.
fn is_same(schema: &Value, component: &Value) -> bool {
    schema["type"] == "object"
        && !schema["properties"].is_null()
        && ["properties", "required", "additionalProperties"]
            .iter()
            .all(|part| schema[*part] == component[*part])
}

/// The schemas directly inside a schema.
fn inner_schemas(schema: &mut Value) -> Vec<&mut Value> {
    let mut inner = Vec::new();
    for (keyword, value) in schema.as_object_mut().into_iter().flatten() {
        match (&**keyword, value) {
            ("properties", Value::Object(properties)) => inner.extend(properties.values_mut()),
            ("oneOf" | "anyOf" | "allOf", Value::Array(parts)) => inner.extend(parts),
            ("items" | "additionalProperties", value) if value.is_object() => inner.push(value),
            _ => {}
        }
    }
    inner
}
