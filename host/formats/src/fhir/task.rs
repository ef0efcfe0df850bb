//! The Tasks that we write for a referral: the platform's, and one for each provider's turn.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use domain::catalog::Service;
use domain::identifiers::CaseId;
use domain::plan::types::Urgency;
use domain::time::pacific_day;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::status::{ReportedStatus, TaskStatus};
use super::tables::TASK_STATUSES;
use super::{CASE_SYSTEM, FhirIssue, PLAN_SYSTEM, operation_outcome};

/// The guide's address, and where its own codes are.
const GUIDE: &str = "http://hl7.org/fhir/us/sdoh-clinicalcare";
/// The id of what a Task contains about how it was read.
const READ: &str = "read";
/// The extension that refers to it.
const READ_AS: &str = "https://crosswalk.example/fhir/StructureDefinition/read-as";

/// The id of a Task: the case's, and for a provider's turn its number behind it. A FHIR id has no underscore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskId {
    /// Referral that the Task belongs to.
    pub case: CaseId,
    /// The number of the assignment; `None` for the platform's own Task.
    pub assignment: Option<u32>,
}

/// Why a text is not a [`TaskId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a Task's id is `case-`, 32 hexadecimal digits and, for a provider's turn, a hyphen and a number")]
pub struct TaskIdError;

impl TaskId {
    /// Id of the platform's Task.
    pub fn of_platform(case: CaseId) -> Self {
        Self { case, assignment: None }
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.case.to_string().replace('_', "-"))?;
        match self.assignment {
            Some(number) => write!(formatter, "-{number}"),
            None => Ok(()),
        }
    }
}

impl FromStr for TaskId {
    type Err = TaskIdError;

    fn from_str(text: &str) -> Result<Self, TaskIdError> {
        let (kind, rest) = text.split_once('-').ok_or(TaskIdError)?;
        let (id, number) = rest.split_once('-').map_or((rest, None), |(id, number)| (id, Some(number)));
        let case = format!("{kind}_{id}").parse().map_err(|_| TaskIdError)?;
        let assignment = number.map(|number| number.parse().map_err(|_| TaskIdError)).transpose()?;
        let id = Self { case, assignment };
        // One name for one thing: no capitals, no leading zeros.
        if id.to_string() == text { Ok(id) } else { Err(TaskIdError) }
    }
}

/// Party that has a Task now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// An organization, by reference.
    Organization(String),
    /// A plan, by its id.
    Plan(String),
}

/// View of a referral or one of its assignments. Nothing in it may name the member: references go out without
/// a display.
#[derive(Clone, Debug)]
pub struct TaskView<'a> {
    /// Id of the Task.
    pub id: TaskId,
    /// Version of the Task.
    pub version: i64,
    /// Its status, with why.
    pub reported: ReportedStatus,
    /// The state or stage in our own words, for `businessStatus`.
    pub state: &'a str,
    /// Subject that all Tasks of the referral have.
    pub subject: TaskSubject<'a>,
    /// Whoever made the referral, or had the assignment made.
    pub requester: Owner,
    /// Whoever has it now.
    pub owner: Option<Owner>,
    /// Instant at which it was made.
    pub authored_at: Timestamp,
    /// Instant of its last change.
    pub changed_at: Timestamp,
    /// Notes on the reading of the referral.
    pub notes: &'a [FhirIssue],
}

/// Subject of a referral's Tasks.
#[derive(Clone, Debug)]
pub struct TaskSubject<'a> {
    /// Urgency of the decision.
    pub urgency: Urgency,
    /// Id of the service, as in the catalog.
    pub service: Option<&'a Service>,
    /// Reference to the ServiceRequest.
    pub focus: String,
    /// Reference to the Patient.
    pub patient: String,
}

/// The Task, by profile `SDOHCC-TaskForReferralManagement` 3.0.0.
pub fn task_for(view: &TaskView<'_>) -> Value {
    let changed_at = view.changed_at.max(view.authored_at).to_string();
    let mut task = json!({
        "resourceType": "Task",
        "id": view.id.to_string(),
        "meta": {
            "versionId": view.version.to_string(),
            "lastUpdated": changed_at,
            "profile": [format!("{GUIDE}/StructureDefinition/SDOHCC-TaskForReferralManagement")],
        },
        "identifier": [{ "system": CASE_SYSTEM, "value": view.id.case.to_string() }],
        "status": view.reported.status.name(),
        "businessStatus": { "text": view.state },
        "intent": "order",
        "priority": match view.subject.urgency {
            Urgency::Standard => "routine",
            Urgency::Expedited => "urgent",
        },
        "code": { "coding": [{ "system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "fulfill" }] },
        "focus": { "reference": view.subject.focus },
        "for": { "reference": view.subject.patient },
        "authoredOn": view.authored_at.to_string(),
        "lastModified": changed_at,
        "requester": reference(&view.requester),
    });
    if view.id.assignment.is_some() {
        let platform = TaskId::of_platform(view.id.case);
        task["partOf"] = json!([{ "reference": format!("Task/{platform}") }]);
    }
    if let Some(owner) = &view.owner {
        task["owner"] = reference(owner);
    }
    if let Some(reason) = &view.reported.reason {
        task["statusReason"] = reason.in_fhir();
    }
    if view.reported.status == TaskStatus::Completed {
        task["output"] = json!([output(view)]);
    }
    if !view.notes.is_empty() {
        let mut outcome = operation_outcome(view.notes);
        outcome["id"] = json!(READ);
        task["contained"] = json!([outcome]);
        // What is contained must be referred to (FHIR R4, dom-3).
        let refers = json!({ "url": READ_AS, "valueReference": { "reference": format!("#{READ}") } });
        task["extension"] = json!([refers]);
    }
    task
}

fn reference(owner: &Owner) -> Value {
    match owner {
        Owner::Organization(reference) => json!({ "reference": reference }),
        Owner::Plan(id) => {
            json!({ "type": "Organization", "identifier": { "system": PLAN_SYSTEM, "value": id } })
        }
    }
}

/// Output of the Task: what was done. The guide binds its code to US Core's procedure codes, which hold no
/// service of ours: the service's HCPCS code, where it has exactly one on the day, and else the kind of all
/// of them; the service in words.
fn output(view: &TaskView<'_>) -> Value {
    let row = &TASK_STATUSES.output;
    let day = pacific_day(view.changed_at);
    let service = view.subject.service;
    let procedures = service.into_iter().flat_map(|service| service.procedures_on(day));
    let codes: BTreeSet<String> = procedures.map(|billed| billed.procedure.code.to_string()).collect();
    let coding = match codes.first() {
        Some(code) if codes.len() == 1 => json!({ "system": row.hcpcs, "code": code }),
        _ => json!({ "system": row.system, "code": row.code, "display": row.display }),
    };
    let mut concept = json!({ "coding": [coding] });
    if let Some(service) = service {
        concept["text"] = json!(service.name.en);
    }
    let kind = json!({
        "system": format!("{GUIDE}/CodeSystem/SDOHCC-CodeSystemTemporaryCodes"),
        "code": "resulting-activity",
    });
    json!({ "type": { "coding": [kind] }, "valueCodeableConcept": concept })
}

#[cfg(test)]
mod tests;
