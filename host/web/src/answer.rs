//! Turning what a use case gave back into an answer, once; a retry of a command gets the very same bytes.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tracing::Instrument;
use workflow::Failure;
use workflow::command::{Outcome, StoredAnswer};
use workflow::shown::ShownCase;

use crate::App;
use crate::output::Output;
use crate::preconditions::{IfNoneMatch, etag};
use crate::problem::ApiError;

/// Says that an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// A thing whose version an `If-Match` names.
pub(crate) trait Versioned: Output {
    /// Version of the thing, which each change raises.
    fn version(&self) -> i64;
}

impl App {
    /// Carries out a command to its end, whatever becomes of the client meanwhile, and answers.
    pub(crate) async fn carry_out<V: Send + 'static>(
        &self,
        command: impl Future<Output = Result<Outcome<V>, Failure>> + Send + 'static,
    ) -> Result<Response, ApiError> {
        match self.finish(command).await? {
            Outcome::Fresh(_, answer) => Ok(sent(answer)),
            Outcome::Replayed(answer) => Ok(replayed(answer)),
        }
    }

    /// As [`Self::carry_out`], for what needs more than the stored answer.
    pub(crate) async fn finish<T: Send + 'static>(
        &self,
        command: impl Future<Output = Result<T, Failure>> + Send + 'static,
    ) -> Result<T, ApiError> {
        let span = tracing::Span::current();
        Ok(self.commands.spawn(command.instrument(span)).await.map_err(ApiError::Lost)??)
    }
}

/// An answer as it was stored.
fn sent(answer: StoredAnswer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// An answer that was given before.
pub(crate) fn replayed(answer: StoredAnswer) -> Response {
    let mut response = sent(answer);
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

/// 200 with the value.
pub(crate) fn ok<V: Output>(value: &V) -> StoredAnswer {
    stored(StatusCode::OK, value, Vec::new())
}

/// 201 with the value.
pub(crate) fn created<V: Output>(value: &V) -> StoredAnswer {
    stored(StatusCode::CREATED, value, Vec::new())
}

/// 200 with the new version.
pub(crate) fn changed<V: Versioned>(value: &V) -> StoredAnswer {
    tagged(StatusCode::OK, value, value.version(), Vec::new())
}

/// 201 with a case's first version and its address.
pub(crate) fn opened(shown: &ShownCase) -> StoredAnswer {
    let case = &shown.case;
    let address = format!("/v1/{}s/{}", case.body.kind().name(), case.id);
    tagged(StatusCode::CREATED, shown, case.version, vec![("location".to_owned(), address)])
}

/// An answer as JSON, with the entity tag of its version.
pub(crate) fn tagged<V: Output>(
    status: StatusCode,
    value: &V,
    version: i64,
    headers: Vec<(String, String)>,
) -> StoredAnswer {
    let mut answer = stored(status, value, headers);
    answer.headers.push(("etag".to_owned(), etag(version, &answer.body)));
    answer
}

/// An answer as JSON.
pub(crate) fn stored<V: Output>(
    status: StatusCode,
    value: &V,
    mut headers: Vec<(String, String)>,
) -> StoredAnswer {
    headers.push(("content-type".to_owned(), "application/json".to_owned()));
    let body = serde_json::to_vec(&value.view()).expect("views have text keys and no failing parts");
    StoredAnswer { status: status.as_u16(), headers, body }
}

/// The current version, or 304 if the client has it.
pub(crate) fn current<V: Versioned>(value: V, seen: &IfNoneMatch) -> Response {
    let answer = tagged(StatusCode::OK, &value, value.version(), Vec::new());
    let tag = etag(value.version(), &answer.body);
    if seen.holds(&tag) {
        (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response()
    } else {
        sent(answer)
    }
}
