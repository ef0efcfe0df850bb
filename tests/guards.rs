//! Guards of the repository itself: its layout, its dependencies, its names and pages, and the
//! voice of its comments.

mod dependencies; // where crates come from, under which licences, and that each is used
mod layout; // what lies at the top, and how long the first page is
mod names; // words that mean one thing
mod pages; // where links lead, and which files are named
mod ratchet; // how many comments cannot be understood by who does not know the answer

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use toml::Table;

/// Folder of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the repository")
}

/// A file of the repository, as text.
#[track_caller]
fn read(file: impl AsRef<Path>) -> String {
    let file = root().join(file);
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// A file of the repository, as TOML.
#[track_caller]
fn table(file: impl AsRef<Path>) -> Table {
    let file = file.as_ref();
    read(file).parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Every file below a folder of the repository whose name ends so, in order; nothing that is hidden or was
/// built.
fn files(folder: impl AsRef<Path>, ending: &str) -> Vec<PathBuf> {
    const BUILT: [&str; 2] = ["target", "node_modules"];
    let folder = folder.as_ref();
    let Ok(entries) = fs::read_dir(root().join(folder)) else { return Vec::new() };
    let mut entries: Vec<_> = entries.map(|entry| entry.expect("a folder can be read")).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    let mut found = Vec::new();
    for entry in entries {
        let name = entry.file_name().into_string().expect("names are UTF-8");
        let path = folder.join(&name);
        if entry.path().is_dir() {
            if !name.starts_with('.') && !BUILT.contains(&&*name) {
                found.extend(files(path, ending));
            }
        } else if name.ends_with(ending) {
            found.push(path);
        }
    }
    found
}

/// Output of a program, run in the repository; `None` if it is not here or fails.
fn printed(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).current_dir(root()).output().ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).expect("it prints text"))
}
