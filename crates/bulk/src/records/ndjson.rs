//! The framer of NDJSON: a stream of bytes into blocks that end where a line ends.
//!
//! A JSON text holds line ends only between its parts, so a line end is one whatever stands around it.

use std::io::Read;

use memchr::{memchr2, memrchr2};

use super::fill::{BEGINNING, Input};
use crate::failure::{Failure, Place};
use crate::pipeline::{BLOCK, Block, Blocks};
use crate::task::{BadRows, Limits};

/// Cuts a file into blocks of lines.
pub(crate) struct Ndjson<'n> {
    input: Input<'n>,
    bad_rows: BadRows,
    /// Bytes of a line, without what ends it.
    longest: usize,
    /// Bytes to gather before a block is cut off.
    block: usize,
}

impl<'n> Ndjson<'n> {
    /// Frames a plain text without a byte order mark.
    pub(crate) fn new(input: &'n mut dyn Read, limits: Limits, bad_rows: BadRows) -> Ndjson<'n> {
        // With its line end, a line may be two bytes longer.
        let longest = limits.record.clamp(1, usize::MAX - 2);
        Ndjson { input: Input::new(input), bad_rows, longest, block: BLOCK.min(longest + 2) }
    }

    /// The same with blocks of another size.
    #[cfg(test)]
    pub(super) fn with_block(self, block: usize) -> Ndjson<'n> {
        Ndjson { block: block.min(self.longest + 2), ..self }
    }

    /// The beginning of a line that is too long, as a block of its own; the rest of it is passed over.
    fn pass_over(&mut self, mut bytes: Vec<u8>) -> Result<Block, Failure> {
        let first_line = self.input.line();
        let mut rest = bytes.split_off(self.longest.min(BEGINNING));
        self.input.count(&bytes);
        loop {
            match memchr2(b'\n', b'\r', &rest) {
                // The line feed after a CR belongs to it.
                Some(end) if rest[end] == b'\n' || end + 1 < rest.len() || self.input.ended() => {
                    let after = end + if rest[end..].starts_with(b"\r\n") { 2 } else { 1 };
                    self.input.count(&rest[..after]);
                    self.input.put_back(&rest[after..]);
                    return Ok(Block { bytes, first_line, too_long: true });
                }
                None if self.input.ended() => return Ok(Block { bytes, first_line, too_long: true }),
                Some(end) => drop(rest.drain(..end)),
                None => rest.clear(),
            }
            let more = rest.len() + self.block;
            self.input.fill(&mut rest, more)?;
        }
    }
}

impl Blocks for Ndjson<'_> {
    fn next(&mut self, reuse: Vec<u8>) -> Result<Option<Block>, Failure> {
        let mut bytes = self.input.take_back(reuse);
        let mut want = self.block;
        let end = loop {
            self.input.fill(&mut bytes, want)?;
            if bytes.is_empty() {
                return Ok(None);
            }
            if bytes.len() > self.longest && memchr2(b'\n', b'\r', &bytes[..=self.longest]).is_none() {
                return match self.bad_rows {
                    BadRows::Fail => {
                        let message = format!("a line is longer than {} bytes", self.longest);
                        let place = Place { line: Some(self.input.line()), ..Place::default() };
                        Err(Failure::new("record-too-long", message).at(place))
                    }
                    BadRows::Quarantine => self.pass_over(bytes).map(Some),
                };
            }
            match last_line_end(&bytes) {
                // What is behind the last line end is the last line, and judged on its own if it must be.
                Some(end) if !self.input.ended() || bytes.len() - end > self.longest => break end,
                _ if self.input.ended() => break bytes.len(),
                _ => want = (2 * bytes.len()).clamp(self.block, self.longest + 2),
            }
        };
        self.input.put_back(&bytes[end..]);
        bytes.truncate(end);
        let first_line = self.input.line();
        self.input.count(&bytes);
        Ok(Some(Block { bytes, first_line, too_long: false }))
    }
}

/// Behind the last line that certainly ends. A CR at the very end may have its line feed still to come.
fn last_line_end(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [.., b'\n'] => Some(bytes.len()),
        [before @ .., _] => memrchr2(b'\n', b'\r', before).map(|end| end + 1),
        [] => None,
    }
}
