//! Referrals as Tasks of FHIR (SDOH Clinical Care). The references are to what we call things: the sender's
//! own are not kept.

use std::fmt::Display;

use formats::fhir::{FhirIssue, Owner, TaskSubject, TaskView, operation_outcome, task_for};
use serde_json::Value;
use workflow::{FhirTask, TaskOwner};

use crate::addresses::addressed;

/// The Task as a resource.
pub(crate) fn resource(task: &FhirTask) -> Value {
    task_for(&TaskView {
        id: task.id,
        version: task.version,
        reported: task.reported.clone(),
        state: task.state,
        subject: TaskSubject {
            urgency: task.urgency,
            service: task.service,
            focus: reference("ServiceRequest", task.id.case),
            patient: reference("Patient", task.member),
        },
        requester: owner(&task.requester),
        owner: task.owner.as_ref().map(owner),
        authored_at: task.authored_at,
        changed_at: task.changed_at,
        notes: &told(&task.notes),
    })
}

/// Mistakes in a resource that was not understood, as an `OperationOutcome`.
pub(crate) fn refusal(issues: &[FhirIssue]) -> Value {
    operation_outcome(&told(issues))
}

/// The issues, with the addresses of the operations that their texts name.
fn told(issues: &[FhirIssue]) -> Vec<FhirIssue> {
    let told = |issue: &FhirIssue| FhirIssue { diagnostics: addressed(&issue.diagnostics), ..issue.clone() };
    issues.iter().map(told).collect()
}

fn owner(owner: &TaskOwner) -> Owner {
    match owner {
        TaskOwner::Plan(plan) => Owner::Plan(plan.to_string()),
        TaskOwner::Organization(id) => Owner::Organization(reference("Organization", id)),
    }
}

/// A FHIR id has no underscore.
fn reference(kind: &str, id: impl Display) -> String {
    format!("{kind}/{}", id.to_string().replace('_', "-"))
}
