//! Passkeys: keys that a person's device holds and uses once the person has shown the device who it is (W3C,
//! Web Authentication, Level 3).
//!
//! The host asks with a [`Challenge`], which is good once and for a few minutes (`data/accounts.toml`). A
//! [`Registration`] brings a new public key, an [`Assertion`] a signature by one that is known. Both say what
//! was asked, for which site, and whether the device saw its person; each of these is checked here (7.1 and
//! 7.2 of the standard), and a passkey is used for the [`RelyingParty`] alone that it was made for.
//!
//! No attestation is asked for: which make a device is of is nobody's business here, and without one nothing
//! but a key is read.

use std::fmt;

use serde::Deserialize;

use crate::identifiers::Digest;
use crate::public_address::PublicAddress;
use crate::words;

pub mod base64url;
mod key;
#[cfg(test)]
mod tests;

pub use key::{ALGORITHMS, PublicKey};

/// Most passkeys of one account.
pub const MOST: usize = 10;
/// Most letters of a passkey's name.
pub const LONGEST_NAME: usize = 60;

/// Most bytes of what a browser says it was asked.
const CLIENT_DATA: usize = 4 << 10;
/// Most bytes of what a device says of itself and of a key.
const AUTHENTICATOR_DATA: usize = 4 << 10;
/// Most bytes of the id that a device gives a passkey (WebAuthn, 4, credential id).
const HANDLE: usize = 1_023;
/// Most bytes of a signature: of the longest key that is taken.
const SIGNATURE: usize = 512;

words! {
    /// Purpose for which a challenge is made; for another it is worth nothing.
    pub enum Purpose {
        /// Somebody signs in, and is nobody yet.
        SignIn = "sign-in",
        /// The person of a session proves again who it is.
        Prove = "prove",
        /// The person of a session adds a passkey.
        Add = "add",
        /// Somebody takes an invitation up with a passkey.
        TakeUp = "take-up",
    }
}

/// Site for which passkeys are made and used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    address: PublicAddress,
}

/// Reason for which browsers keep no passkeys for an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is not reached by TLS, nor on this machine only.
    #[error("browsers use passkeys over https, and over http at localhost only")]
    Insecure,
    /// It has no name.
    #[error("browsers keep passkeys for names, and this address is a number")]
    Number,
}

impl RelyingParty {
    /// The site at an address.
    ///
    /// # Errors
    /// For an address for which browsers keep no passkeys.
    pub fn at(address: &PublicAddress) -> Result<Self, Unfit> {
        if address.is_number() {
            return Err(Unfit::Number);
        }
        if !address.is_secure() && !address.is_localhost() {
            return Err(Unfit::Insecure);
        }
        Ok(Self { address: address.clone() })
    }

    /// Id of the site for browsers: the name of its host.
    #[must_use]
    pub fn id(&self) -> &str {
        self.address.host()
    }

    /// True for the origin of the site's pages. At localhost any port will do unless one is set: it is one
    /// machine, and a service that is tried out takes whatever port is free.
    #[must_use]
    pub fn is_origin(&self, origin: &str) -> bool {
        let own = self.address.to_string();
        if origin == own {
            return true;
        }
        let port = origin.strip_prefix(&own).and_then(|rest| rest.strip_prefix(':'));
        let is_number =
            |port: &str| (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
        self.address.is_localhost() && self.address.port().is_none() && port.is_some_and(is_number)
    }
}

/// Random bytes that a device signs, so that what it signs was made for this very question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge([u8; 32]);

impl Challenge {
    /// A challenge of random bits, of which at least 128 are needed (WebAuthn, 13.4.3).
    #[must_use]
    pub fn of(random: &[&[u8]]) -> Self {
        Self(*Digest::of_parts(random).bytes())
    }

    /// The challenge as browsers are told it.
    #[must_use]
    pub fn in_letters(&self) -> String {
        base64url::written(&self.0)
    }

    /// SHA-256 of the challenge, by which it is kept.
    #[must_use]
    pub fn hash(&self) -> Digest {
        Digest::of(&self.0)
    }

    fn read(text: &str) -> Option<Self> {
        base64url::read(text)?.try_into().ok().map(Self)
    }
}

/// Reason for which a registration or an assertion is not taken. Nobody outside is told which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It cannot be read, or says what the standard does not allow.
    #[error("it does not read")]
    Unreadable,
    /// It is of another ceremony: a registration where an assertion is wanted, or the other way round.
    #[error("it is of another ceremony")]
    OtherCeremony,
    /// It answers another challenge.
    #[error("it answers another challenge")]
    OtherChallenge,
    /// Another site asked, or this one within another.
    #[error("another site asked")]
    OtherOrigin,
    /// The passkey is another site's.
    #[error("it is of another site")]
    OtherParty,
    /// The device saw no person, or did not find out who it is.
    #[error("the device did not find out who uses it")]
    NotVerified,
    /// The key is of a kind that was not asked for.
    #[error("the key is of another kind")]
    OtherKey,
    /// The passkey belongs to somebody else.
    #[error("it belongs to somebody else")]
    OtherPerson,
    /// The signature is not by the key.
    #[error("the signature is not by this key")]
    WrongSignature,
    /// The counter of the passkey went back: there are two of it, and one is not the person's.
    #[error("its counter went back")]
    CounterWentBack,
}

