//! Two answers to one question, side by side: what each comes to, and in which direction they differ.

use std::collections::BTreeMap;

use domain::identifiers::Digest;
use domain::plan::authorization::{Decision, Determination, Grant};
use domain::plan::billing::{Adjudication, LineOutcome};
use domain::plan::credentialing::{Review, Standing};
use domain::plan::profile::Rate;
use domain::plan::question::{Answer, Operation, Question};
use domain::plan::referral::{Disposition, Triage};
use domain::plan::types::{Denial, DenialKind, Finding, FindingOutcome, PlanError};
use domain::{Cents, application, claim, words};
use sandbox::Recorded;
use serde::{Deserialize, Serialize};

/// Outcome of an answer, by which two are compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// In a word, such as `approved` or `clinical-review`.
    pub word: String,
    /// Measure of how much an outcome gives, to tell more from less: the word first, then units, days or
    /// dollars.
    rank: i64,
    /// Dollars, as far as they can be told: what a claim would be paid, what an approval's units cost at the
    /// plan's rates.
    pub cents: i64,
    /// Criteria and whether they hold.
    pub findings: BTreeMap<String, String>,
}

words! {
    /// Difference of a candidate's answer.
    pub enum Direction {
        /// It gives more, or sooner.
        More = "more",
        /// It gives less, or asks for more.
        Less = "less",
        /// It gives the same for other reasons.
        Reasons = "reasons",
    }
}

words! {
    /// Kind of what two answers differ by.
    pub enum CauseKind {
        /// The candidate gives no answer: a fault, a refused answer, or one that it declines to give.
        NoAnswer = "no-answer",
        /// The candidate gives an answer where there was none.
        Answers = "answers",
        /// Criteria are judged otherwise, or are in one of the answers only.
        Criteria = "criteria",
        /// The outcome is another while the criteria are judged alike.
        Outcome = "outcome",
        /// A claim is paid another amount.
        Amount = "amount",
        /// The outcome is the same, with other units, days or questions.
        Extent = "extent",
        /// Causes past those that a report tells apart.
        Other = "other",
    }
}

/// Difference of answers and its direction, by which changes are put together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Direction in which the answers differ.
    pub direction: Direction,
    /// Kind of the difference.
    pub kind: CauseKind,
    /// Criteria that are judged otherwise; for other kinds none.
    pub criteria: Vec<String>,
}

impl Cause {
    /// Name of the cause in a run: the same cause has the same name in each.
    pub(crate) fn id(&self) -> String {
        let named = format!("{}\n{}\n{}", self.direction.name(), self.kind.name(), self.criteria.join("\n"));
        Digest::of(named.as_bytes()).to_string()[..ID_LENGTH].to_owned()
    }
}

/// Digits of a cause's name; of some hundred causes no two share it.
const ID_LENGTH: usize = 16;

/// Words for a call that came to no answer.
const NO_ANSWER: [&str; 3] = ["fault", "invalid-request", "declined"];

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

impl Change {
    /// Cause of the change, as far as the two answers show it.
    pub(crate) fn cause(&self) -> Cause {
        let is_none = |outcome: &Outcome| NO_ANSWER.contains(&&*outcome.word);
        let kind = match (is_none(&self.before), is_none(&self.after)) {
            (_, true) => CauseKind::NoAnswer,
            (true, false) => CauseKind::Answers,
            _ if !self.criteria.is_empty() => CauseKind::Criteria,
            _ if self.before.word != self.after.word => CauseKind::Outcome,
            _ if self.operation == Operation::Adjudicate.name() => CauseKind::Amount,
            _ => CauseKind::Extent,
        };
        let mut criteria = if kind == CauseKind::Criteria { self.criteria.clone() } else { Vec::new() };
        criteria.sort_unstable();
        Cause { direction: self.direction, kind, criteria }
    }
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
pub(crate) fn service(question: &Question) -> String {
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

/// Outcome of a recorded call, in the words in which answers are compared.
pub(crate) fn outcome(recorded: &Recorded, rates: &[Rate]) -> Outcome {
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
