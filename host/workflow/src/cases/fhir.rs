//! A referral that arrives as FHIR takes the same way as any other, and is told in Tasks: one of the
//! platform's, and one for each provider's turn.

use domain::audit::SubjectKind;
use domain::case::CaseKind;
use domain::catalog::{Catalog, Service};
use domain::identifiers::{CaseId, MemberId, OrgId, PlanId};
use domain::plan::types::Urgency;
use domain::referral::State;
use domain::referral::assignment::{Assignment, Way};
use formats::fhir::{FhirIssue, FhirMember, FhirReferral, ReportedStatus, TaskId};
use jiff::Timestamp;
use serde_json::{Value, json};
use store::Unit;

use crate::Crosswalk;
use crate::cases::case::{Body, Case};
use crate::cases::show;
use crate::cases::step::mistaken_kind;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::command::{MemberRef, NewReferral, Once, Outcome};

/// A referral, or one provider's turn with it, as a Task of FHIR tells of it. Nothing in it names the member.
#[derive(Clone)]
pub struct FhirTask {
    /// Id of the Task, which is that of the referral or of one provider's turn with it.
    pub id: TaskId,
    /// Version of the Task, for its ETag.
    pub version: i64,
    /// Its status, with why.
    pub reported: ReportedStatus,
    /// Word of the state or the stage.
    pub state: &'static str,
    /// Urgency of the referral.
    pub urgency: Urgency,
    /// Service that it is about.
    pub service: Option<&'static Service>,
    /// Member whom it is about.
    pub member: MemberId,
    /// Whoever made the referral, or had the turn begin.
    pub requester: TaskOwner,
    /// Whoever has it now.
    pub owner: Option<TaskOwner>,
    /// Instant at which it was made (UTC).
    pub authored_at: Timestamp,
    /// Instant of its last change (UTC).
    pub changed_at: Timestamp,
    /// Notes on how the referral was read.
    pub notes: Vec<FhirIssue>,
}

/// Whoever has a Task, or made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskOwner {
    /// A plan, by its id.
    Plan(PlanId),
    /// A provider's organization, by its id.
    Organization(OrgId),
}

impl Crosswalk {
    /// Submits what was read from an SDOH Clinical Care referral. The Task that comes of it contains what was
    /// noted of how it was read; the timeline holds the same.
    ///
    /// # Errors
    /// As for any referral.
    pub async fn submit_fhir_referral(
        &self,
        caller: &Caller,
        referral: FhirReferral,
        once: Once<FhirTask>,
    ) -> Result<Outcome<FhirTask>, Failure> {
        caller.must_be(&[Role::Provider])?;
        let notes = &referral.notes;
        let new = &NewReferral {
            member: known_by(&referral.member),
            service: referral.service,
            populations: Vec::new(),
            urgency: referral.urgency,
            preferred: None,
            facts: referral.facts,
            documents: Vec::new(),
        };
        self.once(caller, once, || {
            Box::pin(async move {
                let read_as = (!notes.is_empty()).then(|| read_as(notes));
                let work = self.taken_in(caller, new, read_as).await?;
                let now = work.now();
                let mut case = work.case.clone();
                let (unit, _) = self.finish(caller, work, &Unit::default()).await?;
                case.version += 1;
                let task = platform_task(&case, now, notes).ok_or_else(mistaken_kind)?;
                Ok((unit, task))
            })
        })
        .await
    }

    /// One Task.
    ///
    /// # Errors
    /// `NotFound` for one that is not there or not the caller's.
    pub async fn fhir_task(&self, caller: &Caller, id: TaskId) -> Result<FhirTask, Failure> {
        let found = self.referral_with_its_change(caller, id.case).await?;
        let task = found.and_then(|(case, changed_at)| match id.assignment {
            None => platform_task(&case, changed_at, &[]),
            Some(number) => {
                assignment_tasks(&case, caller).into_iter().find(|task| task.id.assignment == Some(number))
            }
        });
        match task {
            Some(task) => {
                self.look(caller, Look::Cases(&[id.case])).await?;
                Ok(task)
            }
            None => {
                self.look(caller, Look::Denied(SubjectKind::Case)).await?;
                Err(Failure::NotFound)
            }
        }
    }

    /// The Tasks that are part of a referral's: a provider's turn each, oldest first. None for a referral
    /// that is not there or not the caller's.
    ///
    /// # Errors
    /// Only those of the record.
    pub async fn fhir_tasks_of(&self, caller: &Caller, referral: CaseId) -> Result<Vec<FhirTask>, Failure> {
        match self.referral_with_its_change(caller, referral).await? {
            Some((case, _)) => {
                self.look(caller, Look::Cases(&[referral])).await?;
                Ok(assignment_tasks(&case, caller))
            }
            None => {
                self.look(caller, Look::Denied(SubjectKind::Case)).await?;
                Ok(Vec::new())
            }
        }
    }

