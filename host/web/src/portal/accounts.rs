//! People of an organization, for who looks after their accounts. What is allowed, the use cases say; a form
//! that they refuse comes back with everything that was typed.

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::get;
use domain::account::{Email, Role as AccountRole, Side, State as AccountState};
use domain::case::LicensedReviewer;
use domain::identifiers::{AccountId, OrgId, PersonName};
use domain::problem::Code;
use domain::text::is_plain_line;
use portal::accounts::{
    self, ACCOUNTS, Ask, Asking, Form, NEW, People, Person, State as ShownState, Whose, Wrong,
};
use portal::{Fields, ONCE, Role, Words};
use serde::Deserialize;
use workflow::command::{AccountChange, Expected, NewAccount, Outcome};
use workflow::shown::ShownAccount;
use workflow::{Caller, Failure, FieldProblem, Paging};

use super::attempts::{self, nothing_kept};
use super::fields::{Posted, spoken, unreadable};
use super::invitation;
use super::reader::{Reader, named};
use super::see_other;
use super::viewer::{Viewer, role};
use crate::App;
use crate::problem::ApiError;
use crate::routes::Named;

/// People on a page.
const PEOPLE: u32 = 50;
/// Longest number of a license, and longest reason.
const LICENSE: usize = 60;
const REASON: usize = 500;

/// Pages about the people of an organization.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(ACCOUNTS, get(list))
        .route(NEW, get(new).post(invite))
        .route("/portal/accounts/{id}", get(one))
        .route("/portal/accounts/{id}/change", get(to_change).post(change))
        .route("/portal/accounts/{id}/link", get(to_link).post(link))
        .route("/portal/accounts/{id}/end", get(to_end).post(end))
}

/// An organization and a place in the list of its people.
#[derive(Deserialize)]
struct Chosen {
    organization: Option<String>,
    after: Option<String>,
}

/// Organization that is meant: the viewer's own, or for the operator any. Another one is not there.
fn organization(caller: &Caller, chosen: Option<&str>) -> Result<OrgId, Failure> {
    if !caller.manages_keys {
        return Err(Failure::Forbidden);
    }
    let own = *caller.organization()?;
    let Some(chosen) = chosen else { return Ok(own) };
    let id: OrgId = chosen.parse().map_err(|_| Failure::NotFound)?;
    if id == own || caller.role == workflow::Role::Operator { Ok(id) } else { Err(Failure::NotFound) }
}

async fn list(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Query(Chosen { organization: chosen, after }): Query<Chosen>,
) -> Result<Response, ApiError> {
    let caller = &viewer.caller;
    let id = organization(caller, chosen.as_deref())?;
    let shown = app.crosswalk.organization(caller, id).await?;
    let paging = Paging { limit: PEOPLE, cursor: after };
    let page = app.crosswalk.accounts(caller, Some(id), paging).await?;
    let of = chosen.map(|id| format!("organization={id}"));
    let next = page.next_cursor.map(|cursor| match &of {
        Some(of) => format!("{ACCOUNTS}?{of}&after={cursor}"),
        None => format!("{ACCOUNTS}?after={cursor}"),
    });
    let people: Vec<Person> = page.items.iter().map(person).collect();
    let people = People {
        organization: &shown.organization.name,
        people: &people,
        next,
        invite: of.map_or(NEW.to_owned(), |of| format!("{NEW}?{of}")),
    };
    Ok(reader.page(StatusCode::OK, accounts::list(&reader.frame(Some(&viewer.who)), &people)))
}

fn person(shown: &ShownAccount) -> Person {
    let account = &shown.account;
    Person {
        id: account.id.to_string(),
        name: account.name.as_ref().map(|name| name.expose().to_owned()),
        email: account.email.as_ref().map(|email| email.expose().to_owned()),
        roles: account.rights.roles().map(role).collect(),
        license: account.rights.license().map(LicensedReviewer::license).map(str::to_owned),
        administers: account.rights.administers(),
        state: match &account.state {
            AccountState::Invited { .. } => ShownState::Invited,
            AccountState::Active { .. } => ShownState::Active,
            AccountState::Ended { reason, .. } => ShownState::Ended { reason: reason.clone() },
        },
        since: account.state.since(),
        link_until: shown.link.as_ref().map(|link| link.ends_at),
        version: account.version,
    }
}

async fn one(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<AccountId>,
) -> Result<Response, ApiError> {
    let shown = app.crosswalk.account(&viewer.caller, id).await?;
    let page = accounts::person(&reader.frame(Some(&viewer.who)), &person(&shown));
    Ok(reader.page(StatusCode::OK, page))
}

