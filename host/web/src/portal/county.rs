//! The county's pages: figures and their spreadsheet, health, organizations, accounts, keys, and the audit
//! trail. Each calls the use cases of the API; what a viewer may not see they refuse or leave out.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use domain::figures::Quarter;
use domain::identifiers::{KeyId, OrgId};
use domain::problem::Code;
use jiff::civil::Date;
use portal::county::audit::{Audit, AuditMistake, Typed};
use portal::county::directory::{self, KeyMistake, NewKeyForm, Organizations};
use portal::county::figures::FiguresShown;
use portal::county::health::PlanHealth;
use portal::county::{audit, figures, health};
use portal::{Fields, Names};
use serde::Deserialize;
use workflow::command::{NewKey, Outcome, StoredAnswer};
use workflow::shown::ShownKey;
use workflow::{AuditQuery, Caller, Failure, Page, Paging, Role};

use super::fields::{Posted, spoken};
use super::reader::Reader;
use super::viewer::Viewer;
use super::{attempts, see_other};
use crate::App;
use crate::problem::ApiError;
use crate::routes::Named;
use crate::routes::figures::sheet_answer;

/// Entries of a list on one page.
const ENTRIES: u32 = 50;
/// Most organizations and plans whose names a page knows.
const MOST_NAMES: u32 = 200;
/// Longest label of a key, and longest number of a license, in characters.
const LABEL: usize = 100;
const LICENSE: usize = 60;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/portal/county", get(read_figures))
        .route("/portal/county/figures.csv", get(sheet))
        .route("/portal/county/health", get(read_health))
        .route("/portal/county/organizations", get(organizations))
        .route("/portal/county/people", get(people))
        .route("/portal/county/keys", get(keys).post(make_key))
        .route("/portal/county/keys/new", get(new_key))
        .route("/portal/county/keys/{id}", get(ask_to_end_key))
        .route("/portal/county/keys/{id}/end", post(end_key))
        .route("/portal/county/audit", get(read_audit).post(search_audit))
}

/// The pages are the county's: for everybody else they are not there.
fn must_be_county(caller: &Caller) -> Result<(), Failure> {
    caller.must_be(&[Role::Operator]).map_err(|_| Failure::NotFound)
}

/// Place in a list.
#[derive(Deserialize)]
struct After {
    after: Option<String>,
}

impl After {
    fn paging(self) -> Paging {
        Paging { limit: ENTRIES, cursor: self.after }
    }
}

#[derive(Deserialize)]
struct OfQuarter {
    quarter: Option<String>,
}

impl OfQuarter {
    fn quarter(&self) -> Result<Option<Quarter>, ApiError> {
        let text = self.quarter.as_deref().filter(|text| !text.is_empty());
        text.map(|text| text.parse().map_err(|_| ApiError::Bare(StatusCode::BAD_REQUEST))).transpose()
    }
}

async fn read_figures(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Query(asked): Query<OfQuarter>,
) -> Result<Response, ApiError> {
    let caller = &viewer.caller;
    must_be_county(caller)?;
    let shown = app.crosswalk.figures(caller, asked.quarter()?).await?;
    let names = plan_names(&app, caller).await?;
    let html =
        figures::page(&reader.frame(Some(&viewer.who)), &FiguresShown { figures: &shown, names: &names });
    Ok(reader.page(StatusCode::OK, html))
}

/// The same figures as a spreadsheet: the very bytes of the API.
async fn sheet(
    State(app): State<App>,
    viewer: Viewer,
    Query(asked): Query<OfQuarter>,
) -> Result<Response, ApiError> {
    must_be_county(&viewer.caller)?;
    let quarter = asked.quarter()?.unwrap_or_else(|| Quarter::of(app.crosswalk.today()));
    let sheet = app.crosswalk.figures_sheet(&viewer.caller, Some(quarter)).await?;
    Ok(sheet_answer(&format!("figures-{quarter}"), sheet))
}

async fn read_health(State(app): State<App>, viewer: Viewer, reader: Reader) -> Result<Response, ApiError> {
    let caller = &viewer.caller;
    must_be_county(caller)?;
    let state = app.crosswalk.health(caller).await?;
    let mut plans = Vec::new();
    for plan in app.crosswalk.plans(caller, first(MOST_NAMES)).await?.items {
        let breakers = app.crosswalk.breakers_of(caller, &plan.id).await?.items;
        plans.push(PlanHealth { plan, breakers });
    }
    let html = health::page(&reader.frame(Some(&viewer.who)), &state, &plans);
    Ok(reader.page(StatusCode::OK, html))
}

