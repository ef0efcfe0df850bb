//! Valle Vista Health Plan's plugin. The rules are in `rules/`.

use crosswalk_plan::types::{Context, Date, PlanError};
use crosswalk_plan::{authorization, billing, credentialing, profile, referral};

pub use valle_vista_rules::{PLAN, adjudicate, describe, determine, presume, review, triage};

/// The plan, which answers every workflow.
pub struct ValleVista;

impl profile::Guest for ValleVista {
    fn describe() -> profile::PlanProfile {
        describe()
    }
}

impl referral::Guest for ValleVista {
    fn triage(
        request: referral::ReferralRequest,
        context: Context,
    ) -> Result<referral::TriageResult, PlanError> {
        Ok(triage(&request, &context))
    }
}

impl authorization::Guest for ValleVista {
    fn presume(
        request: authorization::AuthorizationRequest,
        context: Context,
    ) -> Result<Option<authorization::Presumption>, PlanError> {
        Ok(presume(&request, &context))
    }

    fn determine(
        request: authorization::AuthorizationRequest,
        context: Context,
    ) -> Result<authorization::Determination, PlanError> {
        Ok(determine(&request, &context))
    }
}

impl billing::Guest for ValleVista {
    fn adjudicate(claim: billing::Claim, context: Context) -> Result<billing::Adjudication, PlanError> {
        adjudicate(&claim, &context)
    }
}

impl credentialing::Guest for ValleVista {
    fn review(
        application: credentialing::Application,
        today: Date,
    ) -> Result<credentialing::ReviewResult, PlanError> {
        Ok(review(&application, today))
    }
}

crosswalk_plan::export!(ValleVista: profile, referral, authorization, billing, credentialing);
