//! AWS on a bad day: a front before moto that counts the calls, remembers them, and fails those it is told to.

use std::collections::{BTreeMap, VecDeque};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use crate::wire;

/// What happens instead of an answer, or to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Too many calls: `ThrottlingException`, of S3 `SlowDown`.
    Throttled,
    /// The role may not: `AccessDeniedException`.
    AccessDenied,
    /// 500.
    Internal,
    /// An error with this status and code, in the form of the service.
    Error(u16, &'static str),
    /// Anything else, as JSON.
    Answer(u16, String),
    /// No answer ever.
    Hang,
    /// An answer, later.
    Slow(Duration),
    /// An answer at once, which is long on its way.
    Late(Duration),
    /// The connection is closed before AWS saw the call.
    Cut,
    /// AWS did what it was asked to, and the connection is closed before the answer.
    CutAfter,
    /// An answer that breaks off after so many bytes of its body.
    Short(usize),
}

/// A call that came in.
#[derive(Debug, Clone)]
pub struct Seen {
    /// `AmazonSSM.GetParameters` and the like; of S3 `S3.PutObject`, `S3.GetObject`, `S3.UploadPart`.
    pub operation: String,
    /// The call.
    pub request: Request<Bytes>,
}

/// The front. Dropping it closes the port.
#[derive(Debug)]
pub struct AwsFaults {
    url: String,
    state: Arc<Mutex<State>>,
    accepting: AbortHandle,
}

#[derive(Debug, Default)]
struct State {
    seen: Vec<Seen>,
    planned: BTreeMap<String, VecDeque<(Fault, u32)>>,
}

impl AwsFaults {
    /// Starts one before the moto at `aws`.
    pub(super) async fn start(aws: SocketAddr) -> AwsFaults {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let state = Arc::new(Mutex::new(State::default()));
        let shared = state.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = shared.clone();
                let service = service_fn(move |request| {
                    let state = state.clone();
                    async move { answer(aws, state, request).await.map(wire::Cut::of) }
                });
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        AwsFaults { url, state, accepting: accepting.abort_handle() }
    }

    /// What `AWS_ENDPOINT_URL` should be.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Fails the next calls of an operation, after those that were planned before. `u32::MAX` is always.
    pub fn plan(&self, operation: &str, times: u32, fault: Fault) {
        if times == 0 {
            return;
        }
        let mut state = self.state.lock().unwrap();
        state.planned.entry(operation.to_owned()).or_default().push_back((fault, times));
    }

    /// From now on all is well.
    pub fn clear(&self) {
        self.state.lock().unwrap().planned.clear();
    }

    /// How often an operation was called.
    pub fn count(&self, operation: &str) -> usize {
        self.state.lock().unwrap().seen.iter().filter(|it| it.operation == operation).count()
    }

    /// How often each operation was called.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for seen in &self.state.lock().unwrap().seen {
            *counts.entry(seen.operation.clone()).or_default() += 1;
        }
        counts
    }

    /// All calls, in order.
    pub fn seen(&self) -> Vec<Seen> {
        self.state.lock().unwrap().seen.clone()
    }

    /// Forgets the calls so far.
    pub fn forget(&self) {
        self.state.lock().unwrap().seen.clear();
    }
}

