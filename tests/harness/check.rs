//! Answers as text that can stand beside the request in a test: what varies from run to run is named, not
//! shown.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;

use super::client::Answer;

/// A problem in short: status, code, title and detail, then a line for each field.
pub(crate) fn problem(answer: &Answer) -> String {
    let json = &answer.json;
    let word = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let media_type = answer.header("content-type");
    let mut text = format!("{} {media_type}\n{}: {}\n", answer.status, answer.code(), word(json, "title"));
    if json["detail"].is_string() {
        let _ = writeln!(text, "({})", word(json, "detail"));
    }
    for error in json["errors"].as_array().into_iter().flatten() {
        let [pointer, code, detail, fix] = ["pointer", "code", "detail", "fix"].map(|name| word(error, name));
        let _ = writeln!(text, "{pointer} {code}: {detail}\n  {fix}");
    }
    text
}

/// The value without ids, instants, digests and durations. Equal ids get equal names.
pub(crate) fn redacted(value: &Value) -> Value {
    let mut names = BTreeMap::new();
    let mut value = value.clone();
    redact("", &mut value, &mut names);
    value
}

fn redact(name: &str, value: &mut Value, ids: &mut BTreeMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(redacted) = word_for(name, text, ids) {
                *text = redacted;
            }
        }
        Value::Number(number)
            if ["duration_us", "memory_bytes", "compile_ms", "size_bytes"].contains(&name) =>
        {
            *number = 0.into();
        }
        Value::Array(items) => items.iter_mut().for_each(|item| redact(name, item, ids)),
        Value::Object(fields) => fields.iter_mut().for_each(|(name, value)| redact(name, value, ids)),
        _ => {}
    }
}

fn word_for(name: &str, text: &str, ids: &mut BTreeMap<String, String>) -> Option<String> {
    let is_hex =
        |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if name == "trace_id" {
        return Some("<trace>".to_owned());
    }
    if is_hex(text, 64) {
        return Some("<digest>".to_owned());
    }
    if text.len() >= 20 && text.as_bytes()[10] == b'T' && text.ends_with('Z') {
        return Some("<instant>".to_owned());
    }
    let (kind, _) = text.split_once('_').filter(|(kind, rest)| kind.len() <= 4 && is_hex(rest, 32))?;
    let count = ids.values().filter(|known| known.starts_with(kind)).count() + 1;
    Some(ids.entry(text.to_owned()).or_insert_with(|| format!("{kind}_{count}")).clone())
}
