use std::collections::BTreeMap;

use async_trait::async_trait;
use vizard_pseudonym::{EmailDomainHandling, Secret};

use super::*;
use crate::credentials::Grant;
use crate::ports::{Lease, StoreError};
use crate::secrets::EnvironmentSecrets;

const SALT: (&str, &str) = ("PSOXY_SALT", "rain");

fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

async fn read(pairs: &[(&str, &str)], secrets: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
    let store = EnvironmentSecrets::from_pairs(secrets.iter().copied());
    let read = Settings::read(&variables(pairs), &store).await;
    read.map_err(|problems| problems.iter().map(SettingProblem::to_string).collect())
}

fn exchange(settings: &Settings) -> &crate::credentials::Exchange {
    match &settings.strategy {
        Strategy::Exchange(exchange) => exchange,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn zoom_needs_its_name_and_a_salt() {
    let settings = read(&[("SOURCE", "zoom")], &[SALT]).await.unwrap();
    assert_eq!(settings.target.as_str(), "https://api.zoom.us");
    let exchange = exchange(&settings);
    assert_eq!(exchange.endpoint, "https://zoom.us/oauth/token");
    assert_eq!(exchange.grant, Grant::AccountCredentials);
    assert!(exchange.shared_token && settings.rules.prebuilt && settings.follow_redirects);
    assert_eq!(settings.tls, TlsFloor::Tls13);
    assert_eq!(settings.request_timeout, Duration::from_secs(180));
    assert!(!settings.development_mode && !settings.allow_loopback_http);
    assert!(settings.user_agent.starts_with("Vizard/"));
    let facts = &settings.health.facts;
    assert_eq!(facts.configured_host.as_deref(), Some("api.zoom.us"));
    assert_eq!(facts.grant_type.as_deref(), Some("account_credentials"));
    assert_eq!(facts.missing, ["ACCOUNT_ID", "CLIENT_ID", "CLIENT_SECRET"]);
    assert_eq!(facts.rules, None);
    assert!(facts.salt_fingerprint.is_some() && settings.health.allow_list.is_none());
    let warned: Vec<_> = settings.warnings.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(warned, ["ACCOUNT_ID", "CLIENT_ID", "CLIENT_SECRET"], "they can come later");
}

#[tokio::test]
async fn what_is_configured_goes_before_what_is_shipped() {
    let rules = "endpoints:\n  - pathTemplate: \"/v2/users\"\n";
    let configured = [
        ("SOURCE", "zoom"),
        ("TARGET_HOST", "api.lumen-orchard.example/zoom/"),
        ("REFRESH_ENDPOINT", "https://login.lumen-orchard.example/token"),
        ("GRANT_TYPE", "client_credentials"),
        ("CREDENTIALS_FLOW", "client_secret"),
        ("TOKEN_SCOPE", "a b"),
        ("CLIENT_ID", "id"),
        ("RULES", rules),
        ("EMAIL_DOMAIN_HANDLING", "redact"),
        ("EMAIL_CANONICALIZATION", "IGNORE_DOTS"),
        ("PSEUDONYM_IMPLEMENTATION", "v0.4"),
        ("PSEUDONYMIZE_APP_IDS", "TRUE"),
        ("IS_DEVELOPMENT_MODE", "true"),
        ("USER_AGENT", "Lumen/1"),
        ("FOLLOW_REDIRECTS", "False"),
        ("TLS_VERSION", "TLSv1.2"),
        ("REQUEST_TIMEOUT_SECONDS", "45"),
        ("REQUEST_PATH_PREFIX_TO_TRIM", "/zoom"),
        ("ALLOWED_DATA_ACCESS_IP_BLOCKS", "192.0.2.0/24, 2001:db8::1"),
        ("BUNDLE_FILENAME", "psoxy-aws-v0.6.9.jar"),
        ("AWS_LAMBDA_FUNCTION_NAME", "psoxy-zoom"),
        ("OUTPUT_BUCKET", "of another mode"),
    ];
    let secrets = [("PSOXY_ZOOM_PSOXY_SALT", "rain"), SALT, ("CLIENT_SECRET", "x"), ("SALT_IP", "ip\n")];
    let settings = read(&configured, &secrets).await.unwrap();
    assert_eq!(settings.target.as_str(), "https://api.lumen-orchard.example/zoom");
    let exchange = exchange(&settings);
    assert_eq!((exchange.grant, exchange.shared_token), (Grant::ClientSecret, false));
    assert_eq!(exchange.endpoint, "https://login.lumen-orchard.example/token");
    assert_eq!(exchange.scope.as_deref(), Some("a b"));
    assert_eq!(
        settings.rules,
        RulesText { name: "RULES".to_owned(), text: rules.to_owned(), prebuilt: false }
    );
    assert_eq!(settings.pseudonyms.email_domain_handling, EmailDomainHandling::Redact);
    assert_eq!((settings.tls, settings.request_timeout.as_secs()), (TlsFloor::Tls12, 45));
    assert_eq!((settings.user_agent.as_str(), settings.follow_redirects), ("Lumen/1", false));
    assert_eq!(settings.namespaces.instance, "PSOXY_ZOOM_");
    assert_eq!(settings.keys.salt, Secret::new("rain"));
    assert_eq!(settings.keys.ip_salt, Some(Secret::new("ip\n")), "white space in a salt counts");
    assert_eq!(settings.instance.as_deref(), Some("psoxy-zoom"));
    assert_eq!(settings.path_prefix_to_trim.as_deref(), Some("/zoom"));
    assert_eq!(settings.health.facts.pseudonymize_app_ids, Some(true));
    assert_eq!(settings.health.facts.missing, Vec::<String>::new());
    let list = settings.health.allow_list.unwrap();
    assert!(list.admits("192.0.2.9".parse().ok()) && !list.admits("198.51.100.1".parse().ok()));
    assert_eq!(settings.warnings, []);
}

#[tokio::test]
async fn all_problems_are_told_at_once() {
    let wrong = [
        ("SOURCE", "zooom"),
        ("TARGET_HOST", "http://api.zoom.us"),
        ("SOURCE_AUTH_STRATEGY_IDENTIFIER", "oauth2_refresh_token"),
        ("GRANT_TYPE", "acount_credentials"),
        ("REFRESH_ENDPONT", "https://zoom.us/oauth/token"),
        ("TOKEN_RESPONSE_TYPE", "GITHUB_ACCESS_TOKEN"),
        ("USE_SHARED_TOKEN", "yes"),
        ("PSEUDONYM_IMPLEMENTATION", "v0.3"),
        ("PSEUDONYMIZE_APP_IDS", "flase"),
        ("EMAIL_DOMAIN_HANDLING", "HASH"),
        ("EMAIL_CANONICALIZATION", "LOOSE"),
        ("FOLLOW_REDIRECTS", "1"),
        ("TLS_VERSION", "TLS1.3"),
        ("REQUEST_TIMEOUT_SECONDS", "3m"),
        ("ALLOWED_DATA_ACCESS_IP_BLOCKS", "192.0.2.0/24, office, 300.1.1.1"),
        ("USER_AGENT", "Lümen"),
        ("IS_DEVELOPMENT_MODE", "on"),
    ];
    let problems = read(&wrong, &[("PSOXY_SALT", "fill me")]).await.unwrap_err();
    let expected = [
        "TARGET_HOST is not valid: expected https, not http (for a test on this machine: VIZARD_ALLOW_LOOPBACK_HTTP)",
        "REFRESH_ENDPOINT is not set: expected the https URL of the source's token endpoint; `REFRESH_ENDPONT` is set: is it meant?",
        "GRANT_TYPE is not valid: expected one of account_credentials, refresh_token, client_credentials; did you mean `account_credentials`?",
        "TOKEN_RESPONSE_TYPE is not valid: expected DEFAULT; GITHUB_ACCESS_TOKEN is known but not built yet",
        "USE_SHARED_TOKEN is not valid: expected true or false",
        "SOURCE is not valid: expected one of the sources with rules of their own (zoom); or set RULES; did you mean `zoom`?",
        "PSEUDONYMIZE_APP_IDS is not valid: expected true or false",
        "PSOXY_SALT is not set: expected a long random secret in the secret store, never changed afterwards",
        "EMAIL_CANONICALIZATION is not valid: expected one of STRICT, IGNORE_DOTS",
        "EMAIL_DOMAIN_HANDLING is not valid: expected one of PRESERVE, REDACT, TOKENIZE, ENCRYPT; did you mean TOKENIZE, which hashes the domain",
        "PSEUDONYM_IMPLEMENTATION is not valid: expected `v0.4`; a caller that still needs `v0.3` asks for it by header",
        "USER_AGENT is not valid: expected printable ASCII on one line",
        "FOLLOW_REDIRECTS is not valid: expected true or false",
        "TLS_VERSION is not valid: expected TLSv1.3 or TLSv1.2; did you mean `TLSv1.3`?",
        "REQUEST_TIMEOUT_SECONDS is not valid: expected a whole number of seconds from 1 to 86400",
        "ALLOWED_DATA_ACCESS_IP_BLOCKS is not valid: expected addresses and CIDR blocks, separated by commas; see entries 2, 3",
        "IS_DEVELOPMENT_MODE is not valid: expected true or false",
    ];
    let told: Vec<_> =
        problems.iter().map(|it| it.strip_suffix("; did you mean `false`?").unwrap_or(it)).collect();
    assert_eq!(told, expected);
    assert!(
        problems
            .iter()
            .any(|it| it.starts_with("PSEUDONYMIZE_APP_IDS") && it.ends_with("did you mean `false`?"))
    );
    let text = problems.join(" ");
    assert!(!text.contains("office") && !text.contains("3m"), "no value is repeated");
}

#[tokio::test]
async fn each_strategy_and_grant_by_its_name() {
    let base = [("SOURCE", "zoom"), ("TARGET_HOST", "api.zoom.us")];
    type Case<'c> = (&'c [(&'c str, &'c str)], Result<&'c str, &'c str>);
    let google = ("SOURCE_AUTH_STRATEGY_IDENTIFIER", "gcp_service_account_key");
    let cases: [Case<'_>; 12] = [
        (&[("SOURCE_AUTH_STRATEGY_IDENTIFIER", "oauth2_access_token")], Ok("AccessToken")),
        (&[("SOURCE_AUTH_STRATEGY_IDENTIFIER", "basic_auth")], Ok("Basic")),
        (&[("SOURCE_AUTH_STRATEGY_IDENTIFIER", "claude_admin_api_key")], Ok("ApiKey")),
        (&[("GRANT_TYPE", "refresh_token")], Ok("RefreshToken")),
        (&[("GRANT_TYPE", "client_credentials")], Ok("JwtAssertion")),
        (&[("GRANT_TYPE", "certificate_credentials")], Err("known but not built yet")),
        (&[google, ("OAUTH_SCOPES", " a.read\tb.read\n")], Ok("scopes: [\"a.read\", \"b.read\"]")),
        (&[google], Err("OAUTH_SCOPES is not set")),
        (&[google, ("OAUTH_SCOPES", "a.read,b.read")], Err("OAUTH_SCOPES is not valid")),
        (&[("SOURCE_AUTH_STRATEGY_IDENTIFIER", "windsurf_service_key")], Err("known but not built yet")),
        (&[("SOURCE_AUTH_STRATEGY_IDENTIFIER", "basic-auth")], Err("did you mean `basic_auth`")),
        (
            &[("GRANT_TYPE", "client_credentials"), ("CREDENTIALS_FLOW", "secret")],
            Err("client_secret or jwt_assertion"),
        ),
    ];
    for (pairs, expected) in cases {
        let all: Vec<_> = base.iter().chain(pairs).copied().collect();
        match (read(&all, &[SALT]).await, expected) {
            (Ok(settings), Ok(word)) => {
                assert!(format!("{:?}", settings.strategy).contains(word), "{pairs:?}")
            }
            (Err(problems), Err(text)) => {
                assert_eq!(problems.len(), 1, "{problems:?}");
                assert!(problems[0].contains(text), "{problems:?}");
            }
            (read, _) => panic!("{pairs:?}: {read:?}"),
        }
    }
}

#[tokio::test]
async fn a_service_account_needs_scopes_and_may_be_without_a_key() {
    let google = [("SOURCE", "drive"), ("SOURCE_AUTH_STRATEGY_IDENTIFIER", "gcp_service_account_key")];
    let reading = Settings::survey(&variables(&google), &EnvironmentSecrets::from_pairs([SALT])).await;
    assert_eq!(reading.health.facts.missing, ["TARGET_HOST", "OAUTH_SCOPES"]);
    let zoom = [("SOURCE", "zoom"), google[1], ("OAUTH_SCOPES", "a.read")];
    let settings = read(&zoom, &[SALT]).await.unwrap();
    assert_eq!(settings.health.facts.missing, Vec::<String>::new());
    assert!(settings.warnings.is_empty(), "{:?}", settings.warnings);
}

#[tokio::test]
async fn an_allow_list_without_entries_is_a_mistake() {
    let reading = Settings::survey(
        &variables(&[("SOURCE", "zoom"), ("ALLOWED_DATA_ACCESS_IP_BLOCKS", " ,")]),
        &EnvironmentSecrets::from_pairs([SALT]),
    )
    .await;
    assert!(reading.settings.is_err());
    assert!(!reading.health.allow_list.unwrap().admits("192.0.2.1".parse().ok()));
}

#[tokio::test]
async fn a_slip_in_the_name_of_what_narrows_does_not_start_a_wider_proxy() {
    for (name, value, meant) in [
        ("ALLOWED_DATA_ACCESS_IP_BLOCK", "192.0.2.0/24", "ALLOWED_DATA_ACCESS_IP_BLOCKS"),
        ("ALLOWED_DATA_ACESS_IP_BLOCKS", "192.0.2.0/24", "ALLOWED_DATA_ACCESS_IP_BLOCKS"),
        ("EMAIL_DOMAIN_HANDLNG", "REDACT", "EMAIL_DOMAIN_HANDLING"),
        ("EMAIL_CANONICALISATION", "IGNORE_DOTS", "EMAIL_CANONICALIZATION"),
    ] {
        let pairs = variables(&[("SOURCE", "zoom"), (name, value)]);
        let reading = Settings::survey(&pairs, &EnvironmentSecrets::from_pairs([SALT])).await;
        let problems = reading.settings.unwrap_err();
        let told = problems.iter().map(ToString::to_string).collect::<String>();
        assert!(told.starts_with(&format!("{meant} is not set")), "{told}");
        assert!(told.ends_with(&format!("`{name}` is set: is it meant?")), "{told}");
        let closed = reading.health.allow_list.is_some_and(|it| !it.admits("192.0.2.1".parse().ok()));
        assert_eq!(closed, meant.starts_with("ALLOWED"));
    }
}

#[tokio::test]
async fn an_incomplete_configuration_still_makes_a_report() {
    let pairs = variables(&[
        ("SOURCE", "zoom"),
        ("TARGET_HOST", "http://x"),
        ("TARGET_HOSTS", "x"),
        ("VIZARD_TYPO", "x"),
        ("HOME", "/"),
    ]);
    let reading = Settings::survey(&pairs, &EnvironmentSecrets::default()).await;
    assert_eq!(reading.settings.unwrap_err().len(), 2);
    let facts = reading.health.facts;
    assert_eq!(facts.missing, ["TARGET_HOST", "ACCOUNT_ID", "CLIENT_ID", "CLIENT_SECRET"]);
    assert_eq!((facts.configured_source.as_deref(), facts.salt_fingerprint), (Some("zoom"), None));
    let warned = |text: &str| facts.warnings.iter().any(|it| it.contains(text));
    assert!(warned("TARGET_HOSTS is set, but is no setting of this proxy; did you mean `TARGET_HOST`?"));
    assert!(warned("VIZARD_TYPO is set, but is no setting") && !warned("HOME"));
}

#[tokio::test]
async fn plain_http_to_this_machine_is_allowed_and_reported() {
    let pairs = variables(&[
        ("SOURCE", "zoom"),
        ("TARGET_HOST", "http://127.0.0.1:4000"),
        ("REFRESH_ENDPOINT", "http://127.0.0.1:4000/oauth/token"),
        ("VIZARD_ALLOW_LOOPBACK_HTTP", "true"),
    ]);
    let reading = Settings::survey(&pairs, &EnvironmentSecrets::from_pairs([SALT])).await;
    let settings = reading.settings.unwrap();
    assert_eq!(settings.target.as_str(), "http://127.0.0.1:4000");
    assert!(settings.allow_loopback_http && reading.allow_loopback_http);
    assert!(reading.health.facts.warnings.iter().any(|it| it.contains("VIZARD_ALLOW_LOOPBACK_HTTP")));
}

#[derive(Debug)]
struct Away;

#[async_trait]
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
async fn a_store_that_is_away_is_one_problem_and_no_missing_salt() {
    let problems = Settings::read(&variables(&[("SOURCE", "zoom")]), &Away).await.unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].flaw, Flaw::Unreadable);
}
