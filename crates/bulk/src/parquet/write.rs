//! Parquet to Parquet: row group by row group, in each column by column, so that as much is in memory as a column needs.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use arrow_array::{Array, ArrayRef, new_null_array};
use arrow_schema::Field;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, ArrowWriterOptions, compute_leaves,
};
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::SchemaDescriptor;
use vizard_sanitizer::bulk::Records;

use super::apply::Worker;
use super::outlet::{Outlet, guarded};
use super::output::Output;
use super::places::{Act, Place};
use super::read::{Opened, weight};
use super::spill::Spill;
use super::unreadable::Unreadable;
use crate::failure::{Failure, Place as Spot};
use crate::progress::Progress;
use crate::summary::Summary;
use crate::task::{Options, Task};

/// Values are handed to the encoder in pieces of about so many bytes: it may write each in full.
const PIECE: usize = 4 << 20;

/// Rows of null that are written at a time.
const NULLS: usize = 8192;

/// A file on its way.
pub(super) struct Way<'w> {
    pub(super) task: &'w Task<'w>,
    pub(super) records: &'w Records,
    pub(super) opened: &'w Opened,
    pub(super) places: &'w [Place<'w>],
    pub(super) output: &'w Output,
    pub(super) progress: &'w Progress,
}

impl Way<'_> {
    pub(super) fn write(&self, outlet: Outlet) -> Result<Summary, Failure> {
        let codec = self.opened.metadata.row_groups().first().and_then(|it| it.columns().first());
        let codec = written_codec(codec.map(|it| it.compression()));
        let (mut writer, factory) = writer(outlet, self.output, codec, self.task.options)?;
        let mut total = Summary::default();
        for group in 0..self.opened.metadata.num_row_groups() {
            let rows = self.opened.rows(group);
            if rows == 0 {
                continue;
            }
            self.group(group, &mut writer, &factory, &mut total).map_err(|failure| {
                let place =
                    Spot { record: failure.place.record.map(|record| record + total.rows), ..failure.place };
                failure.at(place)
            })?;
            total.rows += rows as u64;
            self.progress.add_rows(rows as u64);
        }
        let mut outlet = writer.into_inner().map_err(|error| unwritable(&error))?;
        std::io::Write::flush(&mut outlet).map_err(|error| Failure::output(&error))?;
        Ok(total)
    }

    fn group(
        &self,
        group: usize,
        writer: &mut SerializedFileWriter<Outlet>,
        factory: &ArrowRowGroupWriterFactory,
        total: &mut Summary,
    ) -> Result<(), Failure> {
        let part = self.opened.group(group);
        let mut leaves =
            factory.create_column_writers(group).map_err(|error| unwritable(&error))?.into_iter();
        let mut columns = Vec::with_capacity(self.places.len());
        for (place, field) in self.places.iter().zip(self.output.arrow.fields()) {
            let mut own = Vec::new();
            place.node.leaves(&mut own);
            columns.push(Column { place, field, leaves: leaves.by_ref().take(own.len()).collect() });
        }
        let mut written = writer.next_row_group().map_err(|error| unwritable(&error))?;
        let mut append = |done: Result<Done, Failure>| -> Result<(), Failure> {
            let done = done?;
            for chunk in done.chunks {
                chunk.append_to_row_group(&mut written).map_err(|error| unwritable(&error))?;
            }
            total.add(&done.tally);
            Ok(())
        };
        let threads = self.task.options.threads.min(columns.len());
        if threads <= 1 {
            columns.into_iter().try_for_each(|column| append(self.column(&part, column)))?;
        } else {
            self.spread(&part, columns, threads)?.into_iter().try_for_each(append)?;
        }
        written.close().map_err(|error| unwritable(&error))?;
        Ok(())
    }

    /// Works on the columns of a row group with several threads.
    fn spread(
        &self,
        part: &Arc<ParquetMetaData>,
        columns: Vec<Column<'_>>,
        threads: usize,
    ) -> Result<Vec<Result<Done, Failure>>, Failure> {
        let next = AtomicUsize::new(0);
        let columns: Vec<Mutex<Option<Column<'_>>>> =
            columns.into_iter().map(|it| Mutex::new(Some(it))).collect();
        let done: Vec<Mutex<Option<Result<Done, Failure>>>> =
            columns.iter().map(|_| Mutex::default()).collect();
        let work = || {
            while let Some(place) =
                Some(next.fetch_add(1, Ordering::Relaxed)).filter(|it| *it < columns.len())
            {
                let column = columns[place].lock().unwrap_or_else(PoisonError::into_inner).take();
                let result = column.map(|column| guarded(|| self.column(part, column)));
                *done[place].lock().unwrap_or_else(PoisonError::into_inner) = result;
            }
        };
        thread::scope(|scope| {
            // Where the system allows no more threads, those that there are do the work.
            for _ in 1..threads {
                _ = thread::Builder::new().name("parquet".to_owned()).spawn_scoped(scope, work);
            }
            work();
        });
        let all = done.into_iter().map(|it| it.into_inner().unwrap_or_else(PoisonError::into_inner));
        Ok(all.map(|it| it.unwrap_or_else(|| Err(Unreadable::Damaged.into()))).collect())
    }

    fn column(&self, part: &Arc<ParquetMetaData>, mut column: Column<'_>) -> Result<Done, Failure> {
        let position = column.place.position;
        let mut worker = Worker::new(self.records, self.task.keys);
        self.values(part, &mut column, &mut worker).map_err(|failure| super::at_column(failure, position))?;
        let chunks: Result<Vec<ArrowColumnChunk>, ParquetError> =
            column.leaves.into_iter().map(ArrowColumnWriter::close).collect();
        Ok(Done { chunks: chunks.map_err(|error| unwritable(&error))?, tally: worker.tally })
    }

    fn values(
        &self,
        part: &Arc<ParquetMetaData>,
        column: &mut Column<'_>,
        worker: &mut Worker<'_>,
    ) -> Result<(), Failure> {
        let Place { node, act, .. } = column.place;
        if matches!(act, Act::Null) {
            // What nobody may see is not even read.
            let rows = usize::try_from(part.file_metadata().num_rows()).map_err(|_| Unreadable::Damaged)?;
            for begin in (0..rows).step_by(NULLS) {
                let nulls = new_null_array(column.field.data_type(), NULLS.min(rows - begin));
                column.write(&nulls, usize::MAX, begin)?;
            }
            worker.tally.changed += rows as u64;
            return Ok(());
        }
        let mut batches = self.opened.batches(part, &[node])?;
        let mut before = 0;
        while let Some(values) = batches.next()? {
            let [values] = &values[..] else { return Err(Unreadable::Damaged.into()) };
            let result = worker.apply(values, node, act, column.field).map_err(|failure| {
                let place = Spot {
                    record: failure.place.record.map(|record| record + before as u64),
                    ..failure.place
                };
                failure.at(place)
            })?;
            column.write(&result, self.task.options.limits.record, before)?;
            before += values.len();
        }
        Ok(())
    }
}

