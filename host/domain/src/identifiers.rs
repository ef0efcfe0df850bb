//! Identifiers of people, organizations, codes and rows. Each is parsed once, at the edge, and is valid from
//! then on.
//!
//! Reading trims and upper-cases. What identifies a patient ([`Cin`], [`PersonName`]) or a taxpayer ([`Tin`])
//! has neither `Display` nor `Serialize` and prints nothing in `Debug`; who needs the text says so with
//! `expose`. No error quotes what it refused: people type a patient's number into the wrong field.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// Medi-Cal Client Index Number: a 9, seven digits and a letter; permanent (LA County DMH bulletin NGA
/// 12-041).
///
/// Also read from the 10 or 14 characters of a Benefits Identification Card, which begin with it (Santa Clara
/// County Medi-Cal handbook, "ID Card Format").
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cin(String);

/// Why a text is not a [`Cin`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CinError {
    /// Neither the number itself nor a card number.
    #[error("client index number must be 9 characters, or a card number of 10 or 14")]
    Length,
    /// Cards before 2003-03-26 carried the Social Security number, which must not be kept here.
    #[error(
        "client index number looks like a Social Security number; use the letter-ended number of a newer card"
    )]
    SocialSecurityNumber,
    /// Not a 9, seven digits and a letter.
    #[error("client index number must be a 9, seven digits and a letter")]
    Shape,
    /// Seven equal digits: typed to get past a form.
    #[error("client index number is a filler of seven equal digits")]
    Filler,
}

impl Cin {
    /// Reads a client index number or the card number that begins with it.
    ///
    /// # Errors
    /// When the text is neither; the error does not quote it.
    pub fn parse(text: &str) -> Result<Self, CinError> {
        let compact: String = text.split_whitespace().collect::<String>().to_ascii_uppercase();
        let digits = compact.bytes().filter(u8::is_ascii_digit).count();
        if digits >= 9
            && compact.bytes().filter(|byte| *byte != b'-').take(9).all(|byte| byte.is_ascii_digit())
        {
            return Err(CinError::SocialSecurityNumber);
        }
        if !compact.is_ascii() {
            return Err(CinError::Shape);
        }
        if ![9, 10, 14].contains(&compact.len()) {
            return Err(CinError::Length);
        }
        let (number, card) = compact.split_at(9);
        let bytes = number.as_bytes();
        let middle = &bytes[1..8];
        if bytes[0] != b'9'
            || !all_digits(middle)
            || !bytes[8].is_ascii_uppercase()
            || !all_digits(card.as_bytes())
        {
            return Err(CinError::Shape);
        }
        if middle.iter().all(|digit| *digit == middle[0]) {
            return Err(CinError::Filler);
        }
        Ok(Self(number.to_owned()))
    }

    /// The number itself, for the plan, the store and the screen.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The last letter, if it is one that is not said to be issued. Sources disagree (LA County DMH bulletin
    /// NGA 12-041 leaves out ten letters, a plan's exporter none), so it deserves a warning and no refusal.
    #[must_use]
    pub fn unusual_letter(&self) -> Option<char> {
        const ISSUED: &str = "ACDEFGHMNTUVWXYZ";
        self.0.chars().last().filter(|letter| !ISSUED.contains(*letter))
    }
}

/// A name of a person, as written: 1 to 80 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonName(String);

/// Why a text is not a [`PersonName`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PersonNameError {
    /// The name has nothing but spaces.
    #[error("name is empty")]
    Empty,
    /// More than 80 characters.
    #[error("name is longer than 80 characters")]
    TooLong,
    /// A line break, a tab or the like, or one that changes the order in which the others are shown.
    #[error("name holds a control or bidirectional character")]
    ControlCharacter,
}

impl PersonName {
    /// Reads a name; trims it and keeps its letters as they are.
    ///
    /// # Errors
    /// When it is empty, too long or holds a control or bidirectional character.
    pub fn parse(text: &str) -> Result<Self, PersonNameError> {
        let name = text.trim();
        if name.is_empty() {
            Err(PersonNameError::Empty)
        } else if name.chars().count() > 80 {
            Err(PersonNameError::TooLong)
        } else if !crate::text::is_plain_line(name) {
            Err(PersonNameError::ControlCharacter)
        } else {
            Ok(Self(name.to_owned()))
        }
    }

