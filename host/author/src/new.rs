//! `crosswalk plugin new`: a plugin that works, to be changed into the plan's own.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use domain::identifiers::PlanId;

use super::sources::{self, Source};
use crate::out::say;

/// Names that a plugin's repository leaves out: built files, and secrets.
const IGNORED: &str =
    "build/\ntarget/\nnode_modules/\n.venv/\n__pycache__/\noperator.key\noperator.link\nkeys/\n*.key\n";

#[derive(Args)]
#[command(after_help = "\
  crosswalk plugin new costa-alta                      rules in Rust
  crosswalk plugin new costa-alta --lang js            rules in JavaScript
  crosswalk plugin new costa-alta --lang rules         a rules file, without a programmer")]
pub(crate) struct NewOptions {
    /// The plan's id at its host, in lower-case letters, digits and hyphens, such as costa-alta.
    name: String,
    /// Language of its rules.
    #[arg(long, value_enum, default_value_t = Language::Rust)]
    lang: Language,
    /// Folder to write to, which must be new or empty [default: NAME].
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// Language that rules are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Language {
    Rust,
    Js,
    Python,
    /// A rules file, for a plan without a programmer.
    Rules,
}

impl Language {
    fn sources(self) -> [&'static [Source]; 4] {
        match self {
            Self::Rust => [sources::CONTRACT, sources::RUST_SDK, sources::RUST_TEMPLATE, &[]],
            Self::Js => {
                [sources::CONTRACT_AS_DEPENDENCY, sources::JS_SDK, sources::JS_TEMPLATE, sources::WORLD]
            }
            Self::Python => [
                sources::CONTRACT_AS_DEPENDENCY,
                sources::PYTHON_SDK,
                sources::PYTHON_TEMPLATE,
                sources::WORLD,
            ],
            Self::Rules => [sources::CONTRACT, sources::RULES_TEMPLATE, &[], &[]],
        }
    }

    /// Commands to be run once before the first build; empty if there is nothing to do.
    pub(super) fn preparation(self) -> &'static str {
        match self {
            Self::Rust => "rustup target add wasm32-unknown-unknown",
            Self::Js => "npm install",
            Self::Python => "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt",
            Self::Rules => "",
        }
    }
}

/// Writes a new plugin. Refuses to write into a folder that holds anything.
pub(crate) fn new(options: &NewOptions) -> Result<ExitCode, Box<dyn Error>> {
    let name = PlanName::read(&options.name)?;
    let folder = options.dir.clone().unwrap_or_else(|| PathBuf::from(&name.id));
    if fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(format!("{}: there is something there already", folder.display()).into());
    }
    let words = words(&name, options.lang);
    for (path, text) in sources::TEMPLATE.iter().chain(options.lang.sources().into_iter().flatten()) {
        write(&folder.join(path), &filled(text, &words))?;
    }
    write(&folder.join(".gitignore"), IGNORED)?;
    say!("{} is there. Next:", folder.display());
    say!("  cd {}", folder.display());
    if !options.lang.preparation().is_empty() {
        say!("  {}", options.lang.preparation());
    }
    say!("  crosswalk plugin build");
    Ok(ExitCode::SUCCESS)
}

/// A plan's id, and its name in other spellings.
struct PlanName {
    id: String,
}

impl PlanName {
    fn read(text: &str) -> Result<Self, Box<dyn Error>> {
        let id: PlanId = text.parse().map_err(|_| {
            format!("{text}: not a plan's id; use 1 to 40 lower-case letters, digits and inner hyphens")
        })?;
        if !text.starts_with(|first: char| first.is_ascii_lowercase()) {
            return Err(format!("{text}: begin with a letter, as packages must").into());
        }
        Ok(Self { id: id.as_str().to_owned() })
    }

    /// `valle-vista` as `Valle Vista`, with something between the words.
    fn capitals(&self, between: &str) -> String {
        let capital = |word: &str| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_uppercase().to_string() + letters.as_str())
        };
        self.id.split('-').filter_map(capital).collect::<Vec<_>>().join(between)
    }
}

/// The plugin's own words for those in the templates.
fn words(name: &PlanName, language: Language) -> Vec<(&'static str, String)> {
    let payer: String = name.id.chars().filter(char::is_ascii_alphanumeric).take(10).collect();
    let (rules, more, allow, note) = match language {
        Language::Rust => (
            "`src/lib.rs`",
            "name it in `plugin!` (`src/lib.rs`) and in `cases!` (`tests/cases.rs`); `cargo test` runs the cases natively",
            "",
            "",
        ),
        Language::Js => ("`plugin.js`", "name it in `wit/world.wit` and export an object for it", "", ""),
        Language::Python => (
            "`plugin.py`",
            "name it in `wit/world.wit` and write a class for it",
            " --inert-wasi",
            "\nPython's interpreter imports WASI. A host takes it only if its operator allows the inert tier \
             (`crosswalk serve --inert-wasi`): clocks that stand still, fixed random numbers, no files, no network.\n",
        ),
        Language::Rules => ("`plan.toml`", "give it a mode in `plan.toml`", "", ""),
    };
    let quick = match language {
        Language::Js | Language::Python => {
            "crosswalk plugin test --native . cases/*.json               # without building, in a second\n"
        }
        Language::Rust => {
            "cargo test                                                  # natively, without a sandbox\n"
        }
        Language::Rules => {
            "crosswalk plugin from-rules --check plan.toml               # only says what is wrong\n"
        }
    };
    let prepare = match language.preparation() {
        "" => String::new(),
        preparation => format!("{preparation}\n"),
    };
    vec![
        ("name", name.id.clone()),
        ("title", name.capitals(" ")),
        ("type", name.capitals("")),
        ("crate", name.id.replace('-', "_")),
        ("payer", payer.to_uppercase()),
        ("rules", rules.to_owned()),
        ("more", more.to_owned()),
        ("allow", allow.to_owned()),
        ("note", note.to_owned()),
        ("quick", quick.to_owned()),
        ("prepare", prepare),
    ]
}

fn filled(text: &str, words: &[(&'static str, String)]) -> String {
    words.iter().fold(text.to_owned(), |text, (word, own)| text.replace(&format!("{{{{{word}}}}}"), own))
}

fn write(path: &Path, text: &str) -> Result<(), Box<dyn Error>> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()).into())
}
