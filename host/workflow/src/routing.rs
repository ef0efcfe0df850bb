//! Which plan, and which delegate, a case is for.

use domain::catalog::Service;
use domain::plan::profile::PlanProfile;
use domain::plan::types::Workflow;
use jiff::civil::Date;
use store::coverages::Coverage;

use crate::failure::FieldProblem;

/// The coverage whose plan answers for `service`, out of those in force on one day.
///
/// The catalog says which lines of business are asked, in which order: ECM is asked of a D-SNP first, because a
/// D-SNP member has integrated care management in its place and the plan must say so (DHCS D-SNP Policy Guide
/// CY2026); Community Supports stay with the Medi-Cal plan.
///
/// A plan that ended on this host answers for nobody.
pub(crate) fn responsible<'a>(service: &Service, coverages: &'a [Coverage]) -> Option<&'a Coverage> {
    let answers = |coverage: &&Coverage, line: &String| &coverage.line == line && coverage.plan_takes_cases;
    service.lines.iter().find_map(|line| coverages.iter().find(|coverage| answers(coverage, line)))
}

/// Why no plan answers for `service` on the day of these coverages.
pub(crate) fn nobody_answers(service: &Service, coverages: &[Coverage], on: Date) -> FieldProblem {
    let ended = coverages.iter().find(|coverage| service.lines.contains(&coverage.line));
    match ended {
        Some(coverage) => FieldProblem::new(
            "/member",
            "plan-ended",
            format!("the plan {} covers the member on {on}, and it has ended on this host", coverage.plan),
            "ask the operator which plan has taken over its members; its member file tells the host",
        ),
        None => FieldProblem::new(
            "/member",
            "no-coverage",
            format!("no plan of this county covers the member for this service on {on}"),
            "check the member's coverage with GET /v1/members/{id}/coverage and the date of the request",
        ),
    }
}

/// The delegate that answers for this member, by the plan's own profile, and whether `workflow` is the delegate's.
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

/// Who decides for a delegated member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delegated {
    /// The delegate.
    Decides,
    /// Still the plan.
    PlanDecides,
}
