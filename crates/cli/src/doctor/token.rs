//! One exchange with the token endpoint, with the secrets as they are.

use std::sync::Arc;

use vizard_proxy::credentials::{CredentialError, EndpointHint, Strategy, Trial};
use vizard_proxy::ports::Clock;
use vizard_proxy::secrets::Secrets;
use vizard_proxy::settings::Settings;
use vizard_proxy::upstream::{HttpUpstream, Transport};

use super::code::Code;
use super::finding::{Check, Findings};
use crate::secrets::{ACCOUNT_KEY, account_token};
use crate::target::Opened;

/// What was granted, if something was.
pub(super) async fn check(
    opened: &Opened,
    settings: &Settings,
    upstream: &HttpUpstream,
    clock: &Arc<dyn Clock>,
    findings: &mut Findings,
) -> Option<Trial> {
    let exchange = match &settings.strategy {
        Strategy::Exchange(exchange) => exchange,
        Strategy::ServiceAccount(_) => {
            of_account(opened, settings, clock, findings).await;
            return None;
        }
        Strategy::AccessToken | Strategy::Basic | Strategy::ApiKey { .. } => {
            findings.skip(Check::Token, "this source has no token endpoint");
            return None;
        }
    };
    let host = exchange.endpoint.authority().map_or_else(String::new, ToString::to_string);
    let secrets = Secrets::new(opened.store.clone(), opened.namespaces.clone());
    match Trial::run(exchange, &secrets, upstream, clock).await {
        Ok(trial) => {
            let found = format!("grants a token for {} s", trial.lifetime.as_secs());
            findings.add(Check::Token, Code::TokenOk, host, found);
            Some(trial)
        }
        Err(error) => {
            findings.add(Check::Token, code(&error), host, error.to_string());
            None
        }
    }
}

/// A token for the service account itself, if its key is here.
async fn of_account(opened: &Opened, settings: &Settings, clock: &Arc<dyn Clock>, findings: &mut Findings) {
    if only_the_platform_vouches(opened, settings).await {
        findings.skip(Check::Token, "the platform vouches for the proxy's account, and not for this machine");
        return;
    }
    let Ok(upstream) = HttpUpstream::new(Transport::of(settings)) else {
        findings.skip(Check::Token, "there is no network");
        return;
    };
    let secrets = Secrets::new(opened.store.clone(), opened.namespaces.clone());
    match account_token(&settings.strategy, secrets, upstream, clock.clone()).await {
        Ok(()) => findings.add(Check::Token, Code::TokenOk, ACCOUNT_KEY, "a token is granted"),
        Err(error) => findings.add(Check::Token, code(&error), ACCOUNT_KEY, error.to_string()),
    }
}

/// Whether the proxy is a service account without a key, as it may be on Google Cloud.
pub(super) async fn only_the_platform_vouches(opened: &Opened, settings: &Settings) -> bool {
    let is_account = matches!(settings.strategy, Strategy::ServiceAccount(_));
    is_account
        && opened.on_google().is_some()
        && matches!(opened.namespaces.read(&*opened.store, ACCOUNT_KEY).await, Ok(None))
}

fn code(error: &CredentialError) -> Code {
    match error {
        CredentialError::Timeout | CredentialError::Unreachable(_) => Code::TokenUnreachable,
        CredentialError::Refused { hint, .. } => match hint {
            EndpointHint::Client => Code::TokenClient,
            EndpointHint::ClientKey => Code::TokenClientKey,
            EndpointHint::Account => Code::TokenAccount,
            EndpointHint::Grant => Code::TokenGrant,
            EndpointHint::RefreshToken => Code::TokenRefreshToken,
            EndpointHint::Scope | EndpointHint::AccountScopes => Code::TokenScope,
            EndpointHint::AccountKey => Code::TokenAccountKey,
            EndpointHint::Clock => Code::TokenClock,
            EndpointHint::Delegation | EndpointHint::User => Code::TokenDelegation,
            EndpointHint::Pace => Code::TokenPace,
            EndpointHint::Endpoint => Code::TokenEndpoint,
            EndpointHint::Other => Code::TokenRefused,
        },
        CredentialError::Answer(_) => Code::TokenAnswer,
        CredentialError::Workload(_) => Code::TokenWorkload,
        CredentialError::Missing(_) | CredentialError::Invalid { .. } => Code::TokenSecret,
        CredentialError::Store(_) => Code::TokenStore,
        CredentialError::NotKept(_) => Code::TokenNotKept,
        CredentialError::Busy => Code::TokenBusy,
    }
}
