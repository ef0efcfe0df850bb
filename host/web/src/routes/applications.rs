//! Credentialing files: sent once, read by several plans.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::case::CaseKind;
use domain::identifiers::CaseId;

use super::Named;
use super::cases::{self, CaseParameters, Change};
use crate::App;
use crate::auth::SignedIn;
use crate::idempotency::Command;
use crate::input::applications::NewApplicationBody;
use crate::input::clocks::TranslationBody;
use crate::input::decisions::ApplicationDecisionBody;
use crate::input::evidence::InformationBody;
use crate::output::cases::CaseView;
use crate::output::{EventView, Page};
use crate::paging::Parameters;
use crate::preconditions::IfNoneMatch;
use crate::problem::ApiError;

const STATES: [&str; 2] = ["open", "settled"];

/// The caller's credentialing files, newest first.
#[utoipa::path(
    get, path = "/v1/applications", operation_id = "listApplications", tag = "applications",
    params(CaseParameters),
    responses((status = 200, description = "A page of applications.", body = Page<CaseView>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<CaseParameters>,
) -> Result<Json<Page<CaseView>>, ApiError> {
    cases::list(&app, &caller, CaseKind::Application, &STATES, parameters).await
}

/// Sends a credentialing file to several plans. The answer has each plan's reading of it.
#[utoipa::path(
    post, path = "/v1/applications", operation_id = "submitApplication", tag = "applications",
    request_body(content = NewApplicationBody, example = json!({"legal_name": "Casa Puente Recuperative Care", "services": ["recuperative-care"], "counties": ["SAC"], "plans": ["valle-vista", "harbor-crest"], "answers": [{"code": "org.years-in-operation", "value": 6}], "documents": [{"kind": "liability-certificate", "issued": "2026-01-05", "expires": "2027-01-04", "amount": "1000000.00"}]})),
    responses((
        status = 201, description = "The case with the answer of the plan's rules.", body = CaseView,
        headers(("ETag" = String, description = "ETag of its version."), ("Location" = String, description = "Path of the credentialing file."))
    ))
)]
pub(crate) async fn submit(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    command: Command<NewApplicationBody>,
) -> Result<Response, ApiError> {
    cases::submit(&app, caller, "submitApplication", command).await
}

/// One credentialing file, by its id.
#[utoipa::path(
    get, path = "/v1/applications/{id}", operation_id = "getApplication", tag = "applications",
    params(("id" = String, Path, description = "Id of the credentialing file."), ("If-None-Match" = Option<String>, Header, description = "ETags of the versions that the client has.")),
    responses(
        (status = 200, description = "The credentialing file as it is now.", body = CaseView, headers(("ETag" = String, description = "ETag of its version."))),
        (status = 304, description = "Not changed since the version that the client has.")
    )
)]
pub(crate) async fn read(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<CaseId>,
    seen: IfNoneMatch,
) -> Result<Response, ApiError> {
    cases::read(&app, &caller, CaseKind::Application, id, &seen).await
}

/// Events of a credentialing file, oldest first.
#[utoipa::path(
    get, path = "/v1/applications/{id}/timeline", operation_id = "getApplicationTimeline", tag = "applications",
    params(("id" = String, Path, description = "Id of the credentialing file.")),
    responses((status = 200, description = "All events, on one page.", body = Page<EventView>))
)]
pub(crate) async fn timeline(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<CaseId>,
) -> Result<Json<Page<EventView>>, ApiError> {
    cases::timeline(&app, &caller, CaseKind::Application, id).await
}

/// Adds answers and documents to a credentialing file; the plans are asked again.
#[utoipa::path(
    post, path = "/v1/applications/{id}/information", operation_id = "supplyApplicationInformation", tag = "applications",
    params(("id" = String, Path, description = "Id of the credentialing file."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = InformationBody, example = json!({"documents": [{"kind": "w9", "issued": "2026-01-05"}]})),
    responses((status = 200, description = "The case with the new answer of the plan's rules.", body = CaseView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn supply(
    State(app): State<App>,
    change: Change,
    command: Command<InformationBody>,
) -> Result<Response, ApiError> {
    change.supply(&app, CaseKind::Application, command).await
}

/// Decides on a credentialing file as one of a plan's people, for that plan.
#[utoipa::path(
    post, path = "/v1/applications/{id}/decisions", operation_id = "decideApplication", tag = "applications",
    params(("id" = String, Path, description = "Id of the credentialing file."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = ApplicationDecisionBody, example = json!({"decision": "approve", "effective": "2026-04-01"})),
    responses((status = 200, description = "The credentialing file after the decision.", body = CaseView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn decide(
    State(app): State<App>,
    change: Change,
    command: Command<ApplicationDecisionBody>,
) -> Result<Response, ApiError> {
    change.decide(&app, CaseKind::Application, command).await
}

/// Adds a plan's reason in the language in which it is wanted. The decision stays as it is; the clock for it
/// ends.
#[utoipa::path(
    post, path = "/v1/applications/{id}/translations", operation_id = "translateApplicationReason", tag = "applications",
    params(("id" = String, Path, description = "Id of the credentialing file."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = TranslationBody, example = json!({"language": "es", "text": "Falta la licencia de la casa."})),
    responses((status = 200, description = "The credentialing file, with the reason in both languages.", body = CaseView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn translate(
    State(app): State<App>,
    change: Change,
    command: Command<TranslationBody>,
) -> Result<Response, ApiError> {
    change.translate(&app, CaseKind::Application, command).await
}
