//! Members in FHIR: the Patient of a referral.

use std::collections::BTreeSet;
use std::fmt;

use domain::identifiers::{Cin, PersonName};
use domain::identity::Identity;
use jiff::civil::Date;

use super::element::Element;
use super::graph::Resource;
use super::referral::{day, whole_day};
use super::{CIN_SYSTEM, IssueKind, Issues};

/// The code system of what kind of number an identifier is, and its name before FHIR R4.
const TYPES: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";
const OLD_TYPES: &str = "http://hl7.org/fhir/v2/0203";

/// Member that a referral is about. It prints nothing of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct FhirMember {
    /// Client index number of the member.
    pub cin: Cin,
    /// Identity of the person whom the Patient describes.
    pub identity: Identity,
}

impl fmt::Debug for FhirMember {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("FhirMember(..)")
    }
}

/// Reads the referral's Patient.
pub(super) fn member(patient: &Resource<'_>, today: Date, issues: &mut Issues) -> Option<FhirMember> {
    patient.refuse_modifiers(issues);
    let said_dead = patient.boolean_of_choice("deceased", issues) == Some(true);
    if said_dead || patient.text_of_choice("deceased", "DateTime", issues).is_some() {
        issues.refuse::<()>(
            IssueKind::Deceased,
            patient.path("deceased"),
            "no referral can be made for somebody recorded as deceased",
        );
    }
    let cin = cin(patient, issues);
    let birth_date = match patient.text("birthDate", issues).map(whole_day) {
        Some(Some(day)) if day <= today => Some(day),
        Some(_) => issues.refuse(
            IssueKind::InvalidValue,
            patient.path("birthDate"),
            "the birth date must be a whole day that is not in the future",
        ),
        None => issues.refuse(
            IssueKind::Missing,
            patient.path("birthDate"),
            "the member's birth date is needed to be sure who is meant",
        ),
    };
    let name = current_name(patient, today, issues);
    let given = name.as_ref().and_then(|name| name.texts("given", issues).first().copied());
    let family = name.as_ref().and_then(|name| name.text("family", issues));
    let at = name.map_or_else(|| patient.path("name"), |name| name.at);
    let family_name = part_of_name(family, &format!("{at}.family"), issues);
    let given_name = part_of_name(given, &format!("{at}.given"), issues);
    Some(FhirMember {
        cin: cin?,
        identity: Identity { family_name: family_name?, given_name: given_name?, birth_date: birth_date? },
    })
}

/// A referrer who knows a person knows the name: without it a number and a birth date would be enough to find
/// somebody.
fn part_of_name(text: Option<&str>, at: &str, issues: &mut Issues) -> Option<PersonName> {
    let Some(text) = text else {
        return issues.refuse(
            IssueKind::Missing,
            at,
            "the member's family and given name are needed to be sure who is meant",
        );
    };
    PersonName::parse(text)
        .map_err(|error| issues.refuse::<()>(IssueKind::InvalidValue, at, error.to_string()))
        .ok()
}

/// The client index number is the member number of Medi-Cal (`MB`), the Medicaid number (`MA`), or under our
/// own system.
fn cin(patient: &Resource<'_>, issues: &mut Issues) -> Option<Cin> {
    let identifiers = patient.list("identifier", issues);
    let named: Vec<&Element<'_>> =
        identifiers.iter().filter(|identifier| names_a_member(identifier, issues)).collect();
    let numbers: BTreeSet<Cin> =
        named.iter().filter_map(|identifier| Cin::parse(identifier.text("value", issues)?).ok()).collect();
    let mut numbers = numbers.into_iter();
    match (numbers.next(), numbers.next(), named.first()) {
        (Some(cin), None, _) => Some(cin),
        (Some(_), Some(_), _) => issues.refuse(
            IssueKind::SeveralMeanings,
            patient.path("identifier"),
            "there are several client index numbers; send the member's current one and mark others with use `old`",
        ),
        (None, _, Some(identifier)) => issues.refuse(
            IssueKind::InvalidValue,
            identifier.path("value"),
            "this is no Medi-Cal client index number: a 9, seven digits and a letter",
        ),
        (None, _, None) => issues.refuse(
            IssueKind::Missing,
            patient.path("identifier"),
            format!(
                "the Medi-Cal client index number is missing; add an identifier of type MB ({TYPES}) or of system {CIN_SYSTEM}"
            ),
        ),
    }
}

/// True if an identifier that is in use is one that Medi-Cal knows the member by.
fn names_a_member(identifier: &Element<'_>, issues: &mut Issues) -> bool {
    let types = identifier.codings("type", issues);
    let by_type = types.iter().any(|coding| {
        [TYPES, OLD_TYPES].contains(&coding.system) && matches!(coding.code, Some("MB" | "MA"))
    });
    let by_system = identifier.text("system", issues) == Some(CIN_SYSTEM);
    (by_type || by_system) && identifier.text("use", issues) != Some("old")
}

/// The name in use: an official one before others, and none that has ended or was given up.
fn current_name<'a>(patient: &Resource<'a>, today: Date, issues: &mut Issues) -> Option<Element<'a>> {
    let mut names = Vec::new();
    for name in patient.list("name", issues) {
        let period = name.object("period", issues);
        let end = period.as_ref().and_then(|period| period.text("end", issues)).and_then(day);
        let order = match name.text("use", issues) {
            Some("old" | "maiden" | "temp" | "anonymous") => continue,
            Some("official") => 0,
            Some("usual") | None => 1,
            Some(_) => 2,
        };
        if end.is_none_or(|end| end >= today) {
            names.push((order, name));
        }
    }
    names.into_iter().min_by_key(|(order, _)| *order).map(|(_, name)| name)
}
