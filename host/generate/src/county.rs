//! Organizations of the county: its plans and providers, each with a key and the accounts of its people.

use domain::account::{Rights, Role as AccountRole, Side, State as AccountState};
use domain::case::Language;
use domain::counties::KnownCounty;
use domain::identifiers::{self, AccountId, Digest, KeyId, Npi, OrgId, PersonName, PlanId};
use domain::organization::State;
use domain::plan::types::Bilingual;
use jiff::Timestamp;
use store::accounts::Account;
use store::auth::{Key, Role};
use store::organizations::{Organization, OrganizationKind};
use store::{Statement, Unit};

use crate::dice::{Dice, Of};
use crate::people::{FAMILY_NAMES, GIVEN_NAMES};
use crate::{MadeKey, Span, Wanted};

/// Codes and names of the two invented counties in which the members live.
pub(crate) const COUNTIES: [(&str, &str); 2] = [("SRV", "San Ravel"), ("LDM", "Loma del Mar")];
/// Providers of the smallest county, and of the largest: one for each [`CASES_OF_A_PROVIDER`] between.
const FEWEST_PROVIDERS: u64 = 8;
const MOST_PROVIDERS: u64 = 400;
const CASES_OF_A_PROVIDER: u64 = 2_500;
/// First nine digits of the first provider's NPI.
const FIRST_NPI: u64 = 190_000_000;
/// People with an account, of a plan and of a provider.
const PEOPLE_OF_A_PLAN: u64 = 12;
const PEOPLE_OF_A_PROVIDER: u64 = 3;
/// Instances of words for the providers' names.
const PLACES: [&str; 8] =
    ["Alder Street", "Mesa Verde", "Open Door", "Harbor", "Dry Creek", "Sunrise", "Old Mill", "North Fork"];
const SORTS: [(&str, &str); 4] = [
    ("Street Medicine", "street-medicine"),
    ("Community Clinic", "fqhc"),
    ("Housing Partners", "street-medicine"),
    ("Recuperative Care", "recuperative-care"),
];

/// Organizations between which the cases are.
pub(crate) struct County {
    /// The plans' organizations, in the order of the mix.
    pub(crate) plans: Vec<OrgId>,
    pub(crate) providers: Vec<OrgId>,
    /// Names of the providers, in the same order.
    pub(crate) names: Vec<String>,
}

/// The organization whose people and key are made.
struct Enrolled {
    id: OrgId,
    name: String,
    plan: Option<PlanId>,
}

impl County {
    /// The county, a key of each organization, and the unit that writes all of it.
    pub(crate) fn of(
        wanted: &Wanted,
        span: &Span,
        secret: &(dyn Fn() -> String + Sync),
    ) -> (Self, Vec<MadeKey>, Unit) {
        let mut dice = Dice::of(wanted.seed, Of::County, 0);
        let (mut statements, mut keys) = (Vec::new(), Vec::new());
        let mut county = Self { plans: Vec::new(), providers: Vec::new(), names: Vec::new() };
        for plan in wanted.plans.ids() {
            let name = format!("{} Health Plan", titled(plan.as_str()));
            let organization = organization(&mut dice, span.begins, name, Some(plan.clone()), None);
            county.plans.push(organization.id);
            statements.push(store::organizations::insert(&organization));
            let enrolled = Enrolled { id: organization.id, name: organization.name, plan: organization.plan };
            keys.push(enrolled.enroll(&mut dice, span.begins, secret(), &mut statements));
        }
        let providers = (wanted.cases / CASES_OF_A_PROVIDER).clamp(FEWEST_PROVIDERS, MOST_PROVIDERS);
        for number in 0..providers {
            let (sort, kind) = *dice.pick(&SORTS);
            let name = format!("{} {sort} {}", dice.pick(&PLACES), number + 1);
            let organization = organization(&mut dice, span.begins, name, None, Some((number, kind)));
            county.providers.push(organization.id);
            county.names.push(organization.name.clone());
            statements.push(store::organizations::insert(&organization));
            let enrolled = Enrolled { id: organization.id, name: organization.name, plan: None };
            keys.push(enrolled.enroll(&mut dice, span.begins, secret(), &mut statements));
        }
        if let Some(first) = county.plans.first() {
            statements.extend(COUNTIES.map(|(code, name)| {
                let known = KnownCounty {
                    code: code.parse().expect("the codes have three letters"),
                    name: Bilingual { en: name.to_owned(), es: name.to_owned() },
                    region: "invented".to_owned(),
                    state: None,
                };
                store::counties::insert(&known, span.begins, *first)
            }));
        }
        (county, keys, Unit::of(statements))
    }
}

