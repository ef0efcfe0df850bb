//! The accept loop. `axum::serve` waits for ever for a request's head, and at shutdown for whoever sends none; this
//! one does not.

use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::{App, router};

/// Connections at once. The next one waits in the listener's queue.
const CONNECTIONS: usize = 1024;
/// From accepting a connection to its first byte, and from there to the end of a request's head.
const SPEAK_WITHIN: Duration = Duration::from_secs(5);
/// Most connections that wait to be accepted at a shutdown and are answered; the kernel queues as many by default.
const WAITING: usize = 4_096;
/// For connections that were accepted just before a shutdown and have not spoken yet.
const LAST_WORD_WITHIN: Duration = Duration::from_millis(300);
/// For requests and commands under way at a shutdown.
const DRAIN_WITHIN: Duration = Duration::from_secs(10);
/// Recorded durations are gathered so often, that they do not pile up while nobody asks for them.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// Serves until `shutdown`, then finishes what is under way: requests first, then commands whose clients hung up.
///
/// # Errors
/// Never at present; a failing `accept` is logged and tried again.
pub async fn serve(listener: TcpListener, app: App, shutdown: CancellationToken) -> io::Result<()> {
    let service = TowerToHyperService::new(router(app.clone()));
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let connections = TaskTracker::new();
    let upkeep = tokio::spawn(keep_up(app.metrics.clone()));

    let answer = |stream, permit: Option<OwnedSemaphorePermit>| {
        let (service, shutdown) = (service.clone(), shutdown.clone());
        connections.spawn(async move {
            metrics::gauge!("http_connections").increment(1);
            converse(stream, service, shutdown).await;
            metrics::gauge!("http_connections").decrement(1);
            drop(permit);
        });
    };
    while let Some((stream, permit)) = next_connection(&listener, &room, &shutdown).await {
        answer(stream, Some(permit));
    }
    for stream in std::iter::from_fn(|| waiting(&listener)).take(WAITING) {
        answer(stream, None);
    }

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

/// The next connection, once there is room for it; `None` at shutdown.
async fn next_connection(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
    shutdown: &CancellationToken,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let accepted = async {
        let permit = Arc::clone(room).acquire_owned().await.expect("the semaphore is never closed");
        loop {
            match listener.accept().await {
                Ok((stream, _)) => return (stream, permit),
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

/// A connection that was made before a shutdown and waits to be accepted: closing the listener would break it. Asked of the
/// kernel itself, for what the runtime was not told of yet.
fn waiting(listener: &TcpListener) -> Option<TcpStream> {
    let twin = std::net::TcpListener::from(listener.as_fd().try_clone_to_owned().ok()?);
    let (stream, _) = twin.accept().ok()?;
    stream.set_nonblocking(true).ok()?;
    TcpStream::from_std(stream).ok()
}

/// Answers the requests of one connection.
async fn converse(
    stream: TcpStream,
    service: TowerToHyperService<axum::Router>,
    shutdown: CancellationToken,
) {
    if !speaks(&stream, &shutdown).await {
        return;
    }
    // Answers are small and whole; waiting to fill a packet only delays them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY refused");
    }
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(SPEAK_WITHIN);
    let mut connection = std::pin::pin!(protocol.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
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

/// Whether the client says anything in time.
async fn speaks(stream: &TcpStream, shutdown: &CancellationToken) -> bool {
    let mut first = [0];
    let spoken = timeout(SPEAK_WITHIN, stream.peek(&mut first));
    let cut_short = async {
        shutdown.cancelled().await;
        sleep(LAST_WORD_WITHIN).await;
    };
    tokio::select! {
        spoken = spoken => matches!(spoken, Ok(Ok(1..))),
        () = cut_short => false,
    }
}

async fn keep_up(metrics: metrics_exporter_prometheus::PrometheusHandle) {
    let mut ticks = tokio::time::interval(UPKEEP_EVERY);
    loop {
        ticks.tick().await;
        metrics.run_upkeep();
    }
}
