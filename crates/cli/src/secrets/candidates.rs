//! The store as it would be: new values laid over it, to be tried before any of them is written.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use vizard_proxy::ports::{Lease, SecretStore, StoreError};
use vizard_pseudonym::Secret;

/// Reads go to the new values first, writes go nowhere else. Leases are the store's own, so that nobody renews a
/// refresh token at the same time.
#[derive(Debug)]
pub(crate) struct Candidates {
    under: Arc<dyn SecretStore>,
    /// By place.
    over: Mutex<BTreeMap<String, Secret>>,
}

impl Candidates {
    pub(crate) fn over(under: Arc<dyn SecretStore>, values: BTreeMap<String, Secret>) -> Candidates {
        Candidates { under, over: Mutex::new(values) }
    }

    /// The values to write, by place: the ones that were given, or what the source put in their place.
    pub(crate) fn values(&self) -> BTreeMap<String, Secret> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Secret>> {
        self.over.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SecretStore for Candidates {
    async fn read(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        let candidate = self.lock().get(name).cloned();
        if candidate.is_some() { Ok(candidate) } else { self.under.read(name).await }
    }

    fn settings(&self) -> Option<&dyn SecretStore> {
        self.under.settings()
    }

    async fn expect(&self, names: &[String]) {
        self.under.expect(names).await;
    }

    async fn write(&self, name: &str, value: &Secret) -> Result<(), StoreError> {
        self.lock().insert(name.to_owned(), value.clone());
        Ok(())
    }

    async fn acquire(&self, lease: &str, ttl: Duration) -> Result<Option<Lease>, StoreError> {
        self.under.acquire(lease, ttl).await
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        self.under.release(lease).await
    }
}