impl Enrolled {
    /// Adds a key and the accounts of the organization's people.
    fn enroll(
        self,
        dice: &mut Dice,
        at: Timestamp,
        secret: String,
        statements: &mut Vec<Statement>,
    ) -> MadeKey {
        let is_plan = self.plan.is_some();
        let key = Key {
            id: KeyId::from_uuid(dice.id(at)),
            organization: self.id,
            role: if is_plan { Role::PlanReviewer } else { Role::Provider },
            label: "generated".to_owned(),
            license: None,
            manages_keys: true,
            created_at: at,
            revoked_at: None,
            expires_at: None,
            last_used_at: None,
            replaces: None,
        };
        statements.push(store::auth::insert(&key, &Digest::of(secret.as_bytes())));
        let people = if is_plan { PEOPLE_OF_A_PLAN } else { PEOPLE_OF_A_PROVIDER };
        statements.extend((0..people).map(|number| {
            let account = self.account(dice, at, number);
            store::accounts::insert(&account)
        }));
        MadeKey { organization: self.id, plan: self.plan, secret }
    }

    /// An account of one of its people. The first administers the others. The addresses are of a domain that
    /// nobody can have (RFC 2606), and nobody signs in: there is no invitation.
    fn account(&self, dice: &mut Dice, at: Timestamp, number: u64) -> Account {
        let name = format!("{} {}", dice.pick(&GIVEN_NAMES), dice.pick(&FAMILY_NAMES));
        let label: String = self.name.to_lowercase().replace(' ', "-");
        let email = format!("person-{number}@{label}.example");
        let (side, roles) = match self.plan {
            Some(_) => (Side::Plan, vec![AccountRole::PlanOperations, AccountRole::Analyst]),
            None => (Side::Provider, vec![AccountRole::Coordinator, AccountRole::Biller]),
        };
        Account {
            id: AccountId::from_uuid(dice.id(at)),
            organization: self.id,
            name: Some(PersonName::parse(&name).expect("the names are words")),
            email: Some(email.parse().expect("the address is made of letters, digits and hyphens")),
            language: if dice.in_hundred(30) { Language::Es } else { Language::En },
            rights: Rights::of(side, roles, None, number == 0).expect("the roles are of this side"),
            state: AccountState::Active { since: at },
            created_at: at,
            version: 1,
        }
    }
}

/// A plan, or a provider with its number and kind.
fn organization(
    dice: &mut Dice,
    at: Timestamp,
    name: String,
    plan: Option<PlanId>,
    provider: Option<(u64, &str)>,
) -> Organization {
    let kind = if plan.is_some() { OrganizationKind::Plan } else { OrganizationKind::Provider };
    let counties: [identifiers::County; 2] =
        COUNTIES.map(|(code, _)| code.parse().expect("the codes have three letters"));
    Organization {
        id: OrgId::from_uuid(dice.id(at)),
        kind,
        name,
        npi: provider.map(|(number, _)| npi(FIRST_NPI + number)),
        plan,
        provider_kinds: provider.map(|(_, kind)| kind.to_owned()).into_iter().collect(),
        taxonomies: Vec::new(),
        counties: counties.to_vec(),
        created_at: at,
        state: State::Active,
        version: 1,
    }
}

/// The NPI with these nine digits and the check digit that follows from them.
fn npi(nine: u64) -> Npi {
    let with = |digit: u64| (nine * 10 + digit).to_string().parse::<Npi>().ok();
    (0..10).find_map(with).expect("one of ten check digits is right")
}

/// A slug as a name: `valle-vista` is `Valle Vista`.
fn titled(slug: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
            .unwrap_or_default()
    };
    slug.split('-').map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{FIRST_NPI, MOST_PROVIDERS, npi, titled};

    #[test]
    fn every_provider_has_a_number_with_its_check_digit() {
        let numbers: std::collections::BTreeSet<String> =
            (0..MOST_PROVIDERS).map(|number| npi(FIRST_NPI + number).to_string()).collect();
        assert_eq!(numbers.len(), 400);
    }

    #[test]
    fn a_slug_becomes_a_name() {
        assert_eq!(titled("valle-vista"), "Valle Vista");
    }
}
