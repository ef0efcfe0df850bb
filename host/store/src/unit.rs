//! A unit of work, as data.

use std::fmt::{Display, Write};
use std::time::Duration;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use jiff::Timestamp;
use serde::Serialize;

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
            Value::Column(column) => column.text.len() + column.cells.len() * ROW / 8,
        };
        self.statements.iter().map(|statement| ROW + statement.values.iter().map(of).sum::<usize>()).sum()
    }

    /// True if one of its statements puts in many rows.
    pub(crate) fn is_bulk(&self) -> bool {
        self.statements.iter().any(Statement::is_bulk)
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

    /// True if it is of many rows, with a column in each parameter.
    pub(crate) fn is_bulk(&self) -> bool {
        self.values.iter().any(|value| matches!(value, Value::Column(_)))
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Expect {
    /// Any number of rows.
    Any,
    /// Exactly one row; else it is this miss.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// Bytes of any content, or null.
    Bytes(Option<Vec<u8>>),
    /// Texts, one for each of the rows that the statement is about. SQLite does the statement once for each,
    /// PostgreSQL once for all, with an array; all columns of a statement are of one length.
    Column(Column),
}

/// Texts of many rows, one behind the other: a text of its own for each would be most of what they take.
#[derive(Clone, PartialEq, Eq)]
pub struct Column {
    text: String,
    /// Place of each row's cell in `text`; none where the cell is null.
    cells: Vec<Option<(u32, u32)>>,
}

impl Column {
    /// Number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.cells.len()
    }

    /// The cell of a row, if it is not null.
    pub(crate) fn cell(&self, row: usize) -> Option<&str> {
        let (from, to) = (*self.cells.get(row)?)?;
        self.text.get(from as usize..to as usize)
    }

    /// The cells of all rows.
    pub fn cells(&self) -> impl Iterator<Item = Option<&str>> {
        (0..self.rows()).map(|row| self.cell(row))
    }
}

/// Notes the time that a part of putting in many rows took: a table's rows, the commit, or a check without a
/// table.
pub(crate) fn bulk_part_took(part: &str, time: Duration) {
    let part = if part.is_empty() { "checks" } else { part };
    metrics::histogram!("crosswalk_bulk_seconds", "part" => part.to_owned()).record(time);
}

/// JSON, packed with zlib: for what is much, written once and soon forgotten.
pub(crate) fn packed(content: &(impl Serialize + ?Sized)) -> Value {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    serde_json::to_writer(&mut packed, content).expect("keys are texts, and memory takes it");
    Value::Bytes(Some(packed.finish().expect("memory takes it")))
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

/// A column of text: one cell for each row, as `of` gives it.
pub(crate) fn column<'r, R, T: Display>(rows: &'r [R], of: impl Fn(&'r R) -> Option<T>) -> Value {
    let mut column = Column { text: String::new(), cells: Vec::with_capacity(rows.len()) };
    let place = |text: &String| u32::try_from(text.len()).expect("a unit has less than 4 GiB");
    for row in rows {
        let from = place(&column.text);
        let cell = of(row).map(|cell| {
            write!(column.text, "{cell}").expect("memory takes it");
            (from, place(&column.text))
        });
        column.cells.push(cell);
    }
    Value::Column(column)
}

/// A list as JSON text.
pub(crate) fn list<T: Display>(items: &[T]) -> Value {
    let items: Vec<serde_json::Value> = items.iter().map(|item| item.to_string().into()).collect();
    text(serde_json::Value::from(items))
}
