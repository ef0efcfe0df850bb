//! Referrals: a member is to receive a service, and everybody learns how it ends.

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
use crate::input::clocks::{MemberNoticeBody, TranslationBody};
use crate::input::decisions::ReferralDecisionBody;
use crate::input::evidence::InformationBody;
use crate::input::referrals::{NewReferralBody, StepBody};
use crate::output::cases::CaseView;
use crate::output::work::OfferView;
use crate::output::{EventView, Page, json};
use crate::paging::{ListParameters, Parameters};
use crate::preconditions::{IfMatch, IfNoneMatch};
use crate::problem::ApiError;

const STATES: [&str; 11] = [
    "needs-information",
    "with-people",
    "accepted",
    "provider-accepted",
    "in-service",
    "changing-provider",
    "redirected",
    "not-eligible",
    "closed",
    "joined",
    "moved",
];

/// The caller's referrals, newest first.
#[utoipa::path(
    get, path = "/v1/referrals", operation_id = "listReferrals", tag = "referrals",
    params(CaseParameters),
    responses((status = 200, description = "A page of referrals.", body = Page<CaseView>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<CaseParameters>,
) -> Result<Json<Page<CaseView>>, ApiError> {
    cases::list(&app, &caller, CaseKind::Referral, &STATES, parameters).await
}

/// Referrals that are offered to the caller, oldest first, with the least that it must know to take one. It
/// accepts or declines with `POST /v1/referrals/{id}/status`; from then on it sees all of the referral, or
/// nothing.
#[utoipa::path(
    get, path = "/v1/offers", operation_id = "listOffers", tag = "referrals",
    params(ListParameters),
    responses((status = 200, description = "A page of offers.", body = Page<OfferView>))
)]
pub(crate) async fn offers(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<ListParameters>,
) -> Result<Json<Page<OfferView>>, ApiError> {
    Ok(json(app.crosswalk.offers(&caller, parameters.paging()?).await?))
}

/// Refers a member. The member's plan is found and asked, and its answer returned. Where another has referred
/// the member to the service already, this referral joins that one.
#[utoipa::path(
    post, path = "/v1/referrals", operation_id = "submitReferral", tag = "referrals",
    request_body(content = NewReferralBody, example = json!({"member": {"cin": "91234567A", "birth_date": "1971-04-09", "family_name": "Delgado", "given_name": "Marisol"}, "service": "ecm", "populations": ["homelessness"], "facts": [{"code": "consent.member-agrees", "value": true, "source": "member"}, {"code": "housing.status", "value": "homeless-unsheltered"}]})),
    responses((
        status = 201, description = "The case with the answer of the plan's rules.", body = CaseView,
        headers(("ETag" = String, description = "ETag of its version."), ("Location" = String, description = "Path of the referral."))
    ))
)]
pub(crate) async fn submit(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    command: Command<NewReferralBody>,
) -> Result<Response, ApiError> {
    cases::submit(&app, caller, "submitReferral", command).await
}

/// One referral, by its id.
#[utoipa::path(
    get, path = "/v1/referrals/{id}", operation_id = "getReferral", tag = "referrals",
    params(("id" = String, Path, description = "Id of the referral."), ("If-None-Match" = Option<String>, Header, description = "ETags of the versions that the client has.")),
    responses(
        (status = 200, description = "The referral as it is now.", body = CaseView, headers(("ETag" = String, description = "ETag of its version."))),
        (status = 304, description = "Not changed since the version that the client has.")
    )
)]
pub(crate) async fn read(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<CaseId>,
    seen: IfNoneMatch,
) -> Result<Response, ApiError> {
    cases::read(&app, &caller, CaseKind::Referral, id, &seen).await
}

/// Events of a referral, oldest first.
#[utoipa::path(
    get, path = "/v1/referrals/{id}/timeline", operation_id = "getReferralTimeline", tag = "referrals",
    params(("id" = String, Path, description = "Id of the referral.")),
    responses((status = 200, description = "All events, on one page.", body = Page<EventView>))
)]
pub(crate) async fn timeline(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<CaseId>,
) -> Result<Json<Page<EventView>>, ApiError> {
    cases::timeline(&app, &caller, CaseKind::Referral, id).await
}

