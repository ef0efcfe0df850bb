//! Preconditions: the version that a change is meant for, and the version that a reader already has (RFC
//! 9110, section 13).

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::{IF_MATCH, IF_NONE_MATCH};
use axum::http::request::Parts;
use domain::identifiers::Digest;
use workflow::Failure;
use workflow::command::Expected;

use crate::problem::ApiError;

#[cfg(test)]
mod tests;

/// The versions that a change is meant for.
pub(crate) struct IfMatch(pub(crate) Expected);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let mut values = parts.headers.get_all(IF_MATCH).iter().peekable();
        values.peek().ok_or(ApiError::NoPrecondition)?;
        // A tag that is not one of ours is one that nothing has now. So is a weak one: the comparison is
        // strong.
        let tags = values.filter_map(|value| value.to_str().ok()).flat_map(|tags| tags.split(','));
        let tags: Vec<&str> = tags.map(str::trim).collect();
        if tags == ["*"] {
            return Ok(Self(Expected::Any));
        }
        let versions: Vec<i64> = tags.into_iter().filter_map(version).collect();
        if versions.is_empty() {
            return Err(Failure::Stale.into());
        }
        Ok(Self(Expected::one_of(versions)))
    }
}

/// The versions that a reader already has.
pub(crate) struct IfNoneMatch(Option<String>);

impl IfNoneMatch {
    /// True if the tag is one of those sent. Weak comparison, as the header asks.
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

/// Letters of a tag that come from what was sent.
const SHOWN: usize = 16;

/// The strong entity tag of what is sent of a version. Not all that is sent makes a new version: a clock ends
/// when its notice is delivered, an answer gets its what-if. Whoever changes something names the version;
/// whoever reads again names the whole.
pub(crate) fn etag(version: i64, sent: &[u8]) -> String {
    let digest = Digest::of(sent).to_string();
    format!("\"{version}.{}\"", digest.get(..SHOWN).unwrap_or_default())
}

/// The version of a strong entity tag of ours, or of a bare version in quotes.
fn version(tag: &str) -> Option<i64> {
    let tag = tag.trim().strip_prefix('"')?.strip_suffix('"')?;
    let version = tag.split_once('.').map_or(tag, |(version, _)| version);
    version.parse().ok().filter(|version| *version >= 0)
}
