//! Progress that is demanded of whoever sends a body or reads an answer.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::BoxError;
use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::time::{Sleep, sleep};

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
                    return Poll::Ready(Err(io::Error::new(
                        io::ErrorKind::TimedOut,
                        "the client stands still",
                    )));
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
