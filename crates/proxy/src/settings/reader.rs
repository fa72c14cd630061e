//! Reads one setting after another and writes down all that is wrong.

use vizard_pseudonym::Secret;

use super::environment::Environment;
use super::names;
use super::problem::{Flaw, SettingProblem};
use crate::ports::{SecretStore, StoreError};
use crate::secrets::Namespaces;

/// A setting is present when it is neither blank nor the placeholder `fill me`.
pub(super) struct Reader<'a> {
    environment: &'a dyn Environment,
    store: &'a dyn SecretStore,
    namespaces: Namespaces,
    problems: Vec<SettingProblem>,
    warnings: Vec<SettingProblem>,
    /// The store did not answer. It is not asked again: each answer may take its whole patience to fail.
    away: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(environment: &'a dyn Environment, store: &'a dyn SecretStore) -> Reader<'a> {
        Reader {
            environment,
            store,
            namespaces: Namespaces::of(environment),
            problems: Vec::new(),
            warnings: Vec::new(),
            away: false,
        }
    }

    /// Announces to the store all that may be read from it, so that it can be asked once.
    pub(super) async fn announce(&self, settings: &[&str], secrets: &[&str]) {
        let places = |names: &[&str]| -> Vec<String> {
            names.iter().flat_map(|name| self.namespaces.places(name)).collect()
        };
        let asked: Vec<_> = settings.iter().copied().filter(|name| self.env(name).is_none()).collect();
        match self.store.settings() {
            Some(other) => {
                let (settings, secrets) = (places(&asked), places(secrets));
                tokio::join!(other.expect(&settings), self.store.expect(&secrets));
            }
            None => self.store.expect(&places(&[&asked, secrets].concat())).await,
        }
    }

    /// From the environment, even when blank.
    pub(super) fn raw(&self, name: &str) -> Option<String> {
        self.environment.value(name)
    }

    /// From the environment only.
    pub(super) fn env(&self, name: &str) -> Option<String> {
        self.environment.given(name)
    }

    /// From the environment, else from the store.
    pub(super) async fn config(&mut self, name: &str) -> Option<String> {
        let text = self.text(name).await?;
        Some(text.trim().to_owned())
    }

    /// The same with the white space around it, which counts in YAML.
    pub(super) async fn text(&mut self, name: &str) -> Option<String> {
        if self.env(name).is_some() {
            return self.raw(name);
        }
        let stored = self.stored(name, self.store.settings().unwrap_or(self.store)).await?;
        let text = stored.expose_str().map(str::to_owned);
        if text.is_none() {
            self.wrong(name, "UTF-8 text");
        }
        text
    }

    /// From the store only, and exactly as it stands there.
    pub(super) async fn secret(&mut self, name: &str) -> Option<Secret> {
        self.stored(name, self.store).await
    }

    async fn stored(&mut self, name: &str, store: &dyn SecretStore) -> Option<Secret> {
        if self.away {
            return None;
        }
        let read = self.namespaces.read(store, name).await;
        self.found(name, read).flatten()
    }

    /// A store that keeps settings apart from secrets may keep this one there.
    pub(super) async fn setting_or_secret(&mut self, name: &str) -> Option<Secret> {
        if let Some(value) = self.env(name) {
            return Some(Secret::new(value));
        }
        let settings = self.store.settings()?;
        self.stored(name, settings).await
    }

    /// What a reading of the store gave; a failure is written down.
    pub(super) fn found<T>(&mut self, name: &str, read: Result<T, StoreError>) -> Option<T> {
        read.inspect_err(|error| {
            self.away |= matches!(error, StoreError::Unavailable { .. });
            self.note(name, Flaw::Unreadable, error.to_string(), None);
        })
        .ok()
    }

    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        let written = self.env(name)?;
        self.truth(name, &written)
    }

    pub(super) async fn config_flag(&mut self, name: &str) -> Option<bool> {
        let written = self.config(name).await?;
        self.truth(name, &written)
    }

    fn truth(&mut self, name: &str, written: &str) -> Option<bool> {
        match written.to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => {
                self.unknown(name, "true or false", names::nearest(written, &["true", "false"]));
                None
            }
        }
    }

    pub(super) fn resource(&self, name: &str) -> Result<Option<String>, String> {
        self.environment.resource(name)
    }

    pub(super) fn store(&self) -> Option<(&Namespaces, &'a dyn SecretStore)> {
        (!self.away).then_some((&self.namespaces, self.store))
    }

    /// Whether nobody knows if the store has this one.
    pub(super) fn could_not_read(&self, name: &str) -> bool {
        let unreadable = |it: &SettingProblem| it.name == name && it.flaw == Flaw::Unreadable;
        self.away || self.problems.iter().any(unreadable)
    }

    /// A setting that is needed is not there. If the store is away, nobody knows.
    pub(super) fn absent(&mut self, name: &str, expected: impl Into<String>) {
        let variables = self.environment.names();
        let meant = names::slip_of(name, variables.iter().map(String::as_str)).map(str::to_owned);
        self.note(name, Flaw::Absent, expected.into(), meant);
    }

    /// Whether a setting that narrows something stands under a name that is almost its own: taken as not set, it
    /// would narrow nothing.
    pub(super) fn misnamed(&mut self, name: &str, expected: &str) -> bool {
        let variables = self.environment.names();
        let meant = names::slip_of(name, variables.iter().map(String::as_str)).map(str::to_owned);
        let is_misnamed = meant.is_some();
        if is_misnamed {
            self.note(name, Flaw::Absent, expected.to_owned(), meant);
        }
        is_misnamed
    }

    /// Something that can still be put there while the proxy runs.
    pub(super) fn lacks(&mut self, name: &str, expected: impl Into<String>) {
        self.warnings.push(SettingProblem {
            name: name.to_owned(),
            flaw: Flaw::Absent,
            expected: expected.into(),
            suggestion: None,
        });
    }

    /// A setting cannot be what it is.
    pub(super) fn wrong(&mut self, name: &str, expected: impl Into<String>) {
        self.note(name, Flaw::Invalid, expected.into(), None);
    }

    /// A setting is none of the words it may be.
    pub(super) fn unknown(&mut self, name: &str, expected: impl Into<String>, meant: Option<&str>) {
        self.note(name, Flaw::Invalid, expected.into(), meant.map(str::to_owned));
    }

    fn note(&mut self, name: &str, flaw: Flaw, expected: String, suggestion: Option<String>) {
        let known = self.problems.iter().any(|it| it.name == name && it.flaw == flaw);
        if !known {
            self.problems.push(SettingProblem { name: name.to_owned(), flaw, expected, suggestion });
        }
    }

    /// All problems, and warnings about variables whose names are almost those of settings.
    pub(super) fn finish(&mut self) -> (Vec<SettingProblem>, Vec<SettingProblem>, Namespaces) {
        let mut warnings = std::mem::take(&mut self.warnings);
        for name in self.environment.names() {
            // Short names are close to many things that are none of ours.
            if name.len() < 7 || names::KNOWN.contains(&name.as_str()) {
                continue;
            }
            let meant = names::nearest(&name, names::KNOWN);
            if meant.is_some() || name.starts_with("VIZARD_") {
                warnings.push(SettingProblem {
                    name,
                    flaw: Flaw::Unknown,
                    expected: String::new(),
                    suggestion: meant.map(str::to_owned),
                });
            }
        }
        (std::mem::take(&mut self.problems), warnings, self.namespaces.clone())
    }
}
