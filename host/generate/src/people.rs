//! Members of the county and their coverage.
//!
//! A person follows from the seed and a number, so that a case needs no list of all of them.

use std::collections::BTreeMap;
use std::ops::Range;

use domain::identifiers::{Cin, CoverageId, Digest, MemberId, PersonName, PlanId, RosterId};
use domain::time::pacific_day;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use store::members::Address;
use store::rosters::{self, Place, PlacedRow, Roster, RosterRow, Sifted};
use store::{Statement, Unit};

use crate::county::COUNTIES;
use crate::dice::{Dice, Of};
use crate::{DAYS, MadeMember, Span, Wanted};

/// Cases of a person who has any, on average: of five people, two have cases.
const CASES_OF_A_PERSON: u64 = 5;
/// Days at both ends of the two years on which nobody changes plans.
const QUIET_DAYS: u64 = 60;
/// Numbers of seven digits.
const NUMBERS: u64 = 10_000_000;
/// Step from one person's number to the next. It has no factor in common with the count of numbers that are
/// no fillers, so it comes to each of them once.
const STRIDE: u64 = 7_654_321;
/// Distance of two numbers of seven equal digits, which are fillers and nobody's.
const FILLERS: u64 = 1_111_111;
/// Letters that are issued.
const LETTERS: &[u8] = b"ACDEFGHMNTUVWXYZ";
/// Report of a member file of which nothing is told row by row.
const REPORT: &str = r#"{"rows":0,"accepted":0,"refused":[],"warnings":[],"columns_kept_aside":[],"columns_left_out":[],
    "read_as":{"kind":"text","encoding":"utf-8","separator":",","sheet":null,"header_row":1}}"#;
/// Members that are told to whoever asked for the county.
const SOME: u64 = 1_000;

pub(crate) const GIVEN_NAMES: [&str; 24] = [
    "Alba", "Amir", "Beatriz", "Carlos", "Chen", "Dolores", "Elena", "Farid", "Gloria", "Hector", "Imani",
    "Jamal", "Kiri", "Linh", "Luz", "Marisol", "Mateo", "Nadia", "Oscar", "Paloma", "Quyen", "Rosa", "Samir",
    "Teresa",
];
pub(crate) const FAMILY_NAMES: [&str; 24] = [
    "Abara",
    "Benitez",
    "Castellan",
    "Delgado",
    "Espinar",
    "Faroukh",
    "Galvan",
    "Huang",
    "Ibarra",
    "Jaramillo",
    "Kimura",
    "Lozano",
    "Mendiola",
    "Nguyen",
    "Ochoa",
    "Parvin",
    "Quintero",
    "Rosales",
    "Serrano",
    "Tran",
    "Urbina",
    "Valdivia",
    "Whitfield",
    "Ybarra",
];
/// Languages and how many of a hundred speak them.
const LANGUAGES: [(&str, u64); 5] = [("en", 52), ("es", 36), ("vi", 5), ("zh", 4), ("tl", 3)];

/// Everybody of the county.
pub(crate) struct People<'w> {
    wanted: &'w Wanted,
    span: &'w Span,
    count: u64,
}

/// A member. Has no `Debug`: it looks like a person.
pub(crate) struct Person {
    pub(crate) id: MemberId,
    cin: Cin,
    family_name: PersonName,
    given_name: PersonName,
    birth_date: Date,
    county: &'static str,
    language: &'static str,
    phone: String,
    address: Address,
    /// One span, or two of those who changed plans; in order.
    covered: Vec<Covered>,
}

/// Days of a person with a plan.
struct Covered {
    id: CoverageId,
    /// Place of the plan in the mix.
    plan: usize,
    first: Date,
    last: Option<Date>,
}

/// One of a plan's two files: the one of the beginning, or the one of those who came since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum File {
    First,
    Later,
}

impl<'w> People<'w> {
    pub(crate) fn of(wanted: &'w Wanted, span: &'w Span) -> Self {
        let count = (wanted.cases / 2).max(5);
        Self { wanted, span, count }
    }

    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// The person whose case this is. Two cases of a person are as far from each other as there are people
    /// with cases, so that nobody has two open referrals.
    pub(crate) fn with_case(&self, case: u64) -> Person {
        let with_cases = (self.wanted.cases / CASES_OF_A_PERSON).max(1);
        let place = case % with_cases;
        // Of five people the first two.
        self.person((place / 2 * 5 + place % 2).min(self.count - 1))
    }