/// A passkey that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Id that the device gave it.
    pub handle: Vec<u8>,
    /// Public key, by which its signatures are verified.
    pub key: PublicKey,
    /// Number of its uses as the device counts them; many count none, and say 0.
    pub counter: u32,
}

/// A passkey as the record has it.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Person for whom it was made, as the device was told.
    pub person: &'a [u8],
    /// Public key, by which its signatures are verified.
    pub key: &'a PublicKey,
    /// Its counter after the last use.
    pub counter: u32,
}

/// The answer of a device that made a passkey. It prints nothing of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Registration {
    client: Vec<u8>,
    device: Vec<u8>,
}

impl Registration {
    /// Reads it as a page sends it: what the browser was asked and what the device says, with a dot between.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let [client, device] = parts(text)?;
        let fits = client.len() <= CLIENT_DATA && device.len() <= AUTHENTICATOR_DATA;
        fits.then_some(Self { client, device })
    }

    /// The challenge that it says to answer.
    #[must_use]
    pub fn challenge(&self) -> Option<Challenge> {
        Challenge::read(&ClientData::read(&self.client)?.challenge)
    }

    /// Id that the device gave the passkey, whatever else it says.
    #[must_use]
    pub fn handle(&self) -> Option<&[u8]> {
        let said = AuthenticatorData::read(&self.device)?;
        said.brought.flatten().map(|(handle, _)| handle)
    }

    /// The passkey that it brings, if it answers `challenge` at the site.
    ///
    /// # Errors
    /// When anything of it is not as it was asked for.
    pub fn accept(&self, party: &RelyingParty, challenge: &Challenge) -> Result<Made, Refused> {
        check_client(&self.client, "webauthn.create", party, challenge)?;
        let said = AuthenticatorData::read(&self.device).ok_or(Refused::Unreadable)?;
        said.check(party)?;
        let Some((handle, key)) = said.brought.ok_or(Refused::Unreadable)? else {
            return Err(Refused::OtherKey);
        };
        Ok(Made { handle: handle.to_vec(), key, counter: said.counter })
    }
}

/// The answer of a device that was asked to sign by a passkey. It prints nothing of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Assertion {
    handle: Vec<u8>,
    client: Vec<u8>,
    device: Vec<u8>,
    signature: Vec<u8>,
    /// Person for whom the passkey was made; empty if the device does not say.
    person: Vec<u8>,
}

impl Assertion {
    /// Reads it as a page sends it: id of the passkey, what the browser was asked, what the device says, the
    /// signature, and the person, with dots between.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let [handle, client, device, signature, person] = parts(text)?;
        let fits = (1..=HANDLE).contains(&handle.len())
            && client.len() <= CLIENT_DATA
            && device.len() <= AUTHENTICATOR_DATA
            && signature.len() <= SIGNATURE
            && person.len() <= 64;
        fits.then_some(Self { handle, client, device, signature, person })
    }

    /// Id that the device gave the passkey.
    #[must_use]
    pub fn handle(&self) -> &[u8] {
        &self.handle
    }

    /// The challenge that it says to answer.
    #[must_use]
    pub fn challenge(&self) -> Option<Challenge> {
        Challenge::read(&ClientData::read(&self.client)?.challenge)
    }

    /// The counter of the passkey from now on, if this answers `challenge` at the site by the passkey that is
    /// known under its id. Whoever has named nobody yet must be told by the device whose it is.
    ///
    /// # Errors
    /// When anything of it is not as it was asked for.
    pub fn accept(
        &self,
        party: &RelyingParty,
        challenge: &Challenge,
        purpose: Purpose,
        known: &Known<'_>,
    ) -> Result<u32, Refused> {
        check_client(&self.client, "webauthn.get", party, challenge)?;
        let may_be_silent = self.person.is_empty() && purpose != Purpose::SignIn;
        if self.person != known.person && !may_be_silent {
            return Err(Refused::OtherPerson);
        }
        let said = AuthenticatorData::read(&self.device).ok_or(Refused::Unreadable)?;
        said.check(party)?;
        let message = [self.device.as_slice(), Digest::of(&self.client).bytes()].concat();
        if !known.key.signed(&message, &self.signature) {
            return Err(Refused::WrongSignature);
        }
        // 7.2, step 22: who does not count says 0 and stays there.
        let counts = said.counter != 0 || known.counter != 0;
        if counts && said.counter <= known.counter {
            return Err(Refused::CounterWentBack);
        }
        Ok(said.counter)
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Registration(..)")
    }
}

