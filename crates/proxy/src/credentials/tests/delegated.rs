//! Many users of one service account: each token has its own life.

use std::time::Duration;

use super::accounts::user;
use super::*;

/// A service account with a key.
fn world() -> (World, Credentials) {
    let key = google::key("https://oauth2.googleapis.com/token").to_string();
    let world = World::new(&[("SERVICE_ACCOUNT_KEY", &key)]);
    let credentials = world.account(None);
    (world, credentials)
}

fn numbered(number: usize) -> User {
    user(&format!("user-{number}@lumen-orchard.example"))
}

async fn token(world: &World, credentials: &Credentials, user: &User) -> Result<String, CredentialError> {
    Ok(fakes::sent(&credentials.acting_for(Some(user), world.deadline(), None).await?))
}

#[tokio::test]
async fn each_user_has_a_token_which_is_renewed_on_its_own() {
    let (world, credentials) = world();
    let (nora, ben) = (user("nora@lumen-orchard.example"), user("ben@lumen-orchard.example"));
    assert_eq!(token(&world, &credentials, &nora).await.unwrap(), "Bearer token-1");
    world.clock.advance(2000);
    assert_eq!(token(&world, &credentials, &ben).await.unwrap(), "Bearer token-2");
    assert_eq!(token(&world, &credentials, &nora).await.unwrap(), "Bearer token-1");
    // The clock draws 599 seconds: renewal is due 3001 seconds after the fetch.
    for (advance, expected) in [(1000, "Bearer token-1"), (1, "Bearer token-3"), (0, "Bearer token-3")] {
        world.clock.advance(advance);
        assert_eq!(token(&world, &credentials, &nora).await.unwrap(), expected);
    }
    assert_eq!(token(&world, &credentials, &ben).await.unwrap(), "Bearer token-2");
    assert_eq!(world.log(), ["ask", "ask", "ask"], "nothing is leased or written");
}

