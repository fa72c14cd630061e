//! What rules do, done to some rows of a column.

use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::Arc;

use arrow_array::builder::make_view;
use arrow_array::cast::AsArray;
use arrow_array::{
    Array, ArrayRef, BinaryViewArray, ListArray, MapArray, StructArray, new_empty_array, new_null_array,
};
use arrow_buffer::{BooleanBufferBuilder, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field};
use rustc_hash::FxBuildHasher;
use vizard_pseudonym::Pseudonymizer;
use vizard_sanitizer::Counts;
use vizard_sanitizer::bulk::{Records, Rewrite};

use super::cells::{Cell, cell};
use super::nodes::{Form, Node, Shape};
use super::places::{Act, Way, keeps};
use crate::failure::{Failure, Place};
use crate::summary::Summary;

/// Keys of maps of which is known that rules keep what is under them; more are asked for each time.
const MOST_KEYS: usize = 10_000;

/// Works on one column, batch by batch.
pub(super) struct Worker<'w> {
    records: &'w Records,
    keys: &'w Pseudonymizer,
    pub(super) tally: Summary,
    kept: HashSet<String, FxBuildHasher>,
}

impl<'w> Worker<'w> {
    pub(super) fn new(records: &'w Records, keys: &'w Pseudonymizer) -> Worker<'w> {
        Worker { records, keys, tally: Summary::default(), kept: HashSet::default() }
    }

    /// What becomes of some values; `written` says of which type that is.
    pub(super) fn apply(
        &mut self,
        array: &ArrayRef,
        node: &Node,
        act: &Act<'_>,
        written: &Field,
    ) -> Result<ArrayRef, Failure> {
        match (act, &node.shape) {
            (Act::Keep, _) => Ok(Arc::clone(array)),
            (Act::Null, _) => {
                self.tally.changed += (array.len() - array.logical_null_count()) as u64;
                Ok(new_null_array(written.data_type(), array.len()))
            }
            (Act::Rewrite(rewrite), Shape::Leaf { form, .. }) => self.rewrite(array, *form, rewrite),
            (Act::Inside(acts), Shape::Struct(children)) => {
                let DataType::Struct(fields) = written.data_type() else { return Err(unfit()) };
                let array = array.as_struct();
                let mut columns = Vec::with_capacity(children.len());
                for (((column, child), act), field) in
                    array.columns().iter().zip(children).zip(acts).zip(fields)
                {
                    columns.push(self.apply(column, child, act, field)?);
                }
                let array = StructArray::try_new(fields.clone(), columns, array.nulls().cloned());
                array.map(|it| Arc::new(it) as ArrayRef).map_err(|_| unfit())
            }
            (Act::Elements(act), Shape::List(element)) => {
                let DataType::List(field) = written.data_type() else { return Err(unfit()) };
                let array: &ListArray = array.as_list();
                let values = self.apply(array.values(), element, act, field)?;
                let lists = ListArray::try_new(
                    Arc::clone(field),
                    array.offsets().clone(),
                    values,
                    array.nulls().cloned(),
                );
                lists.map(|it| Arc::new(it) as ArrayRef).map_err(|_| unfit())
            }
            (Act::Empty, Shape::List(_)) => {
                let DataType::List(field) = written.data_type() else { return Err(unfit()) };
                let array: &ListArray = array.as_list();
                self.tally.changed += array.values().len() as u64;
                let offsets = OffsetBuffer::new_zeroed(array.len());
                let values = new_empty_array(field.data_type());
                let lists = ListArray::try_new(Arc::clone(field), offsets, values, array.nulls().cloned());
                lists.map(|it| Arc::new(it) as ArrayRef).map_err(|_| unfit())
            }
            (Act::Entries(way), Shape::Map(key, value)) => {
                self.entries(array.as_map(), way, key, value)?;
                Ok(Arc::clone(array))
            }
            (Act::Rewrite(_) | Act::Inside(_) | Act::Elements(_) | Act::Empty | Act::Entries(_), _) => {
                Err(unfit())
            }
        }
    }

    /// Whether rules keep all entries of some maps.
    fn entries(&mut self, maps: &MapArray, way: &[Way], key: &Node, value: &Node) -> Result<(), Failure> {
        let Shape::Leaf { form, .. } = key.shape else { return Err(undecidable_map()) };
        let mut room = String::new();
        for map in 0..maps.len() {
            if maps.is_null(map) {
                continue;
            }
            let (begin, end) = (maps.value_offsets()[map], maps.value_offsets()[map + 1]);
            for index in begin..end {
                let index = usize::try_from(index).map_err(|_| unfit())?;
                let name = match cell(maps.keys(), form, index, &mut room) {
                    Some(Cell::Text(name) | Cell::Number(name)) => name,
                    Some(Cell::Truth(true)) => "true",
                    Some(Cell::Truth(false)) => "false",
                    None => return Err(undecidable_map().at(record(map))),
                };
                if self.kept.contains(name) {
                    continue;
                }
                let mut way: Vec<Way> = way.to_vec();
                way.push(Way::Name(name.to_owned()));
                if !keeps(self.records, value, &mut way) {
                    return Err(undecidable_map().at(record(map)));
                }
                if self.kept.len() < MOST_KEYS {
                    self.kept.insert(name.to_owned());
                }
            }
        }
        Ok(())
    }

    fn rewrite(&mut self, array: &ArrayRef, form: Form, rewrite: &Rewrite<'_>) -> Result<ArrayRef, Failure> {
        let mut texts = Texts::new(array.len());
        let mut known: HashMap<u128, (u128, bool, Counts), FxBuildHasher> = HashMap::default();
        let (mut room, mut out) = (String::new(), String::new());
        let views = array.as_binary_view_opt().map(BinaryViewArray::views);
        for index in 0..array.len() {
            if array.is_null(index) {
                texts.push(None);
                continue;
            }
            // Values that share their view are the same; each is rewritten once.
            let view = views.map(|it| it[index]);
            let (text, counts) = match view.and_then(|it| known.get(&it)) {
                Some((text, there, counts)) => (there.then_some(*text), *counts),
                None => {
                    let mut counts = Counts::default();
                    out.clear();
                    let there = match cell(array, form, index, &mut room) {
                        Some(Cell::Text(text)) => rewrite.text(text, self.keys, &mut counts, &mut out),
                        Some(Cell::Number(digits)) => {
                            rewrite.number(digits, self.keys, &mut counts, &mut out)
                        }
                        Some(Cell::Truth(truth)) => rewrite.truth(truth, self.keys, &mut counts, &mut out),
                        None => {
                            counts.nulled += 1;
                            Ok(None)
                        }
                    };
                    let there = there.map_err(|missing| {
                        Failure::new("encryption-key-missing", missing.to_string()).at(record(index))
                    })?;
                    let text = match there {
                        Some(()) => Some(texts.text(&out).ok_or_else(|| too_long().at(record(index)))?),
                        None => None,
                    };
                    if let Some(view) = view {
                        known.insert(view, (text.unwrap_or_default(), text.is_some(), counts));
                    }
                    (text, counts)
                }
            };
            texts.push(text);
            self.tally.pseudonyms += counts.pseudonymized;
            self.tally.changed += u64::from(text.is_none()) + counts.rewritten;
            self.tally.warn("values-of-wrong-kind", counts.nulled);
        }
        texts.finish()
    }
}

