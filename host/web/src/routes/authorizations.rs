//! Requests for authorization: may service start now, and is it authorized?

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::case::CaseKind;
use domain::identifiers::CaseId;

use super::Named;
use super::cases::{self, CaseParameters, Change};
use crate::App;
use crate::answer::changed;
use crate::auth::SignedIn;
use crate::idempotency::{BareCommand, Command};
use crate::input::authorizations::NewAuthorizationBody;
use crate::input::clocks::{EndingBody, ExtensionBody, MemberNoticeBody, TranslationBody};
use crate::input::decisions::AuthorizationDecisionBody;
use crate::input::evidence::InformationBody;
use crate::output::cases::CaseView;
use crate::output::{EventView, Page};
use crate::paging::Parameters;
use crate::preconditions::{IfMatch, IfNoneMatch};
use crate::problem::ApiError;

const STATES: [&str; 8] =
    ["pended", "with-people", "approved", "partly-approved", "modified", "denied", "withdrawn", "moved"];

/// The caller's requests for authorization, newest first.
#[utoipa::path(
    get, path = "/v1/authorizations", operation_id = "listAuthorizations", tag = "authorizations",
    params(CaseParameters),
    responses((status = 200, description = "A page of authorizations.", body = Page<CaseView>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<CaseParameters>,
) -> Result<Json<Page<CaseView>>, ApiError> {
    cases::list(&app, &caller, CaseKind::Authorization, &STATES, parameters).await
}

/// Requests an authorization. The answer has the presumptive window, if one opens, and the decision.
#[utoipa::path(
    post, path = "/v1/authorizations", operation_id = "submitAuthorization", tag = "authorizations",
    request_body(content = NewAuthorizationBody, example = json!({"member": {"cin": "91234567A", "birth_date": "1971-04-09", "family_name": "Delgado", "given_name": "Marisol"}, "service": "recuperative-care", "lines": [{"procedure": {"code": "T2033", "modifiers": ["U6"]}, "units": 14, "first": "2026-03-02", "last": "2026-03-15"}], "facts": [{"code": "consent.member-agrees", "value": true, "source": "member"}, {"code": "housing.status", "value": "homeless-unsheltered"}]})),
    responses((
        status = 201, description = "The case with the answer of the plan's rules.", body = CaseView,
        headers(("ETag" = String, description = "ETag of its version."), ("Location" = String, description = "Path of the request for authorization."))
    ))
)]
pub(crate) async fn submit(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    command: Command<NewAuthorizationBody>,
) -> Result<Response, ApiError> {
    cases::submit(&app, caller, "submitAuthorization", command).await
}

/// One request for authorization, by its id.
#[utoipa::path(
    get, path = "/v1/authorizations/{id}", operation_id = "getAuthorization", tag = "authorizations",
    params(("id" = String, Path, description = "Id of the request for authorization."), ("If-None-Match" = Option<String>, Header, description = "ETags of the versions that the client has.")),
    responses(
        (status = 200, description = "The request for authorization as it is now.", body = CaseView, headers(("ETag" = String, description = "ETag of its version."))),
        (status = 304, description = "Not changed since the version that the client has.")
    )
)]
pub(crate) async fn read(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<CaseId>,
    seen: IfNoneMatch,
) -> Result<Response, ApiError> {
    cases::read(&app, &caller, CaseKind::Authorization, id, &seen).await
}

/// Events of a request for authorization, oldest first.
#[utoipa::path(
    get, path = "/v1/authorizations/{id}/timeline", operation_id = "getAuthorizationTimeline", tag = "authorizations",
    params(("id" = String, Path, description = "Id of the request for authorization.")),
    responses((status = 200, description = "All events, on one page.", body = Page<EventView>))
)]
pub(crate) async fn timeline(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<CaseId>,
) -> Result<Json<Page<EventView>>, ApiError> {
    cases::timeline(&app, &caller, CaseKind::Authorization, id).await
}

