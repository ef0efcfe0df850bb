use std::collections::BTreeMap;

use domain::catalog::Catalog;
use domain::plan::profile::{Criterion, CriterionKind, CriterionOrigin, Mode, PresumptiveRule};
use domain::plan::types::{Bilingual, Fact, FactSource, FactValue, Period};
use jiff::civil::date;
use workflow::shown::GridCell;

use crate::ask::draft::{Attached, Draft, Page};
use crate::ask::wanted::{Known, Line, Wanted};
use crate::fields::Fields;

fn draft(fields: &[(&str, &str)]) -> Draft {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Draft::of(Fields::of(fields.collect()))
}

fn period() -> Period {
    Period { first: date(2024, 1, 1), last: None }
}

fn criterion(facts: &[&str], documents: &[&str]) -> Criterion {
    let owned = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect();
    Criterion {
        id: "c".to_owned(),
        service: "recuperative-care".to_owned(),
        kind: CriterionKind::Inclusion,
        origin: CriterionOrigin::State,
        text: Bilingual { en: String::new(), es: String::new() },
        facts: owned(facts),
        documents: owned(documents),
        source: String::new(),
        days: period(),
    }
}

fn wanted() -> Wanted {
    let presumption = PresumptiveRule {
        id: "p".to_owned(),
        service: "recuperative-care".to_owned(),
        population: None,
        days: 14,
        provider_kinds: Vec::new(),
        attest: vec!["clinical.needs-recovery-care".to_owned(), "stay.expected-days".to_owned()],
        effective: period(),
    };
    let cell = GridCell {
        plan: "valle-vista".parse().unwrap(),
        offered: true,
        capacity: None,
        mode: Mode::Decides,
        presumptive: vec![presumption],
        criteria: vec![
            criterion(&["housing.status", "clinical.needs-recovery-care"], &["discharge-summary"]),
            // The host tells rules this by itself.
            criterion(&["housing.status", "housing.homeless-by-plan-file"], &["discharge-summary"]),
        ],
    };
    let service = Catalog::state().service("recuperative-care").unwrap();
    Wanted::of(service, Some(cell.plan.clone()), Some(&cell), None, date(2026, 3, 2))
}

fn known() -> Known {
    let fact = Fact {
        code: "housing.status".to_owned(),
        value: FactValue::Coded("homeless-unsheltered".to_owned()),
        source: FactSource::Member,
        as_of: date(2026, 2, 1),
    };
    let summary = Attached { kind: "discharge-summary".to_owned(), id: "doc_1".to_owned(), issued: None };
    let other = Attached { kind: "care-plan".to_owned(), id: "doc_2".to_owned(), issued: None };
    Known {
        facts: BTreeMap::from([(fact.code.clone(), fact)]),
        documents: vec![summary, other],
        ..Known::default()
    }
}

#[test]
fn what_is_asked_is_the_union_of_what_live_rules_read() {
    let wanted = wanted();
    let codes: Vec<&str> = wanted.facts.iter().map(|fact| fact.definition.code.as_str()).collect();
    assert_eq!(codes, ["housing.status", "clinical.needs-recovery-care", "stay.expected-days"]);
    assert_eq!(wanted.documents, ["discharge-summary"]);
}

#[test]
fn what_is_known_is_not_asked_again() {
    let wanted = wanted();
    let open = |draft: &Draft, known: &Known| -> Vec<String> {
        wanted.unanswered(draft, known).map(|fact| fact.definition.code.clone()).collect()
    };
    let rest = ["clinical.needs-recovery-care", "stay.expected-days"];
    assert_eq!(open(&draft(&[]), &known()), rest);
    assert_eq!(open(&draft(&[("fact.clinical.needs-recovery-care", "unknown")]), &known()), [rest[1]]);
    assert_eq!(open(&draft(&[("fact.clinical.needs-recovery-care", " ")]), &known()), rest);
    assert_eq!(open(&draft(&[]), &Known::default()).len(), 3);
}

#[test]
fn documents_of_earlier_cases_go_along_until_somebody_chooses() {
    let (wanted, known) = (wanted(), known());
    let ids = |draft: &Draft| -> Vec<String> {
        wanted.attached(draft, &known).into_iter().map(|one| one.id).collect()
    };
    assert_eq!(ids(&draft(&[])), ["doc_1"], "the wanted kind only");
    assert!(ids(&draft(&[("chose", "yes")])).is_empty());
    assert_eq!(
        ids(&draft(&[("chose", "yes"), ("document", "discharge-summary doc_9 2026-03-01")])),
        ["doc_9"]
    );
}

#[test]
fn days_and_units_are_as_they_usually_are_until_they_are_entered() {
    let mut wanted = wanted();
    wanted.usual_days = Some(30);
    let today = date(2026, 3, 2);
    let line = |first: &str, last: &str, units: &str| Line {
        first: first.to_owned(),
        last: last.to_owned(),
        units: units.to_owned(),
    };
    let rows = [
        (draft(&[]), line("2026-03-02", "2026-03-31", "30")),
        (draft(&[("last", "2026-03-15")]), line("2026-03-02", "2026-03-15", "14")),
        (draft(&[("last", "2026-03-15"), ("units", "7")]), line("2026-03-02", "2026-03-15", "7")),
        // What was emptied stays empty.
        (draft(&[("first", ""), ("last", "")]), line("", "", "")),
        (draft(&[("last", "2026-03-01")]), line("2026-03-02", "2026-03-01", "")),
    ];
    for (draft, expected) in rows {
        assert_eq!(wanted.line(&draft, today), expected);
    }
}

#[test]
fn what_belongs_to_another_service_goes_with_it() {
    let fields = [("service", "ecm"), ("was", "ecm"), ("units", "3"), ("fact.a", "yes"), ("answered", "yes")];
    let mut same = draft(&fields);
    same.settle_service();
    assert_eq!((same.get("units"), same.get("answered"), same.get("was")), (Some("3"), Some("yes"), None));
    let mut other = draft(&[("service", "respite"), ("was", "ecm"), ("units", "3"), ("fact.a", "yes")]);
    other.settle_service();
    assert_eq!((other.get("units"), other.answer("a")), (None, Some("yes")));
}

#[test]
fn a_form_carries_everything_but_where_it_goes() {
    let all = draft(&[
        ("at", "check"),
        ("to", "send"),
        ("again", "a"),
        ("file.x", ""),
        ("once", "k"),
        ("fact.a", "yes"),
    ]);
    assert_eq!((all.at(), all.to()), (Page::Check, Some(Page::Send)));
    let carried = all.carried(|name| name == "fact.a");
    assert_eq!(carried, [("once".to_owned(), "k".to_owned())]);
}

#[test]
fn a_document_is_one_value_of_a_form() {
    for value in ["discharge-summary doc_1", "discharge-summary doc_1 2026-03-01"] {
        assert_eq!(Attached::read(value).map(|one| one.value()).as_deref(), Some(value));
    }
    assert_eq!(Attached::read("discharge-summary"), None);
}
