//! The store as the doctor's own proxy sees it: it reads what the deployment has, and what it writes is kept from
//! everybody else.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use vizard_proxy::ports::{Lease, SecretStore, StoreError};
use vizard_pseudonym::Secret;

/// Writes stay here, but for a refresh token: the source has replaced the one before, and this is all there is.
#[derive(Debug)]
pub(super) struct Sandbox {
    under: Arc<dyn SecretStore>,
    over: Mutex<BTreeMap<String, Secret>>,
    settings: SettingsOf,
}

impl Sandbox {
    /// With these values at these places in the place of what is there.
    pub(super) fn new(under: Arc<dyn SecretStore>, over: BTreeMap<String, Secret>) -> Sandbox {
        Sandbox { settings: SettingsOf(under.clone()), under, over: Mutex::new(over) }
    }
}

#[async_trait]
impl SecretStore for Sandbox {
    async fn read(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        let kept = self.over.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        if kept.is_some() {
            return Ok(kept);
        }
        if is_output(name) { Ok(None) } else { self.under.read(name).await }
    }

    fn settings(&self) -> Option<&dyn SecretStore> {
        self.under.settings().map(|_| &self.settings as &dyn SecretStore)
    }

    async fn expect(&self, names: &[String]) {
        self.under.expect(names).await;
    }

    async fn write(&self, name: &str, value: &Secret) -> Result<(), StoreError> {
        if name.ends_with("REFRESH_TOKEN") {
            return self.under.write(name, value).await;
        }
        self.over.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), value.clone());
        Ok(())
    }

    async fn acquire(&self, lease: &str, ttl: Duration) -> Result<Option<Lease>, StoreError> {
        self.under.acquire(lease, ttl).await
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        self.under.release(lease).await
    }
}

/// The settings, where they are kept apart from secrets.
#[derive(Debug)]
struct SettingsOf(Arc<dyn SecretStore>);

#[async_trait]
impl SecretStore for SettingsOf {
    async fn read(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        match self.0.settings() {
            Some(settings) if !is_output(name) => settings.read(name).await,
            _ => Ok(None),
        }
    }

    async fn write(&self, _name: &str, _value: &Secret) -> Result<(), StoreError> {
        Err(StoreError::ReadOnly)
    }

    async fn acquire(&self, _lease: &str, _ttl: Duration) -> Result<Option<Lease>, StoreError> {
        Err(StoreError::ReadOnly)
    }

    async fn release(&self, _lease: Lease) -> Result<(), StoreError> {
        Ok(())
    }
}

/// What a check asks for goes to nobody's bucket.
fn is_output(name: &str) -> bool {
    OUTPUTS.iter().any(|output| name.ends_with(output))
}

/// The settings that send answers elsewhere.
pub(super) const OUTPUTS: [&str; 5] = [
    "SIDE_OUTPUT_ORIGINAL",
    "SIDE_OUTPUT_SANITIZED",
    "ASYNC_OUTPUT_DESTINATION",
    "ASYNC_API_REQUEST_QUEUE_URL",
    "ASYNC_PUB_SUB_QUEUE",
];
