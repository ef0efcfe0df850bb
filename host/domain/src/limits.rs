//! Benefit limits: how much of a service a member may have, as the catalog says it, counted over plans and
//! providers.
//!
//! [`check`] says which limits a grant, a presumptive window or a payment would pass; [`accumulators`] says
//! what is left. Both count alike. A night is counted once, however often it was authorized, presumed and
//! delivered. What is authorized counts until it is delivered, and is then the delivered thing's; what was
//! taken back is not handed in and so counts no more.
//!
//! A limit is passed by what adds to it. A claim for nights that were granted adds nothing, so it never is
//! refused for a limit that the grant was within, and what stood before a limit was known does not stand in
//! the way of what it permits.

mod days;
mod quantity;
mod words;

#[cfg(test)]
mod tests;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::catalog::{
    BillingUnit, Catalog, Limit, LimitConcern, LimitExcess, LimitMeasure, LimitScope, LimitWindow, Service,
};
use crate::identifiers::{CaseId, OrgId, PlanId};
use crate::plan::types::Bilingual;
use crate::{Cents, Procedure};
use days::Bundle;

/// Days from a first to a last. Both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// First day, which is included.
    pub first: Date,
    /// Last day, which is included.
    pub last: Date,
}

/// Some of a service that a member has or may have. Has no `Debug`: it is about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Use {
    /// The authorization or the claim.
    pub case: CaseId,
    /// Plan under which it counts.
    pub plan: PlanId,
    /// Provider that delivers it.
    pub provider: OrgId,
    /// Id of the service, as in the catalog.
    pub service: String,
    /// The procedure; none for a presumptive window, which covers every procedure of its service.
    pub procedure: Option<Procedure>,
    /// The days in which it is delivered.
    pub days: Span,
    /// Units of the procedure; of no meaning for a window.
    pub units: i64,
    /// Minutes, where they were recorded.
    pub minutes: Option<i64>,
    /// Money, where it is known.
    pub amount: Option<Cents>,
    /// Stage of the use.
    pub stage: Stage,
}

impl Use {
    /// Rest of what was authorized, where the case `next` goes on with it from `since` on: the days before,
    /// with their share of units and money, as the same approval. The other share is what `next` asks for
    /// ([`crate::continuity::ContinuityRule::lines`]). `None` where no day lies before.
    #[must_use]
    pub fn continued_by(&self, next: CaseId, since: Date) -> Option<Self> {
        let last = self.days.last.min(since.yesterday().ok()?);
        let days = Span { first: self.days.first, last };
        if days.last < days.first {
            return None;
        }
        let share = |whole: i64| whole.saturating_mul(days.days()) / self.days.days();
        Some(Self {
            case: next,
            days,
            units: share(self.units),
            amount: self.amount.map(|amount| Cents(share(amount.0))),
            ..self.clone()
        })
    }
}

/// Stage of a use: presumed, authorized or delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// A presumptive window is open for it.
    Presumed,
    /// A plan granted it.
    Authorized,
    /// It was delivered, and is payable or paid.
    Delivered,
}

/// Act that is about to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proposed {
    /// A grant to somebody who asks for the first time.
    FirstGrant,
    /// Another grant to the member.
    Grant,
    /// A presumptive window for the member.
    Window,
    /// A payment of a line.
    Payment,
}

/// The whole of what is about to be done: uses of one member.
#[derive(Clone, Copy)]
pub struct Proposal<'a> {
    /// Kind of the act.
    pub kind: Proposed,
    /// Uses that it would add.
    pub uses: &'a [Use],
}

crate::words! {
    /// Unit that a limit is counted in.
    pub enum LimitUnit {
        /// Calendar days of service.
        Days = "days",
        /// Minutes of service.
        Minutes = "minutes",
        /// Money, in cents.
        Cents = "cents",
        /// Number of approvals.
        Approvals = "approvals",
        /// Meals on one day.
        MealsADay = "meals-a-day",
    }
}

