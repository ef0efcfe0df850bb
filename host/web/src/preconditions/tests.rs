use axum::http::Request;

use super::*;

#[tokio::test]
async fn a_change_names_its_version() {
    let cases = [
        (None, Err("precondition-required")),
        (Some("\"3\""), Ok(Expected::one_of([3]))),
        (Some("\"3.0123456789abcdef\""), Ok(Expected::one_of([3]))),
        (Some("\"2.aa\", \"3.0123456789abcdef\""), Ok(Expected::one_of([2, 3]))),
        (Some("W/\"2\",\"3\",other"), Ok(Expected::one_of([3]))),
        (Some("*"), Ok(Expected::Any)),
        (Some("*, \"3\""), Ok(Expected::one_of([3]))),
        (Some("\".0123456789abcdef\""), Err("stale")),
        (Some("3"), Err("stale")),
        (Some("W/\"3\""), Err("stale")),
        (Some("\"-1\""), Err("stale")),
        (Some("\"x\""), Err("stale")),
        (Some("W/\"3\", x"), Err("stale")),
    ];
    for (sent, expected) in cases {
        let mut request = Request::builder();
        if let Some(sent) = sent {
            request = request.header(IF_MATCH, sent);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let read = IfMatch::from_request_parts(&mut parts, &()).await;
        assert_eq!(
            read.map(|IfMatch(expected)| expected).map_err(|error| error.code().name()),
            expected,
            "{sent:?}"
        );
    }
}

#[test]
fn a_reader_has_a_version_or_not() {
    let cases = [
        (None, false),
        (Some("\"3.1\""), true),
        (Some("W/\"3.1\""), true),
        (Some("\"1.0\", \"3.1\""), true),
        (Some("*"), true),
        (Some("\"3.2\""), false),
        (Some("\"3\""), false),
        (Some(""), false),
    ];
    for (sent, holds) in cases {
        assert_eq!(IfNoneMatch(sent.map(str::to_owned)).holds("\"3.1\""), holds, "{sent:?}");
    }
}

#[test]
fn a_tag_is_of_a_version_and_of_what_is_sent() {
    let tags = [etag(3, b"open"), etag(3, b"met"), etag(4, b"met")];
    assert_ne!(tags[0], tags[1]);
    assert_ne!(tags[1], tags[2]);
    assert_eq!(tags.map(|tag| version(&tag)), [Some(3), Some(3), Some(4)]);
}
