//! The proxy's ports on Google Cloud: secrets and settings in Secret Manager, answers in Cloud Storage, calls that are
//! answered later in Pub/Sub. All through the official clients, which find their credentials by themselves.

mod errors;
mod metadata;
mod patience;

mod lease;
mod secret_manager;
mod versions;

mod buckets;
mod files;
mod queue;
mod remote_rules;

pub mod storage_event;
mod workload;

use std::sync::Arc;
use std::time::Duration;

use google_cloud_auth::credentials::{self, Credentials, mds};
use google_cloud_gax::client_builder::ClientBuilder;
use thiserror::Error;
use vizard_proxy::ports::{Clock, SecretStore};
use vizard_proxy::remote_rules::RemoteRulesError;
use vizard_proxy::secrets::{Namespaces, Remembered};
use vizard_proxy::settings::Environment;

pub use buckets::Buckets;
pub use files::Files;
pub use queue::WaitingCalls;
pub use secret_manager::SecretManager;
pub use workload::WorkloadIdentity;

use patience::{Patience, backoff, breaker};

/// The project that this program works in, and who it is there.
#[derive(Debug, Clone)]
pub struct Google {
    project: String,
    credentials: Credentials,
    /// Another address for all of Google, for tests.
    endpoint: Option<String>,
    metadata: Option<String>,
    patience: Patience,
}

/// Why there is no way to Google.
#[derive(Debug, Error)]
pub enum GoogleError {
    /// Nobody says which project.
    #[error(
        "GOOGLE_CLOUD_PROJECT is not set, and {0}: expected the id of the project that the secrets are in"
    )]
    Project(&'static str),
    /// The credentials that this machine has cannot be used.
    #[error(
        "the credentials for Google Cloud cannot be used: expected those of the platform, of `gcloud auth application-default login`, or a file in GOOGLE_APPLICATION_CREDENTIALS"
    )]
    Credentials,
    /// Another address, where that must not be.
    #[error("VIZARD_GOOGLE_ENDPOINT is not valid: expected an http URL of this machine, for tests")]
    Endpoint,
    /// No TLS, or the like.
    #[error("a client for Google Cloud could not be made")]
    Client,
}

impl Google {
    /// Project and credentials as Google's own tools find them: from variables, files, or the platform.
    ///
    /// # Errors
    ///
    /// When there are none.
    pub async fn of(environment: &dyn Environment) -> Result<Google, GoogleError> {
        let endpoint = environment.given("VIZARD_GOOGLE_ENDPOINT");
        if endpoint.as_deref().is_some_and(|it| !is_of_this_machine(it)) {
            return Err(GoogleError::Endpoint);
        }
        let metadata = environment.given("GCE_METADATA_HOST").map(|host| format!("http://{host}"));
        let credentials = match &metadata {
            Some(address) => mds::Builder::default().with_endpoint(address).build(),
            None => credentials::Builder::default().build(),
        };
        let credentials = credentials.map_err(|_| GoogleError::Credentials)?;
        let project = match environment.given("GOOGLE_CLOUD_PROJECT") {
            Some(project) => project,
            None => metadata::project(metadata.as_deref()).await.map_err(GoogleError::Project)?,
        };
        Ok(Google { project, credentials, endpoint, metadata, patience: Patience::default() })
    }

    /// The same, but an operation, with all its attempts, may take this long instead of ten seconds.
    #[must_use]
    pub fn with_patience(self, operation: Duration) -> Google {
        Google { patience: Patience { operation }, ..self }
    }

    /// The id of the project.
    pub fn project(&self) -> &str {
        &self.project
    }

    /// Secret Manager, for secrets, settings and leases, which remembers what it said for some minutes.
    ///
    /// # Errors
    ///
    /// When no client can be made.
    pub async fn secrets(
        &self,
        environment: &dyn Environment,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<dyn SecretStore>, GoogleError> {
        let store = SecretManager::new(self, environment, clock.clone()).await?;
        Ok(Arc::new(Remembered::new(Arc::new(store), &Namespaces::of(environment).instance, clock)))
    }

    /// Opens `gs://bucket/prefix`.
    pub fn buckets(&self) -> Buckets {
        Buckets::new(self)
    }

    /// All buckets of Cloud Storage, for files.
    pub fn files(&self) -> Files {
        Files::new(self)
    }

    /// The topic of this name: `projects/PROJECT/topics/TOPIC`. `None` when it is no such name.
    pub fn topic(&self, name: &str) -> Option<WaitingCalls> {
        WaitingCalls::new(self, name)
    }

    /// Who this program is, where the platform vouches for it.
    pub fn workload(&self) -> WorkloadIdentity {
        WorkloadIdentity::new(self)
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
        remote_rules::read(self, environment).await
    }

    /// A client with this program's credentials, patience and address.
    fn client<F, C: From<Credentials>>(&self, builder: ClientBuilder<F, C>) -> ClientBuilder<F, C> {
        let builder = builder.with_credentials(self.credentials.clone());
        let builder = builder.with_retry_policy(self.patience.retries()).with_backoff_policy(backoff());
        let builder = builder.with_retry_throttler(breaker());
        match &self.endpoint {
            Some(endpoint) => builder.with_endpoint(endpoint),
            None => builder,
        }
    }
}

/// An address at which nobody else can listen.
fn is_of_this_machine(address: &str) -> bool {
    let rest = address.strip_prefix("http://").and_then(|rest| rest.rsplit_once(':'));
    rest.is_some_and(|(host, port)| matches!(host, "127.0.0.1" | "[::1]") && port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_address_is_of_this_machine() {
        for (address, expected) in [
            ("http://127.0.0.1:8085", true),
            ("http://localhost:1", false),
            ("http://[::1]:8085", true),
            ("http://127.0.0.1", false),
            ("http://127.0.0.1:x", false),
            ("https://127.0.0.1:1", false),
            ("http://127.0.0.1.lumen-orchard.example:80", false),
            ("http://user@127.0.0.1:80", false),
            ("http://lumen-orchard.example:80", false),
        ] {
            assert_eq!(is_of_this_machine(address), expected, "{address}");
        }
    }
}
