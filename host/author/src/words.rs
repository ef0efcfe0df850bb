//! An answer, to be read by whoever wrote the rules.

use std::fmt::Write;

use domain::dictionary::Dictionary;
use domain::plan::authorization::{Decision, Determination, Grant, Presumption};
use domain::plan::billing::{Adjudication, LineOutcome};
use domain::plan::credentialing::{Review, Standing};
use domain::plan::profile::PlanProfile;
use domain::plan::question::{Answer, Question};
use domain::plan::referral::{Destination, Disposition, Triage};
use domain::plan::types::{Ask, Denial, DenialKind, Finding, FindingOutcome, Period, PlanError};
use sandbox::Ending;

/// The answer in words; and why a host would not take it, if it would not.
pub(super) fn of(profile: &PlanProfile, question: &Question, ending: &Ending<Answer>) -> String {
    let mut text = Text { profile, text: String::new() };
    match ending {
        Ending::Answer(answer) => {
            text.answer(answer);
            if let Some(why) = conformance::why_refused(profile, question, answer) {
                text.line(&format!("\nA host would not take this answer: {why}"));
            }
        }
        Ending::GuestError(error) => text.error(error),
        Ending::Deadline => text.line("It did not answer in time."),
        fault => text.line(&format!("It gave no answer: {fault:?}.")),
    }
    text.text.trim_end().to_owned()
}

struct Text<'a> {
    profile: &'a PlanProfile,
    text: String,
}

