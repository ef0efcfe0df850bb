//! Tables of rows: each row is checked, whatever became of those before it, and what does not hold is told
//! together.

use std::fmt::Debug;

/// Checks every row, then fails once if any does not hold, with the reason of each.
#[track_caller]
pub(crate) fn every<Row>(
    rows: impl IntoIterator<Item = Row>,
    mut check: impl FnMut(Row) -> Result<(), String>,
) {
    let outcomes: Vec<Result<(), String>> = rows.into_iter().map(&mut check).collect();
    let count = outcomes.len();
    let broken: Vec<String> = outcomes.into_iter().filter_map(Result::err).collect();
    assert!(count > 0, "a table without rows tests nothing");
    assert!(broken.is_empty(), "{} of {count} rows do not hold:\n\n{}", broken.len(), broken.join("\n"));
}

/// True if what a row found is what it expects.
pub(crate) fn same<T: PartialEq + Debug>(name: &str, found: T, expected: T) -> Result<(), String> {
    match found == expected {
        true => Ok(()),
        false => Err(format!("{name}:\n  found    {found:?}\n  expected {expected:?}")),
    }
}
