use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};

use super::*;

/// A device with one passkey, which does what a test wants it to.
struct Device {
    keys: EcdsaKeyPair,
    said: DeviceAnswer,
}

/// Parts of a device's word.
#[derive(Clone)]
struct DeviceAnswer {
    ceremony: &'static str,
    origin: &'static str,
    within: Option<bool>,
    party: &'static str,
    flags: u8,
    counter: u32,
    person: &'static [u8],
    more: &'static [u8],
}

const SEEN: u8 = flag::PRESENT | flag::VERIFIED;
const PERSON: &[u8] = b"0123456789abcdef";
const HANDLE: &[u8] = b"the passkey";
const SITE: &str = "https://crosswalk.county.example";

fn site(address: &str) -> RelyingParty {
    RelyingParty::at(&address.parse().unwrap()).unwrap()
}

fn challenge(random: &[u8]) -> Challenge {
    Challenge::of(&[random])
}

fn well() -> DeviceAnswer {
    DeviceAnswer {
        ceremony: "webauthn.get",
        origin: SITE,
        within: None,
        party: "crosswalk.county.example",
        flags: SEEN,
        counter: 0,
        person: PERSON,
        more: &[],
    }
}

impl Device {
    fn new() -> Self {
        let random = SystemRandom::new();
        let kind = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let made = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
        Self { keys: EcdsaKeyPair::from_pkcs8(kind, made.as_ref(), &random).unwrap(), said: well() }
    }

    fn saying(self, said: DeviceAnswer) -> Self {
        Self { said, ..self }
    }

    fn cose(&self) -> Vec<u8> {
        let point = self.keys.public_key().as_ref();
        let parts: [&[u8]; 4] = [&ES256, &point[1..33], &[0x22, 0x58, 32], &point[33..]];
        parts.concat()
    }

    fn client(&self, challenge: &Challenge) -> Vec<u8> {
        let DeviceAnswer { ceremony, origin, within, .. } = self.said;
        let within = within.map(|within| format!(",\"crossOrigin\":{within}")).unwrap_or_default();
        let challenge = challenge.in_letters();
        format!(
            r#"{{"type":"{ceremony}","challenge":"{challenge}","origin":"{origin}"{within},"later":"ignored"}}"#
        )
        .into_bytes()
    }

    fn device(&self, key: Option<&[u8]>) -> Vec<u8> {
        let DeviceAnswer { party, flags, counter, more, .. } = self.said;
        let mut bytes = Digest::of(party.as_bytes()).bytes().to_vec();
        bytes.push(if key.is_some() { flags | flag::BRINGS } else { flags });
        bytes.extend(counter.to_be_bytes());
        if let Some(key) = key {
            bytes.extend([0; 16]);
            bytes.extend(u16::try_from(HANDLE.len()).unwrap().to_be_bytes());
            bytes.extend(HANDLE);
            bytes.extend(key);
        }
        bytes.extend(more);
        bytes
    }

    fn makes(&self, key: &[u8]) -> Result<Made, Refused> {
        let asked = challenge(b"make");
        let text =
            [self.client(&asked), self.device(Some(key))].map(|part| base64url::written(&part)).join(".");
        let registration = Registration::read(&text).unwrap();
        assert_eq!(registration.challenge(), Some(asked));
        registration.accept(&site(SITE), &asked)
    }

    fn signs(&self, asked: &Challenge) -> Assertion {
        let (client, device) = (self.client(asked), self.device(None));
        let message = [device.as_slice(), Digest::of(&client).bytes()].concat();
        let signature = self.keys.sign(&SystemRandom::new(), &message).unwrap().as_ref().to_vec();
        let parts = [HANDLE.to_vec(), client, device, signature, self.said.person.to_vec()];
        Assertion::read(&parts.map(|part| base64url::written(&part)).join(".")).unwrap()
    }

    /// The counter after an assertion for signing in, of a passkey whose counter stood at `counter`.
    fn counts_on(&self, counter: u32) -> Result<u32, Refused> {
        self.proves(Purpose::SignIn, counter)
    }

    fn proves(&self, purpose: Purpose, counter: u32) -> Result<u32, Refused> {
        let asked = challenge(b"sign");
        let key = PublicKey::of_cose(&self.cose()).unwrap();
        let known = Known { person: PERSON, key: &key, counter };
        self.signs(&asked).accept(&site(SITE), &asked, purpose, &known)
    }
}

