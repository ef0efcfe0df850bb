//! What is to be done: cases with people, running clocks, and what an organization is told.

use axum::Json;
use axum::extract::State;
use domain::case::CaseKind;
use serde::Deserialize;
use utoipa::IntoParams;
use workflow::Failure;
use workflow::view::{DeadlineView, NoticeView, Page, WorkItemView};

use crate::App;
use crate::auth::SignedIn;
use crate::paging::{ListParameters, Parameters, paging};
use crate::problem::ApiError;

/// Which part of the worklist.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WorkParameters {
    /// Only `referral`, `authorization`, `claim` or `application`.
    kind: Option<String>,
    /// Entries on the page: 1 to 200, 50 if not said.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Cases that wait for the plan's people, the nearest deadline first.
#[utoipa::path(
    get, path = "/v1/worklist", operation_id = "listWork", tag = "work",
    params(WorkParameters),
    responses((status = 200, description = "A page of cases.", body = Page<WorkItemView>))
)]
pub(crate) async fn worklist(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<WorkParameters>,
) -> Result<Json<Page<WorkItemView>>, ApiError> {
    let kind = parameters.kind.map(|word| kind(&word)).transpose()?;
    let paging = paging(parameters.limit.as_deref(), parameters.cursor)?;
    Ok(Json(app.crosswalk.worklist(&caller, kind, paging).await?))
}

fn kind(word: &str) -> Result<CaseKind, Failure> {
    CaseKind::all().into_iter().find(|kind| kind.name() == word).ok_or_else(|| {
        let fix = "send one of: referral, authorization, claim, application";
        Failure::field("?kind", "unknown-code", "there is no such kind of case", fix)
    })
}

/// Which clocks.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeadlineParameters {
    /// `open`, if not said, `met`, `missed` or `cancelled`.
    state: Option<String>,
    /// Entries on the page: 1 to 200, 50 if not said.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The clocks of the caller's cases, the nearest end first.
#[utoipa::path(
    get, path = "/v1/deadlines", operation_id = "listDeadlines", tag = "work",
    params(DeadlineParameters),
    responses((status = 200, description = "A page of clocks.", body = Page<DeadlineView>))
)]
pub(crate) async fn deadlines(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<DeadlineParameters>,
) -> Result<Json<Page<DeadlineView>>, ApiError> {
    let paging = paging(parameters.limit.as_deref(), parameters.cursor)?;
    Ok(Json(app.crosswalk.deadlines(&caller, parameters.state, paging).await?))
}

/// What the caller's organization is told, newest first.
#[utoipa::path(
    get, path = "/v1/notices", operation_id = "listNotices", tag = "work",
    params(ListParameters),
    responses((status = 200, description = "A page of notices.", body = Page<NoticeView>))
)]
pub(crate) async fn notices(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<ListParameters>,
) -> Result<Json<Page<NoticeView>>, ApiError> {
    Ok(Json(app.crosswalk.notices(&caller, parameters.paging()?).await?))
}
