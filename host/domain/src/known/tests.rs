use jiff::civil::{Date, date};

use super::{Had, Known, beside};
use crate::dictionary::Dictionary;
use crate::plan::profile::FactKind;
use crate::plan::types::{Fact, FactSource, FactValue, Period};

const ON: Date = date(2026, 3, 2);

fn had(service: &str, first: Date, last: Date) -> Had {
    Had {
        service: service.to_owned(),
        days: Period { first, last: Some(last) },
        delivered: true,
        by_another: true,
    }
}

fn known(had: &[Had]) -> Vec<(&str, FactValue)> {
    let rules = Known::state().rules().iter();
    rules.filter_map(|rule| Some((rule.fact.as_str(), rule.fact(had, ON)?.value))).collect()
}

/// Each rule is about a fact of the dictionary, in its kind, and about services of the catalog.
#[test]
fn the_rules_fit_the_dictionary() {
    for rule in Known::state().rules() {
        let definition = Dictionary::state().fact(&rule.fact).expect("the dictionary has it");
        let proved = Had { delivered: false, ..had(&rule.services[0], ON, ON) };
        let value = rule.fact(&[had(&rule.services[0], ON, ON), proved], ON).expect("it is proved").value;
        match value {
            FactValue::Flag(_) => assert_eq!(definition.kind, FactKind::Flag),
            FactValue::Count(_) => assert_eq!(definition.kind, FactKind::Count),
            other => panic!("{}: {other:?}", rule.fact),
        }
        for service in &rule.services {
            assert!(crate::catalog::Catalog::state().service(service).is_some(), "{service}");
        }
    }
}

#[test]
fn what_the_record_proves_is_known_and_nothing_else() {
    let authorized = |days, by_another| Had { service: "ecm".to_owned(), days, delivered: false, by_another };
    let now = Period { first: date(2026, 1, 1), last: Some(date(2026, 12, 31)) };
    let past = Period { first: date(2025, 1, 1), last: Some(date(2025, 12, 31)) };
    let nights = "recuperative-care";
    let meals = "medically-tailored-meals";
    let cases = [
        ("nothing on record", vec![], vec![]),
        (
            "a deposit that was paid",
            vec![had("housing-deposits", date(2024, 5, 1), date(2024, 5, 1))],
            vec![("deposit.used-before", FactValue::Flag(true))],
        ),
        (
            "a deposit that is authorized only",
            vec![Had { delivered: false, ..had("housing-deposits", ON, ON) }],
            vec![],
        ),
        (
            "nights that overlap count once",
            vec![
                had(nights, date(2026, 2, 1), date(2026, 2, 10)),
                had(nights, date(2026, 2, 10), date(2026, 2, 12)),
            ],
            vec![("nursing.days-in-facility", FactValue::Count(12))],
        ),
        (
            "weeks begin on Monday",
            vec![had(meals, date(2026, 2, 15), date(2026, 2, 16))],
            vec![("food.weeks-received", FactValue::Count(2))],
        ),
        (
            "another's authorization in force",
            vec![authorized(now.clone(), true)],
            vec![("program.current-ecm-provider", FactValue::Flag(true))],
        ),
        ("one's own authorization in force", vec![authorized(now, false)], vec![]),
        ("another's authorization that ended", vec![authorized(past, true)], vec![]),
    ];
    for (case, had, expected) in cases {
        assert_eq!(known(&had), expected, "{case}");
    }
}

#[test]
fn what_is_known_stands_beside_what_was_stated() {
    let fact = |source, value| Fact { code: "a.fact".to_owned(), value, source, as_of: ON };
    let (yes, no) = (FactValue::Flag(true), FactValue::Flag(false));
    let count = FactValue::Count;
    let cases = [
        ("claims over a statement", FactSource::Provider, no.clone(), FactSource::Claims, yes.clone(), true),
        ("not over a document", FactSource::Document, no.clone(), FactSource::Claims, yes.clone(), false),
        ("the host over the member", FactSource::Member, no.clone(), FactSource::Host, yes.clone(), true),
        ("a file under a statement", FactSource::Member, no, FactSource::PlanFile, yes, false),
        ("a higher count over a lower", FactSource::Provider, count(3), FactSource::Claims, count(4), true),
        ("a lower count not", FactSource::Provider, count(9), FactSource::Claims, count(4), false),
    ];
    for (case, by, stated, from, known, over) in cases {
        let (stated, known) = (fact(by, stated), fact(from, known));
        let expected = if over { known.clone() } else { stated.clone() };
        assert_eq!(beside(vec![stated], vec![known]), [expected], "{case}");
    }
    let alone = fact(FactSource::PlanFile, count(1));
    assert_eq!(beside(Vec::new(), vec![alone.clone()]), [alone], "what nobody stated is told");
}
