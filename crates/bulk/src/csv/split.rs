//! One row into its cells. Those of regular rows are told by their [marks](super::marks); other rows are judged by the
//! [scan](super::scan) and read by the `csv` crate's parser.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::{memchr, memchr_iter, memmem};
use simdutf8::basic;

use super::dialect::{Dialect, trim};
use super::fault::Fault;
use super::scan::{Event, Scan};
use super::walk::Mark;

/// Takes the place of a delimiter of several bytes. It cannot stand in a row, which is UTF-8.
const STAND_IN: u8 = 0xff;

/// Splits rows of one dialect. Its buffers serve all of them.
#[derive(Debug)]
pub(crate) struct Splitter<'d> {
    dialect: &'d Dialect,
    reader: Reader,
    /// Cells without quotes hold no commas.
    plain: bool,
    /// A row as the parser takes it.
    clean: Vec<u8>,
    /// Cells without their quotes, one after the other, and where they end.
    buffer: Vec<u8>,
    ends: Vec<usize>,
    bounds: Vec<Bound>,
    /// Cells that hold quotes, after one of each pair was taken away.
    unpaired: String,
}

/// Where a cell begins and ends in the text, or, from its end on, in what was unpaired, without what surrounds it.
#[derive(Clone, Copy, Debug)]
struct Bound {
    begin: usize,
    end: usize,
    /// It holds no quotes, commas or line ends.
    plain: bool,
}

/// The cells of a row, trimmed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cells<'s> {
    text: &'s str,
    unpaired: &'s str,
    /// Of a regular row: where it begins, and its marks.
    begin: usize,
    marks: &'s [Mark],
    /// Of a regular row, those of its odd cells.
    bounds: &'s [Bound],
    /// Cells that are not odd hold no commas.
    plain: bool,
}

impl<'s> Cells<'s> {
    /// Those of a row that is not regular.
    fn bounded(text: &'s str, bounds: &'s [Bound]) -> Cells<'s> {
        Cells { text, unpaired: "", begin: 0, marks: &[], bounds, plain: false }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.marks.len().max(self.bounds.len())
    }

    /// The cell at a place from 0; empty if there is none.
    pub(crate) fn at(&self, place: usize) -> &'s str {
        self.cell(place).0
    }

    /// The same, and whether it is known to hold no quotes, commas and line ends.
    #[inline]
    pub(super) fn cell(&self, place: usize) -> (&'s str, bool) {
        if let Some(mark) = self.marks.get(place)
            && !mark.is_odd()
        {
            return (&self.text[self.begin(place)..mark.at()], self.plain);
        }
        let Some(Bound { begin, end, plain }) = self.bounds.get(place) else { return ("", true) };
        let behind = self.text.len();
        match *begin < behind {
            true => (&self.text[*begin..*end], *plain),
            false => (&self.unpaired[begin - behind..end - behind], *plain),
        }
    }

    /// What stands from one cell to another, if that is what a writer would write of them: cells with commas between
    /// them that need neither trimming nor quotes.
    #[inline]
    pub(super) fn run(&self, first: usize, last: usize) -> Option<&'s str> {
        let marks = self.marks.get(first..=last)?;
        match self.plain && !Mark::any(marks).is_odd() {
            true => Some(&self.text[self.begin(first)..marks[marks.len() - 1].at()]),
            false => None,
        }
    }

    /// Where a cell of a regular row begins.
    #[inline]
    fn begin(&self, place: usize) -> usize {
        match place.checked_sub(1) {
            Some(before) => self.marks[before].at() + 1,
            None => self.begin,
        }
    }

    /// All of them.
    #[cfg(test)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = &'s str> {
        (0..self.len()).map(|place| self.at(place))
    }

    /// For a header of so many columns: more cells may follow if they are empty. Not for regular rows.
    pub(super) fn fit(self, width: usize) -> Result<Cells<'s>, Fault> {
        if self.len() < width {
            return Err(Fault::TooFewValues(self.len()));
        }
        let (cells, surplus) = self.bounds.split_at(width);
        match surplus.iter().position(|bound| bound.begin < bound.end) {
            Some(place) => Err(Fault::TooManyValues(width + place)),
            None => Ok(Cells { bounds: cells, ..self }),
        }
    }
}

