//! The bytes of a connection between the socket and hyper: an answer must be read, a refusal must arrive, and
//! what hyper itself refuses becomes a problem like any other.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use crate::numbers;
use crate::pace::Pace;
use crate::problem::ApiError;
use crate::traffic::LEAST_PROGRESS_BYTES;

#[cfg(test)]
mod tests;

/// A refused client may go on sending what nobody reads for so many times the time within which it must make
/// progress.
const LINGER_TIMES: u32 = 3;
/// Of that time it may pause for this part.
const LINGER_PAUSE_PART: u32 = 5;

/// True after an answer that was a refusal, of which the client may not have read anything yet.
#[derive(Clone, Default)]
pub(crate) struct Refused(Arc<AtomicBool>);

impl Refused {
    pub(crate) fn note(&self, status: StatusCode) {
        let refused = status.is_client_error() || status.is_server_error();
        self.0.store(refused, Ordering::Relaxed);
    }

    fn is_so(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A connection's bytes between the socket and hyper.
pub(crate) struct Wire<S> {
    stream: S,
    pace: Pace,
    refused: Refused,
    /// Bytes that are sent in place of hyper's own refusal, and how many of them are sent.
    instead: Vec<u8>,
    instead_sent: usize,
    linger: Option<Linger>,
}

impl<S> Wire<S> {
    pub(crate) fn new(stream: S, progress_within: Duration, refused: Refused) -> Self {
        Self {
            stream,
            pace: Pace::new(progress_within),
            refused,
            instead: Vec::new(),
            instead_sent: 0,
            linger: None,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl<S: AsyncWrite + AsyncRead + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if let Some(status) = bare_refusal(bytes) {
            this.instead = refusal(status);
            this.refused.note(status);
            return Poll::Ready(Ok(bytes.len()));
        }
        ready!(this.poll_instead(context))?;
        let written = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.pace.hold(context, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let first = parts.iter().find(|part| !part.is_empty());
        if let Some(head) = first.filter(|head| bare_refusal(head).is_some()) {
            return self.poll_write(context, head);
        }
        let this = self.get_mut();
        ready!(this.poll_instead(context))?;
        let written = Pin::new(&mut this.stream).poll_write_vectored(context, parts);
        this.pace.hold(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_instead(context))?;
        let flushed = Pin::new(&mut this.stream).poll_flush(context);
        // Everything is out: what is written next begins anew.
        this.pace.hold(context, flushed.map_ok(|()| LEAST_PROGRESS_BYTES)).map_ok(drop)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.linger.is_none() {
            ready!(this.poll_instead(context))?;
            ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
            if !this.refused.is_so() {
                return Poll::Ready(Ok(()));
            }
        }
        let within = this.pace.within();
        let linger = this.linger.get_or_insert_with(|| Linger::begin(within));
        ready!(linger.poll(context, &mut this.stream));
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> Wire<S> {
    /// Sends what takes the place of hyper's refusal, if there is such a thing.
    fn poll_instead(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.instead_sent < self.instead.len() {
            let rest = &self.instead[self.instead_sent..];
            let written = Pin::new(&mut self.stream).poll_write(context, rest);
            self.instead_sent += ready!(self.pace.hold(context, written))?;
        }
        Poll::Ready(Ok(()))
    }
}

/// The end of a connection whose client may still be sending: read and thrown away for a while. An answer
/// sent into a connection that is closed with unread bytes in it is lost.
struct Linger {
    end: Instant,
    most_pause: Duration,
    pause: Pin<Box<Sleep>>,
}

impl Linger {
    fn begin(within: Duration) -> Self {
        let most_pause = within / LINGER_PAUSE_PART;
        Self { end: Instant::now() + within * LINGER_TIMES, most_pause, pause: Box::pin(sleep(most_pause)) }
    }

    fn poll<S: AsyncRead + Unpin>(&mut self, context: &mut Context<'_>, stream: &mut S) -> Poll<()> {
        let mut thrown_away = [0; 16 << 10];
        // A few parts at a time, so that other connections have their turn.
        for _ in 0..16 {
            let mut into = ReadBuf::new(&mut thrown_away);
            match Pin::new(&mut *stream).poll_read(context, &mut into) {
                Poll::Ready(Ok(())) if into.filled().is_empty() => return Poll::Ready(()),
                Poll::Ready(Err(_)) => return Poll::Ready(()),
                Poll::Ready(Ok(())) if Instant::now() >= self.end => return Poll::Ready(()),
                Poll::Ready(Ok(())) => self.pause.as_mut().reset(Instant::now() + self.most_pause),
                Poll::Pending => return self.pause.as_mut().poll(context),
            }
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

/// The status of an answer that hyper wrote itself to what it could not read: a head of its own three fields
/// and nothing more. Every answer of ours has an id.
fn bare_refusal(bytes: &[u8]) -> Option<StatusCode> {
    const LONGEST: usize = 200;
    if bytes.len() > LONGEST || !bytes.starts_with(b"HTTP/1.") {
        return None;
    }
    let head = std::str::from_utf8(bytes).ok()?.strip_suffix("\r\n\r\n")?;
    let mut lines = head.split("\r\n");
    let status: StatusCode = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let is_hypers = |line: &str| {
        let name = line.split(':').next().unwrap_or_default();
        ["connection", "content-length", "date"].contains(&name)
    };
    (status.is_client_error() && head.contains("\r\ncontent-length: 0") && lines.all(is_hypers))
        .then_some(status)
}

/// The same refusal as a problem. Its request was never read, so that nothing of it can be said.
fn refusal(status: StatusCode) -> Vec<u8> {
    numbers::count("none", &Method::GET, status, Duration::ZERO);
    let error = ApiError::Bare(status);
    let (id, body) = crate::envelope::unread(&error);
    let reason = status.canonical_reason().unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {} {reason}\r\nconnection: close\r\ncontent-type: application/problem+json\r\n\
         content-length: {}\r\ncache-control: no-store\r\nx-content-type-options: nosniff\r\n\
         x-request-id: {id}\r\n\r\n",
        status.as_u16(),
        body.len(),
    );
    [head.into_bytes(), body].concat()
}
