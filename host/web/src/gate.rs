//! Demands on every request of a connection, whatever it asks: it is for this host, has a bounded head, and
//! is not one of too many.

use std::sync::{Arc, LazyLock, OnceLock};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use workflow::{Caller, Visitor};

use crate::App;
use crate::pace::Steady;
use crate::problem::ApiError;
use crate::serve::SPEAK_WITHIN;
use crate::traffic::{AtOnce, Known, Peer, Rate, RateState, Traffic, UnderWay};

#[cfg(test)]
mod tests;

/// Longest address, with its query.
const MOST_ADDRESS_BYTES: usize = 8 << 10;
/// Most bytes of all header fields.
const MOST_HEADER_BYTES: usize = 32 << 10;
const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
/// As the accept loop does it: [`crate::serve::SPEAK_WITHIN`].
static KEPT_FOR: LazyLock<HeaderValue> = LazyLock::new(|| {
    HeaderValue::try_from(format!("timeout={}", SPEAK_WITHIN.as_secs())).expect("digits and letters")
});
const RATE: HeaderName = HeaderName::from_static("ratelimit");
const RATE_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The counts at the gate.
pub(crate) struct Gate {
    hosts: Vec<String>,
    peers: Rate<Peer>,
    keys: Rate<Known>,
    people: Rate<Known>,
    at_once: Arc<AtOnce>,
}

/// The gate's knowledge of a request, for the answer's headers.
#[derive(Clone, Default)]
pub(crate) struct Passage(Arc<Passed>);

#[derive(Default)]
struct Passed {
    standing: OnceLock<(Known, RateState)>,
    under_way: OnceLock<UnderWay>,
}

impl Gate {
    pub(crate) fn new(traffic: &Traffic) -> Self {
        Self {
            hosts: traffic.hosts.iter().map(|name| name.to_ascii_lowercase()).collect(),
            peers: Rate::of(traffic.requests_per_peer),
            keys: Rate::of(traffic.requests_per_key),
            people: Rate::of(traffic.requests_per_person),
            at_once: Arc::new(AtOnce::new(traffic.at_once_per_key)),
        }
    }

    /// Counts a request of a key or a session that was recognized.
    ///
    /// # Errors
    /// `TooManyRequests` for one too many over time or at once.
    pub(crate) fn signed_in(&self, caller: &Caller, passage: Option<&Passage>) -> Result<(), ApiError> {
        let person = || caller.account.map(Known::Person);
        let client = caller.key.map(Known::Key).or_else(person);
        client.map_or(Ok(()), |client| self.count(client, passage))
    }

    /// Counts a request with the secret of a session, which may be locked.
    ///
    /// # Errors
    /// As of [`Self::signed_in`].
    pub(crate) fn visits(&self, visitor: &Visitor, passage: Option<&Passage>) -> Result<(), ApiError> {
        self.count(Known::Person(visitor.account()), passage)
    }

    fn count(&self, client: Known, passage: Option<&Passage>) -> Result<(), ApiError> {
        let Some(Passage(passed)) = passage else { return Ok(()) };
        // A form looks for its viewer before it is read, and again after a proof: it is one request.
        if passed.under_way.get().is_some() {
            return Ok(());
        }
        let standing = match client {
            Known::Key(_) => self.keys.count(&client),
            Known::Person(_) => self.people.count(&client),
        };
        let _ = passed.standing.set((client, standing));
        if let Some(after_seconds) = standing.refused_for {
            return Err(ApiError::TooManyRequests { after_seconds });
        }
        let under_way = self.at_once.begin(client).ok_or(ApiError::TooManyRequests { after_seconds: 1 })?;
        let _ = passed.under_way.set(under_way);
        Ok(())
    }

    /// Drops the counts that are full again.
    pub(crate) fn forget(&self) {
        self.peers.forget();
        self.keys.forget();
        self.people.forget();
    }

    fn admits(&self, request: &Request, peer: &Peer) -> Result<(), ApiError> {
        check_size(request)?;
        self.check_host(request)?;
        // A probe is answered whatever else comes from its address.
        if matches!(request.uri().path(), "/healthz" | "/readyz") {
            return Ok(());
        }
        match self.peers.count(peer).refused_for {
            Some(after_seconds) => Err(ApiError::TooManyRequests { after_seconds }),
            None => Ok(()),
        }
    }

    /// One host, well written, and one of ours where these were named (RFC 9112, 3.2).
    fn check_host(&self, request: &Request) -> Result<(), ApiError> {
        let mut sent = request.headers().get_all(header::HOST).iter();
        let host = match (sent.next(), sent.next()) {
            (Some(host), None) => host.to_str().ok().and_then(host_name).ok_or(ApiError::BadHost)?,
            (None, None) if request.version() < Version::HTTP_11 => return Ok(()),
            _ => return Err(ApiError::BadHost),
        };
        let named = request.uri().authority().map_or(host, |authority| authority.host().to_ascii_lowercase());
        if self.hosts.is_empty() || self.hosts.contains(&named) { Ok(()) } else { Err(ApiError::NotThisHost) }
    }
}

/// The name or number of a `Host` header, without its port, in lower case.
fn host_name(text: &str) -> Option<String> {
    let authority: Authority = text.parse().ok()?;
    (!text.contains('@') && !authority.host().is_empty()).then(|| authority.host().to_ascii_lowercase())
}

fn check_size(request: &Request) -> Result<(), ApiError> {
    let address = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if address > MOST_ADDRESS_BYTES {
        return Err(ApiError::AddressTooLong { limit_bytes: MOST_ADDRESS_BYTES });
    }
    let fields = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4);
    if fields.sum::<usize>() > MOST_HEADER_BYTES {
        return Err(ApiError::HeadersTooLarge { limit_bytes: MOST_HEADER_BYTES });
    }
    Ok(())
}

/// Goes around every request inside its envelope. What does not come over a connection of ours is not
/// counted.
pub(crate) async fn admit(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let Some(peer) = request.extensions().get::<Peer>().copied() else { return next.run(request).await };
    if let Err(refused) = app.gate.admits(&request, &peer) {
        return refused.into_response();
    }
    let closes = request
        .headers()
        .get(header::CONNECTION)
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"close"));
    let passage = Passage::default();
    request.extensions_mut().insert(passage.clone());
    let request = request.map(|body| Body::new(Steady::new(body, app.traffic.progress_within)));
    let mut response = next.run(request).await;
    if let Some((client, standing)) = passage.0.standing.get() {
        say(response.headers_mut(), *client, standing);
    }
    if !closes {
        response.headers_mut().insert(KEEP_ALIVE, KEPT_FOR.clone());
    }
    response
}

/// Sets the header fields that say how many requests are left (draft-ietf-httpapi-ratelimit-headers-10).
fn say(headers: &mut HeaderMap, client: Known, standing: &RateState) {
    let name = client.policy();
    let policy = format!("\"{name}\";q={};w={}", standing.burst, standing.window_seconds);
    let left = format!("\"{name}\";r={}", standing.left);
    for (name, text) in [(RATE_POLICY, policy), (RATE, left)] {
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(name, value);
        }
    }
}
