//! A client small enough to see what it sends.

use http::{HeaderMap, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tokio::net::TcpStream;
use vizard_zoom_simulator::{Config, Running, Simulator};

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// A simulator and a token for it.
pub(crate) struct Zoom {
    pub(crate) running: Running,
    pub(crate) token: String,
}

impl Zoom {
    pub(crate) async fn start(config: Config) -> Zoom {
        let running = Simulator::start(config.clone()).await.expect("a loopback port is free");
        let token = grant(&running, &config).await.json()["access_token"].as_str().unwrap_or("").to_owned();
        Zoom { running, token }
    }

    pub(crate) async fn get(&self, target: &str) -> Answer {
        let header = ("authorization", format!("Bearer {}", self.token));
        send(&self.running, "GET", target, &[header], "").await.expect("the simulator answers")
    }

    /// The answer to a request that succeeds.
    pub(crate) async fn json(&self, target: &str) -> Value {
        let answer = self.get(target).await;
        assert_eq!(answer.status, 200, "{target}: {:?}", answer.body);
        answer.json()
    }

    /// Status, code and message of a request that fails.
    pub(crate) async fn problem(&self, target: &str) -> (u16, i64, String) {
        let answer = self.get(target).await;
        let body = answer.json();
        let code = body["code"].as_i64().unwrap_or_default();
        (answer.status, code, body["message"].as_str().unwrap_or_default().to_owned())
    }

    /// All items of a list, page by page.
    pub(crate) async fn all(&self, target: &str, name: &str) -> Vec<Value> {
        let (mut items, mut next) = (Vec::new(), String::new());
        loop {
            let joint = if target.contains('?') { '&' } else { '?' };
            let page = match next.as_str() {
                "" => self.json(target).await,
                token => self.json(&format!("{target}{joint}next_page_token={token}")).await,
            };
            items.extend(page[name].as_array().expect("a list").iter().cloned());
            next = page["next_page_token"].as_str().expect("a token").to_owned();
            if next.is_empty() {
                return items;
            }
        }
    }
}

/// A token request as the proxy sends it.
pub(crate) async fn grant(running: &Running, config: &Config) -> Answer {
    let form = format!("grant_type=account_credentials&account_id={}", config.account_id);
    let headers = [
        ("authorization", basic(&config.client_id, &config.client_secret)),
        ("content-type", "application/x-www-form-urlencoded".to_owned()),
    ];
    send(running, "POST", "/oauth/token", &headers, &form).await.expect("the simulator answers")
}

pub(crate) fn basic(id: &str, secret: &str) -> String {
    use base64::Engine as _;
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{id}:{secret}")))
}

/// A meeting UUID as a path segment.
pub(crate) fn uuid_segment(uuid: &str) -> String {
    let once = utf8_percent_encode(uuid, NON_ALPHANUMERIC).to_string();
    match uuid.starts_with('/') || uuid.contains("//") {
        true => utf8_percent_encode(&once, NON_ALPHANUMERIC).to_string(),
        false => once,
    }
}

/// One request on a connection of its own. Fails if there is no complete answer.
pub(crate) async fn send(
    running: &Running,
    method: &str,
    target: &str,
    headers: &[(&str, String)],
    body: &str,
) -> Result<Answer, hyper::Error> {
    let address = running.url().strip_prefix("http://").expect("plain HTTP");
    let stream = TcpStream::connect(address).await.expect("the simulator listens");
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let mut request = Request::builder().method(method).uri(target).header("host", address);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let request = request.body(Full::new(Bytes::from(body.to_owned()))).expect("a valid request");
    let (parts, body) = sender.send_request(request).await?.into_parts();
    let body = body.collect().await?.to_bytes();
    Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body })
}
