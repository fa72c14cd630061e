//! A simulated Zoom on loopback and the real proxy in front of it, configured as an operator would: settings,
//! a secret store, a clock. [`World::zoom`] is where most tests begin.
//!
//! Everything that the proxy answers is kept, and [`World::assert_nothing_leaked`] searches it, with the log of the
//! process, for every string that the simulator knows to be secret.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::Request;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use vizard_proxy::ports::Clock;
use vizard_proxy::{Client, Platform, Proxy, Started};
use vizard_server::{Callers, Files, Limits, Pushed, Server};
use vizard_zoom_simulator::{Canary, Config, Running, Simulator};

use crate::clock::TestClock;
use crate::keys;
use crate::log;
use crate::outputs::{Buckets, WaitingCalls};
use crate::secrets::FakeSecrets;
use crate::spellings::Search;
use crate::wire::{self, Reply};

/// Zoom, and a proxy deployed for it.
#[derive(Debug)]
pub struct World {
    /// The source.
    pub zoom: Arc<Running>,
    /// The proxy.
    pub deployment: Deployment,
}

impl World {
    /// Twelve people, frozen time, no rate limits, fields that no documentation knows.
    pub async fn zoom() -> World {
        World::with(Config { extra_fields: true, ..Config::tiny() }, &[]).await
    }

    /// Another Zoom, or other settings.
    pub async fn with(config: Config, settings: &[(&str, &str)]) -> World {
        let secrets = FakeSecrets::for_zoom(&config.client_id, &config.client_secret, &config.account_id);
        World::sharing(config, settings, Arc::new(secrets)).await
    }

    /// A deployment on this secret store.
    pub async fn sharing(config: Config, settings: &[(&str, &str)], secrets: Arc<FakeSecrets>) -> World {
        let zoom = Arc::new(Simulator::start(config).await.unwrap());
        let clock = Arc::new(TestClock::of_zoom(zoom.clone()));
        let deployment = Deployment::start(zoom.url(), settings, secrets, clock).await;
        World { zoom, deployment }
    }

    /// One more proxy for the same Zoom, on the same secret store.
    pub async fn second_deployment(&self) -> Deployment {
        let clock = Arc::new(TestClock::of_zoom(self.zoom.clone()));
        Deployment::start(self.zoom.url(), &[], self.deployment.secrets.clone(), clock).await
    }

    /// Asks the proxy.
    pub async fn get(&self, target: &str) -> Reply {
        self.deployment.get(target).await
    }

    /// Asks the proxy.
    pub async fn ask(&self, request: Request<Bytes>) -> Reply {
        self.deployment.ask(request).await
    }

    /// The reversible token of a person, by number.
    pub fn user_token(&self, index: u32) -> String {
        let id = self.zoom.user_id(index);
        keys::pseudonymizer().token(&id, vizard_pseudonym::Kind::Reversible).unwrap()
    }

    /// No answer so far, and no line of the log, holds anything that the simulator sent and must not get out.
    pub fn assert_nothing_leaked(&self) {
        let secrets = self.zoom.secrets();
        assert!(!secrets.is_empty(), "the simulator was never asked");
        self.deployment.assert_free_of(&secrets);
    }
}

/// A proxy as an operator deploys it.
#[derive(Debug)]
pub struct Deployment {
    /// The proxy.
    pub proxy: Arc<Proxy>,
    /// Its secret store.
    pub secrets: Arc<FakeSecrets>,
    /// Where it puts answers: `memory://NAME`.
    pub buckets: Arc<Buckets>,
    /// Its queue.
    pub queue: Arc<WaitingCalls>,
    /// What keeps it from serving.
    pub problems: Vec<String>,
    /// What looks like a mistake of the operator.
    pub warnings: Vec<String>,
    transcript: Mutex<String>,
    logged_before: usize,
}

