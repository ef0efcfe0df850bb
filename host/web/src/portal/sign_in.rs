//! Signing in by the pages, locking, unlocking and signing out. None of these pages needs a session, and none
//! shows anything of the record.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{RETRY_AFTER, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use domain::account::Email;
use domain::session::Closed;
use portal::sign_in::{
    self, Asked, CODE, EMAIL, KEPT, OTHER_WAY, PASSKEY, RECOVERY_WAY, SIGN_OUT, SIGNED_OUT, Slip, Step, THEN,
    Then, UNLOCK, WAY, Why,
};
use portal::{Fields, LOCK, ROOT, SIGN_IN};
use workflow::command::{Assertion, Credentials};
use workflow::{Failure, Visitor};

use super::cookies::{self, SESSION};
use super::entrance::{Shown, is_code, proof, refused};
use super::fields::{CARRYING, Sent, read, spoken};
use super::reader::{Reader, cookie};
use super::viewer::{Absent, of_request, stand_in, step_page};
use super::{is_address, see_other};
use crate::App;
use crate::auth::request_id;
use crate::problem::ApiError;

/// Address at which a page asks how long the session goes on, and keeps it going.
const SESSION_LEFT: &str = "/portal/session";

/// Pages that need no session.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(EMAIL, get(ask).post(email))
        .route(CODE, get(begin).post(code))
        .route(UNLOCK, get(begin).post(unlock))
        .route(LOCK, post(lock))
        .route(SIGN_OUT, post(sign_out))
        .route(SIGNED_OUT, get(signed_out))
        .route(SESSION_LEFT, get(left).post(stay))
}

async fn ask(reader: Reader) -> Response {
    let step = Step::Email { email: String::new(), wrong: None };
    step_page(&reader, StatusCode::OK, Why::Asked, &step, Then::default())
}

/// Whoever gets an address that is posted to begins anew.
async fn begin() -> Response {
    see_other(SIGN_IN)
}

/// The next page, as a form carries it. An address that is none of ours is not followed.
pub(super) fn then(fields: &Fields) -> Then<'_> {
    let address = fields.get(THEN).filter(|address| is_address(address)).unwrap_or(ROOT);
    Then { address, form: fields.get(KEPT), is_lost: false }
}

fn asked(fields: &Fields) -> Asked {
    let way = fields.get(OTHER_WAY).or(fields.get(WAY));
    Asked { recovery: way == Some(RECOVERY_WAY), refused: None }
}

/// Takes a passkey, and begins a session; or the e-mail address, and asks for the code whether there is such
/// an account or not. The address goes along in the page: it is in no cookie and no address of ours.
async fn email(State(app): State<App>, mut reader: Reader, request: Request) -> Result<Response, ApiError> {
    let fields = Sent::within(request, CARRYING).await?;
    let (typed, then) = (fields.text("email").to_owned(), then(&fields));
    let language = fields.language(&mut reader);
    let passkey = fields.filled(PASSKEY).filter(|_| language.is_none());
    let wrong = match passkey {
        Some(passkey) => match signed_in_by(&app, passkey, request_id(&fields.head)).await {
            Ok(secret) => return Ok(go_on(&reader, &secret, then)),
            Err(ApiError::Failure(Failure::SignInRefused)) => Some(Slip::Passkey),
            Err(error) => return Err(error),
        },
        None if language.is_some() => None,
        None => typed.parse::<Email>().is_err().then_some(Slip::Email),
    };
    let (status, step) = if wrong.is_some() || language.is_some() {
        let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        (status, Step::Email { email: typed, wrong })
    } else {
        (StatusCode::OK, Step::Code { email: typed, asked: Asked::default() })
    };
    Ok(spoken(step_page(&reader, status, Why::Asked, &step, then), language))
}

async fn signed_in_by(app: &App, passkey: &str, request: String) -> Result<String, ApiError> {
    let shown = Assertion::read(passkey).ok_or(Failure::SignInRefused)?;
    let crosswalk = app.crosswalk.clone();
    let session = app.finish(async move { crosswalk.sign_in_by_passkey(&shown, request).await }).await?;
    session.secret.ok_or_else(|| Failure::SignInRefused.into())
}

