//! From configuration to what sanitizes files: settings, keys, rules. What is wrong is said at once, and still leaves a
//! proxy that reports its health.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use tokio::sync::Semaphore;
use vizard_pseudonym::{EmailDomainHandling, Kind, Pseudonymizer};
use vizard_sanitizer::bulk::{BulkRules, LoadedBulk};
use vizard_sanitizer::{Diagnostics, Severity};

use super::form::{self, Stamp};
use super::{Bulk, FILES_AT_ONCE, Transform};
use crate::api::Proxy;
use crate::error::NotReady;
use crate::health::Health;
use crate::ports::{Clock, FileStore, SecretStore};
use crate::respond::VERSION;
use crate::rules_text::RulesText;
use crate::settings::{BulkReading, BulkSettings, Environment, SettingProblem, TransformSettings};
use crate::start::Started;

/// What sanitizes files, and what its operator should read before the first one.
#[derive(Debug)]
pub struct BulkStarted {
    /// Absent if there are problems.
    pub bulk: Option<Arc<Bulk>>,
    /// A proxy that reports its health and answers no calls, and what is wrong.
    pub started: Started,
}

impl Bulk {
    /// Reads the configuration and builds what it describes.
    pub async fn start(
        environment: &dyn Environment,
        secrets: &dyn SecretStore,
        store: Arc<dyn FileStore>,
        clock: Arc<dyn Clock>,
    ) -> BulkStarted {
        let reading = BulkSettings::survey(environment, secrets).await;
        let BulkReading { settings, rules, rules_sha256, additional, mut health, allow_loopback_http } =
            reading;
        let mut told = Told::default();
        told.settings(settings.as_ref().err().into_iter().flatten());
        let main = rules.and_then(|text| told.main(&text, rules_sha256.as_deref()));
        let others: Vec<_> =
            additional.iter().map(|it| told.rules(&it.name, &it.rules, ADDITIONAL).map(Arc::new)).collect();
        let ready = match settings {
            Ok(settings) => {
                told.warnings.extend(settings.warnings.iter().cloned());
                // What takes some tens of milliseconds, away from the threads that wait for sockets.
                let (material, names) = (settings.keys.clone(), settings.pseudonyms);
                let keys = tokio::task::spawn_blocking(move || Pseudonymizer::new(&material, names)).await;
                let keys = Arc::new(keys.expect("deriving keys does not fail"));
                let all = main.iter().chain(others.iter().flatten());
                told.keys(all.map(|it| &**it), settings.pseudonyms, &keys);
                Some((settings, keys))
            }
            Err(_) => None,
        };
        let Told { problems, warnings, about_settings, part, rules_differ } = told;
        health.facts.warnings.extend(problems.iter().filter(|it| !about_settings.contains(*it)).cloned());
        let bulk = match (ready, main, others.into_iter().collect::<Option<Vec<_>>>()) {
            (Some((settings, keys)), Some(main), Some(others)) if problems.is_empty() => {
                Some(Arc::new(built(*settings, keys, main, others, store, clock.clone())))
            }
            _ => None,
        };
        let proxy = answers_nothing(
            if bulk.is_some() { NotReady::FilesOnly } else { part },
            health,
            allow_loopback_http,
            clock,
        );
        BulkStarted { bulk, started: Started { proxy, problems, warnings, rules_differ } }
    }
}

fn built(
    settings: BulkSettings,
    keys: Arc<Pseudonymizer>,
    main: Arc<BulkRules>,
    others: Vec<Arc<BulkRules>>,
    store: Arc<dyn FileStore>,
    clock: Arc<dyn Clock>,
) -> Bulk {
    let same = same_for_all(&settings, &keys);
    let transform = |rules: Arc<BulkRules>, bucket: String, base: String, compress: Option<bool>| {
        let compressed = compress.map_or("as all", |it| if it { "yes" } else { "no" });
        let made_with = form::sha256(&[rules.sha256(), compressed, &same]);
        Transform { rules, bucket, base, compress, made_with }
    };
    let mut transforms = vec![transform(main, settings.output, settings.output_base, None)];
    for (rules, TransformSettings { bucket, base, compress, .. }) in
        others.into_iter().zip(settings.additional)
    {
        transforms.push(transform(rules, bucket, base, compress));
    }
    let stamp = Stamp::new(settings.instance.clone(), settings.raw_rules.as_deref(), keys.salt_fingerprint());
    Bulk {
        store,
        clock,
        keys,
        transforms,
        input: settings.input,
        input_base: settings.input_base,
        instance: settings.instance,
        quarantine: settings.quarantine,
        compress: settings.compress,
        format: settings.format,
        keep_order: settings.keep_order,
        stamp,
        places: Semaphore::new(FILES_AT_ONCE),
        under_way: Mutex::new(HashSet::new()),
    }
}

