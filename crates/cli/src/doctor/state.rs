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
        Strategy::Exchange(_)
        | Strategy::AccessToken
        | Strategy::Basic
        | Strategy::ApiKey { .. }
        | Strategy::ServiceAccount(_) => {
            findings.skip(Check::State, "with these settings the proxy writes nothing");
            return;
        }
    };
    let namespaces = &opened.namespaces;
    if opened.on_google().is_some() {
        let shared = matches!(&settings.strategy, Strategy::Exchange(exchange) if exchange.shared_token);
        let written = [(true, LEASE_OF_PROXIES), (shared, "ACCESS_TOKEN"), (replaces, "REFRESH_TOKEN")];
        let written = written.iter().filter(|(is_written, _)| *is_written).map(|(_, name)| *name);
        secrets(opened, written, replaces, findings).await;
        return;
    }
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

/// In Secret Manager leases are labels of a secret, and what the proxy writes are versions of others; the proxy makes
/// none of them. Taking a lease on each shows that it is there, and that its labels can be read and changed.
async fn secrets(
    opened: &Opened,
    written: impl Iterator<Item = &'static str>,
    replaces: bool,
    findings: &mut Findings,
) {
    let path = opened.namespaces.state.as_deref().unwrap_or(&opened.namespaces.instance);
    let mut fine = Vec::new();
    for name in written {
        let place = format!("{path}{name}");
        if !opened.has(&place) {
            let found = "not among VIZARD_SECRET_NAMES, so that the proxy never asks";
            findings.add(Check::State, Code::StateAbsent, place, found);
            continue;
        }
        let error = match opened.store.acquire(&place, LIFE).await {
            Ok(None) => None,
            Ok(Some(lease)) => opened.store.release(lease).await.err(),
            Err(error) => Some(error),
        };
        match error {
            None => fine.push(name),
            Some(StoreError::Unavailable { reason }) if reason.starts_with(ABSENT) => {
                findings.add(Check::State, Code::StateAbsent, place, reason);
            }
            Some(error @ StoreError::Denied { .. }) => {
                let found = format!(
                    "{error}, or there is none. Beside roles/secretmanager.secretAccessor it takes a role with \
                     secretmanager.secrets.get, secrets.update, versions.add, versions.list and versions.destroy"
                );
                findings.add(Check::State, Code::StateDenied, place, found);
            }
            Some(error) => findings.add(Check::State, of(&error, replaces), place, error.to_string()),
        }
    }
    if !fine.is_empty() {
        let found = format!("labels could be changed, and changed back: {}", fine.join(", "));
        findings.add(Check::State, Code::StateOk, path, found);
    }
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
/// Where leases cannot be made at will: held for a moment only.
const LEASE_OF_PROXIES: &str = "OAUTH_REFRESH_TOKEN";
/// What Secret Manager's store says of a lease whose secret is not there.
const ABSENT: &str = "there is no secret";
const LIFE: Duration = Duration::from_secs(10);
