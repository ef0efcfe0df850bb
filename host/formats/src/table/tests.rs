//! One table of two columns, and then everything that can be wrong with what is sent for it.

use domain::plan::profile::{PlanProfile, Table};
use domain::plan::types::Period;
use expect_test::{Expect, expect};
use jiff::civil::date;
use serde_json::json;

use super::{MOST_LISTED, Row, Sent, TableRefusal, TableRules, parse};

fn profile() -> PlanProfile {
    let text = json!({ "en": "Rates.", "es": "Tarifas." });
    let profile = json!({
        "plan_id": "test-plan", "name": "Test Plan", "version": "1.0.0", "lines": ["medi-cal"], "counties": ["SRV"],
        "languages": [], "modes": [], "elections": [], "criteria": [], "facts": [], "presumptive": [], "defaults": [],
        "turn_arounds": [], "rates": [], "claims": { "form": "invoice", "payer_id": "TP1", "filing_days": 180 },
        "requirements": [], "layouts": [], "delegates": [], "contacts": [], "calendar": [],
        "tables": [
            { "name": "rates", "keys": ["procedure"], "columns": ["procedure", "amount"], "text": text },
            { "name": "tiers", "keys": ["county", "utilization.ed-visits-6m"], "columns": ["tier", "utilization.ed-visits-6m", "county"], "text": text },
        ],
    });
    serde_json::from_value(profile).unwrap()
}

fn read(table: &str, sent: &Sent) -> Result<Vec<Row>, TableRefusal> {
    let profile = profile();
    let table: &Table = profile.tables.iter().find(|known| known.name == table).unwrap();
    let days = Period { first: date(2026, 7, 1), last: None };
    parse(sent, TableRules { table, profile: &profile, days: &days, today: date(2026, 3, 2) })
}

fn told(result: Result<Vec<Row>, TableRefusal>) -> String {
    match result {
        Ok(rows) => rows.iter().map(|row| format!("{} -> {}\n", row.key, row.cells.join(" | "))).collect(),
        Err(TableRefusal::Rows { read, bad, issues, unlisted }) => {
            let issues: String = issues
                .iter()
                .map(|issue| format!("{} [{}] {}; {}\n", issue.pointer, issue.rule, issue.problem, issue.fix))
                .collect();
            format!("{bad} of {read}, {unlisted} more\n{issues}")
        }
        Err(refusal) => format!("[{}] {refusal}\n", refusal.code()),
    }
}

#[track_caller]
fn csv(table: &str, file: &str, expected: Expect) {
    expected.assert_eq(&told(read(table, &Sent::Csv(file.as_bytes().to_vec()))));
}

#[track_caller]
fn objects(rows: &[&[(&str, &str)]], expected: Expect) {
    let rows = rows
        .iter()
        .map(|row| row.iter().map(|(name, cell)| ((*name).to_owned(), (*cell).to_owned())).collect());
    expected.assert_eq(&told(read("rates", &Sent::Json(rows.collect()))));
}

