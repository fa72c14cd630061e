//! `vizard doctor` on a deployment in Google Cloud.

use vizard_tests::google::Google;
use vizard_tests::google::faults::Fault;
use vizard_tests::google::iam::Role;
use vizard_tests::google::status::Code;

use crate::deployment::{DOCTOR, stand_in};
use crate::on_gcp::{NAMES, OnGcp};

const LEASE: &str = "vizard_zoom_state_OAUTH_REFRESH_TOKEN";
const TOKEN: &str = "vizard_zoom_state_ACCESS_TOKEN";

fn without_calls(gcp: &OnGcp) -> (i32, Vec<String>) {
    gcp.troubles(&[&DOCTOR[..], &["--no-calls"]].concat())
}

fn named(code: i32, troubles: &[&str]) -> (i32, Vec<String>) {
    (code, troubles.iter().map(|it| (*it).to_owned()).collect())
}

#[test]
fn finds_nothing_wrong_where_nothing_is_and_leaves_nothing_behind() {
    let gcp = OnGcp::whole();
    let before = gcp.all();
    let ended = gcp.run(&DOCTOR, "");
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{}", ended.stdout);
    let said = ended.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "secrets from gcp",
        "PSOXY_SALT: set at vizard_shared_PSOXY_SALT; its fingerprint is",
        "vizard_zoom_state_: labels could be changed, and changed back: OAUTH_REFRESH_TOKEN, ACCESS_TOKEN",
        "/v2/users: 200, ",
        "0 failed, 0 skipped",
    ] {
        assert!(said.contains(words), "{words:?} is not in\n{}", ended.stdout);
    }
    assert_eq!(gcp.all(), before);
    assert_eq!(gcp.google.count("SecretManager.AddSecretVersion"), 0);
}

/// With the roles of the service's own account: one for each secret, none on the project.
#[test]
fn the_grants_of_the_service_are_enough() {
    let gcp = OnGcp::whole();
    gcp.google.revoke_all();
    for name in NAMES {
        let role = if name.contains("_state_") { Role::SecretKeeper } else { Role::SecretAccessor };
        gcp.google.grant(role, Some(&Google::secret_name(name)));
    }
    assert_eq!(gcp.troubles(&DOCTOR), (0, vec![]));
}

#[test]
fn secrets_that_the_proxy_writes_are_made_beforehand() {
    let lease = format!("state-absent {LEASE}");
    let gcp = OnGcp::whole();
    gcp.google.delete_secret(LEASE);
    assert_eq!(without_calls(&gcp), named(1, &[&lease]));

    let mut gcp = OnGcp::whole();
    gcp.deployment.set("VIZARD_SECRET_NAMES", &NAMES[..5].join(","));
    assert_eq!(without_calls(&gcp), named(1, &[&lease, &format!("state-absent {TOKEN}")]));

    // Read, and not written.
    let gcp = OnGcp::whole();
    gcp.google.revoke_all();
    NAMES.iter().for_each(|name| gcp.google.grant(Role::SecretAccessor, Some(&Google::secret_name(name))));
    let denied = [format!("state-denied {LEASE}"), format!("state-denied {TOKEN}")];
    assert_eq!(without_calls(&gcp), (1, denied.to_vec()));
    let gcp = OnGcp::whole();
    gcp.google.plan("SecretManager.UpdateSecret", u32::MAX, Fault::Error(Code::PermissionDenied));
    assert_eq!(without_calls(&gcp), (1, denied.to_vec()));
    let gcp = OnGcp::whole();
    gcp.google.plan("SecretManager.UpdateSecret", u32::MAX, Fault::Error(Code::Internal));
    let away = [format!("state-unavailable {LEASE}"), format!("state-unavailable {TOKEN}")];
    assert_eq!(without_calls(&gcp), (1, away.to_vec()));
}

