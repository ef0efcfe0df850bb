//! The Task: its statuses, who may change them, and the Task that we write for a case.

use std::fmt;

use domain::identifiers::CaseId;
use domain::plan::types::Urgency;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::tables::TASK_STATUSES;
use super::{CASE_SYSTEM, SERVICE_SYSTEM};

/// The status of a referral's Task: the ten of value set `SDOHCC-ValueSetReferralTaskStatus` 3.0.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaskStatus {
    /// Being written.
    Draft,
    /// Sent, and nobody has taken it.
    Requested,
    /// Somebody takes it.
    Accepted,
    /// Refused.
    Rejected,
    /// Called off.
    Cancelled,
    /// Outreach or service has begun.
    InProgress,
    /// Paused.
    OnHold,
    /// Tried and not done.
    Failed,
    /// Done.
    Completed,
    /// Never meant.
    EnteredInError,
}

impl TaskStatus {
    /// All ten.
    pub const ALL: [Self; 10] = [
        Self::Draft,
        Self::Requested,
        Self::Accepted,
        Self::Rejected,
        Self::Cancelled,
        Self::InProgress,
        Self::OnHold,
        Self::Failed,
        Self::Completed,
        Self::EnteredInError,
    ];

    /// The code in FHIR.
    pub fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Requested => "requested",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
            Self::InProgress => "in-progress",
            Self::OnHold => "on-hold",
            Self::Failed => "failed",
            Self::Completed => "completed",
            Self::EnteredInError => "entered-in-error",
        }
    }

    /// Reads a partner's status. `received` and `ready` of base FHIR, which 3.0.0 leaves out, are understood as
    /// `requested`: the partner has seen it and nobody has taken it.
    pub fn from_partner(code: &str) -> Option<Self> {
        let ours = Self::ALL.into_iter().find(|status| status.code() == code);
        ours.or_else(|| TASK_STATUSES.from_partner.get(code).copied())
    }

    /// How a referral in this state of ours is told (`domain::referral::State::name`); for `closed`, by the code of its
    /// closure reason. Nothing for a word that is no state.
    pub fn of_referral(state: &str, closure_reason: Option<&str>) -> Option<Self> {
        if state == "closed" {
            let closed = &TASK_STATUSES.closed;
            return closure_reason
                .and_then(|reason| closed.get(reason))
                .or_else(|| closed.get("otherwise"))
                .copied();
        }
        TASK_STATUSES.state.get(state).copied()
    }

    /// Whether 3.0.0 asks for a `statusReason` with it.
    fn wants_reason(self) -> bool {
        matches!(self, Self::Rejected | Self::Cancelled | Self::OnHold | Self::Failed)
    }
}

impl fmt::Display for TaskStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

/// Where a change of status starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// There is no Task yet.
    New,
    /// The Task has this status.
    At(TaskStatus),
}

/// Who may change a Task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Party {
    /// Whoever made the referral.
    Requester,
    /// Whoever it was made to.
    Target,
    /// Both.
    Either,
}

/// Who may make this change; nothing where nobody may. What is rejected, cancelled, failed or completed is over: a new
/// try is a new Task.
pub fn allowed(from: Start, to: TaskStatus) -> Option<Party> {
    let starts = |edge_from: &Option<Vec<TaskStatus>>| match (from, edge_from) {
        (Start::New, None) => true,
        (Start::At(status), Some(edge_from)) => edge_from.contains(&status),
        _ => false,
    };
    TASK_STATUSES.edges.iter().find(|edge| starts(&edge.from) && edge.to.contains(&to)).map(|edge| edge.who)
}

/// What we tell about a case. Nothing in it may name the member: references are literal, such as
/// `ServiceRequest/123` or an absolute URL, and go out without a display.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskView<'a> {
    /// The case.
    pub case: CaseId,
    /// Its status, by [`TaskStatus::of_referral`].
    pub status: TaskStatus,
    /// The state in our own words, for `businessStatus`.
    pub state: &'a str,
    /// Why, where the status wants a reason: the sentence that the plan gave, or the closure reason's name.
    pub reason: Option<&'a str>,
    /// How soon an answer is needed.
    pub urgency: Urgency,
    /// Service id.
    pub service: &'a str,
    /// Reference to the ServiceRequest, as its sender knows it.
    pub focus: &'a str,
    /// Reference to the Patient, as the sender knows it.
    pub patient: &'a str,
    /// Reference to whoever made the referral.
    pub requester: &'a str,
    /// Reference to whoever has it now; nothing while it is open to be taken.
    pub owner: Option<&'a str>,
    /// When the referral was made.
    pub authored_at: Timestamp,
    /// When the case last changed.
    pub changed_at: Timestamp,
}

/// Our Task for a case, by profile `SDOHCC-TaskForReferralManagement` 3.0.0.
pub fn task_for(view: &TaskView<'_>) -> Value {
    const GUIDE: &str = "http://hl7.org/fhir/us/sdoh-clinicalcare";
    let service = json!({ "coding": [{ "system": SERVICE_SYSTEM, "code": view.service }] });
    let mut task = json!({
        "resourceType": "Task",
        // A FHIR id has no underscore.
        "id": view.case.to_string().replace('_', "-"),
        "meta": { "profile": [format!("{GUIDE}/StructureDefinition/SDOHCC-TaskForReferralManagement")] },
        "identifier": [{ "system": CASE_SYSTEM, "value": view.case.to_string() }],
        "status": view.status.code(),
        "businessStatus": { "text": view.state },
        "intent": "order",
        "priority": match view.urgency {
            Urgency::Standard => "routine",
            Urgency::Expedited => "urgent",
        },
        "code": { "coding": [{ "system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "fulfill" }] },
        "focus": { "reference": view.focus },
        "for": { "reference": view.patient },
        "authoredOn": view.authored_at.to_string(),
        "lastModified": view.changed_at.max(view.authored_at).to_string(),
        "requester": { "reference": view.requester },
    });
    if let Some(owner) = view.owner {
        task["owner"] = json!({ "reference": owner });
    }
    if view.status.wants_reason() {
        task["statusReason"] = json!({ "text": view.reason.unwrap_or("no reason was given") });
    }
    if view.status == TaskStatus::Completed {
        let kind = json!({ "coding": [{
            "system": format!("{GUIDE}/CodeSystem/SDOHCC-CodeSystemTemporaryCodes"),
            "code": "resulting-activity",
        }] });
        task["output"] = json!([{ "type": kind, "valueCodeableConcept": service }]);
    }
    task
}
