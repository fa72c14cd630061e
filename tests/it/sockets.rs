//! What arrives at the socket and is no sound message: refused before it is a call.

use vizard_tests::wire::{self, request};
use vizard_tests::world::World;

/// Shapes of messages that two servers may read as two different messages.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_of_ambiguous_shape_are_refused_at_the_socket() {
    let world = World::zoom().await;
    let served = world.deployment.serve().await;
    let sneaked = "GET /v2/users/sneaked HTTP/1.1\r\nHost: x\r\n\r\n";
    let cases = [
        (
            "both lengths",
            format!(
                "POST /v2/users HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{sneaked}"
            ),
        ),
        (
            "two lengths",
            format!(
                "POST /v2/users HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\n{sneaked}"
            ),
        ),
        (
            "a list of lengths",
            format!("POST /v2/users HTTP/1.1\r\nHost: x\r\nContent-Length: 0, 44\r\n\r\n{sneaked}"),
        ),
        (
            "a length with a sign",
            format!("POST /v2/users HTTP/1.1\r\nHost: x\r\nContent-Length: +0\r\n\r\n{sneaked}"),
        ),
        (
            "an unknown coding",
            format!("POST /v2/users HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n{sneaked}"),
        ),
        (
            "chunked and not last",
            format!(
                "POST /v2/users HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{sneaked}"
            ),
        ),
        (
            "space before a colon",
            format!("POST /v2/users HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n{sneaked}"),
        ),
        ("a folded line", format!("GET /v2/users HTTP/1.1\r\nHost: x\r\nX-Note: a\r\n b\r\n\r\n{sneaked}")),
        (
            "a bare carriage return",
            format!(
                "GET /v2/users HTTP/1.1\r\nHost: x\r\nX-Note: a\rTransfer-Encoding: chunked\r\n\r\n{sneaked}"
            ),
        ),
        (
            "a chunk size too large",
            "POST /v2/users HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n"
                .to_owned(),
        ),
        ("two hosts", format!("GET /v2/users HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n{sneaked}")),
        ("no host", format!("GET /v2/users HTTP/1.1\r\n\r\n{sneaked}")),
        ("a tunnel", format!("CONNECT lumen-orchard.example:443 HTTP/1.1\r\nHost: x\r\n\r\n{sneaked}")),
        ("not HTTP", "\x16\x03\x01\x02\x00\x01\x00".to_owned()),
    ];
    for (name, bytes) in cases {
        let answer = wire::raw(served.address, bytes.as_bytes()).await;
        let answers = answer.matches("HTTP/1.1 ").count();
        // One refusal and the end of the connection, or the end alone: what follows was not taken for a call.
        assert!(answers <= 1 && !answer.contains("HTTP/1.1 200"), "{name}: {answer}");
        if answers == 1 {
            assert!(answer.starts_with("HTTP/1.1 4"), "{name}: {answer}");
        }
        assert!(!answer.contains("sneaked"), "{name}: {answer}");
    }
    assert_eq!((world.zoom.rest_requests(), world.zoom.token_requests()), (0, 0));
    let reply = served.send(request("GET", "/v2/users?page_size=30", &[], "")).await;
    assert_eq!(reply.status.as_u16(), 200, "the server is still there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_and_bodies_have_bounds_at_the_socket() {
    let world = World::zoom().await;
    let served = world.deployment.serve().await;
    let large = format!("GET /v2/users HTTP/1.1\r\nHost: x\r\nX-Note: {}\r\n\r\n", "n".repeat(70 << 10));
    let answer = wire::raw(served.address, large.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    let body = "x".repeat(64);
    let announced =
        format!("POST /v2/users HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}", 7 << 20);
    let answer = wire::raw(served.address, announced.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("request-too-large"), "{answer}");
    let healthy =
        wire::raw(served.address, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(healthy.ends_with("\r\n\r\nok"), "{healthy}");
    let absolute = b"GET http://lumen-orchard.example/v2/users?page_size=3 HTTP/1.1\r\nHost: lumen-orchard.example\r\nConnection: close\r\n\r\n";
    let answer = wire::raw(served.address, absolute).await;
    // The authority chooses nothing: there is one source.
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(world.zoom.rest_requests(), 1);
}
