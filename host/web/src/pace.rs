//! Progress that is demanded of whoever sends a body or reads an answer.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::BoxError;
use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, Interval, Sleep, interval, sleep};

use crate::traffic::LEAST_PROGRESS_BYTES;

#[cfg(test)]
mod tests;

/// The time within which a client that is behind must have moved on.
pub(crate) struct Pace {
    within: Duration,
    /// Set since the client first had to be waited for.
    waiting: Option<Waiting>,
}

struct Waiting {
    until: Pin<Box<Sleep>>,
    moved: usize,
}

impl Pace {
    pub(crate) fn new(within: Duration) -> Self {
        Self { within, waiting: None }
    }

    /// Time in which the client must move on.
    pub(crate) fn within(&self) -> Duration {
        self.within
    }

    /// Passes on how many bytes moved, or a `TimedOut` for a client that stands still.
    pub(crate) fn hold(
        &mut self,
        context: &mut Context<'_>,
        moved: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match &moved {
            Poll::Ready(Ok(count)) => self.moved(*count),
            Poll::Ready(Err(_)) => {}
            Poll::Pending => {
                let within = self.within;
                let begin = || Waiting { until: Box::pin(sleep(within)), moved: 0 };
                let waiting = self.waiting.get_or_insert_with(begin);
                if waiting.until.as_mut().poll(context).is_ready() {
                    metrics::counter!("http_connections_stalled").increment(1);
                    return Poll::Ready(Err(too_slow()));
                }
            }
        }
        moved
    }

    fn moved(&mut self, count: usize) {
        if let Some(waiting) = &mut self.waiting {
            waiting.moved += count;
            if waiting.moved >= LEAST_PROGRESS_BYTES {
                self.waiting = None;
            }
        }
    }
}

/// A body that fails with `TimedOut` once its client stands still.
pub(crate) struct Steady {
    body: Body,
    pace: Pace,
}

impl Steady {
    pub(crate) fn new(body: Body, within: Duration) -> Self {
        Self { body, pace: Pace::new(within) }
    }
}

impl HttpBody for Steady {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        let moved = match &frame {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(Ok(frame))) => Poll::Ready(Ok(frame.data_ref().map_or(0, Bytes::len))),
            Poll::Ready(_) => Poll::Ready(Ok(0)),
        };
        match self.pace.hold(context, moved) {
            Poll::Ready(Err(stands_still)) => Poll::Ready(Some(Err(stands_still.into()))),
            _ => frame.map(|frame| frame.map(|frame| frame.map_err(Into::into))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Line of those who wait for a place.
#[derive(Clone)]
pub(crate) struct Line {
    waiting: Arc<AtomicUsize>,
    /// Time for which each of them waits.
    wait: Duration,
    /// Bytes a second of whoever keeps a place while others wait.
    fair: f64,
}

/// One who waits, until it is dropped.
pub(crate) struct Waits(Arc<AtomicUsize>);

impl Line {
    /// A line for files up to a size that have this long to arrive. The pace that the largest of them needs
    /// is fair: a photograph from a telephone is slower than a plan's file, and among its like no hindrance.
    pub(crate) fn of(wait: Duration, largest_bytes: u64, within: Duration) -> Self {
        Self { waiting: Arc::default(), wait, fair: largest_bytes as f64 / within.as_secs_f64() }
    }

    /// Time for which a request waits for a place.
    pub(crate) fn wait(&self) -> Duration {
        self.wait
    }

    pub(crate) fn join(&self) -> Waits {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        Waits(Arc::clone(&self.waiting))
    }

    fn is_empty(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) == 0
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A body that holds a place, and fails with `TimedOut` once it is too slow for that while others wait.
/// Whoever just began is left alone for half of the time that they wait, so that they get the place in time.
pub(crate) struct Fair {
    body: Body,
    line: Line,
    begun: Instant,
    moved: usize,
    looks: Interval,
}

impl Fair {
    pub(crate) fn new(body: Body, line: Line) -> Self {
        // A tick may not be of no length.
        let looks = interval((line.wait / 10).max(Duration::from_millis(1)));
        Self { body, line, begun: Instant::now(), moved: 0, looks }
    }

    fn is_in_the_way(&self) -> bool {
        let held = self.begun.elapsed();
        let is_slow = (self.moved as f64) < held.as_secs_f64() * self.line.fair;
        is_slow && held > self.line.wait / 2 && !self.line.is_empty()
    }
}

impl HttpBody for Fair {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            if let Some(Ok(frame)) = &frame {
                self.moved += frame.data_ref().map_or(0, Bytes::len);
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        while self.looks.poll_tick(context).is_ready() {
            if self.is_in_the_way() {
                metrics::counter!("http_uploads_gave_way").increment(1);
                return Poll::Ready(Some(Err(too_slow().into())));
            }
        }
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

fn too_slow() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the client is too slow")
}
