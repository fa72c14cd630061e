//! Functions whose settings, rules or stores are not what they should be, and functions of several connectors.

use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use vizard_tests::moto::faults::Fault;
use vizard_tests::repository;
use vizard_tests::runtime_api::Failure;
use vizard_tests::runtime_api::front::{Call, Front};
use vizard_zoom_simulator::{Config, Simulator};

use crate::account::number;
use crate::deployed::{Deployed, USERS, grant, until};

const READ: &str = "AmazonSSM.GetParameters";

fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A rule file that is none of ours.
const CLOSED: &str = "endpoints:\n  - pathTemplate: /v2/nothing\n";

#[tokio::test]
async fn other_rules_than_those_reviewed_do_not_start() {
    let shipped = repository::text("rules/zoom/rules.yaml");
    let right = sha256(&shipped);
    let mut deployed = Deployed::configured(&[("VIZARD_RULES_SHA256", &right)]).await;
    assert_eq!(deployed.get(USERS).await.status, 200);

    // Others are put in the store, where whoever may write there can; or the digest is of others.
    let stored = format!("{}/zoom/config/RULES", deployed.path);
    for (rules, digest) in [(Some(CLOSED), &right), (None, &sha256(CLOSED))] {
        if let Some(rules) = rules {
            deployed.moto.put_parameter(&stored, rules, "String").await;
        } else {
            deployed.moto.put_parameter(&stored, "fill me", "String").await;
        }
        deployed.redeploy(&[("VIZARD_RULES_SHA256", digest)]);
        let (before, asked) = (deployed.function.log().len(), deployed.zoom.requests().len());
        for _ in 0..2 {
            let answer = deployed.function.invoke(Front::FunctionUrl.event(&Call::get(USERS))).await;
            assert_eq!(answer, Err(Failure::Exited { status: "exit status: 1".to_owned() }));
        }
        let log = deployed.function.log().split_off(before);
        let problem = log.iter().find(|line| line["message"] == "cannot serve requests").unwrap();
        let told = problem["problem"].as_str().unwrap();
        assert!(told.contains("VIZARD_RULES_SHA256") && told.contains(digest.as_str()), "{told}");
        assert_eq!(problem["level"], "ERROR");
        assert!(log.iter().any(|line| line["message"] == "the function cannot start"), "{log:?}");
        assert!(log.iter().all(|line| line["target"] != "audit"), "nothing is served: {log:?}");
        assert_eq!(deployed.zoom.requests().len(), asked);
    }
    // The right ones again, from the store.
    deployed.moto.put_parameter(&stored, CLOSED, "String").await;
    deployed.redeploy(&[("VIZARD_RULES_SHA256", &sha256(CLOSED))]);
    assert_eq!(deployed.get(USERS).await.problem().1, "BLOCKED_BY_RULES");
}

#[tokio::test]
async fn rules_from_a_bucket_are_used_and_their_digest_is_checked() {
    let bucket = format!("function-rules-{}", number());
    let digest = sha256(CLOSED);
    let settings = [
        ("REMOTE_RESOURCE_BUCKET", bucket.as_str()),
        ("INSTANCE_RESOURCE_PATH", "zoom/"),
        ("VIZARD_RULES_SHA256", &digest),
    ];
    let deployed = Deployed::configured(&settings).await;
    deployed.moto.create_bucket(&bucket).await;
    let event = Front::FunctionUrl.event(&Call::get(USERS));
    // Without the file nothing is served: the shipped rules are not what was meant.
    assert_eq!(deployed.get(USERS).await.problem().2, "not-ready");
    assert!(deployed.function.stdout().contains("NoSuchKey"), "{}", deployed.function.stdout());
    deployed.function.kill().await;
    deployed.moto.put_object(&bucket, "zoom/rules.yaml", format!("{CLOSED}# more\n")).await;
    let answer = deployed.function.invoke(event).await;
    assert_eq!(answer, Err(Failure::Exited { status: "exit status: 1".to_owned() }));
    deployed.moto.put_object(&bucket, "zoom/rules.yaml", CLOSED).await;
    let reply = deployed.get(USERS).await;
    assert_eq!(reply.problem(), (403, "BLOCKED_BY_RULES".to_owned(), "path-not-listed".to_owned()));
}

