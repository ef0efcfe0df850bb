//! Passkeys of people: which there are, and their removal. They are made and used in a browser, at the
//! portal.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::identifiers::CredentialId;

use super::Named;
use crate::App;
use crate::auth::SignedIn;
use crate::output::passkeys::PasskeyView;
use crate::output::{Page, json};
use crate::problem::ApiError;

/// Your passkeys, oldest first. They are made and used in a browser, at `/portal/account`. For people; a key
/// has none.
#[utoipa::path(
    get, path = "/v1/passkeys", operation_id = "listPasskeys", tag = "sessions",
    responses((status = 200, description = "The passkeys; all on one page.", body = Page<PasskeyView>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
) -> Result<Json<Page<PasskeyView>>, ApiError> {
    Ok(json(app.crosswalk.passkeys(&caller).await?))
}

/// Removes a passkey of yours: nobody signs in by it any more. You have shown who you are within five
/// minutes. The last way to sign in stays: without an authenticator, that is the last passkey.
#[utoipa::path(
    delete, path = "/v1/passkeys/{id}", operation_id = "removePasskey", tag = "sessions",
    params(("id" = String, Path, description = "Id of the passkey.")),
    responses((status = 204, description = "The passkey signs nobody in."))
)]
pub(crate) async fn remove(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<CredentialId>,
) -> Result<StatusCode, ApiError> {
    let crosswalk = app.crosswalk.clone();
    app.finish(async move { crosswalk.remove_passkey(&caller, id).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}
