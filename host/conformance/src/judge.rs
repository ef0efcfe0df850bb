//! One request, asked twice, and its answer put through every check.

use std::time::Duration;

use domain::floor::{self, Ground, Rule};
use domain::plan::authorization::Decision;
use domain::plan::billing::LineOutcome;
use domain::plan::profile::PlanProfile;
use domain::plan::question::{Answer, Question};
use domain::plan::referral::Disposition;
use domain::plan::types::{FindingOutcome, PlanError};
use sandbox::{Call, Ending, Recorded};

use crate::check::Check;
use crate::respondent::Respondent;
use crate::supply::{asks, decides};
use crate::words::{broken_rule, cut};

/// Verdict on one request.
pub(crate) struct Verdict {
    /// The checks that it was about, with what is wrong where one failed.
    pub(crate) checks: Vec<(Check, Option<String>)>,
    /// The longer of the two calls.
    pub(crate) longest: Duration,
}

impl Verdict {
    /// True if this check failed.
    pub(crate) fn failed(&self, check: Check) -> bool {
        self.checks.iter().any(|(of, wrong)| *of == check && wrong.is_some())
    }
}

/// Asks twice and judges.
pub(crate) async fn judge(respondent: &impl Respondent, question: &Question) -> Verdict {
    let first = respondent.ask(question).await;
    let second = respondent.ask(question).await;
    // A deadline that is missed once and met once is the machine's doing.
    let ending = if by_chance(&first) { &second.ending } else { &first.ending };
    let mut checks = vec![
        (Check::NeverBreaksOff, broke_off(ending)),
        (Check::WithinBudgets, over_budget(ending)),
        (Check::NeverBroken, broken(ending)),
    ];
    if !by_chance(&first) && !by_chance(&second) {
        checks.push((Check::AnswersAlike, differs(&first, &second)));
    }
    if let Ending::Answer(answer) = ending {
        checks.extend(explained(answer).map(|check| (check, None)));
        match floor::check(Ground::of(respondent.profile()), question, answer) {
            Ok(()) => {
                let ground = Ground::of(respondent.profile());
                for (check, wrong) in [
                    (Check::DenialKinds, mislabelled(ground, question, answer)),
                    (Check::CutsExplained, unexplained(ground, question, answer)),
                ] {
                    if let Some(place) = checks.iter().position(|(known, _)| *known == check) {
                        checks[place].1 = wrong;
                    }
                }
                if let Some(asked) = asks(answer) {
                    let decided = decides(respondent, question, &asked).await;
                    checks.push((Check::SupplyingDecides, decided.err()));
                }
            }
            Err(broken) => {
                let check = check_of(broken.rule);
                checks.retain(|(known, _)| *known != check);
                checks.push((check, Some(broken_rule(&broken, answer))));
            }
        }
    }
    Verdict { checks, longest: first.duration.max(second.duration) }
}

/// Why a host would not take an answer, in words for its author; `None` if it would.
#[must_use]
pub fn why_refused(profile: &PlanProfile, question: &Question, answer: &Answer) -> Option<String> {
    floor::check(Ground::of(profile), question, answer).err().map(|broken| broken_rule(&broken, answer))
}

/// True if a grant gives less than was asked for, or something else, as only a licensed person may decide.
#[must_use]
pub fn cuts_for_a_person(ground: Ground<'_>, question: &Question, answer: &Answer) -> bool {
    let (Question::Determine { request, context }, Answer::Determine(given)) = (question, answer) else {
        return false;
    };
    match &given.decision {
        Decision::PartlyApproved(grant) | Decision::Modified(grant) => {
            matches!(floor::granted(ground, request, context, grant, &given.findings), Ok(None))
        }
        _ => false,
    }
}

/// Problem of a denial's label.
fn mislabelled(ground: Ground<'_>, question: &Question, answer: &Answer) -> Option<String> {
    floor::label(ground, question, &mut answer.clone()).then(|| {
        "it calls a denial administrative that rests on a criterion of another kind; call it clinical, which \
         recommends it to a licensed person, or declare the criterion as what it is"
            .to_owned()
    })
}

/// Problem of a grant of less than was asked for.
fn unexplained(ground: Ground<'_>, question: &Question, answer: &Answer) -> Option<String> {
    let Answer::Determine(given) = answer else { return None };
    // What is something else than was asked for can say so in its conditions; what is less has no words but
    // its findings.
    let in_words = matches!(&given.decision, Decision::Modified(grant) if !grant.conditions.is_empty());
    let explained =
        in_words || given.findings.iter().any(|finding| finding.outcome == FindingOutcome::NotMet);
    (!explained && cuts_for_a_person(ground, question, answer)).then(|| {
        "it grants less than was asked for, or something else, which is neither what its profile declares as a default \
         nor rests on a criterion that is found not met"
            .to_owned()
    })
}

