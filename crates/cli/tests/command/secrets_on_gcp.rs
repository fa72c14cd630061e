//! `vizard secrets` with secrets in Google Cloud, and the mistakes that are most likely there.

use std::fs;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use vizard_tests::google::faults::Fault;
use vizard_tests::google::iam::Role;
use vizard_tests::google::status::Code;
use vizard_tests::google::{Google, PROJECT};
use vizard_tests::stand_in;

use crate::deployment::DOCTOR;
use crate::on_gcp::{NAMES, OnGcp};
use crate::secrets::{SET, told};

const CHECK: [&str; 2] = ["secrets", "check"];

#[test]
fn values_are_set_in_the_secrets_that_terraform_made() {
    let gcp = OnGcp::new();
    let ended = gcp.run(&[&SET[..], &["--generate"]].concat(), &gcp.credentials());
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
    let words = [
        "Google Cloud project lumen-orchard-vizard: vizard_zoom_, vizard_shared_, vizard_zoom_state_\n",
        "the token endpoint accepts them and grants a token for 3599 s\n",
        "CLIENT_SECRET: written to vizard_zoom_CLIENT_SECRET\n",
        "PSOXY_SALT: written to vizard_shared_PSOXY_SALT\n",
    ];
    told(&ended, &words);
    assert_eq!(gcp.google.count("SecretManager.CreateSecret"), 0);
    assert_eq!(gcp.value("vizard_zoom_CLIENT_SECRET"), Some(gcp.deployment.config.client_secret.clone()));
    assert_eq!(gcp.value("vizard_shared_PSOXY_ENCRYPTION_KEY").map(|it| it.len()), Some(44));
    assert_eq!(gcp.troubles(&CHECK), (0, vec![]));
    // Again: all of it is there.
    let before = gcp.all();
    let again = gcp.run(&[&SET[..], &["--generate"]].concat(), &gcp.credentials());
    assert_eq!((again.code, again.stdout.as_str()), (0, ""), "{}", again.stderr);
    assert_eq!(gcp.all(), before);
}

#[test]
fn check_says_what_is_missing_and_what_is_odd() {
    let gcp = OnGcp::new();
    gcp.google.put_secret("vizard_zoom_CLIENT_ID", "fill me");
    gcp.google.put_secret("vizard_zoom_CLIENT_SECRET", " \n");
    gcp.google.put_secret("vizard_zoom_ACCOUNT_ID", &format!(" {}\n", gcp.deployment.config.account_id));
    let expected = [
        "secret-absent PSOXY_SALT",
        "secret-absent PSOXY_ENCRYPTION_KEY",
        "secret-placeholder CLIENT_ID",
        "secret-blank CLIENT_SECRET",
        "secret-white-space ACCOUNT_ID",
    ];
    assert_eq!(gcp.troubles(&CHECK), (1, expected.map(str::to_owned).to_vec()));
    let padded = gcp.credentials().replace('\n', " \n");
    let ended = gcp.run(&SET, &padded);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    told(&ended, &["CLIENT_ID: white space around it was left out"]);
    assert_eq!(gcp.value("vizard_zoom_CLIENT_ID"), Some(gcp.deployment.config.client_id.clone()));
}

#[test]
fn what_the_source_refuses_is_not_written() {
    let gcp = OnGcp::new();
    let wrong =
        gcp.credentials().replace(&gcp.deployment.config.client_secret, "pW7vKq2ZtR9bXn4LcYd8HsFj3MgUa6Tf");
    let ended = gcp.run(&SET, &wrong);
    assert_eq!((ended.code, ended.stdout.as_str()), (1, ""));
    told(&ended, &["nothing was written", "CLIENT_ID or CLIENT_SECRET is wrong"]);
    assert_eq!(gcp.google.secret_values().len(), 0);
}

