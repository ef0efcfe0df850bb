//! Plugins on their way from upload to roll-back.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::identifiers::{Digest, PlanId, SigningKeyId};
use domain::problem::Code;
use domain::text::is_plain_line;
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use workflow::Failure;
use workflow::command::{NewPlugin, StoredAnswer};
use workflow::shown::ShownPlugin;

use super::{Named, Within};
use crate::App;
use crate::answer::{created, stored};
use crate::auth::SignedIn;
use crate::body::WASM;
use crate::idempotency::{BareCommand, Command, Upload};
use crate::input::plans::{ActivationBody, RevocationBody, RollbackBody, SignatureBody, SigningKeyBody};
use crate::output::plugins::{
    ActivationView, PluginDetailView, PluginView, ProposalView, RollbackView, SigningKeyView, WatchView,
};
use crate::output::{EventView, Page, json};
use crate::paging::{ListParameters, Parameters};
use crate::problem::ApiError;

/// Name and note of an upload, in its sender's words.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UploadParameters {
    /// The name of the file, at most 200 characters.
    #[param(example = "valle-vista-2.1.0.wasm", max_length = 200)]
    file: Option<String>,
    /// Note on it, such as the commit that it was built from, at most 500 characters.
    #[param(example = "commit 4f1c2a9", max_length = 500)]
    note: Option<String>,
}

/// Plugins that were uploaded for a plan, with their states, newest first.
#[utoipa::path(
    get, path = "/v1/plans/{id}/plugins", operation_id = "listPlugins", tag = "plugins",
    params(("id" = String, Path, description = "Id of the plan."), ListParameters),
    responses((status = 200, description = "A page of plugins.", body = Page<PluginView>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
    Parameters(parameters): Parameters<ListParameters>,
) -> Result<Json<Page<PluginView>>, ApiError> {
    Ok(json(app.crosswalk.plugins(&caller, &plan, parameters.paging()?).await?))
}

/// Uploads a plan's plugin. A component that cannot be one is refused with every reason at once.
///
/// One that takes longer to compile is answered with 202 and compiled behind the answer: `GET
/// /v1/plugins/{digest}` says how far it is.
#[utoipa::path(
    post, path = "/v1/plans/{id}/plugins", operation_id = "uploadPlugin", tag = "plugins",
    params(("id" = String, Path, description = "Id of the plan."), UploadParameters),
    request_body(content = Vec<u8>, content_type = "application/wasm", description = "A WebAssembly component, at most 32 MiB, or 40 MiB if an interpreter comes with it."),
    responses(
        (status = 201, description = "The plugin is compiled and can be activated.", body = PluginView),
        (status = 202, description = "The plugin is still being compiled.", body = PluginView)
    )
)]
pub(crate) async fn upload(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
    Parameters(parameters): Parameters<UploadParameters>,
    request: Request,
) -> Result<Response, ApiError> {
    let file = line("?file", parameters.file, 200)?;
    let note = line("?note", parameters.note, 500)?;
    let Upload { attempt, bytes, room } = app.receive_file(&caller, request, WASM).await?;
    let crosswalk = app.crosswalk.clone();
    let once = attempt.once("uploadPlugin", uploaded);
    let command = async move {
        let _room = room;
        crosswalk.upload_plugin(&caller, plan, NewPlugin { bytes, file, note }, once).await
    };
    app.carry_out(command).await
}

/// 201 with a plugin, 202 with what is still to become one.
pub(crate) fn uploaded(plugin: &ShownPlugin) -> StoredAnswer {
    let status = if plugin.is_compiling() { StatusCode::ACCEPTED } else { StatusCode::CREATED };
    let address = format!("/v1/plugins/{}", plugin.release.digest);
    stored(status, plugin, vec![("location".to_owned(), address)])
}

