//! Claims: what of the delivered service is payable, line by line.

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
use crate::idempotency::Command;
use crate::input::claims::NewClaimBody;
use crate::input::clocks::{DisputeBody, TranslationBody};
use crate::input::decisions::ClaimDecisionBody;
use crate::input::evidence::InformationBody;
use crate::output::cases::CaseView;
use crate::output::{EventView, Page};
use crate::paging::Parameters;
use crate::preconditions::{IfMatch, IfNoneMatch};
use crate::problem::ApiError;

/// States of a claim at rest, by which the list can be narrowed.
pub(crate) const STATES: [&str; 12] = [
    "rejected",
    "pended",
    "payable",
    "denied",
    "with-people",
    "advised",
    "paid",
    "disputed",
    "replaced",
    "voided",
    "void",
    "moved",
];

/// The caller's claims, newest first.
#[utoipa::path(
    get, path = "/v1/claims", operation_id = "listClaims", tag = "claims",
    params(CaseParameters),
    responses((status = 200, description = "A page of claims.", body = Page<CaseView>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<CaseParameters>,
) -> Result<Json<Page<CaseView>>, ApiError> {
    cases::list(&app, &caller, CaseKind::Claim, &STATES, parameters).await
}

/// Bills delivered service. The answer has every line's outcome. A `replacement` takes the place of an
/// earlier claim unless it is rejected; a `void` takes one back at once, without lines of its own. Whatever
/// was paid for that claim is taken back.
#[utoipa::path(
    post, path = "/v1/claims", operation_id = "submitClaim", tag = "claims",
    request_body(content = NewClaimBody, example = json!({"member": {"cin": "91234567A", "birth_date": "1971-04-09", "family_name": "Delgado", "given_name": "Marisol"}, "diagnoses": ["Z59.02"], "lines": [{"procedure": {"code": "T2033", "modifiers": ["U6"]}, "place": "04", "first": "2026-03-02", "last": "2026-03-15", "units": 14, "charge": "3500.00"}]})),
    responses((
        status = 201, description = "The case with the answer of the plan's rules.", body = CaseView,
        headers(("ETag" = String, description = "ETag of its version."), ("Location" = String, description = "Path of the claim."))
    ))
)]
pub(crate) async fn submit(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    command: Command<NewClaimBody>,
) -> Result<Response, ApiError> {
    cases::submit(&app, caller, "submitClaim", command).await
}

/// One claim, by its id.
#[utoipa::path(
    get, path = "/v1/claims/{id}", operation_id = "getClaim", tag = "claims",
    params(("id" = String, Path, description = "Id of the claim."), ("If-None-Match" = Option<String>, Header, description = "ETags of the versions that the client has.")),
    responses(
        (status = 200, description = "The claim as it is now.", body = CaseView, headers(("ETag" = String, description = "ETag of its version."))),
        (status = 304, description = "Not changed since the version that the client has.")
    )
)]
pub(crate) async fn read(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<CaseId>,
    seen: IfNoneMatch,
) -> Result<Response, ApiError> {
    cases::read(&app, &caller, CaseKind::Claim, id, &seen).await
}

/// Events of a claim, oldest first.
#[utoipa::path(
    get, path = "/v1/claims/{id}/timeline", operation_id = "getClaimTimeline", tag = "claims",
    params(("id" = String, Path, description = "Id of the claim.")),
    responses((status = 200, description = "All events, on one page.", body = Page<EventView>))
)]
pub(crate) async fn timeline(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<CaseId>,
) -> Result<Json<Page<EventView>>, ApiError> {
    cases::timeline(&app, &caller, CaseKind::Claim, id).await
}

/// Adds the facts and documents that the plan asked for; its rules are asked again.
#[utoipa::path(
    post, path = "/v1/claims/{id}/information", operation_id = "supplyClaimInformation", tag = "claims",
    params(("id" = String, Path, description = "Id of the claim."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = InformationBody, example = json!({"documents": [{"kind": "receipt", "issued": "2026-03-01", "amount": "1250.50"}]})),
    responses((status = 200, description = "The case with the new answer of the plan's rules.", body = CaseView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn supply(
    State(app): State<App>,
    change: Change,
    command: Command<InformationBody>,
) -> Result<Response, ApiError> {
    change.supply(&app, CaseKind::Claim, command).await
}

/// Decides on a claim as one of the plan's people, or records its payment.
#[utoipa::path(
    post, path = "/v1/claims/{id}/decisions", operation_id = "decideClaim", tag = "claims",
    params(("id" = String, Path, description = "Id of the claim."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = ClaimDecisionBody, example = json!({"decision": "pay", "remittance": "EFT-1001", "lines": [{"number": 1, "amount": "3500.00"}]})),
    responses((status = 200, description = "The claim after the decision.", body = CaseView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn decide(
    State(app): State<App>,
    change: Change,
    command: Command<ClaimDecisionBody>,
) -> Result<Response, ApiError> {
    change.decide(&app, CaseKind::Claim, command).await
}

/// Disputes the denial or the payment of a claim. The plan's people answer with a decision: `pay` or
/// `uphold`.
#[utoipa::path(
    post, path = "/v1/claims/{id}/disputes", operation_id = "disputeClaim", tag = "claims",
    params(("id" = String, Path, description = "Id of the claim."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = DisputeBody, example = json!({"reason": "The days are within the authorization that is named on the claim."})),
    responses((status = 200, description = "The claim, which is with the plan's people.", body = CaseView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn dispute(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<CaseId>,
    IfMatch(expected): IfMatch,
    Command { attempt, body }: Command<DisputeBody>,
) -> Result<Response, ApiError> {
    let (reason, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("disputeClaim", changed);
    app.carry_out(async move { crosswalk.dispute_claim(&caller, id, reason, expected, once).await }).await
}

/// Adds a reason in the language in which it is wanted. The decision stays as it is; the clock for it ends.
#[utoipa::path(
    post, path = "/v1/claims/{id}/translations", operation_id = "translateClaimReason", tag = "claims",
    params(("id" = String, Path, description = "Id of the claim."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = TranslationBody, example = json!({"language": "en", "text": "The stay does not need this level of care."})),
    responses((status = 200, description = "The claim, with the reason in both languages.", body = CaseView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn translate(
    State(app): State<App>,
    change: Change,
    command: Command<TranslationBody>,
) -> Result<Response, ApiError> {
    change.translate(&app, CaseKind::Claim, command).await
}
