use jiff::civil::date;

use super::*;

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_manual_clock_moves_only_when_it_is_moved() {
    let clock = ManualClock::at("2026-03-01T09:00:00.123456Z");
    assert_eq!(clock.now(), instant("2026-03-01T09:00:00.123Z"));
    clock.advance(SignedDuration::from_hours(72));
    assert_eq!(clock.now(), instant("2026-03-04T09:00:00.123Z"));
    clock.advance(SignedDuration::from_secs(-1));
    assert_eq!(clock.now(), instant("2026-03-04T08:59:59.123Z"));
    clock.set(instant("2027-01-01T00:00:00Z"));
    assert_eq!(clock.now(), instant("2027-01-01T00:00:00Z"));
}

#[test]
fn counted_ids_count() {
    let ids = CountedIds::default();
    assert_eq!([ids.next(), ids.next()], [Uuid::from_u128(1), Uuid::from_u128(2)]);
}

#[test]
fn days_are_pacific() {
    let cases = [
        ("2026-01-01T07:59:59.999Z", date(2025, 12, 31)),
        ("2026-01-01T08:00:00Z", date(2026, 1, 1)),
        ("2026-07-01T06:59:59.999Z", date(2026, 6, 30)),
        ("2026-07-01T07:00:00Z", date(2026, 7, 1)),
    ];
    for (at, day) in cases {
        assert_eq!(pacific_day(instant(at)), day, "{at}");
    }
}

#[test]
fn days_end_at_their_last_millisecond_also_when_clocks_change() {
    let cases = [
        (date(2026, 1, 15), "2026-01-16T07:59:59.999Z"),
        (date(2026, 3, 7), "2026-03-08T07:59:59.999Z"),
        (date(2026, 3, 8), "2026-03-09T06:59:59.999Z"),
        (date(2026, 10, 31), "2026-11-01T06:59:59.999Z"),
        (date(2026, 11, 1), "2026-11-02T07:59:59.999Z"),
    ];
    for (day, end) in cases {
        assert_eq!(pacific_end_of_day(day), instant(end), "{day}");
        assert_eq!(pacific_day(instant(end)), day);
    }
    assert_eq!(pacific_end_of_day(Date::MAX), Timestamp::MAX);
}

#[test]
fn instants_are_cut_to_milliseconds() {
    assert_eq!(
        whole_milliseconds(instant("2026-03-01T09:00:00.123999Z")),
        instant("2026-03-01T09:00:00.123Z")
    );
}