/// A column of a row group on its way.
struct Column<'c> {
    place: &'c Place<'c>,
    field: &'c Field,
    leaves: Vec<ArrowColumnWriter>,
}

/// A column of a row group that is encoded.
struct Done {
    chunks: Vec<ArrowColumnChunk>,
    tally: Summary,
}

impl Column<'_> {
    /// Encodes some values, none of which may be larger than `most`. `before`: rows before them in the group.
    fn write(&mut self, values: &ArrayRef, most: usize, before: usize) -> Result<(), Failure> {
        let bytes = weight(values);
        if bytes > PIECE.min(most) && values.len() > 1 {
            let half = values.len() / 2;
            self.write(&values.slice(0, half), most, before)?;
            return self.write(&values.slice(half, values.len() - half), most, before + half);
        }
        if bytes > most && values.len() == 1 {
            let place = Spot { record: Some(before as u64 + 1), ..Default::default() };
            return Err(
                Failure::new("record-too-long", format!("a value is longer than {most} bytes")).at(place)
            );
        }
        let leaves = compute_leaves(self.field, values).map_err(|error| unwritable(&error))?;
        for (leaf, writer) in leaves.iter().zip(&mut self.leaves) {
            writer.write(leaf).map_err(|error| unwritable(&error))?;
        }
        Ok(())
    }
}

/// A writer of a file, and the maker of the writers of its columns.
pub(super) fn writer(
    outlet: Outlet,
    output: &Output,
    codec: Compression,
    options: &Options,
) -> Result<(SerializedFileWriter<Outlet>, ArrowRowGroupWriterFactory), Failure> {
    let properties = WriterProperties::builder().set_compression(codec).build();
    let spill = Arc::new(Spill::new(options.scratch.clone()));
    // Nothing of what the input says of itself is copied: it may hold values.
    let options = ArrowWriterOptions::new()
        .with_properties(properties)
        .with_skip_arrow_metadata(true)
        .with_page_store_factory(spill)
        .with_parquet_schema(SchemaDescriptor::new(output.parquet.root_schema_ptr()));
    ArrowWriter::try_new_with_options(outlet, Arc::clone(&output.arrow), options)
        .and_then(ArrowWriter::into_serialized_writer)
        .map_err(|error| unwritable(&error))
}

/// The codec of the input, if readers of today know it.
fn written_codec(codec: Option<Compression>) -> Compression {
    match codec {
        Some(Compression::LZ4) => Compression::LZ4_RAW,
        Some(Compression::LZO | Compression::BROTLI(_)) | None => Compression::SNAPPY,
        Some(codec) => codec,
    }
}

/// What the crate says may repeat what it writes.
pub(super) fn unwritable(error: &ParquetError) -> Failure {
    match error {
        ParquetError::External(inner) if inner.is::<Unreadable>() => Unreadable::from_parquet(error).into(),
        _ => Failure::new("internal", "a fault of the program itself: a column cannot be encoded"),
    }
}
