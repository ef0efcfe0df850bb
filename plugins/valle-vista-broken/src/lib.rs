//! A faulty release of Valle Vista's plugin: it knows only recuperative care, and panics on everything else. For showing
//! what a host does when a plan ships this.

use crosswalk_plan::types::{Context, PlanError};
use crosswalk_plan::{authorization, profile};

/// The plan, with its fault.
pub struct ValleVistaBroken;

impl profile::Guest for ValleVistaBroken {
    fn describe() -> profile::PlanProfile {
        profile::PlanProfile { version: "1.1.0".to_owned(), ..valle_vista_rules::describe() }
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

/// The fault.
fn only_recuperative_care(service: &str) {
    assert!(service == "recuperative-care", "this release forgot the other services");
}

crosswalk_plan::export!(ValleVistaBroken: profile, authorization);
