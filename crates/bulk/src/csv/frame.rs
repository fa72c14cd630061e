//! The framer: a stream of bytes into blocks that end where a row ends, whatever quotes span lines.
//!
//! Where no quote is in sight this only looks for the last line end. A row that does not end within the limit is not
//! read on into memory: it fails the file, or its beginning is handed on to be set aside and the rest is passed over.

use std::io::Read;

use memchr::{memchr, memrchr2};

use super::dialect::Dialect;
use super::fault::Fault;
use super::lines::Lines;
use super::marks::Marks;
use super::rows::BEGINNING;
use super::scan::{Event, Scan};
use super::split::{Cells, Splitter};
use crate::failure::{Failure, Place};
use crate::pipeline::{BLOCK, Block, Blocks};
use crate::task::{BadRows, Limits};

/// Cuts a file into its header and blocks of rows.
pub(crate) struct Framer<'f> {
    input: &'f mut dyn Read,
    dialect: &'f Dialect,
    limits: Limits,
    bad_rows: BadRows,
    /// Bytes to gather before a block is cut off.
    block: usize,
    /// Read, and not yet in a block.
    rest: Vec<u8>,
    /// There is no more to read.
    ended: bool,
    /// Those before `rest`.
    lines: Lines,
}

/// The first row of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// Names of columns as they stand there, without surrounding blanks.
    pub(crate) names: Vec<String>,
    /// What ends the row.
    pub(crate) newline: &'static str,
    /// The line on which it begins.
    pub(crate) line: u64,
}

