//! `cargo xtask test CRATE`: the tests of one crate.
//!
//! Cargo gives a dependency every feature that the chosen packages ask of it. With one package alone these
//! are fewer than with all, and everything that stands on such a dependency, Wasmtime and the database's
//! client among it, is built a second time. So the two packages that together ask for everything are always
//! chosen too, and of all packages only the crate's own targets: then nothing is built that `cargo verify`
//! does not build.

use std::{fs, path::Path, process::ExitCode};

use crate::{
    corpus, plugins,
    task::{Failure, Workspace, pass_through},
};

/// They ask for every feature that any package asks for.
const ASKING: [&str; 4] = ["--package", "crosswalk", "--package", "tests"];

/// Crates whose tests read the built plugins, and those that run the built service.
const WITH_PLUGINS: [&str; 3] = ["conformance", "sandbox", "tests"];

/// Builds what the tests of a package need, and runs them. `options` go to `cargo test`.
pub(crate) fn run(workspace: &Workspace, package: &str, options: &[String]) -> Result<ExitCode, Failure> {
    let mut cargo = match package {
        "plugins" => workspace.cargo_for_guests(),
        _ => workspace.cargo(),
    };
    cargo.arg("test").args(targets(&workspace.root, package)?).args(options);
    if WITH_PLUGINS.contains(&package) {
        let plugins = plugins::build(workspace)?;
        if package == "sandbox" && !workspace.corpus().is_dir() {
            corpus::build(workspace, &plugins)?;
        }
    }
    workspace.tell_tests(&mut cargo);
    pass_through(&mut cargo)
}

/// The packages and targets of a crate's tests, as `cargo test` is told them.
fn targets(root: &Path, package: &str) -> Result<Vec<String>, Failure> {
    let told = |words: &[&str]| -> Vec<String> { words.iter().map(|&word| word.to_owned()).collect() };
    match package {
        "plugins" => return Ok(Vec::new()),
        "xtask" => return Ok(told(&["--package", "xtask"])),
        "tests" => return Ok([told(&ASKING), told(&["--test", "it"])].concat()),
        _ => {}
    }
    let folder = root.join("host").join(package);
    if !crates(root)?.iter().any(|known| known == package) {
        return Err(Failure::new(format!("there is no crate {package}"))
            .fix(format!("name one of {}, plugins, tests, xtask", crates(root)?.join(", "))));
    }
    let own = if folder.join("src/lib.rs").is_file() { "--lib" } else { "--bins" };
    let mut targets = [told(&["--package", package]), told(&ASKING), told(&[own])].concat();
    targets.extend(programs(&folder.join("tests"), package).iter().flat_map(|name| told(&["--test", name])));
    Ok(targets)
}

/// The test programs of a crate: one called as the crate where its files are modules of `main.rs`, else one
/// for each file.
fn programs(tests: &Path, package: &str) -> Vec<String> {
    if tests.join("main.rs").is_file() {
        return vec![package.to_owned()];
    }
    names(tests).iter().filter_map(|name| Some(name.strip_suffix(".rs")?.to_owned())).collect()
}

/// The crates of the service.
fn crates(root: &Path) -> Result<Vec<String>, Failure> {
    let host = root.join("host");
    match names(&host) {
        crates if crates.is_empty() => Err(Failure::new(format!("{} has no crates", host.display()))),
        crates => Ok(crates),
    }
}

/// Names of the entries of a folder, sorted; empty if it is not there.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::targets;

    #[track_caller]
    fn check(package: &str, expected: &str) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let told = targets(&root, package).map(|words| words.join(" "));
        assert_eq!(told.unwrap_or_else(|failure| failure.to_string()), expected);
    }

    #[test]
    fn a_room_is_tested_with_the_features_of_the_whole() {
        check("domain", "--package domain --package crosswalk --package tests --lib");
        check("store", "--package store --package crosswalk --package tests --lib --test store");
        check("rulebook", "--package rulebook --package crosswalk --package tests --lib --test rules_files");
        check("crosswalk", "--package crosswalk --package crosswalk --package tests --bins");
        check("tests", "--package crosswalk --package tests --test it");
        check("plugins", "");
    }

    #[test]
    fn an_unknown_room_is_told_which_there_are() {
        check(
            "shop",
            "error: there is no crate shop\n  fix: name one of author, bench, conformance, crosswalk, demo, domain, \
             formats, generate, portal, program, rulebook, sandbox, store, web, workflow, plugins, tests, xtask",
        );
    }
}