/// Takes the code, and begins a session.
async fn code(State(app): State<App>, mut reader: Reader, request: Request) -> Result<Response, ApiError> {
    let fields = Sent::within(request, CARRYING).await?;
    let (typed, then, asked) = (fields.text("email").to_owned(), then(&fields), asked(&fields));
    let language = fields.language(&mut reader);
    let Ok(email) = typed.parse::<Email>() else {
        let step = Step::Email { email: typed, wrong: Some(Slip::Email) };
        return Ok(step_page(&reader, StatusCode::UNPROCESSABLE_ENTITY, Why::Asked, &step, then));
    };
    if language.is_some() || fields.get(OTHER_WAY).is_some() {
        let step = Step::Code { email: typed, asked };
        return Ok(spoken(step_page(&reader, StatusCode::OK, Why::Asked, &step, then), language));
    }
    let shown = Credentials { email, code: fields.text("code").to_owned() };
    match signed_in(&app, shown, request_id(&fields.head)).await {
        Ok(secret) => Ok(go_on(&reader, &secret, then)),
        Err(error) => {
            let step = |asked| Step::Code { email: typed.clone(), asked };
            let refused = refused(&error);
            not_taken(&reader, (error, refused), asked, step, Why::Asked, then)
        }
    }
}

async fn signed_in(app: &App, shown: Credentials, request: String) -> Result<String, ApiError> {
    if !is_code(&shown.code) {
        return Err(Failure::SignInRefused.into());
    }
    let crosswalk = app.crosswalk.clone();
    let session = app.finish(async move { crosswalk.sign_in(shown, request).await }).await?;
    session.secret.ok_or_else(|| Failure::SignInRefused.into())
}

/// The page that asks for another code, or the failure if it is another one.
fn not_taken(
    reader: &Reader,
    (error, refused): (ApiError, Option<(StatusCode, sign_in::Refused)>),
    asked: Asked,
    step: impl FnOnce(Asked) -> Step,
    why: Why,
    then: Then<'_>,
) -> Result<Response, ApiError> {
    let Some((status, refused)) = refused else { return Err(error) };
    let step = step(Asked { refused: Some(refused), ..asked });
    let mut response = step_page(reader, status, why, &step, then);
    if let sign_in::Refused::TooMany { minutes } = refused {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(minutes.saturating_mul(60)));
    }
    Ok(response)
}

/// Goes on to where the person was, in a session with this secret.
fn go_on(reader: &Reader, secret: &str, then: Then<'_>) -> Response {
    let mut response = onward(reader, then);
    response.headers_mut().append(SET_COOKIE, cookies::session(secret));
    response
}

/// Goes on to where the person was, or to the page that brings a kept form back.
pub(super) fn onward(reader: &Reader, then: Then<'_>) -> Response {
    match then.form.and_then(|form| read(form.as_bytes())) {
        Some(fields) => {
            let page = sign_in::kept(&reader.frame(None), then.address, fields.pairs());
            reader.page(StatusCode::OK, page)
        }
        None => see_other(then.address),
    }
}

/// The session of a request, be it locked.
pub(super) async fn visitor(app: &App, parts: &Parts) -> Result<Visitor, ApiError> {
    let secret = cookie(&parts.headers, SESSION).unwrap_or_default();
    let found = app.crosswalk.visitor(secret, request_id(parts)).await?;
    let visitor = found.ok_or(Failure::Session(Closed::Over))?;
    app.gate.visits(&visitor, parts.extensions.get())?;
    Ok(visitor)
}

