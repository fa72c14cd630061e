//! From configuration to a proxy: settings, keys, rules, credentials, network. What is wrong is said
//! at once, and still leaves a proxy that reports its health.

use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use vizard_pseudonym::{EmailDomainHandling, Pseudonymizer};
use vizard_sanitizer::{Diagnostics, Loaded, RuleSet, Severity};

use crate::api::{Proxy, REQUEST_LIMIT, Ready};
use crate::control::Trim;
use crate::credentials::{Credentials, Strategy};
use crate::error::NotReady;
use crate::health::Health;
use crate::later::Later;
use crate::off_reactor::Cores;
use crate::outputs::Outputs;
use crate::ports::{Clock, Destinations, NoDestinations, Queue, SecretStore, Upstream, Workload};
use crate::respond::Stamp;
use crate::rules_text::RulesText;
use crate::secrets::Secrets;
use crate::settings::{self, Environment, Flaw, Reading, SettingProblem, Settings};
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

/// What a host brings: its stores, its time, and where it can put and queue things.
#[derive(Debug, Clone)]
pub struct Platform {
    /// Where keys and credentials are kept.
    pub secrets: Arc<dyn SecretStore>,
    /// Time and randomness.
    pub clock: Arc<dyn Clock>,
    /// What opens the places where answers are put.
    pub destinations: Arc<dyn Destinations>,
    /// Where calls wait that are answered later, if the host has such a place.
    pub queue: Option<Arc<dyn Queue>>,
    /// The identity of the program itself, if the host vouches for it.
    pub workload: Option<Arc<dyn Workload>>,
}

impl Platform {
    /// A host that only answers.
    pub fn plain(secrets: Arc<dyn SecretStore>, clock: Arc<dyn Clock>) -> Platform {
        Platform { secrets, clock, destinations: Arc::new(NoDestinations), queue: None, workload: None }
    }
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
    /// The rules are not those whose digest is configured: a host that can should not run at all.
    pub rules_differ: bool,
}

/// Why settings that are complete make no proxy.
#[derive(Debug, Error)]
pub enum StartError {
    /// The rules are not rules.
    #[error("the rules cannot be used:\n{0}")]
    Rules(Diagnostics),
    /// The rules are not those that were reviewed.
    #[error("the rules `{name}` have the SHA-256 {found}, and VIZARD_RULES_SHA256 is {expected}")]
    RulesDiffer {
        /// Where the rules come from.
        name: String,
        /// As configured.
        expected: String,
        /// As it is.
        found: String,
    },
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
        let loaded = parts.settings.rules.load();
        if let Some(expected) = parts.settings.rules_sha256.clone()
            && let Some(error) = differ(&parts.settings.rules, &loaded, expected)
        {
            return Err(error);
        }
        let keys = Pseudonymizer::new(&parts.settings.keys, parts.settings.pseudonyms);
        Ok(Proxy::with_rules(parts, keys, loaded, Outputs::default(), None, None)?.0)
    }

    /// A proxy that reports its health and refuses everything else.
    pub fn unready(
        part: NotReady,
        health: Health,
        allow_loopback_http: bool,
        clock: Arc<dyn Clock>,
    ) -> Proxy {
        let connector = health.facts.configured_source.clone();
        Proxy { health, clock, state: Err(part), loopback_http: allow_loopback_http, connector }
    }

    /// Reads the configuration and builds the proxy that it describes, on the network, for a host that only answers.
    pub async fn start(
        environment: &dyn Environment,
        secrets: Arc<dyn SecretStore>,
        clock: Arc<dyn Clock>,
    ) -> Started {
        Proxy::start_on(environment, Platform::plain(secrets, clock)).await
    }

    /// Reads the configuration and builds the proxy that it describes, on the network.
    pub async fn start_on(environment: &dyn Environment, platform: Platform) -> Started {
        // The store answers from far away, and most often it has no rules of its own.
        let likely = settings::likely_rules(environment);
        let compiling = likely.map(|rules| tokio::task::spawn_blocking(move || (rules.load(), rules)));
        let Reading { settings, rules, rules_sha256, outputs, health, allow_loopback_http } =
            Settings::survey(environment, &*platform.secrets).await;
        let compiled = match compiling {
            Some(compiling) => compiling.await.ok().filter(|(_, text)| rules.as_ref() == Some(text)),
            None => None,
        };
        let loaded = match (compiled, &rules) {
            (Some((loaded, _)), _) => Some(loaded),
            (None, Some(rules)) => Some(rules.load()),
            (None, None) => None,
        };
        let differ = match (&rules, &loaded, rules_sha256) {
            (Some(rules), Some(loaded), Some(expected)) => differ(rules, loaded, expected),
            _ => None,
        };
        let rules_differ = differ.is_some();
        let unready =
            |part, health| Proxy::unready(part, health, allow_loopback_http, platform.clock.clone());

        let outputs = Outputs::open(&outputs, &*platform.destinations);
        let (settings, outputs, mut wrong) = match (settings, outputs) {
            (Ok(settings), Ok(outputs)) => (Some(settings), outputs, Vec::new()),
            (settings, outputs) => {
                let wrong = [settings.err().unwrap_or_default(), outputs.err().unwrap_or_default()].concat();
                (None, Outputs::default(), wrong)
            }
        };
        wrong.dedup();
        let Some(settings) = settings else {
            let mut problems: Vec<String> = wrong.iter().map(ToString::to_string).collect();
            let about_rules = loaded.and_then(Result::err).map(StartError::Rules);
            problems.extend(about_rules.into_iter().chain(differ).map(|it| it.to_string()));
            let proxy = unready(NotReady::Settings, told_in(health, &wrong));
            return Started { proxy, problems, warnings: Vec::new(), rules_differ };
        };
        let mut warnings: Vec<_> = settings.warnings.iter().map(ToString::to_string).collect();
        if settings.development_mode {
            warnings.push(DEVELOPMENT_MODE.to_owned());
        }
        if platform.workload.is_none() && matches!(settings.strategy, Strategy::ServiceAccount(_)) {
            let key = settings.namespaces.read(&*platform.secrets, "SERVICE_ACCOUNT_KEY").await;
            warnings.extend(matches!(key, Ok(None)).then(|| NO_ACCOUNT.to_owned()));
        }
        if outputs.later.is_some() && platform.queue.is_none() {
            warnings.push(NO_QUEUE.to_owned());
        }
        let loaded = loaded.expect("settings that are complete have rules");
        let built = match differ {
            Some(differ) => Err(differ),
            None => on_the_network(settings, loaded, outputs, platform.clone()),
        };
        match built {
            Ok((proxy, about_rules)) => {
                warnings.extend((!about_rules.is_empty()).then(|| about_rules.to_string()));
                Started { proxy, problems: Vec::new(), warnings, rules_differ }
            }
            Err(error) => {
                let proxy = unready(error.part(), error.told_in(health));
                Started { proxy, problems: vec![error.to_string()], warnings, rules_differ }
            }
        }
    }

    fn with_rules(
        parts: Parts,
        keys: Pseudonymizer,
        loaded: Result<Loaded, Diagnostics>,
        outputs: Outputs,
        queue: Option<Arc<dyn Queue>>,
        workload: Option<Arc<dyn Workload>>,
    ) -> Result<(Proxy, Diagnostics), StartError> {
        let Parts { settings, secrets, upstream, clock } = parts;
        let Loaded { rules, warnings } = loaded.map_err(StartError::Rules)?;
        let keys = Arc::new(keys);
        require_keys(&rules, settings.pseudonyms, &keys)?;
        let stamp = Stamp { rules: rules.sha256().to_owned(), salt: keys.salt_fingerprint().to_owned() };
        let patience = patience(settings.request_timeout);
        let secrets = Secrets::new(secrets, settings.namespaces);
        let source = Source {
            credentials: Credentials::new(
                settings.strategy,
                secrets,
                upstream.clone(),
                clock.clone(),
                workload,
            ),
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
            later: queue.zip(outputs.later.clone()).map(|(queue, answers)| Later { queue, answers }),
            outputs,
        };
        let (mut health, loopback_http) = (settings.health, settings.allow_loopback_http);
        // Only secrets can be missing by now, and those are asked for when a report is made.
        health.facts.missing.clear();
        let connector = settings.source;
        Ok((Proxy { health, clock, state: Ok(Box::new(ready)), loopback_http, connector }, warnings))
    }
}

