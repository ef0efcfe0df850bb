//! What a bench can be told, and what it needs.

use std::env;
use std::fs;
use std::path::PathBuf;

/// What a bench can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How much is measured.
    pub length: Length,
    /// For whom the numbers are printed.
    pub output: Output,
}

/// How much is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// Enough to hold the ratios against their budgets.
    Full,
    /// Enough to see that it runs.
    Quick,
}

/// For whom the numbers are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// For people.
    Table,
    /// For programs: one JSON object.
    Json,
}

impl Options {
    /// Reads the arguments of this process: `--quick`, `--json`, and the `--bench` that cargo adds.
    ///
    /// # Errors
    /// When there is another one.
    pub fn from_arguments() -> Result<Self, String> {
        let mut options = Self { length: Length::Full, output: Output::Table };
        for argument in env::args().skip(1) {
            match argument.as_str() {
                "--quick" => options.length = Length::Quick,
                "--json" => options.output = Output::Json,
                "--bench" => {}
                other => return Err(format!("unknown argument {other}; there are --quick and --json")),
            }
        }
        Ok(options)
    }
}

/// The component of Valle Vista, from `CROSSWALK_PLUGINS_DIR` or the workspace's own folder.
///
/// # Errors
/// When it has not been built.
pub fn valle_vista() -> Result<Vec<u8>, String> {
    let ours = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/plugins"));
    let folder = env::var_os("CROSSWALK_PLUGINS_DIR").map_or_else(ours, PathBuf::from);
    let path = folder.join("valle-vista.wasm");
    fs::read(&path).map_err(|error| format!("{}: {error}; run `cargo xtask plugins` first", path.display()))
}