/// Unlocks a session by a code or a passkey, and goes on to where the person was.
async fn unlock(State(app): State<App>, mut reader: Reader, request: Request) -> Result<Response, ApiError> {
    let fields = Sent::within(request, CARRYING).await?;
    let (then, asked) = (then(&fields), asked(&fields));
    let language = fields.language(&mut reader);
    if language.is_some() || fields.get(OTHER_WAY).is_some() {
        let step = Step::Unlock(asked);
        return Ok(spoken(step_page(&reader, StatusCode::OK, Why::Locked, &step, then), language));
    }
    let visitor = match visitor(&app, &fields.head).await {
        Ok(visitor) => visitor,
        // It has ended meanwhile: the whole way again, with everything that is kept.
        Err(ApiError::Failure(Failure::Session(_))) => return Ok(stand_in(&reader, Why::TimedOut, then)),
        Err(error) => return Err(error),
    };
    let shown = Shown::of(fields.text("code"), fields.filled(PASSKEY));
    match proof(&app, visitor, &shown).await {
        Ok(secret) => Ok(go_on(&reader, &secret, then)),
        Err(error) => {
            let refused = shown.refused(&error);
            not_taken(&reader, (error, refused), asked, Step::Unlock, Why::Locked, then)
        }
    }
}

/// Locks the session: every page of it asks for a code from now on. A session that has ended is as good.
async fn lock(State(app): State<App>, request: Request) -> Result<Response, ApiError> {
    let fields = Sent::read(request).await?;
    let locked = match visitor(&app, &fields.head).await {
        Ok(visitor) => {
            let crosswalk = app.crosswalk.clone();
            app.finish(async move { crosswalk.lock(&visitor).await }).await.map(drop)
        }
        Err(error) => Err(error),
    };
    match locked {
        Ok(()) | Err(ApiError::Failure(Failure::Session(_))) => Ok(see_other(then(&fields).address)),
        Err(error) => Err(error),
    }
}

/// Ends the session of this browser. A locked one stays locked until it ends by itself: whoever has the
/// browser in hand has not shown who it is.
async fn sign_out(State(app): State<App>, request: Request) -> Result<Response, ApiError> {
    let fields = Sent::read(request).await?;
    match of_request(&app, &fields.head).await {
        Ok(viewer) => {
            let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller);
            if let Some(id) = caller.session {
                let ended = app.finish(async move { crosswalk.end_session(&caller, id).await }).await;
                match ended {
                    Ok(()) | Err(ApiError::Failure(Failure::NotFound)) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Err(Absent::Why(_)) => {}
        Err(Absent::Failed(error)) => return Err(error),
    }
    Ok(left_behind())
}

/// Takes the session's cookie back, and says that nobody is signed in.
pub(super) fn left_behind() -> Response {
    let mut response = see_other(SIGNED_OUT);
    response.headers_mut().append(SET_COOKIE, cookies::gone(SESSION));
    response
}

async fn signed_out(reader: Reader) -> Response {
    reader.page(StatusCode::OK, sign_in::signed_out(&reader.frame(None)))
}

/// Seconds until the session ends without use. Asking is no use.
async fn left(State(app): State<App>, reader: Reader, request: Request) -> Result<Response, ApiError> {
    let (parts, _) = request.into_parts();
    match visitor(&app, &parts).await {
        Ok(visitor) => Ok(seconds(app.crosswalk.session(&visitor).ends_at, &reader)),
        Err(ApiError::Failure(Failure::Session(_))) => Ok(stand_in(&reader, Why::Asked, Then::default())),
        Err(error) => Err(error),
    }
}

/// The same, after a use of it: somebody has said to be there.
async fn stay(State(app): State<App>, reader: Reader, request: Request) -> Result<Response, ApiError> {
    let (parts, _) = request.into_parts();
    match of_request(&app, &parts).await {
        Ok(viewer) => Ok(seconds(viewer.who.until.unwrap_or(reader.now), &reader)),
        Err(Absent::Why(why)) => Ok(stand_in(&reader, why, Then::default())),
        Err(Absent::Failed(error)) => Err(error),
    }
}

fn seconds(until: jiff::Timestamp, reader: &Reader) -> Response {
    until.duration_since(reader.now).as_secs().max(0).to_string().into_response()
}
