//! A plan's member file: CSV in, typed rows out, and for each row that cannot be read the rule, the problem
//! and the fix.
//!
//! The content is that of the state's member information file (DHCS CalAIM Data Guidance, "Member-Level
//! Information Sharing Between MCPs and ECM Providers"); the headers are ours, see [`COLUMNS`]. Rows are
//! refused, not files: only a file that cannot be told apart into the right columns is refused whole
//! ([`FileRefusal`]).
//!
//! A file is text or a workbook (XLSX). Text may be UTF-8, UTF-16 or Windows-1252, its cells separated by
//! commas, tabs, pipes or semicolons and quoted by RFC 4180. The headers stand in any order, below at most
//! [`MOST_TITLE_ROWS`] rows of title, and by any name that `data/member-file.toml` gives for them; the first
//! sheet or separator counts in which most of them are known. Columns that are not ours are kept aside. A
//! cell that is empty or `NULL` tells nothing.
//!
//! No issue ever quotes a cell.

mod archive;
mod cells;
mod columns;
mod days;
mod rules;
mod source;
mod tables;
mod text;
mod workbook;
mod write;
mod xml;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use csv::ByteRecord;
use domain::counties::spelled;
use domain::identifiers::{Cin, County, Npi, PersonName};
use domain::problem::Code;
use jiff::civil::Date;
use serde::Serialize;

pub use columns::{COLUMNS, Column, Presence};
pub use rules::{RULES, Rule, RuleId, Severity};
pub use source::MOST_TITLE_ROWS;
pub use write::write;

use source::{Opened, Source};

/// Most rows of members in one file.
pub const MOST_ROWS: u32 = 2_000_000;
/// Most columns in one file.
pub const MOST_COLUMNS: usize = 256;
/// Most bytes in one cell.
pub const MOST_CELL_BYTES: usize = 4096;
/// An address recorded longer ago than this, in months, is taken but marked ([`Freshness::Stale`]).
pub const STALE_ADDRESS_MONTHS: i32 = 24;

/// Rules that a file is read with: the day, and what the plan and the host know.
#[derive(Clone, Debug)]
pub struct RosterRules {
    /// Today, in Pacific time.
    pub today: Date,
    /// The lines of business in the plan's profile, such as `medi-cal`.
    pub lines: BTreeSet<String>,
    /// Counties by their spellings, as [`spelled`] makes them.
    counties: BTreeMap<String, County>,
    /// Addresses of provider sites and offices, compared by letters and digits only.
    agency_addresses: HashSet<String>,
}

impl RosterRules {
    /// For a plan with these lines of business, and each way in which a file may write a county. Agency
    /// addresses are street lines such as `400 Harbor Way, Suite 2`: exporters put the agency's own address
    /// where a member has none, and it must never become the member's home.
    pub fn new(
        today: Date,
        lines: impl IntoIterator<Item = String>,
        counties: impl IntoIterator<Item = (County, String)>,
        agency_addresses: impl IntoIterator<Item = String>,
    ) -> Self {
        let counties = counties.into_iter().map(|(county, spelling)| (spelled(&spelling), county));
        Self {
            today,
            lines: lines.into_iter().collect(),
            counties: counties.collect(),
            agency_addresses: agency_addresses
                .into_iter()
                .map(|address| cells::comparable_address(&address))
                .filter(|address| !address.is_empty())
                .collect(),
        }
    }

    /// The county that a cell names: by name, code, the state's number or the FIPS code, with or without the
    /// state's part. A single digit is none, as nobody knows whether a spreadsheet dropped one zero or two.
    fn county(&self, text: &str) -> Option<County> {
        let written = spelled(text);
        let is_number = written.bytes().all(|byte| byte.is_ascii_digit());
        let written = match written.strip_prefix('0').unwrap_or(&written).strip_prefix('6') {
            Some(county) if is_number && county.len() == 3 => county,
            _ => &written,
        };
        self.counties.get(written).cloned()
    }
}

