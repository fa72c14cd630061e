//! A file that is written: at once when it is small, otherwise in an upload that is seen when its last piece is there. One
//! that gets no last piece is never seen, and Cloud Storage forgets it after a week.

use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use google_cloud_gax::error::Error;
use google_cloud_gax::retry_policy::{RetryPolicy, RetryPolicyExt as _};
use google_cloud_gax::retry_result::RetryResult;
use google_cloud_gax::retry_state::RetryState;
use google_cloud_storage::client::Storage;
use google_cloud_storage::streaming_source::StreamingSource;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use vizard_proxy::ports::{FileError, FileForm, FilePlace, FileWriter};

use crate::buckets::resource;
use crate::errors;
use crate::patience::{Passing, backoff, no_breaker};

pub(super) struct Writer {
    client: Storage,
    place: FilePlace,
    form: FileForm,
    gathered: BytesMut,
    upload: Option<Upload>,
}

/// An upload that has begun. Dropping it ends it.
struct Upload {
    pieces: mpsc::Sender<Step>,
    /// Until it has ended.
    sending: Option<JoinHandle<Result<(), FileError>>>,
}

enum Step {
    Piece(Bytes),
    End,
}

impl Writer {
    pub(super) fn new(client: Storage, place: FilePlace, form: FileForm) -> Writer {
        Writer { client, place, form, gathered: BytesMut::new(), upload: None }
    }

    fn begin(&self) -> Upload {
        let (pieces, take) = mpsc::channel(PIECES);
        let (client, place, form) = (self.client.clone(), self.place.clone(), self.form.clone());
        let sending = tokio::spawn(async move {
            let write = client.write_object(resource(&place.bucket), &place.key, Pieces::new(take));
            let write = write.set_metadata(form.metadata).with_resumable_upload_buffer_size(PART);
            let write = match form.content_type {
                Some(content_type) => write.set_content_type(content_type),
                None => write,
            };
            let write = match form.content_encoding {
                Some(encoding) => write.set_content_encoding(encoding),
                None => write,
            };
            // Of a file that takes minutes, the last piece may be sent again as the first one may.
            let write = write.with_retry_policy(Answered.with_attempt_limit(ATTEMPTS));
            let write = write.with_backoff_policy(backoff()).with_retry_throttler(no_breaker());
            write.send_buffered().await.map(|_| ()).map_err(|error| errors::file(&error))
        });
        Upload { pieces, sending: Some(sending) }
    }

    async fn put(self) -> Result<(), FileError> {
        let write =
            self.client.write_object(resource(&self.place.bucket), &self.place.key, self.gathered.freeze());
        let write = write.set_metadata(self.form.metadata).with_idempotency(true);
        let write = match self.form.content_type {
            Some(content_type) => write.set_content_type(content_type),
            None => write,
        };
        let write = match self.form.content_encoding {
            Some(encoding) => write.set_content_encoding(encoding),
            None => write,
        };
        let write = write.with_retry_policy(Passing.with_attempt_limit(ATTEMPTS)).send_unbuffered();
        let write = tokio::time::timeout(STALLED, write).await.map_err(|_| FileError::Unavailable)?;
        write.map(|_| ()).map_err(|error| errors::file(&error))
    }
}

#[async_trait]
impl FileWriter for Writer {
    async fn write(&mut self, piece: Bytes) -> Result<(), FileError> {
        if let Some(upload) = &mut self.upload {
            return upload.give(Step::Piece(piece)).await;
        }
        if self.gathered.len() + piece.len() > PART {
            let first = std::mem::take(&mut self.gathered).freeze();
            let upload = self.upload.insert(self.begin());
            if !first.is_empty() {
                upload.give(Step::Piece(first)).await?;
            }
            return upload.give(Step::Piece(piece)).await;
        }
        self.gathered.extend_from_slice(&piece);
        Ok(())
    }

