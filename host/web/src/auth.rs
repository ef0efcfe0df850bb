//! Authentication: a bearer key becomes a [`Caller`], or the answer is 401.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use workflow::Caller;

use crate::App;
use crate::envelope::RequestId;
use crate::problem::ApiError;

/// A caller whose key was checked. What it may do is for the use case to say.
pub(crate) struct SignedIn(pub(crate) Caller);

impl FromRequestParts<App> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let secret = bearer(&parts.headers).ok_or(ApiError::NotSignedIn)?;
        let request = parts.extensions.get::<RequestId>().map(|id| id.0.to_string()).unwrap_or_default();
        let caller = app.crosswalk.authenticate(secret, request).await?;
        let caller = caller.ok_or(ApiError::NotSignedIn)?;
        app.gate.signed_in(&caller, parts.extensions.get())?;
        Ok(Self(caller))
    }
}

/// The secret of `Authorization: Bearer cw_...`. What is not a key of ours is not looked up.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let (scheme, secret) = value.to_str().ok()?.split_once(' ')?;
    let secret = secret.trim();
    (scheme.eq_ignore_ascii_case("bearer") && secret.starts_with("cw_") && secret.len() <= 200)
        .then_some(secret)
}
