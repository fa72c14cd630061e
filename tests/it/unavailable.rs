//! No token, no secret, no settings: what the caller gets, what the operator is told, and that it passes.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use tokio::task::JoinSet;
use vizard_tests::secrets::Failures;
use vizard_tests::world::{UNSET, World};
use vizard_zoom_simulator::{Config, Fault, Target};

const CALL: &str = "/v2/users?page_size=30";

#[tokio::test]
async fn each_fault_of_the_token_endpoint_has_its_answer() {
    let mut cases = JoinSet::new();
    for fault in [
        Fault::TokenRefused("invalid_client"),
        Fault::TokenRefused("invalid_request"),
        Fault::TokenRefused("unsupported_grant_type"),
        Fault::TokenRefused("invalid_grant"),
        Fault::Status(500),
        Fault::Status(503),
        Fault::ConnectionReset,
        Fault::TruncatedBody,
        Fault::Html,
        Fault::NotJson,
        Fault::Garbage,
        Fault::GzipBomb(1 << 28),
        Fault::HugeBody(65 << 20),
        Fault::LongNumber(100_000),
        Fault::RedirectOffHost("https://lumen-orchard.example/oauth/token".into()),
        Fault::RedirectSameHost,
    ] {
        cases.spawn(async move {
            let world = World::zoom().await;
            let name = format!("{fault:?}");
            world.zoom.set_fault(Target::Token, fault, u32::MAX);
            let reply = world.get(CALL).await;
            let expected = (500, "CONNECTION_SETUP".to_owned(), "credential-unavailable".to_owned());
            assert_eq!(reply.problem(), expected, "{name}: {}", reply.text());
            assert_eq!((world.zoom.token_requests(), world.zoom.rest_requests()), (1, 0), "{name}");
            // Calls that follow at once do not storm the token endpoint.
            for _ in 0..5 {
                assert_eq!(world.get(CALL).await.problem(), expected, "{name}");
            }
            assert!(
                world.zoom.token_requests() <= 2,
                "{name}: {} token requests",
                world.zoom.token_requests()
            );
            assert_eq!(world.deployment.secrets.held_leases(), Vec::<String>::new(), "{name}");
            world.zoom.clear_faults();
            tokio::time::sleep(Duration::from_millis(2_100)).await;
            let reply = world.get(CALL).await;
            assert_eq!(reply.status.as_u16(), 200, "after {name}: {}", reply.text());
            world.assert_nothing_leaked();
        });
    }
    cases.join_all().await;
}

#[tokio::test]
async fn a_slow_token_endpoint_is_told_apart_and_its_answer_is_not_lost() {
    for fault in
        [Fault::SlowHeaders(Duration::from_millis(2_500)), Fault::SlowBody(Duration::from_millis(2_500))]
    {
        let config = Config { extra_fields: true, ..Config::tiny() };
        let world = World::with(config, &[("REQUEST_TIMEOUT_SECONDS", "1")]).await;
        world.zoom.set_fault(Target::Token, fault.clone(), 1);
        let reply = world.get(CALL).await;
        let expected = (502, "NETWORK_EGRESS_BLOCKED".to_owned(), "credential-timeout".to_owned());
        assert_eq!(reply.problem(), expected, "{fault:?}");
        let detail = reply.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.starts_with("Network timeout: unable to connect to target API."), "{detail}");
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(world.get(CALL).await.status.as_u16(), 200, "after {fault:?}");
        assert_eq!(world.deployment.secrets.held_leases(), Vec::<String>::new(), "{fault:?}");
        world.assert_nothing_leaked();
    }
}

#[tokio::test]
async fn a_secret_store_that_does_not_answer_is_a_failure_of_the_configuration_for_now() {
    let world = World::zoom().await;
    world.deployment.secrets.fail(Failures::Unavailable);
    let reply = world.get(CALL).await;
    let expected = (503, "CONFIGURATION_FAILURE".to_owned(), "secret-store-unavailable".to_owned());
    assert_eq!(reply.problem(), expected);
    assert_eq!(world.zoom.token_requests(), 0);
    world.deployment.secrets.fail(Failures::None);
    assert_eq!(world.get(CALL).await.status.as_u16(), 200);
    // A token that is held needs no secret store.
    world.deployment.secrets.fail(Failures::Unavailable);
    assert_eq!(world.get(CALL).await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_secret_that_is_missing_is_named_to_the_operator_and_not_to_the_caller() {
    let world = World::zoom().await;
    world.deployment.secrets.put("CLIENT_SECRET", "fill me");
    let reply = world.get(CALL).await;
    let expected = (500, "CONNECTION_SETUP".to_owned(), "credential-unavailable".to_owned());
    assert_eq!(reply.problem(), expected);
    assert!(!reply.text().contains("CLIENT_SECRET"), "{}", reply.text());
    let lines = vizard_tests::log::lines(&["the secret CLIENT_SECRET is not set"]);
    assert!(!lines.is_empty(), "the log does not name it");
    world.assert_nothing_leaked();
}

/// Without its settings the proxy tells its health and nothing else, and asks nobody.
#[tokio::test]
async fn a_proxy_without_its_settings_refuses_everything() {
    for (settings, cause) in [
        (
            &[("SOURCE", UNSET), ("TARGET_HOST", UNSET), ("REFRESH_ENDPOINT", UNSET)][..],
            "CONFIGURATION_FAILURE",
        ),
        (&[("RULES", "endpoints: [")], "RULES_INVALID_YAML"),
        (&[("RULES", "endpoints:\n- pathTemplat: /v2/users\n")], "RULES_INVALID"),
        (&[("RULES", "allowAllEndpoints: true\n")], "RULES_INVALID"),
    ] {
        let config = Config { extra_fields: true, ..Config::tiny() };
        let usual: Vec<_> = settings.to_vec();
        let zoom_settings: Vec<(&str, &str)> = usual.clone();
        let world = World::with(config, &zoom_settings).await;
        assert!(!world.deployment.problems.is_empty(), "{usual:?}");
        let reply = world.get(CALL).await;
        assert_eq!((reply.status.as_u16(), reply.header("x-psoxy-error")), (500, cause), "{usual:?}");
        let health = Request::get("/").header("X-Psoxy-Health-Check", "").body(Bytes::new()).unwrap();
        assert_eq!(world.ask(health).await.status.as_u16(), 412, "{usual:?}");
        assert_eq!((world.zoom.token_requests(), world.zoom.rest_requests()), (0, 0), "{usual:?}");
    }
}
