//! Turning what a use case gave back into an answer, once; a retry of a command gets the very same bytes.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tracing::Instrument;
use workflow::Failure;
use workflow::command::{Outcome, StoredAnswer};
use workflow::view::{
    CaseView, ContractView, IdentityConflictView, IdentityView, MemberView, OrganizationView,
};

use crate::App;
use crate::preconditions::{IfNoneMatch, etag};
use crate::problem::ApiError;

/// Says that an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// A view with a version, which an `If-Match` can name.
pub(crate) trait Versioned: Serialize {
    /// Version of the thing, counted up by each change.
    fn version(&self) -> i64;
}

impl Versioned for CaseView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Versioned for OrganizationView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Versioned for MemberView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Versioned for IdentityView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Versioned for IdentityConflictView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Versioned for ContractView {
    fn version(&self) -> i64 {
        self.version
    }
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

/// 200 with the view.
pub(crate) fn ok<V: Serialize>(view: &V) -> StoredAnswer {
    stored(StatusCode::OK, view, Vec::new())
}

/// 201 with the view.
pub(crate) fn created<V: Serialize>(view: &V) -> StoredAnswer {
    stored(StatusCode::CREATED, view, Vec::new())
}

/// 200 with the new version.
pub(crate) fn changed<V: Versioned>(view: &V) -> StoredAnswer {
    tagged(StatusCode::OK, view, view.version(), Vec::new())
}

/// 201 with a case's first version and its address.
pub(crate) fn opened(case: &CaseView) -> StoredAnswer {
    let headers = vec![("location".to_owned(), format!("/v1/{}s/{}", case.kind, case.id))];
    tagged(StatusCode::CREATED, case, case.version, headers)
}

/// An answer as JSON, with the entity tag of its version.
pub(crate) fn tagged<V: Serialize>(
    status: StatusCode,
    view: &V,
    version: i64,
    headers: Vec<(String, String)>,
) -> StoredAnswer {
    let mut answer = stored(status, view, headers);
    answer.headers.push(("etag".to_owned(), etag(version, &answer.body)));
    answer
}

/// An answer as JSON.
pub(crate) fn stored<V: Serialize>(
    status: StatusCode,
    view: &V,
    mut headers: Vec<(String, String)>,
) -> StoredAnswer {
    headers.push(("content-type".to_owned(), "application/json".to_owned()));
    let body = serde_json::to_vec(view).expect("views have text keys and no failing parts");
    StoredAnswer { status: status.as_u16(), headers, body }
}

/// The current version, or 304 if the client has it.
pub(crate) fn current<V: Versioned>(view: V, seen: &IfNoneMatch) -> Response {
    let answer = tagged(StatusCode::OK, &view, view.version(), Vec::new());
    let tag = etag(view.version(), &answer.body);
    if seen.holds(&tag) {
        (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response()
    } else {
        sent(answer)
    }
}
