//! A file that is read, wherever it is.

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::os::fd::AsFd;

use vizard_bulk::failure::Failure;

use crate::bulk::buckets::Told;
use crate::bulk::plan::{Input, Item, Stamp};
use crate::bulk::run::Run;

/// The file from its beginning.
pub(crate) struct Source {
    head: Vec<u8>,
    bytes: Box<dyn Read + Send>,
    stamp: Option<Stamp>,
    told: Option<Told>,
}

/// What it reads stays out.
impl fmt::Debug for Source {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Source").field("stamp", &self.stamp).finish_non_exhaustive()
    }
}

impl Source {
    /// Opens a file and reads its first bytes.
    pub(crate) fn open(run: &Run, item: &Item) -> Result<Source, Failure> {
        let (mut told, mut stamp) = (None, None);
        let mut bytes: Box<dyn Read + Send> = match &item.input {
            Input::Standard => {
                let stdin = io::stdin().as_fd().try_clone_to_owned();
                Box::new(File::from(stdin.map_err(|error| Failure::input(&error))?))
            }
            Input::File(path, _) => {
                let file = File::open(path).map_err(|error| Failure::input(&error))?;
                // As it is now, which may not be as it was when the run was planned.
                stamp = file.metadata().ok().as_ref().and_then(Stamp::of);
                Box::new(file)
            }
            Input::Object(uri, _) => {
                let (known, bytes) = run.buckets.open(uri)?;
                told = Some(known);
                bytes
            }
        };
        let mut head = Vec::new();
        let read = bytes.by_ref().take(HEAD).read_to_end(&mut head);
        read.map_err(|error| Failure::input(&error))?;
        let bytes = Box::new(Cursor::new(head.clone()).chain(bytes));
        Ok(Source { head, bytes, stamp, told })
    }

    /// Its first bytes, which are read again.
    pub(crate) fn head(&self) -> &[u8] {
        &self.head
    }

    /// What state of a regular file it is.
    pub(crate) fn stamp(&self) -> Option<Stamp> {
        self.stamp
    }

    /// What its bucket says of it.
    pub(crate) fn told(&self) -> Option<&Told> {
        self.told.as_ref()
    }
}

impl Read for Source {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.bytes.read(into)
    }
}

/// Enough to tell how it is compressed.
const HEAD: u64 = 4;
