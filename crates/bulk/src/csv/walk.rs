//! From one regular row of a block to the next, by its [marks](super::marks) alone.
//!
//! Marks are gathered some rows at a time, without a branch for each: what is then asked of a row (does it have as many
//! cells as the header, and is any of them odd) takes one look at so many numbers.

use super::marks::{Chunk, Marks};

/// Marks to gather at a time, besides those of a row.
const BATCH: usize = 1 << 10;

/// A chunk has no more marks.
const MOST: usize = 64;

/// Marks to write down at once. Mostly that is all of a chunk.
const AT_ONCE: usize = 8;

/// Of longer texts, marks cannot be written down.
const LONGEST: usize = (PAIRS - 1) as usize;

const END: u32 = 1 << 31;
const ODD: u32 = 1 << 30;
const PAIRS: u32 = 1 << 29;

/// The end of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark(u32);

impl Mark {
    /// Where it stands in the text.
    #[inline]
    pub(super) fn at(self) -> usize {
        (self.0 & (PAIRS - 1)) as usize
    }

    /// The row ends as well.
    #[inline]
    fn ends_row(self) -> bool {
        self.0 & END != 0
    }

    /// The cell is quoted, has blanks at an end, or begins in a way that needs a second look.
    #[inline]
    pub(super) fn is_odd(self) -> bool {
        self.0 & ODD != 0
    }

    /// There are pairs of quotes in the cell.
    #[inline]
    pub(super) fn has_pairs(self) -> bool {
        self.0 & PAIRS != 0
    }

    /// What is true of one of several.
    #[inline]
    pub(super) fn any(marks: &[Mark]) -> Mark {
        Mark(marks.iter().fold(0, |all, mark| all | mark.0))
    }
}

/// Where it is in a block, at the beginning of a row.
pub(super) struct Walk<'b> {
    bytes: &'b [u8],
    delimiter: u8,
    marks: Marks<'b>,
    /// With room for more than a row. From `next` up to `filled` they are not done with.
    found: Vec<Mark>,
    next: usize,
    filled: usize,
    /// Nothing more will be found.
    ended: bool,
}

impl<'b> Walk<'b> {
    /// Over rows of so many cells; `None` over a text in which places are too large to be written down.
    pub(super) fn new(text: &'b str, delimiter: u8, width: usize) -> Option<Walk<'b>> {
        let bytes = text.as_bytes();
        (bytes.len() <= LONGEST).then(|| Walk {
            bytes,
            delimiter,
            marks: Marks::new(bytes, delimiter, 0),
            found: vec![Mark::default(); width + BATCH + MOST],
            next: 0,
            filled: 0,
            ended: false,
        })
    }

    /// Goes on to what is no line end, from `at`, where a row may begin.
    #[inline]
    pub(super) fn begin(&mut self, mut at: usize) -> usize {
        loop {
            if self.next == self.filled && !self.fill() {
                return at;
            }
            let mark = self.found[self.next];
            if mark.at() != at || !mark.ends_row() {
                return at;
            }
            at += 1;
            self.next += 1;
        }
    }

    /// The marks of the next row, by their place, if the row is regular and has so many cells.
    #[inline]
    pub(super) fn row(&mut self, width: usize) -> Option<usize> {
        if self.filled - self.next < width {
            self.fill();
        }
        let (last, others) = self.found[self.next..self.filled].get(..width)?.split_last()?;
        if !last.ends_row() || Mark::any(others).ends_row() {
            return None;
        }
        let first = self.next;
        self.next += width;
        Some(first)
    }

    /// Some marks from a place on.
    #[inline]
    pub(super) fn marks(&self, first: usize, width: usize) -> &[Mark] {
        &self.found[first..first + width]
    }

    /// Goes on to `at`, where a row begins, because another way was found there.
    pub(super) fn resume(&mut self, at: usize) {
        while self.next < self.filled && self.found[self.next].at() < at {
            self.next += 1;
        }
        if self.next == self.filled {
            self.marks = Marks::new(self.bytes, self.delimiter, at);
            self.ended = false;
        }
    }

    /// Gathers more marks, and says whether there are any.
    #[inline(never)]
    fn fill(&mut self) -> bool {
        if self.ended {
            return false;
        }
        self.found.copy_within(self.next..self.filled, 0);
        self.filled -= self.next;
        self.next = 0;
        let before = self.filled;
        while !self.ended && self.filled + MOST <= self.found.len() {
            match self.marks.next() {
                Some(chunk) => self.gather(&chunk),
                None => self.ended = true,
            }
        }
        self.filled > before
    }

    #[inline]
    fn gather(&mut self, chunk: &Chunk) {
        let mut rest = chunk.delimiters | chunk.ends;
        let (at, count) = (chunk.at as u32, rest.count_ones() as usize);
        let slots = &mut self.found[self.filled..self.filled + MOST];
        for slots in slots.as_chunks_mut::<AT_ONCE>().0.iter_mut().take(count.div_ceil(AT_ONCE)) {
            for slot in slots {
                let bit = rest.trailing_zeros();
                let flag = |bits: u64, flag: u32| (bits.unbounded_shr(bit) as u32 & 1) * flag;
                *slot = Mark(
                    at.wrapping_add(bit)
                        | flag(chunk.ends, END)
                        | flag(chunk.odd, ODD)
                        | flag(chunk.pairs, PAIRS),
                );
                rest &= rest.wrapping_sub(1);
            }
        }
        self.filled += count;
        self.ended = chunk.strange;
    }
}