    /// A referral that the caller may see, with the instant of its last change.
    async fn referral_with_its_change(
        &self,
        caller: &Caller,
        id: CaseId,
    ) -> Result<Option<(Case, Timestamp)>, Failure> {
        let row = store::cases::find(self.store(), &caller.scope, id).await?;
        let Some(row) = row.filter(|row| row.kind == CaseKind::Referral) else { return Ok(None) };
        let changed_at = row.updated_at;
        Ok(Some((self.read(row)?, changed_at)))
    }
}

/// Reference to the member of a FHIR Patient: by number, birth date and name, as in every other request.
fn known_by(member: &FhirMember) -> MemberRef {
    MemberRef::Known(member.cin.clone(), member.identity.clone())
}

/// Notes on how a referral was read, for its timeline: FHIRPaths and our own words, nothing that was sent.
fn read_as(notes: &[FhirIssue]) -> Value {
    let issues: Vec<Value> = notes
        .iter()
        .map(|note| {
            json!({
                "severity": note.severity.code(),
                "code": note.kind.name(),
                "expression": note.expression,
                "diagnostics": note.diagnostics,
            })
        })
        .collect();
    json!({ "issues": issues })
}

/// The platform's Task of a referral; `None` for any other case.
fn platform_task(case: &Case, changed_at: Timestamp, notes: &[FhirIssue]) -> Option<FhirTask> {
    let Body::Referral(body) = &case.body else { return None };
    let (closure, sentence) = match &body.state {
        State::Closed { reason, .. } => (Some(reason.as_str()), None),
        State::Redirected { .. } => (None, body.state.told_redirection().map(|one| one.reason.en)),
        State::NotEligible { refusal, .. } => (None, Some(show::written(refusal).en)),
        _ => (None, None),
    };
    let reported =
        ReportedStatus::of_referral(body.state.stage(), closure, sentence.as_deref(), &body.assignments);
    Some(FhirTask {
        id: TaskId::of_platform(case.id),
        version: case.version,
        reported,
        state: body.state.name(),
        urgency: case.urgency,
        service: service(case),
        // Of nobody there is no Task.
        member: case.member?,
        requester: TaskOwner::Organization(case.provider),
        owner: case.plan.clone().map(TaskOwner::Plan),
        authored_at: case.received_at,
        changed_at,
        notes: notes.to_vec(),
    })
}

/// The Tasks of the turns that the caller may see.
fn assignment_tasks(case: &Case, caller: &Caller) -> Vec<FhirTask> {
    let Body::Referral(body) = &case.body else { return Vec::new() };
    let seen = body.assignments.iter().filter(|one| sees(case, caller, one));
    seen.filter_map(|one| assignment_task(case, caller, one)).collect()
}

fn assignment_task(case: &Case, caller: &Caller, assignment: &Assignment) -> Option<FhirTask> {
    let is_theirs = caller.plan.is_some() || caller.organization == Some(assignment.provider);
    let plan = case.plan.clone().map(TaskOwner::Plan);
    Some(FhirTask {
        id: TaskId { case: case.id, assignment: Some(assignment.number) },
        version: assignment.version(),
        reported: ReportedStatus::of_assignment(assignment, is_theirs),
        state: assignment.stage().name(),
        urgency: case.urgency,
        service: service(case),
        member: case.member?,
        requester: plan.unwrap_or(TaskOwner::Organization(case.provider)),
        owner: Some(TaskOwner::Organization(assignment.provider)),
        authored_at: assignment.requested_at,
        changed_at: assignment.changed_at(),
        notes: Vec::new(),
    })
}

fn service(case: &Case) -> Option<&'static Service> {
    case.service.as_deref().and_then(|service| Catalog::state().service(service))
}

/// True if the caller may see one provider's turn of a case that it sees. The plan sees each, a provider its
/// own. Whoever made the referral is not told who was asked, but who has taken it, or was given it by the
/// plan's people.
fn sees(case: &Case, caller: &Caller, assignment: &Assignment) -> bool {
    let is = |organization: OrgId| caller.organization == Some(organization);
    let known = assignment.accepted_at.is_some() || assignment.way != Way::Offered;
    caller.plan.is_some() || is(assignment.provider) || (is(case.provider) && known)
}
