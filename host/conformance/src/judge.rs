//! Judging one request: it is asked twice, and its answer is put through every check that it is about.

use std::time::Duration;

use domain::floor::{self, Ground, Rule};
use domain::plan::authorization::Decision;
use domain::plan::billing::{Adjudication, LineOutcome};
use domain::plan::profile::PlanProfile;
use domain::plan::question::{Answer, Question};
use domain::plan::referral::Disposition;
use domain::plan::types::{FindingOutcome, PlanError};
use domain::referral::Event;
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

/// Asks the plugin twice, and judges how it answered.
pub(crate) async fn judge(respondent: &impl Respondent, question: &Question) -> Verdict {
    let first = respondent.ask(question).await;
    let second = respondent.ask(question).await;
    // A deadline that is missed once and met once is the machine's doing.
    let ending = if by_chance(&first) { &second.ending } else { &first.ending };
    let mut checks = vec![
        (Check::NeverBreaksOff, broke_off(ending)),
        (Check::WithinBudgets, over_budget(ending)),
        (Check::NeverBroken, gave_up(ending)),
    ];
    if !by_chance(&first) && !by_chance(&second) {
        checks.push((Check::AnswersAlike, differs(&first, &second)));
    }
    if let Ending::Answer(answer) = ending {
        checks.extend(judge_answer(respondent, question, answer).await);
    }
    Verdict { checks, longest: first.duration.max(second.duration) }
}

/// Checks that an answer is about. The floor is asked first: of an answer that breaks one of its rules
/// nothing else is said than which.
async fn judge_answer(
    respondent: &impl Respondent,
    question: &Question,
    answer: &Answer,
) -> Vec<(Check, Option<String>)> {
    let ground = Ground::of(respondent.profile());
    if let Err(broken) = floor::check(ground, question, answer) {
        let check = check_of(broken.rule);
        let others = about(answer).filter(|other| *other != check).map(|other| (other, None));
        return others.chain([(check, Some(broken_rule(&broken, answer)))]).collect();
    }
    let wrong = |check| match check {
        Check::DenialKinds => mislabelled(ground, question, answer),
        Check::CutsExplained => unexplained(ground, question, answer),
        _ => None,
    };
    let mut checks: Vec<_> = about(answer).map(|check| (check, wrong(check))).collect();
    if let Some(asked) = asks(answer) {
        let decided = decides(respondent, question, &asked).await;
        checks.push((Check::SupplyingDecides, decided.err()));
    }
    checks
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

/// Problem of a no that is called something else than it is.
pub(crate) fn mislabelled(ground: Ground<'_>, question: &Question, answer: &Answer) -> Option<String> {
    if let (Question::Triage { request, context }, Answer::Triage(triage)) = (question, answer)
        && matches!(triage.disposition, Disposition::Redirected(_))
    {
        let event = Event::of(ground, request, context, triage);
        return (!matches!(event, Event::Redirect(_))).then(|| {
            "it redirects a referral on no finding that is not met, or on one of a criterion that is not administrative; a \
             licensed person decides then. Rest it on a criterion that is declared administrative"
                .to_owned()
        });
    }
    let problem = match answer {
        Answer::Adjudicate(given) if !denies(given) => {
            "it rejects a line, or pays it short, by a reason code or on a criterion that judges the member's need; deny it \
             as clinical, which recommends that to a licensed person, or rest it on something administrative"
        }
        _ => {
            "it calls a denial administrative that rests on a criterion of another kind; call it clinical, which \
             recommends it to a licensed person, or declare the criterion as what it is"
        }
    };
    floor::label(ground, question, &mut answer.clone()).then(|| problem.to_owned())
}

fn denies(given: &Adjudication) -> bool {
    given.lines.iter().any(|line| matches!(line.outcome, LineOutcome::Denied(_)))
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
fn about(answer: &Answer) -> impl Iterator<Item = Check> {
    let denies = match answer {
        Answer::Triage(triage) => matches!(triage.disposition, Disposition::NotEligible(_)),
        Answer::Determine(given) => matches!(given.decision, Decision::Denied(_)),
        Answer::Adjudicate(given) => denies(given),
        _ => false,
    };
    // What says no to a part, or to the service here, without calling it a denial.
    let declines = match answer {
        Answer::Triage(triage) => matches!(triage.disposition, Disposition::Redirected(_)),
        Answer::Adjudicate(given) => given.lines.iter().any(|line| match &line.outcome {
            LineOutcome::Rejected(_) => true,
            LineOutcome::Payable(payment) => !payment.adjustments.is_empty(),
            LineOutcome::Pended(_) | LineOutcome::Denied(_) => false,
        }),
        _ => false,
    };
    let cuts = matches!(
        answer,
        Answer::Determine(given)
            if matches!(given.decision, Decision::PartlyApproved(_) | Decision::Modified(_))
    );
    let presumes = matches!(answer, Answer::Presume(Some(_)));
    let checks = [
        (true, Check::DeclaredOnly),
        (true, Check::WithinFloor),
        (denies, Check::DenialsExplained),
        (denies || declines, Check::DenialKinds),
        (cuts, Check::CutsExplained),
        (asks(answer).is_some(), Check::PendsExplained),
        (presumes, Check::PresumptiveWindows),
    ];
    checks.into_iter().filter_map(|(is_about, check)| is_about.then_some(check))
}

/// Problem of a call that broke off, or whose answer cannot be read.
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

/// Problem of a call that took more time or memory than it may.
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

/// Problem of a plugin that says it is broken, or that a valid request is not.
fn gave_up(ending: &Ending<Answer>) -> Option<String> {
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

/// Problem of a plugin that answers the same question in two ways.
fn differs(first: &Call<Answer>, second: &Call<Answer>) -> Option<String> {
    let bytes = |call: &Call<Answer>| Recorded::from(&call.ending).canonical_bytes();
    (bytes(first) != bytes(second)).then(|| {
        "asked the same again, it gave another answer. Fix: use nothing but the request and the context"
            .to_owned()
    })
}
