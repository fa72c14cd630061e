//! The credential on its way to the source, and what happens without one.

use super::*;
use crate::credentials::ServiceAccount;
use crate::ports::{Workload, WorkloadError, WorkloadToken};
use vizard_pseudonym::Kind;

#[tokio::test]
async fn a_401_is_worth_one_fresh_token_and_one_more_try() {
    let refused = |challenge: &[(&str, &str)]| answer(401, challenge, r#"{"code":124}"#);
    let world = World::renewing([token("first"), refused(&[]), token("second"), ok(), ok()]);
    assert_eq!(world.ask(get("/v2/users")).await.status, 200);
    assert_eq!(world.ask(get("/v2/users")).await.status, 200);
    let sent: Vec<_> = world
        .source
        .seen
        .lock()
        .unwrap()
        .iter()
        .map(|it| it.headers()["authorization"].to_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        (&*sent[1], &*sent[3], &*sent[4], sent.len()),
        ("Bearer first", "Bearer second", "Bearer second", 5)
    );

    let cases = [
        ("again", vec![token("first"), refused(&[]), token("second"), refused(&[])], 4),
        ("the same token", vec![token("first"), refused(&[]), answer(500, &[], "mira")], 3),
        (
            "another reason",
            vec![token("first"), refused(&[("www-authenticate", "Bearer error=\"insufficient_scope\"")])],
            2,
        ),
    ];
    for (name, answers, calls) in cases {
        let world = World::renewing(answers);
        assert_eq!(
            world.ask(get("/v2/users")).await.problem(),
            (401, Some("API_ERROR"), "source-error".to_owned()),
            "{name}"
        );
        assert_eq!(world.sent().len(), calls, "{name}");
    }
    let world = World::new([refused(&[])]);
    assert_eq!(world.ask(get("/v2/users")).await.status, 401);
    assert_eq!(world.sent().len(), 1, "a fixed token has no other");
}

#[tokio::test]
async fn without_a_credential_there_is_no_request() {
    let cases = [
        (Err(UpstreamError::ReadTimeout), (502, Some("NETWORK_EGRESS_BLOCKED"), "credential-timeout")),
        (Err(UpstreamError::ConnectTimeout), (502, Some("NETWORK_EGRESS_BLOCKED"), "credential-timeout")),
        (Err(UpstreamError::Refused), (500, Some("CONNECTION_SETUP"), "credential-unavailable")),
        (
            answer(400, &[], r#"{"reason":"mira","error":"invalid_client"}"#),
            (500, Some("CONNECTION_SETUP"), "credential-unavailable"),
        ),
    ];
    for (played, (status, cause, code)) in cases {
        let world = World::renewing([played]);
        let (answered, log) = logged(world.ask(get("/v2/users"))).await;
        assert_eq!(answered.problem(), (status, cause, code.to_owned()));
        assert_eq!(world.sent().len(), 1);
        assert!(!log.contains("mira") && log.contains("no credential for the source"), "{log}");
    }
}

/// Signs nothing; what it is asked to sign is its signature.
#[derive(Debug)]
struct Vouching;

#[async_trait]
impl Workload for Vouching {
    async fn token(&self, _: &[String]) -> Result<WorkloadToken, WorkloadError> {
        Ok(WorkloadToken { value: Secret::new("own"), lifetime: Duration::from_secs(180) })
    }
    async fn email(&self) -> Result<String, WorkloadError> {
        Ok("vizard@lumen-orchard.example".to_owned())
    }
    async fn sign(&self, claims: &str) -> Result<Secret, WorkloadError> {
        Ok(Secret::new(claims))
    }
    fn token_endpoint(&self) -> http::Uri {
        http::Uri::from_static("https://oauth2.googleapis.com/token")
    }
}

fn delegating(answers: impl IntoIterator<Item = Result<Response<Bytes>, UpstreamError>>) -> World {
    let mut world = World::new(answers);
    let account = ServiceAccount {
        scopes: vec!["a".to_owned()],
        loopback_http: false,
        patience: Duration::from_secs(9),
    };
    let (source, clock) = (world.source.clone(), world.proxy.clock.clone());
    let secrets = Secrets::new(Arc::new(EnvironmentSecrets::from_pairs([("X", "x")])), Namespaces::default());
    let strategy = Strategy::ServiceAccount(account);
    world.ready().source.credentials =
        Credentials::new(strategy, secrets, source, clock, Some(Arc::new(Vouching)));
    world
}

fn for_user(user: &str) -> Request<Bytes> {
    with("GET", "/v2/users", &[("x-psoxy-user-to-impersonate", user)], "")
}

#[tokio::test]
async fn a_call_for_a_user_is_made_with_the_users_token() {
    let nora = KEYS.token("mira@lumen-orchard.example", Kind::Reversible).unwrap();
    for named in [nora.as_str(), "mira@lumen-orchard.example"] {
        let refused = answer(401, &[], "{}");
        let world = delegating([token("first"), refused, token("second"), ok(), ok()]);
        let (answered, log) = logged(async {
            let answered = world.ask(for_user(named)).await;
            assert_eq!(world.ask(get("/v2/users")).await.status, 200, "for nobody, as before");
            answered
        })
        .await;
        assert_eq!((answered.status.as_u16(), answered.warnings()), (200, vec![]));
        assert!(!log.contains("mira"), "{log}");
        let seen = world.source.seen.lock().unwrap();
        let sent: Vec<_> = seen.iter().map(|it| it.headers().get("authorization")).collect();
        let sent: Vec<_> = sent.into_iter().map(|it| it.map_or("", |it| it.to_str().unwrap())).collect();
        assert_eq!(sent, ["", "Bearer first", "", "Bearer second", "Bearer own"]);
        let form: Vec<_> = url::form_urlencoded::parse(seen[0].body()).into_owned().collect();
        let claims: Value = serde_json::from_str(&form[1].1).unwrap();
        assert_eq!(claims["sub"], "mira@lumen-orchard.example");
        for request in [&seen[1], &seen[3], &seen[4]] {
            assert!(!request.headers().contains_key("x-psoxy-user-to-impersonate"));
        }
    }
}

#[tokio::test]
async fn a_user_who_cannot_be_read_or_acted_for_is_refused_and_not_named() {
    let malformed = (400, Some("INVALID_REQUEST"), "control-header-invalid");
    let invalid = (409, Some("TOKENIZED_REQUEST_PARAMETER_INVALID"), "token-invalid");
    let hash = KEYS.token("mira@lumen-orchard.example", Kind::Hash).unwrap();
    let forged = format!("p~{}", "A".repeat(64));
    for (named, expected) in [("mira", malformed), ("", malformed), (&hash, malformed), (&forged, invalid)] {
        let (answered, log) = logged(delegating([]).ask(for_user(named))).await;
        let (status, cause, code) = expected;
        assert_eq!(answered.problem(), (status, cause, code.to_owned()), "{named}");
        assert!(!log.contains("mira"), "{log}");
        let ignored = World::new([ok()]).ask(for_user(named)).await;
        assert_eq!((ignored.status.as_u16(), ignored.warnings()), (200, vec!["impersonation-ignored"]));
    }
    let refused = answer(
        401,
        &[],
        r#"{"error":"unauthorized_client","error_description":"mira@lumen-orchard.example"}"#,
    );
    let world = delegating([refused]);
    let (answered, log) = logged(world.ask(for_user("mira@lumen-orchard.example"))).await;
    assert_eq!(answered.problem(), (500, Some("CONNECTION_SETUP"), "credential-unavailable".to_owned()));
    assert!(log.contains("domain-wide delegation") && !log.contains("mira"), "{log}");
}
