use domain::plan::types::{FactValue, Finding, PlanError};
use domain::plan::{authorization, types};
use domain::{Cents, Procedure};
use jiff::civil::{Date, date};

use super::{Give, Misfit, Take, shelf, wit};

#[test]
fn what_is_given_is_what_there_is() {
    let shelf = shelf();
    let days = types::Period { first: date(2024, 2, 29), last: Some(date(9999, 12, 31)) };
    let lines = vec![authorization::RequestedLine {
        procedure: "H0043 U6 TS".parse().expect("a procedure"),
        units: 30,
        days: days.clone(),
    }];
    let [line] = lines.give(&shelf) else { panic!("one line was given") };
    assert_eq!((line.procedure.code, line.procedure.modifiers), ("H0043", &["TS", "U6"][..]));
    assert_eq!(line.units, 30);
    assert_eq!(days.give(&shelf).take(), Ok(days));

    let document = types::Document {
        kind: "receipt".into(),
        issued: None,
        expires: Some(date(2026, 1, 1)),
        amount: Some(Cents(-125_050)),
        content: None,
    };
    let given = document.give(&shelf);
    assert_eq!((given.kind, given.amount), ("receipt", Some(-125_050)));
    assert!(given.issued.is_none());
    assert_eq!(given.expires.map(Take::<Date>::take), Some(Ok(date(2026, 1, 1))));

    let values = vec![
        FactValue::Flag(true),
        FactValue::Count(-1),
        FactValue::Measure(9_100),
        FactValue::Day(date(1970, 1, 1)),
        FactValue::Coded("at-risk".into()),
    ];
    use wit::types::FactValue as Given;
    let [
        Given::Flag(true),
        Given::Count(-1),
        Given::Measure(9_100),
        Given::Day(day),
        Given::Coded("at-risk"),
    ] = values.give(&shelf)
    else {
        panic!("other values were given")
    };
    assert_eq!((day.year, day.month, day.day), (1970, 1, 1));
    let instant = jiff::Timestamp::from_millisecond(1_790_000_000_123).expect("an instant");
    assert_eq!(instant.give(&shelf).take(), Ok(instant));
}

#[test]
fn days_that_are_none_are_refused() {
    let cases = [
        (2026, 1, 31, true),
        (2026, 2, 29, false),
        (2026, 13, 1, false),
        (2026, 0, 1, false),
        (2026, 1, 0, false),
    ];
    let edges = [
        (0, 1, 1, false),
        (999, 1, 1, false),
        (9999, 12, 31, true),
        (10_000, 1, 1, false),
        (65_535, 255, 255, false),
    ];
    for (year, month, day, fits) in cases.into_iter().chain(edges) {
        let taken: Result<Date, Misfit> = wit::types::Date { year, month, day }.take();
        assert_eq!(taken.is_ok(), fits, "{year}-{month}-{day}");
    }
}

#[test]
fn procedures_that_are_none_are_refused_by_place() {
    let cases: [(&str, &[&str], &str); 5] = [
        ("H0043", &["U6", "TS"], ""),
        ("0043", &[], "/code not a HCPCS code"),
        ("H0043", &["U6", "long"], "/modifiers/1 not a modifier"),
        ("H0043", &["U6", "U6"], "/modifiers a modifier stands there twice"),
        ("H0043", &["U1", "U2", "U3", "U4", "U5"], "/modifiers more than four modifiers"),
    ];
    for (code, modifiers, expected) in cases {
        let modifiers = modifiers.iter().map(|modifier| (*modifier).to_owned()).collect();
        let taken: Result<Procedure, Misfit> =
            wit::types::ProcedureResult { code: code.to_owned(), modifiers }.take();
        let problem = taken.err().map(|Misfit { at, problem }| format!("{at} {problem}")).unwrap_or_default();
        assert_eq!(problem, expected);
    }
}

#[test]
fn a_value_that_the_contract_forbids_is_named_by_its_place() {
    let line = wit::authorization::GrantedLine {
        procedure: wit::types::ProcedureResult { code: "T1019".into(), modifiers: vec![] },
        units: 1,
        days: wit::types::Period { first: wit::types::Date { year: 2026, month: 2, day: 30 }, last: None },
    };
    let grant = wit::authorization::Grant { lines: vec![line], conditions: vec![] };
    let answer = wit::authorization::Determination {
        decision: wit::authorization::Decision::PartlyApproved(grant),
        findings: vec![],
        notes: vec![],
    };
    let taken: Result<authorization::Determination, Misfit> = answer.take();
    assert_eq!(
        taken,
        Err(Misfit {
            at: "/decision/partly-approved/lines/0/days/first".to_owned(),
            problem: "not a calendar day"
        })
    );
}

#[test]
fn a_list_may_be_long_but_not_endless() {
    let finding = || wit::types::Finding {
        criterion: "c".into(),
        outcome: wit::types::FindingOutcome::Met,
        evidence: vec![],
        reason: wit::types::Bilingual { en: String::new(), es: String::new() },
    };
    let take = |length: usize| {
        let findings: Vec<_> = std::iter::repeat_with(finding).take(length).collect();
        Take::<Vec<Finding>>::take(findings).map(|taken| taken.len())
    };
    assert_eq!(take(10_000), Ok(10_000));
    assert_eq!(take(10_001), Err(Misfit::new("the list is too long")));
    // A file's bytes are not elements of a list.
    assert_eq!(Take::<Vec<u8>>::take(vec![0_u8; 10_001]).map(|taken| taken.len()), Ok(10_001));
    let error = wit::types::PlanError::Unsupported("renewals".to_owned());
    assert_eq!(error.take(), Ok(PlanError::Unsupported("renewals".to_owned())));
}
