//! One exchange for who wants to know whether it works.

use super::fakes::exchange;
use super::*;
use crate::ports::StoreError;
use crate::secrets::Namespaces;

async fn trial(world: &World, grant: Grant) -> Result<Trial, CredentialError> {
    let secrets = Secrets::new(world.store.clone(), Namespaces::default());
    let clock: Arc<dyn Clock> = world.clock.clone();
    Trial::run(&exchange(grant), &secrets, &*world.endpoint, &clock).await
}

fn refreshing() -> World {
    World::new(&[("CLIENT_ID", "client"), ("CLIENT_SECRET", "secret"), ("REFRESH_TOKEN", "refresh-0")])
}

#[tokio::test]
async fn tells_what_is_granted_and_writes_nothing() {
    let world = World::zoom();
    world.endpoint.play(200, r#"{"access_token":"a","expires_in":60,"scope":"read:all write:some"}"#);
    let granted = trial(&world, Grant::AccountCredentials).await.unwrap();
    assert_eq!(granted.lifetime.as_secs(), 60);
    assert_eq!(granted.scopes.as_deref(), Some(&["read:all".to_owned(), "write:some".to_owned()][..]));
    let shared = crate::credentials::shared_token::read(&granted.shared_token()).unwrap();
    assert_eq!(shared.value.expose(), b"a");
    assert!(!format!("{granted:?}").contains("\"a\""));
    world.endpoint.play(400, r#"{"error":"invalid_client"}"#);
    let refused = trial(&world, Grant::AccountCredentials).await.unwrap_err();
    assert_eq!(refused, CredentialError::Refused { status: 400, hint: EndpointHint::Client });
    assert_eq!(world.log(), ["ask", "ask"]);
}

#[tokio::test]
async fn keeps_a_refresh_token_that_is_replaced() {
    let world = refreshing();
    world.endpoint.play(200, r#"{"access_token":"a","refresh_token":"refresh-1"}"#);
    trial(&world, Grant::RefreshToken).await.unwrap();
    assert_eq!(world.store.text("REFRESH_TOKEN").as_deref(), Some("refresh-1"));
    let expected =
        ["lease OAUTH_REFRESH_TOKEN", "write REFRESH_TOKEN", "ask", "write REFRESH_TOKEN", "release"];
    assert_eq!(world.log(), expected);
}

#[tokio::test]
async fn uses_no_refresh_token_up_that_it_could_not_replace() {
    for refusal in [StoreError::ReadOnly, StoreError::Denied { name: "state".to_owned() }] {
        let world = refreshing();
        world.store.refuse(Some(refusal.clone()));
        assert_eq!(trial(&world, Grant::RefreshToken).await.unwrap_err(), CredentialError::Store(refusal));
        assert_eq!(world.endpoint.calls(), 0);
    }
    let world = refreshing();
    let held = Secrets::new(world.store.clone(), Namespaces::default());
    held.acquire("OAUTH_REFRESH_TOKEN", std::time::Duration::from_secs(60)).await.unwrap().unwrap();
    assert_eq!(trial(&world, Grant::RefreshToken).await.unwrap_err(), CredentialError::Busy);
    assert_eq!(world.endpoint.calls(), 0);
}

#[tokio::test]
async fn keeps_a_replaced_refresh_token_though_the_access_token_is_of_no_use() {
    for unusable in [r#""expires_in":0,"access_token":"a""#, r#""access_token":"ü""#, r#""scope":"read:all""#]
    {
        let world = refreshing();
        world.endpoint.play(200, &format!(r#"{{"refresh_token":"refresh-1",{unusable}}}"#));
        let refused = trial(&world, Grant::RefreshToken).await.unwrap_err();
        assert!(matches!(refused, CredentialError::Answer(_)), "{refused}");
        assert_eq!(world.store.text("REFRESH_TOKEN").as_deref(), Some("refresh-1"), "{unusable}");
        assert!(!world.store.is_leased());
    }
}

#[tokio::test(start_paused = true)]
async fn keeps_a_replaced_refresh_token_though_the_store_is_away_for_a_moment() {
    use std::time::Duration;
    let world = refreshing();
    world.endpoint.play(200, r#"{"access_token":"a","refresh_token":"refresh-1"}"#);
    *world.endpoint.slow.lock().unwrap() = Duration::from_secs(2);
    let away = async {
        tokio::time::sleep(Duration::from_secs(1)).await; // the source was asked
        world.store.refuse(Some(StoreError::Unavailable { reason: "timeout".to_owned() }));
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        world.store.refuse(None);
    };
    let (granted, ()) = tokio::join!(trial(&world, Grant::RefreshToken), away);
    assert!(granted.is_ok(), "{granted:?}");
    assert_eq!(world.store.text("REFRESH_TOKEN").as_deref(), Some("refresh-1"));
}