#[test]
fn wrong_secrets_are_told_by_their_names() {
    for (name, value, code, expected) in [
        ("CLIENT_SECRET", "pW7vKq2ZtR9bXn4LcYd8HsFj3MgUa6Tf", 1, vec!["token-client zoom"]),
        ("ACCOUNT_ID", "10012345678", 1, vec!["secret-shape ACCOUNT_ID", "token-account zoom"]),
        ("CLIENT_ID", "fill me", 1, vec!["secret-placeholder CLIENT_ID", "token-secret zoom"]),
        ("CLIENT_ID", " LumenOrchardProxyS2S01\n", 0, vec!["secret-white-space CLIENT_ID"]),
    ] {
        let gcp = OnGcp::whole();
        gcp.google.put_secret(&format!("vizard_zoom_{name}"), value);
        assert_eq!(gcp.troubles(&DOCTOR), named(code, &expected), "{name}={value:?}");
    }
}

#[test]
fn what_may_not_be_read_and_who_is_away_is_told_once() {
    let gcp = OnGcp::whole();
    gcp.google.revoke_all();
    assert_eq!(without_calls(&gcp), named(1, &["setting-unreadable", "store-denied"]));
    let gcp = OnGcp::whole();
    let machine =
        [("VIZARD_GOOGLE_ENDPOINT", gcp.google.url()), ("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere")];
    let ended = gcp.run_from(&machine, &[&DOCTOR[..], &["--no-calls", "--json"]].concat(), "");
    let troubles = gcp.deployment.troubles_of(&ended);
    assert_eq!(troubles, named(1, &["setting-unreadable", "store-unavailable"]));
}

#[test]
fn settings_of_the_service_are_checked_as_it_reads_them() {
    let topic = "projects/lumen-orchard-vizard/topics/calls";
    let whole = [
        ("ASYNC_PUB_SUB_QUEUE", topic),
        ("ASYNC_OUTPUT_DESTINATION", "gs://lumen-orchard-answers/zoom"),
        ("SERVICE_URL", "https://zoom-4027183659.europe-west3.run.app"),
        ("VIZARD_PUSH_CALLER", "push@lumen-orchard-vizard.iam.gserviceaccount.com"),
    ];
    let cases = [
        ("SIDE_OUTPUT_SANITIZED", "gs://lumen-orchard-copies", 0, ""),
        ("SERVICE_URL", "", 1, "setting-absent SERVICE_URL"),
        ("SERVICE_URL", "zoom.run.app", 1, "setting-invalid SERVICE_URL"),
        ("VIZARD_PUSH_CALLER", "", 1, "setting-absent VIZARD_PUSH_CALLER"),
        ("ASYNC_PUB_SUB_QUEUE", "", 1, "setting-absent ASYNC_PUB_SUB_QUEUE"),
        ("ASYNC_PUB_SUB_QUEUE", "calls", 1, "setting-invalid ASYNC_PUB_SUB_QUEUE"),
        ("ASYNC_OUTPUT_DESTINATION", "", 1, "setting-absent ASYNC_OUTPUT_DESTINATION"),
        ("ASYNC_OUTPUT_DESTINATION", "s3://answers", 1, "setting-invalid ASYNC_OUTPUT_DESTINATION"),
        ("VIZARD_CALLER_AUTH", "", 0, "callers-unstated VIZARD_CALLER_AUTH"),
        ("VIZARD_CALLER_AUTH", "none", 0, "callers-anybody VIZARD_CALLER_AUTH"),
        ("VIZARD_CALLER_AUTH", "iam", 1, "setting-invalid VIZARD_CALLER_AUTH"),
        ("VIZARD_TRUSTED_HOPS", "", 0, "callers-hidden VIZARD_TRUSTED_HOPS"),
        ("VIZARD_TRUSTED_HOPS", "many", 1, "setting-invalid VIZARD_TRUSTED_HOPS"),
        ("VIZARD_SECRET_NAMES", "a b", 1, "setting-invalid VIZARD_SECRET_NAMES"),
        ("VIZARD_PUSH_ISSUER", "http://127.0.0.1:1", 0, "setting-for-development VIZARD_PUSH_ISSUER"),
    ];
    let mut gcp = OnGcp::whole();
    let names = NAMES.join(",");
    for (name, value, code, expected) in cases {
        for (name, value) in whole.iter().chain(&DEFAULTS).chain(&[("VIZARD_SECRET_NAMES", names.as_str())]) {
            gcp.deployment.set(name, value);
        }
        gcp.deployment.set(name, value);
        let (ended, troubles) = without_calls(&gcp);
        let of_settings: Vec<_> = troubles.into_iter().filter(|it| is_of_settings(it)).collect();
        assert_eq!((ended, of_settings.join(", ")), (code, expected.to_owned()), "{name}={value}");
    }
}

