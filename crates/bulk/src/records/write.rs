//! What sanitized records are written as: the lines of the engine, an array, CSV or Parquet.

mod table;

use std::io::{self, Write};

use table::Table;

use crate::failure::Failure;
use crate::format::Format;
#[cfg(feature = "parquet")]
use crate::parquet::Assembly;
use crate::summary::Summary;
use crate::task::Options;

/// Takes what the threads made, which is lines of JSON, or for an array elements with a comma behind each, and writes a
/// file of the format.
pub(super) struct Records<'w> {
    output: &'w mut dyn Write,
    layout: Layout<'w>,
}

enum Layout<'w> {
    Lines,
    /// Whether an element was written, and so a comma is held back.
    Array(bool),
    Table(Box<Table<'w>>),
    #[cfg(feature = "parquet")]
    Parquet(Box<Assembly<'w>>),
}

impl<'w> Records<'w> {
    /// A file of a format.
    pub(super) fn new(
        format: Format,
        options: &'w Options,
        output: &'w mut dyn Write,
    ) -> Result<Records<'w>, Failure> {
        let layout = match format {
            Format::Ndjson => Layout::Lines,
            Format::JsonArray => Layout::Array(false),
            Format::Csv => Layout::Table(Box::new(Table::new(options))),
            #[cfg(feature = "parquet")]
            Format::Parquet => Layout::Parquet(Box::new(Assembly::new(options)?)),
            #[cfg(not(feature = "parquet"))]
            Format::Parquet => {
                return Err(Failure::new("parquet-not-built", "this program was built without Parquet"));
            }
        };
        Ok(Records { output, layout })
    }

    /// Writes what is still missing.
    pub(super) fn finish(self, summary: &mut Summary) -> Result<(), Failure> {
        match self.layout {
            Layout::Lines => {}
            Layout::Array(begun) => {
                let end: &[u8] = if begun { b"]" } else { b"[]" };
                self.output.write_all(end).map_err(|error| Failure::output(&error))?;
            }
            Layout::Table(table) => summary.warn("members-without-column", table.dropped()),
            #[cfg(feature = "parquet")]
            Layout::Parquet(assembly) => assembly.finish(self.output)?,
        }
        Ok(())
    }
}

impl Write for Records<'_> {
    /// Whole records only, as they come from the threads.
    fn write(&mut self, records: &[u8]) -> io::Result<usize> {
        if records.is_empty() {
            return Ok(0);
        }
        match &mut self.layout {
            Layout::Lines => self.output.write_all(records)?,
            Layout::Array(begun) => {
                self.output.write_all(if *begun { b"," } else { b"[" })?;
                *begun = true;
                self.output.write_all(&records[..records.len() - 1])?;
            }
            Layout::Table(table) => self.output.write_all(table.rows(records)?)?,
            #[cfg(feature = "parquet")]
            Layout::Parquet(assembly) => assembly.write_all(records)?,
        }
        Ok(records.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}
