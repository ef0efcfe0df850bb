use axum::Router;
use axum::body::to_bytes;
use axum::http::{Request, StatusCode};
use axum::middleware::from_fn;
use axum::routing::get;
use expect_test::expect;
use tower::ServiceExt;
use workflow::Failure;

use super::*;
use crate::problem;

/// A small application with the same shell around it.
fn shell() -> Router {
    Router::new()
        .route("/v1/things/{id}", get(async || "a thing"))
        .route("/v1/busy", get(async || -> ApiError { Failure::Busy.into() }))
        .route("/v1/closed", get(async || ApiError::NotSignedIn))
        .route("/v1/bare", get(async || StatusCode::NOT_FOUND))
        .route("/fhir/Task/{id}", get(async || -> ApiError { Failure::NotFound.into() }))
        .method_not_allowed_fallback(problem::no_such_method)
        .fallback(problem::no_such_route)
        .layer(from_fn(around))
}

async fn answer(method: &str, path: &str) -> (StatusCode, HeaderMap, String) {
    let request = Request::builder().method(method).uri(path).header("x-request-id", "test-0001");
    let response = shell().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn every_refusal_is_a_problem() {
    let mut told = Vec::new();
    for (method, path) in [
        ("GET", "/v1/busy"),
        ("GET", "/v1/closed"),
        ("GET", "/v1/bare"),
        ("GET", "/nowhere"),
        ("DELETE", "/v1/things/1"),
        ("GET", "/fhir/Task/1"),
        ("GET", "/fhir/nowhere"),
    ] {
        let (_, headers, body) = answer(method, path).await;
        let header = |name: &str| headers.get(name).map_or("-", |value| value.to_str().unwrap()).to_owned();
        told.push(format!(
            "{method} {path} {} retry-after {} allow {} www-authenticate {}\n  {body}",
            header("content-type"),
            header("retry-after"),
            header("allow"),
            header("www-authenticate"),
        ));
    }
    expect![[r#"
        GET /v1/busy application/problem+json retry-after 1 allow - www-authenticate -
          {"type":"/problems/busy","title":"Too much is waiting; nothing was done, try again","status":503,"outcome":"not-done","trace_id":"test-0001"}
        GET /v1/closed application/problem+json retry-after - allow - www-authenticate Bearer
          {"type":"/problems/not-signed-in","title":"A valid key is needed","status":401,"detail":"send Authorization: Bearer and the key","trace_id":"test-0001"}
        GET /v1/bare application/problem+json retry-after - allow - www-authenticate -
          {"type":"/problems/not-found","title":"There is nothing here","status":404,"trace_id":"test-0001"}
        GET /nowhere application/problem+json retry-after - allow - www-authenticate -
          {"type":"/problems/not-found","title":"There is nothing here","status":404,"trace_id":"test-0001"}
        DELETE /v1/things/1 application/problem+json retry-after - allow GET,HEAD www-authenticate -
          {"type":"/problems/method-not-allowed","title":"This cannot be done to this address","status":405,"trace_id":"test-0001"}
        GET /fhir/Task/1 application/fhir+json retry-after - allow - www-authenticate -
          {"issue":[{"code":"not-found","details":{"coding":[{"code":"not-found","system":"https://crosswalk.example/fhir/CodeSystem/problem"}],"text":"There is nothing here"},"diagnostics":"There is nothing here (request test-0001)","severity":"error"}],"resourceType":"OperationOutcome"}
        GET /fhir/nowhere application/fhir+json retry-after - allow - www-authenticate -
          {"issue":[{"code":"not-found","details":{"coding":[{"code":"not-found","system":"https://crosswalk.example/fhir/CodeSystem/problem"}],"text":"There is nothing here"},"diagnostics":"There is nothing here (request test-0001)","severity":"error"}],"resourceType":"OperationOutcome"}"#]]
    .assert_eq(&told.join("\n"));
}

#[tokio::test]
async fn every_answer_is_sealed() {
    for path in ["/v1/things/1", "/v1/busy", "/nowhere", "/fhir/Task/1"] {
        let (_, headers, _) = answer("GET", path).await;
        let sealed = [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("x-request-id", "test-0001"),
        ];
        for (name, value) in sealed {
            assert_eq!(
                headers.get(name).map(|header| header.to_str().unwrap()),
                Some(value),
                "{path} {name}"
            );
        }
    }
}

#[test]
fn a_file_runs_nothing_wherever_it_comes_from() {
    for kind in [Kind::Data, Kind::Docs, Kind::Page] {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
        seal(&mut headers, &RequestId("test-0001".into()), kind);
        let policy = headers.get(header::CONTENT_SECURITY_POLICY).unwrap();
        assert_eq!(
            policy,
            "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        assert_eq!(headers.get(header::X_CONTENT_TYPE_OPTIONS).unwrap(), "nosniff");
    }
}

#[test]
fn a_request_id_is_taken_over_if_it_is_well_formed() {
    for (sent, taken) in
        [("4bf92f3577b34da6", true), ("short", false), ("a b c d e f", false), ("ü1234567890", false)]
    {
        let mut headers = HeaderMap::new();
        headers.insert(REQUEST_ID, HeaderValue::from_bytes(sent.as_bytes()).unwrap());
        assert_eq!(request_id(&headers) == sent, taken, "{sent}");
    }
    let (first, second) = (request_id(&HeaderMap::new()), request_id(&HeaderMap::new()));
    assert_ne!(first, second);
    assert_eq!(first.len(), 32);
}
