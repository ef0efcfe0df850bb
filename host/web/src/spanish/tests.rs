use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use axum::http::{HeaderMap, HeaderValue, header};

use super::{TABLE, exampled, is_wanted, listed};

#[test]
fn the_language_is_the_one_that_weighs_most() {
    let table = [
        (None, false),
        (Some("es"), true),
        (Some("es-MX,es;q=0.9,en;q=0.8"), true),
        (Some("en-US,en;q=0.9,es;q=0.5"), false),
        (Some("en, es"), false),
        (Some("fr, es;q=0.3"), true),
        (Some("es;q=0"), false),
        (Some("*"), false),
        (Some(";;,=q"), false),
    ];
    for (sent, spanish) in table {
        let mut headers = HeaderMap::new();
        if let Some(sent) = sent {
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(sent));
        }
        assert_eq!(is_wanted(&headers), spanish, "{sent:?}");
    }
}

#[test]
fn what_is_allowed_is_kept() {
    assert_eq!(listed("send one of: a, b"), Some("a, b"));
    assert_eq!(listed("leave it out; known here: cin, purpose"), Some("cin, purpose"));
    assert_eq!(listed("GET /v1/dictionary/facts lists them; near: a.b, a.c"), Some("a.b, a.c"));
    assert_eq!(listed("send RFC 3339, such as 2026-03-01T08:00:00Z"), None);
    assert_eq!(
        exampled("send RFC 3339, such as 2026-03-01T08:00:00Z, with + as %2B"),
        Some("2026-03-01T08:00:00Z")
    );
    assert_eq!(exampled("send it"), None);
}

/// Every code that stands in the sources as the code of a field's problem.
fn codes() -> BTreeSet<String> {
    let rooms = ["../web/src", "../workflow/src"];
    let mut folders: Vec<_> =
        rooms.iter().map(|room| Path::new(env!("CARGO_MANIFEST_DIR")).join(room)).collect();
    let mut codes = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("tests.rs") {
                codes.extend(codes_of(&fs::read_to_string(&path).expect("a source")));
            }
        }
    }
    codes
}

/// Of each call that refuses a field, the first of its texts that looks like a code.
fn codes_of(source: &str) -> Vec<String> {
    let calls = ["FieldProblem::new(", "Failure::field(", ".refuse("];
    let is_code =
        |text: &&str| text.len() > 4 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let found = calls.iter().flat_map(|call| source.match_indices(call));
    found
        .filter_map(|(at, call)| {
            let arguments = source.get(at + call.len()..)?.split(';').next()?;
            arguments.split('"').skip(1).step_by(2).take(2).find(is_code).map(str::to_owned)
        })
        .collect()
}

#[test]
fn every_code_has_spanish_words() {
    let codes = codes();
    assert!(codes.len() > 50, "{codes:?}");
    let missing: Vec<_> = codes.iter().filter(|code| !TABLE.field.contains_key(*code)).collect();
    assert!(missing.is_empty(), "say these in data/problems-es.toml too: {missing:?}");
    for (code, words) in &TABLE.field {
        assert!(!words.detail.is_empty() && !words.fix.is_empty(), "{code}");
        assert!(!words.fix.contains(": "), "{code}: what is listed comes behind a colon");
    }
    let titles: BTreeSet<_> = TABLE.problem.values().map(|words| &words.title).collect();
    assert_eq!(titles.len(), TABLE.problem.len(), "each problem is told apart");
}
