//! One handler for each page: look up what its use cases give, and have the page made of it.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::case::CaseKind;
use domain::identifiers::{CaseId, DocumentId, MemberId};
use portal::case::CaseShown;
use portal::people::person::Person;
use portal::today::{Asked, Older, Today};
use portal::{Names, case, people, today};
use serde::Deserialize;
use workflow::command::{CaseFilter, NoticeFilter};
use workflow::shown::{ShownMember, ShownThread};
use workflow::{Caller, Failure, Paging, Role};

use super::fields::Posted;
use super::listing::Listing;
use super::reader::Reader;
use super::see_other;
use super::viewer::Viewer;
use crate::App;
use crate::problem::ApiError;
use crate::routes::{Named, documents};

/// Purpose for which a provider's staff look at a person; it is kept with the look.
pub(super) const PURPOSE: &str = "care-coordination";
/// Entries of each part of Today.
const OF_TODAY: u32 = 10;
/// Notices that Today counts: further it says that there are more.
const COUNTED: u32 = 100;
/// Notices on a page.
const NOTICES: u32 = 50;
/// People on a page.
pub(super) const PEOPLE: u32 = 50;
/// Threads of a person's page.
pub(super) const THREADS: u32 = 20;
/// Plans whose names a page knows.
pub(super) const PLANS: u32 = 200;

pub(super) fn first(limit: u32) -> Paging {
    Paging { limit, cursor: None }
}

/// Names of the plans, for a page.
pub(super) async fn names(app: &App, caller: &Caller) -> Result<Names, ApiError> {
    let plans = app.crosswalk.plans(caller, first(PLANS)).await?;
    Ok(Names::of(plans.items.into_iter().map(|plan| (plan.id, plan.name)), caller.organization))
}

