//! Payments for a line, beside its charge and its rate: one check, whoever pays.
//!
//! A payment is never more than was charged, never more than the plan's rate gives by its model, and what is
//! not paid is explained to the cent by adjustments with a group and a reason code that count on the day.

use jiff::civil::Date;

use super::answer::broken;
use super::rule::Rule;
use super::{Broken, Ground};
use crate::plan::billing::{Adjustment, ClaimLine};
use crate::plan::profile::{PaymentModel, Rate};
use crate::plan::types::{Context, TableSlice};
use crate::{Cents, Procedure};

/// Most adjustments of one line.
const MOST_ADJUSTMENTS: usize = 200;

/// Payment that somebody makes for a line.
#[derive(Clone, Copy, Debug)]
pub struct Paid<'a> {
    /// The id of the rate, if it is named. A plugin names one; where a person names none, every rate of the
    /// line counts.
    pub rate: Option<&'a str>,
    /// Amount of money, in cents.
    pub amount: Cents,
    /// Why it is not the charge.
    pub adjustments: &'a [Adjustment],
}

/// Amounts that a payment is checked against, beside the line itself.
#[derive(Clone, Copy, Debug)]
pub struct Priced<'a> {
    /// The day on which it is decided: reason codes count on it.
    pub today: Date,
    /// Rows of the plan's reference tables that match the case: one that is looked up by procedure may hold
    /// its amount.
    pub tables: &'a [TableSlice],
}

impl<'a> Priced<'a> {
    /// As a plugin was told.
    #[must_use]
    pub fn of(context: &'a Context) -> Self {
        Self { today: context.today, tables: &context.tables }
    }
}

/// Holds the payment of one line against the floor.
///
/// # Errors
/// The first rule that it breaks, under `at`.
pub fn payment(
    ground: Ground<'_>,
    priced: Priced<'_>,
    line: &ClaimLine,
    paid: Paid<'_>,
    at: &str,
) -> Result<(), Broken> {
    let rates = rates(ground, line, paid.rate, at)?;
    if paid.amount < Cents::ZERO {
        return broken(Rule::PaymentNotBelowZero, format!("{at}/amount"));
    }
    if paid.amount > line.charge {
        return broken(Rule::PaymentWithinTheCharge, format!("{at}/amount"));
    }
    balanced(line, paid, at)?;
    codes(ground, priced.today, paid.adjustments, at)?;
    let most = rates.iter().map(|rate| allowance(ground, priced, rate, line)).max();
    match most {
        Some(most) if paid.amount > most => broken(Rule::PaymentWithinTheRate, format!("{at}/amount")),
        _ => Ok(()),
    }
}

/// The most that any of the plan's rates gives for a line; `None` where it declares no rate for the procedure
/// on the day.
#[must_use]
pub fn most_payable(ground: Ground<'_>, priced: Priced<'_>, line: &ClaimLine) -> Option<Cents> {
    of_line(ground, line).into_iter().map(|rate| allowance(ground, priced, rate, line)).max()
}

/// True if a line is paid less than its charge and the plan's own rates give.
pub(super) fn is_short(ground: Ground<'_>, priced: Priced<'_>, line: &ClaimLine, amount: Cents) -> bool {
    amount < most_payable(ground, priced, line).map_or(line.charge, |most| most.min(line.charge))
}

/// True if each unit of the line is a day and there are more units than days: arithmetic, which anybody sees.
pub(super) fn has_more_units_than_days(ground: Ground<'_>, line: &ClaimLine) -> bool {
    let rates = of_line(ground, line);
    let by_the_day = !rates.is_empty() && rates.iter().all(|rate| rate.model == PaymentModel::PerDiem);
    by_the_day && line.units > days(line)
}

fn days(line: &ClaimLine) -> u32 {
    let last = line.days.last.unwrap_or(line.days.first);
    u32::try_from((last - line.days.first).get_days() + 1).unwrap_or(0)
}

pub(super) fn of_line<'a>(ground: Ground<'a>, line: &ClaimLine) -> Vec<&'a Rate> {
    let counts = |rate: &&Rate| rate.procedure == line.procedure && rate.effective.holds(line.days.first);
    ground.profile.rates.iter().filter(counts).collect()
}

