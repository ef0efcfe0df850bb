//! Payments with why they are not the rest, and contracts.

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use domain::identifiers::RemittanceId;
use portal::money::contracts::{self, Contracts};
use portal::money::payments::{self, Payments};
use serde::Deserialize;
use workflow::Failure;

use super::{App, Reader, State, Viewer, names, page_of};
use crate::problem::ApiError;
use crate::routes::Named;

/// Payments, and amounts still to be taken back, on a page.
const PAYMENTS: u32 = 50;
/// Contracts on a page.
const CONTRACTS: u32 = 20;

/// A place in a list.
#[derive(Deserialize)]
pub(super) struct After {
    after: Option<String>,
}

/// Payments, newest first, with what is still to be taken back.
pub(super) async fn list(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Query(After { after }): Query<After>,
) -> Result<Response, ApiError> {
    let caller = &viewer.caller;
    let is_further = after.is_some();
    let found = app.crosswalk.remittances(caller, page_of(PAYMENTS, after)).await?;
    let open = app.crosswalk.take_backs(caller, page_of(PAYMENTS, None)).await?;
    let names = names(&app, caller).await?;
    let page = Payments {
        payments: &found.items,
        next: found.next_cursor.as_deref(),
        is_further,
        open: &open.items,
        is_more_open: open.next_cursor.is_some(),
        names: &names,
    };
    Ok(reader.page(StatusCode::OK, payments::page(&reader.frame(Some(&viewer.who)), &page)))
}

/// Number of a payment's lines that stand on the pages before.
#[derive(Deserialize)]
pub(super) struct Skip {
    skip: Option<String>,
}

/// One payment, line by line.
pub(super) async fn payment(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<RemittanceId>,
    Query(Skip { skip }): Query<Skip>,
) -> Result<Response, ApiError> {
    let caller = &viewer.caller;
    let skip = match skip {
        Some(text) => text.parse().map_err(|_| Failure::NotFound)?,
        None => 0,
    };
    let shown = app.crosswalk.remittance(caller, id).await?;
    let may_dispute = caller.organization == Some(shown.remittance.provider_org);
    let names = names(&app, caller).await?;
    let frame = reader.frame(Some(&viewer.who));
    Ok(reader.page(StatusCode::OK, payments::payment_page(&frame, &shown, skip, may_dispute, &names)))
}

/// The caller's contracts, newest first.
pub(super) async fn contracts(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Query(After { after }): Query<After>,
) -> Result<Response, ApiError> {
    let caller = &viewer.caller;
    let found = app.crosswalk.contracts(caller, None, None, None, page_of(CONTRACTS, after)).await?;
    let names = names(&app, caller).await?;
    let counties = app.crosswalk.counties();
    let page = Contracts {
        contracts: &found.items,
        next: found.next_cursor.as_deref(),
        counties: &counties,
        names: &names,
    };
    Ok(reader.page(StatusCode::OK, contracts::page(&reader.frame(Some(&viewer.who)), &page)))
}
