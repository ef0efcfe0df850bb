//! Shapes of the API's texts: the words that a field may hold, its pattern, its longest text.
//!
//! The types in the code are texts; what else is known of a field stands in `data/shapes.json`, by its name
//! and the schemas that have it. Whatever the service answers is checked against it by its tests.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};

#[cfg(test)]
mod tests;

static SHAPES: LazyLock<Shapes> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../data/shapes.json")).expect("the tests read the embedded shapes")
});

/// Longest text of a request of which nothing else is known. No code, id or number that is looked up is
/// longer.
const LONGEST_SENT: u64 = 2_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shapes {
    fields: Vec<Shape>,
}

/// Shape of the texts of some fields.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shape {
    /// Names of the fields that have it.
    fields: Vec<String>,
    /// The schemas that have them; empty for all.
    #[serde(default)]
    schemas: Vec<String>,
    /// The words that they may hold.
    #[serde(default)]
    words: Vec<String>,
    /// Regular expression that the whole text matches.
    pattern: Option<String>,
    /// Most characters of the text.
    longest: Option<u64>,
}

impl Shape {
    fn is_for(&self, schema: &str, field: &str) -> bool {
        let of_schema = self.schemas.is_empty() || self.schemas.iter().any(|known| known == schema);
        of_schema && self.fields.iter().any(|known| known == field)
    }

    fn apply(&self, text: &mut Map<String, Value>) {
        if !self.words.is_empty() {
            let mut words: Vec<Value> = self.words.iter().map(|word| json!(word)).collect();
            if is_nullable(text) {
                words.push(Value::Null);
            }
            text.insert("enum".to_owned(), words.into());
        }
        if let Some(pattern) = &self.pattern {
            text.insert("pattern".to_owned(), json!(pattern));
        }
        if let Some(longest) = self.longest {
            text.insert("maxLength".to_owned(), json!(longest));
        }
    }
}

/// Says of every text of the schemas what is known of it.
pub(super) fn fill(schemas: &mut Map<String, Value>) {
    for (name, schema) in schemas {
        // Requests are closed, answers may grow.
        let is_sent = schema["additionalProperties"] == false;
        fill_schema(name, schema, is_sent);
    }
}

fn fill_schema(name: &str, schema: &mut Value, is_sent: bool) {
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    for (field, property) in properties {
        fill_text(name, field, property, is_sent);
    }
}

fn fill_text(schema: &str, field: &str, property: &mut Value, is_sent: bool) {
    for inner in ["items", "additionalProperties"] {
        if let Some(inner) = property.get_mut(inner) {
            fill_text(schema, field, inner, is_sent);
        }
    }
    let Some(text) = property.as_object_mut().filter(|property| is_text(property)) else { return };
    let says_more = |text: &Map<String, Value>| {
        ["enum", "pattern", "format", "maxLength"].iter().any(|known| text.contains_key(*known))
    };
    if !says_more(text)
        && let Some(shape) = SHAPES.fields.iter().find(|shape| shape.is_for(schema, field))
    {
        shape.apply(text);
    }
    if is_sent && !says_more(text) {
        text.insert("maxLength".to_owned(), json!(LONGEST_SENT));
    }
}

/// True for a schema of a text, which may be null.
pub(super) fn is_text(schema: &Map<String, Value>) -> bool {
    match schema.get("type") {
        Some(Value::String(kind)) => kind == "string",
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "string"),
        _ => false,
    }
}

fn is_nullable(schema: &Map<String, Value>) -> bool {
    schema.get("type").and_then(Value::as_array).is_some_and(|kinds| kinds.iter().any(|kind| kind == "null"))
}
