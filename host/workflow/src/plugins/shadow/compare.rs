//! Two answers to one question, side by side: what each comes to, and in which direction they differ.

use std::collections::BTreeMap;

use domain::plan::authorization::{Decision, Determination, Grant};
use domain::plan::billing::{Adjudication, LineOutcome};
use domain::plan::credentialing::{Review, Standing};
use domain::plan::profile::Rate;
use domain::plan::question::{Answer, Question};
use domain::plan::referral::{Disposition, Triage};
use domain::plan::types::{Denial, DenialKind, Finding, FindingOutcome, PlanError};
use domain::{Cents, application, claim};
use sandbox::Recorded;
use serde::{Deserialize, Serialize};

/// Outcome of an answer, by which two are compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// In a word, such as `approved` or `clinical-review`.
    pub word: String,
    /// How much it gives, to tell more from less: the word first, then units, days or dollars.
    rank: i64,
    /// Dollars, as far as they can be told: what a claim would be paid, what an approval's units cost at the
    /// plan's rates.
    pub cents: i64,
    /// Criteria and whether they hold.
    pub findings: BTreeMap<String, String>,
}

/// Difference of a candidate's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// It gives more, or sooner.
    More,
    /// It gives less, or asks for more.
    Less,
    /// It gives the same for other reasons.
    Reasons,
}

impl Direction {
    /// The word of the record and the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::More => "more",
            Self::Less => "less",
            Self::Reasons => "reasons",
        }
    }
}

/// A decision that the candidate would have made otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Operation that was asked.
    pub operation: String,
    /// Service that it was asked for.
    pub service: String,
    /// Direction in which the answers differ.
    pub direction: Direction,
    /// Answer that was given.
    pub before: Outcome,
    /// Answer of the candidate.
    pub after: Outcome,
    /// Criteria that hold in one answer and not in the other, or are in one of them only.
    pub criteria: Vec<String>,
}

/// Change between two answers; `None` if a provider or a reviewer would see none.
pub(crate) fn change(
    question: &Question,
    before: &Recorded,
    after: &Recorded,
    rates: &[Rate],
) -> Option<Change> {
    let (before, after) = (outcome(before, rates), outcome(after, rates));
    let direction = match after.rank.cmp(&before.rank) {
        std::cmp::Ordering::Greater => Direction::More,
        std::cmp::Ordering::Less => Direction::Less,
        std::cmp::Ordering::Equal if after != before => Direction::Reasons,
        std::cmp::Ordering::Equal => return None,
    };
    let mut criteria: Vec<String> = before
        .findings
        .iter()
        .filter(|(id, held)| after.findings.get(*id) != Some(held))
        .map(|(id, _)| id.clone())
        .collect();
    criteria.extend(after.findings.keys().filter(|id| !before.findings.contains_key(*id)).cloned());
    Some(Change {
        operation: question.operation().name().to_owned(),
        service: service(question),
        direction,
        before,
        after,
        criteria,
    })
}

/// The service that a question is about.
fn service(question: &Question) -> String {
    match question {
        Question::Triage { request, .. } => request.service.clone(),
        Question::Presume { request, .. } | Question::Determine { request, .. } => request.service.clone(),
        Question::Adjudicate { claim, .. } => {
            claim.lines.first().map(|line| line.service.clone()).unwrap_or_default()
        }
        Question::Review { application, .. } => application.services.first().cloned().unwrap_or_default(),
        Question::Render { .. } | Question::Parse { .. } => String::new(),
    }
}

/// Far enough apart that no number of units, days or cents makes one word of another.
const WORD: i64 = 1 << 44;

fn ranked(word: &str, place: i64, more: i64, cents: i64, findings: &[Finding]) -> Outcome {
    Outcome {
        word: word.to_owned(),
        rank: place * WORD + more.clamp(0, WORD - 1),
        cents,
        findings: findings.iter().map(|finding| (finding.criterion.clone(), held(finding))).collect(),
    }
}

fn held(finding: &Finding) -> String {
    match finding.outcome {
        FindingOutcome::Met => "met".to_owned(),
        FindingOutcome::NotMet => "not-met".to_owned(),
        FindingOutcome::Unknown => "unknown".to_owned(),
    }
}

