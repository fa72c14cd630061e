//! Tokens of a Google service account, for itself or for a user whom it may act for (domain-wide delegation): a
//! statement that is signed with its key, or by the platform where the account is this program's own, is exchanged at
//! Google's token endpoint (RFC 7523). Without key and user, the platform gives the token.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::header::DATE;
use http::{Response, Uri};
use jiff::fmt::rfc2822::DateTimeParser;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::account_key::{self, AccountKey};
use super::error::{CredentialError, EndpointHint};
use super::origin::Answered;
use super::strategy::ServiceAccount;
use super::token_answer::{self, Granted};
use super::user::User;
use super::{assertion, grant};
use crate::ports::{Clock, Upstream, Workload, WorkloadError};
use crate::secrets::Secrets;

/// A service account, and for whom it acts.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) settings: Arc<ServiceAccount>,
    pub(super) workload: Option<Arc<dyn Workload>>,
    pub(super) user: Option<User>,
}

impl Account {
    /// Asks once. The key is read each time, so that a replaced one takes effect.
    pub(super) async fn ask(
        &self,
        secrets: &Secrets,
        upstream: &dyn Upstream,
        clock: &dyn Clock,
    ) -> Result<Answered, CredentialError> {
        let began = clock.now();
        let granted = match (secrets.read(KEY).await?, &self.workload) {
            (Some(key), _) => {
                let key = account_key::read(&key, self.settings.loopback_http)?;
                let statement = self.signed(&key, began)?;
                self.exchange(&key.token_endpoint, &statement, upstream, clock).await?
            }
            (None, Some(workload)) => self.vouched(&**workload, upstream, clock).await?,
            (None, None) => return Err(CredentialError::Missing(KEY)),
        };
        Ok(Answered { granted, began, sent: None })
    }

    fn signed(&self, key: &AccountKey, now: SystemTime) -> Result<Zeroizing<String>, CredentialError> {
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": key.id });
        let claims = self.claims(&key.email, &key.token_endpoint, now);
        assertion::signed(&key.key, &header, &claims).ok_or(CredentialError::Invalid {
            name: KEY,
            expected: "a key with `private_key`, an RSA key that can sign",
        })
    }

    /// As the program itself.
    async fn vouched(
        &self,
        workload: &dyn Workload,
        upstream: &dyn Upstream,
        clock: &dyn Clock,
    ) -> Result<Granted, CredentialError> {
        if self.user.is_none() {
            let token = self.in_time(workload.token(&self.settings.scopes)).await?;
            let sendable = token.value.expose_str().is_some_and(token_answer::can_be_sent);
            if !sendable {
                return Err(CredentialError::Workload(WorkloadError::Answer));
            }
            return Ok(Granted {
                token: Ok((token.value, token.lifetime)),
                refresh_token: None,
                scopes: None,
            });
        }
        let endpoint = workload.token_endpoint();
        let email = self.in_time(workload.email()).await?;
        let claims = Zeroizing::new(self.claims(&email, &endpoint, clock.now()).to_string());
        let statement = self.in_time(workload.sign(&claims)).await?;
        let statement = statement.expose_str().ok_or(CredentialError::Workload(WorkloadError::Answer))?;
        self.exchange(&endpoint, statement, upstream, clock).await
    }

    async fn in_time<T>(
        &self,
        asked: impl Future<Output = Result<T, WorkloadError>>,
    ) -> Result<T, CredentialError> {
        let answered = tokio::time::timeout(self.settings.patience, asked).await;
        answered.unwrap_or(Err(WorkloadError::Unavailable)).map_err(CredentialError::Workload)
    }

    fn claims(&self, email: &str, endpoint: &Uri, now: SystemTime) -> Value {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut claims = json!({
            "iss": email,
            "scope": self.settings.scopes.join(" "),
            "aud": endpoint.to_string(),
            "iat": now.as_secs(),
            "exp": (now + LIFETIME).as_secs(),
        });
        if let Some(user) = &self.user {
            claims["sub"] = Value::from(user.address());
        }
        claims
    }

    async fn exchange(
        &self,
        endpoint: &Uri,
        statement: &str,
        upstream: &dyn Upstream,
        clock: &dyn Clock,
    ) -> Result<Granted, CredentialError> {
        let form = [("grant_type", JWT_BEARER), ("assertion", statement)];
        let deadline = clock.instant() + self.settings.patience;
        let sent = upstream.send(grant::post(endpoint, &form), deadline).await;
        let response = sent.map_err(CredentialError::Unreachable)?;
        let is_off = clock_is_off(&response, clock.now());
        token_answer::read_with(&response, |status, code| self.hint(status, code, is_off))
    }

    /// From the codes of Google.
    fn hint(&self, status: u16, code: &str, clock_is_off: bool) -> EndpointHint {
        match (code, &self.user) {
            ("invalid_grant", _) if clock_is_off => EndpointHint::Clock,
            ("invalid_grant", Some(_)) => EndpointHint::User,
            ("invalid_grant" | "invalid_client" | "deleted_client" | "disabled_client", _) => {
                EndpointHint::AccountKey
            }
            ("unauthorized_client" | "access_denied" | "admin_policy_enforced", Some(_)) => {
                EndpointHint::Delegation
            }
            ("unauthorized_client" | "access_denied" | "admin_policy_enforced" | "invalid_scope", _) => {
                EndpointHint::AccountScopes
            }
            _ => token_answer::by_status(status),
        }
    }
}

/// By what the token endpoint says the time is.
fn clock_is_off(response: &Response<Bytes>, now: SystemTime) -> bool {
    let date = response.headers().get(DATE).and_then(|value| value.to_str().ok());
    let date = date.and_then(|text| DateTimeParser::new().parse_zoned(text).ok());
    date.is_some_and(|date| {
        let date = SystemTime::from(date.timestamp());
        let off = now.duration_since(date).or_else(|_| date.duration_since(now));
        off.unwrap_or_default() > OFF
    })
}

/// The secret.
pub(super) const KEY: &str = "SERVICE_ACCOUNT_KEY";

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// The longest that Google takes.
const LIFETIME: Duration = Duration::from_secs(3600);

const OFF: Duration = Duration::from_secs(60);
