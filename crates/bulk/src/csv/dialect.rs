//! What the two kinds of rules take for CSV.

use crate::failure::Failure;

/// How rows are told apart into cells. Quotes are `"`, doubled inside of quotes; a backslash is a character like any
/// other; CR, LF and CRLF end rows, mixed as they come; cells lose what surrounds them up to U+0020, quoted or not.
#[derive(Clone, Debug)]
pub(crate) struct Dialect {
    /// Never empty, without quotes and line ends.
    delimiter: Vec<u8>,
    /// Blanks may stand between a delimiter and an opening quote. Otherwise such a quote is a character.
    blanks_before_quotes: bool,
}

impl Dialect {
    /// That of columnar rules.
    pub(crate) fn columnar(delimiter: &str) -> Result<Dialect, Failure> {
        let delimiter = delimiter.as_bytes().to_vec();
        match delimiter.is_empty() || delimiter.iter().any(|byte| matches!(byte, b'"' | b'\r' | b'\n' | 0)) {
            true => Err(Failure::new("bad-delimiter", "a delimiter cannot hold quotes or line ends")),
            false => Ok(Dialect { delimiter, blanks_before_quotes: true }),
        }
    }

    /// That of record rules.
    pub(crate) fn record() -> Dialect {
        Dialect { delimiter: vec![b','], blanks_before_quotes: false }
    }

    pub(super) fn delimiter(&self) -> &[u8] {
        &self.delimiter
    }

    pub(super) fn blanks_before_quotes(&self) -> bool {
        self.blanks_before_quotes
    }

    /// Whether the delimiter begins here; `None` if that takes more bytes.
    pub(super) fn begins(&self, rest: &[u8], last: bool) -> Option<bool> {
        match rest.len() < self.delimiter.len() && !last && self.delimiter.starts_with(rest) {
            true => None,
            false => Some(rest.starts_with(&self.delimiter)),
        }
    }

    /// A line that is no row: white space alone.
    pub(super) fn is_idle(&self, row: &[u8]) -> bool {
        row.iter().all(|byte| *byte <= b' ') && memchr::memmem::find(row, &self.delimiter).is_none()
    }
}

/// Drops what surrounds a value, as both dialects do.
#[inline]
pub(super) fn trim(text: &[u8], mut begin: usize, mut end: usize) -> (usize, usize) {
    while begin < end && text[begin] <= b' ' {
        begin += 1;
    }
    while begin < end && text[end - 1] <= b' ' {
        end -= 1;
    }
    (begin, end)
}