    /// The name itself, for the plan, the store and the screen.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Taxpayer identification number: nine digits, read with or without the hyphen after the second.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tin(String);

/// Why a text is not a [`Tin`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("taxpayer identification number must be nine digits")]
pub struct TinError;

impl Tin {
    /// Reads a number such as `12-3456789`.
    ///
    /// # Errors
    /// When it is not nine digits.
    pub fn parse(text: &str) -> Result<Self, TinError> {
        let text = text.trim();
        let digits = match text.split_once('-') {
            Some((prefix, rest)) if prefix.len() == 2 => format!("{prefix}{rest}"),
            _ => text.to_owned(),
        };
        if digits.len() == 9 && all_digits(digits.as_bytes()) { Ok(Self(digits)) } else { Err(TinError) }
    }

    /// The nine digits, for the claim and the store.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// For `#[serde(serialize_with = "domain::identifiers::exposed_cin::serialize")]`, or `with`, in the few
/// places where a client index number may leave: the plan's own records and files.
pub mod exposed_cin {
    use super::{Cin, Deserialize, Deserializer, Serializer};

    /// Writes the number.
    ///
    /// # Errors
    /// Only the serializer's own.
    pub fn serialize<S: Serializer>(cin: &Cin, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(cin.expose())
    }

    /// Reads the number.
    ///
    /// # Errors
    /// When the text is no client index number.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cin, D::Error> {
        Cin::deserialize(deserializer)
    }
}

/// As [`exposed_cin`], for a name.
pub mod exposed_name {
    use super::{Deserialize, Deserializer, PersonName, Serializer};

    /// Writes the name.
    ///
    /// # Errors
    /// Only the serializer's own.
    pub fn serialize<S: Serializer>(name: &PersonName, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(name.expose())
    }

    /// Reads the name.
    ///
    /// # Errors
    /// When the text is no name.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PersonName, D::Error> {
        PersonName::deserialize(deserializer)
    }
}

/// Gives a private text its parsing, a `Debug` without content and a `Deserialize` whose errors quote
/// nothing.
macro_rules! private_text {
    ($type:ident, $error:ident, $expected:literal) => {
        impl FromStr for $type {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, $error> {
                Self::parse(text)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(concat!(stringify!($type), "(..)"))
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                // Not `deserialize_str`, with which a JSON number is refused, and quoted, before the visitor
                // sees it.
                deserializer.deserialize_any(TextVisitor::<Self> { expected: $expected, parsed: PhantomData })
            }
        }
    };
}

private_text!(Cin, CinError, "a client index number as text");
private_text!(PersonName, PersonNameError, "a name as text");
private_text!(Tin, TinError, "a taxpayer identification number as text");

/// Reads a text that parses. Serde's own message for a number in its place would quote the number.
struct TextVisitor<T> {
    expected: &'static str,
    parsed: PhantomData<T>,
}

impl<T> TextVisitor<T> {
    fn refuse<E: de::Error>(&self) -> Result<T, E> {
        Err(E::custom(format_args!("expected {}", self.expected)))
    }
}

impl<T> Visitor<'_> for TextVisitor<T>
where
    T: FromStr,
    T::Err: fmt::Display,
{
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.expected)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<T, E> {
        self.refuse()
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<T, E> {
        self.refuse()
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<T, E> {
        self.refuse()
    }

    fn visit_bytes<E: de::Error>(self, _: &[u8]) -> Result<T, E> {
        self.refuse()
    }
}

/// National Provider Identifier: ten digits, the first 1 or 2, the last a Luhn check digit over `80840` and
/// the rest (CMS, "Requirements for NPI and NPI check digit").
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Npi(String);

/// Why a text is not an [`Npi`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NpiError {
    /// Not ten digits that begin with 1 or 2.
    #[error("national provider identifier must be ten digits that begin with 1 or 2")]
    Shape,
    /// A digit is wrong or two are swapped.
    #[error("national provider identifier has a wrong check digit")]
    CheckDigit,
}

impl FromStr for Npi {
    type Err = NpiError;

    fn from_str(text: &str) -> Result<Self, NpiError> {
        let text = text.trim();
        if text.len() != 10 || !all_digits(text.as_bytes()) || !text.starts_with(['1', '2']) {
            return Err(NpiError::Shape);
        }
        // What the prefix 80840 adds to the sum.
        const PREFIX: u32 = 24;
        let sum: u32 = text
            .bytes()
            .rev()
            .enumerate()
            .map(|(place, digit)| {
                let digit = u32::from(digit - b'0');
                if place % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { digit }
            })
            .sum();
        if (PREFIX + sum).is_multiple_of(10) { Ok(Self(text.to_owned())) } else { Err(NpiError::CheckDigit) }
    }
}