/// Adds the facts and documents that the plan asked for; its rules are asked again.
#[utoipa::path(
    post, path = "/v1/referrals/{id}/information", operation_id = "supplyReferralInformation", tag = "referrals",
    params(("id" = String, Path, description = "Id of the referral."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = InformationBody, example = json!({"facts": [{"code": "housing.status", "value": "homeless-unsheltered", "source": "member"}]})),
    responses((status = 200, description = "The case with the new answer of the plan's rules.", body = CaseView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn supply(
    State(app): State<App>,
    change: Change,
    command: Command<InformationBody>,
) -> Result<Response, ApiError> {
    change.supply(&app, CaseKind::Referral, command).await
}

/// Decides on a referral as one of the plan's people.
#[utoipa::path(
    post, path = "/v1/referrals/{id}/decisions", operation_id = "decideReferral", tag = "referrals",
    params(("id" = String, Path, description = "Id of the referral."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = ReferralDecisionBody, example = json!({"decision": "accept"})),
    responses((status = 200, description = "The referral after the decision.", body = CaseView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn decide(
    State(app): State<App>,
    change: Change,
    command: Command<ReferralDecisionBody>,
) -> Result<Response, ApiError> {
    change.decide(&app, CaseKind::Referral, command).await
}

/// Records a provider's step with a referral: it accepts, gives back, begins, says that the member wants
/// another provider, or closes the loop.
#[utoipa::path(
    post, path = "/v1/referrals/{id}/status", operation_id = "setReferralStatus", tag = "referrals",
    params(("id" = String, Path, description = "Id of the referral."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = StepBody, example = json!({"status": "accepted"})),
    responses((status = 200, description = "Noted, and whoever made the referral is told.", body = CaseView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn step(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<CaseId>,
    IfMatch(expected): IfMatch,
    Command { attempt, body }: Command<StepBody>,
) -> Result<Response, ApiError> {
    let (step, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("setReferralStatus", changed);
    app.carry_out(async move { crosswalk.step_referral(&caller, id, step, expected, once).await }).await
}

/// Records that the plan sent the member a notice of its decision. The plan's clock for the notice ends.
#[utoipa::path(
    post, path = "/v1/referrals/{id}/member-notices", operation_id = "recordReferralMemberNotice", tag = "referrals",
    params(("id" = String, Path, description = "Id of the referral."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = MemberNoticeBody, example = json!({"sent_on": "2026-03-02", "route": "mail", "language": "es"})),
    responses((status = 200, description = "The referral, with the notice on record.", body = CaseView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn tell_member(
    State(app): State<App>,
    change: Change,
    command: Command<MemberNoticeBody>,
) -> Result<Response, ApiError> {
    change.tell_member(&app, CaseKind::Referral, command).await
}

/// Withdraws a referral.
#[utoipa::path(
    post, path = "/v1/referrals/{id}/withdrawal", operation_id = "withdrawReferral", tag = "referrals",
    params(("id" = String, Path, description = "Id of the referral."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    responses((status = 200, description = "The referral, withdrawn.", body = CaseView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn withdraw(
    State(app): State<App>,
    change: Change,
    command: BareCommand,
) -> Result<Response, ApiError> {
    change.withdraw(&app, CaseKind::Referral, command).await
}

/// Adds a reason in the language in which it is wanted. The decision stays as it is; the clock for it ends.
#[utoipa::path(
    post, path = "/v1/referrals/{id}/translations", operation_id = "translateReferralReason", tag = "referrals",
    params(("id" = String, Path, description = "Id of the referral."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = TranslationBody, example = json!({"language": "en", "text": "The stay does not need this level of care."})),
    responses((status = 200, description = "The referral, with the reason in both languages.", body = CaseView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn translate(
    State(app): State<App>,
    change: Change,
    command: Command<TranslationBody>,
) -> Result<Response, ApiError> {
    change.translate(&app, CaseKind::Referral, command).await
}
