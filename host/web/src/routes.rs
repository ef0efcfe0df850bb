//! The operations: take the request apart, hand it over, answer. What happens is `workflow`'s business.

use std::str::FromStr;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use domain::text::is_plain_line;
use workflow::Failure;

use crate::problem::ApiError;

pub(crate) mod accounts;
pub(crate) mod applications;
pub(crate) mod audit;
pub(crate) mod authorizations;
mod cases;
pub(crate) mod claims;
pub(crate) mod contracts;
pub(crate) mod counties;
pub(crate) mod criteria;
pub(crate) mod dictionary;
pub(crate) mod documents;
pub(crate) mod evaluations;
pub(crate) mod fhir;
pub(crate) mod figures;
pub(crate) mod identity;
pub(crate) mod identity_providers;
pub(crate) mod members;
pub(crate) mod operations;
pub(crate) mod organizations;
pub(crate) mod passkeys;
pub(crate) mod plans;
pub(crate) mod plugins;
pub(crate) mod problems;
pub(crate) mod receipts;
pub(crate) mod referrals;
pub(crate) mod remittances;
pub(crate) mod rosters;
pub(crate) mod rules_files;
pub(crate) mod sessions;
pub(crate) mod shadow_runs;
pub(crate) mod tables;
pub(crate) mod what_if;
pub(crate) mod work;

/// Segment of a path that names something. A text that cannot be an id of ours names nothing, and nothing of
/// ours has a control character in its name.
pub(crate) struct Named<T>(pub(crate) T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Named<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let named =
            path.ok().filter(|Path(text)| is_plain_line(text)).and_then(|Path(text)| text.parse().ok());
        named.map(Self).ok_or_else(|| Failure::NotFound.into())
    }
}

/// Two segments of a path, the second of which names something within the first. Texts that cannot be ids of
/// ours name nothing.
pub(crate) struct Within<A, B>(pub(crate) A, pub(crate) B);

impl<S: Send + Sync, A: FromStr, B: FromStr> FromRequestParts<S> for Within<A, B> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let named = path.ok().filter(|Path((outer, inner))| is_plain_line(outer) && is_plain_line(inner));
        let named = named.and_then(|Path((outer, inner))| Some((outer.parse().ok()?, inner.parse().ok()?)));
        named.map(|(outer, inner)| Self(outer, inner)).ok_or_else(|| Failure::NotFound.into())
    }
}
