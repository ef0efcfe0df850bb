//! Identity providers of organizations, for who looks after their people; the operator has those of every
//! organization. What is allowed, the use cases say; a form that they refuse comes back with everything that
//! was typed, but for the secret.

use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use domain::identifiers::{IdentityProviderId, OrgId};
use domain::openid::{ClientSecret, EmailDomain, MOST_DOMAINS};
use domain::problem::Code;
use portal::identity::{self, Form, IDENTITY, NEW, Provider, Redirect, Whose, Wrong};
use portal::{Fields, ONCE};
use serde::Deserialize;
use workflow::command::{NewIdentityProvider, Outcome};
use workflow::shown::ShownIdentityProvider;
use workflow::{Caller, Failure, FieldProblem, Paging, Role};

use super::attempts::{self, nothing_kept};
use super::county::organization_names;
use super::fields::{Sent, spoken};
use super::reader::Reader;
use super::see_other;
use super::viewer::Viewer;
use crate::App;
use crate::problem::ApiError;
use crate::routes::Named;

/// Providers on a page.
const PROVIDERS: u32 = 50;

/// Pages about identity providers.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(IDENTITY, get(list))
        .route(NEW, get(new).post(begin))
        .route("/portal/identity/{id}", get(one))
        .route("/portal/identity/{id}/change", get(to_change).post(change))
        .route("/portal/identity/{id}/end", get(to_end).post(end))
}

/// Place in the list.
#[derive(Deserialize)]
struct After {
    after: Option<String>,
}

fn is_operator(caller: &Caller) -> bool {
    caller.role == Role::Operator
}

/// Providers with the names of their organizations.
async fn named(
    app: &App,
    viewer: &Viewer,
    shown: &[ShownIdentityProvider],
) -> Result<Vec<Provider>, ApiError> {
    let names = match is_operator(&viewer.caller) {
        true => organization_names(app, &viewer.caller).await?,
        false => Default::default(),
    };
    let name = |id: &OrgId| match viewer.caller.organization == Some(*id) {
        true => viewer.who.organization.clone(),
        false => names.get(id).cloned().unwrap_or_else(|| id.to_string()),
    };
    Ok(shown.iter().map(|shown| provider(shown, name(&shown.standing.provider.organization))).collect())
}

fn provider(shown: &ShownIdentityProvider, organization: String) -> Provider {
    let provider = &shown.standing.provider;
    Provider {
        id: provider.id.to_string(),
        organization,
        short_name: provider.short_name.to_string(),
        issuer: provider.issuer.to_string(),
        client_id: provider.client_id.to_string(),
        domains: provider.email_domains.iter().map(ToString::to_string).collect(),
        redirect: shown.redirect.clone(),
        people: shown.standing.people,
        begun_at: provider.begun_at,
        ended_at: provider.ended_at,
    }
}

async fn list(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Query(After { after }): Query<After>,
) -> Result<Response, ApiError> {
    let paging = Paging { limit: PROVIDERS, cursor: after };
    let page = app.crosswalk.identity_providers(&viewer.caller, paging).await?;
    let providers = named(&app, &viewer, &page.items).await?;
    let goes_on = providers.iter().any(|provider| provider.ended_at.is_none());
    let may_begin = is_operator(&viewer.caller) || !goes_on;
    let next = page.next_cursor.map(|cursor| format!("{IDENTITY}?after={cursor}"));
    let html = identity::list(&reader.frame(Some(&viewer.who)), &providers, may_begin, next);
    Ok(reader.page(StatusCode::OK, html))
}

/// One provider, with the name of its organization.
async fn found(app: &App, viewer: &Viewer, id: IdentityProviderId) -> Result<Provider, ApiError> {
    let shown = app.crosswalk.identity_provider(&viewer.caller, id).await?;
    one_named(app, viewer, shown).await
}

async fn one_named(app: &App, viewer: &Viewer, shown: ShownIdentityProvider) -> Result<Provider, ApiError> {
    named(app, viewer, &[shown]).await?.pop().ok_or_else(|| Failure::NotFound.into())
}

async fn one(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<IdentityProviderId>,
) -> Result<Response, ApiError> {
    let provider = found(&app, &viewer, id).await?;
    Ok(reader.page(StatusCode::OK, identity::one(&reader.frame(Some(&viewer.who)), &provider)))
}

/// Organizations from which the operator chooses; everybody else sets the own one's.
async fn offered(app: &App, caller: &Caller) -> Result<Vec<(String, String)>, ApiError> {
    if !caller.manages_keys {
        return Err(Failure::Forbidden.into());
    }
    if !is_operator(caller) {
        return Ok(Vec::new());
    }
    let names = organization_names(app, caller).await?;
    Ok(names.into_iter().map(|(id, name)| (id.to_string(), name)).collect())
}