const ES256: [u8; 10] = [0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32];
const ED25519: [u8; 10] = [0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32];

#[test]
fn an_address_that_browsers_keep_passkeys_for_is_a_site() {
    for (address, expected) in [
        ("https://crosswalk.county.example", Ok("crosswalk.county.example")),
        ("https://crosswalk.example:8443", Ok("crosswalk.example")),
        ("http://localhost:8080", Ok("localhost")),
        ("http://localhost", Ok("localhost")),
        ("https://localhost", Ok("localhost")),
        ("http://crosswalk.example", Err(Unfit::Insecure)),
        ("http://localhost.example", Err(Unfit::Insecure)),
        ("http://127.0.0.1:8080", Err(Unfit::Number)),
        ("https://192.0.2.7", Err(Unfit::Number)),
        ("https://[::1]", Err(Unfit::Number)),
    ] {
        let found = RelyingParty::at(&address.parse().unwrap());
        assert_eq!(found.as_ref().map(RelyingParty::id), expected.as_ref().copied(), "{address}");
    }
}

#[test]
fn only_the_sites_own_pages_ask_for_it() {
    for (address, origin, is_own) in [
        (SITE, SITE, true),
        (SITE, "https://crosswalk.county.example:8443", false),
        (SITE, "https://crosswalk.county.example.evil.example", false),
        (SITE, "https://evil.crosswalk.county.example", false),
        (SITE, "http://crosswalk.county.example", false),
        ("https://crosswalk.example:8443", "https://crosswalk.example:8443", true),
        ("https://crosswalk.example:8443", "https://crosswalk.example", false),
        ("http://localhost", "http://localhost:4711", true),
        ("http://localhost", "http://localhost", true),
        ("http://localhost", "https://localhost:4711", false),
        ("http://localhost", "http://localhost:", false),
        ("http://localhost", "http://localhost:80.evil.example", false),
        ("http://localhost", "http://localhost.evil.example", false),
        ("http://localhost:8080", "http://localhost:4711", false),
    ] {
        assert_eq!(site(address).is_origin(origin), is_own, "{address} {origin}");
    }
}

#[test]
fn a_passkey_that_was_made_signs_in() {
    let device = Device::new().saying(DeviceAnswer { ceremony: "webauthn.create", counter: 4, ..well() });
    let made = device.makes(&device.cose()).unwrap();
    assert_eq!((made.handle.as_slice(), made.counter), (HANDLE, 4));
    assert_eq!(made.key.cose(), device.cose());
    let device = device.saying(DeviceAnswer { counter: 5, ..well() });
    assert_eq!(device.counts_on(made.counter), Ok(5));
    let copied = SEEN | flag::MAY_BE_COPIED | flag::IS_COPIED;
    assert_eq!(device.saying(DeviceAnswer { flags: copied, ..well() }).counts_on(0), Ok(0));
}

#[test]
fn what_was_not_asked_for_so_is_refused() {
    let cases: [(&str, DeviceAnswer, Refused); 12] = [
        ("a registration", DeviceAnswer { ceremony: "webauthn.create", ..well() }, Refused::OtherCeremony),
        ("a payment", DeviceAnswer { ceremony: "payment.get", ..well() }, Refused::OtherCeremony),
        (
            "another site's page",
            DeviceAnswer { origin: "https://evil.example", ..well() },
            Refused::OtherOrigin,
        ),
        ("a page within another", DeviceAnswer { within: Some(true), ..well() }, Refused::OtherOrigin),
        ("another site's passkey", DeviceAnswer { party: "evil.example", ..well() }, Refused::OtherParty),
        ("nobody there", DeviceAnswer { flags: flag::VERIFIED, ..well() }, Refused::NotVerified),
        ("nobody verified", DeviceAnswer { flags: flag::PRESENT, ..well() }, Refused::NotVerified),
        ("somebody else's", DeviceAnswer { person: b"somebody else", ..well() }, Refused::OtherPerson),
        ("nobody's", DeviceAnswer { person: b"", ..well() }, Refused::OtherPerson),
        (
            "copied, and not to be copied",
            DeviceAnswer { flags: SEEN | flag::IS_COPIED, ..well() },
            Refused::Unreadable,
        ),
        ("more than it says", DeviceAnswer { more: b"x", ..well() }, Refused::Unreadable),
        ("less than it says", DeviceAnswer { flags: SEEN | flag::SAYS_MORE, ..well() }, Refused::Unreadable),
    ];
    for (name, said, expected) in cases {
        assert_eq!(Device::new().saying(said).counts_on(0), Err(expected), "{name}");
    }
    let well = [
        DeviceAnswer { within: Some(false), ..well() },
        DeviceAnswer { flags: SEEN | flag::SAYS_MORE, more: &[0xa0], ..well() },
    ];
    for said in well {
        assert_eq!(Device::new().saying(said).counts_on(0), Ok(0));
    }
}