/// Roles that people of an organization can have.
async fn offered(app: &App, caller: &Caller, id: OrgId) -> Result<Vec<Role>, ApiError> {
    let kind = app.crosswalk.organization(caller, id).await?.organization.kind.name();
    let side = Side::ALL.iter().copied().find(|side| side.name() == kind);
    Ok(side.into_iter().flat_map(AccountRole::of_side).map(role).collect())
}

fn form_page(reader: &Reader, viewer: &Viewer, status: StatusCode, form: &Form) -> Response {
    reader.page(status, accounts::form(&reader.frame(Some(&viewer.who)), form))
}

async fn new(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Query(Chosen { organization: chosen, .. }): Query<Chosen>,
) -> Result<Response, ApiError> {
    let id = organization(&viewer.caller, chosen.as_deref())?;
    let form = Form {
        whose: Whose::New(chosen),
        once: attempts::fresh(),
        name: String::new(),
        email: String::new(),
        language: reader.words.language,
        offered: offered(&app, &viewer.caller, id).await?,
        roles: Vec::new(),
        license: String::new(),
        administers: false,
        wrong: Vec::new(),
        is_changed: false,
    };
    Ok(form_page(&reader, &viewer, StatusCode::OK, &form))
}

/// A form as it was sent, with what cannot be read of it.
fn typed(fields: &Fields, whose: Whose, offered: Vec<Role>, words: Words) -> Form {
    let language = fields.get("language").and_then(named).unwrap_or(words.language);
    let is_ticked = |role: &Role| fields.all("role").any(|word| word == role.word());
    let all = Role::ALL.into_iter();
    Form {
        whose,
        once: fields.text(ONCE).to_owned(),
        name: fields.text("name").to_owned(),
        email: fields.text("email").to_owned(),
        language,
        offered,
        // What is not offered goes on to the use case, which says so.
        roles: all.filter(is_ticked).collect(),
        license: fields.text("license").to_owned(),
        administers: fields.get("administers").is_some(),
        wrong: Vec::new(),
        is_changed: false,
    }
}

/// The form as the use cases take it.
struct ReadForm {
    name: PersonName,
    email: Option<Email>,
    roles: Vec<AccountRole>,
    license: Option<String>,
}

/// Reads a form; else it says what is wrong.
fn said(form: &mut Form) -> Option<ReadForm> {
    let name = PersonName::parse(&form.name);
    let email = match form.whose {
        Whose::New(_) => Some(form.email.parse::<Email>()),
        Whose::Known { .. } => None,
    };
    let is_license = form.license.chars().count() <= LICENSE && is_plain_line(&form.license);
    let checks = [
        (name.is_ok(), Wrong::Name),
        (email.as_ref().is_none_or(Result::is_ok), Wrong::Email),
        (is_license, Wrong::LicenseMissing),
    ];
    form.wrong = checks.into_iter().filter(|(is_good, _)| !is_good).map(|(_, wrong)| wrong).collect();
    if !form.wrong.is_empty() {
        return None;
    }
    let of_word = |role: &Role| AccountRole::ALL.iter().copied().find(|known| known.name() == role.word());
    Some(ReadForm {
        name: name.ok()?,
        email: email.transpose().ok()?,
        roles: form.roles.iter().filter_map(of_word).collect(),
        license: Some(form.license.clone()).filter(|license| !license.is_empty()),
    })
}

/// The mistakes that a use case found; the failure itself where they are in no field of the form.
fn wrongs(problems: &[FieldProblem]) -> Option<Vec<Wrong>> {
    let of = |problem: &FieldProblem| match (problem.pointer.as_str(), problem.code) {
        ("/name", _) => Some(Wrong::Name),
        ("/email", Code::Taken) => Some(Wrong::EmailTaken),
        ("/email", _) => Some(Wrong::Email),
        ("/roles", Code::WrongRole) => Some(Wrong::RoleOfOthers),
        ("/roles", _) => Some(Wrong::NoRole),
        ("/license", Code::NotWithThis) => Some(Wrong::LicenseWithoutReviewer),
        ("/license", _) => Some(Wrong::LicenseMissing),
        ("/administers", _) => Some(Wrong::OperatorMissing),
        (_, Code::LastAdministrator) => Some(Wrong::LastAdministrator),
        _ => None,
    };
    problems.iter().map(of).collect()
}

