//! Presumptive windows that the host opens itself, by a rule that the plan declared.
//!
//! A presumption under a declared rule is a right of the provider in every mode (DHCS ECM Policy Guide,
//! presumptive authorization). Where the plan's rules answer, they say whether it applies; where nobody asks
//! them or they fail, the host reads the declared rule.

use domain::floor::{Ground, presumptive_rule_opens};
use domain::plan::authorization::{AuthorizationRequest, Presumption};
use domain::plan::profile::PlanProfile;
use domain::plan::types::Context;

/// The window that the declared rules give for a request, or none. Of several rules the one that lasts
/// longest.
pub(crate) fn by_declared_rule(
    profile: &PlanProfile,
    request: &AuthorizationRequest,
    context: &Context,
) -> Option<Presumption> {
    if !context.coverage.days.holds(context.as_of) {
        return None;
    }
    let ground = Ground::of(profile);
    let opens = |rule: &&_| presumptive_rule_opens(ground, rule, request, context).is_ok();
    let rule = profile.presumptive.iter().filter(opens).max_by_key(|rule| rule.days)?;
    Some(Presumption {
        rule: rule.id.clone(),
        starts: context.as_of,
        days: rule.days,
        // No criterion was tested: the rule and what was attested are all that it rests on.
        findings: Vec::new(),
    })
}
