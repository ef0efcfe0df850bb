//! Identity of people, as the operator settles, corrects, merges and splits it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::identifiers::{ConflictId, MemberId};
use domain::problem::Code;
use serde::Deserialize;
use utoipa::IntoParams;
use workflow::Failure;
use workflow::command::StoredAnswer;
use workflow::shown::Person;

use super::Named;
use super::members::{PurposeParameters, purpose};
use crate::App;
use crate::answer::{changed, current, tagged};
use crate::auth::SignedIn;
use crate::idempotency::Command;
use crate::input::identity::{CorrectionBody, MergerBody, SettlementBody, SplitBody};
use crate::output::identity::{IdentityConflictView, IdentityView};
use crate::output::{Page, json};
use crate::paging::{Parameters, paging};
use crate::preconditions::{IfMatch, IfNoneMatch};
use crate::problem::ApiError;

const STATES: [&str; 2] = ["open", "settled"];

/// Filters of the list of conflicts.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ConflictParameters {
    /// Only those in this state: `open` or `settled`.
    state: Option<String>,
    /// Entries on the page: 1 to 200, 50 if not said.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

impl ConflictParameters {
    fn state(&self) -> Result<Option<&str>, ApiError> {
        match self.state.as_deref() {
            Some(state) if !STATES.contains(&state) => {
                let fix = format!("send one of: {}", STATES.join(", "));
                Err(Failure::field("?state", Code::UnknownCode, "there is no such state", fix).into())
            }
            state => Ok(state),
        }
    }
}

/// Conflicts between plans' files and the record about who members are and who covers them, newest first: a
/// plan's own, and all of them for the operator.
#[utoipa::path(
    get, path = "/v1/identity-conflicts", operation_id = "listIdentityConflicts", tag = "members",
    params(ConflictParameters),
    responses((status = 200, description = "A page of conflicts.", body = Page<IdentityConflictView>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<ConflictParameters>,
) -> Result<Json<Page<IdentityConflictView>>, ApiError> {
    let state = parameters.state()?;
    let paging = paging(parameters.limit.as_deref(), parameters.cursor.clone())?;
    Ok(json(app.crosswalk.identity_conflicts(&caller, state, paging).await?))
}

/// One identity conflict, by its id.
#[utoipa::path(
    get, path = "/v1/identity-conflicts/{id}", operation_id = "getIdentityConflict", tag = "members",
    params(("id" = String, Path, description = "Id of the conflict."), ("If-None-Match" = Option<String>, Header, description = "ETags of the versions that the client has.")),
    responses(
        (status = 200, description = "The conflict as it is now.", body = IdentityConflictView, headers(("ETag" = String, description = "ETag of its version."))),
        (status = 304, description = "Not changed since the version that the client has.")
    )
)]
pub(crate) async fn read(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<ConflictId>,
    seen: IfNoneMatch,
) -> Result<Response, ApiError> {
    Ok(current(app.crosswalk.identity_conflict(&caller, id).await?, &seen))
}

