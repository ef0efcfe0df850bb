//! Reference tables: what a plan declares and uploads rows for.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::response::Response;
use domain::identifiers::PlanId;
use domain::plan::types::Period;
use domain::problem::Code;
use domain::text::is_plain_line;
use serde::Deserialize;
use utoipa::IntoParams;
use workflow::Failure;
use workflow::command::{NewTable, SentTable};

use super::Named;
use crate::App;
use crate::answer::created;
use crate::auth::SignedIn;
use crate::body::{self, CSV, JSON, Readable, TABLE};
use crate::idempotency::Upload;
use crate::input::tables::{TableBody, TableDays};
use crate::output::tables::{TableDifferenceView, TableRowsView, TableVersionView, TableView};
use crate::output::{Page, json};
use crate::paging::{ListParameters, Parameters};
use crate::problem::ApiError;

/// Plan and name of a table, and the version of its rows.
pub(crate) struct Address {
    plan: PlanId,
    name: String,
    version: i64,
}

impl<S: Send + Sync> FromRequestParts<S> for Address {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<BTreeMap<String, String>>::from_request_parts(parts, state).await;
        let named = path.ok().and_then(|Path(mut named)| {
            let version = named.get("version").map_or(Some(0), |text| text.parse().ok())?;
            let name = named.remove("name").filter(|name| is_plain_line(name))?;
            Some(Self { plan: named.get("id")?.parse().ok()?, name, version })
        });
        named.ok_or_else(|| Failure::NotFound.into())
    }
}

/// Days on which the rows of a file are in force.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TableParameters {
    /// First day on which the rows of a file are in force. JSON says it in its body.
    #[param(format = Date)]
    effective_from: Option<String>,
    /// Last day; without it they are in force until a later upload takes their place.
    #[param(format = Date)]
    effective_to: Option<String>,
}

/// The reference tables that a plan's active plugin declares.
#[utoipa::path(
    get, path = "/v1/plans/{id}/tables", operation_id = "listTables", tag = "plans",
    params(("id" = String, Path, description = "Id of the plan.", example = "harbor-crest"), ListParameters),
    responses((status = 200, description = "A page of tables, by name.", body = Page<TableView>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
    Parameters(parameters): Parameters<ListParameters>,
) -> Result<Json<Page<TableView>>, ApiError> {
    Ok(json(app.crosswalk.tables(&caller, &plan, parameters.paging()?).await?))
}

/// Uploads for a table, newest first.
#[utoipa::path(
    get, path = "/v1/plans/{id}/tables/{name}", operation_id = "listTableVersions", tag = "plans",
    params(
        ("id" = String, Path, description = "Id of the plan.", example = "harbor-crest"),
        ("name" = String, Path, description = "Name of the table in the profile.", example = "fee-schedule"),
        ListParameters
    ),
    responses((status = 200, description = "A page of versions.", body = Page<TableVersionView>))
)]
pub(crate) async fn versions(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Address { plan, name, .. }: Address,
    Parameters(parameters): Parameters<ListParameters>,
) -> Result<Json<Page<TableVersionView>>, ApiError> {
    Ok(json(app.crosswalk.table_versions(&caller, &plan, &name, parameters.paging()?).await?))
}

/// Uploads a table's rows as its next version. All are taken or none; every problem of every row is told at
/// once.
#[utoipa::path(
    post, path = "/v1/plans/{id}/tables/{name}", operation_id = "uploadTable", tag = "plans",
    params(
        ("id" = String, Path, description = "Id of the plan.", example = "harbor-crest"),
        ("name" = String, Path, description = "Name of the table in the profile.", example = "fee-schedule"),
        TableParameters
    ),
    request_body(
        description = "The rows, at most 8 MiB and 100,000: JSON, or CSV whose first row names the declared columns.",
        content(
            (TableBody = "application/json", example = json!({
                "effective_from": "2026-07-01",
                "rows": [{ "procedure": "G9008 U8", "amount": "45.00" }, { "procedure": "G9012 U2", "amount": "78.25" }]
            })),
            (String = "text/csv", example = "procedure,amount\nG9008 U8,45.00\nG9012 U2,78.25\n")
        )
    ),
    responses((status = 201, description = "The rows are in force on their days.", body = TableVersionView))
)]
pub(crate) async fn upload(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Address { plan, name, .. }: Address,
    Parameters(parameters): Parameters<TableParameters>,
    request: Request,
) -> Result<Response, ApiError> {
    let form = TABLE.in_form_of(request.headers(), &[CSV, JSON.media_type]);
    let Upload { attempt, bytes, room } = app.receive_file(&caller, request, form).await?;
    let (days, sent) = read_rows(&app, form, parameters, bytes)?;
    let (new, crosswalk) = (NewTable { name, days, sent }, app.crosswalk.clone());
    let once = attempt.once("uploadTable", created);
    let command = async move {
        let _room = room;
        crosswalk.upload_table(&caller, plan, new, once).await
    };
    app.carry_out(command).await
}