async fn organizations(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Query(after): Query<After>,
) -> Result<Response, ApiError> {
    must_be_county(&viewer.caller)?;
    let page = app.crosswalk.organizations(&viewer.caller, after.paging()).await?;
    let frame = reader.frame(Some(&viewer.who));
    Ok(reader.page(StatusCode::OK, directory::organizations(&frame, &page.items, page.next_cursor)))
}

async fn people(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Query(after): Query<After>,
) -> Result<Response, ApiError> {
    let caller = &viewer.caller;
    must_be_county(caller)?;
    let page = app.crosswalk.accounts(caller, None, after.paging()).await?;
    let known = organization_names(&app, caller).await?;
    let frame = reader.frame(Some(&viewer.who));
    Ok(reader.page(StatusCode::OK, directory::people(&frame, &page.items, &known, page.next_cursor)))
}

async fn keys(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Query(after): Query<After>,
) -> Result<Response, ApiError> {
    let caller = &viewer.caller;
    must_be_county(caller)?;
    let page = app.crosswalk.keys(caller, after.paging()).await?;
    let known = organization_names(&app, caller).await?;
    let frame = reader.frame(Some(&viewer.who));
    Ok(reader.page(StatusCode::OK, directory::keys(&frame, &page.items, &known, page.next_cursor)))
}

/// A new key, as the form sends it.
#[derive(Default)]
struct KeyForm {
    once: String,
    organization: String,
    role: String,
    label: String,
    license: String,
}

impl KeyForm {
    fn of(sent: &Fields) -> Self {
        let text = |name| sent.text(name).to_owned();
        Self {
            once: attempts::kept(sent),
            organization: text("organization"),
            role: text("role"),
            label: text("label"),
            license: text("license"),
        }
    }
}

/// The form of a new key, for whoever may send it.
async fn new_key(State(app): State<App>, viewer: Viewer, reader: Reader) -> Result<Response, ApiError> {
    let caller = &viewer.caller;
    must_be_county(caller)?;
    if !caller.manages_keys {
        return Err(Failure::Forbidden.into());
    }
    let form =
        KeyForm { once: attempts::fresh(), role: Role::Provider.name().to_owned(), ..KeyForm::default() };
    key_form(&app, &viewer, &reader, StatusCode::OK, &form, &[]).await
}

async fn key_form(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    status: StatusCode,
    form: &KeyForm,
    mistakes: &[KeyMistake],
) -> Result<Response, ApiError> {
    let organizations = organization_names(app, &viewer.caller).await?;
    let shown = NewKeyForm {
        organizations: &organizations,
        organization: &form.organization,
        role: &form.role,
        label: &form.label,
        license: &form.license,
        mistakes,
        once: &form.once,
    };
    Ok(reader.page(status, directory::new_key(&reader.frame(Some(&viewer.who)), &shown)))
}

/// Makes the key, and shows it once. The answer is no redirect: what it shows is kept nowhere.
async fn make_key(
    State(app): State<App>,
    Posted { viewer, reader, sent, language }: Posted,
) -> Result<Response, ApiError> {
    must_be_county(&viewer.caller)?;
    let form = KeyForm::of(&sent);
    if language.is_some() {
        let page = key_form(&app, &viewer, &reader, StatusCode::OK, &form, &[]).await?;
        return Ok(spoken(page, language));
    }
    let new = match new_key_of(&form) {
        Ok(new) => new,
        Err(mistakes) => {
            return key_form(&app, &viewer, &reader, StatusCode::UNPROCESSABLE_ENTITY, &form, &mistakes)
                .await;
        }
    };
    let once = sent.once("createKey", no_secret)?;
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    match app.finish(async move { crosswalk.create_key(&caller, new, once).await }).await {
        Ok(Outcome::Fresh(made, _)) => {
            let html = directory::made_key(&reader.frame(Some(&viewer.who)), made.secret.as_deref());
            Ok(reader.page(StatusCode::CREATED, html))
        }
        Ok(Outcome::Replayed(_)) => {
            let html = directory::made_key(&reader.frame(Some(&viewer.who)), None);
            Ok(reader.page(StatusCode::OK, html))
        }
        Err(ApiError::Failure(Failure::Invalid(problems))) => {
            let mistakes: Vec<KeyMistake> =
                problems.iter().filter_map(|one| mistake_at(&one.pointer)).collect();
            if mistakes.is_empty() {
                return Err(Failure::Invalid(problems).into());
            }
            key_form(&app, &viewer, &reader, StatusCode::UNPROCESSABLE_ENTITY, &form, &mistakes).await
        }
        Err(failure) => Err(failure),
    }
}

/// The answer that is kept of a key that a page made: nothing of it is shown again.
fn no_secret(_: &ShownKey) -> StoredAnswer {
    StoredAnswer { status: StatusCode::CREATED.as_u16(), headers: Vec::new(), body: Vec::new() }
}

