//! A device that keeps passkeys, and the browser in front of it (W3C, Web Authentication): keys of ECDSA on
//! P-256, found without an address, used after the person has shown the device who it is.

use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use super::county::text;

/// Somebody was there, and the device found out who.
const VERIFIED: u8 = 0x05;
/// Somebody was there, and the device asked nothing.
pub(crate) const PRESENT: u8 = 0x01;
/// A key is brought.
const BRINGS: u8 = 0x40;

/// A device at a site.
#[derive(Clone)]
pub(crate) struct Device {
    /// Origin of the pages, as the browser says it.
    pub(crate) origin: String,
    /// Flags of what the device saw.
    saw: u8,
    /// Uses of its passkeys so far; `None` for a device that counts none.
    uses: Option<u32>,
    kept: Vec<Kept>,
}

/// A passkey on the device.
#[derive(Clone)]
struct Kept {
    handle: Vec<u8>,
    party: String,
    person: Vec<u8>,
    /// Private key (PKCS #8).
    key: Vec<u8>,
}

impl Device {
    /// A new device in front of pages of this origin.
    pub(crate) fn at(origin: &str) -> Self {
        Self { origin: origin.to_owned(), saw: VERIFIED, uses: None, kept: Vec::new() }
    }

    /// The same device in front of pages of another origin.
    pub(crate) fn before(self, origin: &str) -> Self {
        Self { origin: origin.to_owned(), ..self }
    }

    /// The same device, which saw something else of its person.
    pub(crate) fn seeing(self, saw: u8) -> Self {
        Self { saw, ..self }
    }

    /// The same device with so many uses behind it; `None` if it counts none.
    pub(crate) fn counting(self, uses: Option<u32>) -> Self {
        Self { uses, ..self }
    }

    /// Makes a passkey by the options of a page, and gives the answer as the page's script writes it.
    #[track_caller]
    pub(crate) fn makes(&mut self, options: &Value) -> String {
        let kinds = options["pubKeyCredParams"].as_array().expect("kinds of keys");
        assert!(kinds.contains(&json!({ "type": "public-key", "alg": -7 })), "{options}");
        let random = SystemRandom::new();
        let mut handle = vec![0; 32];
        random.fill(&mut handle).expect("there is chance");
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random);
        let kept = Kept {
            handle,
            party: text(options, "/rp/id").to_owned(),
            person: bytes(text(options, "/user/id")),
            key: key.expect("a key can be made").as_ref().to_vec(),
        };
        let point = kept.pair().public_key().as_ref().to_vec();
        let length = u16::try_from(kept.handle.len()).expect("it is short").to_be_bytes();
        let cose_head = [0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32];
        let brought: [&[u8]; 7] =
            [&[0; 16], &length, &kept.handle, &cose_head, &point[1..33], &[0x22, 0x58, 32], &point[33..]];
        let said = self.says(&kept, BRINGS, &brought.concat());
        let client = self.client("webauthn.create", text(options, "/challenge"));
        self.kept.push(kept);
        in_dots(&[&client, &said])
    }

    /// Signs what a page asks by the passkey made last that may answer, and gives the answer as the page's
    /// script writes it.
    #[track_caller]
    pub(crate) fn signs(&mut self, asked: &Value) -> String {
        self.uses = self.uses.map(|uses| uses + 1);
        let allowed = asked["allowed"].as_array().expect("a list");
        let may = |kept: &&Kept| {
            let is_allowed = allowed.is_empty() || allowed.contains(&letters(&kept.handle).into());
            kept.party == asked["party"] && is_allowed
        };
        let kept = self.kept.iter().rev().find(may).expect("a passkey that may answer");
        let said = self.says(kept, 0, &[]);
        let client = self.client("webauthn.get", text(asked, "/challenge"));
        let message = [said.as_slice(), digest(&SHA256, &client).as_ref()].concat();
        let signature = kept.pair().sign(&SystemRandom::new(), &message).expect("it can be signed");
        in_dots(&[&kept.handle, &client, &said, signature.as_ref(), &kept.person])
    }

    /// The device without the list of what may answer: it takes its newest passkey.
    #[track_caller]
    pub(crate) fn signs_anyhow(&mut self, asked: &Value) -> String {
        let mut asked = asked.clone();
        asked["allowed"] = json!([]);
        self.signs(&asked)
    }

    fn says(&self, kept: &Kept, flags: u8, brought: &[u8]) -> Vec<u8> {
        let party = digest(&SHA256, kept.party.as_bytes());
        let counter = self.uses.unwrap_or(0).to_be_bytes();
        let parts: [&[u8]; 4] = [party.as_ref(), &[self.saw | flags], &counter, brought];
        parts.concat()
    }

    fn client(&self, ceremony: &str, challenge: &str) -> Vec<u8> {
        let said =
            json!({ "type": ceremony, "challenge": challenge, "origin": self.origin, "crossOrigin": false });
        said.to_string().into_bytes()
    }
}

impl Kept {
    fn pair(&self) -> EcdsaKeyPair {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &self.key, &SystemRandom::new());
        pair.expect("it was made so")
    }
}

fn in_dots(parts: &[&[u8]]) -> String {
    parts.iter().map(|part| letters(part)).collect::<Vec<_>>().join(".")
}

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Bytes in base 64, as browsers write them (RFC 4648, 5).
pub(super) fn letters(bytes: &[u8]) -> String {
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let letter = |six: &[u8]| {
        let value = (0..6).fold(0, |value, at| value << 1 | six.get(at).copied().unwrap_or(0));
        char::from(LETTERS[usize::from(value)])
    };
    bits.chunks(6).map(letter).collect()
}

fn bytes(letters: &str) -> Vec<u8> {
    let place = |letter| LETTERS.iter().position(|known| *known == letter).expect("a letter of base 64");
    let bits: Vec<usize> =
        letters.bytes().flat_map(|letter| (0..6).rev().map(move |bit| place(letter) >> bit & 1)).collect();
    let byte = |eight: &[usize]| eight.iter().fold(0_u8, |byte, bit| byte << 1 | u8::from(*bit == 1));
    bits.chunks_exact(8).map(byte).collect()
}
