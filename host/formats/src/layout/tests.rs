use std::collections::BTreeMap;

use domain::plan::profile::{Column, FileKind, Layout};
use jiff::civil::date;

use super::{LayoutError, NameFacts, render};

fn layout(delimiter: &str, date_format: &str) -> Layout {
    let column = |value: &str, header: &str, codes: &[(&str, &str)]| Column {
        value: value.to_owned(),
        header: header.to_owned(),
        codes: codes.iter().map(|(ours, theirs)| ((*ours).to_owned(), (*theirs).to_owned())).collect(),
    };
    Layout {
        id: "return".to_owned(),
        kind: FileKind::ReturnFile,
        name_pattern: "RTF_{plan}_{npi}_{yyyymm}_{yyyymmdd}.csv".to_owned(),
        delimiter: delimiter.to_owned(),
        header_row: true,
        date_format: date_format.to_owned(),
        columns: vec![
            column("member.cin", "Member CIN", &[]),
            column("referral.state", "Referral Status", &[("provider-accepted", "A"), ("closed", "C")]),
            column("referral.state-on", "Date of Update", &[]),
            column("note", "Note", &[]),
        ],
    }
}

const FACTS: NameFacts<'static> = NameFacts { npi: "1234567893", plan: "valle-vista", day: date(2026, 3, 9) };

fn row(state: &str, note: &str) -> BTreeMap<String, String> {
    [
        ("member.cin", "94710382A"),
        ("referral.state", state),
        ("referral.state-on", "2026-02-28"),
        ("note", note),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

fn text(layout: &Layout, rows: &[BTreeMap<String, String>]) -> Result<String, LayoutError> {
    render(layout, rows, &FACTS).map(|file| String::from_utf8(file.bytes).expect("files are UTF-8"))
}

#[test]
fn values_take_the_plans_codes_dates_and_quoting() {
    let cases = [
        (",", "MM-DD-YYYY", "closed", "plain", "94710382A,C,02-28-2026,plain"),
        (",", "YYYYMMDD", "in-service", "a, b", "94710382A,in-service,20260228,\"a, b\""),
        (",", "MM/DD/YYYY", "closed", "said \"no\"", "94710382A,C,02/28/2026,\"said \"\"no\"\"\""),
        (",", "YYYY-MM-DD", "closed", "two\nlines", "94710382A,C,2026-02-28,\"two\nlines\""),
        (",", "YYYY-MM-DD", "closed", "=1+1", "94710382A,C,2026-02-28,'=1+1"),
        (",", "YYYY-MM-DD", "closed", "+1 559", "94710382A,C,2026-02-28,'+1 559"),
        (",", "YYYY-MM-DD", "closed", "-5", "94710382A,C,2026-02-28,'-5"),
        (",", "YYYY-MM-DD", "closed", "@x", "94710382A,C,2026-02-28,'@x"),
        (",", "YYYY-MM-DD", "closed", "\tx", "94710382A,C,2026-02-28,'\tx"),
        (";", "DD.MM.YYYY", "closed", "a;b,c", "94710382A;C;28.02.2026;\"a;b,c\""),
        ("|", "MM-DD-YYYY", "closed", "a, \"b\"", "94710382A|C|02-28-2026|a, \"b\""),
        ("|", "MM-DD-YYYY", "closed", "", "94710382A|C|02-28-2026|"),
        ("\t", "MM-DD-YYYY", "closed", "=x", "94710382A\tC\t02-28-2026\t'=x"),
    ];
    for (delimiter, format, state, note, expected) in cases {
        let layout = Layout { header_row: false, ..layout(delimiter, format) };
        assert_eq!(
            text(&layout, &[row(state, note)]),
            Ok(format!("{expected}\r\n")),
            "{delimiter:?} {format} {note:?}"
        );
    }
}

#[test]
fn the_file_has_the_plans_name_headers_and_type() {
    let file = render(&layout(",", "MM-DD-YYYY"), &[BTreeMap::new()], &FACTS).expect("a good layout");
    assert_eq!(file.name, "RTF_valle-vista_1234567893_202603_20260309.csv");
    assert_eq!(file.media_type, "text/csv; charset=utf-8");
    assert_eq!(file.bytes, b"Member CIN,Referral Status,Date of Update,Note\r\n,,,\r\n");
}

#[test]
fn what_cannot_be_written_is_refused_by_name() {
    let name = |pattern: &str| Layout { name_pattern: pattern.to_owned(), ..layout(",", "YYYYMMDD") };
    let id = || "return".to_owned();
    let in_value = || LayoutError::DelimiterInValue { layout: id(), row: 2, header: "Note".to_owned() };
    let cases = [
        (layout("|", "YYYYMMDD"), "a|b", in_value()),
        (layout("|", "YYYYMMDD"), "a\nb", in_value()),
        (layout("\t", "YYYYMMDD"), "a\tb", in_value()),
        (layout("", "YYYYMMDD"), "", LayoutError::Delimiter { layout: id() }),
        (layout("||", "YYYYMMDD"), "", LayoutError::Delimiter { layout: id() }),
        (layout("x", "YYYYMMDD"), "", LayoutError::Delimiter { layout: id() }),
        (layout("\n", "YYYYMMDD"), "", LayoutError::Delimiter { layout: id() }),
        (layout("\"", "YYYYMMDD"), "", LayoutError::Delimiter { layout: id() }),
        (layout(",", "DD Month YYYY"), "", LayoutError::DateFormat { layout: id() }),
        (layout(",", "MM-DD"), "", LayoutError::DateFormat { layout: id() }),
        (layout(",", "MM-DD-YYYY-DD"), "", LayoutError::DateFormat { layout: id() }),
        (Layout { columns: vec![], ..layout(",", "YYYYMMDD") }, "", LayoutError::NoColumns { layout: id() }),
        (name("../{plan}.csv"), "", LayoutError::Name { layout: id() }),
        (name("{cin}.csv"), "", LayoutError::Name { layout: id() }),
        (name(""), "", LayoutError::Name { layout: id() }),
    ];
    for (layout, note, expected) in cases {
        assert_eq!(text(&layout, &[row("closed", note)]), Err(expected));
    }
}
