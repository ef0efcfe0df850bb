//! `crosswalk serve`: open the record, start the sandbox, serve, do the host's duties, stop cleanly.

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use domain::breaker::Policy;
use domain::passkey::RelyingParty;
use domain::public_address::PublicAddress;
use domain::time::Clock;
use jiff::{SignedDuration, Timestamp};
use sandbox::{Limits, Sandbox};
use serde_json::json;
use store::premises::{Premises, Stage};
use store::vault::Folder;
use store::{OpenError, Store, StoreConfig};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;
use workflow::{Crosswalk, Duties, NextSlice, Quota, Settings};

use crate::identity;
use crate::parts::{CompileLimits, ShiftedClock, SystemClock, SystemIds, runtime};
use crate::settings;
use crate::telemetry;
use crate::traffic::TrafficOptions;

/// From the signal to end: for requests and commands under way, which have a drain of their own, and duties.
const END_WITHIN: Duration = Duration::from_secs(12);
/// For the record's last writes after that.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);
/// For threads that compute.
const LAST_THREADS_WITHIN: Duration = Duration::from_millis(500);

/// Headings of the options in the help of `serve`.
const ADDRESS: &str = "Address";
const SIGNING_IN: &str = "Identity providers";
const DATA: &str = "Data";
const PLUGIN_CALLS: &str = "Calls of plugins";
const UPLOADS: &str = "Uploads and compilation of plugins";
const LOGS: &str = "Logs and traces";

/// Options of `crosswalk serve`, each also a `CROSSWALK_*` variable.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
  crosswalk serve                                      on SQLite, at http://127.0.0.1:8080
  crosswalk serve --data /var/lib/crosswalk --listen 0.0.0.0:443 --tls-cert cert.pem --tls-key key.pem
  crosswalk serve --check --data /var/lib/crosswalk    only look whether it could start")]
