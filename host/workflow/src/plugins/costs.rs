//! Costs of each plan's code, from the decision records.

use domain::identifiers::PlanId;
use domain::problem::Code;
use domain::time::pacific_end_of_day;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::Caller;
use crate::command::failure::Failure;
use crate::view::{CostView, CostsView};

/// The longest span that is added up at once, in days.
const MOST_DAYS: i32 = 400;

impl Crosswalk {
    /// Costs of the plan's plugins between two days, both included: calls, faults, time and memory.
    ///
    /// # Errors
    /// `Forbidden` for another plan's; `Invalid` for days out of order or too far apart.
    pub async fn costs(
        &self,
        caller: &Caller,
        plan: &PlanId,
        from: Option<Date>,
        to: Option<Date>,
    ) -> Result<CostsView, Failure> {
        self.may_run_plan(caller, plan).await?;
        let to = to.unwrap_or_else(|| self.today());
        let from = from.unwrap_or_else(|| to.first_of_month());
        if to < from || (to - from).get_days() > MOST_DAYS {
            return Err(Failure::field(
                "?from",
                Code::DaysOutOfOrder,
                format!("the days are out of order, or more than {MOST_DAYS} days apart"),
                "send the first day as from and the last as to",
            ));
        }
        let (after, until) = (pacific_end_of_day(from.saturating_sub(1.day())), pacific_end_of_day(to));
        let rows = store::decisions::costs(self.store(), &caller.scope, plan, after, until).await?;
        let refused = store::refused_inputs::counts(self.store(), &caller.scope, plan, after, until).await?;
        self.look(caller, Look::List("cost")).await?;
        Ok(CostsView {
            plan: plan.to_string(),
            from: from.to_string(),
            to: to.to_string(),
            items: with_refusals(rows.iter().map(cost_view).collect(), &refused),
        })
    }
}

fn cost_view(row: &store::decisions::Cost) -> CostView {
    CostView {
        digest: row.digest.to_string(),
        operation: row.operation.clone(),
        calls: row.calls,
        faults: row.faults,
        refused_inputs: 0,
        total_ms: row.duration_us / 1000,
        longest_us: row.longest_us,
        most_memory_bytes: row.memory_bytes,
        cpu_ms: row.cpu_ticks.saturating_mul(sandbox::TICK_MS),
    }
}

/// The lines with what was sent back to senders: its time and memory are the plan's too.
fn with_refusals(mut lines: Vec<CostView>, refused: &[store::refused_inputs::Refusals]) -> Vec<CostView> {
    for row in refused {
        let digest = row.digest.to_string();
        let known = lines.iter().position(|line| line.digest == digest && line.operation == row.operation);
        let place = known.unwrap_or_else(|| {
            lines.push(CostView {
                digest,
                operation: row.operation.clone(),
                calls: 0,
                faults: 0,
                refused_inputs: 0,
                total_ms: 0,
                longest_us: 0,
                most_memory_bytes: 0,
                cpu_ms: 0,
            });
            lines.len() - 1
        });
        let line = &mut lines[place];
        line.refused_inputs += row.calls;
        line.total_ms += row.duration_us / 1000;
        line.longest_us = line.longest_us.max(row.longest_us);
        line.most_memory_bytes = line.most_memory_bytes.max(row.memory_bytes);
        line.cpu_ms += row.cpu_ticks.saturating_mul(sandbox::TICK_MS);
    }
    lines
}