/// Whatever else than the rules decides how outputs look. Keys are told by what they make of an address that is nobody's.
fn same_for_all(settings: &BulkSettings, keys: &Pseudonymizer) -> String {
    let kind = if keys.can_reverse() { Kind::Reversible } else { Kind::Hash };
    let made = keys.token("Nobody+1@Vizard.Example", kind).unwrap_or_default();
    let format = settings.format.map_or_else(String::new, |it| format!("{it:?}"));
    let flags = format!("{} {} {}", settings.compress, settings.keep_order, settings.quarantine.is_some());
    form::sha256(&[VERSION, &made, &format, &flags])
}

fn answers_nothing(part: NotReady, health: Health, loopback_http: bool, clock: Arc<dyn Clock>) -> Proxy {
    let mut health = health;
    if part != NotReady::FilesOnly && health.facts.missing.is_empty() {
        health.facts.missing.push("RULES".to_owned()); // whatever it is, it must not pass
    }
    Proxy::unready(part, health, loopback_http, clock)
}

/// What there is to say to the operator.
struct Told {
    problems: Vec<String>,
    /// Those of `problems` that the health report has already.
    about_settings: Vec<String>,
    warnings: Vec<String>,
    part: NotReady,
    rules_differ: bool,
}

impl Default for Told {
    fn default() -> Told {
        let (problems, about_settings, warnings) = (Vec::new(), Vec::new(), Vec::new());
        Told { problems, about_settings, warnings, part: NotReady::Settings, rules_differ: false }
    }
}

impl Told {
    fn settings<'p>(&mut self, problems: impl Iterator<Item = &'p SettingProblem>) {
        self.about_settings.extend(problems.map(ToString::to_string));
        self.problems.extend(self.about_settings.iter().cloned());
    }

    fn main(&mut self, text: &RulesText, expected: Option<&str>) -> Option<Arc<BulkRules>> {
        let rules = self.rules(&text.name, &text.text, "the rules cannot be used");
        // Of rules that do not run it is known what they are, too.
        let found = rules.as_ref().map_or_else(|| form::sha256_of(&text.text), |it| it.sha256().to_owned());
        if let Some(expected) = expected.filter(|expected| *expected != found) {
            let name = &text.name;
            self.rules_differ = true;
            self.part = NotReady::Rules;
            self.problems.push(format!(
                "the rules `{name}` have the SHA-256 {found}, and VIZARD_RULES_SHA256 is {expected}"
            ));
        }
        rules.map(Arc::new)
    }

    fn rules(&mut self, name: &str, text: &str, otherwise: &str) -> Option<BulkRules> {
        match BulkRules::load(name, text) {
            Ok(LoadedBulk { rules, warnings }) => {
                self.warnings.extend((!warnings.is_empty()).then(|| warnings.to_string()));
                Some(rules)
            }
            Err(diagnostics) => {
                self.part = part(&diagnostics);
                self.problems.push(format!("{otherwise}:\n{diagnostics}"));
                None
            }
        }
    }

    fn keys<'r>(
        &mut self,
        rules: impl Iterator<Item = &'r BulkRules>,
        names: vizard_pseudonym::Settings,
        keys: &Pseudonymizer,
    ) {
        let (mut reversible, mut ip) = (false, false);
        for needs in rules.map(BulkRules::needs) {
            reversible |= needs.encryption_key;
            ip |= needs.ip_encryption_key;
        }
        // The key that stands in for the others first: with it, none of them is missing any more.
        let encrypts = names.email_domain_handling == EmailDomainHandling::Encrypt;
        let missing = if reversible && !keys.can_reverse() {
            "PSOXY_ENCRYPTION_KEY"
        } else if encrypts && !keys.can_encrypt_domain() {
            "ENCRYPTION_KEY_EMAIL_DOMAINS"
        } else if ip && !keys.can_encrypt_ip() {
            "ENCRYPTION_KEY_IP"
        } else {
            return;
        };
        self.problems.push(format!("{missing} is not set, and the rules or settings need it"));
    }
}

fn part(diagnostics: &Diagnostics) -> NotReady {
    let mut errors = diagnostics.iter().filter(|it| it.severity == Severity::Error);
    if errors.any(|it| it.code.starts_with("yaml-")) { NotReady::RulesYaml } else { NotReady::Rules }
}

const ADDITIONAL: &str = "rules of ADDITIONAL_TRANSFORMS cannot be used; they are shown as JSON";
