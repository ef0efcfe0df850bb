//! Lists the migrations, so that they are compiled in, and notices a new one.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Folder of the migrations, from this crate's folder: in it one for each database.
const MIGRATIONS: &str = "../../migrations";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={MIGRATIONS}");
    let folder = |name| PathBuf::from(env::var_os(name).expect("cargo names this folder"));
    let migrations = folder("CARGO_MANIFEST_DIR").join(MIGRATIONS);
    let mut code = String::new();
    for database in ["sqlite", "postgres"] {
        list(&migrations.join(database), &database.to_uppercase(), &mut code);
    }
    fs::write(folder("OUT_DIR").join("migrations.rs"), code).expect("cargo's own folder can be written");
}

/// Writes the migrations of a folder as a constant, oldest first.
fn list(folder: &Path, constant: &str, code: &mut String) {
    let folder = folder.canonicalize().expect("each database has a folder of migrations");
    let entries = fs::read_dir(&folder).expect("the folder of migrations can be read");
    let mut files: Vec<PathBuf> =
        entries.map(|entry| entry.expect("the folder of migrations can be read").path()).collect();
    files.sort();
    writeln!(code, "const {constant}: &[Embedded] = &[").expect("a string takes text");
    for file in files {
        let (version, description) = named(&file);
        writeln!(
            code,
            "    Embedded {{ version: {version}, description: {description:?}, sql: include_str!({file:?}) }},"
        )
        .expect("a string takes text");
    }
    writeln!(code, "];").expect("a string takes text");
}

/// Version and description in the name of a migration's file, `0001_record.sql`. A name of another form is a
/// mistake: the migration would be left out.
fn named(file: &Path) -> (i64, String) {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let parts = name.strip_suffix(".sql").and_then(|name| name.split_once('_'));
    let parts = parts.and_then(|(version, words)| Some((version.parse().ok()?, words)));
    match parts {
        Some((version, words)) if !words.contains('.') => (version, words.replace('_', " ")),
        _ => panic!("{}: a migration is called VERSION_DESCRIPTION.sql", file.display()),
    }
}