/// Adds the facts and documents that the plan asked for; its rules are asked again.
#[utoipa::path(
    post, path = "/v1/authorizations/{id}/information", operation_id = "supplyAuthorizationInformation", tag = "authorizations",
    params(("id" = String, Path, description = "Id of the request for authorization."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = InformationBody, example = json!({"documents": [{"kind": "discharge-summary", "issued": "2026-03-01"}]})),
    responses((status = 200, description = "The case with the new answer of the plan's rules.", body = CaseView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn supply(
    State(app): State<App>,
    change: Change,
    command: Command<InformationBody>,
) -> Result<Response, ApiError> {
    change.supply(&app, CaseKind::Authorization, command).await
}

/// Decides on a request for authorization as one of the plan's people. A clinical denial takes a license on
/// record with the key.
#[utoipa::path(
    post, path = "/v1/authorizations/{id}/decisions", operation_id = "decideAuthorization", tag = "authorizations",
    params(("id" = String, Path, description = "Id of the request for authorization."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = AuthorizationDecisionBody, example = json!({"decision": "deny", "kind": "clinical", "reason": {"en": "Another level of care is needed.", "es": "Se necesita otro nivel de atención."}})),
    responses((status = 200, description = "The request for authorization after the decision.", body = CaseView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn decide(
    State(app): State<App>,
    change: Change,
    command: Command<AuthorizationDecisionBody>,
) -> Result<Response, ApiError> {
    change.decide(&app, CaseKind::Authorization, command).await
}

/// Records that the plan sent the member a notice of its decision. The plan's clock for the notice ends.
#[utoipa::path(
    post, path = "/v1/authorizations/{id}/member-notices", operation_id = "recordAuthorizationMemberNotice", tag = "authorizations",
    params(("id" = String, Path, description = "Id of the request for authorization."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = MemberNoticeBody, example = json!({"sent_on": "2026-03-02", "route": "mail", "language": "es"})),
    responses((status = 200, description = "The request for authorization, with the notice on record.", body = CaseView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn tell_member(
    State(app): State<App>,
    change: Change,
    command: Command<MemberNoticeBody>,
) -> Result<Response, ApiError> {
    change.tell_member(&app, CaseKind::Authorization, command).await
}

/// Extends the time to decide by up to 14 calendar days, once. The provider is told why.
#[utoipa::path(
    post, path = "/v1/authorizations/{id}/extensions", operation_id = "extendAuthorization", tag = "authorizations",
    params(("id" = String, Path, description = "Id of the request for authorization."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = ExtensionBody, example = json!({"requested_by": "member", "reason": {"en": "The member's doctor will send a letter.", "es": "El médico de la persona enviará una carta."}})),
    responses((status = 200, description = "The request, with the new end of its clock.", body = CaseView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn extend(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<CaseId>,
    IfMatch(expected): IfMatch,
    Command { attempt, body }: Command<ExtensionBody>,
) -> Result<Response, ApiError> {
    let (wanted, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("extendAuthorization", changed);
    app.carry_out(async move { crosswalk.extend_authorization(&caller, id, wanted, expected, once).await })
        .await
}

/// Ends an authorization before its last day: the member left, or needs the service no more. Units and days
/// that were granted for later are free again.
#[utoipa::path(
    post, path = "/v1/authorizations/{id}/ending", operation_id = "endAuthorization", tag = "authorizations",
    params(("id" = String, Path, description = "Id of the request for authorization."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = EndingBody, example = json!({"last": "2026-03-11", "reason": "Moved in with family."})),
    responses((status = 200, description = "Ended; it stays granted up to the day.", body = CaseView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn end(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<CaseId>,
    IfMatch(expected): IfMatch,
    Command { attempt, body }: Command<EndingBody>,
) -> Result<Response, ApiError> {
    let (ending, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("endAuthorization", changed);
    app.carry_out(async move { crosswalk.end_authorization(&caller, id, ending, expected, once).await }).await
}

/// Withdraws a request for authorization.
#[utoipa::path(
    post, path = "/v1/authorizations/{id}/withdrawal", operation_id = "withdrawAuthorization", tag = "authorizations",
    params(("id" = String, Path, description = "Id of the request for authorization."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    responses((status = 200, description = "The request for authorization, withdrawn.", body = CaseView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn withdraw(
    State(app): State<App>,
    change: Change,
    command: BareCommand,
) -> Result<Response, ApiError> {
    change.withdraw(&app, CaseKind::Authorization, command).await
}

/// Adds a reason in the language in which it is wanted. The decision stays as it is; the clock for it ends.
#[utoipa::path(
    post, path = "/v1/authorizations/{id}/translations", operation_id = "translateAuthorizationReason", tag = "authorizations",
    params(("id" = String, Path, description = "Id of the request for authorization."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = TranslationBody, example = json!({"language": "en", "text": "The stay does not need this level of care."})),
    responses((status = 200, description = "The request for authorization, with the reason in both languages.", body = CaseView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn translate(
    State(app): State<App>,
    change: Change,
    command: Command<TranslationBody>,
) -> Result<Response, ApiError> {
    change.translate(&app, CaseKind::Authorization, command).await
}
