//! Checks of a row. A refusal keeps the row out; a warning lets it in, without the cell if the cell is bad.

use domain::words;

use super::RowIssue;
use super::columns::{
    ADDRESS_AS_OF, CIN, CITY, COUNTY, COVERAGE_END_DATE, COVERAGE_START_DATE, DATE_OF_BIRTH,
    DUAL_STATUS_CODE, FILE_DATE, FIRST_NAME, GROUP_CODE, HOMELESSNESS_INDICATOR, LAST_NAME, LINE_OF_BUSINESS,
    PCP_NPI, PHONE_NUMBER, PLAN_MEMBER_ID, RENEWAL_MONTH, RESIDENTIAL_ADDRESS, RISK_TIER, SEX,
    SPOKEN_LANGUAGE, ZIP,
};

words! {
    /// Rule by the stable id that it has in a file's report. Several columns may share one.
    pub enum RuleId {
        CellCount = "cell-count",
        CellLength = "cell-length",
        Encoding = "encoding",
        CinForm = "cin-form",
        CinFiller = "cin-filler",
        CinSsn = "cin-ssn",
        CinLetterUnusual = "cin-letter-unusual",
        NameMissing = "name-missing",
        BirthDate = "birth-date",
        SexUnknown = "sex-unknown",
        LanguageForm = "language-form",
        CountyUnknown = "county-unknown",
        AddressIsAgency = "address-is-agency",
        AddressForm = "address-form",
        ZipForm = "zip-form",
        AddressAsOf = "address-as-of",
        StaleAddress = "stale-address",
        HomelessnessForm = "homelessness-form",
        PhoneForm = "phone-form",
        CoverageDates = "coverage-dates",
        LineUnknown = "line-unknown",
        GroupForm = "group-form",
        PlanMemberIdForm = "plan-member-id-form",
        DualStatusUnknown = "dual-status-unknown",
        RenewalMonthForm = "renewal-month-form",
        PcpNpiForm = "pcp-npi-form",
        FileDate = "file-date",
        RiskTierForm = "risk-tier-form",
        DuplicateRow = "duplicate-row",
        OverlappingRows = "overlapping-rows",
        TwoCoverages = "two-coverages",
        /// Broken against the record and not by the row alone: who loads the file finds it.
        IdentityDiffers = "identity-differs",
    }
}

/// A rule and the words for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its id, which other rules about the same may have too.
    pub id: RuleId,
    /// The header of the column it looks at; empty for the whole row.
    pub column: &'static str,
    /// Consequence for a row that breaks it.
    pub severity: Severity,
    /// Problem, in a sentence.
    pub problem: &'static str,
    /// Step that fixes it, in a sentence.
    pub fix: &'static str,
    /// Source of the rule.
    pub source: &'static str,
}

/// Consequence for a row that breaks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The row stays out.
    Refuses,
    /// The row is taken.
    Warns,
}

const LAYOUT: &str = "this member file's layout";
const CIN_SOURCE: &str = "LA County DMH bulletin NGA 12-041; Santa Clara County MEDS data dictionary, CIN";

/// Declares each rule as a constant and all of them as [`RULES`].
macro_rules! rules {
    ($($name:ident = $id:ident, $column:expr, $severity:ident, $problem:literal, $fix:literal, $source:expr;)+) => {
        $(pub(super) const $name: Rule = Rule {
            id: RuleId::$id, column: $column, severity: Severity::$severity, problem: $problem, fix: $fix, source: $source,
        };)+
        /// Every rule that there is.
        pub const RULES: &[Rule] = &[$($name),+];
    };
}

