//! The part of a member's record that a caller is shown: the one place that says so.
//!
//! A purpose gives what it needs (`sight.toml`). A provider that sees a member sees what plans' files and
//! providers say, and all coverage, because it must ask the right plan. A plan sees what its own file says
//! and its own days. While it answers for the member it works with the member's providers, and sees what they
//! verified; another plan's days it sees where the two coordinate the member's care.

use domain::identifiers::PlanId;
use domain::member_value::{StatedValue, ValueName, ValueSource, standing};
use domain::sight::{Shown, Sight};
use jiff::Timestamp;
use jiff::civil::Date;
use store::Seat;
use store::coverages::Coverage;
use store::members::{ContactSource, Member, Recorded, Residence};

use crate::command::caller::Caller;
use crate::directory::routing;

/// The tag of a language that is not known (RFC 5646, 4.1).
const UNDETERMINED: &str = "und";

/// Telephone and address of a member, as far as they are shown. Has no `Debug`: it is about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct ShownContact {
    /// Telephone, as E.164.
    pub phone: Option<ContactPoint>,
    /// Residence of the member, on one line.
    pub address: Option<ContactPoint>,
    /// True if the member has no fixed address.
    pub no_fixed_address: bool,
}

/// One way to reach a member, and who said so.
#[derive(Clone, PartialEq, Eq)]
pub struct ContactPoint {
    /// The number, or the address.
    pub value: String,
    /// Source that said so.
    pub source: ContactSource,
    /// Instant at which it was recorded (UTC).
    pub recorded_at: Timestamp,
    /// Day of which it was said last.
    pub as_of: Date,
}

impl ContactPoint {
    fn of<T>(value: String, recorded: &Recorded<T>) -> Self {
        let Recorded { source, recorded_at, as_of, .. } = *recorded;
        Self { value, source, recorded_at, as_of }
    }
}

/// View of one member for a caller, for one purpose, on one day.
pub(crate) struct Sieve<'a> {
    /// The plan that looks; `None` for everybody who may see all of it.
    plan: Option<&'a PlanId>,
    /// True if the plan answers for the member today.
    answers: bool,
    purpose: &'a str,
    today: Date,
    /// All coverage of the member.
    coverages: &'a [Coverage],
}

impl<'a> Sieve<'a> {
    /// For a caller who looks on `today` at somebody with this coverage.
    pub(crate) fn of(caller: &'a Caller, purpose: &'a str, today: Date, coverages: &'a [Coverage]) -> Self {
        let plan = match caller.scope.seat() {
            Seat::Plan { plan, .. } => Some(plan),
            Seat::Provider(_) | Seat::Operator(_) | Seat::Duty(_) => None,
        };
        let answers = plan.is_some_and(|plan| answers(plan, coverages, today));
        Self { plan, answers, purpose, today, coverages }
    }

    fn gives(&self, part: Shown) -> bool {
        Sight::state().gives(self.purpose, part)
    }

    /// True if the caller is a plan that does not answer for the member: it sees what its own file says.
    fn is_on_its_own(&self) -> bool {
        self.plan.is_some() && !self.answers
    }

    /// True if the caller may see sums over every plan on a day, such as what is left of a benefit limit.
    pub(crate) fn sees_sums_on(&self, day: Date) -> bool {
        self.plan.is_none_or(|plan| answers(plan, self.coverages, day))
    }

