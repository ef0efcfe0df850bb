use domain::identifiers::{Cin, County, PersonName};
use jiff::ToSpan;
use jiff::civil::date;

use super::{
    COLUMNS, FileRefusal, Freshness, HomelessnessIndicator, MOST_CELL_BYTES, RULES, ResidentialAddress,
    Roster, RosterRow, RosterRules, RuleId, Sex, parse, write,
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
            county("LDM", "06"),
            county("LDM", "071"),
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
        roster.all.refused.iter().map(|issue| format!("{} {}: {}", issue.row, issue.column, issue.rule));
    let warned =
        roster.all.warnings.iter().map(|issue| format!("{} {}! {}", issue.row, issue.column, issue.rule));
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
        ("Date of Birth", "2/20/1987", &[]),
        ("Date of Birth", "19870220", &[]),
        ("Date of Birth", "31828", &[]),
        ("Date of Birth", "2/20/1987 12:00:00 AM", &[]),
        ("Date of Birth", "2/20/87", &["2 Date of Birth: birth-date"]),
        ("Date of Birth", "1987", &["2 Date of Birth: birth-date"]),
        ("Date of Birth", "1987-02-30", &["2 Date of Birth: birth-date"]),
        ("Date of Birth", "2026-03-10", &["2 Date of Birth: birth-date"]),
        ("Date of Birth", "1906-03-09", &[]),
        ("Date of Birth", "1906-03-08", &["2 Date of Birth: birth-date"]),
        ("Date of Birth", "", &["2 Date of Birth: birth-date"]),
        ("Sex", "x", &[]),
        ("Sex", "Female", &[]),
        ("Sex", "woman", &["2 Sex! sex-unknown"]),
        ("Spoken Language", "zh-Hant", &[]),
        ("Spoken Language", "Spanish", &[]),
        ("Spoken Language", "1", &[]),
        ("Spoken Language", "9", &[]),
        ("Spoken Language", "Unknown", &[]),
        ("Spoken Language", "SP", &["2 Spoken Language! language-form"]),
        ("Spoken Language", "qq", &["2 Spoken Language! language-form"]),
        ("County", "loma del mar", &[]),
        ("County", "Loma del Mar County", &[]),
        ("County", "6", &["2 County: county-unknown"]),
        ("County", "06", &[]),
        ("County", "06071", &[]),
        ("County", "6071", &[]),
        ("County", "071", &[]),
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
        (&[ended.clone(), other_line("2026-03-01", "")], &[]),
        (
            &[row(&[]), row(&[("Coverage Start Date", "2026-02-01")])],
            &["3 Coverage Start Date: overlapping-rows"],
        ),
        (&[ended, row(&[("Coverage Start Date", "2026-03-01")])], &[]),
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
    assert_eq!((roster.reading.read, roster.all.rows.len(), roster.all.rows[0].row), (4, 1, 5));
    let crlf = text.replace('\n', "\r\n");
    assert_eq!(parse(crlf.as_bytes(), &rules()), Ok(roster), "line ends do not matter");
}

#[test]
fn text_is_read_in_its_encoding() {
    let text = file(&[row(&[("City", "Peña")]), row(&[("CIN", "94710383A"), ("City", "Año")])]);
    let expected = parse(text.as_bytes(), &rules()).expect("it is UTF-8");
    let wide = |to_bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to_bytes).collect::<Vec<u8>>();
    let narrow = text.chars().map(|letter| u8::try_from(letter).expect("Latin-1")).collect::<Vec<u8>>();
    for (bytes, encoding) in [
        ([b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat(), "UTF-8"),
        ([b"\xFF\xFE".as_slice(), &wide(u16::to_le_bytes)].concat(), "UTF-16LE"),
        ([b"\xFE\xFF".as_slice(), &wide(u16::to_be_bytes)].concat(), "UTF-16BE"),
        (wide(u16::to_le_bytes), "UTF-16LE"),
        (wide(u16::to_be_bytes), "UTF-16BE"),
        (narrow.clone(), "windows-1252"),
    ] {
        let roster = parse(&bytes, &rules()).expect("it is text");
        assert_eq!(roster.reading.form.encoding, Some(encoding));
        assert!(roster.all == expected.all, "{encoding}: {:?}", roster.all.refused);
    }
    // A row that is in no encoding, or in another than the rest, is refused alone.
    let mut mixed = text.clone().into_bytes();
    mixed.splice(text.find("Pe").expect("the city") + 2..text.find("Pe").expect("the city") + 4, [0xF1]);
    let undefined = text.replace('ñ', "#").into_bytes();
    let undefined = undefined.into_iter().map(|byte| if byte == b'#' { 0x81 } else { byte });
    for (bytes, refused) in [(mixed, 1), (undefined.collect(), 2)] {
        let roster = parse(&bytes, &rules()).expect("the headers are right");
        assert_eq!(roster.all.refused.iter().filter(|issue| issue.rule == RuleId::Encoding).count(), refused);
        assert_eq!(roster.all.rows.len(), 2 - refused);
    }
    assert_eq!(parse(b"\xFF\xFEC\x00I\x00N", &rules()), Err(FileRefusal::NotText), "half a letter");
}

