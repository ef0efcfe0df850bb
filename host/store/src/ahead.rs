//! Reads that are known to come, asked together.
//!
//! A command reads several things one after the other, and on PostgreSQL each is a round trip. What does not
//! depend on another's answer can be foretold: [`crate::Store::look_ahead`] asks all of it in one message,
//! and the reads that follow find their answers there. A read that was not foretold asks by itself, so what
//! is foretold changes when something is read and never what. Everything foretold together is of one instant.
//!
//! Answers are kept for one command and one try of it ([`crate::session::hold`]), until the command writes.

use std::fmt::Write;

use serde_json::{Map, Value as Json};

use crate::postgres::renumbered;
use crate::unit::Value;
use crate::{Dialects, StoreError};

/// A query with its values: a read that can be made now, or foretold. Has no `Debug`: its values are people.
#[derive(Clone, PartialEq, Eq)]
pub struct Read {
    pub(crate) sql: Dialects,
    pub(crate) values: Vec<Value>,
}

impl Read {
    pub(crate) fn new(sql: impl Into<Dialects>, values: Vec<Value>) -> Self {
        Self { sql: sql.into(), values }
    }
}

/// Rows that came for a read, by column.
pub(crate) type Rows = Vec<Map<String, Json>>;

/// A row that can be read from what was foretold. [`crate::row::row`] writes it.
pub(crate) trait Foretold: Sized {
    /// The row, or nothing if a column is not there or is something else.
    fn foretold(columns: &Map<String, Json>) -> Option<Self>;
}

/// Content of a column in what was foretold.
pub(crate) trait Cell: Sized {
    /// The content, or nothing if it is something else.
    fn cell(json: &Json) -> Option<Self>;
}

impl Cell for i64 {
    fn cell(json: &Json) -> Option<Self> {
        json.as_i64()
    }
}

impl Cell for String {
    fn cell(json: &Json) -> Option<Self> {
        json.as_str().map(str::to_owned)
    }
}

impl Cell for Vec<u8> {
    /// PostgreSQL writes bytes as `\x` and hexadecimal digits.
    fn cell(json: &Json) -> Option<Self> {
        let digits = json.as_str()?.strip_prefix("\\x")?.as_bytes();
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        digits.chunks(2).map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
    }
}

impl<T: Cell> Cell for Option<T> {
    fn cell(json: &Json) -> Option<Self> {
        if json.is_null() { Some(None) } else { T::cell(json).map(Some) }
    }
}

/// The query of one row that asks all of `reads`: a column for each, with its rows as JSON. The values are
/// those of all of them, one after the other.
pub(crate) fn text(reads: &[Read]) -> String {
    let mut text = String::from("select ");
    let mut before = 0;
    for (place, read) in reads.iter().enumerate() {
        let comma = if place == 0 { "" } else { ", " };
        let own = renumbered(read.sql.postgres, before);
        let _ = write!(text, "{comma}(select coalesce(json_agg(r), '[]')::text from ({own}) r)");
        before += read.values.len();
    }
    text
}

/// The rows of one read, as the database wrote them.
///
/// # Errors
/// When it is no such JSON.
pub(crate) fn rows(json: &str) -> Result<Rows, StoreError> {
    serde_json::from_str(json).map_err(|_| unread())
}

pub(crate) fn unread() -> StoreError {
    StoreError::Database("what was read ahead does not read".to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Cell, Read, text};
    use crate::unit;

    #[test]
    fn reads_become_one_query() {
        let reads = [
            Read::new("select a from one where a = $1 and b = $2", vec![unit::int(1), unit::int(2)]),
            Read::new("select c from two where c = $1", vec![unit::text("c")]),
        ];
        assert_eq!(
            text(&reads),
            "select (select coalesce(json_agg(r), '[]')::text from (select a from one where a = $1 and b = $2) r), \
             (select coalesce(json_agg(r), '[]')::text from (select c from two where c = $3) r)"
        );
    }

    #[test]
    fn a_column_is_what_its_type_says() {
        assert_eq!(i64::cell(&json!(7)), Some(7));
        assert_eq!(i64::cell(&json!(7.5)), None);
        assert_eq!(i64::cell(&json!("7")), None);
        assert_eq!(String::cell(&json!("a")), Some("a".to_owned()));
        assert_eq!(String::cell(&json!(null)), None);
        assert_eq!(Option::<String>::cell(&json!(null)), Some(None));
        assert_eq!(Option::<i64>::cell(&json!("a")), None);
        assert_eq!(Vec::<u8>::cell(&json!("\\x00ff1a")), Some(vec![0, 255, 26]));
        for bad in ["00ff", "\\x0", "\\xzz"] {
            assert_eq!(Vec::<u8>::cell(&json!(bad)), None, "{bad}");
        }
    }
}
