//! From configuration to a proxy: settings, keys, rules, credentials, network. What is wrong is said
//! at once, and still leaves a proxy that reports its health.

use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use vizard_pseudonym::{EmailDomainHandling, Pseudonymizer};
use vizard_sanitizer::{Diagnostics, Loaded, RuleSet, Severity};

use crate::api::{Proxy, REQUEST_LIMIT, Ready};
use crate::control::Trim;
use crate::credentials::Credentials;
use crate::error::NotReady;
use crate::health::Health;
use crate::off_reactor::Cores;
use crate::ports::{Clock, SecretStore, Upstream};
use crate::respond::Stamp;
use crate::secrets::Secrets;
use crate::settings::{Environment, Reading, Settings};
use crate::source::Source;
use crate::upstream::request::Base;
use crate::upstream::{HttpUpstream, RESPONSE_LIMIT, Transport, TransportError};

/// Everything that a working proxy is made of.
#[derive(Debug)]
pub struct Parts {
    /// What the operator configured.
    pub settings: Settings,
    /// Where the credentials for the source are kept.
    pub secrets: Arc<dyn SecretStore>,
    /// The source and its token endpoint.
    pub upstream: Arc<dyn Upstream>,
    /// Time and randomness.
    pub clock: Arc<dyn Clock>,
}

/// A proxy, and what its operator should read before the first request.
#[derive(Debug)]
pub struct Started {
    /// Serves requests, or only health reports if there are problems.
    pub proxy: Proxy,
    /// What keeps it from serving, all at once.
    pub problems: Vec<String>,
    /// What does not, and looks like a mistake.
    pub warnings: Vec<String>,
}

