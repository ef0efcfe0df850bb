//! Asking for a service. What was entered travels in the form; each page reads all of it again, so that
//! nothing is kept of what nobody sent, and what the record knows meanwhile is seen at once.

use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use domain::case::CaseKind;
use domain::catalog::{Catalog, ServiceKind};
use domain::identifiers::{CaseId, County, MemberId, PlanId};
use portal::ask::draft::{Draft, ISSUED, Page};
use portal::ask::sent::{self, Sent};
use portal::ask::view::{self, Asking};
use portal::ask::wanted::{Known, Wanted};
use portal::ask::{self, Slip, Slips};
use portal::{IN_LANGUAGE, Names, ONCE};
use serde::Deserialize;
use workflow::shown::{Grid, ShownCase, ShownMember, ShownPlan};
use workflow::{Caller, Failure, Role};

use super::attempts;
use super::fields::{self, Posted, spoken};
use super::files::received;
use super::listing::Listing;
use super::pages::{PLANS, PURPOSE, THREADS, first, member};
use super::reader::Reader;
use super::viewer::Viewer;
use crate::App;
use crate::problem::ApiError;

mod reading;
mod sending;

pub(super) use reading::Origin;
use reading::read_request;
use sending::{check, send};

/// Word for the rules of a plan that has none.
const NO_RULES: &str = "none";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(ask::ADDRESS, get(begin).post(go))
        .route("/portal/ask/person", post(find))
        .route(ask::DOCUMENTS, post(attach))
        .route(ask::SENT, get(confirmation))
}

/// The people of the first page: each leads to what may be asked for them.
const LISTING: Listing =
    Listing { view: view::choose, address: |member| format!("{}?member={member}", ask::ADDRESS) };

/// The person for whom something is asked, or the place in the list of people.
#[derive(Deserialize)]
struct Beginning {
    member: Option<String>,
    after: Option<String>,
}

/// The first page: whom it is for, and then what.
async fn begin(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Query(Beginning { member, after }): Query<Beginning>,
) -> Result<Response, ApiError> {
    viewer.caller.must_be(&[Role::Provider])?;
    let Some(member) = member else {
        return LISTING.page(&app, (&viewer, &reader), after).await;
    };
    let mut draft = Draft::default();
    draft.set("member", member);
    draft.set(ONCE, attempts::fresh());
    let loaded = Loaded::of(&app, &viewer.caller, &draft).await?;
    Ok(Shown { app: &app, viewer: &viewer, reader: &reader, loaded: &loaded, draft: &draft }.page(
        StatusCode::OK,
        Page::Service,
        &Slips::new(),
    ))
}

/// Searches for the person by number.
async fn find(State(app): State<App>, posted: Posted) -> Result<Response, ApiError> {
    posted.viewer.caller.must_be(&[Role::Provider])?;
    LISTING.find(&app, &posted).await
}

/// Any page of the flow but that of the documents, sent.
async fn go(
    State(app): State<App>,
    Posted { viewer, reader, sent, .. }: Posted,
) -> Result<Response, ApiError> {
    let draft = Draft::of(sent.into_fields());
    viewer.caller.must_be(&[Role::Provider])?;
    flow(&app, &viewer, reader, draft, Slips::new()).await
}

/// The page of the documents, sent with its files.
async fn attach(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    request: Request,
) -> Result<Response, ApiError> {
    let (draft, slips) = received(&app, &viewer.caller, request, ask::DOCUMENTS).await?;
    flow(&app, &viewer, reader, draft, slips).await
}

/// Everything that the pages of a request are made of.
struct Loaded {
    member: ShownMember,
    known: Known,
    offered: Grid,
    plans: Vec<ShownPlan>,
    names: Names,
    wanted: Option<Wanted>,
}