pub(crate) struct ServeOptions {
    /// Address and port to listen on, such as 0.0.0.0:8080 or localhost:8080; port 0 takes a free one. Keys
    /// and members' data travel unencrypted unless --tls-cert is given: beyond this machine, use it or a
    /// proxy that ends TLS (docs/operating.md).
    #[arg(long, env = "CROSSWALK_LISTEN", default_value = "127.0.0.1:8080", value_parser = settings::address, help_heading = ADDRESS)]
    pub(crate) listen: SocketAddr,
    /// PEM file with the certificate, followed by the intermediate ones: serve HTTPS. Read again at SIGHUP.
    #[arg(long, env = "CROSSWALK_TLS_CERT", value_name = "FILE", requires = "tls_key", help_heading = ADDRESS)]
    pub(crate) tls_cert: Option<PathBuf>,
    /// PEM file with the certificate's private key.
    #[arg(long, env = "CROSSWALK_TLS_KEY", value_name = "FILE", requires = "tls_cert", help_heading = ADDRESS)]
    pub(crate) tls_key: Option<PathBuf>,
    /// Address by which browsers know the service, such as `https://crosswalk.county.example`. Passkeys are
    /// made for it, and identity providers send people back to it: without it, or where it is neither https
    /// nor http://localhost, people sign in by codes only.
    #[arg(long, env = "CROSSWALK_PUBLIC_ADDRESS", value_name = "URL", help_heading = ADDRESS)]
    pub(crate) public_address: Option<PublicAddress>,
    /// Longest time for which an identity provider is waited for, in milliseconds, each time that it is
    /// asked.
    #[arg(long, env = "CROSSWALK_PROVIDER_WAIT_MS", default_value_t = 5_000, value_parser = clap::value_parser!(u64).range(100..=60_000), help_heading = SIGNING_IN)]
    pub(crate) provider_wait_ms: u64,
    /// Let identity providers be in a private network, or on this machine, where they may do without TLS. An
    /// organization's administrator can then have the service ask addresses there.
    #[arg(long, env = "CROSSWALK_PRIVATE_PROVIDERS", default_value_t = false, help_heading = SIGNING_IN)]
    pub(crate) private_providers: bool,
    /// Check settings, address, certificate and folders, say what is wrong, and exit. Changes nothing.
    #[arg(long)]
    pub(crate) check: bool,
    /// Directory for the SQLite record, the operator's key, documents and compiled plugins. One process at a
    /// time may use it.
    #[arg(long, env = "CROSSWALK_DATA", default_value_os_t = crate::default_data_dir(), help_heading = DATA)]
    pub(crate) data: PathBuf,
    /// PostgreSQL to use in place of SQLite, such as postgres://user@host/crosswalk. It may name several
    /// servers, as postgres://user@one,two/crosswalk: the one that accepts writes is used, and searched for
    /// again when it is lost.
    #[arg(long, env = "CROSSWALK_DATABASE_URL", hide_env_values = true, help_heading = DATA)]
    pub(crate) database_url: Option<String>,
    /// Most connections to PostgreSQL at once. Half of them are kept for writing.
    #[arg(long, env = "CROSSWALK_DATABASE_CONNECTIONS", default_value_t = StoreConfig::CONNECTIONS, value_parser = clap::value_parser!(u32).range(2..=1000), help_heading = DATA)]
    pub(crate) database_connections: u32,
    /// Refuse to start unless PostgreSQL waits for a standby at each commit, so that a failover loses
    /// nothing.
    #[arg(long, env = "CROSSWALK_REQUIRE_STANDBY", default_value_t = false, help_heading = DATA)]
    pub(crate) require_standby: bool,
    /// Directory for the documents' bytes, which all nodes must share [default: `documents` in the data
    /// directory].
    #[arg(long, env = "CROSSWALK_DOCUMENTS", help_heading = DATA)]
    pub(crate) documents: Option<PathBuf>,
    /// Largest document that is accepted, in MiB.
    #[arg(long, env = "CROSSWALK_DOCUMENT_MIB", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=1024), help_heading = DATA)]
    pub(crate) document_mib: u64,
    /// Name of the county's collaborative, which the first start gives to the operator's organization.
    #[arg(long, env = "CROSSWALK_COUNTY", default_value = "County collaborative", help_heading = DATA)]
    pub(crate) county: String,
    /// Most processor time of one plugin call, in milliseconds; an interpreted plugin may take four times as
    /// much. A call that would delay others is moved to the lowest priority, where it may take up to eight
    /// times as long by the clock.
    #[arg(long, env = "CROSSWALK_PLUGIN_DEADLINE_MS", default_value_t = 250, help_heading = PLUGIN_CALLS)]
    pub(crate) plugin_deadline_ms: u64,
    /// Most memory of one plugin call, in MiB; an interpreted plugin may use four times as much.
    #[arg(long, env = "CROSSWALK_PLUGIN_MEMORY_MIB", default_value_t = 32, help_heading = PLUGIN_CALLS)]
    pub(crate) plugin_memory_mib: usize,
    /// Most plugin calls at once. A quarter as many calls of interpreted plugins may run beside them.
    #[arg(long, env = "CROSSWALK_PLUGIN_CALLS", default_value_t = 64, help_heading = PLUGIN_CALLS)]
    pub(crate) plugin_calls: u32,
    /// Accept plugins that import WASI, as interpreters such as Python's do, and give them an inert one:
    /// clocks that stand still, fixed random numbers, no files, no environment, no network.
    #[arg(long, env = "CROSSWALK_INERT_WASI", default_value_t = false, help_heading = PLUGIN_CALLS)]
    pub(crate) inert_wasi: bool,
    /// Faults among the last 20 calls of a plugin's operation after which it rests for a while, and people
    /// decide; more than 20 means that it never rests.
    #[arg(long, env = "CROSSWALK_PLUGIN_FAULTS", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..), help_heading = PLUGIN_CALLS)]
    pub(crate) plugin_faults: u32,
    /// Length of its first rest, in seconds; each failed trial call doubles it, up to ten minutes.
    #[arg(long, env = "CROSSWALK_PLUGIN_REST_SECONDS", default_value_t = 30, help_heading = PLUGIN_CALLS)]
    pub(crate) plugin_rest_seconds: u32,
    /// Most time that the answer to an upload waits for the component to be compiled, in milliseconds.
    /// Compiling goes on after the answer.
    #[arg(long, env = "CROSSWALK_COMPILE_WAIT_MS", default_value_t = 5_000, help_heading = UPLOADS)]
    pub(crate) compile_wait_ms: u64,
    #[command(flatten)]
    pub(crate) compile: CompileLimits,
    /// Most components that one plan may upload in an hour.
    #[arg(long, env = "CROSSWALK_PLUGIN_UPLOADS", default_value_t = Quota::USUAL.uploads_per_hour, value_parser = clap::value_parser!(u32).range(1..), help_heading = UPLOADS)]
    pub(crate) plugin_uploads: u32,
    /// Most versions that one plan may keep; refused and revoked ones do not count.
    #[arg(long, env = "CROSSWALK_PLUGIN_VERSIONS", default_value_t = Quota::USUAL.versions, value_parser = clap::value_parser!(u32).range(1..), help_heading = UPLOADS)]
    pub(crate) plugin_versions: u32,
    /// Most space for the components of one plan, in MiB.
    #[arg(long, env = "CROSSWALK_PLUGIN_STORE_MIB", default_value_t = Quota::USUAL.bytes >> 20, value_parser = clap::value_parser!(u64).range(1..=1 << 20), help_heading = UPLOADS)]
    pub(crate) plugin_store_mib: u64,
    /// Most space for the machine code of components that are not active, in MiB.
    #[arg(long, env = "CROSSWALK_COMPILED_MIB", default_value_t = 2_048, value_parser = clap::value_parser!(u64).range(1..=1 << 20), help_heading = UPLOADS)]
    pub(crate) compiled_mib: u64,
    #[command(flatten)]
    pub(crate) traffic: TrafficOptions,
    /// Begin at this instant (RFC 3339) instead of now, and run on from there: for rehearsals and tests only.
    #[arg(long, env = "CROSSWALK_CLOCK", hide = true)]
    pub(crate) clock: Option<Timestamp>,
    /// Level of the log: error, warn, info or debug, or filters by crate such as workflow=debug,info.
    #[arg(long, env = "CROSSWALK_LOG", default_value = "info", value_parser = settings::log_filter, help_heading = LOGS)]
    pub(crate) log: String,
    /// Collector to send traces to, as OTLP over HTTP (protobuf), such as http://127.0.0.1:4318/v1/traces.
    /// Spans say nothing about a member.
    #[arg(long, env = "CROSSWALK_OTLP_TRACES", value_name = "URL", help_heading = LOGS)]
    pub(crate) otlp_traces: Option<String>,
}

