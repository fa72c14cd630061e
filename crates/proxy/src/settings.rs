//! The configuration of a deployment, read once, with every problem in it found at once.

mod environment;
mod names;
mod problem;

mod authentication;
mod base_url;
#[cfg(feature = "bulk")]
mod bulk;
mod keys;
mod outputs;
mod reader;
mod rules;
mod transport;

use std::time::Duration;

use vizard_pseudonym::{KeyMaterial, Pseudonymizer};

pub use base_url::BaseUrl;
pub(crate) use base_url::endpoint;
#[cfg(feature = "bulk")]
pub use bulk::{BulkReading, BulkSettings, TransformSettings};
pub use environment::{Environment, ProcessEnvironment};
pub use outputs::OutputSettings;
pub use problem::{Flaw, SettingProblem};
pub(crate) use rules::likely as likely_rules;

use crate::connector::Connector;
use crate::credentials::Strategy;
use crate::health::{Facts, Health};
use crate::ports::SecretStore;
use crate::prebuilt;
use crate::rules_text::RulesText;
use crate::secrets::Namespaces;
use crate::upstream::TlsFloor;
use reader::Reader;

/// Everything that is configured, checked.
///
/// ```
/// use std::collections::BTreeMap;
/// use vizard_proxy::secrets::EnvironmentSecrets;
/// use vizard_proxy::settings::Settings;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let environment = BTreeMap::from([("SOURCE".to_owned(), "zoom".to_owned())]);
/// let secrets = EnvironmentSecrets::from_pairs([("PSOXY_SALT", "a long random text")]);
/// let settings = Settings::read(&environment, &secrets).await.unwrap();
/// assert_eq!(settings.target.as_str(), "https://api.zoom.us");
///
/// let environment = BTreeMap::from([("SOURCE".to_owned(), "zooom".to_owned())]);
/// let problems = Settings::read(&environment, &secrets).await.unwrap_err();
/// assert!(problems.iter().any(|it| it.to_string().contains("did you mean `zoom`")));
/// # });
/// ```
#[derive(Debug, Clone)]
pub struct Settings {
    /// `SOURCE`: which kind of source this is.
    pub source: Option<String>,
    /// `TARGET_HOST`: where requests go.
    pub target: BaseUrl,
    /// `SOURCE_AUTH_STRATEGY_IDENTIFIER` and what belongs to it.
    pub strategy: Strategy,
    /// `RULES`, or the rules that are shipped for the source.
    pub rules: RulesText,
    /// `VIZARD_RULES_SHA256`: the SHA-256 that the rule file must have, in lower-case hexadecimal.
    pub rules_sha256: Option<String>,
    /// What is shipped for the source besides rules, such as its error texts.
    pub connector: Option<Connector>,
    /// The salts and keys of pseudonyms.
    pub keys: KeyMaterial,
    /// How email addresses become pseudonyms.
    pub pseudonyms: vizard_pseudonym::Settings,
    /// `USER_AGENT`, or our own.
    pub user_agent: String,
    /// `FOLLOW_REDIRECTS`.
    pub follow_redirects: bool,
    /// `TLS_VERSION`.
    pub tls: TlsFloor,
    /// `REQUEST_TIMEOUT_SECONDS`.
    pub request_timeout: Duration,
    /// `REQUEST_PATH_PREFIX_TO_TRIM`.
    pub path_prefix_to_trim: Option<String>,
    /// The name that the platform gave this instance.
    pub instance: Option<String>,
    /// `IS_DEVELOPMENT_MODE`. It changes nothing about what is sanitized.
    pub development_mode: bool,
    /// `VIZARD_ALLOW_LOOPBACK_HTTP`: plain HTTP to and from this machine alone is accepted.
    pub allow_loopback_http: bool,
    /// Where the secrets are in the secret store.
    pub namespaces: Namespaces,
    /// Who may call, and what to report of all this.
    pub health: Health,
    /// What does not stop the proxy, but looks like a mistake.
    pub warnings: Vec<SettingProblem>,
}

/// What was read, be it enough to serve requests or only to say what is missing.
#[derive(Debug)]
pub struct Reading {
    /// The settings, or all that is wrong with them.
    pub settings: Result<Settings, Vec<SettingProblem>>,
    /// The rules, so that their mistakes can be told together with those of the settings.
    pub rules: Option<RulesText>,
    /// The SHA-256 that they must have.
    pub rules_sha256: Option<String>,
    /// Where else answers go.
    pub outputs: OutputSettings,
    /// What the health report has to tell in both cases.
    pub health: Health,
    /// `VIZARD_ALLOW_LOOPBACK_HTTP`.
    pub allow_loopback_http: bool,
}

impl Settings {
    /// Reads all settings: from the environment and, what is not there, from the secret store.
    pub async fn read(
        environment: &dyn Environment,
        store: &dyn SecretStore,
    ) -> Result<Settings, Vec<SettingProblem>> {
        Settings::survey(environment, store).await.settings
    }

