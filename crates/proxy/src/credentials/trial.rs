//! One exchange with the token endpoint, for who wants to know whether it works: what the source grants, and nothing
//! that it changes is lost.

use std::sync::Arc;
use std::time::Duration;

use vizard_pseudonym::Secret;

use super::error::CredentialError;
use super::held::Token;
use super::lease::Guard;
use super::strategy::{Exchange, Grant};
use super::{grant, shared_token, token_answer};
use crate::ports::{Clock, StoreError, Upstream};
use crate::secrets::Secrets;

/// What the token endpoint granted.
#[derive(Debug)]
pub struct Trial {
    /// How long the access token lasts.
    pub lifetime: Duration,
    /// What it is good for, in the source's words; `None` where the source does not tell.
    pub scopes: Option<Vec<String>>,
    token: Token,
}

impl Trial {
    /// Asks for an access token with the secrets as they are now. The token is not shared with anybody.
    ///
    /// A refresh token that the source replaces is written, as the proxy would. Where it could not be, the source is
    /// not asked: the replaced one would be lost, and with it a deployment that works.
    pub async fn run(
        exchange: &Exchange,
        secrets: &Secrets,
        upstream: &dyn Upstream,
        clock: &Arc<dyn Clock>,
    ) -> Result<Trial, CredentialError> {
        let guard = turn(exchange, secrets).await?;
        let ran = fetch(exchange, secrets, upstream, clock).await;
        guard.release().await;
        ran
    }

    /// The access token as processes share it, under the name `ACCESS_TOKEN`.
    pub fn shared_token(&self) -> Secret {
        shared_token::write(&self.token)
    }
}

/// Nobody else may use the refresh token meanwhile. Other grants use nothing up.
async fn turn(exchange: &Exchange, secrets: &Secrets) -> Result<Guard, CredentialError> {
    if exchange.grant != Grant::RefreshToken {
        return Ok(Guard::none());
    }
    let lease = secrets.acquire("OAUTH_REFRESH_TOKEN", LEASE_LIFE).await?.ok_or(CredentialError::Busy)?;
    Ok(Guard::new(lease, secrets.clone()))
}

async fn fetch(
    exchange: &Exchange,
    secrets: &Secrets,
    upstream: &dyn Upstream,
    clock: &Arc<dyn Clock>,
) -> Result<Trial, CredentialError> {
    let asked = grant::ask(exchange, secrets, &**clock).await?;
    if let Some(sent) = &asked.refresh_token {
        secrets.write("REFRESH_TOKEN", sent).await?; // where the next one goes
    }
    let began = clock.now();
    let deadline = clock.instant() + exchange.patience;
    let response = upstream.send(asked.request, deadline).await.map_err(CredentialError::Unreachable)?;
    let granted = token_answer::read(&response, exchange.grant)?;
    if let (Some(sent), Some(replacement)) = (asked.refresh_token, granted.refresh_token)
        && sent != replacement
    {
        keep(secrets, &replacement).await.map_err(CredentialError::NotKept)?;
    }
    // Only now: an answer without a usable token has replaced the refresh token all the same.
    let (value, lifetime) = granted.token?;
    let token = Token { value, expires: began + lifetime };
    Ok(Trial { lifetime, scopes: granted.scopes, token })
}

/// Writes, and again when the store was away for a moment: the token that was sent is used up.
async fn keep(secrets: &Secrets, replacement: &Secret) -> Result<(), StoreError> {
    let mut attempts = 1;
    loop {
        match secrets.write("REFRESH_TOKEN", replacement).await {
            Err(StoreError::Unavailable { .. }) if attempts < ATTEMPTS => attempts += 1,
            written => return written,
        }
        tokio::time::sleep(PAUSE).await;
    }
}

const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(150);
const LEASE_LIFE: Duration = Duration::from_secs(120);
