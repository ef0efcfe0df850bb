use expect_test::expect;
use jiff::civil::date;
use uuid::Uuid;

use super::*;
use crate::case::table::table;
use crate::plan::types::Bilingual;

const TODAY: Date = date(2026, 3, 2);

fn words() -> Reason {
    Bilingual { en: "Because.".to_owned(), es: "Porque.".to_owned() }.into()
}

fn county(code: &str) -> County {
    code.parse().expect("three letters")
}

fn file() -> CaseId {
    CaseId::from_uuid(Uuid::nil())
}

fn term(services: &[&str], first: Date, last: Option<Date>) -> Term {
    Term {
        services: services.iter().map(|service| (*service).to_owned()).collect(),
        counties: BTreeSet::from([county("SRV")]),
        days: Period { first, last },
        application: None,
    }
}

fn meals() -> Contract {
    Contract::new(term(&["meals"], date(2026, 1, 1), None))
}

fn apply(contract: Contract, event: Event) -> Contract {
    contract.apply(event, TODAY).expect("it applies")
}

#[test]
fn a_reason_is_written_where_it_stands() {
    let half = || Reason::written(Some("Because.".to_owned()), None).expect("words");
    let suspended = Event::Suspend { from: TODAY, reason: half() };
    let ended = Event::End { last: TODAY, reason: half() };
    for (event, of) in [(suspended, ReasonOf::Suspend), (ended, ReasonOf::End)] {
        let mut state = apply(meals(), event).state;
        assert_eq!(state.reason(), Some((of, &half())));
        assert!(!state.translate(Language::En, "Again."), "{of:?} is written in this one");
        assert!(state.translate(Language::Es, "Porque."), "{of:?}");
        assert_eq!(state.reason(), Some((of, &words())));
    }
    let mut active = meals().state;
    assert_eq!(active.reason(), None);
    assert!(!active.translate(Language::Es, "Porque."));
}