/// The proxy would never ask for it.
#[test]
fn a_secret_that_is_not_listed_is_not_written() {
    let mut gcp = OnGcp::new();
    let ended = gcp.run(&SET, "SALT_IP=another-salt-for-addresses-40-letters-x");
    assert_eq!((ended.code, ended.stdout.as_str()), (1, ""));
    let words =
        "SALT_IP would stand where VIZARD_SECRET_NAMES lists nothing, and the proxy would not find it";
    told(&ended, &["nothing was written", words]);
    let named = gcp.run(&["secrets", "set", "SALT_IP"], "");
    assert_eq!(named.code, 1, "before it is asked for: {}", named.stderr);
    told(&named, &[words]);
    // A salt of this connector's own is found all the same, and a key that it does not have is not made.
    let names = NAMES.map(|it| it.replace("shared_PSOXY_SALT", "zoom_PSOXY_SALT")).join(", ");
    let names = names.replace("vizard_shared_PSOXY_ENCRYPTION_KEY, ", "");
    gcp.deployment.set("VIZARD_SECRET_NAMES", &names);
    gcp.google.create_secret("vizard_zoom_PSOXY_SALT");
    let ended = gcp.run(&[&SET[..], &["--generate"]].concat(), "");
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    told(
        &ended,
        &[
            "PSOXY_SALT: written to vizard_zoom_PSOXY_SALT\n",
            "PSOXY_ENCRYPTION_KEY is not among VIZARD_SECRET_NAMES and is not made",
        ],
    );
    let (code, troubles) = gcp.troubles(&CHECK);
    assert_eq!((code, &troubles[0]), (1, &"secret-unlisted PSOXY_ENCRYPTION_KEY".to_owned()));
}

/// What an environment without a project leads to.
#[test]
fn where_nothing_of_the_deployment_stands_nothing_is_made() {
    let mut gcp = OnGcp::new();
    NAMES.iter().for_each(|name| gcp.google.delete_secret(name));
    gcp.deployment.set("GOOGLE_CLOUD_PROJECT", "");
    let metadata = gcp.google.metadata_host();
    let mut machine = vec![("VIZARD_GOOGLE_ENDPOINT", gcp.google.url()), ("GCE_METADATA_HOST", &metadata)];
    for named in [None, Some(("GOOGLE_CLOUD_PROJECT", PROJECT))] {
        machine.extend(named);
        let ended = gcp.run_from(&machine, &SET, &gcp.credentials());
        assert_eq!((ended.code, ended.stdout.as_str()), (1, ""), "{}", ended.stderr);
        let words = [
            "project lumen-orchard-vizard (this machine's, not the deployment's): vizard_zoom_",
            "nothing was written: no secret of this deployment stands there",
            "Are the project (GOOGLE_CLOUD_PROJECT) and the paths the deployment's? If they are",
            "--create",
        ];
        told(&ended, &words);
    }
    assert_eq!((gcp.google.secret_values().len(), gcp.deployment.zoom.token_requests()), (0, 0));
    let ended = gcp.run_from(&machine, &[&SET[..], &["--create"]].concat(), &gcp.credentials());
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!(gcp.google.count("SecretManager.CreateSecret"), 3);
}

/// Whoever has a role on each secret, and none on the project, is not told which secrets there are.
#[test]
fn a_secret_that_is_denied_is_told_from_one_that_is_not_there() {
    let mut gcp = OnGcp::whole();
    gcp.google.revoke_all();
    for name in NAMES {
        gcp.google.grant(Role::SecretAccessor, Some(&Google::secret_name(name)));
    }
    assert_eq!(gcp.troubles(&CHECK), (0, vec![]));
    let ended = gcp.run(&SET, "CLIENT_ID=LumenOrchardProxyS2S02");
    assert_eq!(ended.code, 1, "the source refuses it: {}", ended.stderr);
    let ended = gcp.run(&[&SET[..], &["--no-try"]].concat(), "CLIENT_ID=LumenOrchardProxyS2S02");
    assert_eq!((ended.code, ended.stdout.as_str()), (74, ""));
    told(&ended, &["denies access to `vizard_zoom_CLIENT_ID`", "roles/secretmanager.secretVersionManager"]);

    gcp.google.delete_secret("vizard_zoom_ACCOUNT_ID");
    assert_eq!(gcp.troubles(&CHECK), (1, vec!["store-denied".to_owned()]));
    told(&gcp.run(&CHECK, ""), &["access to ACCOUNT_ID:", "roles/secretmanager.secretAccessor"]);

    gcp.deployment.set("VIZARD_SECRET_NAMES", "");
    assert_eq!(gcp.troubles(&CHECK), (1, vec!["store-denied".to_owned()]));
    told(&gcp.run(&CHECK, ""), &["list in VIZARD_SECRET_NAMES which"]);
    let ended = gcp.run(&SET, &gcp.credentials());
    assert_eq!(ended.code, 69, "{}", ended.stdout);
    told(&ended, &["the secret store denies access to", "VIZARD_SECRET_NAMES"]);
}

