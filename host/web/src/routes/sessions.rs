//! Sessions of people: signing in, proving who one is, locking, and ending.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use domain::identifiers::SessionId;

use super::Named;
use crate::App;
use crate::auth::{SignedIn, Visiting, request_id};
use crate::idempotency::Question;
use crate::input::sessions::{CredentialsBody, ProofBody};
use crate::output::sessions::SessionView;
use crate::output::{Page, json};
use crate::problem::ApiError;

/// Signs a person in, with an address and a code of the authenticator or a recovery code. Each is good once.
/// The answer to a refused try does not tell whether there is such an account. The session's secret is in
/// this answer and nowhere else; it goes where a key goes. No `Idempotency-Key` is read: a lost answer is
/// followed by another sign-in.
#[utoipa::path(
    post, path = "/v1/sessions", operation_id = "signIn", tag = "sessions",
    request_body(content = CredentialsBody, example = json!({"email": "ana.reyes@opendoor.example", "code": "492039"})),
    responses((status = 201, description = "Signed in. `secret` is the secret of the session.", body = SessionView))
)]
pub(crate) async fn sign_in(
    State(app): State<App>,
    parts: Parts,
    Question(body): Question<CredentialsBody>,
) -> Result<Response, ApiError> {
    let (shown, crosswalk, request) = (app.read(body)?, app.crosswalk.clone(), request_id(&parts));
    let session = app.finish(async move { crosswalk.sign_in(shown, request).await }).await?;
    Ok((StatusCode::CREATED, json(session)).into_response())
}

/// Your sessions that go on, newest first. For people; a key has none.
#[utoipa::path(
    get, path = "/v1/sessions", operation_id = "listSessions", tag = "sessions",
    responses((status = 200, description = "The sessions; all on one page.", body = Page<SessionView>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
) -> Result<Json<Page<SessionView>>, ApiError> {
    Ok(json(app.crosswalk.sessions(&caller).await?))
}

/// Ends every session of yours, this one too.
#[utoipa::path(
    delete, path = "/v1/sessions", operation_id = "endSessions", tag = "sessions",
    responses((status = 204, description = "They have ended."))
)]
pub(crate) async fn end_all(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
) -> Result<StatusCode, ApiError> {
    let crosswalk = app.crosswalk.clone();
    app.finish(async move { crosswalk.end_sessions(&caller).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends one session of yours; with the id of the present one you sign out. One that has ended stays so: 204.
#[utoipa::path(
    delete, path = "/v1/sessions/{id}", operation_id = "endSession", tag = "sessions",
    params(("id" = String, Path, description = "Id of the session.")),
    responses((status = 204, description = "The session has ended."))
)]
pub(crate) async fn end(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<SessionId>,
) -> Result<StatusCode, ApiError> {
    let crosswalk = app.crosswalk.clone();
    app.finish(async move { crosswalk.end_session(&caller, id).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The session whose secret you show, locked or not. It does not count as use.
#[utoipa::path(
    get, path = "/v1/sessions/current", operation_id = "getSession", tag = "sessions",
    responses((status = 200, description = "The session.", body = SessionView))
)]
pub(crate) async fn read(
    State(app): State<App>,
    Visiting(visitor): Visiting,
) -> Result<Json<SessionView>, ApiError> {
    Ok(json(app.crosswalk.session(&visitor)))
}

/// Locks the session whose secret you show: it does nothing until you prove who you are. No `Idempotency-Key`
/// is read: what is locked is locked.
#[utoipa::path(
    post, path = "/v1/sessions/current/lock", operation_id = "lockSession", tag = "sessions",
    responses((status = 200, description = "The session, locked.", body = SessionView))
)]
pub(crate) async fn lock(
    State(app): State<App>,
    Visiting(visitor): Visiting,
) -> Result<Json<SessionView>, ApiError> {
    let crosswalk = app.crosswalk.clone();
    Ok(json(app.finish(async move { crosswalk.lock(&visitor).await }).await?))
}

/// Proves again who you are: unlocks the session, and lets it do for five minutes what cannot be undone. The
/// session has another secret from now on, which is in this answer and nowhere else. No `Idempotency-Key` is
/// read: a code is good once.
#[utoipa::path(
    post, path = "/v1/sessions/current/proof", operation_id = "proveSession", tag = "sessions",
    request_body(content = ProofBody, example = json!({"code": "492039"})),
    responses((status = 200, description = "The session. `secret` is its new secret.", body = SessionView))
)]
pub(crate) async fn prove(
    State(app): State<App>,
    Visiting(visitor): Visiting,
    Question(body): Question<ProofBody>,
) -> Result<Json<SessionView>, ApiError> {
    let (code, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    Ok(json(app.finish(async move { crosswalk.prove(&visitor, &code).await }).await?))
}
