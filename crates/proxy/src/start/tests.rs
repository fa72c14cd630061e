use std::collections::BTreeMap;
use std::sync::Mutex;

use bytes::Bytes;
use http::{Request, Response};
use vizard_pseudonym::Secret;

use super::*;
use crate::api::Client;
use crate::ports::{Lease, StoreError, SystemClock, WorkloadError, WorkloadToken};
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

/// Vouches for the program without being asked anything here.
#[derive(Debug)]
struct Vouching;

#[async_trait::async_trait]
impl Workload for Vouching {
    async fn token(&self, _: &[String]) -> Result<WorkloadToken, WorkloadError> {
        Err(WorkloadError::Unavailable)
    }
    async fn email(&self) -> Result<String, WorkloadError> {
        Err(WorkloadError::Unavailable)
    }
    async fn sign(&self, _: &str) -> Result<Secret, WorkloadError> {
        Err(WorkloadError::Unavailable)
    }
    fn token_endpoint(&self) -> http::Uri {
        http::Uri::from_static("https://oauth2.googleapis.com/token")
    }
}

#[tokio::test]
async fn a_service_account_without_a_key_is_healthy_where_the_host_vouches_for_the_program() {
    let environment = [
        ("SOURCE", "zoom"),
        ("SOURCE_AUTH_STRATEGY_IDENTIFIER", "gcp_service_account_key"),
        ("OAUTH_SCOPES", "a.read"),
    ];
    let environment: BTreeMap<_, _> =
        environment.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let with_key = [("PSOXY_SALT", "salt"), ("PSOXY_ENCRYPTION_KEY", "key"), ("SERVICE_ACCOUNT_KEY", "k")];
    let vouching: Arc<dyn Workload> = Arc::new(Vouching);
    for (secrets, workload, missing) in [
        (&with_key[..2], None, true),
        (&with_key[..2], Some(vouching.clone()), false),
        (&with_key, None, false),
        (&with_key, Some(vouching), false),
    ] {
        let secrets = Arc::new(EnvironmentSecrets::from_pairs(secrets.to_vec()));
        let platform = Platform { workload, ..Platform::plain(secrets, Arc::new(SystemClock)) };
        let started = Proxy::start_on(&environment, platform).await;
        assert!(started.problems.is_empty(), "{:?}", started.problems);
        assert_eq!(started.warnings.iter().any(|it| it == NO_ACCOUNT), missing, "{:?}", started.warnings);
        let report = ask(&started.proxy, true).await;
        assert_eq!(report.status() == 412, missing);
        let report = String::from_utf8_lossy(report.body());
        assert_eq!(
            report.contains(r#""missingConfigProperties":["SERVICE_ACCOUNT_KEY"]"#),
            missing,
            "{report}"
        );
    }
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
    assert!(body.contains(r#""warningMessages":[]"#), "it would still be there when the secret is: {body}");
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

fn shipped_digest() -> String {
    RuleSet::load("zoom", &crate::prebuilt::rules("zoom").unwrap().text).unwrap().rules.sha256().to_owned()
}

#[tokio::test]
async fn only_the_rules_of_a_configured_digest_are_served() {
    let shipped = shipped_digest();
    let upper = shipped.to_uppercase();
    for digest in [&shipped, &upper] {
        let started = start(&[("SOURCE", "zoom"), ("VIZARD_RULES_SHA256", digest)], &SECRETS).await;
        assert!(started.problems.is_empty() && !started.rules_differ, "{:?}", started.problems);
    }
    let other = [("SOURCE", "zoom"), ("VIZARD_RULES_SHA256", &shipped), ("RULES", "endpoints: []\n")];
    let started = start(&other, &SECRETS).await;
    assert!(started.rules_differ);
    let told = started.problems.join("\n");
    assert!(told.contains("RULES") && told.contains(&shipped) && !told.contains("endpoints"), "{told}");
    assert_eq!(ask(&started.proxy, false).await.headers()["x-psoxy-error"], "RULES_INVALID");
    assert_eq!(ask(&started.proxy, true).await.status(), 412);
}

#[tokio::test]
async fn rules_that_extend_shipped_ones_run_and_are_known_by_what_runs() {
    let ours = "extends: zoom@1\noverrides:\n- pathTemplate: /v2/users\n  removed: true\n";
    let rules = RulesText { name: "RULES".to_owned(), text: ours.to_owned(), prebuilt: false };
    let digest = rules.load().unwrap().rules.sha256().to_owned();
    assert_eq!(digest, rules.resolved().unwrap().sha256());
    let set = |rules, digest| [("SOURCE", "zoom"), ("RULES", rules), ("VIZARD_RULES_SHA256", digest)];
    let started = start(&set(ours, &digest), &SECRETS).await;
    assert!(started.problems.is_empty() && !started.rules_differ, "{:?}", started.problems);
    let removed = Request::builder().uri("/v2/users").body(Bytes::new()).unwrap();
    let refused = started.proxy.handle(removed, Client::default()).await;
    assert_eq!(refused.headers()["x-psoxy-error"], "BLOCKED_BY_RULES");
    assert_eq!(started.proxy.state.as_ref().unwrap().stamp.rules, digest);

    let shipped = shipped_digest();
    let started = start(&set(ours, &shipped), &SECRETS).await;
    assert!(started.rules_differ && started.problems[0].contains(&digest), "{:?}", started.problems);
    // Why there are no such rules is told, and not that they are others.
    let started = start(&set("extends: zoom@9", &shipped), &SECRETS).await;
    assert!(
        !started.rules_differ && started.problems[0].contains("extends-unknown"),
        "{:?}",
        started.problems
    );
    assert_eq!(ask(&started.proxy, false).await.headers()["x-psoxy-error"], "RULES_INVALID");
}

#[tokio::test]
async fn a_digest_that_is_none_or_misnamed_does_not_mean_any_rules() {
    for (name, value, told) in [
        ("VIZARD_RULES_SHA256", "abc", "VIZARD_RULES_SHA256 is not valid"),
        ("VIZARD_RULES_SHA256", "", "VIZARD_RULES_SHA256 is not valid"),
        ("VIZARD_RULES_SHA25", "abc", "VIZARD_RULES_SHA256 is not set"),
    ] {
        let started = start(&[("SOURCE", "zoom"), (name, value)], &SECRETS).await;
        assert!(started.problems.iter().any(|it| it.starts_with(told)), "{:?}", started.problems);
    }
}

#[tokio::test]
async fn rules_of_the_store_go_before_those_that_were_guessed() {
    let mut secrets = SECRETS.to_vec();
    secrets.push(("RULES", "endpoints:\n  - pathTemplate: /v2/other\n    allowedMethods: [GET]\n"));
    // Nobody listens there: what the rules admit is not answered, and nothing leaves this machine.
    let environment = [
        ("SOURCE", "zoom"),
        ("TARGET_HOST", "http://127.0.0.1:9"),
        ("REFRESH_ENDPOINT", "http://127.0.0.1:9/token"),
        ("VIZARD_ALLOW_LOOPBACK_HTTP", "true"),
    ];
    let started = start(&environment, &secrets).await;
    assert!(started.problems.is_empty(), "{:?}", started.problems);
    assert_ne!(ask(&started.proxy, false).await.headers()["x-psoxy-error"], "BLOCKED_BY_RULES");
}

#[tokio::test]
async fn all_that_may_be_read_is_announced_before_it_is() {
    let store = Arc::new(Announced::default());
    let environment = BTreeMap::from([("SOURCE".to_owned(), "zoom".to_owned())]);
    Proxy::start(&environment, store.clone(), Arc::new(SystemClock)).await;
    let (announced, read) = (store.announced.lock().unwrap(), store.read.lock().unwrap());
    let late: Vec<_> = read.iter().filter(|name| !announced.contains(*name)).collect();
    assert!(read.len() > 10 && late.is_empty(), "read, but not announced: {late:?}");
}

/// Has the salt, and remembers what it was asked.
#[derive(Debug, Default)]
struct Announced {
    announced: Mutex<Vec<String>>,
    read: Mutex<Vec<String>>,
}

#[async_trait::async_trait]
impl SecretStore for Announced {
    async fn read(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        self.read.lock().unwrap().push(name.to_owned());
        Ok(Some(Secret::new("rain")).filter(|_| name == "PSOXY_SALT"))
    }
    async fn expect(&self, names: &[String]) {
        self.announced.lock().unwrap().extend_from_slice(names);
    }
    async fn write(&self, _: &str, _: &Secret) -> Result<(), StoreError> {
        Err(StoreError::ReadOnly)
    }
    async fn acquire(&self, _: &str, _: Duration) -> Result<Option<Lease>, StoreError> {
        Err(StoreError::ReadOnly)
    }
    async fn release(&self, _: Lease) -> Result<(), StoreError> {
        Ok(())
    }
}

#[derive(Debug)]
struct Away;

#[async_trait::async_trait]
impl SecretStore for Away {
    async fn read(&self, _: &str) -> Result<Option<Secret>, StoreError> {
        Err(StoreError::Unavailable { reason: "timeout".to_owned() })
    }
    async fn write(&self, _: &str, _: &Secret) -> Result<(), StoreError> {
        Err(StoreError::ReadOnly)
    }
    async fn acquire(&self, _: &str, _: Duration) -> Result<Option<Lease>, StoreError> {
        Err(StoreError::ReadOnly)
    }
    async fn release(&self, _: Lease) -> Result<(), StoreError> {
        Ok(())
    }
}

#[tokio::test]
async fn a_store_that_is_away_does_not_make_the_shipped_rules_look_forged() {
    let environment = BTreeMap::from([
        ("SOURCE".to_owned(), "zoom".to_owned()),
        ("VIZARD_RULES_SHA256".to_owned(), "0".repeat(64)), // of rules in the store
    ]);
    let started = Proxy::start(&environment, Arc::new(Away), Arc::new(SystemClock)).await;
    assert!(!started.rules_differ && started.problems.len() == 1, "{:?}", started.problems);
}
