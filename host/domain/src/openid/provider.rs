//! An identity provider as an organization names it: its issuer, and this host as a client of it.

use std::fmt;
use std::str::FromStr;

use crate::account::Email;
use crate::escape::escaped;
use crate::passkey::base64url;
use crate::public_address::PublicAddress;

/// Most characters of an issuer, and of any other address of a provider.
pub(super) const LONGEST_ADDRESS: usize = 500;
/// Most characters of the client's id at the provider.
const LONGEST_CLIENT_ID: usize = 255;
/// Most characters of the client's secret.
const LONGEST_SECRET: usize = 512;
/// Fewest and most letters of a short name.
const SHORT_NAME: std::ops::RangeInclusive<usize> = 2..=40;
/// Most letters of a domain (RFC 1035, 2.3.4).
const LONGEST_DOMAIN: usize = 253;

/// Issuer of a provider: the address under which it says who people are, as its own documents write it
/// (OpenID Connect Core, 2, `iss`).
///
/// It is compared letter by letter, and so is kept as it was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Issuer(String);

/// Error: a text is no issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an issuer is an https address without a query, exactly as the provider's own documents write it")]
pub struct IssuerError;

impl Issuer {
    /// The issuer as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True for an issuer on this very machine, which may do without TLS: for tests and rehearsals.
    #[must_use]
    pub fn is_on_this_machine(&self) -> bool {
        origin(&self.0).is_some_and(|origin| is_loopback(&origin))
    }

    /// Address of the document in which the provider describes itself (OpenID Connect Discovery, 4).
    #[must_use]
    pub fn document(&self) -> String {
        format!("{}/.well-known/openid-configuration", self.0.strip_suffix('/').unwrap_or(&self.0))
    }
}

impl FromStr for Issuer {
    type Err = IssuerError;

    fn from_str(text: &str) -> Result<Self, IssuerError> {
        let text = text.trim();
        // An issuer on this machine is for whoever allows it to say.
        if text.contains('?') || !is_address(text, true) {
            return Err(IssuerError);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// True for an address that may be asked: by TLS, or without it on this machine only, if that is allowed.
pub(super) fn is_address(text: &str, on_this_machine: bool) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(&byte);
    let Some(origin) = origin(text) else { return false };
    let is_safe = origin.is_secure() || (on_this_machine && is_loopback(&origin));
    text.len() <= LONGEST_ADDRESS && text.bytes().all(is_plain) && is_safe
}

/// Scheme, host and port in front of an address.
fn origin(text: &str) -> Option<PublicAddress> {
    let (scheme, rest) = text.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    format!("{scheme}://{authority}").parse().ok()
}

/// Host of an address that may be asked.
pub(super) fn host(text: &str) -> String {
    origin(text).map(|origin| origin.host().to_owned()).unwrap_or_default()
}

fn is_loopback(origin: &PublicAddress) -> bool {
    let number = origin.host().trim_start_matches('[').trim_end_matches(']');
    origin.is_localhost() || number.parse::<std::net::IpAddr>().is_ok_and(|number| number.is_loopback())
}

/// Name by which people call up their organization's provider when they sign in, such as `valle-vista`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShortName(String);

/// Error: a text is no short name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a short name is 2 to 40 lower-case letters, digits and hyphens, with a letter or a digit at both ends"
)]
pub struct ShortNameError;

impl ShortName {
    /// The name itself, in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ShortName {
    type Err = ShortNameError;

    fn from_str(text: &str) -> Result<Self, ShortNameError> {
        let name = text.trim().to_ascii_lowercase();
        let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let ends = name.bytes().next().is_some_and(is_letter) && name.bytes().last().is_some_and(is_letter);
        let fits =
            name.bytes().all(|byte| is_letter(byte) || byte == b'-') && SHORT_NAME.contains(&name.len());
        if ends && fits { Ok(Self(name)) } else { Err(ShortNameError) }
    }
}

impl fmt::Display for ShortName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Domain of the e-mail addresses of an organization's people, in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailDomain(String);

/// Most domains of one organization's addresses.
pub const MOST_DOMAINS: usize = 10;

/// Error: a text is no domain of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a domain is what stands behind the @ of an e-mail address, such as vallevista.example")]
pub struct EmailDomainError;

impl EmailDomain {
    /// The domain itself, in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Domains in the order in which they were named. One that is named twice counts once.
    #[must_use]
    pub fn each_once(named: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut once: Vec<Self> = Vec::new();
        for domain in named {
            if !once.contains(&domain) {
                once.push(domain);
            }
        }
        once
    }

    /// Domain of an address.
    #[must_use]
    pub fn of(email: &Email) -> Self {
        let domain = email.expose().rsplit('@').next().unwrap_or_default();
        Self(domain.to_owned())
    }
}

impl FromStr for EmailDomain {
    type Err = EmailDomainError;

    fn from_str(text: &str) -> Result<Self, EmailDomainError> {
        let domain = text.trim().trim_start_matches('@').to_ascii_lowercase();
        // As letters of addresses go, but that people type theirs without accents.
        let address: Email = format!("a@{domain}").parse().map_err(|_| EmailDomainError)?;
        let fits = domain.len() <= LONGEST_DOMAIN && domain.is_ascii() && Self::of(&address).0 == domain;
        if fits { Ok(Self(domain)) } else { Err(EmailDomainError) }
    }
}

impl fmt::Display for EmailDomain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for EmailDomain {
    type Error = EmailDomainError;

    fn try_from(text: String) -> Result<Self, EmailDomainError> {
        text.parse()
    }
}

impl From<EmailDomain> for String {
    fn from(domain: EmailDomain) -> Self {
        domain.0
    }
}

/// Id of this host as a client of a provider (RFC 6749, 2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientId(String);

/// Secret of this host as a client of a provider (RFC 6749, 2.3.1). It prints nothing of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientSecret(String);

/// Error: a text is neither an id nor a secret of a client. It does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "copy it from the provider as it stands there: letters, digits and signs of ASCII, without line breaks"
)]
pub struct ClientTextError;

/// A text of the characters that ids and secrets of clients have (RFC 6749, appendix A.1, A.2).
fn client_text(text: &str, longest: usize) -> Result<String, ClientTextError> {
    let text = text.trim();
    let fits = (1..=longest).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, 0x20..=0x7e));
    if fits { Ok(text.to_owned()) } else { Err(ClientTextError) }
}

impl ClientId {
    /// The id itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClientId {
    type Err = ClientTextError;

    fn from_str(text: &str) -> Result<Self, ClientTextError> {
        client_text(text, LONGEST_CLIENT_ID).map(Self)
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl ClientSecret {
    /// The secret itself, for the store and for the provider.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Id and secret as a header says them (RFC 6749, 2.3.1; RFC 7617, 2).
    #[must_use]
    pub fn basic(&self, client: &ClientId) -> String {
        let pair = format!("{}:{}", escaped(client.as_str()), escaped(&self.0));
        let mut letters = base64url::written(pair.as_bytes()).replace('-', "+").replace('_', "/");
        while !letters.len().is_multiple_of(4) {
            letters.push('=');
        }
        format!("Basic {letters}")
    }
}

impl FromStr for ClientSecret {
    type Err = ClientTextError;

    fn from_str(text: &str) -> Result<Self, ClientTextError> {
        client_text(text, LONGEST_SECRET).map(Self)
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ClientSecret(..)")
    }
}
