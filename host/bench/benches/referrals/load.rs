//! Clients that ask as fast as they are answered.

use std::net::SocketAddr;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bench::{Asked, Connection, Outcome};

/// One server's share of a round.
pub(crate) struct Round {
    /// From the first request to the last answer.
    elapsed: Duration,
    /// Time of each request.
    pub(crate) times: Vec<Duration>,
}

impl Round {
    /// Requests in a second.
    pub(crate) fn rate(&self) -> f64 {
        self.times.len() as f64 / self.elapsed.as_secs_f64()
    }
}

/// Sends every request once. Each client is a thread with a connection that it keeps; all connect before the
/// first asks.
pub(crate) fn round(server: SocketAddr, kind: Asked, requests: &[Vec<u8>], clients: usize) -> Outcome<Round> {
    let good = format!("\"state\":\"{}\"", kind.good());
    let (next, ready) = (AtomicUsize::new(0), Barrier::new(clients + 1));
    let client = || -> Outcome<Vec<Duration>> {
        let connection = Connection::open(server);
        ready.wait();
        let (mut connection, mut times) = (connection?, Vec::new());
        while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
            times.push(ask(&mut connection, request, good.as_bytes())?);
        }
        Ok(times)
    };
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..clients).map(|_| scope.spawn(client)).collect();
        ready.wait();
        let begun = Instant::now();
        let mut times = Vec::with_capacity(requests.len());
        for client in clients {
            times.extend(client.join().map_err(|_| "a client panicked")??);
        }
        Ok(Round { elapsed: begun.elapsed(), times })
    })
}

/// One request. An answer that is not a yes was cheaper than what is to be measured, so it ends the bench.
fn ask(connection: &mut Connection, request: &[u8], good: &[u8]) -> Outcome<Duration> {
    let begun = Instant::now();
    let answer = connection.exchange(request)?;
    let took = begun.elapsed();
    if answer.status != 201 || !answer.body.windows(good.len()).any(|window| window == good) {
        return Err(format!("a request was answered {}, and not with a yes", answer.status).into());
    }
    Ok(took)
}
