//! The plan, and the delegate, that a case is for.

use domain::catalog::Service;
use domain::identifiers::PlanId;
use domain::plan::profile::PlanProfile;
use domain::plan::types::{Period, Workflow};
use domain::problem::Code;
use jiff::civil::Date;
use store::coverages::Coverage;

use crate::command::failure::FieldProblem;

/// The coverage whose plan answers for `service`, out of those in force on one day.
///
/// The catalog says which lines of business are asked, in which order: ECM is asked of a D-SNP first, because
/// a D-SNP member has integrated care management in its place and the plan must say so (DHCS D-SNP Policy
/// Guide CY2026); Community Supports stay with the Medi-Cal plan.
///
/// A plan that ended on this host answers for nobody, and one whose days are disputed yields to one whose are
/// not.
pub(crate) fn responsible<'a>(service: &Service, coverages: &'a [Coverage]) -> Option<&'a Coverage> {
    service.lines.iter().find_map(|line| stands(line, coverages))
}

/// The coverage that stands in a line, out of those in force on one day: the newest that is not disputed.
/// Where all of them are, the one that was there first.
pub(crate) fn stands<'a>(line: &str, coverages: &'a [Coverage]) -> Option<&'a Coverage> {
    let of_line = || coverages.iter().filter(|one| one.line == line && one.plan_takes_cases);
    let undisputed = of_line().find(|one| one.disputed_since.is_none());
    undisputed.or_else(|| of_line().min_by_key(|one| (one.disputed_since, one.id)))
}

/// Why no plan answers for `service` on the day of these coverages.
pub(crate) fn nobody_answers(service: &Service, coverages: &[Coverage], on: Date) -> FieldProblem {
    let ended = coverages.iter().find(|coverage| service.lines.contains(&coverage.line));
    match ended {
        Some(coverage) => FieldProblem::new(
            "/member",
            Code::PlanEnded,
            format!("the plan {} covers the member on {on}, and it has ended on this host", coverage.plan),
            "ask the operator which plan has taken over its members; its member file tells the host",
        ),
        None => FieldProblem::new(
            "/member",
            Code::NoCoverage,
            format!("no plan of this county covers the member for this service on {on}"),
            "check the member's coverage with ⟦getMemberCoverage⟧ and the date of the request",
        ),
    }
}

/// The coverage that is in force on a day, in the same order.
pub(crate) fn on_day(coverages: &[Coverage], day: Date) -> Vec<Coverage> {
    coverages.iter().filter(|one| one.holds_on(day)).cloned().collect()
}

/// The coverage of the plan that answers for `service` on a day, with the days around it on which the same
/// plan answers: a plan's spans that follow one another are one, and a span ends where another plan begins to
/// answer and begins where another ceases, whatever the plan's own file says.
pub(crate) fn answering(service: &Service, coverages: &[Coverage], on: Date) -> Option<Coverage> {
    let mut found = responsible(service, &on_day(coverages, on)).cloned()?;
    let same = |one: &&Coverage| one.plan == found.plan && one.line == found.line;
    let mut spans: Vec<(Date, Option<Date>)> =
        coverages.iter().filter(same).map(|one| (one.first_day, one.last_day)).collect();
    spans.sort_unstable();
    for (first, last) in &spans {
        let joins = found.last_day.is_some_and(|end| end.tomorrow().is_ok_and(|next| *first <= next));
        if joins && *first >= found.first_day && (last.is_none() || *last > found.last_day) {
            found.last_day = *last;
        }
    }
    for (first, last) in spans.iter().rev() {
        let joins = found.first_day.yesterday().is_ok_and(|end| last.is_none_or(|last| last >= end));
        if joins && *first < found.first_day {
            found.first_day = *first;
        }
    }
    let days = Period { first: on, last: Some(found.last_day.unwrap_or(Date::MAX)) };
    if let Some(day) = other_plan_from(service, coverages, &found.plan, &days) {
        found.last_day = day.yesterday().ok();
    }
    if let Some(day) = other_plan_until(service, coverages, &found.plan, found.first_day, on) {
        found.first_day = day.tomorrow().unwrap_or(on);
    }
    Some(found)
}

/// The last day, from `first` on and before `on`, on which another plan than `plan` answers for `service`.
fn other_plan_until(
    service: &Service,
    coverages: &[Coverage],
    plan: &PlanId,
    first: Date,
    on: Date,
) -> Option<Date> {
    let ends = coverages.iter().flat_map(|one| [one.last_day, one.first_day.yesterday().ok()]).flatten();
    let mut looked: Vec<Date> = ends.chain(on.yesterday()).filter(|day| first <= *day && *day < on).collect();
    looked.sort_unstable();
    looked.into_iter().rev().find(|day| {
        responsible(service, &on_day(coverages, *day)).is_some_and(|coverage| coverage.plan != *plan)
    })
}

/// The first of the days on which another plan than `plan` answers for `service`.
pub(crate) fn other_plan_from(
    service: &Service,
    coverages: &[Coverage],
    plan: &PlanId,
    days: &Period,
) -> Option<Date> {
    let last = days.last.unwrap_or(days.first);
    let after = |one: &Coverage| one.last_day.and_then(|last| last.tomorrow().ok());
    let changes = coverages.iter().flat_map(|one| [Some(one.first_day), after(one)]).flatten();
    let mut looked: Vec<Date> = changes.filter(|day| days.first < *day && *day <= last).collect();
    looked.push(days.first);
    looked.sort_unstable();
    looked.into_iter().find(|day| {
        responsible(service, &on_day(coverages, *day)).is_some_and(|coverage| coverage.plan != *plan)
    })
}

/// The delegate that answers for this member, by the plan's own profile, and whether `workflow` is the
/// delegate's.
pub(crate) fn delegate<'a>(
    profile: &'a PlanProfile,
    group: Option<&str>,
    service: &str,
    workflow: Workflow,
    on: Date,
) -> Option<(&'a str, Delegated)> {
    let group = group?;
    let delegate =
        profile.delegates.iter().find(|delegate| delegate.groups.iter().any(|own| own == group))?;
    let duties = delegate.responsibilities.iter().any(|duty| {
        (duty.service == "*" || duty.service == service)
            && duty.workflows.contains(&workflow)
            && duty.effective.holds(on)
    });
    Some((&delegate.id, if duties { Delegated::Decides } else { Delegated::PlanDecides }))
}

/// Decider for a member whom the plan has given to a delegate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delegated {
    /// The delegate decides on the service.
    Decides,
    /// The plan still decides on the service.
    PlanDecides,
}

#[cfg(test)]
mod tests;
