//! Accepts connections until told to stop, then lets those that are at work finish.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use vizard_proxy::Proxy;

use crate::busy::Busy;
use crate::callers::Callers;
use crate::events::Files;
use crate::exchange::Exchange;
use crate::pushed::Pushed;
use crate::socket::{Socket, Waits};
use crate::turned_away;

/// A proxy, and who may reach it over a socket.
#[derive(Debug)]
pub struct Server {
    /// What answers.
    pub proxy: Arc<Proxy>,
    /// Who may call.
    pub callers: Callers,
    /// Where queued calls come back from, if there is a queue.
    pub pushed: Option<Pushed>,
    /// What is done about files that Cloud Storage tells of.
    pub files: Files,
    /// How much of everything.
    pub limits: Limits,
}

/// How much of everything, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at a time. Those beyond are told that there is no room, and closed.
    pub connections: usize,
    /// Requests at work at a time; those beyond are answered with 503.
    pub requests: usize,
    /// Requests at a time on one HTTP/2 connection.
    pub streams: u32,
    /// Bytes of a request's head; more are answered with 431.
    pub head: usize,
    /// How long a head may take from its first byte, and a new connection until its first head.
    pub head_wait: Duration,
    /// How long a connection may be idle between requests.
    pub idle: Duration,
    /// How long a body may take. How large it may be, the proxy says; more is answered with 413.
    pub body_wait: Duration,
    /// How long a client may take nothing of its answer.
    pub write_wait: Duration,
    /// How long requests at work may take after the server was told to stop.
    pub drain: Duration,
    /// How long, after that, the proxy may take to keep a credential that it is fetching.
    pub settle: Duration,
    /// How many proxies in front of us are believed about their peers.
    pub trusted_hops: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connections: 4096,
            requests: 256,
            streams: 100,
            head: 64 * 1024,
            head_wait: Duration::from_secs(10),
            idle: Duration::from_secs(75), // longer than load balancers keep theirs
            body_wait: Duration::from_secs(60),
            write_wait: Duration::from_secs(60),
            drain: Duration::from_secs(25),
            settle: Duration::from_secs(5),
            trusted_hops: 0,
        }
    }
}

/// Serves the proxy to anybody who reaches the port, with the default limits, until `shutdown` is done and requests at
/// work are answered.
///
/// # Errors
///
/// When the listener cannot be used any more.
pub async fn serve(
    listener: TcpListener,
    proxy: Arc<Proxy>,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let (pushed, files) = (None, Files::default());
    let server = Server { proxy, callers: Callers::Anybody, pushed, files, limits: Limits::default() };
    server.serve(listener, shutdown).await
}

impl Server {
    /// Serves until `shutdown` is done and requests at work are answered.
    ///
    /// # Errors
    ///
    /// When the listener cannot be used any more.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()>) -> io::Result<()> {
        let server = Arc::new(self);
        let limits = &server.limits;
        let http = Arc::new(protocol(limits));
        let (busy, doors) = (Busy::new(limits.requests), Arc::new(Semaphore::new(limits.connections)));
        let (graceful, refusals) = (GracefulShutdown::new(), Arc::new(Semaphore::new(turned_away::AT_ONCE)));
        let mut connections = JoinSet::new();
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let (stream, peer) = tokio::select! {
                accepted = accept(&listener) => accepted,
                () = &mut shutdown => break,
            };
            while connections.try_join_next().is_some() {}
            let Ok(door) = doors.clone().try_acquire_owned() else {
                busy.count();
                if let Ok(refusal) = refusals.clone().try_acquire_owned() {
                    connections.spawn(turned_away::tell(stream, refusal));
                }
                continue;
            };
            let ambiguous = Arc::new(AtomicBool::new(false));
            let waits = Waits { head: limits.head_wait, write: limits.write_wait };
            let socket = Socket::new(stream, waits, ambiguous.clone());
            let exchange =
                Exchange { server: server.clone(), busy: busy.clone(), peer: peer.ip(), ambiguous };
            let (http, watcher) = (http.clone(), graceful.watcher());
            connections.spawn(async move {
                let service = service_fn(move |request: Request<Incoming>| {
                    let exchange = exchange.clone();
                    async move { Ok::<_, std::convert::Infallible>(exchange.answer(request).await) }
                });
                let connection = http.serve_connection(TokioIo::new(socket), service).into_owned();
                // Why a connection ended is its client's affair.
                let _ = watcher.watch(connection).await;
                drop(door);
            });
        }
        drop(listener);
        tracing::info!(connections = graceful.count(), "stopping");
        if tokio::time::timeout(limits.drain, graceful.shutdown()).await.is_err() {
            tracing::warn!(seconds = limits.drain.as_secs(), "requests were still at work and are cut off");
        }
        connections.shutdown().await;
        // A request that has gone leaves behind what it began and must not be lost: a replaced refresh token.
        if tokio::time::timeout(limits.settle, server.proxy.settle()).await.is_err() {
            tracing::warn!("a credential was still being fetched and is cut off");
        }
        Ok(())
    }
}

/// The next connection. It is accepted whether there is room for it or not: a client that hears nothing waits.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Answers are written whole; waiting for more to send gains nothing.
                let _ = stream.set_nodelay(true);
                return (stream, peer);
            }
            // One client's connection failed, or file descriptors are scarce: both pass.
            Err(error) => {
                tracing::warn!(kind = %error.kind(), "could not accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

/// HTTP/1.1, or HTTP/2 when the client begins so.
fn protocol(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.idle) // the wait for a next request; a head that has begun is `Socket`'s
        .max_buf_size(limits.head)
        .keep_alive(true);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(u32::try_from(limits.head).unwrap_or(u32::MAX))
        .keep_alive_interval(limits.idle)
        .keep_alive_timeout(limits.head_wait);
    builder
}
