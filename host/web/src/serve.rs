//! The accept loop. `axum::serve` waits for ever for a request's head, and at shutdown for whoever sends
//! none; this one does not.

use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::tls::{Certificate, Stream};
use crate::traffic::{Peer, Place, Use};
use crate::wire::{Refused, Wire};
use crate::{App, counts_router, probes_router, router};

/// From accepting a connection to its first byte, and from there to the end of a request's head.
pub(crate) const SPEAK_WITHIN: Duration = Duration::from_secs(5);
/// The same for a connection that is there for a probe only: others wait for its place.
const PROBE_SPEAKS_WITHIN: Duration = Duration::from_secs(1);
/// Most bytes of a head that are read; what is more than the gate lets through is refused there.
const HEAD_BYTES: usize = 64 << 10;
/// Most connections that wait to be accepted at a shutdown and are answered; the kernel queues as many by
/// default.
const WAITING: usize = 4_096;
/// For connections that were accepted just before a shutdown and have not spoken yet.
const LAST_WORD_WITHIN: Duration = Duration::from_millis(300);
/// For requests and commands under way at a shutdown.
const DRAIN_WITHIN: Duration = Duration::from_secs(10);
/// Recorded durations are gathered so often, that they do not pile up while nobody asks for them.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// Serves until `shutdown`, then finishes what is under way: requests first, then commands whose clients hung
/// up.
///
/// # Errors
/// Never at present; a failing `accept` is logged and tried again.
pub async fn serve(listener: TcpListener, app: App, shutdown: CancellationToken) -> io::Result<()> {
    let connections = TaskTracker::new();
    let upkeep = tokio::spawn(keep_up(app.clone()));
    let doors = Doors { usual: door(router(app.clone())), probes: door(probes_router(app.clone())) };
    accept(&listener, &app, &doors, &connections, &shutdown).await;

    drop(listener);
    let end = Instant::now() + DRAIN_WITHIN;
    for (what, tracker) in [("connections", &connections), ("commands", &app.commands)] {
        tracker.close();
        if timeout_at(end, tracker.wait()).await.is_err() {
            tracing::warn!(left = tracker.len(), "{what} left at the end of the drain");
        }
    }
    upkeep.abort();
    Ok(())
}

/// Serves `/metrics`, `/healthz` and `/readyz` without a key until `shutdown`: on an address that only the
/// operator's own machines reach. Its connections take no places of the others.
///
/// # Errors
/// Never at present; a failing `accept` is logged and tried again.
pub async fn serve_counts(listener: TcpListener, app: App, shutdown: CancellationToken) -> io::Result<()> {
    let app = app.beside();
    let upkeep = tokio::spawn(keep_up(app.clone()));
    let connections = TaskTracker::new();
    let doors = Doors { usual: door(counts_router(app.clone())), probes: door(probes_router(app.clone())) };
    accept(&listener, &app, &doors, &connections, &shutdown).await;
    upkeep.abort();
    Ok(())
}

/// Routers that answer a connection, by its use.
struct Doors {
    usual: Door,
    probes: Door,
}

type Door = TowerToHyperService<Router>;

fn door(router: Router) -> Door {
    TowerToHyperService::new(router)
}

/// Accepts connections until `shutdown`, and answers those that had been made by then too.
async fn accept(
    listener: &TcpListener,
    app: &App,
    doors: &Doors,
    connections: &TaskTracker,
    shutdown: &CancellationToken,
) {
    while let Some((stream, peer)) = next_connection(listener, shutdown).await {
        doors.answer(stream, peer, app, connections, shutdown);
    }
    for (stream, peer) in std::iter::from_fn(|| waiting(listener)).take(WAITING) {
        doors.answer(stream, peer, app, connections, shutdown);
    }
}

impl Doors {
    /// Answers a connection beside the others. One for which there is no place of any kind is closed at once.
    fn answer(
        &self,
        stream: TcpStream,
        peer: Peer,
        app: &App,
        connections: &TaskTracker,
        shutdown: &CancellationToken,
    ) {
        let Some(place) = app.places.take(peer) else {
            metrics::counter!("http_connections_refused").increment(1);
            return;
        };
        let door = match place.usage {
            Use::Usual => self.usual.clone(),
            Use::Probes => self.probes.clone(),
        };
        let (progress_within, shutdown) = (app.traffic.progress_within, shutdown.clone());
        let certificate = app.certificate.clone();
        connections.spawn(async move {
            metrics::gauge!("http_connections").increment(1);
            converse(stream, (peer, &place), certificate.as_deref(), door, progress_within, shutdown).await;
            metrics::gauge!("http_connections").decrement(1);
        });
    }
}