/// A limit that something would pass, with the numbers in the window where it would be passed by most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passed {
    /// The limit's id in the catalog.
    pub limit: String,
    /// Way in which it is passed.
    pub how: How,
    /// Unit of the numbers.
    pub unit: LimitUnit,
    /// The most that the limit allows.
    pub allowed: i64,
    /// Amount that is authorized or delivered already.
    pub used: i64,
    /// Amount that would be added.
    pub asked: i64,
    /// Amount that is left.
    pub left: i64,
    /// The days in which it is counted; none for a lifetime. The nights themselves where they are another
    /// house's.
    pub window: Option<Span>,
    /// May a person go beyond it?
    pub excess: LimitExcess,
    /// The limit in plain words.
    pub text: Bilingual,
}

/// Way in which a limit is passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// It would be more than the limit allows.
    Amount,
    /// The same nights are authorized or delivered elsewhere.
    Overlap,
}

/// Accumulator of a limit for one member: what is authorized and delivered of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accumulator<'c> {
    /// Limit that is counted.
    pub limit: &'c Limit,
    /// Unit of the numbers.
    pub unit: LimitUnit,
    /// The most that it allows.
    pub allowed: i64,
    /// Amount that is authorized and not yet delivered.
    pub authorized: i64,
    /// Amount that is delivered.
    pub delivered: i64,
    /// The days in which it is counted; none for a lifetime, and for a single authorization or stay.
    pub window: Option<Span>,
}

/// Part of a member's past that must be known before something can be judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Uses of these services.
    pub services: Vec<String>,
    /// Those that reach to this day or later; none: all of them.
    pub since: Option<Date>,
}

/// The limits that a proposal would pass, with what counts already. Empty: it is within all of them.
///
/// `history` must hold what [`needs`] names, of all plans and providers, without what the proposal takes the
/// place of.
#[must_use]
pub fn check(catalog: &Catalog, proposal: &Proposal<'_>, history: &[Use]) -> Vec<Passed> {
    let mut passed = Vec::new();
    for rule in rules(catalog, proposal.uses) {
        if !concerns(rule.limit.concerns, proposal.kind) {
            continue;
        }
        let own: Vec<&Use> = proposal.uses.iter().filter(|one| rule.governs(one)).collect();
        let past: Vec<&Use> = history.iter().filter(|one| rule.counts(one)).collect();
        passed.extend(rule.overlap(&own, &past, proposal.kind));
        passed.extend(rule.amount(&own, &past, proposal.kind));
    }
    passed
}

/// Past that must be known before [`check`] can judge these uses; none where no limit looks back.
#[must_use]
pub fn needs(catalog: &Catalog, uses: &[Use]) -> Option<Needs> {
    let first = uses.iter().map(|one| one.days.first).min()?;
    needs_from(rules(catalog, uses), first)
}

/// Past that must be known before [`accumulators`] can answer.
#[must_use]
pub fn needs_of(catalog: &Catalog, service: &Service, on: Date) -> Option<Needs> {
    needs_from(rules_of(catalog, service, on, None), on)
}

fn needs_from<'c>(rules: impl IntoIterator<Item = Rule<'c>>, first: Date) -> Option<Needs> {
    let needs = rules.into_iter().filter_map(|rule| {
        let services = rule.services.iter().map(|id| (*id).to_owned()).collect();
        rule.looks_back(first).map(|since| Needs { services, since })
    });
    needs.reduce(Needs::and)
}

impl Needs {
    /// Past that covers the needs of both.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.since = self.since.and_then(|since| other.since.map(|others| others.min(since)));
        for service in other.services {
            if !self.services.contains(&service) {
                self.services.push(service);
            }
        }
        self
    }
}

/// Accumulators of the limits of a service on a day, for a member of `plan`.
#[must_use]
pub fn accumulators<'c>(
    catalog: &'c Catalog,
    service: &'c Service,
    plan: Option<&'c PlanId>,
    history: &[Use],
    on: Date,
) -> Vec<Accumulator<'c>> {
    rules_of(catalog, service, on, plan).map(|rule| rule.accumulator(history, on)).collect()
}

