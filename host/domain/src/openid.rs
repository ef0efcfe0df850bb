//! OpenID Connect, as far as a relying party has to know it (OpenID Connect Core 1.0; RFC 6749; RFC 7636).
//!
//! An organization that has an identity provider names it ([`provider`]): its people sign in there, and the
//! provider sends them back with a code. Everything that such a way out and back needs comes of one secret
//! that only the person's browser holds ([`attempt`]). What the provider publishes about itself is read by
//! [`discovery`] and [`keys`], and what it says of a person by [`id_token`]: a token that the provider signed
//! for this client, this attempt and this moment, and nothing else.
//!
//! Like all of this crate it neither sends nor waits: who asks a provider hands the bytes over.

pub mod attempt;
pub mod discovery;
pub mod id_token;
pub mod keys;
pub mod provider;
#[cfg(test)]
mod tests;

pub use attempt::{Leaving, Purpose, Secret};
pub use discovery::{ClientAuthentication, Discovery};
pub use id_token::{Claims, Expected, IdToken, Refused};
pub use keys::Keys;
pub use provider::{ClientId, ClientSecret, EmailDomain, Issuer, MOST_DOMAINS, ShortName};