/// Sex, as plans' files record it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    /// `F` in the file: female.
    Female,
    /// `M` in the file: male.
    Male,
    /// `X` in the file: nonbinary.
    Nonbinary,
    /// `U` in the file: unknown.
    Unknown,
}

/// Housing of a member, as the file has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HomelessnessIndicator {
    /// `Y` or `1`: homeless.
    Homeless,
    /// `N` or `0`: not homeless.
    NotHomeless,
}

/// Age of a recorded address: is it likely to be still true?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Recorded within [`STALE_ADDRESS_MONTHS`], or on no day that the file tells.
    Current,
    /// It was recorded longer ago.
    Stale,
}

/// Residence of a member, as the file has it. It prints nothing of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct ResidentialAddress {
    /// House number and street.
    pub line: String,
    /// City, as people write it.
    pub city: Option<String>,
    /// ZIP code: five digits, or five, a hyphen and four.
    pub zip: Option<String>,
    /// The day it was recorded, if the file tells.
    pub as_of: Option<Date>,
    /// Age of the record of the address.
    pub freshness: Freshness,
}

/// One member's coverage, as one row of the file tells it. It prints nothing of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct RosterRow {
    /// The row's number in the file, the header being 1.
    pub row: u32,
    /// Client index number of the member.
    pub cin: Cin,
    /// The plan's own number for the member, at most 40 characters.
    pub plan_member_id: Option<String>,
    /// Family name, as it was written.
    pub family_name: PersonName,
    /// Given name, as it was written.
    pub given_name: PersonName,
    /// Day of birth of the person.
    pub birth_date: Date,
    /// Sex of the member, as the file has it.
    pub sex: Option<Sex>,
    /// Spoken language, as a BCP 47 tag.
    pub language: Option<String>,
    /// County in which the member lives.
    pub county: County,
    /// Residence of the member.
    pub address: Option<ResidentialAddress>,
    /// Homelessness of the member, as the plan knows it.
    pub homelessness: Option<HomelessnessIndicator>,
    /// Telephone number, as E.164.
    pub phone: Option<String>,
    /// First day of coverage.
    pub coverage_first: Date,
    /// Last covered day; none while it has no known end.
    pub coverage_last: Option<Date>,
    /// Line of business: one of the plan's.
    pub line: String,
    /// Group code, which decides the delegate; at most 40 characters. `None` where the file has no column for
    /// it, `Some(None)` where the member is in no group.
    pub group: Option<Option<String>>,
    /// CMS monthly dual status code, one of the dictionary's; none where the file has no column for it.
    pub dual_status: Option<String>,
    /// Values of columns that are not ours, by their headers.
    pub aside: Vec<(Arc<str>, String)>,
    /// Month of the Medi-Cal renewal, 1 to 12.
    pub renewal_month: Option<u8>,
    /// NPI of the primary care provider.
    pub pcp_npi: Option<Npi>,
    /// The plan's own tier of risk, at most 40 characters.
    pub risk_tier: Option<String>,
    /// The day of which the row tells, if the file says so.
    pub file_date: Option<Date>,
    /// True if an earlier row of the file is about the same member.
    pub again: bool,
}

impl Sex {
    /// The letter that files write.
    #[must_use]
    pub fn code(self) -> &'static str {
        cells::code_of(cells::SEXES, self)
    }
}

impl HomelessnessIndicator {
    /// Word of the value: `yes` or `no`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Homeless => "yes",
            Self::NotHomeless => "no",
        }
    }
}

impl std::fmt::Debug for RosterRow {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "RosterRow({})", self.row)
    }
}

impl std::fmt::Debug for ResidentialAddress {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ResidentialAddress(..)")
    }
}

/// Something about one cell, in words that hold for every file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RowIssue {
    /// The row's number in the file, the header being 1. A blank line counts, as in a spreadsheet.
    pub row: u32,
    /// The column's header; empty where it is about the whole row.
    pub column: &'static str,
    /// The rule's stable id.
    pub rule: RuleId,
    /// Problem, in a sentence.
    pub problem: &'static str,
    /// Step that fixes it, in a sentence.
    pub fix: &'static str,
}

