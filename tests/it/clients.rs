//! Who calls, and what operators learn: the address list, HTTPS, the health report, the audit line.

use std::net::IpAddr;

use vizard_proxy::Client;
use vizard_tests::wire::request;
use vizard_tests::world::World;
use vizard_tests::{keys, log};
use vizard_zoom_simulator::Config;

#[tokio::test]
async fn only_addresses_of_the_list_may_call() {
    let config = Config { extra_fields: true, ..Config::tiny() };
    let world = World::with(
        config,
        &[("ALLOWED_DATA_ACCESS_IP_BLOCKS", "192.0.2.0/24, 2001:db8::/32, 198.51.100.7")],
    )
    .await;
    let from = |address: Option<&str>| Client {
        address: address.map(|it| it.parse::<IpAddr>().unwrap()),
        https: Some(true),
    };
    for (address, admitted) in [
        (Some("192.0.2.0"), true),
        (Some("192.0.2.255"), true),
        (Some("::ffff:192.0.2.9"), true),
        (Some("2001:db8::1"), true),
        (Some("198.51.100.7"), true),
        (Some("192.0.3.1"), false),
        (Some("2001:db9::1"), false),
        (Some("198.51.100.8"), false),
        (Some("127.0.0.1"), false),
        (None, false),
    ] {
        let call = request("GET", "/v2/users", &[("X-Forwarded-For", "192.0.2.1")], "");
        let reply = world.deployment.ask_as(call, from(address)).await;
        if admitted {
            assert_eq!(reply.status.as_u16(), 200, "{address:?}");
        } else {
            let expected =
                (403, "UNAUTHORIZED_IP_ADDRESS".to_owned(), "client-address-not-allowed".to_owned());
            assert_eq!(reply.problem(), expected, "{address:?}");
            // The health report tells strangers that they are strangers.
            let health = request("GET", "/", &[("X-Psoxy-Health-Check", "")], "");
            let report = world.deployment.ask_as(health, from(address)).await;
            let members: Vec<String> = report.json().as_object().unwrap().keys().cloned().collect();
            assert_eq!(members, ["callerIp", "clientIpAuthorized", "warningMessages"], "{address:?}");
            assert_eq!(report.status.as_u16(), 412, "{address:?}");
        }
    }
}

#[tokio::test]
async fn calls_known_to_be_plain_http_are_refused_but_on_this_machine() {
    let world = World::zoom().await;
    for (address, https, status) in [
        ("192.0.2.7", None, 200),
        ("192.0.2.7", Some(true), 200),
        ("192.0.2.7", Some(false), 400),
        ("127.0.0.1", Some(false), 200),
        ("::1", Some(false), 200),
    ] {
        let client = Client { address: address.parse().ok(), https };
        let reply = world.deployment.ask_as(request("GET", "/v2/users", &[], ""), client).await;
        assert_eq!(reply.status.as_u16(), status, "{address} {https:?}");
        if status == 400 {
            assert_eq!(reply.problem(), (400, "HTTPS_REQUIRED".to_owned(), "https-required".to_owned()));
        }
    }
}

#[tokio::test]
async fn the_health_report_tells_what_is_there_and_what_is_missing() {
    let world = World::zoom().await;
    let ask = || request("GET", "/whatever?x", &[("X-Psoxy-Health-Check", "")], "");
    let reply = world.ask(ask()).await;
    assert_eq!(reply.status.as_u16(), 200, "{}", reply.text());
    assert!(reply.text().ends_with("}\r\n"));
    let report = reply.json();
    let names: Vec<&String> = report.as_object().unwrap().keys().collect();
    assert!(names.is_sorted(), "{names:?}");
    assert_eq!(report["configuredSource"], "zoom");
    assert_eq!(report["sourceAuthGrantType"], "account_credentials");
    assert_eq!(report["missingConfigProperties"], serde_json::json!([]));
    assert_eq!(report["saltSha256Hash"], keys::pseudonymizer().salt_fingerprint());
    assert_eq!(report["nonDefaultSalt"], true);
    // Nobody was asked for anything but the secret store, and the rules were not told.
    assert_eq!((world.zoom.rest_requests(), world.zoom.token_requests()), (0, 0));
    world.deployment.secrets.put("ACCOUNT_ID", "fill me");
    let reply = world.ask(ask()).await;
    assert_eq!(reply.status.as_u16(), 412);
    assert_eq!(reply.json()["missingConfigProperties"], serde_json::json!(["ACCOUNT_ID"]));
    for secret in [keys::ENCRYPTION_KEY, &Config::tiny().client_secret, &Config::tiny().client_id] {
        assert!(!reply.text().contains(&format!("\"{secret}\"")), "{}", reply.text());
    }
}

#[tokio::test]
async fn one_line_of_the_log_tells_of_each_request_in_names_and_counts() {
    let world = World::zoom().await;
    let token = world.user_token(4);
    world.get(&format!("/v2/users/{token}/meetings?type=previous_meetings&page_size=7")).await;
    let lines = log::lines(&["\"target\":\"audit\"", "/v2/users/{userId}/meetings", "\"status\":200"]);
    let line = lines.last().unwrap().as_object().unwrap();
    let names: Vec<&str> = line.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "timestamp",
            "level",
            "message",
            "request_id",
            "connector",
            "endpoint",
            "method",
            "status",
            "bytes_in",
            "bytes_out",
            "kept",
            "removed",
            "pseudonymized",
            "nulled",
            "millis",
            "upstream_millis",
            "source_status",
            "target",
        ]
    );
    assert!(line["pseudonymized"].as_u64() > Some(0) && line["removed"].as_u64() > Some(0), "{line:?}");
    for sent in [token.as_str(), "previous_meetings", "page_size"] {
        assert!(!serde_json::to_string(line).unwrap().contains(sent), "{line:?}");
    }
}
