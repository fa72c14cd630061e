//! Secrets and their versions, as they are kept.

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde_json::{Value, json};

use super::super::status::{Code, Refusal};
use super::super::{PROJECT_NUMBER, time};

/// All secrets of a project.
#[derive(Debug)]
pub(super) struct Project {
    pub(super) secrets: BTreeMap<String, Kept>,
    /// How many versions a page lists at most.
    pub(super) page: usize,
    etags: u64,
}

impl Default for Project {
    fn default() -> Project {
        Project { secrets: BTreeMap::new(), page: 25_000, etags: 0 }
    }
}

/// A secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// All versions that there ever were: the first has the number 1.
    pub versions: Vec<Version>,
    /// What names this state of labels.
    pub etag: String,
    made: SystemTime,
}

/// A version of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// What it says, until it is destroyed.
    pub value: Option<Vec<u8>>,
    /// Its state.
    pub state: State,
    /// Whether it came with a checksum.
    pub checked: bool,
    pub(super) etag: String,
    made: SystemTime,
}

/// The state of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It can be read.
    Enabled,
    /// It can be read again later.
    Disabled,
    /// It is gone for ever.
    Destroyed,
}

impl State {
    pub(super) fn name(self) -> &'static str {
        match self {
            State::Enabled => "ENABLED",
            State::Disabled => "DISABLED",
            State::Destroyed => "DESTROYED",
        }
    }

    fn number(self) -> u8 {
        match self {
            State::Enabled => 1,
            State::Disabled => 2,
            State::Destroyed => 3,
        }
    }
}

impl Project {
    fn etag(&mut self) -> String {
        self.etags += 1;
        format!("\"{:x}\"", 0x16_3f5a_9c00 + self.etags)
    }

    pub(super) fn create(&mut self, id: &str) -> Result<(), Refusal> {
        let letters = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if !(1..=255).contains(&id.len()) || !id.bytes().all(letters) {
            return Err(Refusal::new(Code::InvalidArgument, "The secret id does not have the form of one."));
        }
        if self.secrets.contains_key(id) {
            let name = format!("projects/{PROJECT_NUMBER}/secrets/{id}");
            return Err(Refusal::new(Code::AlreadyExists, format!("Secret [{name}] already exists.")));
        }
        let etag = self.etag();
        let kept = Kept { labels: BTreeMap::new(), versions: Vec::new(), etag, made: SystemTime::now() };
        self.secrets.insert(id.to_owned(), kept);
        Ok(())
    }

    /// Adds a version: its number.
    pub(super) fn add(&mut self, id: &str, value: Vec<u8>, checked: bool) -> usize {
        let etag = self.etag();
        let version =
            Version { value: Some(value), state: State::Enabled, checked, etag, made: SystemTime::now() };
        let kept = self.secrets.get_mut(id).unwrap();
        kept.versions.push(version);
        kept.versions.len()
    }

    /// Every change of a secret changes its etag, also one that changes nothing.
    pub(super) fn relabel(&mut self, id: &str, labels: BTreeMap<String, String>) {
        let etag = self.etag();
        let kept = self.secrets.get_mut(id).unwrap();
        (kept.labels, kept.etag) = (labels, etag);
    }

    pub(super) fn set_state(&mut self, id: &str, number: usize, state: State) {
        let etag = self.etag();
        let version = &mut self.secrets.get_mut(id).unwrap().versions[number - 1];
        (version.state, version.etag) = (state, etag);
        if state == State::Destroyed {
            version.value = None;
        }
    }
}

impl Kept {
    /// What the newest version says, if it is enabled and text.
    pub fn value(&self) -> Option<String> {
        let newest = self.versions.last().filter(|it| it.state == State::Enabled)?;
        String::from_utf8(newest.value.clone()?).ok()
    }

    /// The states of all versions, the first one first.
    pub fn states(&self) -> Vec<State> {
        self.versions.iter().map(|it| it.state).collect()
    }

    pub(super) fn json(&self, id: &str) -> Value {
        let mut secret = json!({
            "name": format!("projects/{PROJECT_NUMBER}/secrets/{id}"),
            "replication": {"automatic": {}},
            "createTime": time::rfc3339(self.made),
            "etag": self.etag,
        });
        if !self.labels.is_empty() {
            secret["labels"] = json!(self.labels);
        }
        secret
    }
}

impl Version {
    pub(super) fn json(&self, name: &str, as_numbers: bool) -> Value {
        let state = if as_numbers { json!(self.state.number()) } else { json!(self.state.name()) };
        let mut version = json!({
            "name": name,
            "createTime": time::rfc3339(self.made),
            "state": state,
            "replicationStatus": {"automatic": {}},
            "etag": self.etag,
        });
        if self.checked {
            version["clientSpecifiedPayloadChecksum"] = json!(true);
        }
        if self.state == State::Destroyed {
            version["destroyTime"] = version["createTime"].clone();
        }
        version
    }
}

/// Whether a label has the form of one: small letters, digits, `_` and `-`, up to 63, and a letter first in names.
/// Letters beyond ASCII are not tried here.
pub(super) fn is_label(name: &str, value: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-';
    let begins = name.bytes().next().is_some_and(|it| it.is_ascii_lowercase());
    begins && name.len() <= 63 && value.len() <= 63 && name.bytes().all(plain) && value.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_small_and_short() {
        for (name, value, expected) in [
            ("latest-version", "17", true),
            ("locked-by", "0b6ae5a4-0000-4000-8000-000000000000", true),
            ("locked", "", true),
            ("", "1", false),
            ("1st", "1", false),
            ("Locked", "1", false),
            ("locked", "One", false),
            ("locked", "a b", false),
            ("locked", &"1".repeat(64), false),
        ] {
            assert_eq!(is_label(name, value), expected, "{name}={value}");
        }
    }
}