/// The headers of a real member information file, in its own words, with a column of ours and two of
/// nobody's.
const REAL: &str = "Member First Name |Member Last Name|Medical Record Number (MRN)|\
Medi-Cal Member Client Index Number (CIN)|Member Gender Code|Member Residential City|Member Resdidential Zip Code|\
Member Mailing Address|Medi-Cal Coverage County|Member Date of Birth|Primary Phone Number|Home Phone Number|\
Authorization Number|Authorizatin End Date|Coverage Start Date|Member SSN|";
const REAL_ROW: &str = "Elena|Rivas|MR-7|94710382A|Female|San Ravel|93999|PO Box 4|San Ravel County|2/20/1987|\
559-555-0142|559-555-0143|A-100|12/31/2026|1/1/2026|123-45-6789|x";

#[test]
fn a_real_files_headers_are_read_and_the_rest_is_kept_aside() {
    let title = "Member Information File, San Ravel County\n\nProduction,March\n";
    for (separator, name) in [("|", "pipe"), ("\t", "tab"), (",", "comma"), (";", "semicolon")] {
        let text = format!("{title}{}\n{}\n", REAL.replace('|', separator), REAL_ROW.replace('|', separator));
        let Roster { reading, all } = parse(text.as_bytes(), &rules()).expect("the headers are known");
        assert_eq!((reading.form.separator, reading.form.header_row), (Some(name), 4));
        assert_eq!(all.refused, []);
        let row = &all.rows[0];
        assert_eq!((row.row, row.birth_date, row.coverage_first), (5, date(1987, 2, 20), date(2026, 1, 1)));
        assert_eq!(
            (row.plan_member_id.as_deref(), row.phone.as_deref()),
            (Some("MR-7"), Some("+15595550142"))
        );
        assert_eq!((row.county.as_str(), row.sex, &*row.line), ("SRV", Some(Sex::Female), "medi-cal"));
        assert_eq!((&row.group, &row.dual_status, &row.language), (&None, &None, &None));
        let aside: Vec<(&str, &str)> = row.aside.iter().map(|(header, text)| (&**header, &**text)).collect();
        let expected = [
            ("Member Mailing Address", "PO Box 4"),
            ("Home Phone Number", "559-555-0143"),
            ("Authorization Number", "A-100"),
            ("Authorizatin End Date", "12/31/2026"),
            ("(column 17 has no header)", "x"),
        ];
        assert_eq!(aside, expected);
        assert_eq!(reading.aside, expected.map(|(header, _)| header));
        assert_eq!(reading.left_out, ["Member SSN"], "a Social Security number is not kept");
    }
}

#[test]
fn a_workbook_is_read_as_its_rows() {
    let header = HEADER.split(',');
    let cell = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let headers: String = header.map(cell).collect();
    let good: String = GOOD.iter().map(|text| cell(text)).collect();
    let good = good.replacen(&cell("1987-02-20"), "<c><v>31828</v></c>", 1);
    let good = good.replacen(&cell("Rivas"), "<c t=\"s\"><v>1</v></c>", 1);
    let sheet = format!(
        "<?xml version=\"1.0\"?><worksheet><sheetData><row r=\"2\">{}</row><row r=\"4\">{headers}</row>\
         <row r=\"6\">{good}</row><row r=\"7\"><c r=\"A7\" t=\"e\"><v>#N/A</v></c></row></sheetData></worksheet>",
        cell("Members &amp; more"),
    );
    let shared = "<sst><si><t>x</t></si><si><r><t>Ri</t></r><r><t>vas</t></r><rPh><t>no</t></rPh></si></sst>";
    let note = "<worksheet><sheetData><row><c t=\"str\"><v>Read me</v></c></row></sheetData></worksheet>";
    for (flag, first) in [("", date(1987, 2, 20)), ("<workbookPr date1904=\"1\"/>", date(1991, 2, 21))] {
        for packed in [false, true] {
            let bytes = workbook(flag, &[note, &sheet], shared, packed);
            let Roster { reading, all } = parse(&bytes, &rules()).expect("it is a workbook");
            assert_eq!(
                (reading.form.kind, reading.form.sheet, reading.form.header_row),
                ("workbook", Some(2), 4)
            );
            assert_eq!(all.rows.len(), 1, "{:?}", all.refused);
            let row = &all.rows[0];
            assert_eq!((row.row, row.family_name.expose(), row.birth_date), (6, "Rivas", first));
            assert!(all.refused.iter().all(|issue| issue.row == 7) && !all.refused.is_empty());
        }
    }
}

