use domain::identifiers::{Cin, County, PersonName};
use jiff::ToSpan;
use jiff::civil::date;

use super::{
    COLUMNS, FileRefusal, Freshness, HomelessnessIndicator, MOST_CELL_BYTES, RULES, ResidentialAddress,
    RosterRow, RosterRules, Sex, parse, write,
};

const HEADER: &str = "CIN,Plan Member ID,Last Name,First Name,Date of Birth,Sex,Spoken Language,County,\
Residential Address,City,Zip,Homelessness Indicator,Phone Number,Coverage Start Date,Coverage End Date,\
Line of Business,Group Code,Dual Status Code,Renewal Month,PCP NPI,Address As Of,File Date,Risk Tier";
const GOOD: [&str; 23] = [
    "94710382A",
    "VV-1",
    "Rivas",
    "Elena",
    "1987-02-20",
    "F",
    "es",
    "SRV",
    "12 Alder St",
    "San Ravel",
    "93999",
    "N",
    "559-555-0142",
    "2026-01-01",
    "",
    "medi-cal",
    "",
    "00",
    "4",
    "1234567893",
    "2025-11-01",
    "",
    "",
];

fn rules() -> RosterRules {
    let county = |code: &str, way: &str| (code.parse::<County>().expect("a county code"), way.to_owned());
    RosterRules::new(
        date(2026, 3, 9),
        ["medi-cal".to_owned(), "d-snp".to_owned()],
        [
            county("SRV", "SRV"),
            county("SRV", "San Ravel"),
            county("LDM", "LDM"),
            county("LDM", "Loma del Mar"),
        ],
        ["400 Harbor Way, Suite 2".to_owned()],
    )
}

/// The good row with some cells changed.
fn row(changes: &[(&str, &str)]) -> String {
    let mut cells = GOOD.map(|cell| format!("\"{cell}\""));
    for (header, value) in changes {
        let place = COLUMNS.iter().position(|column| column.header == *header).expect("a known header");
        cells[place] = format!("\"{value}\"");
    }
    cells.join(",")
}

