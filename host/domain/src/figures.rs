//! Figures about a county's plans, from `data/figures.toml`: what each counts, over which quarter, and the
//! numbers that are too small to be shown.
//!
//! Nobody may work a small number out of those that are shown. That is kept by four rules:
//!
//! - A part is withheld where it stands for few people, and where those outside it are few.
//! - No totals over plans are given, so that nothing can be taken away from one.
//! - Small causes of denials are added up until what they stand for is no longer small
//!   ([`SmallNumbers::together`]).
//! - Figures are of whole quarters, which do not overlap; and in the quarter that still runs a number grows
//!   by whole steps only, so that two looks on different days tell of no small number in between.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;

use crate::plan::types::Bilingual;
use crate::provenance::{Confidence, Effective};
use crate::statute::ClockId;
use crate::time::pacific_end_of_day;
use crate::words;

#[cfg(test)]
mod tests;

words! {
    /// Thing that is counted.
    pub enum Measure {
        /// Clocks that a plan did not keep.
        ClocksMissed = "clocks-missed",
        /// Time until a plan decides.
        TurnAround = "turn-around",
        /// Referrals of which the end is known.
        LoopClosure = "loop-closure",
        /// Refusals, by the criterion that they rest on.
        Denials = "denials",
    }
}

/// The file `data/figures.toml`, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Figures {
    small_numbers: Vec<SmallNumbers>,
    #[serde(rename = "measure")]
    measures: Vec<Described>,
}

/// One measure in words.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Described {
    /// Measure that is described.
    pub id: Measure,
    /// Name of the measure in both languages.
    pub name: Bilingual,
    /// Cases that it is about, and those that it leaves out.
    pub definition: Bilingual,
    /// Part that is counted.
    pub numerator: Bilingual,
    /// Whole that the part is of.
    pub denominator: Bilingual,
    /// Clocks that are counted, where it is about clocks.
    #[serde(default)]
    pub clocks: Vec<ClockId>,
    /// Days within which a case is in the numerator, where it is about time.
    #[serde(default)]
    pub within_days: Option<u16>,
    /// Days before the quarter in which a case may have come, where it is about what was done in the quarter.
    #[serde(default)]
    pub looks_back_days: u16,
    /// Source: the document, and the place in it.
    pub source: String,
    /// Confidence in it: `found`, `known` or `unsure`.
    pub tag: Confidence,
}

/// Rule on numbers that are too small to be shown, in one version.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmallNumbers {
    /// Smallest number of people that is shown, apart from none.
    pub least: u64,
    /// Days on which the rule is in force.
    pub effective: Effective,
    /// Source: the document, and the place in it.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
    /// The rule in plain words.
    pub text: Bilingual,
}

/// Number of things, and of the people whom they are about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Things, such as clocks or referrals.
    pub count: u64,
    /// Different people behind them.
    pub people: u64,
}

/// A part of a whole, before it is known how much of it is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Cases that are counted.
    pub part: Counted,
    /// Cases of which they are a part.
    pub whole: Counted,
    /// Different people behind what is not in the part.
    pub rest_people: u64,
}

/// A number as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disclosed {
    /// The number as it is.
    Exactly(u64),
    /// So many or some more: the quarter still runs.
    AtLeast(u64),
    /// Too few people to be shown.
    Withheld,
}

impl Disclosed {
    /// The number; `None` where it is withheld.
    #[must_use]
    pub fn number(self) -> Option<u64> {
        match self {
            Self::Exactly(number) | Self::AtLeast(number) => Some(number),
            Self::Withheld => None,
        }
    }

    /// The word in the API and the sheet.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Exactly(_) => "exact",
            Self::AtLeast(_) => "at-least",
            Self::Withheld => "withheld",
        }
    }
}

impl Figures {
    /// The figures of this host.
    #[must_use]
    pub fn state() -> &'static Self {
        &STATE
    }

    /// Every measure, in the order of [`Measure::ALL`].
    #[must_use]
    pub fn measures(&self) -> &[Described] {
        &self.measures
    }

    /// The measure in words.
    ///
    /// # Panics
    /// Never: a test finds each measure in the file.
    #[must_use]
    pub fn measure(&self, id: Measure) -> &Described {
        let found = self.measures.iter().find(|one| one.id == id);
        found.expect("a test finds each measure in data/figures.toml")
    }

    /// Every version of the rule on small numbers.
    #[must_use]
    pub fn rules(&self) -> &[SmallNumbers] {
        &self.small_numbers
    }

    /// Rule on small numbers that is in force on `day`. Where there is none, nothing may be shown.
    #[must_use]
    pub fn small_numbers(&self, day: Date) -> Option<&SmallNumbers> {
        self.small_numbers.iter().find(|rule| rule.effective.covers(day))
    }
}

impl SmallNumbers {
    fn is_small(&self, people: u64) -> bool {
        (1..self.least).contains(&people)
    }