impl ServeOptions {
    /// Settings of `crosswalk demo`: those of `serve` by default, with a longer wait for compilations and a
    /// quieter log.
    pub(crate) fn for_demo(listen: SocketAddr, data: PathBuf) -> Self {
        Self {
            listen,
            tls_cert: None,
            tls_key: None,
            // Whatever port it takes: at this name browsers use passkeys without TLS.
            public_address: "http://localhost".parse().ok(),
            provider_wait_ms: 5_000,
            private_providers: false,
            check: false,
            data,
            database_url: None,
            database_connections: StoreConfig::CONNECTIONS,
            require_standby: false,
            documents: None,
            document_mib: 20,
            county: "San Ravel County Collaborative".to_owned(),
            plugin_deadline_ms: 250,
            plugin_memory_mib: 32,
            plugin_calls: 64,
            inert_wasi: false,
            plugin_faults: 5,
            plugin_rest_seconds: 30,
            compile_wait_ms: 60_000,
            compile: CompileLimits::USUAL,
            plugin_uploads: Quota::USUAL.uploads_per_hour,
            plugin_versions: Quota::USUAL.versions,
            plugin_store_mib: Quota::USUAL.bytes >> 20,
            compiled_mib: 2_048,
            traffic: TrafficOptions::usual(),
            clock: None,
            log: "error".to_owned(),
            otlp_traces: None,
        }
    }
}

/// A service that runs.
pub(crate) struct Running {
    /// Its base URL, such as `http://127.0.0.1:8080`.
    pub(crate) address: String,
    /// Secret of the operator's key.
    pub(crate) operator_key: String,
    stop: CancellationToken,
    crosswalk: Crosswalk,
    store: Store,
    tasks: Vec<JoinHandle<()>>,
}

/// Serves until SIGTERM or Ctrl-C; `slips` is what is wrong with how it was called.
pub(crate) fn serve(options: &ServeOptions, slips: &[String]) -> Result<ExitCode, Box<dyn Error>> {
    if !slips.is_empty() {
        return Err(slips.join("\ncrosswalk: ").into());
    }
    if options.check {
        return check(options);
    }
    let _telemetry = telemetry::start(&options.log, options.otlp_traces.as_deref())?;
    let runtime = runtime()?;
    let served: Result<ExitCode, Box<dyn Error>> = runtime.block_on(async {
        // Before anybody is told that it serves: who stops it at that moment is heard.
        let mut stop = Stop::listen()?;
        let running = tokio::select! {
            running = start(options) => running?,
            // A start may end anywhere: the next one goes on from there.
            () = stop.asked() => return Ok(ExitCode::SUCCESS),
        };
        // One line, for whatever started this process; it serves on if that reads no more.
        let _ = writeln!(io::stdout(), "{}", json!({ "ready": true, "address": running.address }));
        stop.asked().await;
        tracing::info!("stopping");
        running.stop().await;
        Ok(ExitCode::SUCCESS)
    });
    // A thread that still computes something is not waited for: nobody is left to be told what.
    runtime.shutdown_timeout(LAST_THREADS_WITHIN);
    served
}

