//! `deny.toml`, kept without the program that it is for, and without a network.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::Path;

use serde_json::Value;
use toml::{Table, Value as Toml};

use super::{files, printed, read, root, table};
use crate::harness::text;

/// The workspaces: the service's, and the plugins'.
const WORKSPACES: [&str; 2] = ["", "plugins/"];

/// Source of every crate that is not ours.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Dependencies that no source names: crate, dependency, and why it is there all the same.
const UNNAMED: [(&str, &str, &str); 1] =
    [("store", "idna_adapter", "the version that reads host names without ICU, which sqlx would bring")];

/// A list of `deny.toml`, such as `bans` and `skip`.
fn list(section: &str, name: &str) -> Vec<Toml> {
    let found = table("deny.toml")[section][name].as_array().cloned();
    found.unwrap_or_else(|| panic!("deny.toml: {section}.{name} is no list"))
}

fn word<'a>(entry: &'a Toml, name: &str) -> &'a str {
    entry.get(name).and_then(Toml::as_str).unwrap_or_default()
}

/// Packages of a workspace as they are built on this machine, and who depends on whom directly.
fn metadata(workspace: &str) -> Value {
    let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let version = printed(&cargo, &["--version", "--verbose"]).expect("cargo can be run");
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("cargo says its host");
    let manifest = format!("{workspace}Cargo.toml");
    let metadata = printed(
        &cargo,
        &[
            "metadata",
            "--offline",
            "--locked",
            "--format-version=1",
            "--filter-platform",
            host,
            "--manifest-path",
            &manifest,
        ],
    );
    let metadata =
        metadata.unwrap_or_else(|| panic!("cargo metadata fails for {manifest}; is its lock current?"));
    serde_json::from_str(&metadata).expect("cargo prints JSON")
}

/// Packages of others in a workspace.
fn of_others(metadata: &Value) -> impl Iterator<Item = &Value> {
    let packages = metadata["packages"].as_array().expect("packages");
    packages.iter().filter(|package| !package["source"].is_null())
}

fn named(package: &Value) -> String {
    format!("{} {}", text(package, "/name"), text(package, "/version"))
}

#[test]
fn every_crate_is_ours_or_of_the_registry() {
    let manifests: Vec<Table> = files("", "Cargo.toml").iter().map(table).collect();
    let ours: BTreeSet<&str> =
        manifests.iter().filter_map(|one| one.get("package")?.get("name")?.as_str()).collect();
    assert!(ours.contains("domain") && ours.contains("crosswalk-plan"), "{ours:?}");
    let mut wrong = Vec::new();
    for workspace in WORKSPACES {
        let lock = table(format!("{workspace}Cargo.lock"));
        for package in lock["package"].as_array().expect("packages") {
            let (name, source, checksum) =
                (word(package, "name"), word(package, "source"), word(package, "checksum"));
            let is_ours = source.is_empty() && ours.contains(name);
            let is_known = source == REGISTRY && checksum.len() == 64;
            if !is_ours && !is_known {
                wrong.push(format!("{workspace}Cargo.lock: {name} from {source:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}\nfix: take it from crates.io");
}

#[test]
fn every_licence_is_allowed_and_every_allowed_one_is_needed() {
    let allowed: BTreeSet<String> =
        list("licenses", "allow").iter().filter_map(|one| Some(one.as_str()?.to_owned())).collect();
    let (mut wrong, mut expressions) = (Vec::new(), BTreeSet::new());
    for workspace in WORKSPACES {
        for package in of_others(&metadata(workspace)) {
            let expression = text(package, "/license").to_owned();
            if !permits(&expression, &allowed) {
                wrong.push(format!("{}: {expression:?}", named(package)));
            }
            expressions.insert(expression);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}\nfix: do without it, or argue for its licence in deny.toml");
    for licence in &allowed {
        let others: BTreeSet<String> = allowed.iter().filter(|one| *one != licence).cloned().collect();
        let needed = expressions.iter().any(|expression| !permits(expression, &others));
        assert!(needed, "nothing needs {licence} any more: take it out of deny.toml");
    }
}

/// True if an SPDX expression can be kept with these licences: `OR` leaves the choice, `AND` does not and
/// binds closer. Older crates write `/` for `OR`.
fn permits(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Licences { words: &words, allowed };
    let is_permitted = reader.any_of();
    is_permitted && reader.words.is_empty()
}

/// Words of an expression that are still to be read.
struct Licences<'a> {
    words: &'a [&'a str],
    allowed: &'a BTreeSet<String>,
}

impl Licences<'_> {
    fn takes(&mut self, word: &str) -> bool {
        let found = self.words.first() == Some(&word);
        self.words = &self.words[usize::from(found)..];
        found
    }

    fn any_of(&mut self) -> bool {
        let mut holds = self.all_of();
        while self.takes("OR") {
            holds |= self.all_of();
        }
        holds
    }

    fn all_of(&mut self) -> bool {
        let mut holds = self.one();
        while self.takes("AND") {
            holds &= self.one();
        }
        holds
    }

    fn one(&mut self) -> bool {
        if self.takes("(") {
            let holds = self.any_of();
            return self.takes(")") && holds;
        }
        let [first, rest @ ..] = self.words else { return false };
        self.words = rest;
        if !self.takes("WITH") {
            return self.allowed.contains(*first);
        }
        let [exception, rest @ ..] = self.words else { return false };
        self.words = rest;
        self.allowed.contains(&format!("{first} WITH {exception}"))
    }
}

#[test]
fn licences_are_read_as_they_are_written() {
    let allowed = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned).into();
    for (expression, expected) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("", false),
        ("GPL-3.0 OR MIT", true),
        ("GPL-3.0/MIT", true),
        ("GPL-3.0 AND MIT", false),
        ("MIT AND ISC", true),
        ("GPL-3.0 AND ISC OR MIT", true),
        ("GPL-3.0 AND (ISC OR MIT)", false),
        ("(MIT OR GPL-3.0) AND ISC", true),
        ("Apache-2.0", false),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("Apache-2.0 WITH", false),
        ("MIT ISC", false),
        ("(MIT", false),
    ] {
        assert_eq!(permits(expression, &allowed), expected, "{expression}");
    }
}