/// One line of a query.
pub(super) fn line(at: &'static str, text: Option<String>, most: usize) -> Result<Option<String>, Failure> {
    let Some(text) = text else { return Ok(None) };
    let text = text.trim().to_owned();
    if text.is_empty() || text.chars().count() > most {
        let detail = format!("the text is not of 1 to {most} characters");
        return Err(Failure::field(at, Code::InvalidLength, detail, "shorten or fill it, or leave it out"));
    }
    if !is_plain_line(&text) {
        let detail = "the text holds a control or bidirectional character";
        return Err(Failure::field(at, Code::ControlCharacter, detail, "send one line of plain text"));
    }
    Ok(Some(text))
}

/// One component: its upload, its state, what it may do, and the evidence for it.
#[utoipa::path(
    get, path = "/v1/plugins/{digest}", operation_id = "getPlugin", tag = "plugins",
    params(("digest" = String, Path, description = "SHA-256 of the component.")),
    responses((status = 200, description = "The plugin.", body = PluginDetailView))
)]
pub(crate) async fn read(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(digest): Named<Digest>,
) -> Result<Json<PluginDetailView>, ApiError> {
    Ok(json(app.crosswalk.plugin(&caller, &digest).await?))
}

/// Events of a plugin, oldest first.
#[utoipa::path(
    get, path = "/v1/plans/{id}/plugins/{digest}/timeline", operation_id = "getPluginTimeline", tag = "plugins",
    params(
        ("id" = String, Path, description = "Id of the plan."),
        ("digest" = String, Path, description = "SHA-256 of the component.")
    ),
    responses((status = 200, description = "All events, on one page.", body = Page<EventView>))
)]
pub(crate) async fn timeline(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Within(plan, digest): Within<PlanId, Digest>,
) -> Result<Json<Page<EventView>>, ApiError> {
    let items = app.crosswalk.plugin_timeline(&caller, &plan, &digest).await?;
    Ok(json(items))
}

/// The profile that a plugin declares, whether it decides or not.
#[utoipa::path(
    get, path = "/v1/plans/{id}/plugins/{digest}/profile", operation_id = "getPluginProfile", tag = "plugins",
    params(
        ("id" = String, Path, description = "Id of the plan."),
        ("digest" = String, Path, description = "SHA-256 of the component.")
    ),
    responses((status = 200, description = "The profile, whole.", body = Object))
)]
pub(crate) async fn profile(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Within(plan, digest): Within<PlanId, Digest>,
) -> Result<Json<Value>, ApiError> {
    let profile = app.crosswalk.plugin_profile(&caller, &plan, &digest).await?;
    Ok(Json(serde_json::to_value(profile).map_err(Failure::internal)?))
}

/// A plugin at work: its last answers beside those of the version before it, the forecast of its last shadow
/// run, and its faults.
#[utoipa::path(
    get, path = "/v1/plans/{id}/plugins/{digest}/watch", operation_id = "watchPlugin", tag = "plugins",
    params(
        ("id" = String, Path, description = "Id of the plan."),
        ("digest" = String, Path, description = "SHA-256 of the component.")
    ),
    responses((status = 200, description = "The plugin at work.", body = WatchView))
)]
pub(crate) async fn watch(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Within(plan, digest): Within<PlanId, Digest>,
) -> Result<Json<WatchView>, ApiError> {
    Ok(json(app.crosswalk.watch_plugin(&caller, &plan, &digest).await?))
}

