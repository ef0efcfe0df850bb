//! Arithmetic on the contract's calendar days.
//!
//! The proleptic Gregorian calendar, by day numbers counted from 1970-01-01; no clock and no time zone is
//! involved.

#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use crate::types::{Date, Period};

/// The given day. The month and the day of the month are taken as they are: constants in rules are meant to
/// be right.
pub const fn day(year: u16, month: u8, day: u8) -> Date {
    Date { year, month, day }
}

/// From the given day on, with no known end.
pub const fn since(first: Date) -> Period {
    Period { first, last: None }
}

/// From one day to another, both counted.
pub const fn between(first: Date, last: Date) -> Period {
    Period { first, last: Some(last) }
}

impl Date {
    /// Number of days since 1970-01-01, negative before it.
    pub fn number(self) -> i64 {
        // Years are counted from 1 March, so that the leap day comes last.
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let month = (i64::from(self.month) + 9) % 12;
        let day_of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
    }

    /// The day with this number; days outside the years 0 to 65535 become the nearest one inside.
    pub fn from_number(number: i64) -> Date {
        let shifted = number + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = (month_from_march + 2) % 12 + 1;
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        match u16::try_from(year) {
            // Both are within a calendar month's bounds by construction.
            Ok(year) => Date { year, month: month as u8, day: day as u8 },
            Err(_) if year < 0 => self::day(0, 1, 1),
            Err(_) => self::day(u16::MAX, 12, 31),
        }
    }

    /// The day so many days later, or earlier if negative.
    pub fn plus_days(self, days: i64) -> Date {
        Date::from_number(self.number().saturating_add(days))
    }

    /// The same day of the month so many months earlier; the month's last day where it has no such day.
    pub fn minus_months(self, months: u32) -> Date {
        let index = (i64::from(self.year) * 12 + i64::from(self.month) - 1 - i64::from(months)).max(0);
        let first = day((index / 12) as u16, (index % 12 + 1) as u8, 1);
        let following = if first.month == 12 {
            day(first.year.saturating_add(1), 1, 1)
        } else {
            day(first.year, first.month + 1, 1)
        };
        let length = following.number() - first.number();
        day(first.year, first.month, i64::from(self.day).min(length) as u8)
    }

    /// Days from another day to this one; negative if this one is earlier.
    pub fn days_after(self, earlier: Date) -> i64 {
        self.number() - earlier.number()
    }

    /// Completed years from the given birth date to this day.
    pub fn age_since(self, birth: Date) -> u16 {
        let birthday_passed = (self.month, self.day) >= (birth.month, birth.day);
        self.year.saturating_sub(birth.year).saturating_sub(u16::from(!birthday_passed))
    }

    /// True if two days are in one calendar month.
    pub fn same_month(self, other: Date) -> bool {
        (self.year, self.month) == (other.year, other.month)
    }
}

impl PartialEq for Date {
    fn eq(&self, other: &Date) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Date {}

impl PartialOrd for Date {
    fn partial_cmp(&self, other: &Date) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Date {
    fn cmp(&self, other: &Date) -> Ordering {
        (self.year, self.month, self.day).cmp(&(other.year, other.month, other.day))
    }
}

impl Period {
    /// True if the day is in the period; first and last day are.
    pub fn contains(&self, day: Date) -> bool {
        self.first <= day && self.last.is_none_or(|last| day <= last)
    }

    /// True if all of another period is in this one.
    pub fn covers(&self, other: &Period) -> bool {
        self.first <= other.first
            && match (self.last, other.last) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(mine), Some(theirs)) => theirs <= mine,
            }
    }

    /// Days that the two periods share, both ends counted; a period without an end is taken to end where the
    /// other does.
    pub fn shared_days(&self, other: &Period) -> i64 {
        let first = self.first.max(other.first);
        match (self.last, other.last) {
            (None, None) => 0,
            (Some(last), None) | (None, Some(last)) => (last.days_after(first) + 1).max(0),
            (Some(mine), Some(theirs)) => (mine.min(theirs).days_after(first) + 1).max(0),
        }
    }

    /// The last day, or the first where no end is known.
    pub fn last_or_first(&self) -> Date {
        self.last.unwrap_or(self.first)
    }
}
