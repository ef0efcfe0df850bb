//! Options of `serve` that limit one client's use of the service.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use clap::Args;
use web::Traffic;

/// Limits on what one client may take, and the operator's own listener.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Clients and metrics")]
pub(crate) struct TrafficOptions {
    /// Second address, such as 127.0.0.1:9090, for /metrics, /healthz and /readyz without a key: keep it
    /// reachable for the operator's machines only. On the main address /metrics needs the operator's key.
    #[arg(long, env = "CROSSWALK_METRICS_LISTEN", value_name = "ADDRESS")]
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// Name by which clients call this host, such as crosswalk.example; repeat the option, or separate names
    /// by commas. Requests for other names are refused [default: any name].
    #[arg(long = "host", env = "CROSSWALK_HOSTS", value_name = "NAME", value_delimiter = ',')]
    hosts: Vec<String>,
    /// Most connections at once; a few more are kept for health checks.
    #[arg(long, env = "CROSSWALK_CONNECTIONS", default_value_t = Traffic::default().connections, value_parser = at_least_one)]
    connections: usize,
    /// Most connections at once from one address. Behind a proxy every client has the proxy's address.
    #[arg(long, env = "CROSSWALK_CONNECTIONS_PER_ADDRESS", default_value_t = Traffic::default().connections_per_peer, value_parser = at_least_one)]
    connections_per_address: usize,
    /// Time in which a client must send or read the next 32 KiB, or all that is left, in milliseconds.
    #[arg(long, env = "CROSSWALK_PROGRESS_MS", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(10..=600_000))]
    progress_ms: u64,
    /// Most requests from one address, per second on average; twice as many in a burst. Behind a proxy every
    /// client has the proxy's address.
    #[arg(long, env = "CROSSWALK_REQUESTS_PER_ADDRESS", default_value_t = Traffic::default().requests_per_peer)]
    requests_per_address: NonZeroU32,
    /// Most requests with one key, per second on average; twice as many in a burst.
    #[arg(long, env = "CROSSWALK_REQUESTS_PER_KEY", default_value_t = Traffic::default().requests_per_key)]
    requests_per_key: NonZeroU32,
    /// Most requests of one person who is signed in, per second on average; twice as many in a burst.
    #[arg(long, env = "CROSSWALK_REQUESTS_PER_PERSON", default_value_t = Traffic::default().requests_per_person)]
    requests_per_person: NonZeroU32,
    /// Most requests with one key, or of one person, at once.
    #[arg(long, env = "CROSSWALK_REQUESTS_AT_ONCE", default_value_t = Traffic::default().at_once_per_key, value_parser = at_least_one)]
    requests_at_once: usize,
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..) => Ok(number),
        _ => Err("write a whole number of at least 1".to_owned()),
    }
}

impl TrafficOptions {
    /// Limits of a `serve` that is not told any; the demonstration has them too.
    pub(crate) fn usual() -> Self {
        let usual = Traffic::default();
        Self {
            metrics_listen: None,
            hosts: usual.hosts,
            connections: usual.connections,
            connections_per_address: usual.connections_per_peer,
            progress_ms: 10_000,
            requests_per_address: usual.requests_per_peer,
            requests_per_key: usual.requests_per_key,
            requests_per_person: usual.requests_per_person,
            requests_at_once: usual.at_once_per_key,
        }
    }

    /// The limits in the form that `web` takes.
    pub(crate) fn traffic(&self) -> Traffic {
        Traffic {
            connections: self.connections,
            connections_per_peer: self.connections_per_address,
            progress_within: Duration::from_millis(self.progress_ms),
            requests_per_peer: self.requests_per_address,
            requests_per_key: self.requests_per_key,
            requests_per_person: self.requests_per_person,
            at_once_per_key: self.requests_at_once,
            hosts: self.hosts.clone(),
        }
    }
}
