//! Member files: uploads and their reports.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::identifiers::{PlanId, RosterId};
use domain::problem::Code;
use serde::Deserialize;
use utoipa::IntoParams;
use workflow::command::StoredAnswer;
use workflow::shown::ShownRoster;
use workflow::{Failure, Role};

use super::Named;
use crate::App;
use crate::answer::{created, ok, stored};
use crate::auth::SignedIn;
use crate::body::{MEMBER_FILE, MEMBER_FILE_FORMS};
use crate::idempotency::{BareCommand, Upload};
use crate::output::json;
use crate::output::rosters::RosterView;
use crate::paging::Parameters;
use crate::problem::ApiError;

/// Plan of a member file, and whether the state says what is in it.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RosterParameters {
    /// Id of the plan; the caller's own if not said. The operator must say it.
    plan: Option<String>,
    /// `true`, by the operator: the state says who the plan's members are. Birth dates, names and coverage
    /// stand as they are said.
    #[param(value_type = Option<bool>, example = false)]
    of_the_state: Option<String>,
}

/// Loads a plan's member file. Rows that cannot be read are refused one by one; the rest stand.
///
/// A row whose number the plan's files have had with another birth date or name changes nothing
/// (`identity-differs`). What else a file says otherwise than others is settled by the operator; see `GET
/// /v1/identity-conflicts`.
///
/// A file of up to 1,000 rows is loaded at once. A longer one is loaded in the background, after those that
/// the plan sent before it: its address tells how far it has come. It can be cancelled until its loading
/// begins; from then on all of it is loaded, whatever stops in between.
#[utoipa::path(
    post, path = "/v1/rosters", operation_id = "loadRoster", tag = "members",
    params(RosterParameters),
    request_body(
        description = "The file, at most 64 MiB: text in UTF-8, UTF-16 or Windows-1252 with cells separated by commas, tabs, pipes or semicolons, or an XLSX workbook. Headers stand in any order, below at most 20 rows of title, under our names or those that member files are seen to use. CIN, Last Name, First Name, Date of Birth, County and Coverage Start Date must be there; columns that are none of ours are kept aside.",
        content(
            (String = "text/csv", example = "CIN,Plan Member ID,Last Name,First Name,Date of Birth,Sex,Spoken Language,Residential Address,City,Zip,County,Homelessness Indicator,Phone Number,Coverage Start Date,Coverage End Date,Line of Business,Group Code,Dual Status Code,Renewal Month,PCP NPI\n91234567A,V1,Delgado,Marisol,1971-04-09,F,es,12 Alder Street,Sacramento,95999,SAC,N,5305550142,2026-01-01,,medi-cal,,NA,,\n"),
            (String = "text/plain"),
            (String = "text/tab-separated-values"),
            (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        )
    ),
    responses(
        (status = 201, description = "Outcome of each row.", body = RosterView),
        (status = 202, description = "The file is under way.", body = RosterView,
            headers(("Location" = String, description = "Where to see how far it has come.")))
    )
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
    let of_the_state = match parameters.of_the_state.as_deref() {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => {
            let fix = "send one of: true, false";
            return Err(Failure::field("?of_the_state", Code::UnknownCode, "this is neither", fix).into());
        }
    };
    let form = MEMBER_FILE.in_form_of(request.headers(), &MEMBER_FILE_FORMS);
    let Upload { attempt, bytes, room } = app.receive_file(&caller, request, form).await?;
    let crosswalk = app.crosswalk.clone();
    let once = attempt.once("loadRoster", taken);
    let command = async move {
        let _room = room;
        crosswalk.load_roster(&caller, plan, bytes, of_the_state, once).await
    };
    app.carry_out(command).await
}

/// 201 for a file that is loaded, 202 and its address for one that is under way.
fn taken(roster: &ShownRoster) -> StoredAnswer {
    if roster.is_loaded() {
        return created(roster);
    }
    let location = format!("/v1/rosters/{}", roster.roster.id);
    stored(StatusCode::ACCEPTED, roster, vec![("location".to_owned(), location)])
}

fn which_plan() -> Failure {
    Failure::field(
        "?plan",
        Code::MissingField,
        "the file's plan is not said",
        "send ?plan= and the plan's id",
    )
}

/// The state and the report of a member file.
#[utoipa::path(
    get, path = "/v1/rosters/{id}", operation_id = "getRoster", tag = "members",
    params(("id" = String, Path, description = "Id of the member file.")),
    responses((status = 200, description = "Outcome of each row.", body = RosterView))
)]
pub(crate) async fn read(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<RosterId>,
) -> Result<Json<RosterView>, ApiError> {
    Ok(json(app.crosswalk.roster(&caller, id).await?))
}

/// Cancels a member file whose loading has not begun. Nothing of it is loaded.
#[utoipa::path(
    post, path = "/v1/rosters/{id}/cancellation", operation_id = "cancelRoster", tag = "members",
    params(("id" = String, Path, description = "Id of the member file.")),
    responses((status = 200, description = "The file, cancelled.", body = RosterView))
)]
pub(crate) async fn cancel(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<RosterId>,
    BareCommand(attempt): BareCommand,
) -> Result<Response, ApiError> {
    let crosswalk = app.crosswalk.clone();
    let once = attempt.once("cancelRoster", ok);
    app.carry_out(async move { crosswalk.cancel_roster(&caller, id, once).await }).await
}
