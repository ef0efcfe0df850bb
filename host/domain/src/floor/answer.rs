//! Answers, checked against profile, catalog, coverage and floor.

use jiff::civil::Date;

use super::basis::speaks;
use super::election::{grant_is_elected, is_elected, line_is_elected};
use super::grant::{Asked, Reach, grant};
use super::need::{Judged, need_in_payment, need_in_rejection};
use super::payment::{Paid, Priced, is_remark_code, payment};
use super::presumption::check_presumption;
use super::rule::Rule;
use super::sums::{Beside, payments};
use super::{Basis, Broken, Ground};
use crate::authorization::{Cut, Extent};
use crate::case::Refusal;
use crate::plan::authorization::{AuthorizationRequest, Decision, Determination, Grant};
use crate::plan::billing::{Adjudication, Claim, ClaimLine, LineOutcome, Payment};
use crate::plan::credentialing::{Application, Review};
use crate::plan::question::{Answer, Question};
use crate::plan::referral::{Destination, Disposition, ReferralRequest, Triage};
use crate::plan::types::{Ask, Bilingual, Context, Denial, DenialKind, Finding, FindingOutcome};

/// Most findings in one answer; also most asks, most pieces of evidence for a finding and most notes.
pub const MOST_FINDINGS: usize = 200;
/// Longest sentence, in bytes.
const LONGEST_TEXT: usize = 2_000;

/// Checks a plugin's answer to a question.
///
/// # Errors
/// The first rule that it breaks; `answers-the-question` for an answer to another one.
pub fn check(ground: Ground<'_>, question: &Question, answer: &Answer) -> Result<(), Broken> {
    match (question, answer) {
        (Question::Triage { request, context }, Answer::Triage(triage)) => {
            check_triage(ground, request, context, triage)
        }
        (Question::Presume { request, context }, Answer::Presume(Some(presumption))) => {
            check_presumption(ground, request, context, presumption)
        }
        (Question::Determine { request, context }, Answer::Determine(determination)) => {
            check_determination(ground, request, context, determination)
        }
        (Question::Adjudicate { claim, context }, Answer::Adjudicate(adjudication)) => {
            check_adjudication(ground, claim, context, adjudication)
        }
        (Question::Review { application, .. }, Answer::Review(review)) => {
            check_review(ground, application, review)
        }
        // Nothing follows from these: no window opens, and a file is the plan's own.
        (Question::Presume { .. }, Answer::Presume(None))
        | (Question::Render { .. }, Answer::Render(_))
        | (Question::Parse { .. }, Answer::Parse(_)) => Ok(()),
        _ => broken(Rule::AnswersTheQuestion, ""),
    }
}

/// Gives each no of an answer the kind that follows from what it rests on, and says whether one was called
/// something else. A line that is rejected or paid short by a judgement of need becomes what it is: a denial
/// that is recommended to a licensed person.
pub fn label(ground: Ground<'_>, question: &Question, answer: &mut Answer) -> bool {
    match (question, answer) {
        (Question::Triage { request, context }, Answer::Triage(triage)) => {
            label_triage(ground, request, context, triage)
        }
        (Question::Determine { request, context }, Answer::Determine(determination)) => {
            label_determination(ground, request, context, determination)
        }
        (Question::Adjudicate { claim, context }, Answer::Adjudicate(adjudication)) => {
            label_adjudication(ground, claim, context, adjudication)
        }
        _ => false,
    }
}

pub(super) fn broken<T>(rule: Rule, at: impl Into<String>) -> Result<T, Broken> {
    Err(Broken { rule, at: at.into() })
}

fn check_triage(
    ground: Ground<'_>,
    request: &ReferralRequest,
    context: &Context,
    triage: &Triage,
) -> Result<(), Broken> {
    let on = context.as_of;
    findings(ground, &[&request.service], on, &triage.findings)?;
    notes(&triage.notes)?;
    match &triage.disposition {
        Disposition::Accepted if !is_elected(ground, &request.service, &request.member.county, on) => {
            broken(Rule::ServiceOfferedOnTheDay, "/disposition/accepted")
        }
        Disposition::Accepted => Ok(()),
        Disposition::Redirected(redirection) => {
            sentence(&redirection.reason, "/disposition/redirected/reason")?;
            destination(ground, &request.service, &redirection.to, "/disposition/redirected/to")
        }
        Disposition::NeedsMore(asked) => needs(ground, asked, "/disposition/needs-more"),
        Disposition::NotEligible(denied) => {
            let about = About { services: &[&request.service], on };
            denial(ground, about, denied, &triage.findings, "/disposition/not-eligible")
        }
    }
}

