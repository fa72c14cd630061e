//! One line per request, and no value in any.

use super::*;

#[tokio::test]
async fn each_request_leaves_one_line_without_a_value() {
    let error = r#"{"code":1001,"message":"mira"}"#;
    let cases = [
        (
            get("/v2/users?page_size=77"),
            Some(ok()),
            json!({"endpoint": "/v2/users", "status": 200, "source_status": 200, "method": "GET"}),
        ),
        (
            get("/v2/users"),
            Some(answer(404, &[], error)),
            json!({"status": 404, "cause": "API_ERROR", "code": "source-error", "source_code": 1001}),
        ),
        (
            get("/v2/users?mira=77"),
            None,
            json!({"status": 403, "cause": "BLOCKED_BY_RULES", "code": "query-parameter-not-listed"}),
        ),
        (
            with("MIRA", "/mira?77", &[("x-request-id", "77")], ""),
            None,
            json!({"method": "OTHER", "status": 403}),
        ),
        (
            get("/v2/users"),
            Some(Err(UpstreamError::Refused)),
            json!({"status": 503, "cause": "CONNECTION_TO_SOURCE"}),
        ),
        (
            with("GET", "/", &[("x-psoxy-health-check", "")], ""),
            None,
            json!({"endpoint": "health-check", "status": 412}),
        ),
        (
            with("GET", "/v2/users", &[("x-psoxy-skip-sanitizer", "77")], ""),
            None,
            json!({"code": "skip-sanitizer-refused"}),
        ),
    ];
    for (request, played, expected) in cases {
        let world = World::new(played);
        let (_, log) = logged(world.ask(request)).await;
        let line = audit_line(&log);
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&line[name], value, "{name} in {log}");
        }
        assert_eq!(line["request_id"], "request-1");
        for canary in ["mira", "MIRA", "77", "t~", "u1"] {
            let log = log.split_once("\"fields\"").unwrap().1;
            assert!(!log.contains(canary), "{canary} in {log}");
        }
    }
}

#[derive(Debug)]
struct SilentSource;

#[async_trait]
impl Upstream for SilentSource {
    async fn send(&self, _: Request<Bytes>, _: Instant) -> Result<Response<Bytes>, UpstreamError> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_caller_who_hangs_up_leaves_a_line_too() {
    let mut world = World::new([]);
    world.ready().source.upstream = Arc::new(SilentSource);
    let (_, log) = logged(async {
        let asked = world.proxy.handle(get("/v2/users"), Client::default());
        tokio::time::timeout(Duration::from_millis(50), asked).await.unwrap_err()
    })
    .await;
    let line = audit_line(&log);
    assert_eq!((&line["status"], &line["endpoint"]), (&json!(499), &json!("/v2/users")));
}
