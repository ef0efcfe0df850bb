//! A plan's member file: it says what it says, however it is written.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::compile_bombs::memory_peak_mib;
use crate::harness::{
    BORN, COUNTY, County, Database, FAMILY, GIVEN, Person, Request, Server, on_both_databases, text, until,
};

on_both_databases! {
    a_language_is_read_by_the_table_and_what_is_unreadable_leaves_what_is_known
    a_corrected_first_day_replaces_the_span_that_it_overlaps
    a_file_is_read_however_it_is_written
    what_cannot_be_read_is_refused_with_a_fix
    columns_of_others_are_kept_aside_for_the_plan
    a_long_file_is_loaded_behind_its_answer_and_stops_nobody
    a_file_of_any_size_takes_so_much_memory_and_makes_nobody_wait
}

const HEADER: &str = "CIN,Last Name,First Name,Date of Birth,County,Coverage Start Date";

/// Sends a file for a plan, as bytes of a media type.
#[track_caller]
fn upload(county: &County, plan: &str, media_type: &str, file: impl Into<Vec<u8>>) -> Value {
    let request = Request::bytes("/v1/rosters", media_type, file).by(&county.plan(plan).admin);
    county.client().send(&request).with(201)
}

/// The member as the plan sees it.
fn member(county: &County, plan: &str, cin: &str) -> Value {
    let search = json!({ "cin": cin, "purpose": "operations" });
    let request = Request::post("/v1/members/search", &search).by(&county.plan(plan).admin);
    county.client().send(&request).with(200)
}

/// `row column rule` of each entry of a list.
fn issues(report: &Value, list: &str) -> Vec<String> {
    let issues = report[list].as_array().expect("a list").iter();
    let line = |issue: &Value| {
        assert!(!text(issue, "/fix").is_empty(), "{issue}");
        format!("{} {} {}", issue["row"], text(issue, "/column"), text(issue, "/rule"))
    };
    issues.map(line).collect()
}

/// Each row: the cell, the language after it, and whether the report says so. MEDS primary language codes;
/// ISO 639-2; a cell that nobody can read tells nothing, and neither does one that says that nothing is
/// known.
fn a_language_is_read_by_the_table_and_what_is_unreadable_leaves_what_is_known(database: Database) {
    let county = County::shared(database);
    let person = county.person("valle-vista");
    let cases: &[(&str, &str, &[&str])] = &[
        ("Spanish", "es", &[]),
        ("", "es", &[]),
        ("NULL", "es", &[]),
        ("SP", "es", &["2 Spoken Language language-form"]),
        ("Klingon", "es", &["2 Spoken Language language-form"]),
        ("9", "es", &[]),
        ("Decline to state", "es", &[]),
        ("V", "vi", &[]),
        ("ENG", "en", &[]),
        ("Mandarin", "cmn", &[]),
        ("es-mx", "es-MX", &[]),
        ("1", "es", &[]),
    ];
    for (place, (cell, language, warned)) in cases.iter().enumerate() {
        let file = format!(
            "{HEADER},Spoken Language,Plan Member ID\n{},{FAMILY},{GIVEN},{BORN},{COUNTY},2024-01-01,{cell},L{place}\n",
            person.cin
        );
        let report = upload(county, "valle-vista", "text/csv", file);
        assert_eq!(issues(&report, "warnings"), *warned, "{cell:?}");
        assert_eq!(text(&member(county, "valle-vista", &person.cin), "/language"), *language, "{cell:?}");
    }
    let file = format!("{HEADER}\n{},{FAMILY},{GIVEN},{BORN},{COUNTY},2024-01-01\n", person.cin);
    upload(county, "valle-vista", "text/csv", file);
    assert_eq!(
        text(&member(county, "valle-vista", &person.cin), "/language"),
        "es",
        "a file without the column"
    );
}

