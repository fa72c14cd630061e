//! Lines of JSON put together to a Parquet file.
//!
//! Which columns there are, and of which types, is known when all records were seen; so they are put by, compressed,
//! and written in a second pass.

mod build;
mod kind;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::Schema;
use memchr::memrchr;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use serde_json::{Map, Value};

use self::build::Builder;
use self::kind::Members;
use super::outlet::{Outlet, through};
use super::source::scratch;
use super::spill::Spill;
use super::write::unwritable;
use crate::failure::{Failure, Place};
use crate::task::Options;

/// Rows and bytes of JSON that become a batch.
const BATCH: (usize, usize) = (8192, 4 << 20);

/// Takes sanitized records as lines of JSON, whatever parts they come in.
pub(crate) struct Assembly<'o> {
    options: &'o Options,
    lines: zstd::Encoder<'static, File>,
    /// The beginning of a line of which the end is still to come.
    part: Vec<u8>,
    members: Members,
    records: u64,
}

impl<'o> Assembly<'o> {
    pub(crate) fn new(options: &'o Options) -> Result<Assembly<'o>, Failure> {
        let file = scratch(options.scratch.as_deref())?;
        let lines = zstd::Encoder::new(file, 1).map_err(|error| Failure::output(&error))?;
        Ok(Assembly { options, lines, part: Vec::new(), members: Members::default(), records: 0 })
    }

    fn see(&mut self, lines: &[u8]) -> Result<(), Failure> {
        for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            self.records += 1;
            self.members.see(&record(line, self.records)?);
            if self.members.columns() > self.options.limits.columns {
                let message = format!("the records have more than {} members", self.options.limits.columns);
                return Err(Failure::new("too-many-columns", message).at(at(self.records)));
            }
        }
        self.lines.write_all(lines).map_err(|error| Failure::output(&error))
    }

    /// Writes the file.
    pub(crate) fn finish(mut self, output: &mut dyn Write) -> Result<(), Failure> {
        let rest = std::mem::take(&mut self.part);
        self.see(&rest)?;
        if self.records == 0 {
            let message = "there is no record, and the columns of Parquet are those of its records";
            return Err(Failure::new("parquet-needs-records", message));
        }
        if self.members.columns() == 0 {
            let message = "the rules leave nothing of the records, and Parquet without columns is none";
            return Err(Failure::new("parquet-nothing-left", message));
        }
        let mut file = self.lines.finish().map_err(|error| Failure::output(&error))?;
        file.seek(SeekFrom::Start(0)).map_err(|error| Failure::output(&error))?;
        let (members, options) = (self.members, self.options);
        through(output, |outlet| write(file, &members, options, outlet))
    }
}

impl Write for Assembly<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(end) = memrchr(b'\n', bytes) else {
            self.part.extend_from_slice(bytes);
            return Ok(bytes.len());
        };
        let (whole, rest) = bytes.split_at(end + 1);
        if self.part.is_empty() {
            self.see(whole)?;
        } else {
            let mut lines = std::mem::take(&mut self.part);
            lines.extend_from_slice(whole);
            self.see(&lines)?;
        }
        self.part.extend_from_slice(rest);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write(file: File, members: &Members, options: &Options, outlet: Outlet) -> Result<(), Failure> {
    let mut lines = BufReader::new(zstd::Decoder::new(file).map_err(|error| Failure::output(&error))?);
    let mut builder = Builder::new(members);
    let schema = Arc::new(Schema::new(builder.fields()));
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let written = ArrowWriterOptions::new()
        .with_properties(properties)
        .with_skip_arrow_metadata(true)
        .with_schema_root("schema".to_owned())
        .with_page_store_factory(Arc::new(Spill::new(options.scratch.clone())));
    let mut writer = ArrowWriter::try_new_with_options(outlet, Arc::clone(&schema), written)
        .map_err(|error| unwritable(&error))?;
    let (mut number, mut rows, mut bytes) = (0, 0, 0);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = lines.read_until(b'\n', &mut line).map_err(|error| Failure::output(&error))?;
        if (read == 0 || rows == BATCH.0 || bytes >= BATCH.1) && rows > 0 {
            let batch = RecordBatch::try_new(Arc::clone(&schema), builder.finish()?);
            let batch = batch.map_err(|_| Failure::new("internal", "columns of a batch differ"))?;
            writer.write(&batch).map_err(|error| unwritable(&error))?;
            (rows, bytes) = (0, 0);
        }
        if read == 0 {
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        number += 1;
        builder.push(&record(&line, number)?);
        rows += 1;
        bytes += read;
    }
    let mut outlet = writer.into_inner().map_err(|error| unwritable(&error))?;
    outlet.flush().map_err(|error| Failure::output(&error))
}

fn record(line: &[u8], number: u64) -> Result<Map<String, Value>, Failure> {
    serde_json::from_slice(line).map_err(|_| {
        let message = "a record is nested too deeply, or holds a number that cannot be";
        Failure::new("parquet-record", message).at(at(number))
    })
}

fn at(record: u64) -> Place {
    Place { record: Some(record), ..Place::default() }
}

#[cfg(test)]
mod tests;
