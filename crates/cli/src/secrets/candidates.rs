//! The store as it would be: new values laid over it, to be tried before any of them is written.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use vizard_proxy::ports::{Lease, SecretStore, StoreError};
use vizard_pseudonym::Secret;

/// Reads go to the new values first, and writes go nowhere, but for a refresh token that the source replaced: the one
/// before it is used up, so this one goes into the store at once. Leases are the store's own, so that nobody renews a
/// refresh token at the same time, and are held until [`Candidates::give_back`].
#[derive(Debug)]
pub(crate) struct Candidates {
    under: Arc<dyn SecretStore>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// By place.
    over: BTreeMap<String, Secret>,
    /// Refresh tokens that were read: the source has seen no other.
    read: Vec<Secret>,
    /// Where a replaced refresh token stands now.
    kept: Option<String>,
    lease: Option<Lease>,
}

impl Candidates {
    pub(crate) fn over(under: Arc<dyn SecretStore>, values: BTreeMap<String, Secret>) -> Candidates {
        Candidates { under, state: Mutex::new(State { over: values, ..State::default() }) }
    }

    /// Where the refresh token stands that the source put in the place of the one that was tried.
    pub(crate) fn kept(&self) -> Option<String> {
        self.lock().kept.clone()
    }

    /// Gives the lease back, once all is written.
    pub(crate) async fn give_back(&self) -> Result<(), StoreError> {
        let lease = self.lock().lease.take();
        match lease {
            Some(lease) => self.under.release(lease).await,
            None => Ok(()),
        }
    }

    /// Writes what stands there, to see whether a replacement could be written. The proxy takes the placeholder as
    /// nothing.
    async fn probe(&self, place: &str) -> Result<(), StoreError> {
        let standing = self.under.read(place).await?;
        self.under.write(place, &standing.unwrap_or_else(|| Secret::new(PLACEHOLDER))).await
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SecretStore for Candidates {
    async fn read(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        let candidate = self.lock().over.get(name).cloned();
        let found = if candidate.is_some() { candidate } else { self.under.read(name).await? };
        if is_refresh_token(name) {
            self.lock().read.extend(found.clone());
        }
        Ok(found)
    }

    fn settings(&self) -> Option<&dyn SecretStore> {
        self.under.settings()
    }

    async fn expect(&self, names: &[String]) {
        self.under.expect(names).await;
    }

    async fn write(&self, name: &str, value: &Secret) -> Result<(), StoreError> {
        if !is_refresh_token(name) {
            self.lock().over.insert(name.to_owned(), value.clone());
            return Ok(());
        }
        let is_known = self.lock().read.iter().any(|it| trimmed(it) == trimmed(value));
        if is_known {
            return self.probe(name).await;
        }
        self.under.write(name, value).await?;
        let mut state = self.lock();
        state.over.retain(|place, _| !is_refresh_token(place)); // used up
        state.kept = Some(name.to_owned());
        Ok(())
    }

    async fn acquire(&self, lease: &str, ttl: Duration) -> Result<Option<Lease>, StoreError> {
        self.under.acquire(lease, ttl).await
    }

    /// Not yet: what was tried is still to be written.
    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        self.lock().lease = Some(lease);
        Ok(())
    }
}

fn is_refresh_token(place: &str) -> bool {
    place.ends_with("REFRESH_TOKEN")
}

/// As it is sent.
fn trimmed(token: &Secret) -> &[u8] {
    token.expose().trim_ascii()
}

const PLACEHOLDER: &str = "fill me";

#[cfg(test)]
mod tests {
    use vizard_proxy::ports::SystemClock;
    use vizard_proxy::secrets::{DirectorySecrets, EnvironmentSecrets};

    use super::*;

    const PLACE: &str = "state/REFRESH_TOKEN";

    fn store(values: &[(&str, &str)]) -> (tempfile::TempDir, Arc<DirectorySecrets>) {
        let directory = tempfile::tempdir().unwrap();
        for (place, value) in values {
            std::fs::create_dir_all(directory.path().join(place).parent().unwrap()).unwrap();
            std::fs::write(directory.path().join(place), value).unwrap();
        }
        let store = DirectorySecrets::open(directory.path(), Arc::new(SystemClock)).unwrap();
        (directory, Arc::new(store))
    }

    async fn text(store: &dyn SecretStore, place: &str) -> Option<String> {
        store.read(place).await.unwrap().map(|it| it.expose_str().unwrap().to_owned())
    }

    #[tokio::test]
    async fn a_replaced_refresh_token_is_in_the_store_at_once_and_nothing_else_is() {
        for (standing, probed) in [(Some("old"), "old"), (None, "fill me")] {
            let values: Vec<_> = standing.iter().map(|value| (PLACE, *value)).collect();
            let (_directory, store) = store(&values);
            let given = BTreeMap::from([(PLACE.to_owned(), Secret::new("given"))]);
            let over = Candidates::over(store.clone(), given);
            assert_eq!(text(&over, PLACE).await.as_deref(), Some("given"));
            over.write(PLACE, &Secret::new("given")).await.unwrap();
            assert_eq!(text(&*store, PLACE).await.as_deref(), Some(probed), "what is tried is not written");
            assert_eq!(over.kept(), None);
            over.write("state/ACCESS_TOKEN", &Secret::new("a")).await.unwrap();
            assert_eq!(text(&*store, "state/ACCESS_TOKEN").await, None);
            over.write(PLACE, &Secret::new("next")).await.unwrap();
            assert_eq!(text(&*store, PLACE).await.as_deref(), Some("next"));
            assert_eq!(text(&over, PLACE).await.as_deref(), Some("next"));
            assert_eq!(over.kept().as_deref(), Some(PLACE));
        }
    }

    /// It is read at one place, and its successors go to another.
    #[tokio::test]
    async fn a_probe_makes_no_copy_of_a_token() {
        let (_directory, store) = store(&[("config/REFRESH_TOKEN", "authorized \n")]);
        let over = Candidates::over(store.clone(), BTreeMap::new());
        text(&over, "config/REFRESH_TOKEN").await;
        over.write(PLACE, &Secret::new("authorized")).await.unwrap();
        assert_eq!(text(&*store, PLACE).await.as_deref(), Some("fill me"));
        assert_eq!(over.kept(), None);
    }

    #[tokio::test]
    async fn a_store_that_takes_no_writes_says_so_before_the_source_is_asked() {
        let given = BTreeMap::from([(PLACE.to_owned(), Secret::new("given"))]);
        let over = Candidates::over(Arc::new(EnvironmentSecrets::default()), given);
        text(&over, PLACE).await;
        for value in ["given", "next"] {
            assert_eq!(over.write(PLACE, &Secret::new(value)).await, Err(StoreError::ReadOnly));
        }
        assert_eq!((text(&over, PLACE).await.as_deref(), over.kept()), (Some("given"), None));
    }

    #[tokio::test]
    async fn a_lease_is_held_until_all_is_written() {
        let (_directory, store) = store(&[]);
        let over = Candidates::over(store.clone(), BTreeMap::new());
        let lease = || store.acquire("state/X", Duration::from_secs(60));
        let held = over.acquire("state/X", Duration::from_secs(60)).await.unwrap().unwrap();
        over.release(held).await.unwrap();
        assert_eq!(lease().await, Ok(None));
        over.give_back().await.unwrap();
        assert!(lease().await.unwrap().is_some());
        assert_eq!(over.give_back().await, Ok(()), "nothing is held any more");
    }
}
