//! Member files.

use axum::Json;
use axum::extract::{Request, State};
use axum::response::Response;
use domain::identifiers::{PlanId, RosterId};
use serde::Deserialize;
use utoipa::IntoParams;
use workflow::view::RosterView;
use workflow::{Failure, Role};

use super::Named;
use crate::App;
use crate::answer::created;
use crate::auth::SignedIn;
use crate::body::CSV;
use crate::idempotency::Upload;
use crate::paging::Parameters;
use crate::problem::ApiError;

/// For which plan.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RosterParameters {
    /// Id of the plan; the caller's own if not said. The operator must say it.
    plan: Option<String>,
}

/// Loads a plan's member file. Rows that cannot be read are refused one by one; the rest stand.
#[utoipa::path(
    post, path = "/v1/rosters", operation_id = "loadRoster", tag = "members",
    params(RosterParameters),
    request_body(
        content = String, content_type = "text/csv", description = "CSV with a header, at most 64 MiB.",
        example = "CIN,Plan Member ID,Last Name,First Name,Date of Birth,Sex,Spoken Language,Residential Address,City,Zip,County,Homelessness Indicator,Phone Number,Coverage Start Date,Coverage End Date,Line of Business,Group Code,Dual Status Code,Renewal Month,PCP NPI\n91234567A,V1,Delgado,Marisol,1971-04-09,F,es,12 Alder Street,Sacramento,95999,SAC,N,5305550142,2026-01-01,,medi-cal,,NA,,\n"
    ),
    responses((status = 201, description = "What became of each row.", body = RosterView))
)]
pub(crate) async fn load(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<RosterParameters>,
    request: Request,
) -> Result<Response, ApiError> {
    let plan = match parameters.plan.map(|id| id.parse::<PlanId>()) {
        Some(plan) => plan.map_err(|_| Failure::NotFound)?,
        None if caller.role == Role::Operator => return Err(which_plan().into()),
        None => caller.plan()?.clone(),
    };
    let Upload { attempt, bytes, room } = app.receive_file(&caller, request, CSV).await?;
    let crosswalk = app.crosswalk.clone();
    let once = attempt.once("loadRoster", created);
    let command = async move {
        let _room = room;
        crosswalk.load_roster(&caller, plan, bytes, once).await
    };
    app.carry_out(command).await
}

fn which_plan() -> Failure {
    Failure::field("?plan", "missing-field", "the file's plan is not said", "send ?plan= and the plan's id")
}

/// What became of a member file.
#[utoipa::path(
    get, path = "/v1/rosters/{id}", operation_id = "getRoster", tag = "members",
    params(("id" = String, Path, description = "Its id.")),
    responses((status = 200, description = "What became of each row.", body = RosterView))
)]
pub(crate) async fn read(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<RosterId>,
) -> Result<Json<RosterView>, ApiError> {
    Ok(Json(app.crosswalk.roster(&caller, id).await?))
}
