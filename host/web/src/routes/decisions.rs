//! Plugin calls as they were recorded, and the proof that they can be made again.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::identifiers::DecisionId;

use super::Named;
use crate::App;
use crate::answer::ok;
use crate::auth::SignedIn;
use crate::idempotency::BareCommand;
use crate::output::decisions::{DecisionView, ReplayView};
use crate::output::json;
use crate::problem::ApiError;

/// One recorded call of a plugin. Its question and its answer are for the plan's own people.
#[utoipa::path(
    get, path = "/v1/decisions/{id}", operation_id = "getDecision", tag = "decisions",
    params(("id" = String, Path, description = "Id of the recorded call.")),
    responses((status = 200, description = "The call as it was recorded.", body = DecisionView))
)]
pub(crate) async fn read(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<DecisionId>,
) -> Result<Json<DecisionView>, ApiError> {
    Ok(json(app.crosswalk.decision(&caller, id).await?))
}

/// Asks the same component the same question again and compares the bytes.
#[utoipa::path(
    post, path = "/v1/decisions/{id}/replay", operation_id = "replayDecision", tag = "decisions",
    params(("id" = String, Path, description = "Id of the recorded call.")),
    responses((status = 200, description = "Whether the answer is the same.", body = ReplayView))
)]
pub(crate) async fn replay(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<DecisionId>,
    BareCommand(attempt): BareCommand,
) -> Result<Response, ApiError> {
    let crosswalk = app.crosswalk.clone();
    let once = attempt.once("replayDecision", ok);
    app.carry_out(async move { crosswalk.replay(&caller, id, once).await }).await
}
