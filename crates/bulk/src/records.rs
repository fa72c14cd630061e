//! Files of records: NDJSON, JSON arrays and CSV in, sanitized by record rules, the same or another of these out.

// In.
mod array;
mod extent;
mod fill;
mod ndjson;

// Through.
mod json;
mod rows;

// Out.
mod write;

use std::io::{Read, Write};

use vizard_sanitizer::bulk::{Layout, Records};

use array::Array;
use json::Json;
use ndjson::Ndjson;
use rows::{Header, Tabular};

use crate::csv::{Dialect, Framer, Shape};
use crate::failure::Failure;
use crate::format::Format;
#[cfg(feature = "parquet")]
use crate::parquet;
use crate::pipeline::{self, Block, Blocks, Done, Work};
use crate::progress::Progress;
use crate::summary::Summary;
use crate::task::Task;

/// Sanitizes Parquet or plain text without a byte order mark, from one format into the same or another. What is written
/// is not Parquet.
pub(crate) fn sanitize(
    task: &Task<'_>,
    rules: &Records,
    (read, written): (Format, Format),
    input: &mut dyn Read,
    output: &mut dyn Write,
    rejected: Option<&mut dyn Write>,
    progress: &Progress,
) -> Result<Summary, Failure> {
    let Task { keys, options, .. } = *task;
    let (limits, bad_rows) = (options.limits, options.bad_rows);
    let mut output = write::Records::new(written, options, output)?;
    let json = |layout| Json { rules, keys, bad_rows, layout };
    let run = |blocks: &mut dyn Blocks, work: &dyn Work| {
        let elements = Elements(work);
        let work = if written == Format::JsonArray { &elements } else { work };
        pipeline::run(blocks, work, options.threads, &mut output, rejected, progress)
    };
    let mut summary = match read {
        Format::Ndjson => run(&mut Ndjson::new(input, limits, bad_rows), &json(Layout::Lines))?,
        Format::JsonArray => run(&mut Array::new(input, limits, bad_rows), &json(Layout::Sequence))?,
        Format::Csv => {
            let dialect = Dialect::record();
            let mut framer = Framer::new(input, &dialect, limits, bad_rows);
            match framer.header()? {
                None => Summary::default(),
                Some(head) => {
                    let header = Header::of(&head.names, rules)?;
                    let shape = Shape { width: head.names.len(), longest: limits.record };
                    let work = Tabular { rules, keys, bad_rows, dialect: &dialect, shape, header: &header };
                    let mut summary = run(&mut framer, &work)?;
                    summary.warn("duplicate-column", header.doubled);
                    let names: Vec<&str> = head.names.iter().map(String::as_str).collect();
                    summary.warn("paths-without-column", rules.missing(&names));
                    summary
                }
            }
        }
        #[cfg(feature = "parquet")]
        Format::Parquet => {
            let source = parquet::Source::put_by(input, options)?;
            run(&mut parquet::Lines::open(source, limits, bad_rows)?, &json(Layout::Lines))?
        }
        #[cfg(not(feature = "parquet"))]
        Format::Parquet => {
            return Err(Failure::new("parquet-not-built", "this program was built without Parquet"));
        }
    };
    summary.columns_touched = rules.places() as u64;
    output.finish(&mut summary)?;
    Ok(summary)
}

/// Work whose lines of JSON become elements of an array, each with a comma behind it.
struct Elements<'e>(&'e dyn Work);

impl Work for Elements<'_> {
    fn block(&self, block: &Block, done: &mut Done) -> Result<(), Failure> {
        self.0.block(block, done)?;
        for byte in &mut done.out {
            // Within a line no line feed stands as such.
            if *byte == b'\n' {
                *byte = b',';
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
