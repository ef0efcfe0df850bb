//! Answers, held against profile, catalog, coverage and floor.

use jiff::civil::Date;

use super::{Ground, Unbelievable};
use crate::Cents;
use crate::plan::authorization::{
    AuthorizationRequest, Decision, Determination, Grant, Presumption, RequestedLine,
};
use crate::plan::billing::{Adjudication, Claim, ClaimLine, LineOutcome, Payment};
use crate::plan::credentialing::{Application, Review};
use crate::plan::profile::Criterion;
use crate::plan::referral::{Disposition, ReferralRequest, Triage};
use crate::plan::types::{Ask, Bilingual, Context, Denial, Finding, FindingOutcome, Period};

/// Most findings in one answer; also most asks, most pieces of evidence for a finding, most adjustments of a line and most
/// notes.
const MOST_FINDINGS: usize = 200;
/// Longest sentence, in bytes.
const LONGEST_TEXT: usize = 2_000;

/// What the plugin was asked about, as far as checking its answer needs it.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The service.
    pub service: &'a str,
    /// The day the rule is about.
    pub on: Date,
    /// The days of coverage.
    pub coverage: &'a Period,
}

type Believed = Result<(), Unbelievable>;

fn broken<T>(rule: &'static str, at: impl Into<String>) -> Result<T, Unbelievable> {
    Err(Unbelievable { rule, at: at.into() })
}

/// Checks a triage.
///
/// # Errors
/// The first rule that it breaks.
pub fn believe_triage(
    ground: Ground<'_>,
    request: &ReferralRequest,
    context: &Context,
    triage: &Triage,
) -> Believed {
    let on = context.as_of;
    findings(ground, &[&request.service], on, &triage.findings)?;
    notes(&triage.notes)?;
    match &triage.disposition {
        Disposition::Accepted => Ok(()),
        Disposition::Redirected(redirection) => {
            sentence(&redirection.reason, "/disposition/redirected/reason")?;
            destination(ground, &request.service, redirection)
        }
        Disposition::NeedsMore(asked) => asks(ground, asked, "/disposition/needs-more"),
        Disposition::NotEligible(denied) => denial(denied, &triage.findings, "/disposition/not-eligible"),
    }
}

fn destination(
    ground: Ground<'_>,
    service: &str,
    redirection: &crate::plan::referral::Redirection,
) -> Believed {
    use crate::plan::referral::Destination as D;
    let known = match &redirection.to {
        D::Service(other) => other != service && ground.catalog.service(other).is_some(),
        D::Delegate(id) => ground.profile.delegates.iter().any(|delegate| &delegate.id == id),
        D::Plan(id) => id != &ground.profile.plan_id && !id.is_empty() && id.len() <= 64,
    };
    if known { Ok(()) } else { broken("known-destination", "/disposition/redirected/to") }
}

/// Checks a presumption.
///
/// # Errors
/// The first rule that it breaks.
pub fn believe_presumption(
    ground: Ground<'_>,
    request: &AuthorizationRequest,
    context: &Context,
    presumption: &Presumption,
) -> Believed {
    findings(ground, &[&request.service], context.as_of, &presumption.findings)?;
    let Some(rule) = ground.profile.presumptive.iter().find(|rule| rule.id == presumption.rule) else {
        return broken("declared-presumptive-rule", "/rule");
    };
    if rule.service != request.service || !rule.effective.holds(context.as_of) {
        return broken("presumptive-rule-applies", "/rule");
    }
    if presumption.days < rule.days || presumption.days > 366 {
        return broken("presumptive-days-as-declared", "/days");
    }
    let first_line = request.lines.iter().map(|line| line.days.first).min();
    if presumption.starts < first_line.unwrap_or(context.as_of).min(context.as_of)
        || !context.coverage.days.holds(presumption.starts)
    {
        return broken("presumption-inside-coverage", "/starts");
    }
    Ok(())
}

/// Checks a determination.
///
/// # Errors
/// The first rule that it breaks.
pub fn believe_determination(
    ground: Ground<'_>,
    request: &AuthorizationRequest,
    context: &Context,
    determination: &Determination,
) -> Believed {
    findings(ground, &[&request.service], context.as_of, &determination.findings)?;
    notes(&determination.notes)?;
    let asked = Asked { service: &request.service, on: context.as_of, coverage: &context.coverage.days };
    match &determination.decision {
        Decision::Approved(given) => {
            grant(ground, asked, given, "/decision/approved")?;
            if covers(given, &request.lines) {
                Ok(())
            } else {
                broken("approved-is-all-that-was-asked", "/decision/approved/lines")
            }
        }
        Decision::PartlyApproved(given) => grant(ground, asked, given, "/decision/partly-approved"),
        Decision::Modified(given) => grant(ground, asked, given, "/decision/modified"),
        Decision::Pended(wanted) => asks(ground, wanted, "/decision/pended"),
        Decision::Denied(denied) => denial(denied, &determination.findings, "/decision/denied"),
    }
}

