//! A plan's member file: CSV in, typed rows out, and for each row that cannot be read the rule, the problem and the fix.
//!
//! The content is that of the state's member information file (DHCS CalAIM Data Guidance, "Member-Level Information
//! Sharing Between MCPs and ECM Providers"); the headers are ours, see [`COLUMNS`]. Rows are refused, not files: only a
//! file that cannot be told apart into the right columns is refused whole ([`FileRefusal`]).
//!
//! A file is UTF-8, with or without a byte order mark, separated by commas, quoted by RFC 4180, and begins with a row
//! of headers in any order. `Plan Member ID`, `plan member id` and `plan_member_id` are the same header. Days may be
//! written `2026-01-31`, `01-31-2026` or `01/31/2026`. A cell that is empty or `NULL` tells nothing.
//!
//! No issue ever quotes a cell.

mod cells;
mod columns;
mod rules;
mod write;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use csv::{ByteRecord, ReaderBuilder};
use domain::counties::spelled;
use domain::identifiers::{Cin, County, Npi, PersonName};
use jiff::civil::Date;
use serde::Serialize;

pub use columns::{COLUMNS, Column, Presence};
pub use rules::{RULES, Rule, Standing};
pub use write::write;

use columns::Order;

use crate::numbering::Numbering;

/// Most rows of members in one file.
pub const MOST_ROWS: u32 = 2_000_000;
/// Most columns in one file.
pub const MOST_COLUMNS: usize = 64;
/// Most bytes in one cell.
pub const MOST_CELL_BYTES: usize = 4096;
/// An address recorded longer ago than this, in months, is taken but marked ([`Freshness::Stale`]).
pub const STALE_ADDRESS_MONTHS: i32 = 24;

/// What a file is read against: the day, and what the plan and the host know.
#[derive(Clone, Debug)]
pub struct RosterRules {
    /// Today, in Pacific time.
    pub today: Date,
    /// The lines of business in the plan's profile, such as `medi-cal`.
    pub lines: BTreeSet<String>,
    /// How a file may write a county, as [`spelled`] makes it.
    counties: BTreeMap<String, County>,
    /// Addresses of provider sites and offices, compared by letters and digits only.
    agency_addresses: HashSet<String>,
}

impl RosterRules {
    /// For a plan with these lines of business, and each way in which a file may write a county. Agency addresses are street
    /// lines such as `400 Harbor Way, Suite 2`: exporters put the agency's own address where a member has none, and it
    /// must never become the member's home.
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
}

/// Sex, as plans' files record it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    /// `F`.
    Female,
    /// `M`.
    Male,
    /// `X`.
    Nonbinary,
    /// `U`.
    Unknown,
}

/// What the file says about a member's housing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HomelessnessIndicator {
    /// `Y` or `1`.
    Homeless,
    /// `N` or `0`.
    NotHomeless,
}

/// Whether a recorded address is likely to be still true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Recorded within [`STALE_ADDRESS_MONTHS`], or on no day that the file tells.
    Current,
    /// Recorded longer ago.
    Stale,
}

/// Where a member lives, as the file says. It prints nothing of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct ResidentialAddress {
    /// Street line.
    pub line: String,
    /// City.
    pub city: Option<String>,
    /// ZIP code: five digits, or five, a hyphen and four.
    pub zip: Option<String>,
    /// The day it was recorded, if the file tells.
    pub as_of: Option<Date>,
    /// Whether it is likely to be still true.
    pub freshness: Freshness,
}

/// One member's coverage, as one row of the file tells it. It prints nothing of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct RosterRow {
    /// The row's number in the file, the header being 1.
    pub row: u32,
    /// Client index number.
    pub cin: Cin,
    /// The plan's own number for the member, at most 40 characters.
    pub plan_member_id: Option<String>,
    /// Family name.
    pub family_name: PersonName,
    /// Given name.
    pub given_name: PersonName,
    /// Birth date.
    pub birth_date: Date,
    /// Sex.
    pub sex: Option<Sex>,
    /// Spoken language, as a BCP 47 tag.
    pub language: Option<String>,
    /// County of residence.
    pub county: County,
    /// Where the member lives.
    pub address: Option<ResidentialAddress>,
    /// Whether the plan knows the member to be homeless.
    pub homelessness: Option<HomelessnessIndicator>,
    /// Telephone, as E.164.
    pub phone: Option<String>,
    /// First covered day.
    pub coverage_first: Date,
    /// Last covered day; none while it has no known end.
    pub coverage_last: Option<Date>,
    /// Line of business: one of the plan's.
    pub line: String,
    /// Group code, which decides the delegate; at most 40 characters.
    pub group: Option<String>,
    /// CMS monthly dual status code, one of the dictionary's.
    pub dual_status: String,
    /// Month of the Medi-Cal renewal, 1 to 12.
    pub renewal_month: Option<u8>,
    /// Primary care provider.
    pub pcp_npi: Option<Npi>,
    /// The plan's own tier of risk, at most 40 characters.
    pub risk_tier: Option<String>,
    /// The day of which the row tells, if the file says so.
    pub file_date: Option<Date>,
}

