//! Every strategy and grant against a token endpoint that is played.

mod accounts;
mod delegated;
mod fakes;
mod google;
mod grants;
mod life;
mod sharing;
mod trials;

use super::*;
use fakes::{PlayedEndpoint, World};

#[tokio::test]
async fn stored_credentials_are_trimmed_and_sent_as_they_are() {
    let api_key = Strategy::ApiKey { header: HeaderName::from_static("x-api-key"), secret: "ADMIN_API_KEY" };
    let cases = [
        (Strategy::AccessToken, vec![("ACCESS_TOKEN", " abc \n")], "authorization", "Bearer abc"),
        (
            Strategy::Basic,
            vec![("BASIC_AUTH_USER_ID", " nora"), ("BASIC_AUTH_PASSWORD", "rain \n")],
            "authorization",
            "Basic bm9yYTpyYWlu",
        ),
        (Strategy::Basic, vec![("BASIC_AUTH_USER_ID", "key")], "authorization", "Basic a2V5Og=="),
        (Strategy::Basic, vec![("BASIC_AUTH_PASSWORD", "key")], "authorization", "Basic OmtleQ=="),
        (api_key, vec![("ADMIN_API_KEY", "sk-1\n")], "x-api-key", "sk-1"),
    ];
    for (strategy, secrets, header, expected) in cases {
        let world = World::new(&secrets);
        let credentials = world.credentials(strategy);
        let authorization = credentials.for_request(world.deadline(), None).await.unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(header, HeaderValue::from_static("the caller's own"));
        authorization.apply(&mut headers);
        assert_eq!(headers.get_all(header).iter().collect::<Vec<_>>(), [expected]);
        assert!(headers[header].is_sensitive());
        assert_eq!(authorization.header_name(), header);
        assert_eq!(credentials.missing_properties().await.unwrap(), Vec::<&str>::new());
        assert!(!format!("{authorization:?} {credentials:?} {headers:?}").contains(expected));
    }
}

#[tokio::test]
async fn names_the_secrets_that_are_missing() {
    let exchange = |grant| Strategy::Exchange(fakes::exchange(grant));
    let cases = [
        (Strategy::AccessToken, vec!["ACCESS_TOKEN"]),
        (Strategy::Basic, vec!["BASIC_AUTH_USER_ID", "BASIC_AUTH_PASSWORD"]),
        (exchange(Grant::AccountCredentials), vec!["ACCOUNT_ID", "CLIENT_ID", "CLIENT_SECRET"]),
        (exchange(Grant::RefreshToken), vec!["CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN"]),
        (exchange(Grant::ClientSecret), vec!["CLIENT_ID", "CLIENT_SECRET"]),
        (exchange(Grant::JwtAssertion), vec!["CLIENT_ID", "PRIVATE_KEY_ID", "PRIVATE_KEY"]),
    ];
    for (strategy, expected) in cases {
        let world = World::new(&[("PSOXY_SALT", "rain")]);
        let credentials = world.credentials(strategy);
        assert_eq!(credentials.missing_properties().await.unwrap(), expected);
        let error = credentials.for_request(world.deadline(), None).await.unwrap_err();
        assert!(matches!(error, CredentialError::Missing(name) if expected.contains(&name)), "{error}");
        assert_eq!(error.cause(), CredentialCause::ConnectionSetup);
        assert_eq!(world.endpoint.calls(), 0);
    }
}

#[tokio::test]
async fn a_stored_credential_is_read_again_after_a_while_and_when_it_failed() {
    let world = World::new(&[("ACCESS_TOKEN", "one")]);
    let credentials = world.credentials(Strategy::AccessToken);
    let deadline = world.deadline();
    let first = credentials.for_request(deadline, None).await.unwrap();
    let same = credentials.for_request(deadline, first.token_id()).await.unwrap();
    assert_eq!(same.token_id(), first.token_id(), "there is no other");

    world.store.put("ACCESS_TOKEN", "two");
    let kept = credentials.for_request(deadline, None).await.unwrap();
    assert_eq!(kept.token_id(), first.token_id(), "believed for a while");
    let second = credentials.for_request(deadline, first.token_id()).await.unwrap();
    assert_ne!(second.token_id(), first.token_id());
    assert_eq!(fakes::sent(&second), "Bearer two");

    world.store.put("ACCESS_TOKEN", "three");
    world.clock.advance(301);
    world.store.fail_reads(true);
    let stale = credentials.for_request(deadline, None).await.unwrap();
    assert_eq!(fakes::sent(&stale), "Bearer two", "the store is away: the last one is the best guess");
    world.store.fail_reads(false);
    let third = credentials.for_request(deadline, None).await.unwrap();
    assert_eq!(fakes::sent(&third), "Bearer three");
}

