//! What each plan of a county asks for, side by side.

use axum::Json;
use axum::extract::State;
use domain::catalog::Catalog;
use domain::dictionary::Dictionary;
use domain::identifiers::County;
use serde::Deserialize;
use utoipa::IntoParams;
use workflow::Failure;
use workflow::view::GridView;

use crate::App;
use crate::auth::SignedIn;
use crate::paging::{Parameters, day};
use crate::problem::ApiError;

/// Which part of the grid.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct GridParameters {
    /// County code; the first county of a plan if not said.
    #[param(example = "SRV")]
    county: Option<String>,
    /// Service id; every service if not said.
    #[param(example = "recuperative-care")]
    service: Option<String>,
    /// The day; today if not said.
    #[param(format = Date)]
    on: Option<String>,
}

/// The grid of services and plans, with every criterion and where it comes from.
#[utoipa::path(
    get, path = "/v1/criteria", operation_id = "getCriteria", tag = "criteria",
    params(GridParameters),
    responses((status = 200, description = "The grid.", body = GridView))
)]
pub(crate) async fn read(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<GridParameters>,
) -> Result<Json<GridView>, ApiError> {
    let county = parameters.county.map(|code| county(&code)).transpose()?;
    if parameters.service.as_ref().is_some_and(|id| Catalog::state().service(id).is_none()) {
        let fix = "send a service id of the catalog, or none for all";
        return Err(Failure::field("?service", "unknown-code", "there is no such service", fix).into());
    }
    let on = day("?on", parameters.on.as_deref())?;
    Ok(Json(app.crosswalk.criteria(&caller, county, parameters.service, on).await?))
}

fn county(code: &str) -> Result<County, Failure> {
    let county =
        code.parse().ok().filter(|county: &County| Dictionary::state().county(county.as_str()).is_some());
    county.ok_or_else(|| {
        Failure::field(
            "?county",
            "unknown-code",
            "there is no such county",
            "send a county's three letters, such as SRV",
        )
    })
}
