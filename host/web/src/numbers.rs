//! Counting requests, for Prometheus. Labels are the route's pattern, the method and the status: few, and
//! nobody's data.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

/// Seconds: from a cached read to a member file.
const BUCKETS_SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// Seconds: from compiled rules, some tens of microseconds, to an interpreter's deadline.
const CALL_BUCKETS_SECONDS: [f64; 12] =
    [0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.01, 0.05, 0.1, 0.25, 1.0];

/// Makes this process count what it does; once, before it does anything. The handle is for
/// [`crate::App::new`].
///
/// # Errors
/// When something else counts already.
pub fn install_metrics() -> Result<PrometheusHandle, BuildError> {
    let calls = Matcher::Full("crosswalk_plugin_call_seconds".to_owned());
    let handle = PrometheusBuilder::new()
        .set_buckets(&BUCKETS_SECONDS)?
        .set_buckets_for_metric(calls, &CALL_BUCKETS_SECONDS)?
        .install_recorder()?;
    metrics::describe_counter!("crosswalk_plugin_calls", "Plugins asked, by plan, operation and ending.");
    metrics::describe_histogram!(
        "crosswalk_plugin_call_seconds",
        "Time of a call, with the wait for a place."
    );
    metrics::describe_counter!("crosswalk_plugin_cpu_ticks", "Ticks of 10 ms that fell into a plan's calls.");
    metrics::describe_gauge!("crosswalk_plugin_places", "Calls that can run at one moment, by tier.");
    metrics::describe_gauge!("crosswalk_plugin_places_taken", "Calls that do.");
    metrics::describe_gauge!("crosswalk_plugin_slow_calls", "Those of them in the slow lane, by tier.");
    metrics::describe_gauge!("crosswalk_compiling", "Components that are compiled, or wait for it.");
    metrics::describe_counter!(
        "crosswalk_database_errors_total",
        "What the database did not do, by SQLSTATE or SQLite's code."
    );
    metrics::describe_histogram!(
        "crosswalk_member_file_seconds",
        "Time of the parts of taking member files, of many rows at a time."
    );
    metrics::describe_histogram!(
        "crosswalk_bulk_seconds",
        "Time of putting many rows into the record, by table, and of their commit."
    );
    metrics::describe_gauge!("crosswalk_database_connections", "Connections open, for writers and readers.");
    metrics::describe_gauge!("crosswalk_database_connections_taken", "Those of them that are in use.");
    metrics::describe_counter!("http_requests_total", "Requests answered.");
    metrics::describe_histogram!(
        "http_request_duration_seconds",
        "Time from a request's head to its answer's."
    );
    metrics::describe_gauge!("http_connections", "Connections open.");
    metrics::describe_counter!("http_connections_refused", "Connections for which there was no place.");
    metrics::describe_counter!(
        "http_uploads_gave_way",
        "Files that came too slowly for a place that others waited for."
    );
    metrics::describe_counter!(
        "http_connections_stalled",
        "Connections whose client did not read its answer."
    );
    metrics::describe_gauge!("crosswalk_notices_late_seconds", "How long the oldest notice has been due.");
    metrics::describe_gauge!("crosswalk_jobs_dead", "Jobs that were given up and wait for a person.");
    metrics::describe_gauge!("crosswalk_keys_ending", "Keys that end within 14 days and were not replaced.");
    metrics::describe_gauge!(
        "crosswalk_duties_done_timestamp_seconds",
        "When the host's duties were done last."
    );
    metrics::describe_counter!(
        "crosswalk_clocks_missed_total",
        "Duties of plans that were not done in time."
    );
    Ok(handle)
}

/// Counts one answer, by its route, method and status.
pub(crate) fn count(route: &str, method: &Method, status: StatusCode, took: Duration) {
    let method = match *method {
        Method::GET
        | Method::POST
        | Method::PATCH
        | Method::DELETE
        | Method::HEAD
        | Method::PUT
        | Method::OPTIONS => method.to_string(),
        _ => "other".to_owned(),
    };
    let labels = [("route", route.to_owned()), ("method", method), ("status", status.as_u16().to_string())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_duration_seconds", &labels).record(took.as_secs_f64());
}
