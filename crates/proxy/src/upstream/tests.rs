//! A real client against sockets that behave well and badly.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::*;

fn transport() -> Transport {
    Transport { tls: TlsFloor::Tls13, connect: Duration::from_secs(2), body: 4096, loopback_http: true }
}

/// Serves each connection with `serve` on its own thread; counts connections.
fn listen(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let (seen, serve) = (count.clone(), Arc::new(serve));
    thread::spawn(move || {
        for stream in listener.incoming() {
            seen.fetch_add(1, Ordering::SeqCst);
            let serve = serve.clone();
            thread::spawn(move || serve(stream.unwrap()));
        }
    });
    (format!("http://{address}/v2/users"), count)
}

/// Reads one request head.
fn head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return None,
        }
    }
    String::from_utf8(head).ok()
}

/// Answers every request of a connection with the same bytes.
fn always(answer: Vec<u8>) -> impl Fn(TcpStream) + Send + Sync {
    move |mut stream| {
        while head(&mut stream).is_some() {
            if stream.write_all(&answer).is_err() {
                return;
            }
        }
    }
}

fn plain(headers: &str, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 200 OK\r\n{headers}content-length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
}

async fn get(upstream: &HttpUpstream, url: &str) -> Result<Response<Bytes>, UpstreamError> {
    get_within(upstream, url, Duration::from_secs(5)).await
}

async fn get_within(
    upstream: &HttpUpstream,
    url: &str,
    limit: Duration,
) -> Result<Response<Bytes>, UpstreamError> {
    let request = Request::builder().uri(url).body(Bytes::new()).unwrap();
    upstream.send(request, Instant::now() + limit).await
}

#[tokio::test]
async fn reads_plain_and_compressed_bodies() {
    let upstream = HttpUpstream::new(transport()).unwrap();
    let gzipped = gzip::compress(b"{\"a\":1}");
    let cases = [
        plain("", b"{\"a\":1}"),
        plain("content-encoding: identity\r\n", b"{\"a\":1}"),
        plain("content-encoding: GZIP\r\n", &gzipped),
        plain("content-encoding: x-gzip\r\n", &gzipped),
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n".to_vec(),
    ];
    for answer in cases {
        let (url, _) = listen(always(answer));
        let response = get(&upstream, &url).await.unwrap();
        assert_eq!(response.body(), "{\"a\":1}");
        assert!(!response.headers().contains_key(CONTENT_ENCODING));
    }
}

#[tokio::test]
async fn asks_for_gzip_only() {
    let upstream = HttpUpstream::new(transport()).unwrap();
    let (url, _) = listen(|mut stream| {
        let asked = head(&mut stream).unwrap().to_lowercase();
        stream.write_all(&plain("", asked.as_bytes())).unwrap();
    });
    let asked = get(&upstream, &url).await.unwrap().into_body();
    let asked = String::from_utf8_lossy(&asked).into_owned();
    assert!(asked.contains("accept-encoding: gzip\r\n"), "{asked}");
    assert!(!asked.contains("referer"), "{asked}");
}

#[tokio::test]
async fn refuses_what_is_too_large_or_unreadable() {
    let upstream = HttpUpstream::new(transport()).unwrap();
    let chunks = "400\r\n".to_owned() + &"x".repeat(1024) + "\r\n";
    let cases = [
        ("announced", plain("", &[b'x'; 4097]), UpstreamError::TooLarge),
        (
            "chunked",
            format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}", chunks.repeat(5)).into(),
            UpstreamError::TooLarge,
        ),
        (
            "inflated",
            plain("content-encoding: gzip\r\n", &gzip::compress(&[b'x'; 5000])),
            UpstreamError::TooLarge,
        ),
        ("not gzip", plain("content-encoding: gzip\r\n", b"{}"), UpstreamError::Encoding),
        ("brotli", plain("content-encoding: br\r\n", b"{}"), UpstreamError::Encoding),
        ("twice", plain("content-encoding: gzip, gzip\r\n", b"{}"), UpstreamError::Encoding),
        ("no http", b"hello\r\n\r\n".to_vec(), UpstreamError::Broken),
    ];
    for (name, answer, expected) in cases {
        let (url, _) = listen(always(answer));
        assert_eq!(get(&upstream, &url).await.map(|_| ()), Err(expected), "{name}");
    }
    let (url, _) = listen(|mut stream| {
        head(&mut stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nfive.").unwrap();
    });
    assert_eq!(get(&upstream, &url).await.map(|_| ()), Err(UpstreamError::Broken), "cut off");
}

