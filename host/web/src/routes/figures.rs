//! Figures of a county's plans, as JSON and as a spreadsheet.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::figures::Quarter;
use domain::problem::Code;
use serde::Deserialize;
use utoipa::IntoParams;
use workflow::Failure;

use crate::App;
use crate::auth::SignedIn;
use crate::output::figures::FiguresView;
use crate::output::json;
use crate::paging::Parameters;
use crate::problem::ApiError;

/// Quarter of the figures.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct FigureParameters {
    /// Quarter of a year, Pacific time; today's if not said.
    #[param(example = "2026-Q1")]
    quarter: Option<String>,
}

impl FigureParameters {
    fn quarter(&self) -> Result<Option<Quarter>, Failure> {
        let refused = |_| {
            let detail = "this is no quarter of a year";
            Failure::field(
                "?quarter",
                Code::InvalidValue,
                detail,
                "send a year and a quarter, such as 2026-Q1",
            )
        };
        self.quarter.as_deref().map(|text| text.parse().map_err(refused)).transpose()
    }
}

/// Clocks missed, time to a decision, referrals with a known end, and denials by cause, plan by plan in one
/// quarter. Nobody is named, and a number that stands for 1 to 10 people is withheld, also where it could be
/// worked out. For the county; a plan is shown itself.
#[utoipa::path(
    get, path = "/v1/figures", operation_id = "getFigures", tag = "figures",
    params(FigureParameters),
    responses((status = 200, description = "Figures of the quarter.", body = FiguresView))
)]
pub(crate) async fn read(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<FigureParameters>,
) -> Result<Json<FiguresView>, ApiError> {
    Ok(json(app.crosswalk.figures(&caller, parameters.quarter()?).await?))
}

/// The same figures as CSV: a row for each number and what it is of.
#[utoipa::path(
    get, path = "/v1/figures.csv", operation_id = "exportFigures", tag = "figures",
    params(FigureParameters),
    responses((status = 200, description = "CSV whose first row names the columns.", body = String, content_type = "text/csv"))
)]
pub(crate) async fn export(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<FigureParameters>,
) -> Result<Response, ApiError> {
    let quarter = parameters.quarter()?;
    let sheet = app.crosswalk.figures_sheet(&caller, quarter).await?;
    let name = quarter.map_or_else(|| "figures".to_owned(), |quarter| format!("figures-{quarter}"));
    Ok(sheet_answer(&name, sheet))
}

/// A spreadsheet as a download.
pub(crate) fn sheet_answer(name: &str, sheet: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")),
    ];
    (headers, sheet).into_response()
}
