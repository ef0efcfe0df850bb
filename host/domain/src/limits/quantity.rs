//! Hours, money, approvals and meals.

use std::collections::BTreeSet;

use super::{LimitUnit, Numbers, Proposed, Rule, Span, Stage, Use, hull, together};
use crate::catalog::{BillingUnit, LimitMeasure};

/// Minutes in a day.
const DAY: i64 = 24 * 60;

/// Meals a day are counted in millionths: twelve meals in seven days are a fraction.
const MILLIONTHS: i64 = 1_000_000;

/// Number of counted things that make one of the unit.
pub(super) fn scale(unit: LimitUnit) -> i64 {
    match unit {
        LimitUnit::MealsADay => MILLIONTHS,
        LimitUnit::Days | LimitUnit::Minutes | LimitUnit::Cents | LimitUnit::Approvals => 1,
    }
}

/// The units of each use that still count as its own: of what is authorized, what was not delivered yet.
pub(super) fn remaining(uses: &[&Use]) -> Vec<i64> {
    split(uses).0
}

/// The same, and for each delivered use the units that no authorization stands for. A delivered unit is taken
/// from an authorization of the same plan, provider and procedure that holds its day; of several, from the
/// one that ends first. Of a use that goes on after the authorization, only the share of its days inside.
fn split(uses: &[&Use]) -> (Vec<i64>, Vec<i64>) {
    let mut left: Vec<i64> = uses.iter().map(|one| one.units.max(0)).collect();
    let mut bare = vec![0; uses.len()];
    let mut delivered: Vec<usize> = places(uses, Stage::Delivered);
    delivered.sort_by_key(|place| uses[*place].days.first);
    let mut authorized: Vec<usize> = places(uses, Stage::Authorized);
    authorized.sort_by_key(|place| uses[*place].days.last);
    for place in delivered {
        let one = uses[place];
        let mut units = one.units.max(0);
        for from in authorized.iter().filter(|from| stands_for(uses[**from], one)) {
            let inside = one.days.within(uses[*from].days).map_or(0, Span::days);
            let share = one.units.max(0).saturating_mul(inside) / one.days.days().max(1);
            let taken = left[*from].min(units).min(share);
            left[*from] -= taken;
            units -= taken;
        }
        bare[place] = units;
    }
    (left, bare)
}

fn places(uses: &[&Use], stage: Stage) -> Vec<usize> {
    (0..uses.len()).filter(|place| uses[*place].stage == stage).collect()
}

fn stands_for(authorized: &Use, delivered: &Use) -> bool {
    authorized.plan == delivered.plan
        && authorized.provider == delivered.provider
        && authorized.service == delivered.service
        && authorized.procedure == delivered.procedure
        && authorized.days.holds(delivered.days.first)
}