rules! {
    CELL_COUNT = CellCount, "", Refuses,
        "the row has more or fewer cells than the header row",
        "give each row one cell for each header, and quote a cell that holds a comma", LAYOUT;
    CELL_LENGTH = CellLength, "", Refuses,
        "a cell is longer than 4096 bytes",
        "look for a quotation mark that is never closed: the rows after it may be inside this cell", LAYOUT;
    ENCODING = Encoding, "", Refuses,
        "the row is not text in the encoding of the rest of the file", "save the file as CSV UTF-8", LAYOUT;
    CIN_MISSING = CinForm, CIN, Refuses,
        "there is no client index number", "give the 9 characters of the client index number", CIN_SOURCE;
    CIN_FORM = CinForm, CIN, Refuses,
        "this is no client index number", "give a 9, seven digits and a letter, or the card number that begins with them",
        CIN_SOURCE;
    CIN_FILLER = CinFiller, CIN, Refuses,
        "the client index number is a filler of seven equal digits", "look the member's number up", CIN_SOURCE;
    CIN_SSN = CinSsn, CIN, Refuses,
        "the number looks like a Social Security number, which is not kept here",
        "give the letter-ended client index number, and take Social Security numbers out of the export",
        "Benefits Identification Cards before 2003-03-26 carried the SSN (SafeLink Medi-Cal documentation)";
    CIN_LETTER = CinLetterUnusual, CIN, Warns,
        "the client index number ends in a letter that is not said to be issued", "check the letter against the card",
        CIN_SOURCE;
    LAST_NAME_MISSING = NameMissing, LAST_NAME, Refuses,
        "there is no last name, or one that is no name", "give a name of 1 to 80 characters", LAYOUT;
    FIRST_NAME_MISSING = NameMissing, FIRST_NAME, Refuses,
        "there is no first name, or one that is no name", "give a name of 1 to 80 characters", LAYOUT;
    BIRTH_DATE_FORM = BirthDate, DATE_OF_BIRTH, Refuses,
        "this is no day of the calendar", "write the year in four digits: YYYY-MM-DD, MM/DD/YYYY or YYYYMMDD", LAYOUT;
    BIRTH_DATE_FUTURE = BirthDate, DATE_OF_BIRTH, Refuses,
        "the birth date is in the future", "check the century of two-digit years in the export", LAYOUT;
    BIRTH_DATE_AGE = BirthDate, DATE_OF_BIRTH, Refuses,
        "the birth date is more than 120 years ago", "look the birth date up; a filler is not taken", LAYOUT;
    SEX_UNKNOWN = SexUnknown, SEX, Warns,
        "this is no sex that is known here; it was not kept", "write F, M, X or U, or the word", LAYOUT;
    LANGUAGE_FORM = LanguageForm, SPOKEN_LANGUAGE, Warns,
        "this is no language that is known here; what was known stays",
        "write a BCP 47 tag such as es, the state's code such as 1, or the language's name in English", LAYOUT;
    COUNTY_UNKNOWN = CountyUnknown, COUNTY, Refuses,
        "the county is none that this host knows", "write the county's name, its code, the state's number or the FIPS code", LAYOUT;
    ADDRESS_IS_AGENCY = AddressIsAgency, RESIDENTIAL_ADDRESS, Warns,
        "the address is that of a provider or agency, so it was not kept as the member's home",
        "leave the address empty and set the homelessness indicator if the member has no fixed address",
        "practice seen in county exports: members without an address are sent with the agency's own";
    ADDRESS_FORM = AddressForm, RESIDENTIAL_ADDRESS, Warns,
        "the address is longer than 200 characters or has line breaks; it was not kept", "give the street line only",
        LAYOUT;
    CITY_FORM = AddressForm, CITY, Warns,
        "the city is longer than 80 characters or has line breaks; it was not kept", "give the city's name only", LAYOUT;
    ZIP_FORM = ZipForm, ZIP, Warns,
        "this is no ZIP code; it was not kept", "write five digits, or five, a hyphen and four; keep leading zeros", LAYOUT;
    ADDRESS_AS_OF_FORM = AddressAsOf, ADDRESS_AS_OF, Warns,
        "this is no day up to today; it was not kept", "write the year in four digits: YYYY-MM-DD, MM/DD/YYYY or YYYYMMDD", LAYOUT;
    STALE_ADDRESS = StaleAddress, ADDRESS_AS_OF, Warns,
        "the address was recorded more than 24 months ago and is marked as stale",
        "confirm the address with the member or the provider", LAYOUT;
    HOMELESSNESS_FORM = HomelessnessForm, HOMELESSNESS_INDICATOR, Warns,
        "this is neither Y nor N; it was not kept", "write Y, N or nothing", LAYOUT;
    PHONE_FORM = PhoneForm, PHONE_NUMBER, Warns,
        "this is no telephone number of the North American plan; it was not kept",
        "write ten digits, with the area code, and no filler", LAYOUT;
    COVERAGE_START_FORM = CoverageDates, COVERAGE_START_DATE, Refuses,
        "there is no first day of coverage, or it is no day of the calendar",
        "write the year in four digits: YYYY-MM-DD, MM/DD/YYYY or YYYYMMDD", LAYOUT;
    COVERAGE_END_FORM = CoverageDates, COVERAGE_END_DATE, Refuses,
        "this is no day of the calendar",
        "write the year in four digits: YYYY-MM-DD, MM/DD/YYYY or YYYYMMDD; leave it empty while coverage has no known end", LAYOUT;
    COVERAGE_ORDER = CoverageDates, COVERAGE_END_DATE, Refuses,
        "coverage ends before it starts", "check both days; leave out a coverage that was voided", LAYOUT;
    LINE_UNKNOWN = LineUnknown, LINE_OF_BUSINESS, Refuses,
        "the line of business is none of the plan's", "write one that the plan's profile declares, such as medi-cal",
        LAYOUT;
    GROUP_FORM = GroupForm, GROUP_CODE, Refuses,
        "the group code is longer than 40 characters or has line breaks",
        "give the code alone: the member's delegate is decided by it", LAYOUT;
    MEMBER_ID_FORM = PlanMemberIdForm, PLAN_MEMBER_ID, Warns,
        "the plan member id is longer than 40 characters or has line breaks; it was not kept", "give the id alone", LAYOUT;
    DUAL_STATUS_UNKNOWN = DualStatusUnknown, DUAL_STATUS_CODE, Refuses,
        "this is no CMS dual status code",
        "write two digits such as 02, keep the leading zero, and write 00 for a member who is not in Medicare",
        "CMS monthly dual status codes";
    RENEWAL_MONTH_FORM = RenewalMonthForm, RENEWAL_MONTH, Warns,
        "this is no month; it was not kept", "write a number from 1 to 12", LAYOUT;
    PCP_NPI_FORM = PcpNpiForm, PCP_NPI, Warns,
        "this is no national provider identifier; it was not kept",
        "write ten digits that begin with 1 or 2 and whose check digit is right",
        "CMS, Requirements for NPI and NPI check digit";
    FILE_DATE_FORM = FileDate, FILE_DATE, Warns,
        "this is no day up to today; the row counts as of the day on which the file came",
        "write the day on which the row was drawn, the year in four digits: YYYY-MM-DD, MM/DD/YYYY or YYYYMMDD", LAYOUT;
    RISK_TIER_FORM = RiskTierForm, RISK_TIER, Warns,
        "the risk tier is longer than 40 characters or has line breaks; it was not kept", "give the tier's name alone",
        LAYOUT;
    DUPLICATE_ROW = DuplicateRow, CIN, Refuses,
        "an earlier row has the same client index number and coverage start", "send one row for each coverage", LAYOUT;
    OVERLAPPING_ROWS = OverlappingRows, COVERAGE_START_DATE, Refuses,
        "an earlier row covers the member in the same line on some of the same days",
        "send one row for each span of coverage, and end a span before the next begins", LAYOUT;
    TWO_COVERAGES = TwoCoverages, LINE_OF_BUSINESS, Warns,
        "an earlier row covers the member on some of the same days in another line; both were taken",
        "check that the member is in both lines, as in a D-SNP with matching Medi-Cal", LAYOUT;
}

impl Rule {
    /// That a row breaks the rule.
    #[must_use]
    pub fn broken_by(&self, row: u32) -> RowIssue {
        RowIssue { row, column: self.column, rule: self.id, problem: self.problem, fix: self.fix }
    }
}

/// Notes about one row.
pub(super) struct Notes {
    row: u32,
    pub(super) refusals: Vec<RowIssue>,
    pub(super) warnings: Vec<RowIssue>,
}

impl Notes {
    pub(super) fn new(row: u32) -> Self {
        Self { row, refusals: Vec::new(), warnings: Vec::new() }
    }

    /// Notes that a rule which refuses is broken. Gives nothing, so that a cell can end in it.
    pub(super) fn refuse<T>(&mut self, rule: &Rule) -> Option<T> {
        debug_assert_eq!(rule.severity, Severity::Refuses, "{}", rule.id);
        self.refusals.push(rule.broken_by(self.row));
        None
    }

    /// Notes that a rule which warns is broken.
    pub(super) fn warn<T>(&mut self, rule: &Rule) -> Option<T> {
        debug_assert_eq!(rule.severity, Severity::Warns, "{}", rule.id);
        self.warnings.push(rule.broken_by(self.row));
        None
    }
}
