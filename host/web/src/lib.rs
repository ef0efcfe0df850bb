//! What the outside may ask, over HTTP.
//!
//! Each request is read into what `workflow` understands, handed over, and answered. The rooms:
//!
//! - `routes`: one file for each group of operations; thin.
//! - `input`: what bodies look like on the wire, and how they become commands.
//! - `auth`, `body`, `idempotency`, `preconditions`, `paging`: what an operation may demand of a request.
//! - `problem`, `answer`: every way to answer.
//! - `envelope`: what is the same for every answer: its id, its headers, its span, its numbers.
//! - `serve`: the accept loop.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use workflow::Crosswalk;

use crate::routes::{
    applications, audit, authorizations, claims, contracts, counties, criteria, decisions, dictionary,
    documents, fhir, members, operations, organizations, plans, plugins, receipts, referrals, remittances,
    rosters, shadow_runs, tables, what_if, work,
};

mod answer;
mod auth;
mod body;
mod document;
mod envelope;
mod idempotency;
mod input;
mod numbers;
mod paging;
mod preconditions;
mod problem;
mod routes;
mod serve;

pub use numbers::install_metrics;
pub use serve::serve;

#[cfg(test)]
mod tests;

/// What every handler has at hand. Cheap to clone.
#[derive(Clone)]
pub struct App {
    crosswalk: Crosswalk,
    metrics: PrometheusHandle,
    /// Commands under way. They run to their end even if the client hangs up.
    commands: TaskTracker,
    /// Room for files, which are held in memory while they are read.
    uploads: Arc<Semaphore>,
    /// Room for documents on their way in or out, a few parts of each in memory.
    documents: Arc<Semaphore>,
}

/// Files at once. The next one is told to come back.
const UPLOADS: usize = 4;
/// Documents on their way at once. The next one is told to come back.
const DOCUMENTS: usize = 32;

impl App {
    /// The application around its use cases, with the handle that [`install_metrics`] gave.
    #[must_use]
    pub fn new(crosswalk: Crosswalk, metrics: PrometheusHandle) -> Self {
        Self {
            crosswalk,
            metrics,
            commands: TaskTracker::new(),
            uploads: Arc::new(Semaphore::new(UPLOADS)),
            documents: Arc::new(Semaphore::new(DOCUMENTS)),
        }
    }
}

/// The whole API, ready to be served.
pub fn router(app: App) -> Router {
    let (router, description) = api().split_for_parts();
    router
        .merge(document::router(&document::finished(description)))
        .method_not_allowed_fallback(problem::no_such_method)
        .fallback(problem::no_such_route)
        .layer(from_fn(envelope::around))
        .with_state(app)
}

/// The OpenAPI 3.1 document of the API, as indented JSON.
#[must_use]
pub fn openapi() -> String {
    document::indented(&document::finished(api().into_openapi()))
}

/// The table of contents.
fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(document::frame())
        // The instance itself.
        .routes(routes!(operations::healthz))
        .routes(routes!(operations::readyz))
        .routes(routes!(operations::metrics))
        .routes(routes!(organizations::list, organizations::create))
        .routes(routes!(organizations::read, organizations::change))
        .routes(routes!(organizations::pause))
        .routes(routes!(organizations::resume))
        .routes(routes!(organizations::end))
        .routes(routes!(organizations::list_keys, organizations::create_key))
        .routes(routes!(organizations::rename_key, organizations::revoke_key))
        .routes(routes!(organizations::rotate_key))
        .routes(routes!(counties::add))
        .routes(routes!(dictionary::index))
        .routes(routes!(dictionary::list))
        // Members and who covers them.
        .routes(routes!(members::list, members::add))
        .routes(routes!(members::search))
        .routes(routes!(members::read, members::correct))
        .routes(routes!(members::coverage))
        .routes(routes!(members::cases))
        .routes(routes!(members::limits))
        .routes(routes!(members::values))
        .routes(routes!(rosters::load))
        .routes(routes!(rosters::read))
        // Plans, their plugins, and what they ask for.
        .routes(routes!(plans::list))
        .routes(routes!(plans::profile))
        .routes(routes!(plans::policy, plans::set_policy))
        .routes(routes!(plugins::list, plugins::upload))
        .routes(routes!(plugins::read))
        .routes(routes!(plugins::timeline))
        .routes(routes!(plugins::sign))
        .routes(routes!(plugins::approve))
        .routes(routes!(plugins::revoke))
        .routes(routes!(plugins::list_activations, plugins::activate))
        .routes(routes!(plugins::roll_back))
        .routes(routes!(plugins::list_signing_keys, plugins::add_signing_key))
        .routes(routes!(plugins::retire_signing_key))
        .routes(routes!(receipts::list, receipts::make))
        .routes(routes!(shadow_runs::list, shadow_runs::start))
        .routes(routes!(shadow_runs::read))
        .routes(routes!(shadow_runs::changes))
        .routes(routes!(shadow_runs::export))
        .routes(routes!(shadow_runs::cancel))
        .routes(routes!(plans::breakers))
        .routes(routes!(plans::costs))
        .routes(routes!(tables::list))
        .routes(routes!(tables::versions, tables::upload))
        .routes(routes!(tables::rows))
        .routes(routes!(criteria::read))
        .routes(routes!(criteria::ask))
        .routes(routes!(criteria::diff))
        .routes(routes!(what_if::ask))
        // Cases.
        .routes(routes!(referrals::list, referrals::submit))
        .routes(routes!(referrals::offers))
        .routes(routes!(referrals::read))
        .routes(routes!(referrals::timeline))
        .routes(routes!(referrals::supply))
        .routes(routes!(referrals::step))
        .routes(routes!(referrals::decide))
        .routes(routes!(referrals::translate))
        .routes(routes!(referrals::tell_member))
        .routes(routes!(referrals::withdraw))
        .routes(routes!(authorizations::list, authorizations::submit))
        .routes(routes!(authorizations::read))
        .routes(routes!(authorizations::timeline))
        .routes(routes!(authorizations::supply))
        .routes(routes!(authorizations::decide))
        .routes(routes!(authorizations::translate))
        .routes(routes!(authorizations::tell_member))
        .routes(routes!(authorizations::extend))
        .routes(routes!(authorizations::end))
        .routes(routes!(authorizations::withdraw))
        .routes(routes!(claims::list, claims::submit))
        .routes(routes!(claims::read))
        .routes(routes!(claims::timeline))
        .routes(routes!(claims::supply))
        .routes(routes!(claims::decide))
        .routes(routes!(claims::translate))
        .routes(routes!(claims::dispute))
        .routes(routes!(remittances::list, remittances::record))
        .routes(routes!(remittances::read))
        .routes(routes!(remittances::take_backs))
        .routes(routes!(applications::list, applications::submit))
        .routes(routes!(applications::read))
        .routes(routes!(applications::timeline))
        .routes(routes!(applications::supply))
        .routes(routes!(applications::decide))
        .routes(routes!(contracts::list, contracts::record))
        .routes(routes!(contracts::read))
        .routes(routes!(contracts::timeline))
        .routes(routes!(contracts::step))
        .routes(routes!(documents::list, documents::send))
        .routes(routes!(documents::read))
        .routes(routes!(documents::content))
        // What is to be done, and what was decided how.
        .routes(routes!(work::worklist))
        .routes(routes!(work::deadlines))
        .routes(routes!(work::notices))
        .routes(routes!(audit::read))
        .routes(routes!(decisions::read))
        .routes(routes!(decisions::replay))
        // The same referrals, spoken in FHIR.
        .routes(routes!(fhir::submit))
        .routes(routes!(fhir::read))
}
