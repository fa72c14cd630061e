//! A proxy as it is deployed on AWS. What is wrong with the deployment itself is told as any other setting that is
//! wrong: by a proxy that cannot serve and says why.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use vizard_aws::Aws;
use vizard_proxy::ports::{Lease, Queue, SecretStore, StoreError, SystemClock};
use vizard_proxy::settings::Environment;
use vizard_proxy::{Platform, Proxy, Started};
use vizard_pseudonym::Secret;

/// Configures a proxy.
pub(super) async fn start(environment: &dyn Environment, aws: &Aws) -> Started {
    let clock = Arc::new(SystemClock);
    let secrets = aws.secrets(environment, clock.clone());
    let secrets = secrets.unwrap_or_else(|expected| Arc::new(NoStore { expected }));
    let queue = environment.given("ASYNC_API_REQUEST_QUEUE_URL");
    let queue = queue.map(|url| Arc::new(aws.queue(url)) as Arc<dyn Queue>);
    let platform = Platform { secrets, clock, destinations: Arc::new(aws.buckets()), queue };
    let rules = match aws.remote_rules(environment).await {
        Ok(None) => return Proxy::start_on(environment, platform).await,
        Ok(Some(rules)) => Ok(rules.into_text()),
        Err(error) => Err(error.to_string()),
    };
    Proxy::start_on(&WithRules { environment, rules }, platform).await
}

/// An environment with a rule file that came from elsewhere, or should have.
#[derive(Debug)]
struct WithRules<'e> {
    environment: &'e dyn Environment,
    rules: Result<String, String>,
}

impl Environment for WithRules<'_> {
    fn value(&self, name: &str) -> Option<String> {
        self.environment.value(name)
    }

    fn names(&self) -> Vec<String> {
        self.environment.names()
    }

    fn resource(&self, name: &str) -> Result<Option<String>, String> {
        if name == "rules.yaml" { self.rules.clone().map(Some) } else { self.environment.resource(name) }
    }
}

/// In the place of a store that nobody knows.
#[derive(Debug)]
struct NoStore {
    expected: String,
}

impl NoStore {
    fn error<T>(&self) -> Result<T, StoreError> {
        Err(StoreError::Unavailable { reason: self.expected.clone() })
    }
}

#[async_trait]
impl SecretStore for NoStore {
    async fn read(&self, _name: &str) -> Result<Option<Secret>, StoreError> {
        self.error()
    }

    async fn write(&self, _name: &str, _value: &Secret) -> Result<(), StoreError> {
        self.error()
    }

    async fn acquire(&self, _lease: &str, _ttl: Duration) -> Result<Option<Lease>, StoreError> {
        self.error()
    }

    async fn release(&self, _lease: Lease) -> Result<(), StoreError> {
        self.error()
    }
}
