//! Signing in by an organization's identity provider: the way out, and the way back. None of these pages
//! needs a session, and none shows anything of the record but the name of the organization that was called
//! up.
//!
//! The browser is given a secret before it leaves, in a cookie, and comes back with a code in an address:
//! that address answers with another one, or with a page that leads elsewhere. What a form holds never goes
//! along: where one waits, the provider's page opens beside it.

use axum::Router;
use axum::extract::{RawQuery, Request, State};
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};
use domain::account::Email;
use domain::identifiers::OrgId;
use portal::invitation::{INVITATION, LINK};
use portal::sign_in::{THEN, Then, Why};
use portal::sign_on::{
    self, BACK, DONE, JOIN_THERE, NAME, ORGANIZATION, PROVE_THERE, RETURNED, Slip, Turned as Told,
};
use portal::{Fields, ROOT, SIGN_IN};
use workflow::command::{CalledUp, SentBackBy};
use workflow::{Arrival, Departure, Failure, Turned, Visitor};

use super::cookies::{self, SESSION};
use super::fields::{CARRYING, Sent, read, spoken};
use super::invitation::{closed, secret_in};
use super::reader::{Reader, cookie};
use super::see_other;
use super::sign_in::{onward, then, visitor};
use super::viewer::{Absent, of_request, stand_in};
use crate::App;
use crate::auth::request_id;
use crate::problem::ApiError;
use crate::routes::Named;

/// Longest address of ours that is kept for the way back.
const LONGEST: usize = 1_000;

/// Pages that need no session that serves.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(ORGANIZATION, get(ask).post(organization))
        .route(&format!("{RETURNED}/{{organization}}"), get(returned))
        .route(DONE, get(done))
        .route(BACK, post(back))
        .route(PROVE_THERE, get(to_first_page).post(prove))
        .route(JOIN_THERE, get(to_invitation).post(join))
}

/// Whoever gets an address that is posted to begins anew.
async fn to_first_page() -> Response {
    see_other(ROOT)
}

async fn to_invitation() -> Response {
    see_other(INVITATION)
}

async fn ask(State(app): State<App>, reader: Reader) -> Result<Response, ApiError> {
    if !app.crosswalk.has_sign_on() {
        return Err(Failure::NotFound.into());
    }
    Ok(asked(&reader, StatusCode::OK, "", None, Then::default()))
}

/// The page that asks for the organization.
fn asked(reader: &Reader, status: StatusCode, typed: &str, wrong: Option<Slip>, then: Then<'_>) -> Response {
    reader.page(status, sign_on::organization(&reader.frame(None), typed, wrong, then))
}

/// Takes the organization's name, or the address that was typed on the page of signing in, and leads to its
/// provider. What else was typed there is no mistake: it asks.
async fn organization(
    State(app): State<App>,
    mut reader: Reader,
    request: Request,
) -> Result<Response, ApiError> {
    let fields = Sent::within(request, CARRYING).await?;
    let then = then(&fields);
    let language = fields.language(&mut reader);
    let named = fields.get(NAME);
    let typed = named.unwrap_or(fields.text("email")).trim().to_owned();
    if language.is_some() {
        return Ok(spoken(asked(&reader, StatusCode::OK, &typed, None, then), language));
    }
    let Some(called) = called(&typed) else {
        let (status, wrong) = match named {
            Some(_) => (StatusCode::UNPROCESSABLE_ENTITY, Some(Slip::Unreadable)),
            None => (StatusCode::OK, None),
        };
        return Ok(asked(&reader, status, &typed, wrong, then));
    };
    let here = here(&app, &fields.head).await?;
    let (crosswalk, to) = (app.crosswalk.clone(), leads_to(then));
    let left = async move { crosswalk.leave_to_sign_in(&called, here.as_ref(), to).await };
    match app.finish(left).await? {
        Err(Turned::Unknown) => {
            Ok(asked(&reader, StatusCode::UNPROCESSABLE_ENTITY, &typed, Some(Slip::Unknown), then))
        }
        left => Ok(leaving(reader, ORGANIZATION, left)),
    }
}

fn called(typed: &str) -> Option<CalledUp> {
    if typed.contains('@') {
        return typed.parse::<Email>().ok().map(CalledUp::Address);
    }
    typed.parse().ok().map(CalledUp::Name)
}

/// The page to go to afterwards. A form that waits is not sent along: its own page goes on with it.
fn leads_to(then: Then<'_>) -> String {
    match then.form {
        Some(_) => DONE.to_owned(),
        None if then.address.len() > LONGEST => ROOT.to_owned(),
        None => then.address.to_owned(),
    }
}

/// The page that leads to the provider, for a browser that holds the secret from now on; or the reason for
/// which there is none. `address` is where the reader's language is changed.
fn leaving(mut reader: Reader, address: &str, left: Result<Departure, Turned>) -> Response {
    reader.address = address.to_owned();
    let departure = match left {
        Ok(departure) => departure,
        Err(turned) => return turned_away(&reader, turned),
    };
    let Departure { secret, lasts, address, organization, host } = departure;
    let page = sign_on::leave(&reader.frame(None), &organization, &host, &address);
    let mut response = reader.page(StatusCode::OK, page);
    response.headers_mut().append(SET_COOKIE, cookies::provider(&secret, lasts));
    response
}