impl<'f> Framer<'f> {
    /// Frames a plain text without a byte order mark.
    pub(crate) fn new(
        input: &'f mut dyn Read,
        dialect: &'f Dialect,
        limits: Limits,
        bad_rows: BadRows,
    ) -> Framer<'f> {
        let (rest, lines) = (Vec::new(), Lines::default());
        Framer { input, dialect, limits, bad_rows, block: BLOCK, rest, ended: false, lines }
    }

    /// The same with blocks of another size.
    #[cfg(test)]
    pub(super) fn with_block(self, block: usize) -> Framer<'f> {
        Framer { block, ..self }
    }

    /// Reads the header, which comes before the first block; `None` if there is nothing but white space.
    pub(crate) fn header(&mut self) -> Result<Option<Head>, Failure> {
        let mut bytes = std::mem::take(&mut self.rest);
        self.fill(&mut bytes, self.block.max(2))?;
        refuse_other_encodings(&bytes)?;
        let mut begin = 0;
        let (end, after) = loop {
            while matches!(bytes.get(begin), Some(b'\n' | b'\r')) {
                begin += 1;
            }
            if begin == bytes.len() && self.ended {
                return Ok(None);
            }
            if begin >= self.block {
                self.lines.add(&bytes[..begin]);
                bytes.drain(..begin);
                begin = 0;
            }
            let mut scan = Scan::new(self.dialect, begin);
            let end = loop {
                match scan.end(&bytes, self.ended) {
                    // The line feed after a CR must be in sight: it tells what ends rows in this file.
                    Some(end) if self.ended || end + 1 < bytes.len() => break end,
                    Some(end) => scan = resumed(scan, end),
                    None if bytes.len() - begin > self.limits.record => {
                        return Err(self.too_long(scan.is_quoted(), &bytes[..begin]));
                    }
                    None if self.ended => return Err(self.not_closed(&bytes, begin)),
                    None => {}
                }
                let more = bytes.len() + self.block;
                self.fill(&mut bytes, more)?;
            };
            let after = row_after(&bytes, end);
            if !self.dialect.is_idle(&bytes[begin..end]) {
                break (end, after);
            }
            begin = after;
        };
        let head = self.head(&bytes, begin, end, after)?;
        self.lines.add(&bytes[..after]);
        bytes.drain(..after);
        self.rest = bytes;
        Ok(Some(head))
    }

    fn head(&self, bytes: &[u8], begin: usize, end: usize, after: usize) -> Result<Head, Failure> {
        let row = &bytes[begin..end];
        let line = 1 + self.lines.ended + Lines::of(&bytes[..begin]);
        let place = Place { line: Some(line), ..Place::default() };
        if row.contains(&0) {
            return Err(not_text("the header holds NUL characters: this is no text in UTF-8").at(place));
        }
        if row.len() > self.limits.record {
            return Err(self.too_long(false, &bytes[..begin]));
        }
        let mut splitter = Splitter::new(self.dialect);
        let quoted = memchr(b'"', row).is_some();
        let cells = splitter.split(row, None, quoted, self.limits.columns).map_err(|fault| match fault {
            Fault::TooManyValues(_) => {
                let message = format!("the header has more than {} columns", self.limits.columns);
                Failure::new("too-many-columns", message).at(place)
            }
            other => {
                let place = Place { column: other.column(), ..place };
                Failure::new(other.code(), format!("in the header: {}", other.message())).at(place)
            }
        })?;
        let newline = match &bytes[end..after] {
            b"\r\n" => "\r\n",
            b"\r" => "\r",
            _ => "\n",
        };
        Ok(Head { names: names(cells), newline, line })
    }

    /// Reads on until there are so many bytes, or no more.
    fn fill(&mut self, bytes: &mut Vec<u8>, want: usize) -> Result<(), Failure> {
        let Some(missing) = want.checked_sub(bytes.len()) else { return Ok(()) };
        if !self.ended && missing > 0 {
            bytes.reserve(missing);
            let read = self.input.take(missing as u64).read_to_end(bytes);
            self.ended = read.map_err(|error| Failure::input(&error))? < missing;
        }
        Ok(())
    }

    /// Where the first row begins that is not finished, when one begins at `row`.
    fn advance(&self, mut row: usize, bytes: &[u8]) -> Result<usize, Failure> {
        while let Some(quote) = memchr(b'"', &bytes[row..]) {
            row = match self.dialect.delimiter() {
                [delimiter] => after_regular(bytes, *delimiter, row),
                _ => memrchr2(b'\n', b'\r', &bytes[row..row + quote]).map_or(row, |end| row + end + 1),
            };
            // This row is not regular, or its end is not in sight.
            match Scan::new(self.dialect, row).end(bytes, self.ended) {
                Some(end) => row = row_after(bytes, end),
                None if self.ended => return Err(self.not_closed(bytes, row)),
                None => return Ok(row),
            }
        }
        Ok(match (self.ended, memrchr2(b'\n', b'\r', &bytes[row..])) {
            (true, _) => bytes.len(),
            (false, Some(end)) => row + end + 1,
            (false, None) => row,
        })
    }

    /// The beginning of a row that is too long, as a block of its own; the rest of it is passed over.
    fn pass_over(&mut self, mut bytes: Vec<u8>) -> Result<Block, Failure> {
        let first_line = self.lines.ended + 1;
        let mut scan = Scan::new(self.dialect, 0);
        scan.end(&bytes, false); // as far as it goes: had the row an end, it would not be too long
        let mut rest = bytes.split_off(scan.at);
        self.lines.add(&bytes);
        scan.rebase();
        let after = loop {
            let more = rest.len() + self.block;
            self.fill(&mut rest, more)?;
            match scan.end(&rest, self.ended) {
                Some(end) if self.ended || end + 1 < rest.len() => break row_after(&rest, end),
                Some(end) => scan = resumed(scan, end),
                None if self.ended => return Err(Framer::never_closed(first_line)),
                None => {}
            }
            self.lines.add(&rest[..scan.at]);
            rest.drain(..scan.at);
            scan.rebase();
        };
        self.lines.add(&rest[..after]);
        rest.drain(..after);
        self.rest = rest;
        bytes.truncate(BEGINNING.min(self.limits.record));
        Ok(Block { bytes, first_line, too_long: true })
    }

    /// `before` stands before the row, and behind what was counted.
    fn too_long(&self, quoted: bool, before: &[u8]) -> Failure {
        let also = if quoted { ", or a quote in it is never closed" } else { "" };
        let message = format!("a row is longer than {} bytes{also}", self.limits.record);
        let line = self.lines.ended + Lines::of(before) + 1;
        Failure::new("record-too-long", message).at(Place { line: Some(line), ..Place::default() })
    }

    /// The line is that of the last quote that opens in the row.
    fn not_closed(&self, bytes: &[u8], row: usize) -> Failure {
        let mut scan = Scan::new(self.dialect, row);
        let mut opened = row;
        loop {
            match scan.next(bytes, true) {
                Event::Opens { at, .. } => opened = at,
                Event::Delimiter(_) | Event::Surplus => {}
                Event::End(_) | Event::More => break,
            }
        }
        Framer::never_closed(self.lines.ended + Lines::of(&bytes[..opened]) + 1)
    }

    fn never_closed(line: u64) -> Failure {
        let failure = Failure::new("quote-not-closed", "a quote that opens on this line is never closed");
        failure.at(Place { line: Some(line), ..Place::default() })
    }
}

