//! Payments that are bounded together: a monthly amount over the month, a case rate or the cost of a project
//! over the authorization. What is payable or was paid before counts, under whichever claim.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;

use super::answer::broken;
use super::payment::{Priced, of_line, unit_amount};
use super::rule::Rule;
use super::{Broken, Ground};
use crate::ledger::covers;
use crate::plan::billing::{AuthorizedLine, ClaimLine};
use crate::plan::profile::{PaymentModel, Rate};
use crate::{Cents, Procedure};

/// Money for a procedure that is payable or was paid, under the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaidUse {
    /// Procedure that it is for.
    pub procedure: Procedure,
    /// First day of service.
    pub first: Date,
    /// Last day of service.
    pub last: Date,
    /// Amount of money, in cents.
    pub amount: Cents,
    /// True if the provider that bills now got it. A month counts whoever got it, an authorization is one
    /// provider's.
    pub own: bool,
}

impl PaidUse {
    /// A line of the provider that bills now, with what is paid for it.
    #[must_use]
    pub fn of(line: &ClaimLine, amount: Cents) -> Self {
        let last = line.days.last.unwrap_or(line.days.first);
        Self { procedure: line.procedure.clone(), first: line.days.first, last, amount, own: true }
    }
}

/// Use and permissions beside the payments of a claim.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// Payments of the member's other claims.
    pub used: &'a [PaidUse],
    /// The provider's permissions on file.
    pub permissions: &'a [AuthorizedLine],
}

/// Bound of the payments of several lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Together {
    /// So much a month.
    ByMonth,
    /// So much for all that an authorization covers.
    ByAuthorization,
}

impl Together {
    /// `None` where each line is paid for itself, by at least one rate that the plan declares for it.
    fn of(rates: &[&Rate]) -> Option<Self> {
        let all = |models: &[PaymentModel]| {
            !rates.is_empty() && rates.iter().all(|rate| models.contains(&rate.model))
        };
        if all(&[PaymentModel::Monthly]) {
            return Some(Self::ByMonth);
        }
        all(&[PaymentModel::CaseRate, PaymentModel::ProjectCost]).then_some(Self::ByAuthorization)
    }
}

/// True if a line's payment is bounded together with others'.
#[must_use]
pub fn is_summed(ground: Ground<'_>, line: &ClaimLine) -> bool {
    Together::of(&of_line(ground, line)).is_some()
}

/// Holds what is paid for the lines of one claim together, and with what stands beside it: a monthly amount
/// is paid once a month, a case rate or the cost of a project once for an authorization. Where no
/// authorization covers a line, the claim itself is the case.
///
/// # Errors
/// The first line with which an amount is passed.
pub fn payments<'a>(
    ground: Ground<'_>,
    priced: Priced<'_>,
    beside: Beside<'_>,
    paid: impl IntoIterator<Item = (&'a ClaimLine, Cents, String)>,
) -> Result<(), Broken> {
    let mut entered = Vec::new();
    for (line, amount, at) in paid.into_iter().filter(|(_, amount, _)| *amount > Cents::ZERO) {
        let rates = of_line(ground, line);
        let new = PaidUse::of(line, amount);
        let uses = Uses { before: beside.used, entered: &entered, new: &new };
        match Together::of(&rates) {
            Some(Together::ByMonth) if !fits_months(ground, priced, &rates, uses) => {
                return broken(Rule::MonthlyAmountOnceAMonth, at);
            }
            Some(Together::ByAuthorization)
                if !fits_authorization(ground, priced, &rates, uses, beside.permissions) =>
            {
                return broken(Rule::AmountOnceAnAuthorization, at);
            }
            _ => entered.push(new),
        }
    }
    Ok(())
}

/// Payments of one procedure: of other claims, of the claim's earlier lines, and of the line at hand.
#[derive(Clone, Copy)]
struct Uses<'a> {
    before: &'a [PaidUse],
    entered: &'a [PaidUse],
    new: &'a PaidUse,
}

impl<'a> Uses<'a> {
    fn all(self) -> impl Iterator<Item = &'a PaidUse> {
        let uses = self.before.iter().chain(self.entered).chain([self.new]);
        uses.filter(move |one| one.procedure == self.new.procedure)
    }
}