    /// The same, and what can be told of an incomplete configuration too.
    pub async fn survey(environment: &dyn Environment, store: &dyn SecretStore) -> Reading {
        let mut reader = Reader::new(environment, store);
        let reader = &mut reader;
        reader.announce(names::IN_THE_STORE, names::SECRETS).await;

        let source = reader.config("SOURCE").await;
        let connector = source.as_deref().and_then(prebuilt::connector);
        let allow_loopback_http = reader.flag("VIZARD_ALLOW_LOOPBACK_HTTP").unwrap_or(false);
        let target = target(reader, connector.as_ref(), allow_loopback_http);
        let authentication = authentication::read(reader, connector.as_ref(), allow_loopback_http).await;
        let rules = rules::read(reader, source.as_deref()).await;
        let rules_sha256 = rules::sha256(reader);
        let outputs = outputs::read(reader).await;
        let app_ids = reader.config_flag("PSEUDONYMIZE_APP_IDS").await;
        let keys = keys::read(reader).await;
        let pseudonyms = keys::pseudonyms(reader).await;
        let implementation = implementation(reader).await;
        let user_agent = transport::user_agent(reader).await;
        let follow_redirects = reader.config_flag("FOLLOW_REDIRECTS").await.unwrap_or(true);
        let tls = transport::tls(reader);
        let request_timeout = transport::request_timeout(reader);
        let path_prefix_to_trim = reader.env("REQUEST_PATH_PREFIX_TO_TRIM");
        let allow_list = transport::allow_list(reader);
        let development_mode = reader.flag("IS_DEVELOPMENT_MODE").unwrap_or(false);

        let mut missing = authentication.missing;
        if target.is_none() {
            missing.insert(0, "TARGET_HOST".to_owned());
        }
        let mut facts = Facts {
            bundle_filename: reader.env("BUNDLE_FILENAME"),
            caller_authentication: None, // the host knows
            configured_host: target.as_ref().map(|it| it.host_and_path().to_owned()),
            configured_source: source.clone(),
            missing,
            pseudonym_implementation: implementation,
            pseudonymize_app_ids: app_ids,
            rules: rules.as_ref().filter(|it| !it.prebuilt).map(|it| it.text.clone()),
            salt_fingerprint: keys.as_ref().map(fingerprint),
            grant_type: authentication.grant_type,
            auth_strategy: authentication.identifier,
            user_agent: user_agent.clone(),
            warnings: Vec::new(),
        };
        let (problems, warnings, namespaces) = reader.finish();
        // A report asks anew which secrets are missing.
        let lasting = warnings.iter().filter(|it| it.flaw != Flaw::Absent);
        let told = problems.iter().chain(lasting).map(SettingProblem::to_string);
        facts.warnings = told.chain(allow_loopback_http.then(|| LOOPBACK.to_owned())).collect();
        let health = Health { allow_list, facts };
        let rules_text = rules.clone();

        let settings = match (target, authentication.strategy, rules, keys) {
            (Some(target), Some(strategy), Some(rules), Some(keys)) if problems.is_empty() => Ok(Settings {
                source,
                target,
                strategy,
                rules,
                rules_sha256: rules_sha256.clone(),
                connector,
                keys,
                pseudonyms,
                user_agent,
                follow_redirects,
                tls,
                request_timeout,
                path_prefix_to_trim,
                instance: instance(environment),
                development_mode,
                allow_loopback_http,
                namespaces,
                health: health.clone(),
                warnings,
            }),
            _ => Err(problems),
        };
        Reading { settings, rules: rules_text, rules_sha256, outputs, health, allow_loopback_http }
    }
}

fn target(reader: &mut Reader<'_>, connector: Option<&Connector>, loopback_http: bool) -> Option<BaseUrl> {
    let configured = reader.env("TARGET_HOST").or_else(|| connector.map(|it| it.target_host.clone()));
    let Some(text) = configured else {
        reader.absent("TARGET_HOST", "the host of the source's API, such as `api.zoom.us`");
        return None;
    };
    match BaseUrl::parse(&text, loopback_http) {
        Ok(target) => Some(target),
        Err(expected) => {
            reader.wrong("TARGET_HOST", expected);
            None
        }
    }
}

async fn implementation(reader: &mut Reader<'_>) -> Option<String> {
    let written = reader.config("PSEUDONYM_IMPLEMENTATION").await?;
    match written.as_str() {
        "v0.4" | "DEFAULT" => {}
        "v0.3" | "LEGACY" => {
            reader.wrong(
                "PSEUDONYM_IMPLEMENTATION",
                "`v0.4`; a caller that still needs `v0.3` asks for it by header",
            );
        }
        _ => reader.unknown("PSEUDONYM_IMPLEMENTATION", "`v0.4`", names::nearest(&written, &["v0.4"])),
    }
    Some(written)
}

pub(crate) fn instance(environment: &dyn Environment) -> Option<String> {
    ["AWS_LAMBDA_FUNCTION_NAME", "K_SERVICE"]
        .into_iter()
        .find_map(|name| environment.value(name))
        .filter(|it| !it.is_empty())
}

fn fingerprint(keys: &KeyMaterial) -> String {
    let salted = KeyMaterial::salted(keys.salt.expose());
    Pseudonymizer::new(&salted, vizard_pseudonym::Settings::default()).salt_fingerprint().to_owned()
}

const LOOPBACK: &str =
    "VIZARD_ALLOW_LOOPBACK_HTTP is on: plain HTTP is accepted to and from this machine; for development only";

#[cfg(test)]
mod tests;