/// Says that everything is as a start needs it, or what is not.
fn check(options: &ServeOptions) -> Result<ExitCode, Box<dyn Error>> {
    runtime()?.block_on(async {
        drop(settings::listen(options.listen).await?);
        certificate(options)?;
        Premises::at(&options.data).check_ours()?;
        Ok::<_, Box<dyn Error>>(())
    })?;
    crate::out::say!("nothing is wrong: `serve` can start with these settings");
    Ok(ExitCode::SUCCESS)
}

/// The certificate and its key, if HTTPS is to be served.
fn certificate(options: &ServeOptions) -> Result<Option<Arc<web::Certificate>>, Box<dyn Error>> {
    match (&options.tls_cert, &options.tls_key) {
        (Some(chain), Some(key)) => Ok(Some(Arc::new(web::Certificate::read(chain, key)?))),
        _ => Ok(None),
    }
}

/// Reads the certificate again at each SIGHUP. One that cannot be read leaves the one at work.
async fn renew(certificate: Arc<web::Certificate>, stop: CancellationToken) {
    let hangups = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup());
    let Ok(mut hangups) = hangups else { return };
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            heard = hangups.recv() => if heard.is_none() { return },
        }
        match certificate.renew() {
            Ok(()) => tracing::info!("the certificate was read again"),
            Err(error) => {
                tracing::error!(%error, "the certificate was not read again; the one before it is at work")
            }
        }
    }
}

/// Opens the record, starts the sandbox, and serves in the background.
pub(crate) async fn start(options: &ServeOptions) -> Result<Running, Box<dyn Error>> {
    let clock: Arc<dyn Clock> = match options.clock {
        Some(start) => Arc::new(ShiftedClock::starting_at(start)),
        None => Arc::new(SystemClock),
    };
    start_by(clock, options).await
}

/// The same by a clock that its caller holds too.
pub(crate) async fn start_by(
    clock: Arc<dyn Clock>,
    options: &ServeOptions,
) -> Result<Running, Box<dyn Error>> {
    // First: what cannot be served is to leave no folder behind.
    let listener = settings::listen(options.listen).await?;
    let certificate = certificate(options)?;
    mention_if_open(&options.data.join("operator.key"));
    let premises = Premises::at(&options.data);
    for path in premises.take()? {
        tracing::warn!(path = %path.display(), "other users of this machine could open it; now they cannot");
    }
    let store = Store::open(record(options)).await?;
    keep_out_of_repositories(&options.data)?;
    let compiled = options.data.join("compiled");
    let sandbox = Sandbox::start_with(limits(options), Some(&compiled), &options.compile.compiler()?)?;
    let settings = bounds(options)?;
    let crosswalk = Crosswalk::with(store.clone(), sandbox, clock, Arc::new(SystemIds), settings);
    let operator_key = operator_key(&crosswalk, &premises, &options.county).await?;
    let plugins = crosswalk.warm_up().await?;
    tracing::info!(plugins, "plugins in force are loaded");
    let compiling = crosswalk.resume_compiling().await?;
    tracing::info!(compiling, "components that wait to be compiled are taken up");

    let address = listener.local_addr()?;
    let stop = CancellationToken::new();
    let app = web::App::with(crosswalk.clone(), web::install_metrics()?, options.traffic.traffic());
    let app = app.hidden_by(certificate.clone());
    let scheme = if certificate.is_some() { "https" } else { "http" };
    let counting = serve_counts(options, app.clone(), stop.clone()).await?;
    let renewing = certificate.map(|certificate| tokio::spawn(renew(certificate, stop.clone())));
    let serving = tokio::spawn(serve_until(stop.clone(), listener, app));
    let duties = duties(&crosswalk, &stop);
    let tasks = counting.into_iter().chain(renewing).chain([serving]).chain(duties).collect();
    let address = format!("{scheme}://{address}");
    Ok(Running { address, operator_key, stop, crosswalk, store, tasks })
}

