//! Passkeys by the pages: questions that the script puts to devices, one more passkey of an account, its
//! removal, and an invitation that is taken up with one.
//!
//! What a device answers comes in the field of a form, so that what follows is a page like every other.
//! Whoever signs in or proves something by one sends the forms of `sign_in` and `entrance`.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use domain::account::Email;
use domain::identifiers::{CredentialId, PersonName};
use domain::passkey::{ALGORITHMS, LONGEST_NAME};
use domain::text::is_plain_line;
use portal::Fields;
use portal::account::ACCOUNT;
use portal::invitation::{self, INVITATION, LINK, Way, Wrong};
use portal::passkeys::{self, ADD, Adding, BEGIN, Kept, TAKE_UP, TakeUp, unnamed};
use portal::sign_in::{ASK_PASSKEY, ASK_PROOF, PASSKEY};
use serde_json::{Value, json};
use workflow::command::{Acceptance, NewPasskey, Outcome, Registration, WayIn};
use workflow::shown::{ShownChallenge, ToMake};
use workflow::{Failure, Guest};

use super::fields::{Posted, Sent, spoken};
use super::invitation::{accepted, closed, secret_in, welcomed, wrong};
use super::reader::Reader;
use super::sign_in::visitor;
use super::viewer::Viewer;
use super::{account, attempts, see_other};
use crate::App;
use crate::auth::request_id;
use crate::problem::ApiError;
use crate::routes::Named;

/// Name of the service, as devices list its passkeys.
const SERVICE: &str = "Crosswalk";

/// Pages of the viewer's own account.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(BEGIN, get(back).post(begin))
        .route(ADD, get(back).post(add))
        .route("/portal/account/passkeys/{id}/remove", post(remove))
}

/// Questions and pages that need no session that serves.
pub(super) fn outside() -> Router<App> {
    Router::new()
        .route(ASK_PASSKEY, post(ask_who))
        .route(ASK_PROOF, post(ask_for_proof))
        .route(TAKE_UP, get(begin_anew).post(take_up))
}

/// Question for whoever it is that wants to sign in.
async fn ask_who(State(app): State<App>) -> Result<Response, ApiError> {
    let crosswalk = app.crosswalk.clone();
    Ok(question(app.finish(async move { crosswalk.ask_for_passkey().await }).await?))
}

/// Question for the person of the session, which may be locked.
async fn ask_for_proof(State(app): State<App>, request: Request) -> Result<Response, ApiError> {
    let (parts, _) = request.into_parts();
    let visitor = visitor(&app, &parts).await?;
    let crosswalk = app.crosswalk.clone();
    Ok(question(app.finish(async move { crosswalk.ask_for_proof(&visitor).await }).await?))
}

fn question(asked: ShownChallenge) -> Response {
    let ShownChallenge { challenge, party, allowed, within_ms } = asked;
    let asked = json!({
        "challenge": challenge, "party": party, "allowed": allowed, "within_ms": within_ms,
    });
    Json(asked).into_response()
}

/// Options by which a device makes a passkey (WebAuthn, 5.4), with bytes in base 64: one that is found
/// without an address, by a device that finds out who its person is, and without a word on the device's make.
fn options(to_make: ToMake) -> String {
    let kinds: Vec<Value> =
        ALGORITHMS.iter().map(|algorithm| json!({ "type": "public-key", "alg": algorithm })).collect();
    json!({
        "challenge": to_make.challenge,
        "rp": { "id": to_make.party, "name": SERVICE },
        "user": { "id": to_make.person, "name": to_make.name, "displayName": to_make.display_name },
        "pubKeyCredParams": kinds,
        "timeout": to_make.within_ms,
        "excludeCredentials": to_make.known,
        "authenticatorSelection": {
            "residentKey": "required", "requireResidentKey": true, "userVerification": "required",
        },
        "attestation": "none",
    })
    .to_string()
}

/// Whoever gets an address that is posted to finds the account.
async fn back(_: Viewer) -> Response {
    see_other(ACCOUNT)
}

/// Asks the viewer's device for one more passkey.
async fn begin(
    State(app): State<App>,
    Posted { viewer, reader, sent: fields, language }: Posted,
) -> Result<Response, ApiError> {
    let adding = Adding { name: fields.text("name").to_owned(), ..Adding::default() };
    Ok(spoken(asked(&app, &viewer, reader, StatusCode::OK, adding).await?, language))
}

