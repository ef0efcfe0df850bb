//! Shares of one client: places for connections, requests at once, requests a second.
//!
//! Nothing here knows what is asked. Whoever is refused is told when to come back.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Body;

use domain::identifiers::{AccountId, KeyId, OrgId};
use governor::clock::{Clock, MonotonicClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use workflow::Failure;

use crate::pace::{Fair, Line};

#[cfg(test)]
mod tests;

/// Limits on one client's share of the service.
#[derive(Clone, Debug)]
pub struct Traffic {
    /// Most connections at once, over all clients.
    pub connections: usize,
    /// Connections at once from one address.
    pub connections_per_peer: usize,
    /// Within this time a body that is being sent, or an answer that is being read, must move on by
    /// [`LEAST_PROGRESS_BYTES`], or by what is left of it.
    pub progress_within: Duration,
    /// Requests a second from one address, over time.
    pub requests_per_peer: NonZeroU32,
    /// Requests a second with one key, over time.
    pub requests_per_key: NonZeroU32,
    /// Requests a second of one person who is signed in, over time, whether by pages or by the API.
    pub requests_per_person: NonZeroU32,
    /// Requests at once with one key, or of one person.
    pub at_once_per_key: usize,
    /// Names by which the service is called; empty for any.
    pub hosts: Vec<String>,
}

/// Bytes by which a body or an answer must move on: 3 KiB a second, which is less than any line gives.
pub const LEAST_PROGRESS_BYTES: usize = 32 << 10;

/// Length of a burst, in seconds of what may come over time.
const BURST_SECONDS: u32 = 2;
/// Connections beside the others that are there for probes.
const PROBES: usize = 32;
/// Of these, from one address.
const PROBES_PER_PEER: usize = 8;

/// The highest limit on requests a second that is counted. Faster than that is no limit.
const FASTEST: NonZeroU32 = number(1_000_000);

const fn number(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).expect("it is not zero")
}

impl Traffic {
    /// For measurements: as much as one client can ask.
    #[must_use]
    pub fn unlimited() -> Self {
        let usual = Self::default();
        Self {
            connections_per_peer: usual.connections,
            requests_per_peer: FASTEST,
            requests_per_key: FASTEST,
            requests_per_person: FASTEST,
            at_once_per_key: usual.connections,
            ..usual
        }
    }
}

impl Default for Traffic {
    fn default() -> Self {
        Self {
            connections: 1_024,
            connections_per_peer: 512,
            progress_within: Duration::from_secs(10),
            requests_per_peer: number(4_000),
            requests_per_key: number(1_000),
            requests_per_person: number(200),
            at_once_per_key: 256,
            hosts: Vec::new(),
        }
    }
}

/// The address that a connection comes from. Of IPv6 it is the network of 64 bits, which is one household's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Peer(IpAddr);

impl From<IpAddr> for Peer {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(whole) => {
                let [a, b, c, d, ..] = whole.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            v4 => v4,
        })
    }
}

/// Client that showed who it is: requests over time and at once are counted for each. All sessions of a
/// person are one, since anybody signs in as often as wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Known {
    /// Software with an access key.
    Key(KeyId),
    /// A person with a session.
    Person(AccountId),
}

impl Known {
    /// Name of the policy in the header fields that tell of limits.
    pub(crate) fn policy(self) -> &'static str {
        match self {
            Self::Key(_) => "key",
            Self::Person(_) => "person",
        }
    }
}

/// Places for connections: for all, for each address, and some that are kept for probes.
pub(crate) struct Places {
    most: usize,
    most_per_peer: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    usual: Counts,
    probes: Counts,
}

#[derive(Default)]
struct Counts {
    all: usize,
    by_peer: HashMap<Peer, usize>,
}

/// Use that a connection may be put to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// The connection may send any request.
    Usual,
    /// Every usual place is taken: for `/healthz` and `/readyz` only.
    Probes,
}

/// The place of a connection, free again when it is dropped.
pub(crate) struct Place {
    places: Arc<Places>,
    peer: Peer,
    /// Use that the connection may be put to.
    pub(crate) usage: Use,
}

impl Places {
    pub(crate) fn new(traffic: &Traffic) -> Self {
        Self {
            most: traffic.connections,
            most_per_peer: traffic.connections_per_peer,
            taken: Mutex::default(),
        }
    }

    /// A place for a connection from there; `None` if there is not even one for probes.
    pub(crate) fn take(self: &Arc<Self>, peer: Peer) -> Option<Place> {
        let mut taken = locked(&self.taken);
        let usage = if taken.usual.add(peer, self.most, self.most_per_peer) {
            Use::Usual
        } else if taken.probes.add(peer, PROBES, PROBES_PER_PEER) {
            Use::Probes
        } else {
            return None;
        };
        Some(Place { places: Arc::clone(self), peer, usage })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = locked(&self.places.taken);
        match self.usage {
            Use::Usual => taken.usual.remove(self.peer),
            Use::Probes => taken.probes.remove(self.peer),
        }
    }
}

