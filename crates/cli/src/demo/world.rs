//! What the demonstration runs on: the simulated Zoom, the proxy before it, and the server before that.

use std::collections::BTreeMap;
use std::future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context as _, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http::Request;
use http::header::{ACCEPT, AUTHORIZATION};
use tokio::net::TcpListener;
use tracing::level_filters::LevelFilter;
use vizard_proxy::Proxy;
use vizard_proxy::ports::{Clock, SystemClock};
use vizard_proxy::secrets::EnvironmentSecrets;
use vizard_zoom_simulator::{ClockMode, Config, Running, Simulator};

use crate::demo::wire::{self, Reply};

/// Zoom and the proxy, both on loopback.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) zoom: Arc<Running>,
    /// Where the proxy listens.
    pub(crate) proxy: SocketAddr,
    zoom_address: SocketAddr,
    config: Config,
    log: Log,
}

impl World {
    pub(crate) async fn start() -> anyhow::Result<World> {
        let log = Log::default();
        let writer = log.clone();
        tracing::subscriber::set_global_default(vizard_proxy::log::lines(LevelFilter::INFO, move || {
            writer.clone()
        }))?;
        // Fields that no documentation knows are a test of every allow-list.
        let config = Config { extra_fields: true, clock: ClockMode::Running, ..Config::tiny() };
        let zoom = Arc::new(Simulator::start(config.clone()).await.context("could not start the simulator")?);
        let zoom_address = zoom.url().trim_start_matches("http://").parse()?;

        let environment = settings(&zoom, &config);
        let secrets = Arc::new(EnvironmentSecrets::from_pairs(environment.clone()));
        let clock = Arc::new(ZoomClock(zoom.clone()));
        let started = Proxy::start(&environment, secrets, clock).await;
        ensure!(started.problems.is_empty(), "could not start the proxy\n{}", started.problems.join("\n"));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("could not have a port")?;
        let address = listener.local_addr()?;
        tokio::spawn(vizard_server::serve(listener, Arc::new(started.proxy), future::pending()));
        Ok(World { zoom, proxy: address, zoom_address, config, log })
    }

    /// A call as an analytics platform makes it.
    pub(crate) async fn through_proxy(&self, method: &str, target: &str) -> anyhow::Result<Reply> {
        let request = Request::builder().method(method).uri(target).header(ACCEPT, "application/json");
        wire::send(self.proxy, request.body(Bytes::new())?).await
    }

    /// The same call without a proxy, as somebody with Zoom's credentials would make it.
    pub(crate) async fn straight(&self, target: &str) -> anyhow::Result<Reply> {
        let form = format!("grant_type=account_credentials&account_id={}", self.config.account_id);
        let credentials = BASE64.encode(format!("{}:{}", self.config.client_id, self.config.client_secret));
        let request = Request::post("/oauth/token")
            .header(AUTHORIZATION, format!("Basic {credentials}"))
            .header("content-type", "application/x-www-form-urlencoded");
        let granted = wire::send(self.zoom_address, request.body(form.into())?).await?.json();
        let token = granted["access_token"].as_str().context("the simulator grants no token")?;
        let request = Request::get(target).header(AUTHORIZATION, format!("Bearer {token}"));
        wire::send(self.zoom_address, request.body(Bytes::new())?).await
    }

    /// All log lines of the proxy so far.
    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&self.log.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

/// What an operator would set to try the proxy on his own machine. The rest is the Zoom connector's.
fn settings(zoom: &Running, config: &Config) -> BTreeMap<String, String> {
    let settings = [
        ("SOURCE", "zoom".to_owned()),
        ("TARGET_HOST", zoom.url().to_owned()),
        ("REFRESH_ENDPOINT", format!("{}/oauth/token", zoom.url())),
        ("VIZARD_ALLOW_LOOPBACK_HTTP", "true".to_owned()),
        ("PSOXY_SALT", "a salt for demonstrations only".to_owned()),
        ("PSOXY_ENCRYPTION_KEY", "a key for demonstrations only".to_owned()),
        ("CLIENT_ID", config.client_id.clone()),
        ("CLIENT_SECRET", config.client_secret.clone()),
        ("ACCOUNT_ID", config.account_id.clone()),
    ];
    settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Wall-clock time is Zoom's, so that both see the same hour pass. Deadlines are real.
#[derive(Debug)]
struct ZoomClock(Arc<Running>);

impl Clock for ZoomClock {
    fn now(&self) -> SystemTime {
        self.0.now()
    }

    fn instant(&self) -> Instant {
        SystemClock.instant()
    }

    fn jitter(&self, low: Duration, high: Duration) -> Duration {
        SystemClock.jitter(low, high)
    }

    fn request_id(&self) -> String {
        SystemClock.request_id()
    }
}

/// The proxy's log, kept to be searched.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
