//! How far a file is, for those who watch.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters that the sanitizing threads move on and anybody may read. Shared by reference or in an `Arc`.
#[derive(Debug, Default)]
pub struct Progress {
    read: AtomicU64,
    rows: AtomicU64,
}

impl Progress {
    /// Bytes of the file as stored (before decompression) that were read.
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Rows or records that were sanitized.
    pub fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    pub(crate) fn add_read(&self, bytes: u64) {
        self.read.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn add_rows(&self, rows: u64) {
        self.rows.fetch_add(rows, Ordering::Relaxed);
    }
}
