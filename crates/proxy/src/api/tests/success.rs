//! What comes back when all goes well.

use super::*;

#[tokio::test]
async fn a_page_comes_back_sanitized_and_stamped() {
    let world = World::new([ok()]);
    let answered = world.ask(get("/v2/users?page_size=30")).await;
    assert_eq!(answered.status, 200);
    let document = answered.json();
    let email = document["email"].as_str().unwrap();
    assert!(email.starts_with("t~") && email.ends_with("@lumen-orchard.example"), "{email}");
    assert_eq!((&document["id"], &document["type"], document.get("phone")), (&json!("u1"), &json!(2), None));
    assert_eq!(answered.header("content-type"), Some("application/json"));
    assert_eq!(
        answered.header("x-psoxy-pii-salt-sha256"),
        Some("pRwka918R7CEI6El1noIhIMJzqBGYUvvqXYHyMvxl2Y")
    );
    assert_eq!(answered.header("x-psoxy-psoxy-version"), Some(respond::VERSION));
    assert_eq!(answered.header("x-psoxy-rules-sha").map(str::len), Some(64));
    assert_eq!((answered.header("x-psoxy-error"), answered.warnings()), (None, Vec::new()));
    assert_eq!(world.sent(), ["GET https://api.lumen-orchard.example/v2/users?page_size=30 "]);
}

#[tokio::test]
async fn methods_are_upper_cased_and_bodies_go_along() {
    for (method, body, sent) in [
        ("get", "", "GET https://api.lumen-orchard.example/v2/users "),
        ("PATCH", r#"{"type": 1}"#, r#"PATCH https://api.lumen-orchard.example/v2/users {"type":1}"#),
        ("delete", r#"{"type": 1}"#, r#"DELETE https://api.lumen-orchard.example/v2/users {"type":1}"#),
        ("POST", "  ", "POST https://api.lumen-orchard.example/v2/users "),
    ] {
        let world = World::new([ok()]);
        assert_eq!(world.ask(with(method, "/v2/users", &[], body)).await.status, 200);
        assert_eq!(world.sent(), [sent]);
    }
    let world = World::new([ok()]);
    let gzipped = Request::builder().method("POST").uri("/v2/users").header("content-encoding", "gzip");
    let gzipped = gzipped.body(gzip::compress(b"{}").into()).unwrap();
    assert_eq!(world.ask(gzipped).await.status, 200);
    assert_eq!(world.sent(), ["POST https://api.lumen-orchard.example/v2/users {}"]);
}

#[tokio::test]
async fn tokens_are_reversed_on_the_way_out() {
    let world = World::new([ok()]);
    let token = world
        .proxy
        .state
        .as_ref()
        .unwrap()
        .keys
        .token("a b@lumen.example/x", vizard_pseudonym::Kind::Reversible)
        .unwrap();
    assert_eq!(world.ask(get(&format!("/v2/users?manager={token}"))).await.status, 200);
    assert_eq!(
        world.sent(),
        ["GET https://api.lumen-orchard.example/v2/users?manager=a%20b%40lumen.example%2Fx "]
    );
}

#[tokio::test]
async fn successes_without_a_body_stay_without() {
    for (method, played) in [
        ("DELETE", answer(204, &[], "")),
        ("DELETE", answer(204, &[], MIRA)),
        ("POST", answer(205, &[], MIRA)),
        ("HEAD", answer(200, &[("content-length", "99")], "")),
        ("GET", answer(200, &[], " \n")),
        ("POST", answer(201, &[], "")),
    ] {
        let status = played.as_ref().unwrap().status();
        let answered = World::new([played]).ask(with(method, "/v2/users", &[], "")).await;
        assert_eq!((answered.status, answered.body.as_str()), (status, ""), "{method}");
        assert!(answered.header("x-psoxy-rules-sha").is_some());
        assert_eq!(answered.header("content-type"), (method == "HEAD").then_some("application/json"));
    }
    let answered = World::new([answer(404, &[], "")]).ask(with("HEAD", "/v2/users", &[], "")).await;
    assert_eq!((answered.status.as_u16(), answered.body.as_str()), (404, ""));
}

#[tokio::test]
async fn lines_and_archives_come_back_as_lines() {
    let lines = format!("{MIRA}\n{MIRA}\n");
    for played in [
        answer(200, &[("content-type", "application/x-ndjson")], lines.clone()),
        answer(200, &[("content-type", "application/json")], lines.clone()),
        answer(200, &[("content-type", "application/gzip")], gzip::compress(lines.as_bytes())),
    ] {
        let answered = World::new([played]).ask(get("/v2/users")).await;
        assert_eq!(answered.header("content-type"), Some("application/x-ndjson"));
        assert_eq!(answered.body.trim_end().lines().count(), 2);
    }
}

#[tokio::test]
async fn large_answers_are_compressed_when_asked_and_sanitized_elsewhere() {
    let many = format!("{MIRA}\n").repeat(2000);
    for (accept, coding) in [("gzip, br", Some("gzip")), ("br", None)] {
        let world = World::new([answer(200, &[], many.clone())]);
        let request = with("GET", "/v2/users", &[("accept-encoding", accept)], "");
        let response = world.proxy.handle(request, Client::default()).await;
        assert_eq!(response.headers().get("content-encoding").map(|it| it.to_str().unwrap()), coding);
        let body = match coding {
            Some(_) => gzip::decompress(response.body(), 10_000_000).unwrap(),
            None => response.body().to_vec(),
        };
        assert_eq!(String::from_utf8(body).unwrap().lines().filter(|it| it.contains("t~")).count(), 2000);
    }
}

#[tokio::test]
async fn control_headers_choose_target_and_encoding() {
    let world = World::new([ok(), ok()]);
    let headers = [
        ("x-psoxy-targetpath", "/v2/users"),
        ("x-psoxy-targetquery", "?page_size=1"),
        ("x-psoxy-user-to-impersonate", "mira"),
        ("x-choice", "a"),
        ("x-other", "b"),
        ("authorization", "Bearer mira"),
        ("prefer", "respond-async"), // a preference may be ignored
    ];
    let answered = world.ask(with("GET", "/anything?else=1", &headers, "")).await;
    assert_eq!((answered.status.as_u16(), answered.warnings()), (200, vec!["impersonation-ignored"]));
    assert_eq!(world.sent(), ["GET https://api.lumen-orchard.example/v2/users?page_size=1 "]);
    let seen = world.source.seen.lock().unwrap()[0].headers().clone();
    assert_eq!((seen.get("x-choice").unwrap().as_bytes(), seen.get("x-other")), (&b"a"[..], None));
    assert_ne!(seen.get("authorization").map(|it| it.as_bytes()), Some(&b"Bearer mira"[..]));
}

#[tokio::test]
async fn values_of_a_wrong_kind_are_counted_in_a_warning() {
    let world = World::new([answer(200, &[], r#"{"email":true,"type":2}"#)]);
    let answered = world.ask(get("/v2/users")).await;
    assert_eq!(answered.json()["email"], Value::Null);
    assert_eq!(answered.warnings(), ["values-of-wrong-kind=1"]);
}
