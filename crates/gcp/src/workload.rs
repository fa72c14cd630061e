//! The service account that this program runs as: tokens from the platform, and statements that the platform signs in
//! the account's name, so that no key of it has to be anywhere.
//!
//! <https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signJwt>

use std::time::Duration;

use async_trait::async_trait;
use google_cloud_auth::credentials::{self, AccessTokenCredentials, CacheableResource, Credentials, mds};
use google_cloud_gax::error::CredentialsError;
use http::header::CONTENT_TYPE;
use http::{Extensions, StatusCode, Uri};
use reqwest::{Client, redirect};
use serde_json::{Value, json};
use tokio::sync::{Mutex, OnceCell};
use vizard_proxy::ports::{Workload, WorkloadError, WorkloadToken};
use vizard_pseudonym::Secret;

use crate::Google;

/// The identity of this program.
#[derive(Debug)]
pub struct WorkloadIdentity {
    /// For asking for signatures.
    own: Credentials,
    /// Another address for all of Google, for tests.
    endpoint: Option<String>,
    metadata: Option<String>,
    /// Made when a signature is asked for: few programs ever do.
    client: OnceCell<Client>,
    email: OnceCell<String>,
    scoped: Mutex<Option<Scoped>>,
}

/// What gives tokens for some scopes. It keeps them, and asks for the next in time.
#[derive(Debug)]
struct Scoped {
    scopes: Vec<String>,
    credentials: AccessTokenCredentials,
}

impl WorkloadIdentity {
    pub(crate) fn new(google: &Google) -> WorkloadIdentity {
        WorkloadIdentity {
            own: google.credentials.clone(),
            endpoint: google.endpoint.clone(),
            metadata: google.metadata.clone(),
            client: OnceCell::new(),
            email: OnceCell::new(),
            scoped: Mutex::default(),
        }
    }

    async fn client(&self) -> Result<&Client, WorkloadError> {
        let made = || async {
            let client = Client::builder().https_only(self.endpoint.is_none()).no_proxy();
            client.redirect(redirect::Policy::none()).timeout(PATIENCE).build()
        };
        self.client.get_or_try_init(made).await.map_err(|_| WorkloadError::Unavailable)
    }

    fn scoped(&self, scopes: &[String]) -> Result<AccessTokenCredentials, WorkloadError> {
        let scopes = scopes.iter().map(String::as_str);
        let built = match &self.metadata {
            Some(address) => {
                let builder = mds::Builder::default().with_endpoint(address).with_scopes(scopes);
                builder.build_access_token_credentials()
            }
            None => credentials::Builder::default().with_scopes(scopes).build_access_token_credentials(),
        };
        built.map_err(|_| WorkloadError::Absent)
    }

    async fn asked_for_email(&self) -> Result<String, WorkloadError> {
        let signer = match &self.metadata {
            Some(address) => mds::Builder::default().with_endpoint(address).build_signer(),
            None => credentials::Builder::default().build_signer(),
        };
        let signer = signer.map_err(|_| WorkloadError::Absent)?;
        let email = signer.client_email().await.map_err(|error| match error.is_transport() {
            true => WorkloadError::Unavailable,
            false => WorkloadError::Absent,
        })?;
        // It becomes part of an address.
        let plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'@' | b'.' | b'-' | b'_');
        let is_email = email.contains('@') && email.bytes().all(plain);
        if is_email { Ok(email) } else { Err(WorkloadError::Answer) }
    }

    async fn signed(&self, email: &str, claims: &str) -> Result<Secret, WorkloadError> {
        let base = self.endpoint.as_deref().unwrap_or("https://iamcredentials.googleapis.com");
        let url = format!("{base}/v1/projects/-/serviceAccounts/{email}:signJwt");
        let headers = self.own.headers(Extensions::new()).await.map_err(|error| unvouched(&error))?;
        let CacheableResource::New { data: headers, .. } = headers else {
            return Err(WorkloadError::Unavailable);
        };
        let asked = self.client().await?.post(url).headers(headers).header(CONTENT_TYPE, "application/json");
        let asked = asked.body(json!({ "payload": claims }).to_string());
        let answer = asked.send().await.map_err(|_| WorkloadError::Unavailable)?;
        match answer.status() {
            status if status.is_success() => {}
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => return Err(WorkloadError::Denied),
            StatusCode::NOT_FOUND => return Err(WorkloadError::Absent),
            StatusCode::TOO_MANY_REQUESTS => return Err(WorkloadError::Unavailable),
            status if status.is_server_error() => return Err(WorkloadError::Unavailable),
            _ => return Err(WorkloadError::Answer),
        }
        let body = answer.bytes().await.map_err(|_| WorkloadError::Unavailable)?;
        let answer: Value = serde_json::from_slice(&body).map_err(|_| WorkloadError::Answer)?;
        let statement = answer["signedJwt"].as_str().filter(|it| it.split('.').count() == 3);
        statement.map(Secret::new).ok_or(WorkloadError::Answer)
    }
}

#[async_trait]
impl Workload for WorkloadIdentity {
    async fn token(&self, scopes: &[String]) -> Result<WorkloadToken, WorkloadError> {
        let mut scoped = self.scoped.lock().await;
        let credentials = match scoped.take() {
            Some(known) if known.scopes == scopes => known.credentials,
            Some(_) | None => self.scoped(scopes)?,
        };
        let token = credentials.access_token().await.map_err(|error| unvouched(&error))?;
        // Only what works is kept: credentials that have failed for good would go on failing.
        *scoped = Some(Scoped { scopes: scopes.to_vec(), credentials });
        Ok(WorkloadToken { value: Secret::new(token.token), lifetime: LIFETIME })
    }

    async fn email(&self) -> Result<String, WorkloadError> {
        self.email.get_or_try_init(|| self.asked_for_email()).await.cloned()
    }

    async fn sign(&self, claims: &str) -> Result<Secret, WorkloadError> {
        let email = self.email().await?;
        self.signed(&email, claims).await
    }

    fn token_endpoint(&self) -> Uri {
        let other = self.endpoint.as_deref().and_then(|it| format!("{it}/token").parse().ok());
        other.unwrap_or_else(|| Uri::from_static("https://oauth2.googleapis.com/token"))
    }
}

fn unvouched(error: &CredentialsError) -> WorkloadError {
    if error.is_transient() { WorkloadError::Unavailable } else { WorkloadError::Absent }
}

/// The clients do not say how long a token lasts. They ask for the next four minutes before it ends, and the platform
/// gives none that ends sooner than in about that.
const LIFETIME: Duration = Duration::from_secs(180);

const PATIENCE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests;
