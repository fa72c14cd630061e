//! The credential on its way to the source, and what happens without one.

use super::*;

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
