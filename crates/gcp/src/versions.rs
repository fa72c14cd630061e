//! Versions of a secret: a new one is added, a label tells all readers of it, and old ones are destroyed, because each
//! that is kept is paid for.

use std::collections::HashMap;

use google_cloud_gax::options::RequestOptionsBuilder as _;
use google_cloud_gax::paginator::ItemPaginator as _;
use google_cloud_secretmanager_v1::Error;
use google_cloud_secretmanager_v1::model::replication::Automatic;
use google_cloud_secretmanager_v1::model::{Replication, Secret as Described, SecretPayload, SecretVersion};
use google_cloud_wkt::FieldMask;
use vizard_proxy::ports::StoreError;
use vizard_pseudonym::Secret;

use crate::SecretManager;
use crate::errors::{self, Told};

/// Makes `value` the version that counts.
pub(crate) async fn write(store: &SecretManager, name: &str, value: &Secret) -> Result<(), StoreError> {
    let secret = store.secret(name)?;
    let added = match add(store, &secret, value).await {
        Err(error) if errors::told(&error) == Told::Absent => {
            create(store, name).await?;
            add(store, &secret, value).await
        }
        added => added,
    };
    let added = added.map_err(|error| errors::store(name, &error))?;
    let added = number(&added.name).ok_or_else(|| StoreError::Unavailable {
        reason: "a version without a number was added".to_owned(),
    })?;
    label(store, name, &secret, added).await?;
    if let Err(error) = destroy_old(store, &secret, added).await {
        tracing::warn!(secret = name, reason = errors::reason(&error), "old versions could not be destroyed");
    }
    Ok(())
}

/// The number of the version that counts, where the secret says so.
pub(crate) fn labelled(described: &Described) -> Option<u64> {
    described.labels.get(LABEL)?.parse().ok()
}

/// The number at the end of a version's name.
pub(crate) fn number(name: &str) -> Option<u64> {
    name.rsplit_once("/versions/")?.1.parse().ok()
}

/// Changes the labels of a secret that nobody else has changed since it was read.
pub(crate) async fn relabel(
    store: &SecretManager,
    described: &Described,
    labels: HashMap<String, String>,
) -> Result<Described, Error> {
    let changed = Described::new().set_name(&described.name).set_etag(&described.etag).set_labels(labels);
    let update = store.client.update_secret().set_secret(changed);
    let update = update.set_update_mask(FieldMask::default().set_paths(["labels"]));
    update.with_attempt_timeout(store.patience.attempt()).send().await
}

async fn add(store: &SecretManager, secret: &str, value: &Secret) -> Result<SecretVersion, Error> {
    let bytes = value.expose().to_vec();
    let sum = i64::from(crc32c::crc32c(&bytes));
    let payload = SecretPayload::new().set_data(bytes).set_data_crc32c(sum);
    let add = store.client.add_secret_version().set_parent(secret).set_payload(payload);
    add.with_attempt_timeout(store.patience.attempt()).send().await
}

/// What an operator writes may be new; the proxy itself may not create.
async fn create(store: &SecretManager, name: &str) -> Result<(), StoreError> {
    let replication = Replication::new().set_automatic(Automatic::new());
    let create = store.client.create_secret().set_parent(format!("projects/{}", store.project));
    let create = create.set_secret_id(name).set_secret(Described::new().set_replication(replication));
    match create.with_attempt_timeout(store.patience.attempt()).send().await {
        Ok(_) => Ok(()),
        Err(error) if errors::told(&error) == Told::Exists => Ok(()),
        Err(error) => Err(errors::store(name, &error)),
    }
}

/// Lets the label say that this version counts, unless a later one does.
async fn label(store: &SecretManager, name: &str, secret: &str, added: u64) -> Result<(), StoreError> {
    for _ in 0..ATTEMPTS {
        let described = match store.described(secret).await {
            Ok(described) => described,
            // Whoever may not see the label goes by the latest version, and so do all who have the same grant.
            Err(error) if errors::told(&error) == Told::Denied => return Ok(()),
            Err(error) => return Err(errors::store(name, &error)),
        };
        let before = labelled(&described);
        if before.is_some_and(|before| before >= added) {
            return Ok(());
        }
        let mut labels = described.labels.clone();
        labels.insert(LABEL.to_owned(), added.to_string());
        match relabel(store, &described, labels).await {
            Ok(_) => return Ok(()),
            Err(error) if errors::told(&error) == Told::Unfit => {} // somebody else was at it
            // Without a label, the latest version is the one that counts.
            Err(error) if errors::told(&error) == Told::Denied && before.is_none() => return Ok(()),
            Err(error) => return Err(errors::store(name, &error)),
        }
    }
    Err(StoreError::Unavailable { reason: "the label of the secret changes all the time".to_owned() })
}

/// The version before this one stays, for those who have just read of it.
async fn destroy_old(store: &SecretManager, secret: &str, added: u64) -> Result<(), Error> {
    let list = store.client.list_secret_versions().set_parent(secret).set_filter("state:ENABLED");
    let mut list = list.set_page_size(50).with_attempt_timeout(store.patience.attempt()).by_item();
    let mut older = Vec::new();
    while let Some(version) = list.next().await.transpose()? {
        older.extend(number(&version.name).filter(|number| *number < added));
    }
    older.sort_unstable();
    older.pop();
    for number in older {
        let destroy = store.client.destroy_secret_version().set_name(format!("{secret}/versions/{number}"));
        destroy.with_attempt_timeout(store.patience.attempt()).send().await?;
    }
    Ok(())
}

/// By this name other proxies of the same deployment know the label.
const LABEL: &str = "latest-version";
const ATTEMPTS: u32 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_have_numbers() {
        for (name, expected) in [
            ("projects/p/secrets/s/versions/12", Some(12)),
            ("projects/p/secrets/s/versions/latest", None),
            ("projects/p/secrets/s", None),
        ] {
            assert_eq!(number(name), expected, "{name}");
        }
        for (text, expected) in [("3", Some(3)), ("", None), ("latest", None), ("-1", None)] {
            let described = Described::new().set_labels([("latest-version", text)]);
            assert_eq!(labelled(&described), expected, "{text}");
        }
    }
}
