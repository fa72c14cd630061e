//! Faults, compression, drift, and the ledger.

use std::io::Read as _;
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use vizard_zoom_simulator::{Canary, Config, Exceeded, Fault, Lookout, Target};

use crate::client::{Zoom, grant, send};

#[tokio::test]
async fn every_fault_shows_and_then_is_over() {
    let zoom = Zoom::start(Config::tiny()).await;
    let cases: [(Fault, u16, &str); 15] = [
        (Fault::Html, 200, "<!doctype html>"),
        (Fault::ContentType("text/csv".into()), 200, "{\"page_count\""),
        (Fault::NoContentType, 200, "{\"page_count\""),
        (Fault::NotJson, 200, "upstream is busy"),
        (Fault::Status(503), 503, "{\"code\":503,\"message\":\"Internal failure for Tobias Ferncliff <"),
        (Fault::RedirectOffHost("http://elsewhere.example/".into()), 302, ""),
        (Fault::RedirectSameHost, 302, ""),
        (Fault::DuplicateKeys, 200, "{\"users\":[{\"status\":\"active\",\"status\":"),
        (Fault::DeepNesting(3), 200, "{\"users\":[[[\""),
        (Fault::LongNumber(1_000_000), 200, "{\"total_records\":777"),
        (Fault::TellingHeaders, 200, "{\"page_count\""),
        (Fault::Unauthorized, 401, "{\"code\":124"),
        (
            Fault::RateLimited(Exceeded::PerDay),
            429,
            "{\"code\":429,\"message\":\"You have reached the maximum daily",
        ),
        (
            Fault::RateLimited(Exceeded::PerHost),
            429,
            "{\"code\":429,\"message\":\"You have exceeded the daily",
        ),
        (Fault::HugeBody(3_000_000), 200, "{\"users\":[      "),
    ];
    for (fault, status, start) in cases {
        zoom.running.set_fault(Target::Rest, fault.clone(), 1);
        let answer = zoom.get("/v2/users").await;
        let body = String::from_utf8_lossy(&answer.body);
        assert_eq!(answer.status, status, "{fault:?}");
        assert!(body.starts_with(start), "{fault:?}: {}", body.chars().take(80).collect::<String>());
        assert_eq!(zoom.get("/v2/users").await.json()["total_records"], 11);
    }
    zoom.running.set_fault(Target::Rest, Fault::TellingHeaders, 1);
    assert!(zoom.get("/v2/users").await.header("link").unwrap().contains("tobias.ferncliff@"));
    zoom.running.set_fault(Target::Rest, Fault::InvalidUtf8, 1);
    assert!(std::str::from_utf8(&zoom.get("/v2/users").await.body).is_err());
    zoom.running.set_fault(Target::Rest, Fault::Unauthorized, u32::MAX);
    for _ in 0..5 {
        assert_eq!(zoom.get("/v2/users").await.status, 401);
    }
    zoom.running.clear_faults();
    assert_eq!(zoom.get("/v2/users").await.status, 200);
}

#[tokio::test]
async fn connections_break_and_bodies_stop() {
    let zoom = Zoom::start(Config::tiny()).await;
    let header = [("authorization", format!("Bearer {}", zoom.token))];
    for fault in [Fault::ConnectionReset, Fault::TruncatedBody] {
        zoom.running.set_fault(Target::Rest, fault.clone(), 1);
        assert!(send(&zoom.running, "GET", "/v2/users", &header, "").await.is_err(), "{fault:?}");
    }
    let pause = Duration::from_millis(150);
    for fault in [Fault::SlowHeaders(pause), Fault::SlowBody(pause)] {
        let start = Instant::now();
        zoom.running.set_fault(Target::Rest, fault, 1);
        assert_eq!(zoom.get("/v2/users").await.json()["total_records"], 11);
        assert!(start.elapsed() >= pause);
    }
}