/// Settings by which the record is opened.
fn record(options: &ServeOptions) -> StoreConfig {
    StoreConfig {
        database_url: options.database_url.clone(),
        connections: options.database_connections,
        require_standby: options.require_standby,
        ..StoreConfig::at(&options.data)
    }
}

/// Limits of one call of a plugin, and of calls at once.
fn limits(options: &ServeOptions) -> Limits {
    Limits {
        deadline: Duration::from_millis(options.plugin_deadline_ms),
        memory_bytes: options.plugin_memory_mib << 20,
        concurrent_calls: options.plugin_calls,
        inert_wasi: options.inert_wasi,
        ..Limits::default()
    }
}

/// Bounds of what plans upload and callers send, with the folder for documents, which is opened.
fn bounds(options: &ServeOptions) -> Result<Settings, Box<dyn Error>> {
    let documents = options.documents.clone().unwrap_or_else(|| options.data.join("documents"));
    Ok(Settings {
        breaker: Policy {
            faults: options.plugin_faults,
            rest: SignedDuration::from_secs(i64::from(options.plugin_rest_seconds)),
            ..Policy::USUAL
        },
        compile_wait: Duration::from_millis(options.compile_wait_ms),
        documents: Some(Arc::new(Folder::at(&documents)?)),
        document_bytes: options.document_mib << 20,
        quota: Quota {
            uploads_per_hour: options.plugin_uploads,
            versions: options.plugin_versions,
            bytes: options.plugin_store_mib << 20,
        },
        compiled_bytes: options.compiled_mib << 20,
        relying_party: relying_party(options.public_address.as_ref()),
        sign_on: identity::sign_on(options),
        rules_guest: author::ready_guest(),
    })
}

async fn serve_until(stop: CancellationToken, listener: TcpListener, app: web::App) {
    if let Err(error) = web::serve(listener, app, stop).await {
        tracing::error!(%error, "serving ended");
    }
}

/// Work that the host does by itself while it serves.
fn duties(crosswalk: &Crosswalk, stop: &CancellationToken) -> [JoinHandle<()>; 3] {
    [
        tokio::spawn(compare(Duties::new(crosswalk.clone()), stop.clone())),
        tokio::spawn(load(Duties::new(crosswalk.clone()), stop.clone())),
        tokio::spawn(do_duties(Duties::new(crosswalk.clone()), stop.clone())),
    ]
}

/// Site for which passkeys are made. Where there is none the log says why: pages just do not speak of them.
fn relying_party(address: Option<&PublicAddress>) -> Option<RelyingParty> {
    let Some(address) = address else {
        tracing::info!("passkeys are not offered: --public-address is not set");
        return None;
    };
    match RelyingParty::at(address) {
        Ok(party) => Some(party),
        Err(why) => {
            tracing::warn!(%address, %why, "passkeys are not offered");
            None
        }
    }
}

/// The operator's own listener, if there is to be one.
async fn serve_counts(
    options: &ServeOptions,
    app: web::App,
    stop: CancellationToken,
) -> Result<Option<JoinHandle<()>>, Box<dyn Error>> {
    let Some(address) = options.traffic.metrics_listen else { return Ok(None) };
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("--metrics-listen {address}: {error}; choose an address that is free"))?;
    tracing::info!(address = %listener.local_addr()?, "metrics are served without a key");
    Ok(Some(tokio::spawn(async move {
        if let Err(error) = web::serve_counts(listener, app, stop).await {
            tracing::error!(%error, "serving metrics ended");
        }
    })))
}

impl Running {
    /// Stops taking requests, lets what runs end, and closes the record.
    pub(crate) async fn stop(self) {
        let end = Instant::now() + END_WITHIN;
        self.stop.cancel();
        if let Err(error) = self.crosswalk.stop_compiling().await {
            tracing::warn!(%error, "what was being compiled here is taken over later");
        }
        for task in self.tasks {
            match timeout_at(end, task).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => tracing::error!("a task of the service ended badly"),
                Err(_) => tracing::warn!("a task of the service did not end in time"),
            }
        }
        // Once more, for what a duty took up meanwhile.
        if let Err(error) = self.crosswalk.stop_compiling().await {
            tracing::debug!(%error, "what was being compiled here is taken over later");
        }
        if timeout(CLOSE_WITHIN, self.store.close()).await.is_err() {
            tracing::warn!("the record was not closed in time; the next start finds what was acknowledged");
        }
    }
}