/// The longest presumptive window that passes no limit: `asked`, a shorter one that begins on the same day,
/// or none.
#[must_use]
pub fn fitting_window(catalog: &Catalog, asked: &Use, history: &[Use]) -> Option<Span> {
    let fits = |days: i64| {
        let last = asked.days.first.saturating_add((days - 1).days());
        let one = Use { days: Span { first: asked.days.first, last }, ..asked.clone() };
        let proposal = Proposal { kind: Proposed::Window, uses: std::slice::from_ref(&one) };
        check(catalog, &proposal, history).is_empty().then_some(one.days)
    };
    let (mut fitting, mut low, mut high) = (None, 1, asked.days.days());
    while low <= high {
        let middle = low + (high - low) / 2;
        match fits(middle) {
            Some(days) => {
                fitting = Some(days);
                low = middle + 1;
            }
            None => high = middle - 1,
        }
    }
    fitting
}

fn concerns(concern: LimitConcern, kind: Proposed) -> bool {
    match concern {
        LimitConcern::Service => true,
        LimitConcern::FirstAuthorization => kind == Proposed::FirstGrant,
        LimitConcern::Presumption => kind == Proposed::Window,
    }
}

/// A limit with the services that share it.
struct Rule<'c> {
    catalog: &'c Catalog,
    limit: &'c Limit,
    services: Vec<&'c str>,
    /// Whose uses count, where only one plan's do.
    plan: Option<&'c PlanId>,
}

/// The limits that govern the uses, each version of each once.
fn rules<'c>(catalog: &'c Catalog, uses: &'c [Use]) -> Vec<Rule<'c>> {
    let mut rules: Vec<Rule<'c>> = Vec::new();
    for one in uses {
        let Some(service) = catalog.service(&one.service) else { continue };
        for rule in rules_of(catalog, service, one.days.first, Some(&one.plan)) {
            let known = rules.iter().any(|known| {
                known.limit.id == rule.limit.id
                    && known.limit.effective == rule.limit.effective
                    && known.plan == rule.plan
            });
            if !known {
                rules.push(rule);
            }
        }
    }
    rules
}

fn rules_of<'c>(
    catalog: &'c Catalog,
    service: &'c Service,
    on: Date,
    plan: Option<&'c PlanId>,
) -> impl Iterator<Item = Rule<'c>> {
    service.limits_on(on).map(move |limit| Rule {
        catalog,
        limit,
        services: match &limit.group {
            Some(group) => catalog.in_limit_group(group).map(|service| service.id.as_str()).collect(),
            None => vec![service.id.as_str()],
        },
        plan: plan.filter(|_| limit.counts == LimitScope::SamePlan),
    })
}

