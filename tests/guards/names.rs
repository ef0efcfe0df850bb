//! Words that mean one thing: whoever looks for the type finds the one, and the glossary's meaning of it.

use super::{files, read};

/// Names that were several types each, with what the one that may be called so is.
const ONE: [(&str, &str); 2] = [
    ("Receipt", "what a run of the conformance kit came to"),
    ("Standing", "a provider's with one requirement of a plan, in the contract's words"),
];

/// Names that say too little: a type is named by what it holds.
const NONE: [&str; 6] = ["Came", "Deed", "Found", "Shelf", "Told", "Turn"];

/// Types of a source that are declared under this name.
fn declared(source: &str, name: &str) -> usize {
    let declares = |line: &&str| {
        let line = line.trim_start();
        let line = line.strip_prefix("pub").map_or(line, |rest| match rest.strip_prefix('(') {
            Some(scope) => scope.split_once(')').map_or(rest, |(_, rest)| rest),
            None => rest,
        });
        let Some((kind, rest)) = line.trim_start().split_once(' ') else { return false };
        let is_type = ["struct", "enum", "trait", "type", "union"].contains(&kind);
        let end = rest.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(rest.len());
        is_type && &rest[..end] == name
    };
    source.lines().filter(declares).count()
}

#[test]
fn a_word_names_one_type() {
    let sources: Vec<String> =
        ["host", "tests", "xtask"].into_iter().flat_map(|folder| files(folder, ".rs")).map(read).collect();
    let count = |name: &str| sources.iter().map(|source| declared(source, name)).sum::<usize>();
    for (name, meaning) in ONE {
        assert!(count(name) <= 1, "`{name}` is {meaning}: call another type by what it is");
    }
    for name in NONE {
        assert_eq!(count(name), 0, "`{name}` says nothing: call the type by what it holds");
    }
}

#[test]
fn a_declaration_is_told_from_a_use() {
    let source = "pub(crate) struct Found {\n  enum Found<'a> {\nstruct Foundation;\nuse a::Found;\nlet Found { a } = b;\n";
    assert_eq!(declared(source, "Found"), 2);
    assert_eq!(declared("pub trait Turn: Send {}\ntype Turn = u8;", "Turn"), 2);
}