/// Checks where a referral is sent: a service of the catalog that it is not for already, a delegate of the
/// plan, or another plan.
///
/// # Errors
/// `known-destination`, at `at`.
pub fn destination(ground: Ground<'_>, service: &str, to: &Destination, at: &str) -> Result<(), Broken> {
    let known = match to {
        Destination::Service(other) => other != service && ground.catalog.service(other).is_some(),
        Destination::Delegate(id) => ground.profile.delegates.iter().any(|delegate| &delegate.id == id),
        Destination::Plan(id) => id != &ground.profile.plan_id && !id.is_empty() && id.len() <= 64,
    };
    if known { Ok(()) } else { broken(Rule::KnownDestination, at) }
}

fn check_determination(
    ground: Ground<'_>,
    request: &AuthorizationRequest,
    context: &Context,
    determination: &Determination,
) -> Result<(), Broken> {
    findings(ground, &[&request.service], context.as_of, &determination.findings)?;
    notes(&determination.notes)?;
    grant_is_elected(ground, request, context.as_of, &determination.decision)?;
    let asked = asked(request, context);
    match &determination.decision {
        Decision::Approved(given) => match grant(ground, asked, given, "/decision/approved")? {
            Reach::Whole => Ok(()),
            _ => broken(Rule::ApprovedIsAllThatWasAsked, "/decision/approved/lines"),
        },
        Decision::PartlyApproved(given) => grant(ground, asked, given, "/decision/partly-approved").map(drop),
        Decision::Modified(given) => grant(ground, asked, given, "/decision/modified").map(drop),
        Decision::Pended(wanted) => needs(ground, wanted, "/decision/pended"),
        Decision::Denied(denied) => {
            let about = About { services: &[&request.service], on: context.as_of };
            denial(ground, about, denied, &determination.findings, "/decision/denied")
        }
    }
}

fn asked<'a>(request: &'a AuthorizationRequest, context: &'a Context) -> Asked<'a> {
    Asked {
        service: &request.service,
        kind: request.kind,
        coverage: &context.coverage.days,
        lines: &request.lines,
    }
}

/// Extent that software may give of what was asked for, by its own word: all of it, what is cut to the plan's
/// own declared bounds, or what is cut for administrative criteria alone. `None` for any other cut, which is
/// for a licensed person.
///
/// # Errors
/// The first rule that the grant breaks.
pub fn granted(
    ground: Ground<'_>,
    request: &AuthorizationRequest,
    context: &Context,
    given: &Grant,
    found: &[Finding],
) -> Result<Option<Extent>, Broken> {
    let reach = grant(ground, asked(request, context), given, "/decision")?;
    let elsewhere = reach == Reach::Other;
    let cut = match reach {
        Reach::Whole => return Ok(Some(Extent::Whole)),
        Reach::Declared(bounds) => Some(Cut::Declared(bounds)),
        Reach::Less | Reach::Other => {
            match Basis::of_findings(ground, &[&request.service], context.as_of, found) {
                Basis::Administrative(basis) => reason_of(found, basis.criteria())
                    .map(|reason| Cut::Refused(Refusal::administrative(basis, reason))),
                Basis::Clinical(_) => None,
            }
        }
    };
    Ok(cut.map(|cut| if elsewhere { Extent::Modified(cut) } else { Extent::Part(cut) }))
}

/// The sentence of the first finding that a no rests on.
fn reason_of(found: &[Finding], criteria: &[String]) -> Option<Bilingual> {
    let not_met = |finding: &&Finding| {
        finding.outcome == FindingOutcome::NotMet && criteria.contains(&finding.criterion)
    };
    found.iter().find(not_met).map(|finding| finding.reason.clone())
}

fn label_triage(
    ground: Ground<'_>,
    request: &ReferralRequest,
    context: &Context,
    triage: &mut Triage,
) -> bool {
    let Disposition::NotEligible(denied) = &mut triage.disposition else { return false };
    let about = About { services: &[&request.service], on: context.as_of };
    label_denial(ground, about, &triage.findings, denied)
}

fn label_determination(
    ground: Ground<'_>,
    request: &AuthorizationRequest,
    context: &Context,
    determination: &mut Determination,
) -> bool {
    let Decision::Denied(denied) = &mut determination.decision else { return false };
    let about = About { services: &[&request.service], on: context.as_of };
    label_denial(ground, about, &determination.findings, denied)
}

