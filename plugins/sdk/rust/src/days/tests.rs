use super::{between, day, since};

#[test]
fn day_numbers_count_from_1970_and_back() {
    let cases = [
        (day(1970, 1, 1), 0),
        (day(1969, 12, 31), -1),
        (day(2000, 2, 29), 11_016),
        (day(2026, 3, 2), 20_514),
        (day(2100, 3, 1), 47_541),
    ];
    for (date, number) in cases {
        assert_eq!((date.number(), super::Date::from_number(number)), (number, date));
    }
}

#[test]
fn months_back_keep_the_day_or_take_the_months_last() {
    let cases = [
        (day(2026, 3, 2), 12, day(2025, 3, 2)),
        (day(2026, 1, 15), 1, day(2025, 12, 15)),
        (day(2024, 2, 29), 12, day(2023, 2, 28)),
        (day(2026, 3, 31), 1, day(2026, 2, 28)),
    ];
    for (from, months, expected) in cases {
        assert_eq!(from.minus_months(months), expected);
    }
}

#[test]
fn ages_change_on_the_birthday() {
    let cases = [(day(2026, 3, 1), 20), (day(2026, 3, 2), 21)];
    for (on, age) in cases {
        assert_eq!(on.age_since(day(2005, 3, 2)), age);
    }
}

#[test]
fn periods_share_days_with_both_ends_counted() {
    let march = between(day(2026, 3, 1), day(2026, 3, 31));
    let cases = [
        (between(day(2026, 3, 31), day(2026, 4, 2)), 1),
        (between(day(2026, 4, 1), day(2026, 4, 2)), 0),
        (since(day(2026, 3, 30)), 2),
        (march, 31),
    ];
    for (other, shared) in cases {
        assert_eq!(march.shared_days(&other), shared);
    }
}
