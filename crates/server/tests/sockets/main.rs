//! The server over real sockets: what it refuses before the proxy sees it, what it lets through, how it stops.
#![allow(clippy::unwrap_used)] // what stands beside the tests is part of them

mod house;

use std::net::SocketAddr;
use std::time::Duration;

use house::{House, talk};
use vizard_server::Limits;

#[tokio::test(flavor = "multi_thread")]
async fn answers_who_asks_whether_it_lives() {
    let house = House::open(Limits::default(), &[]).await;
    let answer = talk(house.address, "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\nok"), "{answer}");
    let answer = talk(house.address, "HEAD /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\n"), "{answer}");
    for other in ["POST /healthz", "GET /healthz/", "GET /Healthz"] {
        let answer =
            talk(house.address, &format!("{other} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 403 "), "{other}: {answer}");
    }
    assert_eq!(house.calls(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn lets_sound_requests_of_every_form_through() {
    let house = House::open(Limits::default(), &[]).await;
    let cases = [
        "GET /v2/tea HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /v2/tea HTTP/1.0\r\n\r\n",
        "GET http://elsewhere.example/v2/tea HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "\r\n\r\nGET /v2/tea HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "POST /v2/tea HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
        "POST /v2/tea HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        "POST /v2/tea HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    ];
    for request in cases {
        let answer = talk(house.address, request).await;
        assert!(
            answer.starts_with("HTTP/1.1 200 ") || answer.starts_with("HTTP/1.0 200 "),
            "{request:?}: {answer}"
        );
        assert!(answer.ends_with("\r\n\r\n{\"leaves\":7}"), "{request:?}: {answer}");
    }
    assert_eq!(house.calls(), cases.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn speaks_http_2_without_tls() {
    let house = House::open(Limits::default(), &[]).await;
    for (target, expected) in [("/v2/tea", "{\"leaves\":7}"), ("/healthz", "ok")] {
        assert_eq!(house::over_http_2(house.address, target).await, (200, expected.to_owned()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_requests_that_two_readers_could_read_differently() {
    let house = House::open(Limits::default(), &[]).await;
    let post = "POST /v2/tea HTTP/1.1\r\nHost: a\r\n";
    let head =
        |size: usize| format!("GET /v2/tea HTTP/1.1\r\nHost: a\r\nX-Long: {}\r\n\r\n", "x".repeat(size));
    let cases = [
        (400, format!("{post}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n")),
        (400, format!("{post}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n")),
        (400, format!("{post}Transfer-Encoding: chunked\r\ncontent-LENGTH: 0\r\n\r\n0\r\n\r\n")),
        (400, format!("{post}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}")),
        (400, format!("{post}Content-Length: 2, 2\r\n\r\n{{}}")),
        (400, format!("{post}Content-Length: +2\r\n\r\n{{}}")),
        (400, format!("{post}Content-Length: 0x2\r\n\r\n{{}}")),
        (400, format!("{post}Transfer-Encoding: gzip\r\n\r\n{{}}")),
        (400, format!("{post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n")),
        (400, "POST /v2/tea HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_owned()),
        (400, format!("{post}Transfer-Encoding: chunked\r\n\r\nzz\r\n{{}}\r\n0\r\n\r\n")),
        (400, format!("{post}X-Folded: one\r\n two\r\n\r\n")),
        (400, format!("{post}Content-Length : 2\r\n\r\n{{}}")),
        (400, format!("{post}X-Nul: a\0b\r\n\r\n")),
        (400, format!("{post}no colon\r\n\r\n")),
        (400, "GET /v2/tea HTTP/1.1\r\n\r\n".to_owned()),
        (400, "GET /v2/tea HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".to_owned()),
        (400, "GET /v2/tea extra HTTP/1.1\r\nHost: a\r\n\r\n".to_owned()),
        (400, "GET /v2/tea HTTP/3.0\r\nHost: a\r\n\r\n".to_owned()),
        (400, "nonsense\r\n\r\n".to_owned()),
        (403, "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".to_owned()),
        (405, "CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: a\r\n\r\n".to_owned()),
        (431, head(70 * 1024)),
        (431, format!("GET /v2/tea HTTP/1.1\r\nHost: a\r\n{}\r\n", "X: y\r\n".repeat(200))),
    ];
    for (status, request) in &cases {
        let answer = talk(house.address, request).await;
        let shown = &request[..request.len().min(200)];
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{shown:?}: {answer}");
        assert!(!answer.contains("leaves"), "{shown:?}: {answer}");
    }
    assert_eq!(house.calls(), 0, "the proxy must not see any of them");
    let answer =
        talk(house.address, &format!("{}\r\nConnection: close\r\n\r\n", head(40 * 1024).trim_end())).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_ends_its_connection() {
    let house = House::open(Limits::default(), &[]).await;
    let smuggled = "GET /v2/tea HTTP/1.1\r\nHost: a\r\n\r\n";
    let front = "POST /v2/tea HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    let answer = talk(house.address, &format!("{front}{smuggled}")).await;
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
    assert!(
        answer.contains("\"code\":\"body-length-ambiguous\"") && answer.contains("connection: close"),
        "{answer}"
    );
    assert!(answer.contains("content-type: application/problem+json"), "{answer}");
    assert_eq!(house.calls(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn serves_several_requests_on_one_connection() {
    let house = House::open(Limits::default(), &[]).await;
    let chunked =
        "POST /v2/tea HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
    let last = "GET /v2/tea HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let answer = talk(house.address, &format!("{chunked}{chunked}{last}")).await;
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 3, "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_bodies_that_are_too_large() {
    let house = House::open(Limits::default(), &[]).await;
    let post = "POST /v2/tea HTTP/1.1\r\nHost: a\r\n";
    // Said beforehand: nothing of it needs to come.
    let announced = talk(house.address, &format!("{post}Content-Length: 6291457\r\n\r\n")).await;
    // Not said: counted while it comes.
    let chunk = format!("100000\r\n{}\r\n", " ".repeat(0x10_0000));
    let counted =
        talk(house.address, &format!("{post}Transfer-Encoding: chunked\r\n\r\n{}", chunk.repeat(7))).await;
    for answer in [announced, counted] {
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        assert!(
            answer.contains("\"code\":\"request-too-large\"") && answer.contains("6291456 bytes"),
            "{answer}"
        );
    }
    assert_eq!(house.calls(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn gives_up_on_clients_that_dawdle() {
    let limits = Limits {
        head_wait: Duration::from_millis(150),
        body_wait: Duration::from_millis(150),
        idle: Duration::from_millis(150),
        ..Limits::default()
    };
    let house = House::open(limits, &[]).await;
    let cases = [
        ("", ""),
        ("P", ""),
        ("GET /v2/tea HTTP/1.1\r\nHost:", ""),
        ("POST /v2/tea HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n{", "HTTP/1.1 408 "),
        ("GET /v2/tea HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 "),
    ];
    for (begun, answered) in cases {
        // Returns only because the server hangs up: the client keeps its side open.
        let answer = house::leave_open(house.address, begun).await;
        assert!(
            answer.starts_with(answered) && answer.is_empty() == answered.is_empty(),
            "{begun:?}: {answer}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_drips_its_head_is_late_too() {
    let limits = Limits { head_wait: Duration::from_millis(200), ..Limits::default() };
    let house = House::open(limits, &[]).await;
    let dripped =
        house::drip(house.address, "GET /v2/tea HTTP/1.1\r\nHost: a\r\nX: ", Duration::from_millis(40)).await;
    assert_eq!((dripped.as_str(), house.calls()), ("", 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn gives_up_on_a_client_that_does_not_read() {
    let house =
        House::open(Limits { write_wait: Duration::from_millis(150), ..Limits::default() }, &[]).await;
    // Ends only because the server hangs up.
    house::ask_without_listening(house.address, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn finishes_what_is_at_work_before_it_stops() {
    let mut house = House::open(Limits::default(), &[]).await;
    house.hold();
    let address = house.address;
    let asked = tokio::spawn(async move { talk(address, "GET /v2/tea HTTP/1.1\r\nHost: a\r\n\r\n").await });
    house.until_called().await;
    house.stop();
    until_refused(address).await;
    house.release();
    let answer = asked.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("{\"leaves\":7}"), "{answer}");
    house.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn does_not_wait_forever_for_what_is_at_work() {
    let mut house = House::open(Limits { drain: Duration::from_millis(100), ..Limits::default() }, &[]).await;
    house.hold();
    let address = house.address;
    let asked = tokio::spawn(async move { talk(address, "GET /v2/tea HTTP/1.1\r\nHost: a\r\n\r\n").await });
    house.until_called().await;
    house.stop();
    house.stopped().await;
    assert_eq!(asked.await.unwrap(), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_is_being_fetched_is_waited_for() {
    let renewed = [
        ("SOURCE_AUTH_STRATEGY_IDENTIFIER", "oauth2_refresh_token"),
        ("GRANT_TYPE", "client_credentials"),
        ("CREDENTIALS_FLOW", "client_secret"),
        ("REFRESH_ENDPOINT", "https://tea.lumen-orchard.example/token"),
        ("CLIENT_ID", "a"),
    ];
    let limits = Limits { drain: Duration::from_millis(50), settle: PATIENCE, ..Limits::default() };
    let mut house = House::open(limits, &renewed).await;
    house.hold();
    let address = house.address;
    let asked = tokio::spawn(async move { talk(address, "GET /v2/tea HTTP/1.1\r\nHost: a\r\n\r\n").await });
    house.until_called().await;
    house.stop();
    assert_eq!(asked.await.unwrap(), "", "the request is cut off");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!house.is_stopped(), "what it began is not");
    house.release();
    house.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_connections_than_allowed_are_told_so_and_closed() {
    let house = House::open(Limits { connections: 1, ..Limits::default() }, &[]).await;
    let first = tokio::net::TcpStream::connect(house.address).await.unwrap();
    let ask = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    for _ in 0..3 {
        let answer = talk(house.address, ask).await;
        assert!(answer.starts_with("HTTP/1.1 503 Service Unavailable\r\n"), "{answer}");
        assert!(
            answer.contains("\r\nretry-after: 1\r\n") && answer.ends_with("\"code\":\"overloaded\"}"),
            "{answer}"
        );
    }
    drop(first);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(talk(house.address, ask).await.starts_with("HTTP/1.1 200 OK\r\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_requests_than_allowed_are_refused_while_those_at_work_are_answered() {
    let house = House::open(Limits { requests: 1, ..Limits::default() }, &[]).await;
    house.hold();
    let address = house.address;
    let first = tokio::spawn(async move { talk(address, TEA).await });
    house.until_called().await;
    let second = talk(address, TEA).await;
    assert!(second.starts_with("HTTP/1.1 503 Service Unavailable\r\n"), "{second}");
    assert!(
        second.contains("\r\nretry-after: 1\r\n") && second.contains("\"code\":\"overloaded\""),
        "{second}"
    );
    // The connection stays for the next attempt, unless the client closes it.
    let (status, body) = house::over_http_2(address, "/v2/tea").await;
    assert_eq!((status, body.contains("overloaded")), (503, true), "{body}");
    house.release();
    assert!(first.await.unwrap().starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(talk(address, TEA).await.starts_with("HTTP/1.1 200 OK\r\n"));
    assert_eq!(house.calls(), 2);
}

const TEA: &str = "GET /v2/tea HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn believes_only_trusted_hops_about_the_client() {
    let only = [("ALLOWED_DATA_ACCESS_IP_BLOCKS", "192.0.2.0/24")];
    let cases = [
        (0, "X-Forwarded-For: 192.0.2.7\r\n", 403, "UNAUTHORIZED_IP_ADDRESS"),
        (1, "X-Forwarded-For: 192.0.2.7\r\n", 200, ""),
        (1, "X-Forwarded-For: 192.0.2.7, 198.51.100.1\r\n", 403, "UNAUTHORIZED_IP_ADDRESS"),
        (1, "", 403, "UNAUTHORIZED_IP_ADDRESS"),
        (1, "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n", 200, ""),
        (1, "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: http\r\n", 400, "HTTPS_REQUIRED"),
        (0, "X-Forwarded-Proto: http\r\n", 403, "UNAUTHORIZED_IP_ADDRESS"),
    ];
    for (trusted_hops, headers, status, cause) in cases {
        let house = House::open(Limits { trusted_hops, ..Limits::default() }, &only).await;
        let request = format!("GET /v2/tea HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}\r\n");
        let answer = talk(house.address, &request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{trusted_hops} {headers:?}: {answer}");
        assert!(answer.contains(cause), "{trusted_hops} {headers:?}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_body_of_a_stranger_is_not_waited_for() {
    let only = [("ALLOWED_DATA_ACCESS_IP_BLOCKS", "192.0.2.0/24")];
    let house = House::open(Limits::default(), &only).await;
    for length in ["5000000", "5000000000"] {
        let post = format!("POST /v2/tea HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n");
        let answer = house::leave_open(house.address, &post).await;
        assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
        assert!(answer.contains("UNAUTHORIZED_IP_ADDRESS"), "{answer}");
    }
}

const PATIENCE: Duration = Duration::from_secs(30);

/// Returns once nobody listens any more.
async fn until_refused(address: SocketAddr) {
    while tokio::net::TcpStream::connect(address).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
