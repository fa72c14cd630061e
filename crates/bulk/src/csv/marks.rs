//! Delimiters and line ends outside of quotes, found in 64 bytes at a time.
//!
//! In a regular row each quote either opens at the beginning of a cell, closes at its end, or is one of a doubled pair, so
//! that whether a byte is inside of quotes is a matter of odd and even. What looks otherwise is strange, and the row in
//! which it stands is for the [scan](super::scan) to judge: this tells where the first such quote is and finds nothing
//! behind it.
//!
//! A cell that begins or ends with a byte that needs a second look is told by the mark at its end: an addition carries
//! what was seen in a cell over all its bytes, and comes to rest in the zero that stands for the mark.

use crate::bits::{Lanes, parity};

/// Goes over bytes from the beginning of a row on.
#[derive(Clone, Debug)]
pub(super) struct Marks<'b> {
    bytes: &'b [u8],
    delimiter: u8,
    /// Everything before was looked at.
    at: usize,
    /// All bits if the byte before is inside of quotes or opens them, else none.
    inside: u64,
    /// Bit 0: the byte before is a delimiter, a line end or a quote.
    edge: u64,
    /// Bit 0: the byte before is a quote.
    quote: u64,
    cell: Begun,
}

/// What is in 64 bytes, a bit each.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk {
    /// Where they begin.
    pub(super) at: usize,
    /// Delimiters outside of quotes.
    pub(super) delimiters: u64,
    /// Bytes of line ends outside of quotes.
    pub(super) ends: u64,
    /// Of these two, those at the end of a cell that is more than what it shows: it begins with a quote or another
    /// byte up to `#` or beyond ASCII, or it ends with one up to a space.
    pub(super) odd: u64,
    /// Of these, those at the end of a cell with a quote that follows a quote.
    pub(super) pairs: u64,
    /// Whether a quote is strange; there are no marks from it on.
    pub(super) strange: bool,
}

/// What was seen of the cell that a chunk begins in.
#[derive(Clone, Debug)]
struct Begun {
    /// Bit 0: it begins with the chunk.
    begins: u64,
    /// Bit 0: the byte before is up to a space.
    blank: u64,
    odd: bool,
    pairs: bool,
}

impl Begun {
    /// The marks of odd cells, and of those with pairs of quotes.
    #[inline]
    fn judge(&mut self, lanes: &Lanes, marks: u64, pairs: u64) -> (u64, u64) {
        let within = !marks;
        let first = (marks << 1 | self.begins) & within;
        let blank = lanes.at_most(b' ') & within;
        let odd = carry(first & !lanes.between(b'$', 0x7f), within, &mut self.odd) | blank << 1 | self.blank;
        let pairs = carry(pairs, within, &mut self.pairs);
        (self.begins, self.blank) = (marks >> 63, blank >> 63);
        (odd & marks, pairs & marks)
    }
}

/// Carries bits up to the next that is not within.
#[inline]
fn carry(bits: u64, within: u64, carried: &mut bool) -> u64 {
    let (sum, over) = within.overflowing_add(bits);
    let (sum, over_too) = sum.overflowing_add(u64::from(*carried));
    *carried = over | over_too;
    sum
}

