//! CSV: rows in, rows with what may leave out.
//!
//! What is read is what the reference reads ([`Dialect`]), and more strictly: a row with fewer values than the header
//! has columns, with more of them that are not empty, with text behind a closing quote, or that is not UTF-8 is no row,
//! and fails the file or is set aside. Lines that are empty or white space alone are passed over. What is written has
//! commas, quotes where they are needed, and the line end of the input's header.
//!
//! **Formulas.** A cell such as `=1+1` leaves as it came. Output is read by programs, to which a marked cell is another
//! value than the one that the other source has; who opens files in a spreadsheet asks for
//! [`escape_formulas`](crate::task::Options::escape_formulas).

mod dialect;

// From bytes to cells.
mod fault;
mod frame;
mod lines;
mod marks;
mod rows;
mod scan;
mod split;
mod walk;

// From cells to bytes.
mod columnar;
mod memo;
mod shuffle;
mod write;

use std::io::{Read, Write};

use vizard_sanitizer::bulk::Columnar;

pub(crate) use dialect::Dialect;
pub(crate) use frame::Framer;
pub(crate) use lines::{Lines, LinesBefore};
pub(crate) use rows::{Row, Rows, Shape};
pub(crate) use split::{Cells, Splitter};
pub(crate) use write::{is_formula, row as write_row};

use crate::failure::{Failure, Place};
use crate::pipeline;
use crate::progress::Progress;
use crate::summary::Summary;
use crate::task::Task;

/// Sanitizes a table: plain text without a byte order mark, whose rules are columnar.
pub(crate) fn columnar(
    task: &Task<'_>,
    rules: &Columnar,
    input: &mut dyn Read,
    output: &mut dyn Write,
    rejected: Option<&mut dyn Write>,
    progress: &Progress,
) -> Result<Summary, Failure> {
    let options = task.options;
    let dialect = Dialect::columnar(rules.delimiter())?;
    let mut framer = Framer::new(input, &dialect, options.limits, options.bad_rows);
    sanitize(task, rules, &dialect, &mut framer, output, rejected, progress)
}

fn sanitize(
    task: &Task<'_>,
    rules: &Columnar,
    dialect: &Dialect,
    framer: &mut Framer<'_>,
    output: &mut dyn Write,
    rejected: Option<&mut dyn Write>,
    progress: &Progress,
) -> Result<Summary, Failure> {
    let options = task.options;
    let Some(head) = framer.header()? else {
        let message = "the file is empty: without a header it cannot be told what stands where";
        return Err(Failure::new("no-header", message));
    };
    let names: Vec<&str> = head.names.iter().map(String::as_str).collect();
    let columns = rules.bind(&names).map_err(|unbound| {
        let place = Place { line: Some(head.line), ..Place::default() };
        Failure::new(unbound.code(), unbound.to_string()).at(place)
    })?;
    let shape = Shape { width: names.len(), longest: options.limits.record };
    let work = columnar::Sanitize::new(dialect, shape, &columns, head.newline, task.keys, options);

    let mut header = Vec::new();
    work.header(&mut header);
    output.write_all(&header).map_err(|error| Failure::output(&error))?;
    let mut summary = pipeline::run(framer, &work, options.threads, output, rejected, progress)?;
    summary.columns_touched = columns.touched() as u64;
    for (code, times) in columns.warnings() {
        summary.warn(code, times);
    }
    Ok(summary)
}

#[cfg(test)]
mod tests;
