//! The viewer's own account: passkeys (see `passkeys`), sessions that go on, and their end.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use domain::identifiers::SessionId;
use domain::session::State as SessionState;
use portal::account::{self, ACCOUNT, END_ALL, Session};
use portal::passkeys::{Kept, Passkey};
use workflow::shown::{ShownPasskey, ShownSession};

use super::fields::{Posted, spoken};
use super::reader::Reader;
use super::see_other;
use super::sign_in::left_behind;
use super::viewer::Viewer;
use crate::App;
use crate::problem::ApiError;
use crate::routes::Named;

/// Pages of the viewer's own account.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(ACCOUNT, get(page))
        .route(END_ALL, post(end_all))
        .route("/portal/account/sessions/{id}/end", post(end))
}

async fn page(State(app): State<App>, viewer: Viewer, reader: Reader) -> Result<Response, ApiError> {
    shown(&app, &viewer, &reader, StatusCode::OK, None).await
}

/// The page of the account; `kept` says why the passkeys stayed as they were.
pub(super) async fn shown(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    status: StatusCode,
    kept: Option<Kept>,
) -> Result<Response, ApiError> {
    let passkeys = app.crosswalk.passkeys(&viewer.caller).await?;
    let passkeys: Vec<Passkey> = passkeys.iter().map(passkey).collect();
    let sessions = app.crosswalk.sessions(&viewer.caller).await?;
    let sessions: Vec<Session> = sessions.iter().map(session).collect();
    let page = account::page(&reader.frame(Some(&viewer.who)), &passkeys, kept, &sessions);
    Ok(reader.page(status, page))
}

fn passkey(ShownPasskey { passkey }: &ShownPasskey) -> Passkey {
    Passkey {
        id: passkey.id.to_string(),
        name: passkey.name.clone(),
        made_at: passkey.made_at,
        used_at: passkey.used_at,
    }
}

fn session(shown: &ShownSession) -> Session {
    let life = &shown.session.life;
    Session {
        id: shown.session.id.to_string(),
        began_at: life.began_at,
        seen_at: life.seen_at,
        is_current: shown.is_current,
        is_locked: matches!(life.state, SessionState::Locked { .. }),
    }
}

async fn end(
    State(app): State<App>,
    Named(id): Named<SessionId>,
    Posted { viewer, language, .. }: Posted,
) -> Result<Response, ApiError> {
    if language.is_some() {
        return Ok(spoken(see_other(ACCOUNT), language));
    }
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller);
    let is_current = caller.session == Some(id);
    app.finish(async move { crosswalk.end_session(&caller, id).await }).await?;
    Ok(if is_current { left_behind() } else { see_other(ACCOUNT) })
}

async fn end_all(
    State(app): State<App>,
    Posted { viewer, language, .. }: Posted,
) -> Result<Response, ApiError> {
    if language.is_some() {
        return Ok(spoken(see_other(ACCOUNT), language));
    }
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller);
    app.finish(async move { crosswalk.end_sessions(&caller).await }).await?;
    Ok(left_behind())
}
