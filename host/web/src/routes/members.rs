//! Members, who covers them, and how to reach them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::identifiers::MemberId;
use serde::Deserialize;
use utoipa::IntoParams;
use workflow::command::StoredAnswer;
use workflow::view::{CoverageView, MemberView, Page};
use workflow::{AddedMember, Met};

use super::Named;
use crate::App;
use crate::answer::{changed, current, tagged};
use crate::auth::SignedIn;
use crate::idempotency::Command;
use crate::input::members::{ContactBody, NewMemberBody, SearchBody};
use crate::paging::{ListParameters, Parameters, day};
use crate::preconditions::{IfMatch, IfNoneMatch};
use crate::problem::ApiError;

/// The caller's members.
#[utoipa::path(
    get, path = "/v1/members", operation_id = "listMembers", tag = "members",
    params(ListParameters),
    responses((status = 200, description = "A page of members.", body = Page<MemberView>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<ListParameters>,
) -> Result<Json<Page<MemberView>>, ApiError> {
    Ok(Json(app.crosswalk.members(&caller, parameters.paging()?).await?))
}

/// Adds a member that the caller serves, or finds the one with this number and birth date.
#[utoipa::path(
    post, path = "/v1/members", operation_id = "addMember", tag = "members",
    request_body(content = NewMemberBody, example = json!({
        "cin": "91234567A", "family_name": "Delgado", "given_name": "Marisol", "birth_date": "1971-04-09",
        "county": "SRV", "language": "es", "phone": "+15305550142", "no_fixed_address": true
    })),
    responses(
        (status = 201, description = "Added.", body = MemberView, headers(("ETag" = String, description = "The version."))),
        (status = 200, description = "Known already, and the birth date agrees.", body = MemberView, headers(("ETag" = String, description = "The version.")))
    )
)]
pub(crate) async fn add(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Command { attempt, body }: Command<NewMemberBody>,
) -> Result<Response, ApiError> {
    let (new, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("addMember", met);
    app.carry_out(async move { crosswalk.add_member(&caller, new, once).await }).await
}

fn met(added: &AddedMember) -> StoredAnswer {
    let status = match added.met {
        Met::Now => StatusCode::CREATED,
        Met::Before => StatusCode::OK,
    };
    tagged(status, &added.view, added.view.version, Vec::new())
}

/// Finds one of the caller's members by number.
#[utoipa::path(
    post, path = "/v1/members/search", operation_id = "searchMembers", tag = "members",
    request_body(content = SearchBody, example = json!({"cin": "91234567A"})),
    responses((status = 200, description = "Found.", body = MemberView, headers(("ETag" = String, description = "The version."))))
)]
pub(crate) async fn search(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    seen: IfNoneMatch,
    // The attempt is of no use: looking changes nothing.
    Command { body, .. }: Command<SearchBody>,
) -> Result<Response, ApiError> {
    let cin = app.read(body)?;
    Ok(current(app.crosswalk.find_member(&caller, &cin).await?, &seen))
}

/// One member.
#[utoipa::path(
    get, path = "/v1/members/{id}", operation_id = "getMember", tag = "members",
    params(("id" = String, Path, description = "The member's id."), ("If-None-Match" = Option<String>, Header, description = "Versions at hand.")),
    responses(
        (status = 200, description = "The member.", body = MemberView, headers(("ETag" = String, description = "The version."))),
        (status = 304, description = "As before.")
    )
)]
pub(crate) async fn read(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<MemberId>,
    seen: IfNoneMatch,
) -> Result<Response, ApiError> {
    Ok(current(app.crosswalk.member(&caller, id).await?, &seen))
}

/// Corrects how to reach a member. No plan's file overwrites it.
#[utoipa::path(
    patch, path = "/v1/members/{id}", operation_id = "correctMember", tag = "members",
    params(("id" = String, Path, description = "The member's id."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = ContactBody, example = json!({"phone": "+15305550142", "address": {"line": "12 Alder Street", "city": "San Ravel", "zip": "95999"}})),
    responses((status = 200, description = "Corrected.", body = MemberView, headers(("ETag" = String, description = "The version."))))
)]
pub(crate) async fn correct(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<MemberId>,
    IfMatch(expected): IfMatch,
    Command { attempt, body }: Command<ContactBody>,
) -> Result<Response, ApiError> {
    let (contact, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("correctMember", changed);
    app.carry_out(async move { crosswalk.correct_member(&caller, id, contact, expected, once).await }).await
}

/// On which day.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CoverageParameters {
    /// The day; today if not said.
    #[param(format = Date)]
    on: Option<String>,
}

/// Who covers a member on a day.
#[utoipa::path(
    get, path = "/v1/members/{id}/coverage", operation_id = "getMemberCoverage", tag = "members",
    params(("id" = String, Path, description = "The member's id."), CoverageParameters),
    responses((status = 200, description = "Coverage on that day; one page.", body = Page<CoverageView>))
)]
pub(crate) async fn coverage(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<MemberId>,
    Parameters(parameters): Parameters<CoverageParameters>,
) -> Result<Json<Page<CoverageView>>, ApiError> {
    let on = day("?on", parameters.on.as_deref())?;
    let items = app.crosswalk.coverage(&caller, id, on).await?;
    Ok(Json(Page { items, next_cursor: None }))
}