/// The check that a rule of the floor belongs to.
fn check_of(rule: Rule) -> Check {
    match rule {
        Rule::DenialRestsOnAFinding => Check::DenialsExplained,
        Rule::SaysWhatItNeeds => Check::PendsExplained,
        Rule::PresumptiveDaysAsDeclared
        | Rule::PresumptionInsideCoverage
        | Rule::PresumptionForAFirstRequest
        | Rule::PresumptionUnderAContract
        | Rule::PresumptiveAttestation
        | Rule::PresumptivePopulation
        | Rule::PresumptiveProviderKind => Check::PresumptiveWindows,
        Rule::AsksForKnownThings
        | Rule::CriterionApplies
        | Rule::DeclaredCriterion
        | Rule::DeclaredPresumptiveRule
        | Rule::DeclaredRate
        | Rule::DeclaredRequirement
        | Rule::KnownDestination
        | Rule::KnownEvidence
        | Rule::PresumptiveRuleApplies
        | Rule::ProcedureOfTheServiceOnTheDay
        | Rule::RateForTheProcedureOnTheDay
        | Rule::ServiceOfferedOnTheDay => Check::DeclaredOnly,
        _ => Check::WithinFloor,
    }
}

/// The checks that an answer is about, beside those that every call is about.
fn explained(answer: &Answer) -> impl Iterator<Item = Check> {
    let denies = match answer {
        Answer::Triage(triage) => matches!(triage.disposition, Disposition::NotEligible(_)),
        Answer::Determine(given) => matches!(given.decision, Decision::Denied(_)),
        Answer::Adjudicate(given) => {
            given.lines.iter().any(|line| matches!(line.outcome, LineOutcome::Denied(_)))
        }
        _ => false,
    };
    let cuts = matches!(
        answer,
        Answer::Determine(given)
            if matches!(given.decision, Decision::PartlyApproved(_) | Decision::Modified(_))
    );
    let presumes = matches!(answer, Answer::Presume(Some(_)));
    let about = [
        (true, Check::DeclaredOnly),
        (true, Check::WithinFloor),
        (denies, Check::DenialsExplained),
        (denies, Check::DenialKinds),
        (cuts, Check::CutsExplained),
        (asks(answer).is_some(), Check::PendsExplained),
        (presumes, Check::PresumptiveWindows),
    ];
    about.into_iter().filter_map(|(is_about, check)| is_about.then_some(check))
}

fn broke_off(ending: &Ending<Answer>) -> Option<String> {
    match ending {
        Ending::Trap(trap) => Some(format!(
            "it gave no answer: trap ({trap}). Fix: handle this request; code that panics or throws ends so"
        )),
        Ending::StackOverflow => {
            Some("it gave no answer: it called itself too deeply. Fix: end the recursion".to_owned())
        }
        Ending::BadOutput { at } => Some(format!(
            "its answer cannot be read ({at}). Fix: keep the answer within the contract's sizes and values"
        )),
        _ => None,
    }
}

fn over_budget(ending: &Ending<Answer>) -> Option<String> {
    match ending {
        Ending::Deadline => {
            Some("it did not answer in time. Fix: end every loop, and do less for one request".to_owned())
        }
        Ending::Memory { wanted } => Some(format!(
            "it wanted {wanted} bytes of memory, more than one call may have. Fix: keep less at once"
        )),
        _ => None,
    }
}

fn broken(ending: &Ending<Answer>) -> Option<String> {
    match ending {
        Ending::GuestError(PlanError::Internal(why)) => {
            Some(format!("it answered with an internal error: {}", cut(why)))
        }
        Ending::GuestError(PlanError::Invalid(_)) => {
            Some("it refused a valid request as one that contradicts itself. Fix: answer it".to_owned())
        }
        _ => None,
    }
}

/// True if time or the machine's load had a part in the call's ending.
fn by_chance(call: &Call<Answer>) -> bool {
    call.ending.fault().is_some_and(sandbox::Fault::may_differ_on_replay)
}

fn differs(first: &Call<Answer>, second: &Call<Answer>) -> Option<String> {
    let bytes = |call: &Call<Answer>| Recorded::from(&call.ending).canonical_bytes();
    (bytes(first) != bytes(second)).then(|| {
        "asked the same again, it gave another answer. Fix: use nothing but the request and the context"
            .to_owned()
    })
}