const DEFAULTS: [(&str, &str); 4] = [
    ("SIDE_OUTPUT_SANITIZED", ""),
    ("VIZARD_CALLER_AUTH", "platform"),
    ("VIZARD_TRUSTED_HOPS", "1"),
    ("VIZARD_PUSH_ISSUER", ""),
];

/// A wrong list of secrets has other troubles too.
fn is_of_settings(trouble: &str) -> bool {
    trouble.starts_with("callers-")
        || (trouble.starts_with("setting-") && trouble != "setting-absent PSOXY_SALT")
}

#[test]
fn rules_may_be_in_a_bucket() {
    let mut gcp = OnGcp::whole();
    gcp.deployment.set("REMOTE_RESOURCE_BUCKET", "lumen-orchard-rules");
    gcp.deployment.set("INSTANCE_RESOURCE_PATH", "zoom/");
    gcp.google.create_bucket("lumen-orchard-rules");
    assert_eq!(without_calls(&gcp), named(1, &["rules-unreadable"]));
    let rules = "endpoints:\n- pathTemplat: /v2/users\n";
    gcp.google.put_object("lumen-orchard-rules", "zoom/rules.yaml", rules);
    let (code, troubles) = without_calls(&gcp);
    assert!(code == 1 && troubles.contains(&"rules-invalid rules.yaml".to_owned()), "{troubles:?}");
}

/// The source would replace it, and its successor would be lost.
#[test]
fn a_refresh_token_is_not_used_up_where_its_successor_could_not_be_written() {
    let mut gcp = OnGcp::whole();
    let source = stand_in(&mut gcp.deployment, "Sat, 21 Nov 2026 09:34:20 GMT".to_owned());
    let token = "vizard_zoom_state_REFRESH_TOKEN";
    gcp.deployment.set("GRANT_TYPE", "refresh_token");
    gcp.deployment.set("VIZARD_SECRET_NAMES", &format!("{},{token}", NAMES.join(",")));
    gcp.google.put_secret(token, "authorized");
    let asked = || source.seen().iter().filter(|it| it.uri().path() == "/token").count();
    let client = "CLIENT_SECRET=pW7vKq2ZtR9bXn4LcYd8HsFj3MgUa6Tf";
    let set = ["secrets", "set", "--stdin"];
    gcp.google.plan("SecretManager.AddSecretVersion", u32::MAX, Fault::Error(Code::PermissionDenied));
    let ended = gcp.run(&set, client);
    assert_eq!((ended.code, ended.stdout.as_str()), (1, ""), "{}", ended.stderr);
    assert!(ended.stderr.contains("the source was not asked, as the secret store fails"), "{}", ended.stderr);
    assert_eq!((asked(), gcp.value(token).as_deref()), (0, Some("authorized")));
    gcp.google.clear();
    let ended = gcp.run(&set, client);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!((asked(), gcp.value(token).as_deref()), (1, Some("replacement-0")));
    let labels = gcp.google.secret(LEASE).unwrap().labels;
    assert!(labels.is_empty(), "the lease is given back: {labels:?}");
}
