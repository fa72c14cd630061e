//! Files that are replaced whole or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::ports::StoreError;

/// A directory and the files in it.
#[derive(Debug)]
pub(super) struct Files {
    root: PathBuf,
}

impl Files {
    pub(super) fn open(root: PathBuf) -> Result<Files, StoreError> {
        create(&root).map_err(|error| failed("the directory", &error))?;
        Ok(Files { root })
    }

    pub(super) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.root.join(name);
        match File::open(&path) {
            Ok(file) => {
                let mut bytes = Vec::new();
                let read = file.take(LIMIT + 1).read_to_end(&mut bytes);
                read.map_err(|error| failed(name, &error))?;
                if bytes.len() as u64 > LIMIT {
                    return Err(StoreError::Unavailable {
                        reason: format!("`{name}` is too large for a secret"),
                    });
                }
                Ok(Some(bytes))
            }
            // Of a directory that is gone, such as a volume that is not mounted, nobody knows what is in it; and
            // a link to nothing is something that is being replaced.
            Err(error) if is_absent(&error) && self.root.is_dir() && !path.is_symlink() => Ok(None),
            Err(error) => Err(failed(name, &error)),
        }
    }

    /// Durable when it returns: first the new file, then its name, reach the disk.
    pub(super) fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.try_replace(name, bytes).map_err(|error| failed(name, &error))
    }

    fn try_replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.root.join(name);
        let folder = path.parent().unwrap_or(&self.root);
        create(folder)?;
        let number = DRAFTS.fetch_add(1, Ordering::Relaxed);
        let draft = folder.join(format!(".draft-{}-{number}", std::process::id()));
        let written = write_new(&draft, bytes).and_then(|()| fs::rename(&draft, &path));
        if written.is_err() {
            let _ = fs::remove_file(&draft); // the error that counts is the first
        }
        written?;
        File::open(folder)?.sync_all()
    }

    pub(super) fn remove(&self, name: &str) -> Result<(), StoreError> {
        match fs::remove_file(self.root.join(name)) {
            Err(error) if !is_absent(&error) => Err(failed(name, &error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Keeps other processes out of the leases until the file is dropped. Held for a few file calls only.
    pub(super) fn lock(&self) -> Result<File, StoreError> {
        let lock = || {
            let file =
                OpenOptions::new().create(true).append(true).mode(0o600).open(self.root.join(".lock"))?;
            file.lock()?;
            Ok(file)
        };
        lock().map_err(|error: io::Error| failed("the lock of the leases", &error))
    }
}

/// Numbers the drafts of this process, so that no two writers share one.
static DRAFTS: AtomicU64 = AtomicU64::new(0);

/// No secret is larger; a file that is was put there by mistake.
const LIMIT: u64 = 64 * 1024;

fn create(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// A draft that a killed process with our number left behind is in nobody's use.
fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn failed(name: &str, error: &io::Error) -> StoreError {
    match error.kind() {
        ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly,
        ErrorKind::PermissionDenied => StoreError::Denied { name: name.to_owned() },
        kind => StoreError::Unavailable { reason: format!("{name}: {kind}") },
    }
}
