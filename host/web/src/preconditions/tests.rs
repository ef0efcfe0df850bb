use axum::http::Request;

use super::*;

#[tokio::test]
async fn a_change_names_its_version() {
    let cases = [
        (None, Err("precondition-required")),
        (Some("\"3\""), Ok(3)),
        (Some("3"), Err("stale")),
        (Some("W/\"3\""), Err("stale")),
        (Some("\"-1\""), Err("stale")),
        (Some("\"x\""), Err("stale")),
        (Some("*"), Err("stale")),
    ];
    for (sent, expected) in cases {
        let mut request = Request::builder();
        if let Some(sent) = sent {
            request = request.header(IF_MATCH, sent);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let read = IfMatch::from_request_parts(&mut parts, &()).await;
        assert_eq!(read.map(|IfMatch(version)| version).map_err(|error| error.row().1), expected, "{sent:?}");
    }
}

#[test]
fn a_reader_has_a_version_or_not() {
    let cases = [
        (None, false),
        (Some("\"3\""), true),
        (Some("W/\"3\""), true),
        (Some("\"1\", \"3\""), true),
        (Some("*"), true),
        (Some("\"2\""), false),
        (Some(""), false),
    ];
    for (sent, holds) in cases {
        assert_eq!(IfNoneMatch(sent.map(str::to_owned)).holds(&etag(3)), holds, "{sent:?}");
    }
}
