//! The life of an access token, end to end: fetched once, shared through the secret store, renewed in time, and
//! replaced once when the source does not accept it any more.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use vizard_tests::secrets::Failures;
use vizard_tests::world::World;
use vizard_zoom_simulator::{Config, Fault, Target, TokenPolicy};

const CALL: &str = "/v2/users?page_size=30";

async fn world(policy: TokenPolicy) -> World {
    World::with(Config { extra_fields: true, token_policy: policy, ..Config::tiny() }, &[]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_first_calls_at_once_fetch_one_token() {
    let world = Arc::new(world(TokenPolicy::SingleActive).await);
    world.zoom.set_fault(Target::Token, Fault::SlowHeaders(Duration::from_millis(200)), 1);
    let mut calls = JoinSet::new();
    for _ in 0..50 {
        let world = world.clone();
        calls.spawn(async move { world.get(CALL).await });
    }
    let replies = calls.join_all().await;
    assert!(replies.iter().all(|reply| *reply == replies[0] && reply.status.as_u16() == 200));
    assert_eq!((world.zoom.token_requests(), world.zoom.rest_requests()), (1, 50));
    world.assert_nothing_leaked();
}

#[tokio::test]
async fn the_token_request_is_the_one_that_zoom_documents() {
    let world = world(TokenPolicy::Multi).await;
    // Copied with a line end, as it happens.
    world.deployment.secrets.put("CLIENT_SECRET", &format!(" {}\n", Config::tiny().client_secret));
    assert_eq!(world.get(CALL).await.status.as_u16(), 200);
    let requests = world.zoom.requests();
    let asked = requests.iter().find(|it| it.target == "/oauth/token").unwrap();
    assert_eq!(asked.method, "POST");
    assert_eq!(
        asked.body,
        format!("grant_type=account_credentials&account_id={}", Config::tiny().account_id)
    );
    assert_eq!(asked.header("content-type"), Some("application/x-www-form-urlencoded"));
    // Neither the client's secret nor the token is ever part of a target.
    let stored = world.deployment.secrets.value("ACCESS_TOKEN").unwrap();
    let token: serde_json::Value = serde_json::from_str(&stored).unwrap();
    let token = token["token"].as_str().unwrap();
    for request in &requests {
        assert!(!request.target.contains(token) && !request.target.contains(&Config::tiny().client_secret));
    }
    let call = requests.iter().find(|it| it.path() == "/v2/users").unwrap();
    assert_eq!(call.header("authorization"), Some(format!("Bearer {token}").as_str()));
    world.assert_nothing_leaked();
}

#[tokio::test]
async fn the_token_is_shared_through_the_secret_store() {
    for policy in [TokenPolicy::Multi, TokenPolicy::SingleActive] {
        let world = world(policy).await;
        assert_eq!(world.get(CALL).await.status.as_u16(), 200);
        let stored = world.deployment.secrets.value("ACCESS_TOKEN").expect("the token is stored");
        let stored: serde_json::Value = serde_json::from_str(&stored).unwrap();
        let members: Vec<&String> = stored.as_object().unwrap().keys().collect();
        assert_eq!(members, ["token", "expirationDate"], "other proxies read this form");
        let expires = Duration::from_millis(stored["expirationDate"].as_u64().unwrap());
        let now = world.zoom.now().duration_since(std::time::UNIX_EPOCH).unwrap();
        assert_eq!((expires - now).as_secs().div_ceil(60), 60, "it lasts an hour");
        // A second proxy asks for no token of its own.
        let second = world.second_deployment().await;
        assert_eq!(second.get(CALL).await, world.get(CALL).await);
        assert_eq!(world.zoom.token_requests(), 1, "{policy:?}");
        assert_eq!(world.deployment.secrets.held_leases(), Vec::<String>::new());
        world.assert_nothing_leaked();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_proxies_that_begin_at_once_fetch_one_token() {
    let world = Arc::new(world(TokenPolicy::SingleActive).await);
    let second = Arc::new(world.second_deployment().await);
    world.zoom.set_fault(Target::Token, Fault::SlowHeaders(Duration::from_millis(150)), 1);
    let mut calls = JoinSet::new();
    for number in 0..20 {
        let (world, second) = (world.clone(), second.clone());
        calls.spawn(
            async move { if number % 2 == 0 { world.get(CALL).await } else { second.get(CALL).await } },
        );
    }
    let statuses: Vec<u16> = calls.join_all().await.iter().map(|reply| reply.status.as_u16()).collect();
    assert_eq!(statuses, [200; 20]);
    assert_eq!(world.zoom.token_requests(), 1);
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends_and_no_call_notices() {
    let world = world(TokenPolicy::SingleActive).await;
    let first = world.get(CALL).await;
    world.zoom.advance(Duration::from_secs(50 * 60));
    assert_eq!(world.get(CALL).await.status.as_u16(), 200);
    assert_eq!(world.zoom.token_requests(), 1, "ten minutes are left");
    for minutes in [9, 61, 24 * 60] {
        let (tokens, calls) = (world.zoom.token_requests(), world.zoom.rest_requests());
        world.zoom.advance(Duration::from_secs(minutes * 60 + 30));
        let reply = world.get(CALL).await;
        assert_eq!(reply.status, first.status);
        // Renewed ahead of the call, not after a refusal.
        assert_eq!(
            (world.zoom.token_requests() - tokens, world.zoom.rest_requests() - calls),
            (1, 1),
            "{minutes}"
        );
    }
    world.assert_nothing_leaked();
}

#[tokio::test]
async fn a_revoked_token_is_replaced_once_and_the_call_repeated_once() {
    for policy in [TokenPolicy::Multi, TokenPolicy::SingleActive] {
        let world = world(policy).await;
        let first = world.get(CALL).await;
        let (tokens, calls) = (world.zoom.token_requests(), world.zoom.rest_requests());
        world.zoom.revoke_tokens();
        assert_eq!(world.get(CALL).await, first);
        assert_eq!(
            (world.zoom.token_requests() - tokens, world.zoom.rest_requests() - calls),
            (1, 2),
            "{policy:?}"
        );
        assert_eq!(world.get(CALL).await, first);
        assert_eq!(
            (world.zoom.token_requests() - tokens, world.zoom.rest_requests() - calls),
            (1, 3),
            "{policy:?}"
        );
        world.assert_nothing_leaked();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_calls_with_a_revoked_token_fetch_one_token() {
    let world = Arc::new(world(TokenPolicy::SingleActive).await);
    let first = world.get(CALL).await;
    world.zoom.revoke_tokens();
    world.zoom.set_fault(Target::Token, Fault::SlowHeaders(Duration::from_millis(100)), 1);
    let mut calls = JoinSet::new();
    for _ in 0..50 {
        let world = world.clone();
        calls.spawn(async move { world.get(CALL).await });
    }
    assert!(calls.join_all().await.iter().all(|reply| *reply == first));
    assert_eq!(world.zoom.token_requests(), 2);
    assert!(world.zoom.rest_requests() <= 1 + 2 * 50, "{}", world.zoom.rest_requests());
}

#[tokio::test]
async fn a_source_that_accepts_no_token_is_asked_twice_and_not_in_a_storm() {
    let world = world(TokenPolicy::Multi).await;
    assert_eq!(world.get(CALL).await.status.as_u16(), 200);
    let (tokens, calls) = (world.zoom.token_requests(), world.zoom.rest_requests());
    world.zoom.set_fault(Target::Rest, Fault::Unauthorized, u32::MAX);
    let reply = world.get(CALL).await;
    assert_eq!(reply.problem(), (401, "API_ERROR".to_owned(), "source-error".to_owned()));
    assert_eq!(reply.json()["source_code"], 124);
    assert_eq!(reply.header("www-authenticate"), "");
    assert_eq!((world.zoom.token_requests() - tokens, world.zoom.rest_requests() - calls), (1, 2));
    for _ in 0..10 {
        assert_eq!(world.get(CALL).await.status.as_u16(), 401);
    }
    let fetched = world.zoom.token_requests() - tokens;
    assert!(fetched <= 2, "{fetched} tokens for calls in one second");
    world.zoom.clear_faults();
    assert_eq!(world.get(CALL).await.status.as_u16(), 200);
    world.assert_nothing_leaked();
}

/// With one active token per account, two proxies that do not share one take it from each other. Each call still
/// succeeds, at the cost of a new token.
#[tokio::test]
async fn proxies_without_a_store_to_write_to_still_work() {
    let world = world(TokenPolicy::SingleActive).await;
    world.deployment.secrets.fail(Failures::ReadOnly);
    let second = world.second_deployment().await;
    let first = world.get(CALL).await;
    assert_eq!(first.status.as_u16(), 200);
    assert_eq!(second.get(CALL).await, first);
    assert_eq!(world.zoom.token_requests(), 2);
    assert_eq!(world.get(CALL).await, first);
    assert_eq!((world.zoom.token_requests(), world.zoom.rest_requests()), (3, 4));
    world.assert_nothing_leaked();
}

#[tokio::test]
async fn a_lost_shared_token_is_fetched_again() {
    let world = world(TokenPolicy::Multi).await;
    for stored in [
        "",
        "fill me",
        "{",
        r#"{"token":"x"}"#,
        r#"{"token":"","expirationDate":9999999999999}"#,
        r#"{"token":"old","expirationDate":1}"#,
    ] {
        world.deployment.secrets.put("ACCESS_TOKEN", stored);
        let before = world.zoom.token_requests();
        let fresh = world.second_deployment().await;
        assert_eq!(fresh.get(CALL).await.status.as_u16(), 200, "{stored}");
        assert_eq!(world.zoom.token_requests() - before, 1, "{stored}");
    }
}

#[tokio::test]
async fn a_token_of_a_short_life_is_used_while_it_lasts() {
    let world = world(TokenPolicy::Multi).await;
    world.zoom.set_fault(Target::Token, Fault::TokenLife(Duration::from_secs(120)), u32::MAX);
    for _ in 0..20 {
        assert_eq!(world.get(CALL).await.status.as_u16(), 200);
    }
    let tokens = world.zoom.token_requests();
    assert!(tokens <= 2, "{tokens} tokens while one would do");
    world.zoom.advance(Duration::from_secs(119));
    assert_eq!(world.get(CALL).await.status.as_u16(), 200);
    world.zoom.advance(Duration::from_secs(300));
    assert_eq!(world.get(CALL).await.status.as_u16(), 200);
}