#[test]
fn rows_are_read_by_their_key() {
    csv(
        "rates",
        "\u{feff}amount,procedure\r\n 45.00 ,g9008 u8\r\n\r\n\"1,250.00\",G9008 GQ U8\r\n",
        expect![[r#"
            ["G9008 U8"] -> G9008 U8 | 45.00
            ["G9008 GQ U8"] -> G9008 GQ U8 | 1,250.00
        "#]],
    );
    csv(
        "tiers",
        "county,utilization.ed-visits-6m,tier\nSRV,04,high\nSRV,4,also\n",
        expect![[r#"
            ["SRV","4"] -> high | 4 | SRV
            ["SRV","4"] -> also | 4 | SRV
        "#]],
    );
    objects(
        &[&[("amount", "45.00"), ("procedure", "G9008 U8")]],
        expect![[r#"
            ["G9008 U8"] -> G9008 U8 | 45.00
        "#]],
    );
}

#[test]
fn a_file_must_hold_the_columns() {
    csv(
        "rates",
        "",
        expect![[r#"
            [empty] the file is empty; its first row must hold the names of the columns
        "#]],
    );
    csv(
        "rates",
        "G9008 U8,45.00\n",
        expect![[r#"
        [file-no-header] the first row holds none of the declared columns; put their names there and separate cells by commas
    "#]],
    );
    csv(
        "rates",
        "procedure,price,procedure\n",
        expect![[r#"
        [file-columns] the first row does not hold the declared columns; missing: amount; unknown: price; repeated: procedure
    "#]],
    );
    csv(
        "rates",
        "procedure,amount\n",
        expect![[r#"
        [no-rows] there is no row; a table without rows would take away what is in force
    "#]],
    );
    expect![[r#"
        [file-encoding] the file is not UTF-8 text; save it as CSV UTF-8
    "#]]
    .assert_eq(&told(read("rates", &Sent::Csv(b"proc\xff,amount\n".to_vec()))));
}

#[test]
fn everything_wrong_with_every_row_is_said_at_once() {
    csv(
        "rates",
        &format!(
            "procedure,amount\nG9008 U8,45.00\n,50.00\nG9008,50.00\nsomebody's name,1\nG9008 U8,45.00\nG9008 U8\nG9008 GQ U8,{}\nG0000 U9,\"4\n5\"\n",
            "9".repeat(201)
        ),
        expect![[r#"
            7 of 8, 0 more
            #cell=3,1 [key-empty] row 3, column procedure: the key is empty; fill the cell, or leave the row out
            #cell=4,1 [key-procedure] row 4, column procedure: the catalog has no such code and modifier set on those days; write a procedure of the catalog, such as G9008 U1
            #cell=5,1 [key-procedure] row 5, column procedure: procedure code must be a letter and four digits; write a HCPCS code and its modifiers, such as G9008 U1
            #row=6 [row-repeated] row 6: an earlier row says the same; leave it out
            #row=7 [cell-count] row 7: the number of its cells is 1 and not 2; give the row as many cells as the first row has
            #cell=8,2 [cell-length] row 8, column amount: the cell is longer than 200 characters; shorten it
            #cell=9,2 [control-character] row 9, column amount: the cell holds a line break or another control or bidirectional character; write it on one line
            #cell=9,1 [key-procedure] row 9, column procedure: the catalog has no such code and modifier set on those days; write a procedure of the catalog, such as G9008 U1
        "#]],
    );
    objects(
        &[
            &[("procedure", "G9008 U8"), ("amount", "45.00"), ("from/to", "x")],
            &[("amount", "45.00")],
            &[("procedure", "G9008 U8"), ("procedure", "G9008 U8"), ("amount", "")],
            &[("procedure", "G9008 U8"), ("amount", "")],
        ],
        expect![[r#"
            3 of 4, 0 more
            /rows/0/from~1to [column-unknown] row 1, column from/to: the profile declares no such column; leave it out; ⟦listTables⟧ lists the columns
            /rows/1/procedure [column-missing] row 2, column procedure: the column is missing; send every declared column, empty if it must be
            /rows/2/procedure [column-repeated] row 3, column procedure: the column is there twice; send it once
        "#]],
    );
}

#[test]
fn the_list_of_problems_ends() {
    let file = format!("procedure,amount\n{}", "none,1\n".repeat(MOST_LISTED + 30));
    match read("rates", &Sent::Csv(file.into_bytes())) {
        Err(TableRefusal::Rows { read: 130, bad: 130, issues, unlisted: 30 }) => {
            assert_eq!(issues.len(), MOST_LISTED)
        }
        other => panic!("{}", told(other)),
    }
}

#[test]
fn a_key_is_not_for_everybody() {
    let rows: String = (0..21).map(|tier| format!("SRV,4,{tier}\n")).collect();
    csv(
        "tiers",
        &format!("county,utilization.ed-visits-6m,tier\n{rows}"),
        expect![[r#"
        1 of 21, 0 more
        #row=22 [key-crowded] row 22: more than 20 rows share its key; keep fewer rows for one key
    "#]],
    );
}
