//! What callers send: what is let through, what is refused and how, and that a refusal never reaches the source.

use serde_json::Value;
use vizard_pseudonym::Kind;
use vizard_tests::keys;
use vizard_tests::wire::{self, request};
use vizard_tests::world::World;
use vizard_zoom_simulator::Config;

#[tokio::test]
async fn refuses_what_the_rules_do_not_list_and_asks_nobody() {
    let world = World::zoom().await;
    let token = world.user_token(1);
    let id = world.zoom.user_id(1);
    let email = world.zoom.user_email(1);
    let blocked = |code| (403, "BLOCKED_BY_RULES", code);
    let cases: Vec<(&str, String, (u16, &str, &str))> = vec![
        ("GET", "/".into(), blocked("path-not-listed")),
        ("GET", "/v2/accounts".into(), blocked("path-not-listed")),
        ("GET", "/v2/users/".into(), blocked("path-not-listed")),
        ("GET", format!("/v2/users/{token}/token"), blocked("path-not-listed")),
        ("GET", format!("/v2/users/{token}/pac"), blocked("path-not-listed")),
        ("GET", "/v2/meetings/86412097531/registrants".into(), blocked("path-not-listed")),
        ("GET", "/v2/users//".into(), blocked("path-ambiguous")),
        ("GET", "/v2/../oauth/token".into(), blocked("path-ambiguous")),
        ("GET", "/v2/users/%2e%2e/accounts".into(), blocked("path-ambiguous")),
        ("GET", "/v2/users/%252e%252e".into(), blocked("path-ambiguous")),
        ("GET", "/v2/users/a%2Fb".into(), blocked("path-ambiguous")),
        ("GET", "/v2/users/%00".into(), blocked("path-ambiguous")),
        ("GET", "/v2/users/%zz".into(), blocked("path-malformed")),
        ("GET", "/v2/users/%ff".into(), blocked("path-malformed")),
        ("GET", "/v2/users/me".into(), blocked("path-parameter-invalid")),
        ("GET", format!("/v2/users/{email}"), blocked("path-parameter-invalid")),
        ("GET", format!("/v2/users/t~{}", &token[2..45]), blocked("path-parameter-invalid")),
        ("GET", "/v2/users?include_fields=host_key".into(), blocked("query-parameter-not-listed")),
        (
            "GET",
            "/v2/users?page_size=30;include_fields=host_key".into(),
            blocked("query-parameter-not-listed"),
        ),
        ("GET", "/v2/users?page_size=30&access_token=x".into(), blocked("query-parameter-not-listed")),
        ("GET", "/v2/users?status=deleted".into(), blocked("query-parameter-invalid")),
        ("GET", "/v2/users?page_size=30&page_size=x".into(), blocked("query-parameter-invalid")),
        ("GET", format!("/v2/users?next_page_token={token}"), blocked("query-parameter-invalid")),
        ("GET", format!("/v2/report/users/{id}/meetings"), blocked("query-parameter-required")),
        ("POST", "/v2/users".into(), blocked("method-not-listed")),
        ("PATCH", format!("/v2/users/{id}"), blocked("method-not-listed")),
        ("DELETE", format!("/v2/users/{id}"), blocked("method-not-listed")),
        ("OPTIONS", "/v2/users".into(), blocked("method-not-listed")),
        ("BREW", "/v2/users".into(), blocked("method-not-listed")),
        (
            "GET",
            format!("/v2/users?next_page_token={}", "x".repeat(9000)),
            (400, "INVALID_REQUEST", "query-too-long"),
        ),
        ("GET", format!("/v2/users/{}", "x".repeat(5000)), (400, "INVALID_REQUEST", "path-too-long")),
    ];
    for (method, target, (status, cause, code)) in cases {
        let reply = world.ask(request(method, &target, &[], "")).await;
        assert_eq!(reply.problem(), (status, cause.to_owned(), code.to_owned()), "{method} {target}");
        let text = reply.text();
        for sent in [token.as_str(), &id, &email, "deleted", "include_fields", "BREW"] {
            assert!(!text.contains(sent), "{method} {target}: {text}");
        }
    }
    assert_eq!((world.zoom.rest_requests(), world.zoom.token_requests()), (0, 0));
}

#[tokio::test]
async fn the_methods_of_reading_are_spelled_in_any_case_and_head_has_no_body() {
    let world = World::zoom().await;
    let get = world.ask(request("GET", "/v2/users?page_size=30", &[], "")).await;
    let lower = world.ask(request("get", "/v2/users?page_size=30", &[], "")).await;
    assert_eq!(lower, get);
    // HEAD is not in the list of the shipped rules.
    let head = world.ask(request("HEAD", "/v2/users", &[], "")).await;
    assert_eq!(
        (head.status.as_u16(), head.header("x-psoxy-error"), head.body.len()),
        (403, "BLOCKED_BY_RULES", 0)
    );
    let body = world.ask(request("GET", "/v2/users", &[], "{}")).await;
    assert_eq!(body.problem(), (400, String::new(), "body-not-allowed".to_owned()));
    assert_eq!(body.json()["detail"], "Request body is not allowed for GET or HEAD requests");
    let blank = world.ask(request("GET", "/v2/users?page_size=30", &[], " \n")).await;
    assert_eq!(blank, get);
}

