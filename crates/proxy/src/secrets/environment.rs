//! Secrets from the environment, for development: read-only, and visible to whoever may look at this process.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use vizard_pseudonym::Secret;

use crate::ports::{Lease, SecretStore, StoreError};

/// The environment as it was when the process started.
///
/// In the cloud secrets never come from the environment; a developer's machine has nothing better at hand.
#[derive(Debug, Clone, Default)]
pub struct EnvironmentSecrets {
    values: BTreeMap<String, Secret>,
}

impl EnvironmentSecrets {
    /// Takes the environment of this process. Variables that are not text are left out.
    pub fn of_process() -> EnvironmentSecrets {
        let pairs = std::env::vars_os();
        EnvironmentSecrets::from_pairs(
            pairs.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
        )
    }

    /// Takes these names and values.
    pub fn from_pairs(
        pairs: impl IntoIterator<Item = (impl Into<String>, impl Into<Vec<u8>>)>,
    ) -> EnvironmentSecrets {
        let values = pairs.into_iter().map(|(name, value)| (name.into(), Secret::new(value))).collect();
        EnvironmentSecrets { values }
    }
}

#[async_trait]
impl SecretStore for EnvironmentSecrets {
    async fn read(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        Ok(self.values.get(name).cloned())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn reads_and_never_writes() {
        let store = EnvironmentSecrets::from_pairs([("PSOXY_SALT", "rain")]);
        assert_eq!(store.read("PSOXY_SALT").await, Ok(Some(Secret::new("rain"))));
        assert_eq!(store.read("PSOXY_salt").await, Ok(None));
        assert_eq!(store.write("PSOXY_SALT", &Secret::new("sun")).await, Err(StoreError::ReadOnly));
        assert_eq!(store.acquire("TOKEN", Duration::from_secs(1)).await, Err(StoreError::ReadOnly));
        assert!(!format!("{store:?}").contains("rain"));
    }
}