impl Loaded {
    async fn of(app: &App, caller: &Caller, draft: &Draft) -> Result<Self, ApiError> {
        let crosswalk = &app.crosswalk;
        let id = draft.get("member").and_then(|id| id.parse::<MemberId>().ok()).ok_or(Failure::NotFound)?;
        let member = crosswalk.member(caller, id, PURPOSE).await?;
        let threads = crosswalk.threads(caller, member.id, PURPOSE, first(THREADS)).await?;
        let plans = crosswalk.plans(caller, first(PLANS)).await?.items;
        let named = plans.iter().map(|plan| (plan.id.clone(), plan.name.clone()));
        let names = Names::of(named, caller.organization);
        let today = crosswalk.today();
        let county = member.county.parse::<County>().ok();
        let offered = crosswalk.criteria(caller, county, None, Some(today)).await?;
        let service = draft.filled("service").and_then(|id| Catalog::state().service(id));
        let service = service.filter(|service| service.kind != ServiceKind::EncounterOnly);
        let known = Known::of(&threads.items, service.map(|one| one.id.as_str()), caller.organization);
        let mut loaded = Self { member, known, offered, plans, names, wanted: None };
        if let Some(service) = service {
            let plan = loaded.member.answering(service, today).map(|coverage| coverage.plan);
            let profile = match &plan {
                Some(plan) => match crosswalk.profile(caller, plan, Some(today)).await {
                    Ok(shown) => Some(shown.profile),
                    Err(Failure::NotFound) => None,
                    Err(failure) => return Err(failure.into()),
                },
                None => None,
            };
            let row = loaded.offered.services.iter().find(|row| row.service.id == service.id);
            let mut cells = row.into_iter().flat_map(|row| &row.cells);
            let cell = cells.find(|cell| plan.as_ref() == Some(&cell.plan));
            let is_offered = cell.is_some_and(|cell| cell.offered);
            let wanted = Wanted::of(service, plan.clone(), cell, profile.as_ref(), today);
            loaded.wanted = is_offered.then_some(wanted);
        }
        Ok(loaded)
    }

    /// The rules with which a plan answers now, in a word.
    fn rules_of(&self, plan: Option<&PlanId>) -> String {
        let shown = self.plans.iter().find(|shown| Some(&shown.id) == plan);
        let active = shown.and_then(|shown| shown.active.as_ref());
        active.map_or_else(|| NO_RULES.to_owned(), |active| active.digest.to_string())
    }
}

/// Everything that a page of the flow is shown with.
struct Shown<'a> {
    app: &'a App,
    viewer: &'a Viewer,
    reader: &'a Reader,
    loaded: &'a Loaded,
    draft: &'a Draft,
}

