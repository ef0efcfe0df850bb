//! Public address of the service: what browsers know it by, as the operator sets it.
//!
//! Behind a proxy the service is asked for at another address than it listens on, and what a browser signs
//! names that address. It is set, and never taken from a request: whoever sends one says what it likes.

use std::fmt;
use std::str::FromStr;

/// Longest name of a host (RFC 1035, 2.3.4).
const LONGEST_NAME: usize = 253;

/// Scheme and host of the service's pages, and the port if it is not the scheme's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicAddress {
    is_secure: bool,
    host: String,
    port: Option<u16>,
}

/// Error: a text is no address of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write scheme and host, and nothing behind them, such as https://crosswalk.county.example")]
pub struct PublicAddressError;

impl PublicAddress {
    /// True if browsers reach it by TLS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// Name or number of the host.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Port, if it is not the scheme's own.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// True if the host is an address in digits, and has no name.
    #[must_use]
    pub fn is_number(&self) -> bool {
        let last = self.host.rsplit('.').next().unwrap_or_default();
        self.host.starts_with('[') || last.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// True if only browsers on this very machine reach it.
    #[must_use]
    pub fn is_localhost(&self) -> bool {
        self.host == "localhost"
    }
}

/// The origin, as browsers write it (RFC 6454, 6.1).
impl fmt::Display for PublicAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_secure { "https" } else { "http" };
        write!(formatter, "{scheme}://{}", self.host)?;
        self.port.map_or(Ok(()), |port| write!(formatter, ":{port}"))
    }
}

impl FromStr for PublicAddress {
    type Err = PublicAddressError;

    fn from_str(text: &str) -> Result<Self, PublicAddressError> {
        let text = text.trim().to_ascii_lowercase();
        let (scheme, rest) = text.split_once("://").ok_or(PublicAddressError)?;
        let (is_secure, usual) = match scheme {
            "https" => (true, 443),
            "http" => (false, 80),
            _ => return Err(PublicAddressError),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = match rest.rsplit_once(':') {
            // The colons of an IPv6 address stand within its brackets.
            Some((host, port)) if !port.ends_with(']') => {
                let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
                (host, Some(port.parse().ok().filter(|_| is_number).ok_or(PublicAddressError)?))
            }
            _ => (rest, None),
        };
        if !is_host(host) {
            return Err(PublicAddressError);
        }
        Ok(Self { is_secure, host: host.to_owned(), port: port.filter(|port| *port != usual) })
    }
}

/// True for a name of labels, an IPv4 address, or an IPv6 address in brackets.
fn is_host(host: &str) -> bool {
    if let Some(number) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return number.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    host.len() <= LONGEST_NAME && host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_browsers_write_its_origin() {
        for (text, origin) in [
            ("https://crosswalk.county.example", "https://crosswalk.county.example"),
            ("HTTPS://Crosswalk.County.Example/", "https://crosswalk.county.example"),
            ("https://crosswalk.example:443", "https://crosswalk.example"),
            ("https://crosswalk.example:8443", "https://crosswalk.example:8443"),
            ("http://localhost:80/", "http://localhost"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("https://[::1]:8443", "https://[::1]:8443"),
            ("https://[::1]", "https://[::1]"),
        ] {
            let address: PublicAddress = text.parse().unwrap_or_else(|_| panic!("{text}"));
            assert_eq!(address.to_string(), origin, "{text}");
        }
        for text in [
            "",
            "crosswalk.example",
            "ftp://crosswalk.example",
            "https://",
            "https:///portal",
            "https://crosswalk.example/portal",
            "https://ana@crosswalk.example",
            "https://crosswalk.example?x=1",
            "https://crosswalk.example:",
            "https://crosswalk.example:+80",
            "https://crosswalk.example:70000",
            "https://-crosswalk.example",
            "https://crosswalk..example",
            "https://cross walk.example",
            "https://[::1",
            "https://[county]",
            "https://höhe.example",
        ] {
            assert_eq!(text.parse::<PublicAddress>(), Err(PublicAddressError), "{text:?}");
        }
    }

    #[test]
    fn a_number_is_told_from_a_name() {
        let is_number = |text: &str| text.parse::<PublicAddress>().unwrap().is_number();
        assert!(is_number("https://192.0.2.7") && is_number("https://[::1]:8443"));
        assert!(!is_number("https://crosswalk.example") && !is_number("http://localhost:8080"));
        assert!(!is_number("https://7.example"));
    }
}
