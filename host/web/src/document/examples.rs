//! Example answers of the operations.
//!
//! The examples are answers that a service gave: `tests/examples.rs` walks through all operations, and keeps
//! in `data/examples.json` what came back, with invented ids and times and the first entries of every list.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

/// By operation and status.
static EXAMPLES: LazyLock<BTreeMap<String, BTreeMap<String, Value>>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../data/examples.json"))
        .expect("the tests read the embedded examples")
});

/// Adds to an operation's answers what they look like. Of an answer that comes as JSON and as a page, the
/// example is of one.
pub(super) fn add(operation: &mut Value) {
    let Some(kept) = operation["operationId"].as_str().and_then(|id| EXAMPLES.get(id)) else { return };
    for (status, example) in kept {
        let content = operation.pointer_mut(&format!("/responses/{status}/content"));
        let content = content.and_then(Value::as_object_mut).into_iter().flatten();
        for (_, shown) in
            content.filter(|(media_type, _)| media_type.ends_with("json") != example.is_string())
        {
            shown["example"] = example.clone();
        }
    }
}