#[tokio::test]
async fn head_passes_where_rules_list_it() {
    let rules = "
endpoints:
- pathTemplate: /v2/users
  allowedMethods: [GET, HEAD]
  allowedQueryParams: []
  responseSchema: {properties: {total_records: {type: integer}}}
";
    let world = World::with(Config { extra_fields: true, ..Config::tiny() }, &[("RULES", rules)]).await;
    let get = world.get("/v2/users").await;
    assert_eq!(get.text(), r#"{"total_records":11}"#);
    let head = world.ask(request("HEAD", "/v2/users", &[], "")).await;
    assert_eq!((head.status, head.body.len()), (get.status, 0));
    assert_eq!(head.header("content-type"), "application/json");
    assert_eq!(world.zoom.requests().last().unwrap().method, "HEAD");
    world.assert_nothing_leaked();
}

#[tokio::test]
async fn the_target_can_be_given_in_headers_and_is_judged_like_any_other() {
    let world = World::zoom().await;
    let plain = world.get("/v2/users?page_size=30").await;
    let path = ("X-Psoxy-TargetPath", "/v2/users");
    let query = ("X-Psoxy-TargetQuery", "page_size=30");
    for (target, headers) in [
        ("/other", &[path, query][..]),
        ("/other?page_size=30", &[path]),
        ("/v2/users?include_fields=host_key", &[query]),
        ("/v2/users", &[("X-Psoxy-TargetQuery", "?page_size=30")]),
    ] {
        assert_eq!(world.ask(request("GET", target, headers, "")).await, plain, "{target} {headers:?}");
    }
    let before = world.zoom.rest_requests();
    for (header, value, detail) in [
        ("X-Psoxy-TargetPath", "", "X-Psoxy-TargetPath must not be empty"),
        ("X-Psoxy-TargetPath", "v2/users", "X-Psoxy-TargetPath must start with '/'"),
        ("X-Psoxy-TargetPath", "/v2/users?x", "X-Psoxy-TargetPath must not contain '?'"),
        ("X-Psoxy-TargetPath", "/v2/us ers", "X-Psoxy-TargetPath must not contain whitespace"),
        ("X-Psoxy-TargetQuery", "a#b", "X-Psoxy-TargetQuery must not contain '#'"),
    ] {
        let reply = world.ask(request("GET", "/v2/users", &[(header, value)], "")).await;
        let problem = reply.problem();
        assert_eq!((problem.0, problem.1.as_str()), (400, "INVALID_REQUEST"), "{header}: {value}");
        assert_eq!(reply.json()["detail"], detail);
    }
    for (headers, code) in [
        (&[("X-Psoxy-TargetPath", "/v2/accounts")][..], "path-not-listed"),
        (&[("X-Psoxy-TargetPath", "//lumen-orchard.example/v2/users")], "path-ambiguous"),
        (&[("X-Psoxy-TargetPath", "/v2/users/..%2f")], "path-ambiguous"),
        (&[("X-Psoxy-TargetQuery", "include_fields=host_key")], "query-parameter-not-listed"),
    ] {
        let reply = world.ask(request("GET", "/v2/users", headers, "")).await;
        assert_eq!(reply.problem(), (403, "BLOCKED_BY_RULES".to_owned(), code.to_owned()), "{headers:?}");
    }
    assert_eq!(world.zoom.rest_requests(), before);
}

#[tokio::test]
async fn sanitizing_cannot_be_skipped() {
    let config = Config { extra_fields: true, ..Config::tiny() };
    let world = World::with(config, &[("IS_DEVELOPMENT_MODE", "true")]).await;
    for value in ["true", "TRUE", "1", ""] {
        let reply = world.ask(request("GET", "/v2/users", &[("X-Psoxy-Skip-Sanitizer", value)], "")).await;
        let expected = (400, "INVALID_REQUEST".to_owned(), "skip-sanitizer-refused".to_owned());
        assert_eq!(reply.problem(), expected, "{value}");
    }
    assert_eq!(world.zoom.rest_requests(), 0);
}

#[tokio::test]
async fn the_older_spelling_of_pseudonyms_can_be_asked_for() {
    let world = World::zoom().await;
    let ask = |value: &'static str| {
        request("GET", "/v2/users?page_size=30", &[("X-Psoxy-Pseudonym-Implementation", value)], "")
    };
    let now = world.get("/v2/users?page_size=30").await;
    assert_eq!(world.ask(ask("v0.4")).await, now);
    let before = world.zoom.rest_requests();
    let unknown = world.ask(ask("v0.2")).await;
    let expected = (400, "INVALID_REQUEST".to_owned(), "pseudonym-implementation-unknown".to_owned());
    assert_eq!(unknown.problem(), expected);
    // Judged before the source is asked.
    assert_eq!(world.zoom.rest_requests(), before);
    let older = world.ask(ask("v0.3")).await.json();
    let now = now.json();
    let (id, token) = (&older["users"][0]["id"], now["users"][0]["id"].as_str().unwrap());
    let id: Value = serde_json::from_str(id.as_str().unwrap()).unwrap();
    assert_eq!(id["reversible"], token, "{id}");
    assert_eq!(id["hash"].as_str().map(str::len), Some(43));
    world.assert_nothing_leaked();
}

