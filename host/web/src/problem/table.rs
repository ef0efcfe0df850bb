//! Meaning of each code, in both languages: `data/problems.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::StatusCode;
use domain::case::Language;
use domain::problem::Code;
use serde::Deserialize;

#[cfg(test)]
mod tests;

/// A text in both languages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Localized {
    en: String,
    es: String,
}

impl Localized {
    pub(crate) fn in_language(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Es => &self.es,
        }
    }
}

/// A code as a whole answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Problem {
    status: u16,
    /// The same each time.
    pub(crate) title: Localized,
    /// Detail of the request at hand, with places for its numbers.
    pub(crate) detail: Option<Localized>,
    pub(crate) cause: Localized,
    pub(crate) fix: Localized,
    pub(crate) example: Option<String>,
}

impl Problem {
    pub(crate) fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// A code as the mistake of one field.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Field {
    pub(crate) cause: Localized,
    pub(crate) fix: Localized,
    pub(crate) example: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    problem: BTreeMap<Code, Problem>,
    field: BTreeMap<Code, Field>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/problems.toml")).expect("the tests read the embedded table")
});

/// The code as a whole answer, if it is one.
pub(crate) fn problem(code: Code) -> Option<&'static Problem> {
    TABLE.problem.get(&code)
}

/// The code as the mistake of one field, if it is one.
pub(crate) fn field(code: Code) -> Option<&'static Field> {
    TABLE.field.get(&code)
}

/// The codes of whole answers.
pub(crate) fn problems() -> impl Iterator<Item = Code> {
    TABLE.problem.keys().copied()
}

/// The codes of fields.
pub(crate) fn fields() -> impl Iterator<Item = Code> {
    TABLE.field.keys().copied()
}

/// Every code by its word, as lists show them.
pub(crate) fn sorted() -> Vec<Code> {
    let mut codes = Code::ALL.to_vec();
    codes.sort_unstable_by_key(|code| code.name());
    codes
}
