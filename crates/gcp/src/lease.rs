//! Leases: labels of a secret, changed only by whoever has read the last change.
//!
//! `locked` has the time in milliseconds since 1970, as other proxies of the same deployment write and read it;
//! `locked-by` tells holders apart.

use std::collections::HashMap;
use std::time::{Duration, UNIX_EPOCH};

use google_cloud_secretmanager_v1::model::Secret as Described;
use vizard_proxy::ports::{Lease, StoreError};

use crate::errors::{self, Told};
use crate::{SecretManager, versions};

/// Takes the lease, unless somebody holds it who took it less than `ttl` ago.
pub(crate) async fn acquire(
    store: &SecretManager,
    name: &str,
    ttl: Duration,
) -> Result<Option<Lease>, StoreError> {
    let described = read(store, name).await?;
    let now = store.clock.now().duration_since(UNIX_EPOCH).unwrap_or_default();
    if is_held(&described.labels, now, ttl) {
        return Ok(None);
    }
    let ours = Lease { name: name.to_owned(), holder: store.clock.request_id() };
    let mut labels = described.labels.clone();
    labels.insert(SINCE.to_owned(), now.as_millis().to_string());
    labels.insert(HOLDER.to_owned(), ours.holder.clone());
    match versions::relabel(store, &described, labels).await {
        Ok(_) => Ok(Some(ours)),
        Err(error) if errors::told(&error) == Told::Denied => Err(errors::store(name, &error)),
        // Somebody else was first, or the answer that said that we were was lost.
        Err(error) => match read(store, name).await {
            Ok(described) if described.labels.get(HOLDER) == Some(&ours.holder) => Ok(Some(ours)),
            _ if errors::told(&error) == Told::Unfit => Ok(None),
            _ => Err(errors::store(name, &error)),
        },
    }
}

/// Gives it back, unless somebody else has it by now.
pub(crate) async fn release(store: &SecretManager, lease: &Lease) -> Result<(), StoreError> {
    for _ in 0..ATTEMPTS {
        let described = read(store, &lease.name).await?;
        if described.labels.get(HOLDER) != Some(&lease.holder) {
            return Ok(());
        }
        let mut labels = described.labels.clone();
        labels.remove(SINCE);
        labels.remove(HOLDER);
        match versions::relabel(store, &described, labels).await {
            Ok(_) => return Ok(()),
            Err(error) if errors::told(&error) == Told::Denied => {
                return Err(errors::store(&lease.name, &error));
            }
            // Another label changed, or the answer that said that it was done was lost.
            Err(_) => {}
        }
    }
    Ok(()) // it will run out
}

async fn read(store: &SecretManager, name: &str) -> Result<Described, StoreError> {
    let secret = store.secret(name)?;
    store.described(&secret).await.map_err(|error| match errors::told(&error) {
        Told::Absent => StoreError::Unavailable {
            reason: format!("there is no secret `{name}`, whose labels the lease would be"),
        },
        _ => errors::store(name, &error),
    })
}

/// Whether somebody holds the lease. One of a time to come is held by a clock that is ahead, up to as much.
fn is_held(labels: &HashMap<String, String>, now: Duration, ttl: Duration) -> bool {
    let since = labels.get(SINCE).and_then(|text| text.parse().ok()).map(Duration::from_millis);
    since.is_some_and(|since| now.abs_diff(since) < ttl)
}

const SINCE: &str = "locked";
const HOLDER: &str = "locked-by";
const ATTEMPTS: u32 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_is_held_for_a_while() {
        let (now, ttl) = (Duration::from_secs(1_000_000), Duration::from_secs(120));
        for (since, expected) in [
            ("1000000000", true),
            ("999881000", true),
            ("999880000", false),
            ("0", false),
            ("1000119000", true),
            ("1000120000", false),
            ("", false),
            ("soon", false),
        ] {
            let labels = HashMap::from([("locked".to_owned(), since.to_owned())]);
            assert_eq!(is_held(&labels, now, ttl), expected, "{since}");
        }
        assert!(!is_held(&HashMap::new(), now, ttl));
    }
}
