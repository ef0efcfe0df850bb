//! Plans without a programmer: a rules file becomes a plugin, and what is wrong with one is shown where it
//! is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{binary, component, folder_of_plugins, said, succeeded, text};

/// A folder with the rules file that the documentation shows, changed here and there.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn with(changes: &[(&str, &str)]) -> Self {
        let page = include_str!("../docs/rules-file.md");
        let (_, rest) = page.split_once("```toml\n").expect("the page has an example");
        Self::of(rest.split_once("```").expect("the example ends").0, changes)
    }

    fn of(rules: &str, changes: &[(&str, &str)]) -> Self {
        let mut rules = rules.to_owned();
        for (from, to) in changes {
            assert!(rules.contains(from), "the rules have no {from}");
            rules = rules.replacen(from, to, 1);
        }
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        fs::write(folder.path().join("plan.toml"), rules).expect("it can be written");
        Self { folder }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(binary());
        command.current_dir(self.folder.path()).arg("plugin").args(arguments);
        command.output().expect("the program can be run")
    }

    #[track_caller]
    fn succeed(&self, arguments: &[&str]) -> String {
        succeeded(arguments, self.run(arguments))
    }

    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.succeed(arguments)).expect("it is JSON")
    }

    fn bytes(&self, file: &str) -> Vec<u8> {
        fs::read(self.folder.path().join(file)).expect("it was made")
    }
}

/// The plugin that a plan's rules file makes, changed here and there.
pub(crate) fn made_of(rules: &str, changes: &[(&str, &str)]) -> Vec<u8> {
    let desk = Desk::of(rules, changes);
    desk.succeed(&["from-rules", "--out", "made.wasm", "plan.toml"]);
    desk.bytes("made.wasm")
}

fn guest() -> PathBuf {
    folder_of_plugins().join("../guest/rules.wasm")
}

const PLUGIN: &str = "build/mesa-clara.wasm";

#[test]
fn a_rules_file_becomes_a_plugin_that_conforms() {
    let desk = Desk::with(&[]);
    let made = desk.succeed(&["from-rules", "plan.toml"]);
    assert!(made.starts_with(&format!("{PLUGIN} (")), "{made}");
    let checked = desk.json(&["check", "--json", PLUGIN]);
    assert_eq!((&checked["ok"], &checked["tier"]), (&json!(true), &json!("compiled")), "{checked:#}");
    assert_eq!(
        checked["exports"],
        json!(["profile", "referral", "authorization", "billing", "credentialing"])
    );
    let receipt = desk.json(&["test", "--json", "--on", "2026-03-02", PLUGIN]);
    assert_eq!(receipt["conforms"], true, "{receipt:#}");
}

/// Whoever makes it, and whenever: of one file and guest there is one plugin.
#[test]
fn the_same_file_makes_the_same_bytes() {
    let desk = Desk::with(&[]);
    let (guest, named) = (guest(), "named.wasm");
    let guest = guest.to_str().expect("it is text");
    let first = desk.json(&["from-rules", "--json", "plan.toml"]);
    let again = desk.json(&["from-rules", "--json", "--guest", guest, "--out", named, "plan.toml"]);
    assert_eq!(text(&first, "/digest"), text(&again, "/digest"));
    assert_eq!(desk.bytes(PLUGIN), desk.bytes(named));

    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins/plans/harbor-crest/plan.toml");
    desk.succeed(&["from-rules", "--out", named, sample.to_str().expect("it is text")]);
    assert!(desk.bytes(named) == component("harbor-crest"), "the sample plan is what its file says");
}

#[test]
fn only_what_is_automated_is_exported() {
    let people = [("authorization = \"decides\"\n", ""), ("billing = \"advises\"", "billing = \"people\"")];
    let desk = Desk::with(&people);
    desk.succeed(&["from-rules", "plan.toml"]);
    let checked = desk.json(&["check", "--json", PLUGIN]);
    assert_eq!(checked["exports"], json!(["profile", "referral", "credentialing"]), "{checked:#}");
    let receipt = desk.json(&["test", "--json", "--on", "2026-03-02", PLUGIN]);
    assert_eq!(receipt["conforms"], true, "{receipt:#}");

    let none = [("referral = \"decides\"\n", ""), ("credentialing = \"decides\"\n", "")];
    let desk = Desk::with(&[people, none].concat());
    desk.succeed(&["from-rules", "plan.toml"]);
    assert_eq!(desk.json(&["check", "--json", PLUGIN])["exports"], json!(["profile"]));
}

