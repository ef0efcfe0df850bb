//! Forms at the entrance: nothing that somebody typed is lost to a session that ended, and who does what
//! cannot be undone shows a code before.
//!
//! A form that comes without a session that serves is not kept by the host: who is nobody yet would fill the
//! record, and what is typed about members would lie there for nobody. It goes back to the browser it came
//! from, as a hidden field of the sign-in page, is as long as any form may be, and comes back from there. It
//! is shown then, and not sent: whoever signs in may be somebody else, who reads what would be sent. Of a
//! form with files the fields go back, and the page says which files to choose again.
//!
//! A form whose use case answers that it must be sure who asks goes back in the same way, with a field for a
//! code beside its own; sent again with a code or a passkey that is good, it is done. So it is when the
//! person has signed in anew at the organization's provider meanwhile, on another page.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::session::Closed;
use portal::identity;
use portal::sign_in::{self, Asked, PROOF, RECOVERY_WAY, Refused, Then, Why};
use portal::{Fields, IN_LANGUAGE};
use workflow::Failure;
use workflow::command::Assertion;

use super::cookies::{self, SESSION};
use super::fields::{FORM, is_form, is_of, language, read, readable, spoken, written};
use super::files::{WITH_FILE, without_files};
use super::reader::{Reader, cookie};
use super::viewer::{Absent, Viewer, of_request, of_session, stand_in};
use crate::App;
use crate::auth::request_id;
use crate::body;
use crate::problem::ApiError;

/// Longest code that is tried, with whatever spaces and hyphens people type.
const CODE: usize = 60;

/// Goes around every page that is for who is signed in. What is no form passes as it is.
pub(super) async fn around(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    if is_of(request.headers(), WITH_FILE) {
        return with_files(app, request, next).await;
    }
    if !is_form(request.headers()) {
        return next.run(request).await;
    }
    let (parts, content) = request.into_parts();
    let reader = Reader::at(&parts, &app);
    let viewer = of_request(&app, &parts).await;
    // What nobody may send is not read at length.
    let within = if viewer.is_ok() { readable(parts.uri.path()) } else { FORM };
    let bytes = match body::read(&parts.headers, content, within).await {
        Ok(bytes) => bytes,
        Err(refused) => return refused.into_response(),
    };
    let Some(fields) = read(&bytes) else {
        return ApiError::Bare(StatusCode::BAD_REQUEST).into_response();
    };
    let form = Form { app, parts, reader, fields };
    form.answered(viewer, next).await
}

/// A form with files, which its handler reads while it comes. Without a session that serves, its fields go
/// back.
async fn with_files(app: App, request: Request, next: Next) -> Response {
    let (mut parts, content) = request.into_parts();
    let why = match of_request(&app, &parts).await {
        Ok(viewer) => {
            parts.extensions.insert(viewer);
            return next.run(Request::from_parts(parts, content)).await;
        }
        Err(Absent::Failed(error)) => {
            body::discard(content).await;
            return error.into_response();
        }
        Err(Absent::Why(why)) => why,
    };
    let fields = without_files(&app, &parts.headers, content, why).await;
    let form = fields.map(|fields| kept(&fields));
    let reader = Reader::at(&parts, &app);
    let address = address(&parts);
    let then = Then { address: &address, form: form.as_deref(), is_lost: form.is_none() };
    stand_in(&reader, why, then)
}

/// Address that a form was sent to.
fn address(parts: &Parts) -> String {
    parts.uri.path_and_query().map_or(parts.uri.path(), |all| all.as_str()).to_owned()
}

/// A form as the sign-in page keeps it: without a proof, and without a secret, which whoever comes next at
/// this browser could read in it. That is typed once more.
fn kept(fields: &Fields) -> String {
    written(&fields.without(&PROOF).without(&[identity::SECRET]))
}

/// A form that was read.
struct Form {
    app: App,
    parts: Parts,
    reader: Reader,
    fields: Fields,
}

impl Form {
    async fn answered(mut self, viewer: Result<Viewer, Absent>, next: Next) -> Response {
        match viewer {
            Ok(viewer) => drop(self.parts.extensions.insert(viewer)),
            Err(Absent::Failed(error)) => return error.into_response(),
            Err(Absent::Why(why)) => return self.sent_back(why),
        };
        // Whoever gave the proof elsewhere meanwhile shows none here: the use case finds out.
        let is_elsewhere = self.fields.has(PROOF[4]);
        let brings_proof = !is_elsewhere && [PROOF[0], PROOF[3]].iter().any(|name| self.fields.has(name));
        let secret = match brings_proof {
            false => None,
            true => match self.proved().await {
                Ok(secret) => Some(secret),
                Err(response) => return *response,
            },
        };
        let fields = self.fields.without(&PROOF);
        let address = self.address();
        self.parts.headers.remove(CONTENT_LENGTH);
        let mut response = next.run(Request::from_parts(self.parts, Body::from(written(&fields)))).await;
        if asks_for_proof(&response) {
            let page = sign_in::proof(&self.reader.frame(None), Asked::default(), &address, fields.pairs());
            response = self.reader.page(StatusCode::FORBIDDEN, page);
        }
        if let Some(secret) = secret {
            response.headers_mut().append(SET_COOKIE, cookies::session(&secret));
        }
        response
    }