impl Counts {
    fn add(&mut self, peer: Peer, most: usize, most_per_peer: usize) -> bool {
        let of_peer = self.by_peer.get(&peer).copied().unwrap_or_default();
        let fits = self.all < most && of_peer < most_per_peer;
        if fits {
            self.all += 1;
            self.by_peer.insert(peer, of_peer + 1);
        }
        fits
    }

    fn remove(&mut self, peer: Peer) {
        self.all = self.all.saturating_sub(1);
        if let Some(count) = self.by_peer.get_mut(&peer) {
            *count -= 1;
            if *count == 0 {
                self.by_peer.remove(&peer);
            }
        }
    }
}

/// A limit on requests over time, one count for each `K`.
pub(crate) struct Rate<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, HashMapStateStore<K>, MonotonicClock, StateInformationMiddleware>,
    burst: u32,
}

/// Count of a client's requests after one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RateState {
    /// Requests that a burst may have.
    pub(crate) burst: u32,
    /// Seconds after which an empty count is full again.
    pub(crate) window_seconds: u32,
    /// Requests left at this moment.
    pub(crate) left: u32,
    /// Seconds after which the next one is let in, if this one was not.
    pub(crate) refused_for: Option<u64>,
}

impl<K: Hash + Eq + Clone> Rate<K> {
    pub(crate) fn of(per_second: NonZeroU32) -> Self {
        let per_second = per_second.min(FASTEST);
        let burst = per_second.saturating_mul(number(BURST_SECONDS));
        let limiter =
            RateLimiter::hashmap_with_clock(Quota::per_second(per_second).allow_burst(burst), MonotonicClock);
        Self { limiter: limiter.with_middleware(), burst: burst.get() }
    }

    /// Counts one request, and says how many are left or when to come back.
    pub(crate) fn count(&self, of: &K) -> RateState {
        let standing =
            RateState { burst: self.burst, window_seconds: BURST_SECONDS, left: 0, refused_for: None };
        match self.limiter.check_key(of) {
            Ok(state) => RateState { left: state.remaining_burst_capacity(), ..standing },
            Err(refused) => {
                let wait = refused.wait_time_from(self.limiter.clock().now());
                RateState { refused_for: Some(wait.as_secs().saturating_add(1)), ..standing }
            }
        }
    }

    /// Drops the counts that are full again.
    pub(crate) fn forget(&self) {
        self.limiter.retain_recent();
    }
}

/// Requests at once, counted for each client that is known.
pub(crate) struct AtOnce {
    most: usize,
    running: Mutex<HashMap<Known, usize>>,
}

/// One of the requests that a client has under way.
pub(crate) struct UnderWay {
    all: Arc<AtOnce>,
    client: Known,
}

impl AtOnce {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, running: Mutex::default() }
    }

    /// One more, if the client has not too many.
    pub(crate) fn begin(self: &Arc<Self>, client: Known) -> Option<UnderWay> {
        let mut running = locked(&self.running);
        let count = running.entry(client).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(UnderWay { all: Arc::clone(self), client })
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut running = locked(&self.all.running);
        if let Some(count) = running.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                running.remove(&self.client);
            }
        }
    }
}

/// Room for what is held in memory or on the disk while it comes: for all, and a part of it for each
/// organization. Who finds it full waits in line a while, and whoever sends too slowly meanwhile makes room.
pub(crate) struct Rooms {
    all: Arc<Semaphore>,
    each: usize,
    line: Line,
    of: Mutex<HashMap<OrgId, Arc<Semaphore>>>,
}

/// Room for one, free again when it is dropped.
pub(crate) struct Room {
    line: Line,
    _all: OwnedSemaphorePermit,
    _own: OwnedSemaphorePermit,
}

impl Rooms {
    pub(crate) fn new((all, each): (usize, usize), line: Line) -> Self {
        Self { all: Arc::new(Semaphore::new(all)), each, line, of: Mutex::default() }
    }

    /// Room for one more of the organization's. First it waits for its own turn, so that in the line of all
    /// there are never more of one organization than it may have.
    ///
    /// # Errors
    /// `Busy` if there is none in time.
    pub(crate) async fn enter(&self, who: OrgId) -> Result<Room, Failure> {
        let own = self.own(who);
        let entering = async {
            let own = own.acquire_owned().await.map_err(|_| Failure::Busy)?;
            let waits = self.line.join();
            let all = Arc::clone(&self.all).acquire_owned().await.map_err(|_| Failure::Busy)?;
            drop(waits);
            Ok(Room { line: self.line.clone(), _all: all, _own: own })
        };
        timeout(self.line.wait(), entering).await.unwrap_or(Err(Failure::Busy))
    }

    fn own(&self, who: OrgId) -> Arc<Semaphore> {
        let mut of = locked(&self.of);
        // Whoever is in or waits holds one more of these.
        of.retain(|_, own| Arc::strong_count(own) > 1);
        Arc::clone(of.entry(who).or_insert_with(|| Arc::new(Semaphore::new(self.each))))
    }
}

impl Room {
    /// The body for which there is room, until it comes too slowly for a place that others wait for.
    pub(crate) fn fair(&self, body: Body) -> Body {
        Body::new(Fair::new(body, self.line.clone()))
    }
}

/// Nothing panics while it holds one of these; were it so, the counts would still be right.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
