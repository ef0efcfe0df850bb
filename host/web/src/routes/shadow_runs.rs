//! Shadow runs: what a candidate would have changed, before it decides anything.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::identifiers::{Digest, PlanId, ShadowRunId};
use domain::problem::Code;
use serde::Deserialize;
use utoipa::IntoParams;
use workflow::Failure;

use super::Named;
use crate::App;
use crate::answer::{created, ok};
use crate::auth::SignedIn;
use crate::idempotency::{BareCommand, Command};
use crate::input::shadow_runs::ShadowRunBody;
use crate::output::shadow_runs::{ShadowChangeView, ShadowRunView};
use crate::output::{Page, json};
use crate::paging::{Parameters, paging};
use crate::problem::ApiError;

/// Starts a shadow run: a candidate is asked again what the plan's plugins were asked, without effect and in
/// the background.
#[utoipa::path(
    post, path = "/v1/plans/{id}/shadow-runs", operation_id = "startShadowRun", tag = "plans",
    params(("id" = String, Path, description = "Id of the plan.")),
    request_body(content = ShadowRunBody, example = json!({
        "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "last": 10000
    })),
    responses((status = 201, description = "The run, started.", body = ShadowRunView))
)]
pub(crate) async fn start(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
    Command { attempt, body }: Command<ShadowRunBody>,
) -> Result<Response, ApiError> {
    let (new, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("startShadowRun", created);
    app.carry_out(async move { crosswalk.start_shadow_run(&caller, plan, new, once).await }).await
}

/// Filter and place of a list of runs.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RunsParameters {
    /// SHA-256 of a candidate; runs of every candidate if not said.
    #[param(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", max_length = 64)]
    digest: Option<String>,
    /// Entries on the page: 1 to 200, 50 if not said.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A plan's shadow runs, newest first: all, or those of one candidate.
#[utoipa::path(
    get, path = "/v1/plans/{id}/shadow-runs", operation_id = "listShadowRuns", tag = "plans",
    params(("id" = String, Path, description = "Id of the plan."), RunsParameters),
    responses((status = 200, description = "A page of runs.", body = Page<ShadowRunView>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
    Parameters(parameters): Parameters<RunsParameters>,
) -> Result<Json<Page<ShadowRunView>>, ApiError> {
    let paging = paging(parameters.limit.as_deref(), parameters.cursor)?;
    let digest: Option<Digest> = match parameters.digest.map(|text| text.parse()) {
        None => None,
        Some(Ok(digest)) => Some(digest),
        Some(Err(_)) => {
            let fix = "send the 64 digits of a plugin, or leave it out";
            return Err(Failure::field("?digest", Code::InvalidValue, "this is no digest", fix).into());
        }
    };
    Ok(json(app.crosswalk.shadow_runs(&caller, &plan, digest.as_ref(), paging).await?))
}

/// One shadow run: its progress, and its report so far.
#[utoipa::path(
    get, path = "/v1/shadow-runs/{id}", operation_id = "getShadowRun", tag = "plans",
    params(("id" = String, Path, description = "Id of the run.")),
    responses((status = 200, description = "The run as it is now.", body = ShadowRunView))
)]
pub(crate) async fn read(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<ShadowRunId>,
) -> Result<Json<ShadowRunView>, ApiError> {
    Ok(json(app.crosswalk.shadow_run(&caller, id).await?))
}

/// Filter and place of a list of changes.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChangesParameters {
    /// Id of a cause of the report; changes of every cause if not said.
    #[param(example = "0f1e2d3c4b5a6978", max_length = 64)]
    cause: Option<String>,
    /// Entries on the page: 1 to 200, 50 if not said.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Evaluations that the candidate would have changed, side by side: all, or those of one cause. For the
/// plan's own people.
#[utoipa::path(
    get, path = "/v1/shadow-runs/{id}/changes", operation_id = "listShadowChanges", tag = "plans",
    params(("id" = String, Path, description = "Id of the run."), ChangesParameters),
    responses((status = 200, description = "A page of changed evaluations.", body = Page<ShadowChangeView>))
)]
pub(crate) async fn changes(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<ShadowRunId>,
    Parameters(parameters): Parameters<ChangesParameters>,
) -> Result<Json<Page<ShadowChangeView>>, ApiError> {
    let paging = paging(parameters.limit.as_deref(), parameters.cursor)?;
    Ok(json(app.crosswalk.shadow_changes(&caller, id, parameters.cause.as_deref(), paging).await?))
}

/// The changed evaluations of a shadow run as CSV, at most 10,000 lines.
#[utoipa::path(
    get, path = "/v1/shadow-runs/{id}/changes.csv", operation_id = "exportShadowChanges", tag = "plans",
    params(("id" = String, Path, description = "Id of the run.")),
    responses((status = 200, description = "CSV whose first row names the columns.", body = String, content_type = "text/csv"))
)]
pub(crate) async fn export(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<ShadowRunId>,
) -> Result<Response, ApiError> {
    let sheet = app.crosswalk.shadow_sheet(&caller, id).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{id}.csv\"")),
    ];
    Ok((headers, sheet).into_response())
}

/// Stops a shadow run. Its report so far stays.
#[utoipa::path(
    post, path = "/v1/shadow-runs/{id}/cancellation", operation_id = "cancelShadowRun", tag = "plans",
    params(("id" = String, Path, description = "Id of the run.")),
    responses((status = 200, description = "The run, stopped.", body = ShadowRunView))
)]
pub(crate) async fn cancel(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<ShadowRunId>,
    BareCommand(attempt): BareCommand,
) -> Result<Response, ApiError> {
    let crosswalk = app.crosswalk.clone();
    let once = attempt.once("cancelShadowRun", ok);
    app.carry_out(async move { crosswalk.cancel_shadow_run(&caller, id, once).await }).await
}