#[tokio::test]
async fn only_so_many_large_bodies_are_in_memory_at_a_time() {
    let upstream = HttpUpstream::new(Transport { body: 4 << 20, ..transport() }).unwrap();
    let (large, _) = listen(always(plain("", &vec![b'1'; 2 << 20])));
    let (small, _) = listen(always(plain("", b"{}")));
    let mut held = Vec::new();
    for _ in 0..room::ROOMS {
        held.push(get(&upstream, &large).await.unwrap());
    }
    let within = Duration::from_millis(200);
    assert_eq!(get_within(&upstream, &large, within).await.map(|_| ()), Err(UpstreamError::ReadTimeout));
    assert!(get(&upstream, &small).await.is_ok());
    held.pop();
    assert!(get(&upstream, &large).await.is_ok());
}

#[tokio::test]
async fn one_deadline_holds_for_head_and_body() {
    let upstream = HttpUpstream::new(transport()).unwrap();
    for begin in [&b""[..], b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nfive."] {
        let (url, _) = listen(move |mut stream| {
            head(&mut stream);
            stream.write_all(begin).unwrap();
            thread::sleep(Duration::from_secs(60));
        });
        let began = Instant::now();
        let result = get_within(&upstream, &url, Duration::from_millis(200)).await;
        assert_eq!(result.map(|_| ()), Err(UpstreamError::ReadTimeout));
        assert!(began.elapsed() < Duration::from_secs(30));
    }
}

#[tokio::test]
async fn names_the_kind_of_failure() {
    let upstream = HttpUpstream::new(transport()).unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (plain_http, _) = listen(|mut stream| stream.write_all(&plain("", b"{}")).unwrap());
    let cases = [
        (format!("http://{closed}/"), UpstreamError::Refused),
        (plain_http.replace("http:", "https:"), UpstreamError::Tls),
        ("http://api.lumen-orchard.example/v2".to_owned(), UpstreamError::Request),
        ("http://192.0.2.1/v2".to_owned(), UpstreamError::Request),
        ("http://localhost/v2".to_owned(), UpstreamError::Request),
        ("/v2/users".to_owned(), UpstreamError::Request),
    ];
    for (url, expected) in cases {
        assert_eq!(get(&upstream, &url).await.map(|_| ()), Err(expected), "{url}");
    }
}

#[tokio::test]
async fn plain_http_needs_the_development_setting() {
    let upstream = HttpUpstream::new(Transport { loopback_http: false, ..transport() }).unwrap();
    let (url, count) = listen(always(plain("", b"{}")));
    assert_eq!(get(&upstream, &url).await.map(|_| ()), Err(UpstreamError::Request));
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn connections_are_shared_and_dead_ones_skipped() {
    let upstream = HttpUpstream::new(transport()).unwrap();
    let (url, count) = listen(always(plain("", b"{}")));
    for _ in 0..5 {
        get(&upstream, &url).await.unwrap();
    }
    assert_eq!(count.load(Ordering::SeqCst), 1);

    // This one closes after each answer without having said so.
    let (url, count) = listen(|mut stream| {
        head(&mut stream);
        stream.write_all(&plain("", b"{}")).unwrap();
    });
    for _ in 0..3 {
        get(&upstream, &url).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(count.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn redirects_come_back_unfollowed() {
    let upstream = HttpUpstream::new(transport()).unwrap();
    let (url, count) =
        listen(always(b"HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n".to_vec()));
    assert_eq!(get(&upstream, &url).await.unwrap().status(), 302);
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

/// What the client offers is read from the wire: the versions of its hello message.
#[tokio::test]
async fn the_tls_floor_is_a_floor() {
    for (tls, offered) in [(TlsFloor::Tls13, vec![0x0304]), (TlsFloor::Tls12, vec![0x0304, 0x0303])] {
        let upstream = HttpUpstream::new(Transport { tls, ..transport() }).unwrap();
        let (sender, hello) = std::sync::mpsc::channel();
        let (url, _) = listen(move |mut stream| {
            let mut record = [0; 5];
            stream.read_exact(&mut record).unwrap();
            let mut hello = vec![0; usize::from(u16::from_be_bytes([record[3], record[4]]))];
            stream.read_exact(&mut hello).unwrap();
            sender.send(supported_versions(&hello)).unwrap();
        });
        assert!(get(&upstream, &url.replace("http:", "https:")).await.is_err());
        assert_eq!(hello.recv().unwrap(), offered, "{tls:?}");
    }
}

/// The supported_versions extension (43) of a client hello.
fn supported_versions(hello: &[u8]) -> Vec<u16> {
    let number = |at: usize| usize::from(u16::from_be_bytes([hello[at], hello[at + 1]]));
    let mut at = 4 + 2 + 32; // message header, legacy version, random
    at += 1 + usize::from(hello[at]); // session id
    at += 2 + number(at); // cipher suites
    at += 1 + usize::from(hello[at]); // compression
    let end = at + 2 + number(at);
    at += 2;
    while at < end {
        let (kind, length) = (number(at), number(at + 2));
        if kind == 43 {
            let versions = &hello[at + 5..at + 4 + length];
            return versions.chunks(2).map(|it| u16::from_be_bytes([it[0], it[1]])).collect();
        }
        at += 4 + length;
    }
    Vec::new()
}