/// HCPCS Level II code: a letter and four digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hcpcs(String);

/// The text is not a [`Hcpcs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("procedure code must be a letter and four digits")]
pub struct HcpcsError;

impl FromStr for Hcpcs {
    type Err = HcpcsError;

    fn from_str(text: &str) -> Result<Self, HcpcsError> {
        let code = text.trim().to_ascii_uppercase();
        match code.as_bytes() {
            [letter, digits @ ..]
                if letter.is_ascii_uppercase() && digits.len() == 4 && all_digits(digits) =>
            {
                Ok(Self(code))
            }
            _ => Err(HcpcsError),
        }
    }
}

/// HCPCS modifier: two letters or digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Modifier(String);

/// The text is not a [`Modifier`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("modifier must be two letters or digits")]
pub struct ModifierError;

impl FromStr for Modifier {
    type Err = ModifierError;

    fn from_str(text: &str) -> Result<Self, ModifierError> {
        let modifier = text.trim().to_ascii_uppercase();
        if modifier.len() == 2 && modifier.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            Ok(Self(modifier))
        } else {
            Err(ModifierError)
        }
    }
}

/// ICD-10-CM diagnosis code, kept without its dot. A patient has it, so `Debug` prints nothing.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Icd10(String);

/// The text is not an [`Icd10`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("diagnosis code must be a letter, a digit and a letter or digit, then a dot and up to four more")]
pub struct Icd10Error;

impl Icd10 {
    /// The code without its dot, as ASC X12 files carry it: `Z5900`.
    #[must_use]
    pub fn expose_without_dot(&self) -> &str {
        &self.0
    }
}

impl FromStr for Icd10 {
    type Err = Icd10Error;

    fn from_str(text: &str) -> Result<Self, Icd10Error> {
        let text = text.trim().to_ascii_uppercase();
        let compact = match text.split_once('.') {
            Some((category, rest)) if category.len() == 3 && !rest.is_empty() => format!("{category}{rest}"),
            Some(_) => return Err(Icd10Error),
            None => text,
        };
        match compact.as_bytes() {
            [letter, digit, rest @ ..]
                if letter.is_ascii_uppercase()
                    && digit.is_ascii_digit()
                    && (1..=5).contains(&rest.len())
                    && rest.iter().all(u8::is_ascii_alphanumeric) =>
            {
                Ok(Self(compact))
            }
            _ => Err(Icd10Error),
        }
    }
}

/// As people write it: `Z59.00`.
impl fmt::Display for Icd10 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.split_at(3) {
            (category, "") => formatter.write_str(category),
            (category, rest) => write!(formatter, "{category}.{rest}"),
        }
    }
}

impl fmt::Debug for Icd10 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Icd10(..)")
    }
}

/// A county, as the three-letter code of the dictionary's list.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct County(String);

/// The text is not a [`County`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("county must be a code of three letters")]
pub struct CountyError;

impl FromStr for County {
    type Err = CountyError;

    fn from_str(text: &str) -> Result<Self, CountyError> {
        let code = text.trim().to_ascii_uppercase();
        if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
            Ok(Self(code))
        } else {
            Err(CountyError)
        }
    }
}

/// A plan, as the slug by which this host knows it: `valle-vista`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlanId(String);

/// The text is not a [`PlanId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("plan id must be 1 to 40 lower-case letters, digits and inner hyphens")]
pub struct PlanIdError;

impl FromStr for PlanId {
    type Err = PlanIdError;

    fn from_str(text: &str) -> Result<Self, PlanIdError> {
        let slug = text.trim();
        let fits = (1..=40).contains(&slug.len())
            && slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !slug.starts_with('-')
            && !slug.ends_with('-');
        if fits { Ok(Self(slug.to_owned())) } else { Err(PlanIdError) }
    }
}

/// Gives a public text its view as `&str`, its `Display` and its `Debug`.
macro_rules! public_text {
    ($($type:ident),+) => {$(
        impl $type {
            /// Text of the identifier.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!(stringify!($type), "({})"), self.0)
            }
        }
    )+};
}

public_text!(Npi, Hcpcs, Modifier, County, PlanId);

/// SHA-256 of some bytes. Text: 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

/// The text is not a [`Digest`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("digest must be 64 hexadecimal digits")]
pub struct DigestError;

impl Digest {
    /// The digest of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The digest of all parts together, one behind the other.
    #[must_use]
    pub fn of_parts(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        parts.iter().for_each(|part| hash.update(part));
        Self(hash.finalize().into())
    }

