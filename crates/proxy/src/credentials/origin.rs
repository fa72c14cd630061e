//! Where a token comes from: a grant of the settings, or a Google service account.

use std::time::SystemTime;

use vizard_pseudonym::Secret;

use super::account::Account;
use super::error::CredentialError;
use super::grant;
use super::strategy::{Exchange, Grant};
use super::token_answer::{self, Granted};
use crate::ports::{Clock, Upstream};
use crate::secrets::Secrets;

/// What is asked for a token, again and again.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    Exchange(Exchange),
    Account(Account),
}

/// What came of asking.
pub(super) struct Answered {
    pub(super) granted: Granted,
    /// Before it was asked: a token lasts from then on, to be sure.
    pub(super) began: SystemTime,
    /// The refresh token that was sent, if one was.
    pub(super) sent: Option<Secret>,
}

impl Origin {
    /// Whether all processes use the token in the secret store.
    pub(super) fn is_shared(&self) -> bool {
        matches!(self, Origin::Exchange(exchange) if exchange.shared_token)
    }

    /// Whether asking may use up what was sent, so that nobody else may ask meanwhile.
    pub(super) fn uses_up(&self) -> bool {
        matches!(self, Origin::Exchange(exchange) if exchange.grant == Grant::RefreshToken)
    }

    /// Asks once.
    pub(super) async fn ask(
        &self,
        secrets: &Secrets,
        upstream: &dyn Upstream,
        clock: &dyn Clock,
    ) -> Result<Answered, CredentialError> {
        let exchange = match self {
            Origin::Account(account) => return account.ask(secrets, upstream, clock).await,
            Origin::Exchange(exchange) => exchange,
        };
        let asked = grant::ask(exchange, secrets, clock).await?;
        let began = clock.now();
        let deadline = clock.instant() + exchange.patience;
        let response = upstream.send(asked.request, deadline).await.map_err(CredentialError::Unreachable)?;
        let granted = token_answer::read(&response, exchange.grant)?;
        Ok(Answered { granted, began, sent: asked.refresh_token })
    }
}
