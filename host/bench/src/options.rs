//! Options of a bench, and the paths that it needs.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::Outcome;

/// Options of a bench.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Length of the run.
    pub length: Length,
    /// For whom the numbers are printed.
    pub output: Output,
    /// Words that the names of the parts which run contain; all parts run if there are none.
    named: Vec<String>,
}

/// Length of a run.
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
    /// A table for people.
    Table,
    /// For programs: one JSON object.
    Json,
}

impl Options {
    /// True if the part of that name is to run.
    #[must_use]
    pub fn runs(&self, part: &str) -> bool {
        self.named.is_empty() || self.named.iter().any(|word| part.contains(word))
    }

    /// Reads `--quick`, `--json`, the `--bench` that cargo adds, and words from the names of parts.
    fn read(arguments: &[String], parts: &[&str]) -> Result<Self, String> {
        let mut options = Self { length: Length::Full, output: Output::Table, named: Vec::new() };
        for argument in arguments {
            match argument.as_str() {
                "--quick" => options.length = Length::Quick,
                "--json" => options.output = Output::Json,
                "--bench" => {}
                word if parts.iter().any(|part| part.contains(word)) => options.named.push(word.to_owned()),
                other => return Err(format!("there is nothing called {other}\n{}", help(parts))),
            }
        }
        Ok(options)
    }
}

/// Runs a bench as its arguments say, and tells why it could not go on. `parts` are the names of what it can
/// run apart from the rest.
pub fn main(
    bench: &str,
    arguments: &[String],
    parts: &[&str],
    run: impl FnOnce(&Options) -> Outcome<()>,
) -> ExitCode {
    if arguments.iter().any(|argument| argument == "--help") {
        println!("{}", help(parts));
        return ExitCode::SUCCESS;
    }
    match Options::read(arguments, parts).map_err(Into::into).and_then(|options| run(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{bench}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn help(parts: &[&str]) -> String {
    let mut help =
        "--quick  measures just enough to see that it runs\n--json   prints one JSON object".to_owned();
    if !parts.is_empty() {
        help += &format!("\nNAME     runs only what has NAME in its name: {}", parts.join(", "));
    }
    help
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

#[cfg(test)]
mod tests {
    use super::{Length, Options};

    const PARTS: [&str; 3] = ["languages", "neighbour", "shadow"];

    fn read(arguments: &[&str], parts: &[&str]) -> Result<Options, String> {
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        Options::read(&arguments, parts)
    }

    #[test]
    fn a_word_chooses_the_parts_that_have_it_in_their_name() {
        let cases: [(&[&str], &[&str]); 3] = [
            (&["--bench"], &PARTS),
            (&["--quick", "neigh"], &["neighbour"]),
            (&["sh", "languages"], &["languages", "shadow"]),
        ];
        for (arguments, chosen) in cases {
            let options = read(arguments, &PARTS).unwrap();
            let runs: Vec<&str> = PARTS.into_iter().filter(|part| options.runs(part)).collect();
            assert_eq!(runs, chosen, "{arguments:?}");
            assert_eq!(options.length == Length::Quick, arguments.contains(&"--quick"));
        }
    }

    #[test]
    fn an_unknown_word_is_told_all_names() {
        let error = read(&["swaps"], &PARTS).unwrap_err();
        assert!(error.contains("swaps") && error.contains("languages, neighbour, shadow"), "{error}");
        let error = read(&["anything"], &[]).unwrap_err();
        assert!(
            error.contains("anything") && error.contains("--quick") && !error.contains("NAME"),
            "{error}"
        );
    }
}
