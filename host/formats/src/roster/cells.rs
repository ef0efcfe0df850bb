//! From the cells of one row to a [`RosterRow`].

use std::sync::Arc;

use csv::ByteRecord;
use domain::dictionary::Dictionary;
use domain::identifiers::{Cin, CinError, PersonName};
use domain::languages::{Languages, ReadLanguage};
use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::columns::{self, Order};
use super::days;
use super::rules::{self, Notes, Rule};
use super::tables::WORDS;
use super::{
    Freshness, HomelessnessIndicator, MOST_CELL_BYTES, ResidentialAddress, RosterRow, RosterRules,
    STALE_ADDRESS_MONTHS, Sex,
};

/// The cells of one row, found by the headers of their columns.
struct Cells<'a> {
    order: &'a Order,
    record: &'a ByteRecord,
}

impl<'a> Cells<'a> {
    /// Text of a cell; `None` where there is no such column, and where the cell says nothing.
    fn text(&self, header: &str) -> Option<&'a str> {
        self.order
            .place(header)
            .and_then(|place| self.record.get(place))
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .map(str::trim)
            .filter(|text| !text.is_empty() && !text.eq_ignore_ascii_case("null"))
    }

    /// Day of a cell that is filled; `Some(None)` where it is no day.
    fn day(&self, header: &str) -> Option<Option<Date>> {
        self.text(header).map(|text| days::read(text, self.order.epoch))
    }

    /// Text of a cell that may be left out of the row if it does not fit.
    fn kept(&self, header: &str, rule: &Rule, fits: fn(&str) -> bool, notes: &mut Notes) -> Option<String> {
        match self.text(header) {
            Some(text) if fits(text) => Some(text.to_owned()),
            Some(_) => notes.warn(rule),
            None => None,
        }
    }
}

/// The row, or nothing if a rule refuses it; every broken rule is noted either way.
pub(super) fn row(
    row: u32,
    order: &Order,
    record: &ByteRecord,
    against: &RosterRules,
    notes: &mut Notes,
) -> Option<RosterRow> {
    if let Some(rule) = unreadable(order, record) {
        return notes.refuse(rule);
    }
    let cells = Cells { order, record };

    // Every cell is looked at before the row is given up, so that one upload shows all that is wrong.
    let cin = cin(cells.text(columns::CIN), notes);
    let family_name = name(cells.text(columns::LAST_NAME), &rules::LAST_NAME_MISSING, notes);
    let given_name = name(cells.text(columns::FIRST_NAME), &rules::FIRST_NAME_MISSING, notes);
    let birth_date = birth_date(cells.day(columns::DATE_OF_BIRTH), against.today, notes);
    let county = cells.text(columns::COUNTY).and_then(|text| against.county(text));
    let county = county.or_else(|| notes.refuse(&rules::COUNTY_UNKNOWN));
    let (start, end) = (cells.day(columns::COVERAGE_START_DATE), cells.day(columns::COVERAGE_END_DATE));
    let coverage = coverage(start, end, notes);
    let line = line(&cells, against, notes);
    let dual_status = dual_status(cells.text(columns::DUAL_STATUS_CODE), order, notes);
    let group = group(&cells, notes);

    let member_id = |text: &str| is_line(text, 40);
    let plan_member_id = cells.kept(columns::PLAN_MEMBER_ID, &rules::MEMBER_ID_FORM, member_id, notes);
    let address = address(&cells, against, notes);
    let language = cells.text(columns::SPOKEN_LANGUAGE).and_then(|text| language(text, notes));
    let sex = cells.text(columns::SEX).and_then(|text| sex(text).or_else(|| notes.warn(&rules::SEX_UNKNOWN)));
    let homelessness = cells
        .text(columns::HOMELESSNESS_INDICATOR)
        .and_then(|text| homelessness(text).or_else(|| notes.warn(&rules::HOMELESSNESS_FORM)));
    let renewal_month = renewal_month(cells.text(columns::RENEWAL_MONTH), notes);
    let phone = cells
        .text(columns::PHONE_NUMBER)
        .and_then(|text| e164(text).or_else(|| notes.warn(&rules::PHONE_FORM)));
    let pcp_npi = cells
        .text(columns::PCP_NPI)
        .and_then(|text| text.parse().ok().or_else(|| notes.warn(&rules::PCP_NPI_FORM)));
    let tier = |text: &str| is_line(text, 40);
    let risk_tier = cells.kept(columns::RISK_TIER, &rules::RISK_TIER_FORM, tier, notes);
    let file_date = not_to_come(cells.day(columns::FILE_DATE), &rules::FILE_DATE_FORM, against, notes);

    let (coverage_first, coverage_last) = coverage?;
    Some(RosterRow {
        row,
        cin: cin?,
        plan_member_id,
        family_name: family_name?,
        given_name: given_name?,
        birth_date: birth_date?,
        sex,
        language,
        county: county?,
        address,
        homelessness,
        phone,
        coverage_first,
        coverage_last,
        line: line?,
        group,
        dual_status: dual_status?,
        aside: aside(order, record),
        renewal_month,
        pcp_npi,
        risk_tier,
        file_date,
        again: false,
    })
}

