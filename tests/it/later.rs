//! Calls that are answered later, and copies of answers, end to end: what the caller gets, what is queued, what is put
//! where, and what is said when something of it fails.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;
use vizard_proxy::ports::OutputError;
use vizard_proxy::{Arrival, Attempt, Client, Receipt, Unfinished};
use vizard_tests::secrets::FakeSecrets;
use vizard_tests::wire::{Reply, request};
use vizard_tests::world::World;
use vizard_zoom_simulator::{Config, Fault, Target};

const USERS: &str = "/v2/users?page_size=30";

async fn world(settings: &[(&str, &str)]) -> World {
    World::with(Config { extra_fields: true, ..Config::tiny() }, settings).await
}

async fn with_later() -> World {
    world(&[("ASYNC_OUTPUT_DESTINATION", "memory://later/zoom")]).await
}

/// As a host hands it on: with an identifier, and with the form in which it would be queued.
fn call(target: &str, headers: &[(&str, &str)]) -> Request<Bytes> {
    let mut request = request("GET", target, headers, "");
    let message = Some(format!("queued: {target}"));
    request.extensions_mut().insert(Arrival {
        request_id: Some("call-1".to_owned()),
        deadline: None,
        message,
    });
    request
}

const LATER: (&str, &str) = ("Prefer", "respond-async");

async fn queue(world: &World) -> (Reply, Receipt) {
    let reply = world.ask(call(USERS, &[LATER])).await;
    let mut sent = world.deployment.queue.take();
    let (message, receipt) = sent.pop().expect("one message");
    assert_eq!(message, format!("queued: {USERS}"));
    assert_eq!(receipt, reply.text());
    (reply, Receipt::parse(&receipt).unwrap())
}

async fn perform(world: &World, receipt: &Receipt, target: &str, last: bool) -> Result<(), Unfinished> {
    let call = call(target, &[LATER]);
    let attempt = Attempt { is_last: last, end: Instant::now() + Duration::from_secs(10) };
    world.deployment.proxy.perform(call, Client::default(), receipt, attempt).await
}

#[tokio::test]
async fn a_call_is_queued_and_answered_where_the_caller_was_told() {
    let world = with_later().await;
    let (reply, receipt) = queue(&world).await;
    assert_eq!(reply.status, 202);
    assert_eq!(reply.header("preference-applied"), "respond-async");
    let location = reply.header("location").to_owned();
    let key = location.strip_prefix("memory://later/zoom/").unwrap();
    assert!(key.ends_with("/call-1") && key.len() == 8 + "/call-1".len(), "{key}");
    let told = reply.json();
    assert_eq!(told["requestId"], "call-1");
    assert_eq!(told["async"], true);
    assert_eq!(told["asyncOutputLocation"], location);
    assert_eq!(told["sanitizedOutputKey"], key);
    assert_eq!(told.get("rawOutputKey"), None);
    assert_eq!(world.deployment.buckets.objects().len(), 0, "nothing is put before its time");

    perform(&world, &receipt, USERS, false).await.unwrap();
    let objects = world.deployment.buckets.objects();
    let object = &objects[&location];
    let now = world.get(USERS).await;
    assert_eq!(object.text, now.text(), "the same answer, later");
    assert_eq!(object.content_type, "application/json");
    assert_eq!(object.metadata["STATUS"], "200");
    assert_eq!(object.metadata["Rules-SHA"], now.header("x-psoxy-rules-sha"));
    assert_eq!(object.metadata["PATH"], "v2/users");
    assert_eq!(object.metadata["QUERY_STRING"], "page_size=30");
    world.assert_nothing_leaked();
}

#[tokio::test]
async fn only_a_call_that_can_wait_is_queued() {
    let later = with_later().await;
    // What the rules refuse, the caller learns now.
    let refused = later.ask(call("/v2/accounts", &[LATER])).await;
    assert_eq!(refused.problem().1, "BLOCKED_BY_RULES");
    for headers in [&[][..], &[("Prefer", "respond-async, wait=5")]] {
        assert_eq!(later.ask(call(USERS, headers)).await.status, 200);
    }
    // A host without a form for its queue, and a proxy without a place for answers, answer now.
    assert_eq!(later.ask(request("GET", USERS, &[LATER], "")).await.status, 200);
    let without = World::zoom().await;
    assert_eq!(without.ask(call(USERS, &[LATER])).await.status, 200);
    assert!(later.deployment.queue.take().is_empty() && without.deployment.queue.take().is_empty());
}

