//! Each plan's plugin conforms and the example cases beside its rules hold, by the same command that an
//! author runs.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, str};

use serde_json::Value;

use crate::harness::{binary, folder_of_plugins};

#[test]
fn of_valle_vista() {
    assert_cases_hold("valle-vista");
}

#[test]
fn of_harbor_crest() {
    assert_cases_hold("harbor-crest");
}

#[test]
fn of_silver_oak() {
    assert_cases_hold("silver-oak");
}

/// Whoever adds a plan with cases, adds its test above.
#[test]
fn of_every_plan_that_has_some() {
    let plugins = fs::read_dir(source()).expect("the plugins' sources are there").flatten();
    let with_cases = plugins.filter(|entry| entry.path().join("cases/authorization.json").is_file());
    let mut names: Vec<String> =
        with_cases.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    assert_eq!(names, ["harbor-crest", "silver-oak", "valle-vista", "valle-vista-next"]);
}

fn assert_cases_hold(plan: &str) {
    let folder = source().join(plan).join("cases");
    let files = fs::read_dir(folder).expect("the plan has cases").flatten().map(|entry| entry.path());
    let files: Vec<PathBuf> =
        files.filter(|file| file.extension().is_some_and(|kind| kind == "json")).collect();
    assert!(files.len() >= 3, "there are cases for each of the plan's operations");
    let component = folder_of_plugins().join(format!("{plan}.wasm"));
    let mut command = Command::new(binary());
    let output =
        command.args(["plugin", "test", "--json"]).arg(component).args(files).output().expect("it runs");
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", str::from_utf8(&output.stderr).unwrap_or_default()));
    assert_eq!(report["examples"]["broken"], Value::Array(Vec::new()), "{report:#}");
    assert!(report["examples"]["held"].as_u64().is_some_and(|held| held >= 10), "{report:#}");
    assert_eq!(report["conforms"], true, "{report:#}");
    assert!(output.status.success());
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins/plans")
}
