//! Files that the SDKs of other languages have from Rust and from the contract, written by machine and kept
//! beside them so that nobody needs the machine to build a plugin.
//!
//! After a change of the contract or of `state_rules!`, `CROSSWALK_UPDATE=1 cargo xtask test plugins
//! --package silver-oak` writes them anew.

mod shapes;
mod typescript;

use std::path::Path;
use std::{env, fs};

use crosswalk_plan::Rule;

/// The state's rules, which every plan must use in full, are written once, in Rust; the other languages read
/// them as data.
#[test]
fn the_states_rules_are_these() {
    let rules: &[Rule] = crosswalk_plan::state_rules!("", room_and_board_days: 0);
    let rules = serde_json::to_string_pretty(rules).expect("rules are data");
    current("../../sdk/python/crosswalk_plan/state_rules.json", &format!("{rules}\n"));
    let module = format!(
        "// Written from the Rust SDK's `state_rules!`; not to be edited.\nexport default {rules};\n"
    );
    current("../../sdk/js/state-rules.js", &module);
}

#[test]
fn the_contracts_types_are_these() {
    current("../../sdk/js/contract.d.ts", &typescript::of(Path::new("../../../wit")));
}

#[test]
fn the_contracts_shapes_are_these() {
    let shapes = shapes::of(Path::new("../../../wit"));
    let shapes = serde_json::to_string_pretty(&shapes).expect("shapes are data");
    current("../../sdk/python/crosswalk_plan/shapes.json", &format!("{shapes}\n"));
    let module = format!(
        "// The contract's types as data, written from wit/; not to be edited.\nexport default {shapes};\n"
    );
    current("../../sdk/js/shapes.js", &module);
}

#[track_caller]
fn current(file: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if env::var_os("CROSSWALK_UPDATE").is_some() {
        fs::write(&path, expected).expect("the file can be written");
    }
    let found = fs::read_to_string(&path).expect("the file is there");
    assert!(found == expected, "{file} is not what it is written from; CROSSWALK_UPDATE=1 writes it anew");
}
