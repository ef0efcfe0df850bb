use expect_test::expect;
use jiff::{SignedDuration, Timestamp};

use super::{Closed, Event as E, Session, State as S, Terms, Why};
use crate::case::table::table;

const TERMS: Terms = Terms {
    idle: SignedDuration::from_mins(15),
    whole: SignedDuration::from_hours(12),
    raised: SignedDuration::from_mins(5),
};

fn minute(minutes: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
}

fn session(state: S) -> Session {
    Session { state, ..Session::begin(minute(0)) }
}

fn table_at(now: Timestamp) -> String {
    let at = minute(0);
    let states = [S::Open, S::Locked { at }, S::Ended { at, why: Why::SignedOut }];
    assert_eq!(states.each_ref().map(S::name), S::NAMES);
    let apply = |state, event| session(state).apply(event, &TERMS, now).map(|next| next.state);
    table(&states, &[E::Lock, E::Prove, E::End(Why::SignedOut)], S::name, E::name, apply)
}

#[test]
fn every_state_meets_every_event_before_and_after_the_end() {
    expect![[r#"
               lock   prove  end
        open   locked open   ended
        locked -      open   ended
        ended  -      -      -"#]]
    .assert_eq(&table_at(minute(14)));
    expect![[r#"
               lock   prove  end
        open   -      -      -
        locked -      -      -
        ended  -      -      -"#]]
    .assert_eq(&table_at(minute(15)));
}

#[test]
fn a_session_ends_without_use_and_however_much_it_is_used() {
    let used = |last: i64| Session { seen_at: minute(last), ..session(S::Open) };
    for (last, now, serves) in [
        (0, 14, true),
        (0, 15, false),
        (14, 28, true),
        (14, 29, false),
        (12 * 60 - 1, 12 * 60 - 1, true),
        (12 * 60 - 1, 12 * 60, false),
    ] {
        assert_eq!(used(last).serves(&TERMS, minute(now)).is_ok(), serves, "{last} {now}");
    }
    assert_eq!(used(12 * 60 - 1).ends_at(&TERMS), minute(12 * 60));
    let locked = session(S::Locked { at: minute(1) });
    assert_eq!(locked.serves(&TERMS, minute(2)), Err(Closed::Locked));
    assert_eq!(locked.serves(&TERMS, minute(15)), Err(Closed::Over));
}

#[test]
fn a_proof_is_fresh_for_a_while() {
    let begun = session(S::Open);
    assert!(begun.is_raised(&TERMS, minute(4)) && !begun.is_raised(&TERMS, minute(5)));
    let locked = session(S::Locked { at: minute(1) });
    let proved = locked.apply(E::Prove, &TERMS, minute(10)).unwrap();
    assert!(proved.is_raised(&TERMS, minute(14)));
    assert_eq!((proved.seen_at, proved.began_at), (minute(10), minute(0)));
}

#[test]
fn a_proof_is_as_old_as_it_is() {
    let begun = Session::begin_after(minute(0), minute(4));
    assert!(begun.is_raised(&TERMS, minute(4)) && !begun.is_raised(&TERMS, minute(5)));
    assert_eq!(begun.ends_at(&TERMS), minute(19), "it is used from now on");
    assert_eq!(
        Session::begin_after(minute(9), minute(4)),
        Session::begin(minute(4)),
        "none is of the future"
    );
}
