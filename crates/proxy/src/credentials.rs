//! The credential for the source: what to add to a request so that the source answers it.
//!
//! ```text
//! let first = credentials.for_request(deadline, None).await?;        // cached, or fetched now
//! first.apply(request.headers_mut());
//! // the source answers 401:
//! let second = credentials.for_request(deadline, first.token_id()).await?;
//! // second.token_id() == first.token_id(): there is no other credential, do not ask the source again
//! ```
//!
//! Naming the credential that failed makes the second call safe to race: of ten requests that fail with the
//! same token, one fetches another and nine get that one.

mod error;
mod strategy;

mod fixed;
mod held;
mod renewal;

mod assertion;
mod grant;
mod private_key;
mod token_answer;

mod account;
mod account_key;
mod delegation;
mod origin;
mod user;

mod back_off;
mod lease;
mod shared_token;

mod trial;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};

pub use error::{CredentialCause, CredentialError, EndpointHint};
pub use strategy::{Exchange, Grant, ServiceAccount, Strategy};
pub use trial::Trial;
pub(crate) use user::User;

use crate::ports::{Clock, Upstream, Workload};
use crate::secrets::Secrets;
use account::Account;
use delegation::Delegation;
use fixed::Fixed;
use origin::Origin;
use renewal::Renewal;

/// Gives each request its credential. One per process: all requests share what it holds.
#[derive(Debug, Clone)]
pub struct Credentials {
    strategy: Arc<Strategy>,
    secrets: Secrets,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Fixed(Arc<Fixed>),
    Renewed(Arc<Renewal>),
    Delegated(Arc<Delegation>),
}

impl Credentials {
    /// Nothing is read or fetched yet. `workload` is the program's own identity, if it has one.
    pub fn new(
        strategy: Strategy,
        secrets: Secrets,
        upstream: Arc<dyn Upstream>,
        clock: Arc<dyn Clock>,
        workload: Option<Arc<dyn Workload>>,
    ) -> Credentials {
        let kind = match &strategy {
            Strategy::Exchange(exchange) => {
                let origin = Origin::Exchange(exchange.clone());
                let renewal = Renewal::new(origin, secrets.clone(), upstream, clock, Ids::default());
                Kind::Renewed(Arc::new(renewal))
            }
            Strategy::ServiceAccount(settings) => {
                let account = Account { settings: Arc::new(settings.clone()), workload, user: None };
                Kind::Delegated(Arc::new(Delegation::new(account, secrets.clone(), upstream, clock)))
            }
            Strategy::AccessToken | Strategy::Basic | Strategy::ApiKey { .. } => {
                Kind::Fixed(Arc::new(Fixed::new(strategy.clone(), secrets.clone(), clock)))
            }
        };
        Credentials { strategy: Arc::new(strategy), secrets, kind }
    }

    /// The credential for one request, before `deadline`.
    ///
    /// `force_refresh_of` names one that the source did not accept: it is not given out again unless there
    /// is no other. At most one call to the token endpoint is made.
    pub async fn for_request(
        &self,
        deadline: Instant,
        force_refresh_of: Option<TokenId>,
    ) -> Result<Authorization, CredentialError> {
        self.acting_for(None, deadline, force_refresh_of).await
    }

    /// The same, to act for a user of the source. Ask first whether [that is possible](Credentials::can_act_for_users):
    /// else the user makes no difference.
    pub(crate) async fn acting_for(
        &self,
        user: Option<&User>,
        deadline: Instant,
        force_refresh_of: Option<TokenId>,
    ) -> Result<Authorization, CredentialError> {
        match &self.kind {
            Kind::Fixed(fixed) => fixed.for_request(deadline, force_refresh_of).await,
            Kind::Renewed(renewal) => renewal.for_request(deadline, force_refresh_of).await,
            Kind::Delegated(delegation) => delegation.for_request(user, deadline, force_refresh_of).await,
        }
    }

    /// Whether these credentials may be those of a user whom a caller names.
    pub(crate) fn can_act_for_users(&self) -> bool {
        matches!(self.kind, Kind::Delegated(_))
    }

    /// Waits until no credential is being fetched. A request that goes away does not take its fetch with it; the
    /// end of the process would.
    pub async fn settle(&self) {
        match &self.kind {
            Kind::Renewed(renewal) => renewal.settle().await,
            Kind::Delegated(delegation) => delegation.settle().await,
            Kind::Fixed(_) => {}
        }
    }

    /// The names of the secrets that are needed and absent, for the health report.
    pub async fn missing_properties(&self) -> Result<Vec<&'static str>, CredentialError> {
        if let Kind::Delegated(delegation) = &self.kind {
            return delegation.missing().await;
        }
        Ok(self.strategy.missing(self.secrets.namespaces(), self.secrets.store()).await?)
    }
}

/// Tells one credential of this process from the next. It says nothing about the credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenId(u64);

/// Numbers credentials. Whoever shares it gives no number twice.
#[derive(Debug, Clone, Default)]
struct Ids(Arc<AtomicU64>);

impl Ids {
    fn next(&self) -> TokenId {
        TokenId(self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

/// A header that proves who we are.
#[derive(Clone)]
pub struct Authorization {
    name: HeaderName,
    value: HeaderValue,
    id: TokenId,
}

impl Authorization {
    fn bearer(token: &str, id: TokenId) -> Option<Authorization> {
        Authorization::header(AUTHORIZATION, &zeroize::Zeroizing::new(format!("Bearer {token}")), id)
    }

    /// None: the text cannot be a header.
    fn header(name: HeaderName, text: &str, id: TokenId) -> Option<Authorization> {
        let mut value = HeaderValue::from_str(text).ok()?;
        value.set_sensitive(true);
        Some(Authorization { name, value, id })
    }

    /// Adds the credential, in place of whatever was under that name.
    pub fn apply(&self, headers: &mut HeaderMap) {
        headers.insert(self.name.clone(), self.value.clone());
    }

    /// The header that carries the credential, so that it can be taken off again.
    pub fn header_name(&self) -> &HeaderName {
        &self.name
    }

    /// Which credential this is, to name it should the source not accept it.
    pub fn token_id(&self) -> Option<TokenId> {
        Some(self.id)
    }
}

impl std::fmt::Debug for Authorization {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authorization([secret])")
    }
}

#[cfg(test)]
mod tests;
