//! One token for many processes, over one secret store.

use std::time::Duration;

use super::*;
use crate::ports::{Lease, SecretStore, StoreError, UpstreamError};

async fn token(world: &World, credentials: &Credentials) -> Result<String, CredentialError> {
    Ok(fakes::sent(&credentials.for_request(world.deadline(), None).await?))
}

fn stored(token: &str, seconds: u64) -> String {
    format!(r#"{{"token":"{token}","expirationDate":{}}}"#, (fakes::BEGIN + seconds) * 1000)
}

#[tokio::test]
async fn a_token_is_stored_for_the_other_processes() {
    let world = World::zoom();
    assert_eq!(token(&world, &world.shared()).await.unwrap(), "Bearer token-1");
    assert_eq!(world.store.text("ACCESS_TOKEN"), Some(stored("token-1", 3600)));
    assert_eq!(world.log(), ["lease OAUTH_REFRESH_TOKEN", "ask", "write ACCESS_TOKEN", "release"]);
    assert_eq!(token(&world, &world.shared()).await.unwrap(), "Bearer token-1");
    assert_eq!(world.log(), Vec::<String>::new(), "the second process only reads");
}

#[tokio::test]
async fn a_stored_token_is_taken_up_if_it_lasts() {
    let cases = [
        (stored("theirs", 3600), "Bearer theirs"),
        (stored("theirs", 61), "Bearer theirs"),
        (stored("theirs", 60), "Bearer token-1"),
        ("fill me".to_owned(), "Bearer token-1"),
        ("not JSON".to_owned(), "Bearer token-1"),
        (r#"{"token":"theirs"}"#.to_owned(), "Bearer token-1"),
    ];
    for (text, expected) in cases {
        let world = World::zoom();
        world.store.put("ACCESS_TOKEN", &text);
        assert_eq!(token(&world, &world.shared()).await.unwrap(), expected, "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn of_many_processes_at_once_one_fetches() {
    let world = World::zoom();
    *world.endpoint.slow.lock().unwrap() = Duration::from_secs(1);
    let processes: Vec<_> = (0..5).map(|_| world.shared()).collect();
    let tokens = futures_util::future::join_all(processes.iter().map(|it| token(&world, it))).await;
    assert!(tokens.iter().all(|it| it.as_deref() == Ok("Bearer token-1")), "{tokens:?}");
    assert_eq!(world.endpoint.calls(), 1);
    assert!(!world.store.is_leased());
}

#[tokio::test(start_paused = true)]
async fn of_many_processes_with_a_refused_token_one_fetches() {
    let world = World::zoom();
    *world.endpoint.slow.lock().unwrap() = Duration::from_secs(1);
    let processes: Vec<_> = (0..5).map(|_| world.shared()).collect();
    let mut held = Vec::new();
    for process in &processes {
        held.push(process.for_request(world.deadline(), None).await.unwrap());
    }
    world.clock.advance(10);
    let again =
        processes.iter().zip(&held).map(|(it, failed)| it.for_request(world.deadline(), failed.token_id()));
    for renewed in futures_util::future::join_all(again).await {
        assert_eq!(fakes::sent(&renewed.unwrap()), "Bearer token-2");
    }
    assert_eq!(world.endpoint.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_lease_is_given_back_after_an_error() {
    let world = World::zoom();
    let failures: [fn(&PlayedEndpoint); 3] = [
        |endpoint| endpoint.play(500, ""),
        |endpoint| endpoint.play(200, "{}"),
        |endpoint| endpoint.fail(UpstreamError::ReadTimeout),
    ];
    for fail in failures {
        fail(&world.endpoint);
        assert!(token(&world, &world.shared()).await.is_err());
        assert!(!world.store.is_leased());
    }
    assert!(token(&world, &world.shared()).await.is_ok());
}

#[tokio::test]
async fn a_guard_that_is_dropped_gives_the_lease_back() {
    let world = World::zoom();
    let secrets = crate::secrets::Secrets::new(world.store.clone(), crate::secrets::Namespaces::default());
    let lease: Lease = world.store.acquire("X", Duration::ZERO).await.unwrap().unwrap();
    drop(lease::Guard::new(lease, secrets));
    tokio::task::yield_now().await;
    assert!(!world.store.is_leased());
}

#[tokio::test(start_paused = true)]
async fn a_process_that_never_finishes_is_not_waited_for_forever() {
    let world = World::zoom();
    let _held = world.store.acquire("OAUTH_REFRESH_TOKEN", Duration::ZERO).await.unwrap().unwrap();
    let began = tokio::time::Instant::now();
    assert_eq!(token(&world, &world.shared()).await.unwrap_err(), CredentialError::Busy);
    assert!(began.elapsed() <= Duration::from_secs(15));
    assert_eq!(world.endpoint.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_for_a_flight_share_its_failure() {
    let world = World::zoom();
    let _held = world.store.acquire("OAUTH_REFRESH_TOKEN", Duration::ZERO).await.unwrap().unwrap();
    let process = world.shared();
    let began = tokio::time::Instant::now();
    let waiting = futures_util::future::join_all((0..50).map(|_| token(&world, &process))).await;
    assert!(waiting.iter().all(|it| *it == Err(CredentialError::Busy)), "{waiting:?}");
    assert!(began.elapsed() <= Duration::from_secs(15), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_stored_token_that_no_header_takes_is_replaced() {
    let world = World::zoom();
    world.store.put("ACCESS_TOKEN", &stored(r"a\nb", 3600));
    assert_eq!(token(&world, &world.shared()).await.unwrap(), "Bearer token-1");
    world.store.put("ACCESS_TOKEN", "");
    world.endpoint.play(200, r#"{"access_token":"a\nb"}"#);
    assert!(matches!(token(&world, &world.shared()).await, Err(CredentialError::Answer(_))));
    assert_eq!(world.store.text("ACCESS_TOKEN").as_deref(), Some(""), "it is not shared");
}

#[tokio::test]
async fn a_store_that_takes_no_writes_leaves_each_process_its_own_token() {
    for refusal in [StoreError::ReadOnly, StoreError::Denied { name: "lease".to_owned() }] {
        let world = World::zoom();
        world.store.refuse(Some(refusal));
        let process = world.shared();
        assert_eq!(token(&world, &process).await.unwrap(), "Bearer token-1");
        assert_eq!(token(&world, &process).await.unwrap(), "Bearer token-1");
        assert_eq!(token(&world, &world.shared()).await.unwrap(), "Bearer token-2");
        assert_eq!(world.store.text("ACCESS_TOKEN"), None);
    }
}

#[tokio::test]
async fn a_refused_token_is_not_taken_up_again_from_the_store() {
    let world = World::zoom();
    world.store.put("ACCESS_TOKEN", &stored("theirs", 3600));
    let process = world.shared();
    let first = process.for_request(world.deadline(), None).await.unwrap();
    assert_eq!(fakes::sent(&first), "Bearer theirs");
    world.clock.advance(1);
    let second = process.for_request(world.deadline(), first.token_id()).await.unwrap();
    assert_eq!(fakes::sent(&second), "Bearer token-1");
    assert_eq!(world.store.text("ACCESS_TOKEN"), Some(stored("token-1", 3601)));
}
