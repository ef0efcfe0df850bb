use expect_test::expect;
use jiff::{SignedDuration, Timestamp};

use super::{Closed, Event as E, Invitation, State as S};
use crate::case::table::table;

/// An invitation made at the epoch for three days.
fn invitation(state: S) -> Invitation {
    Invitation { state, ..Invitation::open(Timestamp::UNIX_EPOCH, SignedDuration::from_hours(72)) }
}

fn hours(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
}

fn table_at(now: Timestamp) -> String {
    let at = Timestamp::UNIX_EPOCH;
    let states = [S::Open, S::Accepted { at }, S::Replaced { at }, S::Withdrawn { at }];
    assert_eq!(states.each_ref().map(S::name), S::NAMES);
    let apply = |state, event| invitation(state).apply(event, now).map(|next| next.state);
    table(&states, &[E::Accept, E::Replace, E::Withdraw], S::name, |event| event.name(), apply)
}

#[test]
fn every_state_meets_every_event_before_and_after_the_end() {
    expect![[r#"
                  accept    replace   withdraw
        open      accepted  replaced  withdrawn
        accepted  -         -         -
        replaced  -         -         -
        withdrawn -         -         -"#]]
    .assert_eq(&table_at(hours(1)));
    expect![[r#"
                  accept    replace   withdraw
        open      -         replaced  withdrawn
        accepted  -         -         -
        replaced  -         -         -
        withdrawn -         -         -"#]]
    .assert_eq(&table_at(hours(72)));
}

#[test]
fn a_link_opens_until_its_end_and_not_at_it() {
    let open = invitation(S::Open);
    let last = open.ends_at - SignedDuration::from_millis(1);
    assert_eq!(open.opens(last), Ok(()));
    assert_eq!(open.opens(open.ends_at), Err(Closed::Expired));
    let used = open.apply(E::Accept, hours(1)).unwrap();
    assert_eq!((used.opens(hours(2)), used.state.settled_at()), (Err(Closed::Settled), Some(hours(1))));
    assert_eq!(used.opens(hours(80)), Err(Closed::Settled), "what became of it says more than its end");
}
