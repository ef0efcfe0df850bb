//! The HTTP API: each request is read into a command of `workflow`, handed over, and answered.
//!
//! - `routes`: one file for each group of operations; thin.
//! - `input`: what bodies look like on the wire, and how they become commands.
//! - `output`: what use cases give back, as JSON, one file for each noun.
//! - `auth`, `body`, `idempotency`, `preconditions`, `paging`: what an operation may demand of a request.
//! - `problem`, `answer`: every way to answer; `addresses`: where an operation is that a text names.
//! - `negotiation`, `spanish`: what a client would rather have, and problems in Spanish.
//! - `portal`: pages for people, below `/portal`.
//! - `envelope`: what is the same for every answer: its id, its headers, its span, its numbers.
//! - `serve`: the accept loop; `tls`: the certificate that it may speak with. `wire`: a connection's bytes.
//!   `gate` and `traffic`: demands on every connection, and how much of the service one client may take.

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::task::TaskTracker;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use workflow::Crosswalk;

use crate::gate::Gate;
use crate::pace::Line;
use crate::routes::{
    accounts, applications, audit, authorizations, claims, contracts, counties, criteria, dictionary,
    documents, evaluations, fhir, figures, identity, identity_providers, members, operations, organizations,
    passkeys, plans, plugins, problems, receipts, referrals, remittances, rosters, rules_files, sessions,
    shadow_runs, tables, what_if, work,
};
use crate::traffic::{Places, Rooms};

mod addresses;
mod answer;
mod auth;
mod body;
mod document;
mod envelope;
mod gate;
mod idempotency;
mod input;
mod negotiation;
mod numbers;
mod output;
mod pace;
mod paging;
mod portal;
mod preconditions;
mod problem;
mod routes;
mod serve;
mod spanish;
mod tls;
mod traffic;
mod wire;

pub use ::portal::sign_on::RETURNED as PROVIDERS_RETURN_BELOW;
pub use numbers::install_metrics;
pub use serve::{serve, serve_counts};
pub use tls::{Certificate, CertificateError};
pub use traffic::{LEAST_PROGRESS_BYTES, Traffic};

#[cfg(test)]
mod tests;

/// State of the service that every handler has at hand. Cheap to clone.
#[derive(Clone)]
pub struct App {
    crosswalk: Crosswalk,
    metrics: PrometheusHandle,
    /// Commands under way. They run to their end even if the client hangs up.
    commands: TaskTracker,
    /// Room for files, which are held in memory while they are read.
    uploads: Arc<Rooms>,
    /// Room for documents on their way in or out, a few parts of each in memory.
    documents: Arc<Rooms>,
    /// Limits of one client.
    traffic: Arc<Traffic>,
    /// Places for connections, in all and for each address.
    places: Arc<Places>,
    /// The counts of requests.
    gate: Arc<Gate>,
    /// Certificate for TLS; `None`: plain HTTP is served.
    certificate: Option<Arc<Certificate>>,
}

/// Files at once, and of one organization. The next one waits a while, then is told to come back.
const UPLOADS: (usize, usize) = (6, 2);
/// Documents on their way at once, and of one organization.
const DOCUMENTS: (usize, usize) = (32, 8);

impl App {
    /// The application around its use cases, with the handle that [`install_metrics`] gave.
    #[must_use]
    pub fn new(crosswalk: Crosswalk, metrics: PrometheusHandle) -> Self {
        Self::with(crosswalk, metrics, Traffic::default())
    }

    /// The same with limits of its own on what one client may take.
    #[must_use]
    pub fn with(crosswalk: Crosswalk, metrics: PrometheusHandle, traffic: Traffic) -> Self {
        let wait = traffic.progress_within;
        let uploads = Line::of(wait, body::MEMBER_FILE.limit_bytes as u64, body::MEMBER_FILE.within);
        let documents = Line::of(wait, crosswalk.most_document_bytes(), documents::WITHIN);
        Self {
            crosswalk,
            metrics,
            commands: TaskTracker::new(),
            uploads: Arc::new(Rooms::new(UPLOADS, uploads)),
            documents: Arc::new(Rooms::new(DOCUMENTS, documents)),
            places: Arc::new(Places::new(&traffic)),
            gate: Arc::new(Gate::new(&traffic)),
            traffic: Arc::new(traffic),
            certificate: None,
        }
    }

    /// The same, speaking TLS with this certificate.
    #[must_use]
    pub fn hidden_by(self, certificate: Option<Arc<Certificate>>) -> Self {
        Self { certificate, ..self }
    }

    /// The same application with places and counts of its own, for one more listener, which speaks no TLS.
    fn beside(self) -> Self {
        let (places, gate) = (Arc::new(Places::new(&self.traffic)), Arc::new(Gate::new(&self.traffic)));
        Self { places, gate, certificate: None, ..self }
    }
}

/// Router of a connection for which there is no usual place: the probes, and a refusal of everything else.
fn probes_router(app: App) -> Router {
    let router = probes().fallback(problem::crowded);
    enveloped(router, app)
}