    /// The member files of the plans: the first and the later one of each.
    pub(crate) fn files(&self) -> Vec<Statement> {
        let plans = 0..self.wanted.plans.count();
        plans
            .flat_map(|plan| [File::First, File::Later].map(|file| rosters::insert(&self.file(plan, file))))
            .collect()
    }

    /// The unit that brings these people in, as their plans' files tell of them.
    pub(crate) fn unit(&self, numbers: Range<u64>) -> Unit {
        let mut rows: BTreeMap<(usize, u8), Vec<PlacedRow>> = BTreeMap::new();
        for number in numbers {
            let person = self.person(number);
            for (place, covered) in person.covered.iter().enumerate() {
                // Whoever is in the first file of a plan is new to the record.
                let alone = (place == 0).then_some(1);
                let (place, row) = (Place::Record { shares: true }, self.row(number, &person, covered));
                let file = if alone.is_some() { File::First } else { File::Later };
                rows.entry((covered.plan, file as u8)).or_default().push(PlacedRow { row, place, alone });
            }
        }
        // Of each plan the first file, and then the later ones, which tell of people who are there by then.
        let mut unit = Unit::default();
        for file in [File::First, File::Later] {
            for plan in 0..self.wanted.plans.count() {
                if let Some(rows) = rows.remove(&(plan, file as u8)) {
                    unit.extend(rosters::apply(&self.file(plan, file), Sifted { rows, ..Sifted::default() }));
                }
            }
        }
        unit
    }

    /// The first people with cases, at most a thousand.
    pub(crate) fn some(&self) -> Vec<MadeMember> {
        let with_cases = (self.wanted.cases / CASES_OF_A_PERSON).clamp(1, SOME);
        (0..with_cases).map(|case| self.made(&self.with_case(case))).collect()
    }

    fn made(&self, person: &Person) -> MadeMember {
        MadeMember {
            cin: person.cin.expose().to_owned(),
            family_name: person.family_name.expose().to_owned(),
            given_name: person.given_name.expose().to_owned(),
            birth_date: person.birth_date,
            plan: self.wanted.plans.plan(person.plan_on(self.span.last)).clone(),
        }
    }

    fn file(&self, plan: usize, file: File) -> Roster {
        let mut dice = Dice::of(self.wanted.seed, Of::County, 1 + 2 * plan as u64 + file as u64);
        let id = RosterId::from_uuid(dice.id(self.span.begins));
        Roster {
            id,
            plan: self.plan(plan).clone(),
            sha256: Digest::of(id.to_string().as_bytes()),
            received_at: self.span.begins,
            report: REPORT.to_owned(),
            state: rosters::State::Loaded,
            slices: 0,
            done: 0,
            counts: rosters::Counts::default(),
            of_the_state: false,
        }
    }

    fn plan(&self, place: usize) -> &PlanId {
        self.wanted.plans.plan(place)
    }

    fn person(&self, number: u64) -> Person {
        let mut dice = Dice::of(self.wanted.seed, Of::Person, number);
        let id = MemberId::from_uuid(dice.id(self.span.begins));
        let born = date(1936, 1, 1).saturating_add(i64::try_from(dice.below(31_000)).unwrap_or(0).days());
        let name = |name: &str| PersonName::parse(name).expect("the names are words");
        let family = format!("{}-{}", dice.pick(&FAMILY_NAMES), dice.pick(&FAMILY_NAMES));
        let (county, city) = *dice.pick(&COUNTIES);
        Person {
            id,
            cin: cin(number),
            family_name: name(&family),
            given_name: name(dice.pick::<&str>(&GIVEN_NAMES)),
            birth_date: born,
            county,
            language: language(&mut dice),
            phone: format!("+1209555{:04}", dice.below(10_000)),
            address: Address {
                line: format!("{} Alder Street", 1 + dice.below(9_000)),
                city: city.to_owned(),
                zip: "95999".to_owned(),
            },
            covered: self.covered(&mut dice),
        }
    }

