//! Member files: each row is taken or refused by itself, and a file that is none is refused whole.

use serde_json::{Value, json};

use super::coded;
use crate::harness::{Answer, Client, County, Database, Request, every, on_both_databases, same, text};

on_both_databases! {
    rows_of_a_member_file_are_refused_one_by_one
    files_that_are_none_are_refused_whole
}

/// A member file with these rows.
pub(super) fn member_file(rows: &[&str]) -> String {
    const HEADERS: &str = "CIN,Plan Member ID,Last Name,First Name,Date of Birth,Sex,Spoken Language,County,\
        Residential Address,City,Zip,Homelessness Indicator,Phone Number,Coverage Start Date,Coverage End Date,\
        Line of Business,Group Code,Dual Status Code,Renewal Month,PCP NPI";
    let mut file = format!("{HEADERS}\r\n");
    for row in rows {
        file += row;
        file += "\r\n";
    }
    file
}

/// A row of a member file, and everything that its sender is told of it.
struct FileRow {
    /// The cells; `…` stands for good ones up to the end.
    cells: &'static str,
    outcome: Outcome,
}

enum Outcome {
    Taken,
    Refused(Issue),
    /// It is taken without what it is warned of.
    Warned(&'static [Issue]),
}

/// Column, rule, problem and fix.
type Issue = [&'static str; 4];

const REST: &str = "U,en,SRV,,San Ravel,96191,Y,,2026-01-01,,medi-cal,,00,6,";

impl FileRow {
    fn text(&self) -> String {
        self.cells.replace('…', REST)
    }

    /// Issues of the row in the report's lists of refused rows and of warnings.
    fn expected(&self) -> [&[Issue]; 2] {
        match &self.outcome {
            Outcome::Taken => [&[], &[]],
            Outcome::Refused(issue) => [std::slice::from_ref(issue), &[]],
            Outcome::Warned(issues) => [&[], issues],
        }
    }
}

fn taken(cells: &'static str) -> FileRow {
    FileRow { cells, outcome: Outcome::Taken }
}

fn refused(
    cells: &'static str,
    column: &'static str,
    rule: &'static str,
    says: [&'static str; 2],
) -> FileRow {
    FileRow { cells, outcome: Outcome::Refused([column, rule, says[0], says[1]]) }
}

/// Warnings of row 15.
const WARNINGS: [Issue; 6] = [
    [
        "Zip",
        "zip-form",
        "this is no ZIP code; it was not kept",
        "write five digits, or five, a hyphen and four; keep leading zeros",
    ],
    [
        "Sex",
        "sex-unknown",
        "this is no sex that is known here; it was not kept",
        "write F, M, X or U, or the word",
    ],
    [
        "Homelessness Indicator",
        "homelessness-form",
        "this is neither Y nor N; it was not kept",
        "write Y, N or nothing",
    ],
    [
        "Renewal Month",
        "renewal-month-form",
        "this is no month; it was not kept",
        "write a number from 1 to 12",
    ],
    [
        "Phone Number",
        "phone-form",
        "this is no telephone number of the North American plan; it was not kept",
        "write ten digits, with the area code, and no filler",
    ],
    [
        "PCP NPI",
        "pcp-npi-form",
        "this is no national provider identifier; it was not kept",
        "write ten digits that begin with 1 or 2 and whose check digit is right",
    ],
];

/// Rows about numbers and names.
fn people() -> [FileRow; 8] {
    [
        taken("98000001A,R1,Good,One,1980-01-02,…"),
        refused(
            "98000002,R2,Short,Number,1980-01-02,…",
            "CIN",
            "cin-form",
            [
                "this is no client index number",
                "give a 9, seven digits and a letter, or the card number that begins with them",
            ],
        ),
        refused(
            "900-55-0101,R3,Social,Security,1980-01-02,…",
            "CIN",
            "cin-ssn",
            [
                "the number looks like a Social Security number, which is not kept here",
                "give the letter-ended client index number, and take Social Security numbers out of the export",
            ],
        ),
        refused(
            "90000000A,R4,Filler,Number,1980-01-02,…",
            "CIN",
            "cin-filler",
            ["the client index number is a filler of seven equal digits", "look the member's number up"],
        ),
        refused(
            "98000001A,R5,Good,Again,1980-01-02,…",
            "CIN",
            "duplicate-row",
            [
                "an earlier row has the same client index number and coverage start",
                "send one row for each coverage",
            ],
        ),
        refused(
            "98000003A,R6,No,Day,2026-02-30,…",
            "Date of Birth",
            "birth-date",
            [
                "this is no day of the calendar",
                "write the year in four digits: YYYY-MM-DD, MM/DD/YYYY or YYYYMMDD",
            ],
        ),
        refused(
            "98000004A,R7,Not,Born,2030-01-01,…",
            "Date of Birth",
            "birth-date",
            ["the birth date is in the future", "check the century of two-digit years in the export"],
        ),
        refused(
            "98000005A,R8,,Nameless,1980-01-02,…",
            "Last Name",
            "name-missing",
            ["there is no last name, or one that is no name", "give a name of 1 to 80 characters"],
        ),
    ]
}

/// Rows about coverage, and of other forms.
fn coverages() -> [FileRow; 8] {
    [
        refused(
            "98000006A,R9,Wrong,County,1980-01-02,U,en,ZZZ,,San Ravel,96191,Y,,2026-01-01,,medi-cal,,00,6,",
            "County",
            "county-unknown",
            [
                "the county is none that this host knows",
                "write the county's name, its code, the state's number or the FIPS code",
            ],
        ),
        refused(
            "98000007A,R10,Wrong,Line,1980-01-02,U,en,SRV,,San Ravel,96191,Y,,2026-01-01,,dental,,00,6,",
            "Line of Business",
            "line-unknown",
            [
                "the line of business is none of the plan's",
                "write one that the plan's profile declares, such as medi-cal",
            ],
        ),
        refused(
            "98000008A,R11,Back,Wards,1980-01-02,U,en,SRV,,San Ravel,96191,Y,,2026-06-01,2026-05-01,medi-cal,,00,6,",
            "Coverage End Date",
            "coverage-dates",
            ["coverage ends before it starts", "check both days; leave out a coverage that was voided"],
        ),
        refused(
            "98000009A,R12,Odd,Dual,1980-01-02,U,en,SRV,,San Ravel,96191,Y,,2026-01-01,,medi-cal,,77,6,",
            "Dual Status Code",
            "dual-status-unknown",
            [
                "this is no CMS dual status code",
                "write two digits such as 02, keep the leading zero, and write 00 for a member who is not in \
                 Medicare",
            ],
        ),
        refused(
            "98000010A,too,few,cells",
            "",
            "cell-count",
            [
                "the row has more or fewer cells than the header row",
                "give each row one cell for each header, and quote a cell that holds a comma",
            ],
        ),
        FileRow {
            cells: "98000011A,R14,Warned,About,1980-01-02,Q,en,SRV,,San Ravel,961,maybe,12,2026-01-01,,medi-cal,,00,13,12",
            outcome: Outcome::Warned(&WARNINGS),
        },
        taken("98000012A,R15,=cmd()|x,Formula,1980-01-02,…"),
        taken("98000013A,R16,Good,Last,1980-01-02,…"),
    ]
}

fn load(county: &County, client: &Client, file: impl Into<Vec<u8>>) -> Answer {
    let admin = &county.plan("costa-alta").admin;
    client.send(&Request::bytes("/v1/rosters", "text/csv", file).by(admin))
}

/// Issues of the row with that number in one of the report's lists.
fn told(report: &Value, list: &str, number: usize) -> Vec<[String; 4]> {
    let issues = report[list].as_array().into_iter().flatten();
    let words = ["/column", "/rule", "/problem", "/fix"];
    issues
        .filter(|issue| issue["row"] == number)
        .map(|issue| words.map(|name| text(issue, name).to_owned()))
        .collect()
}

/// Checks that the report says of a row what is expected, and does not quote it.
fn is_told(answer: &Answer, number: usize, row: &FileRow) -> Result<(), String> {
    let cin = row.cells.split(',').next().unwrap_or_default();
    if String::from_utf8_lossy(&answer.bytes).contains(cin) {
        return Err(format!("the report quotes row {number}"));
    }
    let found = ["refused", "warnings"].map(|list| told(&answer.json, list, number));
    let expected = row.expected().map(|issues| issues.iter().map(|issue| issue.map(str::to_owned)).collect());
    same(&format!("row {number}"), found, expected)
}

/// Checks that a list of the report is in the file's order, and says nothing besides what the rows expect.
fn assert_whole(report: &Value, list: &str, expected: usize) {
    let rows: Vec<Option<u64>> =
        report[list].as_array().expect("a list").iter().map(|issue| issue["row"].as_u64()).collect();
    assert_eq!(rows.len(), expected, "{list}");
    assert!(rows.is_sorted(), "{list}: {rows:?}");
}

fn rows_of_a_member_file_are_refused_one_by_one(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let rows: Vec<FileRow> = people().into_iter().chain(coverages()).collect();
    let lines: Vec<String> = rows.iter().map(FileRow::text).collect();
    let file = member_file(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    let answer = load(county, &client, file);
    // The first row stands under the headers.
    every(rows.iter().zip(2..), |(row, number)| is_told(&answer, number, row));
    let report = answer.with(201);
    assert_eq!(report["rows"], rows.len());
    let [refused, warned] =
        [0, 1].map(|list| rows.iter().map(|row| row.expected()[list].len()).sum::<usize>());
    assert_whole(&report, "refused", refused);
    assert_whole(&report, "warnings", warned);
    are_found(county, &client);
    let admin = &county.plan("costa-alta").admin;
    assert_eq!(client.read(admin, &format!("/v1/rosters/{}", text(&report, "/id"))), report);
}

/// Checks that people of good rows are loaded, with a warning or without, and people of bad ones are not.
fn are_found(county: &County, client: &Client) {
    let admin = &county.plan("costa-alta").admin;
    let searches = [
        ("98000001A", 200),
        ("98000011A", 200),
        ("98000013A", 200),
        ("98000003A", 404),
        ("98000007A", 404),
        ("98000010A", 404),
    ];
    every(searches, |(cin, status)| {
        let body = json!({ "cin": cin, "purpose": "treatment" });
        let request = Request::post("/v1/members/search", &body).by(admin);
        coded(client, &request, &[status], None).map(drop).map_err(|why| format!("{cin}: {why}"))
    });
}

fn files_that_are_none_are_refused_whole(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let admin = &county.plan("costa-alta").admin;
    let files = [
        ("an empty file", ""),
        ("other columns", "no,header,of,ours\n1,2,3,4\n"),
        ("no text", "\u{0}\u{1}\u{2}"),
    ];
    every(files, |(name, file)| {
        let request = Request::bytes("/v1/rosters", "text/csv", file).by(admin);
        let answer = coded(&client, &request, &[422], Some("bad-file"));
        let answer = answer.map_err(|why| format!("{name}: {why}"))?;
        same(name, text(&answer.json, "/errors/0/fix").is_empty(), false)
    });
}
