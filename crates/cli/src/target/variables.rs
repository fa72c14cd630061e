//! The variables of a deployment: from a file, from the command line, or those of this process.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde_json::{Map, Value};
use vizard_proxy::connectors::{self, ConnectorEnvironment};
use vizard_proxy::settings::{Environment, ProcessEnvironment};

use super::Deployment;
use crate::exit::{Code, Stop};

/// The variables as one connector sees them, and the rule file that is deployed beside them.
#[derive(Clone, Default)]
pub(crate) struct Variables {
    own: BTreeMap<String, String>,
    /// What this machine knows of the way to the platform, such as credentials and the region.
    platform: BTreeMap<String, String>,
    rules: Option<String>,
}

impl Variables {
    pub(crate) fn read(deployment: &Deployment) -> Result<Variables, Stop> {
        let Deployment { env_file, env, connector, rules, .. } = deployment;
        let (mut all, mut chosen) = match env_file {
            Some(path) => of_file(path, connector.as_deref())?,
            None => (of_process(|_| true), false),
        };
        for pair in env {
            let (name, value) = pair
                .split_once('=')
                .filter(|(name, _)| !name.is_empty())
                .ok_or_else(|| Stop::because(Code::Usage, "--env must be NAME=VALUE"))?;
            all.insert(name.to_owned(), value.to_owned());
        }
        let ids = connectors::listed(&all).map_err(|expected| {
            Stop::because(Code::Configuration, format_args!("VIZARD_CONNECTORS must be {expected}"))
        })?;
        let mut resource = ProcessEnvironment.resource("rules.yaml");
        if !ids.is_empty() {
            let id = choice(ids.iter().map(String::as_str), connector.as_deref())?.to_owned();
            let view = ConnectorEnvironment::new(&all, &id);
            let names = view.names().into_iter().filter(|name| name != "VIZARD_CONNECTORS");
            all = names.filter_map(|name| Some((name.clone(), view.value(&name)?))).collect();
            resource = ProcessEnvironment.resource(&format!("{id}/rules.yaml"));
            chosen = true;
        }
        if let (Some(id), false) = (connector, chosen)
            && all.get("SOURCE") != Some(id)
        {
            let words = format!("--connector {id}: the deployment has one connector, and it is no other");
            return Err(Stop::because(Code::Usage, words));
        }
        let rules = match (rules, env_file) {
            (Some(path), _) => Some(text(path)?),
            (None, None) => resource.map_err(|reason| {
                Stop::because(Code::NoInput, format_args!("could not read the deployed rules: {reason}"))
            })?,
            (None, Some(_)) => None, // whatever this machine has is not the deployment's
        };
        Ok(Variables { own: all, platform: of_process(is_of_the_platform), rules })
    }

    /// What the deployment itself says, whatever this machine knows.
    pub(crate) fn of_deployment(&self, name: &str) -> Option<String> {
        self.own.given(name)
    }

    /// The same without some: they count as not set, unless this machine knows them.
    pub(crate) fn without(&self, names: &[&str]) -> Variables {
        let mut fewer = self.clone();
        fewer.own.retain(|name, _| !names.contains(&name.as_str()));
        fewer
    }

    /// The same with one more, or in place of one.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Variables {
        self.own.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The same with a rule file that is not on this machine.
    pub(crate) fn with_rules(mut self, text: String) -> Variables {
        self.rules = Some(text);
        self
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = (String, String)> + '_ {
        self.own.iter().map(|(name, value)| (name.clone(), value.clone()))
    }
}

impl Environment for Variables {
    fn value(&self, name: &str) -> Option<String> {
        self.own.get(name).or_else(|| self.platform.get(name)).cloned()
    }

    fn names(&self) -> Vec<String> {
        self.own.keys().cloned().collect()
    }

    fn resource(&self, name: &str) -> Result<Option<String>, String> {
        Ok(self.rules.clone().filter(|_| name == "rules.yaml"))
    }
}

/// Names only: where the variables are the secret store, values are secrets.
impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.own.keys()).finish()
    }
}

fn of_process(wanted: impl Fn(&str) -> bool) -> BTreeMap<String, String> {
    let names = ProcessEnvironment.names().into_iter().filter(|name| wanted(name));
    names.filter_map(|name| Some((name.clone(), ProcessEnvironment.value(&name)?))).collect()
}

/// Not what a function's or service's own platform sets in it: this program runs elsewhere.
fn is_of_the_platform(name: &str) -> bool {
    matches!(name, "HOME" | "GCE_METADATA_HOST" | "VIZARD_GOOGLE_ENDPOINT")
        || name.starts_with("GOOGLE_")
        || (name.starts_with("AWS_") && !name.starts_with("AWS_LAMBDA_"))
}