/// True if the months can bear the line: a line of several months may lean on each of them. That is so if no
/// run of months around it holds more than they give together.
fn fits_months(ground: Ground<'_>, priced: Priced<'_>, rates: &[&Rate], uses: Uses<'_>) -> bool {
    let (first, last) = (month(uses.new.first), month(uses.new.last));
    let spans: Vec<(i32, i32, Cents)> =
        uses.all().map(|one| (month(one.first), month(one.last), one.amount)).collect();
    let starts: BTreeSet<i32> = spans.iter().map(|span| span.0).filter(|start| *start <= first).collect();
    let ends: BTreeSet<i32> = spans.iter().map(|span| span.1).filter(|end| *end >= last).collect();
    let mut given = BTreeMap::new();
    let mut gives = |number: i32| {
        *given.entry(number).or_insert_with(|| month_gives(ground, priced, rates, uses.new, number))
    };
    starts.into_iter().all(|start| {
        ends.iter().all(|end| {
            let most = Cents::sum((start..=*end).map(&mut gives));
            let within = spans.iter().filter(|span| start <= span.0 && span.1 <= *end);
            match (Cents::sum(within.map(|span| span.2)), most) {
                (_, None) => true,
                (None, Some(_)) => false,
                (Some(sum), Some(most)) => sum <= most,
            }
        })
    })
}

/// The most that a month gives for the procedure: by its own rates, or by the line's where none is declared
/// for it.
fn month_gives(
    ground: Ground<'_>,
    priced: Priced<'_>,
    rates: &[&Rate],
    line: &PaidUse,
    number: i32,
) -> Cents {
    let amount = |rate: &Rate| unit_amount(ground, priced, rate, &line.procedure);
    let holds = |rate: &&Rate| {
        let (from, to) = (month(rate.effective.first), rate.effective.last.map_or(i32::MAX, month));
        rate.model == PaymentModel::Monthly
            && rate.procedure == line.procedure
            && from <= number
            && number <= to
    };
    let own = ground.profile.rates.iter().filter(holds).map(amount).max();
    own.or_else(|| rates.iter().map(|rate| amount(rate)).max()).unwrap_or(Cents::ZERO)
}

/// The months counted from the year 0.
fn month(day: Date) -> i32 {
    i32::from(day.year()) * 12 + i32::from(day.month())
}

/// True if the authorizations that cover the line can bear it: each gives the amount once.
fn fits_authorization(
    ground: Ground<'_>,
    priced: Priced<'_>,
    rates: &[&Rate],
    uses: Uses<'_>,
    permissions: &[AuthorizedLine],
) -> bool {
    let amount = |rate: &&Rate| unit_amount(ground, priced, rate, &uses.new.procedure);
    let Some(once) = rates.iter().map(amount).max() else { return true };
    let of_procedure: Vec<&AuthorizedLine> =
        permissions.iter().filter(|line| covers(line, &uses.new.procedure)).collect();
    let covering = of_one_case(&of_procedure, uses.new.first);
    if covering.is_empty() {
        let is_covered = |day: Date| of_procedure.iter().any(|line| line.days.holds(day));
        let uncovered = uses.entered.iter().chain([uses.new]);
        let uncovered = uncovered.filter(|one| one.procedure == uses.new.procedure && !is_covered(one.first));
        return Cents::sum(uncovered.map(|one| one.amount)).is_some_and(|sum| sum <= once);
    }
    let numbers: BTreeSet<&str> =
        covering.iter().filter(|line| !line.presumptive).map(|line| line.number.as_str()).collect();
    let cases = u32::try_from(numbers.len().max(1)).unwrap_or(u32::MAX);
    let Some(most) = once.checked_times(cases) else { return true };
    let within = |one: &&PaidUse| one.own && covering.iter().any(|line| line.days.holds(one.first));
    Cents::sum(uses.all().filter(within).map(|one| one.amount)).is_some_and(|sum| sum <= most)
}

