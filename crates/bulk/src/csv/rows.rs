//! The rows of a block, one after the other: sound ones as cells, others with what is wrong and where.

use memchr::{memchr, memchr2};
use simdutf8::basic;

use super::dialect::Dialect;
use super::fault::Fault;
use super::lines::LinesBefore;
use super::scan::Scan;
use super::split::{Cells, Splitter};
use super::walk::Walk;
use crate::failure::{Failure, Place};
use crate::pipeline::{Block, Done};
use crate::task::BadRows;

/// How much of a row that is too long is set aside.
pub(super) const BEGINNING: usize = 64 << 10;

/// Empty cells that may follow those of the header, as programs write them that lost count.
const TRAILING: usize = 1000;

/// What rows are held to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Columns of the header.
    pub(crate) width: usize,
    /// Bytes of a row.
    pub(crate) longest: usize,
}

/// Walks over a block.
pub(crate) struct Rows<'b> {
    dialect: &'b Dialect,
    shape: Shape,
    block: &'b Block,
    /// The block, if all of it is UTF-8.
    text: Option<&'b str>,
    /// Where the next row begins.
    at: usize,
    record: u64,
    lines: LinesBefore,
    /// The way for regular rows, where there is one.
    walk: Option<Walk<'b>>,
    /// On the other way: a quote before which, from `at` on, there is none.
    quote: Option<usize>,
}

/// A row with as many cells as the header has, or one that is none.
pub(crate) enum Row<'s> {
    Sound(Cells<'s>),
    Bad(Bad<'s>),
}

/// A row that is none.
pub(crate) struct Bad<'b> {
    fault: Fault,
    place: Place,
    row: &'b [u8],
}

impl Bad<'_> {
    /// Fails the file, or sets the row aside and counts it.
    pub(crate) fn settle(self, bad_rows: BadRows, done: &mut Done) -> Result<(), Failure> {
        match (self.fault, bad_rows) {
            (Fault::QuoteNotClosed(_), _) | (_, BadRows::Fail) => {
                Err(Failure::new(self.fault.code(), self.fault.message()).at(self.place))
            }
            (_, BadRows::Quarantine) => done.reject(self.place, self.fault.code(), self.row),
        }
    }
}

