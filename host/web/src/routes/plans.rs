//! Plans, their profiles, and the plugins that they decide with.

use axum::Json;
use axum::extract::{Request, State};
use axum::response::Response;
use domain::identifiers::PlanId;
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use workflow::view::{ActivationView, BreakerView, CostsView, Page, PlanView, PluginView};

use super::Named;
use crate::App;
use crate::answer::created;
use crate::auth::SignedIn;
use crate::body::WASM;
use crate::idempotency::{Command, Upload};
use crate::input::plans::ActivationBody;
use crate::paging::{ListParameters, Parameters, day};
use crate::problem::ApiError;

/// The plans.
#[utoipa::path(
    get, path = "/v1/plans", operation_id = "listPlans", tag = "plans",
    params(ListParameters),
    responses((status = 200, description = "A page of plans.", body = Page<PlanView>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<ListParameters>,
) -> Result<Json<Page<PlanView>>, ApiError> {
    Ok(Json(app.crosswalk.plans(&caller, parameters.paging()?).await?))
}

/// What a plan declares about itself: its services, criteria, rates, clocks, files and people.
#[utoipa::path(
    get, path = "/v1/plans/{id}/profile", operation_id = "getPlanProfile", tag = "plans",
    params(("id" = String, Path, description = "The plan's id.", example = "valle-vista")),
    responses((status = 200, description = "The profile in force, whole.", body = Object))
)]
pub(crate) async fn profile(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
) -> Result<Json<Value>, ApiError> {
    Ok(Json(app.crosswalk.profile(&caller, &plan).await?))
}

/// The plugins uploaded for a plan, newest first.
#[utoipa::path(
    get, path = "/v1/plans/{id}/plugins", operation_id = "listPlugins", tag = "plans",
    params(("id" = String, Path, description = "The plan's id."), ListParameters),
    responses((status = 200, description = "A page of plugins.", body = Page<PluginView>))
)]
pub(crate) async fn list_plugins(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
    Parameters(parameters): Parameters<ListParameters>,
) -> Result<Json<Page<PluginView>>, ApiError> {
    Ok(Json(app.crosswalk.plugins(&caller, &plan, parameters.paging()?).await?))
}

/// Uploads a plan's plugin. A component that cannot be one is refused with every reason at once.
#[utoipa::path(
    post, path = "/v1/plans/{id}/plugins", operation_id = "uploadPlugin", tag = "plans",
    params(("id" = String, Path, description = "The plan's id.")),
    request_body(content = Vec<u8>, content_type = "application/wasm", description = "A WebAssembly component, at most 32 MiB."),
    responses((status = 201, description = "It can be activated.", body = PluginView))
)]
pub(crate) async fn upload_plugin(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
    request: Request,
) -> Result<Response, ApiError> {
    let Upload { attempt, bytes, room } = app.receive_file(&caller, request, WASM).await?;
    let crosswalk = app.crosswalk.clone();
    let once = attempt.once("uploadPlugin", created);
    let command = async move {
        let _room = room;
        crosswalk.upload_plugin(&caller, plan, bytes, once).await
    };
    app.carry_out(command).await
}

/// Which plugin a plan decided with, newest first.
#[utoipa::path(
    get, path = "/v1/plans/{id}/activations", operation_id = "listActivations", tag = "plans",
    params(("id" = String, Path, description = "The plan's id."), ListParameters),
    responses((status = 200, description = "A page of activations.", body = Page<ActivationView>))
)]
pub(crate) async fn list_activations(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
    Parameters(parameters): Parameters<ListParameters>,
) -> Result<Json<Page<ActivationView>>, ApiError> {
    Ok(Json(app.crosswalk.activations(&caller, &plan, parameters.paging()?).await?))
}

/// Lets a plan decide with an uploaded plugin from now or a later instant on.
#[utoipa::path(
    post, path = "/v1/plans/{id}/activations", operation_id = "activatePlugin", tag = "plans",
    params(("id" = String, Path, description = "The plan's id.")),
    request_body(content = ActivationBody, example = json!({
        "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "from": "2026-07-01T07:00:00Z"
    })),
    responses((status = 201, description = "Activated.", body = ActivationView))
)]
pub(crate) async fn activate(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
    Command { attempt, body }: Command<ActivationBody>,
) -> Result<Response, ApiError> {
    let (new, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("activatePlugin", created);
    app.carry_out(async move { crosswalk.activate(&caller, plan, new.digest, new.from, once).await }).await
}

/// Which of a plan's plugins are asked at this moment, on the node that answers: one that keeps failing rests.
#[utoipa::path(
    get, path = "/v1/plans/{id}/breakers", operation_id = "listBreakers", tag = "plans",
    params(("id" = String, Path, description = "The plan's id.")),
    responses((status = 200, description = "Every operation that was called; one page.", body = Page<BreakerView>))
)]
pub(crate) async fn breakers(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
) -> Result<Json<Page<BreakerView>>, ApiError> {
    Ok(Json(app.crosswalk.breakers_of(&caller, &plan).await?))
}

/// Which days.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CostParameters {
    /// The first day; the first of the last day's month if not said.
    #[param(format = Date)]
    from: Option<String>,
    /// The last day; today if not said.
    #[param(format = Date)]
    to: Option<String>,
}

/// What a plan's plugins cost: calls, faults, time and memory, by plugin and operation.
#[utoipa::path(
    get, path = "/v1/plans/{id}/costs", operation_id = "getCosts", tag = "plans",
    params(("id" = String, Path, description = "The plan's id."), CostParameters),
    responses((status = 200, description = "The statement.", body = CostsView))
)]
pub(crate) async fn costs(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
    Parameters(parameters): Parameters<CostParameters>,
) -> Result<Json<CostsView>, ApiError> {
    let from = day("?from", parameters.from.as_deref())?;
    let to = day("?to", parameters.to.as_deref())?;
    Ok(Json(app.crosswalk.costs(&caller, &plan, from, to).await?))
}