impl Drop for AwsFaults {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl State {
    fn next(&mut self, operation: &str) -> Option<Fault> {
        let queue = self.planned.get_mut(operation)?;
        let (fault, left) = queue.front_mut()?;
        let fault = fault.clone();
        if *left != u32::MAX {
            *left -= 1;
        }
        if *left == 0 {
            queue.pop_front();
        }
        Some(fault)
    }
}

/// An error is how a connection is closed without an answer.
type Answered = Result<Response<Full<Bytes>>, &'static str>;

async fn answer(aws: SocketAddr, state: Arc<Mutex<State>>, request: Request<Incoming>) -> Answered {
    let (head, body) = request.into_parts();
    let Ok(body) = body.collect().await else { return Err("the caller hung up") };
    let request = Request::from_parts(head, body.to_bytes());
    let operation = operation(&request);
    let fault = {
        let mut state = state.lock().unwrap();
        state.seen.push(Seen { operation: operation.clone(), request: request.clone() });
        state.next(&operation)
    };
    let storage = operation.starts_with("S3.");
    let error = |status, code| Ok(error(storage, status, code));
    match fault {
        None => Ok(forward(aws, request).await),
        Some(Fault::Throttled) if storage => error(503, "SlowDown"),
        Some(Fault::Throttled) => error(400, "ThrottlingException"),
        Some(Fault::AccessDenied) if storage => error(403, "AccessDenied"),
        Some(Fault::AccessDenied) => error(400, "AccessDeniedException"),
        Some(Fault::Internal) if storage => error(500, "InternalError"),
        Some(Fault::Internal) => error(500, "InternalServerError"),
        Some(Fault::Error(status, code)) => error(status, code),
        Some(Fault::Answer(status, body)) => Ok(response(status, "application/x-amz-json-1.1", body)),
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::Slow(pause)) => {
            tokio::time::sleep(pause).await;
            Ok(forward(aws, request).await)
        }
        Some(Fault::Late(pause)) => {
            let answer = forward(aws, request).await;
            tokio::time::sleep(pause).await;
            Ok(answer)
        }
        Some(Fault::Cut) => Err("cut"),
        Some(Fault::CutAfter) => {
            forward(aws, request).await;
            Err("cut after the deed")
        }
        Some(Fault::Short(length)) => {
            Ok(wire::shortened(forward(aws, request).await, length).await.map(Full::new))
        }
    }
}

async fn forward(aws: SocketAddr, mut request: Request<Bytes>) -> Response<Full<Bytes>> {
    // Moto tells buckets from hosts by this header.
    request.headers_mut().insert("host", aws.to_string().parse().unwrap());
    let reply = wire::send(aws, request).await;
    let mut response = Response::new(Full::new(reply.body));
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    for name in ["transfer-encoding", "connection"] {
        response.headers_mut().remove(name);
    }
    response
}

fn operation(request: &Request<Bytes>) -> String {
    if let Some(target) = request.headers().get("x-amz-target") {
        return target.to_str().unwrap().to_owned();
    }
    let path = request.uri().path().trim_matches('/');
    let thing = if path.contains('/') { "Object" } else { "Bucket" };
    let method = request.method().as_str();
    let query = request.uri().query().unwrap_or_default();
    let of_parts = match method {
        "POST" if query == "uploads" || query.starts_with("uploads=") || query.starts_with("uploads&") => {
            Some("CreateMultipartUpload")
        }
        "PUT" if query.contains("partNumber=") => Some("UploadPart"),
        "POST" if query.contains("uploadId=") => Some("CompleteMultipartUpload"),
        "DELETE" if query.contains("uploadId=") => Some("AbortMultipartUpload"),
        _ => None,
    };
    if let Some(name) = of_parts {
        return format!("S3.{name}");
    }
    let (first, rest) = method.split_at(1);
    format!("S3.{first}{}{thing}", rest.to_lowercase())
}

fn error(storage: bool, status: u16, code: &str) -> Response<Full<Bytes>> {
    let message = "as the test wants it";
    if storage {
        let body = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
        response(status, "application/xml", body)
    } else {
        let body = serde_json::json!({"__type": code, "message": message});
        response(status, "application/x-amz-json-1.1", body.to_string())
    }
}

