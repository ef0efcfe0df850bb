//! Bodies that hold a plan's rules file.

use domain::problem::Code;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use workflow::SentRules;

use super::{Input, Reader};

/// The most files of example cases.
const MOST_FILES: usize = 20;
/// Most characters of the note on an upload.
const MOST_NOTE: usize = 500;

/// A rules file to be checked, with what it is to be tried against.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RulesFileQuestion)]
pub(crate) struct RulesCheckBody {
    /// Text of the file (TOML).
    rules: String,
    /// The plan's files of example cases, as `crosswalk plugin test` reads them; at most 50 cases.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    examples: Vec<Value>,
    /// Asks the rules besides: the example cases, and the last 20 requests that the plan's rules were asked.
    /// If there is neither, requests made up from the rules.
    #[serde(default, rename = "try")]
    attempt: bool,
}

/// A rules file to be uploaded as the plugin that it makes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewRulesFile)]
pub(crate) struct RulesUploadBody {
    /// Text of the file (TOML).
    rules: String,
    /// Note on it, at most 500 characters.
    #[schema(max_length = 500)]
    note: Option<String>,
}

impl Input for RulesCheckBody {
    type Command = SentRules;

    fn read(self, reader: &mut Reader) -> Option<SentRules> {
        let examples = reader.each("/examples", self.examples, MOST_FILES, |_, _, file| Some(file))?;
        Some(SentRules { text: self.rules, examples, attempt: self.attempt })
    }
}

impl Input for RulesUploadBody {
    type Command = (String, Option<String>);

    fn read(self, reader: &mut Reader) -> Option<Self::Command> {
        let note = self.note.filter(|note| !note.trim().is_empty());
        if note.as_ref().is_some_and(|note| note.chars().count() > MOST_NOTE) {
            let detail = format!("the note is longer than {MOST_NOTE} characters");
            return reader.refuse("/note", Code::InvalidLength, detail, "shorten it");
        }
        Some((self.rules, note))
    }
}
