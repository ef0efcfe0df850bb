//! Conformance runs of plugins.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::identifiers::{Digest, PlanId};

use super::Within;
use crate::App;
use crate::answer::created;
use crate::auth::SignedIn;
use crate::idempotency::Command;
use crate::input::receipts::ReceiptBody;
use crate::output::receipts::ReceiptView;
use crate::output::{Page, json};
use crate::paging::{ListParameters, Parameters};
use crate::problem::ApiError;

/// The receipts of a plugin's conformance runs, newest first.
#[utoipa::path(
    get, path = "/v1/plans/{id}/plugins/{digest}/receipts", operation_id = "listReceipts", tag = "plans",
    params(
        ("id" = String, Path, description = "Id of the plan."),
        ("digest" = String, Path, description = "SHA-256 of the component."),
        ListParameters,
    ),
    responses((status = 200, description = "A page of receipts.", body = Page<ReceiptView>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Within(plan, digest): Within<PlanId, Digest>,
    Parameters(parameters): Parameters<ListParameters>,
) -> Result<Json<Page<ReceiptView>>, ApiError> {
    Ok(json(app.crosswalk.receipts(&caller, &plan, &digest, parameters.paging()?).await?))
}

/// Runs the conformance kit: the plugin is asked everything that its profile allows, each request twice.
/// Takes seconds, and four minutes at most. One plugin is asked at a time; of each plan one runs or waits for
/// its turn, for as long as the run before it may take.
#[utoipa::path(
    post, path = "/v1/plans/{id}/plugins/{digest}/receipts", operation_id = "makeReceipt", tag = "plans",
    params(
        ("id" = String, Path, description = "Id of the plan."),
        ("digest" = String, Path, description = "SHA-256 of the component."),
    ),
    request_body(content = ReceiptBody, example = json!({ "examples": [] })),
    responses((status = 201, description = "The receipt, whether it conforms or not.", body = ReceiptView))
)]
pub(crate) async fn make(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Within(plan, digest): Within<PlanId, Digest>,
    Command { attempt, body }: Command<ReceiptBody>,
) -> Result<Response, ApiError> {
    let (examples, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("makeReceipt", created);
    app.carry_out(async move { crosswalk.make_receipt(&caller, plan, digest, examples, once).await }).await
}
