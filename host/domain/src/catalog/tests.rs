use std::collections::BTreeSet;

use super::*;
use crate::dictionary::Dictionary;

fn procedure(text: &str) -> Procedure {
    text.parse().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Every procedure of the guidance, its service and its first day, written out by hand.
const BILLED: [(&str, &str, &str); 53] = [
    ("G9008 U1", "ecm", "2022-01-01"),
    ("G9008 U1 GQ", "ecm", "2022-01-01"),
    ("G9012 U2", "ecm", "2022-01-01"),
    ("G9012 U2 GQ", "ecm", "2022-01-01"),
    ("G9008 U8", "ecm", "2022-01-01"),
    ("G9008 U8 GQ", "ecm", "2022-01-01"),
    ("G9012 U8", "ecm", "2022-01-01"),
    ("G9012 U8 GQ", "ecm", "2022-01-01"),
    ("H0043 U6", "housing-transition-navigation", "2022-01-01"),
    ("H2016 U6", "housing-transition-navigation", "2022-01-01"),
    ("H0044 U2", "housing-deposits", "2022-01-01"),
    ("T2040 U6", "housing-tenancy-sustaining", "2022-01-01"),
    ("T2041 U6", "housing-tenancy-sustaining", "2022-01-01"),
    ("T2050 U6", "housing-tenancy-sustaining", "2022-01-01"),
    ("T2051 U6", "housing-tenancy-sustaining", "2022-01-01"),
    ("H0043 U3", "short-term-post-hospitalization-housing", "2022-01-01"),
    ("H0044 U3", "short-term-post-hospitalization-housing", "2022-01-01"),
    ("T2033 U6", "recuperative-care", "2022-01-01"),
    ("H0045 U6", "respite", "2022-01-01"),
    ("S5151 U6", "respite", "2022-01-01"),
    ("S9125 U6", "respite", "2022-01-01"),
    ("T2012 U6", "day-habilitation", "2022-01-01"),
    ("T2014 U6", "day-habilitation", "2022-01-01"),
    ("T2018 U6", "day-habilitation", "2022-01-01"),
    ("T2020 U6", "day-habilitation", "2022-01-01"),
    ("H2014 U6", "day-habilitation", "2022-01-01"),
    ("H2024 U6", "day-habilitation", "2022-01-01"),
    ("H2026 U6", "day-habilitation", "2022-01-01"),
    ("H2038 U6", "day-habilitation", "2022-01-01"),
    ("T2038 U4", "assisted-living-transitions", "2022-01-01"),
    ("H2022 U5", "assisted-living-transitions", "2022-01-01"),
    ("T2038 U5", "community-home-transition", "2022-01-01"),
    ("H0044 U5", "community-home-transition", "2026-01-01"),
    ("S5130 U6", "personal-care-homemaker", "2022-01-01"),
    ("T1019 U6", "personal-care-homemaker", "2022-01-01"),
    ("S5165 U6", "home-modifications", "2022-01-01"),
    ("S5170 U6", "medically-tailored-meals", "2022-01-01"),
    ("S9470 U6", "medically-tailored-meals", "2022-01-01"),
    ("S9977 U6", "medically-tailored-meals", "2022-01-01"),
    ("S9452 U5", "medically-tailored-meals", "2026-01-01"),
    ("S9452 U6", "medically-tailored-meals", "2026-01-01"),
    ("S9977 U4", "medically-tailored-meals", "2026-01-01"),
    ("S9977 U5", "medically-tailored-meals", "2026-01-01"),
    ("S9977 U7", "medically-tailored-meals", "2026-01-01"),
    ("S9977 U8", "medically-tailored-meals", "2026-01-01"),
    ("S9977 U9", "medically-tailored-meals", "2026-01-01"),
    ("H0014 U6", "sobering-centers", "2022-01-01"),
    ("S5165 U5", "asthma-remediation", "2022-01-01"),
    ("H0040 U1", "transitional-rent", "2025-07-01"),
    ("H0040 U2", "transitional-rent", "2025-07-01"),
    ("H0043 U2", "transitional-rent", "2025-07-01"),
    ("H0044 U6", "transitional-rent", "2025-07-01"),
    ("T1016 U8", "housing-outreach", "2026-01-01"),
];

#[test]
fn every_procedure_means_its_service_from_its_first_day_on() {
    for (text, service, first) in BILLED {
        let found =
            |on| Catalog::state().classify(&procedure(text), on).ok().map(|service| service.id.as_str());
        assert_eq!(found(day(first)), Some(service), "{text}");
        assert_eq!(found(day("2026-12-31")), Some(service), "{text}");
        assert_eq!(found(day(first).yesterday().unwrap()), None, "{text}");
    }
}

#[test]
fn nothing_is_billed_that_the_table_does_not_hold() {
    let declared: BTreeSet<Procedure> = Catalog::state()
        .services()
        .iter()
        .flat_map(|service| service.procedures.iter().map(|billed| billed.procedure.clone()))
        .collect();
    let tested = BILLED.iter().map(|(text, ..)| procedure(text)).chain([procedure("T1016 U8 GQ")]).collect();
    assert_eq!(declared, tested);
}

#[test]
fn a_procedure_never_means_two_services_on_one_day() {
    let billed: Vec<&BilledAs> =
        Catalog::state().services().iter().flat_map(|service| &service.procedures).collect();
    for (index, one) in billed.iter().enumerate() {
        let clash = billed[index + 1..]
            .iter()
            .find(|other| other.procedure == one.procedure && other.effective.overlaps(&one.effective));
        assert_eq!(clash, None, "{}", one.procedure);
    }
}

#[test]
fn an_unknown_procedure_is_refused_and_the_error_names_the_known_ones() {
    let known = |texts: &[&str]| ClassifyError::UnknownModifiers {
        known: texts.iter().map(|text| procedure(text)).collect(),
    };
    let cases = [
        ("A0001 U6", "2026-03-01", ClassifyError::UnknownCode),
        ("T1016 U8", "2025-12-31", ClassifyError::UnknownCode),
        ("H0043", "2026-03-01", known(&["H0043 U2", "H0043 U3", "H0043 U6"])),
        ("H0043 U6 U3", "2026-03-01", known(&["H0043 U2", "H0043 U3", "H0043 U6"])),
        ("H0043 U2", "2025-06-30", known(&["H0043 U3", "H0043 U6"])),
        ("H0044 U5", "2025-12-31", known(&["H0044 U2", "H0044 U3", "H0044 U6"])),
        ("G9012 U1", "2026-03-01", known(&["G9012 GQ U2", "G9012 GQ U8", "G9012 U2", "G9012 U8"])),
    ];
    for (text, on, expected) in cases {
        assert_eq!(
            Catalog::state().classify(&procedure(text), day(on)).unwrap_err(),
            expected,
            "{text} on {on}"
        );
    }
    let error = Catalog::state().classify(&procedure("S5165 U4"), day("2026-03-01")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "procedure bills no service with these modifiers on that day; known: S5165 U5, S5165 U6"
    );
}

#[test]
fn the_order_of_modifiers_means_nothing() {
    let service = Catalog::state().classify(&procedure("G9012 GQ U8"), day("2026-03-01")).unwrap();
    assert_eq!(service.id, "ecm");
}

#[test]
fn services_have_their_limits() {
    let cases = [
        ("respite", "respite-hours", 336, LimitMeasure::Hours, LimitWindow::CalendarYear),
        ("housing-deposits", "deposit-lifetime", 500_000, LimitMeasure::Cents, LimitWindow::Lifetime),
        ("home-modifications", "modifications-lifetime", 750_000, LimitMeasure::Cents, LimitWindow::Lifetime),
        ("asthma-remediation", "asthma-lifetime", 750_000, LimitMeasure::Cents, LimitWindow::Lifetime),
        (
            "community-home-transition",
            "transition-set-up",
            750_000,
            LimitMeasure::Cents,
            LimitWindow::Lifetime,
        ),
        ("medically-tailored-meals", "meal-weeks", 12, LimitMeasure::Weeks, LimitWindow::Authorization),
        (
            "transitional-rent",
            "housing-global-cap",
            6,
            LimitMeasure::Months,
            LimitWindow::RollingTwelveMonths,
        ),
    ];
    for (service, id, amount, measure, window) in cases {
        let service = Catalog::state().service(service).unwrap();
        let limit = service.limits_on(day("2026-03-01")).find(|limit| limit.id == id).unwrap();
        assert_eq!((limit.amount, limit.measure, limit.window), (amount, measure, window), "{id}");
    }
    let sharing: Vec<&str> =
        Catalog::state().in_limit_group("housing").map(|service| service.id.as_str()).collect();
    assert_eq!(
        sharing,
        ["short-term-post-hospitalization-housing", "recuperative-care", "transitional-rent"]
    );
}

#[test]
fn what_the_catalog_names_exists() {
    let (catalog, dictionary) = (Catalog::state(), Dictionary::state());
    for service in catalog.services() {
        for document in &service.documents {
            assert!(dictionary.document(&document.kind).is_some(), "{}: {}", service.id, document.kind);
        }
        for fact in service.exclusions.iter().flat_map(|exclusion| &exclusion.facts) {
            assert!(dictionary.fact(fact).is_some(), "{}: {fact}", service.id);
        }
    }
    for population in catalog.populations() {
        for service in &population.services {
            assert!(catalog.service(service).is_some(), "{}: {service}", population.id);
        }
        assert!(population.adult.is_some() || population.child.is_some(), "{}", population.id);
    }
}

#[test]
fn the_catalog_holds_every_service_and_population_once() {
    let ids = |all: Vec<&str>| {
        let set: BTreeSet<String> = all.iter().map(|id| (*id).to_owned()).collect();
        assert_eq!(set.len(), all.len());
        all.len()
    };
    let catalog = Catalog::state();
    assert_eq!(ids(catalog.services().iter().map(|service| service.id.as_str()).collect()), 18);
    assert_eq!(ids(catalog.populations().iter().map(|population| population.id.as_str()).collect()), 10);
    let supports = catalog.services().iter().filter(|service| service.kind == ServiceKind::CommunitySupport);
    assert_eq!(supports.count(), 15);
    assert_eq!(catalog.procedures("cicm", day("2026-03-01")).count(), 0);
    assert_eq!(catalog.procedures("ecm", day("2026-03-01")).count(), 8);
}
