//! Finished pages of columns that wait for the end of theirs: a few in memory, the rest in a file without a name.
//!
//! A row group may be far larger than memory, and its columns stand one after the other in the file.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use parquet::column::page_store::{PageKey, PageStore, PageStoreArgs, PageStoreFactory};
use parquet::errors::ParquetError;

use super::source::scratch;
use super::unreadable::Unreadable;
use crate::failure::Failure;

/// Bytes of finished pages in memory, all columns together.
const IN_MEMORY: usize = 8 << 20;

/// Makes the stores of columns.
#[derive(Debug)]
pub(super) struct Spill {
    place: Option<PathBuf>,
    in_memory: Arc<AtomicUsize>,
}

impl Spill {
    pub(super) fn new(place: Option<PathBuf>) -> Spill {
        Spill { place, in_memory: Arc::default() }
    }
}

impl PageStoreFactory for Spill {
    fn create(&self, _: &PageStoreArgs<'_>) -> Result<Box<dyn PageStore>, ParquetError> {
        Ok(Box::new(Store {
            place: self.place.clone(),
            in_memory: Arc::clone(&self.in_memory),
            pages: Vec::new(),
            file: None,
            end: 0,
        }))
    }
}

struct Store {
    place: Option<PathBuf>,
    in_memory: Arc<AtomicUsize>,
    pages: Vec<Stored>,
    file: Option<File>,
    end: u64,
}

enum Stored {
    InMemory(Bytes),
    InFile { at: u64, length: usize },
    Taken,
}

impl PageStore for Store {
    fn put(&mut self, page: Bytes) -> Result<PageKey, ParquetError> {
        let key = PageKey::new(self.pages.len() as u64);
        let before = self.in_memory.fetch_add(page.len(), Ordering::Relaxed);
        if before + page.len() <= IN_MEMORY {
            self.pages.push(Stored::InMemory(page));
            return Ok(key);
        }
        self.in_memory.fetch_sub(page.len(), Ordering::Relaxed);
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(scratch(self.place.as_deref()).map_err(Unreadable::Input)?),
        };
        file.seek(SeekFrom::Start(self.end))
            .and_then(|_| file.write_all(&page))
            .map_err(|error| disk(&error))?;
        self.pages.push(Stored::InFile { at: self.end, length: page.len() });
        self.end += page.len() as u64;
        Ok(key)
    }

    fn take(&mut self, key: PageKey) -> Result<Bytes, ParquetError> {
        let missing = || ParquetError::General("no such page".to_owned());
        let place = usize::try_from(key.get()).map_err(|_| missing())?;
        let stored = self.pages.get_mut(place).ok_or_else(missing)?;
        match std::mem::replace(stored, Stored::Taken) {
            Stored::InMemory(page) => {
                self.in_memory.fetch_sub(page.len(), Ordering::Relaxed);
                Ok(page)
            }
            Stored::InFile { at, length } => {
                let file = self.file.as_mut().ok_or_else(missing)?;
                let mut page = vec![0; length];
                file.seek(SeekFrom::Start(at))
                    .and_then(|_| file.read_exact(&mut page))
                    .map_err(|error| disk(&error))?;
                Ok(Bytes::from(page))
            }
            Stored::Taken => Err(missing()),
        }
    }

    fn memory_size(&self) -> usize {
        let held = |it: &Stored| if let Stored::InMemory(page) = it { page.len() } else { 0 };
        self.pages.iter().map(held).sum()
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.in_memory.fetch_sub(self.memory_size(), Ordering::Relaxed);
    }
}

fn disk(error: &std::io::Error) -> ParquetError {
    Unreadable::Input(Failure::output(error)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_come_back_from_memory_and_from_disk() {
        let in_memory = Arc::default();
        let mut store =
            Store { place: None, in_memory: Arc::clone(&in_memory), pages: vec![], file: None, end: 0 };
        let page = |number: u8| Bytes::from(vec![number; 1 << 20]);
        let keys: Vec<PageKey> = (0..20).map(|number| store.put(page(number)).unwrap()).collect();
        assert_eq!((store.memory_size(), in_memory.load(Ordering::Relaxed)), (IN_MEMORY, IN_MEMORY));
        assert_eq!(store.end, 12 << 20);
        for (number, key) in keys.iter().enumerate().rev().skip(2) {
            assert_eq!(store.take(*key).unwrap(), page(u8::try_from(number).unwrap()));
            assert!(store.take(*key).is_err());
        }
        store.put(page(1)).unwrap();
        drop(store);
        assert_eq!(in_memory.load(Ordering::Relaxed), 0);
    }
}