/// Compares rows with the version that was uploaded last: what their upload would add, remove and change.
/// Nothing is kept but that somebody looked.
#[utoipa::path(
    post, path = "/v1/plans/{id}/tables/{name}/differences", operation_id = "compareTable", tag = "plans",
    params(
        ("id" = String, Path, description = "Id of the plan.", example = "harbor-crest"),
        ("name" = String, Path, description = "Name of the table in the profile.", example = "fee-schedule"),
        TableParameters
    ),
    request_body(
        description = "The rows, as they would be uploaded: JSON, or CSV whose first row names the declared columns.",
        content(
            (TableBody = "application/json", example = json!({
                "effective_from": "2026-07-01",
                "rows": [{ "procedure": "G9008 U8", "amount": "47.00" }]
            })),
            (String = "text/csv", example = "procedure,amount\nG9008 U8,47.00\n")
        )
    ),
    responses((status = 200, description = "The difference; the first 100 rows of each kind.", body = TableDifferenceView))
)]
pub(crate) async fn compare(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Address { plan, name, .. }: Address,
    Parameters(parameters): Parameters<TableParameters>,
    request: Request,
) -> Result<Json<TableDifferenceView>, ApiError> {
    let form = TABLE.in_form_of(request.headers(), &[CSV, JSON.media_type]);
    let (bytes, _room) = app.receive_to_look_at(&caller, request, form).await?;
    let (days, sent) = read_rows(&app, form, parameters, bytes)?;
    Ok(json(app.crosswalk.compare_table(&caller, &plan, NewTable { name, days, sent }).await?))
}

/// Rows with their days, in either form.
fn read_rows(
    app: &App,
    form: Readable,
    parameters: TableParameters,
    bytes: Vec<u8>,
) -> Result<(Period, SentTable), ApiError> {
    if form.media_type == CSV {
        let TableParameters { effective_from, effective_to } = parameters;
        Ok((app.read(TableDays { effective_from, effective_to })?, SentTable::Csv(bytes)))
    } else {
        parameters.must_be_absent()?;
        app.read(body::json::<TableBody>(&bytes)?)
    }
}

impl TableParameters {
    /// JSON says its days in its body; two places that may differ are one too many.
    fn must_be_absent(&self) -> Result<(), ApiError> {
        let sent = [("?effective_from", &self.effective_from), ("?effective_to", &self.effective_to)];
        match sent.into_iter().find(|(_, sent)| sent.is_some()) {
            None => Ok(()),
            Some((at, _)) => {
                let detail = "this does not go with JSON, which says it in its body";
                Err(Failure::field(at, Code::NotWithThis, detail, "leave it out").into())
            }
        }
    }
}

/// One version of a table with its rows.
#[utoipa::path(
    get, path = "/v1/plans/{id}/tables/{name}/versions/{version}", operation_id = "getTableVersion", tag = "plans",
    params(
        ("id" = String, Path, description = "Id of the plan.", example = "harbor-crest"),
        ("name" = String, Path, description = "Name of the table in the profile.", example = "fee-schedule"),
        ("version" = i64, Path, description = "The version, from 1.", example = 1),
        ListParameters
    ),
    responses((status = 200, description = "The version and a page of its rows.", body = TableRowsView))
)]
pub(crate) async fn rows(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Address { plan, name, version }: Address,
    Parameters(parameters): Parameters<ListParameters>,
) -> Result<Json<TableRowsView>, ApiError> {
    Ok(json(app.crosswalk.table_rows(&caller, &plan, &name, version, parameters.paging()?).await?))
}