/// The form again, with what a use case says against it.
fn form_again(
    reader: &Reader,
    viewer: &Viewer,
    mut form: Form,
    error: ApiError,
) -> Result<Response, ApiError> {
    let status = match &error {
        ApiError::Failure(Failure::Invalid(problems) | Failure::Withheld(problems)) => {
            let Some(wrong) = wrongs(problems) else { return Err(error) };
            form.wrong = wrong;
            StatusCode::UNPROCESSABLE_ENTITY
        }
        ApiError::Failure(Failure::Newer(newer)) => {
            form.is_changed = true;
            if let Whose::Known { version, .. } = &mut form.whose {
                *version = *newer;
            }
            // Sent again it is another attempt, for the version that is there now.
            form.once = attempts::fresh();
            StatusCode::CONFLICT
        }
        _ => return Err(error),
    };
    Ok(form_page(reader, viewer, status, &form))
}

async fn invite(
    State(app): State<App>,
    Posted { viewer, reader, sent: fields, language }: Posted,
) -> Result<Response, ApiError> {
    let chosen = fields.get("organization").map(str::to_owned);
    let id = organization(&viewer.caller, chosen.as_deref())?;
    let offered = offered(&app, &viewer.caller, id).await?;
    let mut form = typed(&fields, Whose::New(chosen), offered, reader.words);
    if language.is_some() {
        return Ok(spoken(form_page(&reader, &viewer, StatusCode::OK, &form), language));
    }
    let Some(said) = said(&mut form) else {
        return Ok(form_page(&reader, &viewer, StatusCode::UNPROCESSABLE_ENTITY, &form));
    };
    let Some(email) = said.email else { return Err(ApiError::Bare(StatusCode::BAD_REQUEST)) };
    let new = NewAccount {
        organization: Some(id),
        name: said.name,
        email,
        language: form.language,
        roles: said.roles,
        license: said.license,
        administers: form.administers,
    };
    let once = fields.once("portal/invite-account", nothing_kept)?;
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    match app.finish(async move { crosswalk.invite_account(&caller, new, once).await }).await {
        Ok(Outcome::Fresh(shown, _)) => Ok(link_page(&reader, &viewer, &fields.head, &shown)),
        // The link was shown; the list has the person.
        Ok(Outcome::Replayed(_)) => Ok(see_other(ACCOUNTS)),
        Err(error) => form_again(&reader, &viewer, form, error),
    }
}

/// The page with the link, which is shown once.
fn link_page(reader: &Reader, viewer: &Viewer, parts: &Parts, shown: &ShownAccount) -> Response {
    let secret = shown.link.as_ref().and_then(|link| link.secret.as_deref());
    let link = secret.map(|secret| invitation::absolute(&parts.headers, &invitation::address(secret)));
    let frame = reader.frame(Some(&viewer.who));
    reader.page(StatusCode::OK, accounts::link(&frame, &person(shown), link.as_deref()))
}

async fn to_change(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<AccountId>,
) -> Result<Response, ApiError> {
    let shown = app.crosswalk.account(&viewer.caller, id).await?;
    let offered = offered(&app, &viewer.caller, shown.account.organization).await?;
    let person = person(&shown);
    let form = Form {
        whose: Whose::Known { id: person.id, version: person.version },
        once: attempts::fresh(),
        name: person.name.unwrap_or_default(),
        email: String::new(),
        language: shown.account.language,
        offered,
        roles: person.roles,
        license: person.license.unwrap_or_default(),
        administers: person.administers,
        wrong: Vec::new(),
        is_changed: false,
    };
    Ok(form_page(&reader, &viewer, StatusCode::OK, &form))
}

async fn change(
    State(app): State<App>,
    Named(id): Named<AccountId>,
    Posted { viewer, reader, sent: fields, language }: Posted,
) -> Result<Response, ApiError> {
    let version = fields.version().ok_or_else(unreadable)?;
    let shown = app.crosswalk.account(&viewer.caller, id).await?;
    let offered = offered(&app, &viewer.caller, shown.account.organization).await?;
    let whose = Whose::Known { id: id.to_string(), version };
    let mut form = typed(&fields, whose, offered, reader.words);
    if language.is_some() {
        return Ok(spoken(form_page(&reader, &viewer, StatusCode::OK, &form), language));
    }
    let Some(said) = said(&mut form) else {
        return Ok(form_page(&reader, &viewer, StatusCode::UNPROCESSABLE_ENTITY, &form));
    };
    let change = AccountChange {
        name: Some(said.name),
        language: Some(form.language),
        roles: Some(said.roles),
        license: said.license,
        administers: Some(form.administers),
    };
    let address = format!("{ACCOUNTS}/{id}");
    let once = fields.once("portal/change-account", nothing_kept)?;
    let expected = Expected::one_of([version]);
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    let changed = async move { crosswalk.change_account(&caller, id, change, expected, once).await };
    match app.finish(changed).await {
        Ok(_) => Ok(see_other(&address)),
        Err(error) => form_again(&reader, &viewer, form, error),
    }
}

