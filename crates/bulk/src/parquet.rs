//! Parquet: sanitized column by column, read as lines of JSON, and written from such.
//!
//! Whatever rules leave alone keeps its very type and values. A file whose rules depend on each record is refused, and
//! can be read [as lines](lines::Lines) instead. Bytes of others are decoded under bounds (`pages.rs`, `source.rs`),
//! and a panic of the decoder is a failure of the file.

// What is in a file.
mod header;
mod source;
mod thrift;
mod unreadable;

// Values, one page and one batch at a time.
mod delta;
mod inflate;
mod nodes;
mod pages;
mod read;

// What becomes of them.
mod apply;
mod cells;
mod places;

// What is written.
mod outlet;
mod output;
mod spill;
mod write;

// Other formats.
mod assembly;
mod lines;

use std::io::Write;

use vizard_sanitizer::bulk::Records;

use crate::failure::{Failure, Place};
use crate::progress::Progress;
use crate::summary::Summary;
use crate::task::Task;
pub(crate) use assembly::Assembly;
pub(crate) use lines::Lines;
use outlet::{guarded, through};
use places::Act;
pub(crate) use source::Source;
use write::Way;

/// Sanitizes a Parquet file into a Parquet file. What the summary says of bytes is left to the caller.
pub(crate) fn sanitize(
    task: &Task<'_>,
    records: &Records,
    source: Source,
    output: &mut dyn Write,
    progress: &Progress,
) -> Result<Summary, Failure> {
    let opened = guarded(|| read::open(source, task.options.limits))?;
    let places = guarded(|| places::places(records, &opened.nodes.roots))?;
    if places.is_empty() {
        let message = "the rules leave no column of the file, and Parquet without columns is none";
        return Err(Failure::new("parquet-nothing-left", message));
    }
    let written = guarded(|| output::output(&places))?;
    let way = Way { task, records, opened: &opened, places: &places, output: &written, progress };
    let mut summary = through(output, |outlet| way.write(outlet))?;
    let gone = opened.nodes.roots.len() - places.len();
    let touched = places.iter().filter(|it| !matches!(it.act, Act::Keep | Act::Entries(_))).count();
    summary.columns_touched = (gone + touched) as u64;
    summary.changed += gone as u64 * summary.rows;
    Ok(summary)
}

/// A failure in a column of the file, by its position from 0.
fn at_column(failure: Failure, position: usize) -> Failure {
    let place = Place { column: failure.place.column.or(Some(position as u64 + 1)), ..failure.place };
    failure.at(place)
}

#[cfg(test)]
mod tests;
