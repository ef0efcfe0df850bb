//! A faulty release of Valle Vista's plugin: it knows only recuperative care, and panics on everything else.
//! For showing what a host does when a plan ships this. Its profile differs as a release's does: it offers
//! less, promises more speed, pays more, and says one criterion more clearly.

use crosswalk_plan::types::{Context, PlanError};
use crosswalk_plan::{authorization, bi, profile};

/// The plan, with its fault.
pub struct ValleVistaBroken;

impl profile::Guest for ValleVistaBroken {
    fn describe() -> profile::PlanProfile {
        let mut profile =
            profile::PlanProfile { version: "1.1.0".to_owned(), ..valle_vista_rules::describe() };
        profile.elections.retain(|election| election.service != "sobering-centers");
        for promise in &mut profile.turn_arounds {
            promise.amount =
                if promise.unit == profile::ClockUnit::BusinessDays { 2 } else { promise.amount };
        }
        for rate in profile.rates.iter_mut().filter(|rate| rate.service == "recuperative-care") {
            rate.amount += 1_000;
        }
        let stay =
            profile.criteria.iter_mut().find(|criterion| criterion.id == "vv.recuperative.needs-recovery");
        if let Some(criterion) = stay {
            criterion.text = bi(
                "The member needs a place to heal from an injury or illness.",
                "El miembro necesita un lugar para recuperarse de una lesión o enfermedad.",
            );
        }
        profile
    }
}

impl authorization::Guest for ValleVistaBroken {
    fn presume(
        request: authorization::AuthorizationRequest,
        context: Context,
    ) -> Result<Option<authorization::Presumption>, PlanError> {
        only_recuperative_care(&request.service);
        Ok(valle_vista_rules::presume(&request, &context))
    }

    fn determine(
        request: authorization::AuthorizationRequest,
        context: Context,
    ) -> Result<authorization::Determination, PlanError> {
        only_recuperative_care(&request.service);
        Ok(valle_vista_rules::determine(&request, &context))
    }
}

/// The fault of this release.
fn only_recuperative_care(service: &str) {
    assert!(service == "recuperative-care", "this release forgot the other services");
}

crosswalk_plan::export!(ValleVistaBroken: profile, authorization);
