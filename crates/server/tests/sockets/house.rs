//! A tea house to call: the server with a proxy whose source is a fake, and clients that write bytes.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use vizard_proxy::ports::{SystemClock, Upstream, UpstreamError};
use vizard_proxy::secrets::EnvironmentSecrets;
use vizard_proxy::settings::Settings;
use vizard_proxy::{Parts, Proxy};
use vizard_server::{Callers, Files, Limits, Server};

const RULES: &str = "
endpoints:
- pathTemplate: /v2/tea
  allowedMethods: [GET, POST]
  allowedQueryParams: []
  responseSchema: {properties: {leaves: {type: integer}}}
";

/// A running server.
pub(crate) struct House {
    pub(crate) address: SocketAddr,
    kitchen: Arc<Kitchen>,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<std::io::Result<()>>>,
}

impl House {
    pub(crate) async fn open(limits: Limits, more: &[(&str, &str)]) -> House {
        let basic = [
            ("TARGET_HOST", "tea.lumen-orchard.example"),
            ("SOURCE", "tea"),
            ("SOURCE_AUTH_STRATEGY_IDENTIFIER", "basic_auth"),
            ("RULES", RULES),
        ];
        let pairs = basic.iter().chain(more).map(|(name, value)| (name.to_string(), value.to_string()));
        let environment: BTreeMap<_, _> = pairs.collect();
        let names = ["PSOXY_SALT", "BASIC_AUTH_USER_ID", "BASIC_AUTH_PASSWORD", "CLIENT_SECRET"];
        let secrets = Arc::new(EnvironmentSecrets::from_pairs(names.map(|name| (name, "secret"))));
        let settings = Settings::read(&environment, &*secrets).await.unwrap();
        let kitchen = Arc::new(Kitchen::default());
        let parts = Parts { settings, secrets, upstream: kitchen.clone(), clock: Arc::new(SystemClock) };
        let proxy = Arc::new(Proxy::new(parts).unwrap());

        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let shutdown = async move { drop(stopped.await) };
        let server =
            Server { proxy, callers: Callers::Anybody, pushed: None, files: Files::default(), limits };
        let serving = tokio::spawn(server.serve(listener, shutdown));
        House { address, kitchen, stop: Some(stop), serving: Some(serving) }
    }

    /// How often the source was asked.
    pub(crate) fn calls(&self) -> usize {
        self.kitchen.calls.load(Ordering::SeqCst)
    }

    /// The source does not answer until it is released.
    pub(crate) fn hold(&self) {
        self.kitchen.held.store(true, Ordering::SeqCst);
    }

    pub(crate) fn release(&self) {
        self.kitchen.held.store(false, Ordering::SeqCst);
        self.kitchen.released.notify_waiters();
    }

    pub(crate) async fn until_called(&self) {
        while self.calls() == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Tells the server to stop.
    pub(crate) fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.serving.as_ref().is_some_and(JoinHandle::is_finished)
    }

    /// Returns when it has stopped.
    pub(crate) async fn stopped(&mut self) {
        self.serving.take().unwrap().await.unwrap().unwrap();
    }
}

#[derive(Debug, Default)]
struct Kitchen {
    calls: AtomicUsize,
    held: AtomicBool,
    released: Notify,
}

#[async_trait]
impl Upstream for Kitchen {
    async fn send(
        &self,
        _request: Request<Bytes>,
        _deadline: Instant,
    ) -> Result<Response<Bytes>, UpstreamError> {
        let released = self.released.notified();
        self.calls.fetch_add(1, Ordering::SeqCst);
        if self.held.load(Ordering::SeqCst) {
            released.await;
        }
        let body = Bytes::from_static(br#"{"leaves":7,"guest":"Mirela Castellan"}"#);
        Ok(Response::builder().header("content-type", "application/json").body(body).unwrap())
    }
}

/// Writes the bytes, and reads what the server says until it hangs up.
pub(crate) async fn talk(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // A server that has heard enough hangs up before the end.
    let _ = stream.write_all(request.as_bytes()).await;
    heard(&mut stream).await
}

/// Writes the bytes and waits with the connection open.
pub(crate) async fn leave_open(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    heard(&mut stream).await
}

/// Writes the bytes, and then one byte at a time for as long as the server listens.
pub(crate) async fn drip(address: SocketAddr, request: &str, pause: Duration) -> String {
    let (mut reader, mut writer) = TcpStream::connect(address).await.unwrap().into_split();
    writer.write_all(request.as_bytes()).await.unwrap();
    let dripping = tokio::spawn(async move {
        while writer.write_all(b"x").await.is_ok() {
            tokio::time::sleep(pause).await;
        }
    });
    let mut answer = Vec::new();
    let _ = reader.read_to_end(&mut answer).await;
    dripping.abort();
    String::from_utf8(answer).unwrap()
}

/// Writes the request again and again, reading nothing, until the server hangs up.
pub(crate) async fn ask_without_listening(address: SocketAddr, request: &str) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let many = request.repeat(1000);
    let asking = async { while stream.write_all(many.as_bytes()).await.is_ok() {} };
    tokio::time::timeout(PATIENCE, asking).await.expect("the server hangs up");
}

async fn heard(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A reset is a way of hanging up, too.
    let _ =
        tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("the server hangs up");
    String::from_utf8(answer).unwrap()
}

/// A GET by HTTP/2 with prior knowledge: the status and the body.
pub(crate) async fn over_http_2(address: SocketAddr, target: &str) -> (u16, String) {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = Request::get(format!("http://{address}{target}")).body(Empty::<Bytes>::new()).unwrap();
    let response = sender.send_request(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// Never reached unless something hangs.
const PATIENCE: Duration = Duration::from_secs(30);
