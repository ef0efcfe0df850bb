//! Business days: the state's holidays from `data/calendar-ca.toml`, and the days that a plan closes or keeps
//! open besides.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde::Deserialize;

use crate::plan::profile::CalendarDay;
use crate::plan::types::Bilingual;
use crate::provenance::Confidence;

/// The business days of the state or of one plan.
#[derive(Clone, Debug)]
pub struct BusinessCalendar {
    state: &'static StateCalendar,
    /// Days on which a plan differs, and whether it works on them.
    exceptions: BTreeMap<Date, bool>,
}

impl BusinessCalendar {
    /// The state's own calendar: Monday to Friday without the state's holidays.
    #[must_use]
    pub fn state() -> Self {
        Self { state: &STATE, exceptions: BTreeMap::new() }
    }

    /// The same calendar with a plan's days on top; the plan's word wins.
    #[must_use]
    pub fn with_closures(mut self, days: &[CalendarDay]) -> Self {
        self.exceptions.extend(days.iter().map(|day| (day.day, day.works)));
        self
    }

    /// True if `day` is a business day.
    #[must_use]
    pub fn is_business_day(&self, day: Date) -> bool {
        self.exceptions.get(&day).copied().unwrap_or_else(|| {
            !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && self.holiday(day).is_none()
        })
    }

    /// The state's holiday that is observed on `day`.
    #[must_use]
    pub fn holiday(&self, day: Date) -> Option<&Bilingual> {
        // A holiday may be observed in the year before or after its own.
        let years = [day.year() - 1, day.year(), day.year().saturating_add(1)];
        let observed = |holiday: &&Holiday| years.iter().any(|year| holiday.observed(*year) == Some(day));
        self.state.holiday.iter().find(observed).map(|holiday| &holiday.name)
    }

    /// The `count`th business day after `day`; the first one after it counts as 1, and 0 is `day` itself.
    #[must_use]
    pub fn add_business_days(&self, day: Date, count: u16) -> Date {
        let mut reached = day;
        let mut left = count;
        while left > 0 {
            let Ok(next) = reached.tomorrow() else { break };
            reached = next;
            left -= u16::from(self.is_business_day(reached));
        }
        reached
    }

    /// The document that the state's holidays come from, and how sure we are of them.
    #[must_use]
    pub fn source(&self) -> (&str, Confidence) {
        (&self.state.source, self.state.tag)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StateCalendar {
    source: String,
    tag: Confidence,
    holiday: Vec<Holiday>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Holiday {
    name: Bilingual,
    day: HolidayDay,
    /// Days by which it moves when it falls on a Sunday.
    #[serde(default)]
    when_sunday: i8,
    /// Days by which it moves when it falls on a Saturday.
    #[serde(default)]
    when_saturday: i8,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum HolidayDay {
    Weekday {
        month: i8,
        weekday: WeekdayName,
        /// Counted from the month's start, or from its end where negative.
        nth: i8,
        /// Days after that day.
        #[serde(default)]
        then: i8,
    },
    Fixed {
        month: i8,
        day: i8,
    },
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WeekdayName {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
}

impl Holiday {
    /// The day on which it closes offices in `year`.
    fn observed(&self, year: i16) -> Option<Date> {
        let day = match self.day {
            HolidayDay::Fixed { month, day } => Date::new(year, month, day).ok()?,
            HolidayDay::Weekday { month, weekday, nth, then } => {
                let first = Date::new(year, month, 1).ok()?;
                first.nth_weekday_of_month(nth, weekday.into()).ok()?.checked_add(then.days()).ok()?
            }
        };
        let shift = match day.weekday() {
            Weekday::Sunday => self.when_sunday,
            Weekday::Saturday => self.when_saturday,
            _ => 0,
        };
        day.checked_add(shift.days()).ok()
    }
}

impl From<WeekdayName> for Weekday {
    fn from(name: WeekdayName) -> Self {
        match name {
            WeekdayName::Monday => Self::Monday,
            WeekdayName::Tuesday => Self::Tuesday,
            WeekdayName::Wednesday => Self::Wednesday,
            WeekdayName::Thursday => Self::Thursday,
            WeekdayName::Friday => Self::Friday,
        }
    }
}

static STATE: LazyLock<StateCalendar> = LazyLock::new(|| {
    toml::from_str(include_str!("../data/calendar-ca.toml")).expect("the tests read the embedded holidays")
});

#[cfg(test)]
mod tests;