#[tokio::test]
async fn a_refused_token_is_replaced_for_its_user_alone_and_once() {
    let (world, credentials) = world();
    let (nora, ben) = (user("nora@lumen-orchard.example"), user("ben@lumen-orchard.example"));
    let deadline = world.deadline();
    let first = credentials.acting_for(Some(&nora), deadline, None).await.unwrap();
    assert_eq!(token(&world, &credentials, &ben).await.unwrap(), "Bearer token-2");
    let failing = (0..10).map(|_| credentials.acting_for(Some(&nora), deadline, first.token_id()));
    for second in futures_util::future::join_all(failing).await {
        let second = second.unwrap();
        assert_eq!(fakes::sent(&second), "Bearer token-3");
        assert_ne!(second.token_id(), first.token_id());
    }
    assert_eq!(token(&world, &credentials, &ben).await.unwrap(), "Bearer token-2");
    assert_eq!(world.endpoint.calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn requests_for_one_user_share_a_fetch_and_those_for_others_do_not_wait() {
    let (world, credentials) = world();
    *world.endpoint.slow.lock().unwrap() = Duration::from_millis(50);
    let users: Vec<_> = (0..5).map(numbered).collect();
    let began = tokio::time::Instant::now();
    let requests = (0..40).map(|number| token(&world, &credentials, &users[number % 5]));
    let tokens = futures_util::future::join_all(requests).await;
    let (took, tokens): (_, Vec<_>) = (began.elapsed(), tokens.into_iter().map(Result::unwrap).collect());
    assert_eq!(world.endpoint.calls(), 5);
    for (number, token) in tokens.iter().enumerate() {
        assert_eq!(*token, tokens[number % 5]);
    }
    assert!(took < Duration::from_millis(100), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_user_who_fails_or_takes_long_is_nothing_to_the_others() {
    let (world, credentials) = world();
    let (nora, ben) = (user("nora@lumen-orchard.example"), user("ben@lumen-orchard.example"));
    world.endpoint.play(401, r#"{"error":"unauthorized_client"}"#);
    for _ in 0..5 {
        token(&world, &credentials, &nora).await.unwrap_err();
    }
    assert_eq!(world.endpoint.calls(), 1, "nora's pause");
    assert_eq!(token(&world, &credentials, &ben).await.unwrap(), "Bearer token-2");
    world.clock.advance(1);
    *world.endpoint.slow.lock().unwrap() = Duration::from_secs(5);
    let waiting = tokio::spawn({
        let (world, credentials, nora) = (world.clone(), credentials.clone(), nora.clone());
        async move { token(&world, &credentials, &nora).await }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    *world.endpoint.slow.lock().unwrap() = Duration::ZERO;
    assert_eq!(token(&world, &credentials, &numbered(1)).await.unwrap(), "Bearer token-4");
    assert!(!waiting.is_finished());
    assert_eq!(waiting.await.unwrap().unwrap(), "Bearer token-3");
}

#[tokio::test]
async fn fifty_users_are_kept_and_the_one_not_seen_for_longest_goes() {
    let (world, credentials) = world();
    for number in 0..50 {
        token(&world, &credentials, &numbered(number)).await.unwrap();
    }
    token(&world, &credentials, &numbered(0)).await.unwrap();
    assert_eq!(world.endpoint.calls(), 50);
    token(&world, &credentials, &numbered(50)).await.unwrap();
    assert_eq!(world.endpoint.calls(), 51);
    for number in [0, 2, 49, 50] {
        token(&world, &credentials, &numbered(number)).await.unwrap();
    }
    assert_eq!(world.endpoint.calls(), 51, "these are kept");
    assert_eq!(token(&world, &credentials, &numbered(1)).await.unwrap(), "Bearer token-52");
    // The account's own token takes no room and makes none.
    credentials.for_request(world.deadline(), None).await.unwrap();
    assert_eq!(world.endpoint.calls(), 53);
    assert_eq!(token(&world, &credentials, &numbered(2)).await.unwrap(), "Bearer token-3");
}

#[tokio::test]
async fn a_refused_token_that_was_forgotten_is_not_mistaken_for_the_next() {
    let (world, credentials) = world();
    let first = credentials.acting_for(Some(&numbered(0)), world.deadline(), None).await.unwrap();
    for number in 1..=50 {
        token(&world, &credentials, &numbered(number)).await.unwrap();
    }
    let user = numbered(0);
    let second = credentials.acting_for(Some(&user), world.deadline(), first.token_id()).await.unwrap();
    assert_eq!(fakes::sent(&second), "Bearer token-52");
    assert_ne!(second.token_id(), first.token_id(), "it is worth another try");
}

#[tokio::test(start_paused = true)]
async fn who_makes_room_while_a_token_is_fetched_still_gets_it() {
    let (world, credentials) = world();
    *world.endpoint.slow.lock().unwrap() = Duration::from_secs(5);
    let waiting = tokio::spawn({
        let (world, credentials) = (world.clone(), credentials.clone());
        async move { token(&world, &credentials, &numbered(0)).await }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    *world.endpoint.slow.lock().unwrap() = Duration::ZERO;
    for number in 1..=60 {
        token(&world, &credentials, &numbered(number)).await.unwrap();
    }
    assert_eq!(waiting.await.unwrap().unwrap(), "Bearer token-1");
}

#[tokio::test(start_paused = true)]
async fn a_process_can_wait_for_the_tokens_of_all_users() {
    let (world, credentials) = world();
    *world.endpoint.slow.lock().unwrap() = Duration::from_secs(2);
    let soon = tokio::time::Instant::now().into_std() + Duration::from_secs(1);
    let user = numbered(0);
    let late = credentials.acting_for(Some(&user), soon, None).await.unwrap_err();
    assert_eq!(late, CredentialError::Timeout);
    credentials.settle().await;
    *world.endpoint.slow.lock().unwrap() = Duration::ZERO;
    assert_eq!(token(&world, &credentials, &user).await.unwrap(), "Bearer token-1");
}