#[inline]
fn bound(bytes: &[u8], begin: usize, end: usize, plain: bool) -> Bound {
    let (begin, end) = trim(bytes, begin, end);
    Bound { begin, end, plain }
}

impl<'d> Splitter<'d> {
    /// For rows of a dialect.
    pub(crate) fn new(dialect: &'d Dialect) -> Splitter<'d> {
        let delimiter = match dialect.delimiter() {
            [one] => *one,
            _ => STAND_IN,
        };
        let mut reader = ReaderBuilder::new().delimiter(delimiter).build();
        // It takes a byte order mark off what it reads first. Rows have none.
        reader.read_record(b"\n", &mut [0], &mut [0]);
        Splitter {
            dialect,
            reader,
            plain: delimiter == b',',
            clean: Vec::new(),
            buffer: Vec::new(),
            ends: Vec::new(),
            bounds: Vec::new(),
            unpaired: String::new(),
        }
    }

    /// The cells of a regular row.
    #[inline]
    pub(super) fn regular<'s>(&'s mut self, text: &'s str, begin: usize, marks: &'s [Mark]) -> Cells<'s> {
        self.bounds.clear();
        if Mark::any(marks).is_odd() {
            self.odd(text, begin, marks);
        }
        let Splitter { unpaired, bounds, plain, .. } = self;
        Cells { text, unpaired, begin, marks, bounds, plain: *plain }
    }

    /// Looks a second time at the odd cells of a regular row.
    fn odd(&mut self, text: &str, begin: usize, marks: &[Mark]) {
        let bytes = text.as_bytes();
        self.unpaired.clear();
        self.bounds.resize(marks.len(), Bound { begin: 0, end: 0, plain: false });
        let mut cell = begin;
        for (place, mark) in marks.iter().enumerate() {
            let (begin, end) = (cell, mark.at());
            cell = end + 1;
            if !mark.is_odd() {
                continue;
            }
            self.bounds[place] = match bytes[begin] {
                b'"' if mark.has_pairs() && end - begin > 2 => self.unpair(text, begin + 1, end - 1),
                b'"' => bound(bytes, begin + 1, end - 1, false),
                _ => bound(bytes, begin, end, self.plain),
            };
        }
    }

    #[cold]
    fn unpair(&mut self, text: &str, begin: usize, end: usize) -> Bound {
        let (begin, end) = trim(text.as_bytes(), begin, end);
        let from = self.unpaired.len();
        let mut rest = &text[begin..end];
        while let Some(quote) = memchr(b'"', rest.as_bytes()) {
            self.unpaired.push_str(&rest[..=quote]);
            rest = rest.get(quote + 2..).unwrap_or_default();
        }
        self.unpaired.push_str(rest);
        Bound { begin: text.len() + from, end: text.len() + self.unpaired.len(), plain: false }
    }

    /// The cells of a row without its line end: `most` of them, or it has too many. Its text, if it is known to be
    /// UTF-8, and whether a quote is in it.
    #[inline]
    pub(super) fn split<'s>(
        &'s mut self,
        row: &'s [u8],
        text: Option<&'s str>,
        quoted: bool,
        most: usize,
    ) -> Result<Cells<'s>, Fault> {
        let text = match text {
            Some(text) => text,
            None => {
                str::from_utf8(row).map_err(|error| Fault::NotUtf8(self.column(row, error.valid_up_to())))?
            }
        };
        match quoted {
            false => self.plain(text, most),
            true => self.quoted(row, most),
        }
    }

    #[inline]
    fn plain<'s>(&'s mut self, text: &'s str, most: usize) -> Result<Cells<'s>, Fault> {
        let row = text.as_bytes();
        let delimiter = self.dialect.delimiter();
        self.bounds.clear();
        let plain = self.plain;
        let mut begin = 0;
        match delimiter {
            [one] => {
                for end in memchr_iter(*one, row) {
                    self.bounds.push(bound(row, begin, end, plain));
                    begin = end + 1;
                    if self.bounds.len() == most {
                        return Err(Fault::TooManyValues(most));
                    }
                }
            }
            several => {
                for end in memmem::find_iter(row, several) {
                    self.bounds.push(bound(row, begin, end, plain));
                    begin = end + several.len();
                    if self.bounds.len() == most {
                        return Err(Fault::TooManyValues(most));
                    }
                }
            }
        }
        self.bounds.push(bound(row, begin, row.len(), plain));
        Ok(Cells::bounded(text, &self.bounds))
    }

    fn quoted<'s>(&'s mut self, row: &'s [u8], most: usize) -> Result<Cells<'s>, Fault> {
        let (count, as_it_is) = self.judge(row, most)?;
        let row = match as_it_is {
            true => row,
            false => {
                self.clean(row);
                &self.clean
            }
        };
        if self.buffer.len() < row.len() + 1 {
            self.buffer.resize(row.len() + 1, 0);
        }
        if self.ends.len() < count + 1 {
            self.ends.resize(count + 1, 0);
        }
        let (_, read, length, ended) = self.reader.read_record(row, &mut self.buffer, &mut self.ends);
        let (rest, ends) = (&mut self.buffer[length..], &mut self.ends[ended..]);
        let (result, _, more, last) = self.reader.read_record(b"\n", rest, ends);
        debug_assert!(matches!(result, ReadRecordResult::Record) && read == row.len());
        debug_assert_eq!(ended + last, count, "the scan and the parser read the same row");
        let (length, count) = (length + more, ended + last);

        let text = basic::from_utf8(&self.buffer[..length]).expect("a text without some quotes is a text");
        self.bounds.clear();
        let mut begin = 0;
        for end in &self.ends[..count] {
            self.bounds.push(bound(text.as_bytes(), begin, *end, false));
            begin = *end;
        }
        Ok(Cells::bounded(text, &self.bounds))
    }

    /// How many cells a row has, and whether the parser can take it as it is.
    fn judge(&self, row: &[u8], most: usize) -> Result<(usize, bool), Fault> {
        let mut scan = Scan::new(self.dialect, 0);
        let mut column = 0;
        let mut as_it_is = self.dialect.delimiter().len() == 1;
        loop {
            match scan.next(row, true) {
                Event::Opens { from, at } => as_it_is &= from == at,
                Event::Delimiter(_) if column + 1 == most => return Err(Fault::TooManyValues(most)),
                Event::Delimiter(_) => column += 1,
                Event::Surplus => return Err(Fault::TextAfterQuote(column)),
                Event::End(_) => return Ok((column + 1, as_it_is)),
                Event::More => return Err(Fault::QuoteNotClosed(column)),
            }
        }
    }

    /// The row with delimiters of one byte, and without blanks before quotes.
    fn clean(&mut self, row: &[u8]) {
        let mut scan = Scan::new(self.dialect, 0);
        let delimiter = self.dialect.delimiter();
        let one = if let [one] = delimiter { *one } else { STAND_IN };
        let mut copied = 0;
        self.clean.clear();
        loop {
            match scan.next(row, true) {
                Event::Opens { from, at } => {
                    self.clean.extend_from_slice(&row[copied..from]);
                    copied = at;
                }
                Event::Delimiter(at) => {
                    self.clean.extend_from_slice(&row[copied..at]);
                    self.clean.push(one);
                    copied = at + delimiter.len();
                }
                Event::Surplus => {}
                Event::End(_) | Event::More => break,
            }
        }
        self.clean.extend_from_slice(&row[copied..]);
    }

    /// The column, from 0, in which a byte of a row stands.
    fn column(&self, row: &[u8], place: usize) -> usize {
        let mut scan = Scan::new(self.dialect, 0);
        let mut column = 0;
        loop {
            match scan.next(row, true) {
                Event::Delimiter(at) if at < place => column += 1,
                Event::Opens { .. } | Event::Surplus => {}
                Event::Delimiter(_) | Event::End(_) | Event::More => return column,
            }
        }
    }
}
