//! Valle Vista's rules in an edition that calls some requests invalid, for showing what a host does with
//! them. A number in the request says how: thirteen is a contradiction in that very field, and the numbers
//! after it are the ways in which a plugin may get its own answer wrong.

use crosswalk_plan::types::{Context, Date, Document, Fact, FactValue, Issue, PlanError};
use crosswalk_plan::{authorization, bi, billing, credentialing, profile, referral};
use valle_vista_rules as rules;

/// The plan, strict about numbers.
pub struct ValleVistaStrict;

/// The number that contradicts itself, and those for which the answer names nothing, nothing that is there,
/// more than anybody reads, one field of two, and a field of the host's.
const CONTRADICTS: u32 = 13;
const NAMES_NOTHING: u32 = 14;
const NAMES_WHAT_IS_NOT_THERE: u32 = 15;
const NAMES_TOO_MUCH: u32 = 16;
const NAMES_ONE_OF_TWO: u32 = 17;
const NAMES_THE_HOSTS: u32 = 18;

impl profile::Guest for ValleVistaStrict {
    fn describe() -> profile::PlanProfile {
        profile::PlanProfile { version: "1.0.1".to_owned(), ..rules::describe() }
    }
}

impl referral::Guest for ValleVistaStrict {
    fn triage(
        request: referral::ReferralRequest,
        context: Context,
    ) -> Result<referral::TriageResult, PlanError> {
        facts("facts", &request.facts)?;
        documents(&request.documents)?;
        Ok(rules::triage(&request, &context))
    }
}

impl authorization::Guest for ValleVistaStrict {
    fn presume(
        request: authorization::AuthorizationRequest,
        context: Context,
    ) -> Result<Option<authorization::Presumption>, PlanError> {
        Ok(rules::presume(&request, &context))
    }

    fn determine(
        request: authorization::AuthorizationRequest,
        context: Context,
    ) -> Result<authorization::Determination, PlanError> {
        for (place, line) in request.lines.iter().enumerate() {
            check(line.units, &format!("/lines/{place}/units"))?;
        }
        facts("facts", &request.facts)?;
        Ok(rules::determine(&request, &context))
    }
}

impl billing::Guest for ValleVistaStrict {
    fn adjudicate(claim: billing::Claim, context: Context) -> Result<billing::Adjudication, PlanError> {
        for (place, line) in claim.lines.iter().enumerate() {
            check(line.units, &format!("/lines/{place}/days/first"))?;
        }
        rules::adjudicate(&claim, &context)
    }
}

impl credentialing::Guest for ValleVistaStrict {
    fn review(
        application: credentialing::Application,
        today: Date,
    ) -> Result<credentialing::ReviewResult, PlanError> {
        facts("answers", &application.answers)?;
        Ok(rules::review(&application, today))
    }
}

fn facts(list: &str, facts: &[Fact]) -> Result<(), PlanError> {
    for (place, fact) in facts.iter().enumerate() {
        if let FactValue::Count(count) = fact.value {
            check(u32::try_from(count).unwrap_or(0), &format!("/{list}/{place}/value"))?;
        }
    }
    Ok(())
}

/// A document of thirteen cents was issued on no day that it could have been.
fn documents(documents: &[Document]) -> Result<(), PlanError> {
    for (place, document) in documents.iter().enumerate() {
        if document.amount == Some(13) {
            return Err(PlanError::Invalid(vec![issue(&format!("/documents/{place}/issued"))]));
        }
    }
    Ok(())
}

fn check(number: u32, at: &str) -> Result<(), PlanError> {
    let issues = match number {
        CONTRADICTS => vec![issue(at)],
        NAMES_NOTHING => Vec::new(),
        NAMES_WHAT_IS_NOT_THERE => vec![issue("/lines/99/color"), issue("lines"), issue("")],
        NAMES_TOO_MUCH => (0..60)
            .map(|_| Issue { problem: bi("long\u{7} ".repeat(200), "largo ".repeat(200)), ..issue(at) })
            .collect(),
        NAMES_ONE_OF_TWO => vec![issue(at), issue("/no-such-field")],
        NAMES_THE_HOSTS => vec![issue("/provider/npi"), issue("/id")],
        _ => return Ok(()),
    };
    Err(PlanError::Invalid(issues))
}

fn issue(at: &str) -> Issue {
    let problem = bi("Thirteen contradicts the rest.", "Trece contradice lo demás.");
    Issue { at: at.to_owned(), problem }
}

crosswalk_plan::export!(ValleVistaStrict: profile, referral, authorization, billing, credentialing);
