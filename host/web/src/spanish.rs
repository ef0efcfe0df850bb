//! Fields' problems in Spanish, for whoever asks with `Accept-Language`. Where English says more about one
//! case, Spanish says what is so in all of them, and keeps the list of what is allowed and the example.

use axum::http::{HeaderMap, header};
use domain::case::Language;

use crate::negotiation::weight;
use crate::problem::{FieldErrorView, table};

#[cfg(test)]
mod tests;

/// The language that is wanted (RFC 9110, section 12.5.4). English, if neither is named.
pub(crate) fn wanted(headers: &HeaderMap) -> Language {
    let of = |language: Language| weight(headers, &header::ACCEPT_LANGUAGE, |range| language.is_of(range));
    if of(Language::Es) > of(Language::En) { Language::Es } else { Language::En }
}

/// Says the problem of a field in Spanish: in the plan's own words where its rules refuse the field.
pub(crate) fn say_field(field: &mut FieldErrorView) {
    let Some(meaning) = table::field(field.code) else { return };
    let of_plan = field.text.as_ref().map(|text| text.es.as_str()).filter(|words| !words.is_empty());
    field.detail = of_plan.unwrap_or(meaning.cause.in_language(Language::Es)).to_owned();
    let fix = meaning.fix.in_language(Language::Es);
    field.fix = match (listed(&field.fix), exampled(&field.fix)) {
        (Some(list), _) => format!("{fix}: {list}"),
        (None, Some(example)) => format!("{fix}, por ejemplo {example}"),
        (None, None) => fix.to_owned(),
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
