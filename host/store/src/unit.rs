//! A unit of work, as data.

use std::fmt::Display;

use jiff::Timestamp;

use crate::{StoreError, postgres};

/// Statements that are done together or not at all, in their order.
#[derive(Clone, Default)]
pub struct Unit {
    /// Statements of the unit, in order.
    pub statements: Vec<Statement>,
}

impl Unit {
    /// A unit of these statements.
    pub fn of(statements: impl IntoIterator<Item = Statement>) -> Self {
        Self { statements: statements.into_iter().collect() }
    }

    /// A unit that asks what must hold before it does anything. Of `guards`, those that wait for others come
    /// first, and each once: what is asked then is so until the unit is done.
    pub fn guarded(guards: impl IntoIterator<Item = Statement>) -> Self {
        Self { statements: postgres::in_order(guards) }
    }

    /// One more statement, last.
    pub fn add(&mut self, statement: Statement) {
        self.statements.push(statement);
    }

    /// About how many bytes it writes, with what its rows take besides their values.
    pub(crate) fn size_bytes(&self) -> usize {
        const ROW: usize = 256;
        let of = |value: &Value| match value {
            Value::Int(_) => size_of::<i64>(),
            Value::Text(text) => text.as_ref().map_or(0, String::len),
            Value::Bytes(bytes) => bytes.as_ref().map_or(0, Vec::len),
        };
        self.statements.iter().map(|statement| ROW + statement.values.iter().map(of).sum::<usize>()).sum()
    }
}

impl Extend<Statement> for Unit {
    fn extend<I: IntoIterator<Item = Statement>>(&mut self, statements: I) {
        self.statements.extend(statements);
    }
}

/// One statement and what is expected of it. Has no `Debug`: its values are people.
#[derive(Clone, PartialEq, Eq)]
pub struct Statement {
    /// Text of the statement.
    pub sql: Dialects,
    /// `$1` and so on.
    pub values: Vec<Value>,
    /// Number of rows that it must touch. A query counts the rows it finds, so it can guard what follows.
    pub expect: Expect,
}

impl Statement {
    /// A statement that may touch any number of rows.
    pub(crate) fn any(sql: impl Into<Dialects>, values: Vec<Value>) -> Self {
        Self { sql: sql.into(), values, expect: Expect::Any }
    }

    /// A statement that must touch so many rows, or else `miss`.
    pub(crate) fn all(rows: u64, miss: Miss, sql: impl Into<Dialects>, values: Vec<Value>) -> Self {
        Self { sql: sql.into(), values, expect: Expect::All(rows, miss) }
    }

    /// A statement that must touch one row, or else `miss`.
    pub(crate) fn one(miss: Miss, sql: impl Into<Dialects>, values: Vec<Value>) -> Self {
        Self { sql: sql.into(), values, expect: Expect::One(miss) }
    }
}

/// The same statement for each database, where the two must differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialects {
    /// As SQLite reads it.
    pub sqlite: &'static str,
    /// As PostgreSQL reads it.
    pub postgres: &'static str,
}

impl From<&'static str> for Dialects {
    fn from(sql: &'static str) -> Self {
        Self { sqlite: sql, postgres: sql }
    }
}

/// Demand on the rows that a statement touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Any number of rows.
    Any,
    /// Exactly one row.
    One(Miss),
    /// Touch so many rows.
    All(u64, Miss),
}

impl Expect {
    /// Checks the number of rows that were touched.
    pub(crate) fn check(self, rows: u64) -> Result<(), StoreError> {
        match self {
            Self::One(miss) if rows != 1 => Err(miss.into()),
            Self::All(all, miss) if rows != all => Err(miss.into()),
            Self::Any | Self::One(_) | Self::All(..) => Ok(()),
        }
    }

    /// The error for a unique key that is taken.
    pub(crate) fn taken(self) -> StoreError {
        match self {
            Self::Any => StoreError::Duplicate,
            Self::One(miss) | Self::All(_, miss) => miss.into(),
        }
    }
}

/// Meaning of a statement that did not touch one row, or of a unique key that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Miss {
    /// Somebody changed it meanwhile.
    Conflict,
    /// The idempotency key is taken.
    AlreadyDone,
    /// It is there already.
    Duplicate,
    /// It is not there.
    NotThere,
}

impl From<Miss> for StoreError {
    fn from(miss: Miss) -> Self {
        match miss {
            Miss::Conflict => Self::Conflict,
            Miss::AlreadyDone => Self::AlreadyDone,
            Miss::Duplicate => Self::Duplicate,
            Miss::NotThere => Self::NotThere,
        }
    }
}

/// Value of a column. Has no `Debug`: it may be a person's name.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// A whole number, an instant in milliseconds UTC, or a flag.
    Int(Option<i64>),
    /// A text, an id, a day or JSON.
    Text(Option<String>),
    /// Bytes, or null.
    Bytes(Option<Vec<u8>>),
}

pub(crate) fn text(content: impl Display) -> Value {
    Value::Text(Some(content.to_string()))
}

pub(crate) fn maybe_text<T: Display>(content: Option<T>) -> Value {
    Value::Text(content.map(|content| content.to_string()))
}

pub(crate) fn int(number: i64) -> Value {
    Value::Int(Some(number))
}

pub(crate) fn maybe_int(number: Option<i64>) -> Value {
    Value::Int(number)
}

pub(crate) fn instant(at: Timestamp) -> Value {
    int(at.as_millisecond())
}

pub(crate) fn maybe_instant(at: Option<Timestamp>) -> Value {
    Value::Int(at.map(Timestamp::as_millisecond))
}

pub(crate) fn bytes(content: &[u8]) -> Value {
    Value::Bytes(Some(content.to_vec()))
}

/// A list as JSON text.
pub(crate) fn list<T: Display>(items: &[T]) -> Value {
    let items: Vec<serde_json::Value> = items.iter().map(|item| item.to_string().into()).collect();
    text(serde_json::Value::from(items))
}
