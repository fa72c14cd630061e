//! What the source can send with a 200: what is sanitized, what is refused, and by which words.

use std::sync::Arc;

use bytes::Bytes;
use http::Response;
use vizard_tests::clock::TestClock;
use vizard_tests::secrets::FakeSecrets;
use vizard_tests::stand_in::StandIn;
use vizard_tests::wire::gzip;
use vizard_tests::world::Deployment;

const PERSON: &str = r#"{"id":"UzpdbwbkQW-k6PK7IbBarQ","first_name":"Tobias","type":2}"#;
const SANITIZED: &str = r#"{"id":"p~HXWjt83-4J9NgO-NuEzWenLgy8C3M0p2BoekOIwOVrFNWsn7bKBowbpIcP0Zakr-5KI7W48ImFyYvM3fmLS00g","type":2}"#;

/// Status, what the source says of the body, the body; status, content type, body or code.
type Case = (u16, &'static str, Vec<u8>, u16, &'static str, String);

fn cases() -> Vec<Case> {
    let json = "application/json";
    let lines = "application/x-ndjson";
    let problem = "application/problem+json";
    let two = format!("{PERSON}\n{PERSON}\n");
    let two_sanitized = format!("{SANITIZED}\n{SANITIZED}");
    let sanitized = |status, said, body: Vec<u8>, as_type, shown: &str| {
        (status, said, body, status, as_type, shown.to_owned())
    };
    let refused =
        |said, body: Vec<u8>, status, code: &str| (200, said, body, status, problem, code.to_owned());
    let with = |text: &str| format!(r#"{{"id":"{text}"}}"#).into_bytes();
    vec![
        sanitized(200, json, PERSON.into(), json, SANITIZED),
        sanitized(201, json, PERSON.into(), json, SANITIZED),
        sanitized(206, "application/vnd.zoom+json", PERSON.into(), json, SANITIZED),
        sanitized(204, json, b"".to_vec(), "", ""),
        sanitized(200, json, b"".to_vec(), "", ""),
        sanitized(200, "text/html", b" \r\n\t ".to_vec(), "", ""),
        sanitized(200, json, two.clone().into(), lines, &two_sanitized),
        sanitized(200, lines, PERSON.into(), lines, SANITIZED),
        sanitized(200, lines, two.clone().into(), lines, &two_sanitized),
        sanitized(200, "application/gzip", gzip(two.as_bytes()), lines, &two_sanitized),
        // Not an object: the endpoint's schema makes it nothing.
        sanitized(200, json, b"[1]".to_vec(), json, "null"),
        sanitized(200, json, br#""UzpdbwbkQW""#.to_vec(), json, "null"),
        refused(json, [b"\xef\xbb\xbf", PERSON.as_bytes()].concat(), 500, "json-byte-order-mark"),
        refused(json, with(r"\ud83c"), 500, "json-lone-surrogate"),
        refused(json, with("a\tb"), 500, "json-syntax"),
        refused(json, b"{\"id\":\"\xed\xa0\xbc\"}".to_vec(), 500, "json-utf8"),
        refused(json, b"{\"id\":\"T\xf6bias\"}".to_vec(), 500, "json-utf8"),
        refused(
            "application/json; charset=iso-8859-1",
            b"{\"id\":\"T\xf6bias\"}".to_vec(),
            500,
            "source-charset",
        ),
        refused("application/json; charset=utf-16le", b"{\0}\0".to_vec(), 500, "source-charset"),
        refused(json, format!("{PERSON}<!-- cached -->").into(), 500, "json-syntax"),
        refused(json, format!(")]}}',\n{PERSON}").into(), 500, "json-syntax"),
        refused(json, format!("callback({PERSON})").into(), 500, "json-syntax"),
        refused("text/csv", b"id,first_name\n1,Tobias\n".to_vec(), 500, "json-syntax"),
        refused("text/html", b"<p>Tobias</p>".to_vec(), 500, "json-syntax"),
        refused("application/octet-stream", b"\0\x01\x02Tobias".to_vec(), 500, "json-syntax"),
        refused(json, "[".repeat(100_000).into(), 500, "json-depth"),
        refused(json, format!(r#"{{"type":{}}}"#, "2".repeat(1 << 20)).into(), 500, "json-number-length"),
        refused(json, format!(r#"{{"{}":2}}"#, "n".repeat(60_000)).into(), 500, "json-name-length"),
        refused("application/gzip", two.into(), 502, "response-encoding"),
        refused("application/gzip", gzip(&vec![b' '; 80 << 20]), 502, "response-too-large"),
    ]
}

#[tokio::test]
async fn each_body_is_sanitized_or_refused_whole() {
    let source = StandIn::start().await;
    let secrets = FakeSecrets::for_zoom("a client", "a secret of a client", "an account");
    let clock = Arc::new(TestClock::fixed(1_800_000_000));
    let deployment = Deployment::start(source.url(), &[], Arc::new(secrets), clock).await;
    for (status, said, body, expected, as_type, shown) in cases() {
        let name = format!("{status} {said} {}", body[..body.len().min(60)].escape_ascii());
        source.answer(move |_| {
            let response = Response::builder().status(status).header("content-type", said);
            response.body(Bytes::from(body.clone())).unwrap()
        });
        let reply = deployment.get("/v2/users/UzpdbwbkQW-k6PK7IbBarQ").await;
        assert_eq!(reply.status.as_u16(), expected, "{name}: {}", reply.text());
        assert_eq!(reply.header("content-type"), as_type, "{name}");
        if as_type == "application/problem+json" {
            assert_eq!(reply.json()["code"], shown, "{name}");
        } else {
            assert_eq!(reply.text(), shown, "{name}");
            assert_eq!(reply.header("x-psoxy-error"), "", "{name}");
        }
    }
    let output = deployment.output();
    assert!(!output.contains("Tobias") && !output.contains("bias"), "{output}");
}