/// What the log says of a function that cannot serve.
fn problems(deployed: &Deployed) -> Vec<String> {
    let log = deployed.function.log().into_iter();
    let lines = log.filter(|it| it["message"] == "cannot serve requests");
    lines.map(|it| it["problem"].as_str().unwrap().to_owned()).collect()
}

/// All calls are refused, and the health check fails without a word of what nobody knows.
async fn assert_not_ready(deployed: &Deployed) {
    let not_ready = (500, "CONFIGURATION_FAILURE".to_owned(), "not-ready".to_owned());
    for front in Front::ALL {
        assert_eq!(deployed.ask(front, Call::get(USERS)).await.problem(), not_ready);
    }
    let health = deployed.ask(Front::FunctionUrl, Call::get("/").header("X-Psoxy-Health-Check", "1")).await;
    assert_eq!(health.status, 412);
    let report = health.json();
    let missing = report["missingConfigProperties"].as_array().unwrap();
    for name in ["PSOXY_SALT", "CLIENT_ID", "CLIENT_SECRET", "ACCOUNT_ID"] {
        assert!(!missing.contains(&json!(name)), "nobody knows that {name} is absent: {report}");
    }
    assert_eq!((deployed.zoom.requests().len(), deployed.function.cold_starts()), (0, 1));
}

#[tokio::test]
async fn a_store_that_is_away_at_the_start_is_asked_again() {
    let deployed = Deployed::zoom().await;
    deployed.aws.plan(READ, u32::MAX, Fault::Internal);
    assert_not_ready(&deployed).await;
    let told = problems(&deployed);
    assert!(!told.is_empty());
    for problem in &told {
        assert!(problem.contains("InternalServerError") && !problem.contains("not set"), "{problem}");
    }
    // It is back, and after a pause so is the proxy: the same process.
    deployed.aws.clear();
    until("it serves", || async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        deployed.get(USERS).await.status == 200
    })
    .await;
    assert_eq!(deployed.function.cold_starts(), 1);
    deployed.assert_nothing_leaked();
}

#[tokio::test]
async fn a_store_that_may_not_be_read_is_told_and_no_secret_of_it_is_called_absent() {
    let deployed = Deployed::zoom().await;
    deployed.aws.plan(READ, u32::MAX, Fault::AccessDenied);
    assert_not_ready(&deployed).await;
    let told = problems(&deployed);
    assert!(told.iter().any(|it| it.contains("denies access")), "{told:?}");
    assert!(told.iter().all(|it| !it.contains("not set")), "{told:?}");
}

#[tokio::test]
async fn settings_that_are_wrong_leave_a_function_that_says_so() {
    let settings = [("TLS_VERSION", "TLSv9"), ("ASYNC_OUTPUT_DESTINATION", "gs://elsewhere")];
    let deployed = Deployed::configured(&settings).await;
    let not_ready = (500, "CONFIGURATION_FAILURE".to_owned(), "not-ready".to_owned());
    assert_eq!(deployed.get(USERS).await.problem(), not_ready);
    let log = deployed.function.log();
    for name in ["TLS_VERSION", "ASYNC_OUTPUT_DESTINATION"] {
        let told = |line: &Value| line["problem"].as_str().is_some_and(|it| it.starts_with(name));
        assert!(log.iter().any(told), "{name}: {log:?}");
    }
    let deployed = Deployed::configured(&[("SECRETS_STORE", "HASHICORP_VAULT")]).await;
    assert_eq!(deployed.get(USERS).await.problem(), not_ready);
    assert!(deployed.function.stdout().contains("SECRETS_STORE"), "{}", deployed.function.stdout());
    // A list that is none, and two connectors that would write over each other's tokens.
    for (connectors, told) in [("Zoom,,", "VIZARD_CONNECTORS"), ("zoom,other", "a state of their own")] {
        let deployed = Deployed::configured(&[("VIZARD_CONNECTORS", connectors)]).await;
        let answer = deployed.function.invoke(Front::FunctionUrl.event(&Call::get(USERS))).await;
        assert_eq!(answer, Err(Failure::Exited { status: "exit status: 1".to_owned() }), "{connectors}");
        let log = deployed.function.log();
        assert!(log.iter().any(|it| it["error"].as_str().is_some_and(|it| it.contains(told))), "{log:?}");
    }
}