/// Form in which a file was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Kind of the file: `text` or `workbook`.
    pub kind: &'static str,
    /// The encoding of a text.
    pub encoding: Option<&'static str>,
    /// Separator of a text's cells: `comma`, `tab`, `pipe` or `semicolon`.
    pub separator: Option<&'static str>,
    /// The sheet of a workbook, the first being 1.
    pub sheet: Option<u32>,
    /// The row that holds the headers, the first being 1.
    pub header_row: u32,
}

/// Facts about the whole of a file that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Form in which it was read.
    pub form: Form,
    /// The headers of the columns that are kept aside.
    pub aside: Vec<String>,
    /// The headers of the columns that are not kept at all.
    pub left_out: Vec<String>,
    /// Number of the file's rows, without titles above the headers and blank lines.
    pub read: u32,
}

/// Some rows of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    /// The rows that can be used, in the file's order.
    pub rows: Vec<RosterRow>,
    /// Why rows were refused: every reason of every refused row.
    pub refused: Vec<RowIssue>,
    /// Warnings about rows that were taken.
    pub warnings: Vec<RowIssue>,
}

/// A file that was read whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    /// Facts about the whole of the file.
    pub reading: Reading,
    /// All rows of the file.
    pub all: Slice,
}

/// Why a file was refused whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileRefusal {
    /// There is nothing in it.
    #[error("the file is empty; a row of headers must be in it")]
    Empty,
    /// The bytes are no text in the encoding that they seem to be in.
    #[error("the file is not text in one encoding; save it as CSV UTF-8")]
    NotText,
    /// A workbook of before 2007, or one with a password.
    #[error(
        "the file is a workbook of an old kind or with a password; save it as XLSX without one, or as CSV UTF-8"
    )]
    OldWorkbook,
    /// An archive that is no workbook, or a damaged one.
    #[error(
        "the file is an archive that does not read as a workbook; save it as XLSX again, or as CSV UTF-8"
    )]
    BrokenWorkbook,
    /// A workbook that holds more than is read.
    #[error("the workbook holds more text than is read; save the sheet of members as CSV UTF-8")]
    WorkbookTooLarge,
    /// No cell of the first rows is a header. The rows are not quoted, as they are most likely members.
    #[error(
        "the first rows hold none of the headers; put the headers into one row and separate cells by commas, tabs or pipes"
    )]
    NoHeaderRow,
    /// The headers are not the right ones.
    #[error("the headers do not fit{}{}", list("missing", .missing), list("repeated", .repeated))]
    Columns {
        /// Headers that must be there and are not.
        missing: Vec<String>,
        /// Headers that stand there twice.
        repeated: Vec<String>,
    },
    /// It has more than [`MOST_COLUMNS`].
    #[error("the file has more than {MOST_COLUMNS} columns")]
    TooManyColumns,
    /// It has more than [`MOST_ROWS`].
    #[error("the file has more than {MOST_ROWS} rows; split it")]
    TooManyRows,
}

impl FileRefusal {
    /// The stable code of the refusal.
    pub fn code(&self) -> Code {
        match self {
            Self::Empty => Code::Empty,
            Self::NotText => Code::FileEncoding,
            Self::OldWorkbook | Self::BrokenWorkbook => Code::FileWorkbook,
            Self::WorkbookTooLarge => Code::FileTooLarge,
            Self::NoHeaderRow => Code::FileNoHeader,
            Self::Columns { .. } => Code::FileColumns,
            Self::TooManyColumns => Code::FileTooWide,
            Self::TooManyRows => Code::TooManyRows,
        }
    }
}

fn list(word: &str, headers: &[String]) -> String {
    if headers.is_empty() { String::new() } else { format!("; {word}: {}", headers.join(", ")) }
}

/// Reads a member file whole.
///
/// # Errors
/// When the file cannot be told apart into the right columns. Bad rows are no error: they are in
/// [`Slice::refused`].
pub fn parse(bytes: &[u8], rules: &RosterRules) -> Result<Roster, FileRefusal> {
    let mut all = Slice::default();
    let reading = read(bytes, rules, usize::MAX, |slice| {
        all = slice;
        ControlFlow::Continue(())
    })?;
    Ok(Roster { reading, all })
}

