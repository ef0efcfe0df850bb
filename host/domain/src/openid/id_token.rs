//! A provider's word about a person: a signed token (OpenID Connect Core, 2 and 3.1.3.7; RFC 7515, RFC 7519).
//!
//! Whatever of it is not as it was asked for makes it worth nothing. The algorithm is the key's, and never
//! what the token says of itself (RFC 8725, 3.1, 3.2).

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::keys::{ALGORITHMS, Keys};
use super::provider::{ClientId, Issuer};
use crate::account::Email;
use crate::passkey::base64url;

/// Most bytes of a token.
pub const LONGEST_TOKEN: usize = 16 << 10;
/// Most letters of the name that a provider gives a person (OpenID Connect Core, 2, `sub`).
const LONGEST_SUBJECT: usize = 255;
/// Time by which the provider's clock and ours may differ.
const SKEW: SignedDuration = SignedDuration::from_secs(120);

/// Reason for which a token is worth nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is no token of the kind that is read here.
    #[error("it does not read")]
    Unreadable,
    /// It says to be signed in a way that is not taken: by nobody, or by a secret that others share.
    #[error("its algorithm is not taken")]
    Algorithm,
    /// The key that it names is none of the provider's.
    #[error("the provider has no such key")]
    UnknownKey,
    /// The signature is not by the key that it names.
    #[error("the signature is not by the provider's key")]
    WrongSignature,
    /// Another issuer made it.
    #[error("it is of another issuer")]
    OtherIssuer,
    /// It was made for another client.
    #[error("it is for another client")]
    OtherAudience,
    /// It answers another attempt.
    #[error("it answers another attempt")]
    OtherNonce,
    /// It is good no more.
    #[error("it has expired")]
    Expired,
    /// It was made at an instant that is still to come: one of the two clocks is wrong.
    #[error("it is of the future")]
    Future,
    /// The person did not sign in anew at the provider, though that was asked for.
    #[error("the person did not sign in anew")]
    NotFresh,
}

/// A token as the provider sent it, before anything in it is believed. It prints nothing of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct IdToken {
    key: Option<String>,
    algorithm: &'static str,
    signed: String,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

/// Everything that a token must fit.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// Issuer of the provider.
    pub issuer: &'a Issuer,
    /// This host as a client of the provider.
    pub client: &'a ClientId,
    /// Nonce of the attempt.
    pub nonce: &'a str,
    /// Instant at which the token is read (UTC).
    pub now: Timestamp,
    /// Instant since which the person must have signed in at the provider; `None` if that does not matter.
    pub fresh_since: Option<Timestamp>,
}

/// A provider's word about a person, verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// Name that the provider gives the person, and nobody else ever.
    pub subject: String,
    /// The person's e-mail address, if the provider says that it has made sure of it.
    pub verified_email: Option<Email>,
    /// Instant at which the person signed in at the provider (UTC), if the provider says it.
    pub signed_in_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Extensions that must be understood (RFC 7515, 4.1.11). None is.
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Payload {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: Seconds,
    nbf: Option<Seconds>,
    iat: Seconds,
    nonce: Option<String>,
    auth_time: Option<Seconds>,
    email: Option<String>,
    #[serde(default)]
    email_verified: Verified,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// An instant in seconds since 1970 (RFC 7519, 2, NumericDate).
#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Seconds {
    Whole(i64),
    Part(f64),
}

impl Seconds {
    fn instant(self) -> Result<Timestamp, Refused> {
        let whole = match self {
            Self::Whole(seconds) => seconds,
            // What is cut off is less than a second.
            Self::Part(seconds) => seconds as i64,
        };
        Timestamp::from_second(whole).map_err(|_| Refused::Unreadable)
    }
}

/// Some providers write the truth as a text.
#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Verified {
    Flag(bool),
    Word(String),
    #[default]
    Unsaid,
}

impl Verified {
    fn is_true(&self) -> bool {
        match self {
            Self::Flag(flag) => *flag,
            Self::Word(word) => word == "true",
            Self::Unsaid => false,
        }
    }
}