fn rates<'a>(
    ground: Ground<'a>,
    line: &ClaimLine,
    named: Option<&str>,
    at: &str,
) -> Result<Vec<&'a Rate>, Broken> {
    let Some(named) = named else { return Ok(of_line(ground, line)) };
    let Some(rate) = ground.profile.rates.iter().find(|rate| rate.id == named) else {
        return broken(Rule::DeclaredRate, format!("{at}/rate"));
    };
    if rate.procedure != line.procedure || !rate.effective.holds(line.days.first) {
        return broken(Rule::RateForTheProcedureOnTheDay, format!("{at}/rate"));
    }
    Ok(vec![rate])
}

fn balanced(line: &ClaimLine, paid: Paid<'_>, at: &str) -> Result<(), Broken> {
    if paid.adjustments.len() > MOST_ADJUSTMENTS {
        return broken(Rule::FewEnoughAdjustments, format!("{at}/adjustments"));
    }
    let adjusted = Cents::sum(paid.adjustments.iter().map(|adjustment| adjustment.amount));
    let rest = adjusted.and_then(|adjusted| line.charge.checked_sub(adjusted));
    if rest == Some(paid.amount) {
        Ok(())
    } else {
        broken(Rule::ChargeLessAdjustmentsIsTheAmount, format!("{at}/amount"))
    }
}

fn codes(ground: Ground<'_>, today: Date, adjustments: &[Adjustment], at: &str) -> Result<(), Broken> {
    for (place, adjustment) in adjustments.iter().enumerate() {
        let at = format!("{at}/adjustments/{place}");
        if ground.dictionary.adjustment_group(&adjustment.group).is_none() {
            return broken(Rule::AdjustmentGroup, format!("{at}/group"));
        }
        if ground.dictionary.adjustment_reason(&adjustment.reason, today).is_none() {
            return broken(Rule::AdjustmentReason, format!("{at}/reason"));
        }
        if adjustment.remark.as_deref().is_some_and(|remark| !is_remark_code(remark)) {
            return broken(Rule::AdjustmentRemark, format!("{at}/remark"));
        }
    }
    Ok(())
}

/// A RARC is an `M`, `MA` or `N` and up to four digits (X12 external code list 411).
pub(super) fn is_remark_code(text: &str) -> bool {
    let digits = ["MA", "M", "N"].into_iter().find_map(|letters| text.strip_prefix(letters));
    digits.is_some_and(|digits| {
        (1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Amount that a rate gives for a line, by its model.
fn allowance(ground: Ground<'_>, priced: Priced<'_>, rate: &Rate, line: &ClaimLine) -> Cents {
    let amount = unit_amount(ground, priced, rate, &line.procedure);
    let last = line.days.last.unwrap_or(line.days.first);
    let times = |count: u32| amount.checked_times(count).unwrap_or(Cents(i64::MAX));
    match rate.model {
        PaymentModel::FeeForService | PaymentModel::Outreach => times(line.units),
        PaymentModel::PerDiem => times(days(line).min(line.units)),
        PaymentModel::Monthly => times(months(line.days.first, last)),
        PaymentModel::CaseRate | PaymentModel::ProjectCost => amount,
        PaymentModel::EncounterOnly => Cents::ZERO,
    }
}

/// The calendar months that the days touch.
fn months(first: Date, last: Date) -> u32 {
    let number = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month());
    u32::try_from(number(last) - number(first) + 1).unwrap_or(0)
}

/// The declared amount, or the highest that a row for the procedure holds where the plan keeps amounts in a
/// table.
pub(super) fn unit_amount(
    ground: Ground<'_>,
    priced: Priced<'_>,
    rate: &Rate,
    procedure: &Procedure,
) -> Cents {
    let mut most = rate.amount;
    for slice in priced.tables {
        let Some(table) = ground.profile.tables.iter().find(|table| table.name == slice.name) else {
            continue;
        };
        if !table.keys.iter().any(|key| key == "procedure") {
            continue;
        }
        let Some(keyed) = table.columns.iter().position(|column| column == "procedure") else { continue };
        for row in &slice.rows {
            let of_procedure = row.cells.get(keyed).and_then(|cell| cell.parse::<Procedure>().ok());
            if of_procedure.as_ref() != Some(procedure) {
                continue;
            }
            let amounts = row.cells.iter().filter_map(|cell| cell.parse::<Cents>().ok());
            most = amounts.fold(most, Cents::max);
        }
    }
    most
}
