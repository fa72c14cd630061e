//! Canaries through the whole proxy: in bodies, headers and error bodies of the source, and in every place of a
//! call. None is in any answer or log line but where the list of kept fields says.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use vizard_tests::canaries::{Canary, Kind, Plant, found, plant};
use vizard_tests::clock::TestClock;
use vizard_tests::examples::Source;
use vizard_tests::repository;
use vizard_tests::secrets::FakeSecrets;
use vizard_tests::stand_in::StandIn;
use vizard_tests::world::{Deployment, World};
use vizard_tests::{keys, log};
use vizard_zoom_simulator::Config;

/// Names under which a source could tell something, those that are passed on first.
const HEADERS: [&str; 20] = [
    "cache-control",
    "etag",
    "link",
    "expires",
    "last-modified",
    "retry-after",
    "x-ratelimit-limit",
    "x-ratelimit-category",
    "x-ratelimit-zq",
    "content-type",
    "content-language",
    "content-disposition",
    "content-location",
    "location",
    "set-cookie",
    "server",
    "warning",
    "www-authenticate",
    "x-zm-trackingid",
    "x-psoxy-warning",
];

async fn before(source: &StandIn) -> Deployment {
    let secrets = FakeSecrets::for_zoom("a client", "a secret of a client", "an account");
    Deployment::start(source.url(), &[], Arc::new(secrets), Arc::new(TestClock::fixed(1_800_000_000))).await
}

#[tokio::test]
async fn nothing_planted_in_a_response_leaves_but_the_kept_fields() {
    let zoom = Source::load("zoom");
    let kept = repository::text("tests/data/zoom-kept.txt");
    let source = StandIn::start().await;
    let deployment = before(&source).await;
    let mut all = Vec::new();
    for (example, how) in zoom.examples.iter().zip(Plant::ALL.into_iter().cycle()) {
        let (body, canaries) = plant(&zoom.original(example), how);
        source.answer(move |_| planted(200, body.clone()));
        let reply = deployment.get(&example.url).await;
        assert_eq!(reply.status.as_u16(), 200, "{}: {}", example.name, reply.text());
        let endpoint = zoom.admit(example).endpoint().to_owned();
        let section = kept.split(&format!("{endpoint}\n")).nth(1).unwrap_or_default();
        let listed: BTreeSet<&str> =
            section.lines().map_while(|line| line.strip_prefix("  ")?.split(':').next()).collect();
        for canary in found(&canaries, &reply.text()) {
            assert!(listed.contains(canary.path.as_str()), "{}: {canary:?} leaves", example.name);
        }
        let headers = format!("{:?}", reply.headers);
        assert_eq!(found(&canaries, &headers), [], "{headers}");
        assert!(!headers.to_lowercase().contains("zqheader"), "{headers}");
        all.extend(canaries);
    }
    let logged = log::text();
    assert_eq!(found(&all, &logged), [], "in the log");
    assert_free(&deployment, "ZqHeader");
}

#[tokio::test]
async fn nothing_planted_in_an_error_leaves() {
    let zoom = Source::load("zoom");
    let source = StandIn::start().await;
    let deployment = before(&source).await;
    let mut all = Vec::new();
    let statuses = [302, 304, 400, 401, 403, 404, 409, 418, 429, 500, 502, 503, 599];
    for (example, status) in zoom.examples.iter().zip(statuses.into_iter().cycle()) {
        let (body, canaries) = plant(&zoom.original(example), Plant::Word);
        let body = if status == 304 { String::new() } else { body };
        source.answer(move |_| planted(status, body.clone()));
        let reply = deployment.get(&example.url).await;
        // A redirect to a place that is none is refused as such.
        let expected = if status == 302 { 502 } else { status };
        assert_eq!(reply.status.as_u16(), expected, "{}", reply.text());
        all.extend(canaries);
        // Bodies that are no JSON, with status 200.
        let spoiled = zoom.original(example).replacen('{', "{ZqBody", 1);
        source.answer(move |_| planted(200, spoiled.clone()));
        let reply = deployment.get(&example.url).await;
        assert_eq!((reply.status.as_u16(), reply.json()["code"].as_str()), (500, Some("json-syntax")));
    }
    let output = deployment.output();
    assert_eq!(found(&all, &output), []);
    assert_free(&deployment, "ZqHeader");
    assert_free(&deployment, "ZqBody");
}

fn planted(status: u16, body: String) -> Response<Bytes> {
    let mut response = Response::builder().status(status);
    for (index, name) in HEADERS.iter().enumerate() {
        response = response.header(*name, format!("ZqHeader{index}"));
    }
    response.header("ZqHeaderName", "1").body(body.into()).unwrap()
}