fn response(status: u16, media_type: &str, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response.headers_mut().insert("content-type", media_type.parse().unwrap());
    response
        .headers_mut()
        .insert("x-amzn-requestid", "00000000-0000-4000-8000-000000000000".parse().unwrap());
    response
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::moto::Moto;
    use crate::wire::raw;

    const READ: &str = "AmazonSSM.GetParameter";
    const WRITE: &str = "AmazonSSM.PutParameter";

    /// A call as the SDK would send it, by hand; the head and the body of the answer, or "".
    async fn call(front: &AwsFaults, operation: &str, input: serde_json::Value) -> String {
        let address = front.url().trim_start_matches("http://").parse().unwrap();
        let (input, authorization) = (input.to_string(), crate::moto::credential("ssm"));
        let length = input.len();
        let request = format!(
            "POST / HTTP/1.1\r\nhost: aws\r\nx-amz-target: {operation}\r\nauthorization: {authorization}\r\n\
             content-type: application/x-amz-json-1.1\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{input}"
        );
        raw(address, request.as_bytes()).await
    }

    #[tokio::test]
    async fn fails_as_often_as_planned_and_counts() {
        let moto = Moto::start().await;
        moto.put_parameter("/own/faults/A", "a", "String").await;
        let front = moto.through_faults().await;
        front.plan(READ, 2, Fault::Throttled);
        front.plan(READ, 1, Fault::AccessDenied);
        front.plan(READ, 1, Fault::Internal);
        front.plan(READ, 1, Fault::Cut);
        front.plan(READ, 1, Fault::Hang);
        front.plan(WRITE, 1, Fault::Error(400, "TooManyUpdates"));
        let read = || call(&front, READ, json!({"Name": "/own/faults/A"}));
        for expected in [
            ("HTTP/1.1 400", "\"ThrottlingException\""),
            ("HTTP/1.1 400", "\"ThrottlingException\""),
            ("HTTP/1.1 400", "\"AccessDeniedException\""),
            ("HTTP/1.1 500", "\"InternalServerError\""),
            ("", ""),
            ("", ""),
            ("HTTP/1.1 200", "/own/faults/A"),
        ] {
            let answer = read().await;
            assert!(answer.starts_with(expected.0) && answer.contains(expected.1), "{expected:?}: {answer}");
            assert_eq!(answer.is_empty(), expected.0.is_empty(), "{expected:?}: {answer}");
        }
        let refused = call(&front, WRITE, json!({})).await;
        assert!(refused.contains("TooManyUpdates"), "{refused}");
        assert_eq!(front.counts(), BTreeMap::from([(READ.to_owned(), 7), (WRITE.to_owned(), 1)]));
        assert_eq!(front.seen()[0].request.body(), &br#"{"Name":"/own/faults/A"}"#[..]);
    }

    #[tokio::test]
    async fn an_answer_can_be_lost_after_the_deed() {
        let moto = Moto::start().await;
        let front = moto.through_faults().await;
        front.plan(WRITE, 1, Fault::CutAfter);
        let input = json!({"Name": "/own/faults/B", "Value": "b", "Type": "String"});
        assert_eq!(call(&front, WRITE, input).await, "");
        assert_eq!(moto.parameter("/own/faults/B").await, Some(("b".to_owned(), 1)));
    }

    #[tokio::test]
    async fn names_the_operations_of_s3() {
        for (method, path, expected) in [
            ("PUT", "/bucket/20260301/key", "S3.PutObject"),
            ("GET", "/bucket/key", "S3.GetObject"),
            ("HEAD", "/bucket/key", "S3.HeadObject"),
            ("GET", "/bucket?list-type=2", "S3.GetBucket"),
            ("PUT", "/bucket/", "S3.PutBucket"),
            ("POST", "/bucket/key?uploads", "S3.CreateMultipartUpload"),
            ("PUT", "/bucket/key?x-id=UploadPart&partNumber=1&uploadId=u", "S3.UploadPart"),
            ("POST", "/bucket/key?uploadId=u", "S3.CompleteMultipartUpload"),
            ("DELETE", "/bucket/key?x-id=AbortMultipartUpload&uploadId=u", "S3.AbortMultipartUpload"),
        ] {
            assert_eq!(operation(&wire::request(method, path, &[], "")), expected);
        }
    }
}
