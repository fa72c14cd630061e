//! Why there is no credential, said to the operator: which value, and what to do about it.

use thiserror::Error;

use crate::ports::{StoreError, UpstreamError, WorkloadError};

/// Why a request gets no credential. The text is for the log; it holds no value and no word of the source.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CredentialError {
    /// Nothing came in time.
    #[error(
        "no answer in time from the token endpoint; is egress to it (REFRESH_ENDPOINT, or Google's) blocked?"
    )]
    Timeout,
    /// The token endpoint cannot be reached.
    #[error("the token endpoint (REFRESH_ENDPOINT, or Google's) gave no answer: {0}")]
    Unreachable(UpstreamError),
    /// The token endpoint refuses.
    #[error("the token endpoint answered with status {status}: {hint}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What is most likely wrong.
        hint: EndpointHint,
    },
    /// The token endpoint's answer holds no token that can be used.
    #[error("the token endpoint answered with success, but not with a usable token: {0}")]
    Answer(&'static str),
    /// A secret is absent.
    #[error("the secret {0} is not set")]
    Missing(&'static str),
    /// A secret is there, but it cannot be what it should.
    #[error("the secret {name} must be {expected}")]
    Invalid {
        /// Its name.
        name: &'static str,
        /// What would do.
        expected: &'static str,
    },
    /// The secret store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The source gave a new refresh token, and it could not be kept.
    #[error(
        "the source replaced the refresh token, and the new REFRESH_TOKEN could not be stored ({0}); its access token is not used. Give this proxy a secret store that it may write to"
    )]
    NotKept(StoreError),
    /// The platform does not vouch for this program, which is to act as its own service account.
    #[error("SERVICE_ACCOUNT_KEY is not set, and {0}")]
    Workload(WorkloadError),
    /// Another process holds the right to fetch a token, and brought none in time.
    #[error("another process is fetching a token and did not store one in time")]
    Busy,
}

/// What an operator should look at, from the token endpoint's error code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointHint {
    /// The client is not known, or its secret is wrong.
    Client,
    /// The client is not known, or its key is.
    ClientKey,
    /// The account is wrong.
    Account,
    /// The app is of another type than the grant.
    Grant,
    /// The refresh token is used up.
    RefreshToken,
    /// The scope is not granted.
    Scope,
    /// The key of the service account is not one of an account, or the clock is wrong.
    AccountKey,
    /// What is signed here is signed at the wrong time.
    Clock,
    /// The user to act for is none.
    User,
    /// The service account may not act for users, or not with these scopes.
    Delegation,
    /// What the service account asks for is no scope, or none for it.
    AccountScopes,
    /// The request came too often.
    Pace,
    /// The endpoint itself is at fault.
    Endpoint,
    /// None of the documented errors.
    Other,
}

impl std::fmt::Display for EndpointHint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            EndpointHint::Client => "CLIENT_ID or CLIENT_SECRET is wrong; copy both again from the app's credentials page",
            EndpointHint::ClientKey => "CLIENT_ID, PRIVATE_KEY or PRIVATE_KEY_ID does not belong to an app that the source knows",
            EndpointHint::Account => "ACCOUNT_ID is wrong; copy it again from the app's credentials page (it is not the account number)",
            EndpointHint::Grant => "the app is not of the type that GRANT_TYPE needs; account_credentials needs a Server-to-Server OAuth app",
            EndpointHint::RefreshToken => "REFRESH_TOKEN is expired, revoked or replaced; authorize the app again and store the new one",
            EndpointHint::Scope => "TOKEN_SCOPE asks for what the app was not granted",
            EndpointHint::AccountKey => "SERVICE_ACCOUNT_KEY is not, or no longer, a key of an account that exists; create a new one. Or this machine's clock is wrong",
            EndpointHint::Clock => "this machine's clock is more than a minute off, so that what it signs is not valid",
            EndpointHint::User => "the user to act for does not exist or is suspended; or the service account's key is no longer valid",
            EndpointHint::Delegation => "the service account may not act for this user with OAUTH_SCOPES; the domain's administrator grants domain-wide delegation to its client id, with exactly these scopes",
            EndpointHint::AccountScopes => "OAUTH_SCOPES asks for what is no scope, or for what the service account may not have",
            EndpointHint::Pace => "too many token requests; the proxy waits before the next",
            EndpointHint::Endpoint => "the token endpoint has a problem of its own; the proxy waits before it tries again",
            EndpointHint::Other => "check REFRESH_ENDPOINT and GRANT_TYPE, and that the app is active",
        })
    }
}

/// The three ways in which a caller may learn of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialCause {
    /// 502 `NETWORK_EGRESS_BLOCKED`.
    NetworkEgressBlocked,
    /// 500 `CONNECTION_SETUP`.
    ConnectionSetup,
    /// 503 `CONFIGURATION_FAILURE`: the secret store is not available for now.
    ConfigurationFailure,
}

impl CredentialError {
    /// Whether the token endpoint is at fault, and better left alone for a while.
    pub(super) fn is_of_the_endpoint(&self) -> bool {
        match self {
            CredentialError::Timeout
            | CredentialError::Unreachable(_)
            | CredentialError::Refused { .. }
            | CredentialError::Answer(_)
            | CredentialError::Workload(_) => true,
            CredentialError::Missing(_)
            | CredentialError::Invalid { .. }
            | CredentialError::Store(_)
            | CredentialError::NotKept(_)
            | CredentialError::Busy => false,
        }
    }

    /// Whether it may be over a little later, without anybody doing anything about it.
    pub(crate) fn passes(&self) -> bool {
        match self {
            CredentialError::Timeout
            | CredentialError::Unreachable(_)
            | CredentialError::Store(StoreError::Unavailable { .. })
            | CredentialError::Busy
            | CredentialError::Workload(WorkloadError::Unavailable)
            | CredentialError::Refused { hint: EndpointHint::Pace | EndpointHint::Endpoint, .. } => true,
            CredentialError::Refused { .. }
            | CredentialError::Answer(_)
            | CredentialError::Missing(_)
            | CredentialError::Invalid { .. }
            | CredentialError::Store(_)
            | CredentialError::Workload(_)
            | CredentialError::NotKept(_) => false,
        }
    }

    /// How it looks from outside.
    pub fn cause(&self) -> CredentialCause {
        match self {
            CredentialError::Timeout
            | CredentialError::Unreachable(UpstreamError::ConnectTimeout | UpstreamError::ReadTimeout) => {
                CredentialCause::NetworkEgressBlocked
            }
            CredentialError::Store(StoreError::Unavailable { .. }) | CredentialError::Busy => {
                CredentialCause::ConfigurationFailure
            }
            CredentialError::Unreachable(_)
            | CredentialError::Refused { .. }
            | CredentialError::Answer(_)
            | CredentialError::Missing(_)
            | CredentialError::Invalid { .. }
            | CredentialError::Store(_)
            | CredentialError::Workload(_)
            | CredentialError::NotKept(_) => CredentialCause::ConnectionSetup,
        }
    }
}