/// Settles a conflict, for the operator. If the verdict is for the plan's file, the record is corrected by
/// it.
#[utoipa::path(
    post, path = "/v1/identity-conflicts/{id}/settlement", operation_id = "settleIdentityConflict", tag = "members",
    params(("id" = String, Path, description = "Id of the conflict."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = SettlementBody, example = json!({"verdict": "record", "reason": "The state's eligibility file has the birth date of the record."})),
    responses((status = 200, description = "The conflict, settled.", body = IdentityConflictView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn settle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<ConflictId>,
    IfMatch(expected): IfMatch,
    Command { attempt, body }: Command<SettlementBody>,
) -> Result<Response, ApiError> {
    let (settling, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("settleIdentityConflict", changed);
    app.carry_out(
        async move { crosswalk.settle_identity_conflict(&caller, id, settling, expected, once).await },
    )
    .await
}

/// A member's identity, as far as the operator must see it to settle a conflict: number, names, birth date,
/// which plans cover the member when, where cases lie, and what was done.
#[utoipa::path(
    get, path = "/v1/members/{id}/identity", operation_id = "getMemberIdentity", tag = "members",
    params(("id" = String, Path, description = "Id of the member."), PurposeParameters, ("If-None-Match" = Option<String>, Header, description = "ETags of the versions that the client has.")),
    responses(
        (status = 200, description = "The member's identity.", body = IdentityView, headers(("ETag" = String, description = "ETag of its version."))),
        (status = 304, description = "Not changed since the version that the client has.")
    )
)]
pub(crate) async fn identity(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<MemberId>,
    Parameters(parameters): Parameters<PurposeParameters>,
    seen: IfNoneMatch,
) -> Result<Response, ApiError> {
    let purpose = purpose(parameters.purpose())?;
    Ok(current(app.crosswalk.member_identity(&caller, id, &purpose).await?, &seen))
}

/// Corrects a member's birth date or names, for the operator. Everybody who works with the member is told.
#[utoipa::path(
    post, path = "/v1/members/{id}/corrections", operation_id = "correctMemberIdentity", tag = "members",
    params(("id" = String, Path, description = "Id of the member."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = CorrectionBody, example = json!({"birth_date": "1971-04-09", "reason": "The state's eligibility file says so."})),
    responses((status = 200, description = "The member, corrected.", body = IdentityView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn correct(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<MemberId>,
    IfMatch(expected): IfMatch,
    Command { attempt, body }: Command<CorrectionBody>,
) -> Result<Response, ApiError> {
    let (change, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("correctMemberIdentity", changed);
    app.carry_out(async move { crosswalk.correct_identity(&caller, id, change, expected, once).await }).await
}

/// Merges a member into another, for the operator: cases, coverage, use of limits and the right to see the
/// member go along, and the old id leads to the member who stays.
#[utoipa::path(
    post, path = "/v1/members/{id}/mergers", operation_id = "mergeMember", tag = "members",
    params(("id" = String, Path, description = "Id of the member who goes."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = MergerBody, example = json!({"into": "mem_0198f0c2a3b47c5d8e9f00112233aabb", "reason": "The state merged the two numbers."})),
    responses((status = 200, description = "The member who stays.", body = IdentityView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn merge(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<MemberId>,
    IfMatch(expected): IfMatch,
    Command { attempt, body }: Command<MergerBody>,
) -> Result<Response, ApiError> {
    let (merger, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("mergeMember", changed);
    app.carry_out(async move { crosswalk.merge_member(&caller, id, merger, expected, once).await }).await
}

/// Splits a member into two people, for the operator: the coverage of the named plans and the named cases go
/// to the other person.
#[utoipa::path(
    post, path = "/v1/members/{id}/splits", operation_id = "splitMember", tag = "members",
    params(("id" = String, Path, description = "Id of the member."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = SplitBody, example = json!({
        "cin": "91234568C", "family_name": "Delgado", "given_name": "Mariana", "birth_date": "1971-04-09", "county": "SAC",
        "plans": ["valle-vista"], "reason": "Twins whose files were under one number."
    })),
    responses((
        status = 201, description = "The other person.", body = IdentityView,
        headers(("ETag" = String, description = "ETag of its version."), ("Location" = String, description = "Path of the other person."))
    ))
)]
pub(crate) async fn split(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<MemberId>,
    IfMatch(expected): IfMatch,
    Command { attempt, body }: Command<SplitBody>,
) -> Result<Response, ApiError> {
    let (split, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("splitMember", came_off);
    app.carry_out(async move { crosswalk.split_member(&caller, id, split, expected, once).await }).await
}

fn came_off(other: &Person) -> StoredAnswer {
    let address = vec![("location".to_owned(), format!("/v1/members/{}/identity", other.member.id))];
    tagged(StatusCode::CREATED, other, other.member.version, address)
}
