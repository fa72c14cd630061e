//! Columnar rules at work on a block: cells that leave as they came are copied, others become what the rules make of
//! them.

use std::sync::{Mutex, PoisonError};

use vizard_pseudonym::{Pseudonymizer, is_blank};
use vizard_sanitizer::bulk::{Cell, Column, Columns};

use super::dialect::Dialect;
use super::memo::Memo;
use super::rows::{Row, Rows, Shape};
use super::shuffle::Window;
use super::split::{Cells, Splitter};
use super::write;
use crate::failure::Failure;
use crate::pipeline::{Block, Done, Work};
use crate::task::{Options, Order};

/// What is done to the rows of one file.
pub(super) struct Sanitize<'t> {
    dialect: &'t Dialect,
    shape: Shape,
    columns: &'t Columns,
    /// What makes a row of the output, piece by piece.
    pieces: Vec<Piece>,
    newline: &'static str,
    keys: &'t Pseudonymizer,
    options: &'t Options,
    /// What threads keep from one block to the next; as many as worked at a time.
    desks: Mutex<Vec<Desk<'t>>>,
}

/// Columns of the output that stand side by side.
#[derive(Clone, Copy, Debug)]
enum Piece {
    /// Copies of cells that stand side by side in the input as well, from one to another.
    Copied { first: usize, last: usize },
    /// One that is changed, by its place in the output.
    Changed(usize),
}

/// What it takes to work on rows.
struct Desk<'t> {
    splitter: Splitter<'t>,
    /// One for each column of the output.
    memos: Vec<Memo>,
    text: String,
}

