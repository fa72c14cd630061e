//! Whole files: made here, sanitized, and read back by the `parquet` crate alone.

mod hostile;
mod odd;
mod round_trip;
mod story;

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{Schema, SchemaRef};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::file::properties::WriterProperties;
use vizard_pseudonym::{KeyMaterial, Pseudonymizer, Settings};
use vizard_sanitizer::bulk::{BulkRules, FileRules, Layout};

use super::{Lines, Source, sanitize};
use crate::failure::Failure;
use crate::pipeline::Blocks;
use crate::progress::Progress;
use crate::summary::Summary;
use crate::task::{BadRows, Options, Task};

fn keys() -> Pseudonymizer {
    Pseudonymizer::new(&KeyMaterial::salted("salt"), Settings::default())
}

fn rules(yaml: &str) -> BulkRules {
    BulkRules::load("rules.yaml", yaml).unwrap_or_else(|why| panic!("{why:?}")).rules
}

/// A file of some batches, each a row group.
fn file(batches: &[RecordBatch], properties: WriterProperties) -> Vec<u8> {
    let mut writer = ArrowWriter::try_new(Vec::new(), batches[0].schema(), Some(properties)).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
        writer.flush().unwrap();
    }
    writer.into_inner().unwrap()
}

fn run_with(yaml: &str, input: &[u8], options: &Options) -> Result<(Vec<u8>, Summary), Failure> {
    let rules = rules(yaml);
    let rules = rules.for_path("people.parquet").unwrap();
    let FileRules::Record(records) = rules else { panic!("they are for records") };
    let task = Task { rules, keys: &keys(), options };
    let source = Source::put_by(&mut &*input, options)?;
    let mut output = Vec::new();
    let summary = sanitize(&task, records, source, &mut output, &Progress::default())?;
    Ok((output, summary))
}

fn run(yaml: &str, input: &[u8]) -> Result<(Vec<u8>, Summary), Failure> {
    run_with(yaml, input, &Options::default())
}

/// All rows of a file, by its own schema only.
pub(super) fn read(bytes: &[u8]) -> (SchemaRef, Vec<RecordBatch>) {
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let builder =
        ParquetRecordBatchReaderBuilder::try_new_with_options(Bytes::copy_from_slice(bytes), options)
            .unwrap();
    let schema = without_metadata(builder.schema());
    let batches: Vec<RecordBatch> =
        builder.with_batch_size(1 << 20).build().unwrap().map(|it| it.unwrap()).collect();
    (schema, batches)
}

fn without_metadata(schema: &Schema) -> SchemaRef {
    Arc::new(Schema::new(schema.fields().clone()))
}

/// All rows of a file as lines of JSON.
pub(super) fn lines_of(bytes: &[u8]) -> String {
    let options = Options::default();
    let source = Source::put_by(&mut &*bytes, &options).unwrap();
    let mut lines = Lines::open(source, options.limits, BadRows::Fail).unwrap();
    let mut out = String::new();
    while let Some(block) = lines.next(Vec::new()).unwrap() {
        out.push_str(std::str::from_utf8(&block.bytes).unwrap());
    }
    out
}

/// What the engine makes of the same as JSON lines.
fn as_lines(yaml: &str, lines: &str) -> String {
    let rules = rules(yaml);
    let Some(FileRules::Record(records)) = rules.for_path("people.ndjson") else {
        panic!("they are for records")
    };
    let mut out = Vec::new();
    records.sanitize(lines.as_bytes(), Layout::Lines, &keys(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}
