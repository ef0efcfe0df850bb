//! Organizations, a directory for every signed-in caller; adding them, and their keys, for the operator.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::identifiers::KeyId;
use workflow::command::{Outcome, StoredAnswer};
use workflow::view::{KeyView, OrganizationView, Page};

use super::Named;
use crate::App;
use crate::answer::{created, replayed};
use crate::auth::SignedIn;
use crate::idempotency::Command;
use crate::input::organizations::{NewKeyBody, NewOrganizationBody};
use crate::paging::{ListParameters, Parameters};
use crate::problem::ApiError;

/// The organizations.
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
    Ok(Json(app.crosswalk.organizations(&caller, parameters.paging()?).await?))
}

/// Adds an organization.
#[utoipa::path(
    post, path = "/v1/organizations", operation_id = "createOrganization", tag = "organizations",
    request_body(content = NewOrganizationBody, example = json!({
        "kind": "provider", "name": "Open Door Street Medicine", "npi": "1234567893",
        "provider_kinds": ["street-medicine"], "taxonomies": ["261QF0400X"], "counties": ["SRV"]
    })),
    responses((status = 201, description = "Added.", body = OrganizationView))
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

/// The keys, without their secrets.
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
    Ok(Json(app.crosswalk.keys(&caller, parameters.paging()?).await?))
}

/// Makes a key. Its secret is in this answer and nowhere else: a replay of the answer does not hold it.
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
        Outcome::Fresh(key, _) => Ok((StatusCode::CREATED, Json(key)).into_response()),
        Outcome::Replayed(answer) => Ok(replayed(answer)),
    }
}

/// The answer that is kept. The record holds a secret's hash only, and so must its answers.
fn without_secret(key: &KeyView) -> StoredAnswer {
    created(&KeyView { key: None, ..key.clone() })
}

/// Ends a key at once.
#[utoipa::path(
    delete, path = "/v1/keys/{id}", operation_id = "revokeKey", tag = "organizations",
    params(("id" = String, Path, description = "The key's id.")),
    responses((status = 204, description = "Ended."))
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
