//! Whether the proxy could write what it has to: a lease taken and given back.

use std::time::Duration;

use vizard_proxy::credentials::{Grant, Strategy};
use vizard_proxy::ports::StoreError;
use vizard_proxy::settings::Settings;

use super::code::Code;
use super::finding::{Check, Findings};
use crate::target::Opened;

pub(super) async fn check(opened: &Opened, settings: &Settings, findings: &mut Findings) {
    let replaces = match &settings.strategy {
        Strategy::Exchange(exchange) if exchange.grant == Grant::RefreshToken => true,
        Strategy::Exchange(exchange) if exchange.shared_token => false,
        Strategy::Exchange(_) | Strategy::AccessToken | Strategy::Basic | Strategy::ApiKey { .. } => {
            findings.skip(Check::State, "with these settings the proxy writes nothing");
            return;
        }
    };
    let namespaces = &opened.namespaces;
    let path = namespaces.state.as_deref().unwrap_or(&namespaces.instance);
    let (code, found) = match opened.store.acquire(&format!("{path}{LEASE}"), LIFE).await {
        Ok(Some(lease)) => match opened.store.release(lease).await {
            Ok(()) => (Code::StateOk, "a lease was taken and given back".to_owned()),
            Err(error) => (of(&error, replaces), format!("a lease was taken and not given back: {error}")),
        },
        Ok(None) => (Code::StateOk, "somebody else is writing a lease right now".to_owned()),
        Err(error) => (of(&error, replaces), error.to_string()),
    };
    findings.add(Check::State, code, path, found);
}

fn of(error: &StoreError, replaces: bool) -> Code {
    match error {
        StoreError::ReadOnly if replaces => Code::StateUnsaved,
        StoreError::ReadOnly => Code::StateReadOnly,
        StoreError::Denied { .. } | StoreError::Name { .. } => Code::StateDenied,
        StoreError::Unavailable { .. } => Code::StateUnavailable,
    }
}

/// Not the one of the proxies: none has to wait for a check.
const LEASE: &str = "VIZARD_DOCTOR";
const LIFE: Duration = Duration::from_secs(10);
