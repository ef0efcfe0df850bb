//! Plugin calls as they were recorded, and the proof that they can be made again.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::identifiers::EvaluationId;

use super::Named;
use crate::App;
use crate::answer::ok;
use crate::auth::SignedIn;
use crate::idempotency::BareCommand;
use crate::output::evaluations::{EvaluationView, ReplayView};
use crate::output::json;
use crate::problem::ApiError;

/// One evaluation of a case by a plan's rules, as it was recorded. Its question and its answer are for the
/// plan's own people.
#[utoipa::path(
    get, path = "/v1/evaluations/{id}", operation_id = "getEvaluation", tag = "evaluations",
    params(("id" = String, Path, description = "Id of the evaluation, as `evaluation.id` of a case shows it.")),
    responses((status = 200, description = "The evaluation as it was recorded.", body = EvaluationView))
)]
pub(crate) async fn read(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<EvaluationId>,
) -> Result<Json<EvaluationView>, ApiError> {
    Ok(json(app.crosswalk.evaluation(&caller, id).await?))
}

/// Replays an evaluation: the same component is asked the same question again, and the answers are compared
/// byte by byte.
#[utoipa::path(
    post, path = "/v1/evaluations/{id}/replay", operation_id = "replayEvaluation", tag = "evaluations",
    params(("id" = String, Path, description = "Id of the evaluation, as `evaluation.id` of a case shows it.")),
    responses((status = 200, description = "The comparison: `same`, and the hashes of what was compared.", body = ReplayView))
)]
pub(crate) async fn replay(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<EvaluationId>,
    BareCommand(attempt): BareCommand,
) -> Result<Response, ApiError> {
    let crosswalk = app.crosswalk.clone();
    let once = attempt.once("replayEvaluation", ok);
    app.carry_out(async move { crosswalk.replay(&caller, id, once).await }).await
}
