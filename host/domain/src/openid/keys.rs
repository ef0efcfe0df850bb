//! A provider's public keys (RFC 7517), and signatures by them (RFC 7518), which ring verifies.

use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;

use crate::passkey::base64url;

/// Algorithms that are taken, by their names in JSON (RFC 7518, 3.1). Neither `none` nor one of a shared
/// secret is among them, whatever a token says.
pub const ALGORITHMS: [&str; 2] = ["RS256", "ES256"];

/// Most keys of one provider that are read.
const MOST: usize = 100;
/// Bytes of the numbers of RSA keys that are taken: 2048 to 4096 bits.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=512;
/// Exponent of every RSA key that is made today, 65537.
const EXPONENT: [u8; 3] = [1, 0, 1];

/// Keys of a provider by which it signs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys(Vec<Key>);

/// One public key, with the algorithm that it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    id: Option<String>,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// RSASSA-PKCS1-v1_5 with SHA-256: the modulus.
    Rs256(Vec<u8>),
    /// ECDSA on P-256 with SHA-256: the point, uncompressed.
    Es256([u8; 65]),
}

/// Error: bytes are no set of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it does not read as a set of JSON Web Keys")]
pub struct Unreadable;

#[derive(Deserialize)]
struct Set {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Written {
    kty: String,
    kid: Option<String>,
    r#use: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

impl Keys {
    /// Reads a set of keys. Those of another kind, for another use or of another length are passed over.
    ///
    /// # Errors
    /// For bytes that are no set of keys.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        let set: Set = serde_json::from_slice(bytes).map_err(|_| Unreadable)?;
        let written = set.keys.into_iter().take(MOST).filter_map(|key| serde_json::from_value(key).ok());
        Ok(Self(written.filter_map(Key::of).collect()))
    }

    /// The key that a token names; without a name the only one for its algorithm (OpenID Connect Core, 10.1).
    #[must_use]
    pub fn find(&self, id: Option<&str>, algorithm: &str) -> Option<&Key> {
        let mut fitting = self.0.iter().filter(|key| key.algorithm() == algorithm);
        match id {
            Some(id) => fitting.find(|key| key.id.as_deref() == Some(id)),
            None => fitting.next().filter(|_| fitting.next().is_none()),
        }
    }
}

impl Key {
    fn of(written: Written) -> Option<Self> {
        let is_for_signatures = written.r#use.as_deref().is_none_or(|use_| use_ == "sig");
        let kind = match written.kty.as_str() {
            "RSA" => Kind::rs256(&written)?,
            "EC" => Kind::es256(&written)?,
            _ => return None,
        };
        let key = Self { id: written.kid, kind };
        let fits = written.alg.as_deref().is_none_or(|algorithm| algorithm == key.algorithm());
        (is_for_signatures && fits).then_some(key)
    }

    /// Algorithm that the key is for, by its name in JSON.
    #[must_use]
    pub fn algorithm(&self) -> &'static str {
        match self.kind {
            Kind::Rs256(_) => ALGORITHMS[0],
            Kind::Es256(_) => ALGORITHMS[1],
        }
    }

    /// True if the signature is one of the message by this key.
    #[must_use]
    pub fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.kind {
            Kind::Rs256(modulus) => RsaPublicKeyComponents { n: modulus.as_slice(), e: &EXPONENT[..] }
                .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
                .is_ok(),
            Kind::Es256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature).is_ok()
            }
        }
    }
}

impl Kind {
    /// RFC 7518, 6.3.1.
    fn rs256(written: &Written) -> Option<Self> {
        let modulus = base64url::read(written.n.as_deref()?)?;
        let exponent = base64url::read(written.e.as_deref()?)?;
        // Without zeros in front: a longer number would be another key's.
        let fits = MODULUS.contains(&modulus.len()) && modulus.first() != Some(&0) && exponent == EXPONENT;
        fits.then_some(Self::Rs256(modulus))
    }

    /// RFC 7518, 6.2.1.
    fn es256(written: &Written) -> Option<Self> {
        let [x, y] = [&written.x, &written.y].map(|number| base64url::read(number.as_deref()?));
        let (x, y) = (x?, y?);
        if written.crv.as_deref() != Some("P-256") || x.len() != 32 || y.len() != 32 {
            return None;
        }
        let mut point = [4; 65];
        point[1..33].copy_from_slice(&x);
        point[33..].copy_from_slice(&y);
        Some(Self::Es256(point))
    }
}