impl Rule<'_> {
    /// Hours, money or approvals, before and after.
    pub(super) fn quantities(
        &self,
        own: &[&Use],
        past: &[&Use],
        kind: Proposed,
        window: Option<Span>,
    ) -> Option<(Numbers, Option<Span>)> {
        let before = self.quantity(past, window);
        let mut after = self.quantity(&together(past, own), window);
        // What is granted without a sum needs at least something that is left.
        let unpriced = |one: &&Use| one.stage == Stage::Authorized && one.amount.is_none();
        if self.limit.measure == LimitMeasure::Cents && kind != Proposed::Payment && own.iter().any(unpriced)
        {
            after += 1;
        }
        Some((Numbers { allowed: self.allowed(), before, after }, window))
    }

    /// Minutes, cents or approvals of uses in a window.
    pub(super) fn quantity(&self, uses: &[&Use], window: Option<Span>) -> i64 {
        if self.limit.measure == LimitMeasure::Approvals {
            let granted = uses.iter().filter(|one| one.stage == Stage::Authorized && overlaps(one, window));
            let cases: BTreeSet<_> = granted.map(|one| one.case).collect();
            return i64::try_from(cases.len()).unwrap_or(i64::MAX);
        }
        let parts = uses.iter().zip(remaining(uses)).map(|(one, units)| match self.limit.measure {
            LimitMeasure::Cents => cents(one, units, window),
            _ => in_window(one, self.minutes(one, units), window),
        });
        parts.fold(0, i64::saturating_add)
    }

    /// Minutes of so many units of a use: those that were recorded, or those of its unit.
    fn minutes(&self, one: &Use, units: i64) -> i64 {
        if let (Stage::Delivered, Some(minutes)) = (one.stage, one.minutes) {
            return minutes.max(0);
        }
        let each = match self.unit_of(one) {
            Some(BillingUnit::QuarterHour) => 15,
            // A limit that does not say how long a day is takes the longest.
            Some(BillingUnit::Day) => {
                self.limit.hours_a_day.as_ref().map_or(DAY, |hours| i64::from(hours.amount) * 60)
            }
            _ => 0,
        };
        units.saturating_mul(each)
    }

    /// The longest of the stays that are to be paid, where minutes were recorded.
    pub(super) fn longest_stay(&self, own: &[&Use]) -> Option<(Numbers, Option<Span>)> {
        let stays = own.iter().filter(|one| one.stage == Stage::Delivered).filter_map(|one| {
            let stays = one.units.max(1);
            Some(((one.minutes? + stays - 1) / stays, one.days))
        });
        let (after, days) = stays.max_by_key(|(minutes, _)| *minutes)?;
        Some((Numbers { allowed: self.allowed(), before: 0, after }, Some(days)))
    }

    /// Meals on the day of the proposal that has the most. Meals are spread over the days of what grants
    /// them; what no grant stands for, over the days of the line.
    pub(super) fn meals(
        &self,
        own: &[&Use],
        past: &[&Use],
        kind: Proposed,
    ) -> Option<(Numbers, Option<Span>)> {
        if kind == Proposed::Window {
            return None;
        }
        let hull = hull(own)?;
        let all = together(past, own);
        let starts = all.iter().map(|one| one.days.first).chain([hull.first]).filter(|day| hull.holds(*day));
        let count = |uses: &[&Use], day| {
            let (_, bare) = split(uses);
            let each = uses.iter().zip(bare).map(|(one, bare)| self.meals_a_day(one, bare));
            uses.iter().zip(each).filter(|(one, _)| one.days.holds(day)).map(|(_, meals)| meals).sum::<i64>()
        };
        let numbers = |day| Numbers {
            allowed: self.allowed() * MILLIONTHS,
            before: count(past, day),
            after: count(&all, day),
        };
        let worst = starts.map(|day| (numbers(day), Some(Span { first: day, last: day })));
        worst.max_by_key(|(numbers, _)| numbers.over())
    }

    fn meals_a_day(&self, one: &Use, bare: i64) -> i64 {
        if self.unit_of(one) != Some(BillingUnit::Meal) {
            return 0;
        }
        let meals = if one.stage == Stage::Delivered { bare } else { one.units.max(0) };
        meals.saturating_mul(MILLIONTHS) / one.days.days().max(1)
    }
}

fn overlaps(one: &Use, window: Option<Span>) -> bool {
    window.is_none_or(|window| one.days.within(window).is_some())
}

/// The most minutes of a use that can lie in a window.
fn in_window(one: &Use, minutes: i64, window: Option<Span>) -> i64 {
    let Some(window) = window else { return minutes };
    match one.days.within(window) {
        None => 0,
        Some(days) if days == one.days => minutes,
        Some(days) => minutes.min(days.days() * DAY),
    }
}

/// Amount that was paid, or the part of what was authorized which so many units are. Money is of its first
/// day.
fn cents(one: &Use, units: i64, window: Option<Span>) -> i64 {
    if window.is_some_and(|window| !window.holds(one.days.first)) {
        return 0;
    }
    let amount = one.amount.map_or(0, |amount| amount.0.max(0));
    match one.stage {
        Stage::Delivered => amount,
        Stage::Authorized if one.units > 0 => {
            let part = i128::from(amount) * i128::from(units) / i128::from(one.units);
            i64::try_from(part).unwrap_or(amount)
        }
        Stage::Authorized | Stage::Presumed => 0,
    }
}
