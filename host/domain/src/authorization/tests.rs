use expect_test::expect;
use jiff::Timestamp;
use jiff::civil::date;
use uuid::Uuid;

use super::{Bound, Cut, Event as E, Extent, State as S, Window};
use crate::case::table::table;
use crate::case::{LicensedReviewer, Moved, Refusal, WhyPeople, WithPeople};
use crate::floor::Administrative;
use crate::identifiers::CaseId;
use crate::plan::authorization::{Grant, GrantedLine};
use crate::plan::types::{Ask, Bilingual, Period};

fn words() -> Bilingual {
    Bilingual { en: "Because.".to_owned(), es: "Porque.".to_owned() }
}

fn moved() -> Moved {
    Moved { plan: "harbor-crest".parse().unwrap(), case: CaseId::from_uuid(Uuid::from_u128(9)) }
}

#[test]
fn every_state_meets_every_event() {
    let at = Timestamp::UNIX_EPOCH;
    let administrative = Refusal::administrative(Administrative::for_tests("elected"), words());
    let reviewer = LicensedReviewer::on_record(Some("RN 555012")).unwrap();
    let clinical = Refusal::clinical(Vec::new(), words(), reviewer);
    let length = Cut::Declared(vec![Bound::Days { declared: 90, asked: 120 }]);
    let asks = vec![Ask::Fact("housing.status".to_owned())];
    let grant = Grant { lines: Vec::new(), conditions: Vec::new() };
    let number = "VV-0001".to_owned();
    let approve = |extent| E::Approve { number: number.clone(), grant: grant.clone(), extent };
    let states = [
        S::Received { at },
        S::Pended { since: at, asks: asks.clone() },
        S::WithPeople(WithPeople { since: at, why: WhyPeople::ClinicalReview, recommendation: None }),
        S::Approved { at, number: number.clone(), grant: grant.clone(), extent: Extent::Whole },
        S::Denied { at, refusal: administrative.clone() },
        S::Withdrawn { at },
        S::Moved { at, to: moved() },
    ];
    let events = [
        approve(Extent::Whole),
        approve(Extent::Part(length)),
        approve(Extent::Modified(Cut::Refused(administrative.clone()))),
        approve(Extent::Part(Cut::Refused(clinical.clone()))),
        E::Ask(asks),
        E::HandOver { why: WhyPeople::ClinicalReview, recommendation: None },
        E::Refuse(administrative),
        E::Refuse(clinical),
        E::Supply,
        E::Withdraw,
        E::Extend,
        E::End { last: date(2026, 3, 10) },
        E::Move(moved()),
    ];
    let event_name = |event: &E| match event {
        E::Refuse(refusal) if refusal.reviewer().is_some() => "refuse-clinical",
        E::Approve { extent, .. } if extent.is_a_persons() => "cut-clinical",
        event => event.name(),
    };
    expect![[r#"
                        approve         approve         approve         cut-clinical    ask             hand-over       refuse          refuse-clinical supply          withdraw        extend          end             move
        received        approved        partly-approved modified        -               pended          with-people     denied          -               -               -               -               -               moved
        pended          approved        partly-approved modified        partly-approved -               -               denied          denied          received        withdrawn       pended          -               moved
        with-people     approved        partly-approved modified        partly-approved pended          -               denied          denied          -               withdrawn       with-people     -               moved
        approved        -               -               -               -               -               -               -               -               -               -               -               approved        -
        denied          -               -               -               -               -               -               -               -               -               -               -               -               -
        withdrawn       -               -               -               -               -               -               -               -               -               -               -               -               -
        moved           -               -               -               -               -               -               -               -               -               -               -               -               -"#]].assert_eq(&table(&states, &events, S::name, event_name, |state, event| state.apply(event, at)));
}

#[test]
fn what_is_granted_ends_early() {
    let line = |code: &str, units, first, last| GrantedLine {
        procedure: code.parse().unwrap(),
        units,
        days: Period { first, last: Some(last) },
    };
    let grant = Grant {
        lines: vec![
            line("T2033 U6", 30, date(2026, 3, 1), date(2026, 3, 30)),
            line("T2033 U6", 4, date(2026, 3, 1), date(2026, 3, 30)),
            line("H0044 U2", 20, date(2026, 3, 1), date(2026, 3, 30)),
            line("T2033 U6", 5, date(2026, 3, 31), date(2026, 4, 4)),
        ],
        conditions: Vec::new(),
    };
    let approved =
        S::Approved { at: Timestamp::UNIX_EPOCH, number: "VV-0001".to_owned(), grant, extent: Extent::Whole };
    let ended = approved.apply(E::End { last: date(2026, 3, 10) }, Timestamp::UNIX_EPOCH).unwrap();
    let S::Approved { grant, .. } = ended else { panic!("it stays granted") };
    let left: Vec<_> = grant.lines.iter().map(|line| (line.units, line.days.last.unwrap())).collect();
    assert_eq!(left, [(10, date(2026, 3, 10)), (4, date(2026, 3, 10)), (20, date(2026, 3, 10))]);
}

#[test]
fn a_denial_ends_the_window_on_its_day_and_not_before_the_first() {
    let window = Window { rule: "w".to_owned(), first: date(2026, 3, 10), last: date(2026, 3, 23) };
    let ended = |day| {
        let window = window.clone().ended_on(day);
        format!("{} to {}, {} days", window.first, window.last, window.days())
    };
    expect!["2026-03-10 to 2026-03-23, 14 days"].assert_eq(&ended(date(2026, 4, 1)));
    expect!["2026-03-10 to 2026-03-12, 3 days"].assert_eq(&ended(date(2026, 3, 12)));
    expect!["2026-03-10 to 2026-03-10, 1 days"].assert_eq(&ended(date(2026, 3, 1)));
}
