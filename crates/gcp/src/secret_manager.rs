//! Secret Manager: secrets, settings and leases, by the ids of secrets.
//!
//! Which version counts, a label of the secret says (`latest-version`), where it has one and this program may read it;
//! else it is the latest. <https://cloud.google.com/secret-manager/docs/reference/rest>

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{StreamExt as _, TryStreamExt as _, future, stream};
use google_cloud_gax::options::RequestOptionsBuilder as _;
use google_cloud_secretmanager_v1::Error;
use google_cloud_secretmanager_v1::client::SecretManagerService;
use google_cloud_secretmanager_v1::model::{AccessSecretVersionResponse, Secret as Described};
use vizard_proxy::ports::{Clock, Lease, SecretStore, StoreError};
use vizard_proxy::settings::Environment;
use vizard_pseudonym::Secret;

use crate::errors::{self, Told};
use crate::patience::Patience;
use crate::{Google, GoogleError, lease, versions};

/// The store of a project.
///
/// Where a program has a grant for each of its secrets and none for the project, nobody tells it of a secret whether it
/// is absent: the answer is a denial. For such a deployment `VIZARD_SECRET_NAMES` lists what there is.
#[derive(Clone)]
pub struct SecretManager {
    pub(crate) client: SecretManagerService,
    pub(crate) project: String,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) patience: Patience,
    names: Option<Arc<HashSet<String>>>,
}

impl SecretManager {
    /// The store of `google`'s project.
    ///
    /// # Errors
    ///
    /// When no client can be made.
    pub async fn new(
        google: &Google,
        environment: &dyn Environment,
        clock: Arc<dyn Clock>,
    ) -> Result<SecretManager, GoogleError> {
        let client = google.client(SecretManagerService::builder()).build().await;
        let client = client.map_err(|_| GoogleError::Client)?;
        let names = environment.given("VIZARD_SECRET_NAMES").map(|names| {
            let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
            Arc::new(names.map(str::to_owned).collect())
        });
        Ok(SecretManager {
            client,
            project: google.project().to_owned(),
            clock,
            patience: google.patience,
            names,
        })
    }

    /// The resource that a secret is.
    pub(crate) fn secret(&self, id: &str) -> Result<String, StoreError> {
        let plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-');
        if id.is_empty() || id.len() > 255 || !id.bytes().all(plain) {
            return Err(StoreError::Name { name: id.to_owned() });
        }
        Ok(format!("projects/{}/secrets/{id}", self.project))
    }

    /// What is said about a secret: its labels and its entity tag.
    pub(crate) async fn described(&self, secret: &str) -> Result<Described, Error> {
        let asked = self.client.get_secret().set_name(secret);
        asked.with_attempt_timeout(self.patience.attempt()).send().await
    }

    /// The value of a version by its number, or of the latest.
    async fn version(&self, secret: &str, version: &str) -> Result<AccessSecretVersionResponse, Error> {
        let asked = self.client.access_secret_version().set_name(format!("{secret}/versions/{version}"));
        asked.with_attempt_timeout(self.patience.attempt()).send().await
    }

    /// The value of the version that counts.
    async fn current(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        if self.names.as_ref().is_some_and(|names| !names.contains(name)) {
            return Ok(None);
        }
        let secret = self.secret(name)?;
        let (described, latest) =
            future::join(self.described(&secret), self.version(&secret, "latest")).await;
        let label = match described {
            Ok(described) => versions::labelled(&described),
            // Some may read a secret and not what is said about it; one without a version is absent, and which version
            // another error means is unknown.
            Err(error) if matches!(errors::told(&error), Told::Denied | Told::Absent) => None,
            Err(error) => return Err(errors::store(name, &error)),
        };
        let chosen = match label {
            Some(number) if latest.as_ref().map_or(true, |it| versions::number(&it.name) != Some(number)) => {
                match self.version(&secret, &number.to_string()).await {
                    Err(error) if matches!(errors::told(&error), Told::Absent | Told::Unfit) => latest,
                    labelled => labelled,
                }
            }
            _ => latest,
        };
        match chosen {
            Ok(version) => checked(version).map(Some),
            Err(error) if errors::told(&error) == Told::Absent => Ok(None),
            Err(error) => Err(errors::store(name, &error)),
        }
    }

    /// What is written must be among what is listed, or nobody would find it again.
    pub(crate) fn listed(&self, name: &str) -> Result<(), StoreError> {
        if self.names.as_ref().is_none_or(|names| names.contains(name)) {
            return Ok(());
        }
        Err(StoreError::Unavailable { reason: format!("`{name}` is not among VIZARD_SECRET_NAMES") })
    }
}

#[async_trait]
impl SecretStore for SecretManager {
    async fn read(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        self.patience.of_store(self.current(name)).await
    }

    async fn read_all(&self, names: &[String]) -> Result<Vec<Option<Secret>>, StoreError> {
        stream::iter(names.to_vec())
            .map(|name| {
                let store = self.clone();
                async move { store.read(&name).await }
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await
    }

    async fn write(&self, name: &str, value: &Secret) -> Result<(), StoreError> {
        self.listed(name)?;
        self.patience.of_store(versions::write(self, name, value)).await
    }

    async fn acquire(&self, lease: &str, ttl: Duration) -> Result<Option<Lease>, StoreError> {
        self.listed(lease)?;
        self.patience.of_store(lease::acquire(self, lease, ttl)).await
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        self.patience.of_store(lease::release(self, &lease)).await
    }
}

/// The value, which arrived as it was stored.
fn checked(version: AccessSecretVersionResponse) -> Result<Secret, StoreError> {
    let broken = |reason: &str| StoreError::Unavailable { reason: reason.to_owned() };
    let payload = version.payload.ok_or_else(|| broken("a part of the answer is missing"))?;
    let sum = i64::from(crc32c::crc32c(&payload.data));
    if payload.data_crc32c.is_some_and(|expected| expected != sum) {
        return Err(broken("the checksum of the value differs"));
    }
    Ok(Secret::new(payload.data.to_vec()))
}

/// More wait for each other.
const AT_ONCE: usize = 24;

impl fmt::Debug for SecretManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretManager")
    }
}
