//! `vizard serve`: the proxy as a server, configured by the environment. Wiring only.

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use vizard_proxy::Proxy;
use vizard_proxy::ports::{SecretStore, SystemClock};
use vizard_proxy::secrets::{DirectorySecrets, EnvironmentSecrets};
use vizard_proxy::settings::{Environment, ProcessEnvironment};
use vizard_server::{Limits, Listen};

use crate::exit::{Code, Stop};

pub(crate) const SETTINGS: &str = "\
Environment:
  PORT                    the port to listen on (default 8080)
  VIZARD_BIND             the address to listen on (default 0.0.0.0 when PORT is set, else 127.0.0.1)
  VIZARD_TRUSTED_HOPS     how many proxies in front of this one append to X-Forwarded-For (default 0)
  VIZARD_LOG              error, warn, info (default), debug or trace, for the proxy's own log lines
  VIZARD_SECRETS_DIR      a directory with one file per secret; without it, secrets are read from the environment
  SOURCE, TARGET_HOST, PSOXY_SALT and all others: see the documentation

`GET /healthz` answers `ok` while the program runs. SIGTERM and SIGINT let requests at work finish.";

pub(crate) fn run() -> Result<(), Stop> {
    vizard_proxy::report_panics_by_place();
    keep_freed_memory();
    runtime().map_err(|error| Stop::new(Code::Unavailable, error))?.block_on(serve())
}

/// One thread for each core that this process may use. On a single core all is done by the first thread: a second
/// one would only take turns with it.
fn runtime() -> std::io::Result<Runtime> {
    let alone = std::thread::available_parallelism().is_ok_and(|cores| cores.get() == 1);
    let mut builder = if alone { Builder::new_current_thread() } else { Builder::new_multi_thread() };
    builder.enable_all().build()
}

/// The allocator of glibc gives freed memory back to the system, and the next page of results has to fetch it anew,
/// 4 KB at a time: as much work as all else that the proxy does for it. How much is kept instead follows from the
/// largest block that was seen freed, so here is one. Other allocators take no notice.
fn keep_freed_memory() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(1 << 20)));
}

async fn serve() -> Result<(), Stop> {
    let variable = |name: &str| ProcessEnvironment.value(name);
    let listen = Listen::read(variable);
    vizard_proxy::log::to_standard_error(listen.as_ref().map_or_else(|_| Listen::default().log, |it| it.log));
    let proxy = configured().await;
    let (listen, proxy) = match (listen, proxy) {
        (Ok(listen), Ok(proxy)) => (listen, proxy),
        (listen, proxy) => {
            let all = [listen.err().unwrap_or_default(), proxy.err().unwrap_or_default()].concat().join("\n");
            return Err(Stop::because(
                Code::Configuration,
                format_args!("could not start\n{}", all.trim_end()),
            ));
        }
    };
    let unavailable = |error: std::io::Error| {
        Stop::because(Code::Unavailable, format_args!("could not listen on {}: {error}", listen.address))
    };
    let listener = TcpListener::bind(listen.address).await.map_err(unavailable)?;
    let address = listener.local_addr().map_err(unavailable)?;
    tracing::info!(%address, trusted_hops = listen.trusted_hops, "listening");
    let limits = Limits { trusted_hops: listen.trusted_hops, ..Limits::default() };
    let served =
        vizard_server::serve_within(limits, listener, Arc::new(proxy), vizard_server::asked_to_stop());
    served.await.map_err(|error| Stop::new(Code::Unavailable, error))
}

/// A proxy that can serve; one that could only report its health is none to start a server for.
async fn configured() -> Result<Proxy, Vec<String>> {
    let secrets = secrets().map_err(|problem| vec![problem])?;
    let started = Proxy::start(&ProcessEnvironment, secrets, Arc::new(SystemClock)).await;
    for warning in started.warnings {
        tracing::warn!(warning, "check the configuration");
    }
    if started.problems.is_empty() { Ok(started.proxy) } else { Err(started.problems) }
}

/// A directory if one is named, else the environment.
fn secrets() -> Result<Arc<dyn SecretStore>, String> {
    match std::env::var_os("VIZARD_SECRETS_DIR").filter(|path| !path.is_empty()) {
        Some(path) => match DirectorySecrets::open(path, Arc::new(SystemClock)) {
            Ok(store) => Ok(Arc::new(store)),
            Err(error) => Err(format!("VIZARD_SECRETS_DIR could not be opened: {error}")),
        },
        None => Ok(Arc::new(EnvironmentSecrets::of_process())),
    }
}