/// The findings about a line are those about its service.
fn label_adjudication(
    ground: Ground<'_>,
    claim: &Claim,
    context: &Context,
    adjudication: &mut Adjudication,
) -> bool {
    let Adjudication { lines, findings, .. } = adjudication;
    let findings = &*findings;
    let mut mislabelled = false;
    for result in lines {
        let Some(line) = claim.lines.iter().find(|line| line.number == result.number) else { continue };
        let judged = Judged { line, on: context.as_of, found: findings, recommended: None };
        let about = About { services: &[&line.service], on: context.as_of };
        mislabelled |= match &mut result.outcome {
            LineOutcome::Denied(denied) => label_denial(ground, about, findings, denied),
            outcome => match recommended(ground, context, judged, outcome) {
                Some(denied) => {
                    *outcome = LineOutcome::Denied(denied);
                    true
                }
                None => false,
            },
        };
    }
    mislabelled
}

/// Denial that a line's result recommends without saying so.
fn recommended(
    ground: Ground<'_>,
    context: &Context,
    judged: Judged<'_>,
    outcome: &LineOutcome,
) -> Option<Denial> {
    let reason = match outcome {
        LineOutcome::Payable(Payment { amount, adjustments, .. }) => {
            let why = need_in_payment(ground, Priced::of(context), judged, *amount, adjustments)?;
            let charge = judged.line.charge;
            Bilingual {
                en: format!("The rules would pay ${amount} of ${charge}: {}", why.en),
                es: format!("Las reglas pagarían ${amount} de ${charge}: {}", why.es),
            }
        }
        LineOutcome::Rejected(rejection) => {
            if !need_in_rejection(ground, context.today, judged, rejection) {
                return None;
            }
            rejection.reason.clone()
        }
        LineOutcome::Pended(_) | LineOutcome::Denied(_) => return None,
    };
    Some(Denial { kind: DenialKind::Clinical, reason })
}

/// A no that software calls clinical stays so: a licensed person sees it, whatever it rests on.
fn label_denial(ground: Ground<'_>, about: About<'_>, found: &[Finding], denied: &mut Denial) -> bool {
    let derived = Basis::of_findings(ground, about.services, about.on, found).kind();
    let mislabelled = denied.kind == DenialKind::Administrative && derived == DenialKind::Clinical;
    if mislabelled {
        denied.kind = DenialKind::Clinical;
    }
    mislabelled
}

/// The services and the day that findings must be about.
#[derive(Clone, Copy)]
struct About<'a> {
    services: &'a [&'a str],
    on: Date,
}

fn check_adjudication(
    ground: Ground<'_>,
    claim: &Claim,
    context: &Context,
    adjudication: &Adjudication,
) -> Result<(), Broken> {
    let services: Vec<&str> = claim.lines.iter().map(|line| line.service.as_str()).collect();
    findings(ground, &services, context.as_of, &adjudication.findings)?;
    notes(&adjudication.notes)?;
    if adjudication.lines.len() != claim.lines.len() {
        return broken(Rule::OneResultForEachLine, "/lines");
    }
    for line in &claim.lines {
        let mut results =
            adjudication.lines.iter().enumerate().filter(|(_, result)| result.number == line.number);
        let (Some((place, result)), None) = (results.next(), results.next()) else {
            return broken(Rule::OneResultForEachLine, "/lines");
        };
        let at = format!("/lines/{place}/outcome");
        match &result.outcome {
            LineOutcome::Payable(_) if !line_is_elected(ground, claim, context.as_of, line) => {
                return broken(Rule::ServiceOfferedOnTheDay, format!("{at}/payable"));
            }
            LineOutcome::Payable(payment) => payable(ground, context, line, payment, &at)?,
            LineOutcome::Rejected(rejection) => {
                sentence(&rejection.reason, &format!("{at}/rejected/reason"))?;
                sentence(&rejection.fix, &format!("{at}/rejected/fix"))?;
                let names_field = rejection.field.starts_with('/') && rejection.field.len() <= LONGEST_TEXT;
                let reason = ground.dictionary.adjustment_reason(&rejection.reason_code, context.today);
                let remark = rejection.remark.as_deref().is_none_or(is_remark_code);
                if !names_field || reason.is_none() || !remark {
                    return broken(Rule::RejectionNamesFieldAndCode, format!("{at}/rejected"));
                }
            }
            LineOutcome::Pended(wanted) => needs(ground, wanted, &format!("{at}/pended"))?,
            LineOutcome::Denied(denied) => {
                let about = About { services: &[&line.service], on: context.as_of };
                denial(ground, about, denied, &adjudication.findings, &format!("{at}/denied"))?;
            }
        }
    }
    let paid = adjudication.lines.iter().enumerate().filter_map(|(place, result)| {
        let LineOutcome::Payable(payment) = &result.outcome else { return None };
        let line = claim.lines.iter().find(|line| line.number == result.number)?;
        Some((line, payment.amount, format!("/lines/{place}/outcome/payable/amount")))
    });
    let beside = Beside { used: &[], permissions: &claim.authorizations };
    payments(ground, Priced::of(context), beside, paid)
}

