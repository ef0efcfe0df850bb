//! Codes by which a person shows who it is without a passkey ([`crate::passkey`]): those of an authenticator,
//! and those for the day on which it is lost.
//!
//! An authenticator and the host share a secret, and make the same six digits of it for every half minute
//! (TOTP, RFC 6238, with the parameters that every authenticator knows). A code is good once: the step of the
//! last one is kept, and nothing up to it is taken again. A recovery code is good once, and kept as a hash.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::escape::escaped;
use crate::identifiers::Digest;

#[cfg(test)]
mod tests;

/// Seconds of a step (RFC 6238, 5.2).
const STEP_SECONDS: i64 = 30;
/// Steps before and after the present one whose codes are taken: for clocks that differ a little.
const NEIGHBOURS: i64 = 1;
/// Codes with six digits are below.
const CODES: u32 = 1_000_000;
/// Letters of RFC 4648, 6, in which authenticators read secrets. They hold neither 0 nor 1.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Recovery codes that a person gets at a time.
pub const RECOVERY_CODES: usize = 10;

/// Secret that an authenticator and the host share: 160 bits, as RFC 4226 (4, R6) recommends. It prints
/// nothing of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; Self::BYTES]);

impl TotpSecret {
    /// Bytes of a secret.
    pub const BYTES: usize = 20;

    /// A secret of random bits, of which at least 160 are needed.
    #[must_use]
    pub fn of(random: &[&[u8]]) -> Self {
        Self(drawn(random))
    }

    /// The secret with these bytes; `None` if they are not as many as a secret has.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes themselves, for the store.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The secret as a person types it into an authenticator.
    #[must_use]
    pub fn in_letters(&self) -> String {
        in_base32(&self.0)
    }

    /// The secret as an authenticator reads it: in any case, with spaces wherever somebody put them. `None`
    /// for what cannot be one.
    #[must_use]
    pub fn from_letters(text: &str) -> Option<Self> {
        let letters = text.bytes().filter(|letter| !letter.is_ascii_whitespace());
        let letters: Option<Vec<u8>> = letters.map(digit_of_base32).collect();
        // Five bits a letter: eight letters are five bytes.
        let letters = letters.filter(|letters| letters.len() * 5 == Self::BYTES * 8)?;
        let bytes = letters.chunks(8).flat_map(|group| {
            let bits = group.iter().fold(0_u64, |bits, digit| bits << 5 | u64::from(*digit));
            bits.to_be_bytes().into_iter().skip(3)
        });
        Self::from_bytes(&bytes.collect::<Vec<u8>>())
    }

    /// Address that authenticators read from a picture: it names the host, as `issuer`, and the account.
    #[must_use]
    pub fn uri(&self, issuer: &str, account: &str) -> String {
        let (issuer, account) = (escaped(issuer), escaped(account));
        let secret = self.in_letters();
        format!(
            "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30"
        )
    }

    /// Step of a code that is good now, to be kept; `None` for a code that is not, or was used. Codes up to
    /// the step `used` were.
    #[must_use]
    pub fn accepts(&self, code: &str, used: Option<i64>, now: Timestamp) -> Option<i64> {
        let code: String = code.split_whitespace().collect();
        let is_code = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
        let code: u32 = code.parse().ok().filter(|_| is_code)?;
        let present = now.as_second().div_euclid(STEP_SECONDS);
        let mut steps = present - NEIGHBOURS..=present + NEIGHBOURS;
        steps.find(|step| used.is_none_or(|used| *step > used) && self.code_of(*step) == code)
    }

    /// Code of the instant, as an authenticator shows it.
    #[must_use]
    pub fn code_at(&self, now: Timestamp) -> String {
        format!("{:06}", self.code_of(now.as_second().div_euclid(STEP_SECONDS)))
    }

    /// RFC 4226, 5.3, of the step as the counter.
    fn code_of(&self, step: i64) -> u32 {
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.0).expect("a key of any length will do");
        mac.update(&step.to_be_bytes());
        let tag = mac.finalize().into_bytes();
        let at = usize::from(tag[tag.len() - 1] & 0xf);
        let four = [tag[at] & 0x7f, tag[at + 1], tag[at + 2], tag[at + 3]];
        u32::from_be_bytes(four) % CODES
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TotpSecret(..)")
    }
}

/// Code that opens an account once without an authenticator: 80 bits in 16 letters. It prints nothing of
/// itself.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// A code of random bits, of which at least 80 are needed.
    #[must_use]
    pub fn of(random: &[&[u8]]) -> Self {
        let letters = in_base32(&drawn::<10>(random)).to_ascii_lowercase();
        Self(letters)
    }

    /// Reads a code as people type it: in any case, with spaces and hyphens wherever they like. `None` for
    /// what cannot be one.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let letters = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
        let code: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
        let is_letter = |byte: u8| BASE32.contains(&byte.to_ascii_uppercase());
        (code.len() == 16 && code.bytes().all(is_letter)).then_some(Self(code))
    }

    /// The code in four groups, for whoever writes it down.
    #[must_use]
    pub fn in_groups(&self) -> String {
        let groups: Vec<&str> = (0..4).filter_map(|group| self.0.get(group * 4..group * 4 + 4)).collect();
        groups.join("-")
    }

    /// SHA-256 of the code, by which it is kept.
    #[must_use]
    pub fn hash(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RecoveryCode(..)")
    }
}

/// As many bytes as are wanted, of random bits that may have fixed ones among them.
fn drawn<const N: usize>(random: &[&[u8]]) -> [u8; N] {
    let mut hash = Sha256::new();
    random.iter().for_each(|part| hash.update(part));
    let hash = hash.finalize();
    let mut bytes = [0; N];
    bytes.copy_from_slice(&hash[..N]);
    bytes
}

/// Base 32 of whole groups of five bytes, without padding.
fn in_base32(bytes: &[u8]) -> String {
    let mut letters = String::new();
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            letters.push(char::from(BASE32[(held >> bits & 31) as usize]));
        }
        held &= (1 << bits) - 1;
    }
    letters
}

/// Value of a letter of base 32, in either case.
fn digit_of_base32(letter: u8) -> Option<u8> {
    let place = BASE32.iter().position(|known| *known == letter.to_ascii_uppercase())?;
    u8::try_from(place).ok()
}
