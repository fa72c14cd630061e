//! A tar file in which nothing is of this machine: no owner but root, no time but the beginning.

use anyhow::Result;
use tar::{Builder, EntryType, Header};

use crate::compile::BEGINNING;

/// A tar file that is being written.
pub(super) struct Archive {
    builder: Builder<Vec<u8>>,
}

impl Archive {
    pub(super) fn new() -> Archive {
        Archive { builder: Builder::new(Vec::new()) }
    }

    /// A folder that everybody may enter. Its name ends in a slash.
    pub(super) fn folder(&mut self, name: &str) -> Result<()> {
        self.entry(EntryType::Directory, name, 0o755, &[])
    }

    pub(super) fn file(&mut self, name: &str, mode: u32, bytes: &[u8]) -> Result<()> {
        self.entry(EntryType::Regular, name, mode, bytes)
    }

    pub(super) fn end(self) -> Result<Vec<u8>> {
        Ok(self.builder.into_inner()?)
    }

    fn entry(&mut self, kind: EntryType, name: &str, mode: u32, bytes: &[u8]) -> Result<()> {
        let mut header = Header::new_ustar();
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(BEGINNING);
        header.set_size(u64::try_from(bytes.len())?);
        Ok(self.builder.append_data(&mut header, name, bytes)?)
    }
}