/// Rule by which nothing of a row is read.
fn unreadable(order: &Order, record: &ByteRecord) -> Option<&'static Rule> {
    if record.iter().any(|cell| cell.len() > MOST_CELL_BYTES) {
        Some(&rules::CELL_LENGTH)
    } else if !order.fits(record.len()) {
        Some(&rules::CELL_COUNT)
    } else if !record.iter().all(is_text) {
        Some(&rules::ENCODING)
    } else {
        None
    }
}

/// The line of business. A file without the column is about the usual one.
fn line(cells: &Cells<'_>, against: &RosterRules, notes: &mut Notes) -> Option<String> {
    let line = match cells.order.has(columns::LINE_OF_BUSINESS) {
        true => cells.text(columns::LINE_OF_BUSINESS).map(str::to_lowercase),
        false => Some(WORDS.line_when_absent.clone()),
    };
    line.filter(|line| against.lines.contains(line)).or_else(|| notes.refuse(&rules::LINE_UNKNOWN))
}

/// The group. A file that has the column says of each row if it has one; any other says nothing of it.
fn group(cells: &Cells<'_>, notes: &mut Notes) -> Option<Option<String>> {
    match cells.text(columns::GROUP_CODE) {
        Some(text) if !is_line(text, 40) => notes.refuse(&rules::GROUP_FORM),
        text => cells.order.has(columns::GROUP_CODE).then(|| text.map(str::to_owned)),
    }
}

fn renewal_month(text: Option<&str>, notes: &mut Notes) -> Option<u8> {
    let month = text?.parse().ok().filter(|month| (1..=12).contains(month));
    month.or_else(|| notes.warn(&rules::RENEWAL_MONTH_FORM))
}

/// A day that is not still to come.
fn not_to_come(
    day: Option<Option<Date>>,
    rule: &Rule,
    against: &RosterRules,
    notes: &mut Notes,
) -> Option<Date> {
    day?.filter(|day| *day <= against.today).or_else(|| notes.warn(rule))
}

pub(super) const SEXES: &[(&str, Sex)] =
    &[("F", Sex::Female), ("M", Sex::Male), ("X", Sex::Nonbinary), ("U", Sex::Unknown)];

pub(super) const HOMELESSNESS: &[(&str, HomelessnessIndicator)] =
    &[("Y", HomelessnessIndicator::Homeless), ("N", HomelessnessIndicator::NotHomeless)];

