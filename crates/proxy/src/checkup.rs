//! What an operator's checks ask of the parts of the proxy before, or without, serving anything.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::DATE;
use http::{Method, Request, StatusCode, Uri};
use jiff::fmt::rfc2822::DateTimeParser;
use vizard_pseudonym::Secret;

use crate::credentials::Strategy;
use crate::outputs::Outputs;
use crate::ports::{Clock, Destinations, Lease, SecretStore, StoreError, Upstream, UpstreamError};
use crate::secrets::{EnvironmentSecrets, Namespaces};
use crate::settings::{Environment, OutputSettings, SettingProblem, Settings};

/// The settings, though the salt may not be there yet. They are good for asking the source for a credential, and
/// for nothing that makes pseudonyms.
pub async fn settings_before_salt(
    environment: &dyn Environment,
    store: Arc<dyn SecretStore>,
) -> Result<Settings, Vec<SettingProblem>> {
    Settings::read(environment, &Salted(store)).await
}

/// The places for answers that a host could not open, as it would tell at its start. Nothing is put there.
pub fn unopened(outputs: &OutputSettings, destinations: &dyn Destinations) -> Vec<SettingProblem> {
    Outputs::open(outputs, destinations).err().unwrap_or_default()
}

/// The names of all secrets that a strategy cannot do without, the ones that are there and the ones that are not.
pub async fn secrets_of(strategy: &Strategy) -> Vec<&'static str> {
    let missing = strategy.missing(&Namespaces::default(), &EnvironmentSecrets::default()).await;
    missing.expect("an empty store answers")
}

/// An answer of any kind, which shows that there is a way to a host and back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// The status.
    pub status: StatusCode,
    /// What time the host believes it is, to the second.
    pub date: Option<SystemTime>,
}

/// Knocks at a host: a HEAD request without credentials.
pub async fn reach(
    uri: &Uri,
    upstream: &dyn Upstream,
    clock: &dyn Clock,
    patience: Duration,
) -> Result<Reached, UpstreamError> {
    let request = Request::builder().method(Method::HEAD).uri(uri.clone()).body(Bytes::new());
    let request = request.map_err(|_| UpstreamError::Request)?;
    let response = upstream.send(request, clock.instant() + patience).await?;
    let date = response.headers().get(DATE).and_then(|value| value.to_str().ok()).and_then(read_date);
    Ok(Reached { status: response.status(), date })
}

fn read_date(text: &str) -> Option<SystemTime> {
    Some(DateTimeParser::new().parse_zoned(text).ok()?.timestamp().into())
}

/// A new salt or key: 32 random bytes in base64.
pub fn generated_secret() -> Secret {
    let mut bytes = zeroize::Zeroizing::new([0; 32]);
    aws_lc_rs::rand::fill(&mut *bytes).expect("the system's random source works");
    Secret::new(STANDARD.encode(*bytes))
}

/// A store in which no salt is missing.
#[derive(Debug)]
struct Salted(Arc<dyn SecretStore>);

#[async_trait]
impl SecretStore for Salted {
    async fn read(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        if name.ends_with("PSOXY_SALT") {
            return Ok(Some(Secret::new("stands in for a salt")));
        }
        self.0.read(name).await
    }

    fn settings(&self) -> Option<&dyn SecretStore> {
        self.0.settings()
    }

    async fn expect(&self, names: &[String]) {
        self.0.expect(names).await;
    }

    async fn write(&self, _name: &str, _value: &Secret) -> Result<(), StoreError> {
        Err(StoreError::ReadOnly)
    }

    async fn acquire(&self, _lease: &str, _ttl: Duration) -> Result<Option<Lease>, StoreError> {
        Err(StoreError::ReadOnly)
    }

    async fn release(&self, _lease: Lease) -> Result<(), StoreError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::ports::NoDestinations;

    #[tokio::test]
    async fn reads_settings_while_there_is_no_salt() {
        let nothing = Arc::new(EnvironmentSecrets::default());
        let environment = |source: &str| BTreeMap::from([("SOURCE".to_owned(), source.to_owned())]);
        let settings = settings_before_salt(&environment("zoom"), nothing.clone()).await;
        let settings = settings.unwrap();
        assert_eq!(secrets_of(&settings.strategy).await, ["ACCOUNT_ID", "CLIENT_ID", "CLIENT_SECRET"]);
        let problems = settings_before_salt(&environment("zooom"), nothing).await;
        assert!(problems.unwrap_err().iter().all(|it| it.name != "PSOXY_SALT"));
    }

    #[test]
    fn destinations_of_a_host_that_has_none_are_wrong() {
        let outputs = OutputSettings { later: Some("s3://answers".to_owned()), ..OutputSettings::default() };
        let problems = unopened(&outputs, &NoDestinations);
        let names: Vec<_> = problems.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["ASYNC_OUTPUT_DESTINATION"]);
        assert_eq!(unopened(&OutputSettings::default(), &NoDestinations), []);
    }

    #[test]
    fn generated_secrets_are_long_and_new() {
        let (one, other) = (generated_secret(), generated_secret());
        assert_ne!(one, other);
        assert_eq!(STANDARD.decode(one.expose()).unwrap().len(), 32);
    }

    #[test]
    fn reads_the_dates_of_http() {
        let second = UNIX_EPOCH + Duration::from_secs(1_795_253_660);
        for (text, expected) in [
            ("Sat, 21 Nov 2026 09:34:20 GMT", Some(second)),
            ("Sat, 21 Nov 2026 09:34:20 +0000", Some(second)),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(read_date(text), expected, "{text}");
        }
    }
}
