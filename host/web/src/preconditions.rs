//! Which version a change is meant for, and which version a reader already has (RFC 9110, section 13).

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::{IF_MATCH, IF_NONE_MATCH};
use axum::http::request::Parts;
use workflow::Failure;

use crate::problem::ApiError;

#[cfg(test)]
mod tests;

/// The version that a change is meant for.
pub(crate) struct IfMatch(pub(crate) i64);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let value = parts.headers.get(IF_MATCH).ok_or(ApiError::NoPrecondition)?;
        // A tag that is not one of ours is one that nothing has now.
        let version = value.to_str().ok().and_then(version).ok_or(Failure::Stale)?;
        Ok(Self(version))
    }
}

/// The versions that a reader already has.
pub(crate) struct IfNoneMatch(Option<String>);

impl IfNoneMatch {
    /// Whether this is one of them. Weak comparison, as the header asks.
    pub(crate) fn holds(&self, tag: &str) -> bool {
        let tags = self.0.as_deref().unwrap_or_default();
        tags.split(',')
            .map(str::trim)
            .any(|seen| seen == "*" || seen.strip_prefix("W/").unwrap_or(seen) == tag)
    }
}

impl<S: Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let value = parts.headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        Ok(Self(value.map(str::to_owned)))
    }
}

/// The strong entity tag of a version.
pub(crate) fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// The version of a strong entity tag of ours.
fn version(tag: &str) -> Option<i64> {
    tag.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok().filter(|version| *version >= 0)
}
