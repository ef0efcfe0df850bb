//! Parts that every answer has: the request's id, its span, its numbers, its headers, and the shape of
//! problems.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use domain::case::Language;
use tracing::Instrument;

use crate::numbers;
use crate::portal;
use crate::portal::reader::Reader;
use crate::problem::{ApiError, ProblemView, chain};
use crate::routes::fhir;
use crate::spanish;

#[cfg(test)]
mod tests;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id under which a request is logged and audited.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub(crate) Arc<str>);

/// Goes around every request.
pub(crate) async fn around(mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = RequestId(request_id(request.headers()).into());
    let method = request.method().clone();
    let is_fhir = request.uri().path().starts_with("/fhir/");
    let language = spanish::wanted(request.headers());
    let kind = Kind::of(request.uri().path());
    let reader = (kind == Kind::Page).then(|| Reader::of(request.headers(), request.method(), request.uri()));
    // The pattern, never the address: addresses hold ids.
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    request.extensions_mut().insert(id.clone());

    let span =
        tracing::info_span!("http.request", http.method = %method, http.route = %route, request.id = %id.0);
    let mut response = next.run(request).instrument(span.clone()).await;
    span.in_scope(|| {
        finish(&mut response, &id, is_fhir, language, reader.as_ref());
        let took = begun.elapsed();
        numbers::count(&route, &method, response.status(), took);
        let (status, duration_us) =
            (response.status().as_u16(), u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
        // Probes and scrapes would drown everything else.
        if matches!(route.as_str(), "/healthz" | "/readyz" | "/metrics") {
            tracing::debug!(http.status = status, duration_us, "answered");
        } else {
            tracing::info!(http.status = status, duration_us, "answered");
        }
    });
    seal(response.headers_mut(), &id, kind);
    response
}

/// Writes the problem of an answer that is one, and logs a failure of ours, once, with everything that caused
/// it.
fn finish(
    response: &mut Response,
    id: &RequestId,
    is_fhir: bool,
    language: Language,
    reader: Option<&Reader>,
) {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return;
    }
    let bare = || Arc::new(ApiError::Bare(status));
    let error = response.extensions_mut().remove::<Arc<ApiError>>().unwrap_or_else(bare);
    // Probes ask often; the handler has said why. Who is turned away for lack of places is counted.
    if status.is_server_error() && !matches!(*error, ApiError::NotReady | ApiError::Crowded) {
        tracing::error!(error = %chain(&*error), "request failed");
    }
    if let Some(reader) = reader {
        if !portal::headers::is_page(response) {
            portal::headers::finish(response, &error, reader, &id.0);
        }
        return;
    }
    let problem = error.problem(&id.0, language);
    let language = HeaderValue::from_static(language.tag());
    response.headers_mut().insert(header::CONTENT_LANGUAGE, language);
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-language"));
    let (media_type, body) = if is_fhir {
        ("application/fhir+json", fhir::outcome(&error, &problem))
    } else {
        ("application/problem+json", json(&problem))
    };
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response.headers_mut().remove(header::CONTENT_LENGTH);
    *response.body_mut() = Body::from(body);
}

/// The problem of a request that was never read as one, under a fresh id.
pub(crate) fn unread(error: &ApiError) -> (String, Vec<u8>) {
    let id = fresh_id();
    let problem = json(&error.problem(&id, Language::En));
    (id, problem)
}

fn json(problem: &ProblemView) -> Vec<u8> {
    serde_json::to_vec(problem).expect("a problem has text keys and no failing parts")
}

/// Kind of an answer, which says what a browser may do with it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// An answer for software: a browser runs nothing of it.
    Data,
    /// The page at `/docs`, which runs its own scripts and sets styles from them.
    Docs,
    /// A page of the portal.
    Page,
}

impl Kind {
    fn of(path: &str) -> Self {
        match path {
            _ if portal::holds(path) => Self::Page,
            _ if path.starts_with("/docs") => Self::Docs,
            _ => Self::Data,
        }
    }

    /// Policy of an answer of this kind. A file is to be saved: opened in the place of a page it would run
    /// nothing, and be of no site.
    fn policy(self, is_file: bool) -> &'static str {
        if is_file {
            return "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        }
        match self {
            Self::Data => "default-src 'none'; frame-ancestors 'none'",
            Self::Docs => {
                "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                 connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            }
            Self::Page => portal::headers::POLICY,
        }
    }
}

/// Headers of every answer. Nothing here is for a cache, a frame or a guess at its type.
fn seal(headers: &mut HeaderMap, id: &RequestId, kind: Kind) {
    if kind == Kind::Page {
        portal::headers::add(headers);
    }
    let is_file = headers.contains_key(header::CONTENT_DISPOSITION);
    // But for lists that are about nobody, which say so themselves.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(kind.policy(is_file)));
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        headers.insert(REQUEST_ID, value);
    }
}

/// The caller's own id if it is well-formed, or a fresh one.
fn request_id(headers: &HeaderMap) -> String {
    let sent = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let well_formed = |id: &&str| {
        (8..=64).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    sent.filter(well_formed).map_or_else(fresh_id, str::to_owned)
}

/// An id for logs: 128 bits that differ by process and by request. It grants nothing, so it need not be
/// unguessable.
pub(crate) fn fresh_id() -> String {
    static SEEDS: LazyLock<[RandomState; 2]> = LazyLock::new(Default::default);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    SEEDS.iter().map(|seed| format!("{:016x}", seed.hash_one(count))).collect()
}
