//! Between files in buckets, which are waited for, and work that reads and writes as it goes: [`Incoming`] is a file as
//! [`Read`], [`Outgoing`] one as [`Write`]. A little is fetched ahead and a little may wait to be sent; when there is no
//! room, the work waits.
//!
//! Nothing becomes visible by accident. A file that broke off is an error to its reader and never its end, and one that
//! is written is abandoned unless [`Outgoing::finish`] is called.

use std::io::{self, Read, Write};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::ports::{FileError, FileReader, FileWriter};

/// Makes ends of files, and cuts them all off at once.
///
/// To be used where a runtime is; the ends themselves are for threads that may block
/// ([`spawn_blocking`](tokio::task::spawn_blocking)). Dropping the bridge cuts them off too.
#[derive(Debug)]
pub struct Bridge {
    cut: watch::Sender<bool>,
}

/// A file that is read.
#[derive(Debug)]
pub struct Incoming {
    pieces: mpsc::Receiver<Result<Option<Bytes>, FileError>>,
    current: Bytes,
    ended: bool,
    failed: Arc<OnceLock<FileError>>,
}

/// A file that is being written.
#[derive(Debug)]
pub struct Outgoing {
    pieces: Option<mpsc::Sender<Step>>,
    /// What is not worth sending yet.
    gathered: BytesMut,
    written: u64,
    failed: Arc<OnceLock<FileError>>,
    sending: JoinHandle<()>,
}

#[derive(Debug)]
enum Step {
    Piece(Bytes),
    Finish(oneshot::Sender<Result<(), FileError>>),
}

impl Default for Bridge {
    fn default() -> Bridge {
        Bridge { cut: watch::Sender::new(false) }
    }
}

impl Bridge {
    /// The end of a file that is read.
    ///
    /// # Panics
    ///
    /// Outside of a runtime.
    pub fn incoming(&self, mut reader: Box<dyn FileReader>) -> Incoming {
        let (give, pieces) = mpsc::channel(PIECES_READ);
        let mut cut = self.cut.subscribe();
        tokio::spawn(async move {
            loop {
                let piece = tokio::select! {
                    () = is_cut(&mut cut) => return,
                    piece = reader.next() => piece,
                };
                let is_last = !matches!(piece, Ok(Some(_)));
                // An error is that nobody reads any more.
                let given = tokio::select! {
                    () = is_cut(&mut cut) => return,
                    given = give.send(piece) => given,
                };
                if given.is_err() || is_last {
                    return;
                }
            }
        });
        Incoming { pieces, current: Bytes::new(), ended: false, failed: Arc::default() }
    }

    /// The end of a file that is written.
    ///
    /// # Panics
    ///
    /// Outside of a runtime.
    pub fn outgoing(&self, writer: Box<dyn FileWriter>) -> Outgoing {
        let (give, take) = mpsc::channel(PIECES_WRITTEN);
        let failed = Arc::<OnceLock<FileError>>::default();
        let (told, cut) = (failed.clone(), self.cut.subscribe());
        let sending = tokio::spawn(send(writer, take, told, cut));
        Outgoing { pieces: Some(give), gathered: BytesMut::new(), written: 0, failed, sending }
    }

    /// Cuts all ends off: reads and writes fail from now on, and what was not finished is abandoned.
    pub fn cut(&self) {
        self.cut.send_replace(true);
    }

    /// Waits until nothing is being read, written or abandoned any more.
    pub async fn settled(&self) {
        self.cut.closed().await;
    }
}

/// Sends until it is told to finish. Everything else abandons.
async fn send(
    mut writer: Box<dyn FileWriter>,
    mut pieces: mpsc::Receiver<Step>,
    failed: Arc<OnceLock<FileError>>,
    mut cut: watch::Receiver<bool>,
) {
    loop {
        let step = tokio::select! {
            biased; // what is cut off is not finished, even if it could be
            () = is_cut(&mut cut) => None,
            step = pieces.recv() => step,
        };
        match step {
            Some(Step::Piece(piece)) => {
                let written = tokio::select! {
                    () = is_cut(&mut cut) => Err(FileError::Unavailable),
                    written = writer.write(piece) => written,
                };
                if let Err(error) = written {
                    let _ = failed.set(error);
                    drop(pieces); // whoever writes learns it now, not when all is cleaned up
                    return abandon(writer).await;
                }
            }
            Some(Step::Finish(tell)) => {
                let _ = tell.send(writer.finish().await);
                return;
            }
            None => {
                drop(pieces);
                return abandon(writer).await;
            }
        }
    }
}

