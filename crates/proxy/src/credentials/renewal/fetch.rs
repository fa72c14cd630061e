//! One call to the token endpoint, and what must be written down before its token is used.

use std::time::Duration;

use vizard_pseudonym::Secret;

use super::{Flight, Renewal, SHARED_TOKEN, SOON, Unsaved};
use crate::credentials::error::CredentialError;
use crate::credentials::held::Token;
use crate::credentials::origin::Answered;
use crate::credentials::{grant, shared_token};
use crate::ports::StoreError;

impl Renewal {
    /// Asks for a token. A replaced refresh token is durable before this returns.
    pub(super) async fn fetch(&self, flight: &mut Flight) -> Result<Token, CredentialError> {
        if let Some(token) = self.save_the_unsaved(flight).await? {
            return Ok(token);
        }
        let answered = self.origin.ask(&self.secrets, &*self.upstream, &*self.clock).await?;
        let Answered { granted, began, sent } = answered;
        let token = granted.token.map(|(value, lifetime)| Token { value, expires: began + lifetime });
        if let (Some(sent), Some(replacement)) = (sent, granted.refresh_token)
            && sent != replacement
        {
            let unsaved = Unsaved { sent, replacement, token: token.clone().ok() };
            if let Err(error) = self.save(REFRESH_TOKEN, &unsaved.replacement).await {
                flight.unsaved = Some(unsaved);
                return Err(CredentialError::NotKept(error));
            }
        }
        let token = token?;
        self.share(&token, flight).await;
        Ok(token)
    }

    /// What could not be stored last time, if nobody has stored another since.
    async fn save_the_unsaved(&self, flight: &mut Flight) -> Result<Option<Token>, CredentialError> {
        let Some(unsaved) = &flight.unsaved else {
            return Ok(None);
        };
        let stored = grant::read(&self.secrets, REFRESH_TOKEN).await?;
        if unsaved.sent.expose() != stored.as_bytes() {
            flight.unsaved = None;
            return Ok(None);
        }
        self.save(REFRESH_TOKEN, &unsaved.replacement).await.map_err(CredentialError::NotKept)?;
        let token = flight.unsaved.take().and_then(|unsaved| unsaved.token);
        Ok(token.filter(|token| {
            token.expires > self.clock.now() + SOON
                && self.current().is_none_or(|current| current.token.value != token.value)
        }))
    }

    /// The store is written to so that others need not fetch; this process can do without.
    async fn share(&self, token: &Token, flight: &mut Flight) {
        if !self.origin.is_shared() {
            return;
        }
        match self.save(SHARED_TOKEN, &shared_token::write(token)).await {
            Ok(()) => {}
            Err(error @ (StoreError::ReadOnly | StoreError::Denied { .. })) => self.warn_once(&error, flight),
            Err(error) => tracing::warn!(%error, "could not store the shared access token"),
        }
    }

    /// Writes, and again when the store was away for a moment.
    async fn save(&self, name: &str, value: &Secret) -> Result<(), StoreError> {
        let mut attempts = 1;
        loop {
            match self.secrets.write(name, value).await {
                Err(StoreError::Unavailable { .. }) if attempts < ATTEMPTS => attempts += 1,
                written => return written,
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

const REFRESH_TOKEN: &str = "REFRESH_TOKEN";
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(150);