async fn do_duties(duties: Duties, stop: CancellationToken) {
    const ROUNDS_BETWEEN_FORGETTING: u32 = 3_600;
    let mut rounds = 0;
    while !stop.is_cancelled() {
        if let Err(error) = duties.round().await {
            tracing::error!(%error, "a duty was not done");
        }
        if rounds % ROUNDS_BETWEEN_FORGETTING == 0
            && let Err(error) = duties.forget().await
        {
            tracing::error!(%error, "old answers were not forgotten");
        }
        rounds = (rounds + 1) % ROUNDS_BETWEEN_FORGETTING;
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(Duties::EVERY) => {}
        }
    }
}

/// A comparison may take minutes. It is dropped at a stop and goes on from its last commit, here or on
/// another node.
async fn compare(duties: Duties, stop: CancellationToken) {
    let rounds = async {
        loop {
            if let Err(error) = duties.compare().await {
                tracing::error!(%error, "a comparison was not made");
            }
            tokio::time::sleep(Duties::EVERY).await;
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = rounds => {}
    }
}

/// Loads member files slice by slice. After each slice whoever asked meanwhile has a turn that is as long; at
/// a stop the slice under way is committed or not, and the rest goes on at the next start or on another node.
async fn load(duties: Duties, stop: CancellationToken) {
    const LOOK: Duration = Duration::from_millis(250);
    while !stop.is_cancelled() {
        let begun = Instant::now();
        let pause = match duties.load().await {
            Ok(NextSlice::BesideOthers) => begun.elapsed(),
            Ok(NextSlice::Alone) => continue,
            Ok(NextSlice::Nothing) => LOOK,
            Err(error) => {
                tracing::error!(%error, "a slice of a member file was not loaded");
                Duties::EVERY
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// The operator's key: made at the first start together with the link of the first operator, and each kept in
/// a file that only its owner reads before the record knows it. On another node, or once the operator has put
/// the file away, it is not here; the service does not need it.
pub(crate) async fn operator_key(
    crosswalk: &Crosswalk,
    premises: &Premises,
    county: &str,
) -> Result<String, Box<dyn Error>> {
    let stage = premises.stage()?;
    if !crosswalk.is_begun().await? {
        if stage == Stage::Kept {
            return Err(OpenError::OtherRecord(premises.directory().to_owned()).into());
        }
        premises.mark(Stage::Beginning)?;
        let (secret, link) = (crosswalk.new_secret(), crosswalk.new_link_secret());
        premises.keep_operator_key(&secret)?;
        premises.keep_operator_link(&link)?;
        if crosswalk.begin(county, &secret, &link).await? {
            premises.mark(Stage::Kept)?;
            tracing::info!(
                "first start: the data directory has the operator's key in operator.key, and in operator.link the \
                 secret by which the first operator takes up an account at /portal/invitation"
            );
            return Ok(secret);
        }
    }
    if stage != Stage::Kept {
        // A first start was interrupted here, or another node's was a moment earlier.
        if let Some(secret) = premises.operator_key()?
            && !crosswalk.opens_as_operator(&secret).await?
        {
            premises.drop_operator_key()?;
        }
        if let Some(secret) = premises.operator_link()?
            && !crosswalk.link_opens(&secret).await?
        {
            premises.drop_operator_link()?;
        }
        premises.mark(Stage::Kept)?;
    }
    Ok(premises.operator_key()?.unwrap_or_default())
}

/// Says that others may have read the operator's key, if they may have.
fn mention_if_open(path: &Path) {
    let Ok(metadata) = fs::metadata(path) else { return };
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        tracing::warn!(
            file = %path.display(),
            mode = format!("{mode:o}"),
            "others than its owner could use the operator's key: make a new operator's key, and end this one"
        );
    }
}

/// The folder holds a key and members' data: a repository around it is to take nothing of it.
fn keep_out_of_repositories(data: &Path) -> std::io::Result<()> {
    const IGNORED: &str = "# Secrets and members' data: nothing here belongs into a repository.\n*\n";
    let file = data.join(".gitignore");
    if file.exists() { Ok(()) } else { fs::write(file, IGNORED) }
}

/// SIGTERM and Ctrl-C, heard from [`Stop::listen`] on.
pub(crate) struct Stop {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Stop {
    /// From here on the signals are kept for [`Stop::asked`], and end the process no more.
    pub(crate) fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for one of them.
    pub(crate) async fn asked(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