#[test]
fn a_store_that_cannot_be_had_says_what_is_wrong() {
    let gcp = OnGcp::whole();
    let unavailable = |machine: &[(&str, &str)], words: &[&str]| {
        let ended = gcp.run_from(machine, &CHECK, "");
        assert_eq!(ended.code, 1, "{}{}", ended.stdout, ended.stderr);
        assert!(ended.stdout.contains("[store-unavailable]"), "{}", ended.stdout);
        let said = ended.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        words.iter().for_each(|words| assert!(said.contains(words), "{words:?} is not in\n{said}"));
        let ended = gcp.run_from(machine, &SET, &gcp.credentials());
        assert_eq!((ended.code, ended.stdout.as_str()), (69, ""), "{}", ended.stderr);
    };
    let metadata = gcp.google.metadata_host();
    // Nobody listens.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}", taken.local_addr().unwrap());
    drop(taken);
    let machine = [("VIZARD_GOOGLE_ENDPOINT", nobody.as_str()), ("GCE_METADATA_HOST", &metadata)];
    unavailable(&machine, &["the secret store is not available: no "]);
    // Nobody vouches.
    let machine =
        [("VIZARD_GOOGLE_ENDPOINT", gcp.google.url()), ("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere")];
    unavailable(&machine, &["the credentials for Google Cloud cannot be used", "application-default login"]);
    // Another machine's address.
    let machine =
        [("VIZARD_GOOGLE_ENDPOINT", "http://lumen-orchard.example:80"), ("GCE_METADATA_HOST", &metadata)];
    unavailable(&machine, &["VIZARD_GOOGLE_ENDPOINT is not valid"]);

    // Tokens that are no good any more.
    gcp.google.plan("SecretManager.AccessSecretVersion", u32::MAX, Fault::Error(Code::Unauthenticated));
    gcp.google.plan("SecretManager.GetSecret", u32::MAX, Fault::Error(Code::Unauthenticated));
    assert_eq!(gcp.troubles(&CHECK), (1, vec!["store-denied".to_owned()]));
}

#[test]
fn settings_that_cannot_be_of_secret_manager_are_told() {
    for (name, value, words) in [
        ("SECRETS_STORE", "AWS_SECRETS_MANAGER", "SECRETS_STORE is not valid: expected GCP_SECRET_MANAGER"),
        ("VIZARD_SECRETS_DIR", "/srv/secrets", "VIZARD_SECRETS_DIR is set"),
        ("PATH_TO_INSTANCE_CONFIG", "/vizard/zoom/", "PATH_TO_INSTANCE_CONFIG is not valid"),
        ("VIZARD_STATE_PATH", "vizard.state.", "VIZARD_STATE_PATH is not valid"),
    ] {
        let mut gcp = OnGcp::whole();
        gcp.deployment.set(name, value);
        let ended = gcp.run(&SET, &gcp.credentials());
        assert_eq!((ended.code, ended.stdout.as_str()), (69, ""), "{name}");
        told(&ended, &["the secret store is not available", words]);
    }
}

/// The way to Google is this machine's: whoever writes the deployment's variables gets no token of it.
#[test]
fn the_deployment_does_not_say_where_google_is() {
    let mut gcp = OnGcp::whole();
    let elsewhere = gcp.deployment.runtime.block_on(Google::start());
    gcp.deployment.set("VIZARD_GOOGLE_ENDPOINT", elsewhere.url());
    gcp.deployment.set("GCE_METADATA_HOST", &elsewhere.metadata_host());
    assert_eq!(gcp.troubles(&CHECK), (0, vec![]));
    assert_eq!(elsewhere.counts().len(), 0);
}

