//! Rows of a plan's reference table: CSV or JSON in, rows by their key out, or everything that is wrong with
//! them.
//!
//! A table is taken whole or not at all: a fee schedule of which half is loaded pays wrong amounts in
//! silence, and one that is refused pays the old ones. So every row is read before anything is said, and what
//! is said names the row, the column, the broken rule and the fix, and never quotes a cell.
//!
//! CSV is UTF-8, with or without a byte order mark, separated by commas, quoted by RFC 4180, and begins with
//! the names of the declared columns in any order. JSON is a list of objects with the columns as names.

use std::collections::HashMap;

use csv::{ByteRecord, ReaderBuilder};
use domain::catalog::Catalog;
use domain::plan::profile::{PlanProfile, Table};
use domain::plan::types::Period;
use domain::problem::Code;
use domain::reference::{self, KeyKind, MOST_CELL, MOST_KEY_BYTES, MOST_ROWS_PER_KEY};
use jiff::civil::Date;

use crate::numbering::Numbering;

/// Most rows in one upload.
pub const MOST_ROWS: usize = 100_000;
/// Most problems that are listed one by one.
pub const MOST_LISTED: usize = 100;
/// Most characters of a sent column name that a problem repeats.
const LONGEST_NAME: usize = 60;

/// Rows as they were sent.
#[derive(Clone, Debug)]
pub enum Sent {
    /// A file of rows.
    Csv(Vec<u8>),
    /// Objects, each as its fields in their order.
    Json(Vec<Vec<(String, String)>>),
}

/// Rules that rows are read with.
#[derive(Clone, Copy, Debug)]
pub struct TableRules<'a> {
    /// The table as the profile declares it.
    pub table: &'a Table,
    /// The whole profile: its counties, and the facts that only it has.
    pub profile: &'a PlanProfile,
    /// Days on which the rows are to be in force.
    pub days: &'a Period,
    /// Today, in Pacific time.
    pub today: Date,
}

/// A row that can be looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its key columns, as a case's own values are written.
    pub key: String,
    /// Its cells in the order of the declared columns; those of key columns as the key has them.
    pub cells: Vec<String>,
}

/// Something wrong with one cell, or with one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Place: `#cell=4,2` or `#row=4` of a CSV file (RFC 7111; the header is row 1), or a JSON Pointer.
    pub pointer: String,
    /// The rule's stable id.
    pub rule: Code,
    /// Problem, in a sentence.
    pub problem: String,
    /// Step that fixes it, in a sentence.
    pub fix: String,
}

/// Why a table was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableRefusal {
    /// There is nothing in the file.
    #[error("the file is empty; its first row must hold the names of the columns")]
    Empty,
    /// The header row is no UTF-8.
    #[error("the file is not UTF-8 text; save it as CSV UTF-8")]
    NotUtf8,
    /// No cell of the first row is a declared column. The row is not quoted: it may be anything, a member's
    /// too.
    #[error(
        "the first row holds none of the declared columns; put their names there and separate cells by commas"
    )]
    NoHeaderRow,
    /// The header row does not hold the declared columns.
    #[error("the first row does not hold the declared columns{}{}{}", list("missing", .missing), list("unknown", .unknown), list("repeated", .repeated))]
    Columns {
        /// Declared columns that are not there.
        missing: Vec<String>,
        /// Columns that are not declared, cut at sixty characters.
        unknown: Vec<String>,
        /// Columns that are there twice.
        repeated: Vec<String>,
    },
    /// There is not one row.
    #[error("there is no row; a table without rows would take away what is in force")]
    NoRows,
    /// There are more than [`MOST_ROWS`].
    #[error("there are more than {MOST_ROWS} rows")]
    TooManyRows,
    /// Some rows cannot be used.
    #[error("{bad} of {read} rows cannot be used")]
    Rows {
        /// Number of the rows.
        read: usize,
        /// Number of rows that cannot be used.
        bad: usize,
        /// Problems of the rows, the first [`MOST_LISTED`].
        issues: Vec<Issue>,
        /// Number of further problems.
        unlisted: usize,
    },
}

