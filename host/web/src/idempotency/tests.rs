use axum::http::{HeaderName, HeaderValue};

use super::*;

#[test]
fn keys_are_read_with_and_without_quotes() {
    let long = "k".repeat(200);
    let too_long = "k".repeat(201);
    let cases: [(&[&str], Result<&str, &str>); 12] = [
        (&["8e03978e-40d5"], Ok("8e03978e-40d5")),
        (&["\"8e03978e-40d5\""], Ok("8e03978e-40d5")),
        (&["  \"a b\"  "], Ok("a b")),
        (&[r#""a\"b\\c""#], Ok(r#"a"b\c"#)),
        (&[&long], Ok(&long)),
        (&[], Err("missing-idempotency-key")),
        (&[""], Err("malformed-idempotency-key")),
        (&["\"\""], Err("malformed-idempotency-key")),
        (&["\"open"], Err("malformed-idempotency-key")),
        (&[r#""a"b""#], Err("malformed-idempotency-key")),
        (&[&too_long], Err("malformed-idempotency-key")),
        (&["one", "two"], Err("malformed-idempotency-key")),
    ];
    for (sent, expected) in cases {
        let mut headers = HeaderMap::new();
        for value in sent {
            headers.append(HeaderName::from_static(HEADER), HeaderValue::from_str(value).unwrap());
        }
        let read = key(&headers);
        assert_eq!(read.as_deref().map_err(|error| error.code().name()), expected, "{sent:?}");
    }
}

#[test]
fn a_fingerprint_differs_by_method_address_and_body() {
    let fingerprints = [
        fingerprint("POST", "/v1/referrals", b"{}"),
        fingerprint("PATCH", "/v1/referrals", b"{}"),
        fingerprint("POST", "/v1/claims", b"{}"),
        fingerprint("POST", "/v1/referrals", b"{ }"),
        fingerprint("POST", "/v1/referrals?plan=x", b"{}"),
    ];
    for (place, one) in fingerprints.iter().enumerate() {
        let same = fingerprints[place + 1..].iter().position(|other| other == one);
        assert_eq!(same, None, "another request has the fingerprint of request {place}");
    }
    assert_eq!(fingerprints[0], fingerprint("POST", "/v1/referrals", b"{}"));
}
