//! Remittances: what plans paid and took back.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::identifiers::RemittanceId;

use super::Named;
use crate::App;
use crate::answer::created;
use crate::auth::SignedIn;
use crate::idempotency::Command;
use crate::input::remittances::NewRemittanceBody;
use crate::output::remittances::{PaymentView, RemittanceAdviceView};
use crate::output::{Page, json};
use crate::paging::{ListParameters, Parameters};
use crate::problem::ApiError;

/// Remittances that the caller paid, or that paid the caller, newest first.
#[utoipa::path(
    get, path = "/v1/remittances", operation_id = "listRemittances", tag = "remittances",
    params(ListParameters),
    responses((status = 200, description = "A page of remittances.", body = Page<RemittanceAdviceView>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<ListParameters>,
) -> Result<Json<Page<RemittanceAdviceView>>, ApiError> {
    Ok(json(app.crosswalk.remittances(&caller, parameters.paging()?).await?))
}

/// Records a plan's payment for claims of one provider. Every line balances, and so does the whole.
#[utoipa::path(
    post, path = "/v1/remittances", operation_id = "recordRemittance", tag = "remittances",
    request_body(content = NewRemittanceBody, example = json!({"number": "EFT-1001", "total": "3500.00", "claims": [{"claim": "case_0197a3f29c5e7c31a4d2f1e0b9c8d7a6", "lines": [{"number": 1, "amount": "3500.00", "adjustments": [{"group": "CO", "reason": "45", "amount": "250.00"}]}]}]})),
    responses((status = 201, description = "Recorded; its claims are paid.", body = RemittanceAdviceView))
)]
pub(crate) async fn record(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Command { attempt, body }: Command<NewRemittanceBody>,
) -> Result<Response, ApiError> {
    let (new, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("recordRemittance", created);
    app.carry_out(async move { crosswalk.remit(&caller, new, once).await }).await
}

/// One remittance, by its id.
#[utoipa::path(
    get, path = "/v1/remittances/{id}", operation_id = "getRemittance", tag = "remittances",
    params(("id" = String, Path, description = "Id of the remittance.")),
    responses((status = 200, description = "What it pays and takes back.", body = RemittanceAdviceView))
)]
pub(crate) async fn read(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<RemittanceId>,
) -> Result<Json<RemittanceAdviceView>, ApiError> {
    Ok(json(app.crosswalk.remittance(&caller, id).await?))
}

/// Amounts that are still to be taken back, oldest first: the next remittances of the plan to the provider
/// carry them, in part where they bear no more.
#[utoipa::path(
    get, path = "/v1/take-backs", operation_id = "listTakeBacks", tag = "remittances",
    params(ListParameters),
    responses((status = 200, description = "A page of entries.", body = Page<PaymentView>))
)]
pub(crate) async fn take_backs(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<ListParameters>,
) -> Result<Json<Page<PaymentView>>, ApiError> {
    Ok(json(app.crosswalk.take_backs(&caller, parameters.paging()?).await?))
}