impl<'t> Sanitize<'t> {
    pub(super) fn new(
        dialect: &'t Dialect,
        shape: Shape,
        columns: &'t Columns,
        newline: &'static str,
        keys: &'t Pseudonymizer,
        options: &'t Options,
    ) -> Sanitize<'t> {
        let mut pieces: Vec<Piece> = Vec::new();
        for (place, column) in columns.all().iter().enumerate() {
            match pieces.last_mut() {
                _ if !column.is_copied() => pieces.push(Piece::Changed(place)),
                Some(Piece::Copied { last, .. }) if *last + 1 == column.source => *last = column.source,
                _ => pieces.push(Piece::Copied { first: column.source, last: column.source }),
            }
        }
        Sanitize { dialect, shape, columns, pieces, newline, keys, options, desks: Mutex::default() }
    }

    /// The header of the output.
    pub(super) fn header(&self, out: &mut Vec<u8>) {
        let escaped = |column: &Column| match self.escapes(&column.name) {
            true => format!("'{}", column.name),
            false => column.name.clone(),
        };
        let names: Vec<String> = self.columns.all().iter().map(escaped).collect();
        write::row(names.iter().map(String::as_str), self.newline, out);
    }

    fn desk(&self) -> Desk<'t> {
        let idle = self.desks.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.unwrap_or_else(|| Desk {
            splitter: Splitter::new(self.dialect),
            memos: self.columns.all().iter().map(|_| Memo::new()).collect(),
            text: String::new(),
        })
    }

    fn rows(&self, block: &Block, desk: &mut Desk<'t>, done: &mut Done) -> Result<(), Failure> {
        let mut window = match self.options.order {
            Order::Kept => None,
            Order::Shuffled { seed } => Some(Window::new(seed, block.first_line)),
        };
        let Desk { splitter, memos, text } = desk;
        let mut rows = Rows::new(block, self.dialect, self.shape);
        while let Some(row) = rows.next(splitter) {
            match row {
                Row::Sound(cells) => {
                    let begin = done.out.len();
                    self.row(&cells, memos, text, done)?;
                    write::end(begin, self.newline, &mut done.out);
                    done.tally.rows += 1;
                    if let Some(window) = &mut window {
                        window.take(begin, &mut done.out);
                    }
                }
                Row::Bad(bad) => bad.settle(self.options.bad_rows, done)?,
            }
        }
        if let Some(window) = &mut window {
            window.flush(&mut done.out);
        }
        Ok(())
    }

    #[inline]
    fn row(
        &self,
        cells: &Cells<'_>,
        memos: &mut [Memo],
        text: &mut String,
        done: &mut Done,
    ) -> Result<(), Failure> {
        for (place, piece) in self.pieces.iter().enumerate() {
            if place > 0 {
                done.out.push(b',');
            }
            match *piece {
                Piece::Changed(place) => {
                    let column = &self.columns.all()[place];
                    let value = cells.at(column.source);
                    if !value.is_empty() {
                        self.change(column, value, &mut memos[place], text, done)?;
                    }
                }
                Piece::Copied { first, last } => self.copy(cells, first, last, &mut done.out),
            }
        }
        Ok(())
    }

    /// Appends cells that leave as they came.
    #[inline]
    fn copy(&self, cells: &Cells<'_>, first: usize, last: usize, out: &mut Vec<u8>) {
        if !self.options.escape_formulas
            && let Some(run) = cells.run(first, last)
        {
            out.extend_from_slice(run.as_bytes());
            return;
        }
        for source in first..=last {
            if source > first {
                out.push(b',');
            }
            match cells.cell(source) {
                ("", _) => {}
                (value, _) if self.escapes(value) => self.push_text(value, out),
                (value, true) => write::push_plain(shown(value), out),
                (value, false) => write::push(shown(value), out),
            }
        }
    }

    /// Appends what the rules make of a value.
    #[inline]
    fn change(
        &self,
        column: &Column,
        value: &str,
        memo: &mut Memo,
        text: &mut String,
        done: &mut Done,
    ) -> Result<(), Failure> {
        let vacancy = match memo.find(value) {
            Ok(cell) => {
                done.out.extend_from_slice(cell);
                done.tally.pseudonyms += 1;
                return Ok(());
            }
            Err(vacancy) => vacancy,
        };
        text.clear();
        let pseudonym = column.pseudonym_for_csv(value, self.keys, text);
        let is_spelled = pseudonym.is_some();
        let cell = pseudonym
            .unwrap_or_else(|| column.cell(value, self.keys, text))
            .map_err(|_| Failure::new("missing-key", "a pseudonym takes a key that is not configured"))?;
        match cell {
            Cell::Pseudonym => {
                let begin = done.out.len();
                match is_spelled {
                    true => done.out.extend_from_slice(text.as_bytes()),
                    false => write::push(text, &mut done.out),
                }
                done.tally.pseudonyms += 1;
                if let Some(vacancy) = vacancy {
                    memo.remember(vacancy, value, &done.out[begin..]);
                }
            }
            Cell::Rewritten => {
                self.push_text(text, &mut done.out);
                done.tally.changed += 1;
            }
            Cell::Kept => self.push_text(text, &mut done.out),
            Cell::Nothing => done.tally.changed += 1,
        }
        Ok(())
    }

    fn push_text(&self, value: &str, out: &mut Vec<u8>) {
        match self.escapes(value) {
            true => write::push(&format!("'{value}"), out),
            false => write::push(value, out),
        }
    }

    /// Whether the value is to be marked as text.
    #[inline]
    fn escapes(&self, value: &str) -> bool {
        self.options.escape_formulas && write::is_formula(value)
    }
}

impl Work for Sanitize<'_> {
    fn block(&self, block: &Block, done: &mut Done) -> Result<(), Failure> {
        let mut desk = self.desk();
        done.out.reserve(block.bytes.len() + block.bytes.len() / 2);
        let result = self.rows(block, &mut desk, done);
        self.desks.lock().unwrap_or_else(PoisonError::into_inner).push(desk);
        result
    }
}

/// Nothing, for a value of blanks that are none in ASCII.
#[inline]
fn shown(value: &str) -> &str {
    match value.as_bytes().first() {
        Some(128..) if is_blank(value) => "",
        _ => value,
    }
}
