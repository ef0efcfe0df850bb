//! Identity of persons: when two descriptions mean the same person, what a row of a plan's file may change,
//! and what people settle.
//!
//! A number alone shows nobody. Whoever names a person says number, birth date and names; the birth date must
//! be the same and the names alike. A plan's row that says otherwise than the record changes nothing and is a
//! [`Kind`] of conflict; what the state says last stands. The lines of business in which a person has one
//! plan on any one day, and how often somebody may look in vain, are in `data/identity.toml`.

use std::fmt;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::identifiers::PersonName;
use crate::plan::types::Bilingual;
use crate::provenance::{Confidence, Effective};
use crate::words;
use names::Part;

mod names;
#[cfg(test)]
mod tests;

/// A person as one source describes them, besides the number. It prints nothing of itself: it is a person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Family name, as it was written.
    #[serde(with = "crate::identifiers::exposed_name")]
    pub family_name: PersonName,
    /// Given name, as it was written.
    #[serde(with = "crate::identifiers::exposed_name")]
    pub given_name: PersonName,
    /// Day of birth of the person.
    pub birth_date: Date,
}

/// Likeness of two names or two birth dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// They are of different people, as far as they show.
    Differ,
    /// One may be the other with a slip of the pen.
    Near,
    /// They are the same.
    Agree,
}

impl fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Identity(..)")
    }
}

impl Identity {
    /// Likeness of the names: that of the less alike of family and given name. Names in each other's place
    /// are near.
    #[must_use]
    pub fn names(&self, other: &Self) -> Likeness {
        let straight = self.family(other).min(self.given(other));
        let crossed = names::likeness(Part::Family, &self.family_name, &other.given_name)
            .min(names::likeness(Part::Family, &self.given_name, &other.family_name));
        straight.max(crossed.min(Likeness::Near))
    }

    /// Likeness of the birth dates: near, if one of year, month and day differs, or month and day changed
    /// places.
    #[must_use]
    pub fn birth_dates(&self, other: &Self) -> Likeness {
        let (one, other) = (self.birth_date, other.birth_date);
        let parts = [one.year() == other.year(), one.month() == other.month(), one.day() == other.day()];
        let swapped = parts[0] && one.month() == other.day() && one.day() == other.month();
        match parts.into_iter().filter(|same| *same).count() {
            3 => Likeness::Agree,
            2 => Likeness::Near,
            _ if swapped => Likeness::Near,
            _ => Likeness::Differ,
        }
    }

    /// True if whoever says this of somebody with the person's number knows the person: the birth date is the
    /// same, and the names are alike.
    #[must_use]
    pub fn is_known_as(&self, told: &Self) -> bool {
        self.birth_date == told.birth_date && self.names(told) != Likeness::Differ
    }

    /// True if a file that says this of the number corrects what a provider had said before: the names are
    /// the same, and the birth date is the same or near.
    #[must_use]
    pub fn corrects(&self, said_before: &Self) -> bool {
        let names = self.names(said_before);
        names == Likeness::Agree && self.birth_dates(said_before) != Likeness::Differ
    }

    /// Conflict between the record and a row with the same number. People marry: a row may change one of the
    /// two names.
    #[must_use]
    pub fn against(&self, row: &Self) -> Option<Kind> {
        let one_name_stays = self.family(row) == Likeness::Agree || self.given(row) == Likeness::Agree;
        if self.birth_date != row.birth_date {
            Some(Kind::BirthDate)
        } else if self.names(row) == Likeness::Differ && !one_name_stays {
            Some(Kind::Name)
        } else {
            None
        }
    }

    fn family(&self, other: &Self) -> Likeness {
        names::likeness(Part::Family, &self.family_name, &other.family_name)
    }

    fn given(&self, other: &Self) -> Likeness {
        names::likeness(Part::Given, &self.given_name, &other.given_name)
    }
}

/// Record of the number that a row of a plan's file names.
#[derive(Clone, Copy)]
pub struct KnownNumber<'a> {
    /// The person in the record.
    pub record: Option<&'a Identity>,
    /// The person as the row's plan alone tells of, since an earlier file of it said otherwise than the
    /// record.
    pub apart: Option<&'a Identity>,
    /// True if the plan covers the person in the record, or did.
    pub covers: bool,
    /// True if what the row says of the person becomes everybody's ([`Rules::speaks_for`]).
    pub speaks: bool,
}

/// Effect of a row of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowEffect {
    /// It tells of somebody new.
    Begins,
    /// It tells of the person in the record. `shares`: what it says of name, home and language becomes
    /// everybody's; else it stays the plan's own.
    Goes {
        /// True if the row becomes everybody's.
        shares: bool,
    },
    /// It tells of somebody of whom the plan alone tells. With the conflict, if it is a new one.
    StandsApart(Option<Kind>),
    /// The row changes nothing.
    Nothing(Kind),
}

impl RowEffect {
    /// Effect of a row of a plan's own file.
    ///
    /// What an earlier file of the plan began apart stays what it is until people settle it: a plan that
    /// could say another birth date with each file would find out which one is right.
    #[must_use]
    pub fn of_plan(row: &Identity, known: &KnownNumber<'_>) -> Self {
        if let Some(apart) = known.apart {
            return apart.against(row).map_or(Self::StandsApart(None), Self::Nothing);
        }
        let Some(record) = known.record else { return Self::Begins };
        match record.against(row) {
            None => Self::Goes { shares: known.speaks },
            Some(kind) if known.covers => Self::Nothing(kind),
            Some(kind) => Self::StandsApart(Some(kind)),
        }
    }

