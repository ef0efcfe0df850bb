//! Members: who they are and how to reach them.

use domain::identifiers::{Cin, PersonName};
use domain::identity::Identity;
use domain::problem::Code;
use domain::sight::Sight;
use serde::Deserialize;
use utoipa::ToSchema;
use workflow::command::{Address, Contact, MemberRef, NewMember, Residence};

use super::{Input, Reader};

/// A member that the caller serves.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewMember)]
pub(crate) struct NewMemberBody {
    /// Client Index Number: a 9, seven digits and a letter.
    #[schema(example = "91234567A")]
    cin: String,
    /// Family name as it stands on the member's card.
    #[schema(max_length = 80)]
    family_name: String,
    /// Given name as it stands on the member's card.
    #[schema(max_length = 80)]
    given_name: String,
    /// Day of birth, YYYY-MM-DD.
    #[schema(format = Date)]
    birth_date: String,
    /// Purpose of the look: `treatment`, `payment`, `operations` or `care-coordination`. It is kept.
    #[schema(example = "care-coordination")]
    purpose: String,
    /// Code of the county in which the member lives, such as `SRV`.
    #[schema(example = "SAC")]
    county: String,
    /// BCP 47 tag of the preferred language; `en` if not said.
    #[schema(example = "es")]
    language: Option<String>,
    /// Telephone number in E.164, such as `+15305550142`.
    #[schema(example = "+15305550142")]
    phone: Option<String>,
    /// Street address at which the member lives.
    address: Option<AddressBody>,
    /// True for a member without a fixed address; then there is no `address`.
    no_fixed_address: Option<bool>,
    /// True to keep somebody of whom no plan's file tells yet: nobody but you is shown the person, until a
    /// file does.
    provisional: Option<bool>,
}

/// Somebody as a page's form names them.
pub(crate) struct TypedMember<'a> {
    /// Number of the card.
    pub(crate) cin: &'a str,
    /// Day of birth, as it was typed.
    pub(crate) birth_date: &'a str,
    /// Family name, as it was typed.
    pub(crate) family_name: &'a str,
    /// Given name, as it was typed.
    pub(crate) given_name: &'a str,
    /// Code of the county.
    pub(crate) county: &'a str,
    /// Tag of the language; empty where none was chosen.
    pub(crate) language: &'a str,
}

impl NewMemberBody {
    /// The body that a form makes, for a purpose.
    pub(crate) fn of(told: &TypedMember<'_>, purpose: &str, provisional: bool) -> Self {
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        Self {
            cin: line(told.cin),
            family_name: line(told.family_name),
            given_name: line(told.given_name),
            birth_date: line(told.birth_date),
            purpose: purpose.to_owned(),
            county: told.county.to_owned(),
            language: Some(told.language.to_owned()).filter(|tag| !tag.is_empty()),
            phone: None,
            address: None,
            no_fixed_address: None,
            provisional: Some(provisional),
        }
    }
}

/// A street address in the United States.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Address)]
pub(crate) struct AddressBody {
    /// House number and street, with the unit.
    #[schema(max_length = 120)]
    line: String,
    /// Name of the city.
    #[schema(max_length = 60)]
    city: String,
    /// ZIP code, five digits or nine.
    #[schema(example = "95999")]
    zip: String,
}

/// Telephone and address of a member. A field that is absent or null stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ContactChange)]
pub(crate) struct ContactBody {
    /// Telephone number in E.164, such as `+15305550142`.
    phone: Option<String>,
    /// Street address at which the member lives.
    address: Option<AddressBody>,
    /// True for a member without a fixed address; then there is no `address`.
    no_fixed_address: Option<bool>,
}

/// Telephone and home as a page's form names them; what is empty is not said.
pub(crate) struct Reached<'a> {
    /// Telephone number, as it was typed.
    pub(crate) telephone: &'a str,
    /// House number and street, as they were typed.
    pub(crate) street: &'a str,
    /// Name of the city, as it was typed.
    pub(crate) city: &'a str,
    /// ZIP code, as it was typed.
    pub(crate) zip: &'a str,
    /// True where it is said that there is no fixed address.
    pub(crate) has_no_home: bool,
}