fn mistake_at(pointer: &str) -> Option<KeyMistake> {
    match pointer {
        "/organization" => Some(KeyMistake::Organization),
        "/role" => Some(KeyMistake::Role),
        "/label" => Some(KeyMistake::Label),
        "/license" => Some(KeyMistake::License),
        _ => None,
    }
}

/// The command of a form, or everything that is wrong with it.
fn new_key_of(form: &KeyForm) -> Result<NewKey, Vec<KeyMistake>> {
    let line = |text: &str, most: usize| {
        let text = text.trim();
        let fits = (1..=most).contains(&text.chars().count()) && domain::text::is_plain_line(text);
        fits.then(|| text.to_owned())
    };
    let organization = form.organization.parse().ok();
    let role = Role::named(&form.role);
    let label = line(&form.label, LABEL);
    let license = match form.license.trim() {
        "" => Some(None),
        text => line(text, LICENSE).map(Some),
    };
    match (organization, role, label, license) {
        (Some(organization), Some(role), Some(label), Some(license)) => Ok(NewKey {
            organization: Some(organization),
            role,
            manages_keys: false,
            label,
            license,
            expires_at: None,
        }),
        (organization, role, label, license) => {
            let wrong = [
                (organization.is_none(), KeyMistake::Organization),
                (role.is_none(), KeyMistake::Role),
                (label.is_none(), KeyMistake::Label),
                (license.is_none(), KeyMistake::License),
            ];
            Err(wrong.into_iter().filter(|(is_wrong, _)| *is_wrong).map(|(_, mistake)| mistake).collect())
        }
    }
}

async fn ask_to_end_key(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<KeyId>,
) -> Result<Response, ApiError> {
    must_be_county(&viewer.caller)?;
    end_page(&app, &viewer, &reader, id, StatusCode::OK, false).await
}

async fn end_page(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    id: KeyId,
    status: StatusCode,
    is_last: bool,
) -> Result<Response, ApiError> {
    let caller = &viewer.caller;
    let shown = app.crosswalk.key(caller, id).await?;
    if shown.key.revoked_at.is_some() {
        return Err(Failure::NotFound.into());
    }
    let known = organization_names(app, caller).await?;
    let whose = &shown.key.organization;
    let whose = known.get(whose).cloned().unwrap_or_else(|| whose.to_string());
    let frame = reader.frame(Some(&viewer.who));
    let html = directory::end_key(&frame, &id.to_string(), &shown.key.label, &whose, is_last);
    Ok(reader.page(status, html))
}

async fn end_key(
    State(app): State<App>,
    Named(id): Named<KeyId>,
    Posted { viewer, reader, language, .. }: Posted,
) -> Result<Response, ApiError> {
    must_be_county(&viewer.caller)?;
    if language.is_some() {
        return Ok(spoken(end_page(&app, &viewer, &reader, id, StatusCode::OK, false).await?, language));
    }
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    match app.finish(async move { crosswalk.revoke_key(&caller, id).await }).await {
        Ok(()) => Ok(see_other(portal::county::KEYS)),
        Err(ApiError::Failure(Failure::Withheld(problems)))
            if problems.iter().any(|problem| problem.code == Code::LastKey) =>
        {
            end_page(&app, &viewer, &reader, id, StatusCode::CONFLICT, true).await
        }
        // Sent twice, it is done.
        Err(ApiError::Failure(Failure::NotFound)) => {
            app.crosswalk.key(&viewer.caller, id).await?;
            Ok(see_other(portal::county::KEYS))
        }
        Err(failure) => Err(failure),
    }
}

/// The search of the trail, as the form sends it.
#[derive(Default)]
struct AuditForm {
    from: String,
    to: String,
    actor: String,
    subject: String,
    action: String,
    after: Option<String>,
}

impl AuditForm {
    fn of(sent: &Fields) -> Self {
        let text = |name| sent.text(name).to_owned();
        Self {
            from: text("from"),
            to: text("to"),
            actor: text("actor"),
            subject: text("subject"),
            action: text("action"),
            after: sent.get("after").map(str::to_owned),
        }
    }
}

async fn read_audit(State(app): State<App>, viewer: Viewer, reader: Reader) -> Result<Response, ApiError> {
    audit_page(&app, &viewer, &reader, &AuditForm::default()).await
}

async fn search_audit(
    State(app): State<App>,
    Posted { viewer, reader, sent, language }: Posted,
) -> Result<Response, ApiError> {
    Ok(spoken(audit_page(&app, &viewer, &reader, &AuditForm::of(&sent)).await?, language))
}

