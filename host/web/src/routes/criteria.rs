//! Criteria of each plan of a county, side by side.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::catalog::Catalog;
use domain::identifiers::County;
use domain::problem::Code;
use serde::Deserialize;
use utoipa::IntoParams;
use workflow::Failure;

use crate::App;
use crate::answer::ok;
use crate::auth::SignedIn;
use crate::idempotency::Command;
use crate::input::{self, asking::UnsentCaseBody};
use crate::output::asking::AcrossView;
use crate::output::criteria::{DiffView, GridView};
use crate::output::json;
use crate::paging::{Parameters, day};
use crate::problem::ApiError;

/// Filters of the criteria grid.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct GridParameters {
    /// County code; the first county of a plan if not said.
    #[param(example = "SAC")]
    county: Option<String>,
    /// Service id; every service if not said.
    #[param(example = "recuperative-care")]
    service: Option<String>,
    /// The day; today if not said.
    #[param(format = Date)]
    on: Option<String>,
}

/// The grid of services and plans, with every criterion and its source.
#[utoipa::path(
    get, path = "/v1/criteria", operation_id = "getCriteria", tag = "criteria",
    params(GridParameters),
    responses((status = 200, description = "The grid of services and plans.", body = GridView))
)]
pub(crate) async fn read(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<GridParameters>,
) -> Result<Json<GridView>, ApiError> {
    let county = parameters.county.map(|code| county(&app, &code)).transpose()?;
    check_service(parameters.service.as_deref())?;
    let on = day("?on", parameters.on.as_deref())?;
    Ok(json(app.crosswalk.criteria(&caller, county, parameters.service, on).await?))
}

/// Asks every plan of a county about the same case, without a member: to choose a service, or to compare
/// policies. Only the look is recorded.
#[utoipa::path(
    post, path = "/v1/criteria/ask", operation_id = "askAcross", tag = "criteria",
    request_body(content = UnsentCaseBody, example = json!({"county": "SAC", "services": ["ecm", "recuperative-care"], "workflow": "referral", "populations": ["homelessness"], "facts": [{"code": "consent.member-agrees", "value": true}, {"code": "housing.status", "value": "homeless-unsheltered"}]})),
    responses((status = 200, description = "Each plan's answer about each service.", body = AcrossView))
)]
pub(crate) async fn ask(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Command { attempt, body }: Command<UnsentCaseBody>,
) -> Result<Response, ApiError> {
    let (case, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("askAcross", ok);
    app.carry_out(async move { crosswalk.ask_across(&caller, case, once).await }).await
}

/// The two days of a comparison, and its filters.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DiffParameters {
    /// The end of this day, Pacific time,
    #[param(format = Date, required = true)]
    from: Option<String>,
    /// against the end of this one.
    #[param(format = Date, required = true)]
    to: Option<String>,
    /// County code; every county if not said.
    #[param(example = "SAC")]
    county: Option<String>,
    /// Service id; every service if not said.
    #[param(example = "recuperative-care")]
    service: Option<String>,
}

/// Changes of a county's rules between two days, plan by plan: elections, criteria, presumptive rights,
/// rates, turn-around times, and who has the last word.
#[utoipa::path(
    get, path = "/v1/criteria/diff", operation_id = "diffCriteria", tag = "criteria",
    params(DiffParameters),
    responses((status = 200, description = "Plans at which anything changed; an empty list if none.", body = DiffView))
)]
pub(crate) async fn diff(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<DiffParameters>,
) -> Result<Json<DiffView>, ApiError> {
    let missing =
        |at| Failure::field(at, Code::MissingField, "a day to compare is missing", "send YYYY-MM-DD");
    let from = day("?from", parameters.from.as_deref())?.ok_or_else(|| missing("?from"))?;
    let to = day("?to", parameters.to.as_deref())?.ok_or_else(|| missing("?to"))?;
    let county = parameters.county.map(|code| county(&app, &code)).transpose()?;
    check_service(parameters.service.as_deref())?;
    Ok(json(app.crosswalk.rule_changes(&caller, from, to, county, parameters.service).await?))
}

fn check_service(id: Option<&str>) -> Result<(), Failure> {
    if id.is_none_or(|id| Catalog::state().service(id).is_some()) {
        return Ok(());
    }
    let fix = "send a service id of the catalog, or none for all";
    Err(Failure::field("?service", Code::UnknownCode, "there is no such service", fix))
}

fn county(app: &App, code: &str) -> Result<County, Failure> {
    input::county(&app.crosswalk.counties(), "?county", code)
        .map_err(|problem| Failure::Invalid(vec![problem]))
}
