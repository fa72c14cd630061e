//! The pages of a column, one after the other, each within bounds before any of it is decoded.
//!
//! The `parquet` crate would believe what a page says of itself: how large it is after decompression, how many values
//! a dictionary has, how many lengths a delta encoding. It is given pages that were looked at.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, Type};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;

use super::delta;
use super::header::{self, Body, Header};
use super::inflate::inflate;
use super::source::Source;
use super::thrift::Flaw;
use super::unreadable::Unreadable;
use crate::failure::Failure;
use crate::task::Limits;

/// Bytes of a page, before and after decompression. Writers aim at 1 MiB.
const MOST_OF_A_PAGE: usize = 128 << 20;

/// Bytes of the head of a page; it may hold two values as statistics.
const MOST_OF_A_HEAD: usize = 16 << 20;

/// Values of a page of a column in lists: all may belong to one row, and are decoded at once then.
const MOST_IN_LISTS: usize = 4 << 20;

/// Bytes after decompression that the pages of one batch may have, all its columns together.
const MOST_AT_ONCE: usize = 512 << 20;

/// Growth is no matter before so many bytes.
const RATIO_FROM: u64 = 16 << 20;

/// Bytes that are read at a time.
const WINDOW: usize = 64 << 10;

/// What the pages of a batch took so far, and those of the whole file.
#[derive(Debug)]
pub(super) struct Budget {
    bytes: AtomicUsize,
    in_lists: AtomicUsize,
    total: Arc<AtomicU64>,
    limits: Limits,
    /// Bytes of the file.
    stored: u64,
    /// Why no more pages came. The crate keeps only the text of errors.
    why: Mutex<Option<Unreadable>>,
}

impl Budget {
    /// `total` goes on for all columns of the file.
    pub(super) fn new(limits: Limits, stored: u64, total: Arc<AtomicU64>) -> Budget {
        let (bytes, in_lists) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Budget { bytes, in_lists, total, limits, stored, why: Mutex::default() }
    }

    /// Why no more pages came.
    pub(super) fn why(&self) -> Option<Unreadable> {
        self.why.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Another batch begins.
    pub(super) fn reset(&self) {
        self.bytes.store(0, Ordering::Relaxed);
        self.in_lists.store(0, Ordering::Relaxed);
    }

    fn take(&self, bytes: usize, in_lists: usize) -> Result<(), Unreadable> {
        let bytes = bytes + self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let in_lists = in_lists + self.in_lists.fetch_add(in_lists, Ordering::Relaxed);
        if bytes > MOST_AT_ONCE || in_lists > 4 * MOST_IN_LISTS { Err(Unreadable::TooLarge) } else { Ok(()) }
    }

    fn inflate(&self, bytes: usize) -> Result<(), Unreadable> {
        let total = bytes as u64 + self.total.fetch_add(bytes as u64, Ordering::Relaxed);
        let Limits { bytes: most, ratio, .. } = self.limits;
        if total > most {
            let message = format!("the file holds more than {most} bytes, which is the limit");
            return Err(Unreadable::Input(Failure::new("file-too-large", message)));
        }
        if total > RATIO_FROM && total / ratio.max(1) > self.stored {
            let message = format!("the file grows more than {ratio} times when it is decompressed");
            return Err(Unreadable::Input(Failure::new("expands-too-much", message)));
        }
        Ok(())
    }
}

/// Reads the pages of one column of one row group.
pub(super) struct Pages {
    source: Arc<Source>,
    budget: Arc<Budget>,
    codec: Compression,
    kind: Type,
    /// Of values of a fixed width.
    width: usize,
    max_definition: i16,
    max_repetition: i16,
    /// Bytes that were read but not used yet, from `used` on.
    window: Vec<u8>,
    used: usize,
    /// Where in the file the window ends, and where the column does.
    at: u64,
    end: u64,
    /// Values that are still to come.
    values: usize,
    next: Option<Header>,
}

impl Pages {
    pub(super) fn new(
        source: &Arc<Source>,
        budget: &Arc<Budget>,
        column: &ColumnChunkMetaData,
    ) -> Result<Pages, Unreadable> {
        let dictionary = column.dictionary_page_offset().filter(|it| *it > 0);
        let begin = dictionary.map_or(column.data_page_offset(), |it| it.min(column.data_page_offset()));
        let begin = u64::try_from(begin).map_err(|_| Unreadable::Damaged)?;
        let length = u64::try_from(column.compressed_size()).map_err(|_| Unreadable::Damaged)?;
        let end =
            begin.checked_add(length).filter(|end| *end <= source.length()).ok_or(Unreadable::Damaged)?;
        let described = column.column_descr();
        let kind = described.physical_type();
        let width = match kind {
            Type::BOOLEAN => 1,
            Type::INT32 | Type::FLOAT | Type::BYTE_ARRAY => 4,
            Type::INT64 | Type::DOUBLE => 8,
            Type::INT96 => 12,
            Type::FIXED_LEN_BYTE_ARRAY => usize::try_from(described.type_length()).unwrap_or(0),
        };
        if width == 0 || column.file_path().is_some() {
            return Err(Unreadable::Damaged);
        }
        Ok(Pages {
            source: Arc::clone(source),
            budget: Arc::clone(budget),
            codec: column.compression(),
            kind,
            width,
            max_definition: described.max_def_level(),
            max_repetition: described.max_rep_level(),
            window: Vec::new(),
            used: 0,
            at: begin,
            end,
            values: usize::try_from(column.num_values()).map_err(|_| Unreadable::Damaged)?,
            next: None,
        })
    }

