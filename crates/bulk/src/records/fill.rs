//! What framers share: reading on, keeping what is not yet in a block, counting lines.

use std::io::Read;

use crate::csv::Lines;
use crate::failure::Failure;

/// How much of a record that is too long is set aside.
pub(super) const BEGINNING: usize = 64 << 10;

/// A text that is read in pieces.
pub(super) struct Input<'i> {
    reader: &'i mut dyn Read,
    /// Read, and not yet in a block.
    rest: Vec<u8>,
    ended: bool,
    /// Of what was counted.
    lines: Lines,
}

impl<'i> Input<'i> {
    pub(super) fn new(reader: &'i mut dyn Read) -> Input<'i> {
        Input { reader, rest: Vec::new(), ended: false, lines: Lines::default() }
    }

    /// Whether all was read.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// The line, from 1, on which stands what follows what was counted.
    pub(super) fn line(&self) -> u64 {
        self.lines.ended + 1
    }

    /// Goes on behind some text.
    pub(super) fn count(&mut self, text: &[u8]) {
        self.lines.add(text);
    }

    /// What was put back, in a buffer that is empty.
    pub(super) fn take_back(&mut self, mut buffer: Vec<u8>) -> Vec<u8> {
        buffer.append(&mut self.rest);
        buffer
    }

    /// Keeps what is to come first next time.
    pub(super) fn put_back(&mut self, rest: &[u8]) {
        self.rest.clear();
        self.rest.extend_from_slice(rest);
    }

    /// Reads on until there are so many bytes, or no more.
    pub(super) fn fill(&mut self, bytes: &mut Vec<u8>, want: usize) -> Result<(), Failure> {
        let missing = want.saturating_sub(bytes.len());
        if self.ended || missing == 0 {
            return Ok(());
        }
        bytes.reserve(missing);
        let read = (&mut *self.reader).take(missing as u64).read_to_end(bytes);
        self.ended = read.map_err(|error| Failure::input(&error))? < missing;
        Ok(())
    }
}
