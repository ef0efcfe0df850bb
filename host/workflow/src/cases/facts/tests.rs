use domain::plan::profile::FactKind;
use domain::plan::types::{Bilingual, FactSource};
use jiff::civil::date;

use super::*;
use crate::fixtures::assert_rows;

fn vista() -> PlanId {
    "valle-vista".parse().unwrap()
}

/// The facts that only Valle Vista asks for.
fn declared() -> Vec<FactDefinition> {
    let facts: [(&str, FactKind, &[&str]); 6] = [
        ("pets", FactKind::Flag, &[]),
        ("moves", FactKind::Count, &[]),
        ("distance", FactKind::Measure, &[]),
        ("lease-from", FactKind::Day, &[]),
        ("stairs", FactKind::Coded, &["none", "some"]),
        ("landlord", FactKind::Text, &[]),
    ];
    let definition = |(name, kind, codes): (&str, FactKind, &[&str])| FactDefinition {
        code: own(name),
        kind,
        codes: codes.iter().map(|code| (*code).to_owned()).collect(),
        question: Bilingual { en: format!("What of {name}?"), es: format!("¿Qué de {name}?") },
        proof: None,
        source: "the plan's own".to_owned(),
    };
    facts.map(definition).to_vec()
}

fn own(name: &str) -> String {
    format!("plan.valle-vista.{name}")
}

fn fact(code: &str, value: FactValue) -> Fact {
    Fact { code: code.to_owned(), value, source: FactSource::Referrer, as_of: date(2026, 3, 2) }
}

fn text(value: &str) -> FactValue {
    FactValue::Text(value.to_owned())
}

/// A value as it was sent, and as it is read; `None` where it does not fit.
type Read = (&'static str, &'static str, FactValue, Option<FactValue>);

#[test]
fn a_plans_own_facts_are_read_as_its_profile_declares_them() {
    use FactValue::{Coded, Count, Day, Flag, Measure};
    let rows: [Read; 15] = [
        ("yes", "pets", Flag(true), Some(Flag(true))),
        ("a word for yes", "pets", text("yes"), None),
        ("a number", "moves", Count(3), Some(Count(3))),
        ("less than none", "moves", Count(-1), None),
        ("a number as text", "moves", text("3"), None),
        ("thousandths", "distance", text("9.125"), Some(Measure(9_125))),
        ("finer than thousandths", "distance", text("9.1255"), None),
        ("a day", "lease-from", text("2026-03-01"), Some(Day(date(2026, 3, 1)))),
        ("no day", "lease-from", text("2026-02-30"), None),
        ("a code", "stairs", text("some"), Some(Coded("some".to_owned()))),
        ("no code of the fact", "stairs", text("many"), None),
        ("words", "landlord", text("Casa Puente"), Some(text("Casa Puente"))),
        // A case that is asked about again comes with what was read before.
        ("read before as a measure", "distance", Measure(9_125), Some(Measure(9_125))),
        ("read before as a day", "lease-from", Day(date(2026, 3, 1)), Some(Day(date(2026, 3, 1)))),
        ("read before as a code", "stairs", Coded("some".to_owned()), Some(Coded("some".to_owned()))),
    ];
    assert_rows(rows.into_iter().map(|(name, code, sent, expected)| {
        let found = conformed("/facts", &[fact(&own(code), sent)], &vista(), &declared());
        (name.to_owned(), found.ok(), expected.map(|value| vec![fact(&own(code), value)]))
    }));
}

/// Facts of the dictionary, and of other plans, are not checked by this plan's definitions.
#[test]
fn other_facts_are_left_as_they_are() {
    let sent = [
        fact("housing.status", FactValue::Coded("housed".to_owned())),
        fact("plan.harbor-crest.pets", text("yes")),
        fact("plan.valle-vista-two.pets", text("yes")),
        fact(&own("pets"), FactValue::Flag(false)),
    ];
    let found = conformed("/facts", &sent, &vista(), &declared());
    assert_eq!(found.ok().as_deref(), Some(&sent[..]));
}

/// Facts as they are sent, and each problem that is told: pointer, code and fix.
type Row = (&'static str, Vec<Fact>, Vec<[&'static str; 3]>);

#[test]
fn every_problem_is_told_where_it_is() {
    const LISTED: &str = "use a code from ⟦getPlanProfile⟧";
    const NEAR: &str = "use a code from ⟦getPlanProfile⟧; near: plan.valle-vista.stairs";
    let good = || fact(&own("pets"), FactValue::Flag(true));
    let wrong = || fact(&own("pets"), text("yes"));
    let rows: [Row; 4] = [
        ("a value", vec![wrong()], vec![["/facts/0/value", "invalid-value", "What of pets?"]]),
        (
            "a code that nobody declares",
            vec![good(), fact(&own("zoological-garden"), text("x"))],
            vec![["/facts/1/code", "unknown-fact", LISTED]],
        ),
        ("a slip", vec![fact(&own("stair"), text("some"))], vec![["/facts/0/code", "unknown-fact", NEAR]]),
        (
            "two of three",
            vec![wrong(), good(), fact(&own("moves"), text("many"))],
            vec![
                ["/facts/0/value", "invalid-value", "What of pets?"],
                ["/facts/2/value", "invalid-value", "What of moves?"],
            ],
        ),
    ];
    assert_rows(rows.into_iter().map(|(name, facts, expected)| {
        let found = match conformed("/facts", &facts, &vista(), &declared()) {
            Err(Failure::Invalid(problems)) => problems,
            _ => Vec::new(),
        };
        let found = found.into_iter().map(|one| [one.pointer, one.code.name().to_owned(), one.fix]).collect();
        let expected: Vec<[String; 3]> =
            expected.into_iter().map(|problem| problem.map(str::to_owned)).collect();
        (name.to_owned(), found, expected)
    }));
}

#[test]
fn a_plan_sees_the_shared_facts_and_its_own() {
    let rows = [
        ("one of the dictionary", "housing.status".to_owned(), true),
        ("its own", own("pets"), true),
        ("its own, though it declares it no longer", own("gone"), true),
        ("another plan's", "plan.harbor-crest.pets".to_owned(), false),
        ("one of a plan whose name begins like its own", "plan.valle-vista-two.pets".to_owned(), false),
        ("one that nobody knows", "housing.colour".to_owned(), false),
    ];
    assert_rows(rows.into_iter().map(|(name, code, sees)| {
        let seen = for_plan(vec![fact(&code, FactValue::Flag(true))], &vista());
        (name.to_owned(), seen.len() == 1, sees)
    }));
}