/// Signs a plugin: a detached Ed25519 signature over the 32 bytes of its SHA-256, by a key that the plan
/// registered.
#[utoipa::path(
    post, path = "/v1/plans/{id}/plugins/{digest}/signatures", operation_id = "signPlugin", tag = "plugins",
    params(
        ("id" = String, Path, description = "Id of the plan."),
        ("digest" = String, Path, description = "SHA-256 of the component.")
    ),
    request_body(content = SignatureBody, example = json!({
        "key": "sgn_018f3c0000007000800000000000000a",
        "signature": "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    })),
    responses((status = 201, description = "The plugin, with the verified signature.", body = PluginView))
)]
pub(crate) async fn sign(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Within(plan, digest): Within<PlanId, Digest>,
    Command { attempt, body }: Command<SignatureBody>,
) -> Result<Response, ApiError> {
    let (new, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("signPlugin", created);
    app.carry_out(async move { crosswalk.sign_plugin(&caller, plan, digest, new, once).await }).await
}

/// Approves a plugin in the caller's name. The plan's policy may demand somebody else than the uploader:
/// another person, or another key.
#[utoipa::path(
    post, path = "/v1/plans/{id}/plugins/{digest}/approvals", operation_id = "approvePlugin", tag = "plugins",
    params(
        ("id" = String, Path, description = "Id of the plan."),
        ("digest" = String, Path, description = "SHA-256 of the component.")
    ),
    responses((status = 201, description = "The plugin, approved.", body = PluginView))
)]
pub(crate) async fn approve(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Within(plan, digest): Within<PlanId, Digest>,
    BareCommand(attempt): BareCommand,
) -> Result<Response, ApiError> {
    let crosswalk = app.crosswalk.clone();
    let once = attempt.once("approvePlugin", created);
    app.carry_out(async move { crosswalk.approve_plugin(&caller, plan, digest, once).await }).await
}

/// Revokes a plugin for good: it never decides again, and the version before it, or people, answer from now
/// on.
#[utoipa::path(
    post, path = "/v1/plans/{id}/plugins/{digest}/revocations", operation_id = "revokePlugin", tag = "plugins",
    params(
        ("id" = String, Path, description = "Id of the plan."),
        ("digest" = String, Path, description = "SHA-256 of the component.")
    ),
    request_body(content = RevocationBody, example = json!({ "reason": "pays a code twice" })),
    responses((status = 201, description = "The plugin, revoked.", body = PluginView))
)]
pub(crate) async fn revoke(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Within(plan, digest): Within<PlanId, Digest>,
    Command { attempt, body }: Command<RevocationBody>,
) -> Result<Response, ApiError> {
    let (reason, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("revokePlugin", created);
    app.carry_out(async move { crosswalk.revoke_plugin(&caller, plan, digest, reason, once).await }).await
}

/// Activations of a plan's plugins, newest first.
#[utoipa::path(
    get, path = "/v1/plans/{id}/activations", operation_id = "listActivations", tag = "plugins",
    params(("id" = String, Path, description = "Id of the plan."), ListParameters),
    responses((status = 200, description = "A page of activations.", body = Page<ActivationView>))
)]
pub(crate) async fn list_activations(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
    Parameters(parameters): Parameters<ListParameters>,
) -> Result<Json<Page<ActivationView>>, ApiError> {
    Ok(json(app.crosswalk.activations(&caller, &plan, parameters.paging()?).await?))
}

/// Activates an uploaded plugin: from now or a later instant on, for requests about a day and later ones, for
/// everybody or a cohort.
#[utoipa::path(
    post, path = "/v1/plans/{id}/activations", operation_id = "activatePlugin", tag = "plugins",
    params(("id" = String, Path, description = "Id of the plan.")),
    request_body(content = ActivationBody, example = json!({
        "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "rules_from": "2027-01-01"
    })),
    responses((status = 201, description = "The activation.", body = ActivationView))
)]
pub(crate) async fn activate(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
    Command { attempt, body }: Command<ActivationBody>,
) -> Result<Response, ApiError> {
    let (new, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("activatePlugin", created);
    app.carry_out(async move { crosswalk.activate(&caller, plan, new, once).await }).await
}

/// Activations of a plan that wait for another person, newest first: the last proposal of each plugin.
#[utoipa::path(
    get, path = "/v1/plans/{id}/proposals", operation_id = "listProposals", tag = "plugins",
    params(("id" = String, Path, description = "Id of the plan.")),
    responses((status = 200, description = "All that wait, on one page.", body = Page<ProposalView>))
)]
pub(crate) async fn list_proposals(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
) -> Result<Json<Page<ProposalView>>, ApiError> {
    Ok(json(app.crosswalk.proposals(&caller, &plan).await?))
}