fn file(rows: &[String]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

/// `2 CIN cin-form` for a refusal, `2 CIN! ...` for a warning.
fn issues(text: &str) -> Vec<String> {
    let roster = parse(text.as_bytes(), &rules()).expect("the headers are right");
    let refused =
        roster.refused.iter().map(|issue| format!("{} {}: {}", issue.row, issue.column, issue.rule));
    let warned =
        roster.warnings.iter().map(|issue| format!("{} {}! {}", issue.row, issue.column, issue.rule));
    refused.chain(warned).collect()
}

#[test]
fn each_rule_is_broken_by_a_cell() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("CIN", "94710382A", &[]),
        ("CIN", "94710382a 12345", &[]),
        ("CIN", "", &["2 CIN: cin-form"]),
        ("CIN", "84710382A", &["2 CIN: cin-form"]),
        ("CIN", "94710382", &["2 CIN: cin-form"]),
        ("CIN", "91111111A", &["2 CIN: cin-filler"]),
        ("CIN", "947103825", &["2 CIN: cin-ssn"]),
        ("CIN", "947-10-3825", &["2 CIN: cin-ssn"]),
        ("CIN", "94710382B", &["2 CIN! cin-letter-unusual"]),
        ("Last Name", " ", &["2 Last Name: name-missing"]),
        ("First Name", "NULL", &["2 First Name: name-missing"]),
        ("Date of Birth", "02-20-1987", &[]),
        ("Date of Birth", "02/20/1987", &[]),
        ("Date of Birth", "2/20/1987", &["2 Date of Birth: birth-date"]),
        ("Date of Birth", "1987-02-30", &["2 Date of Birth: birth-date"]),
        ("Date of Birth", "2026-03-10", &["2 Date of Birth: birth-date"]),
        ("Date of Birth", "1906-03-09", &[]),
        ("Date of Birth", "1906-03-08", &["2 Date of Birth: birth-date"]),
        ("Date of Birth", "", &["2 Date of Birth: birth-date"]),
        ("Sex", "x", &[]),
        ("Sex", "woman", &["2 Sex! sex-unknown"]),
        ("Spoken Language", "zh-Hant", &[]),
        ("Spoken Language", "Spanish", &["2 Spoken Language! language-form"]),
        ("County", "loma del mar", &[]),
        ("County", "XYZ", &["2 County: county-unknown"]),
        ("County", "", &["2 County: county-unknown"]),
        ("Residential Address", "", &[]),
        ("Residential Address", "400 HARBOR WAY SUITE 2", &["2 Residential Address! address-is-agency"]),
        ("Residential Address", "1 A St\n2 B St", &["2 Residential Address! address-form"]),
        ("City", "San\tRavel", &["2 City! address-form"]),
        ("Zip", "93999-0001", &[]),
        ("Zip", "9399", &["2 Zip! zip-form"]),
        ("Homelessness Indicator", "Yes", &[]),
        ("Homelessness Indicator", "maybe", &["2 Homelessness Indicator! homelessness-form"]),
        ("Phone Number", "+1 (559) 555-0142", &[]),
        ("File Date", "2026-03-09", &[]),
        ("File Date", "2026-03-10", &["2 File Date! file-date"]),
        ("Risk Tier", "tier 2, rising", &[]),
        ("Risk Tier", "tier\n2", &["2 Risk Tier! risk-tier-form"]),
        ("Phone Number", "5555555555", &["2 Phone Number! phone-form"]),
        ("Phone Number", "555-0142", &["2 Phone Number! phone-form"]),
        ("Phone Number", "call 559 555 0142", &["2 Phone Number! phone-form"]),
        ("Coverage Start Date", "", &["2 Coverage Start Date: coverage-dates"]),
        ("Coverage End Date", "2025-12-31", &["2 Coverage End Date: coverage-dates"]),
        ("Coverage End Date", "2026-01-01", &[]),
        ("Coverage End Date", "12-31-9999", &[]),
        ("Coverage End Date", "open", &["2 Coverage End Date: coverage-dates"]),
        ("Line of Business", "D-SNP", &[]),
        ("Line of Business", "commercial", &["2 Line of Business: line-unknown"]),
        ("Group Code", "SRM1", &[]),
        ("Group Code", "a\nb", &["2 Group Code: group-form"]),
        ("Dual Status Code", "na", &[]),
        ("Dual Status Code", "2", &["2 Dual Status Code: dual-status-unknown"]),
        ("Dual Status Code", "", &["2 Dual Status Code: dual-status-unknown"]),
        ("Renewal Month", "13", &["2 Renewal Month! renewal-month-form"]),
        ("PCP NPI", "1234567890", &["2 PCP NPI! pcp-npi-form"]),
        ("Plan Member ID", "a\nb", &["2 Plan Member ID! plan-member-id-form"]),
        ("Address As Of", "2024-03-09", &[]),
        ("Address As Of", "2024-03-08", &["2 Address As Of! stale-address"]),
        ("Address As Of", "2026-03-10", &["2 Address As Of! address-as-of"]),
    ];
    for (header, value, expected) in cases {
        assert_eq!(issues(&file(&[row(&[(header, value)])])), *expected, "{header} {value:?}");
    }
}

#[test]
fn rows_are_compared_with_the_rows_before_them() {
    let other_line = |first, last| {
        row(&[("Line of Business", "d-snp"), ("Coverage Start Date", first), ("Coverage End Date", last)])
    };
    let ended = row(&[("Coverage End Date", "2026-02-28")]);
    let cases: &[(&[String], &[&str])] = &[
        (&[row(&[]), row(&[])], &["3 CIN: duplicate-row"]),
        (&[row(&[]), row(&[("CIN", "94710382a"), ("County", "LDM")])], &["3 CIN: duplicate-row"]),
        (&[row(&[]), row(&[("CIN", "94710383A")])], &[]),
        // A refused row is no row: the next may mend it.
        (&[row(&[("Last Name", "")]), row(&[])], &["2 Last Name: name-missing"]),
        (&[row(&[]), other_line("2026-02-01", "")], &["3 Line of Business! two-coverages"]),
        (&[ended.clone(), other_line("2026-02-28", "")], &["3 Line of Business! two-coverages"]),
        (&[ended, other_line("2026-03-01", "")], &[]),
    ];
    for (rows, expected) in cases {
        assert_eq!(issues(&file(rows)), *expected);
    }
}

