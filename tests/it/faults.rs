//! Everything that can go wrong with the source, for real: what the caller gets, that the next call works, and
//! that nothing of what went wrong is in any answer or log line.

use std::time::Duration;

use vizard_tests::world::World;
use vizard_zoom_simulator::{Config, Exceeded, Fault, Target};

const CALL: &str = "/v2/users?page_size=30";

/// Status, `X-Psoxy-Error`, code of the problem document.
type Expected = (u16, &'static str, &'static str);

const SANITIZED: Expected = (200, "", "");

fn rest() -> Vec<(Fault, Expected)> {
    let unsanitizable = |code| (500, "UNKNOWN", code);
    let failed = |status| (status, "API_ERROR", "source-error");
    vec![
        (Fault::ConnectionReset, (500, "CONNECTION_TO_SOURCE", "source-connection")),
        (Fault::TruncatedBody, (500, "CONNECTION_TO_SOURCE", "source-connection")),
        // The body decides, not what it says it is.
        (Fault::NoContentType, SANITIZED),
        (Fault::ContentType("text/html".into()), SANITIZED),
        (Fault::ContentType("application/json; charset=US-ASCII".into()), SANITIZED),
        (Fault::ContentType("application/json; charset=utf-16".into()), unsanitizable("source-charset")),
        (Fault::ContentType("application/json; charset=shift_jis".into()), unsanitizable("source-charset")),
        (Fault::ContentType("application/gzip".into()), (502, "API_ERROR", "response-encoding")),
        (Fault::Html, unsanitizable("json-syntax")),
        (Fault::NotJson, unsanitizable("json-syntax")),
        (Fault::Garbage, unsanitizable("json-utf8")),
        (Fault::InvalidUtf8, unsanitizable("json-utf8")),
        (Fault::DeepNesting(2_000), unsanitizable("json-depth")),
        (Fault::DeepNesting(100_000), unsanitizable("json-depth")),
        (Fault::LongNumber(1_000_000), unsanitizable("json-number-length")),
        (Fault::BrokenGzip, (502, "API_ERROR", "response-encoding")),
        (Fault::GzipBomb(1 << 28), (502, "API_ERROR", "response-too-large")),
        (Fault::HugeBody((64 << 20) + 1), (502, "API_ERROR", "response-too-large")),
        (
            Fault::RedirectOffHost("https://lumen-orchard.example/v2/users".into()),
            (502, "API_ERROR", "redirect-refused"),
        ),
        (
            Fault::RedirectOffHost("http://127.0.0.1:9/v2/users".into()),
            (502, "API_ERROR", "redirect-refused"),
        ),
        (Fault::RedirectOffHost("http://localhost/v2/users".into()), (502, "API_ERROR", "redirect-refused")),
        (Fault::RedirectOffHost("file:///etc/passwd".into()), (502, "API_ERROR", "redirect-refused")),
        (Fault::RedirectOffHost("//lumen-orchard.example/".into()), (502, "API_ERROR", "redirect-refused")),
        (Fault::Status(400), failed(400)),
        (Fault::Status(403), failed(403)),
        (Fault::Status(404), failed(404)),
        (Fault::Status(410), failed(410)),
        (Fault::Status(500), failed(500)),
        (Fault::Status(502), failed(502)),
        (Fault::Status(503), failed(503)),
        (Fault::RateLimited(Exceeded::PerSecond), failed(429)),
        (Fault::RateLimited(Exceeded::PerDay), failed(429)),
        (Fault::RateLimited(Exceeded::PerHost), failed(429)),
    ]
}

