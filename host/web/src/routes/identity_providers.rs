//! Identity providers by which the people of an organization sign in. They sign in with a browser, at the
//! portal.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::identifiers::IdentityProviderId;

use super::Named;
use crate::App;
use crate::answer::ok;
use crate::auth::SignedIn;
use crate::idempotency::Command;
use crate::input::identity_providers::IdentityProviderBody;
use crate::output::identity_providers::IdentityProviderView;
use crate::output::{Page, json};
use crate::paging::{ListParameters, Parameters};
use crate::problem::ApiError;

/// Identity providers, without their secrets: all for the operator, else your organization's. Those that
/// ended are among them. For keys that manage keys.
#[utoipa::path(
    get, path = "/v1/identity-providers", operation_id = "listIdentityProviders", tag = "accounts",
    params(ListParameters),
    responses((status = 200, description = "A page of identity providers.", body = Page<IdentityProviderView>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<ListParameters>,
) -> Result<Json<Page<IdentityProviderView>>, ApiError> {
    Ok(json(app.crosswalk.identity_providers(&caller, parameters.paging()?).await?))
}

/// Sets the identity provider (OpenID Connect) by which the people of an organization sign in at the portal,
/// beside passkeys and codes. It lets nobody in who has no account or invitation, and gives no rights. An
/// organization has one at a time: set again, everything but the issuer and the client's id changes. The
/// operator sets it for any organization, a key that manages keys for its own.
#[utoipa::path(
    post, path = "/v1/identity-providers", operation_id = "setIdentityProvider", tag = "accounts",
    request_body(content = IdentityProviderBody, example = json!({
        "organization": "org_0198f0c2a3b47c5d8e9f00112233aabb", "short_name": "valle-vista",
        "issuer": "https://login.vallevista.example", "client_id": "crosswalk",
        "client_secret": "the secret that the provider shows", "email_domains": ["vallevista.example"]
    })),
    responses((status = 200, description = "The provider, as it is set.", body = IdentityProviderView))
)]
pub(crate) async fn set(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Command { attempt, body }: Command<IdentityProviderBody>,
) -> Result<Response, ApiError> {
    let (new, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("setIdentityProvider", ok);
    app.carry_out(async move { crosswalk.set_identity_provider(&caller, new, once).await }).await
}

/// Ends an identity provider: nobody is sent to it any more, and everybody who signed in by it is signed out.
/// Whoever has neither a passkey nor an authenticator is invited again (`POST
/// /v1/accounts/{id}/invitations`).
#[utoipa::path(
    delete, path = "/v1/identity-providers/{id}", operation_id = "endIdentityProvider", tag = "accounts",
    params(("id" = String, Path, description = "Id of the identity provider.")),
    responses((status = 204, description = "The identity provider has ended."))
)]
pub(crate) async fn end(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<IdentityProviderId>,
) -> Result<StatusCode, ApiError> {
    let crosswalk = app.crosswalk.clone();
    app.finish(async move { crosswalk.end_identity_provider(&caller, id).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}