#[test]
fn what_is_no_workbook_is_refused_with_a_fix() {
    let sheet = "<worksheet><sheetData><row><c t=\"str\"><v>Read me</v></c></row></sheetData></worksheet>";
    let good = workbook("", &[sheet], "<sst></sst>", true);
    let mut broken = good.clone();
    let last = broken.len() - 1;
    broken.truncate(last - 30);
    let unended = workbook("", &["<worksheet><sheetData><row><c"], "<sst></sst>", false);
    let long = format!("<worksheet><{}></worksheet>", "x".repeat(1 << 20));
    let claims = workbook("", &[sheet], "<sst uniqueCount=\"18446744073709551615\"></sst>", false);
    for (bytes, code) in [
        (good.clone(), "file-no-header"),
        (claims, "file-no-header"),
        (broken, "file-workbook"),
        (unended, "file-workbook"),
        (workbook("", &[&long], "<sst></sst>", true), "file-workbook"),
        (b"PK\x03\x04 and no more".to_vec(), "file-workbook"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 an old one".to_vec(), "file-workbook"),
        (workbook("", &[], "<sst></sst>", false), "empty"),
    ] {
        assert_eq!(parse(&bytes, &rules()).map_err(|refusal| refusal.code().name()).err(), Some(code));
    }
    // A bomb: shared texts that unpack to far more than is held.
    let bomb = format!("<sst>{}</sst>", format!("<si><t>{}</t></si>", "x".repeat(4000)).repeat(20_000));
    let bytes = workbook("", &[sheet], &bomb, true);
    assert!(bytes.len() < 1 << 20);
    assert_eq!(parse(&bytes, &rules()), Err(FileRefusal::WorkbookTooLarge));
    // Any byte of a workbook may be any other: it is read or refused, and nothing panics.
    for place in 0..good.len() {
        let mut changed = good.clone();
        changed[place] ^= 0x5A;
        let _ = parse(&changed, &rules());
    }
}

/// A workbook of these sheets.
fn workbook(properties: &str, sheets: &[&str], shared: &str, packed: bool) -> Vec<u8> {
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let numbers = 1..=sheets.len();
    let listed: String =
        numbers.clone().map(|number| format!("<sheet name=\"S{number}\" r:id=\"r{number}\"/>")).collect();
    let related: String = numbers
        .map(|number| {
            format!("<Relationship Id=\"r{number}\" Type=\"{kind}/worksheet\" Target=\"worksheets/{number}.xml\"/>")
        })
        .collect();
    let book = format!("<workbook>{properties}<sheets>{listed}</sheets></workbook>");
    let related = format!(
        "<Relationships>{related}<Relationship Id=\"s\" Type=\"{kind}/sharedStrings\" \
         Target=\"/xl/sharedStrings.xml\"/></Relationships>"
    );
    let mut parts = vec![
        ("xl/workbook.xml".to_owned(), book),
        ("xl/_rels/workbook.xml.rels".to_owned(), related),
        ("xl/sharedStrings.xml".to_owned(), shared.to_owned()),
    ];
    let sheets = sheets.iter().enumerate();
    parts.extend(sheets.map(|(place, xml)| (format!("xl/worksheets/{}.xml", place + 1), (*xml).to_owned())));
    zipped(&parts, packed)
}

/// An archive of these parts.
fn zipped(parts: &[(String, String)], packed: bool) -> Vec<u8> {
    use std::io::Write as _;
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    let size = |length: usize| u32::try_from(length).expect("it is small").to_le_bytes();
    let short = |number: usize| u16::try_from(number).expect("it is small").to_le_bytes();
    for (name, text) in parts {
        let content = if packed {
            let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(text.as_bytes()).expect("memory takes every write");
            encoder.finish().expect("memory takes every write")
        } else {
            text.as_bytes().to_vec()
        };
        let method = short(if packed { 8 } else { 0 });
        let start = bytes.len();
        let common = [
            &short(20)[..],
            &short(0),
            &method,
            &[0; 4],
            &[0; 4],
            &size(content.len()),
            &size(text.len()),
            &short(name.len()),
            &short(0),
        ]
        .concat();
        bytes.extend([b"PK\x03\x04".as_slice(), &common, name.as_bytes(), &content].concat());
        directory.extend(
            [b"PK\x01\x02".as_slice(), &short(20), &common, &[0; 10], &size(start), name.as_bytes()].concat(),
        );
    }
    let count = short(parts.len());
    let end = [
        b"PK\x05\x06".as_slice(),
        &[0; 4],
        &count,
        &count,
        &size(directory.len()),
        &size(bytes.len()),
        &[0; 2],
    ]
    .concat();
    [bytes, directory, end].concat()
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
            group: Some(None),
            dual_status: Some("00".to_owned()),
            aside: Vec::new(),
            renewal_month: Some(4),
            pcp_npi: Some("1234567893".parse().expect("a test number")),
            risk_tier: None,
            file_date: None,
            again: false,
        };
        // Not assert_eq!: a row prints nothing, and should not.
        assert!(roster.all.rows == [expected], "{:?}", roster.all.refused);
    }
}