#[test]
fn whoever_is_known_need_not_be_named_again() {
    let silent = Device::new().saying(DeviceAnswer { person: b"", ..well() });
    assert_eq!(silent.proves(Purpose::Prove, 0), Ok(0));
    let other = silent.saying(DeviceAnswer { person: b"somebody else", ..well() });
    assert_eq!(other.proves(Purpose::Prove, 0), Err(Refused::OtherPerson));
}

#[test]
fn a_counter_goes_on_or_is_not_there() {
    for (before, after, expected) in [
        (0, 0, Ok(0)),
        (0, 1, Ok(1)),
        (1, 2, Ok(2)),
        (7, 4_000_000_000, Ok(4_000_000_000)),
        (1, 1, Err(Refused::CounterWentBack)),
        (2, 1, Err(Refused::CounterWentBack)),
        (1, 0, Err(Refused::CounterWentBack)),
    ] {
        let device = Device::new().saying(DeviceAnswer { counter: after, ..well() });
        assert_eq!(device.counts_on(before), expected, "{before} {after}");
    }
}

#[test]
fn a_signature_is_of_one_key_challenge_and_word() {
    let (device, other) = (Device::new(), Device::new());
    let asked = challenge(b"sign");
    let key = PublicKey::of_cose(&device.cose()).unwrap();
    let known = Known { person: PERSON, key: &key, counter: 0 };
    let accepts = |assertion: &Assertion| assertion.accept(&site(SITE), &asked, Purpose::SignIn, &known);
    assert_eq!(accepts(&device.signs(&asked)), Ok(0));
    assert_eq!(accepts(&other.signs(&asked)), Err(Refused::WrongSignature));
    assert_eq!(accepts(&device.signs(&challenge(b"another"))), Err(Refused::OtherChallenge));
    let mut changed = device.signs(&asked);
    changed.device[36] ^= 1;
    assert_eq!(accepts(&changed), Err(Refused::WrongSignature));
    let mut none = device.signs(&asked);
    none.signature.clear();
    assert_eq!(accepts(&none), Err(Refused::WrongSignature));
}

#[test]
fn a_registration_brings_a_key_of_a_kind_that_was_asked_for() {
    let said = DeviceAnswer { ceremony: "webauthn.create", ..well() };
    let device = Device::new().saying(said.clone());
    let cose = device.cose();
    assert!(device.makes(&cose).is_ok());
    // Of P-384, which was not asked for.
    let foreign = [&[0xa5, 1, 2, 3, 0x38, 0x22, 0x20, 2][..], &cose[8..]].concat();
    assert_eq!(device.makes(&foreign), Err(Refused::OtherKey));
    assert_eq!(device.makes(&cose[..76]), Err(Refused::OtherKey), "cut short");
    assert_eq!(device.makes(&[&cose[..], b"x"].concat()), Err(Refused::Unreadable), "more behind it");
    let get = Device::new().saying(well());
    assert_eq!(get.makes(&cose), Err(Refused::OtherCeremony));
    let unseen = device.saying(DeviceAnswer { flags: flag::PRESENT, ..said });
    assert_eq!(unseen.makes(&cose), Err(Refused::NotVerified));
}

