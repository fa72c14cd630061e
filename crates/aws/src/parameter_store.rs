//! Parameter Store of Systems Manager: secrets, settings and leases, by their full names.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_ssm::Client;
use aws_sdk_ssm::error::SdkError;
use aws_sdk_ssm::operation::put_parameter::PutParameterError;
use aws_sdk_ssm::types::{Parameter, ParameterTier, ParameterType};
use vizard_proxy::ports::{Clock, Lease, SecretStore, StoreError};
use vizard_pseudonym::Secret;

use crate::errors;

/// The store. A name with a `/` in it begins with one there: `vizard/zoom/RULES` is `/vizard/zoom/RULES`.
#[derive(Clone)]
pub struct ParameterStore {
    client: Client,
    /// What secrets that the proxy writes are encrypted with; the account's own key without it.
    key: Option<String>,
    clock: Arc<dyn Clock>,
}

impl ParameterStore {
    /// The store of an account and region.
    pub fn new(config: &SdkConfig, key: Option<String>, clock: Arc<dyn Clock>) -> ParameterStore {
        ParameterStore { client: Client::new(config), key, clock }
    }

    /// Ten names, which is what one call takes. The answer tells of each that it is there or that it is not; a name that
    /// may not be read fails the call, and so does one of which nothing is said.
    async fn ten(&self, names: &[String]) -> Result<HashMap<String, Secret>, StoreError> {
        let asked = self.client.get_parameters().set_names(Some(names.to_vec())).with_decryption(true);
        let answer = asked.send().await.map_err(|error| errors::store(&names[0], &error))?;
        let mut found = HashMap::new();
        for parameter in answer.parameters.unwrap_or_default() {
            if let (Some(name), Some(value)) = (parameter.name, parameter.value) {
                found.insert(name, Secret::new(value));
            }
        }
        let absent = answer.invalid_parameters.unwrap_or_default();
        if names.iter().all(|name| found.contains_key(name) || absent.contains(name)) {
            return Ok(found);
        }
        Err(StoreError::Unavailable { reason: "a part of the answer is missing".to_owned() })
    }

    async fn lock(&self, name: &str) -> Result<Option<Parameter>, StoreError> {
        match self.client.get_parameter().name(name).send().await {
            Ok(answer) => Ok(answer.parameter),
            Err(error) if error.as_service_error().is_some_and(|it| it.is_parameter_not_found()) => Ok(None),
            Err(error) => Err(errors::store(name, &error)),
        }
    }
}

#[async_trait]
impl SecretStore for ParameterStore {
    async fn read(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        let name = [full(name)];
        Ok(self.ten(&name).await?.remove(&name[0]))
    }

    async fn read_all(&self, names: &[String]) -> Result<Vec<Option<Secret>>, StoreError> {
        let names: Vec<String> = names.iter().map(|name| full(name)).collect();
        let mut asked = names.clone();
        asked.sort_unstable();
        asked.dedup(); // a name that comes twice is an error there
        let calls: Vec<_> = asked
            .chunks(AT_ONCE)
            .map(|ten| {
                let (store, ten) = (self.clone(), ten.to_vec());
                tokio::spawn(async move { store.ten(&ten).await })
            })
            .collect();
        let mut found = HashMap::new();
        for call in calls {
            let cut_off = |_| StoreError::Unavailable { reason: "the read was cut off".to_owned() };
            found.extend(call.await.map_err(cut_off)??);
        }
        Ok(names.iter().map(|name| found.get(name).cloned()).collect())
    }

    async fn write(&self, name: &str, value: &Secret) -> Result<(), StoreError> {
        let name = full(name);
        let text = value.expose_str().ok_or(StoreError::Name { name: name.clone() })?;
        let put = self.client.put_parameter().name(&name).value(text).overwrite(true);
        let put = put.r#type(ParameterType::SecureString).set_key_id(self.key.clone());
        // Some tokens are longer than a standard parameter.
        let put = put.tier(ParameterTier::IntelligentTiering);
        put.send().await.map_err(|error| errors::store(&name, &error))?;
        Ok(())
    }