/// Whether `given` holds everything that was asked for.
fn covers(given: &Grant, asked: &[RequestedLine]) -> bool {
    asked.iter().all(|wanted| {
        given.lines.iter().any(|line| {
            line.procedure == wanted.procedure
                && line.units >= wanted.units
                && line.days.first <= wanted.days.first
                && match (line.days.last, wanted.days.last) {
                    (None, _) => true,
                    (Some(_), None) => true, // An open end is granted up to the plan's usual length.
                    (Some(given), Some(wanted)) => given >= wanted,
                }
        })
    })
}

fn grant(ground: Ground<'_>, asked: Asked<'_>, given: &Grant, at: &str) -> Believed {
    if given.lines.is_empty() || given.lines.len() > 50 {
        return broken("grant-has-lines", format!("{at}/lines"));
    }
    for (place, line) in given.lines.iter().enumerate() {
        let at = format!("{at}/lines/{place}");
        match ground.catalog.classify(&line.procedure, line.days.first) {
            Ok(service) if service.id == asked.service => {}
            _ => return broken("procedure-of-the-service-on-the-day", format!("{at}/procedure")),
        }
        if line.units == 0 {
            return broken("units-above-zero", format!("{at}/units"));
        }
        let Some(last) = line.days.last else {
            return broken("grant-ends", format!("{at}/days/last"));
        };
        if last < line.days.first || !asked.coverage.holds(line.days.first) || !asked.coverage.holds(last) {
            return broken("grant-inside-coverage", format!("{at}/days"));
        }
    }
    for (place, condition) in given.conditions.iter().enumerate() {
        sentence(condition, &format!("{at}/conditions/{place}"))?;
    }
    Ok(())
}

/// Checks an adjudication.
///
/// # Errors
/// The first rule that it breaks.
pub fn believe_adjudication(
    ground: Ground<'_>,
    claim: &Claim,
    context: &Context,
    adjudication: &Adjudication,
) -> Believed {
    let services: Vec<&str> = claim.lines.iter().map(|line| line.service.as_str()).collect();
    findings(ground, &services, context.as_of, &adjudication.findings)?;
    notes(&adjudication.notes)?;
    if adjudication.lines.len() != claim.lines.len() {
        return broken("one-result-for-each-line", "/lines");
    }
    for line in &claim.lines {
        let mut results =
            adjudication.lines.iter().enumerate().filter(|(_, result)| result.number == line.number);
        let (Some((place, result)), None) = (results.next(), results.next()) else {
            return broken("one-result-for-each-line", "/lines");
        };
        let at = format!("/lines/{place}/outcome");
        match &result.outcome {
            LineOutcome::Payable(payment) => payable(ground, line, payment, &at)?,
            LineOutcome::Rejected(rejection) => {
                sentence(&rejection.reason, &format!("{at}/rejected/reason"))?;
                sentence(&rejection.fix, &format!("{at}/rejected/fix"))?;
                let names_field = rejection.field.starts_with('/') && rejection.field.len() <= LONGEST_TEXT;
                if !names_field || !is_adjustment_code(&rejection.reason_code) {
                    return broken("rejection-names-field-and-code", format!("{at}/rejected"));
                }
            }
            LineOutcome::Pended(wanted) => asks(ground, wanted, &format!("{at}/pended"))?,
            LineOutcome::Denied(denied) => {
                denial(denied, &adjudication.findings, &format!("{at}/denied"))?;
            }
        }
    }
    Ok(())
}

fn payable(ground: Ground<'_>, line: &ClaimLine, payment: &Payment, at: &str) -> Believed {
    let Some(rate) = ground.profile.rates.iter().find(|rate| rate.id == payment.rate) else {
        return broken("declared-rate", format!("{at}/payable/rate"));
    };
    if rate.procedure != line.procedure || !rate.effective.holds(line.days.first) {
        return broken("rate-for-the-procedure-on-the-day", format!("{at}/payable/rate"));
    }
    if payment.adjustments.len() > MOST_FINDINGS {
        return broken("few-enough-adjustments", format!("{at}/payable/adjustments"));
    }
    let adjusted =
        payment.adjustments.iter().try_fold(Cents(0), |sum, adjustment| sum.checked_add(adjustment.amount));
    let balance = adjusted.and_then(|adjusted| line.charge.checked_sub(adjusted));
    if payment.amount < Cents(0) || balance != Some(payment.amount) {
        return broken("charge-less-adjustments-is-the-amount", format!("{at}/payable/amount"));
    }
    let codes_fit = payment.adjustments.iter().all(|adjustment| {
        ["CO", "PR", "OA", "PI"].contains(&adjustment.group.as_str())
            && is_adjustment_code(&adjustment.reason)
    });
    if codes_fit { Ok(()) } else { broken("adjustment-codes", format!("{at}/payable/adjustments")) }
}

