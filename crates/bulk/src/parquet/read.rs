//! Rows of some columns of a row group, in batches of bounded size.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use parquet::arrow::{ProjectionMask, parquet_to_arrow_field_levels};
use parquet::bloom_filter::Sbbf;
use parquet::column::page::PageReader;
use parquet::errors::ParquetError;
use parquet::file::metadata::{FileMetaData, ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::{FileReader, RowGroupReader};
use parquet::record::reader::RowIter;
use parquet::schema::types::Type;

use super::nodes::{Node, Nodes, nodes};
use super::pages::{Budget, Pages};
use super::source::Source;
use super::unreadable::Unreadable;
use crate::failure::Failure;
use crate::task::Limits;

/// Rows of a batch.
const MOST_ROWS: usize = 8192;

/// Bytes of a batch, by what the file says of the size of its columns.
const BATCH: u64 = 4 << 20;

/// A file that was opened: what it holds is known, and none of it read.
pub(super) struct Opened {
    pub(super) source: Arc<Source>,
    pub(super) metadata: Arc<ParquetMetaData>,
    pub(super) nodes: Nodes,
    pub(super) limits: Limits,
    /// Bytes of all pages that were read, after decompression.
    pub(super) inflated: Arc<std::sync::atomic::AtomicU64>,
}

pub(super) fn open(source: Source, limits: Limits) -> Result<Opened, Failure> {
    let metadata = source.describe(&limits)?;
    let schema = metadata.file_metadata().schema_descr();
    if schema.num_columns() > limits.columns {
        let message = format!("the file has more than {} columns, which is the limit", limits.columns);
        return Err(Failure::new("too-many-columns", message));
    }
    let nodes = nodes(schema)?;
    for group in metadata.row_groups() {
        if group.num_columns() != schema.num_columns() || usize::try_from(group.num_rows()).is_err() {
            return Err(Unreadable::Damaged.into());
        }
    }
    let source = Arc::new(source);
    Ok(Opened { source, metadata: Arc::new(metadata), nodes, limits, inflated: Arc::default() })
}

impl Opened {
    pub(super) fn rows(&self, group: usize) -> usize {
        usize::try_from(self.metadata.row_group(group).num_rows()).expect("it was looked at")
    }

    /// What is known of a row group, as if it were all of the file.
    pub(super) fn group(&self, group: usize) -> Arc<ParquetMetaData> {
        let file = self.metadata.file_metadata();
        let row_group = self.metadata.row_group(group).clone();
        let rows = row_group.num_rows();
        let file = FileMetaData::new(file.version(), rows, None, None, file.schema_descr_ptr(), None);
        Arc::new(ParquetMetaData::new(file, vec![row_group]))
    }

    /// The rows of some columns of a row group.
    pub(super) fn batches(
        &self,
        group: &Arc<ParquetMetaData>,
        columns: &[&Node],
    ) -> Result<Batches, Failure> {
        let mut leaves = Vec::new();
        columns.iter().for_each(|it| it.leaves(&mut leaves));
        let rows = usize::try_from(group.file_metadata().num_rows()).map_err(|_| Unreadable::Damaged)?;
        let bytes: u64 = leaves
            .iter()
            .map(|it| u64::try_from(group.row_group(0).column(*it).uncompressed_size()).unwrap_or(0))
            .fold(0, u64::saturating_add);
        let per_row = (bytes / (rows.max(1) as u64)).max(1);
        let batch =
            usize::try_from(BATCH / per_row).unwrap_or(MOST_ROWS).clamp(1, MOST_ROWS).min(rows.max(1));
        let mask = ProjectionMask::leaves(&self.nodes.schema, leaves);
        let levels = parquet_to_arrow_field_levels(&self.nodes.schema, mask, Some(&self.nodes.hint))
            .map_err(|error| Unreadable::from_parquet(&error))?;
        let budget = Arc::new(Budget::new(self.limits, self.source.length(), Arc::clone(&self.inflated)));
        let part: Arc<dyn FileReader> = Arc::new(Group {
            source: Arc::clone(&self.source),
            metadata: Arc::clone(group),
            budget: Arc::clone(&budget),
        });
        let reader = ParquetRecordBatchReader::try_new_with_row_groups(&levels, &part, batch, None)
            .map_err(|error| Unreadable::from_parquet(&error))?;
        let types = columns.iter().map(|it| it.field.data_type().clone()).collect();
        Ok(Batches { reader, budget, types, left: rows })
    }
}

/// One row group, as its reader asks for it.
struct Group {
    source: Arc<Source>,
    metadata: Arc<ParquetMetaData>,
    budget: Arc<Budget>,
}

impl FileReader for Group {
    fn metadata(&self) -> &ParquetMetaData {
        &self.metadata
    }

    fn num_row_groups(&self) -> usize {
        1
    }

    fn get_row_group(&self, _: usize) -> Result<Box<dyn RowGroupReader + '_>, ParquetError> {
        Ok(Box::new(Only(self)))
    }

    fn get_row_iter(&self, _: Option<Type>) -> Result<RowIter<'_>, ParquetError> {
        Err(by_columns())
    }
}

