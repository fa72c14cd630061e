//! A Parquet file as lines of JSON, for rules that look at whole records, and for outputs that are text.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};

use super::cells::{Cell, cell};
use super::nodes::{Form, Node, Shape};
use super::outlet::guarded;
use super::read::{Batches, Opened, open};
use super::source::Source;
use crate::failure::{Failure, Place};
use crate::pipeline::{BLOCK, Block, Blocks};
use crate::task::{BadRows, Limits};

/// Bytes of a row that is too long which are set aside.
const BEGINNING: usize = 4 << 10;

/// The rows of a file, each an object on a line: dates and times are text as in ISO 8601, decimals and whole numbers
/// numbers, maps objects. What JSON has no word for (a number that is none, bytes that are no text) is null.
pub(crate) struct Lines {
    opened: Opened,
    bad_rows: BadRows,
    group: usize,
    batches: Option<Batches>,
    columns: Vec<ArrayRef>,
    /// The next row of the columns, and of the file, from 0.
    row: usize,
    before: u64,
    room: String,
}

impl Lines {
    pub(crate) fn open(source: Source, limits: Limits, bad_rows: BadRows) -> Result<Lines, Failure> {
        let opened = guarded(|| open(source, limits))?;
        Ok(Lines {
            opened,
            bad_rows,
            group: 0,
            batches: None,
            columns: Vec::new(),
            row: 0,
            before: 0,
            room: String::new(),
        })
    }

    /// Sees to it that there is a row. `false`: there is none.
    fn ready(&mut self) -> Result<bool, Failure> {
        while self.columns.first().is_none_or(|it| it.len() == self.row) {
            self.columns.clear();
            self.row = 0;
            let Some(batches) = &mut self.batches else {
                if self.group == self.opened.metadata.num_row_groups() {
                    return Ok(false);
                }
                let columns: Vec<&Node> = self.opened.nodes.roots.iter().collect();
                if columns.is_empty() {
                    return Ok(false);
                }
                self.batches = Some(self.opened.batches(&self.opened.group(self.group), &columns)?);
                self.group += 1;
                continue;
            };
            match batches.next()? {
                Some(columns) => self.columns = columns,
                None => self.batches = None,
            }
        }
        Ok(true)
    }

    fn block(&mut self, mut bytes: Vec<u8>) -> Result<Option<Block>, Failure> {
        let first_line = self.before + 1;
        let most = self.opened.limits.record;
        while bytes.len() < BLOCK && self.ready()? {
            let begin = bytes.len();
            let mut json = Json { out: &mut bytes, room: &mut self.room, end: begin.saturating_add(most) };
            let fits = json.object(&self.opened.nodes.roots, &self.columns, self.row);
            if fits.is_err() {
                let place = Place { record: Some(self.before + 1), ..Place::default() };
                match self.bad_rows {
                    BadRows::Fail => {
                        let message = format!("a record is longer than {most} bytes");
                        return Err(Failure::new("record-too-long", message).at(place));
                    }
                    // It is a block of its own, so those before it go first.
                    BadRows::Quarantine if begin > 0 => {
                        bytes.truncate(begin);
                        break;
                    }
                    BadRows::Quarantine => {
                        bytes.truncate(BEGINNING);
                        self.row += 1;
                        self.before += 1;
                        return Ok(Some(Block { bytes, first_line, too_long: true }));
                    }
                }
            }
            bytes.push(b'\n');
            self.row += 1;
            self.before += 1;
        }
        if bytes.is_empty() { Ok(None) } else { Ok(Some(Block { bytes, first_line, too_long: false })) }
    }
}

impl Blocks for Lines {
    fn next(&mut self, reuse: Vec<u8>) -> Result<Option<Block>, Failure> {
        guarded(|| self.block(reuse))
    }
}

/// A row longer than may be.
struct TooLong;

struct Json<'j> {
    out: &'j mut Vec<u8>,
    room: &'j mut String,
    /// How long the output may become.
    end: usize,
}

impl Json<'_> {
    fn object(&mut self, nodes: &[Node], columns: &[ArrayRef], row: usize) -> Result<(), TooLong> {
        self.out.push(b'{');
        for (place, (node, column)) in nodes.iter().zip(columns).enumerate() {
            if place > 0 {
                self.out.push(b',');
            }
            self.text(node.name())?;
            self.out.push(b':');
            self.value(node, column, row)?;
        }
        self.out.push(b'}');
        Ok(())
    }

    fn value(&mut self, node: &Node, array: &ArrayRef, row: usize) -> Result<(), TooLong> {
        if array.is_null(row) {
            return self.raw(b"null");
        }
        match &node.shape {
            Shape::Leaf { form, .. } => self.leaf(array, *form, row),
            Shape::Struct(children) => self.object(children, array.as_struct().columns(), row),
            Shape::List(element) => {
                let lists = array.as_list::<i32>();
                self.out.push(b'[');
                for (place, index) in between(lists.value_offsets(), row).enumerate() {
                    if place > 0 {
                        self.out.push(b',');
                    }
                    self.value(element, lists.values(), index)?;
                }
                self.raw(b"]")
            }
            Shape::Map(key, value) => {
                let maps = array.as_map();
                self.out.push(b'{');
                let mut first = true;
                for index in between(maps.value_offsets(), row) {
                    let Some(name) = self.name(key, maps.keys(), index) else { continue };
                    if !std::mem::take(&mut first) {
                        self.out.push(b',');
                    }
                    self.text(&name)?;
                    self.out.push(b':');
                    self.value(value, maps.values(), index)?;
                }
                self.raw(b"}")
            }
        }
    }

    /// A key as the name of a member. One that is no text is none, and its entry is left out.
    fn name(&mut self, node: &Node, keys: &ArrayRef, index: usize) -> Option<String> {
        let Shape::Leaf { form, .. } = node.shape else { return None };
        match cell(keys, form, index, self.room)? {
            Cell::Text(name) | Cell::Number(name) => Some(name.to_owned()),
            Cell::Truth(truth) => Some(truth.to_string()),
        }
    }

    fn leaf(&mut self, array: &ArrayRef, form: Form, row: usize) -> Result<(), TooLong> {
        let mut room = std::mem::take(self.room);
        let result = match cell(array, form, row, &mut room) {
            None => self.raw(b"null"),
            Some(Cell::Truth(true)) => self.raw(b"true"),
            Some(Cell::Truth(false)) => self.raw(b"false"),
            Some(Cell::Number(digits)) => self.raw(digits.as_bytes()),
            Some(Cell::Text(text)) => self.text(text),
        };
        *self.room = room;
        result
    }

    fn raw(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        self.out.extend_from_slice(bytes);
        if self.out.len() <= self.end { Ok(()) } else { Err(TooLong) }
    }

    fn text(&mut self, text: &str) -> Result<(), TooLong> {
        if self.out.len().saturating_add(text.len()) > self.end {
            return Err(TooLong);
        }
        let plain = text.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\');
        if plain {
            self.out.push(b'"');
            self.out.extend_from_slice(text.as_bytes());
            self.out.push(b'"');
        } else {
            serde_json::to_writer(&mut *self.out, text).expect("memory takes all");
        }
        self.raw(b"")
    }
}

/// The elements of a list or map.
fn between(offsets: &[i32], row: usize) -> std::ops::Range<usize> {
    let offset = |at: usize| usize::try_from(offsets[at]).unwrap_or(0);
    offset(row)..offset(row + 1)
}