#[tokio::test]
async fn a_function_that_cannot_serve_fails_its_health_check() {
    let mut passed = Vec::new();
    for (name, value) in [
        ("TLS_VERSION", "TLSv9"),
        ("ASYNC_OUTPUT_DESTINATION", "gs://elsewhere"),
        ("REQUEST_TIMEOUT_SECONDS", "soon"),
        ("SECRETS_STORE", "HASHICORP_VAULT"),
        ("REMOTE_RESOURCE_BUCKET", "there-is-no-such-bucket"),
        ("RULES", "endpoints: 5"),
        ("SOURCE", "zooom"),
    ] {
        let deployed = Deployed::configured(&[(name, value)]).await;
        assert_eq!(deployed.get(USERS).await.status, 500, "{name}");
        let health = Call::get("/").header("X-Psoxy-Health-Check", "1");
        let health = deployed.ask(Front::FunctionUrl, health).await;
        if health.status != 412 {
            passed.push(format!("{name}: {} {}", health.status, health.text()));
        }
    }
    assert!(passed.is_empty(), "{passed:#?}");
}

#[tokio::test]
async fn secrets_manager_serves_as_well() {
    let deployed = Deployed::configured(&[("SECRETS_STORE", "AWS_SECRETS_MANAGER")]).await;
    let parameters = deployed.moto.parameters_below(&deployed.path).await;
    for (name, (value, _)) in &parameters {
        deployed.moto.put_secret(name, value).await;
        deployed.moto.put_parameter(name, "fill me", "String").await;
    }
    let before = deployed.moto.parameters_below(&deployed.path).await;
    assert_eq!(deployed.get(USERS).await.status, 200);
    assert!(
        deployed.moto.secret(&deployed.shared_token()).await.is_some_and(|it| it.contains("expirationDate"))
    );
    assert_eq!(deployed.moto.parameters_below(&deployed.path).await, before, "the lease was given back");
    deployed.function.kill().await;
    assert_eq!(deployed.get(USERS).await.status, 200);
    assert_eq!(deployed.zoom.token_requests(), 1);
    deployed.assert_nothing_leaked();
}