    /// Address that the form was sent to.
    fn address(&self) -> String {
        address(&self.parts)
    }

    /// The sign-in page with the form in it.
    fn sent_back(&self, why: Why) -> Response {
        let (address, form) = (self.address(), kept(&self.fields));
        stand_in(&self.reader, why, Then { address: &address, form: Some(&form), is_lost: false })
    }

    /// Tries the code or the passkey that came with the form; gives the session's new secret, or the page
    /// that asks again. The viewer is sure from now on.
    async fn proved(&mut self) -> Result<String, Box<Response>> {
        let recovery = self.fields.get(PROOF[1]) == Some(RECOVERY_WAY);
        let language = language(&self.fields, &mut self.reader);
        let other = self.fields.get(PROOF[2]).map(|way| way == RECOVERY_WAY);
        if language.is_some() || other.is_some() {
            let asked = Asked { recovery: other.unwrap_or(recovery), refused: None };
            return Err(Box::new(spoken(self.asked_again(StatusCode::OK, asked), language)));
        }
        let shown = Shown::of(self.fields.text(PROOF[0]), self.fields.filled(PROOF[3]));
        match self.prove(&shown).await {
            Ok(secret) => {
                let viewer = of_session(&self.app, &secret, request_id(&self.parts)).await;
                let viewer = viewer.map_err(|error| Box::new(error.into_response()))?;
                let viewer = viewer.ok_or_else(|| Box::new(self.sent_back(Why::Asked)))?;
                self.parts.extensions.insert(viewer);
                Ok(secret)
            }
            Err(error) => Err(Box::new(match shown.refused(&error) {
                Some((status, refused)) => {
                    self.asked_again(status, Asked { recovery, refused: Some(refused) })
                }
                None => error.into_response(),
            })),
        }
    }

    async fn prove(&self, shown: &Shown) -> Result<String, ApiError> {
        let secret = cookie(&self.parts.headers, SESSION).unwrap_or_default();
        let visitor = self.app.crosswalk.visitor(secret, request_id(&self.parts)).await?;
        proof(&self.app, visitor.ok_or(Failure::Session(Closed::Over))?, shown).await
    }

    fn asked_again(&self, status: StatusCode, asked: Asked) -> Response {
        let mut names = PROOF.to_vec();
        names.push(IN_LANGUAGE);
        let fields = self.fields.without(&names);
        let page = sign_in::proof(&self.reader.frame(None), asked, &self.address(), fields.pairs());
        self.reader.page(status, page)
    }
}

/// A proof of who somebody is, as a form brings it.
pub(super) enum Shown {
    /// A code, whichever of the two kinds.
    Code(String),
    /// The answer of a passkey.
    Passkey(String),
}

impl Shown {
    /// The passkey, if there is one; else the code.
    pub(super) fn of(code: &str, passkey: Option<&str>) -> Self {
        match passkey {
            Some(passkey) => Self::Passkey(passkey.to_owned()),
            None => Self::Code(code.to_owned()),
        }
    }

    /// Status of the page for a proof that was not taken, and the reason; `None` for another failure.
    pub(super) fn refused(&self, error: &ApiError) -> Option<(StatusCode, Refused)> {
        match (self, refused(error)?) {
            (Self::Passkey(_), (status, Refused::Code)) => Some((status, Refused::Passkey)),
            (_, refused) => Some(refused),
        }
    }
}

/// Proves who the person of a session is; gives its new secret.
///
/// # Errors
/// `SignInRefused` for what can be no proof, before anybody looks.
pub(super) async fn proof(app: &App, visitor: workflow::Visitor, shown: &Shown) -> Result<String, ApiError> {
    let crosswalk = app.crosswalk.clone();
    let session = match shown {
        Shown::Code(code) if !is_code(code) => return Err(Failure::SignInRefused.into()),
        Shown::Code(code) => {
            let code = code.clone();
            app.finish(async move { crosswalk.prove(&visitor, &code).await }).await?
        }
        Shown::Passkey(passkey) => {
            let shown = Assertion::read(passkey).ok_or(Failure::SignInRefused)?;
            app.finish(async move { crosswalk.prove_by_passkey(&visitor, &shown).await }).await?
        }
    };
    // A session that was proved has told its secret.
    session.secret.ok_or_else(|| Failure::SignInRefused.into())
}

/// True for a text that may be tried as a code.
pub(super) fn is_code(code: &str) -> bool {
    !code.is_empty() && code.len() <= CODE && !code.chars().any(char::is_control)
}

/// Status of the page for a code that was not taken, and the reason; `None` for another failure.
pub(super) fn refused(error: &ApiError) -> Option<(StatusCode, Refused)> {
    match error {
        ApiError::Failure(Failure::SignInRefused) => Some((StatusCode::UNPROCESSABLE_ENTITY, Refused::Code)),
        ApiError::Failure(Failure::TooManySignIns(wait)) => {
            let minutes = (wait.as_secs() + 59) / 60;
            Some((StatusCode::TOO_MANY_REQUESTS, Refused::TooMany { minutes: minutes.max(1) }))
        }
        _ => None,
    }
}

fn asks_for_proof(response: &Response) -> bool {
    let error = response.extensions().get::<Arc<ApiError>>();
    error.is_some_and(|error| matches!(**error, ApiError::Failure(Failure::ProofNeeded)))
}