#[tokio::test]
async fn answers_are_compressed_when_asked() {
    let zoom = Zoom::start(Config::tiny()).await;
    let headers =
        [("authorization", format!("Bearer {}", zoom.token)), ("accept-encoding", "br, gzip".to_owned())];
    let plain = zoom.get("/v2/users").await.body;
    let answer = send(&zoom.running, "GET", "/v2/users", &headers, "").await.unwrap();
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    let mut inflated = Vec::new();
    GzDecoder::new(&answer.body[..]).read_to_end(&mut inflated).unwrap();
    assert_eq!(inflated, plain);
    zoom.running.set_fault(Target::Rest, Fault::GzipBomb(20_000_000), 1);
    let bomb = zoom.get("/v2/users").await.body;
    assert!(bomb.len() < 200_000, "{}", bomb.len());
    let mut inflated = Vec::new();
    GzDecoder::new(&bomb[..]).read_to_end(&mut inflated).unwrap();
    assert_eq!(inflated.len(), 20_000_000);
    zoom.running.set_fault(Target::Rest, Fault::BrokenGzip, 1);
    let broken = zoom.get("/v2/users").await.body;
    assert!(GzDecoder::new(&broken[..]).read_to_end(&mut Vec::new()).is_err());
}

#[tokio::test]
async fn the_token_endpoint_has_faults_of_its_own() {
    let config = Config::tiny();
    let mut zoom = Zoom::start(config.clone()).await;
    for error in ["invalid_client", "invalid_request", "unsupported_grant_type"] {
        zoom.running.set_fault(Target::Token, Fault::TokenRefused(error), 1);
        assert_eq!(grant(&zoom.running, &config).await.json()["error"], error);
    }
    zoom.running.set_fault(Target::Token, Fault::Status(500), 1);
    assert_eq!(grant(&zoom.running, &config).await.status, 500);
    zoom.running.set_fault(Target::Token, Fault::TokenLife(Duration::from_secs(1)), 1);
    let short = grant(&zoom.running, &config).await.json();
    assert_eq!(short["expires_in"], 1);
    zoom.token = short["access_token"].as_str().unwrap().to_owned();
    assert_eq!(zoom.get("/v2/users").await.status, 200);
    zoom.running.advance(Duration::from_secs(1));
    assert_eq!(zoom.get("/v2/users").await.status, 401);
}

#[tokio::test]
async fn drift_adds_personal_fields_everywhere() {
    let zoom = Zoom::start(Config { extra_fields: true, ..Config::tiny() }).await;
    let page = zoom.json("/v2/users").await;
    for object in [&page, &page["users"][4]] {
        assert_eq!(object["new_pii_field"], "Ask Anneke Vandersloot");
        assert_eq!(object["new_owner"]["email"], "anneke.vandersloot@lumen-orchard.example");
    }
}

#[tokio::test]
async fn the_ledger_knows_what_was_sent() {
    let config = Config::tiny();
    let zoom = Zoom::start(config.clone()).await;
    let before = zoom.running.secrets();
    assert!(before.iter().any(|canary| canary.text == config.client_secret));
    assert!(before.iter().any(|canary| canary.text == zoom.token));
    let body = zoom.get(&format!("/v2/users/{}", zoom.running.user_id(1))).await.body;
    let of_body = zoom.running.secrets_of(&body);
    let kinds: std::collections::BTreeSet<_> = of_body.iter().map(|canary| canary.kind).collect();
    for kind in ["name", "email", "phone", "pmi", "url", "passcode", "user-id", "text"] {
        assert!(kinds.contains(kind), "{kind}");
    }
    let text = String::from_utf8_lossy(&body).into_owned();
    let (seen, world) = (zoom.running.secrets(), zoom.running.world_secrets());
    for canary in of_body {
        assert!(canary.is_in(&text), "{canary:?}");
        assert!(seen.contains(&canary) && world.contains(&canary), "{canary:?}");
    }
    assert!(world.len() > 2_000, "{}", world.len());
    let lookout = Lookout::new(world);
    assert!(lookout.found_in(&body).len() > 20);
    let harmless = r#"{"status":"active","type":2,"timezone":"Europe/Lisbon","dept":"Office of the CEO"}"#;
    assert_eq!(lookout.found_in(harmless.as_bytes()), Vec::<&Canary>::new());
}

#[tokio::test]
async fn http_2_without_tls_works_too() {
    let zoom = Zoom::start(Config::tiny()).await;
    let address = zoom.running.url().strip_prefix("http://").unwrap();
    let stream = hyper_util::rt::TokioIo::new(tokio::net::TcpStream::connect(address).await.unwrap());
    let executor = hyper_util::rt::TokioExecutor::new();
    let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, stream).await.unwrap();
    tokio::spawn(connection);
    let request = http::Request::get(format!("http://{address}/v2/users"))
        .body(http_body_util::Empty::<hyper::body::Bytes>::new())
        .unwrap();
    assert_eq!(sender.send_request(request).await.unwrap().status(), 401);
}