impl Sex {
    /// The letter that files write.
    #[must_use]
    pub fn code(self) -> &'static str {
        cells::code_of(cells::SEXES, self)
    }
}

impl HomelessnessIndicator {
    /// `yes` or `no`.
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
    pub rule: &'static str,
    /// What is wrong.
    pub problem: &'static str,
    /// What to do about it.
    pub fix: &'static str,
}

/// A file that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    /// The rows that can be used, in the file's order.
    pub rows: Vec<RosterRow>,
    /// How many rows the file has, without the header and blank lines.
    pub read: u32,
    /// Why rows were refused: every reason of every refused row.
    pub refused: Vec<RowIssue>,
    /// What to look at in rows that were taken.
    pub warnings: Vec<RowIssue>,
}

/// Why a file was refused whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileRefusal {
    /// There is nothing in it.
    #[error("the file is empty; its first row must hold the headers")]
    Empty,
    /// The header row is no UTF-8: most often the file was saved as "Unicode text" or is a workbook.
    #[error("the file is not UTF-8 text; save it as CSV UTF-8")]
    NotUtf8,
    /// No cell of the first row is a header. The row is not quoted, as it is most likely a member's.
    #[error("the first row holds none of the headers; put the headers there and separate cells by commas")]
    NoHeaderRow,
    /// The headers are not the right ones.
    #[error("the headers do not fit{}{}{}", list("missing", .missing), list("unknown", .unknown), list("repeated", .repeated))]
    Columns {
        /// Headers that must be there and are not.
        missing: Vec<String>,
        /// Headers that are not known, cut at 60 characters.
        unknown: Vec<String>,
        /// Headers that stand there twice.
        repeated: Vec<String>,
    },
    /// More than [`MOST_COLUMNS`].
    #[error("the file has more than {MOST_COLUMNS} columns")]
    TooManyColumns,
    /// More than [`MOST_ROWS`].
    #[error("the file has more than {MOST_ROWS} rows; split it")]
    TooManyRows,
}

impl FileRefusal {
    /// The stable code of the refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "file-empty",
            Self::NotUtf8 => "file-encoding",
            Self::NoHeaderRow => "file-no-header",
            Self::Columns { .. } => "file-columns",
            Self::TooManyColumns => "file-too-wide",
            Self::TooManyRows => "file-too-long",
        }
    }
}

fn list(word: &str, headers: &[String]) -> String {
    if headers.is_empty() { String::new() } else { format!("; {word}: {}", headers.join(", ")) }
}

/// Reads a member file.
///
/// # Errors
/// When the file cannot be told apart into the right columns. Bad rows are no error: they are in [`Roster::refused`].
pub fn parse(bytes: &[u8], rules: &RosterRules) -> Result<Roster, FileRefusal> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let mut record = ByteRecord::new();
    let mut numbering = Numbering::of(bytes);

    let order = match numbering.read(&mut reader, &mut record) {
        None => return Err(FileRefusal::Empty),
        Some(_) => Order::read(&record)?,
    };
    let mut roster = Roster::default();
    let mut seen = Seen::default();
    while let Some(row) = numbering.read(&mut reader, &mut record) {
        if roster.read == MOST_ROWS {
            return Err(FileRefusal::TooManyRows);
        }
        roster.read += 1;
        let mut notes = rules::Notes::new(row);
        let taken =
            cells::row(row, &order, &record, rules, &mut notes).filter(|taken| seen.admit(taken, &mut notes));
        match taken {
            Some(taken) if notes.refusals.is_empty() => {
                roster.rows.push(taken);
                roster.warnings.append(&mut notes.warnings);
            }
            _ => roster.refused.append(&mut notes.refusals),
        }
    }
    Ok(roster)
}

/// What the rows so far have said about each member.
#[derive(Default)]
struct Seen {
    coverages: HashMap<Cin, Vec<(Date, Option<Date>, String)>>,
}

impl Seen {
    /// Remembers a good row, unless the file already has it.
    fn admit(&mut self, row: &RosterRow, notes: &mut rules::Notes) -> bool {
        if !notes.refusals.is_empty() {
            return false;
        }
        let before = self.coverages.entry(row.cin.clone()).or_default();
        if before.iter().any(|(first, _, _)| *first == row.coverage_first) {
            notes.refuse::<()>(&rules::DUPLICATE_ROW);
            return false;
        }
        let meets = |(first, last, line): &(Date, Option<Date>, String)| {
            *line != row.line
                && last.is_none_or(|last| last >= row.coverage_first)
                && row.coverage_last.is_none_or(|last| last >= *first)
        };
        if before.iter().any(meets) {
            notes.warn::<()>(&rules::TWO_COVERAGES);
        }
        before.push((row.coverage_first, row.coverage_last, row.line.clone()));
        true
    }
}

#[cfg(test)]
mod tests;
