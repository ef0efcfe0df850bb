//! Grants, beside what was asked for: one check, whoever grants.
//!
//! A grant is of the service on its day, inside coverage, inside what was asked for, and never more than the
//! plan declares. How far it reaches then says what else it needs: all of it needs nothing, a cut to what the
//! plan itself declares says so, and any other cut is a no to what is missing.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::answer::{broken, sentence};
use super::rule::Rule;
use super::{Broken, Ground};
use crate::Procedure;
use crate::authorization::Bound;
use crate::catalog::BillingUnit;
use crate::plan::authorization::{Grant, GrantedLine, RequestKind, RequestedLine};
use crate::plan::profile::{AuthorizationDefault, PaymentModel, Rate};
use crate::plan::types::Period;

/// Most lines of one grant.
const MOST_LINES: usize = 50;

/// The request, as far as a grant is checked against it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Id of the service, as in the catalog.
    pub service: &'a str,
    /// Why it is asked for: a renewal has a length of its own.
    pub kind: RequestKind,
    /// The days on which the plan covers the member.
    pub coverage: &'a Period,
    /// The lines. None at all asks for whatever is usual.
    pub lines: &'a [RequestedLine],
}

/// Reach of a grant beside the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// To all that was asked for.
    Whole,
    /// To what coverage and the plan's own declared lengths and units allow, and no less.
    Declared(Vec<Bound>),
    /// It does not reach so far.
    Less,
    /// Elsewhere: to a procedure that nobody asked for.
    Other,
}

/// Holds a grant against the floor, and says how far it reaches.
///
/// # Errors
/// The first rule that it breaks.
pub fn grant(ground: Ground<'_>, asked: Asked<'_>, given: &Grant, at: &str) -> Result<Reach, Broken> {
    if given.lines.is_empty() || given.lines.len() > MOST_LINES {
        return broken(Rule::GrantHasLines, format!("{at}/lines"));
    }
    for (place, line) in given.lines.iter().enumerate() {
        of_the_service(ground, asked, line, &format!("{at}/lines/{place}"))?;
    }
    for (place, condition) in given.conditions.iter().enumerate() {
        sentence(condition, &format!("{at}/conditions/{place}"))?;
    }
    within_declared(ground, asked, given, at)?;
    let stretches = Stretch::of(ground, asked);
    if stretches.is_empty() {
        return Ok(Reach::Whole);
    }
    within_asked(ground, asked, &stretches, given, at)?;
    Ok(reach(ground, asked, &stretches, given))
}

/// The days that a request without an end is for: the plan's declared length, inside coverage. `None` where
/// neither gives an end.
#[must_use]
pub fn usual_end(ground: Ground<'_>, asked: Asked<'_>, first: Date) -> Option<Date> {
    let length = default_of(ground, asked).map(|default| plus(first, length_of(default, asked.kind)));
    match (length, asked.coverage.last) {
        (Some(end), Some(covered)) => Some(end.min(covered)),
        (end, covered) => end.or(covered),
    }
}

fn of_the_service(ground: Ground<'_>, asked: Asked<'_>, line: &GrantedLine, at: &str) -> Result<(), Broken> {
    match ground.catalog.classify(&line.procedure, line.days.first) {
        Ok(service) if service.id == asked.service => {}
        _ => return broken(Rule::ProcedureOfTheServiceOnTheDay, format!("{at}/procedure")),
    }
    if line.units == 0 {
        return broken(Rule::UnitsAboveZero, format!("{at}/units"));
    }
    let Some(last) = line.days.last else {
        return broken(Rule::GrantEnds, format!("{at}/days/last"));
    };
    if last < line.days.first || !asked.coverage.holds(line.days.first) || !asked.coverage.holds(last) {
        return broken(Rule::GrantInsideCoverage, format!("{at}/days"));
    }
    if is_paid_by_day(ground, asked, line) && u64::from(line.units) > days(line.days.first, last) {
        return broken(Rule::NoMoreUnitsThanDays, format!("{at}/units"));
    }
    Ok(())
}