/// Texts as they are gathered: each stands once, however often it is pointed at.
struct Texts {
    views: Vec<u128>,
    nulls: BooleanBufferBuilder,
    bytes: Vec<u8>,
}

impl Texts {
    fn new(rows: usize) -> Texts {
        Texts { views: Vec::with_capacity(rows), nulls: BooleanBufferBuilder::new(rows), bytes: Vec::new() }
    }

    fn text(&mut self, text: &str) -> Option<u128> {
        let begin = u32::try_from(self.bytes.len()).ok()?;
        u32::try_from(self.bytes.len() + text.len()).ok()?;
        if text.len() > 12 {
            self.bytes.extend_from_slice(text.as_bytes());
        }
        Some(make_view(text.as_bytes(), 0, begin))
    }

    fn push(&mut self, text: Option<u128>) {
        self.views.push(text.unwrap_or_default());
        self.nulls.append(text.is_some());
    }

    fn finish(mut self) -> Result<ArrayRef, Failure> {
        let nulls = NullBuffer::new(self.nulls.finish());
        let views = ScalarBuffer::from(self.views);
        let array = BinaryViewArray::try_new(views, vec![Buffer::from_vec(self.bytes)], Some(nulls));
        array.map(|it| Arc::new(it) as ArrayRef).map_err(|_| unfit())
    }
}

fn record(index: usize) -> Place {
    Place { record: Some(index as u64 + 1), ..Place::default() }
}

fn too_long() -> Failure {
    Failure::new("record-too-long", "the values of a batch became larger than may be")
}

fn undecidable_map() -> Failure {
    let message = "the rules change what is under a key of this map, and Parquet is sanitized column by column: have the \
                   file written as NDJSON, or redact the whole map";
    Failure::new("parquet-map", message)
}

/// Types were settled before the first row, so this is a fault of the program.
fn unfit() -> Failure {
    Failure::new("internal", "a fault of the program itself: a column is of another type than was expected")
}