/// The page for somebody who is not let in, with the reason.
fn turned_away(reader: &Reader, turned: Turned) -> Response {
    let status = match turned {
        Turned::Away => StatusCode::SERVICE_UNAVAILABLE,
        Turned::Unusable | Turned::Clock => StatusCode::BAD_GATEWAY,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let told = match turned {
        Turned::Unknown | Turned::NotLinked => Told::NotLinked,
        Turned::NotBegun => Told::NotBegun,
        Turned::Denied => Told::Denied,
        Turned::Away => Told::Away,
        Turned::Unusable => Told::Unusable,
        Turned::Clock => Told::Clock,
        Turned::Unverified => Told::Unverified,
        Turned::NoAccount => Told::NoAccount,
        Turned::EndedAccount => Told::EndedAccount,
        Turned::OtherPerson => Told::OtherPerson,
        Turned::NotFresh => Told::NotFresh,
    };
    reader.page(status, sign_on::turned(&reader.frame(None), told))
}

/// Sends the person of the session, which may be locked, to the provider.
async fn prove(State(app): State<App>, reader: Reader, request: Request) -> Result<Response, ApiError> {
    let fields = Sent::read(request).await?;
    let then = then(&fields);
    let visitor = match visitor(&app, &fields.head).await {
        Ok(visitor) => visitor,
        Err(ApiError::Failure(Failure::Session(_))) => return Ok(stand_in(&reader, Why::TimedOut, then)),
        Err(error) => return Err(error),
    };
    let to = if fields.has(THEN) { leads_to(then) } else { DONE.to_owned() };
    let crosswalk = app.crosswalk.clone();
    let left = app.finish(async move { crosswalk.leave_to_prove(&visitor, to).await }).await?;
    Ok(leaving(reader, ROOT, left))
}

/// Sends whoever holds a link to the provider of the organization that invites.
async fn join(State(app): State<App>, reader: Reader, request: Request) -> Result<Response, ApiError> {
    let fields = Sent::read(request).await?;
    let secret = secret_in(fields.text(LINK)).unwrap_or_default();
    let Some(guest) = app.crosswalk.guest(secret, request_id(&fields.head)).await? else {
        return Ok(closed(&reader));
    };
    let crosswalk = app.crosswalk.clone();
    let left = async move { crosswalk.leave_to_take_up(&guest, ROOT.to_owned()).await };
    match app.finish(left).await {
        Ok(left) => Ok(leaving(reader, INVITATION, left)),
        Err(ApiError::Failure(Failure::LinkClosed(_))) => Ok(closed(&reader)),
        Err(error) => Err(error),
    }
}

/// Takes what a provider sends a browser back with. Of the address nothing is shown, and nothing leads back
/// to it.
async fn returned(
    State(app): State<App>,
    mut reader: Reader,
    Named(organization): Named<OrgId>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, ApiError> {
    reader.address = SIGN_IN.to_owned();
    let (parts, _) = request.into_parts();
    let sent = query.as_deref().and_then(|query| sent_back(organization, query));
    let secret = cookie(&parts.headers, cookies::PROVIDER).map(str::to_owned);
    let (Some(sent), Some(secret)) = (sent, secret) else {
        return Ok(turned_away(&reader, Turned::NotBegun));
    };
    let (visitor, id) = (here(&app, &parts).await?, request_id(&parts));
    let crosswalk = app.crosswalk.clone();
    let arriving = async move { crosswalk.come_back(&secret, &sent, visitor.as_ref(), id).await };
    let mut response = match app.finish(arriving).await {
        Ok(Arrival::In { session, leads_to }) => {
            let mut response = see_other(&leads_to);
            let secret = session.secret.as_deref().unwrap_or_default();
            for cookie in [cookies::session(secret), cookies::by_organization()] {
                response.headers_mut().append(SET_COOKIE, cookie);
            }
            response
        }
        Ok(Arrival::Turned(turned)) => turned_away(&reader, turned),
        // Anybody can lead a browser here. What it waits for is not lost by that.
        Ok(Arrival::Foreign) => return Ok(turned_away(&reader, Turned::NotBegun)),
        Err(ApiError::Failure(Failure::LinkClosed(_))) => closed(&reader),
        Err(ApiError::Failure(Failure::Session(_))) => stand_in(&reader, Why::TimedOut, Then::default()),
        Err(error) => return Err(error),
    };
    response.headers_mut().append(SET_COOKIE, cookies::gone(cookies::PROVIDER));
    Ok(response)
}

/// Parameters of an answer at an organization's address. One that comes twice is none: a reader of one of the
/// two would be fooled.
fn sent_back(organization: OrgId, query: &str) -> Option<SentBackBy> {
    let fields: Fields = read(query.as_bytes())?;
    let once = |name: &str| {
        let mut all = fields.all(name);
        let first = all.next().map(str::to_owned);
        if all.next().is_some() { None } else { Some(first) }
    };
    Some(SentBackBy {
        organization,
        state: once("state")??,
        code: once("code")?,
        error: once("error")?,
        issuer: once("iss")?,
    })
}

/// The session of this browser, be it locked; `None` where there is none that goes on, or its organization is
/// paused: that keeps nobody from signing in for another one.
async fn here(app: &App, parts: &Parts) -> Result<Option<Visitor>, ApiError> {
    if cookie(&parts.headers, SESSION).is_none() {
        return Ok(None);
    }
    match visitor(app, parts).await {
        Ok(visitor) => Ok(Some(visitor)),
        Err(ApiError::Failure(Failure::Session(_) | Failure::NotActive(_))) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn done(reader: Reader) -> Response {
    reader.page(StatusCode::OK, sign_on::done(&reader.frame(None)))
}

/// Goes on with what a page holds whose person signed in beside it.
async fn back(State(app): State<App>, reader: Reader, request: Request) -> Result<Response, ApiError> {
    let fields = Sent::within(request, CARRYING).await?;
    let then = then(&fields);
    match of_request(&app, &fields.head).await {
        Ok(_) => Ok(onward(&reader, then)),
        Err(Absent::Why(why)) => Ok(stand_in(&reader, why, then)),
        Err(Absent::Failed(error)) => Err(error),
    }
}
