//! Elections: the services that a plan offers in a county on a day.

use jiff::civil::Date;

use super::answer::broken;
use super::rule::Rule;
use super::{Broken, Ground};
use crate::plan::authorization::{AuthorizationRequest, Decision};
use crate::plan::billing::{Claim, ClaimLine};

/// True if the plan offers the service in the county on the day.
#[must_use]
pub fn is_elected(ground: Ground<'_>, service: &str, county: &str, day: Date) -> bool {
    ground.profile.elected(service, county, day).next().is_some()
}

/// True if the granted service is offered on the day that the request is about, the first that is asked for.
pub(super) fn grant_is_elected(
    ground: Ground<'_>,
    request: &AuthorizationRequest,
    on: Date,
    decision: &Decision,
) -> Result<(), Broken> {
    let grants =
        matches!(decision, Decision::Approved(_) | Decision::PartlyApproved(_) | Decision::Modified(_));
    if grants && !is_elected(ground, &request.service, &request.member.county, on) {
        return broken(Rule::ServiceOfferedOnTheDay, "/decision");
    }
    Ok(())
}

/// True if a line may be paid by the plan's elections: the service was offered on its day, or on the first
/// day of a permission that covers it. What was permitted while it was offered is not taken back. `on` is the
/// claim's first day of service, on which its coverage was found; the plan in force before it answers for
/// earlier days.
pub(super) fn line_is_elected(ground: Ground<'_>, claim: &Claim, on: Date, line: &ClaimLine) -> bool {
    let offered = |day: Date| is_elected(ground, &line.service, &claim.member.county, day);
    let mut permissions = claim.authorizations.iter().filter(|permission| {
        permission.days.holds(line.days.first)
            && permission.procedure.as_ref().is_none_or(|procedure| {
                ground
                    .catalog
                    .classify(procedure, permission.days.first)
                    .is_ok_and(|service| service.id == line.service)
            })
    });
    line.days.first < on
        || offered(line.days.first)
        || permissions.any(|permission| offered(permission.days.first))
}
