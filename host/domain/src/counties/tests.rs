use std::collections::BTreeSet;

use jiff::civil::date;

use super::*;

/// One that an operator added.
fn san_ravel() -> KnownCounty {
    KnownCounty {
        code: "SRV".parse().unwrap(),
        name: Bilingual { en: "San Ravel".to_owned(), es: "San Ravel".to_owned() },
        region: "invented".to_owned(),
        state: None,
    }
}

#[test]
fn the_state_has_58_counties_and_none_is_invented() {
    let counties = Counties::state();
    assert_eq!(counties.iter().count(), 58);
    assert!(counties.iter().all(|county| !county.is_invented()));
    let numbers: BTreeSet<_> = counties
        .iter()
        .filter_map(|county| county.state.as_ref())
        .collect::<Vec<_>>()
        .iter()
        .map(|state| (state.number.clone(), state.fips.clone()))
        .collect();
    // The federal codes are the odd numbers in the same order (INCITS 31).
    let wanted: BTreeSet<_> =
        (1..=58).map(|number| (format!("{number:02}"), format!("{:03}", 2 * number - 1))).collect();
    assert_eq!(numbers, wanted);
}

#[test]
fn the_numbers_follow_the_names() {
    let mut counties: Vec<_> = Counties::state().iter().collect();
    counties.sort_by_key(|county| county.state.as_ref().map(|state| state.number.clone()));
    let names: Vec<_> = counties.iter().map(|county| county.name.en.clone()).collect();
    assert!(names.is_sorted(), "{names:?}");
}

#[test]
fn every_county_has_a_known_region_and_one_model_from_2024_on() {
    let known = |words: &[CountyWord], code: &str| words.iter().any(|word| word.code == code);
    let day = date(2026, 3, 2);
    for county in Counties::state().iter() {
        assert!(known(regions(), &county.region), "{county:?}");
        let model = county.model_on(day).unwrap_or_else(|| panic!("{county:?}"));
        assert!(known(models(), &model.code), "{county:?}");
        assert!(county.model_on(date(2023, 12, 31)).is_none(), "{county:?}");
    }
}

#[test]
fn the_models_hold_as_many_counties_as_the_states_table() {
    // plans-and-counties: 34 in county-organized systems, 3 single, 14 two-plan, 2 GMC, 5 regional.
    let cases = [
        ("county-organized", 34),
        ("single-plan", 3),
        ("two-plan", 14),
        ("geographic-managed-care", 2),
        ("regional", 5),
    ];
    for (code, many) in cases {
        let counties = Counties::state()
            .iter()
            .filter(|county| county.model_on(date(2026, 3, 2)).is_some_and(|model| model.code == code));
        assert_eq!(counties.count(), many, "{code}");
    }
}

#[test]
fn a_county_is_meant_by_code_name_or_number() {
    let counties = Counties::state().with([san_ravel()]);
    let cases = [
        ("ala", Some("ALA")),
        (" Alameda ", Some("ALA")),
        ("ALAMEDA COUNTY", Some("ALA")),
        ("Condado de Alameda", Some("ALA")),
        ("001", Some("ALA")),
        ("01", Some("ALA")),
        ("1", None),
        ("san  luis obispo", Some("SLO")),
        ("los ángeles", Some("LAX")),
        ("San Ravel County", Some("SRV")),
        ("srv", Some("SRV")),
        ("", None),
        ("ZZZ", None),
    ];
    for (text, code) in cases {
        assert_eq!(counties.meant(text).map(|county| county.code.as_str()), code, "{text}");
    }
}

#[test]
fn what_was_meant_is_guessed_from_near_misses() {
    let counties = Counties::state().with([san_ravel()]);
    let cases: &[(&str, &[&str])] = &[
        ("ALX", &["ALA", "ALP"]),
        ("Alamida", &["ALA"]),
        ("Los A", &["LAX"]),
        ("SRW", &["SRV"]),
        ("Sacremento", &["SAC"]),
        ("QQQ", &[]),
        ("", &[]),
    ];
    for (text, codes) in cases {
        let near: Vec<_> = counties.near(text).iter().map(|county| county.code.as_str()).collect();
        assert!(codes.iter().all(|code| near.contains(code)), "{text}: {near:?}");
        assert_eq!(near.is_empty(), codes.is_empty(), "{text}: {near:?}");
        assert!(near.len() <= MOST_NEAR);
    }
    assert_eq!(counties.near(&"a".repeat(100_000)).len(), 0);
}

#[test]
fn what_is_added_changes_none_that_is_there() {
    let mut false_alameda = san_ravel();
    false_alameda.code = "ALA".parse().unwrap();
    let counties = Counties::state().with([false_alameda, san_ravel()]);
    assert_eq!(counties.iter().count(), 59);
    assert!(!counties.get("ALA").unwrap().is_invented());
    assert!(counties.get("SRV").unwrap().is_invented());
}