/// A CARC is one to four letters and digits (X12 external code list 139).
fn is_adjustment_code(text: &str) -> bool {
    (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Checks a credentialing review.
///
/// # Errors
/// The first rule that it breaks.
pub fn believe_review(ground: Ground<'_>, application: &Application, review: &Review) -> Believed {
    notes(&review.notes)?;
    for (place, result) in review.requirements.iter().enumerate() {
        let at = format!("/requirements/{place}");
        sentence(&result.reason, &format!("{at}/reason"))?;
        let declared = ground.profile.requirements.iter().any(|needed| needed.id == result.requirement);
        if !declared {
            return broken("declared-requirement", format!("{at}/requirement"));
        }
    }
    for needed in &ground.profile.requirements {
        let applies = needed.services.is_empty()
            || needed.services.iter().any(|service| application.services.contains(service));
        let results = review.requirements.iter().filter(|result| result.requirement == needed.id).count();
        if results != usize::from(applies) {
            return broken("one-result-for-each-requirement", "/requirements");
        }
    }
    Ok(())
}

fn findings(ground: Ground<'_>, services: &[&str], on: Date, found: &[Finding]) -> Believed {
    if found.len() > MOST_FINDINGS {
        return broken("few-enough-findings", "/findings");
    }
    let applies = |criterion: &Criterion| {
        (criterion.service == "*" || services.contains(&criterion.service.as_str()))
            && criterion.days.holds(on)
    };
    for (place, finding) in found.iter().enumerate() {
        let at = format!("/findings/{place}");
        let declared = ground.profile.criteria.iter().find(|criterion| criterion.id == finding.criterion);
        match declared {
            None => return broken("declared-criterion", format!("{at}/criterion")),
            Some(criterion) if !applies(criterion) => {
                return broken("criterion-applies", format!("{at}/criterion"));
            }
            Some(_) => {}
        }
        sentence(&finding.reason, &format!("{at}/reason"))?;
        if finding.evidence.len() > MOST_FINDINGS {
            return broken("few-enough-pieces-of-evidence", format!("{at}/evidence"));
        }
        let known = |code: &String| ground.knows_fact(code) || ground.knows_document(code);
        if !finding.evidence.iter().all(known) {
            return broken("known-evidence", format!("{at}/evidence"));
        }
    }
    Ok(())
}

/// The plan's own log: nobody else reads it, but every decision keeps it.
fn notes(notes: &[String]) -> Believed {
    if notes.len() > MOST_FINDINGS {
        return broken("few-enough-notes", "/notes");
    }
    match notes.iter().position(|note| note.len() > LONGEST_TEXT) {
        Some(place) => broken("short-enough-note", format!("/notes/{place}")),
        None => Ok(()),
    }
}

fn asks(ground: Ground<'_>, wanted: &[Ask], at: &str) -> Believed {
    if wanted.is_empty() || wanted.len() > MOST_FINDINGS {
        return broken("says-what-it-needs", at);
    }
    for (place, ask) in wanted.iter().enumerate() {
        let known = match ask {
            Ask::Fact(code) => ground.knows_fact(code),
            Ask::Document(kind) => ground.knows_document(kind),
        };
        if !known {
            return broken("asks-for-known-things", format!("{at}/{place}"));
        }
    }
    Ok(())
}

fn denial(denied: &Denial, found: &[Finding], at: &str) -> Believed {
    sentence(&denied.reason, &format!("{at}/reason"))?;
    if found.iter().any(|finding| finding.outcome == FindingOutcome::NotMet) {
        Ok(())
    } else {
        broken("denial-rests-on-a-finding", at)
    }
}

fn sentence(text: &Bilingual, at: &str) -> Believed {
    for (language, words) in [("en", &text.en), ("es", &text.es)] {
        if words.trim().is_empty() || words.len() > LONGEST_TEXT {
            return broken("sentence-in-both-languages", format!("{at}/{language}"));
        }
    }
    Ok(())
}
