//! Plugins built against every contract version that has shipped, kept as they were, go on answering.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::harness::binary;

/// Version, plugin, digest of its bytes, cases. A line is added when a version ships, and none is ever
/// changed.
const SHIPPED: [(&str, &str, &str, u32); 1] =
    [("1.0.0", "valle-vista", "7a40daa2b72726e700aae7a6e270ca92b05274519dc4ee626e0fa423b3ea1ae0", 70)];

#[test]
fn every_shipped_plugin_passes_the_gate_as_it_was() {
    for (version, name, digest, _) in SHIPPED {
        let output = Command::new(binary())
            .args(["plugin", "check", "--json"])
            .arg(folder(version).join(format!("{name}.wasm")))
            .output()
            .expect("it runs");
        let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
        assert_eq!((&report["ok"], &report["digest"]), (&true.into(), &digest.into()), "{report:#}");
    }
}

#[test]
fn every_shipped_plugin_answers_its_cases_as_it_did() {
    for (version, name, _, cases_kept) in SHIPPED {
        let cases = fs::read_dir(folder(version).join("cases")).expect("cases are kept").flatten();
        let output = Command::new(binary())
            .args(["plugin", "test", "--json"])
            .arg(folder(version).join(format!("{name}.wasm")))
            .args(cases.map(|entry| entry.path()))
            .output()
            .expect("it runs");
        let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
        assert_eq!(report["examples"]["broken"], Value::Array(Vec::new()), "{version}: {report:#}");
        assert_eq!(report["examples"]["held"], cases_kept, "{version}");
    }
}

#[test]
fn every_kept_version_is_in_the_table() {
    let kept = fs::read_dir(folder("")).expect("they are kept").flatten();
    let mut kept: Vec<String> = kept.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    kept.sort();
    let mut known: Vec<&str> = SHIPPED.iter().map(|(version, ..)| *version).collect();
    known.dedup();
    assert_eq!(kept, known);
}

fn folder(version: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins/shipped").join(version)
}
