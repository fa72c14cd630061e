//! Whether it was an end of the file that failed, or the file itself.

use std::io::{self, ErrorKind, Read, Write};

/// A stream that remembers that it broke.
#[derive(Debug)]
pub(crate) struct Watch<S> {
    stream: S,
    broke: bool,
}

impl<S> Watch<S> {
    pub(crate) fn new(stream: S) -> Watch<S> {
        Watch { stream, broke: false }
    }

    pub(crate) fn broke(&self) -> bool {
        self.broke
    }

    pub(crate) fn into_inner(self) -> S {
        self.stream
    }

    fn noted<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        // A call that was interrupted is made again.
        self.broke |= result.as_ref().is_err_and(|error| error.kind() != ErrorKind::Interrupted);
        result
    }
}

impl<S: Read> Read for Watch<S> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(into);
        self.noted(read)
    }
}

impl<S: Write> Write for Watch<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.stream.write(bytes);
        self.noted(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.stream.flush();
        self.noted(flushed)
    }
}