#[test]
fn no_crate_is_there_twice_without_a_reason() {
    let skipped = list("bans", "skip");
    let specs: Vec<(&str, &str)> = skipped
        .iter()
        .map(|entry| {
            assert!(!word(entry, "reason").is_empty(), "{entry:?}: why?");
            word(entry, "crate").split_once('@').expect("a name and a version")
        })
        .collect();
    let is_of = |version: &str, wanted: &str| version == wanted || version.starts_with(&format!("{wanted}."));
    let mut needed = BTreeSet::new();
    let mut wrong = Vec::new();
    for workspace in WORKSPACES {
        let metadata = metadata(workspace);
        let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for package in of_others(&metadata) {
            versions.entry(text(package, "/name")).or_default().insert(text(package, "/version"));
        }
        for (name, found) in versions.into_iter().filter(|(_, found)| found.len() > 1) {
            let is_skipped =
                |version: &&str| specs.iter().position(|(of, wanted)| *of == name && is_of(version, wanted));
            needed.extend(found.iter().filter_map(is_skipped));
            if found.iter().filter(|version| is_skipped(version).is_none()).count() > 1 {
                wrong.push(format!("{workspace}: {name} {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}\nfix: bring them to one version, or say in deny.toml why not");
    let stale: Vec<_> =
        (0..specs.len()).filter(|place| !needed.contains(place)).map(|place| specs[place]).collect();
    assert!(stale.is_empty(), "take these out of deny.toml: {stale:?}");
}

#[test]
fn what_is_banned_is_absent_or_of_its_own_crate_only() {
    let metadata = metadata("");
    let packages = metadata["packages"].as_array().expect("packages");
    let names: BTreeMap<&str, &str> =
        packages.iter().map(|one| (text(one, "/id"), text(one, "/name"))).collect();
    let mut users: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for node in metadata["resolve"]["nodes"].as_array().expect("nodes") {
        for used in node["deps"].as_array().expect("dependencies") {
            users.entry(names[text(used, "/pkg")]).or_default().insert(names[text(node, "/id")]);
        }
    }
    for ban in list("bans", "deny") {
        let wrappers: BTreeSet<&str> = ban
            .get("wrappers")
            .and_then(Toml::as_array)
            .into_iter()
            .flatten()
            .filter_map(Toml::as_str)
            .collect();
        let name = word(&ban, "crate");
        assert_eq!(
            users.get(name).cloned().unwrap_or_default(),
            wrappers,
            "{name}: {}",
            word(&ban, "reason")
        );
    }
}

/// Sections of a manifest, and the files of its crate in which a dependency of the section may be named.
const SECTIONS: [(&str, &[&str]); 3] = [
    ("dependencies", &["src", "main.rs", "build.rs"]),
    ("dev-dependencies", &["src", "tests", "benches", "examples"]),
    ("build-dependencies", &["build.rs"]),
];

#[test]
fn every_dependency_is_used() {
    let mut unused = Vec::new();
    let mut excused = BTreeSet::new();
    let mut seen = 0;
    for file in files("", "Cargo.toml") {
        let manifest = table(&file);
        let folder = file.parent().expect("a manifest lies in a folder");
        let Some(package) = manifest.get("package").map(|package| word(package, "name")) else { continue };
        for (section, places) in SECTIONS {
            // The tests are one program that lies in its crate's own folder.
            let places: &[&str] = if package == "tests" { &[""] } else { places };
            let source = code_of(folder, places);
            for dependency in manifest.get(section).and_then(Toml::as_table).into_iter().flat_map(Table::keys)
            {
                seen += 1;
                if names(&source, &dependency.replace('-', "_")) {
                    continue;
                }
                match UNNAMED.iter().position(|(of, name, _)| (*of, *name) == (package, dependency)) {
                    Some(place) => {
                        excused.insert(place);
                    }
                    None => unused.push(format!("{}: {section}.{dependency}", file.display())),
                }
            }
        }
    }
    assert!(seen > 100, "the manifests are read: {seen} dependencies");
    assert!(unused.is_empty(), "{unused:#?}\nfix: take it out, or say in UNNAMED why it is there");
    assert_eq!(excused.len(), UNNAMED.len(), "UNNAMED excuses what is used or gone");
}

/// The sources of a crate without their comments.
fn code_of(folder: &Path, places: &[&str]) -> String {
    let files = places.iter().flat_map(|place| {
        let path = folder.join(place);
        if root().join(&path).is_file() { vec![path] } else { files(path, ".rs") }
    });
    let mut code = String::new();
    for file in files {
        for line in read(file).lines() {
            code += line.split("//").next().unwrap_or_default();
            code.push('\n');
        }
    }
    code
}

/// True if code names a crate: as the beginning of a path, or as a whole import.
fn names(code: &str, name: &str) -> bool {
    let is_letter = |letter: char| letter.is_alphanumeric() || letter == '_';
    code.match_indices(name).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + name.len()..]);
        let is_whole = !before.ends_with(is_letter) && !before.ends_with("::");
        is_whole && (after.starts_with("::") || after.starts_with(';') || after.starts_with(" as "))
    })
}