fn form_page(reader: &Reader, viewer: &Viewer, status: StatusCode, form: &Form) -> Response {
    reader.page(status, identity::form(&reader.frame(Some(&viewer.who)), form))
}

async fn new(State(app): State<App>, viewer: Viewer, reader: Reader) -> Result<Response, ApiError> {
    let offered = offered(&app, &viewer.caller).await?;
    let form = Form {
        whose: Whose::New { offered, chosen: String::new() },
        once: attempts::fresh(),
        short_name: String::new(),
        issuer: String::new(),
        client_id: String::new(),
        domains: String::new(),
        redirect: redirect(&app, &viewer.caller),
        wrong: Vec::new(),
    };
    Ok(form_page(&reader, &viewer, StatusCode::OK, &form))
}

async fn begin(
    State(app): State<App>,
    viewer: Viewer,
    mut reader: Reader,
    request: Request,
) -> Result<Response, ApiError> {
    let sent = Sent::read(request).await?;
    let language = sent.language(&mut reader);
    let offered = offered(&app, &viewer.caller).await?;
    let whose = Whose::New { offered, chosen: sent.text("organization").to_owned() };
    let form = typed(&sent, whose, redirect(&app, &viewer.caller));
    if language.is_some() {
        return Ok(spoken(form_page(&reader, &viewer, StatusCode::OK, &form), language));
    }
    let chosen = match is_operator(&viewer.caller) {
        true => sent.text("organization").parse().ok(),
        false => viewer.caller.organization,
    };
    set(&app, &viewer, &reader, &sent, (form, chosen)).await
}

async fn to_change(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<IdentityProviderId>,
) -> Result<Response, ApiError> {
    let provider = going_on(found(&app, &viewer, id).await?)?;
    let form = Form {
        whose: Whose::Known { id: provider.id, organization: provider.organization },
        once: attempts::fresh(),
        short_name: provider.short_name,
        issuer: provider.issuer,
        client_id: provider.client_id,
        domains: provider.domains.join(", "),
        redirect: provider.redirect.map_or(Redirect::None, Redirect::To),
        wrong: Vec::new(),
    };
    Ok(form_page(&reader, &viewer, StatusCode::OK, &form))
}

/// One that has ended is neither changed nor ended once more.
fn going_on(provider: Provider) -> Result<Provider, Failure> {
    if provider.ended_at.is_none() { Ok(provider) } else { Err(Failure::NotFound) }
}

async fn change(
    State(app): State<App>,
    viewer: Viewer,
    mut reader: Reader,
    Named(id): Named<IdentityProviderId>,
    request: Request,
) -> Result<Response, ApiError> {
    let shown = app.crosswalk.identity_provider(&viewer.caller, id).await?;
    let chosen = Some(shown.standing.provider.organization);
    let provider = going_on(one_named(&app, &viewer, shown).await?)?;
    let sent = Sent::read(request).await?;
    let language = sent.language(&mut reader);
    let whose = Whose::Known { id: provider.id, organization: provider.organization };
    let form = typed(&sent, whose, provider.redirect.map_or(Redirect::None, Redirect::To));
    if language.is_some() {
        return Ok(spoken(form_page(&reader, &viewer, StatusCode::OK, &form), language));
    }
    set(&app, &viewer, &reader, &sent, (form, chosen)).await
}

/// The address that the form of a new provider tells. Each organization has its own, and the operator has yet
/// to choose one.
fn redirect(app: &App, caller: &Caller) -> Redirect {
    match caller.organization.filter(|_| !is_operator(caller)) {
        Some(own) => app.crosswalk.returns_to(own).map_or(Redirect::None, Redirect::To),
        None if app.crosswalk.has_sign_on() => Redirect::Afterwards,
        None => Redirect::None,
    }
}

/// A form as it was sent.
fn typed(fields: &Fields, whose: Whose, redirect: Redirect) -> Form {
    let text = |name| fields.text(name).to_owned();
    Form {
        whose,
        once: text(ONCE),
        short_name: text("short-name"),
        issuer: text("issuer"),
        client_id: text("client-id"),
        domains: text("domains"),
        redirect,
        wrong: Vec::new(),
    }
}