    /// The digest that these 32 bytes are.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes themselves.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Bytes with their digest, which is computed once. Only [`Hashed::of`] makes one: the two belong together.
#[derive(Clone)]
pub struct Hashed<B> {
    bytes: B,
    digest: Digest,
}

impl<B: AsRef<[u8]>> Hashed<B> {
    /// The bytes, and the digest of them.
    #[must_use]
    pub fn of(bytes: B) -> Self {
        let digest = Digest::of(bytes.as_ref());
        Self { bytes, digest }
    }

    /// Bytes that were hashed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.as_ref()
    }

    /// Digest of the bytes.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let text = text.trim().as_bytes();
        if text.len() != 64 {
            return Err(DigestError);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
            *byte = hex_value(pair[0])? << 4 | hex_value(pair[1])?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Digest({self})")
    }
}

/// The text is not an id of this kind of row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("id must be {prefix}_ and 32 lower-case hexadecimal digits")]
pub struct RowIdError {
    prefix: &'static str,
}

/// Makes the id of one kind of row: a UUID, written with a prefix so that no kind is taken for another.
macro_rules! row_ids {
    ($($(#[$doc:meta])* $type:ident = $prefix:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(Uuid);

        impl $type {
            /// The id that this UUID stands for.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// UUID of the row.
            #[must_use]
            pub const fn uuid(&self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!($prefix, "_{}"), self.0.simple())
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, formatter)
            }
        }

        impl FromStr for $type {
            type Err = RowIdError;

            fn from_str(text: &str) -> Result<Self, RowIdError> {
                text.strip_prefix(concat!($prefix, "_"))
                    .filter(|hex| hex.len() == 32 && !hex.bytes().any(|byte| byte.is_ascii_uppercase()))
                    .and_then(|hex| Uuid::try_parse(hex).ok())
                    .map(Self)
                    .ok_or(RowIdError { prefix: $prefix })
            }
        }

        text_in_json!($type);
    )+};
}

/// Writes a type to JSON by its `Display` and reads it by its `FromStr`.
macro_rules! text_in_json {
    ($($type:ident),+) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(TextVisitor::<Self> { expected: "text", parsed: PhantomData })
            }
        }
    )+};
}

text_in_json!(Npi, Hcpcs, Modifier, Icd10, County, PlanId, Digest);

row_ids! {
    /// An organization: a provider, a plan or a county.
    OrgId = "org";
    /// An access key of an organization.
    KeyId = "key";
    /// A person's account of an organization.
    AccountId = "acc";
    /// An invitation to an account.
    InvitationId = "inv";
    /// An authenticator, a recovery code or a passkey of an account.
    CredentialId = "crd";
    /// An identity provider of an organization.
    IdentityProviderId = "idp";
    /// A person of an identity provider who opens an account.
    IdentityLinkId = "idl";
    /// A session of a person who signed in.
    SessionId = "ses";
    /// A member of a plan.
    MemberId = "mem";
    /// A referral, authorization, claim or application.
    CaseId = "case";
    /// One answer of a plugin, with what it was asked.
    EvaluationId = "dec";
    /// One event in a case's history.
    EventId = "evt";
    /// One clock of a case.
    DeadlineId = "ddl";
    /// One entry of the audit trail.
    AuditId = "aud";
    /// One uploaded member file.
    RosterId = "ros";
    /// A key that a plan signs its plugins with.
    SigningKeyId = "sgn";
    /// One entry in the history of a plan's work on a case.
    WorkStepId = "wst";
    /// One notice to an organization.
    NoticeId = "ntc";
    /// One transfer of a plan to a provider.
    RemittanceId = "rem";
    /// One entry of the ledger of payments.
    PaymentId = "pay";
    /// One activation of a plugin.
    ActivationId = "act";
    /// Receipt of one conformance run of a plugin.
    ReceiptId = "rcp";
    /// One comparison of a candidate with what a plan's plugins decided.
    ShadowRunId = "shr";
    /// One member's days with one plan.
    CoverageId = "cov";
    /// One contract of a provider with a plan.
    ContractId = "con";
    /// One document that was uploaded.
    DocumentId = "doc";
    /// One conflict about who a person is or who covers one.
    ConflictId = "idc";
}

fn all_digits(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_digit)
}

fn hex_value(digit: u8) -> Result<u8, DigestError> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok()).ok_or(DigestError)
}

#[cfg(test)]
mod tests;
