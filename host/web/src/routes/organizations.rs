//! Organizations, a directory for every signed-in caller; adding, changing, pausing and ending them, for the
//! operator; and their keys.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::identifiers::{KeyId, OrgId};
use domain::organization::Event;
use workflow::command::{Outcome, StoredAnswer};
use workflow::shown::ShownKey;

use super::Named;
use crate::App;
use crate::answer::{changed, created, current, ok, replayed};
use crate::auth::SignedIn;
use crate::idempotency::{BareCommand, Command};
use crate::input::organizations::{
    KeyChangeBody, NewKeyBody, NewOrganizationBody, OrganizationChangeBody, ReasonBody, RotationBody,
};
use crate::output::organizations::{KeyView, OrganizationView};
use crate::output::{Page, json};
use crate::paging::{ListParameters, Parameters};
use crate::preconditions::{IfMatch, IfNoneMatch};
use crate::problem::ApiError;

/// Organizations that the caller may see.
#[utoipa::path(
    get, path = "/v1/organizations", operation_id = "listOrganizations", tag = "organizations",
    params(ListParameters),
    responses((status = 200, description = "A page of organizations.", body = Page<OrganizationView>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<ListParameters>,
) -> Result<Json<Page<OrganizationView>>, ApiError> {
    Ok(json(app.crosswalk.organizations(&caller, parameters.paging()?).await?))
}

/// Adds an organization: a provider, a plan or a county's collaborative.
#[utoipa::path(
    post, path = "/v1/organizations", operation_id = "createOrganization", tag = "organizations",
    request_body(content = NewOrganizationBody, example = json!({
        "kind": "provider", "name": "Open Door Street Medicine", "npi": "1234567893",
        "provider_kinds": ["street-medicine"], "taxonomies": ["261QF0400X"], "counties": ["SAC"]
    })),
    responses((status = 201, description = "The organization, added.", body = OrganizationView))
)]
pub(crate) async fn create(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Command { attempt, body }: Command<NewOrganizationBody>,
) -> Result<Response, ApiError> {
    let (new, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("createOrganization", created);
    app.carry_out(async move { crosswalk.create_organization(&caller, new, once).await }).await
}

/// One organization. The operator and the organization's own keys also see which work is open at it.
#[utoipa::path(
    get, path = "/v1/organizations/{id}", operation_id = "getOrganization", tag = "organizations",
    params(("id" = String, Path, description = "Id of the organization."), ("If-None-Match" = Option<String>, Header, description = "ETags of the versions that the client has.")),
    responses(
        (status = 200, description = "The organization.", body = OrganizationView, headers(("ETag" = String, description = "ETag of its version."))),
        (status = 304, description = "Not changed since the version that the client has.")
    )
)]
pub(crate) async fn read(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<OrgId>,
    seen: IfNoneMatch,
) -> Result<Response, ApiError> {
    Ok(current(app.crosswalk.organization(&caller, id).await?, &seen))
}