impl Rule<'_> {
    /// The version of the limit that is in force on a use's first day governs it.
    fn governs(&self, one: &Use) -> bool {
        self.counts(one) && self.limit.effective.covers(one.days.first)
    }

    /// True if the use counts: whichever version was in force then.
    fn counts(&self, one: &Use) -> bool {
        self.services.contains(&one.service.as_str()) && self.plan.is_none_or(|plan| *plan == one.plan)
    }

    fn unit_of(&self, one: &Use) -> Option<BillingUnit> {
        let procedure = one.procedure.as_ref()?;
        let mut billed = self.catalog.procedures(&one.service, one.days.first);
        billed.find(|billed| billed.procedure == *procedure).map(|billed| billed.unit)
    }

    /// Day from which it looks back, if it looks at more than the thing itself; `None` inside is the
    /// beginning.
    fn looks_back(&self, first: Date) -> Option<Option<Date>> {
        let day = match (self.limit.window, self.limit.measure) {
            (LimitWindow::Lifetime, _) => return Some(None),
            (LimitWindow::CalendarYear, _) => first.first_of_year(),
            (LimitWindow::RollingTwelveMonths, _) => twelve_months_to(first).first,
            (LimitWindow::Stay, LimitMeasure::Days | LimitMeasure::Weeks | LimitMeasure::Months) => {
                first.saturating_sub((self.allowed() + 1).days())
            }
            (LimitWindow::Authorization, LimitMeasure::MealsADay) => first,
            (LimitWindow::Authorization | LimitWindow::Stay, _) => return None,
        };
        // What is billed by the month reaches beyond the day that it is written on.
        Some(Some(day.saturating_sub(1.month())))
    }

    fn unit(&self) -> LimitUnit {
        match self.limit.measure {
            LimitMeasure::Days | LimitMeasure::Weeks | LimitMeasure::Months => LimitUnit::Days,
            LimitMeasure::Hours => LimitUnit::Minutes,
            LimitMeasure::Cents => LimitUnit::Cents,
            LimitMeasure::MealsADay => LimitUnit::MealsADay,
            LimitMeasure::Approvals => LimitUnit::Approvals,
        }
    }

    /// The most that it allows, in its unit. Months become days as the catalog says; one that says nothing
    /// allows the longest months.
    fn allowed(&self) -> i64 {
        let amount = i64::from(self.limit.amount);
        match self.limit.measure {
            LimitMeasure::Weeks => amount * 7,
            LimitMeasure::Hours => amount * 60,
            LimitMeasure::Months => {
                self.limit.in_days.as_ref().map_or(amount * 31, |days| i64::from(days.amount))
            }
            LimitMeasure::Days | LimitMeasure::Cents | LimitMeasure::MealsADay | LimitMeasure::Approvals => {
                amount
            }
        }
    }

    fn passed(&self, numbers: Numbers, window: Option<Span>) -> Passed {
        let scale = quantity::scale(self.unit());
        let whole = |number: i64| (number + scale - 1) / scale;
        Passed {
            limit: self.limit.id.clone(),
            how: How::Amount,
            unit: self.unit(),
            allowed: numbers.allowed / scale,
            used: whole(numbers.before),
            asked: whole(numbers.after - numbers.before),
            left: (numbers.allowed - numbers.before).max(0) / scale,
            window,
            excess: self.limit.excess,
            text: self.limit.text.clone(),
        }
    }

    /// By how much the uses would pass it, in the window where that is most.
    fn amount(&self, own: &[&Use], past: &[&Use], kind: Proposed) -> Option<Passed> {
        let hull = hull(own)?;
        let counted = match (self.limit.window, self.limit.measure) {
            (_, LimitMeasure::MealsADay) => self.meals(own, past, kind),
            (LimitWindow::Authorization, LimitMeasure::Days | LimitMeasure::Weeks | LimitMeasure::Months) => {
                self.length(hull, kind)
            }
            (LimitWindow::Stay, LimitMeasure::Hours) => self.longest_stay(own),
            (
                LimitWindow::Authorization | LimitWindow::Stay,
                LimitMeasure::Hours | LimitMeasure::Cents | LimitMeasure::Approvals,
            ) => self.quantities(own, &[], kind, None),
            (LimitWindow::Stay, _) => self.run_of_days(own, past, hull),
            (_, LimitMeasure::Days | LimitMeasure::Weeks | LimitMeasure::Months) => {
                self.most_nights(own, past, hull)
            }
            (LimitWindow::CalendarYear, _) => self.by_year(own, past, hull, kind),
            (_, _) => self.quantities(own, past, kind, None),
        };
        let (numbers, window) = counted?;
        numbers.passes().then(|| self.passed(numbers, window))
    }

    /// Year by year, the worst.
    fn by_year(
        &self,
        own: &[&Use],
        past: &[&Use],
        hull: Span,
        kind: Proposed,
    ) -> Option<(Numbers, Option<Span>)> {
        years(hull)
            .filter_map(|year| self.quantities(own, past, kind, Some(year)))
            .max_by_key(|(numbers, _)| numbers.over())
    }

    /// Length of an authorization or a window, from its first to its last day.
    fn length(&self, hull: Span, kind: Proposed) -> Option<(Numbers, Option<Span>)> {
        if kind == Proposed::Payment {
            return None;
        }
        let amount = i64::from(self.limit.amount);
        let end = match self.limit.measure {
            LimitMeasure::Weeks => hull.first.saturating_add(amount.weeks()),
            LimitMeasure::Months => hull.first.saturating_add(amount.months()),
            _ => hull.first.saturating_add(amount.days()),
        };
        let allowed = i64::from((end - hull.first).get_days());
        Some((Numbers { allowed, before: 0, after: hull.days() }, Some(hull)))
    }

    /// Nights in each window that the proposal can fill, the worst.
    fn most_nights(&self, own: &[&Use], past: &[&Use], hull: Span) -> Option<(Numbers, Option<Span>)> {
        let before = self.bundles(past);
        let after = self.bundles(&together(past, own));
        let windows: Vec<Option<Span>> = match self.limit.window {
            LimitWindow::CalendarYear => years(hull).map(Some).collect(),
            LimitWindow::RollingTwelveMonths => {
                let until = hull.last.saturating_add(12.months()).saturating_sub(1.day());
                let until = self.limit.effective.to.map_or(until, |to| to.min(until));
                let ends = days::peaks(&after, Span { first: hull.first, last: until });
                ends.into_iter().map(|end| Some(twelve_months_to(end))).collect()
            }
            LimitWindow::Lifetime | LimitWindow::Authorization | LimitWindow::Stay => vec![None],
        };
        let count = |window: Option<Span>| Numbers {
            allowed: self.allowed(),
            before: days::most(&before, window),
            after: days::most(&after, window),
        };
        windows.into_iter().map(|window| (count(window), window)).max_by_key(|(numbers, _)| numbers.over())
    }

    /// Nights in a row, with those that the proposal joins.
    fn run_of_days(&self, own: &[&Use], past: &[&Use], hull: Span) -> Option<(Numbers, Option<Span>)> {
        let (before, after) = (self.bundles(past), self.bundles(&together(past, own)));
        let run = days::run(&after, hull);
        let count = |bundles: &[Bundle]| days::most(bundles, Some(run));
        Some((Numbers { allowed: self.allowed(), before: count(&before), after: count(&after) }, Some(run)))
    }

    /// Nights of the proposal that are another house's, where the limit is for one house at a time.
    fn overlap(&self, own: &[&Use], past: &[&Use], kind: Proposed) -> Option<Passed> {
        if !self.limit.one_at_a_time {
            return None;
        }
        let hull = hull(own)?;
        // What was delivered elsewhere cannot be paid again; what is only authorized elsewhere was not used
        // there.
        let past: Vec<&Use> = past
            .iter()
            .copied()
            .filter(|one| kind != Proposed::Payment || one.stage == Stage::Delivered)
            .collect();
        let doubled = |uses: &[&Use]| {
            let mut houses: Vec<(OrgId, &str)> =
                uses.iter().map(|one| (one.provider, one.service.as_str())).collect();
            houses.sort_unstable();
            houses.dedup();
            let by_house = houses.into_iter().map(|house| {
                let here: Vec<&Use> = uses
                    .iter()
                    .copied()
                    .filter(|one| (one.provider, one.service.as_str()) == house)
                    .collect();
                days::most(&self.bundles(&here), Some(hull))
            });
            by_house.sum::<i64>() - days::most(&self.bundles(uses), Some(hull))
        };
        let more = doubled(&together(&past, own)) - doubled(&past);
        let shared = || {
            let others = past.iter().filter(|one| !own.iter().any(|mine| same_house(mine, one)));
            let spans = others.filter_map(|one| self.bundle(one, one.units)?.span.within(hull));
            spans.reduce(|all, span| all.hull(span))
        };
        (more > 0).then(|| Passed {
            how: How::Overlap,
            used: more,
            asked: more,
            left: 0,
            ..self.passed(Numbers { allowed: self.allowed(), before: 0, after: 0 }, shared().or(Some(hull)))
        })
    }

    /// The nights of uses, those that were delivered taken from those that were authorized.
    fn bundles(&self, uses: &[&Use]) -> Vec<Bundle> {
        let remaining = quantity::remaining(uses);
        days::merged(uses.iter().zip(remaining).filter_map(|(one, units)| self.bundle(one, units)).collect())
    }

    /// The nights of one use with so many units; none where its unit is no time.
    fn bundle(&self, one: &Use, units: i64) -> Option<Bundle> {
        if one.stage == Stage::Presumed {
            return Some(Bundle { span: one.days, nights: one.days.days() });
        }
        let bundle = match self.unit_of(one)? {
            BillingUnit::Day => Bundle { span: one.days, nights: units },
            BillingUnit::Month => {
                let months = units.clamp(0, 1_200).months();
                let end = one.days.first.saturating_add(months).saturating_sub(1.day());
                // A month that is written on one day reaches beyond it; one that is granted with its days
                // ends with them.
                let last = if one.days.first < one.days.last { one.days.last } else { end };
                let nights = i64::from((end.min(last) - one.days.first).get_days()) + 1;
                Bundle { span: Span { first: one.days.first, last }, nights }
            }
            _ => return None,
        };
        (bundle.nights > 0).then_some(bundle)
    }
}

