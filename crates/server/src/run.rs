//! From the environment to a server that listens: what `vizard serve` and `vizard-server` do.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use vizard_proxy::ports::{Clock, SystemClock};
use vizard_proxy::settings::Environment;

use crate::callers::Callers;
use crate::deployed;
use crate::files;
use crate::listen::Listen;
use crate::pushed::Pushed;
use crate::serve::{Limits, Server};
use crate::signal::asked_to_stop;

/// Why a server does not run.
#[derive(Debug, Error)]
pub enum Stop {
    /// Settings or rules are wrong: all that is, a line for each.
    #[error("could not start\n{0}")]
    Configuration(String),
    /// The port cannot be had.
    #[error("could not listen on {0}: {1}")]
    Port(SocketAddr, io::Error),
    /// The system gives no threads, or the listener broke.
    #[error("{0}")]
    System(#[from] io::Error),
}

/// The settings of the server, for `--help`.
pub const SETTINGS: &str = "\
Environment:
  PORT                    the port to listen on (default 8080)
  VIZARD_BIND             the address to listen on (default 0.0.0.0 when PORT is
                          set, else 127.0.0.1)
  VIZARD_CALLER_AUTH      oidc (default), platform (such as Cloud Run) or none:
                          how callers are told from strangers
  VIZARD_OIDC_ISSUER, VIZARD_OIDC_AUDIENCES, VIZARD_OIDC_CALLERS
                          with oidc: whose tokens, made for whom, and which
                          callers
  VIZARD_TRUSTED_HOPS     how many proxies in front of this one append to
                          X-Forwarded-For (default 0)
  VIZARD_CONCURRENCY      how many requests are at work at a time (default 256);
                          those beyond get 503
  VIZARD_LOG              error, warn, info (default), debug or trace, for the
                          proxy's own log lines
  VIZARD_SECRETS_DIR      a directory with one file per secret; without it,
                          secrets are read from the environment
  SECRETS_STORE           GCP_SECRET_MANAGER (default on Cloud Run): secrets are
                          read from Secret Manager
  SOURCE, TARGET_HOST, PSOXY_SALT and all others: see the documentation

`GET /healthz` answers `ok` while the program runs. SIGTERM and SIGINT let
requests at work finish.";

/// Runs the server that the environment describes until it is told to stop.
///
/// # Errors
///
/// When it cannot start, or cannot go on.
pub fn run(environment: &dyn Environment) -> Result<(), Stop> {
    vizard_proxy::report_panics_by_place();
    vizard_proxy::keep_freed_memory();
    files::raise_limit();
    runtime()?.block_on(served(environment))
}

/// One thread for each core that this process may use. On a single core all is done by the first thread: a second
/// one would only take turns with it.
fn runtime() -> io::Result<Runtime> {
    let alone = std::thread::available_parallelism().is_ok_and(|cores| cores.get() == 1);
    let mut builder = if alone { Builder::new_current_thread() } else { Builder::new_multi_thread() };
    builder.enable_all().build()
}

async fn served(environment: &dyn Environment) -> Result<(), Stop> {
    let on_cloud_run = environment.given("K_SERVICE").is_some();
    let listen = Listen::read(|name| environment.value(name));
    let level = listen.as_ref().map_or_else(|_| Listen::default().log, |it| it.log);
    if on_cloud_run {
        vizard_proxy::log::to_cloud_logging(level);
    } else {
        vizard_proxy::log::to_standard_error(level);
    }
    let (listen, server) = match (listen, configured(environment, on_cloud_run).await) {
        (Ok(listen), Ok(server)) => (listen, server),
        (listen, server) => {
            let all = [listen.err().unwrap_or_default(), server.err().unwrap_or_default()].concat();
            for problem in &all {
                tracing::error!(problem, "cannot serve requests");
            }
            return Err(Stop::Configuration(all.join("\n").trim_end().to_owned()));
        }
    };
    let Listen { address, trusted_hops, concurrency, .. } = listen;
    let listener = TcpListener::bind(address).await.map_err(|error| Stop::Port(address, error))?;
    let address = listener.local_addr()?;
    let callers = server.callers.how();
    tracing::info!(%address, callers, trusted_hops, concurrency, "listening");
    let limits = Limits { trusted_hops, requests: concurrency, ..server.limits };
    Ok(Server { limits, ..server }.serve(listener, asked_to_stop()).await?)
}

/// A server with a proxy that can serve; one that could only report its health is none to start a server for.
async fn configured(environment: &dyn Environment, on_cloud_run: bool) -> Result<Server, Vec<String>> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let callers = Callers::read(environment, clock.clone());
    let pushed = Pushed::read(environment, clock.clone());
    let started = deployed::start(environment, clock).await.and_then(|(started, files)| {
        for warning in &started.warnings {
            tracing::warn!(warning, "check the configuration");
        }
        if started.problems.is_empty() { Ok((started.proxy, files)) } else { Err(started.problems) }
    });
    let ((proxy, files), callers, pushed) = match (started, callers, pushed) {
        (Ok(proxy), Ok(callers), Ok(pushed)) => (proxy, callers, pushed),
        (proxy, callers, pushed) => {
            let all = [callers.err(), pushed.err(), proxy.err()];
            return Err(all.into_iter().flatten().flatten().collect());
        }
    };
    if let Callers::Anybody = callers {
        tracing::warn!(warning = ANYBODY, "check the configuration");
    }
    let proxy = Arc::new(proxy.with_callers_authenticated_by(callers.how()));
    let limits = if on_cloud_run {
        Limits { drain: DRAIN, settle: SETTLE, ..Limits::default() }
    } else {
        Limits::default()
    };
    Ok(Server { proxy, callers, pushed, files, limits })
}

const ANYBODY: &str = "VIZARD_CALLER_AUTH is none: whoever reaches the port may call";

/// Cloud Run ends a program ten seconds after it has told it to stop.
const DRAIN: Duration = Duration::from_secs(7);
const SETTLE: Duration = Duration::from_secs(2);
