//! A file as it is stored in, what it holds out: decompressed, counted, and no more than may be.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::Compression;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::task::Limits;

/// Room for what is stored, before it is decompressed.
const STORED: usize = 128 << 10;

/// Little input says little about its ratio.
const RATIO_FROM: u64 = 16 << 20;

/// The largest window of zstd, as a power of two: 32 MiB, more than any of its usual levels ask for.
const WINDOW: u32 = 25;

/// Reads what a file holds. Its errors are [`Failure`]s inside; [`Failure::input`] takes them out.
pub(crate) struct Source<'s> {
    stream: Stream<'s>,
    compression: Compression,
    limits: Limits,
    read: u64,
}

enum Stream<'s> {
    Plain(Stored<'s>),
    Gzip(Box<MultiGzDecoder<BufReader<Stored<'s>>>>),
    Zstd(Box<zstd::stream::read::Decoder<'static, BufReader<Stored<'s>>>>),
}

impl<'s> Source<'s> {
    /// Looks at the first bytes. Damage further on shows while it is read.
    pub(crate) fn open(
        input: &'s mut dyn Read,
        limits: Limits,
        progress: &'s Progress,
    ) -> Result<Source<'s>, Failure> {
        let mut stored = Stored { input, head: Vec::new(), count: 0, progress };
        stored.look(4).map_err(|error| Failure::input(&error))?;
        let compression = Compression::of(&stored.head);
        let stream = match compression {
            Compression::None => Stream::Plain(stored),
            Compression::Gzip => {
                // Several members one after the other are one file.
                Stream::Gzip(Box::new(MultiGzDecoder::new(BufReader::with_capacity(STORED, stored))))
            }
            Compression::Zstd => {
                let stored = BufReader::with_capacity(STORED, stored);
                let decoder = zstd::stream::read::Decoder::with_buffer(stored).and_then(|mut decoder| {
                    decoder.window_log_max(WINDOW)?;
                    Ok(decoder)
                });
                Stream::Zstd(Box::new(decoder.map_err(|error| Failure::input(&error))?))
            }
        };
        Ok(Source { stream, compression, limits, read: 0 })
    }

    /// How the file is compressed.
    #[cfg(test)]
    pub(super) fn compression(&self) -> Compression {
        self.compression
    }

    /// Bytes as stored that were read so far.
    pub(crate) fn stored(&self) -> u64 {
        match &self.stream {
            Stream::Plain(stored) => stored.count,
            Stream::Gzip(decoder) => decoder.get_ref().get_ref().count,
            Stream::Zstd(decoder) => decoder.get_ref().get_ref().count,
        }
    }

    /// Bytes that came out so far.
    pub(crate) fn read_out(&self) -> u64 {
        self.read
    }

    fn within(&self) -> Result<(), Failure> {
        let Limits { bytes, ratio, .. } = self.limits;
        if self.read > bytes {
            let message = format!("the file holds more than {bytes} bytes, which is the limit");
            return Err(Failure::new("file-too-large", message));
        }
        let compressed = self.compression != Compression::None;
        if compressed && self.read > RATIO_FROM && self.read / ratio.max(1) > self.stored() {
            let message = format!("the file grows more than {ratio} times when it is decompressed");
            return Err(Failure::new("expands-too-much", message));
        }
        Ok(())
    }
}

impl Read for Source<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.stream {
            Stream::Plain(stored) => stored.read(into),
            Stream::Gzip(decoder) => decoder.read(into).map_err(damaged),
            Stream::Zstd(decoder) => decoder.read(into).map_err(damaged),
        }?;
        self.read += read as u64;
        self.within()?;
        Ok(read)
    }
}

/// What a decoder says, unless it repeats what its input says.
fn damaged(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::Interrupted
        || error.get_ref().is_some_and(|inner| inner.is::<Failure>())
    {
        return error;
    }
    let failure = match error.kind() {
        io::ErrorKind::UnexpectedEof => Failure::new(
            "compressed-truncated",
            "the compressed file ends too soon; it was probably not written or copied to its end",
        ),
        _ if error.to_string().contains("too much memory") => Failure::new(
            "compressed-window",
            format!("the file was compressed with a window of more than 2^{WINDOW} bytes"),
        ),
        _ => Failure::new(
            "compressed-corrupt",
            "the compressed file is damaged, or something else follows it in the same file",
        ),
    };
    failure.into()
}

/// The file as it is stored.
struct Stored<'s> {
    input: &'s mut dyn Read,
    /// What was looked at and is still to be read.
    head: Vec<u8>,
    count: u64,
    progress: &'s Progress,
}

impl Stored<'_> {
    /// Gets the first bytes, fewer if there are no more.
    fn look(&mut self, bytes: u64) -> io::Result<()> {
        let read = Read::take(&mut *self.input, bytes).read_to_end(&mut self.head)?;
        self.note(read);
        Ok(())
    }

    fn note(&mut self, read: usize) {
        self.count += read as u64;
        self.progress.add_read(read as u64);
    }
}

impl Read for Stored<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if !self.head.is_empty() {
            let some = self.head.len().min(into.len());
            into[..some].copy_from_slice(&self.head[..some]);
            self.head.drain(..some);
            return Ok(some);
        }
        match self.input.read(into) {
            Ok(read) => {
                self.note(read);
                Ok(read)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => Err(Failure::input(&error).into()),
        }
    }
}