/// Code under which a value is written.
pub(super) fn code_of<T: PartialEq + Copy>(codes: &[(&'static str, T)], value: T) -> &'static str {
    codes.iter().find(|(_, known)| *known == value).map_or("", |(code, _)| code)
}

fn sex(text: &str) -> Option<Sex> {
    coded(SEXES, WORDS.sex(text)?)
}

fn homelessness(text: &str) -> Option<HomelessnessIndicator> {
    coded(HOMELESSNESS, WORDS.homelessness(text)?)
}

fn coded<T: Copy>(codes: &[(&str, T)], text: &str) -> Option<T> {
    codes.iter().find(|(code, _)| *code == text).map(|(_, value)| *value)
}

/// The language as a tag. A cell that nobody can read, and one that says that nothing is known, tell nothing.
fn language(text: &str, notes: &mut Notes) -> Option<String> {
    match Languages::state().read(text) {
        ReadLanguage::Language(tag) => Some(tag),
        ReadLanguage::Nothing => None,
        ReadLanguage::Unreadable => notes.warn(&rules::LANGUAGE_FORM),
    }
}

/// The dual status. A file that has the column must fill it; one that has none says nothing of it.
fn dual_status(text: Option<&str>, order: &Order, notes: &mut Notes) -> Option<Option<String>> {
    if !order.has(columns::DUAL_STATUS_CODE) {
        return Some(None);
    }
    let code = text.map(str::to_uppercase).filter(|code| Dictionary::state().dual_status(code).is_some());
    code.map(Some).or_else(|| notes.refuse(&rules::DUAL_STATUS_UNKNOWN))
}

/// Values of the columns that are not ours.
fn aside(order: &Order, record: &ByteRecord) -> Vec<(Arc<str>, String)> {
    let filled = order.aside.iter().filter_map(|(place, header)| {
        let text = std::str::from_utf8(record.get(*place)?).ok()?.trim();
        (!text.is_empty()).then(|| (Arc::clone(header), text.to_owned()))
    });
    filled.collect()
}

/// True if a cell is text: UTF-8 without remains of bytes that Windows-1252 does not know.
fn is_text(cell: &[u8]) -> bool {
    std::str::from_utf8(cell)
        .is_ok_and(|text| !text.chars().any(|letter| ('\u{80}'..='\u{9f}').contains(&letter)))
}

fn cin(text: Option<&str>, notes: &mut Notes) -> Option<Cin> {
    let Some(text) = text else {
        return notes.refuse(&rules::CIN_MISSING);
    };
    match Cin::parse(text) {
        Ok(cin) => {
            if cin.unusual_letter().is_some() {
                notes.warn::<()>(&rules::CIN_LETTER);
            }
            Some(cin)
        }
        Err(CinError::Filler) => notes.refuse(&rules::CIN_FILLER),
        Err(CinError::SocialSecurityNumber) => notes.refuse(&rules::CIN_SSN),
        Err(CinError::Length | CinError::Shape) => notes.refuse(&rules::CIN_FORM),
    }
}

fn name(text: Option<&str>, rule: &Rule, notes: &mut Notes) -> Option<PersonName> {
    text.and_then(|text| PersonName::parse(text).ok()).or_else(|| notes.refuse(rule))
}

fn birth_date(day: Option<Option<Date>>, today: Date, notes: &mut Notes) -> Option<Date> {
    let Some(day) = day.flatten() else {
        return notes.refuse(&rules::BIRTH_DATE_FORM);
    };
    if day > today {
        notes.refuse(&rules::BIRTH_DATE_FUTURE)
    } else if day < today.saturating_sub(120.years()) {
        notes.refuse(&rules::BIRTH_DATE_AGE)
    } else {
        Some(day)
    }
}

fn coverage(
    first: Option<Option<Date>>,
    last: Option<Option<Date>>,
    notes: &mut Notes,
) -> Option<(Date, Option<Date>)> {
    /// Day that MEDS and many exporters write for coverage without an end.
    const NO_END: Date = date(9999, 12, 31);
    let first = first.flatten().or_else(|| notes.refuse(&rules::COVERAGE_START_FORM));
    let last = match last {
        Some(None) => return notes.refuse(&rules::COVERAGE_END_FORM),
        last => last.flatten().filter(|last| *last != NO_END),
    };
    let first = first?;
    if last.is_some_and(|last| last < first) {
        notes.refuse(&rules::COVERAGE_ORDER)
    } else {
        Some((first, last))
    }
}

fn address(cells: &Cells<'_>, against: &RosterRules, notes: &mut Notes) -> Option<ResidentialAddress> {
    let street = |text: &str| is_line(text, 200);
    let town = |text: &str| is_line(text, 80);
    let line = cells.kept(columns::RESIDENTIAL_ADDRESS, &rules::ADDRESS_FORM, street, notes);
    let city = cells.kept(columns::CITY, &rules::CITY_FORM, town, notes);
    let zip = cells.kept(columns::ZIP, &rules::ZIP_FORM, is_zip, notes);
    let line = line?;
    if against.agency_addresses.contains(&comparable_address(&line)) {
        return notes.warn(&rules::ADDRESS_IS_AGENCY);
    }
    let day = cells.day(columns::ADDRESS_AS_OF);
    let as_of = not_to_come(day, &rules::ADDRESS_AS_OF_FORM, against, notes);
    let oldest_current = against.today.saturating_sub(STALE_ADDRESS_MONTHS.months());
    let freshness = if as_of.is_some_and(|day| day < oldest_current) {
        notes.warn::<()>(&rules::STALE_ADDRESS);
        Freshness::Stale
    } else {
        Freshness::Current
    };
    Some(ResidentialAddress { line, city, zip, as_of, freshness })
}

/// Two spellings of an address are the same when their letters and digits are.
pub(super) fn comparable_address(line: &str) -> String {
    line.to_lowercase().chars().filter(|letter| letter.is_alphanumeric()).collect()
}

/// A number of the North American plan as E.164. Ten equal digits, and area codes and exchanges that begin
/// with 0 or 1, are fillers.
fn e164(text: &str) -> Option<String> {
    if !text.chars().all(|letter| letter.is_ascii_digit() || " +-().".contains(letter)) {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let number = if digits.len() == 11 { digits.strip_prefix('1')? } else { digits.as_str() };
    let bytes = number.as_bytes();
    let real = bytes.len() == 10
        && bytes[0] >= b'2'
        && bytes[3] >= b'2'
        && bytes.iter().any(|digit| *digit != bytes[0]);
    real.then(|| format!("+1{number}"))
}

fn is_line(text: &str, most_characters: usize) -> bool {
    text.chars().count() <= most_characters && domain::text::is_plain_line(text)
}

fn is_zip(text: &str) -> bool {
    let digits = |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once('-') {
        Some((five, four)) => digits(five, 5) && digits(four, 4),
        None => digits(text, 5),
    }
}
