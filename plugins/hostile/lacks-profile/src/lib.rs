//! A component without a profile, which the gate must refuse.

use crosswalk_plan::referral::{Disposition, Guest, ReferralRequest, TriageResult};
use crosswalk_plan::types::{Context, PlanError};

/// A plan that does not say who it is.
pub struct Nameless;

impl Guest for Nameless {
    fn triage(_request: ReferralRequest, _context: Context) -> Result<TriageResult, PlanError> {
        Ok(TriageResult { disposition: Disposition::Accepted, findings: Vec::new(), notes: Vec::new() })
    }
}

crosswalk_plan::export!(Nameless: referral);
