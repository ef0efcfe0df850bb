use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use expect_test::expect;
use serde_json::json;

use super::*;

const CASE: &str = "case_0123456789abcdef0123456789abcdef";
const OTHER: &str = "case_fedcba9876543210fedcba9876543210";
const DIGEST: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// A request with all that a shell could take amiss.
fn awkward() -> Request {
    let body = json!({
        "case": CASE, "earlier": [OTHER, CASE], "public_key": DIGEST,
        "note": "it's $HOME, `date`, \"\\n\" and\nJSON\n",
    });
    let path = format!("/v1/cases/{CASE}/plugins/{DIGEST}?file=a%20b.wasm&case={CASE}");
    Request::post(path, &body).method("PATCH").by("cw_secret").of_version(&json!(3))
}

fn call_of(request: &Request) -> Call {
    Call::of(request, |_| "KEY")
}

#[test]
fn a_call_names_what_varies_by_variables() {
    let expected = expect![[r#"
        curl --request PATCH "$CROSSWALK/v1/cases/$CASE/plugins/$DIGEST?file=a%20b.wasm&case=$CASE" \
          --header 'Content-Type: application/json' \
          --header "Idempotency-Key: $(uuidgen)" \
          --header "Authorization: Bearer $KEY" \
          --header 'If-Match: "3"' \
          --data-binary @- <<JSON
        {
          "case": "$CASE",
          "earlier": [
            "$CASE_2",
            "$CASE"
          ],
          "note": "it's \$HOME, \`date\`, \\"\\\\n\\" and\\nJSON\\n",
          "public_key": "$PUBLIC_KEY"
        }
        JSON
    "#]];
    expected.assert_eq(&call_of(&awkward()).text);
    let file = Request::bytes("/v1/documents", "text/plain", "It's over.").without("Idempotency-Key");
    let expected = expect![[r#"
        curl "$CROSSWALK/v1/documents" \
          --header 'Content-Type: text/plain' \
          --data-binary 'It'\''s over.'
    "#]];
    expected.assert_eq(&call_of(&file).text);
    expect![[r#"
        curl "$CROSSWALK/v1/plans"
    "#]]
    .assert_eq(&call_of(&Request::get("/v1/plans")).text);
}

/// Sends the call to a listener that answers 201, and gives the request's head and body as they came.
fn received(call: &Call) -> (String, Vec<u8>, Answer) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = format!("http://{}", listener.local_addr().expect("it listens"));
    let reader = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("curl comes");
        let (mut whole, mut part) = (Vec::new(), [0; 4096]);
        loop {
            let count = stream.read(&mut part).expect("curl sends");
            whole.extend_from_slice(&part[..count]);
            let Some(end) = whole.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
            let head = String::from_utf8_lossy(&whole[..end]).into_owned();
            let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
            let length: usize = length.map_or(0, |text| text.parse().expect("a number"));
            if whole.len() < end + 4 + length {
                continue;
            }
            let answer = "HTTP/1.1 201 Created\r\nX-Request-Id: 1\r\nContent-Length: 8\r\nConnection: close\r\n\r\n{\"a\": 1}";
            stream.write_all(answer.as_bytes()).expect("curl reads");
            return (head, whole.split_off(end + 4));
        }
    });
    let answer = call.send(&address);
    let (head, body) = reader.join().expect("the listener ends");
    (head, body, answer)
}

#[test]
fn curl_sends_the_request_of_which_a_call_is_made() {
    if !curl_is_there() {
        return crate::harness::skip(
            "harness::curl::tests::curl_sends_the_request_of_which_a_call_is_made",
            "there is no curl",
        );
    }
    let wasm: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let rows = "procedure,amount\nG9008 U8,45.00\n";
    let requests = [
        awkward(),
        Request::get(format!("/v1/referrals/{CASE}")).by("cw_secret"),
        Request::get("/v1/keys/1").method("DELETE"),
        Request::bytes("/v1/tables", "text/csv", rows),
        Request::bytes("/v1/tables", "text/csv", "a,b\r\n1,2\r\n"),
        Request::bytes("/v1/documents", "text/plain", "It's over, for $0."),
        Request::bytes("/v1/plugins", "application/wasm", wasm),
    ];
    for request in requests {
        let call = call_of(&request);
        let (head, body, answer) = received(&call);
        let (method, path) = request.line();
        assert_eq!(head.lines().next(), Some(&*format!("{method} {path} HTTP/1.1")), "{}", call.text);
        for (name, value) in request.headers().iter().filter(|(name, _)| name != "Idempotency-Key") {
            assert!(head.lines().any(|line| line == format!("{name}: {value}")), "{name}: {head}");
        }
        let names_its_attempt = head.lines().any(|line| line.starts_with("Idempotency-Key: "));
        assert_eq!(names_its_attempt, request.body().is_some(), "{head}");
        let sent = request.body().unwrap_or_default();
        match serde_json::from_slice::<Value>(sent) {
            Ok(json) => assert_eq!(json, serde_json::from_slice::<Value>(&body).expect("JSON came")),
            Err(_) => assert_eq!(sent, body, "{}", call.text),
        }
        assert_eq!((answer.status, answer.header("x-request-id")), (201, "1"));
        assert_eq!(answer.json, json!({ "a": 1 }));
    }
}
