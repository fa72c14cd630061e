//! A connection's socket: reads along for [`Framing`], and gives up on a head that does not come and on a client
//! that does not read its answer.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

use crate::framing::Framing;

/// The socket of one connection.
#[derive(Debug)]
pub(crate) struct Socket {
    stream: TcpStream,
    framing: Framing,
    ambiguous: Arc<AtomicBool>,
    waits: Waits,
    /// Runs from the connection's begin, then from the first byte of each head, until that head is complete.
    head_deadline: Option<Pin<Box<Sleep>>>,
    /// Runs while the client takes nothing of what it is sent.
    write_deadline: Option<Pin<Box<Sleep>>>,
}

/// How long to wait for a client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waits {
    /// For a whole head.
    pub(crate) head: Duration,
    /// For the next bytes to be taken.
    pub(crate) write: Duration,
}

impl Socket {
    /// `ambiguous` becomes true when a message with two lengths has been seen.
    pub(crate) fn new(stream: TcpStream, waits: Waits, ambiguous: Arc<AtomicBool>) -> Socket {
        let head_deadline = Some(Box::pin(tokio::time::sleep(waits.head)));
        Socket { stream, framing: Framing::new(), ambiguous, waits, head_deadline, write_deadline: None }
    }

    fn look(&mut self, bytes: &[u8]) {
        let inside = self.framing.is_inside_head();
        self.framing.read(bytes);
        if self.framing.is_ambiguous() {
            self.ambiguous.store(true, Ordering::Relaxed);
        }
        match (inside, self.framing.is_inside_head()) {
            (false, true) if self.head_deadline.is_none() => {
                self.head_deadline = Some(Box::pin(tokio::time::sleep(self.waits.head)));
            }
            (_, true) => {}
            (_, false) => self.head_deadline = None,
        }
    }
}

impl Socket {
    /// The outcome of a write, or an error when the client has taken nothing for too long.
    fn in_time(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.write_deadline = None;
            return written;
        }
        let wait = self.waits.write;
        let deadline = self.write_deadline.get_or_insert_with(|| Box::pin(tokio::time::sleep(wait)));
        match deadline.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        match Pin::new(&mut this.stream).poll_read(cx, buffer) {
            Poll::Ready(Ok(())) => this.look(&buffer.filled()[before..]),
            Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
            Poll::Pending => {
                let late = this.head_deadline.as_mut().is_some_and(|it| it.as_mut().poll(cx).is_ready());
                return if late { Poll::Ready(Err(io::ErrorKind::TimedOut.into())) } else { Poll::Pending };
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.in_time(cx, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, parts);
        this.in_time(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
