//! Headers of every answer below `/portal`, and the page that stands in for an answer that is none.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use portal::trouble::{self, Trouble};

use super::reader::Reader;
use crate::problem::ApiError;

/// A page loads nothing but its own style and script, posts nowhere else, and stands in no frame.
pub(crate) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

/// Headers beside those that every answer has.
const OWN: [(HeaderName, HeaderValue); 4] = [
    (header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000; includeSubDomains")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "camera=(self), geolocation=(), microphone=(), publickey-credentials-get=(self), \
             publickey-credentials-create=(self)",
        ),
    ),
];

/// Adds what only pages have.
pub(crate) fn add(headers: &mut HeaderMap) {
    for (name, value) in OWN {
        headers.insert(name, value);
    }
}

/// Puts the page of a trouble in the place of an answer that has none. A page that a handler wrote, such as a
/// form with its mistakes, stays.
pub(crate) fn finish(response: &mut Response, error: &ApiError, reader: &Reader, request: &str) {
    let page = trouble::page(&reader.frame(None), trouble_of(response.status(), error), request);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response.headers_mut().remove(header::CONTENT_LENGTH);
    // That a key would do is for software.
    response.headers_mut().remove(header::WWW_AUTHENTICATE);
    *response.body_mut() = Body::from(page);
}

/// True for an answer that is a page already.
pub(crate) fn is_page(response: &Response) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

pub(super) fn trouble_of(status: StatusCode, error: &ApiError) -> Trouble {
    use workflow::Failure as F;
    match (error, status) {
        // The layer against requests of other sites answers so, and nothing else does without a reason.
        (ApiError::Bare(_), StatusCode::FORBIDDEN) => Trouble::Foreign,
        (ApiError::Failure(F::Unknown), _) => Trouble::Unknown,
        // Who went back and sends other entries gets on with the page opened anew: with its old key nothing
        // is taken, however often it is sent.
        (ApiError::Failure(F::Stale | F::Newer(_) | F::KeyReused), _) => Trouble::Changed,
        (_, StatusCode::FORBIDDEN) => Trouble::Refused,
        (_, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) => Trouble::NotHere,
        (_, StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED) => Trouble::Changed,
        (_, StatusCode::TOO_MANY_REQUESTS) => Trouble::TooMany,
        (_, StatusCode::SERVICE_UNAVAILABLE) => Trouble::Busy,
        (_, status) if status.is_client_error() => Trouble::Unreadable,
        _ => Trouble::OurFault,
    }
}