#[test]
fn a_file_without_the_right_columns_is_refused_whole() {
    let many = vec!["x"; 257].join(",");
    let no_header = "the first rows hold none of the headers; put the headers into one row and separate cells by commas, \
        tabs or pipes";
    let cases = [
        ("".to_owned(), "the file is empty; a row of headers must be in it"),
        ("\n\n".to_owned(), "the file is empty; a row of headers must be in it"),
        (row(&[]), no_header),
        (many.clone(), "the file has more than 256 columns"),
        (format!("{HEADER},{many}"), "the file has more than 256 columns"),
        (HEADER.replace("CIN,", ""), "the headers do not fit; missing: CIN"),
        (HEADER.replace("Date of Birth", "Birthday"), "the headers do not fit; missing: Date of Birth"),
        (HEADER.replace("Zip", "City"), "the headers do not fit; repeated: City"),
        (HEADER.replace("CIN", "City"), "the headers do not fit; missing: CIN; repeated: City"),
        (format!("{}{HEADER}", "title\n".repeat(21)), no_header),
    ];
    for (text, expected) in cases {
        assert_eq!(
            parse(text.as_bytes(), &rules()).map_err(|refusal| refusal.to_string()).err().as_deref(),
            Some(expected)
        );
    }
    let without_the_optional_columns = "CIN,Last Name,First Name,Date of Birth,County,Coverage Start Date";
    assert_eq!(
        parse(without_the_optional_columns.as_bytes(), &rules()).map(|roster| roster.reading.read),
        Ok(0)
    );
}

#[test]
fn no_issue_and_no_debug_quotes_a_member() {
    let text =
        file(&[row(&[]), row(&[("CIN", "ELENA94710382A"), ("County", "RIVASCOUNTY"), ("Zip", "ALDER")])]);
    let roster = parse(text.as_bytes(), &rules()).expect("the headers are right");
    let printed = format!("{roster:?} {:?}", roster.all.rows);
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
        assert_eq!(roster.all.refused, []);
        assert!(roster.all.rows == rows, "a row changed on its way");
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
    let of_a_row = RuleId::ALL.iter().filter(|id| **id != RuleId::IdentityDiffers);
    for id in of_a_row {
        assert!(RULES.iter().any(|rule| rule.id == *id), "{id}");
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
        group: Some(numbers.often("SRM1".to_owned())),
        dual_status: Some("02".to_owned()),
        aside: Vec::new(),
        renewal_month: numbers.often(12),
        pcp_npi: numbers.often("1234567893".parse().expect("a test number")),
        risk_tier: numbers.often("tier 2, rising".to_owned()),
        file_date: numbers.often(date(2026, 2, 1)),
        again: false,
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
