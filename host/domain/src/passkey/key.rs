//! Public keys of passkeys, and signatures by them.
//!
//! A key comes as a COSE_Key (RFC 9052, 7) in the canonical form of CTAP2, in which it has to be written
//! (WebAuthn, 6.5.1.1): each kind of key has one row of bytes around its numbers. So a key is read by
//! comparing with that row, without a reader of CBOR.

use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};

/// Algorithms that are taken, by their number in the registry of COSE, those that are liked best first.
pub const ALGORITHMS: [i64; 3] = [-7, -8, -257];

/// Bytes of the numbers of RSA keys that are taken: 2048 to 4096 bits.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=512;
/// Exponent of every RSA key that is made today, 65537.
const EXPONENT: [u8; 3] = [1, 0, 1];

/// A public key, and the form in which it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    cose: Vec<u8>,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// ECDSA on P-256 with SHA-256 (ES256, -7): the point, uncompressed (SEC 1, 2.3.3).
    Es256([u8; 65]),
    /// Ed25519 (EdDSA, -8): the point.
    Ed25519([u8; 32]),
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RS256, -257), which older computers make: the modulus.
    Rs256(Vec<u8>),
}

impl PublicKey {
    /// The key that bytes begin with, and what stands behind it; `None` if they begin with none that is
    /// taken.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let mut rest = Reader(bytes);
        let kind = rest.es256().or_else(|| rest.ed25519()).or_else(|| rest.rs256())?;
        let cose = bytes[..bytes.len() - rest.0.len()].to_vec();
        Some((Self { cose, kind }, rest.0))
    }

    /// The key that is these bytes, and nothing else.
    #[must_use]
    pub fn of_cose(bytes: &[u8]) -> Option<Self> {
        Self::read(bytes).filter(|(_, rest)| rest.is_empty()).map(|(key, _)| key)
    }

    /// The key as it came, for the record.
    #[must_use]
    pub fn cose(&self) -> &[u8] {
        &self.cose
    }

    /// True if the signature is one of the message by this key.
    #[must_use]
    pub fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.kind {
            Kind::Es256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature).is_ok()
            }
            Kind::Ed25519(point) => {
                UnparsedPublicKey::new(&ED25519, point).verify(message, signature).is_ok()
            }
            Kind::Rs256(modulus) => RsaPublicKeyComponents { n: modulus.as_slice(), e: &EXPONENT[..] }
                .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
                .is_ok(),
        }
    }
}

/// Bytes that are still to be read. What does not begin as it should takes nothing away.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    /// Reads `{1: 2, 3: -7, -1: 1, -2: x, -3: y}`.
    fn es256(&mut self) -> Option<Kind> {
        let rest = self.0.strip_prefix(&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32])?;
        let (x, rest) = rest.split_first_chunk::<32>()?;
        let (y, rest) = rest.strip_prefix(&[0x22, 0x58, 32])?.split_first_chunk::<32>()?;
        let mut point = [4; 65];
        point[1..33].copy_from_slice(x);
        point[33..].copy_from_slice(y);
        self.0 = rest;
        Some(Kind::Es256(point))
    }

    /// Reads `{1: 1, 3: -8, -1: 6, -2: x}`.
    fn ed25519(&mut self) -> Option<Kind> {
        let rest = self.0.strip_prefix(&[0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32])?;
        let (x, rest) = rest.split_first_chunk::<32>()?;
        self.0 = rest;
        Some(Kind::Ed25519(*x))
    }

    /// Reads `{1: 3, 3: -257, -1: n, -2: e}`.
    fn rs256(&mut self) -> Option<Kind> {
        let rest = self.0.strip_prefix(&[0xa4, 1, 3, 3, 0x39, 1, 0, 0x20, 0x59])?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (modulus, rest) = rest.split_at_checked(length)?;
        // Without zeros in front: a longer number would be another key's.
        if !MODULUS.contains(&length) || modulus.first() == Some(&0) {
            return None;
        }
        let rest = rest.strip_prefix(&[0x21, 0x43])?.strip_prefix(&EXPONENT)?;
        self.0 = rest;
        Some(Kind::Rs256(modulus.to_vec()))
    }
}
