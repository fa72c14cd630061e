//! A store that is asked less often: what it said is remembered for some minutes, and many names are asked for at
//! once when it is known that they will be needed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use vizard_pseudonym::Secret;

use crate::ports::{Clock, Lease, SecretStore, StoreError};

/// A store, and what it said lately.
///
/// A value that is getting old is given out once more while it is read anew; when that fails or finds nothing, the
/// old one stays. What processes write for each other is never remembered: it is read from the store each time, but
/// for the first time after it was expected.
#[derive(Debug, Clone)]
pub struct Remembered {
    memory: Arc<Memory>,
    settings: Option<Arc<Memory>>,
}

#[derive(Debug)]
struct Memory {
    store: Arc<dyn SecretStore>,
    clock: Arc<dyn Clock>,
    /// Names that begin so belong to this connector alone.
    instance: String,
    said: Mutex<HashMap<String, Said>>,
}

#[derive(Debug, Clone)]
struct Said {
    value: Option<Secret>,
    /// It is believed until then.
    until: Instant,
    /// Until when somebody is reading it anew, if somebody is.
    again: Option<Instant>,
}

impl Remembered {
    /// Remembers what `store` says: under names that begin with `instance` for five minutes, under others for twenty.
    pub fn new(store: Arc<dyn SecretStore>, instance: &str, clock: Arc<dyn Clock>) -> Remembered {
        Remembered { memory: Memory::of(store, instance, clock), settings: None }
    }

    /// The same, with settings in another store than secrets.
    pub fn with_settings(self, store: Arc<dyn SecretStore>) -> Remembered {
        let settings = Memory::of(store, &self.memory.instance, self.memory.clock.clone());
        Remembered { settings: Some(settings), ..self }
    }
}

impl Memory {
    fn of(store: Arc<dyn SecretStore>, instance: &str, clock: Arc<dyn Clock>) -> Arc<Memory> {
        Arc::new(Memory { store, clock, instance: instance.to_owned(), said: Mutex::default() })
    }

    async fn read(self: &Arc<Self>, name: &str) -> Result<Option<Secret>, StoreError> {
        match self.recall(name) {
            Recalled::Fresh(value) => return Ok(value),
            Recalled::Old(value) => {
                let (memory, name) = (self.clone(), name.to_owned());
                tokio::spawn(async move { memory.read_again(name).await });
                return Ok(Some(value));
            }
            Recalled::Nothing => {}
        }
        let value = self.store.read(name).await?;
        if !is_written_by_processes(name) {
            self.keep(name, value.clone());
        }
        Ok(value)
    }

    fn recall(&self, name: &str) -> Recalled {
        let now = self.clock.instant();
        let mut all = self.said();
        if is_written_by_processes(name) {
            let expected = all.remove(name).filter(|said| now < said.until);
            return expected.map_or(Recalled::Nothing, |said| Recalled::Fresh(said.value));
        }
        let Some(said) = all.get_mut(name) else {
            return Recalled::Nothing;
        };
        match &said.value {
            value if now < said.until => Recalled::Fresh(value.clone()),
            Some(value) if said.again.is_some_and(|until| now < until) => {
                Recalled::Fresh(Some(value.clone()))
            }
            Some(value) => {
                said.again = Some(now + AGAIN);
                Recalled::Old(value.clone())
            }
            None => Recalled::Nothing,
        }
    }

    async fn read_again(&self, name: String) {
        match self.store.read(&name).await {
            Ok(Some(value)) => self.keep(&name, Some(value)),
            found => {
                if let Err(error) = found {
                    tracing::warn!(%error, "could not read a secret again; the last value is used");
                }
                if let Some(said) = self.said().get_mut(&name) {
                    (said.until, said.again) = (self.clock.instant() + AGAIN, None);
                }
            }
        }
    }

    fn keep(&self, name: &str, value: Option<Secret>) {
        let mut all = self.said();
        if all.len() >= LIMIT {
            all.clear();
        }
        let believed = match &value {
            _ if is_written_by_processes(name) => EXPECTED,
            None => ABSENT,
            Some(_) if !self.instance.is_empty() && name.starts_with(&self.instance) => INSTANCE,
            Some(_) => SHARED,
        };
        all.insert(name.to_owned(), Said { value, until: self.clock.instant() + believed, again: None });
    }

    fn said(&self) -> MutexGuard<'_, HashMap<String, Said>> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Recalled {
    Fresh(Option<Secret>),
    Old(Secret),
    Nothing,
}

#[async_trait]
impl SecretStore for Remembered {
    async fn read(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        self.memory.read(name).await
    }

    fn settings(&self) -> Option<&dyn SecretStore> {
        self.settings.as_ref().map(|it| it as &dyn SecretStore)
    }

    async fn expect(&self, names: &[String]) {
        self.memory.expect(names).await;
    }

    fn forget(&self) {
        self.memory.said().clear();
        if let Some(settings) = &self.settings {
            settings.said().clear();
        }
    }

    async fn write(&self, name: &str, value: &Secret) -> Result<(), StoreError> {
        self.memory.write(name, value).await
    }

    async fn acquire(&self, lease: &str, ttl: Duration) -> Result<Option<Lease>, StoreError> {
        self.memory.store.acquire(lease, ttl).await
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        self.memory.store.release(lease).await
    }
}

/// Settings are read through it; nothing of theirs is written or leased.
#[async_trait]
impl SecretStore for Arc<Memory> {
    async fn read(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        Memory::read(self, name).await
    }

    async fn expect(&self, names: &[String]) {
        if let Ok(values) = self.store.read_all(names).await {
            for (name, value) in names.iter().zip(values) {
                self.keep(name, value);
            }
        }
    }

    async fn write(&self, name: &str, value: &Secret) -> Result<(), StoreError> {
        let written = self.store.write(name, value).await;
        if written.is_ok() && !is_written_by_processes(name) {
            self.keep(name, Some(value.clone()));
        } else {
            self.said().remove(name);
        }
        written
    }

    async fn acquire(&self, lease: &str, ttl: Duration) -> Result<Option<Lease>, StoreError> {
        self.store.acquire(lease, ttl).await
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        self.store.release(lease).await
    }
}

/// Another process may have written it a moment ago.
fn is_written_by_processes(name: &str) -> bool {
    super::WRITTEN.iter().any(|it| name.ends_with(it))
}

const INSTANCE: Duration = Duration::from_secs(5 * 60);
const SHARED: Duration = Duration::from_secs(20 * 60);
/// Short, because an operator who has just put a secret there is waiting for it.
const ABSENT: Duration = Duration::from_secs(30);
/// How long reading anew may take, and after how long it is tried again when it failed.
const AGAIN: Duration = Duration::from_secs(30);
/// How long what was expected may wait for its one reader.
const EXPECTED: Duration = Duration::from_secs(10);
const LIMIT: usize = 256;

#[cfg(test)]
mod tests;
