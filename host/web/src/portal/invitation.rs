//! Invitations by the pages. The secret of a link comes once in an address, is moved into a cookie for one
//! minute, and from there into a hidden field: no address that a browser keeps has it, and none that a proxy
//! would note a second time.

use axum::Router;
use axum::extract::{RawQuery, Request, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use domain::account::Email;
use domain::identifiers::PersonName;
use portal::invitation::{self, INVITATION, Invitation, LINK, TAKE_UP, TakeUp, Way, Wrong};
use portal::{Fields, ONCE};
use workflow::command::{Acceptance, Once, Outcome, WayIn};
use workflow::shown::{ShownAuthenticator, ShownWelcome};
use workflow::{Failure, Guest};

use super::attempts::{self, nothing_kept};
use super::cookies::{self, is_secret};
use super::entrance::is_code;
use super::fields::{Sent, spoken};
use super::reader::{Reader, cookie};
use super::see_other;
use super::viewer::role;
use crate::App;
use crate::auth::request_id;
use crate::idempotency::Attempt;
use crate::problem::ApiError;

/// Pages that need no session, but a link.
pub(super) fn routes() -> Router<App> {
    Router::new().route(INVITATION, get(open).post(begin)).route(TAKE_UP, get(back).post(take_up))
}

/// Address of the page that a link leads to, with its secret: for whoever is given it.
pub(super) fn address(secret: &str) -> String {
    format!("{INVITATION}?{LINK}={secret}")
}

async fn back() -> Response {
    see_other(INVITATION)
}

/// Takes the secret out of the address, or shows the invitation that the cookie is of.
async fn open(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    reader: Reader,
    request: Request,
) -> Result<Response, ApiError> {
    if let Some(query) = query {
        let mut response = see_other(INVITATION);
        if let Some(secret) = secret_in(&query) {
            response.headers_mut().append(SET_COOKIE, cookies::link(secret));
        }
        return Ok(response);
    }
    let (parts, _) = request.into_parts();
    let Some(secret) = cookie(&parts.headers, cookies::LINK) else {
        return Ok(reader.page(StatusCode::OK, invitation::link(&reader.frame(None), false)));
    };
    let mut response = shown(&app, &reader, secret, request_id(&parts)).await?;
    response.headers_mut().append(SET_COOKIE, cookies::gone(cookies::LINK));
    Ok(response)
}

/// The secret of a link in what somebody pasted: all of it, its query, or the secret alone.
pub(super) fn secret_in(text: &str) -> Option<&str> {
    let marked = text.rsplit_once(&format!("{LINK}=")).map_or(text, |(_, behind)| behind);
    let secret = marked.split('&').next().unwrap_or_default().trim();
    (is_secret(secret) && !secret.is_empty()).then_some(secret)
}

/// The page of an invitation, or the one that says that its link is over. One that no link has is over too.
async fn shown(app: &App, reader: &Reader, secret: &str, id: String) -> Result<Response, ApiError> {
    let frame = reader.frame(None);
    let Some(guest) = app.crosswalk.guest(secret, id).await? else { return Ok(closed(reader)) };
    let invitation = match app.crosswalk.invitation(&guest) {
        Ok(invitation) => invitation,
        Err(Failure::LinkClosed(_)) => return Ok(closed(reader)),
        Err(failure) => return Err(failure.into()),
    };
    let account = &invitation.account;
    let view = Invitation {
        organization: invitation.organization.name.clone(),
        roles: account.rights.roles().map(role).collect(),
        administers: account.rights.administers(),
        until: invitation.ends_at,
        email: account.email.as_ref().map(|email| email.expose().to_owned()),
        has_provider: app.crosswalk.can_join_by_provider(&guest).await?,
    };
    Ok(reader.page(StatusCode::OK, invitation::page(&frame, &view, secret)))
}

pub(super) fn closed(reader: &Reader) -> Response {
    reader.page(StatusCode::GONE, invitation::closed(&reader.frame(None)))
}

/// Shows the invitation of a link that was pasted, or offers an authenticator to whoever takes it up.
async fn begin(State(app): State<App>, mut reader: Reader, request: Request) -> Result<Response, ApiError> {
    let fields = Sent::read(request).await?;
    let language = fields.language(&mut reader);
    let Some(secret) = secret_in(fields.text(LINK)) else {
        let wrong = language.is_none();
        let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let page = invitation::link(&reader.frame(None), wrong);
        return Ok(spoken(reader.page(status, page), language));
    };
    let id = request_id(&fields.head);
    if language.is_some() || fields.get("step").is_none() {
        return Ok(spoken(shown(&app, &reader, secret, id).await?, language));
    }
    match offered(&app, secret, id).await {
        Ok(Some(offered)) => {
            Ok(reader.page(StatusCode::OK, invitation::take_up(&reader.frame(None), &offered)))
        }
        Ok(None) | Err(ApiError::Failure(Failure::LinkClosed(_))) => Ok(closed(&reader)),
        Err(error) => Err(error),
    }
}

/// Offers an authenticator, in place of one that was offered before; `None` if no link has the secret.
async fn offered(app: &App, secret: &str, id: String) -> Result<Option<TakeUp>, ApiError> {
    let Some(guest) = app.crosswalk.guest(secret, id).await? else { return Ok(None) };
    let account = app.crosswalk.invitation(&guest)?.account;
    // Each press offers another one: the page with the one before may be lost.
    let attempt = attempts::unrepeated();
    let once: Once<ShownAuthenticator> = attempt.once("portal/offer-authenticator", nothing_kept);
    let crosswalk = app.crosswalk.clone();
    let offered = app.finish(async move { crosswalk.offer_authenticator(&guest, once).await }).await?;
    let Outcome::Fresh(offered, _) = offered else { return Err(Failure::Unknown.into()) };
    Ok(Some(TakeUp {
        name: account.name.map(|name| name.expose().to_owned()).unwrap_or_default(),
        email: account.email.is_none().then(String::new),
        key: offered.secret.unwrap_or_default(),
        uri: offered.uri.unwrap_or_default(),
        secret: secret.to_owned(),
        once: attempts::fresh(),
        wrong: Vec::new(),
    }))
}

/// Takes the invitation up: the person is signed in, and sees the recovery codes this once.
async fn take_up(State(app): State<App>, mut reader: Reader, request: Request) -> Result<Response, ApiError> {
    let fields = Sent::read(request).await?;
    let language = fields.language(&mut reader);
    let mut taken = typed(&fields);
    if language.is_some() {
        let page = invitation::take_up(&reader.frame(None), &taken);
        return Ok(spoken(reader.page(StatusCode::OK, page), language));
    }
    let Some(guest) = app.crosswalk.guest(&taken.secret, request_id(&fields.head)).await? else {
        return Ok(closed(&reader));
    };
    let Some(said) = said(&fields, &reader, &mut taken) else { return Ok(refused(&reader, &taken)) };
    let asked =
        [fields.text("code"), taken.name.as_str(), taken.email.as_deref().unwrap_or_default()].join("\n");
    let attempt = attempts::of(&taken.once, TAKE_UP, &asked)?;
    match accepted(&app, guest, said, attempt).await {
        Ok(Outcome::Fresh(welcome, _)) => Ok(welcomed(&reader, Way::App, &welcome)),
        Ok(Outcome::Replayed(_)) => {
            Ok(reader.page(StatusCode::OK, invitation::taken_before(&reader.frame(None))))
        }
        Err(ApiError::Failure(Failure::LinkClosed(_))) => Ok(closed(&reader)),
        Err(ApiError::Failure(Failure::Invalid(problems))) => {
            taken.wrong = problems.iter().map(|problem| wrong(&problem.pointer)).collect();
            Ok(refused(&reader, &taken))
        }
        Err(error) => Err(error),
    }
}

fn typed(fields: &Fields) -> TakeUp {
    TakeUp {
        name: fields.text("name").to_owned(),
        email: fields.get("email").map(|email| email.trim().to_owned()),
        key: fields.text("key").to_owned(),
        uri: fields.text("uri").to_owned(),
        secret: fields.text(LINK).to_owned(),
        once: fields.text(ONCE).to_owned(),
        wrong: Vec::new(),
    }
}

/// The person's word, if every field can be taken; else `taken` says which cannot.
fn said(fields: &Fields, reader: &Reader, taken: &mut TakeUp) -> Option<Acceptance> {
    let (code, name) = (fields.text("code"), PersonName::parse(&taken.name));
    let email = taken.email.as_deref().map(str::parse::<Email>).transpose();
    let checks = [(is_code(code), Wrong::Code), (name.is_ok(), Wrong::Name), (email.is_ok(), Wrong::Email)];
    taken.wrong = checks.into_iter().filter(|(is_good, _)| !is_good).map(|(_, wrong)| wrong).collect();
    if !taken.wrong.is_empty() {
        return None;
    }
    let language = Some(reader.words.language);
    let way = WayIn::Code(code.to_owned());
    Some(Acceptance { name: name.ok(), email: email.ok().flatten(), language, way })
}

/// The mistake of a field, as the use case names it. An address can only be taken: it was read before.
pub(super) fn wrong(pointer: &str) -> Wrong {
    match pointer {
        "/passkey" => Wrong::Passkey,
        "/name" => Wrong::Name,
        "/email" => Wrong::EmailTaken,
        _ => Wrong::Code,
    }
}

fn refused(reader: &Reader, taken: &TakeUp) -> Response {
    reader.page(StatusCode::UNPROCESSABLE_ENTITY, invitation::take_up(&reader.frame(None), taken))
}

/// Takes an invitation up, once for each attempt.
pub(super) async fn accepted(
    app: &App,
    guest: Guest,
    said: Acceptance,
    attempt: Attempt,
) -> Result<Outcome<ShownWelcome>, ApiError> {
    let once = attempt.once("portal/accept-invitation", nothing_kept);
    let crosswalk = app.crosswalk.clone();
    app.finish(async move { crosswalk.accept_invitation(&guest, said, once).await }).await
}

/// The page of the recovery codes, for somebody who is signed in from now on.
pub(super) fn welcomed(reader: &Reader, way: Way, welcome: &ShownWelcome) -> Response {
    let page = invitation::codes(&reader.frame(None), way, &welcome.recovery_codes);
    let mut response = reader.page(StatusCode::OK, page);
    if let Some(secret) = &welcome.session.secret {
        response.headers_mut().append(SET_COOKIE, cookies::session(secret));
    }
    response
}

/// Address of a page of ours as somebody else is given it: with the name by which the browser knows us, which
/// its `Origin` says. Without one it is the path alone.
pub(super) fn absolute(headers: &HeaderMap, path: &str) -> String {
    let origin = headers.get(axum::http::header::ORIGIN).and_then(|origin| origin.to_str().ok());
    let origin = origin.filter(|origin| origin.starts_with("https://") || origin.starts_with("http://"));
    format!("{}{path}", origin.unwrap_or_default())
}
