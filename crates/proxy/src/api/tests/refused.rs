//! What the proxy refuses on its own account.

use super::*;

#[tokio::test]
async fn what_the_proxy_itself_refuses() {
    let large = "x".repeat(1001);
    let cases = [
        ("blocked path", get("/v2/other"), (403, Some("BLOCKED_BY_RULES"), "path-not-listed")),
        (
            "blocked method",
            with("PUT", "/v2/users", &[], ""),
            (403, Some("BLOCKED_BY_RULES"), "method-not-listed"),
        ),
        (
            "blocked query",
            get("/v2/users?mira=1"),
            (403, Some("BLOCKED_BY_RULES"), "query-parameter-not-listed"),
        ),
        ("ambiguous path", get("/v2/x/../users"), (403, Some("BLOCKED_BY_RULES"), "path-ambiguous")),
        ("body of a GET", with("GET", "/v2/users", &[], "{}"), (400, None, "body-not-allowed")),
        (
            "invalid token",
            get(&format!("/v2/users?manager=p~{}", "A".repeat(43))),
            (409, Some("TOKENIZED_REQUEST_PARAMETER_INVALID"), "token-invalid"),
        ),
        (
            "invalid token in a body",
            with("POST", "/v2/users", &[], &format!(r#"{{"a":"p~{}"}}"#, "A".repeat(43))),
            (409, Some("TOKENIZED_REQUEST_PARAMETER_INVALID"), "token-invalid"),
        ),
        (
            "override",
            with("GET", "/v2/users", &[("x-psoxy-targetpath", "v2")], ""),
            (400, Some("INVALID_REQUEST"), "control-header-invalid"),
        ),
        (
            "pseudonym implementation",
            with("GET", "/v2/users", &[("x-psoxy-pseudonym-implementation", "v0.2")], ""),
            (400, Some("INVALID_REQUEST"), "pseudonym-implementation-unknown"),
        ),
        (
            "skip sanitizer",
            with("GET", "/v2/users", &[("x-psoxy-skip-sanitizer", "true")], ""),
            (400, Some("INVALID_REQUEST"), "skip-sanitizer-refused"),
        ),
        (
            "content encoding",
            with("POST", "/v2/users", &[("content-encoding", "br")], "{}"),
            (400, Some("INVALID_REQUEST"), "content-encoding-not-supported"),
        ),
        (
            "not gzip",
            with("POST", "/v2/users", &[("content-encoding", "gzip")], "{}"),
            (400, Some("INVALID_REQUEST"), "content-encoding-invalid"),
        ),
        (
            "large",
            with("POST", "/v2/users", &[], &large),
            (413, Some("INVALID_REQUEST"), "request-too-large"),
        ),
        ("no path", with("OPTIONS", "*", &[], ""), (403, Some("BLOCKED_BY_RULES"), "path-not-listed")),
    ];
    for (name, request, (status, cause, code)) in cases {
        let world = World::new([]);
        let answered = world.ask(request).await;
        assert_eq!(answered.problem(), (status, cause, code.to_owned()), "{name}");
        assert!(world.sent().is_empty(), "{name}");
    }
}

#[tokio::test]
async fn who_may_call() {
    let plain = |address: &str| Client { address: address.parse().ok(), https: Some(false) };
    let mut world = World::new([ok(), ok()]);
    assert_eq!(
        world.ask_as(get("/v2/users"), plain("192.0.2.7")).await.problem(),
        (400, Some("HTTPS_REQUIRED"), "https-required".to_owned())
    );
    assert_eq!(world.ask_as(get("/v2/users"), plain("127.0.0.1")).await.status, 400);
    world.proxy.loopback_http = true;
    assert_eq!(world.ask_as(get("/v2/users"), plain("192.0.2.7")).await.status, 400);
    assert_eq!(world.ask_as(get("/v2/users"), plain("::ffff:127.0.0.1")).await.status, 200);
    assert_eq!(world.ask_as(get("/v2/users"), Client::default()).await.status, 200);

    world.proxy.health.allow_list = AllowList::parse("10.0.0.0/8").ok();
    assert_eq!(
        world.ask(get("/v2/users")).await.problem(),
        (403, Some("UNAUTHORIZED_IP_ADDRESS"), "client-address-not-allowed".to_owned())
    );
    assert_eq!(world.ask_as(get("/v2/users"), Client::default()).await.status, 403);
}

#[tokio::test]
async fn a_proxy_that_is_not_ready_still_reports_its_health() {
    let mut world = World::new([]);
    for (part, status, cause) in [
        (NotReady::Settings, 500, "CONFIGURATION_FAILURE"),
        (NotReady::RulesYaml, 500, "RULES_INVALID_YAML"),
        (NotReady::Rules, 500, "RULES_INVALID"),
        (NotReady::FilesOnly, 404, "INVALID_REQUEST"),
    ] {
        world.proxy.state = Err(part);
        let answered = world.ask(get("/v2/users")).await;
        assert_eq!((answered.status.as_u16(), answered.header("x-psoxy-error")), (status, Some(cause)));
        let answered = world.ask(with("GET", "/", &[("x-psoxy-health-check", "")], "")).await;
        assert_eq!(
            (answered.status.as_u16(), answered.json()["nonDefaultSalt"].clone()),
            (412, json!(false))
        );
    }
}

#[tokio::test]
async fn health_names_the_secrets_that_are_missing() {
    let mut world = World::new([]);
    let (secrets, clock) = (
        Secrets::new(Arc::new(EnvironmentSecrets::from_pairs([("X", "x")])), Namespaces::default()),
        world.proxy.clock.clone(),
    );
    let source = world.source.clone();
    world.ready().source.credentials = Credentials::new(Strategy::AccessToken, secrets, source, clock, None);
    let answered = world.ask(with("GET", "/", &[("x-psoxy-health-check", "")], "")).await;
    assert_eq!(
        (answered.status.as_u16(), &answered.json()["missingConfigProperties"]),
        (412, &json!(["ACCESS_TOKEN"]))
    );
}
