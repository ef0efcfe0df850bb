//! Statuses of a Task: who may change one to which, and how a referral and its assignments are told.

use domain::dictionary::Dictionary;
use domain::referral::Stage;
use domain::referral::assignment::{self, Assignment, End};
use domain::words;
use serde::Deserialize;
use serde_json::{Value, json};

use super::tables::TASK_STATUSES;

/// The code system of what ended or refused a referral or an assignment, where no list of the dictionary
/// does.
const REASONS: &str = "https://crosswalk.example/fhir/CodeSystem/referral-status-reason";
/// The code systems of the dictionary's lists of reasons, as the API names them.
const CLOSURE_REASONS: &str = "https://crosswalk.example/fhir/CodeSystem/closure-reasons";
const DECLINE_REASONS: &str = "https://crosswalk.example/fhir/CodeSystem/decline-reasons";

words! {
    /// The status of a referral's Task: the ten of value set `SDOHCC-ValueSetReferralTaskStatus` 3.0.0.
    pub enum TaskStatus {
        /// It is being written.
        Draft = "draft",
        /// Sent, and nobody has taken it.
        Requested = "requested",
        /// Somebody takes the Task.
        Accepted = "accepted",
        /// The plan refused it.
        Rejected = "rejected",
        /// It was called off.
        Cancelled = "cancelled",
        /// Outreach or service has begun.
        InProgress = "in-progress",
        /// It is paused for now.
        OnHold = "on-hold",
        /// Tried and not done.
        Failed = "failed",
        /// It has been done.
        Completed = "completed",
        /// It was never meant.
        EnteredInError = "entered-in-error",
    }
}

impl TaskStatus {
    /// Reads a partner's status. `received` and `ready` of base FHIR, which 3.0.0 leaves out, are understood
    /// as `requested`: the partner has seen it and nobody has taken it.
    pub fn from_partner(code: &str) -> Option<Self> {
        let ours = Self::named(code);
        ours.or_else(|| TASK_STATUSES.from_partner.get(code).copied())
    }

    /// True if 3.0.0 asks for a `statusReason` with it.
    pub fn wants_reason(self) -> bool {
        matches!(self, Self::Rejected | Self::Cancelled | Self::OnHold | Self::Failed)
    }

    /// True if a Task of this status may have another one at some time.
    fn leads_to(self, other: Self) -> bool {
        let mut reached = vec![self];
        let mut next = 0;
        while let Some(from) = reached.get(next).copied() {
            let steps =
                TASK_STATUSES.edges.iter().filter(|edge| starts(edge.from.as_deref(), Start::At(from)));
            for to in steps.flat_map(|edge| &edge.to) {
                if !reached.contains(to) {
                    reached.push(*to);
                }
            }
            next += 1;
        }
        reached.contains(&other)
    }
}

/// Statuses from which a change starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// There is no Task yet.
    New,
    /// The Task has this status.
    At(TaskStatus),
}

/// Party that may change a Task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Party {
    /// Whoever made the referral.
    Requester,
    /// Whoever it was made to.
    Target,
    /// Either of the two.
    Either,
}

/// Party that may make this change; `None` where nobody may. What is rejected, cancelled, failed or completed
/// is over: a new try is a new Task.
pub fn allowed(from: Start, to: TaskStatus) -> Option<Party> {
    let mut edges = TASK_STATUSES.edges.iter();
    edges.find(|edge| starts(edge.from.as_deref(), from) && edge.to.contains(&to)).map(|edge| edge.who)
}

fn starts(edge: Option<&[TaskStatus]>, from: Start) -> bool {
    match (from, edge) {
        (Start::New, None) => true,
        (Start::At(status), Some(edge)) => edge.contains(&status),
        _ => false,
    }
}

/// Why a Task has its status: a code for software, and a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusReason {
    system: &'static str,
    code: String,
    sentence: String,
}