impl fmt::Debug for Assertion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Assertion(..)")
    }
}

/// Rows of bytes with dots between them; `None` for another number of rows.
fn parts<const N: usize>(text: &str) -> Option<[Vec<u8>; N]> {
    let rows: Option<Vec<Vec<u8>>> = text.split('.').take(N + 1).map(base64url::read).collect();
    rows?.try_into().ok()
}

/// Question that a browser was asked, as it says itself (WebAuthn, 5.8.1). What else it says is not read.
#[derive(Deserialize)]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default, rename = "crossOrigin")]
    is_within_another: bool,
}

impl ClientData {
    fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

fn check_client(
    bytes: &[u8],
    ceremony: &str,
    party: &RelyingParty,
    challenge: &Challenge,
) -> Result<(), Refused> {
    let said = ClientData::read(bytes).ok_or(Refused::Unreadable)?;
    if said.r#type != ceremony {
        return Err(Refused::OtherCeremony);
    }
    if Challenge::read(&said.challenge).as_ref() != Some(challenge) {
        return Err(Refused::OtherChallenge);
    }
    if said.is_within_another || !party.is_origin(&said.origin) {
        return Err(Refused::OtherOrigin);
    }
    Ok(())
}

/// Flags of a device's word (WebAuthn, 6.1).
mod flag {
    /// Somebody was there, whoever it is.
    pub(super) const PRESENT: u8 = 0x01;
    /// The device found out who.
    pub(super) const VERIFIED: u8 = 0x04;
    /// The passkey may be copied to other devices of the person.
    pub(super) const MAY_BE_COPIED: u8 = 0x08;
    /// The passkey is copied.
    pub(super) const IS_COPIED: u8 = 0x10;
    /// A key is brought.
    pub(super) const BRINGS: u8 = 0x40;
    /// More is said behind.
    pub(super) const SAYS_MORE: u8 = 0x80;
}

/// A passkey as a device brings it: its id, and its key if that is of a kind that is taken.
type Brought<'a> = Option<(&'a [u8], PublicKey)>;

/// A device's word (WebAuthn, 6.1): for whom, how, and which key.
struct AuthenticatorData<'a> {
    party: &'a [u8; 32],
    flags: u8,
    counter: u32,
    /// The passkey; `None` if none is brought, `Some(None)` for a key of another kind.
    brought: Option<Brought<'a>>,
}

impl<'a> AuthenticatorData<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let (party, rest) = bytes.split_first_chunk::<32>()?;
        let (flags, rest) = rest.split_first()?;
        let (counter, rest) = rest.split_first_chunk::<4>()?;
        let (brought, rest) = match flags & flag::BRINGS {
            0 => (None, rest),
            _ => match Self::brought(rest)? {
                (Some(passkey), rest) => (Some(Some(passkey)), rest),
                // Nobody knows where a key of another kind ends.
                (None, _) => (Some(None), &rest[..0]),
            },
        };
        let says_more = flags & flag::SAYS_MORE != 0;
        let is_whole = rest.is_empty() != says_more || matches!(brought, Some(None));
        is_whole.then_some(Self { party, flags: *flags, counter: u32::from_be_bytes(*counter), brought })
    }

    /// The model of the device, the passkey's id, and its key.
    fn brought(rest: &'a [u8]) -> Option<(Brought<'a>, &'a [u8])> {
        let (_, rest) = rest.split_first_chunk::<16>()?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (handle, rest) = rest.split_at_checked(length)?;
        if !(1..=HANDLE).contains(&length) {
            return None;
        }
        Some(match PublicKey::read(rest) {
            Some((key, rest)) => (Some((handle, key)), rest),
            None => (None, rest),
        })
    }

    /// The device must have found out who its person is, for this site.
    fn check(&self, party: &RelyingParty) -> Result<(), Refused> {
        let has = |flag| self.flags & flag != 0;
        if self.party != Digest::of(party.id().as_bytes()).bytes() {
            return Err(Refused::OtherParty);
        }
        if !has(flag::PRESENT) || !has(flag::VERIFIED) {
            return Err(Refused::NotVerified);
        }
        // 6.1.3: what may not be copied is not.
        if has(flag::IS_COPIED) && !has(flag::MAY_BE_COPIED) {
            return Err(Refused::Unreadable);
        }
        Ok(())
    }
}
