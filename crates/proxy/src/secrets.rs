//! Secrets by their plain names: the store seen through the namespaces of this deployment. Two stores for
//! development stand beside it; each cloud brings its own, and what remembers for it.

mod away;
mod directory;
mod environment;
mod remembered;

use std::sync::Arc;
use std::time::Duration;

use vizard_pseudonym::{Secret, is_blank};

pub use away::Away;
pub use directory::DirectorySecrets;
pub use environment::EnvironmentSecrets;
pub use remembered::Remembered;

use crate::ports::{Lease, SecretStore, StoreError};
use crate::settings::{self, Environment};

/// What stands before a name in the store: first the one of this instance is asked, then the shared one.
///
/// The placeholder `fill me`, which deployments create secrets with, counts as absent, and so does a blank.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Namespaces {
    /// For this connector alone, such as `PSOXY_ZOOM_`.
    pub instance: String,
    /// For all connectors.
    pub shared: String,
    /// For what the proxy itself writes, where that is kept apart from what operators write; it is asked first.
    pub state: Option<String>,
}

impl Namespaces {
    /// As `PATH_TO_INSTANCE_CONFIG`, `PATH_TO_SHARED_CONFIG` and `VIZARD_STATE_PATH` say. Without the first, the name
    /// that the platform gave this instance makes the prefix: `zoom-proxy` makes `ZOOM_PROXY_`.
    pub fn of(environment: &dyn Environment) -> Namespaces {
        let platform =
            settings::instance(environment).map(|name| format!("{}_", name.to_uppercase().replace('-', "_")));
        Namespaces {
            instance: environment.given("PATH_TO_INSTANCE_CONFIG").or(platform).unwrap_or_default(),
            shared: environment.given("PATH_TO_SHARED_CONFIG").unwrap_or_default(),
            state: environment.given("VIZARD_STATE_PATH"),
        }
    }

    /// The value under `name`.
    pub async fn read(&self, store: &dyn SecretStore, name: &str) -> Result<Option<Secret>, StoreError> {
        for place in self.places(name) {
            if let Some(value) = store.read(&place).await?
                && !is_placeholder(&value)
            {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// Every place where `name` may stand, in the order in which they are asked.
    pub fn places<'n>(&'n self, name: &'n str) -> impl Iterator<Item = String> + 'n {
        let state = self.state.as_deref().filter(|_| WRITTEN.contains(&name));
        let shared = (self.shared != self.instance).then_some(self.shared.as_str());
        state.into_iter().chain([self.instance.as_str()]).chain(shared).map(move |it| format!("{it}{name}"))
    }

    /// Where `name` is written: with the state, where there is such a place; else where it is, be it with a
    /// placeholder; the instance's place when it is nowhere yet.
    async fn place(&self, store: &dyn SecretStore, name: &str) -> Result<String, StoreError> {
        if let Some(state) = &self.state {
            return Ok(format!("{state}{name}"));
        }
        for place in self.places(name) {
            if store.read(&place).await?.is_some() {
                return Ok(place);
            }
        }
        Ok(format!("{}{name}", self.instance))
    }

    /// Where leases are.
    fn lease(&self, name: &str) -> String {
        format!("{}{name}", self.state.as_deref().unwrap_or(&self.instance))
    }
}

/// What the proxy writes: the token that processes share, and the refresh token that a source replaces. An operator
/// who authorizes anew puts the new one where the proxy would.
const WRITTEN: [&str; 2] = ["ACCESS_TOKEN", "REFRESH_TOKEN"];

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
        in_time(self.store.acquire(&self.namespaces.lease(lease), ttl)).await
    }

    /// What the store remembers may be out of date.
    pub(crate) fn forget(&self) {
        self.store.forget();
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
        let namespaces = Namespaces { instance: "ZOOM_".to_owned(), shared: "ALL_".to_owned(), state: None };
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

    #[tokio::test]
    async fn what_the_proxy_writes_is_kept_apart_where_there_is_a_place_for_it() {
        let store = EnvironmentSecrets::from_pairs([
            ("config/REFRESH_TOKEN", "authorized"),
            ("config/CLIENT_ID", "client"),
            ("state/CLIENT_ID", "no place for it"),
            ("state/ACCESS_TOKEN", "shared"),
        ]);
        let (instance, shared) = ("config/".to_owned(), String::new());
        let namespaces = Namespaces { instance, shared, state: Some("state/".to_owned()) };
        for (name, expected) in [
            ("REFRESH_TOKEN", Some("authorized")), // the first one; the next one is written beside
            ("CLIENT_ID", Some("client")),
            ("ACCESS_TOKEN", Some("shared")),
        ] {
            assert_eq!(namespaces.read(&store, name).await.unwrap(), expected.map(Secret::new), "{name}");
        }
        for name in ["REFRESH_TOKEN", "ACCESS_TOKEN"] {
            assert_eq!(namespaces.place(&store, name).await.unwrap(), format!("state/{name}"));
        }
        assert_eq!(namespaces.lease("OAUTH_REFRESH_TOKEN"), "state/OAUTH_REFRESH_TOKEN");
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