impl<'b> Marks<'b> {
    /// From the beginning of a row on.
    pub(super) fn new(bytes: &'b [u8], delimiter: u8, at: usize) -> Marks<'b> {
        let cell = Begun { begins: 1, blank: 0, odd: false, pairs: false };
        Marks { bytes, delimiter, at, inside: 0, edge: 1, quote: 0, cell }
    }

    /// After the last chunk: a quote was not closed.
    #[cfg(test)]
    fn is_quoted(&self) -> bool {
        self.inside != 0
    }

    /// What is in the next bytes, if there are any.
    #[inline]
    pub(super) fn next(&mut self) -> Option<Chunk> {
        self.chunk::<true>()
    }

    /// The same without a look at cells: none is called odd.
    #[inline]
    pub(super) fn next_without_cells(&mut self) -> Option<Chunk> {
        self.chunk::<false>()
    }

    #[inline]
    fn chunk<const CELLS: bool>(&mut self) -> Option<Chunk> {
        let rest = self.bytes.get(self.at..)?;
        let (lanes, following) = match rest.first_chunk::<64>() {
            Some(chunk) => (Lanes::of(chunk), rest.get(64)),
            None if rest.is_empty() => return None,
            None => {
                let mut chunk = [0; 64];
                chunk[..rest.len()].copy_from_slice(rest);
                (Lanes::of(&chunk), None)
            }
        };
        let at = self.at;
        self.at += rest.len().min(64);
        let quotes = lanes.equal(b'"');
        let delimiters = lanes.equal(self.delimiter);
        let ends = lanes.equal(b'\n') | lanes.equal(b'\r');
        let edges = delimiters | ends | quotes;
        if quotes == 0 {
            let outside = !self.inside;
            (self.edge, self.quote) = (edges >> 63, 0);
            let (delimiters, ends) = (delimiters & outside, ends & outside);
            let (odd, pairs) = if CELLS { self.cell.judge(&lanes, delimiters | ends, 0) } else { (0, 0) };
            return Some(Chunk { at, delimiters, ends, odd, pairs, strange: false });
        }
        let inside = parity(quotes) ^ self.inside;
        let pairs = quotes & (quotes << 1 | self.quote);
        let opens = quotes & inside & !(edges << 1 | self.edge);
        let closed = following.is_none_or(|byte| self.is_edge(*byte));
        let closes = quotes & !inside & !(edges >> 1 | u64::from(closed) << 63 | last(rest.len()));
        let strange = opens | closes;
        let sound = !inside
            & match strange {
                0 => u64::MAX,
                _ => (1 << strange.trailing_zeros()) - 1,
            };
        self.inside = 0u64.wrapping_sub(inside >> 63);
        (self.edge, self.quote) = (edges >> 63, quotes >> 63);
        let (delimiters, ends) = (delimiters & sound, ends & sound);
        let (odd, pairs) = if CELLS { self.cell.judge(&lanes, delimiters | ends, pairs) } else { (0, 0) };
        Some(Chunk { at, delimiters, ends, odd, pairs, strange: strange != 0 })
    }

    fn is_edge(&self, byte: u8) -> bool {
        byte == self.delimiter || matches!(byte, b'\n' | b'\r' | b'"')
    }
}

/// The bit of the last byte of all, behind which a quote may close.
fn last(length: usize) -> u64 {
    match length {
        1..=64 => 1 << (length - 1),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv::dialect::Dialect;
    use crate::csv::scan::{Event, Scan};

    /// Delimiters and line ends as this finds them, up to the first that is strange.
    fn marks(text: &[u8], at: usize) -> (Vec<usize>, bool, bool) {
        let mut marks = Marks::new(text, b',', at);
        let mut found = Vec::new();
        let mut begin = at;
        while let Some(chunk) = marks.next() {
            let all = chunk.delimiters | chunk.ends;
            assert_eq!((chunk.odd | chunk.pairs) & !all, 0);
            for bit in (0..64).filter(|bit| all >> bit & 1 == 1) {
                let at = chunk.at + bit;
                let cell = &text[begin..at];
                let odd = matches!(cell, [0..=b'#' | 128.., ..] | [.., 0..=b' ']);
                let pairs = cell.windows(2).any(|two| two == b"\"\"");
                assert_eq!(
                    (chunk.odd >> bit & 1 == 1, chunk.pairs >> bit & 1 == 1),
                    (odd, pairs),
                    "{cell:?}"
                );
                found.push(at);
                begin = at + 1;
            }
            if chunk.strange {
                return (found, true, false);
            }
        }
        let quoted = marks.is_quoted();
        (found, false, quoted)
    }

    /// The same by the scan.
    fn scanned(text: &[u8]) -> (Vec<usize>, bool) {
        let dialect = Dialect::record();
        let mut scan = Scan::new(&dialect, 0);
        let mut found = Vec::new();
        loop {
            match scan.next(text, true) {
                Event::Delimiter(at) => found.push(at),
                Event::End(at) if at == text.len() => return (found, false),
                Event::End(at) => {
                    found.push(at);
                    scan = Scan::new(&dialect, at + 1);
                }
                Event::Opens { .. } | Event::Surplus => {}
                Event::More => return (found, true),
            }
        }
    }

    #[test]
    fn strange_quotes_are_seen_wherever_they_stand() {
        let regular =
            ["a,\"b\"\n", "\"\"\"\",\"\"\n", "\"a\"\"\",\"\n,\"\"\"\r\n\"x\"", "a,\"b\nc", "\"a\"\"", "\""];
        let strange = ["a\"b\n", " \"a\"\n", "\"a\" ,b\n", "\"a\"b\n", "a\"\"b\n", "a,b\"\n", "\"\"a\n"];
        for before in 0..140 {
            let before = format!("{}\n", "x".repeat(before));
            for (texts, expected) in [(&regular[..], false), (&strange[..], true)] {
                for text in texts {
                    let text = format!("{before}{text}");
                    assert_eq!(marks(text.as_bytes(), 0).1, expected, "{text:?}");
                }
            }
        }
    }

    mod properties {
        use proptest::prelude::*;

        use super::*;

        proptest! {
            #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

            #[test]
            fn marks_are_those_of_the_scan(text in "([a x\u{e9}#$]{0,30}|a{60,66}|,|\n|\r|\"|,\"[a,\n]{0,40}(\"\"){0,2}\"|\"\"){0,12}") {
                let (found, strange, quoted) = marks(text.as_bytes(), 0);
                let (expected, open) = scanned(text.as_bytes());
                if strange {
                    prop_assert_eq!(&found[..], &expected[..found.len()]);
                } else {
                    prop_assert_eq!(quoted, open);
                    prop_assert_eq!(found, expected);
                }
            }
        }
    }
}
