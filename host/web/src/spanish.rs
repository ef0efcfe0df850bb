//! Problems in Spanish, for whoever asks with `Accept-Language`. The words are data, by the codes that clients branch on:
//! where English says more about one case, Spanish says what is so in all of them, and keeps the list of what is allowed
//! and the example.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::{HeaderMap, header};
use serde::Deserialize;

use crate::problem::{ApiError, FieldErrorView, ProblemView};

#[cfg(test)]
mod tests;

/// What a problem says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    title: String,
    detail: Option<String>,
}

/// What is said of a field.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldWords {
    detail: String,
    fix: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    problem: BTreeMap<String, Words>,
    field: BTreeMap<String, FieldWords>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("../data/problems-es.toml")).expect("the tests read the embedded words")
});

/// Whether Spanish is wanted rather than English (RFC 9110, section 12.5.4). English, if neither is named.
pub(crate) fn is_wanted(headers: &HeaderMap) -> bool {
    let sent = headers.get_all(header::ACCEPT_LANGUAGE);
    let text = sent.iter().filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",");
    let weight = |language: &str| {
        let ranges = text.split(',').filter_map(|range| {
            let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
            let primary = tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
            let weight: f32 = weight.trim().strip_prefix("q=")?.parse().ok()?;
            (primary == language).then_some(weight)
        });
        ranges.fold(0.0_f32, f32::max)
    };
    weight("es") > weight("en")
}

/// Says a problem in Spanish. A code without words of its own keeps the English ones.
pub(crate) fn say(problem: &mut ProblemView, error: &ApiError) {
    let code = problem.kind.trim_start_matches("/problems/");
    if let Some(words) = TABLE.problem.get(code) {
        problem.title = &words.title;
        let own = words.detail.as_deref().map(|detail| filled(detail, error));
        problem.detail = error.detail_in_spanish().or(own);
    }
    for field in &mut problem.errors {
        say_field(field);
    }
}

fn say_field(field: &mut FieldErrorView) {
    let Some(words) = TABLE.field.get(&field.code) else { return };
    field.detail.clone_from(&words.detail);
    field.fix = match (listed(&field.fix), exampled(&field.fix)) {
        (Some(list), _) => format!("{}: {list}", words.fix),
        (None, Some(example)) => format!("{}, por ejemplo {example}", words.fix),
        (None, None) => words.fix.clone(),
    };
}

/// The allowed values at the end of an English fix: what stands behind its last colon.
fn listed(fix: &str) -> Option<&str> {
    let (before, list) = fix.rsplit_once(": ")?;
    let lists = ["one of", "known here", "near", "bill one of"];
    lists.iter().any(|words| before.ends_with(words)).then_some(list)
}

/// The example that an English fix gives.
fn exampled(fix: &str) -> Option<&str> {
    let (_, example) = fix.rsplit_once("such as ")?;
    let word = example.split([' ', ',', ';']).next()?;
    (!word.is_empty()).then_some(word)
}

/// The numbers and words of this time in their places.
fn filled(detail: &str, error: &ApiError) -> String {
    match error {
        ApiError::UnsupportedMediaType(readable) => detail.replace("{readable}", readable),
        ApiError::BodyTooLarge { limit_bytes } => detail.replace("{bytes}", &limit_bytes.to_string()),
        ApiError::MalformedJson { line, column } => {
            detail.replace("{line}", &line.to_string()).replace("{column}", &column.to_string())
        }
        _ => detail.to_owned(),
    }
}
