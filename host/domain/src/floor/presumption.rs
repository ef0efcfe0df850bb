//! Presumptive starts, before the decision: what a plan declares of the right, checked with the request and
//! the answer. The same rule binds a plugin that presumes and the host where no plugin answers.

use jiff::ToSpan;
use jiff::civil::Date;

use super::answer::{broken, findings};
use super::bounds::{BoundId, Bounds};
use super::rule::Rule;
use super::{Broken, Ground, is_elected};
use crate::plan::authorization::{AuthorizationRequest, Presumption, RequestKind};
use crate::plan::profile::PresumptiveRule;
use crate::plan::types::{Context, Fact, FactValue};

/// Longest window, in days.
const LONGEST_WINDOW: u16 = 366;

pub(super) fn check_presumption(
    ground: Ground<'_>,
    request: &AuthorizationRequest,
    context: &Context,
    presumption: &Presumption,
) -> Result<(), Broken> {
    findings(ground, &[&request.service], context.as_of, &presumption.findings)?;
    let Some(rule) = ground.profile.presumptive.iter().find(|rule| rule.id == presumption.rule) else {
        return broken(Rule::DeclaredPresumptiveRule, "/rule");
    };
    presumptive_rule_opens(ground, rule, request, context)?;
    if presumption.days < rule.days || presumption.days > LONGEST_WINDOW {
        return broken(Rule::PresumptiveDaysAsDeclared, "/days");
    }
    let first_line = request.lines.iter().map(|line| line.days.first).min();
    if presumption.starts < first_line.unwrap_or(context.as_of).min(context.as_of)
        || !context.coverage.days.holds(presumption.starts)
    {
        return broken(Rule::PresumptionInsideCoverage, "/starts");
    }
    if !is_elected(ground, &request.service, &request.member.county, presumption.starts) {
        return broken(Rule::ServiceOfferedOnTheDay, "/starts");
    }
    Ok(())
}

/// Checks that a declared rule gives this provider the right to start with this member now.
///
/// # Errors
/// What of the rule does not hold.
pub fn presumptive_rule_opens(
    ground: Ground<'_>,
    rule: &PresumptiveRule,
    request: &AuthorizationRequest,
    context: &Context,
) -> Result<(), Broken> {
    if rule.service != request.service || !rule.effective.holds(context.as_of) {
        return broken(Rule::PresumptiveRuleApplies, "/rule");
    }
    if request.kind != RequestKind::Initial {
        return broken(Rule::PresumptionForAFirstRequest, "/rule");
    }
    if !request.provider.contracted {
        return broken(Rule::PresumptionUnderAContract, "/rule");
    }
    let kinds = &rule.provider_kinds;
    if !kinds.is_empty() && !request.provider.kinds.iter().any(|kind| kinds.contains(kind)) {
        return broken(Rule::PresumptiveProviderKind, "/rule");
    }
    if rule.population.as_ref().is_some_and(|population| !request.populations.contains(population)) {
        return broken(Rule::PresumptivePopulation, "/rule");
    }
    if !rule.attest.iter().all(|code| is_attested(&request.facts, code)) {
        return broken(Rule::PresumptiveAttestation, "/rule");
    }
    if !is_elected(ground, &request.service, &request.member.county, context.as_of) {
        return broken(Rule::ServiceOfferedOnTheDay, "/rule");
    }
    Ok(())
}

/// True if a fact is attested: a flag by being true, any other kind by being said.
fn is_attested(facts: &[Fact], code: &str) -> bool {
    let said = |fact: &Fact| fact.code == code && fact.value != FactValue::Flag(false);
    facts.iter().any(said)
}

/// The first day on which another window may open for a member, a service and a plan. An episode is what a
/// window and the permission that followed it last; `ended` is the last day of the later of the two. A need
/// that shows within the gap is the same need, and its window has been had, with whichever provider.
#[must_use]
pub fn next_window(ended: Date) -> Date {
    let gap = Bounds::state().amount(BoundId::PresumptionGapDays, ended);
    ended.saturating_add((i64::from(gap) + 1).days())
}
