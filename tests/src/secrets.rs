//! A secret store in memory that remembers what was asked of it and fails when told to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use vizard_proxy::ports::{Lease, SecretStore, StoreError};
use vizard_pseudonym::Secret;

use crate::keys;

/// The store.
#[derive(Debug, Default)]
pub struct FakeSecrets {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    values: BTreeMap<String, Secret>,
    read: BTreeSet<String>,
    written: Vec<String>,
    leases: BTreeMap<String, String>,
    acquired: u64,
    failures: Failures,
}

/// What goes wrong from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Failures {
    /// Nothing.
    #[default]
    None,
    /// The store does not answer.
    Unavailable,
    /// The store takes no writes and gives no leases.
    ReadOnly,
}

impl FakeSecrets {
    /// A store that holds these.
    pub fn holding<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> FakeSecrets {
        let values = pairs.into_iter().map(|(name, value)| (name.to_owned(), Secret::new(value))).collect();
        FakeSecrets { state: Mutex::new(State { values, ..State::default() }) }
    }

    /// What a deployment for Zoom needs, with the keys of the examples and these credentials.
    pub fn for_zoom(client_id: &str, client_secret: &str, account_id: &str) -> FakeSecrets {
        FakeSecrets::holding([
            ("PSOXY_SALT", keys::SALT),
            ("PSOXY_ENCRYPTION_KEY", keys::ENCRYPTION_KEY),
            ("CLIENT_ID", client_id),
            ("CLIENT_SECRET", client_secret),
            ("ACCOUNT_ID", account_id),
        ])
    }

    /// Switches failures on or off.
    pub fn fail(&self, failures: Failures) {
        self.lock().failures = failures;
    }

    /// Puts a value in, as an operator does.
    pub fn put(&self, name: &str, value: &str) {
        self.lock().values.insert(name.to_owned(), Secret::new(value));
    }

    /// A value, as text.
    pub fn value(&self, name: &str) -> Option<String> {
        self.lock().values.get(name).map(|value| value.expose_str().unwrap().to_owned())
    }

    /// Every name that was ever asked for.
    pub fn read_names(&self) -> BTreeSet<String> {
        self.lock().read.clone()
    }

    /// The names that were written, in order.
    pub fn written_names(&self) -> Vec<String> {
        self.lock().written.clone()
    }

    /// The leases that somebody holds now.
    pub fn held_leases(&self) -> Vec<String> {
        self.lock().leases.keys().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn usable(&self, write: bool) -> Result<MutexGuard<'_, State>, StoreError> {
        let state = self.lock();
        match state.failures {
            Failures::Unavailable => {
                Err(StoreError::Unavailable { reason: "switched off by the test".to_owned() })
            }
            Failures::ReadOnly if write => Err(StoreError::ReadOnly),
            Failures::ReadOnly | Failures::None => Ok(state),
        }
    }
}

#[async_trait]
impl SecretStore for FakeSecrets {
    async fn read(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        let mut state = self.usable(false)?;
        state.read.insert(name.to_owned());
        Ok(state.values.get(name).cloned())
    }

    async fn write(&self, name: &str, value: &Secret) -> Result<(), StoreError> {
        let mut state = self.usable(true)?;
        state.written.push(name.to_owned());
        state.values.insert(name.to_owned(), value.clone());
        Ok(())
    }

    async fn acquire(&self, lease: &str, _ttl: Duration) -> Result<Option<Lease>, StoreError> {
        let mut state = self.usable(true)?;
        if state.leases.contains_key(lease) {
            return Ok(None);
        }
        state.acquired += 1;
        let holder = format!("holder-{}", state.acquired);
        state.leases.insert(lease.to_owned(), holder.clone());
        Ok(Some(Lease { name: lease.to_owned(), holder }))
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        let mut state = self.usable(true)?;
        if state.leases.get(&lease.name) == Some(&lease.holder) {
            state.leases.remove(&lease.name);
        }
        Ok(())
    }
}

/// Values as text, to be compared.
pub fn texts(values: Vec<Option<Secret>>) -> Vec<Option<String>> {
    values.into_iter().map(text).collect()
}

/// A value as text.
pub fn text(value: Option<Secret>) -> Option<String> {
    value.map(|value| value.expose_str().unwrap().to_owned())
}