/// Each row: what a file says next, and the spans of the member's coverage after it. The newer day stands, so
/// an older file changes nothing.
fn a_corrected_first_day_replaces_the_span_that_it_overlaps(database: Database) {
    let county = County::shared(database);
    let person = county.person("valle-vista");
    /// First and last days, the day of which the file tells, new and changed spans, and the spans afterwards.
    type Case = (&'static [(&'static str, &'static str)], &'static str, (u64, u64), &'static str);
    let cases: [Case; 7] = [
        (&[("2024-02-01", "")], "", (0, 1), "2024-02-01.."),
        (&[("2023-11-01", "")], "", (0, 1), "2023-11-01.."),
        (&[("2024-03-01", "")], "2026-02-01", (0, 0), "2023-11-01.."),
        (&[("2023-11-01", "2025-12-31")], "", (0, 1), "2023-11-01..2025-12-31"),
        (&[("2026-02-01", "")], "", (1, 0), "2026-02-01.. 2023-11-01..2025-12-31"),
        (
            &[("2023-11-01", "2025-10-31"), ("2026-01-01", "")],
            "",
            (0, 2),
            "2026-01-01.. 2023-11-01..2025-10-31",
        ),
        (&[("2025-01-01", "")], "", (0, 1), "2025-01-01.."),
    ];
    for (rows, file_date, (new, changed), expected) in cases {
        let mut file = format!("{HEADER},Coverage End Date,File Date\n");
        for (first, last) in rows {
            file += &format!("{},{FAMILY},{GIVEN},{BORN},{COUNTY},{first},{last},{file_date}\n", person.cin);
        }
        let report = upload(county, "valle-vista", "text/csv", file);
        assert_eq!(report["refused"], json!([]), "{rows:?}");
        assert_eq!(
            (&report["coverages_new"], &report["coverages_changed"]),
            (&json!(new), &json!(changed)),
            "{rows:?}"
        );
        let seen = member(county, "valle-vista", &person.cin);
        let spans = seen["coverage"].as_array().expect("a list").iter();
        let spans: Vec<String> = spans
            .map(|span| format!("{}..{}", text(span, "/first"), span["last"].as_str().unwrap_or_default()))
            .collect();
        assert_eq!(spans.join(" "), expected, "{rows:?} of {file_date}");
        // What a file has no column for stays.
        assert_eq!(text(&seen, "/coverage/0/line"), "medi-cal");
        assert_eq!(text(&seen, "/coverage/0/dual_status"), "00", "{seen}");
    }
}

/// Each row: how the file is written. Each tells of another member under the words of a real member
/// information file.
fn a_file_is_read_however_it_is_written(database: Database) {
    const HEADERS: [&str; 8] = [
        "Medi-Cal Member Client Index Number (CIN)",
        "Member Last Name",
        "Member First Name ",
        "Member Date of Birth",
        "Medi-Cal Coverage County",
        "Coverage Start Date",
        "Member Gender Code",
        "Primary Phone Number",
    ];
    let county = County::shared(database);
    let cells = |person: &Person, born: &str, first: &str| -> [String; 8] {
        let county = format!("{} County", county_name());
        [&*person.cin, "Núñez", GIVEN, born, &*county, first, "Female", "209-555-0177"].map(str::to_owned)
    };
    let lines = |separator: &str, person: &Person, born: &str, first: &str| {
        format!(
            "Member Information File\nMarch\n\n{}\n{}\n",
            HEADERS.join(separator),
            cells(person, born, first).join(separator)
        )
    };
    let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let narrow = |text: &str| -> Vec<u8> {
        text.chars().map(|letter| u8::try_from(letter).expect("Latin-1")).collect()
    };
    let xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let [year, month, day] = BORN.split('-').collect::<Vec<_>>()[..] else { panic!("a day") };
    let short = |part: &str| part.trim_start_matches('0').to_owned();
    let slashes = format!("{}/{}/{year}", short(month), short(day));
    let number = day_number(BORN);
    for (name, media_type, separator, born, first, kind, encoding) in [
        ("tabs", "text/tab-separated-values", "\t", &*slashes, "1/1/2024", "text", "UTF-8"),
        ("pipes", "text/plain", "|", &*BORN.replace('-', ""), "20240101", "text", "UTF-8"),
        (
            "a time of day",
            "text/csv",
            ",",
            &*format!("{slashes} 12:00:00 AM"),
            "2024-01-01T00:00:00",
            "text",
            "UTF-8",
        ),
        ("spreadsheet days", "text/csv", ",", &*number, "45292", "text", "UTF-8"),
        ("Windows-1252", "text/csv", ",", BORN, "2024-01-01", "text", "windows-1252"),
        ("UTF-16", "text/csv", "\t", BORN, "2024-01-01", "text", "UTF-16LE"),
        ("XLSX", xlsx, "", &*number, "45292", "workbook", ""),
    ] {
        let person = county.person("harbor-crest");
        let text_of = || lines(separator, &person, born, first);
        let file = match name {
            "Windows-1252" => narrow(&text_of()),
            "UTF-16" => wide(&text_of()),
            "XLSX" => workbook(&[
                &["Members of March".to_owned()],
                &HEADERS.map(str::to_owned),
                &cells(&person, born, first),
            ]),
            _ => text_of().into_bytes(),
        };
        let report = upload(county, "harbor-crest", media_type, file);
        assert_eq!((&report["refused"], &report["warnings"]), (&json!([]), &json!([])), "{name}");
        assert_eq!((&report["rows"], &report["accepted"]), (&json!(1), &json!(1)), "{name}: {report}");
        assert_eq!(text(&report, "/read_as/kind"), kind, "{name}");
        assert_eq!(report["read_as"]["encoding"].as_str().unwrap_or_default(), encoding, "{name}");
        let seen = member(county, "harbor-crest", &person.cin);
        assert_eq!((text(&seen, "/family_name"), text(&seen, "/birth_date")), ("Núñez", BORN), "{name}");
        assert_eq!(text(&seen, "/coverage/0/first"), "2024-01-01", "{name}");
        assert_eq!(text(&seen, "/contact/phone/value"), "+12095550177", "{name}: {seen}");
    }
}

/// Each row: a cell and the rule that refuses its row. The row beside it is loaded.
fn what_cannot_be_read_is_refused_with_a_fix(database: Database) {
    let county = County::shared(database);
    for (place, (born, refused)) in [
        ("4/5/71", &["2 Date of Birth birth-date"][..]),
        ("1971", &["2 Date of Birth birth-date"]),
        ("5. April 1971", &["2 Date of Birth birth-date"]),
        ("1971-04-05", &[]),
    ]
    .into_iter()
    .enumerate()
    {
        let person = county.person("valle-vista");
        let file = format!(
            "{HEADER}\n9870{place:03}1A,Row,Broken,{born},{COUNTY},2024-01-01\n\
             {},{FAMILY},{GIVEN},{BORN},{COUNTY},2024-01-01\n",
            person.cin
        );
        let report = upload(county, "valle-vista", "text/csv", file);
        assert_eq!(issues(&report, "refused"), refused, "{born}");
        assert_eq!(report["accepted"], json!(2 - refused.len()), "{born}");
    }
    // A row in another encoding than the rest is refused alone.
    let person = county.person("valle-vista");
    let mut mixed = format!("{HEADER}\n9871001A,Muñoz,Ana,1971-04-05,{COUNTY},2024-01-01\n").into_bytes();
    mixed.extend(b"98710022A,Mu\xF1oz,Ana,1971-04-05,");
    mixed.extend(
        format!("{COUNTY},2024-01-01\n{},{FAMILY},{GIVEN},{BORN},{COUNTY},2024-01-01\n", person.cin).bytes(),
    );
    let report = upload(county, "valle-vista", "text/csv", mixed);
    assert_eq!(issues(&report, "refused"), ["2 CIN cin-form", "3  encoding"]);
    assert_eq!(report["accepted"], json!(1));

    let admin = &county.plan("valle-vista").admin;
    for (media_type, file, code) in [
        ("text/csv", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 an old workbook".to_vec(), "file-workbook"),
        ("text/csv", b"PK\x03\x04 a broken one".to_vec(), "file-workbook"),
        ("text/csv", b"CIN,Last Name,First Name\n".to_vec(), "file-columns"),
        ("text/plain", b"Dear plan,\nhere are our members.\n".to_vec(), "file-no-header"),
        ("text/plain", Vec::new(), "empty"),
    ] {
        let answer = county.client().send(&Request::bytes("/v1/rosters", media_type, file).by(admin));
        assert_eq!((answer.status, answer.code()), (422, "bad-file"), "{code}");
        assert_eq!(text(&answer.json, "/errors/0/code"), code);
        assert!(!text(&answer.json, "/errors/0/fix").is_empty(), "{code}");
    }
    let answer = county.client().send(&Request::bytes("/v1/rosters", "application/pdf", "x").by(admin));
    assert_eq!(answer.status, 415);
}

fn columns_of_others_are_kept_aside_for_the_plan(database: Database) {
    let county = County::shared(database);
    let person = county.person("valle-vista");
    let file = |number: &str, date: &str| {
        format!(
            "{HEADER},Authorization Number,Referring Organization,SSN,,File Date\n\
             {},{FAMILY},{GIVEN},{BORN},{COUNTY},2024-01-01,{number},Harbor Clinic,900-12-3456,,{date}\n",
            person.cin
        )
    };
    let report = upload(county, "valle-vista", "text/csv", file("A-17", "2026-03-01"));
    assert_eq!(report["refused"], json!([]));
    assert_eq!(
        report["columns_kept_aside"],
        json!(["Authorization Number", "Referring Organization", "(column 10 has no header)"])
    );
    assert_eq!(report["columns_left_out"], json!(["SSN"]), "a Social Security number is not kept");

    let id = text(&member(county, "valle-vista", &person.cin), "/id").to_owned();
    let path = format!("/v1/members/{id}/columns?purpose=operations");
    let seen = |key: &str| county.client().read(key, &path)["items"].clone();
    let cell = |column: &str, value: &str| json!({ "column": column, "value": value, "plan": "valle-vista", "told_on": "2026-03-01", "roster": report["id"] });
    let admin = &county.plan("valle-vista").admin;
    let kept = json!([cell("Authorization Number", "A-17"), cell("Referring Organization", "Harbor Clinic")]);
    assert_eq!(seen(admin), kept);
    // An older file does not take a newer one's place.
    upload(county, "valle-vista", "text/csv", file("A-16", "2026-02-01"));
    assert_eq!(seen(admin), kept);

    // Another plan of the member sees none of it.
    let rival = format!("{HEADER}\n{},{FAMILY},{GIVEN},{BORN},{COUNTY},2026-03-01\n", person.cin);
    upload(county, "harbor-crest", "text/csv", rival);
    let answer = county.client().send(&Request::get(&path).by(&county.plan("harbor-crest").admin));
    assert!(answer.status == 404 || answer.json["items"] == json!([]), "{}", answer.json);
}

/// A plan sends a long file, then a second and a short one. Each is answered at once with where to look; they
/// are loaded in their order; the second is cancelled while it waits, and nothing of it is there; others are
/// answered meanwhile.
fn a_long_file_is_loaded_behind_its_answer_and_stops_nobody(database: Database) {
    const ROWS: usize = 12_000;
    let county = County::of(Server::start(database), &["costa-alta", "valle-vista"]);
    let (client, admin) = (county.client(), &county.plan("costa-alta").admin);
    let send = |file: &str| client.send(&Request::bytes("/v1/rosters", "text/csv", file).by(admin));
    let (long, second, short) = (many("96", ROWS), many("97", 3_000), many("98", 2));

    let accepted = send(&long);
    assert_eq!(accepted.status, 202, "{}", accepted.json);
    let address = accepted.header("location").to_owned();
    assert_eq!(address, format!("/v1/rosters/{}", text(&accepted.json, "/id")));
    assert_eq!((text(&accepted.json, "/state"), &accepted.json["accepted"]), ("checking", &json!(ROWS)));
    assert_eq!(&accepted.json["rows_loaded"], &json!(0));
    let waiting = send(&second);
    assert_eq!((waiting.status, text(&waiting.json, "/state")), (202, "checking"));
    let behind = send(&short);
    assert_eq!(behind.status, 202, "a later file does not get ahead of an earlier one");

    // The same file again is the same file, however far it has come.
    assert_eq!(text(&send(&long).json, "/id"), text(&accepted.json, "/id"));
    // Another plan's file does not wait behind it.
    let person = county.person("valle-vista");
    let other = format!("{HEADER}\n{},{FAMILY},{GIVEN},{BORN},{COUNTY},2024-01-01\n", person.cin);
    upload(&county, "valle-vista", "text/csv", other);
    // Nor does anybody who only looks, and whose look is written down.
    assert_eq!(text(&member(&county, "valle-vista", &person.cin), "/language"), "en");

    let cancel = |id: &str, key: &str| {
        client.send(&Request::post(format!("/v1/rosters/{id}/cancellation"), &json!({})).by(key))
    };
    let waiting = text(&waiting.json, "/id");
    assert_eq!(
        cancel(waiting, &county.plan("valle-vista").admin).status,
        404,
        "another plan's file is not there"
    );
    assert_eq!(text(&cancel(waiting, admin).with(200), "/state"), "cancelled");
    assert_eq!(text(&cancel(waiting, admin).with(200), "/state"), "cancelled", "and stays so");

    let mut seen = Vec::new();
    let loaded = until("the long file to be loaded", || {
        let roster = client.read(admin, &address);
        seen.push((text(&roster, "/state").to_owned(), roster["rows_loaded"].as_u64().expect("a number")));
        (text(&roster, "/state") == "loaded").then_some(roster)
    });
    assert!(seen.is_sorted_by_key(|(_, rows)| *rows), "progress goes forward: {seen:?}");
    assert!(seen.iter().all(|(state, _)| ["checking", "loading", "loaded"].contains(&&**state)), "{seen:?}");
    assert_eq!((&loaded["members_new"], &loaded["coverages_new"]), (&json!(ROWS), &json!(ROWS)));
    assert_eq!(loaded["rows_loaded"], json!(ROWS));
    let short = format!("/v1/rosters/{}", text(&behind.json, "/id"));
    until("the short file to be loaded", || (client.read(admin, &short)["state"] == "loaded").then_some(()));

    let is_there = |cin: &str| {
        let search = json!({ "cin": cin, "purpose": "operations" });
        client.send(&Request::post("/v1/members/search", &search).by(admin)).status == 200
    };
    for (cin, there) in [
        ("96000000A", true),
        ("96011999A", true),
        ("98000001A", true),
        ("97000000A", false),
        ("97002999A", false),
    ] {
        assert_eq!(is_there(cin), there, "{cin}");
    }
    // What is loaded is not taken back; what was cancelled can be sent again.
    let refused = cancel(text(&accepted.json, "/id"), admin);
    assert_eq!((refused.status, text(&refused.json, "/errors/0/code")), (409, "loading-begun"));
    let again = send(&second);
    assert_ne!(text(&again.json, "/id"), waiting);
    let path = format!("/v1/rosters/{}", text(&again.json, "/id"));
    until("the file to be loaded", || (client.read(admin, &path)["state"] == "loaded").then_some(()));
    assert!(is_there("97000000A") && is_there("97002999A"));
}

/// Memory does not grow with a file: after one of 8,000 rows, one of three times as many, and a workbook that
/// holds as much, take hardly more. Meanwhile a search is answered in the time of a page.
fn a_file_of_any_size_takes_so_much_memory_and_makes_nobody_wait(database: Database) {
    const MOST_MIB: i64 = 96;
    const LONGEST: Duration = Duration::from_secs(5);
    let county = County::of(Server::start(database), &["costa-alta", "valle-vista"]);
    let (client, admin) = (county.client(), &county.plan("costa-alta").admin);
    let person = county.person("valle-vista");
    let load = |media_type: &str, file: Vec<u8>| {
        let accepted = client.send(&Request::bytes("/v1/rosters", media_type, file).by(admin));
        assert_eq!(accepted.status, 202, "{}", accepted.json);
        let address = accepted.header("location").to_owned();
        let mut longest = Duration::ZERO;
        until("the file to be loaded", || {
            let begun = Instant::now();
            member(&county, "valle-vista", &person.cin);
            longest = longest.max(begun.elapsed());
            (client.read(admin, &address)["state"] == "loaded").then_some(())
        });
        longest
    };
    load("text/csv", many("93", 8_000).into_bytes());
    let before = memory_peak_mib(&county);
    let (file, sheet) = (many("94", 24_000), sheet_of(&many("95", 24_000)));
    let workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    for (name, media_type, bytes) in
        [("text", "text/csv", file.into_bytes()), ("a workbook", workbook, sheet)]
    {
        let longest = load(media_type, bytes);
        let grown = memory_peak_mib(&county) - before;
        assert!(grown < MOST_MIB, "{name}: the host took {grown} MiB more");
        assert!(longest < LONGEST, "{name}: a search waited {longest:?}");
    }
}

/// The workbook of a file's lines.
fn sheet_of(file: &str) -> Vec<u8> {
    let lines: Vec<Vec<String>> =
        file.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
    let rows: Vec<&[String]> = lines.iter().map(Vec::as_slice).collect();
    workbook(&rows)
}

/// A member file of so many members whose numbers begin with `series`.
pub(crate) fn many(series: &str, rows: usize) -> String {
    let mut file = format!("{HEADER},Spoken Language,Sex,Zip,Phone Number\n");
    for row in 0..rows {
        file +=
            &format!("{series}{row:06}A,Row,Many,1980-01-02,{COUNTY},2026-01-01,es,F,96191,209-555-0100\n");
    }
    file
}

/// The number by which a spreadsheet counts a day.
fn day_number(day: &str) -> String {
    let day: jiff::civil::Date = day.parse().expect("a day");
    let days = jiff::civil::date(1899, 12, 30).until(day).expect("it is later").get_days();
    days.to_string()
}

/// The name of the tests' county.
fn county_name() -> &'static str {
    "San Ravel"
}

/// A workbook with one sheet of these rows. Cells that are numbers are written as numbers.
fn workbook(rows: &[&[String]]) -> Vec<u8> {
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let cell = |text: &String| match text.parse::<u32>() {
        Ok(number) => format!("<c><v>{number}</v></c>"),
        Err(_) => format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>"),
    };
    let rows: String = rows
        .iter()
        .map(|cells| format!("<row>{}</row>", cells.iter().map(cell).collect::<String>()))
        .collect();
    let parts = [
        (
            "xl/workbook.xml",
            "<workbook><sheets><sheet name=\"Members\" r:id=\"r1\"/></sheets></workbook>".to_owned(),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships><Relationship Id=\"r1\" Type=\"{kind}/worksheet\" Target=\"worksheets/a.xml\"/></Relationships>"
            ),
        ),
        ("xl/worksheets/a.xml", format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")),
    ];
    archive(&parts)
}

/// A ZIP archive whose parts are stored as they are.
fn archive(parts: &[(&str, String)]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    let size = |length: usize| u32::try_from(length).expect("it is small").to_le_bytes();
    let short = |number: usize| u16::try_from(number).expect("it is small").to_le_bytes();
    for (name, content) in parts {
        let start = bytes.len();
        let common = [
            &short(20)[..],
            &[0; 12],
            &size(content.len()),
            &size(content.len()),
            &short(name.len()),
            &short(0),
        ]
        .concat();
        bytes.extend([b"PK\x03\x04".as_slice(), &common, name.as_bytes(), content.as_bytes()].concat());
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
