//! HTTP client of this program: for a host that plugins go to, and for a collector of spans.

use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::ring;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

/// A client that waits at most `patience` for an answer and gives every answer to its caller, whatever its
/// status. Over `https` it believes whom this machine believes: its store of certificates, or those of
/// `SSL_CERT_FILE` and `SSL_CERT_DIR` where an organization has an authority of its own.
#[must_use]
pub fn agent(patience: Duration) -> Agent {
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .build();
    Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(patience))
        .tls_config(tls)
        .build()
        .into()
}