/// Router of the operator's own listener.
fn counts_router(app: App) -> Router {
    let router = probes().route("/metrics", get(operations::counts)).fallback(problem::no_such_route);
    enveloped(router, app)
}

fn probes() -> Router<App> {
    Router::new().route("/healthz", get(operations::healthz)).route("/readyz", get(operations::readyz))
}

/// Wraps a router in the layers of every request, from the inside out.
fn enveloped(router: Router<App>, app: App) -> Router {
    router
        .layer(from_fn_with_state(app.clone(), gate::admit))
        .layer(from_fn(envelope::around))
        .with_state(app)
}

/// The whole API and the portal, ready to be served.
pub fn router(app: App) -> Router {
    let (router, description) = api().split_for_parts();
    let router = router
        .merge(document::router(&document::finished(description)))
        .merge(crate::portal::router(&app))
        .method_not_allowed_fallback(problem::no_such_method)
        .fallback(problem::no_such_route);
    enveloped(router, app)
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
        .routes(routes!(operations::index))
        .routes(routes!(operations::healthz))
        .routes(routes!(operations::readyz))
        .routes(routes!(operations::metrics))
        .routes(routes!(problems::list))
        .routes(routes!(problems::read))
        .routes(routes!(organizations::list, organizations::create))
        .routes(routes!(organizations::read, organizations::change))
        .routes(routes!(organizations::pause))
        .routes(routes!(organizations::resume))
        .routes(routes!(organizations::end))
        .routes(routes!(organizations::list_keys, organizations::create_key))
        .routes(routes!(organizations::rename_key, organizations::revoke_key))
        .routes(routes!(organizations::rotate_key))
        .routes(routes!(accounts::list, accounts::invite))
        .routes(routes!(accounts::read, accounts::change))
        .routes(routes!(accounts::end))
        .routes(routes!(accounts::invite_again))
        .routes(routes!(accounts::invitation))
        .routes(routes!(accounts::offer_authenticator))
        .routes(routes!(accounts::accept))
        .routes(routes!(identity_providers::list, identity_providers::set))
        .routes(routes!(identity_providers::end))
        .routes(routes!(sessions::list, sessions::sign_in, sessions::end_all))
        .routes(routes!(sessions::end))
        .routes(routes!(sessions::read))
        .routes(routes!(sessions::lock))
        .routes(routes!(sessions::prove))
        .routes(routes!(passkeys::list))
        .routes(routes!(passkeys::remove))
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
        .routes(routes!(members::columns))
        .routes(routes!(identity::identity))
        .routes(routes!(identity::correct))
        .routes(routes!(identity::merge))
        .routes(routes!(identity::split))
        .routes(routes!(identity::list))
        .routes(routes!(identity::read))
        .routes(routes!(identity::settle))
        .routes(routes!(rosters::load))
        .routes(routes!(rosters::read))
        .routes(routes!(rosters::cancel))
        // Plans, their plugins, and what they ask for.
        .routes(routes!(plans::list))
        .routes(routes!(plans::profile))
        .routes(routes!(plans::policy, plans::set_policy))
        .routes(routes!(plugins::list, plugins::upload))
        .routes(routes!(rules_files::read))
        .routes(routes!(rules_files::check))
        .routes(routes!(rules_files::upload))
        .routes(routes!(plugins::read))
        .routes(routes!(plugins::timeline))
        .routes(routes!(plugins::profile))
        .routes(routes!(plugins::watch))
        .routes(routes!(plugins::sign))
        .routes(routes!(plugins::approve))
        .routes(routes!(plugins::revoke))
        .routes(routes!(plugins::list_activations, plugins::activate))
        .routes(routes!(plugins::list_proposals, plugins::propose))
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
        .routes(routes!(tables::compare))
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
        .routes(routes!(applications::translate))
        .routes(routes!(contracts::list, contracts::record))
        .routes(routes!(contracts::read))
        .routes(routes!(contracts::timeline))
        .routes(routes!(contracts::step))
        .routes(routes!(contracts::translate))
        .routes(routes!(documents::list, documents::send))
        .routes(routes!(documents::read))
        .routes(routes!(documents::content))
        // What is to be done, and what was decided how.
        .routes(routes!(work::worklist))
        .routes(routes!(work::item))
        .routes(routes!(work::step))
        .routes(routes!(work::note))
        .routes(routes!(work::history))
        .routes(routes!(work::colleagues))
        .routes(routes!(work::deadlines))
        .routes(routes!(work::notices))
        .routes(routes!(audit::read))
        .routes(routes!(figures::read))
        .routes(routes!(figures::export))
        .routes(routes!(evaluations::read))
        .routes(routes!(evaluations::replay))
        // The same referrals, spoken in FHIR.
        .routes(routes!(fhir::submit))
        .routes(routes!(fhir::find))
        .routes(routes!(fhir::read))
}
