//! The framer of JSON arrays: a stream of bytes into blocks of whole elements.
//!
//! Brackets and commas of the array itself become blanks, so that a block holds one element after the other. What the
//! elements are is not looked at here.

use std::io::Read;

use super::extent::Extent;
use super::fill::{BEGINNING, Input};
use crate::csv::Lines;
use crate::failure::{Failure, Place};
use crate::pipeline::{BLOCK, Block, Blocks};
use crate::task::{BadRows, Limits};

/// Cuts a file into blocks of elements.
pub(crate) struct Array<'e> {
    input: Input<'e>,
    bad_rows: BadRows,
    /// Bytes of an element.
    longest: usize,
    /// Bytes to gather before a block is cut off.
    block: usize,
    stage: Stage,
    /// Elements that ended.
    ended: u64,
}

/// What comes next.
#[derive(Clone, Copy, Debug)]
enum Stage {
    /// The bracket that opens the array.
    Array,
    /// The first element, or the end.
    First,
    /// An element.
    Element,
    /// More of the element that begins here.
    Inside { start: usize, extent: Extent },
    /// A comma, or the end.
    Comma,
    /// Nothing.
    Closed,
}

/// How far the bytes at hand lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reached {
    /// Blocks may end here.
    Between,
    /// An element goes on behind them.
    Within(usize),
    /// The element that begins here is longer than may be.
    TooLong(usize),
}

impl<'e> Array<'e> {
    /// Frames a plain text without a byte order mark.
    pub(crate) fn new(input: &'e mut dyn Read, limits: Limits, bad_rows: BadRows) -> Array<'e> {
        let longest = limits.record.clamp(1, usize::MAX - 1);
        Array { input: Input::new(input), bad_rows, longest, block: BLOCK, stage: Stage::Array, ended: 0 }
    }

    /// The same with blocks of another size.
    #[cfg(test)]
    pub(super) fn with_block(self, block: usize) -> Array<'e> {
        Array { block, ..self }
    }

    /// Goes over what is new among the bytes.
    fn advance(&mut self, bytes: &mut [u8]) -> Result<Reached, Failure> {
        let mut at = 0;
        loop {
            if let Stage::Inside { start, mut extent } = self.stage {
                let end = extent.end(bytes, self.input.ended());
                let so_far = end.unwrap_or(bytes.len()) - start;
                if so_far > self.longest {
                    self.stage = Stage::Inside { start, extent: Extent::at(start) };
                    return Ok(Reached::TooLong(start));
                }
                let Some(end) = end else {
                    self.stage = Stage::Inside { start, extent };
                    return Ok(Reached::Within(start));
                };
                self.ended += 1;
                self.stage = Stage::Comma;
                at = end;
            }
            let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
            let Some(blanks) = bytes[at..].iter().position(|byte| !blank(byte)) else {
                return Ok(Reached::Between);
            };
            at += blanks;
            let next = match (self.stage, bytes[at]) {
                (Stage::Array, b'[') => Stage::First,
                (Stage::First | Stage::Comma, b']') => Stage::Closed,
                (Stage::Comma, b',') => Stage::Element,
                (Stage::First | Stage::Element, byte) if !matches!(byte, b',' | b']') => {
                    self.stage = Stage::Inside { start: at, extent: Extent::at(at) };
                    continue;
                }
                (stage, _) => return Err(self.refused(stage, &bytes[..at])),
            };
            bytes[at] = b' ';
            at += 1;
            self.stage = next;
        }
    }

    /// What stands behind `before` cannot stand there.
    fn refused(&self, stage: Stage, before: &[u8]) -> Failure {
        let (code, message) = match stage {
            Stage::Array => ("not-json-array", "the file does not begin with `[`"),
            Stage::First | Stage::Element | Stage::Inside { .. } => {
                ("array-syntax", "an element of the array is missing")
            }
            Stage::Comma => ("array-syntax", "neither a comma nor `]` follows an element of the array"),
            Stage::Closed => ("text-after-array", "something follows the array; a file holds one array only"),
        };
        let line = self.input.line() + Lines::of(before);
        let record = (self.ended > 0).then_some(self.ended);
        Failure::new(code, message).at(Place { line: Some(line), record, column: None })
    }

    fn not_closed(&self) -> Failure {
        let message = "the file ends before the array does; it was probably not written or copied to its end";
        let place = Place { record: Some(self.ended + 1), ..Place::default() };
        Failure::new("array-not-closed", message).at(place)
    }

    /// The element with which the bytes begin is too long.
    fn too_long(&mut self, bytes: Vec<u8>) -> Result<Block, Failure> {
        let first_line = self.input.line();
        if self.bad_rows == BadRows::Fail {
            let message = format!("an element of the array is longer than {} bytes", self.longest);
            let place = Place { line: Some(first_line), record: Some(self.ended + 1), column: None };
            return Err(Failure::new("record-too-long", message).at(place));
        }
        let beginning = bytes[..self.longest.min(BEGINNING)].to_vec();
        let mut rest = bytes;
        let mut extent = Extent::at(0);
        let end = loop {
            match extent.end(&rest, self.input.ended()) {
                Some(end) => break end,
                None if self.input.ended() => return Err(self.not_closed()),
                None => {}
            }
            self.input.count(&rest[..extent.at]);
            rest.drain(..extent.at);
            extent.at = 0;
            let more = rest.len() + self.block;
            self.input.fill(&mut rest, more)?;
        };
        self.input.count(&rest[..end]);
        self.input.put_back(&rest[end..]);
        self.stage = Stage::Comma;
        self.ended += 1;
        Ok(Block { bytes: beginning, first_line, too_long: true })
    }
}

impl Blocks for Array<'_> {
    fn next(&mut self, reuse: Vec<u8>) -> Result<Option<Block>, Failure> {
        let mut bytes = self.input.take_back(reuse);
        let mut want = self.block;
        let end = loop {
            self.input.fill(&mut bytes, want)?;
            if bytes.is_empty() {
                return match self.stage {
                    Stage::Closed => Ok(None),
                    _ => Err(self.not_closed()),
                };
            }
            match self.advance(&mut bytes)? {
                Reached::Between => break bytes.len(),
                Reached::TooLong(0) => return self.too_long(bytes).map(Some),
                Reached::Within(0) if self.input.ended() => return Err(self.not_closed()),
                Reached::Within(0) => want = (2 * bytes.len()).min(self.longest + 1).max(self.block),
                Reached::Within(start) | Reached::TooLong(start) => break start,
            }
        };
        if let Stage::Inside { start, extent } = &mut self.stage {
            *start -= end;
            extent.at -= end;
        }
        self.input.put_back(&bytes[end..]);
        bytes.truncate(end);
        let first_line = self.input.line();
        self.input.count(&bytes);
        Ok(Some(Block { bytes, first_line, too_long: false }))
    }
}