impl<'c> Rule<'c> {
    fn accumulator(&self, history: &[Use], on: Date) -> Accumulator<'c> {
        let past: Vec<&Use> = history.iter().filter(|one| self.counts(one)).collect();
        let ((delivered, all), window) = match self.limit.window {
            LimitWindow::Authorization | LimitWindow::Stay => ((0, 0), None),
            LimitWindow::Lifetime => (self.totals(&past, None), None),
            LimitWindow::CalendarYear => {
                let year = Span { first: on.first_of_year(), last: on.last_of_year() };
                (self.totals(&past, Some(year)), Some(year))
            }
            LimitWindow::RollingTwelveMonths => self.fullest(&past, on),
        };
        Accumulator {
            limit: self.limit,
            unit: self.unit(),
            allowed: self.allowed(),
            authorized: all - delivered,
            delivered,
            window,
        }
    }

    /// Of the twelve months that hold a day, those with the most in them: nothing more than they leave can be
    /// had on it.
    fn fullest(&self, past: &[&Use], on: Date) -> ((i64, i64), Option<Span>) {
        let until = on.saturating_add(12.months()).saturating_sub(1.day());
        let ends = days::peaks(&self.bundles(past), Span { first: on, last: until });
        let windows = std::iter::once(on).chain(ends).map(twelve_months_to);
        let counted = windows.map(|window| (self.totals(past, Some(window)), Some(window)));
        // Of several, the first.
        counted.reduce(|best, next| if next.0.1 > best.0.1 { next } else { best }).unwrap_or(((0, 0), None))
    }

    /// Amount delivered, and that with what is authorized.
    fn totals(&self, past: &[&Use], window: Option<Span>) -> (i64, i64) {
        let delivered: Vec<&Use> = past.iter().copied().filter(|one| one.stage == Stage::Delivered).collect();
        let total = |uses: &[&Use]| match self.unit() {
            LimitUnit::Days => days::most(&self.bundles(uses), window),
            _ => self.quantity(uses, window),
        };
        (total(&delivered), total(past))
    }
}

