//! Plugins that lie about their plan, and answers that are exactly as large as they may be.

use std::fmt::Write;
use std::fs;
use std::process::Command;

use expect_test::expect;
use serde_json::{Value, json};

use crate::harness::{County, Database, Server, asked, binary, facts, hostile, on_both_databases, text};

on_both_databases! {
    an_answer_at_a_limit_is_believed_and_one_beyond_it_is_not
}

const LIES: [&str; 7] = [
    "profile-ten-megabytes",
    "profile-many-criteria",
    "profile-doubled-ids",
    "profile-unknown-facts",
    "profile-two-delegates",
    "profile-same-delegate",
    "profile-closed-too-long",
];

#[test]
fn each_lie_is_told_by_its_place() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("lie.wasm");
    let mut table = String::new();
    for lie in LIES {
        fs::write(&file, hostile(lie)).expect("it can be written");
        let output = Command::new(binary()).args(["plugin", "check", "--json"]).arg(&file).output();
        let output = output.expect("the program can be run");
        assert_eq!(output.status.code(), Some(1), "{lie} was taken");
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let reasons = report["reasons"].as_array().expect("a list");
        let _ = writeln!(table, "{lie}: {} reasons", reasons.len());
        for reason in reasons.iter().take(1).chain(reasons.iter().skip(1).last()) {
            let word = |part| text(reason, part);
            let _ = writeln!(
                table,
                "  {} {}: {}; {}",
                word("/at"),
                word("/code"),
                word("/problem"),
                word("/fix")
            );
        }
    }
    expect![[r#"
        profile-ten-megabytes: 1 reasons
          profile.describe describe-fails: `describe` gave no profile: bad-output (: too large or not readable); keep the profile as small as an answer must be, with days that exist: rows of data go into tables
        profile-many-criteria: 1 reasons
          profile/criteria profile-invalid: it holds 5001 entries; keep it to 5000
        profile-doubled-ids: 3 reasons
          profile/criteria/3 profile-invalid: the id `hostile.coverage` is used twice; give each entry an id of its own
          profile/criteria/5 profile-invalid: the id `hostile.ecm.complex-need` is used twice; give each entry an id of its own
        profile-unknown-facts: 100 reasons
          profile/criteria/0/facts/0 profile-invalid: criterion `hostile.made-up-0` reads `made.up`, which is no fact of the dictionary and not declared under facts; use a code that `crosswalk plugin facts` lists, or declare it
          profile/criteria/1/facts/49 profile-invalid: criterion `hostile.made-up-1` reads `made.up`, which is no fact of the dictionary and not declared under facts; 49900 further problems are left out; use a code that `crosswalk plugin facts` lists, or declare it
        profile-two-delegates: 1 reasons
          profile/delegates/1/groups/0 profile-invalid: two delegates claim this group; give each group to one delegate
        profile-same-delegate: 1 reasons
          profile/delegates/1 profile-invalid: the id `same` is used twice; give each entry an id of its own
        profile-closed-too-long: 2 reasons
          profile/calendar/15/day profile-invalid: 2027-02-16 is closing day 11 of 2027 beyond the state's holidays; close on 10 days of a year at most
          profile/calendar/4/day profile-invalid: 2027-02-05 is closing day 5 in a row beyond the state's holidays; close on 4 days in a row at most, and work on a day before the next
    "#]].assert_eq(&table);
}

fn an_answer_at_a_limit_is_believed_and_one_beyond_it_is_not(database: Database) {
    let settings = [("CROSSWALK_PLUGIN_FAULTS", "21")];
    let county = County::of(Server::start_with(database, &settings), &["hostile-plan"]);
    let mut table = String::new();
    for list in ["referrals", "authorizations"] {
        for behavior in [
            "sentence-1",
            "sentence-2000",
            "sentence-2001",
            "findings-200",
            "findings-201",
            "asks-1",
            "asks-200",
            "asks-201",
            "note-2000",
            "note-2001",
            "note-5000000",
            "redirects-home",
        ] {
            if list == "authorizations" && behavior == "redirects-home" {
                continue;
            }
            let mut request = json!({
                "member": county.person("hostile-plan").named(), "service": "recuperative-care",
                "facts": facts(&[
                    ("clinical.needs-recovery-care", json!(true)),
                    ("plan.hostile-plan.behavior", json!(behavior)),
                ]),
            });
            if list == "authorizations" {
                request["lines"] = json!([asked("T2033 U6", 14, "2026-03-02", "2026-03-15")]);
            }
            let case = county.submit(county.key_of("hospital"), list, &request);
            let why = case.pointer("/why_people/code").and_then(Value::as_str).unwrap_or("believed");
            let _ = writeln!(table, "{list} {behavior}: {} {why}", text(&case, "/state"));
        }
    }
    expect![[r#"
        referrals sentence-1: not-eligible believed
        referrals sentence-2000: not-eligible believed
        referrals sentence-2001: with-people plugin-answer-refused
        referrals findings-200: not-eligible believed
        referrals findings-201: with-people plugin-answer-refused
        referrals asks-1: needs-information believed
        referrals asks-200: needs-information believed
        referrals asks-201: with-people plugin-answer-refused
        referrals note-2000: accepted believed
        referrals note-2001: with-people plugin-answer-refused
        referrals note-5000000: with-people plugin-fault
        referrals redirects-home: with-people plugin-answer-refused
        authorizations sentence-1: denied believed
        authorizations sentence-2000: denied believed
        authorizations sentence-2001: with-people plugin-answer-refused
        authorizations findings-200: denied believed
        authorizations findings-201: with-people plugin-answer-refused
        authorizations asks-1: pended believed
        authorizations asks-200: pended believed
        authorizations asks-201: with-people plugin-answer-refused
        authorizations note-2000: approved believed
        authorizations note-2001: with-people plugin-answer-refused
        authorizations note-5000000: with-people plugin-fault
    "#]]
    .assert_eq(&table);
}
