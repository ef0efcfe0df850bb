//! Steps that a provider may take with a case as it stands. Who may take a step is asked here by the commands
//! themselves, and what the state allows is the state's own answer: a list of steps never offers what the
//! command would refuse.

use domain::identifiers::OrgId;
use domain::time::pacific_day;
use domain::{authorization, claim, referral, words};
use jiff::Timestamp;

use crate::cases::case::{Body, Case};
use crate::cases::placing::may_answer;
use crate::command::ReferralStep;
use crate::command::caller::{Caller, Role};

words! {
    /// A step that a provider takes with a case, the most pressing first; its word stands in addresses.
    pub enum ProviderStep {
        /// Sends what the plan asks for.
        Supply = "needed",
        /// Takes a referral that was offered or assigned.
        Accept = "accept",
        /// Does not take a referral, or gives it back.
        Decline = "decline",
        /// Records that outreach or service began.
        StartOutreach = "start",
        /// Records that the member asks for another provider.
        ChangeProvider = "change-provider",
        /// Closes the loop with what came of it.
        Close = "close",
        /// Ends an authorization before its last day.
        End = "end",
        /// Takes the case back.
        Withdraw = "withdraw",
    }
}

/// Steps that the caller may take with the case now.
pub(crate) fn provider_steps(case: &Case, caller: &Caller, now: Timestamp) -> Vec<ProviderStep> {
    let may_act = caller.must_be(&[Role::Provider]).and_then(|()| caller.must_change()).is_ok();
    let Some(organization) = caller.organization.filter(|_| may_act) else { return Vec::new() };
    let is_open = |step: &ProviderStep| {
        let is_theirs = is_organizations(case, organization, *step);
        // Whoever made a referral need not decline what is offered to another.
        let is_asked = *step != ProviderStep::Decline || answers(case, organization);
        is_theirs && is_asked && allows(case, organization, *step, now)
    };
    ProviderStep::ALL.iter().copied().filter(is_open).collect()
}

/// True for the organization that may take the referral, or has taken it.
fn answers(case: &Case, organization: OrgId) -> bool {
    matches!(&case.body, Body::Referral(body) if may_answer(&body.state, organization))
}

/// True if the organization may take the step with a referral, whatever its state. The loop is between the
/// one who refers and the one who delivers, who may be the same. Either may hear that the member wants
/// another provider.
pub(crate) fn may_step(case: &Case, organization: OrgId, step: &ReferralStep) -> bool {
    is_organizations(case, organization, provider_step(step))
}

fn provider_step(step: &ReferralStep) -> ProviderStep {
    match step {
        ReferralStep::Accept => ProviderStep::Accept,
        ReferralStep::Decline(_) => ProviderStep::Decline,
        ReferralStep::StartOutreach => ProviderStep::StartOutreach,
        ReferralStep::ChangeProvider(_) => ProviderStep::ChangeProvider,
        ReferralStep::Close(_) => ProviderStep::Close,
    }
}

/// True if the step is this organization's to take.
pub(crate) fn is_organizations(case: &Case, organization: OrgId, step: ProviderStep) -> bool {
    let delivers = organization == case.assigned.unwrap_or(case.provider);
    match step {
        // Whether its state lets anybody take it is the state's to say.
        ProviderStep::Accept | ProviderStep::Decline => delivers || answers(case, organization),
        ProviderStep::ChangeProvider => delivers || organization == case.provider,
        ProviderStep::StartOutreach | ProviderStep::Close => delivers,
        // Who delivers sees it and may supply what is asked for; taking it back is its sender's.
        ProviderStep::Withdraw => organization == case.provider,
        ProviderStep::Supply | ProviderStep::End => true,
    }
}

/// True if the state of the case lets somebody take the step.
fn allows(case: &Case, organization: OrgId, step: ProviderStep, now: Timestamp) -> bool {
    match &case.body {
        Body::Referral(body) => {
            use referral::Event as E;
            let event = match step {
                ProviderStep::Supply => E::Supply,
                ProviderStep::Accept => E::ProviderAccept(organization),
                ProviderStep::Decline => E::ProviderDecline(String::new()),
                ProviderStep::StartOutreach => E::StartOutreach,
                ProviderStep::ChangeProvider => E::ChangeProvider,
                ProviderStep::Close | ProviderStep::Withdraw => E::Close(String::new()),
                ProviderStep::End => return false,
            };
            body.state.clone().apply(event, now).is_ok()
        }
        Body::Authorization(body) => {
            use authorization::Event as E;
            let event = match step {
                ProviderStep::Supply => E::Supply,
                ProviderStep::Withdraw => E::Withdraw,
                ProviderStep::End => return body.ended.is_none() && days_are_left(&body.state, now),
                _ => return false,
            };
            body.state.clone().apply(event, now).is_ok()
        }
        Body::Claim(body) => {
            step == ProviderStep::Supply && body.state.clone().apply(claim::Event::Supply, now).is_ok()
        }
        Body::Application(_) => false,
    }
}

/// True if something is granted for today or a day to come.
fn days_are_left(state: &authorization::State, now: Timestamp) -> bool {
    let authorization::State::Approved { grant, .. } = state else { return false };
    let last = grant.lines.iter().map(|line| line.days.last.unwrap_or(line.days.first)).max();
    last.is_some_and(|last| pacific_day(now) <= last)
}

#[cfg(test)]
mod tests;