#[tokio::test]
async fn nothing_planted_in_a_call_comes_back_or_is_logged() {
    let source = StandIn::start().await;
    let deployment = before(&source).await;
    let id = "ZqPlainAAAAAAAAAAAAAAA";
    let token = keys::pseudonymizer().token(id, vizard_pseudonym::Kind::Reversible).unwrap();
    let targets = [
        "/ZqCall/x".to_owned(),
        "/v2/users/ZqCallAAAAAAAAAAAAAAAA".to_owned(),
        "/v2/users/ZqCall%2e%2e".to_owned(),
        "/v2/users?ZqCall=1".to_owned(),
        "/v2/users?status=ZqCall".to_owned(),
        "/v2/users?next_page_token=ZqCall".to_owned(),
        format!("/v2/users/{token}"),
        format!("/v2/users/{token}/meetings?ZqCall"),
    ];
    let headers = [
        "authorization",
        "cookie",
        "referer",
        "user-agent",
        "x-request-id",
        "traceparent",
        "x-forwarded-for",
        "x-forwarded-host",
        "forwarded",
        "content-type",
        "accept",
        "accept-language",
        "prefer",
        "range",
        "origin",
        "x-psoxy-targetpath",
        "x-psoxy-targetquery",
        "x-psoxy-pseudonym-implementation",
        "x-psoxy-user-to-impersonate",
        "x-psoxy-skip-sanitizer",
        "x-psoxy-no-response-body",
        "content-encoding",
        "x-psoxy-authorization",
        "ZqCallName",
    ];
    for target in &targets {
        for method in ["GET", "POST", "ZQCALL"] {
            for header in std::iter::once("").chain(headers) {
                let mut request = Request::builder().method(method).uri(target);
                if !header.is_empty() {
                    request = request.header(header, "ZqCall");
                }
                let body = if method == "POST" { "{\"ZqCall\":\"ZqCall\"}" } else { "" };
                deployment.ask(request.body(body.into()).unwrap()).await;
            }
        }
    }
    assert!(source.seen().len() > 10, "some calls are let through");
    // To the source goes what the rules judged, and none of the caller's headers.
    for request in source.seen() {
        let headers = format!("{:?}", request.headers());
        assert!(!headers.contains("ZqCall"), "{headers}");
        assert!(!request.uri().to_string().contains(&token), "{}", request.uri());
    }
    assert_free(&deployment, "ZqCall");
    assert_free(&deployment, "ZqPlain");
    assert_free(&deployment, &token);
}

/// Everything that the simulated account can tell, asked for by every endpoint.
#[tokio::test]
async fn a_tour_of_the_whole_account_shows_nobody() {
    let world = World::with(Config { extra_fields: true, guest_percent: 100, ..Config::tiny() }, &[]).await;
    let mut calls = 0;
    let mut ask = async |target: String| {
        calls += 1;
        let reply = world.get(&target).await;
        let status = reply.status.as_u16();
        assert!(matches!(status, 200 | 400 | 404), "{target}: {status} {}", reply.text());
        reply
    };
    for status in ["active", "inactive", "pending"] {
        ask(format!("/v2/users?page_size=300&status={status}")).await;
    }
    for index in 0..12 {
        let token = world.user_token(index);
        ask(format!("/v2/users/{token}")).await;
        ask(format!("/v2/users/{token}/settings")).await;
        ask(format!("/v2/users/{token}/settings?option=meeting_security")).await;
        ask(format!("/v2/users/{token}/recordings?from=2026-03-01&to=2026-03-31")).await;
        ask(format!("/v2/report/users/{token}/meetings?from=2026-03-01&to=2026-03-31")).await;
        for kind in ["scheduled", "upcoming", "previous_meetings", "live"] {
            let list = ask(format!("/v2/users/{token}/meetings?page_size=300&type={kind}")).await.json();
            for meeting in list["meetings"].as_array().into_iter().flatten().take(4) {
                let (number, uuid) = (meeting["id"].as_str().unwrap(), meeting["uuid"].as_str().unwrap());
                ask(format!("/v2/meetings/{number}")).await;
                ask(format!("/v2/meetings/{uuid}/meeting_summary")).await;
                ask(format!("/v2/past_meetings/{number}/instances")).await;
                ask(format!("/v2/past_meetings/{uuid}")).await;
                ask(format!("/v2/past_meetings/{uuid}/participants?page_size=300")).await;
                ask(format!("/v2/report/meetings/{uuid}")).await;
                ask(format!(
                    "/v2/report/meetings/{uuid}/participants?page_size=300&include_fields=registrant_id"
                ))
                .await;
            }
        }
    }
    assert!(calls > 300, "{calls}");
    let secrets = world.zoom.secrets();
    assert!(secrets.len() > 500, "{}", secrets.len());
    world.assert_nothing_leaked();
}

/// The search itself: what was let out on purpose is found, in any disguise.
#[tokio::test]
async fn the_search_finds_what_leaks() {
    let world = World::zoom().await;
    world.get("/v2/users?page_size=300").await;
    world.assert_nothing_leaked();
    let email = world.zoom.user_email(2);
    let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &email);
    for leaked in [email.clone(), email.to_uppercase().to_lowercase(), email.replace('@', "%40"), base64] {
        let another = world.second_deployment().await;
        let reply =
            Response::builder().header("x-note", "1").body(Bytes::from(format!("x {leaked} y"))).unwrap();
        another.note(&vizard_tests::wire::Reply::of(reply));
        let secrets = world.zoom.secrets();
        let searched = std::panic::catch_unwind(AssertUnwindSafe(|| another.assert_free_of(&secrets)));
        assert!(searched.is_err(), "{leaked} was not found");
    }
}

fn assert_free(deployment: &Deployment, marker: &str) {
    let canary = Canary { marker: marker.to_owned(), path: String::new(), kind: Kind::Text };
    let canary = std::slice::from_ref(&canary);
    let output = deployment.output();
    if !found(canary, &output).is_empty() {
        let lines: Vec<&str> =
            output.lines().filter(|line| !found(canary, line).is_empty()).take(3).collect();
        panic!("{marker} is in: {lines:#?}");
    }
}