    /// The member's coverage as far as it is shown, in the same order.
    pub(crate) fn coverage(&self) -> Vec<&'a Coverage> {
        let Some(plan) = self.plan else { return self.coverages.iter().collect() };
        let own = || self.coverages.iter().filter(|one| one.plan == *plan && one.disputed_since.is_none());
        let with = |one: &Coverage, other: &Coverage| {
            Sight::state().coordinates(&one.line, &other.line, self.today) && share_a_day(one, other)
        };
        let coordinates =
            |other: &Coverage| other.disputed_since.is_none() && own().any(|one| with(one, other));
        self.coverages.iter().filter(|one| one.plan == *plan || coordinates(one)).collect()
    }

    /// Values with their sources, as far as they are shown.
    pub(crate) fn said(&self, said: Vec<StatedValue>) -> Vec<StatedValue> {
        if !self.gives(Shown::Values) {
            return Vec::new();
        }
        said.into_iter().filter(|one| self.may_read(one)).collect()
    }

    fn may_read(&self, said: &StatedValue) -> bool {
        let Some(plan) = self.plan else { return true };
        match &said.source {
            ValueSource::PlanFile(by) => by == plan,
            ValueSource::Provider(_) => self.answers,
        }
    }

    /// County of the member: for a plan that does not answer, the one that its own file names.
    pub(crate) fn county(&self, member: &Member, said: &[StatedValue]) -> String {
        if !self.is_on_its_own() {
            return member.county.to_string();
        }
        let own = self.coverages.iter().find(|one| Some(&one.plan) == self.plan);
        let of_days = || own.map(|one| one.county.to_string()).unwrap_or_default();
        self.own_value(ValueName::County, said).map_or_else(of_days, |one| one.value.clone())
    }

    /// The member's language: for a plan that does not answer, as its own file says.
    pub(crate) fn language(&self, member: &Member, said: &[StatedValue]) -> String {
        if !self.is_on_its_own() {
            return member.language.clone();
        }
        let own = self.own_value(ValueName::Language, said);
        own.map_or_else(|| UNDETERMINED.to_owned(), |one| one.value.clone())
    }

    /// Contact with the member. What only another plan's file says is not shown to a plan: it sees what its
    /// own file said last, and while it answers for the member what providers verified.
    pub(crate) fn contact(&self, member: &Member, said: &[StatedValue]) -> ShownContact {
        if !self.gives(Shown::Contact) {
            return ShownContact { phone: None, address: None, no_fixed_address: false };
        }
        let (phone, home) = (member.phone.as_ref(), member.residence.as_ref());
        let is_hidden = |source: ContactSource| {
            self.is_on_its_own() || (self.plan.is_some() && source == ContactSource::Roster)
        };
        let own = |name: ValueName| {
            let stands = self.own_value(name, said)?;
            Some(ContactPoint {
                value: stands.value.clone(),
                source: ContactSource::Roster,
                recorded_at: stands.received_at,
                as_of: stands.last,
            })
        };
        let phone = match phone {
            Some(phone) if is_hidden(phone.source) => own(ValueName::Phone),
            phone => phone.map(|phone| ContactPoint::of(phone.value.clone(), phone)),
        };
        let no_fixed_address = home
            .is_some_and(|home| !is_hidden(home.source) && matches!(home.value, Residence::NoFixedAddress));
        let address = match home {
            Some(home) if is_hidden(home.source) => own(ValueName::Address),
            home => home.and_then(|home| Some(ContactPoint::of(home.value.address()?.on_one_line(), home))),
        };
        ShownContact { phone, address, no_fixed_address }
    }

    /// Value that the plan's own file gave last.
    fn own_value<'s>(&self, name: ValueName, said: &'s [StatedValue]) -> Option<&'s StatedValue> {
        let is_own = |one: &&StatedValue| match &one.source {
            ValueSource::PlanFile(by) => Some(by) == self.plan,
            ValueSource::Provider(_) => false,
        };
        let own: Vec<StatedValue> =
            said.iter().filter(is_own).filter(|one| one.name == name).cloned().collect();
        let stands = standing(&own).into_iter().next()?;
        said.iter().find(|one| *one == stands)
    }
}

/// True if the plan answers for somebody with this coverage on a day: a span of its own holds, and no other
/// plan's stands before it.
fn answers(plan: &PlanId, coverages: &[Coverage], day: Date) -> bool {
    let on_day = routing::on_day(coverages, day);
    let mut own = on_day.iter().filter(|one| one.plan == *plan);
    own.any(|one| routing::stands(&one.line, &on_day).is_some_and(|stands| stands.plan == *plan))
}

fn share_a_day(one: &Coverage, other: &Coverage) -> bool {
    one.last_day.is_none_or(|last| last >= other.first_day)
        && other.last_day.is_none_or(|last| last >= one.first_day)
}

#[cfg(test)]
mod tests;
