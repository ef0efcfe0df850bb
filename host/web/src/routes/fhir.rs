//! Referrals in FHIR R4: SDOH Clinical Care 3.0.0.

use axum::extract::{FromRequest, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::case::CaseKind;
use domain::catalog::Catalog;
use domain::identifiers::CaseId;
use domain::plan::types::Urgency;
use domain::time::pacific_day;
use formats::fhir::{FhirRules, TaskStatus, TaskView, operation_outcome, read_referral, task_for};
use jiff::Timestamp;
use serde_json::{Value, json};
use workflow::Failure;
use workflow::command::StoredAnswer;
use workflow::view::CaseView;

use super::Named;
use crate::App;
use crate::auth::SignedIn;
use crate::body::{self, FHIR};
use crate::idempotency::{Attempt, receive};
use crate::problem::{ApiError, ProblemView};

/// A FHIR resource with the key that makes it happen once.
pub(crate) struct FhirCommand {
    attempt: Attempt,
    resource: Value,
}

impl<S: Sync> FromRequest<S> for FhirCommand {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let (attempt, bytes) = receive(request, FHIR).await?;
        Ok(Self { attempt, resource: body::json(&bytes)? })
    }
}

/// Refers a member: a Bundle of ServiceRequest, Patient and Task, or a ServiceRequest that contains its Patient.
#[utoipa::path(
    post, path = "/fhir/Bundle", operation_id = "submitFhirReferral", tag = "fhir",
    request_body(content = Object, content_type = "application/fhir+json", example = json!({
        "resourceType": "ServiceRequest", "status": "active", "intent": "order",
        "code": {"coding": [{"system": "https://crosswalk.example/fhir/CodeSystem/service", "code": "ecm"}]},
        "subject": {"reference": "#member"},
        "contained": [{
            "resourceType": "Patient", "id": "member", "birthDate": "1971-04-09",
            "identifier": [{"system": "https://crosswalk.example/fhir/sid/medi-cal-cin", "value": "91234567A"}]
        }]
    })),
    responses((status = 201, description = "A Task with the case's id.", body = Object, content_type = "application/fhir+json"))
)]
pub(crate) async fn submit(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    FhirCommand { attempt, resource }: FhirCommand,
) -> Result<Response, ApiError> {
    let rules = FhirRules { today: pacific_day(app.crosswalk.now()), catalog: Catalog::state() };
    let referral = read_referral(&resource, &rules).map_err(ApiError::Fhir)?;
    let crosswalk = app.crosswalk.clone();
    let once = attempt.once("submitFhirReferral", opened);
    app.carry_out(async move { crosswalk.submit_fhir_referral(&caller, referral, once).await }).await
}

/// The Task of a referral. Its id is the case's, with a hyphen for the underscore that FHIR ids cannot have.
#[utoipa::path(
    get, path = "/fhir/Task/{id}", operation_id = "getFhirTask", tag = "fhir",
    params(("id" = String, Path, description = "The case's id.")),
    responses((status = 200, description = "The Task.", body = Object, content_type = "application/fhir+json"))
)]
pub(crate) async fn read(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<String>,
) -> Result<Response, ApiError> {
    let id: CaseId = id.replacen('-', "_", 1).parse().map_err(|_| Failure::NotFound)?;
    let case = app.crosswalk.case(&caller, CaseKind::Referral, id).await?;
    let headers = [(header::CONTENT_TYPE, FHIR.media_type.to_owned()), (header::ETAG, weak(&case))];
    Ok((StatusCode::OK, headers, task(&case).to_string()).into_response())
}

/// 201 with the Task.
fn opened(case: &CaseView) -> StoredAnswer {
    StoredAnswer {
        status: StatusCode::CREATED.as_u16(),
        headers: vec![
            ("content-type".to_owned(), FHIR.media_type.to_owned()),
            ("etag".to_owned(), weak(case)),
            ("location".to_owned(), format!("/fhir/Task/{}", fhir_id(&case.id))),
        ],
        body: task(case).to_string().into_bytes(),
    }
}

/// FHIR's tags of versions are weak ones (FHIR R4, 3.1.0.5).
fn weak(case: &CaseView) -> String {
    format!("W/\"{}\"", case.version)
}

fn fhir_id(id: &str) -> String {
    id.replace('_', "-")
}

/// The case as a Task. Its references are to what we call things: the sender's own are not kept.
fn task(case: &CaseView) -> Value {
    let closure = case.closure.as_ref().map(|closure| closure.reason.as_str());
    let reason = case.denial.as_ref().map(|denial| denial.reason.en.as_str());
    let moved =
        case.moved.as_ref().map(|_| "the member is another plan's now, and the referral goes on there");
    let redirected = case.redirect.as_ref().map(|redirect| redirect.reason.en.as_str());
    let authored_at: Timestamp = case.received_at.parse().unwrap_or_default();
    let changed_at = case.closure.as_ref().and_then(|closure| closure.at.parse().ok()).unwrap_or(authored_at);
    let reference = |kind: &str, id: &str| format!("{kind}/{}", fhir_id(id));
    let owner = case.assigned_provider.as_ref().map(|id| reference("Organization", id));
    let Ok(id) = case.id.parse() else { return Value::Null };
    task_for(&TaskView {
        case: id,
        status: TaskStatus::of_referral(&case.state, closure).unwrap_or(TaskStatus::Requested),
        state: &case.state,
        reason: reason.or(redirected).or(closure).or(moved),
        urgency: if case.urgency == "expedited" { Urgency::Expedited } else { Urgency::Standard },
        service: case.service.as_deref().unwrap_or_default(),
        focus: &reference("ServiceRequest", &case.id),
        patient: &reference("Patient", case.member_id.as_deref().unwrap_or_default()),
        requester: &reference("Organization", &case.provider),
        owner: owner.as_deref(),
        authored_at,
        changed_at,
    })
}

/// A problem as an `OperationOutcome`: FHIR clients read nothing else.
pub(crate) fn outcome(error: &ApiError, problem: &ProblemView) -> Vec<u8> {
    let outcome = match error {
        ApiError::Fhir(issues) => operation_outcome(issues),
        _ => problem_as_outcome(problem),
    };
    outcome.to_string().into_bytes()
}

fn problem_as_outcome(problem: &ProblemView) -> Value {
    let code = match problem.status {
        401 => "login",
        403 => "forbidden",
        404 => "not-found",
        405 | 415 => "not-supported",
        409 => "conflict",
        413 => "too-long",
        400 | 422 => "invalid",
        503 => "transient",
        500.. => "exception",
        _ => "processing",
    };
    let issue = |diagnostics: String, expression: Option<&str>| {
        let mut issue = json!({
            "severity": "error",
            "code": code,
            "details": {"coding": [{"code": problem.kind}], "text": problem.title},
            "diagnostics": diagnostics,
        });
        if let Some(expression) = expression {
            issue["expression"] = json!([expression]);
        }
        issue
    };
    let issues: Vec<Value> = if problem.errors.is_empty() {
        let detail = problem.detail.as_deref().unwrap_or(problem.title);
        vec![issue(format!("{detail} (request {})", problem.trace_id), None)]
    } else {
        let entries = problem.errors.iter();
        entries.map(|entry| issue(format!("{}; {}", entry.detail, entry.fix), Some(&entry.pointer))).collect()
    };
    json!({"resourceType": "OperationOutcome", "issue": issues})
}