#[test]
fn every_state_meets_every_event() {
    let suspended = apply(meals(), Event::Suspend { from: TODAY, reason: words() });
    let ended = apply(meals(), Event::End { last: TODAY, reason: words() });
    let events = [
        Event::Suspend { from: TODAY, reason: words() },
        Event::Reinstate { from: TODAY },
        Event::End { last: TODAY, reason: words() },
        Event::Extend(term(&["ecm"], TODAY, None)),
        Event::Change(term(&["ecm"], TODAY, None)),
        Event::Withdraw { application: file(), last: TODAY, reason: words() },
    ];
    let name = |contract: &Contract| contract.state.name();
    expect![[r#"
                  suspend   reinstate end       extend    change    withdraw
        active    suspended -         ended     active    active    active
        suspended -         active    ended     suspended suspended suspended
        ended     -         -         -         -         -         -"#]]
    .assert_eq(&table(&[meals(), suspended, ended], &events, name, Event::name, |contract, event| {
        contract.apply(event, TODAY)
    }));
}

#[test]
fn it_holds_by_service_county_and_day() {
    let suspended = apply(meals(), Event::Suspend { from: date(2026, 4, 1), reason: words() });
    let again = apply(suspended.clone(), Event::Reinstate { from: date(2026, 5, 1) });
    let never = apply(suspended.clone(), Event::Reinstate { from: date(2026, 4, 1) });
    let ended = apply(again.clone(), Event::End { last: date(2026, 6, 30), reason: words() });
    let later = Contract::new(term(&["meals"], date(2099, 1, 1), None));
    let never_begun = apply(later.clone(), Event::End { last: TODAY, reason: words() });
    let changed = apply(meals(), Event::Change(term(&["ecm"], date(2026, 4, 1), None)));
    let cases = [
        ("before it begins", &meals(), "meals", "SRV", date(2025, 12, 31), false),
        ("its first day", &meals(), "meals", "SRV", date(2026, 1, 1), true),
        ("another service", &meals(), "ecm", "SRV", TODAY, false),
        ("another county", &meals(), "meals", "LDM", TODAY, false),
        ("from 2099 on", &later, "meals", "SRV", TODAY, false),
        ("ended before it began", &never_begun, "meals", "SRV", date(2099, 1, 2), false),
        ("the day before the suspension", &suspended, "meals", "SRV", date(2026, 3, 31), true),
        ("suspended", &suspended, "meals", "SRV", date(2026, 4, 1), false),
        ("suspended once, reinstated since", &again, "meals", "SRV", date(2026, 4, 30), false),
        ("reinstated", &again, "meals", "SRV", date(2026, 5, 1), true),
        ("a suspension without a day", &never, "meals", "SRV", date(2026, 4, 1), true),
        ("its last day", &ended, "meals", "SRV", date(2026, 6, 30), true),
        ("after its last day", &ended, "meals", "SRV", date(2026, 7, 1), false),
        ("before a change", &changed, "meals", "SRV", date(2026, 3, 31), true),
        ("after a change", &changed, "meals", "SRV", date(2026, 4, 1), false),
        ("what it was changed to", &changed, "ecm", "SRV", date(2026, 4, 1), true),
    ];
    for (what, contract, service, code, day, expected) in cases {
        assert_eq!(contract.holds(service, &county(code), day), expected, "{what}");
        let held = contract.held().into_iter().any(|held| {
            held.service == service
                && held.county == county(code)
                && Period { first: held.first, last: held.last }.holds(day)
        });
        assert_eq!(held, expected, "{what}, by its days");
    }
}

#[test]
fn no_day_that_has_passed_is_taken_away() {
    let yesterday = date(2026, 3, 1);
    let suspended = apply(meals(), Event::Suspend { from: date(2026, 4, 1), reason: words() });
    let cases = [
        (meals(), Event::Suspend { from: yesterday, reason: words() }),
        (meals(), Event::End { last: yesterday, reason: words() }),
        (meals(), Event::Change(term(&["ecm"], yesterday, None))),
        (meals(), Event::Withdraw { application: file(), last: yesterday, reason: words() }),
        (suspended, Event::Reinstate { from: date(2026, 3, 31) }),
    ];
    for (contract, event) in cases {
        let name = event.name();
        assert!(matches!(contract.apply(event, TODAY), Err(Refused::TooEarly { .. })), "{name}");
    }
    // What is given may be given for days that have passed: a contract is often older than its record.
    apply(meals(), Event::Extend(term(&["ecm"], date(2025, 11, 2), None)));
}

#[test]
fn what_rests_on_a_file_goes_with_its_approval() {
    let rests = Term { application: Some(file()), ..term(&["meals"], date(2026, 1, 1), None) };
    let withdraw = || Event::Withdraw { application: file(), last: TODAY, reason: words() };
    let alone = apply(Contract::new(rests.clone()), withdraw());
    assert_eq!(alone.state.name(), "ended");
    let both = apply(meals(), Event::Extend(Term { services: BTreeSet::from(["ecm".to_owned()]), ..rests }));
    let left = apply(both, withdraw());
    assert_eq!(left.state.name(), "active");
    let after = date(2026, 3, 3);
    assert_eq!(["meals", "ecm"].map(|service| left.holds(service, &county("SRV"), after)), [true, false]);
}

#[test]
fn terms_that_say_the_same_of_days_that_touch_are_one() {
    let first = Contract::new(term(&["meals"], date(2026, 1, 1), Some(date(2026, 6, 30))));
    let renewed = apply(first.clone(), Event::Extend(term(&["meals"], date(2026, 7, 1), None)));
    assert_eq!(renewed.terms, [term(&["meals"], date(2026, 1, 1), None)]);
    let apart = apply(first, Event::Extend(term(&["meals"], date(2026, 7, 2), None)));
    assert_eq!(apart.terms.len(), 2);
    let mut many = apart;
    let refused = (0..200).find_map(|place| {
        let next = term(&[&format!("service-{place}")], TODAY, None);
        match many.clone().apply(Event::Extend(next), TODAY) {
            Ok(longer) => {
                many = longer;
                None
            }
            Err(refused) => Some(refused),
        }
    });
    assert_eq!((refused, many.terms.len()), (Some(Refused::TooMany), MOST_TERMS));
}

#[test]
fn a_span_is_covered_by_spans_without_a_hole() {
    let span = |first: Date, last: Option<Date>| Period { first, last };
    let (march, june) = (date(2026, 3, 1), date(2026, 6, 30));
    let cases: [(&str, Vec<Period>, Period, bool); 6] = [
        ("by nothing", vec![], span(march, Some(march)), false),
        ("by one without an end", vec![span(march, None)], span(march, None), true),
        ("an open end by one that ends", vec![span(march, Some(june))], span(march, None), false),
        (
            "by two that touch",
            vec![span(date(2026, 4, 1), Some(june)), span(march, Some(date(2026, 3, 31)))],
            span(march, Some(june)),
            true,
        ),
        (
            "by two with a hole",
            vec![span(march, Some(date(2026, 3, 30))), span(date(2026, 4, 1), None)],
            span(march, Some(june)),
            false,
        ),
        ("one that begins too late", vec![span(date(2026, 3, 2), None)], span(march, Some(march)), false),
    ];
    for (what, spans, asked, expected) in cases {
        assert_eq!(covers(&spans, &asked), expected, "{what}");
    }
}