#[test]
fn a_crate_is_named_by_a_path_or_an_import() {
    for (code, expected) in [
        ("use store::Tx;", true),
        ("use store;", true),
        ("use store as record;", true),
        ("let a = store::open();", true),
        ("use crate::store::Tx;", false),
        ("restore::now();", false),
        ("store.open();", false),
    ] {
        assert_eq!(names(code, "store"), expected, "{code}");
    }
}

#[test]
fn every_crate_of_the_service_keeps_the_workspaces_lints() {
    let workspace = table("Cargo.toml");
    let common = &workspace["workspace"]["lints"];
    for file in files("", "Cargo.toml").iter().filter(|file| !file.starts_with("plugins")) {
        let manifest = table(file);
        if !manifest.contains_key("package") {
            continue;
        }
        let mut lints =
            manifest.get("lints").cloned().unwrap_or_else(|| panic!("{}: no lints", file.display()));
        if lints.get("workspace").and_then(Toml::as_bool) == Some(true) {
            continue;
        }
        // A table of a crate's own takes the place of the workspace's, so it must say everything again.
        let own = lints["rust"].get("unsafe_code").and_then(Toml::as_str);
        assert_eq!((file.to_str(), own), (Some("host/sandbox/Cargo.toml"), Some("deny")));
        lints["rust"]["unsafe_code"] = common["rust"]["unsafe_code"].clone();
        assert_eq!(lints, *common, "{}: other lints than the workspace's", file.display());
    }
}
