//! The proxy's ports on AWS: secrets and settings in Parameter Store or Secrets Manager, answers in S3, calls that are
//! answered later in SQS. All through the official clients, which find region, credentials and endpoints by
//! themselves.

mod errors;

mod parameter_store;
mod secrets_manager;

mod buckets;
mod files;
mod queue;
mod remote_rules;

use std::sync::Arc;
use std::time::Duration;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_sdk_ssm::config::SharedCredentialsProvider;
use vizard_proxy::ports::{Clock, SecretStore};
use vizard_proxy::remote_rules::RemoteRulesError;
use vizard_proxy::secrets::{Namespaces, Remembered};
use vizard_proxy::settings::Environment;

pub use buckets::Buckets;
pub use files::Files;
pub use parameter_store::ParameterStore;
pub use queue::WaitingCalls;
pub use secrets_manager::SecretsManager;

/// The account and region that this program works in.
#[derive(Debug, Clone)]
pub struct Aws {
    config: SdkConfig,
}

impl Aws {
    /// Region, credentials and endpoints as AWS's own tools find them: from variables, profiles, or the platform.
    pub async fn of_process() -> Aws {
        Aws::of(aws_config::defaults(BehaviorVersion::latest())).await
    }

    /// The same, but for what `loader` says already, such as another endpoint.
    pub async fn of(loader: ConfigLoader) -> Aws {
        Aws { config: loader.retry_config(retries()).timeout_config(timeouts()).load().await }
    }

    /// Region and credentials as the platform of functions gives them: by variables, and in no other way. Whoever does
    /// not look for profiles, roles and metadata starts sooner, and is a megabyte smaller.
    pub fn of_function(environment: &dyn Environment) -> Aws {
        let credentials = SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new());
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(environment.given("AWS_REGION").map(Region::new))
            .credentials_provider(credentials)
            .retry_config(retries())
            .timeout_config(timeouts());
        config.set_endpoint_url(environment.given("AWS_ENDPOINT_URL"));
        Aws { config: config.build() }
    }

    /// The same, but an operation, with all its attempts, may take this long instead of ten seconds, except those on
    /// files.
    #[must_use]
    pub fn with_patience(self, operation: Duration) -> Aws {
        let timeouts =
            TimeoutConfig::builder().connect_timeout(operation).operation_attempt_timeout(operation);
        let timeouts = timeouts.operation_timeout(operation).build();
        Aws { config: self.config.into_builder().timeout_config(timeouts).build() }
    }

    /// What all clients here are made of.
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// The stores that `SECRETS_STORE` names, which remember what they said for some minutes.
    ///
    /// Settings and leases are in Parameter Store in any case.
    ///
    /// # Errors
    ///
    /// What was expected of `SECRETS_STORE`.
    pub fn secrets(
        &self,
        environment: &dyn Environment,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<dyn SecretStore>, String> {
        let instance = Namespaces::of(environment).instance;
        let key = environment.given("VIZARD_KMS_KEY_ID");
        let parameters = Arc::new(ParameterStore::new(&self.config, key, clock.clone()));
        match environment.given("SECRETS_STORE").as_deref() {
            None | Some("AWS_SSM_PARAMETER_STORE") => {
                Ok(Arc::new(Remembered::new(parameters, &instance, clock)))
            }
            Some("AWS_SECRETS_MANAGER") => {
                let secrets = Arc::new(SecretsManager::new(&self.config, parameters.clone()));
                Ok(Arc::new(Remembered::new(secrets, &instance, clock).with_settings(parameters)))
            }
            Some(_) => {
                Err("SECRETS_STORE is not valid: expected AWS_SSM_PARAMETER_STORE or AWS_SECRETS_MANAGER"
                    .to_owned())
            }
        }
    }

    /// Opens `s3://bucket/prefix`.
    pub fn buckets(&self) -> Buckets {
        Buckets::new(&self.config)
    }

    /// All buckets of S3, for files.
    pub fn files(&self) -> Files {
        Files::new(&self.config)
    }

    /// The queue of this URL.
    pub fn queue(&self, url: String) -> WaitingCalls {
        WaitingCalls::new(&self.config, url)
    }

    /// The rule file in `REMOTE_RESOURCE_BUCKET`, read now; `None` when that is not set or when rules stand nearer.
    ///
    /// # Errors
    ///
    /// When it cannot be read; that there is none is one of the reasons.
    pub async fn remote_rules(
        &self,
        environment: &dyn Environment,
    ) -> Result<Option<String>, RemoteRulesError> {
        remote_rules::read(&self.config, environment).await
    }
}

fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(PAUSE)
}

fn timeouts() -> TimeoutConfig {
    let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(ATTEMPT);
    timeouts.operation_timeout(OPERATION).build()
}

/// Four attempts, as long as an operation may take.
const ATTEMPTS: u32 = 4;
const PAUSE: Duration = Duration::from_millis(250);
const CONNECT: Duration = Duration::from_secs(3);
const ATTEMPT: Duration = Duration::from_secs(8);
const OPERATION: Duration = Duration::from_secs(10);
