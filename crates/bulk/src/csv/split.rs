//! One row into its cells. Those of regular rows are told by their [marks](super::marks); other rows are judged by the
//! [scan](super::scan) and read by the `csv` crate's parser.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::{memchr, memchr_iter, memmem};
use simdutf8::basic;

use super::dialect::{Dialect, trim};
use super::fault::Fault;
use super::scan::{Event, Scan};

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
    bounds: &'s [Bound],
}

impl<'s> Cells<'s> {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.bounds.len()
    }

    /// The cell at a place from 0; empty if there is none.
    pub(crate) fn at(&self, place: usize) -> &'s str {
        self.cell(place).0
    }

    /// The same, and whether it is known to hold no quotes, commas and line ends.
    #[inline]
    pub(super) fn cell(&self, place: usize) -> (&'s str, bool) {
        let Some(Bound { begin, end, plain }) = self.bounds.get(place) else { return ("", true) };
        let behind = self.text.len();
        match *begin < behind {
            true => (&self.text[*begin..*end], *plain),
            false => (&self.unpaired[begin - behind..end - behind], *plain),
        }
    }

    /// All of them.
    #[cfg(test)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = &'s str> {
        (0..self.len()).map(|place| self.at(place))
    }

    /// For a header of so many columns: more cells may follow if they are empty.
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

    /// Begins a row whose cells are [pushed](Self::push).
    #[inline]
    pub(super) fn begin(&mut self) {
        self.bounds.clear();
        self.unpaired.clear();
    }

    /// How many cells were pushed.
    pub(super) fn pushed(&self) -> usize {
        self.bounds.len()
    }

    /// The next cell of a regular row, which stands there in the text; there may be pairs of quotes in it.
    #[inline]
    pub(super) fn push(&mut self, text: &str, begin: usize, end: usize, pairs: bool) {
        let bytes = text.as_bytes();
        let cell = match bytes.get(begin) {
            Some(b'"') if end - begin > 1 => {
                let (begin, end) = (begin + 1, end - 1);
                match pairs && memchr(b'"', &bytes[begin..end]).is_some() {
                    true => self.unpair(text, begin, end),
                    false => bound(bytes, begin, end, false),
                }
            }
            _ => bound(bytes, begin, end, self.plain),
        };
        self.bounds.push(cell);
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

    /// The cells that were pushed.
    #[inline]
    pub(super) fn cells<'s>(&'s self, text: &'s str) -> Cells<'s> {
        Cells { text, unpaired: &self.unpaired, bounds: &self.bounds }
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
        self.begin();
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
        Ok(self.cells(text))
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
        Ok(Cells { text, unpaired: "", bounds: &self.bounds })
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