async fn audit_page(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    form: &AuditForm,
) -> Result<Response, ApiError> {
    let caller = &viewer.caller;
    must_be_county(caller)?;
    let (query, mistakes) = audit_query(form);
    let found = if mistakes.is_empty() {
        let paging = Paging { limit: ENTRIES, cursor: form.after.clone() };
        app.crosswalk.audit_trail(caller, query, paging).await?
    } else {
        Page { items: Vec::new(), next_cursor: None }
    };
    let organizations = organization_names(app, caller).await?;
    let shown = Audit {
        entries: &found.items,
        next: found.next_cursor.as_deref(),
        typed: Typed {
            from: &form.from,
            to: &form.to,
            actor: &form.actor,
            subject: &form.subject,
            action: &form.action,
        },
        mistakes: &mistakes,
        organizations: &organizations,
        asks_about_people: caller.must_see_names().is_ok(),
    };
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(reader.page(status, audit::page(&reader.frame(Some(&viewer.who)), &shown)))
}

/// The query of a form, and what is wrong with it.
fn audit_query(form: &AuditForm) -> (AuditQuery, Vec<AuditMistake>) {
    let mut mistakes = Vec::new();
    let mut day = |text: &str, mistake| -> Option<Date> {
        let text = text.trim();
        let day = text.parse().ok();
        if day.is_none() && !text.is_empty() {
            mistakes.push(mistake);
        }
        day
    };
    let from = day(&form.from, AuditMistake::From);
    let to = day(&form.to, AuditMistake::To);
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        mistakes.push(AuditMistake::To);
    }
    let mut word = |text: &str, mistake| -> Option<String> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        if text.len() > 100 || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            mistakes.push(mistake);
        }
        Some(text.to_owned())
    };
    let subject = word(&form.subject, AuditMistake::Subject);
    let action = word(&form.action, AuditMistake::Action);
    // Of the list, or everybody: what was made up by hand is nobody's.
    let actor: Option<OrgId> = form.actor.parse().ok();
    (AuditQuery { from, to, actor, subject, action }, mistakes)
}

fn first(limit: u32) -> Paging {
    Paging { limit, cursor: None }
}

async fn plan_names(app: &App, caller: &Caller) -> Result<Names, ApiError> {
    let plans = app.crosswalk.plans(caller, first(MOST_NAMES)).await?;
    Ok(Names::of(plans.items.into_iter().map(|plan| (plan.id, plan.name)), caller.organization))
}

/// Names of organizations, by their ids: of the first that are on the list.
pub(super) async fn organization_names(app: &App, caller: &Caller) -> Result<Organizations, ApiError> {
    let page = app.crosswalk.organizations(caller, first(MOST_NAMES)).await?;
    let named = page.items.into_iter().map(|shown| (shown.organization.id, shown.organization.name));
    Ok(named.collect::<BTreeMap<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(label: &str, role: &str, license: &str) -> KeyForm {
        KeyForm {
            organization: "org_0198f0c2a3b47c5d8e9f00112233aabb".to_owned(),
            role: role.to_owned(),
            label: label.to_owned(),
            license: license.to_owned(),
            ..KeyForm::default()
        }
    }

    #[test]
    fn every_mistake_of_a_new_key_is_told_at_once() {
        let long = "9".repeat(61);
        let wrong = KeyForm { organization: "Harbor House".to_owned(), ..form(" ", "king", &long) };
        let all = [KeyMistake::Organization, KeyMistake::Role, KeyMistake::Label, KeyMistake::License];
        assert_eq!(new_key_of(&wrong).err().as_deref(), Some(&all[..]));
        let new = new_key_of(&form("  Nightly file ", "provider", " ")).expect("a key");
        assert_eq!((new.label.as_str(), new.license), ("Nightly file", None));
        assert!(!new.manages_keys);
    }

    #[test]
    fn a_search_names_what_is_wrong_with_it() {
        let typed = |from: &str, to: &str, subject: &str| AuditForm {
            from: from.to_owned(),
            to: to.to_owned(),
            subject: subject.to_owned(),
            ..AuditForm::default()
        };
        let mistakes = |form| audit_query(&form).1;
        assert_eq!(mistakes(typed("", "", "")), []);
        assert_eq!(mistakes(typed("2026-02-30", "", "a b")), [AuditMistake::From, AuditMistake::Subject]);
        assert_eq!(mistakes(typed("2026-03-02", "2026-03-01", "")), [AuditMistake::To]);
        let (query, _) = audit_query(&typed("2026-03-01", "2026-03-02", " mem_1 "));
        assert_eq!(query.subject.as_deref(), Some("mem_1"));
    }
}
