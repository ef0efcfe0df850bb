use jiff::Timestamp;
use jiff::civil::{Date, date};

use super::{Had, Known, Proof, Record, beside};
use crate::dictionary::Dictionary;
use crate::member_value::{StatedValue, ValueName, ValueSource};
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
    let record = Record { had: had.to_vec(), said: Vec::new() };
    rules.filter_map(|rule| Some((rule.fact.as_str(), rule.fact(&record, ON)?.value))).collect()
}

fn said(name: ValueName, value: &str, last: Date) -> StatedValue {
    StatedValue {
        name,
        value: value.to_owned(),
        source: ValueSource::PlanFile("valle-vista".parse().expect("it reads")),
        first: last,
        last,
        received_at: Timestamp::UNIX_EPOCH,
        roster: None,
    }
}

/// Each rule is about a fact of the dictionary, in its kind, and about services of the catalog.
#[test]
fn the_rules_fit_the_dictionary() {
    for rule in Known::state().rules() {
        let definition = Dictionary::state().fact(&rule.fact).expect("the dictionary has it");
        let record = match &rule.proof {
            Proof::Ever { services }
            | Proof::Days { services }
            | Proof::Weeks { services }
            | Proof::InForceWithAnother { services } => {
                for service in services {
                    assert!(crate::catalog::Catalog::state().service(service).is_some(), "{service}");
                }
                let given = had(&services[0], ON, ON);
                let authorized = Had { delivered: false, ..given.clone() };
                Record { had: vec![given, authorized], said: Vec::new() }
            }
            Proof::PlanFile { name, value } => Record { had: Vec::new(), said: vec![said(*name, value, ON)] },
        };
        match rule.fact(&record, ON).expect("it is proved").value {
            FactValue::Flag(_) => assert_eq!(definition.kind, FactKind::Flag),
            FactValue::Count(_) => assert_eq!(definition.kind, FactKind::Count),
            other => panic!("{}: {other:?}", rule.fact),
        }
    }
}

/// A value of a plan's file counts as of the day that it says so, and the last word counts.
#[test]
fn the_last_word_of_a_plan_file_is_known() {
    let rule = Known::state().rules().iter().find(|rule| rule.reads_plan_file()).expect("there is one");
    let (then, since) = (date(2026, 1, 5), date(2026, 2, 5));
    let homeless = |value, day| said(ValueName::Homelessness, value, day);
    let cases = [
        ("nothing said", vec![], None),
        ("yes", vec![homeless("yes", then)], Some(then)),
        ("no", vec![homeless("no", then)], None),
        ("yes after no", vec![homeless("no", then), homeless("yes", since)], Some(since)),
        ("no after yes", vec![homeless("no", since), homeless("yes", then)], None),
        ("another value", vec![said(ValueName::RiskTier, "yes", then)], None),
    ];
    for (case, said, expected) in cases {
        let fact = rule.fact(&Record { had: Vec::new(), said }, ON);
        assert_eq!(fact.as_ref().map(|fact| fact.as_of), expected, "{case}");
        assert!(fact.is_none_or(|fact| fact.source == FactSource::PlanFile), "{case}");
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
