//! The pages of `docs/` that are to be followed: every command of theirs is run, in order.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::harness::{binary, folder_of_interpreted, folder_of_plugins, skip};

/// The demonstration county, serving on after its journeys.
struct Demonstration {
    child: Child,
    address: String,
}

impl Demonstration {
    /// Starts it with its keys in `keys`, and waits until the journeys are over.
    fn start(keys: &Path) -> Self {
        let mut demo = Command::new(binary());
        demo.args(["demo", "--listen", "127.0.0.1:0", "--plugins"]).arg(folder_of_plugins());
        demo.arg("--keys").arg(keys).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = demo.spawn().expect("the demonstration starts");
        let mut told = child.stdout.take().map(BufReader::new).expect("it is piped").lines();
        let docs = told
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.trim().strip_suffix("/docs").map(str::to_owned));
        let address = docs.expect("it says where it serves");
        let mut said = child.stderr.take().map(BufReader::new).expect("it is piped").lines();
        let serving = said.by_ref().map_while(Result::ok).any(|line| line.contains("serving on"));
        assert!(serving, "it serves on");
        Self { child, address }
    }
}

impl Drop for Demonstration {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The page as a script: blocks marked `sh` must succeed, those marked `sh fails` must not.
fn script_of(page: &str) -> String {
    let mut script = "set -euo pipefail\n".to_owned();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(mark) = line.strip_prefix("```").filter(|mark| mark.starts_with("sh")) else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let block = block.join("\n");
        let _ = match mark {
            "sh" => writeln!(script, "{block}"),
            "sh fails" => writeln!(script, "if (\n{block}\n); then echo 'it was to fail'; exit 9; fi"),
            _ => panic!("an unknown kind of block: {mark}"),
        };
    }
    script
}

#[test]
fn an_hour_is_enough_for_a_plans_rules() {
    const TEST: &str = "docs::an_hour_is_enough_for_a_plans_rules";
    let tools = folder_of_interpreted().join("js");
    if !tools.join("node_modules/@bytecodealliance/componentize-js").is_dir() {
        return skip(TEST, "the tools for plugins in js are not here; see cargo xtask interpreted");
    }
    // Node looks for its packages in the folders above, so that nothing is installed again.
    let desk = tempfile::tempdir_in(&tools).expect("a temporary folder can be made");
    fs::create_dir_all(desk.path().join("target")).expect("a folder can be made");
    let programs = binary().parent().expect("it is in a folder").to_owned();
    symlink(programs, desk.path().join("target/debug")).expect("a link can be made");

    let demonstration = Demonstration::start(&desk.path().join("keys"));
    let page = include_str!("../docs/your-plans-rules-in-an-hour.md");
    let script = script_of(page)
        .replace("http://127.0.0.1:8080", &demonstration.address)
        .replace("npm install\n", "\n");
    let said = followed(&script, desk.path());

    // What the page says that one sees.
    let first = fs::read(desk.path().join("costa-alta/first.json")).expect("it was written");
    let first: Value = serde_json::from_slice(&first).expect("it is JSON");
    assert_eq!(first["state"], "needs-information");
    assert_eq!(first["asks"][0]["fact"], "plan.costa-alta.can-keep-food-cold", "{first:#}");
    let seen = [
        "It conforms.",
        "✗ example food can be kept cold: accepted:",
        "kind: expected \"accepted\", found \"needs-more\"",
        "needs-more > accepted  1",
        "\"rules_from\": \"2027-01-01\"",
        "costa-alta 1.0.0: 2 of 2 example cases hold",
        "today costa-alta decides with 1.0.0, in force since ",
        "  1.1.0 answers requests about 2027-01-01 and later days from ",
        "1.1.0 is active",
    ];
    for line in seen {
        assert!(said.contains(line), "nowhere stands {line}:\n{said}");
    }
    let changes = fs::read_to_string(desk.path().join("costa-alta/changes.csv")).expect("it was written");
    assert_eq!(changes.lines().count(), 2, "a header and one change: {changes}");
}

/// Does what a page says, and returns what was printed.
#[track_caller]
fn followed(script: &str, folder: &Path) -> String {
    let output = Command::new("bash")
        .args(["-c", script])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("bash can be run");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

#[test]
fn a_key_leads_to_a_paid_claim() {
    const TEST: &str = "docs::a_key_leads_to_a_paid_claim";
    let tools = ["curl", "jq"].map(|tool| Command::new(tool).arg("--version").output().is_ok());
    if tools.contains(&false) {
        return skip(TEST, "there is no curl or no jq");
    }
    let desk = tempfile::tempdir().expect("a temporary folder can be made");
    let demonstration = Demonstration::start(&desk.path().join("keys"));
    let script = script_of(include_str!("../docs/integrating.md"))
        .replace("http://127.0.0.1:8080", &demonstration.address);
    let said = followed(&script, desk.path());
    for seen in ["\"event\": \"accept\"", "\"by\": \"plan-rules\"", "\"by\": \"host\"", "EFT-2001"] {
        assert!(said.contains(seen), "nowhere stands {seen}:\n{said}");
    }
    let ignored =
        fs::read_to_string(desk.path().join("keys/.gitignore")).expect("the keys keep themselves out");
    assert_eq!(ignored, "*\n");
}