struct Only<'g>(&'g Group);

impl RowGroupReader for Only<'_> {
    fn metadata(&self) -> &RowGroupMetaData {
        self.0.metadata.row_group(0)
    }

    fn num_columns(&self) -> usize {
        self.metadata().num_columns()
    }

    fn get_column_page_reader(&self, column: usize) -> Result<Box<dyn PageReader>, ParquetError> {
        let Group { source, budget, .. } = self.0;
        Ok(Box::new(Pages::new(source, budget, self.metadata().column(column))?))
    }

    fn get_column_bloom_filter(&self, _: usize) -> Option<&Sbbf> {
        None
    }

    fn get_row_iter(&self, _: Option<Type>) -> Result<RowIter<'_>, ParquetError> {
        Err(by_columns())
    }
}

fn by_columns() -> ParquetError {
    ParquetError::NYI("rows are not read one by one".to_owned())
}

/// Batches of rows.
pub(super) struct Batches {
    reader: ParquetRecordBatchReader,
    budget: Arc<Budget>,
    types: Vec<DataType>,
    left: usize,
}

impl Batches {
    /// The columns of the next rows, all of them equally long. `None` when all rows of the group were there.
    pub(super) fn next(&mut self) -> Result<Option<Vec<ArrayRef>>, Failure> {
        self.budget.reset();
        let Some(batch) = self.reader.next() else {
            return if self.left == 0 { Ok(None) } else { Err(Unreadable::Damaged.into()) };
        };
        let batch = batch.map_err(|_| self.budget.why().unwrap_or(Unreadable::Damaged))?;
        let rows = batch.num_rows();
        let fits = batch.columns().iter().map(|it| it.data_type()).eq(self.types.iter());
        if !fits || rows == 0 || rows > self.left {
            return Err(Unreadable::Damaged.into());
        }
        self.left -= rows;
        Ok(Some(batch.columns().to_vec()))
    }
}

/// Bytes that some values take when they are written out one by one, about.
pub(super) fn weight(array: &dyn Array) -> usize {
    use arrow_array::cast::AsArray;
    match array.data_type() {
        DataType::BinaryView => {
            let texts = array.as_binary_view();
            // The length stands in the lowest bits of a view. Those of nulls mean nothing.
            let length = |(index, view): (usize, &u128)| {
                4 + if texts.is_null(index) { 0 } else { *view as u32 as usize }
            };
            texts.views().iter().enumerate().map(length).fold(0, usize::saturating_add)
        }
        DataType::Struct(_) => {
            array.as_struct().columns().iter().map(|it| weight(it)).fold(0, usize::saturating_add)
        }
        DataType::List(_) => {
            let lists = array.as_list::<i32>();
            weight_between(lists.values(), lists.value_offsets())
        }
        DataType::Map(..) => {
            let maps = array.as_map();
            weight_between(&(Arc::new(maps.entries().clone()) as ArrayRef), maps.value_offsets())
        }
        DataType::FixedSizeBinary(width) => array.len().saturating_mul(usize::try_from(*width).unwrap_or(0)),
        DataType::Decimal128(..) => 16 * array.len(),
        _ => 8 * array.len(),
    }
}

fn weight_between(values: &ArrayRef, offsets: &[i32]) -> usize {
    let (Some(first), Some(last)) = (offsets.first(), offsets.last()) else { return 0 };
    let (Ok(first), Ok(length)) = (usize::try_from(*first), usize::try_from(last - first)) else { return 0 };
    weight(&values.slice(first, length)) + 4 * offsets.len()
}