#[test]
fn a_broken_row_is_refused_and_the_rest_loads() {
    let short = "94710382A,only,three".to_owned();
    let long_cell = row(&[("Plan Member ID", &"x".repeat(MOST_CELL_BYTES + 1))]);
    let text = file(&[short, String::new(), long_cell, row(&[]), row(&[("CIN", "1"), ("County", "?")])]);
    assert_eq!(
        issues(&text),
        ["2 : cell-count", "4 : cell-length", "6 CIN: cin-form", "6 County: county-unknown"],
        "a blank line counts as a row"
    );
    let roster = parse(text.as_bytes(), &rules()).expect("the headers are right");
    assert_eq!((roster.read, roster.rows.len(), roster.rows[0].row), (4, 1, 5));
    let crlf = text.replace('\n', "\r\n");
    assert_eq!(parse(crlf.as_bytes(), &rules()), Ok(roster), "line ends do not matter");

    let mut bytes = file(&[row(&[("City", "Pe#a")]), row(&[("CIN", "94710383A")])]).into_bytes();
    let hash = bytes.iter().position(|byte| *byte == b'#').expect("the mark");
    bytes[hash] = 0xF1;
    let roster = parse(&bytes, &rules()).expect("the headers are right");
    assert_eq!((roster.refused[0].rule, roster.rows.len()), ("encoding", 1));
}

#[test]
fn a_good_row_keeps_what_it_says() {
    let text = file(&[row(&[
        ("Phone Number", "1-559-555-0142"),
        ("Address As Of", "01/02/2020"),
        ("Homelessness Indicator", "1"),
    ])]);
    for text in [text.clone(), format!("\u{feff}{text}"), text.replace("Plan Member ID", "plan_member_id")] {
        let roster = parse(text.as_bytes(), &rules()).expect("the headers are right");
        let expected = RosterRow {
            row: 2,
            cin: Cin::parse("94710382A").expect("a number"),
            plan_member_id: Some("VV-1".to_owned()),
            family_name: PersonName::parse("Rivas").expect("a name"),
            given_name: PersonName::parse("Elena").expect("a name"),
            birth_date: date(1987, 2, 20),
            sex: Some(Sex::Female),
            language: Some("es".to_owned()),
            county: "SRV".parse().expect("a county code"),
            address: Some(ResidentialAddress {
                line: "12 Alder St".to_owned(),
                city: Some("San Ravel".to_owned()),
                zip: Some("93999".to_owned()),
                as_of: Some(date(2020, 1, 2)),
                freshness: Freshness::Stale,
            }),
            homelessness: Some(HomelessnessIndicator::Homeless),
            phone: Some("+15595550142".to_owned()),
            coverage_first: date(2026, 1, 1),
            coverage_last: None,
            line: "medi-cal".to_owned(),
            group: None,
            dual_status: "00".to_owned(),
            renewal_month: Some(4),
            pcp_npi: Some("1234567893".parse().expect("a test number")),
            risk_tier: None,
            file_date: None,
        };
        // Not assert_eq!: a row prints nothing, and should not.
        assert!(roster.rows == [expected], "{:?}", roster.refused);
    }
}

#[test]
fn a_file_without_the_right_columns_is_refused_whole() {
    let many = vec!["x"; 65].join(",");
    let cases = [
        ("".to_owned(), "the file is empty; its first row must hold the headers"),
        ("\n\n".to_owned(), "the file is empty; its first row must hold the headers"),
        (
            row(&[]),
            "the first row holds none of the headers; put the headers there and separate cells by commas",
        ),
        (many, "the file has more than 64 columns"),
        (HEADER.replace("Zip,", ""), "the headers do not fit; missing: Zip"),
        (HEADER.replace("Zip", "Postcode"), "the headers do not fit; missing: Zip; unknown: Postcode"),
        (HEADER.replace("Zip", "City"), "the headers do not fit; missing: Zip; repeated: City"),
        (format!("{HEADER},"), "the headers do not fit; unknown: (column 24 has no header)"),
    ];
    for (text, expected) in cases {
        assert_eq!(
            parse(text.as_bytes(), &rules()).map_err(|refusal| refusal.to_string()).err().as_deref(),
            Some(expected)
        );
    }
    let utf16: Vec<u8> = HEADER.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(parse(&[b"\xFF\xFE".as_slice(), &utf16].concat(), &rules()), Err(FileRefusal::NotUtf8));
    let without_the_optional_columns = HEADER.replace(",Address As Of,File Date,Risk Tier", "");
    assert_eq!(parse(without_the_optional_columns.as_bytes(), &rules()).map(|roster| roster.read), Ok(0));
}