#[tokio::test]
async fn a_caller_is_told_when_a_call_cannot_be_queued() {
    let world = with_later().await;
    for (failure, expected) in [
        (OutputError::Unavailable, (500, "queue-unavailable")),
        (OutputError::Denied, (500, "queue-unavailable")),
        (OutputError::TooLarge, (413, "queue-message-too-large")),
    ] {
        world.deployment.queue.fail(Some(failure));
        let (status, cause, code) = world.ask(call(USERS, &[LATER])).await.problem();
        assert_eq!(
            (status, cause.as_str(), code.as_str()),
            (expected.0, "ASYNC_HANDLER_DISPATCH", expected.1)
        );
    }
    world.deployment.queue.fail(None);
    let Config { client_id, account_id, .. } = Config::tiny();
    let wrong = Arc::new(FakeSecrets::for_zoom(&client_id, "wrong", &account_id));
    let world =
        World::sharing(Config::tiny(), &[("ASYNC_OUTPUT_DESTINATION", "memory://later")], wrong).await;
    assert_eq!(world.ask(call(USERS, &[LATER])).await.problem().1, "CONNECTION_SETUP");
    assert!(world.deployment.queue.take().is_empty(), "a call that could never be answered does not wait");
}

#[tokio::test]
async fn what_the_source_refuses_is_put_as_the_answer() {
    let world = with_later().await;
    let (reply, receipt) = queue(&world).await;
    world.zoom.set_fault(Target::Rest, Fault::Status(503), 1);
    perform(&world, &receipt, USERS, false).await.unwrap();
    let objects = world.deployment.buckets.objects();
    let object = &objects[reply.header("location")];
    assert_eq!(object.content_type, "application/problem+json");
    assert_eq!((object.metadata["STATUS"].as_str(), object.metadata["Error"].as_str()), ("503", "API_ERROR"));
    let document: serde_json::Value = serde_json::from_str(&object.text).unwrap();
    assert_eq!(document["code"], "source-error");
    assert_eq!(document["request_id"], "call-1");
    world.assert_nothing_leaked();
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_told_after_the_last_attempt() {
    let world = with_later().await;
    let (reply, receipt) = queue(&world).await;
    world.zoom.set_fault(Target::Rest, Fault::ConnectionReset, 2);
    assert_eq!(perform(&world, &receipt, USERS, false).await, Err(Unfinished));
    assert!(world.deployment.buckets.objects().is_empty(), "the caller goes on waiting");
    assert_eq!(perform(&world, &receipt, USERS, true).await, Err(Unfinished), "and the message is set aside");
    let objects = world.deployment.buckets.objects();
    assert_eq!(objects[reply.header("location")].metadata["Error"], "CONNECTION_TO_SOURCE");
    perform(&world, &receipt, USERS, true).await.unwrap();
    let objects = world.deployment.buckets.objects();
    assert_eq!(objects[reply.header("location")].metadata["STATUS"], "200", "given out again by hand");
}

#[tokio::test]
async fn an_answer_that_cannot_be_put_is_tried_again() {
    let world = with_later().await;
    let (_, receipt) = queue(&world).await;
    for failure in [OutputError::Denied, OutputError::Unavailable] {
        world.deployment.buckets.fail(Some(failure));
        for last in [false, true] {
            assert_eq!(perform(&world, &receipt, USERS, last).await, Err(Unfinished));
        }
    }
    world.deployment.buckets.fail(None);
    perform(&world, &receipt, USERS, false).await.unwrap();
}

#[tokio::test]
async fn a_queued_call_is_judged_again() {
    let world = with_later().await;
    let (reply, receipt) = queue(&world).await;
    perform(&world, &receipt, "/v2/accounts", false).await.unwrap();
    let objects = world.deployment.buckets.objects();
    assert_eq!(objects[reply.header("location")].metadata["Error"], "BLOCKED_BY_RULES");
    let mut forged = receipt.clone();
    forged.sanitized_output_key = Some("../others/object".to_owned());
    assert_eq!(perform(&world, &forged, USERS, true).await, Err(Unfinished));
    assert_eq!(world.deployment.buckets.objects().len(), 1);
}

#[tokio::test]
async fn copies_are_put_beside_the_answer() {
    let world = world(&[
        ("SIDE_OUTPUT_ORIGINAL", "memory://original/raw"),
        ("SIDE_OUTPUT_SANITIZED", "memory://sanitized"),
    ])
    .await;
    let token = world.user_token(1);
    let target = format!("/v2/users/{token}/meetings?type=previous_meetings");
    let headers = [
        ("Accept-Encoding", "gzip"),
        ("Authorization", "AWS4-HMAC-SHA256 secret"),
        ("X-Amz-Security-Token", "secret"),
        ("Cookie", "secret"),
        ("X-Run", "7"),
    ];
    let reply = world.ask(call(&target, &headers)).await;
    assert_eq!(reply.status, 200);
    assert!(reply.all("x-psoxy-warning").iter().all(|it| !it.contains("SIDE_OUTPUT")));
    let objects = world.deployment.buckets.objects();
    let [original, sanitized] = ["memory://original/raw/", "memory://sanitized/"].map(|root| {
        let (_, object) = objects.iter().find(|(uri, _)| uri.starts_with(root)).unwrap();
        object.clone()
    });
    assert!(objects.keys().all(|uri| uri.ends_with("/call-1")));
    assert_eq!(sanitized.text, reply.text());
    assert_eq!(
        sanitized.metadata["PATH"],
        format!("v2/users/{token}/meetings"),
        "the pseudonym, as the caller wrote it"
    );
    assert_eq!(sanitized.metadata["x-run"], "7");
    let id = world.zoom.user_id(1);
    assert_eq!(original.metadata["PATH"], format!("v2/users/{id}/meetings"), "as the source was asked");
    assert!(original.text.contains(&id), "as the source answered");
    assert_eq!(original.metadata["QUERY_STRING"], "type=previous_meetings");
    for object in [&original, &sanitized] {
        assert!(!format!("{:?}", object.metadata).contains("secret"), "{:?}", object.metadata);
    }
    assert!(!sanitized.text.contains(&id));
    world.assert_nothing_leaked();
}

#[tokio::test]
async fn the_original_of_an_error_is_kept_too() {
    let world = world(&[("SIDE_OUTPUT_ORIGINAL", "memory://original")]).await;
    world.zoom.set_fault(Target::Rest, Fault::Html, 1);
    let reply = world.get(USERS).await;
    assert_ne!(reply.status, 200);
    let objects = world.deployment.buckets.objects();
    assert_eq!(objects.len(), 1);
    assert!(objects.values().next().unwrap().text.contains("<!doctype html>"), "{objects:?}");
    world.assert_nothing_leaked();
}

#[tokio::test]
async fn a_copy_that_fails_is_a_warning() {
    let settings =
        [("SIDE_OUTPUT_ORIGINAL", "memory://original"), ("SIDE_OUTPUT_SANITIZED", "memory://sanitized")];
    let world = world(&settings).await;
    world.deployment.buckets.fail(Some(OutputError::Denied));
    let reply = world.get(USERS).await;
    assert_eq!(reply.status, 200);
    let warnings = reply.all("x-psoxy-warning");
    for expected in ["SIDE_OUTPUT_FAILURE_ORIGINAL", "SIDE_OUTPUT_FAILURE_SANITIZED"] {
        assert!(warnings.contains(&expected), "{warnings:?}");
    }
    assert_eq!(reply.text(), World::zoom().await.get(USERS).await.text());
}

#[tokio::test]
async fn a_destination_that_cannot_be_one_stops_the_proxy() {
    let settings =
        [("SIDE_OUTPUT_SANITIZED", "ftp://x"), ("ASYNC_OUTPUT_DESTINATION", "y"), ("TLS_VERSION", "9")];
    let world = world(&settings).await;
    let told = world.deployment.problems.join("\n");
    for name in ["SIDE_OUTPUT_SANITIZED", "ASYNC_OUTPUT_DESTINATION", "TLS_VERSION"] {
        assert!(told.contains(&format!("{name} is not valid")), "{told}");
    }
    assert_eq!(world.get(USERS).await.problem().1, "CONFIGURATION_FAILURE");
}

#[tokio::test]
async fn a_token_endpoint_that_is_away_for_a_moment_is_asked_again() {
    let world = with_later().await;
    let receipt = Receipt {
        request_id: "call-1".to_owned(),
        request_received_at: "2026-03-31T08:00:00Z".to_owned(),
        r#async: true,
        async_output_location: None,
        raw_output_key: None,
        sanitized_output_key: Some("20260331/call-1".to_owned()),
    };
    world.zoom.set_fault(Target::Token, Fault::Status(503), 1);
    assert_eq!(perform(&world, &receipt, USERS, false).await, Err(Unfinished));
    assert!(world.deployment.buckets.objects().is_empty());
}

#[tokio::test]
async fn a_copy_takes_no_longer_than_the_answer_may() {
    let settings =
        [("SIDE_OUTPUT_SANITIZED", "memory://sanitized"), ("SIDE_OUTPUT_ORIGINAL", "memory://original")];
    let world = world(&settings).await;
    world.deployment.buckets.hang();
    let mut call = call(USERS, &[]);
    let deadline = Some(Instant::now() + Duration::from_secs(2));
    call.extensions_mut().insert(Arrival { request_id: None, deadline, message: None });
    let reply = tokio::time::timeout(Duration::from_secs(8), world.ask(call)).await.unwrap();
    assert_eq!(reply.status, 200);
    assert_eq!(reply.all("x-psoxy-warning").len(), 2);
}

#[tokio::test]
async fn a_copy_tells_of_the_call_that_was_meant() {
    let world = world(&[("SIDE_OUTPUT_SANITIZED", "memory://sanitized")]).await;
    let headers = [("X-Psoxy-TargetPath", "/v2/users"), ("X-Psoxy-TargetQuery", "page_size=2")];
    assert_eq!(world.ask(call("/any?thing=1", &headers)).await.status, 200);
    let objects = world.deployment.buckets.objects();
    let metadata = &objects.values().next().unwrap().metadata;
    assert_eq!((metadata["PATH"].as_str(), metadata["QUERY_STRING"].as_str()), ("v2/users", "page_size=2"));
}