#[tokio::test]
async fn many_requests_at_once_read_a_stored_credential_once() {
    let world = World::new(&[("ACCESS_TOKEN", "one")]);
    let credentials = world.credentials(Strategy::AccessToken);
    let requests = (0..20).map(|_| credentials.for_request(world.deadline(), None));
    for authorization in futures_util::future::join_all(requests).await {
        assert_eq!(fakes::sent(&authorization.unwrap()), "Bearer one");
    }
    assert_eq!(world.store.reads(), 1);
    world.clock.advance(301);
    world.store.fail_reads(true);
    let requests = (0..20).map(|_| credentials.for_request(world.deadline(), None));
    for authorization in futures_util::future::join_all(requests).await {
        assert_eq!(fakes::sent(&authorization.unwrap()), "Bearer one");
    }
    assert_eq!(world.store.reads(), 2, "a store that is away is not asked by each of them");

    let cold = world.credentials(Strategy::AccessToken);
    let requests = (0..20).map(|_| cold.for_request(world.deadline(), None));
    for refused in futures_util::future::join_all(requests).await {
        assert_eq!(refused.unwrap_err().cause(), CredentialCause::ConfigurationFailure);
    }
    assert_eq!(world.store.reads(), 3);
}

#[tokio::test]
async fn a_store_that_is_away_is_no_missing_secret() {
    let world = World::new(&[]);
    world.store.fail_reads(true);
    for strategy in [Strategy::AccessToken, Strategy::Exchange(fakes::exchange(Grant::AccountCredentials))] {
        let error = world.credentials(strategy).for_request(world.deadline(), None).await.unwrap_err();
        assert_eq!(error.cause(), CredentialCause::ConfigurationFailure);
    }
}

#[tokio::test]
async fn a_secret_that_cannot_be_a_header_is_named() {
    let world = World::new(&[("ACCESS_TOKEN", "a\nb")]);
    let error =
        world.credentials(Strategy::AccessToken).for_request(world.deadline(), None).await.unwrap_err();
    assert!(matches!(error, CredentialError::Invalid { name: "ACCESS_TOKEN", .. }));
    assert!(!error.to_string().contains("a\nb"));
}

#[test]
fn causes_follow_the_table() {
    use crate::ports::{StoreError, UpstreamError, WorkloadError};
    let away = || StoreError::Unavailable { reason: "timeout".to_owned() };
    let cases = [
        (CredentialError::Timeout, CredentialCause::NetworkEgressBlocked),
        (CredentialError::Unreachable(UpstreamError::ConnectTimeout), CredentialCause::NetworkEgressBlocked),
        (CredentialError::Unreachable(UpstreamError::ReadTimeout), CredentialCause::NetworkEgressBlocked),
        (CredentialError::Unreachable(UpstreamError::Refused), CredentialCause::ConnectionSetup),
        (CredentialError::Unreachable(UpstreamError::Name), CredentialCause::ConnectionSetup),
        (
            CredentialError::Refused { status: 400, hint: EndpointHint::Client },
            CredentialCause::ConnectionSetup,
        ),
        (CredentialError::Missing("CLIENT_ID"), CredentialCause::ConnectionSetup),
        (CredentialError::NotKept(away()), CredentialCause::ConnectionSetup),
        (CredentialError::Store(away()), CredentialCause::ConfigurationFailure),
        (CredentialError::Busy, CredentialCause::ConfigurationFailure),
        (CredentialError::Workload(WorkloadError::Denied), CredentialCause::ConnectionSetup),
        (CredentialError::Workload(WorkloadError::Unavailable), CredentialCause::ConnectionSetup),
    ];
    for (error, cause) in cases {
        assert_eq!(error.cause(), cause, "{error}");
    }
}
