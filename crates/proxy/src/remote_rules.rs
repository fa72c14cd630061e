//! Rules in a bucket: for rule files that are too large for a setting. Which object that is follows from the settings;
//! each cloud fetches it.

use thiserror::Error;

use crate::secrets::Namespaces;
use crate::settings::Environment;

/// Where the rule file of an instance is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// `REMOTE_RESOURCE_BUCKET`.
    pub bucket: String,
    /// The name of the object in it.
    pub key: String,
}

/// Why a rule file in a bucket cannot be used.
#[derive(Debug, Error)]
pub enum RemoteRulesError {
    /// It is not there, or may not be read.
    #[error("rules.yaml in REMOTE_RESOURCE_BUCKET could not be read: {0}")]
    Unreadable(String),
    /// It is no rule file.
    #[error("rules.yaml in REMOTE_RESOURCE_BUCKET is not UTF-8 text of at most 4 MiB")]
    NotText,
}

impl Place {
    /// `None` when no bucket is named, or when rules stand nearer.
    ///
    /// The name begins with `INSTANCE_RESOURCE_PATH`, else with where the secrets of the instance are: without a slash
    /// at the beginning, and with one at the end in place of an underscore.
    pub fn of(environment: &dyn Environment) -> Option<Place> {
        let bucket = environment.given("REMOTE_RESOURCE_BUCKET")?;
        let nearer =
            environment.given("RULES").is_some() || !matches!(environment.resource("rules.yaml"), Ok(None));
        if nearer {
            return None;
        }
        let path = environment.given("INSTANCE_RESOURCE_PATH");
        let path = path.unwrap_or_else(|| Namespaces::of(environment).instance);
        let path = path.trim_start_matches('/');
        let prefix = path.strip_suffix('_').map_or_else(|| path.to_owned(), |path| format!("{path}/"));
        Some(Place { bucket, key: format!("{prefix}rules.yaml") })
    }
}

/// The rule file that these bytes are.
///
/// # Errors
///
/// When they are no text, or more than [`LIMIT`].
pub fn text(bytes: Vec<u8>) -> Result<String, RemoteRulesError> {
    if bytes.len() as u64 > LIMIT {
        return Err(RemoteRulesError::NotText);
    }
    String::from_utf8(bytes).map_err(|_| RemoteRulesError::NotText)
}

/// How large a rule file in a bucket may be, in bytes.
pub const LIMIT: u64 = 4 * 1024 * 1024;

/// An environment with a rule file that came from elsewhere, or should have.
#[derive(Debug)]
pub struct WithRules<'e> {
    /// All else.
    pub environment: &'e dyn Environment,
    /// The file, or why there is none.
    pub rules: Result<String, String>,
}

impl Environment for WithRules<'_> {
    fn value(&self, name: &str) -> Option<String> {
        self.environment.value(name)
    }

    fn names(&self) -> Vec<String> {
        self.environment.names()
    }

    fn resource(&self, name: &str) -> Result<Option<String>, String> {
        if name == "rules.yaml" { self.rules.clone().map(Some) } else { self.environment.resource(name) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn the_key_follows_the_instance() {
        for (name, value, expected) in [
            ("INSTANCE_RESOURCE_PATH", "/vizard/zoom/", "vizard/zoom/rules.yaml"),
            ("PATH_TO_INSTANCE_CONFIG", "PSOXY_ZOOM_", "PSOXY_ZOOM/rules.yaml"),
            ("AWS_LAMBDA_FUNCTION_NAME", "psoxy-zoom", "PSOXY_ZOOM/rules.yaml"),
            ("K_SERVICE", "psoxy-zoom", "PSOXY_ZOOM/rules.yaml"),
            ("HOME", "/", "rules.yaml"),
        ] {
            let mut environment = BTreeMap::from([(name.to_owned(), value.to_owned())]);
            assert_eq!(Place::of(&environment), None);
            environment.insert("REMOTE_RESOURCE_BUCKET".to_owned(), "rules".to_owned());
            let place = Place { bucket: "rules".to_owned(), key: expected.to_owned() };
            assert_eq!(Place::of(&environment), Some(place), "{name}");
            environment.insert("RULES".to_owned(), "endpoints: []".to_owned());
            assert_eq!(Place::of(&environment), None, "rules that stand nearer");
        }
    }

    #[test]
    fn a_rule_file_is_text_of_some_size() {
        assert_eq!(text(b"a".to_vec()).unwrap(), "a");
        assert!(text(vec![0xff]).is_err());
        assert!(text(vec![b'a'; 4 * 1024 * 1024]).is_ok());
        assert!(text(vec![b'a'; 4 * 1024 * 1024 + 1]).is_err());
    }
}
