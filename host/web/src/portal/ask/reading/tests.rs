use domain::case::Language;
use domain::plan::profile::FactDefinition;
use domain::plan::types::Bilingual;
use workflow::{Failure, FieldProblem};

use super::*;

fn fact(code: &str, kind: FactKind) -> WantedFact {
    let text = || Bilingual { en: code.to_owned(), es: code.to_owned() };
    let definition = FactDefinition {
        code: code.to_owned(),
        kind,
        codes: Vec::new(),
        question: text(),
        proof: None,
        source: String::new(),
    };
    WantedFact { definition, code_names: Vec::new() }
}

fn draft(fields: &[(&str, &str)]) -> Draft {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Draft::of(portal::Fields::of(fields.collect()))
}

#[test]
fn answers_are_stated_in_the_kind_of_their_fact() {
    for (kind, answer, expected) in [
        (FactKind::Flag, "yes", Value::from(true)),
        (FactKind::Flag, "no", Value::from(false)),
        (FactKind::Flag, "perhaps", Value::from("perhaps")),
        (FactKind::Count, "1,200", Value::from(1_200)),
        (FactKind::Count, "$900", Value::from(900)),
        (FactKind::Count, "many", Value::from("many")),
        (FactKind::Measure, "9.1", Value::from("9.1")),
        (FactKind::Day, "2026-03-02", Value::from("2026-03-02")),
        (FactKind::Coded, "housed", Value::from("housed")),
    ] {
        assert_eq!(value_of(kind, answer), expected, "{kind:?} {answer}");
    }
}

#[test]
fn who_does_not_know_states_nothing() {
    let facts = [fact("a", FactKind::Flag), fact("b", FactKind::Flag), fact("c", FactKind::Count)];
    let sent = draft(&[("fact.a", "unknown"), ("fact.b", "no"), ("fact.c", "  ")]);
    let mut origin = Origin::default();
    let bodies = origin.answered(facts.iter(), &sent, "provider");
    assert_eq!(bodies.iter().map(|body| body.code.as_str()).collect::<Vec<_>>(), ["b"]);
    assert_eq!(origin.facts, [("fact.b".to_owned(), FactKind::Flag)]);
}

#[test]
fn a_mistake_is_said_at_the_field_that_it_came_from() {
    let origin = Origin {
        facts: vec![("fact.stay".to_owned(), FactKind::Count), ("fact.left".to_owned(), FactKind::Day)],
        documents: vec!["discharge-summary".to_owned()],
    };
    let problem = |pointer: &str, code| FieldProblem::new(pointer, code, "detail", "fix");
    let rows = [
        ("/facts/0/value", Code::InvalidValue, "fact.stay", Some(Slip::Answer(FactKind::Count))),
        ("/facts/1/as_of", Code::FutureDay, "fact.left", Some(Slip::Day)),
        ("/facts/9/value", Code::InvalidValue, "/facts/9/value", None),
        ("/lines/0/first", Code::InvalidDay, "first", Some(Slip::Day)),
        ("/lines/0/last", Code::InvalidDay, "last", Some(Slip::Day)),
        ("/lines/0/last", Code::DaysOutOfOrder, "last", Some(Slip::Order)),
        ("/lines/0/units", Code::OutOfRange, "units", Some(Slip::Units)),
        ("/documents/0/issued", Code::InvalidDay, "issued.discharge-summary", Some(Slip::Day)),
        ("/documents/0/document", Code::UnknownDocument, "document", None),
        ("/member", Code::NoCoverage, "/member", None),
    ];
    for (pointer, code, name, expected) in rows {
        let error = Failure::Invalid(vec![problem(pointer, code)]).into();
        let slips = origin.slips(Words::of(Language::Es), &error);
        let (found, slip) = slips.into_iter().next().expect("it is told");
        assert_eq!(found, name, "{pointer}");
        match expected {
            Some(expected) => assert_eq!(slip, expected, "{pointer}"),
            // In the reader's language.
            None => assert!(matches!(&slip, Slip::Other(text) if !text.contains("detail")), "{pointer}"),
        }
    }
}

#[test]
fn a_form_that_is_sent_again_is_the_same_attempt() {
    let first = draft(&[("key", "1"), ("at", "check"), ("to", "send"), ("fact.a", "yes"), ("giver", "we")]);
    let again =
        draft(&[("giver", "we"), ("fact.a", "yes"), ("key", "1"), ("at", "documents"), ("rules", "x")]);
    let other = draft(&[("giver", "we"), ("fact.a", "no"), ("key", "1")]);
    assert_eq!(first.asked(), again.asked());
    assert_ne!(first.asked(), other.asked());
    assert_ne!(draft(&[("a", "b c")]).asked(), draft(&[("a", "b"), ("a", "c")]).asked());
}
