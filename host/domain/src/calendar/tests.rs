use std::collections::BTreeSet;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

/// Every closure of the years 2022 and 2026 to 2028, written out by hand from a wall calendar.
const CLOSED: [(i16, &[(i8, i8)]); 4] = [
    (2022, &[(1, 17), (2, 21), (3, 31), (5, 30), (7, 4), (9, 5), (11, 11), (11, 24), (11, 25), (12, 26)]),
    (2026, &[(1, 1), (1, 19), (2, 16), (3, 31), (5, 25), (9, 7), (11, 11), (11, 26), (11, 27), (12, 25)]),
    (2027, &[(1, 1), (1, 18), (2, 15), (3, 31), (5, 31), (7, 5), (9, 6), (11, 11), (11, 25), (11, 26)]),
    (2028, &[(1, 17), (2, 21), (3, 31), (5, 29), (7, 4), (9, 4), (11, 10), (11, 23), (11, 24), (12, 25)]),
];

fn closed_weekdays(year: i16) -> BTreeSet<Date> {
    let calendar = BusinessCalendar::state();
    date(year, 1, 1)
        .series(1.day())
        .take_while(|day| day.year() == year)
        .filter(|day| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday))
        .filter(|day| !calendar.is_business_day(*day))
        .collect()
}

#[test]
fn the_state_closes_on_its_holidays_as_they_are_observed() {
    for (year, days) in CLOSED {
        let expected: BTreeSet<Date> = days.iter().map(|(month, day)| date(year, *month, *day)).collect();
        assert_eq!(closed_weekdays(year), expected, "{year}");
    }
}

#[test]
fn a_plan_may_close_or_work_on_other_days() {
    let day = |day, works| CalendarDay { day, works, name: "invented".to_owned() };
    let plan = BusinessCalendar::state().with_closures(&[
        day(date(2026, 6, 19), false),
        day(date(2026, 3, 31), true),
        day(date(2026, 3, 28), true),
    ]);
    let state = BusinessCalendar::state();
    let cases = [
        (date(2026, 6, 19), true, false),
        (date(2026, 3, 31), false, true),
        (date(2026, 3, 28), false, true),
        (date(2026, 3, 30), true, true),
    ];
    for (day, by_state, by_plan) in cases {
        assert_eq!((state.is_business_day(day), plan.is_business_day(day)), (by_state, by_plan), "{day}");
    }
}

#[test]
fn business_days_are_counted_from_the_day_after() {
    let cases = [
        ("an ordinary week", date(2026, 3, 2), 5, date(2026, 3, 9)),
        ("nothing to count", date(2026, 3, 7), 0, date(2026, 3, 7)),
        ("from a Friday", date(2026, 3, 6), 1, date(2026, 3, 9)),
        ("from a Saturday", date(2026, 3, 7), 1, date(2026, 3, 9)),
        ("over Thanksgiving and the day after", date(2026, 11, 25), 1, date(2026, 11, 30)),
        ("over the year's end", date(2026, 12, 31), 1, date(2027, 1, 4)),
        ("New Year on a Saturday does not move", date(2027, 12, 31), 1, date(2028, 1, 3)),
        ("New Year on a Sunday moves to Monday", date(2022, 12, 30), 1, date(2023, 1, 3)),
        ("Veterans Day on a Saturday is the Friday before", date(2028, 11, 9), 1, date(2028, 11, 13)),
        ("the last day that can be written", Date::MAX, 3, Date::MAX),
    ];
    for (what, from, count, expected) in cases {
        assert_eq!(BusinessCalendar::state().add_business_days(from, count), expected, "{what}");
    }
}

#[test]
fn holidays_have_names_and_a_source() {
    let calendar = BusinessCalendar::state();
    assert_eq!(calendar.holiday(date(2026, 3, 31)).map(|name| name.es.as_str()), Some("Día de César Chávez"));
    assert_eq!(calendar.source(), ("California Government Code sections 6700 and 19853", Confidence::Known));
}

proptest! {
    /// Day by day over the hand-written table, without the calendar's own rules.
    #[test]
    fn counting_agrees_with_a_wall_calendar(start in 0_i32..700, count in 0_u16..60, closed in prop::collection::btree_set(0_i32..800, 0..20)) {
        let first = date(2026, 1, 1);
        let closed: BTreeSet<Date> = closed.into_iter().map(|offset| first + offset.days()).collect();
        let closures: Vec<CalendarDay> =
            closed.iter().map(|day| CalendarDay { day: *day, works: false, name: String::new() }).collect();
        let works = |day: Date| {
            let holidays = CLOSED.iter().find(|(year, _)| *year == day.year()).expect("the table holds the year").1;
            !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
                && !holidays.contains(&(day.month(), day.day()))
                && !closed.contains(&day)
        };
        let from = first + start.days();
        let expected = if count == 0 {
            from
        } else {
            from.series(1.day()).skip(1).filter(|day| works(*day)).nth(usize::from(count) - 1).expect("days go on")
        };
        prop_assert_eq!(BusinessCalendar::state().with_closures(&closures).add_business_days(from, count), expected);
    }
}
