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

/// A text with the address of each operation that it names. Of one thing, its id stands in the path. Marks
/// around anything else stay as they stand: the text may quote what a person wrote.
pub(crate) fn addressed(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, named, behind)) = next(rest) {
        written.push_str(before);
        if let Some(address) = address(named) {
            written.push_str(&address);
            rest = behind;
        } else {
            // Another operation may be named between here and the closing mark.
            written.push(MARKS.0);
            rest = &rest[before.len() + MARKS.0.len_utf8()..];
        }
    }
    written + rest
}

/// The text before the first mark, what stands between the marks, and the text behind them.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let (before, marked) = text.split_once(MARKS.0)?;
    let (named, behind) = marked.split_once(MARKS.1)?;
    Some((before, named, behind))
}

/// Method and path of an operation, with the id that is named for the first parameter of the path; `None` for
/// what is no operation, and for an id where the path has no place for one.
fn address(named: &str) -> Option<String> {
    let Some((operation, id)) = named.split_once(' ') else {
        return ADDRESSES.get(named).cloned();
    };
    let (before, parameter) = ADDRESSES.get(operation)?.split_once('{')?;
    let (_, behind) = parameter.split_once('}')?;
    Some(format!("{before}{id}{behind}"))
}