    async fn finish(mut self: Box<Self>) -> Result<(), FileError> {
        let Some(mut upload) = self.upload.take() else { return self.put().await };
        upload.give(Step::End).await?;
        upload.ended().await
    }

    async fn abandon(mut self: Box<Self>) {
        if let Some(upload) = self.upload.take() {
            let Upload { pieces, sending } = upload;
            drop(pieces);
            if let Some(sending) = sending {
                let _ = sending.await;
            }
        }
    }
}

impl Upload {
    async fn give(&mut self, step: Step) -> Result<(), FileError> {
        match tokio::time::timeout(STALLED, self.pieces.send(step)).await {
            Ok(Ok(())) => Ok(()),
            // Nobody takes any more: it has ended, and not well.
            Ok(Err(_)) => Err(self.ended().await.err().unwrap_or(FileError::Unavailable)),
            Err(_) => {
                self.sending.take().inspect(JoinHandle::abort);
                Err(FileError::Unavailable)
            }
        }
    }

    async fn ended(&mut self) -> Result<(), FileError> {
        let mut sending = self.sending.take().ok_or(FileError::Unavailable)?;
        let ended = tokio::time::timeout(STALLED, &mut sending).await;
        if ended.is_err() {
            sending.abort();
        }
        ended.map_err(|_| FileError::Unavailable)?.map_err(|_| FileError::Unavailable)?
    }
}

/// Sends a part again when Google answered that it could not take it: then the client asks what has arrived. After a
/// connection that broke, version 1.21 of the client goes on with the part after the one that was lost, and a file with a
/// hole in it is seen (googleapis/google-cloud-rust#6685); so that ends the upload.
#[derive(Debug)]
struct Answered;

impl RetryPolicy for Answered {
    fn on_error(&self, state: &RetryState, error: Error) -> RetryResult {
        match error.http_status_code() {
            Some(_) => Passing.on_error(state, error),
            None => RetryResult::Permanent(error),
        }
    }
}

/// The pieces as the client asks for them. Only the end that was meant is one, and it is one as often as it is asked for.
///
/// Cloud Storage keeps whole quanta of what is sent, and when it kept some of a piece, the same client sends the wrong rest
/// of that again (googleapis/google-cloud-rust#6683). So no piece stands in two quanta.
struct Pieces {
    take: mpsc::Receiver<Step>,
    rest: Bytes,
    /// How far into a quantum it is.
    offset: usize,
    ended: bool,
}

impl Pieces {
    fn new(take: mpsc::Receiver<Step>) -> Pieces {
        Pieces { take, rest: Bytes::new(), offset: 0, ended: false }
    }
}

/// Whoever wrote has gone.
#[derive(Debug, thiserror::Error)]
#[error("the file was abandoned")]
struct Abandoned;

impl StreamingSource for Pieces {
    type Error = Abandoned;

    async fn next(&mut self) -> Option<Result<Bytes, Abandoned>> {
        while self.rest.is_empty() && !self.ended {
            match self.take.recv().await {
                Some(Step::Piece(piece)) => self.rest = piece,
                Some(Step::End) => self.ended = true,
                None => return Some(Err(Abandoned)),
            }
        }
        let length = self.rest.len().min(QUANTUM - self.offset);
        self.offset = (self.offset + length) % QUANTUM;
        (length > 0).then(|| Ok(self.rest.split_to(length)))
    }
}

/// What is sent at a time, and kept until it is known to have arrived.
const PART: usize = 8 * 1024 * 1024;
const PIECES: usize = 4;

/// What Cloud Storage keeps whole. <https://cloud.google.com/storage/docs/performing-resumable-uploads#chunked-upload>
const QUANTUM: usize = 256 * 1024;

/// For a file as a whole.
const ATTEMPTS: u32 = 6;

/// Whoever has taken nothing for so long, all attempts included, is not there any more.
const STALLED: Duration = Duration::from_secs(240);
