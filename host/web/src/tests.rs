use std::collections::BTreeSet;

use serde_json::{Map, Value};

fn description() -> Value {
    serde_json::from_str(&crate::openapi()).unwrap()
}

/// Every operation, as its method, path and content.
fn operations(description: &Value) -> Vec<(String, String, Map<String, Value>)> {
    let paths = description["paths"].as_object().unwrap();
    let methods = ["get", "post", "patch", "delete", "put"];
    let of_path = |(path, item): (&String, &Value)| {
        let of_method = |method: &&str| {
            Some(((*method).to_owned(), path.clone(), item.get(*method)?.as_object()?.clone()))
        };
        methods.iter().filter_map(of_method).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

#[test]
fn the_description_is_complete() {
    let description = description();
    assert_eq!(description["openapi"], "3.1.0");
    let operations = operations(&description);
    assert_eq!(operations.len(), 172);
    let mut ids = BTreeSet::new();
    for (method, path, operation) in &operations {
        let named = format!("{method} {path}");
        let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{named} has no id"));
        assert!(ids.insert(id.to_owned()), "{id} twice");
        assert!(
            operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()),
            "{named} has no summary"
        );
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{named}");
        let parameters = operation.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
        // A question with a body changes nothing, and a code is good once.
        let names_no_attempt = [
            "/v1/members/search",
            "/v1/plans/{id}/rules-file/checks",
            "/v1/plans/{id}/tables/{name}/differences",
            "/v1/sessions",
            "/v1/sessions/current/lock",
            "/v1/sessions/current/proof",
        ];
        if matches!(&**method, "post" | "patch" | "put") && !names_no_attempt.contains(&&**path) {
            let key = "#/components/parameters/IdempotencyKey";
            assert!(parameters.iter().any(|parameter| parameter["$ref"] == key), "{named} names no attempt");
        }
        for segment in path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}')) {
            assert!(
                parameters.iter().any(|parameter| parameter["name"] == segment),
                "{named} does not tell of {segment}"
            );
        }
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{named} never succeeds");
        for (status, response) in responses.iter().filter(|(status, _)| status.starts_with(['4', '5'])) {
            let shared = format!("#/components/responses/Problem{status}");
            let is_outcome = response.pointer("/content/application~1fhir+json").is_some();
            assert!(response["$ref"] == *shared || is_outcome, "{named} {status} is no problem");
        }
    }
}

#[test]
fn changes_of_a_version_say_so() {
    let description = description();
    for (method, path, operation) in operations(&description) {
        let parameters = operation.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
        let guarded = parameters.iter().any(|parameter| parameter["name"] == "If-Match");
        let changes = [
            "/information",
            "/status",
            "/decisions",
            "/withdrawal",
            "/extensions",
            "/member-notices",
            "/disputes",
            "/ending",
            "/translations",
            "/steps",
            "/pause",
            "/resume",
            "/end",
            "/settlement",
            "/corrections",
            "/mergers",
            "/splits",
            "/invitations",
        ];
        // A key's label has no version: whoever names it last is right.
        let patches = method == "patch" && path != "/v1/keys/{id}";
        let changes = changes.iter().any(|end| path.ends_with(end)) || patches;
        assert_eq!(guarded, changes, "{method} {path}");
        let responses = operation["responses"].as_object().unwrap();
        assert_eq!(
            responses.contains_key("412") && responses.contains_key("428"),
            changes,
            "{method} {path}"
        );
    }
}

#[test]
fn only_the_instance_itself_needs_no_key() {
    let description = description();
    let open: Vec<String> = operations(&description)
        .into_iter()
        .filter(|(_, _, operation)| operation.contains_key("security"))
        .map(|(_, path, _)| path)
        .collect();
    assert_eq!(open, ["/", "/healthz", "/problems", "/problems/{code}", "/readyz"]);
    assert_eq!(description["components"]["securitySchemes"]["key"]["scheme"], "bearer");
}

#[test]
fn every_reference_leads_somewhere() {
    fn check(value: &Value, whole: &Value) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(reference)) = fields.get("$ref") {
                    let pointer = reference.strip_prefix('#').unwrap();
                    assert!(whole.pointer(pointer).is_some(), "{reference} leads nowhere");
                }
                fields.values().for_each(|field| check(field, whole));
            }
            Value::Array(entries) => entries.iter().for_each(|entry| check(entry, whole)),
            _ => {}
        }
    }
    let description = description();
    check(&description, &description);
}

#[test]
fn bodies_take_no_unknown_fields() {
    let description = description();
    for (method, path, operation) in operations(&description) {
        let content = operation
            .get("requestBody")
            .and_then(|body| body.pointer("/content/application~1json/schema/$ref"));
        let Some(reference) = content.and_then(Value::as_str) else { continue };
        let schema = description.pointer(reference.trim_start_matches('#')).unwrap();
        assert_eq!(schema["additionalProperties"], false, "{method} {path}");
    }
}
