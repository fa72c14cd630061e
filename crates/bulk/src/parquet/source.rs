//! A Parquet file at rest: it is read from its end, so a stream is put by first.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use parquet::file::metadata::{
    ParquetMetaData, ParquetMetaDataOptions, ParquetMetaDataReader, ParquetStatisticsPolicy,
};

use super::thrift::{Flaw, Thrift, Wire};
use super::unreadable::Unreadable;
use crate::failure::Failure;
use crate::task::{Limits, Options};

/// Bytes of the description of a file at its end.
const MOST_OF_A_FOOTER: u64 = 32 << 20;

/// Groups within groups.
const MOST_DEPTH: usize = 64;

/// A file that can be read at any place, by several threads.
#[derive(Debug)]
pub(crate) struct Source {
    file: Mutex<File>,
    length: u64,
}

impl Source {
    /// Puts a stream by, in a file without a name that the system removes.
    pub(crate) fn put_by(input: &mut dyn Read, options: &Options) -> Result<Source, Failure> {
        let mut file = scratch(options.scratch.as_deref())?;
        let mut buffer = vec![0; 256 << 10];
        let mut length = 0;
        loop {
            let read = match input.read(&mut buffer) {
                Ok(0) => return Ok(Source { file: Mutex::new(file), length }),
                Ok(read) => read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Failure::input(&error)),
            };
            length += read as u64;
            if length > options.limits.bytes {
                let message =
                    format!("the file holds more than {} bytes, which is the limit", options.limits.bytes);
                return Err(Failure::new("file-too-large", message));
            }
            file.write_all(&buffer[..read]).map_err(|error| Failure::output(&error))?;
        }
    }

    /// Bytes of the file.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn read(&self, at: u64, into: &mut [u8]) -> Result<(), Unreadable> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(at))
            .and_then(|_| file.read_exact(into))
            .map_err(|error| Unreadable::io(&error))
    }

    /// The description of the file, which was looked at before it was decoded. Statistics are left out.
    pub(super) fn describe(&self, limits: &Limits) -> Result<ParquetMetaData, Unreadable> {
        if self.length < 12 {
            return Err(Unreadable::Damaged);
        }
        let mut tail = [0; 8];
        self.read(self.length - 8, &mut tail)?;
        let mut head = [0; 4];
        self.read(0, &mut head)?;
        let (length, magic) = tail.split_at(4);
        match (&head, magic) {
            (_, b"PARE") | (b"PARE", _) => return Err(Unreadable::Encrypted),
            (b"PAR1", b"PAR1") => {}
            _ => return Err(Unreadable::Damaged),
        }
        let length = u64::from(u32::from_le_bytes(length.try_into().expect("four bytes")));
        if length > self.length - 12 {
            return Err(Unreadable::Damaged);
        }
        if length > MOST_OF_A_FOOTER {
            return Err(Unreadable::TooLarge);
        }
        let mut footer = vec![0; usize::try_from(length).expect("it is small")];
        self.read(self.length - 8 - length, &mut footer)?;
        check(&footer, limits.columns)?;
        let options = ParquetMetaDataOptions::new()
            .with_column_stats_policy(ParquetStatisticsPolicy::SkipAll)
            .with_size_stats_policy(ParquetStatisticsPolicy::SkipAll)
            .with_encoding_stats_policy(ParquetStatisticsPolicy::SkipAll);
        ParquetMetaDataReader::decode_metadata_with_options(&footer, Some(&options))
            .map_err(|error| Unreadable::from_parquet(&error))
    }
}

/// A file without a name, in the place for such or the system's.
pub(super) fn scratch(place: Option<&Path>) -> Result<File, Failure> {
    match place {
        Some(place) => tempfile::tempfile_in(place),
        None => tempfile::tempfile(),
    }
    .map_err(|error| Failure::output(&error))
}

/// Whether lists are as long as they say, and the schema neither too deep nor too wide: who decodes it descends.
fn check(footer: &[u8], most_columns: usize) -> Result<(), Unreadable> {
    let damaged = |_: Flaw| Unreadable::Damaged;
    let mut thrift = Thrift::new(footer);
    let mut last = 0;
    while let Some((number, wire)) = thrift.field(&mut last).map_err(damaged)? {
        match (number, wire) {
            (2, Wire::List) => schema(&mut thrift, most_columns)?,
            (8, _) => return Err(Unreadable::Encrypted),
            _ => thrift.skip(wire).map_err(damaged)?,
        }
    }
    Ok(())
}

fn schema(thrift: &mut Thrift<'_>, most_columns: usize) -> Result<(), Unreadable> {
    let damaged = |_: Flaw| Unreadable::Damaged;
    let (count, Wire::Struct) = thrift.list().map_err(damaged)? else { return Err(Unreadable::Damaged) };
    // A column in lists in lists needs several elements.
    if count > most_columns.saturating_mul(4).saturating_add(1) {
        return Err(Unreadable::TooLarge);
    }
    // How many children are still to come, of each group that is open.
    let mut open: Vec<usize> = Vec::new();
    for _ in 0..count {
        let mut children = 0;
        let mut last = 0;
        while let Some((number, wire)) = thrift.field(&mut last).map_err(damaged)? {
            match (number, wire) {
                (5, Wire::Integer) => children = thrift.size().map_err(damaged)?,
                _ => thrift.skip(wire).map_err(damaged)?,
            }
        }
        if let Some(left) = open.last_mut() {
            *left -= 1;
        }
        if children > 0 {
            open.push(children);
        }
        if open.len() > MOST_DEPTH {
            return Err(Unreadable::TooLarge);
        }
        while open.last() == Some(&0) {
            open.pop();
        }
    }
    if open.is_empty() { Ok(()) } else { Err(Unreadable::Damaged) }
}