    /// Effect of a row of the state's file: it stands.
    #[must_use]
    pub fn of_state(known: &KnownNumber<'_>) -> Self {
        if known.record.is_some() { Self::Goes { shares: true } } else { Self::Begins }
    }
}

words! {
    /// Kind of a conflict that people settle.
    pub enum Kind {
        /// A plan's file has another birth date for a number than the record.
        BirthDate = "birth-date",
        /// It has the same birth date and other names.
        Name = "name",
        /// Two plans' files cover a person on one day in a line in which a person has one plan.
        TwoPlans = "two-plans",
    }
}

words! {
    /// Verdict that settles a conflict.
    pub enum Verdict {
        /// The record stands as it is.
        Record = "record",
        /// The plan's file stands.
        File = "file",
        /// The plan that covered the person first goes on.
        FirstPlan = "first-plan",
        /// The plan whose file came later covers the person on the days of both.
        LaterPlan = "later-plan",
        /// The state's file said so.
        State = "state",
        /// It is gone by itself: the files do not collide any more.
        Gone = "gone",
    }
}

/// State of a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody has settled it.
    Open,
    /// People have settled it.
    Settled(Verdict),
}

/// Why a conflict is not settled so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSettled {
    /// It is settled already.
    #[error("the conflict is settled already")]
    Settled,
    /// The verdict is of another kind of conflict.
    #[error("this verdict does not settle a conflict of this kind")]
    OtherKind,
}

impl Kind {
    /// The verdicts that people may give.
    #[must_use]
    pub fn verdicts(self) -> [Verdict; 2] {
        match self {
            Self::BirthDate | Self::Name => [Verdict::Record, Verdict::File],
            Self::TwoPlans => [Verdict::FirstPlan, Verdict::LaterPlan],
        }
    }
}

impl State {
    /// The word of the record and the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Settled(_) => "settled",
        }
    }

    /// Settles a conflict of `kind` by people.
    ///
    /// # Errors
    /// When it is settled, or the verdict is not one for this kind.
    pub fn settle(self, kind: Kind, verdict: Verdict) -> Result<Self, NotSettled> {
        match self {
            Self::Settled(_) => Err(NotSettled::Settled),
            Self::Open if kind.verdicts().contains(&verdict) => Ok(Self::Settled(verdict)),
            Self::Open => Err(NotSettled::OtherKind),
        }
    }
}

/// The rules of `data/identity.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    exclusive: Vec<Exclusive>,
    tries: Vec<Tries>,
    names: names::Words,
}

/// A line of business in which a person has one plan on any one day.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusive {
    /// The line, such as `medi-cal`.
    pub line: String,
    /// Days on which the rule is in force.
    pub effective: Effective,
    /// Source: the document, and the place in it.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
    /// The rule in plain words.
    pub text: Bilingual,
}

/// Holder of a count of misses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CountedFor {
    /// One number, as one organization looks for it.
    Member,
    /// One number, whichever organizations look for it: once it is used up, each has one try.
    Number,
    /// One access key, whatever it looks for.
    Key,
    /// One organization, over all its keys.
    Organization,
}

/// Number of looks in vain that somebody may make.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tries {
    /// Holder of the count.
    pub per: CountedFor,
    /// So many misses end it.
    pub misses: u32,
    /// For so many hours from the first of them.
    pub hours: u32,
    /// Days on which the rule is in force.
    pub effective: Effective,
    /// Source: the document, and the place in it.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
    /// The rule in plain words.
    pub text: Bilingual,
}

impl Rules {
    /// The rules of this host.
    #[must_use]
    pub fn state() -> &'static Self {
        &STATE
    }

    /// The lines of business in which a person has one plan on `day`.
    pub fn exclusive_on(&self, day: Date) -> impl Iterator<Item = &str> {
        self.exclusive.iter().filter(move |rule| rule.effective.covers(day)).map(|rule| rule.line.as_str())
    }

    /// True if what a plan says of a person's name, home and language is everybody's on `day`: no other plan
    /// covers the person, or the plan covers the person in a line that comes before all of theirs. Lines come
    /// in the order of `data/identity.toml`; what a plan says of days that are over, or of another line than
    /// the person's first, stays its own.
    #[must_use]
    pub fn speaks_for<'l>(
        &self,
        day: Date,
        own: impl IntoIterator<Item = &'l str>,
        others: impl IntoIterator<Item = &'l str>,
    ) -> bool {
        let place =
            |line: &str| self.exclusive_on(day).position(|exclusive| exclusive == line).unwrap_or(usize::MAX);
        match others.into_iter().map(place).min() {
            None => true,
            Some(theirs) => own.into_iter().map(place).any(|own| own < theirs),
        }
    }

    /// Numbers of looks in vain that are allowed on `day`.
    pub fn tries_on(&self, day: Date) -> impl Iterator<Item = &Tries> {
        self.tries.iter().filter(move |rule| rule.effective.covers(day))
    }
}

static STATE: LazyLock<Rules> = LazyLock::new(|| {
    toml::from_str(include_str!("../data/identity.toml")).expect("a test reads data/identity.toml")
});
