//! Lists, a page at a time.

use std::fmt::Display;
use std::str::FromStr;

use domain::problem::Code;

use crate::command::failure::Failure;

/// The page of a list that is asked for.
#[derive(Clone, Debug)]
pub struct Paging {
    /// Most entries on the page.
    pub limit: u32,
    /// Cursor of the page before, as that page gave it; `None` for the first page.
    pub cursor: Option<String>,
}

/// A page of a list, keyed by its last entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// Entries of the page.
    pub items: Vec<T>,
    /// Cursor of the next page; `None` at the end.
    pub next_cursor: Option<String>,
}

impl Paging {
    /// The key after which the page starts.
    pub(crate) fn after<K: FromStr>(&self) -> Result<Option<K>, Failure> {
        self.cursor.as_deref().map(|cursor| cursor.parse().map_err(|_| bad_cursor())).transpose()
    }

    /// The pair of keys after which the page starts.
    pub(crate) fn after_pair<A: FromStr, B: FromStr>(&self) -> Result<Option<(A, B)>, Failure> {
        let Some(cursor) = self.cursor.as_deref() else { return Ok(None) };
        let (first, second) = cursor.split_once('~').ok_or_else(bad_cursor)?;
        let first = first.parse().map_err(|_| bad_cursor())?;
        Ok(Some((first, second.parse().map_err(|_| bad_cursor())?)))
    }
}

fn bad_cursor() -> Failure {
    Failure::field(
        "?cursor",
        Code::BadCursor,
        "this cursor was not given by this list",
        "pass next_cursor of the page before, or leave it out",
    )
}

/// A page of what is made of rows, keyed by one key.
pub(crate) fn page<T, K: Display, V>(rows: store::Page<T, K>, make: impl FnMut(T) -> V) -> Page<V> {
    Page {
        next_cursor: rows.next.as_ref().map(ToString::to_string),
        items: rows.items.into_iter().map(make).collect(),
    }
}

/// A page of what is made of rows, keyed by a pair.
pub(crate) fn paired<T, A: Display, B: Display, V>(
    rows: store::Page<T, (A, B)>,
    make: impl FnMut(T) -> V,
) -> Page<V> {
    Page {
        next_cursor: rows.next.as_ref().map(|(first, second)| format!("{first}~{second}")),
        items: rows.items.into_iter().map(make).collect(),
    }
}

/// The instant in a cursor.
pub(crate) fn instant(milliseconds: i64) -> Result<jiff::Timestamp, Failure> {
    jiff::Timestamp::from_millisecond(milliseconds).map_err(|_| bad_cursor())
}