#[tokio::test]
async fn several_connectors_are_told_apart_by_their_paths() {
    let other = Simulator::start(Config { seed: 7, client_id: "OtherClient00001".into(), ..Config::tiny() });
    let other = other.await.unwrap();
    let root = format!("/other-{}/", number());
    let (config, state, endpoint) =
        (format!("{root}config/"), format!("{root}state/"), format!("{}/oauth/token", other.url()));
    let deployed = Deployed::configured(&[
        ("VIZARD_CONNECTORS", "zoom, other-zoom"),
        ("OTHER_ZOOM__TARGET_HOST", other.url()),
        ("OTHER_ZOOM__REFRESH_ENDPOINT", &endpoint),
        ("OTHER_ZOOM__PATH_TO_INSTANCE_CONFIG", &config),
        ("OTHER_ZOOM__VIZARD_STATE_PATH", &state),
    ])
    .await;
    let account = Config { seed: 7, client_id: "OtherClient00001".into(), ..Config::tiny() };
    grant(deployed.moto, &config, &account).await;
    // A salt of its own, nearer than the shared one.
    let salt = "other-grain-of-the-tests-Hx4p";
    deployed.moto.put_parameter(&format!("{config}PSOXY_SALT"), salt, "SecureString").await;

    for front in Front::ALL {
        let one = deployed.ask(front, Call::get("/zoom/v2/users?page_size=30")).await;
        let two = deployed.ask(front, Call::get("/other-zoom/v2/users?page_size=30")).await;
        assert_eq!((one.status.as_u16(), two.status.as_u16()), (200, 200), "{front:?} {}", two.text());
        assert_ne!(one.header("x-psoxy-pii-salt-sha256"), two.header("x-psoxy-pii-salt-sha256"));
        assert_eq!(one.header("x-psoxy-rules-sha"), two.header("x-psoxy-rules-sha"));
        let ids = |reply: &vizard_tests::wire::Reply| -> Vec<Value> {
            let page = reply.json();
            page["users"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect()
        };
        assert!(ids(&one).iter().all(|id| !ids(&two).contains(id)));
        // The pseudonym of one is nobody's at the other.
        let token = ids(&one)[0].as_str().unwrap().to_owned();
        assert_eq!(deployed.ask(front, Call::get(&format!("/zoom/v2/users/{token}"))).await.status, 200);
        let stranger = deployed.ask(front, Call::get(&format!("/other-zoom/v2/users/{token}"))).await;
        assert_eq!(stranger.problem().0, 409, "{front:?}");
        for path in ["/v2/users", "/", "/Zoom/v2/users", "/zoomed/v2/users", "//zoom/v2/users"] {
            let reply = deployed.ask(front, Call::get(path)).await;
            let expected = (404, "INVALID_REQUEST".to_owned(), "connector-unknown".to_owned());
            assert_eq!(reply.problem(), expected, "{front:?} {path}");
        }
        // Each is asked for its own health.
        for id in ["zoom", "other-zoom"] {
            let call = Call::get(&format!("/{id}/")).header("X-Psoxy-Health-Check", "1");
            let health = deployed.ask(front, call).await;
            let host = if id == "zoom" { deployed.zoom.url() } else { other.url() };

            assert_eq!(
                (health.status.as_u16(), &health.json()["configuredHost"]),
                (200, &json!(host)),
                "{id}"
            );
        }
    }
    assert_eq!((deployed.zoom.token_requests(), other.token_requests()), (1, 1));
    let written = deployed.moto.parameters_below(root.trim_end_matches('/')).await;
    let names: Vec<&str> = written.keys().map(|it| it.trim_start_matches(&root)).collect();
    let expected = [
        "config/ACCOUNT_ID",
        "config/CLIENT_ID",
        "config/CLIENT_SECRET",
        "config/PSOXY_SALT",
        "state/ACCESS_TOKEN",
    ];
    assert_eq!(names, expected);
    deployed.assert_nothing_leaked();
}

/// One that cannot be configured keeps none of the others from serving.
#[tokio::test]
async fn a_connector_that_is_not_ready_is_alone_with_that() {
    let settings = [
        ("VIZARD_CONNECTORS", "zoom,broken"),
        ("BROKEN__TLS_VERSION", "TLSv9"),
        ("BROKEN__PATH_TO_INSTANCE_CONFIG", "/broken/config/"),
        ("BROKEN__VIZARD_STATE_PATH", "/broken/state/"),
    ];
    let deployed = Deployed::configured(&settings).await;
    assert_eq!(deployed.get("/zoom/v2/users?page_size=30").await.status, 200);
    let not_ready = (500, "CONFIGURATION_FAILURE".to_owned(), "not-ready".to_owned());
    assert_eq!(deployed.get("/broken/v2/users").await.problem(), not_ready);
}