impl IdToken {
    /// Reads a token. Nothing in it is believed yet.
    ///
    /// # Errors
    /// `Unreadable` for what is no signed token; `Algorithm` for one that is signed in another way.
    pub fn read(text: &str) -> Result<Self, Refused> {
        let mut parts = text.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Refused::Unreadable);
        };
        if text.len() > LONGEST_TOKEN {
            return Err(Refused::Unreadable);
        }
        let bytes = |part: &str| base64url::read(part).ok_or(Refused::Unreadable);
        let said: Header = serde_json::from_slice(&bytes(header)?).map_err(|_| Refused::Unreadable)?;
        let algorithm = ALGORITHMS.into_iter().find(|known| *known == said.alg).ok_or(Refused::Algorithm)?;
        if said.crit.is_some() {
            return Err(Refused::Algorithm);
        }
        Ok(Self {
            key: said.kid,
            algorithm,
            signed: format!("{header}.{payload}"),
            payload: bytes(payload)?,
            signature: bytes(signature)?,
        })
    }

    /// The claims of the person, if one of the provider's keys signed it and it is as it was asked for.
    ///
    /// # Errors
    /// When anything of it is not. After `UnknownKey` newer keys of the provider may know it.
    pub fn verified(&self, keys: &Keys, expected: &Expected<'_>) -> Result<Claims, Refused> {
        let key = keys.find(self.key.as_deref(), self.algorithm).ok_or(Refused::UnknownKey)?;
        if !key.signed(self.signed.as_bytes(), &self.signature) {
            return Err(Refused::WrongSignature);
        }
        let said: Payload = serde_json::from_slice(&self.payload).map_err(|_| Refused::Unreadable)?;
        if said.iss != expected.issuer.as_str() {
            return Err(Refused::OtherIssuer);
        }
        said.check_audience(expected.client)?;
        if said.nonce.as_deref() != Some(expected.nonce) {
            return Err(Refused::OtherNonce);
        }
        said.check_times(expected.now)?;
        let signed_in_at = said.auth_time.map(Seconds::instant).transpose()?;
        if let Some(since) = expected.fresh_since
            && signed_in_at.is_none_or(|at| since.duration_since(at) > SKEW)
        {
            return Err(Refused::NotFresh);
        }
        let is_plain = said.sub.bytes().all(|byte| matches!(byte, 0x20..=0x7e));
        let is_subject = (1..=LONGEST_SUBJECT).contains(&said.sub.len()) && is_plain;
        if !is_subject {
            return Err(Refused::Unreadable);
        }
        let email = said.email.as_deref().filter(|_| said.email_verified.is_true());
        Ok(Claims {
            subject: said.sub,
            verified_email: email.and_then(|email| email.parse().ok()),
            signed_in_at,
        })
    }
}

impl Payload {
    /// OpenID Connect Core, 3.1.3.7, 3 to 5: it is for this client, and for no other beside it.
    fn check_audience(&self, client: &ClientId) -> Result<(), Refused> {
        let client = client.as_str();
        let is_alone = match &self.aud {
            Audience::One(one) => one == client,
            Audience::Several(all) => all.iter().all(|one| one == client) && !all.is_empty(),
        };
        let is_party = self.azp.as_deref().is_none_or(|party| party == client);
        if is_alone && is_party { Ok(()) } else { Err(Refused::OtherAudience) }
    }

    fn check_times(&self, now: Timestamp) -> Result<(), Refused> {
        let begins = [Some(self.iat), self.nbf].into_iter().flatten();
        for begin in begins {
            if begin.instant()?.duration_since(now) > SKEW {
                return Err(Refused::Future);
            }
        }
        if now.duration_since(self.exp.instant()?) >= SKEW { Err(Refused::Expired) } else { Ok(()) }
    }
}

impl fmt::Debug for IdToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("IdToken(..)")
    }
}
