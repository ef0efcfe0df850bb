//! Cookies of pages. Each has the prefix `__Host-`: no other host can set it, and it goes by TLS only.

use axum::http::HeaderValue;
use jiff::SignedDuration;

/// Cookie that holds the secret of a session. It goes when the browser is closed.
pub(super) const SESSION: &str = "__Host-cw";
/// Cookie that holds the secret of a link, from the address that had it to the page without it.
pub(super) const LINK: &str = "__Host-cw-link";
/// Cookie that holds the secret of a way out to an identity provider, until somebody comes back.
pub(super) const PROVIDER: &str = "__Host-cw-provider";
/// Cookie that says that somebody signs in by the organization in this browser. It does not say who or which.
pub(super) const WAY: &str = "__Host-cw-way";
/// Its value.
pub(super) const BY_ORGANIZATION: &str = "organization";

/// Longest secret that is looked at.
const MOST: usize = 200;

/// True for a text that can be a secret of ours, and stand in a cookie.
pub(super) fn is_secret(text: &str) -> bool {
    text.len() <= MOST && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The cookie of a session that has begun, or has another secret from now on.
pub(super) fn session(secret: &str) -> HeaderValue {
    kept(SESSION, secret, "")
}

/// The cookie of a link, for the one request that follows.
pub(super) fn link(secret: &str) -> HeaderValue {
    kept(LINK, secret, " Max-Age=60;")
}

/// The cookie of a way out to a provider, for as long as an answer is taken.
pub(super) fn provider(secret: &str, lasts: SignedDuration) -> HeaderValue {
    kept(PROVIDER, secret, &format!(" Max-Age={};", lasts.as_secs()))
}

/// The cookie that remembers for a year that somebody signs in by the organization here.
pub(super) fn by_organization() -> HeaderValue {
    kept(WAY, BY_ORGANIZATION, " Max-Age=31536000;")
}

/// Takes a cookie back.
pub(super) fn gone(name: &str) -> HeaderValue {
    kept(name, "", " Max-Age=0;")
}

/// `Lax`: a link from elsewhere leads to a page of whoever is signed in, and a form from elsewhere does not.
fn kept(name: &str, value: &str, age: &str) -> HeaderValue {
    debug_assert!(is_secret(value), "a secret is letters and digits");
    let cookie = format!("{name}={value};{age} Path=/; Secure; HttpOnly; SameSite=Lax");
    HeaderValue::try_from(cookie).expect("names, letters and digits")
}