    fn covered(&self, dice: &mut Dice) -> Vec<Covered> {
        let plans = &self.wanted.plans;
        let coverage = |dice: &mut Dice, at| CoverageId::from_uuid(dice.id(at));
        let begins = self.span.begins;
        let first = Covered {
            id: coverage(dice, begins),
            plan: plans.throw(dice),
            first: self.span.first.saturating_sub(i64::try_from(dice.below(900)).unwrap_or(0).days()),
            last: None,
        };
        if plans.count() < 2 || !dice.in_hundred(self.wanted.churn_percent) {
            return vec![first];
        }
        let quiet = u64::try_from(DAYS).unwrap_or(0).saturating_sub(2 * QUIET_DAYS);
        let change = self.span.day(QUIET_DAYS + dice.below(quiet));
        let other = loop {
            let thrown = plans.throw(dice);
            if thrown != first.plan {
                break thrown;
            }
        };
        let second = Covered { id: coverage(dice, begins), plan: other, first: change, last: None };
        vec![Covered { last: Some(change.saturating_sub(1.day())), ..first }, second]
    }

    fn row(&self, number: u64, person: &Person, covered: &Covered) -> RosterRow {
        RosterRow {
            row: u32::try_from(number + 2).unwrap_or(u32::MAX),
            again: false,
            member: person.id,
            coverage: covered.id,
            cin: person.cin.clone(),
            family_name: person.family_name.clone(),
            given_name: person.given_name.clone(),
            birth_date: person.birth_date,
            county: person.county.parse().expect("the codes have three letters"),
            language: Some(person.language.to_owned()),
            told_on: pacific_day(self.span.begins),
            phone: Some(person.phone.clone()),
            address: Some(person.address.clone()),
            address_as_of: pacific_day(self.span.begins),
            values: BTreeMap::new(),
            plan_member_id: format!("M{number:08}"),
            line: "medi-cal".to_owned(),
            group_told: true,
            group_code: None,
            dual_status: Some("00".to_owned()),
            first_day: covered.first,
            last_day: covered.last,
            aside: BTreeMap::new(),
        }
    }
}

impl Person {
    /// Place, in the mix, of the plan that covers the person on a day.
    pub(crate) fn plan_on(&self, day: Date) -> usize {
        let holds = |covered: &&Covered| covered.first <= day && covered.last.is_none_or(|last| day <= last);
        self.covered.iter().find(holds).or(self.covered.last()).map_or(0, |covered| covered.plan)
    }
}

/// The client index number of a person: a 9, seven digits that are never all equal, and a letter.
fn cin(number: u64) -> Cin {
    let usable = NUMBERS - 10;
    let mut digits = (number % usable) * STRIDE % usable;
    // Fillers are left out: each one at or below the number moves it up by one.
    for filler in 0..10 {
        if digits >= filler * FILLERS {
            digits += 1;
        }
    }
    let letter = char::from(LETTERS[usize::try_from(number / usable).unwrap_or(0) % LETTERS.len()]);
    Cin::parse(&format!("9{digits:07}{letter}")).expect("a 9, seven digits that differ and a letter")
}

fn language(dice: &mut Dice) -> &'static str {
    let mut thrown = dice.below(100);
    for (language, of_hundred) in LANGUAGES {
        match thrown.checked_sub(of_hundred) {
            None => return language,
            Some(rest) => thrown = rest,
        }
    }
    "en"
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{FILLERS, NUMBERS, STRIDE, cin};

    #[test]
    fn no_two_people_have_one_number() {
        let numbers: BTreeSet<String> = (0..50_000).map(|number| cin(number).expose().to_owned()).collect();
        assert_eq!(numbers.len(), 50_000);
    }

    /// A number that is moved past every filler is none itself, at both ends and beside each filler.
    #[test]
    fn nobody_has_a_filler_for_a_number() {
        let usable = NUMBERS - 10;
        let inverse =
            (0..usable).find(|place| place * STRIDE % usable == 1).expect("the step reaches every number");
        for filler in 0..10 {
            for near in (filler * FILLERS).saturating_sub(12)..(filler * FILLERS + 12).min(usable) {
                // The number that lands there; `cin` itself refuses a filler.
                let number = near * inverse % usable;
                assert_eq!(cin(number).expose().len(), 9);
            }
        }
    }
}
