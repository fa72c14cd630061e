//! The work on blocks of JSON records: all at once where they are sound, one by one where one is not.

use memchr::memchr2;
use vizard_pseudonym::Pseudonymizer;
use vizard_sanitizer::Counts;
use vizard_sanitizer::bulk::{BadRecord, Layout, Records};

use super::extent::Extent;
use crate::csv::{Lines, LinesBefore};
use crate::failure::{Failure, Place};
use crate::pipeline::{Block, Done, Work};
use crate::summary::Summary;
use crate::task::BadRows;

/// Sanitizes blocks of lines or elements.
pub(super) struct Json<'j> {
    pub(super) rules: &'j Records,
    pub(super) keys: &'j Pseudonymizer,
    pub(super) bad_rows: BadRows,
    pub(super) layout: Layout,
}

impl Work for Json<'_> {
    fn block(&self, block: &Block, done: &mut Done) -> Result<(), Failure> {
        match self.rules.sanitize(&block.bytes, self.layout, self.keys, &mut done.out) {
            Ok(counts) => {
                tally(&counts, &mut done.tally);
                Ok(())
            }
            // Of a record on several lines, each line alone would be said to be no JSON, which is true and helps less.
            Err(bad) if self.bad_rows == BadRows::Fail && bad.code() == "record-on-several-lines" => {
                Err(failure(&bad, place(block, Lines::of(&block.bytes[..bad.offset]), bad.index)))
            }
            // Alone, a record cannot be blamed for its neighbours.
            Err(_) => self.one_by_one(block, done),
        }
    }
}

impl Json<'_> {
    fn one_by_one(&self, block: &Block, done: &mut Done) -> Result<(), Failure> {
        let bytes = &block.bytes[..];
        let (mut at, mut lines) = (0, LinesBefore::default());
        for index in 0.. {
            at += bytes[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
            if at == bytes.len() {
                break;
            }
            let end = match self.layout {
                Layout::Lines => memchr2(b'\n', b'\r', &bytes[at..]).map(|end| at + end),
                Layout::Sequence => Extent::at(at).end(bytes, true),
            };
            let record = &bytes[at..end.unwrap_or(bytes.len())];
            match self.rules.sanitize(record, self.layout, self.keys, &mut done.out) {
                Ok(counts) => tally(&counts, &mut done.tally),
                Err(bad) if self.bad_rows == BadRows::Fail || bad.is_of_the_keys() => {
                    return Err(failure(&bad, place(block, lines.count(bytes, at), index)));
                }
                Err(bad) => done.reject(place(block, lines.count(bytes, at), index), bad.code(), record)?,
            }
            at += record.len();
        }
        Ok(())
    }
}

fn place(block: &Block, lines_before: u64, index: u64) -> Place {
    let line = block.first_line + lines_before;
    Place { line: Some(line), record: Some(index + 1), column: None }
}

/// Says what is wrong, without anything of the record.
pub(super) fn failure(bad: &BadRecord, place: Place) -> Failure {
    Failure::new(bad.code(), bad.to_string()).at(place)
}

/// Counts of the engine as a summary has them.
pub(super) fn tally(counts: &Counts, tally: &mut Summary) {
    tally.rows += counts.documents;
    tally.pseudonyms += counts.pseudonymized;
    tally.changed += counts.removed + counts.rewritten + counts.nulled;
    tally.warn("values-of-wrong-kind", counts.nulled);
    tally.warn("filters-undecided", counts.undecided);
}