/// A person whom a page names, if the viewer may see the person.
pub(super) async fn member(
    app: &App,
    caller: &Caller,
    id: MemberId,
) -> Result<Option<ShownMember>, ApiError> {
    match app.crosswalk.member(caller, id, PURPOSE).await {
        Ok(member) => Ok(Some(member)),
        Err(Failure::NotFound) => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

/// Today of a provider's staff. The county begins with its figures, a plan's people with what waits for them
/// or with its rules, and others with the criteria.
pub(crate) async fn today(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
) -> Result<Response, ApiError> {
    if viewer.who.is_of_county() {
        return Ok(see_other(portal::county::COUNTY));
    }
    if !viewer.who.is_of_provider() {
        let roles = &viewer.who.roles;
        let first = if viewer.who.works_cases() {
            portal::work::WORK
        } else if roles.contains(&portal::Role::PlanAnalyst) {
            portal::desk::RULES
        } else {
            portal::criteria::GRID
        };
        return Ok(see_other(first));
    }
    let caller = &viewer.caller;
    let asked = asked(&app, caller).await?;
    let offers = app.crosswalk.offers(caller, first(OF_TODAY)).await?;
    let clocks = app.crosswalk.deadlines(caller, None, first(OF_TODAY)).await?;
    let news = app.crosswalk.notices(caller, NoticeFilter::default(), first(COUNTED)).await?;
    let names = names(&app, caller).await?;
    let newest = news.items.len().min(usize::try_from(OF_TODAY).unwrap_or(usize::MAX));
    let rest = news.items.len() - newest;
    let today = Today {
        asked: &asked,
        offers: &offers.items,
        clocks: &clocks.items,
        news: &news.items[..newest],
        older: if news.next_cursor.is_some() { Older::MoreThan(rest) } else { Older::Exactly(rest) },
        names: &names,
    };
    Ok(reader.page(StatusCode::OK, today::page(&reader.frame(Some(&viewer.who)), &today)))
}

/// Every notice to a provider's staff, newest first.
pub(crate) async fn news(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Query(After { after }): Query<After>,
) -> Result<Response, ApiError> {
    if !viewer.who.is_of_provider() {
        return Err(Failure::Forbidden.into());
    }
    let paging = Paging { limit: NOTICES, cursor: after };
    let page = app.crosswalk.notices(&viewer.caller, NoticeFilter::default(), paging).await?;
    let html = today::news(&reader.frame(Some(&viewer.who)), &page.items, page.next_cursor.as_deref());
    Ok(reader.page(StatusCode::OK, html))
}

/// Cases of which a plan asks for more.
async fn asked(app: &App, caller: &Caller) -> Result<Vec<Asked>, ApiError> {
    let states = [
        (CaseKind::Referral, "needs-information"),
        (CaseKind::Authorization, "pended"),
        (CaseKind::Claim, "pended"),
    ];
    let mut asked = Vec::new();
    for (kind, state) in states {
        let filter = CaseFilter { state: Some(state.to_owned()), ..CaseFilter::default() };
        for case in app.crosswalk.cases(caller, kind, filter, first(OF_TODAY)).await?.items {
            let member = match case.case.member {
                Some(id) => member(app, caller, id).await?,
                None => None,
            };
            asked.push(Asked { case, member });
        }
    }
    Ok(asked)
}

/// The people of the page People: each leads to their own.
const LISTING: Listing = Listing { view: people::page, address: |member| format!("/portal/people/{member}") };

/// Place in a list.
#[derive(Deserialize)]
pub(crate) struct After {
    after: Option<String>,
}

/// People whom the viewer may see.
pub(crate) async fn people(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Query(After { after }): Query<After>,
) -> Result<Response, ApiError> {
    LISTING.page(&app, (&viewer, &reader), after).await
}

/// Searches for a person by number.
pub(crate) async fn find(State(app): State<App>, posted: Posted) -> Result<Response, ApiError> {
    LISTING.find(&app, &posted).await
}

/// Page of one person.
pub(crate) async fn person(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<MemberId>,
) -> Result<Response, ApiError> {
    let caller = &viewer.caller;
    let member = app.crosswalk.member(caller, id, PURPOSE).await?;
    let threads = app.crosswalk.threads(caller, id, PURPOSE, first(THREADS)).await?;
    let limits = app.crosswalk.member_limits(caller, id, None, None, PURPOSE).await?;
    let names = names(&app, caller).await?;
    let person = Person { member: &member, threads: &threads, limits: &limits.items, names: &names };
    Ok(reader.page(StatusCode::OK, people::person::page(&reader.frame(Some(&viewer.who)), &person)))
}

/// Page of one referral.
pub(crate) async fn referral(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<CaseId>,
) -> Result<Response, ApiError> {
    case_page(&app, &viewer, &reader, CaseKind::Referral, id).await
}

/// One request for authorization.
pub(crate) async fn authorization(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<CaseId>,
) -> Result<Response, ApiError> {
    case_page(&app, &viewer, &reader, CaseKind::Authorization, id).await
}

/// Page of one claim.
pub(crate) async fn claim(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<CaseId>,
) -> Result<Response, ApiError> {
    case_page(&app, &viewer, &reader, CaseKind::Claim, id).await
}

/// Page of one credentialing file.
pub(crate) async fn application(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<CaseId>,
) -> Result<Response, ApiError> {
    case_page(&app, &viewer, &reader, CaseKind::Application, id).await
}

/// The bytes of a document of a provider's case, as a file.
pub(crate) async fn document(
    State(app): State<App>,
    viewer: Viewer,
    Named(id): Named<DocumentId>,
) -> Result<Response, ApiError> {
    viewer.caller.must_be(&[Role::Provider])?;
    documents::sent(&app, &viewer.caller, id).await
}

async fn case_page(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    kind: CaseKind,
    id: CaseId,
) -> Result<Response, ApiError> {
    let caller = &viewer.caller;
    let shown = app.crosswalk.case(caller, kind, id).await?;
    let steps = app.crosswalk.timeline(caller, kind, id).await?;
    let member = match shown.case.member {
        Some(id) => member(app, caller, id).await?,
        None => None,
    };
    let thread = match &member {
        Some(member) => thread_with(app, caller, member.id, id).await?,
        None => None,
    };
    let names = names(app, caller).await?;
    let page = CaseShown {
        case: &shown,
        member: member.as_ref(),
        thread: thread.as_ref(),
        steps: &steps,
        names: &names,
    };
    Ok(reader.page(StatusCode::OK, case::page(&reader.frame(Some(&viewer.who)), &page)))
}

/// The thread of a person's newest ones in which a case stands.
async fn thread_with(
    app: &App,
    caller: &Caller,
    member: MemberId,
    case: CaseId,
) -> Result<Option<ShownThread>, ApiError> {
    let threads = app.crosswalk.threads(caller, member, PURPOSE, first(THREADS)).await?;
    let holds = |thread: &ShownThread| thread.cases.iter().any(|shown| shown.case.id == case);
    Ok(threads.items.into_iter().find(holds))
}