    /// A parameter that is created by the one and found by the others. One that is older than `ttl` was left behind
    /// and is overwritten: of those who do so at once, the one whose write came first holds it, as the number of the
    /// version tells each of them.
    async fn acquire(&self, lease: &str, ttl: Duration) -> Result<Option<Lease>, StoreError> {
        let name = lock_name(lease);
        let now = self.clock.now();
        let millis = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let holder = format!("locked_{millis}_{}_{}", ttl.as_millis(), self.clock.request_id());
        let ours = Lease { name: lease.to_owned(), holder: holder.clone() };
        let put = self.client.put_parameter().name(&name).value(&holder).r#type(ParameterType::String);
        match put.clone().overwrite(false).send().await {
            Ok(_) => return Ok(Some(ours)),
            Err(error) if error.as_service_error().is_some_and(|it| it.is_parameter_already_exists()) => {}
            Err(error) if is_contended(&error) => return Ok(None),
            Err(error) => return Err(errors::store(&name, &error)),
        }
        let Some(held) = self.lock(&name).await? else {
            return Ok(None); // given back just now
        };
        if held.value.as_deref() == Some(&holder) {
            return Ok(Some(ours)); // the answer that said so was lost, and the SDK asked once more
        }
        if age(&held, now) < ttl {
            return Ok(None);
        }
        let taken = match put.overwrite(true).send().await {
            Ok(taken) => taken,
            Err(error) if is_contended(&error) => return Ok(None),
            Err(error) => return Err(errors::store(&name, &error)),
        };
        // The first version: the one who left it behind has given it back after all.
        Ok((taken.version == held.version + 1 || taken.version == 1).then_some(ours))
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        let name = lock_name(&lease.name);
        let held = self.lock(&name).await?;
        if held.is_none_or(|held| !is_held_by(&lease.holder, held.value.as_deref().unwrap_or_default())) {
            return Ok(()); // it ran out, and perhaps somebody else has it now
        }
        match self.client.delete_parameter().name(&name).send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(|it| it.is_parameter_not_found()) => Ok(()),
            Err(error) => Err(errors::store(&name, &error)),
        }
    }
}

/// Whether a lease is still the holder's though something else is written there: those who lost when they took it over
/// together wrote too, and all of them before it could have run out.
fn is_held_by(holder: &str, written: &str) -> bool {
    let numbers =
        |text: &str| -> Vec<u128> { text.split('_').skip(1).map_while(|part| part.parse().ok()).collect() };
    match (numbers(holder).as_slice(), numbers(written).first()) {
        _ if holder == written => true,
        ([begun, ttl, ..], Some(other)) => *other < begun + ttl,
        _ => false,
    }
}

/// Somebody else writes at this moment.
fn is_contended(error: &SdkError<PutParameterError>) -> bool {
    error.as_service_error().is_some_and(PutParameterError::is_too_many_updates)
}

/// With a slash in front if there is one inside.
pub(crate) fn full(name: &str) -> String {
    if name.contains('/') && !name.starts_with('/') { format!("/{name}") } else { name.to_owned() }
}

/// By this name other proxies of the same deployment find it.
fn lock_name(lease: &str) -> String {
    format!("{}_lock", full(lease))
}

fn age(parameter: &Parameter, now: SystemTime) -> Duration {
    let modified = parameter.last_modified_date.and_then(|it| SystemTime::try_from(it).ok());
    modified.and_then(|modified| now.duration_since(modified).ok()).unwrap_or_default()
}

const AT_ONCE: usize = 10;

impl fmt::Debug for ParameterStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ParameterStore")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_a_path_begin_at_the_root() {
        for (name, expected) in [
            ("PSOXY_ZOOM_CLIENT_ID", "PSOXY_ZOOM_CLIENT_ID"),
            ("vizard/zoom/CLIENT_ID", "/vizard/zoom/CLIENT_ID"),
            ("/vizard/zoom/CLIENT_ID", "/vizard/zoom/CLIENT_ID"),
        ] {
            assert_eq!(full(name), expected);
        }
        assert_eq!(lock_name("a/OAUTH_REFRESH_TOKEN"), "/a/OAUTH_REFRESH_TOKEN_lock");
    }

    #[test]
    fn a_lease_is_its_holders_until_it_has_run_out() {
        for (written, expected) in [
            ("locked_1000_60000_a", true),
            ("locked_1005_60000_b", true), // lost when both took it over
            ("locked_60999", true),
            ("locked_61000_60000_b", false),
            ("locked_99000", false),
            ("", false),
            ("somebody", false),
        ] {
            assert_eq!(is_held_by("locked_1000_60000_a", written), expected, "{written}");
        }
        assert!(!is_held_by("locked_0_somebody", "locked_1000_60000_a"));
    }
}
