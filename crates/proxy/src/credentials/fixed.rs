//! Credentials that an operator stores: a token, a password or a key, added to each request as it is.

use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use http::HeaderName;
use http::header::AUTHORIZATION;
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
}

#[derive(Debug, Clone)]
struct Read {
    authorization: Authorization,
    at: Instant,
}

impl Fixed {
    pub(super) fn new(strategy: Strategy, secrets: Secrets, clock: Arc<dyn Clock>) -> Fixed {
        Fixed { strategy, secrets, clock, read: RwLock::new(None) }
    }

    pub(super) async fn for_request(
        &self,
        deadline: Instant,
        failed: Option<TokenId>,
    ) -> Result<Authorization, CredentialError> {
        let now = self.clock.instant();
        let known = self.read.read().expect("nothing panics with this lock").clone();
        if let Some(known) = &known
            && now < known.at + KEPT
            && failed != Some(known.authorization.id)
        {
            return Ok(known.authorization.clone());
        }
        match (tokio::time::timeout_at(deadline.into(), self.header()).await, known) {
            (Ok(Ok((name, text))), known) => self.keep(name, &text, known, now),
            // The store is away for now: what it said last is still the best guess.
            (Ok(Err(CredentialError::Store(error))), Some(known)) => {
                tracing::warn!(%error, "could not read the credential again; the last one is used");
                Ok(known.authorization)
            }
            (Ok(Err(error)), _) => Err(error),
            (Err(_), Some(known)) => Ok(known.authorization),
            (Err(_), None) => Err(CredentialError::Timeout),
        }
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
            Strategy::AccessToken | Strategy::Exchange(_) => {
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
            Strategy::AccessToken | Strategy::Basic | Strategy::Exchange(_) => "ACCESS_TOKEN",
        };
        CredentialError::Invalid { name, expected: "printable text on one line" }
    }
}

/// As long as a value of the store is believed.
const KEPT: Duration = Duration::from_secs(300);
