use expect_test::expect;
use jiff::Timestamp;

use super::{Event as E, State as S};
use crate::case::table::table;

fn why() -> String {
    "The contract ends.".to_owned()
}

#[test]
fn every_state_meets_every_event() {
    let at = Timestamp::UNIX_EPOCH;
    let states = [S::Active, S::Paused { since: at, reason: why() }, S::Ended { at, reason: why() }];
    let events = [E::Pause { reason: why() }, E::Resume, E::End { reason: why() }];
    expect![[r#"
               pause  resume end
        active paused -      ended
        paused -      active ended
        ended  -      -      -"#]]
    .assert_eq(&table(&states, &events, S::name, E::name, |state, event| state.apply(event, at)));
    assert_eq!(states.each_ref().map(S::name), S::NAMES);
}

#[test]
fn a_plan_that_rests_takes_cases_and_one_that_ended_does_not() {
    let at = Timestamp::UNIX_EPOCH;
    let cases = [
        (S::Active, true, true),
        (S::Paused { since: at, reason: why() }, false, true),
        (S::Ended { at, reason: why() }, false, false),
    ];
    for (state, active, takes) in cases {
        assert_eq!((state.is_active(), state.takes_cases()), (active, takes), "{}", state.name());
    }
}