impl Accumulator<'_> {
    /// Amount that may still be had.
    #[must_use]
    pub fn left(&self) -> i64 {
        (self.allowed - self.authorized - self.delivered).max(0)
    }
}

/// Amounts counted in one window, before and after.
#[derive(Clone, Copy)]
struct Numbers {
    allowed: i64,
    before: i64,
    after: i64,
}

impl Numbers {
    fn over(self) -> i64 {
        if self.after > self.before { self.after - self.allowed } else { i64::MIN }
    }

    fn passes(self) -> bool {
        self.after > self.allowed && self.after > self.before
    }
}

impl Span {
    /// Number of its days.
    #[must_use]
    pub fn days(self) -> i64 {
        i64::from((self.last - self.first).get_days()) + 1
    }

    /// Does `day` belong to it?
    #[must_use]
    pub fn holds(self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }

    /// The days that belong to both.
    #[must_use]
    pub fn within(self, other: Self) -> Option<Self> {
        let both = Self { first: self.first.max(other.first), last: self.last.min(other.last) };
        (both.first <= both.last).then_some(both)
    }

    /// From the earlier first to the later last.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self { first: self.first.min(other.first), last: self.last.max(other.last) }
    }
}

/// The twelve months that end with a day.
fn twelve_months_to(end: Date) -> Span {
    Span { first: end.saturating_add(1.day()).saturating_sub(12.months()), last: end }
}

/// The calendar years that some days lie in.
fn years(days: Span) -> impl Iterator<Item = Span> {
    (days.first.year()..=days.last.year()).filter_map(|year| {
        let first = Date::new(year, 1, 1).ok()?;
        Some(Span { first, last: first.last_of_year() })
    })
}

fn hull(uses: &[&Use]) -> Option<Span> {
    uses.iter().map(|one| one.days).reduce(Span::hull)
}

fn together<'u>(past: &[&'u Use], own: &[&'u Use]) -> Vec<&'u Use> {
    past.iter().chain(own).copied().collect()
}

fn same_house(one: &Use, other: &Use) -> bool {
    one.provider == other.provider && one.service == other.service
}
