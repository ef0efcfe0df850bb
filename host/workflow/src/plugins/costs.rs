//! Costs of each plan's code, from the evaluation records.

use domain::audit::SubjectKind;
use domain::identifiers::{Digest, PlanId};
use domain::problem::Code;
use domain::time::pacific_end_of_day;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::Caller;
use crate::command::failure::Failure;

/// The longest span that is added up at once, in days.
const MOST_DAYS: i32 = 400;

/// Cost of a plan's plugins between two days.
#[derive(Clone, Debug)]
pub struct Costs {
    /// Plan whose plugins they are.
    pub plan: PlanId,
    /// First day, Pacific time.
    pub from: Date,
    /// Last day, Pacific time.
    pub to: Date,
    /// One line for each operation of each plugin, the costliest first.
    pub items: Vec<Cost>,
}

/// Cost of one operation of one plugin.
#[derive(Clone, Debug)]
pub struct Cost {
    /// SHA-256 of the plugin's component.
    pub digest: Digest,
    /// Operation that was asked.
    pub operation: String,
    /// Number of all calls.
    pub calls: u64,
    /// Number of calls without an answer.
    pub faults: u64,
    /// Number of requests that it sent back to their senders; they are not among the calls.
    pub refused_inputs: u64,
    /// Time of all calls, in milliseconds.
    pub total_ms: u64,
    /// Time of the longest, in microseconds.
    pub longest_us: u64,
    /// Most memory that a call took, in bytes.
    pub most_memory_bytes: u64,
    /// Milliseconds that it ran, counted by the engine's ticks.
    pub cpu_ms: u64,
}

impl Crosswalk {
    /// Costs of the plan's plugins between two days, both included: calls, faults, time and memory.
    ///
    /// # Errors
    /// `Forbidden` for another plan's, and for whoever sees no single cases: on most days a plan is asked
    /// about few; `Invalid` for days out of order or too far apart.
    pub async fn costs(
        &self,
        caller: &Caller,
        plan: &PlanId,
        from: Option<Date>,
        to: Option<Date>,
    ) -> Result<Costs, Failure> {
        caller.must_see_names()?;
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
        let rows = store::evaluations::costs(self.store(), &caller.scope, plan, after, until).await?;
        let refused = store::refused_inputs::counts(self.store(), &caller.scope, plan, after, until).await?;
        self.look(caller, Look::List(SubjectKind::Cost)).await?;
        Ok(Costs {
            plan: plan.clone(),
            from,
            to,
            items: with_refusals(rows.into_iter().map(cost).collect(), refused),
        })
    }
}

fn cost(row: store::evaluations::Cost) -> Cost {
    Cost {
        digest: row.digest,
        operation: row.operation,
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
fn with_refusals(mut lines: Vec<Cost>, refused: Vec<store::refused_inputs::Refusals>) -> Vec<Cost> {
    for row in refused {
        let known =
            lines.iter().position(|line| line.digest == row.digest && line.operation == row.operation);
        let place = known.unwrap_or_else(|| {
            lines.push(Cost {
                digest: row.digest,
                operation: row.operation,
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