impl TableRefusal {
    /// The stable code of the refusal.
    pub fn code(&self) -> Code {
        match self {
            Self::Empty => Code::Empty,
            Self::NotUtf8 => Code::FileEncoding,
            Self::NoHeaderRow => Code::FileNoHeader,
            Self::Columns { .. } => Code::FileColumns,
            Self::NoRows => Code::NoRows,
            Self::TooManyRows => Code::TooManyRows,
            Self::Rows { .. } => Code::NothingLoaded,
        }
    }

    /// Step that fixes it, in a sentence.
    pub fn fix(&self) -> &'static str {
        match self {
            Self::Empty | Self::NotUtf8 | Self::NoHeaderRow | Self::Columns { .. } => {
                "send UTF-8 CSV whose first row names the declared columns; ⟦listTables⟧ lists them"
            }
            Self::NoRows => "send at least one row",
            Self::TooManyRows => "leave out rows that no case can match",
            Self::Rows { .. } => "mend the rows below and send the whole table again",
        }
    }
}

fn list(word: &str, names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!("; {word}: {}", names.join(", ")) }
}

/// Reads every row.
///
/// # Errors
/// When a single row cannot be used, with all that is wrong; or when the rows cannot be told apart at all.
pub fn parse(sent: &Sent, rules: TableRules<'_>) -> Result<Vec<Row>, TableRefusal> {
    let mut reading = Reading::new(rules);
    match sent {
        Sent::Csv(bytes) => reading.csv(bytes)?,
        Sent::Json(objects) => reading.json(objects)?,
    }
    reading.finish()
}

/// Place of a row in what was sent.
enum Place<'a> {
    /// Its number in the file, and where the file has each declared column.
    Csv(u32, &'a [usize]),
    /// Its index in the list.
    Json(usize),
}

impl Place<'_> {
    fn row(&self) -> String {
        match self {
            Self::Csv(number, _) => format!("#row={number}"),
            Self::Json(index) => format!("/rows/{index}"),
        }
    }

    fn cell(&self, column: usize, name: &str) -> String {
        match self {
            Self::Csv(number, order) => format!("#cell={number},{}", order[column] + 1),
            Self::Json(index) => format!("/rows/{index}/{}", segment(name)),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Csv(number, _) => format!("row {number}"),
            Self::Json(index) => format!("row {}", index + 1),
        }
    }
}