impl<'a> Shown<'a> {
    fn asking(&self, slips: &'a Slips) -> Asking<'a> {
        Asking {
            member: &self.loaded.member,
            draft: self.draft,
            wanted: self.loaded.wanted.as_ref(),
            known: &self.loaded.known,
            offered: &self.loaded.offered,
            names: &self.loaded.names,
            slips,
            most_bytes: self.app.crosswalk.most_document_bytes(),
        }
    }

    fn page(&self, status: StatusCode, page: Page, slips: &'a Slips) -> Response {
        let frame = self.reader.frame(Some(&self.viewer.who));
        self.reader.page(status, view::page(&frame, page, &self.asking(slips)))
    }
}

/// Goes from the page that was sent to the one that is wanted, if nothing is wrong with what was sent.
async fn flow(
    app: &App,
    viewer: &Viewer,
    mut reader: Reader,
    mut draft: Draft,
    slips: Slips,
) -> Result<Response, ApiError> {
    const WRONG: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;
    if !draft.has(IN_LANGUAGE) {
        draft.settle_service();
    }
    let loaded = Loaded::of(app, &viewer.caller, &draft).await?;
    let at = draft.at();
    let language = fields::language(&draft, &mut reader);
    if language.is_some() {
        let response = match at {
            Page::Check | Page::Send => check(app, viewer, &reader, &loaded, draft, None).await?,
            at => Shown { app, viewer, reader: &reader, loaded: &loaded, draft: &draft }.page(
                StatusCode::OK,
                at,
                &slips,
            ),
        };
        return Ok(spoken(response, language));
    }
    let to = match draft.get("again") {
        Some(_) => Page::Questions,
        None => draft.to().unwrap_or(after(at)),
    };
    let shown = Shown { app, viewer, reader: &reader, loaded: &loaded, draft: &draft };
    let missing = first_slips(&loaded, &draft);
    if !missing.is_empty() {
        return Ok(shown.page(WRONG, Page::Service, &missing));
    }
    if !slips.is_empty() {
        return Ok(shown.page(WRONG, Page::Documents, &slips));
    }
    let request = read_request(app, &loaded, &draft, reader.words);
    if let Err(slips) = &request
        && let Some(page) = page_to_correct(at, to, slips)
    {
        return Ok(shown.page(WRONG, page, slips));
    }
    match (to, request) {
        (Page::Check, Ok(_)) => check(app, viewer, &reader, &loaded, draft, None).await,
        (Page::Send, Ok(request)) => send(app, viewer, &reader, &loaded, draft, request).await,
        (page, _) => Ok(shown.page(StatusCode::OK, page, &slips)),
    }
}

/// Page on which mistakes are shown before anybody goes on from `at` to `to`: the one that was sent, if they
/// are on it; before the check any other.
fn page_to_correct(at: Page, to: Page, slips: &Slips) -> Option<Page> {
    let is_of_documents = |name: &String| name == "document" || name.starts_with(ISSUED);
    let has_some = |page: Page| match page {
        Page::Questions => slips.keys().any(|name| !is_of_documents(name)),
        Page::Documents => slips.keys().any(is_of_documents),
        _ => false,
    };
    if to > at && has_some(at) {
        return Some(at);
    }
    let page = if has_some(Page::Questions) { Page::Questions } else { Page::Documents };
    matches!(to, Page::Check | Page::Send).then_some(page)
}

/// Page that follows where the reader presses Enter.
fn after(page: Page) -> Page {
    match page {
        Page::Service => Page::Tasks,
        Page::Tasks => Page::Questions,
        Page::Questions => Page::Documents,
        Page::Documents => Page::Check,
        Page::Check | Page::Send => Page::Send,
    }
}

/// Mistakes of the first page: without a service and who gives it, nothing else can be asked.
fn first_slips(loaded: &Loaded, draft: &Draft) -> Slips {
    let mut slips = Slips::new();
    if loaded.wanted.is_none() {
        slips.insert("service".to_owned(), Slip::Service);
    }
    if !matches!(draft.get("giver"), Some("we" | "other")) {
        slips.insert("giver".to_owned(), Slip::Giver);
    }
    slips
}

/// Cases that a confirmation shows.
#[derive(Deserialize)]
struct OfSent {
    referral: Option<String>,
    authorization: Option<String>,
}

/// The confirmation. It takes the same rights as its cases.
async fn confirmation(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Query(OfSent { referral, authorization }): Query<OfSent>,
) -> Result<Response, ApiError> {
    use CaseKind as K;
    let caller = &viewer.caller;
    let referral = case_of(&app, caller, K::Referral, referral).await?;
    let authorization = case_of(&app, caller, K::Authorization, authorization).await?;
    let about = referral.as_ref().or(authorization.as_ref()).ok_or(Failure::NotFound)?;
    let member = match about.case.member {
        Some(id) => member(&app, caller, id).await?,
        None => None,
    };
    let sent =
        Sent { member: member.as_ref(), referral: referral.as_ref(), authorization: authorization.as_ref() };
    Ok(reader.page(StatusCode::OK, sent::page(&reader.frame(Some(&viewer.who)), &sent)))
}

async fn case_of(
    app: &App,
    caller: &Caller,
    kind: CaseKind,
    id: Option<String>,
) -> Result<Option<ShownCase>, ApiError> {
    let Some(id) = id else { return Ok(None) };
    let id = id.parse::<CaseId>().map_err(|_| Failure::NotFound)?;
    Ok(Some(app.crosswalk.case(caller, kind, id).await?))
}
