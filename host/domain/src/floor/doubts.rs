//! Warnings about a plan's profile: valid, and perhaps not what its author meant. Nothing is refused.

use super::Ground;
use crate::plan::types::Bilingual;
use crate::text::is_one_language;

/// The code of a doubt about a text whose Spanish is its English.
pub const ONE_LANGUAGE: &str = "one-language";

/// Fewest digits of a telephone number, with or without its area code.
const FEWEST_DIGITS: usize = 7;

/// A part of a profile that was perhaps not meant so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileDoubt {
    /// Code that never changes.
    pub code: &'static str,
    /// A JSON Pointer into the profile.
    pub at: String,
    /// Doubtful part, in a sentence.
    pub problem: String,
    /// Step to take if it was not meant.
    pub fix: String,
}

/// Every doubt about a profile, in its order.
#[must_use]
pub fn profile_doubts(ground: Ground<'_>) -> Vec<ProfileDoubt> {
    let mut doubts = languages(ground);
    doubts.extend(nothing_approved(ground));
    doubts.extend(unreachable_contacts(ground));
    doubts
}

fn languages(ground: Ground<'_>) -> Vec<ProfileDoubt> {
    let profile = ground.profile;
    let criteria = profile
        .criteria
        .iter()
        .enumerate()
        .map(|(place, one)| (format!("/criteria/{place}/text"), &one.text));
    let facts = profile
        .facts
        .iter()
        .enumerate()
        .map(|(place, one)| (format!("/facts/{place}/question"), &one.question));
    let needed = profile
        .requirements
        .iter()
        .enumerate()
        .map(|(place, one)| (format!("/requirements/{place}/text"), &one.text));
    let tables =
        profile.tables.iter().enumerate().map(|(place, one)| (format!("/tables/{place}/text"), &one.text));
    let in_one = |(_, text): &(String, &Bilingual)| is_one_language(text);
    let doubt = |(at, text): (String, &Bilingual)| ProfileDoubt {
        code: ONE_LANGUAGE,
        at: format!("{at}/es"),
        problem: format!("the Spanish is the English: \"{}\"", text.en),
        fix: "write it in Spanish".to_owned(),
    };
    criteria.chain(facts).chain(needed).chain(tables).filter(in_one).map(doubt).collect()
}

fn nothing_approved(ground: Ground<'_>) -> impl Iterator<Item = ProfileDoubt> {
    ground.profile.defaults.iter().enumerate().flat_map(|(place, default)| {
        let amounts = [
            ("days", Some(u32::from(default.days))),
            ("renewal_days", Some(u32::from(default.renewal_days))),
            ("units", default.units),
        ];
        amounts.into_iter().filter(|(_, amount)| *amount == Some(0)).map(move |(field, _)| ProfileDoubt {
            code: "nothing-approved",
            at: format!("/defaults/{place}/{field}"),
            problem: format!("`{field}` of {} is 0: an approval would give nothing", default.service),
            fix: "say how much is approved, or leave it out".to_owned(),
        })
    })
}

fn unreachable_contacts(ground: Ground<'_>) -> impl Iterator<Item = ProfileDoubt> {
    ground.profile.contacts.iter().enumerate().flat_map(|(place, contact)| {
        let digits = contact.phone.chars().filter(char::is_ascii_digit).count();
        let phone = (digits < FEWEST_DIGITS && !contact.phone.is_empty()).then(|| ProfileDoubt {
            code: "no-telephone-number",
            at: format!("/contacts/{place}/phone"),
            problem: format!("`{}` is no telephone number", contact.phone),
            fix: "write it with its area code, such as +15550100600".to_owned(),
        });
        let email = (!contact.email.contains('@') && !contact.email.is_empty()).then(|| ProfileDoubt {
            code: "no-mail-address",
            at: format!("/contacts/{place}/email"),
            problem: format!("`{}` is no mail address", contact.email),
            fix: "write it as desk@plan.example".to_owned(),
        });
        phone.into_iter().chain(email)
    })
}
