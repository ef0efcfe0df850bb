//! Plans, their profiles, and the plugins that they decide with.

use axum::Json;
use axum::extract::{Request, State};
use axum::response::Response;
use domain::identifiers::PlanId;
use serde_json::Value;
use workflow::view::{ActivationView, Page, PlanView, PluginView};

use super::Named;
use crate::App;
use crate::answer::created;
use crate::auth::SignedIn;
use crate::body::WASM;
use crate::idempotency::{Command, Upload};
use crate::input::plans::ActivationBody;
use crate::paging::{ListParameters, Parameters};
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
    request_body(content = Vec<u8>, content_type = "application/wasm", description = "A WebAssembly component, at most 40 MiB."),
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