/// The page that asks the viewer's device, with a question of its own.
async fn asked(
    app: &App,
    viewer: &Viewer,
    reader: Reader,
    status: StatusCode,
    adding: Adding,
) -> Result<Response, ApiError> {
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    match app.finish(async move { crosswalk.ask_to_make_passkey(&caller).await }).await {
        Ok(to_make) => {
            let adding = Adding { options: options(to_make), ..adding };
            Ok(reader.page(status, passkeys::add(&reader.frame(Some(&viewer.who)), &adding)))
        }
        Err(ApiError::Failure(Failure::Withheld(_))) => {
            let kept = Kept::Most { most: domain::passkey::MOST };
            kept_as_they_are(app, viewer, reader, kept).await
        }
        Err(error) => Err(error),
    }
}

/// The page of the account, which says why nothing was done.
async fn kept_as_they_are(
    app: &App,
    viewer: &Viewer,
    mut reader: Reader,
    kept: Kept,
) -> Result<Response, ApiError> {
    reader.address = ACCOUNT.to_owned();
    account::shown(app, viewer, &reader, StatusCode::CONFLICT, Some(kept)).await
}

/// Adds the passkey that the device made.
async fn add(
    State(app): State<App>,
    Posted { viewer, reader, sent: fields, language }: Posted,
) -> Result<Response, ApiError> {
    let name = fields.text("name").to_owned();
    let is_long = language.is_none() && !(name.chars().count() <= LONGEST_NAME && is_plain_line(&name));
    let status = if is_long { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let adding = Adding { name: name.clone(), is_long, ..Adding::default() };
    let Some(made) = fields.filled(PASSKEY) else {
        return Ok(spoken(asked(&app, &viewer, reader, status, adding).await?, language));
    };
    if language.is_some() || is_long {
        let adding = Adding { made: Some(made.to_owned()), ..adding };
        let page = passkeys::add(&reader.frame(Some(&viewer.who)), &adding);
        return Ok(spoken(reader.page(status, page), language));
    }
    match added(&app, &viewer, named(&reader, &name), made).await {
        Ok(()) => Ok(see_other(ACCOUNT)),
        Err(ApiError::Failure(Failure::Invalid(_))) => {
            let adding = Adding { is_wrong: true, ..adding };
            asked(&app, &viewer, reader, StatusCode::UNPROCESSABLE_ENTITY, adding).await
        }
        Err(error) => Err(error),
    }
}

/// Name of a passkey, as its person gave it or not.
fn named(reader: &Reader, name: &str) -> String {
    if name.is_empty() { unnamed(reader.words) } else { name.to_owned() }
}

async fn added(app: &App, viewer: &Viewer, name: String, made: &str) -> Result<(), ApiError> {
    let registration = Registration::read(made).ok_or_else(|| Failure::Invalid(Vec::new()))?;
    let new = NewPasskey { name, registration };
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    app.finish(async move { crosswalk.add_passkey(&caller, &new).await }).await
}

async fn remove(
    State(app): State<App>,
    Named(id): Named<CredentialId>,
    Posted { viewer, reader, language, .. }: Posted,
) -> Result<Response, ApiError> {
    if language.is_some() {
        return Ok(spoken(see_other(ACCOUNT), language));
    }
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    match app.finish(async move { crosswalk.remove_passkey(&caller, id).await }).await {
        Ok(()) => Ok(see_other(ACCOUNT)),
        Err(ApiError::Failure(Failure::Withheld(_))) => {
            kept_as_they_are(&app, &viewer, reader, Kept::LastWayIn).await
        }
        Err(error) => Err(error),
    }
}

/// Whoever gets the address at which an invitation is taken up begins with the link.
async fn begin_anew() -> Response {
    see_other(INVITATION)
}

/// Asks a guest's device for a passkey, and takes the invitation up with the one that it made.
async fn take_up(State(app): State<App>, mut reader: Reader, request: Request) -> Result<Response, ApiError> {
    let fields = Sent::read(request).await?;
    let language = fields.language(&mut reader);
    let Some(secret) = secret_in(fields.text(LINK)) else { return Ok(see_other(INVITATION)) };
    let mut joining = Joining { id: request_id(&fields.head), taken: typed(&fields, secret) };
    let Some(made) = joining.taken.made.clone() else {
        let named = fields.has("name");
        return Ok(spoken(joining.asked(&app, &reader, StatusCode::OK, named).await?, language));
    };
    if language.is_some() {
        return Ok(spoken(joining.page(&reader, StatusCode::OK), language));
    }
    let Some(said) = said(&reader, &mut joining.taken, &made) else {
        return joining.refused(&app, &reader).await;
    };
    let Some(guest) = app.crosswalk.guest(secret, joining.id.clone()).await? else {
        return Ok(closed(&reader));
    };
    let TakeUp { name, email, once, .. } = &joining.taken;
    let asked = format!("{made}\n{name}\n{}", email.as_deref().unwrap_or_default());
    let attempt = attempts::of(once, TAKE_UP, &asked)?;
    match accepted(&app, guest, said, attempt).await {
        Ok(Outcome::Fresh(welcome, _)) => Ok(welcomed(&reader, Way::Passkey, &welcome)),
        Ok(Outcome::Replayed(_)) => {
            Ok(reader.page(StatusCode::OK, invitation::taken_before(&reader.frame(None))))
        }
        Err(ApiError::Failure(Failure::LinkClosed(_))) => Ok(closed(&reader)),
        Err(ApiError::Failure(Failure::Invalid(problems))) => {
            joining.taken.wrong = problems.iter().map(|problem| wrong(&problem.pointer)).collect();
            joining.refused(&app, &reader).await
        }
        Err(error) => Err(error),
    }
}

fn typed(fields: &Fields, secret: &str) -> TakeUp {
    TakeUp {
        name: fields.text("name").to_owned(),
        email: fields.get("email").map(|email| email.trim().to_owned()),
        made: fields.filled(PASSKEY).map(str::to_owned),
        options: String::new(),
        secret: secret.to_owned(),
        once: attempts::kept(fields),
        wrong: Vec::new(),
    }
}

/// The person's word, if every field can be taken; else `taken` says which cannot.
fn said(reader: &Reader, taken: &mut TakeUp, made: &str) -> Option<Acceptance> {
    let (name, registration) = (PersonName::parse(&taken.name), Registration::read(made));
    let email = taken.email.as_deref().map(str::parse::<Email>).transpose();
    let checks = [
        (registration.is_some(), Wrong::Passkey),
        (name.is_ok(), Wrong::Name),
        (email.is_ok(), Wrong::Email),
    ];
    taken.wrong = checks.into_iter().filter(|(is_good, _)| !is_good).map(|(_, wrong)| wrong).collect();
    if !taken.wrong.is_empty() {
        return None;
    }
    let way = WayIn::Passkey(NewPasskey { name: unnamed(reader.words), registration: registration? });
    let language = Some(reader.words.language);
    Some(Acceptance { name: name.ok(), email: email.ok().flatten(), language, way })
}

/// Somebody who takes an invitation up, and what was typed so far.
struct Joining {
    /// Id of the request.
    id: String,
    taken: TakeUp,
}

impl Joining {
    fn page(&self, reader: &Reader, status: StatusCode) -> Response {
        reader.page(status, passkeys::take_up(&reader.frame(None), &self.taken))
    }

    /// The form again: with the passkey that was made, or with a question for another one if that is wrong.
    async fn refused(mut self, app: &App, reader: &Reader) -> Result<Response, ApiError> {
        if !self.taken.wrong.contains(&Wrong::Passkey) {
            return Ok(self.page(reader, StatusCode::UNPROCESSABLE_ENTITY));
        }
        self.taken.made = None;
        self.asked(app, reader, StatusCode::UNPROCESSABLE_ENTITY, true).await
    }

    /// The form with a question for the device. Before the person has named itself, the invitation does.
    async fn asked(
        mut self,
        app: &App,
        reader: &Reader,
        status: StatusCode,
        named: bool,
    ) -> Result<Response, ApiError> {
        let Some(guest) = app.crosswalk.guest(&self.taken.secret, self.id.clone()).await? else {
            return Ok(closed(reader));
        };
        match self.question(app, guest, named).await {
            Ok(()) => Ok(self.page(reader, status)),
            Err(ApiError::Failure(Failure::LinkClosed(_))) => Ok(closed(reader)),
            Err(error) => Err(error),
        }
    }

    async fn question(&mut self, app: &App, guest: Guest, named: bool) -> Result<(), ApiError> {
        let account = app.crosswalk.invitation(&guest)?.account;
        if !named {
            self.taken.name = account.name.map(|name| name.expose().to_owned()).unwrap_or_default();
            self.taken.email = account.email.is_none().then(String::new);
        }
        let crosswalk = app.crosswalk.clone();
        let to_make = app.finish(async move { crosswalk.ask_guest_to_make_passkey(&guest).await }).await?;
        self.taken.options = options(to_make);
        Ok(())
    }
}
