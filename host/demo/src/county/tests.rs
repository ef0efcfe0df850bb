use std::collections::BTreeSet;

use domain::identifiers::{Cin, Npi};
use jiff::civil::date;

use super::{CAST, PLANS, PROVIDERS, member_file, neighbors, npi};

#[test]
fn every_provider_has_an_identifier_of_its_own() {
    let numbers: BTreeSet<String> = (0..PROVIDERS.len()).map(npi).collect();
    assert_eq!(numbers.len(), PROVIDERS.len());
    assert!(numbers.iter().all(|number| number.parse::<Npi>().is_ok()));
}

#[test]
fn member_files_hold_enough_people_and_the_same_ones_on_every_run() {
    let today = date(2026, 11, 22);
    let mut people = BTreeSet::new();
    for plan in &PLANS {
        let file = String::from_utf8(member_file(plan, today)).unwrap();
        assert_eq!(file.as_bytes(), member_file(plan, today));
        people.extend(file.lines().skip(1).filter_map(|row| Cin::parse(row.split(',').next()?).ok()));
    }
    assert!(people.len() >= 2_000, "{} people", people.len());
    assert!(CAST.iter().all(|person| people.contains(&Cin::parse(person.cin).unwrap())));
}

#[test]
fn neighbors_are_in_the_member_file_of_the_day() {
    let today = date(2026, 11, 22);
    for plan in &PLANS {
        let file = String::from_utf8(member_file(plan, today)).unwrap();
        let found = neighbors(plan, today, 24);
        let numbers: BTreeSet<&str> = found.iter().map(|one| &*one.cin).collect();
        assert_eq!(numbers.len(), 24);
        for one in found {
            let row = file.lines().find(|row| row.starts_with(&format!("{},", one.cin))).expect("a row");
            let cells: Vec<&str> = row.split(',').collect();
            assert_eq!(cells[2..5], [&*one.family, &*one.given, &*one.born]);
            assert!(Cin::parse(&one.cin).is_ok());
        }
    }
}
