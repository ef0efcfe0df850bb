//! HTTP clients of this program: for a host that plugins go to and a collector of spans, which whoever runs
//! the program names, and for machines that others name.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::ring;
use ureq::Agent;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{RootCerts, TlsConfig};
// ureq promises nothing of these two between its versions; the lock file holds one.
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

/// A client that waits at most `patience` for an answer and gives every answer to its caller, whatever its
/// status. Over `https` it believes whom this machine believes: its store of certificates, or those of
/// `SSL_CERT_FILE` and `SSL_CERT_DIR` where an organization has an authority of its own.
#[must_use]
pub fn agent(patience: Duration) -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(patience))
        .tls_config(tls())
        .build()
        .into()
}

/// The same for a machine that somebody names who does not run this program: it follows no redirect, goes
/// through no proxy, keeps no connection, and reaches public addresses only, unless `privately` is true.
///
/// A name is looked up once, and what was found is what is connected to: a name that leads elsewhere a moment
/// later leads nowhere.
#[must_use]
pub fn guarded_agent(patience: Duration, privately: bool) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(patience))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .max_idle_connections(0)
        .proxy(None)
        .tls_config(tls())
        .build();
    let resolver = DefaultResolver::default();
    match privately {
        true => Agent::with_parts(config, DefaultConnector::default(), resolver),
        false => Agent::with_parts(config, DefaultConnector::default(), PublicOnly(resolver)),
    }
}

fn tls() -> TlsConfig {
    TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .build()
}

/// Looks names up, and forgets addresses that are not for everybody.
#[derive(Debug)]
struct PublicOnly(DefaultResolver);

impl Resolver for PublicOnly {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.0.resolve(uri, config, timeout)?;
        let mut public = self.empty();
        for address in found.iter().filter(|address| is_public(address.ip())) {
            public.push(*address);
        }
        if public.is_empty() { Err(ureq::Error::HostNotFound) } else { Ok(public) }
    }
}

/// True for an address that is the same machine from everywhere: neither this machine, nor its network, nor
/// one that is kept for something else (IANA, IPv4 and IPv6 Special-Purpose Address Registries).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let is_shared = first == 100 && (64..128).contains(&second);
    let is_for_protocols = (first, second, third) == (192, 0, 0);
    let is_for_benches = first == 198 && (18..20).contains(&second);
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        || first == 0
        || first >= 240
        || is_shared
        || is_for_protocols
        || is_for_benches)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    // Global unicast is 2000::/3; what lies there for translation holds an address of the other kind.
    let within = match parts {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some((high, low)),
        [0x2002, high, low, ..] => Some((high, low)),
        _ => None,
    };
    if let Some((high, low)) = within {
        return is_public_v4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)));
    }
    let is_documentation = parts[0] == 0x2001 && parts[1] == 0xdb8 || parts[0] == 0x3fff && parts[1] < 0x1000;
    let is_for_protocols = parts[0] == 0x2001 && parts[1] < 0x200;
    (0x2000..0x4000).contains(&parts[0]) && !is_documentation && !is_for_protocols
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    #[test]
    fn what_is_not_for_everybody_is_no_public_address() {
        for address in
            ["8.8.8.8", "100.63.0.1", "172.32.0.1", "198.20.0.1", "2606:4700::1111", "64:ff9b::808:808"]
        {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
        for address in [
            "127.0.0.1",
            "10.0.0.7",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.0.8",
            "192.0.2.7",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.7",
            "::127.0.0.1",
            "64:ff9b::a00:7",
            "2002:7f00:1::1",
            "fc00::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    /// Answers the next connection with these bytes; gives its port.
    fn answering(bytes: &'static [u8]) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            // One read has the head of so short a request.
            let _ = stream.read(&mut [0; 4_096]);
            let _ = stream.write_all(bytes);
        });
        port
    }

    #[test]
    fn a_guarded_client_stays_outside_and_follows_nobody() {
        let patience = Duration::from_secs(5);
        let port = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        for host in ["127.0.0.1", "localhost", "[::1]"] {
            let refused = guarded_agent(patience, false).get(format!("http://{host}:{port}/")).call();
            assert!(matches!(refused, Err(ureq::Error::HostNotFound)), "{host}");
        }
        let open = guarded_agent(patience, true);
        assert_eq!(open.get(format!("http://127.0.0.1:{port}/")).call().unwrap().status(), 200);
        let port =
            answering(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n");
        assert_eq!(open.get(format!("http://127.0.0.1:{port}/")).call().unwrap().status(), 302);
    }
}
