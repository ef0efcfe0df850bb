//! Days as spreadsheets and exporters write them.

use jiff::ToSpan;
use jiff::civil::{Date, date};

/// From which day a spreadsheet counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Epoch {
    /// Day 1 is 1900-01-01, and 1900 is taken for a leap year.
    #[default]
    Of1900,
    /// Day 0 is 1904-01-01.
    Of1904,
}

/// The last day that a spreadsheet can write, which exporters use for "no end".
const LAST: Date = date(9999, 12, 31);

/// Reads `2026-01-31`, `1/31/2026`, `01-31-2026`, `20260131` or a spreadsheet's day number, with or without a
/// time of day behind it. A year of two digits is none of them, nor is a bare year.
pub(super) fn read(text: &str, epoch: Epoch) -> Option<Date> {
    if !text.is_ascii() || text.len() > 40 {
        return None;
    }
    let (day, time) = match text.split_once([' ', 'T']) {
        Some((day, time)) => (day, time.trim()),
        None => (text, ""),
    };
    if !is_time(time) {
        return None;
    }
    let separator = ['-', '/'].into_iter().find(|separator| day.contains(*separator));
    match separator {
        Some(separator) => parted(day, separator),
        None => numbered(day, epoch),
    }
}

/// Reads `2026-1-31` or `1-31-2026`.
fn parted(day: &str, separator: char) -> Option<Date> {
    let mut parts = day.split(separator);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (year, month, day) = if first.len() == 4 { (first, second, third) } else { (third, first, second) };
    if year.len() != 4 || ![month, day].iter().all(|part| (1..=2).contains(&part.len())) {
        return None;
    }
    of(year, month, day)
}

/// `20260131`, or a spreadsheet's day number.
fn numbered(text: &str, epoch: Epoch) -> Option<Date> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(part) {
        return None;
    }
    if whole.len() == 8 && part.is_empty() {
        return of(&whole[..4], &whole[4..6], &whole[6..]);
    }
    counted(whole.parse().ok()?, epoch)
}

/// The day of a spreadsheet's number. Numbers that are more likely a year are not taken.
fn counted(number: i64, epoch: Epoch) -> Option<Date> {
    const YEARS: std::ops::RangeInclusive<i64> = 1800..=2100;
    const MOST: i64 = 100_000;
    let number = match epoch {
        Epoch::Of1900 => number,
        Epoch::Of1904 => number + 1462,
    };
    if number == 2_958_465 {
        return Some(LAST);
    }
    if number > MOST || YEARS.contains(&number) {
        return None;
    }
    let before = if number > 60 { date(1899, 12, 30) } else { date(1899, 12, 31) };
    (number >= 1 && number != 60).then(|| before.checked_add(number.days()).ok())?
}

fn of(year: &str, month: &str, day: &str) -> Option<Date> {
    if [year, month, day].iter().any(|part| !part.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// True if nothing stands behind the day, or a time of day such as `12:00:00 AM` or `00:00:00.000Z`.
fn is_time(text: &str) -> bool {
    text.is_empty()
        || (text.contains(':')
            && text.bytes().all(|byte| byte.is_ascii_digit() || b":. AaPpMmZ+-".contains(&byte)))
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::{Epoch, read};

    #[test]
    fn days_are_read_as_they_are_seen_in_files() {
        let day = date(1971, 4, 9);
        let cases: &[(&str, Option<Date>)] = &[
            ("1971-04-09", Some(day)),
            ("1971-4-9", Some(day)),
            ("1971/04/09", Some(day)),
            ("04/09/1971", Some(day)),
            ("4/9/1971", Some(day)),
            ("04-09-1971", Some(day)),
            ("19710409", Some(day)),
            ("26032", Some(day)),
            ("26032.0", Some(day)),
            ("26032.75", Some(day)),
            ("4/9/1971 12:00:00 AM", Some(day)),
            ("1971-04-09 00:00:00.000", Some(day)),
            ("1971-04-09T00:00:00Z", Some(day)),
            ("1", Some(date(1900, 1, 1))),
            ("61", Some(date(1900, 3, 1))),
            ("2958465", Some(date(9999, 12, 31))),
            // Two digits of a year, a bare year, a day that is none, and what is no day at all.
            ("4/9/71", None),
            ("1971", None),
            ("60", None),
            ("0", None),
            ("13/01/1971", None),
            ("1971-02-30", None),
            ("19711301", None),
            ("4/9", None),
            ("4/9/1971/2", None),
            ("4/9/1971 noon", None),
            ("04091971", None),
            ("123456", None),
            ("-26032", None),
            ("Apr 9, 1971", None),
            ("१९७१-०४-०९", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text, Epoch::Of1900), *expected, "{text:?}");
        }
        assert_eq!(read("24570", Epoch::Of1904), Some(day), "a workbook that counts from 1904");
    }
}