/// A D-SNP's members have CICM in the place of ECM.
#[test]
fn a_service_can_take_the_place_of_another() {
    let desk = Desk::with(&[
        ("lines = [\"medi-cal\"]", "lines = [\"d-snp\", \"medi-cal\"]"),
        ("services = [\"ecm\",", "services = [\"cicm\", \"ecm\","),
        (
            "[[contact]]",
            r#"[[redirect]]
service = "ecm"
line = "d-snp"
to-service = "cicm"
criterion = "mc.delegate"
reason.en = "A member of a D-SNP has integrated care management here."
reason.es = "Un miembro de un D-SNP recibe aquí el manejo integrado de la atención."

[[contact]]"#,
        ),
    ]);
    desk.succeed(&["from-rules", "plan.toml"]);
    let case = |name: &str, line: &str, group: Option<&str>, expect: Value| {
        json!({
            "name": name, "operation": "triage", "expect": expect,
            "context": { "coverage": {
                "line": line, "days": { "first": "2026-01-01" }, "dual_status": "02", "other_d_snp": false,
                "group": group,
            } },
        })
    };
    let referrer = json!({ "npi": "1234567893", "kinds": [], "taxonomies": [], "counties": ["SRV"], "contracted": true });
    let cases = json!({
        "base": {
            "request": {
                "id": "example", "service": "ecm", "populations": ["homelessness"], "urgency": "standard",
                "member": { "birth_date": "1948-11-02", "county": "SRV", "language": "es" },
                "referrer": referrer, "facts": [], "documents": [],
            },
            "context": {
                "as_of": "2026-03-02", "today": "2026-03-02", "received": "2026-03-02T17:00:00Z",
                "history": [], "capacity": [], "open_cases": [], "tables": [],
            },
        },
        "cases": [
            case("of a D-SNP: to CICM", "d-snp", None, json!({
                "kind": "redirected", "to": { "service": "cicm" }, "findings": { "mc.delegate": "not-met" },
            })),
            case("of a delegate: there", "medi-cal", Some("NFK1"), json!({
                "kind": "redirected", "to": { "delegate": "north-fork" }, "findings": { "mc.delegate": "not-met" },
            })),
            case("of the plan: asked about", "medi-cal", Some("OTHER"), json!({ "kind": "needs-more" })),
        ],
    });
    fs::write(desk.folder.path().join("cases.json"), cases.to_string()).expect("it can be written");
    let receipt = desk.json(&["test", "--json", "--on", "2026-03-02", PLUGIN, "cases.json"]);
    assert_eq!(receipt["examples"]["broken"], json!([]), "{receipt:#}");
    assert_eq!(
        (&receipt["examples"]["held"], &receipt["conforms"]),
        (&json!(3), &json!(true)),
        "{receipt:#}"
    );
}

#[test]
fn what_is_wrong_is_shown_by_line_and_column() {
    let desk =
        Desk::with(&[("clinical.hba1c >= 9.0", "clinical.hba1x >= 9.0"), ("amount = \"98.50\", ", "")]);
    let refused = desk.run(&["from-rules", "plan.toml"]);
    assert_eq!(refused.status.code(), Some(1));
    let lines = String::from_utf8(refused.stdout).expect("it is text");
    let expected = [
        "plan.toml:39:9: there is no fact `clinical.hba1x`; fix: did you mean `clinical.hba1c`?",
        "plan.toml:100:5: `amount` is missing; fix: add `amount`, dollars and cents in quotes, such as \"103.90\"",
    ];
    assert_eq!(lines.lines().collect::<Vec<_>>(), expected);
    assert!(!desk.folder.path().join(PLUGIN).exists(), "nothing is made of it");

    let report = desk.run(&["from-rules", "--check", "--json", "plan.toml"]);
    let report: Value = serde_json::from_slice(&report.stdout).expect("it is JSON");
    assert_eq!((&report["ok"], &report["problems"][0]["line"]), (&json!(false), &json!(39)), "{report:#}");
    assert_eq!(report["problems"][1]["column"], 5);

    // The same where a plugin is built from its folder.
    let built = desk.run(&["build", "."]);
    assert!(!built.status.success() && said(&built).contains("plan.toml:39:9: "), "{}", said(&built));
    let good = Desk::with(&[]).succeed(&["from-rules", "--check", "plan.toml"]);
    assert!(
        good.starts_with("plan.toml: nothing is wrong\n"),
        "what has no effect is named after that: {good}"
    );
}

#[test]
fn a_guest_is_no_plan_and_a_plan_is_no_guest() {
    let desk = Desk::with(&[]);
    let guest = guest();
    let bare = desk.run(&["check", guest.to_str().expect("it is text")]);
    assert!(!bare.status.success() && said(&bare).contains("not the id of a plan"), "{}", said(&bare));
    for (plugin, why) in [("harbor-crest", "carries rules already"), ("valle-vista", "no slot for rules")] {
        let plugin = folder_of_plugins().join(format!("{plugin}.wasm"));
        let refused = desk.run(&["from-rules", "--guest", plugin.to_str().expect("it is text"), "plan.toml"]);
        assert!(!refused.status.success() && said(&refused).contains(why), "{}", said(&refused));
    }
}
