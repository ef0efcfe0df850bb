//! A referral that arrives as FHIR takes the same way as any other.

use formats::fhir::FhirReferral;

use crate::Crosswalk;
use crate::caller::Caller;
use crate::command::{MemberRef, NewReferral, Once, Outcome};
use crate::failure::Failure;
use crate::view::CaseView;

impl Crosswalk {
    /// Submits what was read from an SDOH Clinical Care referral.
    ///
    /// # Errors
    /// As for any referral.
    pub async fn submit_fhir_referral(
        &self,
        caller: &Caller,
        referral: FhirReferral,
        once: Once<CaseView>,
    ) -> Result<Outcome<CaseView>, Failure> {
        let new = NewReferral {
            member: MemberRef::Known(referral.member.cin, referral.member.birth_date),
            service: referral.service,
            populations: Vec::new(),
            urgency: referral.urgency,
            preferred: None,
            facts: referral.facts,
            documents: Vec::new(),
        };
        self.submit_referral(caller, new, once).await
    }
}