/// The variables, and whether a connector of several was chosen for them.
fn of_file(path: &Path, connector: Option<&str>) -> Result<(BTreeMap<String, String>, bool), Stop> {
    let wrong = |why: &str| {
        let words = format!("{} is not the JSON of a deployment's variables: {why}", path.display());
        Stop::because(Code::Configuration, words)
    };
    // The parser's own words would repeat what stands in the file, and that may be anything.
    let parsed: Value =
        serde_json::from_str(&text(path)?).map_err(|error| wrong(&format!("see line {}", error.line())))?;
    let Value::Object(mut object) = parsed else {
        return Err(wrong("it is no object"));
    };
    // All outputs of `terraform output -json` at once.
    if let Some(Value::Object(inner)) = object.get_mut("environment").and_then(|it| it.get_mut("value")) {
        object = std::mem::take(inner);
    }
    let nested = object.values().any(Value::is_object);
    if nested {
        let id = choice(object.keys().map(String::as_str), connector)?.to_owned();
        match object.remove(&id) {
            Some(Value::Object(inner)) => object = inner,
            _ => return Err(wrong("it mixes variables and connectors")),
        }
    }
    Ok((flat(object).map_err(|name| wrong(&format!("`{name}` is no text")))?, nested))
}

fn flat(object: Map<String, Value>) -> Result<BTreeMap<String, String>, String> {
    let mut variables = BTreeMap::new();
    for (name, value) in object {
        match value {
            Value::Null => continue,
            Value::String(text) => variables.insert(name, text),
            Value::Number(_) | Value::Bool(_) => variables.insert(name, value.to_string()),
            Value::Array(_) | Value::Object(_) => return Err(name),
        };
    }
    Ok(variables)
}

/// The connector that is meant.
fn choice<'i>(ids: impl Iterator<Item = &'i str>, wanted: Option<&str>) -> Result<&'i str, Stop> {
    let ids: Vec<&str> = ids.collect();
    let found = match wanted {
        Some(wanted) => ids.iter().find(|id| **id == wanted),
        None => ids.first().filter(|_| ids.len() == 1),
    };
    found.copied().ok_or_else(|| {
        let words = format!("--connector must be one of the deployment's: {}", ids.join(", "));
        Stop::because(Code::Usage, words)
    })
}

fn text(path: &Path) -> Result<String, Stop> {
    std::fs::read_to_string(path).map_err(|error| {
        Stop::because(Code::NoInput, format_args!("could not read {}: {error}", path.display()))
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::target::Target;

    fn read(json: &str, env: &[&str], connector: Option<&str>) -> Result<Variables, Stop> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(json.as_bytes()).unwrap();
        Variables::read(&Deployment {
            target: Target::Environment,
            env_file: Some(file.path().to_owned()),
            env: env.iter().map(|it| (*it).to_owned()).collect(),
            connector: connector.map(str::to_owned),
            rules: None,
        })
    }

    #[test]
    fn reads_the_variables_of_one_connector_however_they_are_written() {
        let plain = r#"{"SOURCE":"zoom","REQUEST_TIMEOUT_SECONDS":60,"VIZARD_LOG":null}"#;
        let whole = format!(
            r#"{{"environment":{{"sensitive":false,"type":["map","string"],"value":{plain}}},"url":{{"value":"x"}}}}"#
        );
        let nested = format!(r#"{{"badges":{{"SOURCE":"badges"}},"zoom":{plain}}}"#);
        let sole = format!(r#"{{"zoom":{plain}}}"#);
        let prefixed = r#"{"VIZARD_CONNECTORS":"zoom,badges","REQUEST_TIMEOUT_SECONDS":"60","ZOOM__SOURCE":"zoom",
                           "BADGES__SOURCE":"badges"}"#;
        let cases = [
            (plain, None),
            (plain, Some("zoom")),
            (&whole, None),
            (&nested, Some("zoom")),
            (&sole, None),
            (prefixed, Some("zoom")),
        ];
        for (json, connector) in cases {
            let variables = read(json, &["TARGET_HOST=api.zoom.us=x"], connector).unwrap();
            let pairs: Vec<_> = variables.pairs().map(|(name, value)| format!("{name}={value}")).collect();
            let expected = ["REQUEST_TIMEOUT_SECONDS=60", "SOURCE=zoom", "TARGET_HOST=api.zoom.us=x"];
            assert_eq!(pairs, expected, "{json}");
            assert_eq!(variables.value("PATH"), None, "nothing of this machine");
            assert!(!format!("{variables:?}").contains("api.zoom.us"));
        }
        for (json, env, connector) in [
            (nested.as_str(), "A=b", None),
            (&nested, "A=b", Some("tea")),
            (prefixed, "A=b", None),
            (plain, "A=b", Some("badges")),
            (plain, "A", None),
            (plain, "=b", None),
            ("[]", "A=b", None),
            ("{", "A=b", None),
            (r#"{"A":["b"]}"#, "A=b", None),
            (r#"{"zoom":{},"A":"b"}"#, "A=b", Some("A")),
        ] {
            assert!(read(json, &[env], connector).is_err(), "{json} {env} {connector:?}");
        }
    }

    #[test]
    fn the_way_to_the_platform_is_this_machines() {
        for (name, expected) in [
            ("AWS_PROFILE", true),
            ("AWS_REGION", true),
            ("HOME", true),
            ("GOOGLE_CLOUD_PROJECT", true),
            ("GOOGLE_APPLICATION_CREDENTIALS", true),
            ("GCE_METADATA_HOST", true),
            ("VIZARD_GOOGLE_ENDPOINT", true),
            ("AWS_LAMBDA_FUNCTION_NAME", false),
            ("K_SERVICE", false),
            ("VIZARD_SECRET_NAMES", false),
            ("SOURCE", false),
            ("PSOXY_SALT", false),
        ] {
            assert_eq!(is_of_the_platform(name), expected, "{name}");
        }
    }
}
