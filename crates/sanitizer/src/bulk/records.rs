//! Rules for files of records: transforms at JSON paths, and a schema of what may be left after them.
//!
//! In API rules the schema comes first, in record rules last. One pass does both where neither looks at values; otherwise
//! these are two programs, and a block of documents goes through one after the other.

mod leaf;
mod lines;
mod read;
mod table;

use std::fmt;

use vizard_pseudonym::Pseudonymizer;

use crate::automaton::Automaton;
use crate::counts::Counts;
use crate::program::Program;
use crate::transform::Needs;
use crate::unsanitizable::Unsanitizable;
pub use leaf::{Leaf, Rewrite, Segment, ValueKind};

/// Record rules, compiled.
#[derive(Clone)]
pub struct Records {
    declared: Option<DeclaredFormat>,
    /// With `outputSchemaFilter` in it, unless that is a program of its own.
    transforms: Program,
    filter: Option<Program>,
}

/// The format that the rules say the files have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeclaredFormat {
    /// `NDJSON`, which also holds when the rules say nothing.
    Ndjson,
    /// `CSV`.
    Csv,
    /// `JSON_ARRAY`.
    JsonArray,
    /// `PARQUET`.
    Parquet,
}

/// How documents stand in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One on each line that is not blank; LF, CR and both end lines.
    Lines,
    /// One after the other, with white space between or none.
    Sequence,
}

/// A record that cannot be sanitized. Holds nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadRecord {
    /// Which of the block's records, from 0.
    pub index: u64,
    /// Where in the block it begins, in bytes.
    pub offset: usize,
    flaw: Flaw,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    Unsanitizable(Unsanitizable),
    NoObject,
    SeveralLines,
    SharedLine,
}

impl Records {
    /// The format that the rules declare; `None`: it is told by each file (`AUTO`).
    pub fn declared(&self) -> Option<DeclaredFormat> {
        self.declared
    }

    /// What must be configured for these rules to work.
    pub fn needs(&self) -> Needs {
        self.transforms.needs()
    }

    /// How many places the transforms name.
    pub fn places(&self) -> usize {
        self.transforms.steps.iter().map(|step| step.paths.len()).sum()
    }

    /// Sanitizes all documents of a block and appends them as compact JSON, one a line, each ended by a line feed.
    ///
    /// # Errors
    ///
    /// The first record that cannot be sanitized; nothing is appended then.
    pub fn sanitize(
        &self,
        block: &[u8],
        layout: Layout,
        keys: &Pseudonymizer,
        out: &mut Vec<u8>,
    ) -> Result<Counts, BadRecord> {
        // What is empty is text, so its room can be used.
        let room = if out.is_empty() { std::mem::take(out) } else { Vec::new() };
        let room = String::from_utf8(room).expect("nothing is text");
        let (mut text, mut counts) = lines::run(&self.transforms, block, layout, keys, room)?;
        counts.documents -= forget_ruled_out(&self.transforms, &mut text);
        if let Some(filter) = &self.filter {
            // What is dropped now was counted as kept, or as pseudonymized, before.
            let (filtered, more) = lines::run(filter, text.as_bytes(), Layout::Lines, keys, String::new())?;
            text = filtered;
            counts.kept = more.kept;
            counts.removed += more.removed;
            counts.nulled += more.nulled;
            counts.undecided += more.undecided;
            counts.documents -= forget_ruled_out(filter, &mut text);
        }
        match out.is_empty() {
            true => *out = text.into_bytes(),
            false => out.extend_from_slice(text.as_bytes()),
        }
        Ok(counts)
    }
}

/// Records that the rules make null as a whole leave no line. How many there were.
fn forget_ruled_out(program: &Program, text: &mut String) -> u64 {
    if program.automaton.as_ref().is_some_and(Automaton::keeps_objects) {
        return 0;
    }
    if !text.starts_with("null\n") && memchr::memmem::find(text.as_bytes(), b"\nnull\n").is_none() {
        return 0;
    }
    let (mut kept, mut forgotten) = (String::with_capacity(text.len()), 0);
    // A line feed inside a text is escaped, so each line is a document.
    for line in text.split_inclusive('\n') {
        match line {
            "null\n" => forgotten += 1,
            _ => kept.push_str(line),
        }
    }
    *text = kept;
    forgotten
}

impl BadRecord {
    /// Stable, kebab-case.
    pub fn code(&self) -> &'static str {
        match &self.flaw {
            Flaw::Unsanitizable(why) => why.code(),
            Flaw::NoObject => "record-not-object",
            Flaw::SeveralLines => "record-on-several-lines",
            Flaw::SharedLine => "several-records-on-a-line",
        }
    }

    /// Whether a key is missing, so that every record like this one would fail.
    pub fn is_of_the_keys(&self) -> bool {
        self.code() == "encryption-key-missing"
    }
}

impl std::error::Error for BadRecord {}

impl fmt::Display for BadRecord {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.flaw {
            // Where it is at fault is told from the beginning of the record on.
            Flaw::Unsanitizable(why) => why.fmt(out),
            Flaw::NoObject => out.write_str("the record is not a JSON object"),
            Flaw::SeveralLines => {
                out.write_str("the record goes on on the next line; each must stand on one")
            }
            Flaw::SharedLine => out.write_str("another record ends on the same line"),
        }
    }
}

impl fmt::Debug for Records {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Records")
            .field("declared", &self.declared)
            .field("places", &self.places())
            .field("filter", &self.filter.is_some())
            .finish()
    }
}

#[cfg(test)]
mod tests;