/// Why settings that are complete make no proxy.
#[derive(Debug, Error)]
pub enum StartError {
    /// The rules are not rules.
    #[error("the rules cannot be used:\n{0}")]
    Rules(Diagnostics),
    /// The rules or settings ask for what a key is needed for, and there is none.
    #[error("{0} is not set, and the rules or settings need it")]
    Key(&'static str),
    /// There is no network.
    #[error("{0}")]
    Transport(#[from] TransportError),
}

impl Proxy {
    /// Builds a proxy, or says why it could not work.
    pub fn new(parts: Parts) -> Result<Proxy, StartError> {
        Ok(Proxy::with_rules(parts)?.0)
    }

    /// A proxy that reports its health and refuses everything else.
    pub fn unready(
        part: NotReady,
        health: Health,
        allow_loopback_http: bool,
        clock: Arc<dyn Clock>,
    ) -> Proxy {
        Proxy { health, clock, state: Err(part), loopback_http: allow_loopback_http }
    }

    /// Reads the configuration and builds the proxy that it describes, on the network.
    pub async fn start(
        environment: &dyn Environment,
        secrets: Arc<dyn SecretStore>,
        clock: Arc<dyn Clock>,
    ) -> Started {
        let Reading { settings, rules, health, allow_loopback_http } =
            Settings::survey(environment, &*secrets).await;
        let unready = |part, health| Proxy::unready(part, health, allow_loopback_http, clock.clone());
        let settings = match settings {
            Ok(settings) => settings,
            Err(problems) => {
                let mut problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
                let about_rules = rules.and_then(|rules| RuleSet::load(&rules.name, &rules.text).err());
                problems.extend(about_rules.map(|it| StartError::Rules(it).to_string()));
                return Started {
                    proxy: unready(NotReady::Settings, health),
                    problems,
                    warnings: Vec::new(),
                };
            }
        };
        let mut warnings: Vec<_> = settings.warnings.iter().map(ToString::to_string).collect();
        if settings.development_mode {
            warnings.push(DEVELOPMENT_MODE.to_owned());
        }
        match on_the_network(settings, secrets, clock.clone()) {
            Ok((proxy, about_rules)) => {
                warnings.extend((!about_rules.is_empty()).then(|| about_rules.to_string()));
                Started { proxy, problems: Vec::new(), warnings }
            }
            Err(error) => {
                let proxy = unready(error.part(), error.told_in(health));
                Started { proxy, problems: vec![error.to_string()], warnings }
            }
        }
    }

    fn with_rules(parts: Parts) -> Result<(Proxy, Diagnostics), StartError> {
        let Parts { settings, secrets, upstream, clock } = parts;
        let Loaded { rules, warnings } =
            RuleSet::load(&settings.rules.name, &settings.rules.text).map_err(StartError::Rules)?;
        let keys = Arc::new(Pseudonymizer::new(&settings.keys, settings.pseudonyms));
        require_keys(&rules, settings.pseudonyms, &keys)?;
        let stamp = Stamp { rules: rules.sha256().to_owned(), salt: keys.salt_fingerprint().to_owned() };
        let patience = patience(settings.request_timeout);
        let secrets = Secrets::new(secrets, settings.namespaces);
        let source = Source {
            credentials: Credentials::new(settings.strategy, secrets, upstream.clone(), clock.clone()),
            upstream,
            clock: clock.clone(),
            keys: keys.clone(),
            base: Base::new(settings.target.as_str()),
            user_agent: settings.user_agent,
            follow_redirects: settings.follow_redirects,
            seconds: patience.as_secs(),
            response_limit: RESPONSE_LIMIT,
            cores: Cores::all(),
            texts: settings.connector.map(|connector| connector.error_texts()).unwrap_or_default(),
        };
        let ready = Ready {
            rules: Arc::new(rules),
            keys,
            source,
            trim: Trim { prefix: settings.path_prefix_to_trim, instance: settings.instance },
            patience,
            request_limit: REQUEST_LIMIT,
            stamp,
        };
        let (mut health, loopback_http) = (settings.health, settings.allow_loopback_http);
        // Only secrets can be missing by now, and those are asked for when a report is made.
        health.facts.missing.clear();
        Ok((Proxy { health, clock, state: Ok(Box::new(ready)), loopback_http }, warnings))
    }
}

fn on_the_network(
    settings: Settings,
    secrets: Arc<dyn SecretStore>,
    clock: Arc<dyn Clock>,
) -> Result<(Proxy, Diagnostics), StartError> {
    let upstream = Arc::new(HttpUpstream::new(Transport::of(&settings))?);
    Proxy::with_rules(Parts { settings, secrets, upstream, clock })
}

impl Transport {
    /// As configured.
    pub fn of(settings: &Settings) -> Transport {
        Transport {
            tls: settings.tls,
            connect: connect_limit(settings.request_timeout),
            body: RESPONSE_LIMIT,
            loopback_http: settings.allow_loopback_http,
        }
    }
}

/// Less than the whole, so that a source that cannot be reached is told from one that does not answer.
fn connect_limit(request_timeout: Duration) -> Duration {
    (request_timeout * 9 / 10).min(Duration::from_secs(30))
}

/// What a request may take of the time that the platform gives it: enough is left to say that it
/// took too long.
fn patience(request_timeout: Duration) -> Duration {
    let shorter = request_timeout.saturating_sub(Duration::from_secs(30));
    shorter.max(Duration::from_secs(60)).min(request_timeout)
}

fn require_keys(
    rules: &RuleSet,
    pseudonyms: vizard_pseudonym::Settings,
    keys: &Pseudonymizer,
) -> Result<(), StartError> {
    let needs = rules.needs();
    // First the key that stands in for the others: with it, none of them is missing any more.
    if needs.encryption_key && !keys.can_reverse() {
        return Err(StartError::Key("PSOXY_ENCRYPTION_KEY"));
    }
    if pseudonyms.email_domain_handling == EmailDomainHandling::Encrypt && !keys.can_encrypt_domain() {
        return Err(StartError::Key("ENCRYPTION_KEY_EMAIL_DOMAINS"));
    }
    if needs.ip_encryption_key && !keys.can_encrypt_ip() {
        return Err(StartError::Key("ENCRYPTION_KEY_IP"));
    }
    Ok(())
}

impl StartError {
    fn part(&self) -> NotReady {
        match self {
            StartError::Rules(diagnostics) => {
                let mut errors = diagnostics.iter().filter(|it| it.severity == Severity::Error);
                if errors.any(|it| it.code.starts_with("yaml-")) {
                    NotReady::RulesYaml
                } else {
                    NotReady::Rules
                }
            }
            StartError::Key(_) | StartError::Transport(_) => NotReady::Settings,
        }
    }

    /// The health report with this error in it.
    fn told_in(&self, mut health: Health) -> Health {
        match self {
            StartError::Rules(diagnostics) => {
                let first = diagnostics.iter().find(|it| it.severity == Severity::Error);
                let told =
                    first.map_or(String::new(), |it| format!("{} (line {})", it.message, it.place.line));
                health.facts.warnings.push(format!("RULES configuration error: {told}"));
            }
            StartError::Key(name) => health.facts.missing.push((*name).to_owned()),
            StartError::Transport(error) => health.facts.warnings.push(error.to_string()),
        }
        // Whatever it is, it must not pass.
        if health.facts.missing.is_empty() {
            health.facts.missing.push("RULES".to_owned());
        }
        health
    }
}

const DEVELOPMENT_MODE: &str =
    "IS_DEVELOPMENT_MODE is on and changes nothing: there is no way to skip sanitizing";

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use bytes::Bytes;
    use http::{Request, Response};

    use super::*;
    use crate::api::Client;
    use crate::ports::SystemClock;
    use crate::secrets::EnvironmentSecrets;

    async fn start(environment: &[(&str, &str)], secrets: &[(&'static str, &'static str)]) -> Started {
        let pairs = environment.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        let environment: BTreeMap<_, _> = pairs.collect();
        let secrets = Arc::new(EnvironmentSecrets::from_pairs(secrets.to_vec()));
        Proxy::start(&environment, secrets, Arc::new(SystemClock)).await
    }

    async fn ask(proxy: &Proxy, health: bool) -> Response<Bytes> {
        let mut request = Request::builder().uri("/v2/other");
        if health {
            request = request.header("x-psoxy-health-check", "1");
        }
        proxy.handle(request.body(Bytes::new()).unwrap(), Client::default()).await
    }

    const SECRETS: [(&str, &str); 5] = [
        ("PSOXY_SALT", "salt"),
        ("PSOXY_ENCRYPTION_KEY", "key"),
        ("CLIENT_ID", "c"),
        ("CLIENT_SECRET", "s"),
        ("ACCOUNT_ID", "a"),
    ];

    #[tokio::test]
    async fn a_complete_configuration_starts_a_healthy_proxy() {
        let started = start(&[("SOURCE", "zoom"), ("IS_DEVELOPMENT_MODE", "true")], &SECRETS).await;
        assert!(started.problems.is_empty(), "{:?}", started.problems);
        assert!(started.warnings.iter().any(|it| it == DEVELOPMENT_MODE), "{:?}", started.warnings);
        let report = ask(&started.proxy, true).await;
        assert_eq!(report.status(), 200, "{}", String::from_utf8_lossy(report.body()));
        assert_eq!(ask(&started.proxy, false).await.headers()["x-psoxy-error"], "BLOCKED_BY_RULES");
    }

    #[tokio::test]
    async fn what_is_wrong_is_said_and_stops_all_but_health() {
        // Pairs of variables, the number of the first secret that is there, the cause, the report.
        let broken = "endpoints:\n  - pathTemplat: /x";
        let cases = [
            ("nothing", vec![], 5, "CONFIGURATION_FAILURE", "TARGET_HOST"),
            ("no salt", vec![("SOURCE", "zoom")], 1, "CONFIGURATION_FAILURE", "PSOXY_SALT"),
            (
                "rules",
                vec![("SOURCE", "zoom"), ("RULES", broken)],
                0,
                "RULES_INVALID",
                "RULES configuration error",
            ),
            (
                "yaml",
                vec![("SOURCE", "zoom"), ("RULES", "a: [")],
                0,
                "RULES_INVALID_YAML",
                "RULES configuration error",
            ),
        ];
        for (name, environment, first, cause, told) in cases {
            let started = start(&environment, &SECRETS[first..]).await;
            assert!(!started.problems.is_empty(), "{name}");
            let refused = ask(&started.proxy, false).await;
            assert_eq!(
                (refused.status().as_u16(), refused.headers()["x-psoxy-error"].to_str().unwrap()),
                (500, cause),
                "{name}"
            );
            let report = ask(&started.proxy, true).await;
            let body = String::from_utf8_lossy(report.body());
            assert_eq!(report.status(), 412, "{name}");
            assert!(body.contains(told), "{name}: {body}");
        }
    }

    #[tokio::test]
    async fn mistakes_of_settings_and_rules_are_told_together() {
        let started =
            start(&[("RULES", "endpoints:\n  - pathTemplat: /x"), ("TARGET_HOST", "http://x")], &[]).await;
        let told = started.problems.join("\n");
        for expected in
            ["TARGET_HOST", "PSOXY_SALT", "SOURCE_AUTH_STRATEGY_IDENTIFIER", "did you mean `pathTemplate`?"]
        {
            assert!(told.contains(expected), "{expected} is not in: {told}");
        }
    }

    #[tokio::test]
    async fn encrypted_domains_need_a_key() {
        let rules = "endpoints:\n- pathTemplate: /x";
        let environment = [("SOURCE", "zoom"), ("RULES", rules), ("EMAIL_DOMAIN_HANDLING", "ENCRYPT")];
        let started = start(&environment, &[SECRETS[0], SECRETS[2], SECRETS[3], SECRETS[4]]).await;
        assert_eq!(
            started.problems,
            ["ENCRYPTION_KEY_EMAIL_DOMAINS is not set, and the rules or settings need it"]
        );
    }

    #[tokio::test]
    async fn a_missing_credential_is_reported_while_it_is_missing() {
        let started = start(&[("SOURCE", "zoom")], &SECRETS[..4]).await;
        assert!(started.problems.is_empty(), "{:?}", started.problems);
        let report = ask(&started.proxy, true).await;
        assert_eq!(report.status(), 412);
        let body = String::from_utf8_lossy(report.body());
        assert!(body.contains(r#""missingConfigProperties":["ACCOUNT_ID"]"#), "{body}");
        assert!(
            body.contains(r#""warningMessages":[]"#),
            "it would still be there when the secret is: {body}"
        );
        assert!(started.warnings.iter().any(|it| it.starts_with("ACCOUNT_ID is not set")));
    }

    #[tokio::test]
    async fn rules_that_need_a_key_need_it_at_once() {
        let environment = [("SOURCE", "zoom"), ("EMAIL_DOMAIN_HANDLING", "ENCRYPT")];
        let started = start(&environment, &[SECRETS[0]]).await;
        assert_eq!(started.problems, ["PSOXY_ENCRYPTION_KEY is not set, and the rules or settings need it"]);
        let report = ask(&started.proxy, true).await;
        assert!(String::from_utf8_lossy(report.body()).contains("\"PSOXY_ENCRYPTION_KEY\""));
    }

    #[tokio::test]
    async fn a_closed_proxy_tells_strangers_nothing() {
        let started = start(&[("ALLOWED_DATA_ACCESS_IP_BLOCKS", "10.0.0.0/33")], &[]).await;
        assert_eq!(ask(&started.proxy, false).await.headers()["x-psoxy-error"], "UNAUTHORIZED_IP_ADDRESS");
        let report = ask(&started.proxy, true).await;
        assert!(!String::from_utf8_lossy(report.body()).contains("TARGET_HOST"));
    }

    #[test]
    fn most_of_the_time_is_for_the_source() {
        for (timeout, expected) in [(180, 150), (240, 210), (45, 45), (60, 60), (75, 60), (1, 1)] {
            assert_eq!(patience(Duration::from_secs(timeout)), Duration::from_secs(expected), "{timeout}");
        }
        for (timeout, expected) in [(180, 30_000), (45, 30_000), (20, 18_000), (1, 900)] {
            let limit = connect_limit(Duration::from_secs(timeout));
            assert_eq!(limit, Duration::from_millis(expected), "{timeout}");
        }
    }
}
