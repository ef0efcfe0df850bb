//! Members, who covers them, and how to reach them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::identifiers::MemberId;
use domain::problem::Code;
use domain::sight::Sight;
use serde::Deserialize;
use utoipa::IntoParams;
use workflow::command::StoredAnswer;
use workflow::{AddedMember, Failure, Met};

use super::Named;
use crate::App;
use crate::answer::{changed, current, tagged};
use crate::auth::SignedIn;
use crate::idempotency::{Command, Question};
use crate::input::members::{ContactBody, NewMemberBody, SearchBody};
use crate::output::limits::LimitView;
use crate::output::members::{AsideView, CoverageView, MemberView, StatedValueView};
use crate::output::threads::ThreadsView;
use crate::output::{Page, json};
use crate::paging::{Parameters, day, paging};
use crate::preconditions::{IfMatch, IfNoneMatch};
use crate::problem::ApiError;

/// Purpose for which a member is looked at.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PurposeParameters {
    /// Purpose of the look: `treatment`, `payment`, `operations` or `care-coordination`. It is kept with it.
    #[param(value_type = String, required = true, example = "care-coordination")]
    purpose: Option<String>,
}

impl PurposeParameters {
    /// Purpose as it was sent, not yet checked.
    pub(crate) fn purpose(self) -> Option<String> {
        self.purpose
    }
}

/// A list of members.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MembersParameters {
    /// Purpose of the look: `treatment`, `payment`, `operations` or `care-coordination`. It is kept with it.
    #[param(value_type = String, required = true, example = "care-coordination")]
    purpose: Option<String>,
    /// Entries on the page: 1 to 200, 50 if not said.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The purpose of a look.
pub(crate) fn purpose(sent: Option<String>) -> Result<String, Failure> {
    let known: Vec<&str> = Sight::state().purposes().iter().map(|purpose| purpose.id.as_str()).collect();
    let fix = format!("send one of: {}", known.join(", "));
    match sent {
        None => {
            Err(Failure::field("?purpose", Code::MissingField, "the purpose of the look is not said", fix))
        }
        Some(id) if known.contains(&id.as_str()) => Ok(id),
        Some(_) => Err(Failure::field("?purpose", Code::UnknownCode, "there is no such purpose", fix)),
    }
}

/// Members that the caller may see.
#[utoipa::path(
    get, path = "/v1/members", operation_id = "listMembers", tag = "members",
    params(MembersParameters),
    responses((status = 200, description = "A page of members.", body = Page<MemberView>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<MembersParameters>,
) -> Result<Json<Page<MemberView>>, ApiError> {
    let purpose = purpose(parameters.purpose)?;
    let paging = paging(parameters.limit.as_deref(), parameters.cursor)?;
    Ok(json(app.crosswalk.members(&caller, &purpose, paging).await?))
}

/// Finds the member with this number, birth date and name, whom the caller serves. The answer has the
/// coverage, and what the purpose needs.
///
/// Somebody of whom no plan's file tells so is unknown here: 422 `unknown-member`, and nothing is kept. With
/// `provisional` the person is kept for the caller's own eyes, and becomes a member like others when a file
/// tells of one like this; the file's birth date then stands. Looks in vain are counted: 429
/// `too-many-tries`.
#[utoipa::path(
    post, path = "/v1/members", operation_id = "addMember", tag = "members",
    request_body(content = NewMemberBody, example = json!({
        "cin": "91234567A", "family_name": "Delgado", "given_name": "Marisol", "birth_date": "1971-04-09",
        "purpose": "care-coordination", "county": "SAC", "language": "es", "phone": "+15305550142", "no_fixed_address": true
    })),
    responses(
        (status = 201, description = "Unknown, and kept provisionally.", body = MemberView, headers(("ETag" = String, description = "ETag of its version."))),
        (status = 200, description = "Known, and birth date and names agree.", body = MemberView, headers(("ETag" = String, description = "ETag of its version.")))
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
    tagged(status, added, added.member.version, Vec::new())
}

/// Finds one of the caller's members by number. It changes nothing, and needs no `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/members/search", operation_id = "searchMembers", tag = "members",
    request_body(content = SearchBody, example = json!({"cin": "91234567A", "purpose": "care-coordination"})),
    responses((status = 200, description = "The member who has this number.", body = MemberView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn search(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    seen: IfNoneMatch,
    Question(body): Question<SearchBody>,
) -> Result<Response, ApiError> {
    let (cin, purpose) = app.read(body)?;
    match app.crosswalk.find_member(&caller, &cin, &purpose).await {
        Err(Failure::NotFound) => Err(ApiError::NoSuchMember),
        found => Ok(current(found?, &seen)),
    }
}

/// One member. Under the id of one who was merged into another: that other one, with `merged_into`.
#[utoipa::path(
    get, path = "/v1/members/{id}", operation_id = "getMember", tag = "members",
    params(("id" = String, Path, description = "Id of the member."), PurposeParameters, ("If-None-Match" = Option<String>, Header, description = "ETags of the versions that the client has.")),
    responses(
        (status = 200, description = "The member.", body = MemberView, headers(("ETag" = String, description = "ETag of its version."))),
        (status = 304, description = "Not changed since the version that the client has.")
    )
)]
pub(crate) async fn read(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<MemberId>,
    Parameters(parameters): Parameters<PurposeParameters>,
    seen: IfNoneMatch,
) -> Result<Response, ApiError> {
    let purpose = purpose(parameters.purpose)?;
    Ok(current(app.crosswalk.member(&caller, id, &purpose).await?, &seen))
}

/// Changes a member's telephone and address. No plan's file overwrites them.
#[utoipa::path(
    patch, path = "/v1/members/{id}", operation_id = "correctMember", tag = "members",
    params(("id" = String, Path, description = "Id of the member."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = ContactBody, example = json!({"phone": "+15305550142", "address": {"line": "12 Alder Street", "city": "Sacramento", "zip": "95999"}})),
    responses((status = 200, description = "The member, corrected.", body = MemberView, headers(("ETag" = String, description = "ETag of its version."))))
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

/// Day of the coverage.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CoverageParameters {
    /// The day; today if not said.
    #[param(format = Date)]
    on: Option<String>,
    /// Purpose of the look: `treatment`, `payment`, `operations` or `care-coordination`. It is kept with it.
    #[param(value_type = String, required = true, example = "payment")]
    purpose: Option<String>,
}

/// A member's cases as threads, the last begun first: referral, authorizations, claims, payments, and the
/// units that each granted line has left. Only what you may see is shown.
#[utoipa::path(
    get, path = "/v1/members/{id}/cases", operation_id = "listMemberCases", tag = "members",
    params(("id" = String, Path, description = "Id of the member."), MembersParameters),
    responses((status = 200, description = "A page of threads.", body = ThreadsView))
)]
pub(crate) async fn cases(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<MemberId>,
    Parameters(parameters): Parameters<MembersParameters>,
) -> Result<Json<ThreadsView>, ApiError> {
    let purpose = purpose(parameters.purpose)?;
    let paging = paging(parameters.limit.as_deref(), parameters.cursor)?;
    Ok(json(app.crosswalk.threads(&caller, id, &purpose, paging).await?))
}

