//! Requests for authorization: may service start now, and is it authorized?

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::case::CaseKind;
use domain::identifiers::CaseId;

use super::Named;
use super::cases::{self, CaseParameters, Change};
use crate::App;
use crate::answer::{changed, opened};
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

/// The caller's authorizations, newest first.
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

/// Asks for authorization. Presumptive rights and the decision are in the answer.
#[utoipa::path(
    post, path = "/v1/authorizations", operation_id = "submitAuthorization", tag = "authorizations",
    request_body(content = NewAuthorizationBody, example = json!({"member": {"cin": "91234567A", "birth_date": "1971-04-09", "family_name": "Delgado", "given_name": "Marisol"}, "service": "recuperative-care", "lines": [{"procedure": {"code": "T2033", "modifiers": ["U6"]}, "units": 14, "first": "2026-03-02", "last": "2026-03-15"}], "facts": [{"code": "consent.member-agrees", "value": true, "source": "member"}, {"code": "housing.status", "value": "homeless-unsheltered"}]})),
    responses((
        status = 201, description = "What the plan's rules made of it.", body = CaseView,
        headers(("ETag" = String, description = "Its version."), ("Location" = String, description = "Its address."))
    ))
)]
pub(crate) async fn submit(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Command { attempt, body }: Command<NewAuthorizationBody>,
) -> Result<Response, ApiError> {
    let (new, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("submitAuthorization", opened);
    app.carry_out(async move { crosswalk.submit_authorization(&caller, new, once).await }).await
}

/// One authorization.
#[utoipa::path(
    get, path = "/v1/authorizations/{id}", operation_id = "getAuthorization", tag = "authorizations",
    params(("id" = String, Path, description = "Its id."), ("If-None-Match" = Option<String>, Header, description = "Versions at hand.")),
    responses(
        (status = 200, description = "As it stands.", body = CaseView, headers(("ETag" = String, description = "Its version."))),
        (status = 304, description = "As it stood.")
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

/// What happened to it, oldest first.
#[utoipa::path(
    get, path = "/v1/authorizations/{id}/timeline", operation_id = "getAuthorizationTimeline", tag = "authorizations",
    params(("id" = String, Path, description = "Its id.")),
    responses((status = 200, description = "Every event; one page.", body = Page<EventView>))
)]
pub(crate) async fn timeline(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<CaseId>,
) -> Result<Json<Page<EventView>>, ApiError> {
    cases::timeline(&app, &caller, CaseKind::Authorization, id).await
}

/// Adds what the plan asked for; it is asked again.
#[utoipa::path(
    post, path = "/v1/authorizations/{id}/information", operation_id = "supplyAuthorizationInformation", tag = "authorizations",
    params(("id" = String, Path, description = "Its id."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = InformationBody, example = json!({"documents": [{"kind": "discharge-summary", "issued": "2026-03-01"}]})),
    responses((status = 200, description = "What the plan's rules now make of it.", body = CaseView, headers(("ETag" = String, description = "Its version."))))
)]
pub(crate) async fn supply(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<CaseId>,
    version: IfMatch,
    Command { attempt, body }: Command<InformationBody>,
) -> Result<Response, ApiError> {
    Change { caller, kind: CaseKind::Authorization, id, version, attempt }.supply(&app, body).await
}

/// Decides as one of the plan's people. A clinical denial takes a license on record with the key.
#[utoipa::path(
    post, path = "/v1/authorizations/{id}/decisions", operation_id = "decideAuthorization", tag = "authorizations",
    params(("id" = String, Path, description = "Its id."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = AuthorizationDecisionBody, example = json!({"decision": "deny", "kind": "clinical", "reason": {"en": "Another level of care is needed.", "es": "Se necesita otro nivel de atención."}})),
    responses((status = 200, description = "Decided.", body = CaseView, headers(("ETag" = String, description = "Its version."))))
)]
pub(crate) async fn decide(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<CaseId>,
    version: IfMatch,
    Command { attempt, body }: Command<AuthorizationDecisionBody>,
) -> Result<Response, ApiError> {
    Change { caller, kind: CaseKind::Authorization, id, version, attempt }.decide(&app, body).await
}

/// Records that the plan told the member of its decision in writing. The plan's clock for it ends.
#[utoipa::path(
    post, path = "/v1/authorizations/{id}/member-notices", operation_id = "recordAuthorizationMemberNotice", tag = "authorizations",
    params(("id" = String, Path, description = "Its id."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = MemberNoticeBody, example = json!({"sent_on": "2026-03-02", "route": "mail", "language": "es"})),
    responses((status = 200, description = "Noted.", body = CaseView, headers(("ETag" = String, description = "Its version."))))
)]
pub(crate) async fn tell_member(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<CaseId>,
    version: IfMatch,
    Command { attempt, body }: Command<MemberNoticeBody>,
) -> Result<Response, ApiError> {
    Change { caller, kind: CaseKind::Authorization, id, version, attempt }.tell_member(&app, body).await
}

/// Lets the decision wait up to 14 calendar days more, once. The provider is told why.
#[utoipa::path(
    post, path = "/v1/authorizations/{id}/extensions", operation_id = "extendAuthorization", tag = "authorizations",
    params(("id" = String, Path, description = "Its id."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = ExtensionBody, example = json!({"requested_by": "member", "reason": {"en": "The member's doctor will send a letter.", "es": "El médico de la persona enviará una carta."}})),
    responses((status = 200, description = "The clock counts on.", body = CaseView, headers(("ETag" = String, description = "Its version."))))
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

/// Ends it before its last day: the member left, or needs the service no more. What was granted for later
/// days is free again.
#[utoipa::path(
    post, path = "/v1/authorizations/{id}/ending", operation_id = "endAuthorization", tag = "authorizations",
    params(("id" = String, Path, description = "Its id."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = EndingBody, example = json!({"last": "2026-03-11", "reason": "Moved in with family."})),
    responses((status = 200, description = "Ended; it stays granted up to the day.", body = CaseView, headers(("ETag" = String, description = "Its version."))))
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

/// Takes it back.
#[utoipa::path(
    post, path = "/v1/authorizations/{id}/withdrawal", operation_id = "withdrawAuthorization", tag = "authorizations",
    params(("id" = String, Path, description = "Its id."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    responses((status = 200, description = "Taken back.", body = CaseView, headers(("ETag" = String, description = "Its version."))))
)]
pub(crate) async fn withdraw(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<CaseId>,
    version: IfMatch,
    BareCommand(attempt): BareCommand,
) -> Result<Response, ApiError> {
    Change { caller, kind: CaseKind::Authorization, id, version, attempt }.withdraw(&app).await
}

/// Writes the reason of a refusal in the language in which it is wanted. The decision stays as it is; the
/// clock for it ends.
#[utoipa::path(
    post, path = "/v1/authorizations/{id}/translations", operation_id = "translateAuthorizationReason", tag = "authorizations",
    params(("id" = String, Path, description = "Its id."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = TranslationBody, example = json!({"language": "en", "text": "The stay does not need this level of care."})),
    responses((status = 200, description = "Written.", body = CaseView, headers(("ETag" = String, description = "Its version."))))
)]
pub(crate) async fn translate(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<CaseId>,
    version: IfMatch,
    Command { attempt, body }: Command<TranslationBody>,
) -> Result<Response, ApiError> {
    Change { caller, kind: CaseKind::Authorization, id, version, attempt }.translate(&app, body).await
}
