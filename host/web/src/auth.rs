//! Authentication: a bearer key or the secret of a session becomes a [`Caller`], the secret of a link a
//! [`Guest`], or the answer is 401.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use workflow::{Caller, Guest, Visitor};

use crate::App;
use crate::envelope::RequestId;
use crate::problem::ApiError;

/// A caller whose key or session was checked. What it may do is for the use case to say.
pub(crate) struct SignedIn(pub(crate) Caller);

impl FromRequestParts<App> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let caller = match bearer(&parts.headers, KEY) {
            Some(secret) => app.crosswalk.authenticate(secret, request_id(parts)).await?,
            None => {
                let secret = bearer(&parts.headers, SESSION).ok_or(ApiError::NotSignedIn)?;
                app.crosswalk.signed_in(secret, request_id(parts)).await?
            }
        };
        let caller = caller.ok_or(ApiError::NotSignedIn)?;
        app.gate.signed_in(&caller, parts.extensions.get())?;
        Ok(Self(caller))
    }
}

/// Somebody who holds the link of an invitation.
pub(crate) struct Invited(pub(crate) Guest);

impl FromRequestParts<App> for Invited {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let secret = bearer(&parts.headers, LINK).ok_or(ApiError::NotSignedIn)?;
        let guest = app.crosswalk.guest(secret, request_id(parts)).await?;
        guest.map(Self).ok_or(ApiError::NotSignedIn)
    }
}

/// Somebody who shows the secret of a session, which may be locked.
pub(crate) struct Visiting(pub(crate) Visitor);

impl FromRequestParts<App> for Visiting {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let secret = bearer(&parts.headers, SESSION).ok_or(ApiError::NotSignedIn)?;
        let visitor = app.crosswalk.visitor(secret, request_id(parts)).await?.ok_or(ApiError::NotSignedIn)?;
        app.gate.visits(&visitor, parts.extensions.get())?;
        Ok(Self(visitor))
    }
}

/// Beginning of each access key, of each secret of a link, and of each secret of a session.
const KEY: &str = "cw_";
const LINK: &str = "cwi_";
const SESSION: &str = "cws_";

/// The id under which the request is logged and audited.
pub(crate) fn request_id(parts: &Parts) -> String {
    parts.extensions.get::<RequestId>().map(|id| id.0.to_string()).unwrap_or_default()
}

/// The secret of `Authorization: Bearer cw_...`. What is not one of ours is not looked up.
fn bearer<'h>(headers: &'h HeaderMap, prefix: &str) -> Option<&'h str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let (scheme, secret) = value.to_str().ok()?.split_once(' ')?;
    let secret = secret.trim();
    (scheme.eq_ignore_ascii_case("bearer") && secret.starts_with(prefix) && secret.len() <= 200)
        .then_some(secret)
}