#[test]
fn no_issue_and_no_debug_quotes_a_member() {
    let text =
        file(&[row(&[]), row(&[("CIN", "ELENA94710382A"), ("County", "RIVASCOUNTY"), ("Zip", "ALDER")])]);
    let roster = parse(text.as_bytes(), &rules()).expect("the headers are right");
    let printed = format!("{roster:?} {:?}", roster.rows);
    for secret in ["94710382", "Elena", "ELENA", "Rivas", "RIVAS", "Alder", "ALDER", "5550142", "1987"] {
        assert!(!printed.contains(secret), "{secret} is printed");
    }
}

#[test]
fn what_is_written_is_read_back() {
    let mut numbers = Numbers(7);
    for _ in 0..50 {
        let rows: Vec<RosterRow> =
            (0..numbers.below(12)).map(|index| invented(&mut numbers, index)).collect();
        let roster = parse(&write(&rows), &rules()).expect("we wrote the headers");
        assert_eq!(roster.refused, []);
        assert!(roster.rows == rows, "a row changed on its way");
    }
}

#[test]
fn the_tables_hold_together() {
    for rule in RULES {
        assert!(
            rule.column.is_empty() || COLUMNS.iter().any(|column| column.header == rule.column),
            "{}",
            rule.id
        );
        assert!(!rule.problem.is_empty() && !rule.fix.is_empty() && !rule.source.is_empty(), "{}", rule.id);
    }
}

/// A row of an invented member, with awkward characters, whose CIN no other index has.
fn invented(numbers: &mut Numbers, index: u64) -> RosterRow {
    const NAMES: [&str; 6] = ["Núñez", "O'Hara", "de la Cruz, Jr.", "Li", "\"Bo\"", "=SUM(A1)"];
    let mut name = || PersonName::parse(NAMES[numbers.index(NAMES.len())]).expect("a name");
    let (family_name, given_name) = (name(), name());
    let birth_date = date(1930, 1, 1) + numbers.days(30_000);
    let coverage_first = date(2024, 1, 1) + numbers.days(900);
    let as_of = numbers.often(date(2024, 6, 1));
    RosterRow {
        row: u32::try_from(index + 2).expect("few rows"),
        cin: Cin::parse(&format!("9{:07}D", 1_000_000 + index * 7 + numbers.below(7))).expect("a number"),
        plan_member_id: numbers.often("VV, 0007".to_owned()),
        family_name,
        given_name,
        birth_date,
        sex: numbers.often(Sex::Nonbinary),
        language: numbers.often("zh-Hant".to_owned()),
        county: "LDM".parse().expect("a county code"),
        address: numbers.often(ResidentialAddress {
            line: "12 \"B\" St, Apt 3".to_owned(),
            city: Some("Loma del Mar".to_owned()),
            zip: Some("01234".to_owned()),
            as_of,
            freshness: Freshness::Current,
        }),
        homelessness: numbers.often(HomelessnessIndicator::Homeless),
        phone: numbers.often("+15595550142".to_owned()),
        coverage_first,
        coverage_last: {
            let days = numbers.days(700);
            numbers.often(coverage_first + days)
        },
        line: ["medi-cal", "d-snp"][numbers.index(2)].to_owned(),
        group: numbers.often("SRM1".to_owned()),
        dual_status: "02".to_owned(),
        renewal_month: numbers.often(12),
        pcp_npi: numbers.often("1234567893".parse().expect("a test number")),
        risk_tier: numbers.often("tier 2, rising".to_owned()),
        file_date: numbers.often(date(2026, 2, 1)),
    }
}

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn index(&mut self, limit: usize) -> usize {
        usize::try_from(self.below(limit as u64)).expect("an index")
    }

    fn days(&mut self, limit: u64) -> jiff::Span {
        i64::try_from(self.below(limit)).expect("few days").days()
    }

    fn often<T>(&mut self, value: T) -> Option<T> {
        (self.below(3) > 0).then_some(value)
    }
}
