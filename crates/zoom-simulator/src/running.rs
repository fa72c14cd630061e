//! Starting the simulator, and everything a test can do to it while it runs.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

use crate::account::Account;
use crate::config::Config;
use crate::connection::{Line, Scissors};
use crate::fault::{Fault, Target};
use crate::ledger::{Canary, canaries};
use crate::log::Recorded;
use crate::tour;

/// Starts simulators.
#[derive(Debug)]
pub struct Simulator;

impl Simulator {
    /// Binds a loopback port and serves on the current tokio runtime until the result is dropped.
    pub async fn start(config: Config) -> io::Result<Running> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, config.port)).await?;
        let url = format!("http://127.0.0.1:{}", listener.local_addr()?.port());
        let account = Arc::new(Account::new(&config, url));
        let accepting = tokio::spawn(accept(listener, Arc::clone(&account))).abort_handle();
        Ok(Running { account, accepting })
    }
}

/// A simulator at work. Dropping it closes the port and every connection.
pub struct Running {
    account: Arc<Account>,
    accepting: AbortHandle,
}

impl Running {
    /// The base URL, without a slash at the end: REST is below `/v2/`, tokens are at `/oauth/token`.
    pub fn url(&self) -> &str {
        &self.account.url
    }

    /// The account's time.
    pub fn now(&self) -> SystemTime {
        self.account.clock.now()
    }

    /// Lets time pass: tokens and pages expire, limits recover, meetings take place.
    pub fn advance(&self, by: Duration) {
        self.account.clock.advance(by);
    }

    /// Ends every access token, as when the app is deactivated.
    pub fn revoke_tokens(&self) {
        self.account.tokens.revoke_all();
    }

    /// Makes the next `requests` answers of `target` go wrong; `u32::MAX` means all of them.
    /// Faults queue up behind each other.
    pub fn set_fault(&self, target: Target, fault: Fault, requests: u32) {
        self.account.faults.push(target, fault, requests);
    }

    /// Forgets all faults to come.
    pub fn clear_faults(&self) {
        self.account.faults.clear();
    }

    /// How many REST requests came in.
    pub fn rest_requests(&self) -> u64 {
        self.account.log.rest()
    }

    /// How many REST requests came in, by raw path.
    pub fn rest_requests_by_path(&self) -> BTreeMap<String, u64> {
        self.account.log.by_path()
    }

    /// How many token requests came in.
    pub fn token_requests(&self) -> u64 {
        self.account.log.tokens()
    }

    /// The latest requests, oldest first.
    pub fn requests(&self) -> Vec<Recorded> {
        self.account.log.recent()
    }

    /// Forgets the requests and counts so far.
    pub fn clear_requests(&self) {
        self.account.log.clear();
    }

    /// Every string sent so far that must never leave a proxy in clear, and the credentials.
    pub fn secrets(&self) -> Vec<Canary> {
        self.account.ledger.all()
    }

    /// The secret strings of one answer of the REST API.
    pub fn secrets_of(&self, body: &[u8]) -> Vec<Canary> {
        serde_json::from_slice(body).map(|body| canaries(&body)).unwrap_or_default()
    }

    /// The secret strings of every answer that the account can give now, and the credentials.
    /// This visits every person and meeting, so it is for small worlds.
    pub fn world_secrets(&self) -> Vec<Canary> {
        let mut all = self.account.ledger.all();
        for answer in tour::answers(&self.account) {
            all.extend(canaries(&answer));
        }
        all.extend(self.account.tokens.known().into_iter().map(|text| Canary { kind: "token", text }));
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The id of a person, by number; the cast are 0 to 11.
    pub fn user_id(&self, index: u32) -> String {
        self.account.world.user(index).id
    }

    /// The e-mail address of a person, by number.
    pub fn user_email(&self, index: u32) -> String {
        self.account.world.user(index).email
    }

    /// The personal meeting id of a person, by number.
    pub fn user_pmi(&self, index: u32) -> u64 {
        self.account.world.user(index).pmi
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Running").field("url", &self.url()).finish_non_exhaustive()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Accepts until aborted; the connections end with it.
async fn accept(listener: TcpListener, account: Arc<Account>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(connections.spawn(serve(stream, Arc::clone(&account)))),
                // Out of descriptors, most likely: let some close.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Serves one connection, HTTP/1.1 or h2c.
async fn serve(stream: TcpStream, account: Arc<Account>) {
    // Small answers should not wait for more; if that cannot be set they wait.
    drop(stream.set_nodelay(true));
    let scissors = Scissors::default();
    let line = TokioIo::new(Line::new(stream, scissors.clone()));
    let answer = service_fn(move |request: http::Request<Incoming>| {
        let (account, scissors) = (Arc::clone(&account), scissors.clone());
        async move {
            let (parts, body) = request.into_parts();
            let body = match Limited::new(body, 1024 * 1024).collect().await {
                Ok(body) => body.to_bytes(),
                Err(_) => Bytes::new(),
            };
            let response = account.answer(http::Request::from_parts(parts, body), scissors).await;
            Ok::<_, std::convert::Infallible>(response)
        }
    });
    // A client that goes away is no failure of the server.
    drop(auto::Builder::new(TokioExecutor::new()).serve_connection(line, answer).await);
}
