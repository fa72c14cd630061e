//! The HTTP side of one sandbox: what the runtime in the process asks and tells.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;

use super::{Failure, PAYLOAD_LIMIT};

/// An invocation on its way to the runtime.
#[derive(Debug)]
pub(super) struct Invocation {
    pub(super) id: String,
    pub(super) arn: String,
    pub(super) event: Bytes,
    pub(super) timeout: Duration,
    /// Told when the runtime has the event: its time begins.
    pub(super) taken: oneshot::Sender<()>,
    pub(super) answer: oneshot::Sender<Result<Bytes, Failure>>,
}

/// The endpoint. Dropping it closes the port.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) address: SocketAddr,
    pub(super) invocations: mpsc::UnboundedSender<Invocation>,
    /// Whether the runtime waits for an event.
    pub(super) waiting: watch::Receiver<bool>,
    shared: Arc<Shared>,
    accepting: AbortHandle,
}

#[derive(Debug)]
struct Shared {
    name: String,
    invocations: tokio::sync::Mutex<mpsc::UnboundedReceiver<Invocation>>,
    waiting: watch::Sender<bool>,
    current: Mutex<Option<Current>>,
    extensions: Mutex<Vec<String>>,
}

#[derive(Debug)]
struct Current {
    id: String,
    answer: oneshot::Sender<Result<Bytes, Failure>>,
}

impl Endpoint {
    /// Opens one for a function of this name.
    pub(super) async fn open(name: &str) -> Endpoint {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (invocations, receiver) = mpsc::unbounded_channel();
        let (waits, waiting) = watch::channel(false);
        let shared = Arc::new(Shared {
            name: name.to_owned(),
            invocations: tokio::sync::Mutex::new(receiver),
            waiting: waits,
            current: Mutex::default(),
            extensions: Mutex::default(),
        });
        let serving = shared.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = serving.clone();
                let service = service_fn(move |request| {
                    let shared = shared.clone();
                    async move { Ok::<_, hyper::Error>(shared.answer(request).await) }
                });
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        Endpoint { address, invocations, waiting, shared, accepting: accepting.abort_handle() }
    }

