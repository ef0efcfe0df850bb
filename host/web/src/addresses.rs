//! Addresses of the operations that texts name by their ids: `⟦listPlans⟧` is written `GET /v1/plans`.

use std::collections::HashMap;
use std::sync::LazyLock;

#[cfg(test)]
mod tests;

/// Letters before and behind an operation in a text. No other text has them.
const MARKS: (char, char) = ('⟦', '⟧');

/// Method and path of each operation, by its id.
static ADDRESSES: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let description = crate::api().into_openapi();
    let operations = description.paths.paths.into_iter().flat_map(|(path, item)| {
        let methods = [
            ("GET", item.get),
            ("PUT", item.put),
            ("POST", item.post),
            ("PATCH", item.patch),
            ("DELETE", item.delete),
        ];
        methods.into_iter().filter_map(move |(method, operation)| {
            Some((operation?.operation_id?, format!("{method} {path}")))
        })
    });
    operations.collect()
});

/// A text with the address of each operation that it names. Of one thing, its id stands in the path.
pub(crate) fn addressed(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, named, behind)) = next(rest) {
        written.push_str(before);
        written.push_str(&address(named));
        rest = behind;
    }
    written + rest
}

/// The text before the first operation, its name, and the text behind it.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let (before, marked) = text.split_once(MARKS.0)?;
    let (named, behind) = marked.split_once(MARKS.1)?;
    Some((before, named, behind))
}

fn address(named: &str) -> String {
    let (operation, id) = match named.split_once(' ') {
        Some((operation, id)) => (operation, Some(id)),
        None => (named, None),
    };
    match (ADDRESSES.get(operation), id) {
        (Some(address), Some(id)) => address.replacen("{id}", id, 1),
        (Some(address), None) => address.clone(),
        (None, _) => named.to_owned(),
    }
}
