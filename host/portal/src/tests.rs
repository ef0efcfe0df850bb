//! The pages as a whole: their words, their HTML, their colours and their weight.

mod asking; // what is asked, and what a form carries
mod guides; // docs/people: the words of the pages, and how hard the guides are to read
mod html; // what every page must be, in every state and language
mod reading; // how hard each message is to read
mod style; // contrast of the colours, and bytes
mod words; // both languages say the same things, and nothing else

use std::fs;
use std::path::{Path, PathBuf};

/// Files below a folder of this crate whose name ends so, in order.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut entries: Vec<PathBuf> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    let mut found = Vec::new();
    for entry in entries {
        let name = entry.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().to_str().unwrap();
        if entry.is_dir() {
            found.extend(files(name, ending));
        } else if name.ends_with(ending) {
            found.push(entry);
        }
    }
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}
