//! The criteria grid, one person held against every plan's rules, and what plans changed between two days.

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use domain::catalog::Catalog;
use domain::identifiers::{Cin, County};
use jiff::civil::Date;
use portal::criteria::changes::{self, DayMistake, Typed};
use portal::criteria::person::{self, Checked};
use portal::criteria::{self, Chosen, Criteria, Looked};
use portal::{Fields, Names, Words};
use serde::Deserialize;
use workflow::command::Outcome;
use workflow::shown::{AskedAcross, PersonToAsk, ShownPlan};
use workflow::{Caller, Failure, Paging};

use super::attempts::{self, nothing_kept};
use super::fields::{Posted, spoken};
use super::reader::Reader;
use super::viewer::Viewer;
use crate::App;
use crate::problem::ApiError;

/// Purpose for which a provider's staff look at a person; it is kept with the look.
const PURPOSE: &str = "care-coordination";
/// Plans whose names and counties a page knows.
const PLANS: u32 = 200;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/portal/criteria", get(grid))
        .route("/portal/criteria/person", post(check))
        .route("/portal/criteria/changes", get(compare))
}

/// Choices for a grid. In a form all of it is sent, empty where nothing was chosen.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Wanted {
    service: String,
    county: String,
    on: String,
    only: Option<String>,
    number: String,
}

impl Wanted {
    fn of(sent: &Fields) -> Self {
        let text = |name| sent.text(name).to_owned();
        Self {
            service: text("service"),
            county: text("county"),
            on: text("on"),
            only: sent.get("only").map(str::to_owned),
            number: text("number"),
        }
    }
}

/// Names of plans, and the counties that they serve.
struct Known {
    names: Names,
    counties: Vec<(String, String)>,
}

async fn known(app: &App, caller: &Caller, words: Words) -> Result<Known, ApiError> {
    let plans: Vec<ShownPlan> =
        app.crosswalk.plans(caller, Paging { limit: PLANS, cursor: None }).await?.items;
    let codes: BTreeSet<&String> = plans.iter().flat_map(|plan| &plan.counties).collect();
    let all = app.crosswalk.counties();
    let name = |code: &String| all.get(code).map_or_else(|| code.clone(), |county| words.pick(&county.name));
    let counties = codes.iter().map(|code| ((*code).clone(), name(code))).collect();
    let named = plans.into_iter().map(|plan| (plan.id, plan.name));
    Ok(Known { names: Names::of(named, caller.organization), counties })
}

/// The county of a code; `None` for every county.
fn county(code: &str) -> Result<Option<County>, Failure> {
    let code = Some(code).filter(|code| !code.is_empty());
    code.map(|code| code.parse().map_err(|_| Failure::NotFound)).transpose()
}

/// A day of a form: `None` where nothing was typed, an error where it is none.
fn day(text: &str) -> Result<Option<Date>, ()> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| ()),
    }
}

async fn grid(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Query(wanted): Query<Wanted>,
) -> Result<Response, ApiError> {
    grid_page(&app, &viewer, &reader, &wanted, Looked::No).await
}

