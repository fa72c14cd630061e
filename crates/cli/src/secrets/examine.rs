//! What can be said of the secrets of a deployment without asking the source.

use vizard_proxy::ports::{SecretStore, StoreError};
use vizard_proxy::settings::Environment;
use vizard_pseudonym::{KeyMaterial, Pseudonymizer, Secret, Settings};

use super::account_key;
use super::known::{Kind, Known};
use super::standing::{self, Standing, Worth};
use crate::doctor::code::Code;
use crate::doctor::finding::{Check, Findings};
use crate::target::Opened;

/// Reads every secret from the store and says what is wrong with it.
pub(crate) async fn examine(opened: &Opened, known: &[Known], findings: &mut Findings) {
    let Some(read) = read_all(opened, known, findings).await else {
        findings.skip(Check::Secrets, "the secret store does not answer");
        return;
    };
    for (known, standing) in &read {
        each(opened, known, standing, findings);
    }
    same(&read, findings);
}

type Read<'k> = Vec<(&'k Known, Vec<Standing>)>;

/// None when the store is away: nobody knows what is in it.
async fn read_all<'k>(opened: &Opened, known: &'k [Known], findings: &mut Findings) -> Option<Read<'k>> {
    let mut read = Read::new();
    let mut denied: Vec<(&str, StoreError)> = Vec::new();
    for known in known {
        match look(opened, &known.name).await {
            Ok(standing) => read.push((known, standing)),
            Err(error @ StoreError::Unavailable { .. }) => {
                findings.add(Check::Store, Code::StoreUnavailable, "", opened.explained(&error));
                return None;
            }
            Err(error @ (StoreError::Denied { .. } | StoreError::ReadOnly | StoreError::Name { .. })) => {
                denied.push((&known.name, error));
            }
        }
    }
    match denied.first() {
        None => {
            let found = format!("{} secrets were looked for, and the store answered", read.len());
            findings.add(Check::Store, Code::StoreOk, "", found);
        }
        Some((_, first)) => {
            let names: Vec<_> = denied.iter().map(|(name, _)| *name).collect();
            let found =
                format!("the store denies access to {}: {}", names.join(", "), opened.explained(first));
            findings.add(Check::Store, Code::StoreDenied, "", found);
        }
    }
    Some(read)
}

/// Where settings are kept apart from secrets, an id may be there.
async fn look(opened: &Opened, name: &str) -> Result<Vec<Standing>, StoreError> {
    let store: &dyn SecretStore = &*opened.store;
    let found = standing::look(store, &opened.namespaces, name).await?;
    match store.settings() {
        Some(settings) if found.is_empty() && IDS.contains(&name) => {
            standing::look(settings, &opened.namespaces, name).await
        }
        _ => Ok(found),
    }
}

/// Whether it is no secret here, but a variable or a setting.
pub(crate) async fn is_setting(opened: &Opened, name: &str) -> bool {
    if !IDS.contains(&name) {
        return false;
    }
    let standing = match opened.store.settings() {
        Some(settings) => standing::look(settings, &opened.namespaces, name).await.unwrap_or_default(),
        None => Vec::new(),
    };
    opened.variables.given(name).is_some() || standing.iter().any(|it| it.worth == Worth::Real)
}

