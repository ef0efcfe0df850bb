//! Worklists, running clocks, and notices to an organization.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::case::CaseKind;
use domain::identifiers::CaseId;
use domain::plan::types::Urgency;
use domain::problem::Code;
use serde::Deserialize;
use utoipa::IntoParams;
use workflow::command::{Holder, NoticeFilter, WorkFilter};
use workflow::{Caller, Failure};

use super::Named;
use crate::App;
use crate::answer::{changed, created, current};
use crate::auth::SignedIn;
use crate::idempotency::Command;
use crate::input::work::{WorkNoteBody, WorkStepBody};
use crate::output::cases::DeadlineView;
use crate::output::work::{ColleagueView, NoticeView, WorkItemView, WorkStepView};
use crate::output::{Page, json};
use crate::paging::{ListParameters, Parameters, paging};
use crate::preconditions::{IfMatch, IfNoneMatch};
use crate::problem::ApiError;

/// Filters of the worklist.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WorkParameters {
    /// Only `referral`, `authorization`, `claim` or `application`.
    kind: Option<String>,
    /// Only `standard` or `expedited`.
    urgency: Option<String>,
    /// Only `mine`, those that the caller has, or `nobody`, those that nobody has.
    holder: Option<String>,
    /// Entries on the page: 1 to 200, 50 if not said.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Cases that wait for the plan's people, and contracts whose reason is to be written in its other language,
/// the nearest deadline first.
#[utoipa::path(
    get, path = "/v1/worklist", operation_id = "listWork", tag = "work",
    params(WorkParameters),
    responses((status = 200, description = "A page of what waits.", body = Page<WorkItemView>))
)]
pub(crate) async fn worklist(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<WorkParameters>,
) -> Result<Json<Page<WorkItemView>>, ApiError> {
    let kind = parameters.kind.map(|word| kind(&word)).transpose()?;
    let urgency = parameters.urgency.map(|word| urgency(&word)).transpose()?;
    let holder = parameters.holder.map(|word| holder(&caller, &word)).transpose()?;
    let paging = paging(parameters.limit.as_deref(), parameters.cursor)?;
    Ok(json(app.crosswalk.worklist(&caller, WorkFilter { kind, urgency, holder }, paging).await?))
}

fn holder(caller: &Caller, word: &str) -> Result<Holder, Failure> {
    match word {
        "mine" => caller.actor().map(Holder::Is).ok_or(Failure::Forbidden),
        "nobody" => Ok(Holder::Nobody),
        _ => {
            let fix = "send one of: mine, nobody";
            Err(Failure::field("?holder", Code::UnknownCode, "this is no word for a holder", fix))
        }
    }
}

/// One case of the worklist, and who of the plan's people has it.
#[utoipa::path(
    get, path = "/v1/worklist/{id}", operation_id = "getWork", tag = "work",
    params(("id" = String, Path, description = "Id of the case."), ("If-None-Match" = Option<String>, Header, description = "ETags of the versions that the client has.")),
    responses(
        (status = 200, description = "The case as it waits.", body = WorkItemView, headers(("ETag" = String, description = "ETag of its version."))),
        (status = 304, description = "Not changed since the version that the client has.")
    )
)]
pub(crate) async fn item(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<CaseId>,
    seen: IfNoneMatch,
) -> Result<Response, ApiError> {
    Ok(current(app.crosswalk.work_item(&caller, id).await?, &seen))
}

/// Takes a case that nobody has, passes it to a colleague, or puts it back; a colleague's may be put back
/// too. A decision needs none of it: whoever may decide decides what a colleague has as well.
#[utoipa::path(
    post, path = "/v1/worklist/{id}/steps", operation_id = "stepWork", tag = "work",
    params(("id" = String, Path, description = "Id of the case."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = WorkStepBody, example = json!({"step": "take"})),
    responses((status = 200, description = "The case after the step.", body = WorkItemView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn step(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<CaseId>,
    IfMatch(expected): IfMatch,
    Command { attempt, body }: Command<WorkStepBody>,
) -> Result<Response, ApiError> {
    let (new, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("stepWork", changed);
    app.carry_out(async move { crosswalk.step_work(&caller, id, new, expected, once).await }).await
}

/// Leaves a note for the plan's people on a case that waits for them. Nobody else reads it.
#[utoipa::path(
    post, path = "/v1/worklist/{id}/notes", operation_id = "noteWork", tag = "work",
    params(("id" = String, Path, description = "Id of the case.")),
    request_body(content = WorkNoteBody, example = json!({"note": "The hospital calls back on Friday."})),
    responses((status = 201, description = "The note, in the history.", body = WorkStepView))
)]
pub(crate) async fn note(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<CaseId>,
    Command { attempt, body }: Command<WorkNoteBody>,
) -> Result<Response, ApiError> {
    let (note, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("noteWork", created);
    app.carry_out(async move { crosswalk.note_work(&caller, id, note, once).await }).await
}

/// Steps of the plan's people with a case, and their notes, newest first. They stay when it is decided.
#[utoipa::path(
    get, path = "/v1/worklist/{id}/history", operation_id = "listWorkHistory", tag = "work",
    params(("id" = String, Path, description = "Id of the case."), ListParameters),
    responses((status = 200, description = "A page of steps.", body = Page<WorkStepView>))
)]
pub(crate) async fn history(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<CaseId>,
    Parameters(parameters): Parameters<ListParameters>,
) -> Result<Json<Page<WorkStepView>>, ApiError> {
    Ok(json(app.crosswalk.work_history(&caller, id, parameters.paging()?).await?))
}

/// People and keys that work the cases of the caller's plan, by id. A case can be passed to each of them.
#[utoipa::path(
    get, path = "/v1/colleagues", operation_id = "listColleagues", tag = "work",
    responses((status = 200, description = "All of them, on one page.", body = Page<ColleagueView>))
)]
pub(crate) async fn colleagues(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
) -> Result<Json<Page<ColleagueView>>, ApiError> {
    Ok(json(app.crosswalk.colleagues(&caller).await?))
}

fn kind(word: &str) -> Result<CaseKind, Failure> {
    CaseKind::named(word).ok_or_else(|| {
        let fix = "send one of: referral, authorization, claim, application";
        Failure::field("?kind", Code::UnknownCode, "there is no such kind of case", fix)
    })
}

fn urgency(word: &str) -> Result<Urgency, Failure> {
    Urgency::named(word).ok_or_else(|| {
        let fix = "send one of: standard, expedited";
        Failure::field("?urgency", Code::UnknownCode, "there is no such urgency", fix)
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
