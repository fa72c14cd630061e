//! The life of a token in one process: renewal, refusals by the source, failures of the endpoint.

use std::time::Duration;

use super::*;
use crate::credentials::Grant;
use crate::ports::{StoreError, UpstreamError};

async fn token(world: &World, credentials: &Credentials) -> Result<String, CredentialError> {
    Ok(fakes::sent(&credentials.for_request(world.deadline(), None).await?))
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends_at_a_moment_that_stays() {
    let world = World::zoom();
    let credentials = world.grant(Grant::AccountCredentials);
    // The clock draws 599 seconds: renewal is due 3001 seconds after the fetch.
    for (advance, expected) in [(0, "Bearer token-1"), (3000, "Bearer token-1"), (1, "Bearer token-2")] {
        world.clock.advance(advance);
        for _ in 0..3 {
            assert_eq!(token(&world, &credentials).await.unwrap(), expected);
        }
    }
    assert_eq!(world.endpoint.calls(), 2);
}

#[tokio::test]
async fn a_short_token_is_used_for_half_of_its_life_at_least() {
    let world = World::zoom();
    let credentials = world.grant(Grant::AccountCredentials);
    world.endpoint.play(200, r#"{"access_token":"short","expires_in":20}"#);
    for (advance, expected) in [(0, "Bearer short"), (9, "Bearer short"), (1, "Bearer token-2")] {
        world.clock.advance(advance);
        assert_eq!(token(&world, &credentials).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn many_requests_at_once_fetch_one_token() {
    let world = World::zoom();
    *world.endpoint.slow.lock().unwrap() = Duration::from_millis(50);
    let credentials = world.grant(Grant::AccountCredentials);
    let requests = (0..20).map(|_| token(&world, &credentials));
    let tokens = futures_util::future::join_all(requests).await;
    assert!(tokens.iter().all(|it| it.as_deref() == Ok("Bearer token-1")), "{tokens:?}");
    assert_eq!(world.endpoint.calls(), 1);
}

#[tokio::test]
async fn while_one_renews_the_others_go_on_with_the_old_token() {
    let world = World::zoom();
    let credentials = world.grant(Grant::AccountCredentials);
    token(&world, &credentials).await.unwrap();
    world.clock.advance(3100);
    *world.endpoint.slow.lock().unwrap() = Duration::from_millis(200);
    let renewing = tokio::spawn({
        let (world, credentials) = (world.clone(), credentials.clone());
        async move { token(&world, &credentials).await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(token(&world, &credentials).await.unwrap(), "Bearer token-1");
    assert_eq!(renewing.await.unwrap().unwrap(), "Bearer token-2");
}

#[tokio::test]
async fn a_token_that_the_source_refuses_is_replaced_once_for_all() {
    let world = World::zoom();
    let credentials = world.grant(Grant::AccountCredentials);
    let deadline = world.deadline();
    let first = credentials.for_request(deadline, None).await.unwrap();
    let failing = (0..10).map(|_| credentials.for_request(deadline, first.token_id()));
    for second in futures_util::future::join_all(failing).await {
        assert_eq!(fakes::sent(&second.unwrap()), "Bearer token-2");
    }
    assert_eq!(world.endpoint.calls(), 2);
}

#[tokio::test]
async fn a_source_that_refuses_every_token_does_not_wear_out_the_endpoint() {
    let world = World::zoom();
    let credentials = world.grant(Grant::AccountCredentials);
    let mut last = credentials.for_request(world.deadline(), None).await.unwrap();
    for _ in 0..100 {
        last = credentials.for_request(world.deadline(), last.token_id()).await.unwrap();
    }
    assert_eq!(world.endpoint.calls(), 2, "the second refusal comes too soon to ask again");
    world.clock.advance(1);
    let next = credentials.for_request(world.deadline(), last.token_id()).await.unwrap();
    assert_ne!(next.token_id(), last.token_id());
}

#[tokio::test]
async fn the_same_token_again_is_no_other_credential() {
    let world = World::zoom();
    let credentials = world.grant(Grant::AccountCredentials);
    for _ in 0..2 {
        world.endpoint.play(200, r#"{"access_token":"same"}"#);
    }
    let first = credentials.for_request(world.deadline(), None).await.unwrap();
    let second = credentials.for_request(world.deadline(), first.token_id()).await.unwrap();
    assert_eq!(second.token_id(), first.token_id());
    assert_eq!(world.endpoint.calls(), 2);
}

#[tokio::test]
async fn a_failing_endpoint_is_left_alone_for_longer_and_longer() {
    let world = World::zoom();
    let credentials = world.grant(Grant::AccountCredentials);
    let refused = || {
        world
            .endpoint
            .play(400, r#"{"reason":"Bad Request nora@lumen-orchard.example","error":"invalid_request"}"#)
    };
    refused();
    for _ in 0..5 {
        let error = token(&world, &credentials).await.unwrap_err();
        assert_eq!(error, CredentialError::Refused { status: 400, hint: EndpointHint::Account });
        assert!(error.to_string().contains("ACCOUNT_ID") && !error.to_string().contains("nora"));
    }
    assert_eq!(world.endpoint.calls(), 1);
    world.clock.advance(1);
    refused();
    for _ in 0..5 {
        token(&world, &credentials).await.unwrap_err();
        world.clock.advance(0);
    }
    assert_eq!(world.endpoint.calls(), 2);
    world.clock.advance(1);
    token(&world, &credentials).await.unwrap_err();
    assert_eq!(world.endpoint.calls(), 2, "the second pause is two seconds");
    world.clock.advance(1);
    assert_eq!(token(&world, &credentials).await.unwrap(), "Bearer token-3");
}

#[tokio::test]
async fn when_renewal_fails_the_old_token_serves_until_it_ends() {
    let world = World::zoom();
    let credentials = world.grant(Grant::AccountCredentials);
    token(&world, &credentials).await.unwrap();
    world.clock.advance(3100);
    world.endpoint.play(503, "");
    assert_eq!(token(&world, &credentials).await.unwrap(), "Bearer token-1");
    world.clock.advance(500);
    world.endpoint.fail(UpstreamError::ConnectTimeout);
    let error = token(&world, &credentials).await.unwrap_err();
    assert_eq!(error.cause(), CredentialCause::NetworkEgressBlocked);
}

#[tokio::test(start_paused = true)]
async fn a_request_waits_no_longer_than_its_deadline_and_the_token_comes_all_the_same() {
    let world = World::zoom();
    *world.endpoint.slow.lock().unwrap() = Duration::from_secs(5);
    let credentials = world.grant(Grant::AccountCredentials);
    let soon = tokio::time::Instant::now().into_std() + Duration::from_secs(1);
    assert_eq!(credentials.for_request(soon, None).await.unwrap_err(), CredentialError::Timeout);
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(token(&world, &credentials).await.unwrap(), "Bearer token-1");
    assert_eq!(world.endpoint.calls(), 1);
}

fn rotating() -> (World, Credentials) {
    let world = World::zoom();
    world.store.put("REFRESH_TOKEN", "refresh-0");
    let credentials = world.grant(Grant::RefreshToken);
    (world, credentials)
}

const ROTATED: &str = r#"{"access_token":"access-1","refresh_token":"refresh-1","expires_in":3600}"#;

#[tokio::test]
async fn a_replaced_refresh_token_is_stored_before_the_access_token_is_used() {
    let (world, credentials) = rotating();
    world.endpoint.play(200, ROTATED);
    assert_eq!(token(&world, &credentials).await.unwrap(), "Bearer access-1");
    assert_eq!(world.log(), ["lease OAUTH_REFRESH_TOKEN", "ask", "write REFRESH_TOKEN", "release"]);
    world.clock.advance(3600);
    world.endpoint.play(200, r#"{"access_token":"access-2","refresh_token":"refresh-1"}"#);
    token(&world, &credentials).await.unwrap();
    assert!(world.endpoint.form(1).contains("refresh_token=refresh-1&"));
    assert_eq!(
        world.log(),
        ["lease OAUTH_REFRESH_TOKEN", "ask", "release"],
        "the same one is not written again"
    );
}

#[tokio::test(start_paused = true)]
async fn a_refresh_token_that_cannot_be_stored_is_not_lost() {
    let (world, credentials) = rotating();
    world.endpoint.play(200, ROTATED);
    for refusal in [StoreError::ReadOnly, StoreError::Unavailable { reason: "timeout".to_owned() }] {
        world.store.refuse(Some(refusal.clone()));
        let error = token(&world, &credentials).await.unwrap_err();
        match refusal {
            StoreError::ReadOnly => assert!(matches!(error, CredentialError::NotKept(_)), "{error}"),
            _ => assert!(matches!(error, CredentialError::Store(_)), "{error}"),
        }
        assert_eq!(world.store.text("REFRESH_TOKEN").as_deref(), Some("refresh-0"));
    }
    world.store.refuse(None);
    assert_eq!(token(&world, &credentials).await.unwrap(), "Bearer access-1");
    assert_eq!(world.store.text("REFRESH_TOKEN").as_deref(), Some("refresh-1"));
    assert_eq!(world.endpoint.calls(), 1, "the used-up token is not sent again");
}

#[tokio::test]
async fn a_new_authorization_goes_before_what_could_not_be_stored() {
    let (world, credentials) = rotating();
    world.endpoint.play(200, ROTATED);
    world.store.refuse(Some(StoreError::ReadOnly));
    token(&world, &credentials).await.unwrap_err();
    world.store.put("REFRESH_TOKEN", "authorized-again");
    world.store.refuse(None);
    assert_eq!(token(&world, &credentials).await.unwrap(), "Bearer token-2");
    assert!(world.endpoint.form(1).contains("refresh_token=authorized-again&"));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_goes_away_does_not_lose_the_refresh_token() {
    let (world, credentials) = rotating();
    world.endpoint.play(200, ROTATED);
    *world.endpoint.slow.lock().unwrap() = Duration::from_secs(2);
    let request = tokio::spawn({
        let (world, credentials) = (world.clone(), credentials.clone());
        async move { token(&world, &credentials).await }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    request.abort();
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(world.store.text("REFRESH_TOKEN").as_deref(), Some("refresh-1"));
    assert!(!world.store.is_leased());
    assert_eq!(token(&world, &credentials).await.unwrap(), "Bearer access-1");
}

#[tokio::test(start_paused = true)]
async fn a_process_can_wait_for_what_its_requests_have_begun() {
    let (world, credentials) = rotating();
    world.endpoint.play(200, ROTATED);
    *world.endpoint.slow.lock().unwrap() = Duration::from_secs(2);
    let soon = tokio::time::Instant::now().into_std() + Duration::from_secs(1);
    assert_eq!(credentials.for_request(soon, None).await.unwrap_err(), CredentialError::Timeout);
    credentials.settle().await;
    assert_eq!(world.store.text("REFRESH_TOKEN").as_deref(), Some("refresh-1"));
    assert!(!world.store.is_leased());
}

#[tokio::test(start_paused = true)]
async fn a_replaced_refresh_token_is_stored_though_the_access_token_is_no_good() {
    let (world, credentials) = rotating();
    world.endpoint.play(200, r#"{"access_token":"a","refresh_token":"refresh-1","expires_in":0}"#);
    assert!(matches!(token(&world, &credentials).await, Err(CredentialError::Answer(_))));
    assert_eq!(world.store.text("REFRESH_TOKEN").as_deref(), Some("refresh-1"));
    world.clock.advance(1);
    assert_eq!(token(&world, &credentials).await.unwrap(), "Bearer token-2");
    assert!(world.endpoint.form(1).contains("refresh_token=refresh-1&"));
}

#[tokio::test]
async fn a_clock_that_jumps_back_costs_one_refused_token() {
    let world = World::zoom();
    let credentials = world.grant(Grant::AccountCredentials);
    world.clock.advance(86_400);
    let first = credentials.for_request(world.deadline(), None).await.unwrap();
    world.clock.set_back(86_400);
    assert_eq!(token(&world, &credentials).await.unwrap(), "Bearer token-1");
    let second = credentials.for_request(world.deadline(), first.token_id()).await.unwrap();
    assert_eq!(fakes::sent(&second), "Bearer token-2");
    world.clock.advance(3100);
    assert_eq!(token(&world, &credentials).await.unwrap(), "Bearer token-3");
}