/// Changes an organization's name, number, kinds or counties. For the operator.
#[utoipa::path(
    patch, path = "/v1/organizations/{id}", operation_id = "changeOrganization", tag = "organizations",
    params(("id" = String, Path, description = "Id of the organization."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = OrganizationChangeBody, example = json!({"name": "Open Door Street Medicine and Clinic", "provider_kinds": ["street-medicine", "clinic"]})),
    responses((status = 200, description = "The organization, changed.", body = OrganizationView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn change(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<OrgId>,
    IfMatch(expected): IfMatch,
    Command { attempt, body }: Command<OrganizationChangeBody>,
) -> Result<Response, ApiError> {
    let (change, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("changeOrganization", changed);
    app.carry_out(async move { crosswalk.change_organization(&caller, id, change, expected, once).await })
        .await
}

/// Pauses an organization: its keys do not work until it is resumed. A plan's new cases come to it all the
/// same and wait for its people, with the state's clocks running; its rules are not asked. `open` lists the
/// work that is open. For the operator.
#[utoipa::path(
    post, path = "/v1/organizations/{id}/pause", operation_id = "pauseOrganization", tag = "organizations",
    params(("id" = String, Path, description = "Id of the organization."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = ReasonBody, example = json!({"reason": "The contract is being renegotiated."})),
    responses((status = 200, description = "The organization, paused.", body = OrganizationView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn pause(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<OrgId>,
    IfMatch(expected): IfMatch,
    Command { attempt, body }: Command<ReasonBody>,
) -> Result<Response, ApiError> {
    let (event, crosswalk) = (Event::Pause { reason: app.read(body)? }, app.crosswalk.clone());
    let once = attempt.once("pauseOrganization", changed);
    app.carry_out(async move { crosswalk.move_organization(&caller, id, event, expected, once).await }).await
}

/// Resumes a paused organization: its keys work again. For the operator.
#[utoipa::path(
    post, path = "/v1/organizations/{id}/resume", operation_id = "resumeOrganization", tag = "organizations",
    params(("id" = String, Path, description = "Id of the organization."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    responses((status = 200, description = "The organization, active again.", body = OrganizationView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn resume(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<OrgId>,
    IfMatch(expected): IfMatch,
    BareCommand(attempt): BareCommand,
) -> Result<Response, ApiError> {
    let crosswalk = app.crosswalk.clone();
    let once = attempt.once("resumeOrganization", changed);
    app.carry_out(
        async move { crosswalk.move_organization(&caller, id, Event::Resume, expected, once).await },
    )
    .await
}

/// Ends an organization: its keys do not work any more. No new case comes to a plan that ended; `open` lists
/// the work that stays on the record. For the operator.
#[utoipa::path(
    post, path = "/v1/organizations/{id}/end", operation_id = "endOrganization", tag = "organizations",
    params(("id" = String, Path, description = "Id of the organization."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = ReasonBody, example = json!({"reason": "The plan left the county on January 1."})),
    responses((status = 200, description = "The organization, ended.", body = OrganizationView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn end(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<OrgId>,
    IfMatch(expected): IfMatch,
    Command { attempt, body }: Command<ReasonBody>,
) -> Result<Response, ApiError> {
    let (event, crosswalk) = (Event::End { reason: app.read(body)? }, app.crosswalk.clone());
    let once = attempt.once("endOrganization", changed);
    app.carry_out(async move { crosswalk.move_organization(&caller, id, event, expected, once).await }).await
}

/// API keys, without their secrets: all for the operator, else your organization's.
#[utoipa::path(
    get, path = "/v1/keys", operation_id = "listKeys", tag = "organizations",
    params(ListParameters),
    responses((status = 200, description = "A page of keys.", body = Page<KeyView>))
)]
pub(crate) async fn list_keys(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<ListParameters>,
) -> Result<Json<Page<KeyView>>, ApiError> {
    Ok(json(app.crosswalk.keys(&caller, parameters.paging()?).await?))
}

/// Makes a key: of any organization for the operator, of its own for a key that manages keys. Its secret is
/// in this answer and nowhere else: a replay of the answer does not hold it.
#[utoipa::path(
    post, path = "/v1/keys", operation_id = "createKey", tag = "organizations",
    request_body(content = NewKeyBody, example = json!({
        "organization": "org_0198f0c2a3b47c5d8e9f00112233aabb", "role": "plan-reviewer", "label": "Utilization review", "license": "RN 555012"
    })),
    responses((status = 201, description = "Made. `key` is the secret.", body = KeyView))
)]
pub(crate) async fn create_key(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Command { attempt, body }: Command<NewKeyBody>,
) -> Result<Response, ApiError> {
    let (new, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("createKey", without_secret);
    match app.finish(async move { crosswalk.create_key(&caller, new, once).await }).await? {
        Outcome::Fresh(key, _) => Ok((StatusCode::CREATED, json(key)).into_response()),
        Outcome::Replayed(answer) => Ok(replayed(answer)),
    }
}

/// The answer that is kept. The record holds a secret's hash only, and so must its answers.
fn without_secret(key: &ShownKey) -> StoredAnswer {
    created(&ShownKey { secret: None, ..key.clone() })
}

/// Changes the label of a key.
#[utoipa::path(
    patch, path = "/v1/keys/{id}", operation_id = "renameKey", tag = "organizations",
    params(("id" = String, Path, description = "Id of the key.")),
    request_body(content = KeyChangeBody, example = json!({"label": "Night desk"})),
    responses((status = 200, description = "The key with its new label.", body = KeyView))
)]
pub(crate) async fn rename_key(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<KeyId>,
    Command { attempt, body }: Command<KeyChangeBody>,
) -> Result<Response, ApiError> {
    let (label, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("renameKey", ok);
    app.carry_out(async move { crosswalk.rename_key(&caller, id, label, once).await }).await
}

/// Replaces a key by a new one with the same rights. The old key goes on for `overlap_hours`, so that whoever
/// uses it can change over. A key may be replaced by itself, or by one that manages keys. The secret is in
/// this answer and nowhere else.
#[utoipa::path(
    post, path = "/v1/keys/{id}/rotations", operation_id = "rotateKey", tag = "organizations",
    params(("id" = String, Path, description = "The id of the key whose place is taken.")),
    request_body(content = RotationBody, example = json!({"overlap_hours": 24})),
    responses((status = 201, description = "Made. `key` is the secret, `replaces` the old key.", body = KeyView))
)]
pub(crate) async fn rotate_key(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<KeyId>,
    Command { attempt, body }: Command<RotationBody>,
) -> Result<Response, ApiError> {
    let (rotation, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("rotateKey", without_secret);
    match app.finish(async move { crosswalk.rotate_key(&caller, id, rotation, once).await }).await? {
        Outcome::Fresh(key, _) => Ok((StatusCode::CREATED, json(key)).into_response()),
        Outcome::Replayed(answer) => Ok(replayed(answer)),
    }
}

/// Ends a key at once. The last one of your organization that manages keys is ended by the operator only.
#[utoipa::path(
    delete, path = "/v1/keys/{id}", operation_id = "revokeKey", tag = "organizations",
    params(("id" = String, Path, description = "Id of the key.")),
    responses((status = 204, description = "The key has ended."))
)]
pub(crate) async fn revoke_key(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<KeyId>,
) -> Result<StatusCode, ApiError> {
    let crosswalk = app.crosswalk.clone();
    app.finish(async move { crosswalk.revoke_key(&caller, id).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}