    /// Whether anything in the process registered as an extension.
    pub(super) fn has_extension(&self) -> bool {
        !self.shared.extensions.lock().unwrap().is_empty()
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Shared {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let path: Vec<&str> = head.uri.path().trim_matches('/').split('/').collect();
        match (&head.method, path.as_slice()) {
            (&Method::GET, ["2018-06-01", "runtime", "invocation", "next"]) => self.next().await,
            (&Method::POST, ["2018-06-01", "runtime", "invocation", id, "response"]) => {
                self.response(id, body).await
            }
            (&Method::POST, ["2018-06-01", "runtime", "invocation", id, "error"]) => {
                let (kind, message) = told(&head.headers, body).await;
                self.finish(id, Err(Failure::Reported { kind, message }))
            }
            (&Method::POST, ["2018-06-01", "runtime", "init", "error"]) => {
                let (kind, message) = told(&head.headers, body).await;
                // The process has not asked for the event, and will not.
                if let Ok(invocation) = self.invocations.lock().await.try_recv() {
                    let _ = invocation.answer.send(Err(Failure::NotStarted { kind, message }));
                }
                accepted()
            }
            (&Method::POST, ["2020-01-01", "extension", "register"]) => self.register(&head.headers),
            // An extension inside the process is only told of events it subscribed to; these subscribe to none.
            (&Method::GET, ["2020-01-01", "extension", "event", "next"]) => std::future::pending().await,
            _ => refused(404, "NotFound", "no such resource"),
        }
    }

    async fn next(&self) -> Response<Full<Bytes>> {
        let mut invocations = self.invocations.lock().await;
        self.waiting.send_replace(true);
        let Some(invocation) = invocations.recv().await else {
            return refused(500, "Closed", "the platform is gone");
        };
        self.waiting.send_replace(false);
        let Invocation { id, arn, event, timeout, taken, answer } = invocation;
        let deadline = (SystemTime::now() + timeout).duration_since(SystemTime::UNIX_EPOCH).unwrap();
        let response = Response::builder()
            .header("content-type", "application/json")
            .header("lambda-runtime-aws-request-id", &id)
            .header("lambda-runtime-deadline-ms", deadline.as_millis().to_string())
            .header("lambda-runtime-invoked-function-arn", arn)
            .header("lambda-runtime-trace-id", trace_id(&id));
        *self.current.lock().unwrap() = Some(Current { id, answer });
        let _ = taken.send(());
        response.body(Full::new(event)).unwrap()
    }

    async fn response(&self, id: &str, body: Incoming) -> Response<Full<Bytes>> {
        // More is read than allowed, to be able to say by how much, but not without end.
        let body = match Limited::new(body, 4 * PAYLOAD_LIMIT).collect().await {
            Ok(body) => body.to_bytes(),
            Err(_) => return refused(400, "InvalidRequest", "the response cannot be read"),
        };
        if body.len() > PAYLOAD_LIMIT {
            let message = format!("Exceeded maximum allowed payload size ({PAYLOAD_LIMIT} bytes).");
            self.finish(id, Err(Failure::ResponseTooLarge { bytes: body.len() }));
            return refused(413, "RequestEntityTooLarge", &message);
        }
        self.finish(id, Ok(body))
    }

    fn finish(&self, id: &str, answer: Result<Bytes, Failure>) -> Response<Full<Bytes>> {
        let mut current = self.current.lock().unwrap();
        match current.take() {
            Some(found) if found.id == id => {
                // Nobody listens when the time was over; the process is killed then.
                let _ = found.answer.send(answer);
                accepted()
            }
            other => {
                let known = other.is_some();
                *current = other;
                match known {
                    true => refused(400, "InvalidRequestID", "Invalid request ID"),
                    false => refused(403, "InvalidStateTransition", "State transition is not allowed"),
                }
            }
        }
    }

    fn register(&self, headers: &HeaderMap) -> Response<Full<Bytes>> {
        let Some(name) = headers.get("lambda-extension-name") else {
            return refused(400, "Extension.MissingHeader", "Missing Lambda-Extension-Name header");
        };
        self.extensions.lock().unwrap().push(name.to_str().unwrap().to_owned());
        let body = json!({"functionName": self.name, "functionVersion": "$LATEST", "handler": "bootstrap"});
        let mut response = answer(200, &body);
        let id = "00000000-0000-4000-8000-0000000000e1".parse().unwrap();
        response.headers_mut().insert("lambda-extension-identifier", id);
        response
    }
}

/// The type and the message of an error that a runtime tells.
async fn told(headers: &HeaderMap, body: Incoming) -> (String, String) {
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let header = headers.get("lambda-runtime-function-error-type").and_then(|it| it.to_str().ok());
    let kind = body["errorType"].as_str().or(header).unwrap_or("Unhandled");
    (kind.to_owned(), body["errorMessage"].as_str().unwrap_or_default().to_owned())
}

fn trace_id(id: &str) -> String {
    let digits: String = id.chars().filter(char::is_ascii_hexdigit).collect();
    format!("Root=1-{}-{};Parent={};Sampled=0", &digits[..8], &digits[8..32], &digits[..16])
}

fn accepted() -> Response<Full<Bytes>> {
    answer(202, &json!({"status": "OK"}))
}

fn refused(status: u16, kind: &str, message: &str) -> Response<Full<Bytes>> {
    answer(status, &json!({"errorType": kind, "errorMessage": message}))
}

fn answer(status: u16, body: &Value) -> Response<Full<Bytes>> {
    let response = Response::builder().status(status).header("content-type", "application/json");
    response.body(Full::from(body.to_string())).unwrap()
}