/// The command of a form for the organization that was chosen; else what is wrong with it.
fn command(form: &Form, secret: &str, chosen: Option<OrgId>) -> Result<NewIdentityProvider, Vec<Wrong>> {
    let (short_name, issuer) = (form.short_name.parse().ok(), form.issuer.parse().ok());
    let client_id = form.client_id.parse().ok();
    let client_secret = match secret.trim() {
        "" => Some(None),
        secret => secret.parse::<ClientSecret>().ok().map(Some),
    };
    let email_domains = domains(&form.domains);
    match (chosen, short_name, issuer, client_id, client_secret, email_domains) {
        (
            Some(organization),
            Some(short_name),
            Some(issuer),
            Some(client_id),
            Some(client_secret),
            Some(email_domains),
        ) => Ok(NewIdentityProvider {
            organization: Some(organization),
            short_name,
            issuer,
            client_id,
            client_secret,
            email_domains,
        }),
        (organization, short_name, issuer, client_id, client_secret, email_domains) => {
            let wrong = [
                (organization.is_none(), Wrong::Organization),
                (short_name.is_none(), Wrong::Name),
                (issuer.is_none(), Wrong::Issuer),
                (client_id.is_none(), Wrong::Client),
                (client_secret.is_none(), Wrong::Secret),
                (email_domains.is_none(), Wrong::Domains),
            ];
            Err(wrong.into_iter().filter(|(is_wrong, _)| *is_wrong).map(|(_, wrong)| wrong).collect())
        }
    }
}

/// Domains with commas or spaces between.
fn domains(typed: &str) -> Option<Vec<EmailDomain>> {
    let named = typed.split([',', ';', ' ', '\n', '\r', '\t']).filter(|text| !text.is_empty());
    let named: Option<Vec<EmailDomain>> = named.map(|text| text.parse().ok()).collect();
    named.map(EmailDomain::each_once).filter(|domains| domains.len() <= MOST_DOMAINS)
}

/// The mistakes that a use case found; `None` where one is in no field of the form.
fn wrongs(problems: &[FieldProblem]) -> Option<Vec<Wrong>> {
    let of = |problem: &FieldProblem| match (problem.pointer.as_str(), problem.code) {
        ("/organization", _) => Some(Wrong::Organization),
        ("/short_name", _) => Some(Wrong::NameTaken),
        ("/issuer", Code::HasProvider) => Some(Wrong::OtherIssuer),
        ("/issuer", _) => Some(Wrong::Issuer),
        ("/client_id", Code::HasProvider) => Some(Wrong::OtherClient),
        ("/client_secret", _) => Some(Wrong::Secret),
        (pointer, _) if pointer.starts_with("/email_domains") => Some(Wrong::DomainTaken),
        _ => None,
    };
    problems.iter().map(of).collect()
}

/// Sets the provider as a form says; or shows the form again, with what is wrong.
async fn set(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    sent: &Sent,
    (mut form, chosen): (Form, Option<OrgId>),
) -> Result<Response, ApiError> {
    let new = match command(&form, sent.text(identity::SECRET), chosen) {
        Ok(new) => new,
        Err(wrong) => {
            form.wrong = wrong;
            return Ok(form_page(reader, viewer, StatusCode::UNPROCESSABLE_ENTITY, &form));
        }
    };
    let once = sent.once("portal/set-identity-provider", nothing_kept)?;
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    match app.finish(async move { crosswalk.set_identity_provider(&caller, new, once).await }).await {
        Ok(Outcome::Fresh(shown, _)) => Ok(see_other(&format!("{IDENTITY}/{}", shown.standing.provider.id))),
        Ok(Outcome::Replayed(_)) => Ok(see_other(IDENTITY)),
        Err(ApiError::Failure(Failure::Invalid(problems) | Failure::Withheld(problems))) => {
            let Some(wrong) = wrongs(&problems) else { return Err(Failure::Invalid(problems).into()) };
            form.wrong = wrong;
            Ok(form_page(reader, viewer, StatusCode::UNPROCESSABLE_ENTITY, &form))
        }
        Err(error) => Err(error),
    }
}

async fn to_end(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<IdentityProviderId>,
) -> Result<Response, ApiError> {
    let provider = going_on(found(&app, &viewer, id).await?)?;
    Ok(end_page(&reader, &viewer, StatusCode::OK, &provider, false))
}

fn end_page(
    reader: &Reader,
    viewer: &Viewer,
    status: StatusCode,
    provider: &Provider,
    is_last: bool,
) -> Response {
    reader.page(status, identity::end(&reader.frame(Some(&viewer.who)), provider, is_last))
}

async fn end(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<IdentityProviderId>,
) -> Result<Response, ApiError> {
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    match app.finish(async move { crosswalk.end_identity_provider(&caller, id).await }).await {
        Ok(()) => Ok(see_other(IDENTITY)),
        Err(ApiError::Failure(Failure::Withheld(_))) => {
            let provider = found(&app, &viewer, id).await?;
            Ok(end_page(&reader, &viewer, StatusCode::CONFLICT, &provider, true))
        }
        // Sent twice, it is done.
        Err(ApiError::Failure(Failure::NotFound)) => {
            found(&app, &viewer, id).await?;
            Ok(see_other(IDENTITY))
        }
        Err(error) => Err(error),
    }
}
