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

/// How the instance is.
#[derive(Serialize, ToSchema)]
#[schema(as = Health)]
pub(crate) struct HealthView {
    /// `ok`.
    status: &'static str,
}

/// Where to go from here.
#[derive(Serialize, ToSchema)]
#[schema(as = Index)]
pub(crate) struct IndexView {
    /// `Crosswalk`.
    name: &'static str,
    /// The program's version.
    version: &'static str,
    /// The page that shows the API.
    docs: &'static str,
    /// The description of the API, OpenAPI 3.1.
    openapi: &'static str,
    /// The state's words and rules, for whoever has a key.
    dictionary: &'static str,
    /// Whether the instance should be sent requests.
    ready: &'static str,
}

/// Says where to go: the page that shows the API, and its description.
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

/// Whether the process answers at all. It asks nothing else: a dead database must not get every node killed.
#[utoipa::path(
    get, path = "/healthz", operation_id = "getHealth", tag = "operations", security(()),
    responses((status = 200, description = "It lives.", body = HealthView))
)]
pub(crate) async fn healthz() -> Json<HealthView> {
    Json(HealthView { status: "ok" })
}

/// Whether it should be sent requests: the record takes writes.
#[utoipa::path(
    get, path = "/readyz", operation_id = "getReadiness", tag = "operations", security(()),
    responses((status = 200, description = "It is ready.", body = HealthView))
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

/// What the instance counts, as Prometheus reads it. For the operator's key; with `--metrics-listen` also
/// without one, on an address of its own.
#[utoipa::path(
    get, path = "/metrics", operation_id = "getMetrics", tag = "operations",
    responses((status = 200, description = "Counters and histograms.", body = String, content_type = "text/plain"))
)]
pub(crate) async fn metrics(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
) -> Result<impl IntoResponse, ApiError> {
    caller.must_be(&[Role::Operator])?;
    Ok(counts(State(app)).await)
}

/// The same for the listener that only the operator's own machines reach.
pub(crate) async fn counts(State(app): State<App>) -> impl IntoResponse {
    app.crosswalk.gauge();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.render())
}
