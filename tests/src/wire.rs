//! HTTP by hand: a client that sends exactly what it is given, and what came back.

use std::io::Read as _;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body, Frame, SizeHint};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// An answer, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as sent.
    pub body: Bytes,
}

impl Reply {
    /// Takes an answer of the proxy apart.
    pub fn of(response: Response<Bytes>) -> Reply {
        let (head, body) = response.into_parts();
        Reply { status: head.status, headers: head.headers, body }
    }

    /// The first value of a header, or "".
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// All values of a header.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
    }

    /// The body, decompressed, as text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        if self.header("content-encoding") == "gzip" {
            flate2::read::GzDecoder::new(&self.body[..]).read_to_string(&mut text).unwrap();
        } else {
            text.push_str(std::str::from_utf8(&self.body).unwrap());
        }
        text
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        let text = self.text();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// Status, cause and code: how a problem looks to a caller.
    pub fn problem(&self) -> (u16, String, String) {
        let code = match self.header("content-type") {
            "application/problem+json" => self.json()["code"].as_str().unwrap().to_owned(),
            _ => String::new(),
        };
        (self.status.as_u16(), self.header("x-psoxy-error").to_owned(), code)
    }
}

/// A request with these headers.
pub fn request(
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> Request<Bytes> {
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.into()).unwrap()
}

/// Sends one request over a connection of its own.
pub async fn send(address: SocketAddr, request: Request<Bytes>) -> Reply {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let mut request = request.map(Full::new);
    request.headers_mut().entry("host").or_insert("proxy.lumen-orchard.example".parse().unwrap());
    let (head, body) = sender.send_request(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    connection.abort();
    Reply { status: head.status, headers: head.headers, body }
}

/// Sends bytes as they are and returns all that comes back until the other side closes or is silent for a while.
pub async fn raw(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // A server may answer and close before it has read everything.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(Ok(length @ 1..)) = tokio::time::timeout(SILENCE, stream.read(&mut piece)).await {
        answer.extend_from_slice(&piece[..length]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

const SILENCE: Duration = Duration::from_millis(700);

/// Gzip of some bytes.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut compressed = Vec::new();
    flate2::read::GzEncoder::new(bytes, flate2::Compression::default()).read_to_end(&mut compressed).unwrap();
    compressed
}

/// A body that may be shorter than the head of its answer says, as when a connection breaks.
pub(crate) struct Cut<B> {
    body: B,
    is_cut: bool,
}

/// Marks such an answer, among its extensions.
#[derive(Clone)]
struct IsCut;

impl<B> Cut<B> {
    /// An answer, which breaks off if it was [`shortened`].
    pub(crate) fn of(mut answer: Response<B>) -> Response<Cut<B>> {
        let is_cut = answer.extensions_mut().remove::<IsCut>().is_some();
        answer.map(|body| Cut { body, is_cut })
    }
}

impl<B: Body + Unpin> Body for Cut<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    /// What is cut says nothing of its length, so that nobody notices before it is over.
    fn size_hint(&self) -> SizeHint {
        if self.is_cut { SizeHint::default() } else { self.body.size_hint() }
    }
}

/// The beginning of an answer whose head speaks of all of it: the connection is closed behind it.
pub(crate) async fn shortened<B>(answer: Response<B>, length: usize) -> Response<Bytes>
where
    B: Body<Error = std::convert::Infallible>,
{
    let (mut head, body) = answer.into_parts();
    let Ok(body) = body.collect().await;
    let body = body.to_bytes();
    head.headers.insert("content-length", body.len().into());
    head.extensions.insert(IsCut);
    Response::from_parts(head, body.slice(..length.min(body.len())))
}
