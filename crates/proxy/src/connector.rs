//! What is shipped with the rules of a source: where it is, how it authenticates, what its errors mean.

mod probe;

use std::collections::BTreeMap;

use serde::Deserialize;
use thiserror::Error;

pub use probe::Probe;

/// `rules/<source>/connector.yaml` as written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connector {
    /// The value of `SOURCE`.
    pub source: String,
    /// The source's name for people.
    pub title: String,
    /// The default of `TARGET_HOST`.
    pub target_host: String,
    /// How to authenticate.
    pub auth: Auth,
    /// The secrets, with what an operator must know to fill them in.
    #[serde(default)]
    pub secrets: Vec<SecretNote>,
    /// What the app at the source must be allowed.
    #[serde(default)]
    pub scopes: Vec<Scope>,
    /// What the proxy says to the source's error codes.
    #[serde(default)]
    pub errors: Vec<ErrorText>,
    /// The pace that the source allows.
    #[serde(default)]
    pub rate_limits: Vec<RateLimit>,
    /// One call for each endpoint, to see whether it works.
    #[serde(default)]
    pub probes: Vec<Probe>,
}

/// Defaults of the authentication settings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// The default of `SOURCE_AUTH_STRATEGY_IDENTIFIER`.
    pub strategy: String,
    /// The default of `GRANT_TYPE`.
    pub grant: Option<String>,
    /// The default of `REFRESH_ENDPOINT`.
    pub refresh_endpoint: Option<String>,
    /// The default of `USE_SHARED_TOKEN`.
    #[serde(default)]
    pub shared_token: bool,
}

/// One secret.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretNote {
    /// Its name in the secret store.
    pub name: String,
    /// Who writes it.
    pub written_by: Writer,
    /// Whether the proxy cannot do without.
    pub required: bool,
    /// What it is.
    pub what: String,
    /// Where an operator finds it.
    #[serde(rename = "where")]
    pub place: String,
    /// A pattern that the whole value matches, where the source gives out nothing else.
    pub shape: Option<String>,
    /// What a value of another shape most likely is.
    pub hint: Option<String>,
}

/// Who writes a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Writer {
    /// The one who deploys.
    Operator,
    /// The proxy itself.
    Proxy,
}

/// One permission of the app.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// As the source calls it.
    pub name: String,
    /// The endpoints that need it, as the rules write them.
    pub endpoints: Vec<String>,
    /// An older and broader permission that does as well.
    pub instead: Option<String>,
    /// What it is needed for.
    pub why: String,
}

/// The text for one of the source's error codes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorText {
    /// The source's code.
    pub code: u32,
    /// Our words for it.
    pub text: String,
    /// What follows from it, where something does.
    pub means: Option<Meaning>,
}

/// What follows from an error of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Meaning {
    /// The app lacks a permission, so that no call of this kind succeeds.
    Scope,
    /// There is nothing under this id; another id may do.
    Absent,
}

/// Endpoints that share a pace.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// The source's name for the pace.
    pub class: String,
    /// The endpoints, as the rules write them.
    pub endpoints: Vec<String>,
}

/// A connector file that cannot be read: where and why.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct ConnectorError(String);

impl Connector {
    /// Reads a connector file. A key that is not listed here is an error.
    pub fn parse(yaml: &str) -> Result<Connector, ConnectorError> {
        serde_saphyr::from_str(yaml).map_err(|error| ConnectorError(error.to_string()))
    }

    /// The texts by the source's codes.
    pub fn error_texts(&self) -> BTreeMap<u32, String> {
        self.errors.iter().map(|it| (it.code, it.text.clone())).collect()
    }

    /// What follows from one of the source's codes.
    pub fn meaning(&self, code: u32) -> Option<Meaning> {
        self.errors.iter().find(|it| it.code == code)?.means
    }

    /// The permissions that these endpoints need, as the rules write them.
    pub fn scopes_of<'c>(&'c self, endpoints: &[&str]) -> Vec<&'c Scope> {
        let serves = |scope: &&Scope| scope.endpoints.iter().any(|it| endpoints.contains(&it.as_str()));
        self.scopes.iter().filter(serves).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str =
        "source: tea\ntitle: Tea\ntarget_host: tea.lumen-orchard.example\nauth:\n  strategy: basic_auth\n";

    #[test]
    fn reads_the_least_there_can_be() {
        let connector = Connector::parse(SMALL).unwrap();
        assert_eq!(connector.target_host, "tea.lumen-orchard.example");
        assert!(!connector.auth.shared_token && connector.error_texts().is_empty());
    }

    #[test]
    fn knows_what_endpoints_need_and_what_errors_mean() {
        let connector = Connector::parse(&format!(
            "{SMALL}scopes:\n  - {{name: leaf, endpoints: [/leaves, '/leaves/{{id}}'], why: to read}}\n  \
             - {{name: cup, endpoints: [/cups], instead: crockery, why: to count}}\n\
             errors:\n  - {{code: 1, text: spilt}}\n  - {{code: 2, text: none left, means: absent}}\n"
        ));
        let connector = connector.unwrap();
        let needed = |endpoints: &[&str]| -> Vec<String> {
            connector.scopes_of(endpoints).into_iter().map(|it| it.name.clone()).collect()
        };
        assert_eq!(needed(&["/leaves/{id}"]), ["leaf"]);
        assert_eq!(needed(&["/cups", "/leaves"]), ["leaf", "cup"]);
        assert!(needed(&["/spoons"]).is_empty());
        let meanings = [1, 2, 3].map(|code| connector.meaning(code));
        assert_eq!(meanings, [None, Some(Meaning::Absent), None]);
    }

    #[test]
    fn refuses_keys_that_mean_nothing() {
        for more in ["targethost: x\n", "errors:\n  - {code: 1, text: x, retry: true}\n", "source: coffee\n"]
        {
            assert!(Connector::parse(&format!("{SMALL}{more}")).is_err(), "{more}");
        }
    }
}