impl Blocks for Framer<'_> {
    fn next(&mut self, reuse: Vec<u8>) -> Result<Option<Block>, Failure> {
        let mut bytes = reuse;
        bytes.append(&mut self.rest);
        let mut want = self.block;
        let mut row = loop {
            self.fill(&mut bytes, want)?;
            if bytes.is_empty() {
                return Ok(None);
            }
            match self.advance(0, &bytes)? {
                0 if bytes.len() <= self.limits.record => {}
                0 => {
                    return match self.bad_rows {
                        BadRows::Fail => {
                            let mut scan = Scan::new(self.dialect, 0);
                            scan.end(&bytes, false);
                            Err(self.too_long(scan.is_quoted(), &[]))
                        }
                        BadRows::Quarantine => self.pass_over(bytes).map(Some),
                    };
                }
                row => break row,
            }
            want = (2 * bytes.len()).clamp(self.block, self.limits.record + self.block);
        };
        if row == bytes.len() && bytes.last() == Some(&b'\r') {
            self.fill(&mut bytes, row + 1)?; // with the LF that may belong to it
            row = row_after(&bytes, row - 1);
        }
        self.rest.extend_from_slice(&bytes[row..]);
        bytes.truncate(row);
        let first_line = self.lines.ended + 1;
        self.lines.add(&bytes);
        Ok(Some(Block { bytes, first_line, too_long: false }))
    }
}

/// Where the first row begins that is not regular, or not finished.
fn after_regular(bytes: &[u8], delimiter: u8, row: usize) -> usize {
    let mut marks = Marks::new(bytes, delimiter, row);
    let mut after = row;
    while let Some(chunk) = marks.next_without_cells() {
        if chunk.ends != 0 {
            after = chunk.at + 64 - chunk.ends.leading_zeros() as usize;
        }
        if chunk.strange {
            break;
        }
    }
    after
}

/// Where the next row begins if one ends here.
fn row_after(bytes: &[u8], end: usize) -> usize {
    match &bytes[end..] {
        [b'\r', b'\n', ..] => end + 2,
        [_, ..] => end + 1,
        [] => end,
    }
}

/// Back before a line end that was seen without what stands behind it.
fn resumed(mut scan: Scan<'_>, end: usize) -> Scan<'_> {
    scan.at = end;
    scan
}

fn names(cells: Cells<'_>) -> Vec<String> {
    (0..cells.len()).map(|index| cells.at(index).to_owned()).collect()
}

fn refuse_other_encodings(bytes: &[u8]) -> Result<(), Failure> {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err(not_text("this is UTF-16, and must be UTF-8")),
        _ => Ok(()),
    }
}

fn not_text(message: &str) -> Failure {
    Failure::new("not-utf-8", message)
}

#[cfg(test)]
mod tests;
