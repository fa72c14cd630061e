//! How the source wants to be asked, as the settings say. Each strategy knows the secrets it needs.

use std::time::Duration;

use http::{HeaderName, Uri};
use vizard_pseudonym::Secret;

use crate::ports::{SecretStore, StoreError};
use crate::secrets::Namespaces;

/// `SOURCE_AUTH_STRATEGY_IDENTIFIER`, with what belongs to it.
#[derive(Debug, Clone)]
pub enum Strategy {
    /// `oauth2_access_token`: a bearer token that the operator stores.
    AccessToken,
    /// `basic_auth`: a user and a password.
    Basic,
    /// A key in a header of its own; `claude_admin_api_key` is one.
    ApiKey {
        /// The header.
        header: HeaderName,
        /// The secret that holds the key.
        secret: &'static str,
    },
    /// `oauth2_refresh_token`: a token endpoint gives access tokens.
    Exchange(Exchange),
    /// `gcp_service_account_key`: a Google service account, with its key or as the program's own identity.
    ServiceAccount(ServiceAccount),
}

/// What a Google service account is to get tokens for.
#[derive(Debug, Clone)]
pub struct ServiceAccount {
    /// `OAUTH_SCOPES`: at least one.
    pub scopes: Vec<String>,
    /// `VIZARD_ALLOW_LOOPBACK_HTTP`: the key's token endpoint may be on this machine, or elsewhere than at Google.
    pub loopback_http: bool,
    /// How long one call to the token endpoint may take.
    pub patience: Duration,
}

/// Where access tokens come from, and what for.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// `REFRESH_ENDPOINT`.
    pub endpoint: Uri,
    /// `GRANT_TYPE`, with `CREDENTIALS_FLOW`.
    pub grant: Grant,
    /// `USE_SHARED_TOKEN`: all processes use the token in the secret store.
    pub shared_token: bool,
    /// `CLIENT_ID`, if the environment has it; else it is a secret.
    pub client_id: Option<Secret>,
    /// `ACCOUNT_ID`, if the environment has it; else it is a secret.
    pub account_id: Option<Secret>,
    /// `TOKEN_SCOPE`.
    pub scope: Option<String>,
    /// How long one call to the token endpoint may take.
    pub patience: Duration,
}

/// What is given to the token endpoint for an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// `account_credentials`: the id of an account, in the name of an app.
    AccountCredentials,
    /// `refresh_token`: a token that may be replaced each time.
    RefreshToken,
    /// `client_credentials` with the flow `client_secret`.
    ClientSecret,
    /// `client_credentials` with the flow `jwt_assertion`: a statement signed with a private key.
    JwtAssertion,
}

impl Strategy {
    /// The secrets that it cannot do without and that are nowhere to be found, by name.
    pub async fn missing(
        &self,
        namespaces: &Namespaces,
        store: &dyn SecretStore,
    ) -> Result<Vec<&'static str>, StoreError> {
        let mut missing = Vec::new();
        for name in self.needs() {
            if !self.configures(name) && namespaces.read(store, name).await?.is_none() {
                missing.push(name);
            }
        }
        // Some sources take a key as the user and no password, some the other way round.
        if let Strategy::Basic = self
            && missing.len() < self.needs().len()
        {
            missing.clear();
        }
        Ok(missing)
    }

    fn needs(&self) -> Vec<&'static str> {
        match self {
            Strategy::AccessToken => vec!["ACCESS_TOKEN"],
            Strategy::Basic => vec!["BASIC_AUTH_USER_ID", "BASIC_AUTH_PASSWORD"],
            Strategy::ApiKey { secret, .. } => vec![secret],
            Strategy::Exchange(exchange) => exchange.grant.needs().to_vec(),
            // Where the program has an identity of its own, it does without its key.
            Strategy::ServiceAccount(_) => Vec::new(),
        }
    }

    /// Whether the settings hold the value, so that the secret store need not.
    fn configures(&self, name: &str) -> bool {
        match self {
            Strategy::Exchange(exchange) => match name {
                "CLIENT_ID" => exchange.client_id.is_some(),
                "ACCOUNT_ID" => exchange.account_id.is_some(),
                _ => false,
            },
            Strategy::AccessToken
            | Strategy::Basic
            | Strategy::ApiKey { .. }
            | Strategy::ServiceAccount(_) => false,
        }
    }
}

impl Grant {
    fn needs(self) -> &'static [&'static str] {
        match self {
            Grant::AccountCredentials => &["ACCOUNT_ID", "CLIENT_ID", "CLIENT_SECRET"],
            Grant::RefreshToken => &["CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN"],
            Grant::ClientSecret => &["CLIENT_ID", "CLIENT_SECRET"],
            Grant::JwtAssertion => &["CLIENT_ID", "PRIVATE_KEY_ID", "PRIVATE_KEY"],
        }
    }
}
