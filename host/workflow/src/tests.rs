//! The rooms know each other in one direction only, and nothing of HTTP.

use std::fs;
use std::path::{Path, PathBuf};

/// Each room, and each file beside the rooms, with those that it may know. `shown` lists what all of them
/// give.
const MAY_KNOW: [(&str, &[&str]); 9] = [
    ("words", &[]),
    ("command", &["command"]),
    ("plugins", &["command", "plugins", "words"]),
    ("directory", &["command", "directory", "words"]),
    ("cases", &["command", "plugins", "directory", "cases", "words"]),
    ("questions", &["command", "plugins", "directory", "cases", "questions", "words"]),
    ("duties", &["command", "plugins", "directory", "cases", "words"]),
    ("figures", &["command", "figures"]),
    ("gauges", &["command", "gauges"]),
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("it is a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push(path);
        }
    }
    found
}

/// The rooms that a source names.
fn named(source: &str) -> impl Iterator<Item = &str> {
    let after = source.split("crate::").skip(1);
    after.filter_map(|rest| rest.split(|letter: char| !letter.is_ascii_lowercase() && letter != '_').next())
}

#[test]
fn each_room_knows_those_before_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let rooms: Vec<&str> = MAY_KNOW.iter().map(|(room, _)| *room).collect();
    let mut arrows = 0;
    let mut wrong = Vec::new();
    for (room, may) in MAY_KNOW {
        let folder = src.join(room);
        let below = if folder.is_dir() { sources(&folder) } else { Vec::new() };
        let files = [vec![folder.with_extension("rs")], below].concat();
        for file in files {
            let source = fs::read_to_string(&file).expect("it can be read");
            for other in named(&source).filter(|other| rooms.contains(other)) {
                arrows += 1;
                if !may.contains(&other) {
                    wrong.push(format!(
                        "{} names {other}",
                        file.strip_prefix(&src).unwrap_or(&file).display()
                    ));
                }
            }
        }
    }
    assert!(arrows > 100, "the sources were read: {arrows}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A text names an operation by its id, here and in the crates below; where it is, only `web` knows.
#[test]
fn no_text_holds_an_address() {
    let host = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    // In two pieces, so that this file does not hold it.
    let address = concat!("/v1", "/");
    let holds = |path: &PathBuf| fs::read_to_string(path).expect("it can be read").contains(address);
    for (name, at_least) in [("workflow", 60), ("formats", 20), ("domain", 60)] {
        let files = sources(&host.join(name).join("src"));
        assert!(files.len() > at_least, "the sources were read: {}", files.len());
        let wrong: Vec<PathBuf> = files.into_iter().filter(holds).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
