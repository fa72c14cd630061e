//! What the caller learns of a source that fails: the kind of failure, and nothing of its words.

use super::*;

#[tokio::test]
async fn what_becomes_of_a_source_that_does_not_answer() {
    let cases = [
        (UpstreamError::Refused, 503, "CONNECTION_TO_SOURCE", "Error connecting to source API: "),
        (UpstreamError::ConnectTimeout, 503, "CONNECTION_TO_SOURCE", "Error connecting to source API: "),
        (
            UpstreamError::ReadTimeout,
            504,
            "SOURCE_API_READ_TIMEOUT",
            "Source API read timeout: no response received within 150 seconds. ",
        ),
        (UpstreamError::Name, 500, "CONNECTION_TO_SOURCE", "Error communicating with source API: "),
        (UpstreamError::Tls, 500, "CONNECTION_TO_SOURCE", "Error communicating with source API: "),
        (UpstreamError::Broken, 500, "CONNECTION_TO_SOURCE", "Error communicating with source API: "),
        (UpstreamError::TooLarge, 502, "API_ERROR", "the source's response is larger"),
        (UpstreamError::Encoding, 502, "API_ERROR", "the source's response is compressed"),
        (UpstreamError::Redirect, 502, "API_ERROR", "the source redirects"),
        (UpstreamError::Request, 500, "FAILED_TO_BUILD_URL", "Error parsing request URL"),
    ];
    for (error, status, cause, detail) in cases {
        let world = World::new([Err(error)]);
        let answered = world.ask(get("/v2/users")).await;
        let (got, got_cause, _) = answered.problem();
        assert_eq!((got, got_cause), (status, Some(cause)), "{error:?}");
        assert!(answered.json()["detail"].as_str().unwrap().starts_with(detail), "{}", answered.body);
        assert_eq!(world.sent().len(), 1, "{error:?} is not tried again");
    }
}

#[tokio::test]
async fn a_failing_source_is_reported_without_its_words() {
    let body = r#"{"code":1001,"message":"User does not exist: mira@lumen-orchard.example."}"#;
    let headers = [
        ("retry-after", "2026-05-31T00:00:00Z"),
        ("x-ratelimit-remaining", "0"),
        ("link", "<https://x/mira>"),
        ("content-type", "text/html"),
        ("set-cookie", "mira"),
    ];
    for status in [300, 304, 400, 403, 404, 429, 500, 503] {
        let world = World::new([answer(status, &headers, body)]);
        let answered = world.ask(get("/v2/users")).await;
        assert_eq!(answered.header("x-psoxy-error"), Some("API_ERROR"));
        assert_eq!(answered.header("retry-after"), Some("2026-05-31T00:00:00Z"));
        assert_eq!(answered.header("x-ratelimit-remaining"), Some("0"));
        assert_eq!(answered.warnings(), ["link-dropped"]);
        assert_eq!(answered.status.as_u16(), status);
        if status != 304 {
            assert_eq!(answered.problem().2, "source-error");
            assert_eq!(answered.json()["source_code"], 1001);
            assert_eq!(answered.json()["detail"], "the source knows no such user");
        }
        assert_eq!(world.sent().len(), 1, "{status} is not tried again");
    }
    let world = World::new([answer(500, &[], "mira <html>")]);
    let document = world.ask(get("/v2/users")).await.json();
    assert_eq!(document["detail"], "the source answered with status 500");
    assert!(document.get("source_code").is_none());
}

#[tokio::test]
async fn a_status_that_is_no_answer_is_a_bad_gateway() {
    for (status, expected) in [(101, 502), (199, 502), (599, 599), (600, 502), (999, 502)] {
        let answered = World::new([answer(status, &[], MIRA)]).ask(get("/v2/users")).await;
        assert_eq!(answered.problem(), (expected, Some("API_ERROR"), "source-error".to_owned()), "{status}");
    }
}

#[tokio::test]
async fn what_cannot_be_sanitized_is_not_answered() {
    let cases = [
        ("html", answer(200, &[("content-type", "text/html")], "<p>mira</p>"), "json-syntax"),
        ("half", answer(200, &[], &MIRA[..40]), "json-syntax"),
        (
            "charset",
            answer(200, &[("content-type", "application/json; charset=utf-16")], MIRA),
            "source-charset",
        ),
        ("latin 1", answer(200, &[], &b"{\"id\":\"\xe9mira\"}"[..]), "json-utf8"),
    ];
    for (name, played, code) in cases {
        let world = World::new([played]);
        let answered = world.ask(get("/v2/users")).await;
        assert_eq!(answered.problem(), (500, Some("UNKNOWN"), code.to_owned()), "{name}");
    }
}

#[tokio::test]
async fn redirects_stay_with_the_origin() {
    let to = |location| answer(302, &[("location", location)], "mira");
    let world = World::new([to("/v3/users"), ok()]);
    assert_eq!(world.ask(get("/v2/users")).await.status, 200);
    assert_eq!(world.sent()[1], "GET https://api.lumen-orchard.example/v3/users ");

    let world = World::new([to("https://mira.example/")]);
    assert_eq!(
        world.ask(get("/v2/users")).await.problem(),
        (502, Some("API_ERROR"), "redirect-refused".to_owned())
    );

    let world = World::new((0..6).map(|_| to("/v2/users")));
    assert_eq!(world.ask(get("/v2/users")).await.problem().0, 502);
    assert_eq!(world.sent().len(), 6);

    let mut world = World::new([to("https://mira.example/")]);
    world.ready().source.follow_redirects = false;
    assert_eq!(
        world.ask(get("/v2/users")).await.problem(),
        (302, Some("API_ERROR"), "source-error".to_owned())
    );
}

#[tokio::test]
async fn the_deadline_also_holds_for_sanitizing() {
    let mut world = World::new([answer(200, &[], format!("{MIRA}\n").repeat(20_000))]);
    world.ready().patience = Duration::ZERO;
    let answered = world.ask(get("/v2/users")).await;
    assert_eq!(answered.problem(), (504, Some("SOURCE_API_READ_TIMEOUT"), "sanitize-timeout".to_owned()));
}

#[tokio::test]
async fn a_panic_ends_one_request_only() {
    let world = World::new([]); // playing no answer makes the source panic
    let answered = world.ask(get("/v2/users")).await;
    assert_eq!(answered.problem(), (500, Some("UNKNOWN"), "internal-error".to_owned()));
    world.source.answers.clear_poison();
    world.source.answers.lock().unwrap().push_back(ok());
    assert_eq!(world.ask(get("/v2/users")).await.status, 200);
}