async fn grid_page(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    wanted: &Wanted,
    looked: Looked,
) -> Result<Response, ApiError> {
    let caller = &viewer.caller;
    let service = match wanted.service.as_str() {
        "" => Catalog::state().services().first(),
        id => Catalog::state().service(id),
    };
    let service = service.ok_or(Failure::NotFound)?;
    let on = day(&wanted.on);
    let shown = app
        .crosswalk
        .criteria(caller, county(&wanted.county)?, Some(service.id.clone()), on.unwrap_or_default())
        .await?;
    let known = known(app, caller, reader.words).await?;
    let page = Criteria {
        grid: &shown,
        chosen: Chosen {
            service: &service.id,
            county: &wanted.county,
            counties: &known.counties,
            on: shown.on,
            typed: &wanted.on,
            is_no_day: on.is_err(),
            only_different: wanted.only.is_some(),
            number: &wanted.number,
            looked: viewer.who.is_of_provider().then_some(looked),
        },
        names: &known.names,
    };
    let is_wrong = on.is_err() || looked != Looked::No;
    let status = match looked {
        Looked::TooMany => StatusCode::TOO_MANY_REQUESTS,
        _ if is_wrong => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    Ok(reader.page(status, criteria::page(&reader.frame(Some(&viewer.who)), &page)))
}

/// Looks for a person by number and asks every plan. The number comes in a body, and the answer is no
/// redirect, so that nothing about the person stands in an address.
async fn check(
    State(app): State<App>,
    Posted { viewer, reader, sent, language }: Posted,
) -> Result<Response, ApiError> {
    if !viewer.who.is_of_provider() {
        return Err(Failure::Forbidden.into());
    }
    let wanted = Wanted::of(&sent);
    if language.is_some() {
        return Ok(spoken(grid_page(&app, &viewer, &reader, &wanted, Looked::No).await?, language));
    }
    let looked = match Cin::parse(&wanted.number) {
        Err(_) => Looked::NoNumber,
        Ok(cin) => match app.crosswalk.find_member(&viewer.caller, &cin, PURPOSE).await {
            Ok(found) => return checked(&app, &viewer, &reader, found.id, &wanted.service).await,
            Err(Failure::NotFound) => Looked::Nobody,
            Err(Failure::TooManyTries(_)) => Looked::TooMany,
            Err(failure) => return Err(failure.into()),
        },
    };
    grid_page(&app, &viewer, &reader, &wanted, looked).await
}

async fn checked(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    id: domain::identifiers::MemberId,
    service: &str,
) -> Result<Response, ApiError> {
    let caller = &viewer.caller;
    let to_ask = app.crosswalk.person_to_ask(caller, id, service, PURPOSE).await?;
    let asked = ask(app, caller, &to_ask).await?;
    let known = known(app, caller, reader.words).await?;
    let page = Checked { person: &to_ask, asked: &asked, names: &known.names };
    Ok(reader.page(StatusCode::OK, person::page(&reader.frame(Some(&viewer.who)), &page)))
}

/// Asks the plans. Each time is an attempt of its own: asking changes nothing but what is kept of the look.
async fn ask(app: &App, caller: &Caller, to_ask: &PersonToAsk) -> Result<AskedAcross, ApiError> {
    let once = attempts::unrepeated().once("askAcross", nothing_kept);
    let (crosswalk, caller, case) = (app.crosswalk.clone(), caller.clone(), to_ask.case.clone());
    match app.finish(async move { crosswalk.ask_across(&caller, case, once).await }).await? {
        Outcome::Fresh(asked, _) => Ok(asked),
        // Nobody else has the key that was made just now.
        Outcome::Replayed(_) => Err(Failure::Busy.into()),
    }
}

/// The two days of a comparison, and its filters.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Days {
    from: String,
    to: String,
    service: String,
    county: String,
}

async fn compare(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Query(days): Query<Days>,
) -> Result<Response, ApiError> {
    let caller = &viewer.caller;
    if !days.service.is_empty() && Catalog::state().service(&days.service).is_none() {
        return Err(Failure::NotFound.into());
    }
    let (from, to) = (day(&days.from), day(&days.to));
    let mut mistakes = Vec::new();
    let was_asked = !days.from.trim().is_empty() || !days.to.trim().is_empty();
    // Half of two days is asked for by whoever asked for one.
    if from.is_err() || (was_asked && from == Ok(None)) {
        mistakes.push(DayMistake::From);
    }
    if to.is_err() || (was_asked && to == Ok(None)) {
        mistakes.push(DayMistake::To);
    }
    let both = from.ok().flatten().zip(to.ok().flatten());
    if both.is_some_and(|(from, to)| to < from) {
        mistakes.push(DayMistake::Order);
    }
    let changes = match both.filter(|_| mistakes.is_empty()) {
        Some((from, to)) => {
            let service = Some(days.service.clone()).filter(|service| !service.is_empty());
            Some(app.crosswalk.rule_changes(caller, from, to, county(&days.county)?, service).await?)
        }
        None => None,
    };
    let known = known(&app, caller, reader.words).await?;
    let typed = Typed {
        from: &days.from,
        to: &days.to,
        service: &days.service,
        county: &days.county,
        counties: &known.counties,
        mistakes: &mistakes,
    };
    let html = changes::page(&reader.frame(Some(&viewer.who)), &typed, changes.as_ref(), &known.names);
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(reader.page(status, html))
}
