//! `wit/world.wit`: which interfaces of the contract a plugin exports, compared with what it has.

use std::error::Error;
use std::fs;
use std::path::Path;

use domain::near::question;
use domain::plan::question::Interface;

use super::new::Language;
use super::sources;

/// File in which a plugin names its exports.
const FILE: &str = "wit/world.wit";

/// The interfaces that a plugin's world names.
pub(super) struct World {
    exports: Vec<Export>,
}

struct Export {
    interface: Interface,
    line: usize,
}

/// The version of the contract that is in this program.
fn contract() -> &'static str {
    let world = sources::CONTRACT.iter().find(|(file, _)| file.ends_with("world.wit"));
    let package = world.and_then(|(_, text)| text.lines().find_map(|line| line.strip_prefix("package ")));
    package
        .and_then(|package| package.trim_end_matches(';').split_once('@'))
        .map_or("", |(_, version)| version)
}

impl World {
    /// Reads the world of the plugin in a folder.
    pub(super) fn read(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let path = folder.join(FILE);
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut exports = Vec::new();
        for (place, line) in text.lines().enumerate() {
            let named = line.trim().strip_prefix("export ").map(|rest| rest.trim().trim_end_matches(';'));
            let Some(named) = named.and_then(|named| named.strip_prefix("crosswalk:plan/")) else { continue };
            exports.push(export(named, place + 1)?);
        }
        if exports.iter().all(|export| export.interface != Interface::Profile) {
            let add = format!("export crosswalk:plan/profile@{};", contract());
            return Err(
                format!("{FILE} exports no profile, which every plugin has\n  fix: add `{add}`").into()
            );
        }
        Ok(Self { exports })
    }

    /// Says where what the world names and what the plugin exports are not the same.
    pub(super) fn compare(&self, exported: &[String], language: Language) -> Result<(), Box<dyn Error>> {
        let mut wrong = Vec::new();
        let is_exported = |interface: Interface| exported.iter().any(|name| name == interface.name());
        for export in self.exports.iter().filter(|export| !is_exported(export.interface)) {
            let (source, write) = written(export.interface, language);
            let name = export.interface.name();
            wrong.push(format!(
                "{source} exports no `{name}`, which {FILE}:{} names\n  fix: write {write}, or take the line out",
                export.line
            ));
        }
        let is_named = |name: &str| self.exports.iter().any(|export| export.interface.name() == name);
        for name in exported.iter().filter(|name| !is_named(name)) {
            let (source, _) = written(Interface::Profile, language);
            wrong.push(format!(
                "{source} exports `{name}`, which {FILE} does not name: people would decide it\n  fix: add \
                 `export crosswalk:plan/{name}@{};` there, or take it out of {source}",
                contract()
            ));
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
    }
}

/// Export of a line such as `referral@1.0.0`.
fn export(named: &str, line: usize) -> Result<Export, Box<dyn Error>> {
    let (name, version) = named.split_once('@').unwrap_or((named, ""));
    let Some(interface) = Interface::named(name) else {
        let known: Vec<&str> = Interface::ALL.iter().map(|interface| interface.name()).collect();
        let fix =
            question(name, known.iter().copied()).unwrap_or_else(|| format!("it has {}", known.join(", ")));
        return Err(format!("{FILE}:{line}: the contract has no interface `{name}`\n  fix: {fix}").into());
    };
    if version == contract() {
        return Ok(Export { interface, line });
    }
    let (problem, own) = (format!("there is no contract crosswalk:plan@{version} here"), contract());
    let fix = format!("write crosswalk:plan/{name}@{own}: version {own} is the one that this program has");
    Err(format!("{FILE}:{line}: {problem}\n  fix: {fix}").into())
}

/// The file of a language's rules, and how it exports an interface.
fn written(interface: Interface, language: Language) -> (&'static str, String) {
    let name = interface.name();
    let functions = match interface {
        Interface::Profile => "describe()",
        Interface::Referral => "triage(request, context)",
        Interface::Authorization => "presume(request, context) and determine(request, context)",
        Interface::Billing => "adjudicate(claim, context)",
        Interface::Credentialing => "review(application, today)",
        Interface::Exchange => "render(document) and parse(file)",
    };
    if language == Language::Python {
        let class = name[..1].to_uppercase() + &name[1..];
        return ("plugin.py", format!("a class `{class}(exports.{class})` with {functions}"));
    }
    ("plugin.js", format!("`export const {name} = {{ … }}` with {functions}"))
}
