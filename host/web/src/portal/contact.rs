//! First contact with somebody whom the viewer's organization does not serve yet. The form becomes the body
//! that the API takes, so that it is read and refused by the same rules.

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use domain::identifiers::MemberId;
use domain::problem::Code;
use portal::Fields;
use portal::people::NUMBER;
use portal::people::contact::{self, BORN, CONTACT, COUNTY, Contact, FAMILY, GIVEN, KEEP, LANGUAGE, Wrong};
use workflow::command::{Outcome, StoredAnswer};
use workflow::{AddedMember, Failure, FieldProblem, Role};

use super::fields::{Posted, Sent, spoken};
use super::files::named_in;
use super::pages::{PLANS, PURPOSE, first};
use super::reader::Reader;
use super::viewer::Viewer;
use super::{attempts, see_other};
use crate::App;
use crate::input::members::{NewMemberBody, TypedMember};
use crate::problem::ApiError;

/// Every address of this family.
pub(super) fn routes() -> Router<App> {
    Router::new().route(CONTACT, get(begin).post(meet))
}

/// Outcome of a form that led to nobody.
#[derive(Default)]
struct Became {
    wrong: Vec<Wrong>,
    is_unknown: bool,
}

async fn begin(State(app): State<App>, viewer: Viewer, reader: Reader) -> Result<Response, ApiError> {
    viewer.caller.must_be(&[Role::Provider])?;
    show(&app, &viewer, &reader, StatusCode::OK, &Fields::default(), &Became::default()).await
}

async fn show(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    status: StatusCode,
    typed: &Fields,
    became: &Became,
) -> Result<Response, ApiError> {
    let counties = counties(app, viewer, reader).await?;
    let once = attempts::kept(typed);
    let form = Contact {
        typed,
        counties: &counties,
        wrong: &became.wrong,
        is_unknown: became.is_unknown,
        once: &once,
    };
    Ok(reader.page(status, contact::page(&reader.frame(Some(&viewer.who)), &form)))
}

/// Counties in which the plans of this host serve: code and name, by name.
async fn counties(app: &App, viewer: &Viewer, reader: &Reader) -> Result<Vec<(String, String)>, ApiError> {
    let plans = app.crosswalk.plans(&viewer.caller, first(PLANS)).await?.items;
    let codes: BTreeSet<String> = plans.into_iter().flat_map(|plan| plan.counties).collect();
    let all = app.crosswalk.counties();
    let words = reader.words;
    let named = |code: String| {
        let name = all.get(&code).map_or_else(|| code.clone(), |county| words.pick(&county.name));
        (code, name)
    };
    let mut counties: Vec<(String, String)> = codes.into_iter().map(named).collect();
    counties.sort_by(|(_, one), (_, other)| one.cmp(other));
    Ok(counties)
}

/// Finds the person, keeps somebody whom nobody knows if that is asked for, or shows the form again.
async fn meet(
    State(app): State<App>,
    Posted { viewer, reader, sent, language }: Posted,
) -> Result<Response, ApiError> {
    viewer.caller.must_be(&[Role::Provider])?;
    if language.is_some() {
        let page = show(&app, &viewer, &reader, StatusCode::OK, &sent, &Became::default()).await?;
        return Ok(spoken(page, language));
    }
    match added(&app, &viewer, &sent).await {
        Ok(id) => Ok(see_other(&portal::people::person::address(&id.to_string()))),
        Err(ApiError::Failure(Failure::TooManyTries(_))) => {
            let became = Became { wrong: vec![Wrong::TooMany], is_unknown: false };
            show(&app, &viewer, &reader, StatusCode::TOO_MANY_REQUESTS, &sent, &became).await
        }
        Err(ApiError::Failure(Failure::Invalid(problems))) => {
            let Some(became) = became(&problems) else { return Err(Failure::Invalid(problems).into()) };
            show(&app, &viewer, &reader, StatusCode::UNPROCESSABLE_ENTITY, &sent, &became).await
        }
        Err(error) => Err(error),
    }
}

async fn added(app: &App, viewer: &Viewer, sent: &Sent) -> Result<MemberId, ApiError> {
    let told = TypedMember {
        cin: sent.text(NUMBER),
        birth_date: sent.text(BORN),
        family_name: sent.text(FAMILY),
        given_name: sent.text(GIVEN),
        county: sent.text(COUNTY),
        language: sent.text(LANGUAGE),
    };
    let is_kept = sent.get(KEEP).is_some();
    let new = app.read(NewMemberBody::of(&told, PURPOSE, is_kept))?;
    let once = sent.once("addMember", leads_to_person)?;
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    let done = app.finish(async move { crosswalk.add_member(&caller, new, once).await }).await?;
    let (Outcome::Fresh(_, answer) | Outcome::Replayed(answer)) = done;
    named_in(&answer)
}

fn leads_to_person(added: &AddedMember) -> StoredAnswer {
    attempts::leads_to(&portal::people::person::address(&added.member.id.to_string()))
}

/// The fields that problems are about; `None` for a problem that is about none of them.
fn became(problems: &[FieldProblem]) -> Option<Became> {
    let mut became = Became::default();
    for problem in problems {
        if problem.code == Code::UnknownMember {
            became.is_unknown = true;
            continue;
        }
        became.wrong.push(match problem.pointer.as_str() {
            "/cin" => Wrong::Number,
            "/birth_date" => Wrong::Born,
            "/family_name" => Wrong::Family,
            "/given_name" => Wrong::Given,
            "/county" => Wrong::County,
            _ => return None,
        });
    }
    Some(became)
}