#[test]
fn keys_of_three_kinds_verify() {
    let device = Device::new();
    let signature = device.keys.sign(&SystemRandom::new(), b"a message").unwrap();
    let es256 = PublicKey::of_cose(&device.cose()).unwrap();
    assert!(es256.signed(b"a message", signature.as_ref()));
    assert!(!es256.signed(b"another", signature.as_ref()));

    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let ed25519 = PublicKey::of_cose(&[&ED25519[..], pair.public_key().as_ref()].concat()).unwrap();
    assert!(ed25519.signed(b"a message", pair.sign(b"a message").as_ref()));
    assert!(!ed25519.signed(b"another", pair.sign(b"a message").as_ref()));

    let rs256 = PublicKey::of_cose(&rsa(&hex(MODULUS))).unwrap();
    assert!(rs256.signed(SIGNED, &hex(BY_RSA)));
    assert!(!rs256.signed(b"another", &hex(BY_RSA)));
    for modulus in [hex(MODULUS)[..128].to_vec(), [&[0][..], &hex(MODULUS)].concat()] {
        assert_eq!(PublicKey::of_cose(&rsa(&modulus)), None, "too short, or longer than it is");
    }
}

#[test]
fn what_cannot_be_an_answer_is_not_read() {
    let long = base64url::written(&[0; 5_000]);
    for text in ["", "AA", "AA.AA.AA", "AA.A", "AA.A?", &format!("{long}.AA"), &format!("AA.{long}")] {
        assert_eq!(Registration::read(text), None, "{text:.20}");
    }
    for text in ["AA.AA", "AA.AA.AA.AA.AA.AA", ".AA.AA.AA.AA", &format!("AA.AA.AA.{long}.")] {
        assert_eq!(Assertion::read(text), None, "{text:.20}");
    }
    assert!(Assertion::read("AA.AA.AA.AA.").is_some(), "the person may be left out");
    let nonsense = Registration::read("AA.AA").unwrap();
    assert_eq!(nonsense.challenge(), None);
    assert_eq!(nonsense.accept(&site(SITE), &challenge(b"make")), Err(Refused::Unreadable));
    assert_eq!(format!("{nonsense:?}"), "Registration(..)");
}

fn rsa(modulus: &[u8]) -> Vec<u8> {
    let length = u16::try_from(modulus.len()).unwrap().to_be_bytes();
    let head = [0xa4, 1, 3, 3, 0x39, 1, 0, 0x20, 0x59];
    [&head[..], &length, modulus, &[0x21, 0x43, 1, 0, 1]].concat()
}

fn hex(digits: &str) -> Vec<u8> {
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

/// Message that a program of its own (OpenSSL) signed by an RSA key.
const SIGNED: &[u8] = b"signed by an older computer";
const MODULUS: &str = "\
    fb8208684432af5cd3896cd5b30802c31d1fa7bd2e7bbaafdcc988145ed93eae9c8121fc054c1b6a355c8d5e9bb45bf7\
    b161e9f6c6e9046ec7b7b382c59758cdb68bfad96e194f8db36090aef43b612cc801636344f1a2d261647109c6434837\
    6751fcfe0a102a6578e902ee58753b143f6dc5caf7741e39cf4c9d1904eb3e42931d35ec1aeb74bc1e60122445595500\
    fa2e46e12336e8fe534035f25f0db612e87a1489015ea38d23da63109f695d08f243390c39f0e3ec5f5506180bf09d79\
    4481d37a1ecab8ea30e8e4063146695b8b31e6d460532790d34986ddcff77fd62b561fb87ecb988dabbf92877fbf3bca\
    5262df897c6e5ecdd64eab06e6781c5d";
const BY_RSA: &str = "\
    bebb5f46cac64dc7a43bd72e574b0304efec88f0cfcbf4db7cda9c5f73b8b81bc9b84cbc51bff4e5de3f063fb22a54d0\
    4da510f059b8d934fe6a5875158829fd708d5efcd528bd1f3efafc90db6268cc8edc25f4aa85ad0574744445467d3491\
    fe3142fc1e990372d08a6ed94544ffa51f11c22cc39ed3b42d4053387bb9fb3702b9e66ef218a3af202ce4d1d917d5f9\
    b44234fc40ff81d5aab9958ebaf4ac635a7ed0433d2df4f17fb3557fda33cac03aa8739f54826755ebc2e89c419d044c\
    7d4dcbf49bbce7bc41b5848dd0eba845f68ca7426955785a2fb30dd85bbd719bab10dafce7a04c858fa3a9a8c09adb06\
    4efb34a23057764d35523da1dd5bc5b9";
