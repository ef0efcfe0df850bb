//! Referrals in FHIR R4: SDOH Clinical Care 3.0.0.

use axum::extract::{FromRequest, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::catalog::Catalog;
use domain::identifiers::CaseId;
use domain::problem::Code;
use domain::time::pacific_day;
use formats::fhir::{FhirRules, PROBLEM_SYSTEM, Places, TaskId, read_referral};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use workflow::command::StoredAnswer;
use workflow::{Failure, FhirTask};

use super::Named;
use crate::App;
use crate::auth::SignedIn;
use crate::body::{self, FHIR};
use crate::idempotency::{Attempt, receive};
use crate::output::fhir::{refusal, resource};
use crate::paging::Parameters;
use crate::problem::{ApiError, FieldErrorView, ProblemView};

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

/// Refers a member: a Bundle of ServiceRequest, Patient and Task, or a ServiceRequest that contains its
/// Patient.
///
/// A bundle of an intermediary may hold the request that its own is `basedOn`, and the Task that its own is
/// `partOf`; its own is the referral. `code` decides the service, and the SDOH category only where `code`
/// bears no coding. An element that is read and of the wrong JSON type is refused. What was left out, a
/// consent that was not understood among it, is told in an OperationOutcome that the Task contains, and in
/// the referral's timeline (`read-as`).
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
    responses((
        status = 201, description = "The referral's Task. It contains an OperationOutcome where something was left out.",
        body = Object, content_type = "application/fhir+json",
        headers(("ETag" = String, description = "Weak ETag of its version."), ("Location" = String, description = "Path of the referral."))
    ))
)]
pub(crate) async fn submit(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    FhirCommand { attempt, resource }: FhirCommand,
) -> Result<Response, ApiError> {
    let rules = FhirRules { today: pacific_day(app.crosswalk.now()), catalog: Catalog::state() };
    let referral = read_referral(&resource, &rules).map_err(ApiError::Fhir)?;
    let places = referral.places.clone();
    let crosswalk = app.crosswalk.clone();
    let once = attempt.once("submitFhirReferral", opened);
    app.carry_out(async move { crosswalk.submit_fhir_referral(&caller, referral, once).await })
        .await
        .map_err(|error| placed(error, &places))
}

/// One Task. The referral's own has the case's id, with a hyphen for the underscore that FHIR ids cannot
/// have; that of a provider's turn has the number of the turn behind it.
///
/// A Task's status never goes back. Where a provider gives a referral back, its Task ends, and the next
/// provider's is another one.
#[utoipa::path(
    get, path = "/fhir/Task/{id}", operation_id = "getFhirTask", tag = "fhir",
    params(("id" = String, Path, description = "Id of the Task.")),
    responses((
        status = 200, description = "The Task as it is now.", body = Object, content_type = "application/fhir+json",
        headers(("ETag" = String, description = "Weak ETag of its version."))
    ))
)]
pub(crate) async fn read(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<TaskId>,
) -> Result<Response, ApiError> {
    let task = app.crosswalk.fhir_task(&caller, id).await?;
    let headers = [(header::CONTENT_TYPE, FHIR.media_type.to_owned()), (header::ETAG, weak(&task))];
    Ok((StatusCode::OK, headers, resource(&task).to_string()).into_response())
}

/// A search for Tasks.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TaskParameters {
    /// The referral's Task, as `Task/` and its id, or its id alone.
    #[serde(rename = "part-of")]
    #[param(
        value_type = String, required = true, pattern = "^(Task/)?case-[0-9a-f]{32}$",
        example = "Task/case-0198c3a0b2de7c41a5f0d6f1e2a3b4c5"
    )]
    part_of: Option<String>,
}

impl TaskParameters {
    /// The referral whose turns are looked for.
    fn referral(&self) -> Result<CaseId, Failure> {
        let fix = "send part-of=Task/ and the id of a referral's own Task";
        let Some(text) = &self.part_of else {
            let detail = "it is not said of which Task";
            return Err(Failure::field("?part-of", Code::MissingField, detail, fix));
        };
        match text.strip_prefix("Task/").unwrap_or(text).parse() {
            Ok(TaskId { case, assignment: None }) => Ok(case),
            _ => Err(Failure::field("?part-of", Code::InvalidValue, "this is no Task of a referral's", fix)),
        }
    }
}

