//! CSV under record rules: each row is a record whose values are all text, named by the header.

use std::collections::HashMap;

use vizard_pseudonym::Pseudonymizer;
use vizard_sanitizer::bulk::{Layout, Records};

use super::json::{failure, tally};
use crate::csv::{Cells, Dialect, Row, Rows, Shape, Splitter};
use crate::failure::{Failure, Place};
use crate::pipeline::{Block, Done, Work};
use crate::task::BadRows;

/// Sanitizes blocks of rows.
pub(super) struct Tabular<'t> {
    pub(super) rules: &'t Records,
    pub(super) keys: &'t Pseudonymizer,
    pub(super) bad_rows: BadRows,
    pub(super) dialect: &'t Dialect,
    pub(super) shape: Shape,
    pub(super) header: &'t Header,
}

/// The names of the columns, as members of records begin.
pub(super) struct Header {
    /// `"name":` and the column whose values it has.
    members: Vec<(Vec<u8>, usize)>,
    /// Columns that another one of the same name stands for.
    pub(super) doubled: u64,
}

impl Header {
    /// Of several columns with the same name, in whatever case, the last one counts, under the name of the first.
    /// Names are spelled as the rules spell them, so that none slips past a rule by its case.
    pub(super) fn of(names: &[String], rules: &Records) -> Result<Header, Failure> {
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut members: Vec<(Vec<u8>, usize)> = Vec::new();
        for (column, name) in names.iter().enumerate() {
            let name = rules.column(name);
            if name.is_empty() {
                let place = Place { column: Some(column as u64 + 1), ..Place::default() };
                let message = "a column has no name, so no rule can name it; give it one or drop it";
                return Err(Failure::new("unnamed-column", message).at(place));
            }
            if let Some(place) = places.get(&name.to_lowercase()) {
                members[*place].1 = column;
                continue;
            }
            places.insert(name.to_lowercase(), members.len());
            let mut member = Vec::new();
            push_text(name, &mut member);
            member.push(b':');
            members.push((member, column));
        }
        let doubled = (names.len() - members.len()) as u64;
        Ok(Header { members, doubled })
    }

    /// Appends a row as a line of JSON.
    fn push(&self, cells: Cells<'_>, out: &mut Vec<u8>) {
        let mut before = b'{';
        for (member, column) in &self.members {
            out.push(before);
            out.extend_from_slice(member);
            push_text(cells.at(*column), out);
            before = b',';
        }
        out.extend_from_slice(b"}\n");
    }
}

impl Work for Tabular<'_> {
    fn block(&self, block: &Block, done: &mut Done) -> Result<(), Failure> {
        let mut splitter = Splitter::new(self.dialect);
        let mut rows = Rows::new(block, self.dialect, self.shape);
        let mut lines = Vec::with_capacity(2 * block.bytes.len());
        while let Some(row) = rows.next(&mut splitter) {
            match row {
                Row::Sound(cells) => self.header.push(cells, &mut lines),
                Row::Bad(bad) => bad.settle(self.bad_rows, done)?,
            }
        }
        match self.rules.sanitize(&lines, Layout::Lines, self.keys, &mut done.out) {
            Ok(counts) => {
                tally(&counts, &mut done.tally);
                Ok(())
            }
            Err(_) => {
                done.rejected.clear();
                done.tally = Default::default();
                self.one_by_one(block, done)
            }
        }
    }
}

impl Tabular<'_> {
    /// Rows that are sound as such and still cannot be sanitized are rare: text that is too long, a key that is missing.
    fn one_by_one(&self, block: &Block, done: &mut Done) -> Result<(), Failure> {
        let mut splitter = Splitter::new(self.dialect);
        let mut rows = Rows::new(block, self.dialect, self.shape);
        let mut line = Vec::new();
        let mut record = 0;
        while let Some(row) = rows.next(&mut splitter) {
            line.clear();
            record += 1;
            match row {
                Row::Sound(cells) => self.header.push(cells, &mut line),
                Row::Bad(bad) => {
                    bad.settle(self.bad_rows, done)?;
                    continue;
                }
            }
            match self.rules.sanitize(&line, Layout::Lines, self.keys, &mut done.out) {
                Ok(counts) => tally(&counts, &mut done.tally),
                Err(bad) => {
                    let place = Place { record: Some(record), ..Place::default() };
                    if self.bad_rows == BadRows::Fail || bad.is_of_the_keys() {
                        return Err(failure(&bad, place));
                    }
                    done.reject(place, bad.code(), &line)?;
                }
            }
        }
        Ok(())
    }
}

/// Appends a text as JSON.
fn push_text(text: &str, out: &mut Vec<u8>) {
    let plain = |byte: &u8| *byte >= b' ' && *byte != b'"' && *byte != b'\\';
    if text.as_bytes().iter().all(plain) {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        serde_json::to_writer(out, text).expect("text is always JSON");
    }
}
