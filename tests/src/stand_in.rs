//! A source that answers whatever a test wants, over real HTTP on loopback: for bodies and headers that no
//! simulator would send. Its token endpoint always grants.

use std::fmt;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

type Answer = Box<dyn Fn(&Request<Bytes>) -> Response<Bytes> + Send + Sync>;

/// A source of our own. Dropping it closes the port.
pub struct StandIn {
    url: String,
    answer: Arc<Mutex<Answer>>,
    seen: Arc<Mutex<Vec<Request<Bytes>>>>,
    accepting: AbortHandle,
}

impl StandIn {
    /// Starts one that answers `{}`.
    pub async fn start() -> StandIn {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let answer: Arc<Mutex<Answer>> = Arc::new(Mutex::new(Box::new(|_| json("{}"))));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (answering, noting) = (answer.clone(), seen.clone());
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, seen) = (answering.clone(), noting.clone());
                let service = service_fn(move |request: Request<Incoming>| {
                    let (answer, seen) = (answer.clone(), seen.clone());
                    async move {
                        let (head, body) = request.into_parts();
                        let request = Request::from_parts(head, body.collect().await?.to_bytes());
                        let response = if request.uri().path() == "/oauth/token" {
                            json(
                                r#"{"access_token":"stand-in-token-7Qd2","token_type":"bearer","expires_in":3600}"#,
                            )
                        } else {
                            let response = answer.lock().unwrap()(&request);
                            seen.lock().unwrap().push(request);
                            response
                        };
                        Ok::<_, hyper::Error>(response.map(Full::new))
                    }
                });
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        StandIn { url, answer, seen, accepting: accepting.abort_handle() }
    }

    /// The base URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Decides what it answers from now on.
    pub fn answer(&self, answer: impl Fn(&Request<Bytes>) -> Response<Bytes> + Send + Sync + 'static) {
        *self.answer.lock().unwrap() = Box::new(answer);
    }

    /// What it was asked, the token endpoint left out.
    pub fn seen(&self) -> Vec<Request<Bytes>> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl fmt::Debug for StandIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StandIn")
    }
}

/// A JSON answer with status 200.
pub fn json(body: impl Into<Bytes>) -> Response<Bytes> {
    Response::builder().header("content-type", "application/json").body(body.into()).unwrap()
}