impl Deployment {
    /// Deploys a proxy for the source `zoom` at `url`.
    pub async fn start(
        url: &str,
        settings: &[(&str, &str)],
        secrets: Arc<FakeSecrets>,
        clock: Arc<dyn Clock>,
    ) -> Deployment {
        let endpoint = format!("{url}/oauth/token");
        let usual = [
            ("SOURCE", "zoom"),
            ("TARGET_HOST", url),
            ("REFRESH_ENDPOINT", &endpoint),
            ("VIZARD_ALLOW_LOOPBACK_HTTP", "true"),
        ];
        let pairs = usual.iter().chain(settings);
        let mut environment: BTreeMap<String, String> =
            pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        environment.retain(|_, value| value != UNSET);
        Deployment::configured(environment, secrets, clock).await
    }

    /// Deploys a proxy with exactly these settings.
    pub async fn configured(
        environment: BTreeMap<String, String>,
        secrets: Arc<FakeSecrets>,
        clock: Arc<dyn Clock>,
    ) -> Deployment {
        log::keep();
        let logged_before = log::length();
        let (buckets, queue) = (Arc::new(Buckets::default()), Arc::new(WaitingCalls::default()));
        let platform = Platform {
            secrets: secrets.clone(),
            clock,
            destinations: buckets.clone(),
            queue: Some(queue.clone()),
            workload: None,
        };
        let Started { proxy, problems, warnings, .. } = Proxy::start_on(&environment, platform).await;
        Deployment {
            proxy: Arc::new(proxy),
            secrets,
            buckets,
            queue,
            problems,
            warnings,
            transcript: Mutex::default(),
            logged_before,
        }
    }

    /// Asks for a path and query, from this machine.
    pub async fn get(&self, target: &str) -> Reply {
        self.ask(Request::get(target).body(Bytes::new()).unwrap()).await
    }

    /// Asks, from this machine.
    pub async fn ask(&self, request: Request<Bytes>) -> Reply {
        self.ask_as(request, Client { address: Some(Ipv4Addr::LOCALHOST.into()), https: None }).await
    }

    /// Asks, as somebody.
    pub async fn ask_as(&self, request: Request<Bytes>, client: Client) -> Reply {
        let reply = Reply::of(self.proxy.handle(request, client).await);
        self.note(&reply);
        reply
    }

    /// Keeps an answer that came in another way, to be searched with the others.
    pub fn note(&self, reply: &Reply) {
        let text = format!("{} {:?}\n{}\n", reply.status, reply.headers, reply.text());
        self.transcript.lock().unwrap().push_str(&text);
    }

    /// Everything that was answered so far, and everything that was logged since the start, be it by others.
    pub fn output(&self) -> String {
        let transcript = self.transcript.lock().unwrap();
        format!(
            "{transcript}\n{}\n{:?} {:?} {:?}",
            log::text_since(self.logged_before),
            self.proxy,
            self.problems,
            self.warnings
        )
    }

    /// Nothing that was answered or logged holds one of these, in any spelling.
    pub fn assert_free_of(&self, canaries: &[Canary]) {
        let output = self.output();
        let search = Search::of(canaries.iter().map(Canary::spellings));
        let found: Vec<_> = search.find(&output).into_iter().map(|number| &canaries[number]).collect();
        assert!(found.is_empty(), "{} of {} secrets leaked: {found:?}", found.len(), canaries.len());
    }

    /// Serves the proxy on a port of its own until the result is dropped.
    pub async fn serve(&self) -> Served {
        self.serve_to(Callers::Anybody, None, Limits::default()).await
    }

    /// The same for these callers, with this queue, within these limits.
    pub async fn serve_to(&self, callers: Callers, pushed: Option<Pushed>, limits: Limits) -> Served {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let files = Files::default();
        let server = Server { proxy: self.proxy.clone(), callers, pushed, limits, files };
        let serving = server.serve(listener, std::future::pending());
        Served { address, serving: tokio::spawn(serving).abort_handle() }
    }
}

/// In the place of a value: the setting is absent.
pub const UNSET: &str = "(unset)";

/// A proxy behind a real socket.
#[derive(Debug)]
pub struct Served {
    /// Where it listens.
    pub address: SocketAddr,
    serving: AbortHandle,
}

impl Served {
    /// Asks over HTTP.
    pub async fn send(&self, request: Request<Bytes>) -> Reply {
        wire::send(self.address, request).await
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
