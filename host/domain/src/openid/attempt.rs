//! One way out to a provider and back, from one secret.
//!
//! The secret lies in the person's browser and nowhere else. State, nonce and the verifier of PKCE are hashes
//! of it, each of another kind: whoever sees one of them learns nothing of the others. The record keeps the
//! hash of the state, so that an attempt is answered once; whoever reads the record can finish none.

use std::fmt;

use super::discovery::Discovery;
use super::provider::ClientId;
use crate::escape::pairs;
use crate::identifiers::Digest;
use crate::passkey::base64url;
use crate::words;

/// Beginning of every secret, by which one in the wrong place is found.
const PREFIX: &str = "cwo_";
/// Hexadecimal digits behind it.
const DIGITS: usize = 64;

words! {
    /// Purpose for which somebody is sent to a provider; for another the answer is worth nothing.
    pub enum Purpose {
        /// Somebody signs in, and is nobody yet.
        SignIn = "sign-in",
        /// The same in a browser that somebody has locked: an open session at the provider is not enough.
        SignInAnew = "sign-in-anew",
        /// The person of a session proves again who it is.
        Prove = "prove",
        /// Somebody takes an invitation up.
        TakeUp = "take-up",
    }
}

impl Purpose {
    /// True if the person must sign in at the provider anew, however long ago that was.
    #[must_use]
    pub fn is_anew(self) -> bool {
        matches!(self, Self::SignInAnew | Self::Prove)
    }
}

/// Secret of an attempt. It prints nothing of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret of random bits, of which at least 128 are needed (RFC 7636, 7.1, recommends 256).
    #[must_use]
    pub fn of(random: &[&[u8]]) -> Self {
        Self(format!("{PREFIX}{}", Digest::of_parts(random)))
    }

    /// The secret that a browser brings; `None` for what cannot be one.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(PREFIX)?;
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (digits.len() == DIGITS && digits.bytes().all(is_digit)).then(|| Self(text.to_owned()))
    }

    /// The secret itself, for the browser that holds it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// State that the provider sends back (RFC 6749, 10.12).
    #[must_use]
    pub fn state(&self) -> String {
        self.derived("state")
    }

    /// Nonce that the provider writes into its token (OpenID Connect Core, 3.1.2.1).
    #[must_use]
    pub fn nonce(&self) -> String {
        self.derived("nonce")
    }

    /// Verifier by which the code is exchanged (RFC 7636, 4.1): 43 letters.
    #[must_use]
    pub fn verifier(&self) -> String {
        self.derived("code verifier")
    }

    /// Challenge that goes ahead of the verifier (RFC 7636, 4.2, S256).
    #[must_use]
    pub fn challenge(&self) -> String {
        base64url::written(Digest::of(self.verifier().as_bytes()).bytes())
    }

    /// SHA-256 of the state, by which the attempt is kept.
    #[must_use]
    pub fn hash(&self) -> Digest {
        Digest::of(self.state().as_bytes())
    }

    fn derived(&self, kind: &str) -> String {
        base64url::written(Digest::of_parts(&[kind.as_bytes(), b"\0", self.0.as_bytes()]).bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(..)")
    }
}

/// Somebody who is about to be sent to a provider.
#[derive(Clone, Copy, Debug)]
pub struct Leaving<'a> {
    /// Secret of the attempt.
    pub secret: &'a Secret,
    /// This host as a client of the provider.
    pub client: &'a ClientId,
    /// Address to which the provider sends the person back.
    pub redirect: &'a str,
    /// Purpose of the attempt.
    pub purpose: Purpose,
}

impl Leaving<'_> {
    /// Address at the provider to which the browser goes (OpenID Connect Core, 3.1.2.1). Whoever is to sign
    /// in anew is asked there for it.
    #[must_use]
    pub fn address(&self, discovery: &Discovery) -> String {
        let (state, nonce, challenge) = (self.secret.state(), self.secret.nonce(), self.secret.challenge());
        let mut query = vec![
            ("response_type", "code"),
            ("client_id", self.client.as_str()),
            ("redirect_uri", self.redirect),
            ("scope", "openid email"),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        if self.purpose.is_anew() {
            query.extend([("prompt", "login"), ("max_age", "0")]);
        }
        let endpoint = discovery.authorization();
        let joint = if endpoint.contains('?') { '&' } else { '?' };
        format!("{endpoint}{joint}{}", pairs(&query))
    }
}