/// A column's name in a JSON Pointer (RFC 6901).
fn segment(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn cut(name: &str) -> String {
    name.trim().chars().filter(|letter| !letter.is_control()).take(LONGEST_NAME).collect()
}

struct Reading<'a> {
    rules: TableRules<'a>,
    /// Columns that make the key, in the declared order, each with its kind.
    keys: Vec<(usize, KeyKind<'a>)>,
    read: usize,
    bad: usize,
    rows: Vec<Row>,
    /// The places in `rows` of each key.
    by_key: HashMap<String, Vec<usize>>,
    issues: Vec<Issue>,
    unlisted: usize,
}

impl<'a> Reading<'a> {
    fn new(rules: TableRules<'a>) -> Self {
        let keys = rules.table.keys.iter().filter_map(|name| {
            let place = rules.table.columns.iter().position(|column| column == name)?;
            Some((place, KeyKind::named(name, rules.profile)?))
        });
        Self {
            keys: keys.collect(),
            rules,
            read: 0,
            bad: 0,
            rows: Vec::new(),
            by_key: HashMap::new(),
            issues: Vec::new(),
            unlisted: 0,
        }
    }

    fn csv(&mut self, bytes: &[u8]) -> Result<(), TableRefusal> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let mut record = ByteRecord::new();
        let mut numbering = Numbering::of(bytes);
        let order = match numbering.read(&mut reader, &mut record) {
            None => return Err(TableRefusal::Empty),
            Some(_) => order(&record, &self.rules.table.columns)?,
        };
        let width = record.len();
        while let Some(number) = numbering.read(&mut reader, &mut record) {
            self.count()?;
            let place = Place::Csv(number, &order);
            if record.len() != width {
                let problem = format!("the number of its cells is {} and not {width}", record.len());
                self.refuse(
                    &place,
                    Code::CellCount,
                    problem,
                    "give the row as many cells as the first row has",
                );
                continue;
            }
            let cells: Option<Vec<&str>> = order
                .iter()
                .map(|at| record.get(*at).and_then(|cell| std::str::from_utf8(cell).ok()))
                .collect();
            match cells {
                Some(cells) => self.row(&place, &cells),
                None => {
                    self.refuse(&place, Code::Encoding, "it is not UTF-8 text", "save the file as CSV UTF-8")
                }
            }
        }
        Ok(())
    }

    fn json(&mut self, objects: &[Vec<(String, String)>]) -> Result<(), TableRefusal> {
        for (index, fields) in objects.iter().enumerate() {
            self.count()?;
            let place = Place::Json(index);
            let columns = &self.rules.table.columns;
            let mut cells = vec![None; columns.len()];
            let mut issues = Vec::new();
            for (name, cell) in fields {
                match columns.iter().position(|column| column == name) {
                    Some(known) if cells[known].is_none() => cells[known] = Some(cell.as_str()),
                    Some(_) => issues.push((
                        cut(name),
                        Code::ColumnRepeated,
                        "the column is there twice",
                        "send it once",
                    )),
                    None => issues.push((
                        cut(name),
                        Code::ColumnUnknown,
                        "the profile declares no such column",
                        "leave it out; ⟦listTables⟧ lists the columns",
                    )),
                }
            }
            let missing = columns.iter().zip(&cells).filter(|(_, cell)| cell.is_none());
            issues.extend(missing.map(|(name, _)| {
                (
                    name.clone(),
                    Code::ColumnMissing,
                    "the column is missing",
                    "send every declared column, empty if it must be",
                )
            }));
            if issues.is_empty() {
                let cells: Vec<&str> = cells.into_iter().flatten().collect();
                self.row(&place, &cells);
                continue;
            }
            self.bad += 1;
            for (name, rule, problem, fix) in issues {
                let pointer = format!("{}/{}", place.row(), segment(&name));
                self.note(pointer, rule, format!("{}, column {name}: {problem}", place.words()), fix);
            }
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), TableRefusal> {
        if self.read == MOST_ROWS {
            return Err(TableRefusal::TooManyRows);
        }
        self.read += 1;
        Ok(())
    }

    /// Takes a row with its cells in the declared order, or says everything that is wrong with it.
    fn row(&mut self, place: &Place<'_>, cells: &[&str]) {
        let wrong = self.issues.len() + self.unlisted;
        let mut cells: Vec<String> = cells.iter().map(|cell| cell.trim().to_owned()).collect();
        for (column, cell) in cells.iter().enumerate() {
            if cell.chars().count() > MOST_CELL {
                let problem = format!("the cell is longer than {MOST_CELL} characters");
                self.cell(place, column, Code::CellLength, problem, "shorten it");
            } else if !domain::text::is_plain_line(cell) {
                self.cell(
                    place,
                    column,
                    Code::ControlCharacter,
                    "the cell holds a line break or another control or bidirectional character",
                    "write it on one line",
                );
            }
        }
        for (column, kind) in self.keys.clone() {
            match kind.read(&cells[column], &self.rules.profile.counties) {
                Ok(value) if matches!(kind, KeyKind::Procedure) && !self.is_billed(&value) => self.cell(
                    place,
                    column,
                    Code::KeyProcedure,
                    "the catalog has no such code and modifier set on those days",
                    "write a procedure of the catalog, such as G9008 U1",
                ),
                Ok(value) => cells[column] = value,
                Err(error) => self.cell(place, column, error.rule(), error.to_string(), error.fix()),
            }
        }
        if self.issues.len() + self.unlisted > wrong {
            self.bad += 1;
            return;
        }
        let key = reference::key(self.keys.iter().map(|(column, _)| cells[*column].as_str()));
        let same = self.by_key.get(&key).map(Vec::as_slice).unwrap_or_default();
        if key.len() > MOST_KEY_BYTES {
            let problem = format!("its key is longer than {MOST_KEY_BYTES} bytes");
            self.refuse(place, Code::KeyLength, problem, "shorten the cells of the key columns");
        } else if same.iter().any(|earlier| self.rows[*earlier].cells == cells) {
            self.refuse(place, Code::RowRepeated, "an earlier row says the same", "leave it out");
        } else if same.len() == MOST_ROWS_PER_KEY {
            let problem = format!("more than {MOST_ROWS_PER_KEY} rows share its key");
            self.refuse(place, Code::KeyCrowded, problem, "keep fewer rows for one key");
        } else {
            self.by_key.entry(key.clone()).or_default().push(self.rows.len());
            self.rows.push(Row { key, cells });
        }
    }

    /// True if the catalog knows the procedure on the first or the last day that the rows are for.
    fn is_billed(&self, procedure: &str) -> bool {
        let days = self.rules.days;
        let last = days.last.unwrap_or(self.rules.today).max(days.first);
        let on = |day| procedure.parse().is_ok_and(|known| Catalog::state().classify(&known, day).is_ok());
        on(days.first) || on(last)
    }

    fn refuse(&mut self, place: &Place<'_>, rule: Code, problem: impl std::fmt::Display, fix: &str) {
        self.bad += 1;
        self.note(place.row(), rule, format!("{}: {problem}", place.words()), fix);
    }

    fn cell(
        &mut self,
        place: &Place<'_>,
        column: usize,
        rule: Code,
        problem: impl std::fmt::Display,
        fix: &str,
    ) {
        let name = self.rules.table.columns[column].clone();
        let problem = format!("{}, column {name}: {problem}", place.words());
        self.note(place.cell(column, &name), rule, problem, fix);
    }

    fn note(&mut self, pointer: String, rule: Code, problem: String, fix: &str) {
        if self.issues.len() == MOST_LISTED {
            self.unlisted += 1;
        } else {
            self.issues.push(Issue { pointer, rule, problem, fix: fix.to_owned() });
        }
    }

    fn finish(self) -> Result<Vec<Row>, TableRefusal> {
        let Self { read, bad, rows, issues, unlisted, .. } = self;
        match (bad, read) {
            (_, 0) => Err(TableRefusal::NoRows),
            (0, _) => Ok(rows),
            _ => Err(TableRefusal::Rows { read, bad, issues, unlisted }),
        }
    }
}

/// Place in the file of each of the declared columns.
fn order(header: &ByteRecord, columns: &[String]) -> Result<Vec<usize>, TableRefusal> {
    let mut places = vec![None; columns.len()];
    let (mut unknown, mut repeated) = (Vec::new(), Vec::new());
    for (place, cell) in header.iter().enumerate() {
        let name = std::str::from_utf8(cell).map_err(|_| TableRefusal::NotUtf8)?.trim();
        match columns.iter().position(|column| column == name) {
            Some(known) if places[known].is_some() => repeated.push(name.to_owned()),
            Some(known) => places[known] = Some(place),
            None => unknown.push(cut(name)),
        }
    }
    if places.iter().all(Option::is_none) {
        return Err(TableRefusal::NoHeaderRow);
    }
    let absent = columns.iter().zip(&places).filter(|(_, place)| place.is_none());
    let missing: Vec<String> = absent.map(|(column, _)| column.clone()).collect();
    if missing.is_empty() && unknown.is_empty() && repeated.is_empty() {
        Ok(places.into_iter().flatten().collect())
    } else {
        // A file with the wrong first row may have a thousand cells in it.
        unknown.truncate(reference::MOST_COLUMNS);
        repeated.truncate(reference::MOST_COLUMNS);
        Err(TableRefusal::Columns { missing, unknown, repeated })
    }
}

#[cfg(test)]
mod tests;