/// Proposes an activation, for another person to confirm by activating the plugin: where the plan's policy
/// does not leave that to whoever uploaded it.
#[utoipa::path(
    post, path = "/v1/plans/{id}/proposals", operation_id = "proposeActivation", tag = "plugins",
    params(("id" = String, Path, description = "Id of the plan.")),
    request_body(content = ActivationBody, example = json!({
        "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "rules_from": "2027-01-01"
    })),
    responses((status = 201, description = "The proposal. It decides nothing.", body = ProposalView))
)]
pub(crate) async fn propose(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
    Command { attempt, body }: Command<ActivationBody>,
) -> Result<Response, ApiError> {
    let (new, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("proposeActivation", created);
    app.carry_out(async move { crosswalk.propose_activation(&caller, plan, new, once).await }).await
}

/// Rolls back a plan's newest activation, or all of one plugin; the version before it decides from now on.
/// `{}` is a whole body.
#[utoipa::path(
    post, path = "/v1/plans/{id}/rollbacks", operation_id = "rollBack", tag = "plugins",
    params(("id" = String, Path, description = "Id of the plan.")),
    request_body(content = RollbackBody, example = json!({})),
    responses((status = 201, description = "The roll-back: the activations that it ended, and the version that answers now.", body = RollbackView))
)]
pub(crate) async fn roll_back(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
    Command { attempt, body }: Command<RollbackBody>,
) -> Result<Response, ApiError> {
    let (digest, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("rollBack", created);
    app.carry_out(async move { crosswalk.roll_back(&caller, plan, digest, once).await }).await
}

/// The keys that a plan signs its plugins with, oldest first: their public halves.
#[utoipa::path(
    get, path = "/v1/plans/{id}/signing-keys", operation_id = "listSigningKeys", tag = "plugins",
    params(("id" = String, Path, description = "Id of the plan.")),
    responses((status = 200, description = "All signing keys of the plan.", body = Page<SigningKeyView>))
)]
pub(crate) async fn list_signing_keys(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
) -> Result<Json<Page<SigningKeyView>>, ApiError> {
    Ok(json(app.crosswalk.signing_keys(&caller, &plan).await?))
}

/// Registers the public half of a key that the plan signs its plugins with.
#[utoipa::path(
    post, path = "/v1/plans/{id}/signing-keys", operation_id = "addSigningKey", tag = "plugins",
    params(("id" = String, Path, description = "Id of the plan.")),
    request_body(content = SigningKeyBody, example = json!({
        "public_key": "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "label": "release process"
    })),
    responses((status = 201, description = "The signing key, registered.", body = SigningKeyView))
)]
pub(crate) async fn add_signing_key(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
    Command { attempt, body }: Command<SigningKeyBody>,
) -> Result<Response, ApiError> {
    let (new, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("addSigningKey", created);
    app.carry_out(async move { crosswalk.add_signing_key(&caller, plan, new, once).await }).await
}

/// Ends a signing key: plugins that it signed count as unsigned for approvals and activations from now on.
#[utoipa::path(
    delete, path = "/v1/plans/{id}/signing-keys/{key}", operation_id = "retireSigningKey", tag = "plugins",
    params(
        ("id" = String, Path, description = "Id of the plan."),
        ("key" = String, Path, description = "Id of the key.")
    ),
    responses((status = 204, description = "The signing key has ended."))
)]
pub(crate) async fn retire_signing_key(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Within(plan, key): Within<PlanId, SigningKeyId>,
) -> Result<StatusCode, ApiError> {
    let crosswalk = app.crosswalk.clone();
    app.finish(async move { crosswalk.retire_signing_key(&caller, &plan, key).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}