/// The permissions that cover a day, with the presumptive windows and the grants that adjoin them: a window
/// and the grant that follows it are one case.
fn of_one_case<'a>(permissions: &[&'a AuthorizedLine], day: Date) -> Vec<&'a AuthorizedLine> {
    let covering: Vec<&AuthorizedLine> =
        permissions.iter().filter(|line| line.days.holds(day)).copied().collect();
    let belongs = |line: &&&AuthorizedLine| {
        line.days.holds(day)
            || covering.iter().any(|one| one.presumptive != line.presumptive && adjoin(one, line))
    };
    permissions.iter().filter(belongs).copied().collect()
}

/// True if no day lies between the two.
fn adjoin(one: &AuthorizedLine, other: &AuthorizedLine) -> bool {
    let after = |line: &AuthorizedLine| line.days.last.map_or(Date::MAX, |last| last.saturating_add(1.day()));
    one.days.first <= after(other) && other.days.first <= after(one)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;
    use crate::floor::tests::profile;
    use crate::plan::profile::PlanProfile;
    use crate::plan::types::Period;

    const PROCEDURE: &str = "T2033 U6";

    fn declaring(model: &str) -> PlanProfile {
        let mut profile = profile();
        profile["rates"][0]["model"] = json!(model);
        profile["rates"][0]["amount"] = json!(40_000);
        serde_json::from_value(profile).unwrap()
    }

    fn line(first: Date, last: Date) -> ClaimLine {
        ClaimLine {
            number: 1,
            service: "recuperative-care".to_owned(),
            procedure: PROCEDURE.parse().unwrap(),
            place: "12".to_owned(),
            days: Period { first, last: Some(last) },
            units: 1,
            charge: Cents(1_000_000),
            minutes: None,
        }
    }

    fn used(first: Date, last: Date, amount: i64) -> PaidUse {
        PaidUse::of(&line(first, last), Cents(amount))
    }

    fn permission(number: &str, presumptive: bool, first: Date, last: Date) -> AuthorizedLine {
        AuthorizedLine {
            number: number.to_owned(),
            presumptive,
            procedure: Some(PROCEDURE.parse().unwrap()),
            days: Period { first, last: Some(last) },
            units: None,
            used: 0,
        }
    }

    /// The rule that payments of the lines break, beside what was paid and permitted.
    fn breaks(
        model: &str,
        used: &[PaidUse],
        permissions: &[AuthorizedLine],
        lines: &[(ClaimLine, i64)],
    ) -> Option<Rule> {
        let profile = declaring(model);
        let priced = Priced { today: date(2026, 3, 2), tables: &[] };
        let paid = lines.iter().map(|(line, amount)| (line, Cents(*amount), String::new()));
        payments(Ground::of(&profile), priced, Beside { used, permissions }, paid)
            .err()
            .map(|broken| broken.rule)
    }

    /// Source of the rule: wit/profile.wit, payment-model: so much a month for each enrolled member.
    #[test]
    fn a_month_is_paid_once() {
        let day = |month, day| date(2026, month, day);
        let one = |month, number, amount| (line(day(month, number), day(month, number)), amount);
        let another = PaidUse { own: false, ..used(day(3, 1), day(3, 1), 40_000) };
        let both = (line(day(3, 20), day(4, 10)), 80_000);
        let (monthly, too_much) = ("monthly", Some(Rule::MonthlyAmountOnceAMonth));
        let table = [
            ("the month's amount", vec![], vec![one(3, 2, 40_000)], None),
            ("twice in one claim", vec![], vec![one(3, 2, 40_000), one(3, 9, 1)], too_much),
            ("two months in one claim", vec![], vec![one(3, 2, 40_000), one(4, 2, 40_000)], None),
            ("in another claim", vec![used(day(3, 9), day(3, 9), 40_000)], vec![one(3, 2, 1)], too_much),
            ("in parts", vec![used(day(3, 9), day(3, 9), 30_000)], vec![one(3, 2, 10_000)], None),
            ("at zero", vec![used(day(3, 9), day(3, 9), 40_000)], vec![one(3, 2, 0)], None),
            ("the month before", vec![used(day(2, 9), day(2, 9), 40_000)], vec![one(3, 2, 40_000)], None),
            ("to another provider", vec![another], vec![one(3, 2, 1)], too_much),
            ("one line for two months", vec![], vec![both.clone()], None),
            ("two months, one paid", vec![used(day(4, 1), day(4, 1), 1)], vec![both.clone()], too_much),
            (
                "a month that a longer line leans on",
                vec![used(day(2, 20), day(3, 5), 80_000)],
                vec![one(3, 9, 1)],
                too_much,
            ),
            (
                "a longer line that leans on the other month",
                vec![used(day(2, 20), day(3, 5), 40_000)],
                vec![one(3, 9, 40_000)],
                None,
            ),
            (
                "months that lean on one another",
                vec![used(day(2, 20), day(3, 5), 40_000), used(day(2, 9), day(2, 9), 40_000)],
                vec![one(3, 9, 1)],
                too_much,
            ),
        ];
        for (case, used, lines, expected) in table {
            assert_eq!(breaks(monthly, &used, &[], &lines), expected, "{case}");
        }
    }

    /// Source of the rule: wit/profile.wit, payment-model: so much a case; the cost of the project, up to the
    /// amount.
    #[test]
    fn an_authorization_gives_its_amount_once() {
        let day = |month, day| date(2026, month, day);
        let one = |month, number, amount| (line(day(month, number), day(month, number)), amount);
        let spring = permission("A-1", false, day(3, 1), day(5, 31));
        let overlapping = permission("A-2", false, day(5, 1), day(6, 30));
        let summer = permission("A-3", false, day(7, 1), day(8, 31));
        let window = permission("rule", true, day(2, 15), day(2, 28));
        let another = PaidUse { own: false, ..used(day(3, 9), day(3, 9), 40_000) };
        let paid = |month| vec![used(day(month, 9), day(month, 9), 40_000)];
        let too_much = Some(Rule::AmountOnceAnAuthorization);
        let table = [
            ("once", vec![], vec![spring.clone()], vec![one(3, 2, 40_000)], None),
            (
                "in one claim",
                vec![],
                vec![spring.clone()],
                vec![one(3, 2, 30_000), one(3, 3, 10_001)],
                too_much,
            ),
            ("in parts", vec![], vec![spring.clone()], vec![one(3, 2, 30_000), one(3, 3, 10_000)], None),
            ("in another claim", paid(4), vec![spring.clone()], vec![one(3, 2, 1)], too_much),
            ("at zero", paid(4), vec![spring.clone()], vec![one(3, 2, 0)], None),
            ("to another provider", vec![another], vec![spring.clone()], vec![one(3, 2, 40_000)], None),
            (
                "of the next authorization",
                paid(4),
                vec![spring.clone(), summer],
                vec![one(7, 2, 40_000)],
                None,
            ),
            (
                "where two overlap",
                paid(5),
                vec![spring.clone(), overlapping],
                vec![one(5, 2, 40_000), one(5, 3, 1)],
                too_much,
            ),
            ("before the window", paid(2), vec![window, spring], vec![one(3, 2, 40_000)], None),
            (
                "without an authorization",
                vec![],
                vec![],
                vec![one(3, 2, 30_000), one(3, 3, 10_001)],
                too_much,
            ),
            ("which people answer for", paid(4), vec![], vec![one(3, 2, 40_000)], None),
        ];
        for (case, used, permissions, lines, expected) in table {
            for model in ["case-rate", "project-cost"] {
                assert_eq!(breaks(model, &used, &permissions, &lines), expected, "{case}, {model}");
            }
        }
        let window = permission("rule", true, day(2, 15), day(2, 28));
        let grant = permission("A-1", false, day(3, 1), day(5, 31));
        let in_window = [used(day(2, 20), day(2, 20), 40_000)];
        let later = [one(3, 2, 1)];
        assert_eq!(breaks("case-rate", &in_window, &[window, grant], &later), too_much, "they are one case");
    }

    #[test]
    fn a_line_that_is_paid_for_itself_is_not_summed() {
        let paid = [used(date(2026, 3, 9), date(2026, 3, 9), 40_000)];
        let lines = [(line(date(2026, 3, 2), date(2026, 3, 2)), 40_000)];
        for model in ["per-diem", "fee-for-service", "outreach"] {
            assert_eq!(breaks(model, &paid, &[], &lines), None, "{model}");
            assert!(!is_summed(Ground::of(&declaring(model)), &lines[0].0), "{model}");
        }
        assert!(is_summed(Ground::of(&declaring("monthly")), &lines[0].0));
    }
}
