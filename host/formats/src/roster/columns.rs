//! Columns of a member file, and the order in which a given file has them.

use std::collections::BTreeSet;
use std::sync::Arc;

use csv::ByteRecord;

use super::days::Epoch;
use super::tables::{WORDS, comparable};
use super::{FileRefusal, MOST_COLUMNS};

/// A column of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Header of the column.
    pub header: &'static str,
    /// Rule for a file that leaves it out.
    pub presence: Presence,
}

/// Rule for a file that leaves a column out. A cell may be empty wherever no rule asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// The column must be there.
    Required,
    /// It may be left out.
    Optional,
}

/// Every column, in the order in which [`super::write`] puts them.
pub const COLUMNS: [Column; 23] = [
    required(CIN),
    optional(PLAN_MEMBER_ID),
    required(LAST_NAME),
    required(FIRST_NAME),
    required(DATE_OF_BIRTH),
    optional(SEX),
    optional(SPOKEN_LANGUAGE),
    required(COUNTY),
    optional(RESIDENTIAL_ADDRESS),
    optional(CITY),
    optional(ZIP),
    optional(HOMELESSNESS_INDICATOR),
    optional(PHONE_NUMBER),
    required(COVERAGE_START_DATE),
    optional(COVERAGE_END_DATE),
    optional(LINE_OF_BUSINESS),
    optional(GROUP_CODE),
    optional(DUAL_STATUS_CODE),
    optional(RENEWAL_MONTH),
    optional(PCP_NPI),
    optional(ADDRESS_AS_OF),
    optional(FILE_DATE),
    optional(RISK_TIER),
];

pub(super) const CIN: &str = "CIN";
pub(super) const PLAN_MEMBER_ID: &str = "Plan Member ID";
pub(super) const LAST_NAME: &str = "Last Name";
pub(super) const FIRST_NAME: &str = "First Name";
pub(super) const DATE_OF_BIRTH: &str = "Date of Birth";
pub(super) const SEX: &str = "Sex";
pub(super) const SPOKEN_LANGUAGE: &str = "Spoken Language";
pub(super) const COUNTY: &str = "County";
pub(super) const RESIDENTIAL_ADDRESS: &str = "Residential Address";
pub(super) const CITY: &str = "City";
pub(super) const ZIP: &str = "Zip";
pub(super) const HOMELESSNESS_INDICATOR: &str = "Homelessness Indicator";
pub(super) const PHONE_NUMBER: &str = "Phone Number";
pub(super) const COVERAGE_START_DATE: &str = "Coverage Start Date";
pub(super) const COVERAGE_END_DATE: &str = "Coverage End Date";
pub(super) const LINE_OF_BUSINESS: &str = "Line of Business";
pub(super) const GROUP_CODE: &str = "Group Code";
pub(super) const DUAL_STATUS_CODE: &str = "Dual Status Code";
pub(super) const RENEWAL_MONTH: &str = "Renewal Month";
pub(super) const PCP_NPI: &str = "PCP NPI";
pub(super) const ADDRESS_AS_OF: &str = "Address As Of";
pub(super) const FILE_DATE: &str = "File Date";
pub(super) const RISK_TIER: &str = "Risk Tier";

const fn required(header: &'static str) -> Column {
    Column { header, presence: Presence::Required }
}

const fn optional(header: &'static str) -> Column {
    Column { header, presence: Presence::Optional }
}

/// Place of each of [`COLUMNS`] in a file, and its other columns.
pub(super) struct Order {
    places: [Option<usize>; COLUMNS.len()],
    /// Number of cells that a row must have.
    pub(super) width: usize,
    /// True if cells at a row's end may be left out, as in a workbook.
    pub(super) may_be_short: bool,
    /// From when numbers count days.
    pub(super) epoch: Epoch,
    /// The columns that are kept aside: place and header.
    pub(super) aside: Vec<(usize, Arc<str>)>,
    /// The headers of columns that are not kept at all.
    pub(super) left_out: Vec<String>,
}

/// Number of a row's cells that are headers of ours.
pub(super) fn recognized(record: &ByteRecord) -> usize {
    let known =
        record.iter().filter_map(|cell| std::str::from_utf8(cell).ok().and_then(|cell| WORDS.column(cell)));
    known.map(|(column, _)| column).collect::<BTreeSet<_>>().len()
}

impl Order {
    pub(super) fn read(record: &ByteRecord, epoch: Epoch, may_be_short: bool) -> Result<Self, FileRefusal> {
        if record.len() > MOST_COLUMNS {
            return Err(FileRefusal::TooManyColumns);
        }
        let headers: Vec<&str> = record
            .iter()
            .map(|cell| std::str::from_utf8(cell).map(str::trim).map_err(|_| FileRefusal::NotText))
            .collect::<Result<_, _>>()?;
        let places = places(&headers)?;
        let (mut aside, mut left_out) = (Vec::new(), Vec::new());
        for (place, header) in headers.iter().enumerate().filter(|(place, _)| !places.contains(&Some(*place)))
        {
            if WORDS.is_never_kept(header) {
                left_out.push(shown(place, header));
            } else {
                aside.push((place, shown(place, header).into()));
            }
        }
        Ok(Self { places, width: headers.len(), may_be_short, epoch, aside, left_out })
    }

    /// True if the file has the column.
    pub(super) fn has(&self, header: &str) -> bool {
        self.place(header).is_some()
    }

    /// The place of a column in a row, if the file has it.
    pub(super) fn place(&self, header: &str) -> Option<usize> {
        COLUMNS.iter().position(|column| column.header == header).and_then(|known| self.places[known])
    }

    /// True if a row has as many cells as it must.
    pub(super) fn fits(&self, cells: usize) -> bool {
        cells == self.width || (self.may_be_short && cells < self.width)
    }
}

/// Place of each column. Of several headers for one column the first of its list counts; the same header
/// twice is refused, as nobody knows which is meant.
fn places(headers: &[&str]) -> Result<[Option<usize>; COLUMNS.len()], FileRefusal> {
    let mut places: [Option<(usize, usize)>; COLUMNS.len()] = [None; COLUMNS.len()];
    let mut repeated = Vec::new();
    for (place, header) in headers.iter().enumerate() {
        let Some((column, down)) = WORDS.column(header) else { continue };
        match places[column] {
            Some((before, _)) if comparable(headers[before]) == comparable(header) => {
                repeated.push(COLUMNS[column].header.to_owned());
            }
            Some((_, nearer)) if nearer <= down => {}
            _ => places[column] = Some((place, down)),
        }
    }
    let missing = COLUMNS.iter().zip(&places);
    let missing = missing.filter(|(column, place)| column.presence == Presence::Required && place.is_none());
    let missing: Vec<String> = missing.map(|(column, _)| column.header.to_owned()).collect();
    if missing.is_empty() && repeated.is_empty() {
        Ok(places.map(|place| place.map(|(place, _)| place)))
    } else {
        Err(FileRefusal::Columns { missing, repeated })
    }
}

/// A header as it is told: cut, and without control characters.
fn shown(place: usize, header: &str) -> String {
    match header.chars().filter(|letter| !letter.is_control()).take(60).collect::<String>() {
        header if header.is_empty() => format!("(column {} has no header)", place + 1),
        header => header,
    }
}