/// The next connection; `None` at shutdown.
async fn next_connection(listener: &TcpListener, shutdown: &CancellationToken) -> Option<(TcpStream, Peer)> {
    let accepted = async {
        loop {
            match listener.accept().await {
                Ok((stream, from)) => return (stream, Peer::from(from.ip())),
                Err(error) => {
                    tracing::warn!(%error, "accepting a connection failed");
                    // Out of file descriptors, most likely: trying again at once would only burn a core.
                    sleep(Duration::from_millis(50)).await;
                }
            }
        }
    };
    tokio::select! {
        biased;
        () = shutdown.cancelled() => None,
        connection = accepted => Some(connection),
    }
}

/// A connection that was made before a shutdown and waits to be accepted: closing the listener would break
/// it. Asked of the kernel itself, for what the runtime was not told of yet.
fn waiting(listener: &TcpListener) -> Option<(TcpStream, Peer)> {
    let twin = std::net::TcpListener::from(listener.as_fd().try_clone_to_owned().ok()?);
    let (stream, from) = twin.accept().ok()?;
    stream.set_nonblocking(true).ok()?;
    Some((TcpStream::from_std(stream).ok()?, Peer::from(from.ip())))
}

/// Answers the requests of one connection.
async fn converse(
    stream: TcpStream,
    (peer, place): (Peer, &Place),
    certificate: Option<&Certificate>,
    door: Door,
    progress_within: Duration,
    shutdown: CancellationToken,
) {
    let speaks_within = if place.usage == Use::Usual { SPEAK_WITHIN } else { PROBE_SPEAKS_WITHIN };
    if !speaks(&stream, speaks_within, &shutdown).await {
        return;
    }
    // Answers are small and whole; waiting to fill a packet only delays them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY refused");
    }
    let Some(stream) = agreed(stream, certificate).await else { return };
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(speaks_within).max_buf_size(HEAD_BYTES);
    protocol.keep_alive(place.usage == Use::Usual);
    let refused = Refused::default();
    let wire = Wire::new(stream, progress_within, refused.clone());
    let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(peer);
        let (answering, refused) = (door.call(request), refused.clone());
        async move { answering.await.inspect(|answer| refused.note(answer.status())) }
    });
    let mut connection = std::pin::pin!(protocol.serve_connection(TokioIo::new(wire), service));
    let ended = tokio::select! {
        // In this order: what was asked before a shutdown is read before the connection is told that it is
        // the last.
        biased;
        ended = connection.as_mut() => ended,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "connection ended early");
    }
}

/// The stream as it is spoken over: as it is, or once both sides agreed on how it is hidden, in time.
async fn agreed(stream: TcpStream, certificate: Option<&Certificate>) -> Option<Stream> {
    let Some(certificate) = certificate else { return Some(Stream::Plain(stream)) };
    match timeout(SPEAK_WITHIN, certificate.acceptor().accept(stream)).await {
        Ok(Ok(stream)) => Some(Stream::Hidden(Box::new(stream))),
        Ok(Err(error)) => {
            tracing::debug!(%error, "no agreement on TLS");
            None
        }
        Err(_) => None,
    }
}

/// True if the client sends a first byte in time.
async fn speaks(stream: &TcpStream, within: Duration, shutdown: &CancellationToken) -> bool {
    let mut first = [0];
    let spoken = timeout(within, stream.peek(&mut first));
    let cut_short = async {
        shutdown.cancelled().await;
        sleep(LAST_WORD_WITHIN).await;
    };
    tokio::select! {
        spoken = spoken => matches!(spoken, Ok(Ok(1..))),
        () = cut_short => false,
    }
}

async fn keep_up(app: App) {
    let mut ticks = tokio::time::interval(UPKEEP_EVERY);
    loop {
        ticks.tick().await;
        app.metrics.run_upkeep();
        app.gate.forget();
    }
}
