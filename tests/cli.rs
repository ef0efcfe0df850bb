//! The command line, start-up and shutdown.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use expect_test::expect;
use serde_json::{Value, json};

use crate::harness::{
    County, Database, Request, Server, binary, component, folder_of_plugins, hostile, on_both_databases, text,
};
use crate::journeys::ecm_referral;

on_both_databases! {
    a_service_asked_to_end_ends_well_and_starts_again
    the_operators_key_is_its_owners
}

fn crosswalk(arguments: &[&str], files: &[&Path]) -> Output {
    Command::new(binary()).args(arguments).args(files).output().expect("the program can be run")
}

fn plugin(name: &str) -> PathBuf {
    folder_of_plugins().join(format!("{name}.wasm"))
}

fn json_of(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn a_good_plugin_is_checked() {
    for name in ["valle-vista", "harbor-crest", "silver-oak", "costa-alta"] {
        let output = crosswalk(&["plugin", "check", "--json"], &[&plugin(name)]);
        let report = json_of(&output);
        assert!(output.status.success(), "{report:#}");
        assert_eq!((report["ok"].as_bool(), &report["reasons"]), (Some(true), &json!([])));
        assert_eq!(report["size_bytes"], component(name).len());
        assert_eq!(text(&report, "/digest").len(), 64);
        let output = crosswalk(&["plugin", "check"], &[&plugin(name)]);
        assert!(output.status.success());
        assert!(String::from_utf8_lossy(&output.stdout).contains("would be taken"));
    }
}

/// A no for medical reasons under another name is a warning at the first look, by the operation that gives
/// it, and a failed check of the kit.
#[test]
fn a_plugin_that_hides_a_clinical_no_is_told() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("veiled.wasm");
    for (mode, told) in [
        ("denies-for-coverage", json!([])),
        ("denies-for-need", json!(["adjudicate", "determine", "triage"])),
        ("redirects-for-nothing", json!(["triage"])),
        ("redirects-for-coverage", json!([])),
        ("rejects-as-needless", json!(["adjudicate"])),
        ("pays-nothing-for-need", json!(["adjudicate"])),
        ("pays-half-by-contract", json!([])),
    ] {
        fs::write(&file, hostile(mode)).expect("it can be written");
        let output = crosswalk(&["plugin", "check", "--json"], &[&file]);
        let report = json_of(&output);
        assert!(output.status.success(), "{mode}: it would be taken, since the host does not believe it");
        let warnings = report["warnings"].as_array().expect("a list").iter();
        let warned: Vec<&Value> = warnings
            .filter(|warning| warning["code"] == "denial-kind")
            .map(|warning| &warning["at"])
            .collect();
        assert_eq!(json!(warned), told, "{mode}: {report:#}");
    }
    fs::write(&file, hostile("rejects-as-needless")).expect("it can be written");
    let output = crosswalk(&["plugin", "test", "--json", "--on", "2026-03-02"], &[&file]);
    assert_eq!(output.status.code(), Some(1));
    let receipt = json_of(&output);
    let checks = receipt["checks"].as_array().expect("a list").iter();
    let failed: Vec<&str> =
        checks.filter(|check| check["failed"] != 0).map(|check| text(check, "/id")).collect();
    assert_eq!(failed, ["denial-kinds"], "{receipt:#}");
}

