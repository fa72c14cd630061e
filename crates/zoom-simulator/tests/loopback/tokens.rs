//! Tokens, scopes, rate limits.

use std::time::Duration;

use vizard_zoom_simulator::{Config, Plan, RateLimits, TokenPolicy};

use crate::client::{Zoom, basic, grant, send};

#[tokio::test]
async fn the_token_endpoint_takes_query_or_form_and_says_what_is_wrong() {
    let config = Config::tiny();
    let zoom = Zoom::start(config.clone()).await;
    let good = basic(&config.client_id, &config.client_secret);
    let account = &config.account_id;
    let whole = format!("grant_type=account_credentials&account_id={account}");
    let body_credentials =
        format!("{whole}&client_id={}&client_secret={}", config.client_id, config.client_secret);
    let cases = [
        (whole.clone(), good.clone(), String::new(), 200, ""),
        (String::new(), good.clone(), whole.clone(), 200, ""),
        (String::new(), String::new(), body_credentials, 200, ""),
        (whole.clone(), basic("x", "y"), String::new(), 400, "invalid_client"),
        (whole, String::new(), String::new(), 400, "invalid_client"),
        (
            "grant_type=account_credentials&account_id=other".into(),
            good.clone(),
            String::new(),
            400,
            "invalid_request",
        ),
        (format!("account_id={account}"), good.clone(), String::new(), 400, "invalid_request"),
        ("grant_type=password".into(), good, String::new(), 400, "unsupported_grant_type"),
    ];
    for (query, authorization, form, status, error) in cases {
        let headers: Vec<_> =
            [("authorization", authorization)].into_iter().filter(|(_, v)| !v.is_empty()).collect();
        let target = format!("/oauth/token?{query}");
        let answer = send(&zoom.running, "POST", &target, &headers, &form).await.unwrap();
        assert_eq!(
            (answer.status, answer.json()["error"].as_str().unwrap_or("")),
            (status, error),
            "{query} {form}"
        );
        if status == 200 {
            assert_eq!(answer.json()["token_type"], "bearer");
            assert_eq!(answer.json()["access_token"].as_str().unwrap().split('.').count(), 3);
        }
    }
}

#[tokio::test]
async fn tokens_expire_and_can_be_revoked() {
    let config = Config::tiny();
    let mut zoom = Zoom::start(config.clone()).await;
    assert_eq!(zoom.get("/v2/users").await.status, 200);
    zoom.running.advance(Duration::from_secs(3601));
    let expired = (401, 124, "Access token is expired.".to_owned());
    assert_eq!(zoom.problem("/v2/users").await, expired);
    let invalid = (401, 124, "Invalid access token.".to_owned());
    let again = grant(&zoom.running, &config).await.json();
    zoom.token = again["access_token"].as_str().unwrap().to_owned();
    assert_eq!(zoom.get("/v2/users").await.status, 200);
    zoom.running.revoke_tokens();
    assert_eq!(zoom.problem("/v2/users").await, invalid);
    let in_query = format!("/v2/users?access_token={}", zoom.token);
    assert!(zoom.problem(&in_query).await.2.contains("query parameter"));
    assert_eq!(zoom.running.token_requests(), 2);
}

#[tokio::test]
async fn a_new_token_ends_the_old_one_only_under_single_active() {
    for (token_policy, status) in [(TokenPolicy::Multi, 200), (TokenPolicy::SingleActive, 401)] {
        let config = Config { token_policy, ..Config::tiny() };
        let zoom = Zoom::start(config.clone()).await;
        grant(&zoom.running, &config).await;
        assert_eq!(zoom.get("/v2/users").await.status, status, "{token_policy:?}");
    }
}

#[tokio::test]
async fn either_kind_of_scope_opens_an_endpoint_and_a_missing_one_is_named() {
    let missing = |scope: &str| format!("Invalid access token, does not contain scopes:[{scope}].");
    let cases = [
        ("user:read:list_users:admin", "/v2/users", None),
        ("user:read:admin", "/v2/users", None),
        ("meeting:read:admin", "/v2/users", Some("user:read:list_users:admin")),
        ("user:read:list_users:admin", "/v2/past_meetings/1", Some("meeting:read:past_meeting:admin")),
    ];
    for (scope, target, lacking) in cases {
        let zoom = Zoom::start(Config { scopes: vec![scope.into()], ..Config::tiny() }).await;
        match lacking {
            None => assert_eq!(zoom.get(target).await.status, 200),
            Some(lacking) => assert_eq!(zoom.problem(target).await, (400, 4711, missing(lacking))),
        }
    }
}

#[tokio::test]
async fn rate_limits_are_announced_kept_and_over_in_a_second() {
    let zoom = Zoom::start(Config { plan: Plan::Pro, rate_limits: RateLimits::On, ..Config::tiny() }).await;
    let target =
        format!("/v2/report/users/{}/meetings?from=2026-03-01&to=2026-03-31", zoom.running.user_id(0));
    for left in (0..10).rev() {
        let answer = zoom.get(&target).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("x-ratelimit-category"), Some("Heavy"));
        assert_eq!(answer.header("x-ratelimit-remaining"), Some(left.to_string().as_str()));
    }
    let (status, code, message) = zoom.problem(&target).await;
    assert_eq!((status, code), (429, 429));
    assert!(message.contains("per-second"));
    zoom.running.advance(Duration::from_secs(1));
    assert_eq!(zoom.get(&target).await.status, 200);
}

#[tokio::test]
async fn requests_are_counted_and_recorded_as_they_came() {
    let zoom = Zoom::start(Config::tiny()).await;
    zoom.get("/v2/users/a%40b.example?x=%2F&y").await;
    zoom.get("/v2/users/a%40b.example").await;
    let last = zoom.running.requests().pop().unwrap();
    assert_eq!((last.method.as_str(), last.target.as_str()), ("GET", "/v2/users/a%40b.example"));
    assert_eq!(last.header("authorization"), Some(format!("Bearer {}", zoom.token).as_str()));
    assert_eq!(zoom.running.rest_requests_by_path().into_iter().collect::<Vec<_>>(), [(last.target, 2)]);
    assert_eq!(zoom.running.rest_requests(), 2);
}
