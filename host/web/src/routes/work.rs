//! Worklists, running clocks, and notices to an organization.

use axum::Json;
use axum::extract::State;
use domain::case::CaseKind;
use domain::problem::Code;
use serde::Deserialize;
use utoipa::IntoParams;
use workflow::Failure;
use workflow::command::NoticeFilter;

use crate::App;
use crate::auth::SignedIn;
use crate::output::cases::DeadlineView;
use crate::output::work::{NoticeView, WorkItemView};
use crate::output::{Page, json};
use crate::paging::{Parameters, paging};
use crate::problem::ApiError;

/// Filters of the worklist.
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
    Ok(json(app.crosswalk.worklist(&caller, kind, paging).await?))
}

fn kind(word: &str) -> Result<CaseKind, Failure> {
    CaseKind::all().into_iter().find(|kind| kind.name() == word).ok_or_else(|| {
        let fix = "send one of: referral, authorization, claim, application";
        Failure::field("?kind", Code::UnknownCode, "there is no such kind of case", fix)
    })
}

/// Filters of the list of clocks.
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

/// Running clocks of the caller's cases, the nearest end first.
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
    Ok(json(app.crosswalk.deadlines(&caller, parameters.state, paging).await?))
}

/// Filters of the notices, and their order.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct NoticeParameters {
    /// Only notices of this instant and later ones (RFC 3339).
    #[param(format = DateTime, example = "2026-03-01T08:00:00Z")]
    since: Option<String>,
    /// Only notices about the case with this id.
    case: Option<String>,
    /// Only notices about cases of this plan.
    #[param(example = "valle-vista")]
    plan: Option<String>,
    /// Only notices of this kind, such as `authorization-decided`.
    kind: Option<String>,
    /// `newest` first, if not said, or `oldest` first. Whoever follows the inbox reads it oldest first.
    order: Option<String>,
    /// Entries on the page: 1 to 200, 50 if not said.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

impl NoticeParameters {
    /// The filter, or the first parameter that cannot be read.
    fn filter(&self) -> Result<NoticeFilter, Failure> {
        let refused = |at: &str, detail: &str, fix: &str| Failure::field(at, Code::InvalidValue, detail, fix);
        let since = self.since.as_deref().map(|text| {
            let fix = "send RFC 3339, such as 2026-03-01T08:00:00Z, with + as %2B";
            text.parse().map_err(|_| refused("?since", "this is no instant", fix))
        });
        let case = self.case.as_deref().map(|text| {
            text.parse().map_err(|_| refused("?case", "this is no id of a case", "send a case's id"))
        });
        let plan = self.plan.as_deref().map(|text| {
            text.parse().map_err(|_| refused("?plan", "this is no id of a plan", "send a plan's id"))
        });
        let oldest_first = match self.order.as_deref() {
            None | Some("newest") => false,
            Some("oldest") => true,
            Some(_) => {
                let fix = "send one of: newest, oldest";
                return Err(Failure::field("?order", Code::UnknownCode, "there is no such order", fix));
            }
        };
        Ok(NoticeFilter {
            since: since.transpose()?,
            case: case.transpose()?,
            plan: plan.transpose()?,
            kind: self.kind.clone(),
            oldest_first,
        })
    }
}

/// Notices to the caller's organization, newest first unless the oldest are asked for.
#[utoipa::path(
    get, path = "/v1/notices", operation_id = "listNotices", tag = "work",
    params(NoticeParameters),
    responses((status = 200, description = "A page of notices.", body = Page<NoticeView>))
)]
pub(crate) async fn notices(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<NoticeParameters>,
) -> Result<Json<Page<NoticeView>>, ApiError> {
    let filter = parameters.filter()?;
    let paging = paging(parameters.limit.as_deref(), parameters.cursor)?;
    Ok(json(app.crosswalk.notices(&caller, filter, paging).await?))
}