#[test]
fn a_bad_plugin_is_checked_with_every_reason() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let made = |name: &str, bytes: &[u8]| {
        let file = folder.path().join(name);
        fs::write(&file, bytes).expect("it can be written");
        file
    };
    let mut reasons = String::new();
    for file in [
        plugin("imports-clock"),
        plugin("lacks-profile"),
        plugin("wrong-type"),
        made("empty.wasm", b""),
        made("text.wasm", b"fn main() {}"),
        made("module.wasm", b"\0asm\x01\0\0\0"),
    ] {
        let output = crosswalk(&["plugin", "check", "--json"], &[&file]);
        assert_eq!(output.status.code(), Some(1), "{}", file.display());
        let report = json_of(&output);
        assert_eq!(report["ok"], false);
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        for reason in report["reasons"].as_array().expect("a list") {
            assert!(!text(reason, "/problem").is_empty() && !text(reason, "/fix").is_empty());
            reasons += &format!("{name}: {} at {}\n", text(reason, "/code"), text(reason, "/at"));
        }
    }
    expect![[r#"
        imports-clock.wasm: import at crosswalk:clock/wall-clock
        lacks-profile.wasm: lacks-profile at profile
        wrong-type.wasm: wrong-type at profile.describe
        empty.wasm: empty at upload
        text.wasm: not-web-assembly at upload
        module.wasm: core-module at upload
    "#]]
    .assert_eq(&reasons);
}

#[test]
fn a_plugin_describes_its_plan() {
    let output = crosswalk(&["plugin", "describe"], &[&plugin("costa-alta")]);
    assert!(output.status.success());
    let profile = json_of(&output);
    assert_eq!(text(&profile, "/plan_id"), "costa-alta");
    let served = County::shared(Database::Sqlite);
    let served = served.client().read(&served.plan("costa-alta").admin, "/v1/plans/costa-alta/profile");
    assert_eq!(profile, served, "the service shows the same");
    let output = crosswalk(&["plugin", "describe"], &[&plugin("lacks-profile")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("crosswalk: "));
}

#[test]
fn broken_example_cases_are_told() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("cases.json");
    fs::write(&file, "{").expect("it can be written");
    let output = crosswalk(&["plugin", "test"], &[&plugin("valle-vista"), &file]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!output.stderr.is_empty());
    let output = crosswalk(&["plugin", "test"], &[&plugin("valle-vista"), &folder.path().join("none.json")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("none.json"));
}

#[test]
fn a_receipt_is_for_people_and_for_machines() {
    let good = crosswalk(&["plugin", "test", "--json", "--on", "2026-03-02"], &[&plugin("silver-oak")]);
    assert!(good.status.success() && good.stderr.is_empty(), "it is quiet where nobody watches");
    let receipt = json_of(&good);
    assert_eq!(receipt["conforms"], true, "{receipt:#}");
    assert_eq!(text(&receipt, "/digest").len(), 64);
    assert_eq!(
        (text(&receipt, "/contract"), text(&receipt, "/on"), &receipt["kit"]),
        ("crosswalk:plan@1.0.0", "2026-03-02", &json!(2))
    );
    let table = crosswalk(&["plugin", "test"], &[&plugin("silver-oak")]);
    let table = String::from_utf8_lossy(&table.stdout).into_owned();
    assert!(table.contains("denials-explained") && table.trim_end().ends_with("It conforms."), "{table}");
}

#[test]
fn a_plugin_that_does_not_conform_is_told_with_the_smallest_case() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("undeclared.wasm");
    fs::write(&file, hostile("undeclared")).expect("it can be written");
    let output = crosswalk(&["plugin", "test", "--json", "--on", "2026-03-02"], &[&file]);
    assert_eq!(output.status.code(), Some(1));
    let receipt = json_of(&output);
    assert_eq!(receipt["conforms"], false);
    let checks = receipt["checks"].as_array().expect("a list").iter();
    let failed: Vec<&Value> = checks.filter(|check| check["failed"] != 0).collect();
    let [failed] = failed[..] else { panic!("{receipt:#}") };
    assert_eq!(text(failed, "/id"), "declared-only");
    assert!(text(failed, "/failing/wrong").contains("declared-criterion"), "{failed:#}");

    // The case can stand in a file of example cases as it is, and is shown to people too.
    let cases = folder.path().join("cases.json");
    fs::write(&cases, json!({ "cases": [failed["failing"]["case"]] }).to_string())
        .expect("it can be written");
    let again = json_of(&crosswalk(&["plugin", "test", "--json"], &[&file, &cases]));
    assert_eq!(again["examples"]["held"], 1, "it expects nothing yet");
    let output = crosswalk(&["plugin", "test"], &[&file]);
    assert_eq!(output.status.code(), Some(1));
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(table.contains("\"operation\": \"triage\"") && table.contains("1 of 16 checks fail"), "{table}");
}

#[test]
fn the_day_of_a_run_is_a_day() {
    let output = crosswalk(&["plugin", "test", "--on", "tomorrow"], &[&plugin("silver-oak")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--on"));
    let help = crosswalk(&["plugin", "test", "--help"], &[]);
    assert!(String::from_utf8_lossy(&help.stdout).contains("Exits with 0 if the component conforms"));
}

#[test]
fn the_description_is_the_served_one() {
    let output = crosswalk(&["openapi"], &[]);
    assert!(output.status.success());
    let served = County::shared(Database::Sqlite).client().send(&Request::get("/openapi.json"));
    assert_eq!(served.header("content-type"), "application/json");
    assert_eq!(json_of(&output), served.json);
    assert!(text(&served.json, "/openapi").starts_with("3.1"));
}

#[test]
fn a_record_is_filled_once_and_tells_how_far_it_is() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let data = folder.path().join("data");
    let generate = |more: &[&str]| {
        let arguments = ["generate", "--cases", "60", "--today", "2026-03-02", "--data"];
        Command::new(binary()).args(arguments).arg(&data).args(more).output().expect("the program can be run")
    };
    let unread = generate(&["--plan-mix", "valle-vista"]);
    let said = String::from_utf8_lossy(&unread.stderr).into_owned();
    assert!(said.contains("`valle-vista` must be a plan and its share"), "{said}");

    let first = generate(&["--plan-mix", "valle-vista=70,harbor-crest=30", "--seed", "7"]);
    let said = String::from_utf8_lossy(&first.stderr).into_owned();
    assert_eq!(first.status.code(), Some(0), "{said}");
    assert!(said.contains("members: 30, ") && said.contains("cases: 60, "), "{said}");
    assert!(data.join("operator.key").exists(), "the operator has a way in");

    let second = generate(&[]);
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(second.status.code(), Some(1), "{said}");
    assert!(said.contains("has cases or members already") && said.contains("empty data directory"), "{said}");
}

#[test]
fn a_folder_serves_one_process() {
    let server = Server::start(Database::Sqlite);
    let mut second = Command::new(binary());
    second.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(server.folder());
    let output = second.output().expect("the program can be run");
    assert_eq!(output.status.code(), Some(1));
    let sentence = String::from_utf8_lossy(&output.stderr).into_owned();
    let last = sentence.lines().last().unwrap_or_default();
    assert!(last.starts_with("crosswalk: ") && last.split(' ').count() > 4, "a sentence: {sentence}");
    assert!(!last.contains("os error"), "in words of ours: {sentence}");
    assert_eq!(server.client().send(&Request::get("/readyz")).status, 200, "the first goes on");
}

#[test]
fn what_cannot_be_served_is_said() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("file");
    fs::write(&file, "").expect("it can be written");
    let listening = Server::start(Database::Sqlite);
    let taken = listening.address.strip_prefix("http://").expect("an address of ours");
    let other = folder.path().join("other");
    for arguments in [
        vec!["serve", "--listen", "127.0.0.1:0", "--data", file.to_str().expect("UTF-8")],
        vec!["serve", "--listen", taken, "--data", other.to_str().expect("UTF-8")],
        vec!["serve", "--listen", "nowhere"],
        vec![
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--data",
            other.to_str().expect("UTF-8"),
            "--database-url",
            "nonsense",
        ],
    ] {
        let output = Command::new(binary()).args(&arguments).output().expect("the program can be run");
        assert!(!output.status.success(), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!said.contains("panicked"), "{arguments:?}: {said}");
    }
}

fn a_service_asked_to_end_ends_well_and_starts_again(database: Database) {
    let mut county = County::of(Server::start(database), &["valle-vista"]);
    let key = county.key_of("open-door").to_owned();
    let case = county.submit(&key, "referrals", &ecm_referral(&county.person("valle-vista")));
    let status = county.server.terminate();
    assert_eq!(status.code(), Some(0), "{}", county.server.log());
    county.server.start_again();
    assert_eq!(county.again(&key, &case)["state"], case["state"]);
    assert_eq!(county.client().send(&Request::get("/readyz")).status, 200);
    let plans = county.client().read(&key, "/v1/plans");
    assert_eq!(plans["items"][0]["active"]["digest"], county.plan("valle-vista").digest);
}

fn the_operators_key_is_its_owners(database: Database) {
    let mut server = Server::start(database);
    let file = server.folder().join("operator.key");
    let mode = fs::metadata(&file).expect("the key is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let operator = server.operator.clone();
    server.client().read(&operator, "/v1/organizations");
    server.start_again();
    server.client().read(&operator, "/v1/organizations");
    assert_eq!(fs::read_to_string(&file).expect("the key is there").trim(), operator, "it is made once");
    assert!(!server.log().contains(&operator));
}