/// Reads a member file in slices of at most `most` rows, refused ones among them, and hands each to `take` as
/// soon as it is read. Stops early if `take` wants no more. There is always one slice, which may be empty.
///
/// # Errors
/// As [`parse`]. Slices that were handed over before are then of no use.
pub fn read(
    bytes: &[u8],
    rules: &RosterRules,
    most: usize,
    mut take: impl FnMut(Slice) -> ControlFlow<()>,
) -> Result<Reading, FileRefusal> {
    let source = Source::of(bytes)?;
    let Opened { mut rows, order, form } = source.open()?;
    let mut reading = Reading {
        form,
        aside: order.aside.iter().map(|(_, header)| header.to_string()).collect(),
        left_out: order.left_out.clone(),
        read: 0,
    };
    let (mut slice, mut held) = (Slice::default(), 0);
    let (mut seen, mut record) = (Seen::default(), ByteRecord::new());
    while let Some(row) = rows.next(&mut record)? {
        if reading.read == MOST_ROWS {
            return Err(FileRefusal::TooManyRows);
        }
        if held == most {
            if take(std::mem::take(&mut slice)).is_break() {
                return Ok(reading);
            }
            held = 0;
        }
        (reading.read, held) = (reading.read + 1, held + 1);
        let mut notes = rules::Notes::new(row);
        let taken = cells::row(row, &order, &record, rules, &mut notes);
        let taken = taken.and_then(|taken| seen.admit(taken, &mut notes));
        match taken {
            Some(taken) if notes.refusals.is_empty() => {
                slice.rows.push(taken);
                slice.warnings.append(&mut notes.warnings);
            }
            _ => slice.refused.append(&mut notes.refusals),
        }
    }
    // Nobody is asked whether to go on where there is nothing more.
    let _ = take(slice);
    Ok(reading)
}

/// Values that the rows so far had for each member.
#[derive(Default)]
struct Seen {
    /// The first span of each member. Most have one.
    spans: HashMap<Cin, Span>,
    more: HashMap<Cin, Vec<Span>>,
    lines: Vec<String>,
}

/// Days of coverage, in one of the lines that were seen.
#[derive(Clone, Copy)]
struct Span {
    first: Date,
    last: Option<Date>,
    line: usize,
}

impl Span {
    fn meets(&self, other: &Self) -> bool {
        self.last.is_none_or(|last| last >= other.first) && other.last.is_none_or(|last| last >= self.first)
    }
}

impl Seen {
    /// Remembers a good row, unless the file already has it.
    fn admit(&mut self, row: RosterRow, notes: &mut rules::Notes) -> Option<RosterRow> {
        if !notes.refusals.is_empty() {
            return None;
        }
        let line = self.line(&row.line);
        let span = Span { first: row.coverage_first, last: row.coverage_last, line };
        let first = self.spans.get(&row.cin).copied();
        let before = || first.iter().chain(self.more.get(&row.cin).into_iter().flatten());
        if before().any(|known| known.first == span.first) {
            return notes.refuse(&rules::DUPLICATE_ROW);
        }
        if before().any(|known| known.line == line && known.meets(&span)) {
            return notes.refuse(&rules::OVERLAPPING_ROWS);
        }
        if before().any(|known| known.line != line && known.meets(&span)) {
            notes.warn::<()>(&rules::TWO_COVERAGES);
        }
        if first.is_some() {
            self.more.entry(row.cin.clone()).or_default().push(span);
        } else {
            self.spans.insert(row.cin.clone(), span);
        }
        Some(RosterRow { again: first.is_some(), ..row })
    }

    fn line(&mut self, line: &str) -> usize {
        self.lines.iter().position(|known| known == line).unwrap_or_else(|| {
            self.lines.push(line.to_owned());
            self.lines.len() - 1
        })
    }
}

#[cfg(test)]
mod tests;
