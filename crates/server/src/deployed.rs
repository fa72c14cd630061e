//! What the place of deployment brings: the secret store, places for answers, the queue, an identity. A plain server has
//! a directory or the environment for its secrets; on Google Cloud, or where Google is asked for, there is all of it.

use std::sync::Arc;

use vizard_gcp::Google;
#[cfg(feature = "bulk")]
use vizard_proxy::bulk::{Bulk, BulkStarted};
use vizard_proxy::ports::{Clock, Destinations, NoDestinations, Queue, SecretStore, Workload};
use vizard_proxy::remote_rules::WithRules;
use vizard_proxy::secrets::{Away, DirectorySecrets, EnvironmentSecrets};
#[cfg(feature = "bulk")]
use vizard_proxy::settings::BulkSettings;
use vizard_proxy::settings::Environment;
use vizard_proxy::{Platform, Proxy, Started};

use crate::events::Files;

/// Configures a proxy, or what sanitizes files and a proxy that reports its health.
///
/// # Errors
///
/// What is wrong with the deployment itself, so that no settings can be read.
pub(crate) async fn start(
    environment: &dyn Environment,
    clock: Arc<dyn Clock>,
) -> Result<(Started, Files), Vec<String>> {
    let store = Store::of(environment).map_err(|problem| vec![problem])?;
    let google = match store == Store::SecretManager || asks_for_google(environment) {
        true => Some(Google::of(environment).await.map_err(|error| vec![error.to_string()])?),
        false => None,
    };
    let secrets = match (&store, &google) {
        (Store::SecretManager, Some(google)) => {
            let secrets = google.secrets(environment, clock.clone()).await;
            secrets.unwrap_or_else(|error| Arc::new(Away(error.to_string())))
        }
        (Store::Directory(path), _) => {
            let problem = |error| vec![format!("VIZARD_SECRETS_DIR could not be opened: {error}")];
            Arc::new(DirectorySecrets::open(path, clock.clone()).map_err(problem)?) as Arc<dyn SecretStore>
        }
        (Store::SecretManager | Store::Environment, _) => Arc::new(of_variables(environment)),
    };
    #[cfg(feature = "bulk")]
    if let Some(google) = google.as_ref().filter(|_| BulkSettings::asked_for(environment)) {
        return files(environment, &*secrets, google, clock).await;
    }
    let Some(google) = google else {
        let destinations = Arc::new(NoDestinations);
        let platform = Platform { secrets, clock, destinations, queue: None, workload: None };
        return Ok((Proxy::start_on(environment, platform).await, Files::default()));
    };
    let queue = match environment.given("ASYNC_PUB_SUB_QUEUE") {
        Some(name) => Some(topic(&google, &name).map_err(|problem| vec![problem])?),
        None => None,
    };
    let destinations = Arc::new(google.buckets()) as Arc<dyn Destinations>;
    let workload = Some(Arc::new(google.workload()) as Arc<dyn Workload>);
    let platform = Platform { secrets, clock, destinations, queue, workload };
    let rules = match google.remote_rules(environment).await {
        Ok(None) => return Ok((Proxy::start_on(environment, platform).await, Files::default())),
        Ok(Some(rules)) => Ok(rules),
        Err(error) => Err(error.to_string()),
    };
    Ok((Proxy::start_on(&WithRules { environment, rules }, platform).await, Files::default()))
}

/// Configures what sanitizes files.
#[cfg(feature = "bulk")]
async fn files(
    environment: &dyn Environment,
    secrets: &dyn SecretStore,
    google: &Google,
    clock: Arc<dyn Clock>,
) -> Result<(Started, Files), Vec<String>> {
    let store = Arc::new(google.files());
    let BulkStarted { bulk, mut started } = match google.remote_rules(environment).await {
        Ok(None) => Bulk::start(environment, secrets, store, clock).await,
        remote => {
            let rules = remote.map(Option::unwrap_or_default).map_err(|error| error.to_string());
            Bulk::start(&WithRules { environment, rules }, secrets, store, clock).await
        }
    };
    let files = match bulk.map(|bulk| Files::new(bulk, environment)) {
        Some(Ok(files)) => files,
        Some(Err(problem)) => {
            started.problems.push(problem);
            Files::default()
        }
        None => Files::default(),
    };
    Ok((started, files))
}

/// Where secrets are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Store {
    SecretManager,
    /// One file for each.
    Directory(String),
    Environment,
}