    /// Part and whole as they are shown; `runs` while the quarter has not ended.
    #[must_use]
    pub fn tell(&self, share: &Share, runs: bool) -> (Disclosed, Disclosed) {
        if self.is_small(share.whole.people) {
            return (Disclosed::Withheld, Disclosed::Withheld);
        }
        let hides = self.is_small(share.part.people) || self.is_small(share.rest_people);
        let part = if hides { Disclosed::Withheld } else { self.number(share.part.count, runs) };
        (part, self.number(share.whole.count, runs))
    }

    fn number(&self, count: u64, runs: bool) -> Disclosed {
        if !runs || count == 0 {
            return Disclosed::Exactly(count);
        }
        Disclosed::AtLeast(count - count % self.least.max(1))
    }

    /// Parts of one whole, so that none is small: the small ones are added up under `None`, with the next
    /// larger where their sum is small still. People of the sum are taken to be no more than those of its
    /// largest part, since the same person may stand behind several.
    #[must_use]
    pub fn together(&self, mut parts: Vec<(String, Counted)>) -> Vec<(Option<String>, Counted)> {
        parts.retain(|(_, part)| part.count > 0);
        parts.sort_by(|(one, few), (other, many)| {
            (many.people, many.count, one).cmp(&(few.people, few.count, other))
        });
        let mut other = Counted::default();
        while let Some((_, part)) = parts.last() {
            if !self.is_small(part.people) && !self.is_small(other.people) {
                break;
            }
            other = Counted { count: other.count + part.count, people: other.people.max(part.people) };
            parts.pop();
        }
        let mut told: Vec<_> = parts.into_iter().map(|(name, part)| (Some(name), part)).collect();
        if other.count > 0 {
            told.push((None, other));
        }
        told
    }
}

/// A quarter of a year, such as `2026-Q1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quarter {
    year: i16,
    /// Number of the quarter, from 1 to 4.
    number: i8,
}

/// Error: a text is no quarter of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a quarter is a year from 2000 to 2999 and a number from 1 to 4, such as 2026-Q1")]
pub struct NoQuarter;

impl Quarter {
    /// The quarter that a day is in.
    #[must_use]
    pub fn of(day: Date) -> Self {
        Self { year: day.year(), number: (day.month() - 1) / 3 + 1 }
    }

    /// The quarter before this one.
    #[must_use]
    pub fn before(self) -> Self {
        match self.number {
            1 => Self { year: self.year - 1, number: 4 },
            number => Self { number: number - 1, ..self },
        }
    }

    /// Year, and number of the quarter in it.
    #[must_use]
    pub fn parts(self) -> (i16, i8) {
        (self.year, self.number)
    }

    /// First day of it.
    ///
    /// # Panics
    /// Never: its months are from 1 to 10, its years were parsed or are a day's.
    #[must_use]
    pub fn first_day(self) -> Date {
        Date::new(self.year, self.number * 3 - 2, 1).expect("a month of four has a first day")
    }

    /// Last day of it.
    #[must_use]
    pub fn last_day(self) -> Date {
        self.first_day().saturating_add(2.months()).last_of_month()
    }

    /// First instant of the quarter, and the first after it (UTC).
    #[must_use]
    pub fn instants(self) -> (Timestamp, Timestamp) {
        let after =
            |day: Date| pacific_end_of_day(day).saturating_add(1.millisecond()).unwrap_or(Timestamp::MAX);
        (after(self.first_day().saturating_sub(1.day())), after(self.last_day()))
    }

    /// True while it has not ended on `today`.
    #[must_use]
    pub fn runs(self, today: Date) -> bool {
        today <= self.last_day()
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-Q{}", self.year, self.number)
    }
}

impl FromStr for Quarter {
    type Err = NoQuarter;

    fn from_str(text: &str) -> Result<Self, NoQuarter> {
        let (year, number) = text.split_once("-Q").ok_or(NoQuarter)?;
        if year.len() != 4 || number.len() != 1 {
            return Err(NoQuarter);
        }
        let year: i16 = year.parse().map_err(|_| NoQuarter)?;
        let number: i8 = number.parse().map_err(|_| NoQuarter)?;
        if (2000..3000).contains(&year) && (1..=4).contains(&number) {
            Ok(Self { year, number })
        } else {
            Err(NoQuarter)
        }
    }
}

/// Number of days within which half of all cases were done, of how many took how many whole days; `None`
/// where there are none.
#[must_use]
pub fn median_days(taken: &BTreeMap<u64, u64>) -> Option<u64> {
    let all: u64 = taken.values().sum();
    let mut done = 0;
    for (days, count) in taken {
        done += count;
        if done * 2 >= all && done > 0 {
            // What took less than a day was done within 1.
            return Some(days + 1);
        }
    }
    None
}

static STATE: LazyLock<Figures> = LazyLock::new(|| {
    toml::from_str(include_str!("../data/figures.toml")).expect("a test reads data/figures.toml")
});