    /// Reads on until so many bytes are there, or all of the column.
    fn fill(&mut self, bytes: usize) -> Result<(), Unreadable> {
        let there = self.window.len() - self.used;
        if there >= bytes {
            return Ok(());
        }
        self.window.drain(..self.used);
        self.used = 0;
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let more = (bytes - there).max(WINDOW).min(left);
        self.window.resize(there + more, 0);
        self.source.read(self.at, &mut self.window[there..])?;
        self.at += more as u64;
        Ok(())
    }

    fn noted<T>(&self, result: Result<T, Unreadable>) -> Result<T, ParquetError> {
        result.map_err(|why| {
            *self.budget.why.lock().unwrap_or_else(PoisonError::into_inner) = Some(why.clone());
            why.into()
        })
    }

    /// The head of the next page that matters.
    fn head(&mut self) -> Result<Option<Header>, Unreadable> {
        while self.next.is_none() {
            self.fill(1)?;
            if self.window.len() == self.used || self.values == 0 {
                return Ok(None);
            }
            let mut ahead = 256;
            let (header, length) = loop {
                self.fill(ahead)?;
                let there = &self.window[self.used..];
                match header::read(there) {
                    Ok(found) => break found,
                    Err(Flaw::Short) if there.len() >= ahead && ahead < MOST_OF_A_HEAD => {
                        ahead = 4 * there.len()
                    }
                    Err(Flaw::Short | Flaw::Wrong) => return Err(Unreadable::Damaged),
                }
            };
            self.used += length;
            self.check(&header)?;
            match header.body {
                Body::Other => {
                    self.stored(header.stored)?;
                }
                _ => self.next = Some(header),
            }
        }
        Ok(self.next)
    }

    fn check(&mut self, header: &Header) -> Result<(), Unreadable> {
        if header.stored.max(header.inflated) > MOST_OF_A_PAGE {
            return Err(Unreadable::TooLarge);
        }
        let (values, encoding) = match header.body {
            Body::Other => return Ok(()),
            Body::Dictionary { values, encoding } => {
                let plain = matches!(
                    encoding,
                    Encoding::PLAIN | Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY
                );
                let fits = values.checked_mul(self.width).is_some_and(|it| it <= header.inflated);
                return if plain && fits && self.kind != Type::BOOLEAN {
                    Ok(())
                } else {
                    Err(Unreadable::Damaged)
                };
            }
            Body::Data { values, encoding, definition, repetition } => {
                #[expect(deprecated, reason = "old files have it for their levels")]
                let known = |it| matches!(it, Encoding::RLE | Encoding::BIT_PACKED);
                if !(known(definition) || self.max_definition == 0)
                    || !(known(repetition) || self.max_repetition == 0)
                {
                    return Err(Unreadable::Damaged);
                }
                (values, encoding)
            }
            Body::Data2 { values, nulls, rows, encoding, levels, .. } => {
                let levels = levels.definition + levels.repetition;
                if nulls > values || rows > values || levels > header.inflated.min(header.stored) {
                    return Err(Unreadable::Damaged);
                }
                (values, encoding)
            }
        };
        self.values = self.values.checked_sub(values).ok_or(Unreadable::Damaged)?;
        if self.max_repetition > 0 && values > MOST_IN_LISTS {
            return Err(Unreadable::TooLarge);
        }
        #[expect(deprecated, reason = "it is refused")]
        match encoding {
            Encoding::BIT_PACKED => Err(Unreadable::Damaged),
            _ => Ok(()),
        }
    }

    /// Takes so many bytes of the file.
    fn stored(&mut self, bytes: usize) -> Result<&[u8], Unreadable> {
        self.fill(bytes)?;
        let begin = self.used;
        self.used += bytes;
        self.window.get(begin..self.used).ok_or(Unreadable::Damaged)
    }

