//! A person's authenticator: an app that makes six digits of a secret and the time (RFC 6238).

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde_json::Value;
use sha1::Sha1;

use super::county::text;

/// An authenticator whose owner waits for no clock: each code is one of a later step than the last.
pub(crate) struct Authenticator {
    secret: Vec<u8>,
    step: i64,
}

impl Authenticator {
    /// The one that was offered at about this instant of the service's clock.
    pub(crate) fn of(offered: &Value, now: &str) -> Self {
        let now: Timestamp = now.parse().expect("an instant");
        // The next step is good too, so that two codes can be shown without a wait.
        Self { secret: from_base32(text(offered, "/secret")), step: now.as_second() / 30 }
    }

    /// The next code that was not used yet.
    pub(crate) fn code(&mut self) -> String {
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.secret).expect("a key of any length will do");
        mac.update(&self.step.to_be_bytes());
        self.step += 1;
        let tag = mac.finalize().into_bytes();
        let at = usize::from(tag[19] & 0xf);
        let number = u32::from_be_bytes([tag[at] & 0x7f, tag[at + 1], tag[at + 2], tag[at + 3]]);
        format!("{:06}", number % 1_000_000)
    }
}

fn from_base32(letters: &str) -> Vec<u8> {
    let digit = |letter: u8| match letter {
        b'A'..=b'Z' => letter - b'A',
        b'2'..=b'7' => letter - b'2' + 26,
        _ => panic!("a letter of base 32"),
    };
    let bits: Vec<bool> = letters
        .bytes()
        .flat_map(|letter| (0..5).rev().map(move |bit| digit(letter) >> bit & 1 == 1))
        .collect();
    let byte = |bits: &[bool]| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
    bits.chunks_exact(8).map(byte).collect()
}