/// True if the line is of a procedure that was asked for and that the plan pays by the day.
fn is_paid_by_day(ground: Ground<'_>, asked: Asked<'_>, line: &GrantedLine) -> bool {
    let was_asked = asked.lines.iter().any(|wanted| wanted.procedure == line.procedure);
    let by_day = |rate: &Rate| {
        rate.model == PaymentModel::PerDiem
            && rate.procedure == line.procedure
            && rate.effective.holds(line.days.first)
    };
    was_asked && ground.profile.rates.iter().any(by_day)
}

/// The most units of a procedure that the plan declares for one authorization.
fn within_declared(ground: Ground<'_>, asked: Asked<'_>, given: &Grant, at: &str) -> Result<(), Broken> {
    let Some(most) = default_of(ground, asked).and_then(|default| default.units) else { return Ok(()) };
    let mut units: BTreeMap<&Procedure, u64> = BTreeMap::new();
    for (place, line) in given.lines.iter().enumerate() {
        let sum = units.entry(&line.procedure).or_default();
        *sum += u64::from(line.units);
        if *sum > u64::from(most) {
            return broken(Rule::UnitsWithinWhatIsDeclared, format!("{at}/lines/{place}/units"));
        }
    }
    Ok(())
}

/// Nothing is granted that was not asked for: no other days, no more units.
fn within_asked(
    ground: Ground<'_>,
    asked: Asked<'_>,
    stretches: &[Stretch<'_>],
    given: &Grant,
    at: &str,
) -> Result<(), Broken> {
    let mut granted = vec![0_u64; stretches.len()];
    let mut elsewhere = 0_u64;
    let left_out = left_out(stretches, given);
    let replaced: u64 = left_out.iter().map(|stretch| stretch.units).sum();
    for (place, line) in given.lines.iter().enumerate() {
        let inside = stretches.iter().position(|stretch| stretch.holds(line));
        let sum = if let Some(inside) = inside {
            granted[inside] += u64::from(line.units);
            (granted[inside], stretches[inside].units.saturating_add(replaced))
        } else {
            let was_asked = stretches.iter().any(|stretch| *stretch.procedure == line.procedure);
            let replaces = left_out.iter().any(|stretch| stretch.spans(line));
            if !replaces && (was_asked || !stretches.iter().any(|stretch| stretch.spans(line))) {
                return broken(Rule::DaysWithinWhatWasAsked, format!("{at}/lines/{place}/days"));
            }
            elsewhere += u64::from(line.units);
            let unit = unit_of(ground, asked, &line.procedure, line.days.first);
            (elsewhere, most_in_place(unit, stretches, line))
        };
        if sum.0 > sum.1 {
            return broken(Rule::UnitsWithinWhatWasAsked, format!("{at}/lines/{place}/units"));
        }
    }
    Ok(())
}

/// Parts of the request of which nothing is granted: another procedure may take their place, asked for or
/// not.
fn left_out<'a>(stretches: &'a [Stretch<'a>], given: &Grant) -> Vec<&'a Stretch<'a>> {
    let is_left_out =
        |stretch: &&Stretch<'_>| !given.lines.iter().any(|line| line.procedure == *stretch.procedure);
    stretches.iter().filter(is_left_out).collect()
}

/// The most units of a procedure that takes the place of those asked for: as many where they count the same
/// thing, as many as the days can hold where they do not.
fn most_in_place(unit: Option<BillingUnit>, stretches: &[Stretch<'_>], line: &GrantedLine) -> u64 {
    let alike = stretches.iter().any(|stretch| stretch.unit == unit);
    let by_day = units_a_day(unit).filter(|_| !alike);
    let last = line.days.last.unwrap_or(line.days.first);
    by_day.map_or_else(
        || stretches.iter().map(|stretch| stretch.units).sum(),
        |most| most.saturating_mul(days(line.days.first, last)),
    )
}

fn reach(ground: Ground<'_>, asked: Asked<'_>, stretches: &[Stretch<'_>], given: &Grant) -> Reach {
    let elsewhere = given.lines.iter().any(|line| !stretches.iter().any(|stretch| stretch.holds(line)));
    if elsewhere {
        return Reach::Other;
    }
    let whole = stretches.iter().all(|stretch| {
        let last = stretch.last.or_else(|| usual_end(ground, asked, stretch.first)).unwrap_or(stretch.first);
        stretch.reaches(given, stretch.first, last) && stretch.granted(given) >= stretch.at_most(last)
    });
    if whole {
        return Reach::Whole;
    }
    declared(ground, asked, stretches, given).map_or(Reach::Less, Reach::Declared)
}

/// The bounds that a grant was cut to, if it is cut to nothing else.
fn declared(
    ground: Ground<'_>,
    asked: Asked<'_>,
    stretches: &[Stretch<'_>],
    given: &Grant,
) -> Option<Vec<Bound>> {
    let default = default_of(ground, asked);
    let start = stretches.iter().map(|stretch| stretch.first).min()?.max(asked.coverage.first);
    let end = default.map(|default| plus(start, length_of(default, asked.kind)));
    let mut bounds = Vec::new();
    for stretch in stretches {
        let first = stretch.first.max(asked.coverage.first);
        let ends = [stretch.last.or_else(|| usual_end(ground, asked, first)), end, asked.coverage.last];
        let last = ends.into_iter().flatten().min().unwrap_or(first);
        if let (Some(default), Some(end), Some(wanted)) = (default, end, stretch.last)
            && wanted > end
        {
            note(&mut bounds, length_bound(default, asked.kind, days(start, wanted)));
        }
        let covered =
            asked.coverage.last.is_none_or(|covered| stretch.last.is_none_or(|last| last <= covered));
        if first > stretch.first || !covered {
            note(&mut bounds, Bound::Coverage { first: asked.coverage.first, last: asked.coverage.last });
        }
        if last < first {
            continue;
        }
        if !stretch.reaches(given, first, last) {
            return None;
        }
        if stretch.granted(given) < stretch.share(first, last) {
            let most = default.and_then(|default| default.units)?;
            let of_procedure = given.lines.iter().filter(|line| line.procedure == *stretch.procedure);
            if of_procedure.map(|line| u64::from(line.units)).sum::<u64>() < u64::from(most) {
                return None;
            }
            note(&mut bounds, Bound::Units { declared: most, asked: stretch.units });
        }
    }
    (!bounds.is_empty()).then_some(bounds)
}

fn note(bounds: &mut Vec<Bound>, bound: Bound) {
    if !bounds.contains(&bound) {
        bounds.push(bound);
    }
}

fn default_of<'a>(ground: Ground<'a>, asked: Asked<'_>) -> Option<&'a AuthorizationDefault> {
    ground.profile.defaults.iter().find(|default| default.service == asked.service)
}

/// A renewal and an extension have the length that the plan declares for renewals.
fn length_of(default: &AuthorizationDefault, kind: RequestKind) -> u16 {
    if renews(kind) { default.renewal_days } else { default.days }
}

fn renews(kind: RequestKind) -> bool {
    matches!(kind, RequestKind::Renewal | RequestKind::Extension)
}

fn length_bound(default: &AuthorizationDefault, kind: RequestKind, asked: u64) -> Bound {
    if renews(kind) {
        Bound::RenewalDays { declared: default.renewal_days, asked }
    } else {
        Bound::Days { declared: default.days, asked }
    }
}

fn unit_of(ground: Ground<'_>, asked: Asked<'_>, procedure: &Procedure, on: Date) -> Option<BillingUnit> {
    let mut billed = ground.catalog.procedures(asked.service, on);
    billed.find(|billed| billed.procedure == *procedure).map(|billed| billed.unit)
}

/// The most units that one day can hold, where the unit is a span of time.
fn units_a_day(unit: Option<BillingUnit>) -> Option<u64> {
    match unit? {
        BillingUnit::QuarterHour => Some(24 * 4),
        BillingUnit::Day => Some(1),
        _ => None,
    }
}

/// The last of so many days, the first counted.
fn plus(first: Date, days: u16) -> Date {
    first.saturating_add((i64::from(days.max(1)) - 1).days())
}

/// Days from the first to the last, both counted.
fn days(first: Date, last: Date) -> u64 {
    u64::try_from(i64::from((last - first).get_days()) + 1).unwrap_or(0)
}

/// Lines of one procedure whose days touch: together they ask for its units in its days.
struct Stretch<'a> {
    procedure: &'a Procedure,
    unit: Option<BillingUnit>,
    first: Date,
    last: Option<Date>,
    units: u64,
}

impl<'a> Stretch<'a> {
    fn of(ground: Ground<'_>, asked: Asked<'a>) -> Vec<Self> {
        let mut lines: Vec<&RequestedLine> = asked.lines.iter().collect();
        lines.sort_by(|one, other| {
            (&one.procedure, one.days.first).cmp(&(&other.procedure, other.days.first))
        });
        let mut stretches: Vec<Self> = Vec::new();
        for line in lines {
            let touches = |stretch: &Stretch<'_>| {
                *stretch.procedure == line.procedure
                    && stretch.last.is_none_or(|last| line.days.first <= last.saturating_add(1.day()))
            };
            if let Some(stretch) = stretches.last_mut().filter(|stretch| touches(stretch)) {
                stretch.last = stretch.last.and_then(|last| line.days.last.map(|more| more.max(last)));
                stretch.units += u64::from(line.units);
            } else {
                stretches.push(Self {
                    procedure: &line.procedure,
                    unit: unit_of(ground, asked, &line.procedure, line.days.first),
                    first: line.days.first,
                    last: line.days.last,
                    units: u64::from(line.units),
                });
            }
        }
        stretches
    }

    /// True if the line grants something of it and nothing beside it.
    fn holds(&self, line: &GrantedLine) -> bool {
        *self.procedure == line.procedure && self.spans(line)
    }

    fn spans(&self, line: &GrantedLine) -> bool {
        let last = line.days.last.unwrap_or(line.days.first);
        self.first <= line.days.first && self.last.is_none_or(|end| last <= end)
    }

    /// Units that are granted of it.
    fn granted(&self, given: &Grant) -> u64 {
        given.lines.iter().filter(|line| self.holds(line)).map(|line| u64::from(line.units)).sum()
    }

    /// True if the granted lines together hold every day from the first to the last.
    fn reaches(&self, given: &Grant, first: Date, last: Date) -> bool {
        let mut spans: Vec<(Date, Date)> = given
            .lines
            .iter()
            .filter(|line| self.holds(line))
            .map(|line| (line.days.first, line.days.last.unwrap_or(line.days.first)))
            .collect();
        spans.sort_unstable();
        let mut open = first;
        for (from, to) in spans {
            if from > open {
                return false;
            }
            if to >= last {
                return true;
            }
            open = open.max(to.saturating_add(1.day()));
        }
        false
    }

    /// Its units, or as many as the days up to the last can hold.
    fn at_most(&self, last: Date) -> u64 {
        let most = units_a_day(self.unit).map(|most| most.saturating_mul(days(self.first, last)));
        most.map_or(self.units, |most| self.units.min(most))
    }

    /// The share of its units that falls to the days from the first to the last.
    fn share(&self, first: Date, last: Date) -> u64 {
        let Some(end) = self.last else { return self.at_most(last) };
        let (some, all) = (days(first, last), days(self.first, end).max(1));
        let units = self.at_most(end);
        if some >= all { units } else { units.saturating_mul(some) / all }
    }
}
