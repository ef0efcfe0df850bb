use axum::http::HeaderValue;
use serde::Deserialize;

use super::*;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Outer {
    #[expect(dead_code, reason = "only its type matters")]
    name: String,
    #[serde(default)]
    #[expect(dead_code, reason = "only its type matters")]
    lines: Vec<Line>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[expect(dead_code, reason = "only its type matters")]
    units: u32,
    #[expect(dead_code, reason = "only its type matters")]
    paid: Option<bool>,
}

#[test]
fn a_misfit_is_told_by_pointer_and_never_quoted() {
    let cases = [
        (r#"{"lines": []}"#, "/name", "missing-field", "send it"),
        (r#"{"name": 91234567}"#, "/name", "wrong-type", "send text"),
        (r#"{"name": "x", "lines": {}}"#, "/lines", "wrong-type", "send a list"),
        (
            r#"{"name": "x", "lines": [{"units": "91234567A"}]}"#,
            "/lines/0/units",
            "wrong-type",
            "send a whole number that is not negative",
        ),
        (
            r#"{"name": "x", "lines": [{"units": -91234567}]}"#,
            "/lines/0/units",
            "wrong-type",
            "send a whole number that is not negative",
        ),
        (
            r#"{"name": "x", "lines": [{"units": 1, "paid": "91234567A"}]}"#,
            "/lines/0/paid",
            "wrong-type",
            "send true or false",
        ),
        (r#"{"name": "x", "lines": [91234567]}"#, "/lines/0", "wrong-type", "send an object"),
        (
            r#"{"name": "x", "lines": [{"units": 1}, {"unit": 1}]}"#,
            "/lines/1/unit",
            "unknown-field",
            "leave it out; known here: units, paid",
        ),
        (
            r#"{"name": "x", "Marisol 91234567A": 1}"#,
            "",
            "unknown-field",
            "leave it out; known here: name, lines",
        ),
        (r#"{"name": "x", "name": "91234567A"}"#, "/name", "duplicate-field", "send it once"),
        (
            r#"{"name": "x", "a`, expected `91234567A": 1}"#,
            "",
            "unknown-field",
            "leave it out; known here: name, lines",
        ),
        (r#""91234567A""#, "", "wrong-type", "send an object"),
    ];
    for (sent, pointer, code, fix) in cases {
        let Err(ApiError::Failure(Failure::Invalid(problems))) = json::<Outer>(sent.as_bytes()) else {
            panic!("{sent} was not refused as it should be");
        };
        let told: Vec<_> =
            problems.iter().map(|problem| (&*problem.pointer, problem.code.name(), &*problem.fix)).collect();
        assert_eq!(told, [(pointer, code, fix)], "{sent}");
        assert!(!format!("{problems:?}").contains("91234567"), "{sent} is quoted: {problems:?}");
    }
}

#[test]
fn what_is_no_json_is_told_by_its_place() {
    for sent in ["", "{", r#"{"name": "x"} x"#, r#"{"name": x}"#, "\u{feff}{}"] {
        assert!(matches!(json::<Outer>(sent.as_bytes()), Err(ApiError::MalformedJson { .. })), "{sent:?}");
    }
    assert!(json::<Outer>(br#"{"name": "x", "lines": [{"units": 1}]}"#).is_ok());
}

#[test]
fn media_types_are_read_with_their_dialects_and_parameters() {
    let cases = [
        ("application/json", "application/json", true),
        ("Application/JSON; charset=utf-8", "application/json", true),
        ("application/merge-patch+json", "application/json", true),
        ("application/json", "application/fhir+json", true),
        ("application/fhir+json", "application/fhir+json", true),
        ("text/plain", "application/json", false),
        ("application/json", "text/csv", false),
        ("text/csv; header=present", "text/csv", true),
        ("application/wasm", "application/wasm", true),
    ];
    for (sent, wanted, readable) in cases {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(sent));
        assert_eq!(is_readable(&headers, wanted), readable, "{sent} where {wanted} is read");
    }
    assert!(!is_readable(&HeaderMap::new(), "application/json"));
}

#[tokio::test]
async fn a_body_past_its_limit_is_refused() {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let limit = JSON.limit_bytes;
    for (length, fits) in [(limit, true), (limit + 1, false), (limit + DISCARDED_BYTES + 1, false)] {
        let read = read(&headers, Body::from(vec![b' '; length]), JSON).await;
        match read {
            Ok(bytes) => assert!(fits && bytes.len() == length, "{length} bytes"),
            Err(error) => {
                assert!(!fits && matches!(error, ApiError::BodyTooLarge { .. }), "{length} bytes: {error}")
            }
        }
    }
    let untyped = read(&HeaderMap::new(), Body::from("{}"), JSON).await;
    assert!(matches!(untyped, Err(ApiError::UnsupportedMediaType("application/json"))));
    assert_eq!(read(&HeaderMap::new(), Body::empty(), JSON).await.unwrap(), b"");
}

#[test]
fn a_nul_is_found_however_it_is_escaped() {
    for (json, holds) in [
        (r#"{"a":"b\u0000"}"#, true),
        (r#"{"a\u0000":"b"}"#, true),
        (r#"{"a":"b\\\u0000"}"#, true),
        (r#"{"a":"b\\u0000"}"#, false),
        (r#"{"a":"b\u0001"}"#, false),
        (r#"{"a":"u0000"}"#, false),
    ] {
        assert_eq!(holds_nul(json.as_bytes()), holds, "{json}");
    }
}

#[test]
fn compressed_bodies_are_told_apart() {
    for (encoding, encoded) in
        [(None, false), (Some("identity"), false), (Some("gzip"), true), (Some("br, gzip"), true)]
    {
        let mut headers = HeaderMap::new();
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        assert_eq!(is_encoded(&headers), encoded, "{encoding:?}");
    }
}
