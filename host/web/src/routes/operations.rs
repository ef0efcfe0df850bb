//! Life, readiness, and what the instance counts. The counts are the operator's: by key here, or without one
//! on a listener of their own.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;
use workflow::Role;

use crate::App;
use crate::auth::SignedIn;
use crate::problem::ApiError;

/// Health of the process.
#[derive(Serialize, ToSchema)]
#[schema(as = Health)]
pub(crate) struct HealthView {
    /// `ok`: the process answers.
    status: &'static str,
}

/// Addresses at which a reader can go on.
#[derive(Serialize, ToSchema)]
#[schema(as = Index)]
pub(crate) struct IndexView {
    /// `Crosswalk`, the name of the program.
    name: &'static str,
    /// Version of the program.
    version: &'static str,
    /// The page that shows the API.
    docs: &'static str,
    /// The description of the API, OpenAPI 3.1.
    openapi: &'static str,
    /// The state's words and rules, for whoever has a key.
    dictionary: &'static str,
    /// Address that says whether the instance should be sent requests.
    ready: &'static str,
}

/// Addresses of the page that shows the API, and of its description.
#[utoipa::path(
    get, path = "/", operation_id = "getIndex", tag = "operations", security(()),
    responses((status = 200, description = "Addresses on this host.", body = IndexView))
)]
pub(crate) async fn index() -> Json<IndexView> {
    Json(IndexView {
        name: "Crosswalk",
        version: env!("CARGO_PKG_VERSION"),
        docs: "/docs",
        openapi: "/openapi.json",
        dictionary: "/v1/dictionary",
        ready: "/readyz",
    })
}

/// Answers while the process is alive. It asks nothing else: a dead database must not get every node killed.
#[utoipa::path(
    get, path = "/healthz", operation_id = "getHealth", tag = "operations", security(()),
    responses((status = 200, description = "The process is alive.", body = HealthView))
)]
pub(crate) async fn healthz() -> Json<HealthView> {
    Json(HealthView { status: "ok" })
}

/// Answers 200 while the instance should be sent requests: the record takes writes.
#[utoipa::path(
    get, path = "/readyz", operation_id = "getReadiness", tag = "operations", security(()),
    responses((status = 200, description = "The instance takes requests.", body = HealthView))
)]
pub(crate) async fn readyz(State(app): State<App>) -> Result<Json<HealthView>, ApiError> {
    if app.commands.is_closed() {
        return Err(ApiError::NotReady);
    }
    app.crosswalk.ready().await.map_err(|failure| {
        tracing::warn!(error = %crate::problem::chain(&failure), "not ready");
        ApiError::NotReady
    })?;
    Ok(Json(HealthView { status: "ok" }))
}

/// Counts and gauges of the instance, as Prometheus reads them. For the operator's key; with
/// `--metrics-listen` also without one, on an address of its own.
#[utoipa::path(
    get, path = "/metrics", operation_id = "getMetrics", tag = "operations",
    responses((status = 200, description = "Counters and histograms.", body = String, content_type = "text/plain"))
)]
pub(crate) async fn metrics(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
) -> Result<impl IntoResponse, ApiError> {
    caller.must_be(&[Role::Operator])?;
    // Counters move with every case.
    caller.must_see_names()?;
    Ok(counts(State(app)).await)
}

/// The same for the listener that only the operator's own machines reach.
pub(crate) async fn counts(State(app): State<App>) -> impl IntoResponse {
    app.crosswalk.gauge();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.render())
}