/// The page that asks before a step, of an account as it is now.
async fn asking(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    id: AccountId,
    ask: Ask,
) -> Result<Response, ApiError> {
    let shown = app.crosswalk.account(&viewer.caller, id).await?;
    let asking = Asking {
        id: id.to_string(),
        name: shown.account.name.map(|name| name.expose().to_owned()),
        version: shown.account.version,
        once: attempts::fresh(),
        ask,
        wrong: Vec::new(),
        is_changed: false,
    };
    Ok(ask_page(reader, viewer, StatusCode::OK, &asking))
}

fn ask_page(reader: &Reader, viewer: &Viewer, status: StatusCode, asking: &Asking) -> Response {
    reader.page(status, accounts::asking(&reader.frame(Some(&viewer.who)), asking))
}

async fn to_link(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<AccountId>,
) -> Result<Response, ApiError> {
    asking(&app, &viewer, &reader, id, Ask::Link).await
}

async fn to_end(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<AccountId>,
) -> Result<Response, ApiError> {
    asking(&app, &viewer, &reader, id, Ask::End(String::new())).await
}

/// A step as it was sent.
async fn sent(
    app: &App,
    viewer: &Viewer,
    id: AccountId,
    ask: Ask,
    fields: &Fields,
) -> Result<Asking, ApiError> {
    let shown = app.crosswalk.account(&viewer.caller, id).await?;
    Ok(Asking {
        id: id.to_string(),
        name: shown.account.name.map(|name| name.expose().to_owned()),
        version: fields.version().ok_or_else(unreadable)?,
        once: fields.text(ONCE).to_owned(),
        ask,
        wrong: Vec::new(),
        is_changed: false,
    })
}

/// The question again, with what a use case says against it.
fn ask_again(
    reader: &Reader,
    viewer: &Viewer,
    mut asking: Asking,
    error: ApiError,
) -> Result<Response, ApiError> {
    let status = match &error {
        ApiError::Failure(Failure::Withheld(problems)) => {
            let Some(wrong) = wrongs(problems) else { return Err(error) };
            asking.wrong = wrong;
            StatusCode::UNPROCESSABLE_ENTITY
        }
        ApiError::Failure(Failure::Newer(newer)) => {
            (asking.is_changed, asking.version) = (true, *newer);
            asking.once = attempts::fresh();
            StatusCode::CONFLICT
        }
        _ => return Err(error),
    };
    Ok(ask_page(reader, viewer, status, &asking))
}

async fn link(
    State(app): State<App>,
    Named(id): Named<AccountId>,
    Posted { viewer, reader, sent: fields, language }: Posted,
) -> Result<Response, ApiError> {
    let asking = sent(&app, &viewer, id, Ask::Link, &fields).await?;
    if language.is_some() {
        return Ok(spoken(ask_page(&reader, &viewer, StatusCode::OK, &asking), language));
    }
    let once = fields.once("portal/invite-again", nothing_kept)?;
    let expected = Expected::one_of([asking.version]);
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    let invited = async move { crosswalk.invite_again(&caller, id, expected, once).await };
    match app.finish(invited).await {
        Ok(Outcome::Fresh(shown, _)) => Ok(link_page(&reader, &viewer, &fields.head, &shown)),
        Ok(Outcome::Replayed(_)) => {
            let shown = app.crosswalk.account(&viewer.caller, id).await?;
            Ok(link_page(&reader, &viewer, &fields.head, &shown))
        }
        Err(error) => ask_again(&reader, &viewer, asking, error),
    }
}

async fn end(
    State(app): State<App>,
    Named(id): Named<AccountId>,
    Posted { viewer, reader, sent: fields, language }: Posted,
) -> Result<Response, ApiError> {
    let reason = fields.text("reason").to_owned();
    let mut asking = sent(&app, &viewer, id, Ask::End(reason.clone()), &fields).await?;
    if language.is_some() {
        return Ok(spoken(ask_page(&reader, &viewer, StatusCode::OK, &asking), language));
    }
    if reason.is_empty() || reason.chars().count() > REASON || !is_plain_line(&reason) {
        asking.wrong = vec![Wrong::Reason];
        return Ok(ask_page(&reader, &viewer, StatusCode::UNPROCESSABLE_ENTITY, &asking));
    }
    let once = fields.once("portal/end-account", nothing_kept)?;
    let expected = Expected::one_of([asking.version]);
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    let ended = async move { crosswalk.end_account(&caller, id, reason, expected, once).await };
    match app.finish(ended).await {
        Ok(_) => Ok(see_other(&format!("{ACCOUNTS}/{id}"))),
        Err(error) => ask_again(&reader, &viewer, asking, error),
    }
}