impl Store {
    /// As `SECRETS_STORE` and `VIZARD_SECRETS_DIR` say. Without both, Cloud Run has Secret Manager.
    fn of(environment: &dyn Environment) -> Result<Store, String> {
        let directory = environment.value("VIZARD_SECRETS_DIR").filter(|path| !path.is_empty());
        match (environment.given("SECRETS_STORE"), directory) {
            (Some(named), _) if !named.eq_ignore_ascii_case("GCP_SECRET_MANAGER") => {
                Err("SECRETS_STORE must be GCP_SECRET_MANAGER, or not be set".to_owned())
            }
            (Some(_), Some(_)) => {
                Err("SECRETS_STORE and VIZARD_SECRETS_DIR must not both be set: each names a store"
                    .to_owned())
            }
            (Some(_), None) => Ok(Store::SecretManager),
            (None, Some(path)) => Ok(Store::Directory(path)),
            (None, None) if environment.given("K_SERVICE").is_some() => Ok(Store::SecretManager),
            (None, None) => Ok(Store::Environment),
        }
    }
}

/// Whether anything that is configured is Google's, or the program runs there.
fn asks_for_google(environment: &dyn Environment) -> bool {
    let named = ["K_SERVICE", "GOOGLE_CLOUD_PROJECT", "ASYNC_PUB_SUB_QUEUE", "REMOTE_RESOURCE_BUCKET"];
    #[cfg(feature = "bulk")]
    if BulkSettings::asked_for(environment) {
        return true;
    }
    let places = ["ASYNC_OUTPUT_DESTINATION", "SIDE_OUTPUT_ORIGINAL", "SIDE_OUTPUT_SANITIZED"];
    let its_place = |name: &str| environment.given(name).is_some_and(|uri| uri.starts_with("gs://"));
    named.into_iter().any(|name| environment.given(name).is_some()) || places.into_iter().any(its_place)
}

fn topic(google: &Google, name: &str) -> Result<Arc<dyn Queue>, String> {
    let topic = google.topic(name).map(|it| Arc::new(it) as Arc<dyn Queue>);
    topic.ok_or_else(|| "ASYNC_PUB_SUB_QUEUE must be projects/PROJECT/topics/TOPIC".to_owned())
}

/// What is no text is no secret either.
fn of_variables(environment: &dyn Environment) -> EnvironmentSecrets {
    let names = environment.names().into_iter();
    EnvironmentSecrets::from_pairs(names.filter_map(|name| {
        let value = environment.value(&name).filter(|value| !value.contains(char::REPLACEMENT_CHARACTER))?;
        Some((name, value))
    }))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_store_is_the_one_that_is_named_or_that_the_platform_has() {
        let (named, path) = (("SECRETS_STORE", "gcp_secret_manager"), ("VIZARD_SECRETS_DIR", "/run/secrets"));
        let on_cloud_run = ("K_SERVICE", "zoom");
        let directory = Store::Directory("/run/secrets".to_owned());
        let both = "SECRETS_STORE and VIZARD_SECRETS_DIR must not both be set: each names a store";
        for (pairs, expected) in [
            (&[][..], Ok(Store::Environment)),
            (&[path], Ok(directory.clone())),
            (&[named], Ok(Store::SecretManager)),
            (&[on_cloud_run], Ok(Store::SecretManager)),
            (&[on_cloud_run, path], Ok(directory)),
            (&[named, path], Err(both.to_owned())),
            (
                &[("SECRETS_STORE", "AWS_SSM_PARAMETER_STORE")],
                Err("SECRETS_STORE must be GCP_SECRET_MANAGER, or not be set".to_owned()),
            ),
        ] {
            assert_eq!(Store::of(&environment(pairs)), expected, "{pairs:?}");
        }
    }

    #[test]
    fn google_is_asked_only_where_it_is_needed() {
        for (name, value, expected) in [
            ("HOME", "/", false),
            ("SIDE_OUTPUT_SANITIZED", "s3://bucket/copies", false),
            ("SIDE_OUTPUT_SANITIZED", "gs://bucket/copies", true),
            ("ASYNC_OUTPUT_DESTINATION", "gs://bucket/later", true),
            ("ASYNC_PUB_SUB_QUEUE", "projects/orchard/topics/zoom", true),
            ("GOOGLE_CLOUD_PROJECT", "orchard", true),
            ("K_SERVICE", "zoom", true),
            ("OUTPUT_BUCKET", "sanitized", cfg!(feature = "bulk")),
        ] {
            assert_eq!(asks_for_google(&environment(&[(name, value)])), expected, "{name}={value}");
        }
    }
}