async fn abandon(writer: Box<dyn FileWriter>) {
    // What cannot be cleaned up now, the lifecycle of the bucket has to.
    let _ = tokio::time::timeout(CLEANING, writer.abandon()).await;
}

async fn is_cut(cut: &mut watch::Receiver<bool>) {
    // An error is that the bridge is gone.
    let _ = cut.wait_for(|cut| *cut).await;
}

impl Incoming {
    /// Why the file broke off, if it did.
    pub fn failure(&self) -> Failed {
        Failed(self.failed.clone())
    }
}

impl Read for Incoming {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() && !self.ended {
            match self.pieces.blocking_recv() {
                Some(Ok(Some(piece))) => self.current = piece,
                Some(Ok(None)) => self.ended = true,
                Some(Err(error)) => {
                    let _ = self.failed.set(error);
                    return Err(io::Error::other(error));
                }
                None => {
                    let error = *self.failed.get_or_init(|| FileError::Unavailable);
                    return Err(io::Error::other(error));
                }
            }
        }
        let length = self.current.len().min(into.len());
        self.current.copy_to_slice(&mut into[..length]);
        Ok(length)
    }
}

impl Outgoing {
    /// Why nothing more can be written, if that is so.
    pub fn failure(&self) -> Failed {
        Failed(self.failed.clone())
    }

    /// Bytes that were written so far.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Makes the file visible.
    ///
    /// # Errors
    ///
    /// When not all of it could be written; then nothing of it is visible, unless the answer that it is got lost.
    pub async fn finish(mut self) -> Result<(), FileError> {
        let lost = |failed: &OnceLock<FileError>| *failed.get_or_init(|| FileError::Unavailable);
        let Some(pieces) = self.pieces.take() else { return Err(lost(&self.failed)) };
        let rest = self.gathered.split().freeze();
        if !rest.is_empty() && pieces.send(Step::Piece(rest)).await.is_err() {
            return Err(self.ended(lost).await);
        }
        let (tell, told) = oneshot::channel();
        if pieces.send(Step::Finish(tell)).await.is_err() {
            return Err(self.ended(lost).await);
        }
        match told.await {
            Ok(finished) => finished,
            Err(_) => Err(self.ended(lost).await),
        }
    }

    /// Leaves nothing behind, and waits until that is so.
    pub async fn abandon(mut self) {
        drop(self.pieces.take());
        let _ = (&mut self.sending).await;
    }

    async fn ended(&mut self, error: impl Fn(&OnceLock<FileError>) -> FileError) -> FileError {
        let _ = (&mut self.sending).await;
        error(&self.failed)
    }

    fn give(&mut self) -> io::Result<()> {
        let piece = self.gathered.split().freeze();
        let given = self.pieces.as_ref().is_some_and(|it| it.blocking_send(Step::Piece(piece)).is_ok());
        if given {
            return Ok(());
        }
        self.pieces = None;
        Err(io::Error::other(*self.failed.get_or_init(|| FileError::Unavailable)))
    }
}

impl Write for Outgoing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Large writes are no reason for large pieces: what may wait is counted in pieces.
        let length = bytes.len().min(PIECE);
        self.gathered.reserve(PIECE);
        self.gathered.extend_from_slice(&bytes[..length]);
        self.written += length as u64;
        if self.gathered.len() >= PIECE {
            self.give()?;
        }
        Ok(length)
    }

    /// Nothing waits for this: what is written is seen when it is finished.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Remembers why an end failed, when the end itself is elsewhere.
#[derive(Debug, Clone)]
pub struct Failed(Arc<OnceLock<FileError>>);

impl Failed {
    /// What the store said, if it was the store.
    pub fn why(&self) -> Option<FileError> {
        self.0.get().copied()
    }
}

/// Stores give pieces of some ten kilobytes, seldom larger ones.
const PIECES_READ: usize = 16;
const PIECES_WRITTEN: usize = 4;
const PIECE: usize = 256 * 1024;

/// How long cleaning up may take.
const CLEANING: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests;
