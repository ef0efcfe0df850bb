//! What every kind of case has in common.

use axum::Json;
use axum::response::Response;
use domain::case::CaseKind;
use domain::identifiers::CaseId;
use serde::Deserialize;
use utoipa::IntoParams;
use workflow::command::{Information, PeopleDecision};
use workflow::view::{CaseView, EventView, Page};
use workflow::{Caller, Failure};

use crate::App;
use crate::answer::{changed, current};
use crate::idempotency::Attempt;
use crate::input::Input;
use crate::input::clocks::MemberNoticeBody;
use crate::paging::paging;
use crate::preconditions::{IfMatch, IfNoneMatch};
use crate::problem::ApiError;

/// A list of cases.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CaseParameters {
    /// Only cases in this state.
    state: Option<String>,
    /// Entries on the page: 1 to 200, 50 if not said.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// One page of the cases of a kind.
pub(super) async fn list(
    app: &App,
    caller: &Caller,
    kind: CaseKind,
    states: &[&str],
    parameters: CaseParameters,
) -> Result<Json<Page<CaseView>>, ApiError> {
    if let Some(state) = &parameters.state
        && !states.contains(&state.as_str())
    {
        let fix = format!("send one of: {}", states.join(", "));
        return Err(Failure::field("?state", "unknown-code", "there is no such state", fix).into());
    }
    let paging = paging(parameters.limit.as_deref(), parameters.cursor)?;
    Ok(Json(app.crosswalk.cases(caller, kind, parameters.state, paging).await?))
}

/// One case.
pub(super) async fn read(
    app: &App,
    caller: &Caller,
    kind: CaseKind,
    id: CaseId,
    seen: &IfNoneMatch,
) -> Result<Response, ApiError> {
    Ok(current(app.crosswalk.case(caller, kind, id).await?, seen))
}

/// A case's life, oldest event first.
pub(super) async fn timeline(
    app: &App,
    caller: &Caller,
    kind: CaseKind,
    id: CaseId,
) -> Result<Json<Page<EventView>>, ApiError> {
    let items = app.crosswalk.timeline(caller, kind, id).await?;
    Ok(Json(Page { items, next_cursor: None }))
}

/// A change to one version of one case.
pub(super) struct Change {
    /// By whom.
    pub(super) caller: Caller,
    /// Which kind.
    pub(super) kind: CaseKind,
    /// Which case.
    pub(super) id: CaseId,
    /// Which version.
    pub(super) version: IfMatch,
    /// Which attempt.
    pub(super) attempt: Attempt,
}

impl Change {
    /// Adds what became known.
    pub(super) async fn supply(
        self,
        app: &App,
        body: impl Input<Command = Information>,
    ) -> Result<Response, ApiError> {
        let Self { caller, kind, id, version: IfMatch(expected), attempt } = self;
        let (more, crosswalk) = (app.read(body)?, app.crosswalk.clone());
        let once = attempt.once("supplyInformation", changed);
        app.carry_out(async move { crosswalk.supply(&caller, kind, id, more, expected, once).await }).await
    }

    /// Lets a plan's person decide.
    pub(super) async fn decide(
        self,
        app: &App,
        body: impl Input<Command = PeopleDecision>,
    ) -> Result<Response, ApiError> {
        let Self { caller, kind, id, version: IfMatch(expected), attempt } = self;
        let (decision, crosswalk) = (app.read(body)?, app.crosswalk.clone());
        let once = attempt.once("decideCase", changed);
        app.carry_out(async move { crosswalk.decide(&caller, kind, id, decision, expected, once).await })
            .await
    }

    /// Records that the plan told the member.
    pub(super) async fn tell_member(self, app: &App, body: MemberNoticeBody) -> Result<Response, ApiError> {
        let Self { caller, kind, id, version: IfMatch(expected), attempt } = self;
        let (notice, crosswalk) = (app.read(body)?, app.crosswalk.clone());
        let once = attempt.once("recordMemberNotice", changed);
        app.carry_out(async move {
            crosswalk.record_member_notice(&caller, kind, id, notice, expected, once).await
        })
        .await
    }

    /// Takes it back.
    pub(super) async fn withdraw(self, app: &App) -> Result<Response, ApiError> {
        let Self { caller, kind, id, version: IfMatch(expected), attempt } = self;
        let crosswalk = app.crosswalk.clone();
        let once = attempt.once("withdrawCase", changed);
        app.carry_out(async move { crosswalk.withdraw(&caller, kind, id, expected, once).await }).await
    }
}
