//! One exchange with the token endpoint, with the secrets as they are.

use std::sync::Arc;

use vizard_proxy::credentials::{CredentialError, EndpointHint, Strategy, Trial};
use vizard_proxy::ports::Clock;
use vizard_proxy::secrets::Secrets;
use vizard_proxy::settings::Settings;
use vizard_proxy::upstream::HttpUpstream;

use super::code::Code;
use super::finding::{Check, Findings};
use crate::target::Opened;

/// What was granted, if something was.
pub(super) async fn check(
    opened: &Opened,
    settings: &Settings,
    upstream: &HttpUpstream,
    clock: &Arc<dyn Clock>,
    findings: &mut Findings,
) -> Option<Trial> {
    let Strategy::Exchange(exchange) = &settings.strategy else {
        findings.skip(Check::Token, "this source has no token endpoint");
        return None;
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

fn code(error: &CredentialError) -> Code {
    match error {
        CredentialError::Timeout | CredentialError::Unreachable(_) => Code::TokenUnreachable,
        CredentialError::Refused { hint, .. } => match hint {
            EndpointHint::Client => Code::TokenClient,
            EndpointHint::ClientKey => Code::TokenClientKey,
            EndpointHint::Account => Code::TokenAccount,
            EndpointHint::Grant => Code::TokenGrant,
            EndpointHint::RefreshToken => Code::TokenRefreshToken,
            EndpointHint::Scope => Code::TokenScope,
            EndpointHint::Pace => Code::TokenPace,
            EndpointHint::Endpoint => Code::TokenEndpoint,
            EndpointHint::Other => Code::TokenRefused,
        },
        CredentialError::Answer(_) => Code::TokenAnswer,
        CredentialError::Missing(_) | CredentialError::Invalid { .. } => Code::TokenSecret,
        CredentialError::Store(_) => Code::TokenStore,
        CredentialError::NotKept(_) => Code::TokenNotKept,
        CredentialError::Busy => Code::TokenBusy,
    }
}
