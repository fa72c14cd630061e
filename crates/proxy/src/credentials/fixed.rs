//! Credentials that an operator stores: a token, a password or a key, added to each request as it is.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use http::HeaderName;
use http::header::AUTHORIZATION;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::error::CredentialError;
use super::grant;
use super::strategy::Strategy;
use super::{Authorization, TokenId};
use crate::ports::Clock;
use crate::secrets::Secrets;

/// Reads the secret now and then, so that a replaced one takes effect without a restart.
#[derive(Debug)]
pub(super) struct Fixed {
    strategy: Strategy,
    secrets: Secrets,
    clock: Arc<dyn Clock>,
    read: RwLock<Option<Read>>,
    /// Held while the store is asked, so that many requests ask it once; how often it was, and what failed last.
    asking: Mutex<Option<CredentialError>>,
    asked: AtomicU64,
}

#[derive(Debug, Clone)]
struct Read {
    authorization: Authorization,
    at: Instant,
}

impl Fixed {
    pub(super) fn new(strategy: Strategy, secrets: Secrets, clock: Arc<dyn Clock>) -> Fixed {
        let (read, asking, asked) = (RwLock::default(), Mutex::default(), AtomicU64::default());
        Fixed { strategy, secrets, clock, read, asking, asked }
    }

    pub(super) async fn for_request(
        &self,
        deadline: Instant,
        failed: Option<TokenId>,
    ) -> Result<Authorization, CredentialError> {
        let known = self.known();
        if let Some(fresh) = self.fresh(known.as_ref(), failed) {
            return Ok(fresh);
        }
        if let Some(known) = &known
            && failed != Some(known.authorization.id)
            && self.asking.try_lock().is_err()
        {
            return Ok(known.authorization.clone()); // somebody asks already
        }
        match (tokio::time::timeout_at(deadline.into(), self.ask(failed)).await, known) {
            (Ok(Err(CredentialError::Store(error))), Some(known)) => {
                // The store is away for now: what it said last is still the best guess.
                tracing::warn!(%error, "could not read the credential again; the last one is used");
                Ok(known.authorization)
            }
            (Ok(asked), _) => asked,
            (Err(_), Some(known)) => Ok(known.authorization),
            (Err(_), None) => Err(CredentialError::Timeout),
        }
    }

    /// Asks the store, or waits for somebody who does and takes what came of it.
    async fn ask(&self, failed: Option<TokenId>) -> Result<Authorization, CredentialError> {
        let asked = self.asked.load(Ordering::Relaxed);
        let mut error = self.asking.lock().await;
        let known = self.known();
        if asked != self.asked.load(Ordering::Relaxed) {
            return match (&*error, known) {
                (None, Some(known)) => Ok(known.authorization),
                (error, _) => Err(error.clone().unwrap_or(CredentialError::Timeout)),
            };
        }
        if let Some(fresh) = self.fresh(known.as_ref(), failed) {
            return Ok(fresh);
        }
        self.secrets.forget(); // this reads now and then, and what the store remembers may be older than that
        let header = self.header().await;
        let kept = header.and_then(|(name, text)| self.keep(name, &text, known, self.clock.instant()));
        self.asked.fetch_add(1, Ordering::Relaxed);
        *error = kept.as_ref().err().cloned();
        kept
    }

    fn known(&self) -> Option<Read> {
        self.read.read().expect("nothing panics with this lock").clone()
    }

    fn fresh(&self, known: Option<&Read>, failed: Option<TokenId>) -> Option<Authorization> {
        let believed = |known: &&Read| self.clock.instant() < known.at + KEPT;
        let known = known.filter(believed).filter(|known| failed != Some(known.authorization.id))?;
        Some(known.authorization.clone())
    }

    /// A credential that is the same as before keeps its id, so that nobody tries again with it.
    fn keep(
        &self,
        name: HeaderName,
        text: &str,
        known: Option<Read>,
        now: Instant,
    ) -> Result<Authorization, CredentialError> {
        let next = known.as_ref().map_or(TokenId(1), |known| TokenId(known.authorization.id.0 + 1));
        let mut authorization = Authorization::header(name, text, next).ok_or(self.unfit())?;
        if let Some(known) = known
            && known.authorization.value == authorization.value
        {
            authorization = known.authorization;
        }
        let read = Read { authorization: authorization.clone(), at: now };
        *self.read.write().expect("nothing panics with this lock") = Some(read);
        Ok(authorization)
    }

    /// The header as the secrets have it now.
    async fn header(&self) -> Result<(HeaderName, Zeroizing<String>), CredentialError> {
        Ok(match &self.strategy {
            Strategy::AccessToken | Strategy::Exchange(_) | Strategy::ServiceAccount(_) => {
                let token = grant::read(&self.secrets, "ACCESS_TOKEN").await?;
                (AUTHORIZATION, Zeroizing::new(format!("Bearer {}", *token)))
            }
            Strategy::ApiKey { header, secret } => {
                (header.clone(), grant::read(&self.secrets, secret).await?)
            }
            Strategy::Basic => {
                let user = self.optional("BASIC_AUTH_USER_ID").await?;
                let password = self.optional("BASIC_AUTH_PASSWORD").await?;
                if user.is_empty() && password.is_empty() {
                    return Err(CredentialError::Missing("BASIC_AUTH_USER_ID"));
                }
                let value = grant::basic(&user, &password);
                let text = value.to_str().expect("base64 is text");
                (AUTHORIZATION, Zeroizing::new(text.to_owned()))
            }
        })
    }

    async fn optional(&self, name: &'static str) -> Result<Zeroizing<String>, CredentialError> {
        match grant::read(&self.secrets, name).await {
            Err(CredentialError::Missing(_)) => Ok(Zeroizing::default()),
            read => read,
        }
    }

    fn unfit(&self) -> CredentialError {
        let name = match &self.strategy {
            Strategy::ApiKey { secret, .. } => secret,
            Strategy::AccessToken | Strategy::Basic | Strategy::Exchange(_) | Strategy::ServiceAccount(_) => {
                "ACCESS_TOKEN"
            }
        };
        CredentialError::Invalid { name, expected: "printable text on one line" }
    }
}

/// As long as a value of the store is believed.
const KEPT: Duration = Duration::from_secs(300);
