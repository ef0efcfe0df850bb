//! An invented county's cases at scale, from a seed.
//!
//! [`fill`] writes two years of a county into an empty record: plans and providers with keys and accounts,
//! members with their coverage, and the cases between them with events, clocks, calls, notices and payments.
//! It writes by the store's own statements, many cases in one unit, and asks neither clock nor chance: the
//! same [`Wanted`] makes the same rows on both databases.
//!
//! The proportions are those of a county that has run for two years: two people in five have cases, some five
//! each, half of them claims; what waits for people is of the last weeks, everything older has ended. No plan
//! has rules here and no provider a contract, so cases that are sent later go to a plan's people; recorded
//! calls are small, and name rules that are not there, so they cannot be replayed.

mod cases;
mod county;
mod dice;
mod mix;
mod people;

use domain::identifiers::{OrgId, PlanId};
use domain::time::pacific_end_of_day;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use store::{Store, StoreError, Unit};

pub use mix::{MixError, PlanMix};

use cases::Cases;
use county::County;
use people::People;

/// Days before the given one over which the cases came.
const DAYS: i64 = 730;
/// People of a unit, and cases of one.
const PEOPLE_AT_ONCE: u64 = 2_000;
const CASES_AT_ONCE: u64 = 500;
/// Most cases: members' numbers have seven digits, and two people in five have five cases.
pub const MOST_CASES: u64 = 10_000_000;

/// Size and nature of the county.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Number of cases, up to [`MOST_CASES`].
    pub cases: u64,
    /// Seed of everything that looks like chance.
    pub seed: u64,
    /// Day before which everything happened.
    pub today: Date,
    /// Plans, and each one's share of the members.
    pub plans: PlanMix,
    /// Members of a hundred who changed plans within the two years.
    pub churn_percent: u8,
    /// Cases of a hundred on which the plan's rules failed and whose clock ran out.
    pub defect_percent: u8,
}

/// Part of the work that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Members and their coverage.
    Members,
    /// Cases and everything that hangs on them.
    Cases,
}

/// Progress of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Part that is under way.
    pub part: Part,
    /// Members or cases that are in the record.
    pub done: u64,
    /// Members or cases that are wanted.
    pub all: u64,
}

/// A key of an organization of the county, with its secret.
#[derive(Clone)]
pub struct MadeKey {
    /// Organization that the key belongs to.
    pub organization: OrgId,
    /// Plan of that organization, if it is one.
    pub plan: Option<PlanId>,
    /// Secret of the key.
    pub secret: String,
}

/// A member of the county, as a request names one. Has no `Debug`: it looks like a person.
#[derive(Clone)]
pub struct MadeMember {
    /// Client index number of the member.
    pub cin: String,
    /// Family name of the member.
    pub family_name: String,
    /// Given name of the member.
    pub given_name: String,
    /// Day of birth of the member.
    pub birth_date: Date,
    /// Plan of the last coverage.
    pub plan: PlanId,
}

/// The county that was made.
#[derive(Clone)]
pub struct Made {
    /// One key of each organization: plans first, in the order of the mix.
    pub keys: Vec<MadeKey>,
    /// Number of members in the record.
    pub members: u64,
    /// The first members with cases, at most a thousand.
    pub some: Vec<MadeMember>,
}

/// Reason why a record was not filled.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It has cases or members.
    #[error(
        "the record has cases or members already, and generated ones would stand among them: name an empty data directory or \
         database"
    )]
    NotEmpty,
    /// An organization has the name of one of the plans.
    #[error(
        "the record has a plan `{0}` already: name an empty data directory or database, or other plans with --plan-mix"
    )]
    PlanThere(PlanId),
    /// More cases than there are numbers for, or none.
    #[error("cases must be from 1 to {most}", most = MOST_CASES)]
    OutOfRange,
    /// The database refused or went away; a unit is there whole or not at all.
    #[error("{0}; what was written stays: begin again with an empty data directory or database")]
    Store(#[from] StoreError),
}

/// Fills an empty record. `secret` gives a fresh secret for each key; `told` is called after each unit.
///
/// # Errors
/// When the record is not empty, or the database refuses.
pub async fn fill(
    store: &Store,
    wanted: &Wanted,
    secret: &(dyn Fn() -> String + Sync),
    told: &mut (dyn FnMut(Progress) + Send),
) -> Result<Made, Failure> {
    if wanted.cases == 0 || wanted.cases > MOST_CASES {
        return Err(Failure::OutOfRange);
    }
    if !store::cases::none(store).await? || !store::members::none(store).await? {
        return Err(Failure::NotEmpty);
    }
    for plan in wanted.plans.ids() {
        if store::organizations::find_plan(store, plan).await?.is_some() {
            return Err(Failure::PlanThere(plan.clone()));
        }
    }
    let span = Span::before(wanted.today);
    let (county, keys, unit) = County::of(wanted, &span, secret);
    store.commit(unit).await?;
    let people = People::of(wanted, &span);
    store.commit(Unit::of(people.files())).await?;
    for from in (0..people.count()).step_by(step(PEOPLE_AT_ONCE)) {
        let until = people.count().min(from + PEOPLE_AT_ONCE);
        store.commit(people.unit(from..until)).await?;
        told(Progress { part: Part::Members, done: until, all: people.count() });
    }
    let cases = Cases { wanted, span: &span, county: &county, people: &people };
    store.commit(cases.applications()).await?;
    for from in (0..wanted.cases).step_by(step(CASES_AT_ONCE)) {
        let until = wanted.cases.min(from + CASES_AT_ONCE);
        store.commit(cases.unit(from..until)).await?;
        told(Progress { part: Part::Cases, done: until, all: wanted.cases });
    }
    Ok(Made { keys, members: people.count(), some: people.some() })
}

fn step(size: u64) -> usize {
    usize::try_from(size).unwrap_or(usize::MAX)
}

/// The two years before a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// First of its days.
    first: Date,
    /// Last of its days: the one before the given day.
    last: Date,
    begins: Timestamp,
    ends: Timestamp,
}

impl Span {
    fn before(today: Date) -> Self {
        let last = today.saturating_sub(1.day());
        let first = today.saturating_sub(DAYS.days());
        let begins = pacific_end_of_day(first.saturating_sub(1.day()));
        Self { first, last, begins, ends: pacific_end_of_day(last) }
    }

    /// Day number `days` of it, from 0.
    fn day(&self, days: u64) -> Date {
        self.first.saturating_add(i64::try_from(days).unwrap_or(DAYS).min(DAYS).days())
    }

    /// Instant after `part` of `whole` equal parts.
    fn at(&self, part: u64, whole: u64) -> Timestamp {
        let (begins, ends) =
            (i128::from(self.begins.as_millisecond()), i128::from(self.ends.as_millisecond()));
        let after = (ends - begins) * i128::from(part) / i128::from(whole.max(1));
        let milliseconds = i64::try_from(begins + after).unwrap_or(i64::MAX);
        Timestamp::from_millisecond(milliseconds).unwrap_or(self.ends)
    }
}

#[cfg(test)]
mod tests {
    use domain::time::pacific_day;
    use jiff::civil::date;

    use super::Span;

    #[test]
    fn the_two_years_end_before_the_day() {
        let span = Span::before(date(2026, 3, 2));
        assert_eq!((span.first, span.last), (date(2024, 3, 2), date(2026, 3, 1)));
        assert_eq!(pacific_day(span.at(1, 1_000_000)), span.first);
        assert_eq!(pacific_day(span.at(999_999, 1_000_000)), span.last);
        assert!(span.at(1, 3) < span.at(2, 3));
    }
}
