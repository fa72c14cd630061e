//! What can be wrong with a row.

/// What is wrong with a row, and in which column from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The column of the first that is missing.
    TooFewValues(usize),
    /// The column of the first surplus one.
    TooManyValues(usize),
    TextAfterQuote(usize),
    QuoteNotClosed(usize),
    NotUtf8(usize),
    TooLong,
}

impl Fault {
    /// Stable.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Fault::TooFewValues(_) => "too-few-values",
            Fault::TooManyValues(_) => "too-many-values",
            Fault::TextAfterQuote(_) => "text-after-quote",
            Fault::QuoteNotClosed(_) => "quote-not-closed",
            Fault::NotUtf8(_) => "not-utf-8",
            Fault::TooLong => "record-too-long",
        }
    }

    /// Without any value.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Fault::TooFewValues(_) => "the row has fewer values than the header has columns",
            Fault::TooManyValues(_) => "the row has more values than the header has columns",
            Fault::TextAfterQuote(_) => {
                "text stands behind a closing quote; a quote inside of quotes is doubled"
            }
            Fault::QuoteNotClosed(_) => "a quote is never closed",
            Fault::NotUtf8(_) => "the text is not UTF-8",
            Fault::TooLong => "the row is longer than may be",
        }
    }

    /// From 1.
    pub(crate) fn column(self) -> Option<u64> {
        match self {
            Fault::TooFewValues(column)
            | Fault::TooManyValues(column)
            | Fault::TextAfterQuote(column)
            | Fault::QuoteNotClosed(column)
            | Fault::NotUtf8(column) => Some(column as u64 + 1),
            Fault::TooLong => None,
        }
    }
}
