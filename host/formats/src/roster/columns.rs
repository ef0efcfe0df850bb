//! Which columns a member file has, and in which order a given file has them.

use csv::ByteRecord;

use super::{FileRefusal, MOST_COLUMNS};

/// A column of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its header.
    pub header: &'static str,
    /// Whether a file may leave it out.
    pub presence: Presence,
}

/// Whether a file may leave a column out. A cell may be empty wherever no rule asks for it.
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
    required(PLAN_MEMBER_ID),
    required(LAST_NAME),
    required(FIRST_NAME),
    required(DATE_OF_BIRTH),
    required(SEX),
    required(SPOKEN_LANGUAGE),
    required(COUNTY),
    required(RESIDENTIAL_ADDRESS),
    required(CITY),
    required(ZIP),
    required(HOMELESSNESS_INDICATOR),
    required(PHONE_NUMBER),
    required(COVERAGE_START_DATE),
    required(COVERAGE_END_DATE),
    required(LINE_OF_BUSINESS),
    required(GROUP_CODE),
    required(DUAL_STATUS_CODE),
    required(RENEWAL_MONTH),
    required(PCP_NPI),
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

/// Where a file has each of [`COLUMNS`].
pub(super) struct Order {
    places: [Option<usize>; COLUMNS.len()],
    /// How many cells a row must have.
    pub(super) width: usize,
}

impl Order {
    pub(super) fn read(record: &ByteRecord) -> Result<Self, FileRefusal> {
        if record.len() > MOST_COLUMNS {
            return Err(FileRefusal::TooManyColumns);
        }
        let mut places = [None; COLUMNS.len()];
        let (mut unknown, mut repeated) = (Vec::new(), Vec::new());
        for (place, cell) in record.iter().enumerate() {
            let header = std::str::from_utf8(cell).map_err(|_| FileRefusal::NotUtf8)?;
            match COLUMNS.iter().position(|column| comparable(column.header) == comparable(header)) {
                Some(known) if places[known].is_some() => repeated.push(COLUMNS[known].header.to_owned()),
                Some(known) => places[known] = Some(place),
                None if header.trim().is_empty() => {
                    unknown.push(format!("(column {} has no header)", place + 1))
                }
                None => unknown
                    .push(header.trim().chars().filter(|letter| !letter.is_control()).take(60).collect()),
            }
        }
        if places.iter().all(Option::is_none) {
            return Err(FileRefusal::NoHeaderRow);
        }
        let missing: Vec<String> = COLUMNS
            .iter()
            .zip(&places)
            .filter(|(column, place)| column.presence == Presence::Required && place.is_none())
            .map(|(column, _)| column.header.to_owned())
            .collect();
        if missing.is_empty() && unknown.is_empty() && repeated.is_empty() {
            Ok(Self { places, width: record.len() })
        } else {
            Err(FileRefusal::Columns { missing, unknown, repeated })
        }
    }

    /// The place of a column in a row, if the file has it.
    pub(super) fn place(&self, header: &str) -> Option<usize> {
        COLUMNS.iter().position(|column| column.header == header).and_then(|known| self.places[known])
    }
}

/// Headers are the same when they differ only in case, spaces, hyphens and underscores.
fn comparable(header: &str) -> String {
    header
        .to_lowercase()
        .chars()
        .filter(|letter| !(letter.is_whitespace() || "_-".contains(*letter)))
        .collect()
}