impl<'b> Rows<'b> {
    /// From the first row on.
    pub(crate) fn new(block: &'b Block, dialect: &'b Dialect, shape: Shape) -> Rows<'b> {
        let text = basic::from_utf8(&block.bytes).ok();
        let walk = match (text, dialect.delimiter()) {
            (Some(text), [delimiter]) => Walk::new(text, *delimiter, shape.width),
            (_, _) => None,
        };
        Rows {
            dialect,
            shape,
            block,
            text,
            at: 0,
            record: 0,
            lines: LinesBefore::default(),
            walk,
            quote: None,
        }
    }

    /// The next row. Lines that are empty, or white space alone, are none.
    #[inline]
    pub(crate) fn next<'s>(&'s mut self, splitter: &'s mut Splitter<'_>) -> Option<Row<'s>> {
        let bytes = &self.block.bytes[..];
        let (Some(walk), Some(text)) = (&mut self.walk, self.text) else { return self.scanned(splitter) };
        while self.at < bytes.len() {
            self.at = walk.begin(self.at);
            let Some(first) = walk.row(self.shape.width) else { return self.irregular(splitter) };
            let marks = walk.marks(first, self.shape.width);
            let (begin, end) = (self.at, marks[marks.len() - 1].at());
            if end - begin > self.shape.longest {
                return self.irregular(splitter);
            }
            self.at = end + 1;
            if bytes[begin] <= b' ' && self.dialect.is_idle(&bytes[begin..end]) {
                continue;
            }
            self.record += 1;
            let marks = self.walk.as_ref()?.marks(first, self.shape.width);
            return Some(Row::Sound(splitter.regular(text, begin, marks)));
        }
        None
    }

    /// The next row, which is not regular, and then on in the regular way.
    #[cold]
    fn irregular<'s>(&mut self, splitter: &'s mut Splitter<'_>) -> Option<Row<'s>>
    where
        'b: 's,
    {
        let row = self.scanned(splitter);
        self.at = (self.at + 1).min(self.block.bytes.len()); // behind the line end
        if let Some(walk) = &mut self.walk {
            walk.resume(self.at);
        }
        row
    }

    /// The next row, whatever it is.
    fn scanned<'s>(&mut self, splitter: &'s mut Splitter<'_>) -> Option<Row<'s>>
    where
        'b: 's,
    {
        let bytes = &self.block.bytes[..];
        loop {
            while matches!(bytes.get(self.at), Some(b'\n' | b'\r')) {
                self.at += 1;
            }
            if self.at >= bytes.len() {
                return None;
            }
            let begin = self.at;
            let (end, quoted) = self.end();
            self.at = end;
            let row = &bytes[begin..end];
            if row[0] <= b' ' && self.dialect.is_idle(row) {
                continue;
            }
            self.record += 1;
            let text = self.text.map(|text| &text[begin..end]);
            let result = match row.len() > self.shape.longest {
                true => Err(Fault::TooLong),
                false => splitter
                    .split(row, text, quoted, self.shape.width + TRAILING)
                    .and_then(|cells| cells.fit(self.shape.width)),
            };
            return Some(match result {
                Ok(cells) => Row::Sound(cells),
                Err(fault) => Row::Bad(self.bad(fault, begin, end)),
            });
        }
    }

    /// Where the row ends, and whether a quote is in it.
    fn end(&mut self) -> (usize, bool) {
        let bytes = &self.block.bytes[..];
        let first = |at: usize| memchr(b'"', &bytes[at..]).map_or(bytes.len(), |quote| at + quote);
        let quote = self.quote.filter(|quote| *quote >= self.at).unwrap_or_else(|| first(self.at));
        let end = memchr2(b'\n', b'\r', &bytes[self.at..]).map_or(bytes.len(), |end| self.at + end);
        self.quote = Some(quote);
        if end <= quote {
            return (end, false);
        }
        let mut scan = Scan::new(self.dialect, self.at);
        (scan.end(bytes, true).unwrap_or(bytes.len()), true)
    }

    #[cold]
    fn bad<'s>(&mut self, fault: Fault, begin: usize, end: usize) -> Bad<'s>
    where
        'b: 's,
    {
        let line = self.block.first_line + self.lines.count(&self.block.bytes, begin);
        let place = Place { line: Some(line), record: Some(self.record), column: fault.column() };
        let end = if fault == Fault::TooLong { end.min(begin + BEGINNING) } else { end };
        Bad { fault, place, row: &self.block.bytes[begin..end] }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The cells of sound rows, and of others where they stand and why they are none.
    fn all(mut rows: Rows<'_>, dialect: &Dialect) -> Vec<Result<Vec<String>, (Place, &'static str)>> {
        let mut splitter = Splitter::new(dialect);
        let mut all = Vec::new();
        while let Some(row) = rows.next(&mut splitter) {
            all.push(match row {
                Row::Sound(cells) => Ok(cells.iter().map(str::to_owned).collect()),
                Row::Bad(bad) => Err((bad.place, bad.fault.code())),
            });
        }
        all
    }

    /// Rows of two cells, most of them regular, so many that their marks are gathered several times.
    fn block() -> impl Strategy<Value = String> {
        let cell = prop_oneof![
            6 => "[a-z]{0,12}",
            1 => "[ a\u{e9}#]{0,40}",
            1 => "\"[a,\n]{0,70}(\"\"){0,2}\"",
        ];
        let end = prop_oneof![6 => Just("\n"), 1 => Just("\r\n"), 1 => Just("\n\n"), 1 => Just("\n \n")];
        let row = prop_oneof![
            40 => (cell.clone(), cell, end).prop_map(|(one, other, end)| format!("{one},{other}{end}")),
            1 => prop::sample::select(vec![
                "a\n", "a,b,\n", "a,b,c\n", ",,,\n", "a, \"b,\"\n", "a\"b,c\n", "\"a\"b,c\n", "\"a\"\"\",b\r",
            ])
            .prop_map(str::to_owned),
        ];
        prop::collection::vec(row, 0..1000).prop_map(|rows| rows.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

        #[test]
        fn rows_told_by_their_marks_are_those_of_the_scan(text in block(), longest in 20..200_usize) {
            let dialect = Dialect::columnar(",").unwrap();
            let block = Block { bytes: text.into_bytes(), first_line: 2, too_long: false };
            let shape = Shape { width: 2, longest };
            let marked = Rows::new(&block, &dialect, shape);
            let scanned = Rows { walk: None, ..Rows::new(&block, &dialect, shape) };
            prop_assert_eq!(all(marked, &dialect), all(scanned, &dialect));
        }
    }
}