/// The Tasks that are part of a referral's own: one for each provider's turn, oldest first.
///
/// A provider sees its own turns. Whoever made the referral sees who has taken it or was given it by the
/// plan's people, and not who was merely asked.
#[utoipa::path(
    get, path = "/fhir/Task", operation_id = "findFhirTasks", tag = "fhir",
    params(TaskParameters),
    responses((status = 200, description = "A Bundle of type searchset.", body = Object, content_type = "application/fhir+json"))
)]
pub(crate) async fn find(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<TaskParameters>,
) -> Result<Response, ApiError> {
    let referral = parameters.referral()?;
    let tasks = app.crosswalk.fhir_tasks_of(&caller, referral).await?;
    let headers = [(header::CONTENT_TYPE, FHIR.media_type)];
    Ok((StatusCode::OK, headers, searchset(referral, &tasks).to_string()).into_response())
}

fn searchset(referral: CaseId, tasks: &[FhirTask]) -> Value {
    let asked = format!("Task?part-of=Task/{}", TaskId::of_platform(referral));
    let mut bundle = json!({
        "resourceType": "Bundle", "type": "searchset", "total": tasks.len(),
        "link": [{ "relation": "self", "url": asked }],
    });
    // FHIR knows no empty list.
    if !tasks.is_empty() {
        let entry = |task: &FhirTask| json!({ "resource": resource(task), "search": { "mode": "match" } });
        bundle["entry"] = tasks.iter().map(entry).collect();
    }
    bundle
}

/// 201 with the Task.
fn opened(task: &FhirTask) -> StoredAnswer {
    StoredAnswer {
        status: StatusCode::CREATED.as_u16(),
        headers: vec![
            ("content-type".to_owned(), FHIR.media_type.to_owned()),
            ("etag".to_owned(), weak(task)),
            ("location".to_owned(), format!("/fhir/Task/{}", task.id)),
        ],
        body: resource(task).to_string().into_bytes(),
    }
}

/// FHIR's tags of versions are weak ones (FHIR R4, 3.1.0.5).
fn weak(task: &FhirTask) -> String {
    format!("W/\"{}\"", task.version)
}

/// A refusal of what a resource was read as, with its fields where they stand in the resource.
fn placed(mut error: ApiError, places: &Places) -> ApiError {
    if let ApiError::Failure(failure) = &mut error {
        for field in failure.fields_mut() {
            field.pointer = places.of(&field.pointer).to_owned();
        }
    }
    error
}

/// A problem as an `OperationOutcome`: FHIR clients read nothing else.
pub(crate) fn outcome(error: &ApiError, problem: &ProblemView) -> Vec<u8> {
    let outcome = match error {
        ApiError::Fhir(issues) => refusal(issues),
        _ => problem_as_outcome(problem),
    };
    outcome.to_string().into_bytes()
}

fn problem_as_outcome(problem: &ProblemView) -> Value {
    let issues: Vec<Value> = if problem.errors.is_empty() {
        let detail = problem.detail.as_deref().unwrap_or(problem.title);
        let code = problem.kind.trim_start_matches("/problems/");
        vec![issue(problem, code, format!("{detail} (request {})", problem.trace_id))]
    } else {
        problem.errors.iter().map(|field| field_issue(problem, field)).collect()
    };
    json!({ "resourceType": "OperationOutcome", "issue": issues })
}

fn issue(problem: &ProblemView, code: &str, diagnostics: String) -> Value {
    json!({
        "severity": "error",
        "code": issue_type(problem.status),
        "details": { "coding": [{ "system": PROBLEM_SYSTEM, "code": code }], "text": problem.title },
        "diagnostics": diagnostics,
    })
}

/// A field has an `expression` where it stands in a resource; what stands in the address or a header is named
/// in words.
fn field_issue(problem: &ProblemView, field: &FieldErrorView) -> Value {
    let said = format!("{}; {}", field.detail, field.fix);
    if !is_fhir_path(&field.pointer) {
        return issue(problem, field.code.name(), format!("{}: {said}", field.pointer));
    }
    let mut issue = issue(problem, field.code.name(), said);
    issue["expression"] = json!([field.pointer]);
    issue
}

/// True for a path of [`Places`], which begins with the type of a resource, and no pointer of another kind.
fn is_fhir_path(pointer: &str) -> bool {
    pointer.starts_with(|letter: char| letter.is_ascii_uppercase())
}

/// The code of `http://hl7.org/fhir/issue-type` for a status.
fn issue_type(status: u16) -> &'static str {
    match status {
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
    }
}