fn each(opened: &Opened, known: &Known, standing: &[Standing], findings: &mut Findings) {
    let name = &known.name;
    let mut add = |code: Code, found: String| findings.add(Check::Secrets, code, name, found);
    let real: Vec<&Standing> =
        standing.iter().filter(|it| matches!(it.worth, Worth::Real | Worth::EmptyObject)).collect();
    let Some(used) = real.first() else {
        match standing.first() {
            _ if IDS.contains(&name.as_str()) && opened.variables.given(name).is_some() => {
                add(Code::SecretOk, "set as a variable".to_owned());
            }
            _ if known.is_written_by_proxy() => {
                add(Code::SecretOk, "not there yet; the proxy writes it".to_owned());
            }
            _ if !known.required => {} // it may be absent, and is
            Some(other) if other.worth == Worth::Placeholder => {
                add(Code::SecretPlaceholder, format!("the placeholder `fill me` stands at {}", other.place));
            }
            Some(other) => {
                add(Code::SecretBlank, format!("nothing but white space stands at {}", other.place))
            }
            None if !opened.has_somewhere(name) => {
                add(
                    Code::SecretUnlisted,
                    "not among VIZARD_SECRET_NAMES, so that the proxy never asks".to_owned(),
                );
            }
            None => add(Code::SecretAbsent, "not in the store".to_owned()),
        }
        return;
    };
    let mut fine = true;
    let mut note = |code: Code, found: String| {
        fine = false;
        add(code, found);
    };
    if used.worth == Worth::EmptyObject && !known.is_written_by_proxy() {
        note(Code::SecretEmptyObject, format!("`{{}}` stands at {}", used.place));
    } else if !known.is_written_by_proxy() {
        flaws(known, &used.value).into_iter().for_each(|(code, found)| note(code, found));
    }
    for unused in &real[1..] {
        let stale = name == "REFRESH_TOKEN" && opened.namespaces.state.is_some();
        let code = if stale { Code::RefreshTokenStale } else { Code::SecretShadowed };
        let differs = if unused.value == used.value { "the same value" } else { "another value" };
        note(code, format!("{} is used; {} holds {differs}, which is not", used.place, unused.place));
    }
    if fine {
        let fingerprint = match name.as_str() {
            "PSOXY_SALT" => format!("; its fingerprint is {}", fingerprint(&used.value)),
            _ => String::new(),
        };
        add(Code::SecretOk, format!("set at {}{fingerprint}", used.place));
    }
}

/// What is odd about a value, be it in the store or about to be.
pub(crate) fn flaws(known: &Known, value: &Secret) -> Vec<(Code, String)> {
    let mut flaws = Vec::new();
    let counts = known.kind != Kind::Credential;
    let Some(text) = value.expose_str() else {
        if !counts {
            flaws.push((Code::SecretNotText, "not UTF-8 text".to_owned()));
        }
        return flaws;
    };
    if text.trim() != text {
        let effect = if counts { "which is part of it" } else { "which the proxy leaves out" };
        flaws.push((Code::SecretWhiteSpace, format!("white space stands around it, {effect}")));
    }
    let bare = text.trim();
    if ['"', '\''].iter().any(|mark| bare.len() > 1 && bare.starts_with(*mark) && bare.ends_with(*mark)) {
        flaws.push((Code::SecretQuoted, "it stands in quotation marks".to_owned()));
    } else if !known.fits(bare) {
        flaws.push((Code::SecretShape, format!("not of the usual shape: {}", known.hint())));
    } else if let Some(wrong) = account_key::wrong(&known.name, bare) {
        flaws.push((Code::SecretShape, format!("not of the usual shape: {wrong}")));
    }
    if counts && value.expose().len() < SHORT {
        flaws.push((Code::SecretShort, format!("shorter than {SHORT} characters, which can be guessed")));
    }
    flaws
}

/// A salt that is also a key, or an id that was pasted twice.
fn same(read: &Read<'_>, findings: &mut Findings) {
    let used: Vec<(&Known, &Secret)> = read
        .iter()
        .filter_map(|(known, standing)| {
            Some((*known, &standing.iter().find(|it| it.worth == Worth::Real)?.value))
        })
        .collect();
    for (number, (known, value)) in used.iter().enumerate() {
        for (other, twin) in &used[number + 1..] {
            if value == twin && may_not_be_equal(known.kind, other.kind) {
                let found = format!("the same value as {}", other.name);
                findings.add(Check::Secrets, Code::SecretSame, &known.name, found);
            }
        }
    }
}

/// The salt for addresses is the salt of all else where nothing is said, and so are the keys.
pub(crate) fn may_not_be_equal(kind: Kind, other: Kind) -> bool {
    kind != other || kind == Kind::Credential
}

/// Tells one salt from another and says nothing about either.
pub(crate) fn fingerprint(salt: &Secret) -> String {
    let material = KeyMaterial::salted(salt.expose());
    Pseudonymizer::new(&material, Settings::default()).salt_fingerprint().to_owned()
}

/// What may be a variable as well as a secret.
const IDS: [&str; 2] = ["CLIENT_ID", "ACCOUNT_ID"];

/// What `openssl rand -base64 24` makes; 32 bytes make 44.
const SHORT: usize = 32;
