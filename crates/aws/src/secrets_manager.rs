//! Secrets Manager: secrets by their full names. It knows no leases; those are in Parameter Store.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::batch_get_secret_value::BatchGetSecretValueOutput;
use vizard_proxy::ports::{Lease, SecretStore, StoreError};
use vizard_pseudonym::Secret;

use crate::ParameterStore;
use crate::errors;
use crate::parameter_store::full;

/// The store. Names are as in [`ParameterStore`].
#[derive(Clone)]
pub struct SecretsManager {
    client: Client,
    leases: Arc<ParameterStore>,
}

impl SecretsManager {
    /// The store of an account and region, with leases in `leases`.
    pub fn new(config: &SdkConfig, leases: Arc<ParameterStore>) -> SecretsManager {
        SecretsManager { client: Client::new(config), leases }
    }

    /// Twenty names, which is what one call takes. Each is found or told to be absent; a name of which nothing is said,
    /// on whatever page, is a reason to fail.
    async fn twenty(&self, names: &[String]) -> Result<HashMap<String, Option<Secret>>, StoreError> {
        let (mut told, mut page) = (HashMap::new(), None);
        loop {
            let asked = self.client.batch_get_secret_value().set_secret_id_list(Some(names.to_vec()));
            let answer = asked.set_next_token(page).send().await;
            let answer = answer.map_err(|error| errors::store(&names[0], &error))?;
            page = answer.next_token.clone().filter(|it| !it.is_empty());
            self.read_page(answer, names, &mut told)?;
            if page.is_none() {
                break;
            }
        }
        if names.iter().all(|name| told.contains_key(name)) {
            return Ok(told);
        }
        Err(StoreError::Unavailable { reason: INCOMPLETE.to_owned() })
    }

    fn read_page(
        &self,
        answer: BatchGetSecretValueOutput,
        names: &[String],
        told: &mut HashMap<String, Option<Secret>>,
    ) -> Result<(), StoreError> {
        for failed in answer.errors() {
            let (name, code) = (failed.secret_id().unwrap_or(&names[0]), failed.error_code());
            match code {
                Some(ABSENT) => {
                    told.insert(name.to_owned(), None);
                }
                Some("AccessDeniedException") => return Err(StoreError::Denied { name: name.to_owned() }),
                _ => {
                    return Err(StoreError::Unavailable { reason: INCOMPLETE.to_owned() });
                }
            }
        }
        for entry in answer.secret_values.unwrap_or_default() {
            let value = match (entry.secret_string, entry.secret_binary) {
                (Some(text), _) => Some(Secret::new(text)),
                (None, bytes) => bytes.map(|bytes| Secret::new(bytes.into_inner())),
            };
            told.insert(entry.name.unwrap_or_default(), value);
        }
        Ok(())
    }
}

#[async_trait]
impl SecretStore for SecretsManager {
    async fn read(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        let name = &full(name);
        match self.client.get_secret_value().secret_id(name).send().await {
            Ok(answer) => Ok(match (answer.secret_string, answer.secret_binary) {
                (Some(text), _) => Some(Secret::new(text)),
                (None, Some(bytes)) => Some(Secret::new(bytes.into_inner())),
                (None, None) => None,
            }),
            Err(error) if error.as_service_error().is_some_and(|it| it.is_resource_not_found_exception()) => {
                Ok(None)
            }
            Err(error) => Err(errors::store(name, &error)),
        }
    }

    async fn read_all(&self, names: &[String]) -> Result<Vec<Option<Secret>>, StoreError> {
        let names: Vec<String> = names.iter().map(|name| full(name)).collect();
        let mut asked = names.clone();
        asked.sort_unstable();
        asked.dedup();
        let mut found = HashMap::new();
        for twenty in asked.chunks(AT_ONCE) {
            found.extend(self.twenty(twenty).await?);
        }
        Ok(names.iter().map(|name| found.get(name).cloned().flatten()).collect())
    }

    async fn write(&self, name: &str, value: &Secret) -> Result<(), StoreError> {
        let name = &full(name);
        let text = value.expose_str().ok_or(StoreError::Name { name: name.to_owned() })?;
        match self.client.put_secret_value().secret_id(name).secret_string(text).send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(|it| it.is_resource_not_found_exception()) => {
                let created = self.client.create_secret().name(name).secret_string(text).send().await;
                created.map(|_| ()).map_err(|error| errors::store(name, &error))
            }
            Err(error) => Err(errors::store(name, &error)),
        }
    }

    async fn acquire(&self, lease: &str, ttl: Duration) -> Result<Option<Lease>, StoreError> {
        self.leases.acquire(lease, ttl).await
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        self.leases.release(lease).await
    }
}

const AT_ONCE: usize = 20;
const INCOMPLETE: &str = "a part of the answer is missing";
const ABSENT: &str = "ResourceNotFoundException";

impl fmt::Debug for SecretsManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretsManager")
    }
}
