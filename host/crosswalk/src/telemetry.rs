//! Telemetry of the process: a log on standard error and, if an operator names a collector, spans over OTLP.

use std::error::Error;
use std::time::Duration;

use async_trait::async_trait;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use program::outward;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::{EnvFilter, FilterFn, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use ureq::Agent;

/// The spans that leave the process, and nothing else does: their fields are few and none is about a member.
const SPANS: [&str; 2] = ["http.request", "plugin.call"];

/// Time that a collector may take to answer. It is asked by a thread of its own; what it does not take in
/// time is lost, and nobody waits for it.
const PATIENCE: Duration = Duration::from_secs(5);

/// The exporter of spans. Spans that it still holds are sent when this is dropped.
pub(crate) struct Telemetry(Option<SdkTracerProvider>);

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(Err(error)) = self.0.as_ref().map(SdkTracerProvider::shutdown) {
            tracing::warn!(%error, "the last spans did not reach the collector");
        }
    }
}

/// Logs what `filter` lets through, as JSON lines on standard error (standard output belongs to whoever
/// asked), and sends spans to `collector`, such as `http://127.0.0.1:4318/v1/traces`, as OTLP over HTTP with
/// protobuf.
///
/// # Errors
/// For a filter that is none, a collector whose address is none, or if something in this process logs
/// already.
pub(crate) fn start(filter: &str, collector: Option<&str>) -> Result<Telemetry, Box<dyn Error>> {
    let log = tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr);
    let log = log.with_filter(EnvFilter::try_new(filter)?);
    let provider = collector.map(provider).transpose()?;
    let spans = provider.as_ref().map(|provider| spans(provider.tracer("crosswalk")));
    tracing_subscriber::registry().with(log).with(spans).try_init()?;
    Ok(Telemetry(provider))
}

fn provider(collector: &str) -> Result<SdkTracerProvider, Box<dyn Error>> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Sender::new())
        .with_endpoint(collector)
        .with_timeout(PATIENCE)
        .build()?;
    let resource = Resource::builder().with_service_name("crosswalk").build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}

fn spans<S>(tracer: SdkTracer) -> impl Layer<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let layer = tracing_opentelemetry::layer().with_tracer(tracer);
    layer.with_location(false).with_threads(false).with_tracked_inactivity(false).with_filter(only_spans())
}

fn only_spans() -> FilterFn<impl Fn(&Metadata<'_>) -> bool> {
    filter_fn(|metadata| metadata.is_span() && SPANS.contains(&metadata.name()))
}

/// Sends what the exporter made, with the HTTP client that the program has anyway.
#[derive(Debug)]
struct Sender(Agent);

impl Sender {
    fn new() -> Self {
        Self(outward::agent(PATIENCE))
    }
}

#[async_trait]
impl HttpClient for Sender {
    /// Blocks; only the exporter's own thread calls it.
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (head, body) = request.into_parts();
        let answer = self.0.run(Request::from_parts(head, body.to_vec()))?;
        let (head, mut body) = answer.into_parts();
        Ok(Response::from_parts(head, body.read_to_vec()?.into()))
    }
}