#[tokio::test]
async fn each_fault_of_the_source_has_its_answer_and_passes() {
    let world = World::zoom().await;
    let pristine = world.get(CALL).await;
    assert_eq!(pristine.problem(), (200, String::new(), String::new()));
    for (fault, (status, cause, code)) in rest() {
        world.zoom.set_fault(Target::Rest, fault.clone(), 1);
        let name = format!("{fault:?}");
        let reply = world.get(CALL).await;
        assert_eq!(reply.problem(), (status, cause.to_owned(), code.to_owned()), "{name}: {}", reply.text());
        if status == 200 {
            assert_eq!(reply.text(), pristine.text(), "{name}");
        } else {
            let problem = reply.json();
            let members: Vec<&String> = problem.as_object().unwrap().keys().collect();
            let expected: &[&str] = if code == "source-error" {
                &["type", "title", "status", "detail", "code", "request_id", "source_code"]
            } else {
                &["type", "title", "status", "detail", "code", "request_id"]
            };
            assert_eq!(members, expected, "{name}");
            assert_eq!(problem["status"], status, "{name}");
        }
        assert_eq!(world.get(CALL).await, pristine, "after {name}");
    }
    // Once for each call: nothing is tried again towards the source.
    assert_eq!(world.zoom.rest_requests() as usize, 1 + 2 * rest().len());
    world.assert_nothing_leaked();
}