impl ContactBody {
    /// The body that a form makes.
    pub(crate) fn of(reached: &Reached<'_>) -> Self {
        let Reached { telephone, street, city, zip, has_no_home } = *reached;
        let has_home = [street, city, zip].iter().any(|text| !text.is_empty());
        let address = AddressBody { line: street.to_owned(), city: city.to_owned(), zip: zip.to_owned() };
        Self {
            phone: Some(telephone.to_owned()).filter(|text| !text.is_empty()),
            address: has_home.then_some(address),
            no_fixed_address: has_no_home.then_some(true),
        }
    }
}

/// Reference to the member whom a case is about: `id` alone, or `cin`, `birth_date`, `family_name` and
/// `given_name` together, as whoever met the person knows them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MemberRef)]
pub(crate) struct MemberRefBody {
    /// The member's id here.
    pub(crate) id: Option<String>,
    /// Client Index Number: a 9, seven digits and a letter.
    pub(crate) cin: Option<String>,
    /// Day of birth, YYYY-MM-DD.
    #[schema(format = Date)]
    pub(crate) birth_date: Option<String>,
    /// Family name. A slip of the pen is no other name.
    #[schema(min_length = 1, max_length = 80)]
    pub(crate) family_name: Option<String>,
    /// Given name as it stands on the member's card.
    #[schema(min_length = 1, max_length = 80)]
    pub(crate) given_name: Option<String>,
}

/// Looks for a member by number. The number is in the body because addresses are logged on their way.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MemberSearch)]
pub(crate) struct SearchBody {
    /// Client Index Number: a 9, seven digits and a letter.
    #[schema(example = "91234567A")]
    cin: String,
    /// Purpose of the look: `treatment`, `payment`, `operations` or `care-coordination`. It is kept.
    #[schema(example = "care-coordination")]
    purpose: String,
}

impl Input for NewMemberBody {
    type Command = NewMember;

    fn read(self, reader: &mut Reader) -> Option<NewMember> {
        let cin = cin(reader, "/cin", &self.cin);
        let family_name: Option<PersonName> =
            reader.parsed("/family_name", &self.family_name, "send 1 to 80 characters");
        let given_name: Option<PersonName> =
            reader.parsed("/given_name", &self.given_name, "send 1 to 80 characters");
        let birth_date = reader.birth_date("/birth_date", &self.birth_date);
        let county = reader.county("/county", &self.county);
        let language = language(reader, "/language", self.language.as_deref().unwrap_or("en"));
        let contact = contact(reader, self.phone, self.address, self.no_fixed_address);
        let purpose = purpose(reader, "/purpose", &self.purpose);
        Some(NewMember {
            purpose: purpose?,
            cin: cin?,
            family_name: family_name?,
            given_name: given_name?,
            birth_date: birth_date?,
            county: county?,
            language: language?,
            contact: contact?,
            provisional: self.provisional.unwrap_or(false),
        })
    }
}

impl Input for ContactBody {
    type Command = Contact;

    fn read(self, reader: &mut Reader) -> Option<Contact> {
        contact(reader, self.phone, self.address, self.no_fixed_address)
    }
}

impl Input for SearchBody {
    type Command = (Cin, String);

    fn read(self, reader: &mut Reader) -> Option<(Cin, String)> {
        let cin = cin(reader, "/cin", &self.cin);
        let purpose = purpose(reader, "/purpose", &self.purpose);
        Some((cin?, purpose?))
    }
}

/// Reads the purpose of a look-up.
fn purpose(reader: &mut Reader, at: &str, id: &str) -> Option<String> {
    let known = Sight::state().purposes().iter().map(|purpose| purpose.id.as_str());
    reader.known(at, id, "purpose", known)
}

impl MemberRefBody {
    /// Reads which member is meant.
    pub(crate) fn read(self, reader: &mut Reader, at: &str) -> Option<MemberRef> {
        let told = [&self.cin, &self.birth_date, &self.family_name, &self.given_name];
        match self.id {
            Some(id) if told.iter().all(|part| part.is_none()) => {
                let id = reader.parsed(&format!("{at}/id"), &id, "send the id of POST /v1/members");
                id.map(MemberRef::Id)
            }
            None if told.iter().any(|part| part.is_some()) => self.known(reader, at),
            _ => reader.refuse(
                at,
                Code::OneOf,
                "the member is named neither by id alone nor by number, birth date and name",
                "send either id, or cin, birth_date, family_name and given_name",
            ),
        }
    }