fn on_the_network(
    settings: Settings,
    loaded: Result<Loaded, Diagnostics>,
    outputs: Outputs,
    platform: Platform,
) -> Result<(Proxy, Diagnostics), StartError> {
    // Two things that take some milliseconds each: keys are derived while certificates are read.
    let (keys, upstream) = std::thread::scope(|scope| {
        let keys = scope.spawn(|| Pseudonymizer::new(&settings.keys, settings.pseudonyms));
        let upstream = HttpUpstream::new(Transport::of(&settings));
        (keys.join().expect("deriving keys does not fail"), upstream)
    });
    let Platform { secrets, clock, queue, workload, .. } = platform;
    let parts = Parts { settings, secrets, upstream: Arc::new(upstream?), clock };
    Proxy::with_rules(parts, keys, loaded, outputs, queue, workload)
}

/// The health report with all settings in it that are wrong. It must not pass.
fn told_in(mut health: Health, wrong: &[SettingProblem]) -> Health {
    for problem in wrong {
        // Of what could not be read nobody knows whether it is missing.
        if problem.flaw != Flaw::Unreadable && !health.facts.missing.contains(&problem.name) {
            health.facts.missing.push(problem.name.clone());
        }
        let told = problem.to_string();
        if !health.facts.warnings.contains(&told) {
            health.facts.warnings.push(told);
        }
    }
    if health.facts.missing.is_empty() && health.facts.salt_fingerprint.is_some() {
        health.facts.missing.extend(wrong.first().map(|problem| problem.name.clone()));
    }
    health
}

/// Why these rules are not those whose digest is configured; `None` when they are.
fn differ(rules: &RulesText, loaded: &Result<Loaded, Diagnostics>, expected: String) -> Option<StartError> {
    let found = match loaded {
        Ok(loaded) => loaded.rules.sha256().to_owned(),
        // They do not run, and why they do not is told. Of those that extend nothing it is known besides.
        Err(_) => rules.resolved().ok()?.sha256(),
    };
    (found != expected).then(|| StartError::RulesDiffer { name: rules.name.clone(), expected, found })
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
            StartError::RulesDiffer { .. } => NotReady::Rules,
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
            StartError::RulesDiffer { .. } => {
                health.facts.warnings.push(format!("RULES configuration error: {self}"));
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

const NO_QUEUE: &str = "ASYNC_OUTPUT_DESTINATION is set, but there is no queue: calls that prefer an answer later get it at once";
const NO_ACCOUNT: &str = "SERVICE_ACCOUNT_KEY is not set, and this program has no service account of its own: expected the key in the secret store; requests fail until it is there";
const DEVELOPMENT_MODE: &str =
    "IS_DEVELOPMENT_MODE is on and changes nothing: there is no way to skip sanitizing";

#[cfg(test)]
mod tests;