impl StatusReason {
    /// Why a referral or an assignment is at a stage; `sentence` is the plan's own, where it gave one.
    fn of_stage(stage: &'static str, sentence: Option<&str>) -> Self {
        let ours = || TASK_STATUSES.reason.get(stage).map(String::as_str);
        let sentence = sentence.filter(|given| !given.is_empty()).or_else(ours).unwrap_or(NO_SENTENCE);
        Self { system: REASONS, code: stage.to_owned(), sentence: sentence.to_owned() }
    }

    fn of_closure(code: &str) -> Self {
        let named = Dictionary::state().closure_reason(code).map(|reason| reason.name.en.as_str());
        Self::listed(CLOSURE_REASONS, code, named)
    }

    fn of_decline(code: &str) -> Self {
        let mut reasons = Dictionary::state().decline_reasons().iter();
        let named = reasons.find(|reason| reason.code == code).map(|reason| reason.name.en.as_str());
        Self::listed(DECLINE_REASONS, code, named)
    }

    fn listed(system: &'static str, code: &str, named: Option<&str>) -> Self {
        Self { system, code: code.to_owned(), sentence: named.unwrap_or(NO_SENTENCE).to_owned() }
    }

    /// The reason as a CodeableConcept.
    pub(super) fn in_fhir(&self) -> Value {
        json!({ "coding": [{ "system": self.system, "code": self.code }], "text": self.sentence })
    }
}

/// Sentence for a reason for which neither the plan nor a list has words.
const NO_SENTENCE: &str = "No reason was given.";

/// Status of a Task as it is reported, with a reason where the status needs one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportedStatus {
    /// Status of the Task.
    pub status: TaskStatus,
    /// Why, where the status wants a reason.
    pub reason: Option<StatusReason>,
}

impl ReportedStatus {
    /// Status of the platform's Task of a referral. `closure` is the code of its closure reason, `sentence`
    /// what the plan said to a referral that it refused or sent elsewhere.
    ///
    /// A Task never goes back. A referral does, from one provider to the next, so its Task is told as far as
    /// the furthest of its assignments has come.
    pub fn of_referral(
        stage: Stage,
        closure: Option<&str>,
        sentence: Option<&str>,
        assignments: &[Assignment],
    ) -> Self {
        let row = TASK_STATUSES.of_state(stage);
        let by_reason = closure.filter(|_| stage == Stage::Closed);
        let own = by_reason.and_then(|reason| TASK_STATUSES.closed.get(reason).copied()).unwrap_or(row);
        let reached = assignments.iter().map(|one| TASK_STATUSES.of_assignment(one.reached()));
        let status =
            reached.fold(own, |status, reached| if reached.leads_to(status) { status } else { reached });
        let reason = || match by_reason {
            Some(code) => StatusReason::of_closure(code),
            None => StatusReason::of_stage(stage.name(), sentence),
        };
        Self { status, reason: status.wants_reason().then(reason) }
    }

    /// Status of the Task of one provider's turn. A provider's reason for not taking a referral, or for
    /// giving it back, is for the plan and the provider; whoever else reads the Task learns that it did.
    pub fn of_assignment(assignment: &Assignment, with_providers_reason: bool) -> Self {
        let stage = assignment.stage();
        let ended = assignment.ended.as_ref().map(|ended| &ended.why);
        let done = match ended {
            // Whoever never took it has not done it.
            Some(End::Closed(code)) if assignment.reached() != assignment::Stage::Requested => {
                TASK_STATUSES.closed.get(code).copied()
            }
            _ => None,
        };
        let status = done.unwrap_or_else(|| TASK_STATUSES.of_assignment(stage));
        let reason = || match ended {
            Some(End::Closed(code)) => StatusReason::of_closure(code),
            Some(End::Declined(code) | End::GivenBack(code)) if with_providers_reason => {
                StatusReason::of_decline(code)
            }
            _ => StatusReason::of_stage(stage.name(), None),
        };
        Self { status, reason: status.wants_reason().then(reason) }
    }
}

#[cfg(test)]
mod tests;
