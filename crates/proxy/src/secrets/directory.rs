//! Secrets in a directory, for development and for mounted volumes: one file per secret.

mod files;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use vizard_pseudonym::Secret;
use zeroize::Zeroizing;

use crate::ports::{Clock, Lease, SecretStore, StoreError};
use files::Files;

/// A directory that holds one file per secret, readable by its owner alone.
///
/// A write is durable when it returns, and a reader sees the old value or the new one, nothing between.
/// A `/` in a name is a folder. One line end at the end of a file is not part of the value.
#[derive(Debug, Clone)]
pub struct DirectorySecrets {
    files: Arc<Files>,
    clock: Arc<dyn Clock>,
}

impl DirectorySecrets {
    /// Opens `directory`, which is created for its owner alone if it is not there.
    pub fn open(
        directory: impl Into<PathBuf>,
        clock: Arc<dyn Clock>,
    ) -> Result<DirectorySecrets, StoreError> {
        Ok(DirectorySecrets { files: Arc::new(Files::open(directory.into())?), clock })
    }

    /// Files block, so they are touched off the reactor.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Files) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let files = self.files.clone();
        let done = tokio::task::spawn_blocking(move || work(&files)).await;
        done.unwrap_or_else(|_| {
            Err(StoreError::Unavailable { reason: "the read or write was cut off".to_owned() })
        })
    }
}

#[async_trait]
impl SecretStore for DirectorySecrets {
    async fn read(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        let name = checked(name)?;
        let bytes = self.run(move |files| files.read(&name)).await?.map(Zeroizing::new);
        Ok(bytes.map(|bytes| Secret::new(without_line_end(&bytes))))
    }

    async fn write(&self, name: &str, value: &Secret) -> Result<(), StoreError> {
        let (name, value) = (checked(name)?, value.clone());
        self.run(move |files| files.replace(&name, value.expose())).await
    }

    async fn acquire(&self, lease: &str, ttl: Duration) -> Result<Option<Lease>, StoreError> {
        let (name, holder) = (checked(lease)?, self.clock.request_id());
        let now = self.clock.now();
        self.run(move |files| {
            let _guard = files.lock()?;
            let file = lease_file(&name);
            let held = files.read(&file)?.and_then(|bytes| Held::parse(&bytes));
            if held.is_some_and(|held| held.until > now) {
                return Ok(None);
            }
            files.replace(&file, Held { holder: holder.clone(), until: now + ttl }.text().as_bytes())?;
            Ok(Some(Lease { name, holder }))
        })
        .await
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        checked(&lease.name)?;
        self.run(move |files| {
            let _guard = files.lock()?;
            let file = lease_file(&lease.name);
            let held = files.read(&file)?.and_then(|bytes| Held::parse(&bytes));
            match held {
                Some(held) if held.holder == lease.holder => files.remove(&file),
                Some(_) | None => Ok(()), // it ran out, and perhaps somebody else has it now
            }
        })
        .await
    }
}

/// Who holds a lease, and until when.
struct Held {
    holder: String,
    until: SystemTime,
}

impl Held {
    fn text(&self) -> String {
        let millis = self.until.duration_since(UNIX_EPOCH).map_or(0, |it| it.as_millis());
        format!("{} {millis}\n", self.holder)
    }

    fn parse(bytes: &[u8]) -> Option<Held> {
        let (holder, millis) = str::from_utf8(bytes).ok()?.trim().split_once(' ')?;
        let until = UNIX_EPOCH.checked_add(Duration::from_millis(millis.parse().ok()?))?;
        Some(Held { holder: holder.to_owned(), until })
    }
}

/// No secret's name starts a part with a dot, so leases and half-written files are never taken for one.
fn lease_file(name: &str) -> String {
    match name.rsplit_once('/') {
        Some((folder, name)) => format!("{folder}/.{name}.lease"),
        None => format!(".{name}.lease"),
    }
}

/// A name stays inside the directory.
fn checked(name: &str) -> Result<String, StoreError> {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-' | b'.'))
    };
    let name = name.strip_prefix('/').unwrap_or(name);
    if name.len() <= 200 && name.split('/').all(plain) {
        Ok(name.to_owned())
    } else {
        Err(StoreError::Name { name: name.to_owned() })
    }
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

#[cfg(test)]
mod tests;