/// As Google gives it out.
fn key(token_uri: &str) -> Value {
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der<'_> = key.as_der().unwrap();
    let der = STANDARD.encode(der.as_ref());
    json!({
        "type": "service_account",
        "private_key_id": "0f1e2d3c",
        "private_key": format!("-----BEGIN PRIVATE KEY-----\n{der}\n-----END PRIVATE KEY-----\n"),
        "client_email": "vizard@lumen-orchard.iam.gserviceaccount.com",
        "token_uri": token_uri,
    })
}

#[test]
fn the_key_of_a_service_account_is_tried_and_never_shown() {
    let mut gcp = OnGcp::whole();
    let place = "vizard_zoom_SERVICE_ACCOUNT_KEY";
    gcp.google.create_secret(place);
    gcp.deployment.set("SOURCE_AUTH_STRATEGY_IDENTIFIER", "gcp_service_account_key");
    gcp.deployment.set("OAUTH_SCOPES", "https://www.googleapis.com/auth/admin.reports.audit.readonly");
    assert_eq!(gcp.troubles(&CHECK), (0, vec![]), "without a key the platform vouches");
    let ended = gcp.run(&DOCTOR, "");
    assert_eq!(ended.code, 0, "{}", ended.stdout);
    assert_eq!(ended.stdout.matches("the platform vouches for the proxy's account").count(), 2);
    gcp.deployment.set("VIZARD_SECRET_NAMES", &format!("{},{place}", NAMES.join(",")));
    assert_eq!(gcp.troubles(&CHECK), (1, vec!["secret-absent SERVICE_ACCOUNT_KEY".to_owned()]));

    let endpoint = gcp.deployment.runtime.block_on(stand_in::StandIn::start());
    let key = key(&format!("{}/token", endpoint.url()));
    let file = gcp.deployment.store().with_file_name("key.json");
    let pair = format!("SERVICE_ACCOUNT_KEY={}", file.display());
    let set = |text: &str| {
        fs::write(&file, text).unwrap();
        let ended = gcp.run(&["secrets", "set", "--from-file", &pair], "");
        let pem = key["private_key"].as_str().unwrap().lines().nth(1).unwrap();
        assert!(!format!("{}{}", ended.stdout, ended.stderr).contains(&pem[..24]), "the key is shown");
        ended
    };
    let mut user = key.clone();
    user["type"] = "authorized_user".into();
    let ended = set(&user.to_string());
    assert_eq!(ended.code, 1, "{}", ended.stdout);
    told(&ended, &["SERVICE_ACCOUNT_KEY: not of the usual shape: its `type` is not `service_account`"]);
    endpoint.answer(|_| {
        let mut answer = stand_in::json(r#"{"error":"invalid_grant"}"#);
        *answer.status_mut() = http::StatusCode::BAD_REQUEST;
        answer
    });
    let ended = set(&key.to_string());
    assert_eq!((ended.code, ended.stdout.as_str()), (1, ""));
    told(
        &ended,
        &["nothing was written: the token endpoint answered with status 400: SERVICE_ACCOUNT_KEY is not"],
    );
    assert_eq!(gcp.value(place), None);
    endpoint
        .answer(|_| stand_in::json(r#"{"access_token":"granted","expires_in":3599,"token_type":"Bearer"}"#));
    let ended = set(&STANDARD.encode(key.to_string()));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    told(&ended, &["the token endpoint accepts them\n", "SERVICE_ACCOUNT_KEY: written to vizard_zoom_"]);
    assert!(gcp.value(place).is_some());
    let doctor = [&DOCTOR[..], &["--no-calls"]].concat();
    assert_eq!(gcp.troubles(&doctor), (0, vec![]));
    let version = gcp.google.put_secret(place, &STANDARD.encode(user.to_string()));
    gcp.google.label_secret(place, "latest-version", Some(&version.to_string()));
    let expected = ["secret-shape SERVICE_ACCOUNT_KEY", "token-secret SERVICE_ACCOUNT_KEY"];
    assert_eq!(gcp.troubles(&doctor), (1, expected.map(str::to_owned).to_vec()));
}
