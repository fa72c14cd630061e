//! What is to be done with a file.

use std::path::PathBuf;

use vizard_pseudonym::Pseudonymizer;
use vizard_sanitizer::bulk::FileRules;

use crate::compression::Compression;
use crate::format::Format;

/// One file's rules, keys and wishes. It can serve many files that share them.
#[derive(Clone, Copy, Debug)]
pub struct Task<'t> {
    /// The rules that apply to the file.
    pub rules: &'t FileRules,
    /// What makes its pseudonyms.
    pub keys: &'t Pseudonymizer,
    /// All else.
    pub options: &'t Options,
}

/// What the file is called and said to be; both only help to tell its format.
#[derive(Clone, Copy, Debug, Default)]
pub struct Origin<'t> {
    /// Its path or object key.
    pub path: &'t str,
    /// As its writer declared it.
    pub content_type: Option<&'t str>,
}

/// How files are sanitized, apart from the rules.
#[derive(Clone, Debug)]
pub struct Options {
    /// The format of the output, for record rules; otherwise that of the input.
    pub format: Option<Format>,
    /// How the output is compressed.
    pub compression: Compression,
    /// Whether rows stay in order. Record rules keep it always.
    pub order: Order,
    /// Whether cells of CSV that a spreadsheet would take for formulas are marked as text, by a `'` before them: what
    /// begins with `=`, `+`, `-`, `@` and is no number. Pseudonyms are left as they are.
    pub escape_formulas: bool,
    /// What is done about rows that cannot be sanitized.
    pub bad_rows: BadRows,
    /// Threads that sanitize; at least one.
    pub threads: usize,
    /// What is too much.
    pub limits: Limits,
    /// Where a file is put by while it is read, if it must be read from its end; the system's place otherwise.
    pub scratch: Option<PathBuf>,
}

/// The order of the rows of a columnar file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As they came.
    Kept,
    /// Shuffled in windows of 500 rows, so that a row cannot be told by where it stands in the source.
    Shuffled {
        /// Equal seeds shuffle equal files alike.
        seed: u64,
    },
}

/// What is done about rows that cannot be sanitized.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BadRows {
    /// The first one fails the file.
    #[default]
    Fail,
    /// They are set aside, counted, and the rest of the file is sanitized.
    Quarantine,
}

/// What is too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a file after decompression.
    pub bytes: u64,
    /// How many times more bytes there may be after decompression than before, once 16 MiB have come out.
    pub ratio: u64,
    /// Bytes of one row, record or line.
    pub record: usize,
    /// Columns of a header.
    pub columns: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { bytes: 1 << 40, ratio: 200, record: 8 << 20, columns: 10_000 }
    }
}

impl Default for Options {
    fn default() -> Options {
        Options {
            format: None,
            compression: Compression::None,
            order: Order::Kept,
            escape_formulas: false,
            bad_rows: BadRows::Fail,
            threads: 1,
            limits: Limits::default(),
            scratch: None,
        }
    }
}
