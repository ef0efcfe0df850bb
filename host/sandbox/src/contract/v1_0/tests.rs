use domain::plan::types::{FactValue, Finding, PlanError};
use domain::plan::{authorization, types};
use domain::{Cents, Procedure};
use jiff::civil::{Date, date};

use super::{Lift, Lower, Misfit, arena, wit};

#[test]
fn what_is_lowered_is_what_there_is() {
    let arena = arena();
    let days = types::Period { first: date(2024, 2, 29), last: Some(date(9999, 12, 31)) };
    let lines = vec![authorization::RequestedLine {
        procedure: "H0043 U6 TS".parse().expect("a procedure"),
        units: 30,
        days: days.clone(),
    }];
    let [line] = lines.lower(&arena) else { panic!("one line was lowered") };
    assert_eq!((line.procedure.code, line.procedure.modifiers), ("H0043", &["TS", "U6"][..]));
    assert_eq!(line.units, 30);
    assert_eq!(days.lower(&arena).lift(), Ok(days));

    let document = types::Document {
        kind: "receipt".into(),
        issued: None,
        expires: Some(date(2026, 1, 1)),
        amount: Some(Cents(-125_050)),
        content: None,
    };
    let lowered = document.lower(&arena);
    assert_eq!((lowered.kind, lowered.amount), ("receipt", Some(-125_050)));
    assert!(lowered.issued.is_none());
    assert_eq!(lowered.expires.map(Lift::<Date>::lift), Some(Ok(date(2026, 1, 1))));

    let values = vec![
        FactValue::Flag(true),
        FactValue::Count(-1),
        FactValue::Measure(9_100),
        FactValue::Day(date(1970, 1, 1)),
        FactValue::Coded("at-risk".into()),
    ];
    use wit::types::FactValue as Lowered;
    let [
        Lowered::Flag(true),
        Lowered::Count(-1),
        Lowered::Measure(9_100),
        Lowered::Day(day),
        Lowered::Coded("at-risk"),
    ] = values.lower(&arena)
    else {
        panic!("other values were lowered")
    };
    assert_eq!((day.year, day.month, day.day), (1970, 1, 1));
    let instant = jiff::Timestamp::from_millisecond(1_790_000_000_123).expect("an instant");
    assert_eq!(instant.lower(&arena).lift(), Ok(instant));
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
        let lifted: Result<Date, Misfit> = wit::types::Date { year, month, day }.lift();
        assert_eq!(lifted.is_ok(), fits, "{year}-{month}-{day}");
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
        let lifted: Result<Procedure, Misfit> =
            wit::types::ProcedureResult { code: code.to_owned(), modifiers }.lift();
        let problem =
            lifted.err().map(|Misfit { at, problem }| format!("{at} {problem}")).unwrap_or_default();
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
    let lifted: Result<authorization::Determination, Misfit> = answer.lift();
    assert_eq!(
        lifted,
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
    let lift = |length: usize| {
        let findings: Vec<_> = std::iter::repeat_with(finding).take(length).collect();
        Lift::<Vec<Finding>>::lift(findings).map(|lifted| lifted.len())
    };
    assert_eq!(lift(10_000), Ok(10_000));
    assert_eq!(lift(10_001), Err(Misfit::new("the list is too long")));
    // A file's bytes are not elements of a list.
    assert_eq!(Lift::<Vec<u8>>::lift(vec![0_u8; 10_001]).map(|lifted| lifted.len()), Ok(10_001));
    let error = wit::types::PlanError::Unsupported("renewals".to_owned());
    assert_eq!(error.lift(), Ok(PlanError::Unsupported("renewals".to_owned())));
}
