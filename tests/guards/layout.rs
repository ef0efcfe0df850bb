use std::collections::BTreeSet;

use super::{printed, read};
use crate::harness::skip;

/// Everything at the top of the repository: who looks for something finds it in one of these.
const TOP: [&str; 22] = [
    ".cargo",
    ".ci",
    ".gitattributes",
    ".gitignore",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "clippy.toml",
    "deny.toml",
    "docs",
    "host",
    "migrations",
    "plugins",
    "rustfmt.toml",
    "tests",
    "wit",
    "xtask",
];

#[test]
fn the_top_level_holds_what_the_house_holds() {
    const TEST: &str = "guards::layout::the_top_level_holds_what_the_house_holds";
    // What is about to be committed counts; what is ignored does not. Whose folder it is does not matter to a
    // reader.
    let list = ["-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"];
    let Some(files) = printed("git", &list) else {
        return skip(TEST, "there is no git, or this is no repository of its");
    };
    let found: BTreeSet<&str> = files.lines().filter_map(|file| file.split('/').next()).collect();
    assert_eq!(
        found,
        BTreeSet::from(TOP),
        "fix: put it into one of the folders, or argue for a new one here and in ARCHITECTURE.md"
    );
}

#[test]
fn what_programs_write_is_marked_where_it_lies() {
    const TEST: &str = "guards::layout::what_programs_write_is_marked_where_it_lies";
    let attributes = read(".gitattributes");
    let patterns =
        attributes.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split(' ').next());
    let mut seen = 0;
    for pattern in patterns.filter(|pattern| pattern.contains('/')) {
        let list = ["-c", "safe.directory=*", "ls-files", "--", &format!(":(glob){pattern}")];
        let Some(files) = printed("git", &list) else {
            return skip(TEST, "there is no git, or this is no repository of its");
        };
        assert!(!files.is_empty(), ".gitattributes names `{pattern}`, and no file is called so");
        seen += 1;
    }
    assert!(seen > 10, "the file is read: {seen} patterns");
}

#[test]
fn the_first_page_is_short_and_has_two_commands() {
    const LINES: usize = 120;
    let page = read("README.md");
    let lines = page.lines().count();
    assert!(lines < LINES, "README.md has {lines} lines; what is longer than {LINES} belongs into docs/");
    let mut commands = Vec::new();
    let mut is_shell = false;
    for line in page.lines() {
        if let Some(mark) = line.strip_prefix("```") {
            is_shell = mark == "sh";
        } else if is_shell && line.starts_with("cargo ") {
            commands.push(line.split('#').next().unwrap_or_default().trim());
        }
    }
    assert_eq!(commands, ["cargo demo", "cargo verify"], "the two commands that README.md promises");
}