/// A member's coverage on a day, in every line of business.
#[utoipa::path(
    get, path = "/v1/members/{id}/coverage", operation_id = "getMemberCoverage", tag = "members",
    params(("id" = String, Path, description = "Id of the member."), CoverageParameters),
    responses((status = 200, description = "Coverage on that day; one page.", body = Page<CoverageView>))
)]
pub(crate) async fn coverage(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<MemberId>,
    Parameters(parameters): Parameters<CoverageParameters>,
) -> Result<Json<Page<CoverageView>>, ApiError> {
    let on = day("?on", parameters.on.as_deref())?;
    let purpose = purpose(parameters.purpose)?;
    let items = app.crosswalk.coverage(&caller, id, on, &purpose).await?;
    Ok(json(items))
}

/// Service and day of the limits.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LimitParameters {
    /// A service id of the catalog; every service with limits if not said.
    #[param(example = "recuperative-care")]
    service: Option<String>,
    /// The day on which service would begin; today if not said.
    #[param(format = Date)]
    on: Option<String>,
    /// Purpose of the look: `treatment`, `payment`, `operations` or `care-coordination`. It is kept with it.
    #[param(value_type = String, required = true, example = "care-coordination")]
    purpose: Option<String>,
}

/// The remainder of the benefit limits of a member's services, counted over every plan and provider; none of
/// them is named.
#[utoipa::path(
    get, path = "/v1/members/{id}/limits", operation_id = "getMemberLimits", tag = "members",
    params(("id" = String, Path, description = "Id of the member."), LimitParameters),
    responses((status = 200, description = "The limits and how they stand; one page.", body = Page<LimitView>))
)]
pub(crate) async fn limits(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<MemberId>,
    Parameters(parameters): Parameters<LimitParameters>,
) -> Result<Json<Page<LimitView>>, ApiError> {
    let on = day("?on", parameters.on.as_deref())?;
    let purpose = purpose(parameters.purpose)?;
    let page = app.crosswalk.member_limits(&caller, id, parameters.service.as_deref(), on, &purpose).await?;
    Ok(json(page))
}

/// A member's values in those columns of a plan's own file that are not the member file's.
#[utoipa::path(
    get, path = "/v1/members/{id}/columns", operation_id = "getMemberColumns", tag = "members",
    params(("id" = String, Path, description = "Id of the member."), PurposeParameters),
    responses((status = 200, description = "The cells of the plan's latest file that has such columns, by column; one page. A plan sees its own file's; for everybody else there are none.", body = Page<AsideView>))
)]
pub(crate) async fn columns(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<MemberId>,
    Parameters(parameters): Parameters<PurposeParameters>,
) -> Result<Json<Page<AsideView>>, ApiError> {
    let purpose = purpose(parameters.purpose)?;
    let items = app.crosswalk.member_columns(&caller, id, &purpose).await?;
    Ok(json(items))
}

/// A member's values, each with its source and its day.
#[utoipa::path(
    get, path = "/v1/members/{id}/values", operation_id = "getMemberValues", tag = "members",
    params(("id" = String, Path, description = "Id of the member."), PurposeParameters),
    responses((status = 200, description = "What plans' files and providers say, by name, the latest first; one page. A plan sees its own file and what providers verified. Of one source's values for one name the latest five are kept.", body = Page<StatedValueView>))
)]
pub(crate) async fn values(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<MemberId>,
    Parameters(parameters): Parameters<PurposeParameters>,
) -> Result<Json<Page<StatedValueView>>, ApiError> {
    let purpose = purpose(parameters.purpose)?;
    let items = app.crosswalk.member_values(&caller, id, &purpose).await?;
    Ok(json(items))
}
