//! Secrets by their plain names: the store seen through the namespaces of this deployment. Two stores for
//! development stand beside it; each cloud brings its own.

mod directory;
mod environment;

use std::sync::Arc;
use std::time::Duration;

use vizard_pseudonym::{Secret, is_blank};

pub use directory::DirectorySecrets;
pub use environment::EnvironmentSecrets;

use crate::ports::{Lease, SecretStore, StoreError};

/// What stands before a name in the store: first the one of this instance is asked, then the shared one.
///
/// The placeholder `fill me`, which deployments create secrets with, counts as absent, and so does a blank.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Namespaces {
    /// For this connector alone, such as `PSOXY_ZOOM_`.
    pub instance: String,
    /// For all connectors.
    pub shared: String,
}

impl Namespaces {
    /// The value under `name`.
    pub async fn read(&self, store: &dyn SecretStore, name: &str) -> Result<Option<Secret>, StoreError> {
        for prefix in self.prefixes() {
            if let Some(value) = store.read(&format!("{prefix}{name}")).await?
                && !is_placeholder(&value)
            {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// Where `name` is, be it with a placeholder; the instance's place when it is nowhere yet.
    async fn place(&self, store: &dyn SecretStore, name: &str) -> Result<String, StoreError> {
        for prefix in self.prefixes() {
            let place = format!("{prefix}{name}");
            if store.read(&place).await?.is_some() {
                return Ok(place);
            }
        }
        Ok(format!("{}{name}", self.instance))
    }

    fn prefixes(&self) -> impl Iterator<Item = &str> {
        let shared = (self.shared != self.instance).then_some(self.shared.as_str());
        [self.instance.as_str()].into_iter().chain(shared)
    }
}

fn is_placeholder(value: &Secret) -> bool {
    value.expose_str().is_some_and(|text| is_blank(text) || text.trim() == "fill me")
}

/// The secret store and the namespaces, for what reads and writes while the proxy runs.
#[derive(Debug, Clone)]
pub struct Secrets {
    store: Arc<dyn SecretStore>,
    namespaces: Namespaces,
}

impl Secrets {
    /// `store`, seen through `namespaces`.
    pub fn new(store: Arc<dyn SecretStore>, namespaces: Namespaces) -> Secrets {
        Secrets { store, namespaces }
    }

    pub(crate) fn store(&self) -> &dyn SecretStore {
        &*self.store
    }

    pub(crate) fn namespaces(&self) -> &Namespaces {
        &self.namespaces
    }

    pub(crate) async fn read(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        in_time(self.namespaces.read(&*self.store, name)).await
    }

    /// Writes where the name already is, so that whoever shares it sees the new value.
    pub(crate) async fn write(&self, name: &str, value: &Secret) -> Result<(), StoreError> {
        let place = in_time(self.namespaces.place(&*self.store, name)).await?;
        in_time(self.store.write(&place, value)).await
    }

    pub(crate) async fn acquire(&self, lease: &str, ttl: Duration) -> Result<Option<Lease>, StoreError> {
        in_time(self.store.acquire(&format!("{}{lease}", self.namespaces.instance), ttl)).await
    }

    pub(crate) async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        in_time(self.store.release(lease)).await
    }
}

/// Nobody waits for a store that hangs: others wait for the one who asks it.
async fn in_time<T>(answer: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    let late = |_| Err(StoreError::Unavailable { reason: "no answer in time".to_owned() });
    tokio::time::timeout(PATIENCE, answer).await.unwrap_or_else(late)
}

const PATIENCE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::EnvironmentSecrets;

    #[tokio::test]
    async fn asks_the_instance_then_the_shared_namespace() {
        let store = EnvironmentSecrets::from_pairs([
            ("ZOOM_SALT", "instance"),
            ("ALL_SALT", "shared"),
            ("ALL_KEY", "shared"),
            ("ZOOM_ID", "fill me"),
            ("ALL_ID", " \n"),
            ("ZOOM_URL", " fill me\n"),
            ("ALL_URL", "shared"),
        ]);
        let namespaces = Namespaces { instance: "ZOOM_".to_owned(), shared: "ALL_".to_owned() };
        let cases = [
            ("SALT", Some("instance")),
            ("KEY", Some("shared")),
            ("ID", None),
            ("URL", Some("shared")),
            ("TOKEN", None),
        ];
        for (name, expected) in cases {
            let found = namespaces.read(&store, name).await.unwrap();
            assert_eq!(found, expected.map(Secret::new), "{name}");
        }
        let places = [("SALT", "ZOOM_SALT"), ("KEY", "ALL_KEY"), ("ID", "ZOOM_ID"), ("TOKEN", "ZOOM_TOKEN")];
        for (name, expected) in places {
            assert_eq!(namespaces.place(&store, name).await.unwrap(), expected);
        }
    }

    #[derive(Debug)]
    struct Hanging;

    #[async_trait::async_trait]
    impl SecretStore for Hanging {
        async fn read(&self, _: &str) -> Result<Option<Secret>, StoreError> {
            std::future::pending().await
        }
        async fn write(&self, _: &str, _: &Secret) -> Result<(), StoreError> {
            std::future::pending().await
        }
        async fn acquire(&self, _: &str, _: Duration) -> Result<Option<Lease>, StoreError> {
            std::future::pending().await
        }
        async fn release(&self, _: Lease) -> Result<(), StoreError> {
            std::future::pending().await
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_hangs_is_away() {
        let secrets = Secrets::new(Arc::new(Hanging), Namespaces::default());
        let lease = Lease { name: "X".to_owned(), holder: "a".to_owned() };
        let ended = [
            secrets.read("X").await.err(),
            secrets.write("X", &Secret::new("x")).await.err(),
            secrets.acquire("X", Duration::ZERO).await.err(),
            secrets.release(lease).await.err(),
        ];
        for error in ended {
            assert!(matches!(error, Some(StoreError::Unavailable { .. })), "{error:?}");
        }
    }
}