#[tokio::test]
async fn answers_are_compressed_when_the_caller_takes_it() {
    let world = World::zoom().await;
    let plain = world.get("/v2/users?page_size=30").await;
    assert!(plain.body.len() > 2048 && plain.header("content-encoding").is_empty());
    assert_eq!(plain.header("vary"), "accept-encoding");
    for (accept, compressed) in
        [("gzip", true), ("br, GZIP;q=0.1", true), ("gzip;q=0", false), ("identity", false)]
    {
        let reply =
            world.ask(request("GET", "/v2/users?page_size=30", &[("Accept-Encoding", accept)], "")).await;
        assert_eq!(reply.header("content-encoding") == "gzip", compressed, "{accept}");
        assert_eq!(reply.text(), plain.text(), "{accept}");
        assert_eq!(reply.body.len() < plain.body.len(), compressed, "{accept}");
    }
    // The source is always asked for gzip.
    assert!(
        world
            .zoom
            .requests()
            .iter()
            .filter(|it| it.path() == "/v2/users")
            .all(|it| it.header("accept-encoding") == Some("gzip"))
    );
}

#[tokio::test]
async fn bodies_of_calls_are_read_in_the_encodings_they_come_in() {
    let rules = "
endpoints:
- pathTemplate: /v2/users
  allowedMethods: [POST]
  allowedQueryParams: []
  requestBody: {required: true, content: {application/json: {type: object, properties: {who: {type: string}}, additionalProperties: false}}}
  responseSchema: {properties: {total: {type: integer}}}
";
    let stand_in = vizard_tests::stand_in::StandIn::start().await;
    stand_in.answer(|_| vizard_tests::stand_in::json(r#"{"total":3,"who":"Mirela Castellan"}"#));
    let world = World::zoom().await;
    let deployment = vizard_tests::world::Deployment::start(
        stand_in.url(),
        &[("RULES", rules)],
        world.deployment.secrets.clone(),
        std::sync::Arc::new(vizard_tests::clock::TestClock::fixed(1_800_000_000)),
    )
    .await;
    let token = keys::pseudonymizer().token("Mirela", Kind::Reversible).unwrap();
    let body = format!("{{ \"who\" : \"{token}\" }}");
    let post = |headers: &[(&str, &str)], body: Vec<u8>| request("POST", "/v2/users", headers, body);
    let json = ("content-type", "application/json");
    for (headers, sent) in [
        (&[json][..], body.clone().into_bytes()),
        (&[json, ("content-encoding", "identity")], body.clone().into_bytes()),
        (&[json, ("content-encoding", "utf-8")], body.clone().into_bytes()),
        (&[json, ("content-encoding", "gzip")], wire::gzip(body.as_bytes())),
        (&[], body.clone().into_bytes()),
    ] {
        let reply = deployment.ask(post(headers, sent)).await;
        assert_eq!((reply.status.as_u16(), reply.text().as_str()), (200, r#"{"total":3}"#), "{headers:?}");
        let seen = stand_in.seen();
        let last = seen.last().unwrap();
        assert_eq!(last.body(), r#"{"who":"Mirela"}"#, "{headers:?}");
        assert!(!last.headers().contains_key("content-encoding"));
    }
    let asked = stand_in.seen().len();
    let bomb = wire::gzip(&vec![b' '; 64 << 20]);
    let invalid = "INVALID_REQUEST";
    for (headers, sent, expected) in [
        (
            &[json, ("content-encoding", "br")][..],
            body.clone().into_bytes(),
            (400, invalid, "content-encoding-not-supported"),
        ),
        (
            &[json, ("content-encoding", "gzip")],
            body.clone().into_bytes(),
            (400, invalid, "content-encoding-invalid"),
        ),
        (&[json, ("content-encoding", "gzip")], bomb, (413, invalid, "request-too-large")),
        (&[json], vec![b'x'; (6 << 20) + 1], (413, invalid, "request-too-large")),
        (&[json], b"".to_vec(), (403, "BLOCKED_BY_RULES", "body-required")),
        (&[json], b"{".to_vec(), (400, invalid, "body-not-json")),
        (&[json], br#"{"whom":"x"}"#.to_vec(), (403, "BLOCKED_BY_RULES", "body-invalid")),
        (
            &[("content-type", "text/plain")],
            b"{}".to_vec(),
            (403, "BLOCKED_BY_RULES", "body-content-type-not-listed"),
        ),
    ] {
        let reply = deployment.ask(post(headers, sent)).await;
        let (status, cause, code) = expected;
        assert_eq!(reply.problem(), (status, cause.to_owned(), code.to_owned()), "{headers:?}");
    }
    assert_eq!(stand_in.seen().len(), asked);
}
