//! Pages of who bills and of who keeps the credentialing file.
//!
//! - `forms`: how mistakes come back to a form.
//! - `bills`: bills, their forms, voids and disputes; `payments`: payments and contracts.
//! - `file`: the credentialing file.
//!
//! Fields are read by the same readers as the API's bodies, and commands are the API's.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::identifiers::{CaseId, MemberId};
use workflow::shown::{Body, Claim, ShownMember, UnitsLeft};
use workflow::{Caller, Failure, Paging, Role};

use super::pages::names;
use super::reader::Reader;
use super::viewer::Viewer;
use super::{attempts, fields, files, see_other};
use crate::App;
use crate::problem::ApiError;

mod bills;
mod file;
mod forms;
mod payments;

/// Purpose for which who bills looks at a person; it is kept with the look.
const PURPOSE: &str = "payment";
/// Threads that are read at a time.
const THREADS: u32 = 50;

/// Addresses of the family.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/portal/claims", get(bills::list))
        .route("/portal/claims/new", get(bills::to_bill))
        .route("/portal/claims/{id}/correct", get(bills::correct).post(bills::send_correction))
        .route("/portal/claims/{id}/void", get(bills::void).post(bills::send_void))
        .route("/portal/claims/{id}/dispute", get(bills::dispute).post(bills::send_dispute))
        .route("/portal/authorizations/{id}/bill", get(bills::bill).post(bills::send_bill))
        .route("/portal/payments", get(payments::list))
        .route("/portal/payments/{id}", get(payments::payment))
        .route("/portal/contracts", get(payments::contracts))
        .route("/portal/file", get(file::newest))
        .route("/portal/file/new", get(file::start).post(file::send))
        .route("/portal/file/{id}", get(file::one))
        .route("/portal/file/{id}/document", get(file::document).post(file::add_document))
        .route("/portal/file/{id}/answer", get(file::answer).post(file::save_answer))
}

fn page_of(limit: u32, cursor: Option<String>) -> Paging {
    Paging { limit, cursor: cursor.filter(|cursor| !cursor.is_empty()) }
}

/// Lets only those through to a form who may send it: the use case would refuse others.
fn must_be_provider(caller: &Caller) -> Result<(), ApiError> {
    Ok(caller.must_be(&[Role::Provider])?)
}

/// A person whom a page names, if the viewer may see the person.
async fn person(app: &App, caller: &Caller, id: Option<MemberId>) -> Result<Option<ShownMember>, ApiError> {
    let Some(id) = id else { return Ok(None) };
    match app.crosswalk.member(caller, id, PURPOSE).await {
        Ok(member) => Ok(Some(member)),
        Err(Failure::NotFound) => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

/// Units that each line of an authorization has left, and the last bill in its thread.
async fn units_of(
    app: &App,
    caller: &Caller,
    member: Option<MemberId>,
    authorization: CaseId,
) -> Result<(Vec<UnitsLeft>, Option<Claim>), ApiError> {
    let Some(member) = member else { return Ok((Vec::new(), None)) };
    let mut cursor = None;
    loop {
        let page = app.crosswalk.threads(caller, member, PURPOSE, page_of(THREADS, cursor)).await;
        let page = match page {
            Ok(page) => page,
            Err(Failure::NotFound) => return Ok((Vec::new(), None)),
            Err(failure) => return Err(failure.into()),
        };
        let holds = |thread: &&workflow::shown::ShownThread| {
            thread.cases.iter().any(|shown| shown.case.id == authorization)
        };
        if let Some(thread) = page.items.iter().find(holds) {
            let units = thread.units.iter().filter(|units| units.authorization == authorization).cloned();
            let claim = thread.cases.iter().rev().find_map(|shown| match &shown.case.body {
                Body::Claim(claim) => Some(claim.clone()),
                _ => None,
            });
            return Ok((units.collect(), claim));
        }
        match page.next_cursor {
            Some(next) => cursor = Some(next),
            None => return Ok((Vec::new(), None)),
        }
    }
}
