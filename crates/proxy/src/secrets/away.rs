//! A secret store that cannot be had, and why.

use std::time::Duration;

use async_trait::async_trait;
use vizard_pseudonym::Secret;

use crate::ports::{Lease, SecretStore, StoreError};

/// Answers nothing but its reason, such as what was expected of a setting.
#[derive(Debug)]
pub struct Away(pub String);

impl Away {
    fn error<T>(&self) -> Result<T, StoreError> {
        Err(StoreError::Unavailable { reason: self.0.clone() })
    }
}

#[async_trait]
impl SecretStore for Away {
    async fn read(&self, _name: &str) -> Result<Option<Secret>, StoreError> {
        self.error()
    }

    async fn write(&self, _name: &str, _value: &Secret) -> Result<(), StoreError> {
        self.error()
    }

    async fn acquire(&self, _lease: &str, _ttl: Duration) -> Result<Option<Lease>, StoreError> {
        self.error()
    }

    async fn release(&self, _lease: Lease) -> Result<(), StoreError> {
        self.error()
    }
}