#[tokio::test]
async fn a_name_that_stands_twice_shows_its_last_value_and_that_one_sanitized() {
    let world = World::zoom().await;
    world.zoom.set_fault(Target::Rest, Fault::DuplicateKeys, 1);
    let reply = world.get(CALL).await;
    // The second `users` is a list of a text, which is no user.
    assert_eq!((reply.status.as_u16(), reply.text().as_str()), (200, r#"{"users":[]}"#));
    world.assert_nothing_leaked();
}

#[tokio::test]
async fn a_redirect_on_the_same_origin_is_followed_and_sanitized_by_the_same_endpoint() {
    let world = World::zoom().await;
    world.zoom.set_fault(Target::Rest, Fault::RedirectSameHost, 1);
    let reply = world.get(CALL).await;
    // What comes back is a user, of which the endpoint that was asked for keeps nothing.
    assert_eq!((reply.status.as_u16(), reply.text().as_str()), (200, "{}"));
    world.zoom.set_fault(Target::Rest, Fault::RedirectSameHost, u32::MAX);
    let before = world.zoom.rest_requests();
    let reply = world.get(CALL).await;
    assert_eq!(reply.problem(), (502, "API_ERROR".to_owned(), "redirect-refused".to_owned()));
    let hops = world.zoom.rest_requests() - before;
    assert!((2..=6).contains(&hops), "{hops} requests in a circle");
    world.assert_nothing_leaked();
}

#[tokio::test]
async fn redirects_can_be_switched_off() {
    let config = Config { extra_fields: true, ..Config::tiny() };
    let world = World::with(config, &[("FOLLOW_REDIRECTS", "false")]).await;
    world.zoom.set_fault(Target::Rest, Fault::RedirectSameHost, 1);
    let reply = world.get(CALL).await;
    assert_eq!(reply.problem(), (302, "API_ERROR".to_owned(), "source-error".to_owned()));
    assert_eq!(reply.header("location"), "");
    world.assert_nothing_leaked();
}

#[tokio::test]
async fn headers_that_tell_too_much_stay_behind() {
    let world = World::zoom().await;
    let pristine = world.get(CALL).await;
    world.zoom.set_fault(Target::Rest, Fault::TellingHeaders, 1);
    let mut reply = world.get(CALL).await;
    assert_eq!(reply.all("x-psoxy-warning"), ["link-dropped"]);
    reply.headers.remove("x-psoxy-warning");
    assert_eq!(reply, pristine);
    world.assert_nothing_leaked();
}

#[tokio::test]
async fn the_pace_of_the_source_reaches_the_caller() {
    let world = World::zoom().await;
    let mut shown = Vec::new();
    for exceeded in [Exceeded::PerSecond, Exceeded::PerDay, Exceeded::PerHost] {
        world.zoom.set_fault(Target::Rest, Fault::RateLimited(exceeded), 1);
        let reply = world.get(CALL).await;
        let names = ["category", "type", "limit", "remaining"];
        let limits = names.map(|name| reply.header(&format!("x-ratelimit-{name}")).to_owned());
        shown.push((
            limits.join(" "),
            reply.header("retry-after").to_owned(),
            reply.json()["source_code"].clone(),
        ));
    }
    let code = serde_json::json!(429);
    assert_eq!(
        shown,
        [
            ("Light QPS 80 0".to_owned(), String::new(), code.clone()),
            ("Heavy Daily-limit 60000 0".to_owned(), "2026-04-01T00:00:00Z".to_owned(), code.clone()),
            ("Light  6000 5893".to_owned(), String::new(), code),
        ]
    );
    world.assert_nothing_leaked();
}

/// Zoom repeats in its message what was asked for. That would turn a token back into the person.
#[tokio::test]
async fn what_the_source_says_about_an_error_is_replaced_by_a_constant() {
    let world = World::zoom().await;
    let nobody = "Zz9NobodyHasThisId_-xQ";
    let token =
        vizard_tests::keys::pseudonymizer().token(nobody, vizard_pseudonym::Kind::Reversible).unwrap();
    let reply = world.get(&format!("/v2/users/{token}")).await;
    assert_eq!(
        reply.text(),
        r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"zoom knows no such user","code":"source-error","request_id":"00000000-0000-4000-8000-000000000000","source_code":1001}"#
    );
    // The source was asked for the person, not for the token.
    assert_eq!(world.zoom.requests().last().unwrap().target, format!("/v2/users/{nobody}"));
    let output = world.deployment.output();
    assert!(!output.contains(nobody), "{output}");
    world.assert_nothing_leaked();
}

#[tokio::test]
async fn a_slow_source_is_not_waited_for_longer_than_configured() {
    let config = Config { extra_fields: true, ..Config::tiny() };
    let world = World::with(config, &[("REQUEST_TIMEOUT_SECONDS", "1")]).await;
    let pristine = world.get(CALL).await;
    let slow = Duration::from_secs(4);
    for fault in [Fault::SlowHeaders(slow), Fault::SlowBody(slow)] {
        world.zoom.set_fault(Target::Rest, fault.clone(), 1);
        let reply = world.get(CALL).await;
        let expected = (504, "SOURCE_API_READ_TIMEOUT".to_owned(), "source-timeout".to_owned());
        assert_eq!(reply.problem(), expected, "{fault:?}");
        let detail = reply.json()["detail"].as_str().unwrap().to_owned();
        assert!(
            detail.starts_with("Source API read timeout: no response received within 1 seconds."),
            "{detail}"
        );
        assert_eq!(world.get(CALL).await, pristine, "after {fault:?}");
    }
    world.assert_nothing_leaked();
}

#[tokio::test]
async fn a_slow_source_is_waited_for_within_the_limit() {
    let world = World::zoom().await;
    let pristine = world.get(CALL).await;
    let slow = Duration::from_millis(300);
    for fault in [Fault::SlowHeaders(slow), Fault::SlowBody(slow)] {
        world.zoom.set_fault(Target::Rest, fault, 1);
        assert_eq!(world.get(CALL).await, pristine);
    }
}

#[tokio::test]
async fn a_source_that_is_not_there_is_told_apart_by_what_is_missing() {
    let closed = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let world = World::zoom().await;
    let not_tls = world.zoom.url().replace("http:", "https:");
    for (target, expected) in [
        (closed.as_str(), (503, "CONNECTION_TO_SOURCE", "source-unreachable")),
        ("https://api.zoom.invalid", (500, "CONNECTION_TO_SOURCE", "source-name")),
        (not_tls.as_str(), (500, "CONNECTION_TO_SOURCE", "source-tls")),
    ] {
        let endpoint = format!("{}/oauth/token", world.zoom.url());
        let settings = [("TARGET_HOST", target), ("REFRESH_ENDPOINT", endpoint.as_str())];
        let there = World::with(Config { extra_fields: true, ..Config::tiny() }, &settings).await;
        let reply = there.get(&format!("/v2/users/{}", there.user_token(1))).await;
        let (status, cause, code) = expected;
        assert_eq!(reply.problem(), (status, cause.to_owned(), code.to_owned()), "{target}");
        let output = there.deployment.output();
        // Neither the address nor the person is repeated.
        for secret in [target.split("//").nth(1).unwrap(), &there.zoom.user_id(1)] {
            assert!(!output.contains(secret), "{secret}: {output}");
        }
    }
}