    /// The number, and what shows that the person is known. Each part that is missing is named.
    fn known(self, reader: &mut Reader, at: &str) -> Option<MemberRef> {
        let mut part = |name: &str, text: Option<String>| {
            let at = format!("{at}/{name}");
            match text {
                Some(text) => Some((at, text)),
                None => reader.refuse(
                    &at,
                    Code::MissingField,
                    "who names a member by number says birth date and name, too",
                    "send cin, birth_date, family_name and given_name, or the id of a member that you see",
                ),
            }
        };
        let number = part("cin", self.cin);
        let born = part("birth_date", self.birth_date);
        let family = part("family_name", self.family_name);
        let given = part("given_name", self.given_name);
        let number = number.and_then(|(at, text)| cin(reader, &at, &text));
        let birth_date = born.and_then(|(at, text)| reader.birth_date(&at, &text));
        let family_name = family.and_then(|(at, text)| reader.parsed(&at, &text, "send 1 to 80 characters"));
        let given_name = given.and_then(|(at, text)| reader.parsed(&at, &text, "send 1 to 80 characters"));
        Some(MemberRef::Known(
            number?,
            Identity { family_name: family_name?, given_name: given_name?, birth_date: birth_date? },
        ))
    }
}

pub(crate) fn cin(reader: &mut Reader, at: &str, text: &str) -> Option<Cin> {
    reader.parsed(at, text, "copy the number from the member's Benefits Identification Card")
}

fn contact(
    reader: &mut Reader,
    phone: Option<String>,
    address: Option<AddressBody>,
    no_fixed_address: Option<bool>,
) -> Option<Contact> {
    let phone = reader.optional(phone, |reader, text| telephone(reader, "/phone", &text));
    let residence = match (address, no_fixed_address) {
        (Some(_), Some(true)) => reader.refuse(
            "/no_fixed_address",
            Code::NotWithThis,
            "there is an address, and it is said that there is none",
            "send one of the two",
        ),
        (Some(body), _) => {
            address_of(reader, "/address", &body).map(|address| Some(Residence::Address(address)))
        }
        (None, Some(true)) => Some(Some(Residence::NoFixedAddress)),
        (None, Some(false) | None) => Some(None),
    };
    Some(Contact { phone: phone?, residence: residence? })
}

fn address_of(reader: &mut Reader, at: &str, body: &AddressBody) -> Option<Address> {
    let line = reader.line(&format!("{at}/line"), &body.line, 120);
    let city = reader.line(&format!("{at}/city"), &body.city, 60);
    let zip = zip(reader, &format!("{at}/zip"), body.zip.trim());
    Some(Address { line: line?, city: city?, zip: zip? })
}

fn zip(reader: &mut Reader, at: &str, text: &str) -> Option<String> {
    let is_digits =
        |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = match text.split_once('-') {
        Some((five, four)) => is_digits(five, 5) && is_digits(four, 4),
        None => is_digits(text, 5),
    };
    if !fits {
        return reader.refuse(
            at,
            Code::InvalidValue,
            "this is no ZIP code",
            "send five digits, or nine as 95999-0001",
        );
    }
    Some(text.to_owned())
}

/// A North American number, or an international one with its plus, as E.164.
fn telephone(reader: &mut Reader, at: &str, text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_written_so =
        text.chars().all(|character| character.is_ascii_digit() || "+-.() ".contains(character));
    let number = match (text.trim().starts_with('+'), digits.len()) {
        (true, 8..=15) => Some(format!("+{digits}")),
        (false, 10) => Some(format!("+1{digits}")),
        (false, 11) if digits.starts_with('1') => Some(format!("+{digits}")),
        _ => None,
    };
    number.filter(|_| is_written_so).or_else(|| {
        reader.refuse(
            at,
            Code::InvalidValue,
            "this is no telephone number",
            "send ten digits, or + and the country's code",
        )
    })
}

/// Reads the tag of a language.
pub(crate) fn language(reader: &mut Reader, at: &str, tag: &str) -> Option<String> {
    let mut parts = tag.split('-');
    let fits = parts.next().is_some_and(|part| {
        (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_lowercase())
    }) && parts
        .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        && tag.len() <= 35;
    if !fits {
        return reader.refuse(
            at,
            Code::InvalidValue,
            "this is no BCP 47 tag",
            "send a tag such as en, es or zh-Hant",
        );
    }
    Some(tag.to_owned())
}