impl Text<'_> {
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{line}");
    }

    fn answer(&mut self, answer: &Answer) {
        match answer {
            Answer::Triage(Triage { disposition, findings, notes }) => {
                self.disposition(disposition);
                self.findings(findings);
                self.notes(notes);
            }
            Answer::Presume(None) => {
                self.line("Service may not start before the decision: no presumptive rule opens.")
            }
            Answer::Presume(Some(Presumption { rule, starts, days, findings })) => {
                self.line(&format!("Service may start on {starts} for {days} days, by the rule {rule}."));
                self.findings(findings);
            }
            Answer::Determine(Determination { decision, findings, notes }) => {
                self.decision(decision);
                self.findings(findings);
                self.notes(notes);
            }
            Answer::Adjudicate(adjudication) => self.adjudication(adjudication),
            Answer::Review(review) => self.review(review),
            Answer::Render(file) => {
                self.line(&format!("It writes the file {} ({} bytes).", file.name, file.bytes.len()));
            }
            Answer::Parse(parsed) => {
                self.line(&format!(
                    "It reads {} rows and refuses {}.",
                    parsed.rows.len(),
                    parsed.refused.len()
                ));
            }
        }
    }

    fn disposition(&mut self, disposition: &Disposition) {
        match disposition {
            Disposition::Accepted => self.line("Accepted."),
            Disposition::Redirected(redirection) => {
                let to = match &redirection.to {
                    Destination::Plan(id) => format!("the plan {id}"),
                    Destination::Delegate(id) => format!("the delegate {id}"),
                    Destination::Service(id) => format!("the service {id}"),
                };
                self.line(&format!("Redirected to {to}: {}", redirection.reason.en));
            }
            Disposition::NeedsMore(asks) => self.waits(asks),
            Disposition::NotEligible(denial) => self.denial(denial),
        }
    }

    fn decision(&mut self, decision: &Decision) {
        match decision {
            Decision::Approved(grant) => self.grant("Approved", grant),
            Decision::PartlyApproved(grant) => self.grant("Approved in part", grant),
            Decision::Modified(grant) => self.grant("Approved otherwise than asked", grant),
            Decision::Pended(asks) => self.waits(asks),
            Decision::Denied(denial) => self.denial(denial),
        }
    }

    fn grant(&mut self, how: &str, grant: &Grant) {
        self.line(&format!("{how}."));
        for line in &grant.lines {
            self.line(&format!("  {} units of {}, {}", line.units, line.procedure, days(&line.days)));
        }
        for condition in &grant.conditions {
            self.line(&format!("  on condition: {}", condition.en));
        }
    }

    fn denial(&mut self, denial: &Denial) {
        let how = match denial.kind {
            DenialKind::Administrative => "Refused, which the rules may say",
            DenialKind::Clinical => "A no is recommended; a licensed person decides it",
        };
        self.line(&format!("{how}: {}", denial.reason.en));
    }

    fn waits(&mut self, asks: &[Ask]) {
        self.line("It waits for:");
        for ask in asks {
            let line = match ask {
                Ask::Fact(code) => format!("  fact {code}: {}", self.question(code)),
                Ask::Document(kind) => format!("  document {kind}: {}", document(kind)),
            };
            self.line(&line);
        }
    }

    /// The question that a fact answers.
    fn question(&self, code: &str) -> String {
        let own = || self.profile.facts.iter().find(|fact| fact.code == code);
        let fact = Dictionary::state().fact(code).or_else(own);
        fact.map_or_else(|| "no such fact".to_owned(), |fact| fact.question.en.clone())
    }

    fn findings(&mut self, findings: &[Finding]) {
        let width = findings.iter().map(|finding| finding.criterion.chars().count()).max().unwrap_or(0);
        for Finding { criterion, outcome, reason, .. } in findings {
            let outcome = match outcome {
                FindingOutcome::Met => "met",
                FindingOutcome::NotMet => "not met",
                FindingOutcome::Unknown => "unknown",
            };
            self.line(&format!("  {outcome:7}  {criterion:width$}  {}", reason.en));
        }
    }

    fn notes(&mut self, notes: &[String]) {
        notes.iter().for_each(|note| self.line(&format!("  note: {note}")));
    }

    fn adjudication(&mut self, adjudication: &Adjudication) {
        for line in &adjudication.lines {
            let number = line.number;
            match &line.outcome {
                LineOutcome::Payable(payment) => {
                    self.line(&format!(
                        "Line {number}: {} dollars by the rate {}.",
                        payment.amount, payment.rate
                    ));
                    for adjustment in &payment.adjustments {
                        let (group, reason, amount) =
                            (&adjustment.group, &adjustment.reason, adjustment.amount);
                        self.line(&format!("  adjusted by {amount} ({group} {reason})"));
                    }
                }
                LineOutcome::Rejected(rejection) => {
                    self.line(&format!(
                        "Line {number}: rejected at {}: {}",
                        rejection.field, rejection.reason.en
                    ));
                }
                LineOutcome::Pended(asks) => {
                    self.line(&format!("Line {number}:"));
                    self.waits(asks);
                }
                LineOutcome::Denied(denial) => {
                    self.line(&format!("Line {number}:"));
                    self.denial(denial);
                }
            }
        }
        self.findings(&adjudication.findings);
        self.notes(&adjudication.notes);
    }

    fn review(&mut self, review: &Review) {
        for result in &review.requirements {
            let standing = match &result.standing {
                Standing::Satisfied(None) => "satisfied".to_owned(),
                Standing::Satisfied(Some(until)) => format!("satisfied until {until}"),
                Standing::Missing => "missing".to_owned(),
                Standing::Expired(on) => format!("expired on {on}"),
                Standing::Insufficient => "not enough".to_owned(),
                Standing::NeedsPerson => "for a person".to_owned(),
            };
            self.line(&format!("  {standing}: {} ({})", result.requirement, result.reason.en));
        }
        self.notes(&review.notes);
    }

    fn error(&mut self, error: &PlanError) {
        match error {
            PlanError::Invalid(issues) => {
                self.line("It says that the request contradicts itself:");
                issues.iter().for_each(|issue| self.line(&format!("  {}: {}", issue.at, issue.problem.en)));
            }
            PlanError::Unsupported(what) => {
                self.line(&format!("It does not handle this, and people do: {what}"))
            }
            PlanError::Internal(why) => self.line(&format!("It is broken: {why}")),
        }
    }
}

fn days(period: &Period) -> String {
    match period.last {
        Some(last) => format!("{} to {last}", period.first),
        None => format!("from {}", period.first),
    }
}

fn document(kind: &str) -> &'static str {
    Dictionary::state().document(kind).map_or("no such kind of document", |document| &document.name.en)
}