    fn page(&mut self, header: Header) -> Result<Page, Unreadable> {
        let lists = self.max_repetition > 0;
        let codec = self.codec;
        self.budget.inflate(header.inflated)?;
        let mut out = Vec::with_capacity(header.inflated);
        match header.body {
            Body::Other => unreachable!("such pages are passed over"),
            Body::Dictionary { values, .. } => {
                self.budget.take(header.inflated, 0)?;
                inflate(codec, self.stored(header.stored)?, header.inflated, &mut out)?;
                let num_values = u32::try_from(values).map_err(|_| Unreadable::Damaged)?;
                Ok(Page::DictionaryPage {
                    buf: Bytes::from(out),
                    num_values,
                    encoding: Encoding::PLAIN,
                    is_sorted: false,
                })
            }
            Body::Data { values, encoding, definition, repetition } => {
                self.budget.take(header.inflated, if lists { values } else { 0 })?;
                inflate(codec, self.stored(header.stored)?, header.inflated, &mut out)?;
                let mut levels = 0;
                if is_delta_of_bytes(encoding) {
                    for (most, encoding) in
                        [(self.max_repetition, repetition), (self.max_definition, definition)]
                    {
                        if most > 0 {
                            levels += levels_length(&out[levels..], encoding)?;
                        }
                    }
                }
                let (buf, encoding) = self.unpacked(out, levels, values, encoding)?;
                Ok(Page::DataPage {
                    buf,
                    num_values: u32::try_from(values).map_err(|_| Unreadable::Damaged)?,
                    encoding,
                    def_level_encoding: definition,
                    rep_level_encoding: repetition,
                    statistics: None,
                })
            }
            Body::Data2 { values, nulls, rows, encoding, levels, packed } => {
                self.budget.take(header.inflated, if lists { values } else { 0 })?;
                let before = levels.definition + levels.repetition;
                let stored = self.stored(header.stored)?;
                out.extend_from_slice(&stored[..before]);
                let codec = if packed { codec } else { Compression::UNCOMPRESSED };
                inflate(codec, &stored[before..], header.inflated - before, &mut out)?;
                let (buf, encoding) = self.unpacked(out, before, values, encoding)?;
                let number = |it| u32::try_from(it).map_err(|_| Unreadable::Damaged);
                Ok(Page::DataPageV2 {
                    buf,
                    num_values: number(values)?,
                    encoding,
                    num_nulls: number(nulls)?,
                    num_rows: number(rows)?,
                    def_levels_byte_len: number(levels.definition)?,
                    rep_levels_byte_len: number(levels.repetition)?,
                    is_compressed: packed,
                    statistics: None,
                })
            }
        }
    }

    /// Replaces delta encodings of byte arrays by plain ones.
    fn unpacked(
        &self,
        page: Vec<u8>,
        levels: usize,
        values: usize,
        encoding: Encoding,
    ) -> Result<(Bytes, Encoding), Unreadable> {
        let fixed = self.kind == Type::FIXED_LEN_BYTE_ARRAY;
        if !is_delta_of_bytes(encoding) {
            return Ok((Bytes::from(page), encoding));
        }
        if !fixed && self.kind != Type::BYTE_ARRAY {
            return Err(Unreadable::Damaged);
        }
        let mut plain = page[..levels].to_vec();
        let packed = &page[levels..];
        match encoding {
            _ if packed.is_empty() => {}
            Encoding::DELTA_BYTE_ARRAY => {
                delta::prefixes(packed, values, fixed.then_some(self.width), MOST_OF_A_PAGE, &mut plain)?;
            }
            _ if fixed => return Err(Unreadable::Damaged),
            _ => delta::lengths(packed, values, MOST_OF_A_PAGE, &mut plain)?,
        }
        self.budget.take(plain.len(), 0)?;
        Ok((Bytes::from(plain), Encoding::PLAIN))
    }
}

fn is_delta_of_bytes(encoding: Encoding) -> bool {
    matches!(encoding, Encoding::DELTA_BYTE_ARRAY | Encoding::DELTA_LENGTH_BYTE_ARRAY)
}

/// How many bytes the levels take with which the values of a page of the first kind begin.
fn levels_length(page: &[u8], encoding: Encoding) -> Result<usize, Unreadable> {
    let Some((length, rest)) = page.split_first_chunk() else { return Err(Unreadable::Damaged) };
    let length = u32::from_le_bytes(*length) as usize;
    if encoding == Encoding::RLE && length <= rest.len() { Ok(4 + length) } else { Err(Unreadable::Damaged) }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>, ParquetError> {
        let header = self.head();
        let Some(header) = self.noted(header)? else { return Ok(None) };
        self.next = None;
        let page = self.page(header);
        self.noted(page).map(Some)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>, ParquetError> {
        let header = self.head();
        Ok(self.noted(header)?.map(|header| match header.body {
            Body::Data { values, .. } => {
                PageMetadata { num_rows: None, num_levels: Some(values), is_dict: false }
            }
            Body::Data2 { values, rows, .. } => {
                PageMetadata { num_rows: Some(rows), num_levels: Some(values), is_dict: false }
            }
            Body::Dictionary { .. } | Body::Other => {
                PageMetadata { num_rows: None, num_levels: None, is_dict: true }
            }
        }))
    }

    fn skip_next_page(&mut self) -> Result<(), ParquetError> {
        let header = self.head();
        let Some(header) = self.noted(header)? else { return Ok(()) };
        self.next = None;
        let skipped = self.stored(header.stored).map(drop);
        self.noted(skipped)
    }
}

impl Iterator for Pages {
    type Item = Result<Page, ParquetError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}