fn outcome(recorded: &Recorded, rates: &[Rate]) -> Outcome {
    match recorded {
        Recorded::Fault(_) => ranked("fault", 1, 0, 0, &[]),
        // It would go back to its sender, and no case would come of it.
        Recorded::GuestError(PlanError::Invalid(_)) => ranked("invalid-request", 1, 0, 0, &[]),
        Recorded::GuestError(_) => ranked("declined", 1, 0, 0, &[]),
        Recorded::Answer(Answer::Triage(triage)) => triaged(triage),
        // No more and no less than a call that came to nothing.
        Recorded::Answer(Answer::Presume(None)) => ranked("no-window", 1, 0, 0, &[]),
        Recorded::Answer(Answer::Presume(Some(given))) => {
            ranked("window", 4, i64::from(given.days), 0, &given.findings)
        }
        Recorded::Answer(Answer::Determine(given)) => determined(given, rates),
        Recorded::Answer(Answer::Adjudicate(given)) => adjudicated(given),
        Recorded::Answer(Answer::Review(given)) => reviewed(given),
        Recorded::Answer(Answer::Render(_) | Answer::Parse(_)) => ranked("file", 0, 0, 0, &[]),
    }
}

/// A denial: administrative ends it, a clinical one goes to a licensed person.
fn denied(denial: &Denial, findings: &[Finding]) -> Outcome {
    match denial.kind {
        DenialKind::Administrative => ranked("denied", 0, 0, 0, findings),
        DenialKind::Clinical => ranked(CLINICAL, 1, 0, 0, findings),
    }
}

/// The word for what a licensed person must look at.
pub(crate) const CLINICAL: &str = "clinical-review";

fn triaged(triage: &Triage) -> Outcome {
    let findings = &triage.findings;
    match &triage.disposition {
        Disposition::Accepted => ranked("accepted", 4, 0, 0, findings),
        Disposition::NeedsMore(asks) => ranked("needs-more", 2, fewer(asks.len()), 0, findings),
        Disposition::Redirected(_) => ranked("redirected", 2, 0, 0, findings),
        Disposition::NotEligible(denial) => denied(denial, findings),
    }
}

fn determined(given: &Determination, rates: &[Rate]) -> Outcome {
    let findings = &given.findings;
    let granted = |word, place, grant: &Grant| {
        let units = grant.lines.iter().map(|line| i64::from(line.units)).sum();
        ranked(word, place, units, cost(grant, rates), findings)
    };
    match &given.decision {
        Decision::Approved(grant) => granted("approved", 4, grant),
        Decision::PartlyApproved(grant) => granted("partly-approved", 3, grant),
        Decision::Modified(grant) => granted("modified", 3, grant),
        Decision::Pended(asks) => ranked("pended", 2, fewer(asks.len()), 0, findings),
        Decision::Denied(denial) => denied(denial, findings),
    }
}

/// Cost of the granted units at the candidate's rates, in cents; nothing where it has none for a procedure.
fn cost(grant: &Grant, rates: &[Rate]) -> i64 {
    let line = |line: &domain::plan::authorization::GrantedLine| {
        let rate = rates
            .iter()
            .find(|rate| rate.procedure == line.procedure && rate.effective.holds(line.days.first))?;
        rate.amount.0.checked_mul(i64::from(line.units))
    };
    grant.lines.iter().filter_map(line).fold(0, i64::saturating_add)
}

/// Fewer questions are sooner answered.
fn fewer(asks: usize) -> i64 {
    1_000 - i64::try_from(asks).unwrap_or(1_000).min(1_000)
}

fn adjudicated(given: &Adjudication) -> Outcome {
    let payable = given.lines.iter().filter_map(|line| match &line.outcome {
        LineOutcome::Payable(payment) => Some(payment.amount),
        _ => None,
    });
    let cents = Cents::sum(payable).unwrap_or(Cents::ZERO).0;
    let (word, place) = match claim::Leading::of(given) {
        claim::Leading::Payable => ("payable", 4),
        claim::Leading::Pended(_) => ("pended", 2),
        claim::Leading::Clinical(_) => (CLINICAL, 1),
        claim::Leading::Denied => ("denied", 0),
        claim::Leading::Rejected => ("rejected", 0),
    };
    ranked(word, place, cents, cents, &given.findings)
}

fn reviewed(given: &Review) -> Outcome {
    let satisfied =
        given.requirements.iter().filter(|one| matches!(one.standing, Standing::Satisfied(_))).count();
    let (word, place) = match application::Event::of(given, jiff::civil::Date::ZERO) {
        application::Event::Approve { .. } => ("approved", 4),
        application::Event::HandOver(_) => ("needs-person", 3),
        _ => ("incomplete", 2),
    };
    ranked(word, place, i64::try_from(satisfied).unwrap_or(0), 0, &[])
}