fn payable(
    ground: Ground<'_>,
    context: &Context,
    line: &ClaimLine,
    given: &Payment,
    at: &str,
) -> Result<(), Broken> {
    let paid = Paid { rate: Some(&given.rate), amount: given.amount, adjustments: &given.adjustments };
    payment(ground, Priced::of(context), line, paid, &format!("{at}/payable"))
}

fn check_review(ground: Ground<'_>, application: &Application, review: &Review) -> Result<(), Broken> {
    notes(&review.notes)?;
    for (place, result) in review.requirements.iter().enumerate() {
        let at = format!("/requirements/{place}");
        sentence(&result.reason, &format!("{at}/reason"))?;
        let declared = ground.profile.requirements.iter().any(|needed| needed.id == result.requirement);
        if !declared {
            return broken(Rule::DeclaredRequirement, format!("{at}/requirement"));
        }
    }
    for needed in &ground.profile.requirements {
        let applies = needed.services.is_empty()
            || needed.services.iter().any(|service| application.services.contains(service));
        let results = review.requirements.iter().filter(|result| result.requirement == needed.id).count();
        if results != usize::from(applies) {
            return broken(Rule::OneResultForEachRequirement, "/requirements");
        }
    }
    Ok(())
}

pub(super) fn findings(
    ground: Ground<'_>,
    services: &[&str],
    on: Date,
    found: &[Finding],
) -> Result<(), Broken> {
    if found.len() > MOST_FINDINGS {
        return broken(Rule::FewEnoughFindings, "/findings");
    }
    for (place, finding) in found.iter().enumerate() {
        let at = format!("/findings/{place}");
        let declared = ground.profile.criteria.iter().find(|criterion| criterion.id == finding.criterion);
        match declared {
            None => return broken(Rule::DeclaredCriterion, format!("{at}/criterion")),
            Some(criterion) if !speaks(criterion, services, on) => {
                return broken(Rule::CriterionApplies, format!("{at}/criterion"));
            }
            Some(_) => {}
        }
        sentence(&finding.reason, &format!("{at}/reason"))?;
        if finding.evidence.len() > MOST_FINDINGS {
            return broken(Rule::FewEnoughPiecesOfEvidence, format!("{at}/evidence"));
        }
        let known = |code: &String| ground.knows_fact(code) || ground.knows_document(code);
        if !finding.evidence.iter().all(known) {
            return broken(Rule::KnownEvidence, format!("{at}/evidence"));
        }
    }
    Ok(())
}

/// The plan's own log: nobody else reads it, but every decision keeps it.
fn notes(notes: &[String]) -> Result<(), Broken> {
    if notes.len() > MOST_FINDINGS {
        return broken(Rule::FewEnoughNotes, "/notes");
    }
    match notes.iter().position(|note| note.len() > LONGEST_TEXT) {
        Some(place) => broken(Rule::ShortEnoughNote, format!("/notes/{place}")),
        None => Ok(()),
    }
}

/// Checks what somebody waits for: known facts and documents, and at least one.
///
/// # Errors
/// `says-what-it-needs` or `asks-for-known-things`, under `at`.
pub fn needs(ground: Ground<'_>, wanted: &[Ask], at: &str) -> Result<(), Broken> {
    if wanted.is_empty() || wanted.len() > MOST_FINDINGS {
        return broken(Rule::SaysWhatItNeeds, at);
    }
    for (place, ask) in wanted.iter().enumerate() {
        let known = match ask {
            Ask::Fact(code) => ground.knows_fact(code),
            Ask::Document(kind) => ground.knows_document(kind),
        };
        if !known {
            return broken(Rule::AsksForKnownThings, format!("{at}/{place}"));
        }
    }
    Ok(())
}

fn denial(
    ground: Ground<'_>,
    about: About<'_>,
    denied: &Denial,
    found: &[Finding],
    at: &str,
) -> Result<(), Broken> {
    sentence(&denied.reason, &format!("{at}/reason"))?;
    if Basis::of_findings(ground, about.services, about.on, found).criteria().is_empty() {
        return broken(Rule::DenialRestsOnAFinding, at);
    }
    Ok(())
}

pub(super) fn sentence(text: &Bilingual, at: &str) -> Result<(), Broken> {
    for (language, words) in [("en", &text.en), ("es", &text.es)] {
        if words.trim().is_empty() || words.len() > LONGEST_TEXT {
            return broken(Rule::SentenceInBothLanguages, format!("{at}/{language}"));
        }
    }
    Ok(())
}
