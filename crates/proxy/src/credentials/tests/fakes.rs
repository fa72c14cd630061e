//! A token endpoint, a store and a clock that do as they are told and remember what was asked.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use vizard_pseudonym::Secret;

use super::super::{Authorization, Credentials, Exchange, Grant, ServiceAccount, Strategy};
use crate::ports::{Clock, Lease, SecretStore, StoreError, Upstream, UpstreamError, Workload};
use crate::secrets::{Namespaces, Secrets};

pub(super) const ENDPOINT: &str = "https://zoom.lumen-orchard.example/oauth/token";

/// What happened, in order, over all fakes of a world.
pub(super) type Log = Arc<Mutex<Vec<String>>>;

#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) endpoint: Arc<PlayedEndpoint>,
    pub(super) store: Arc<PlayedStore>,
    pub(super) clock: Arc<SetClock>,
    pub(super) log: Log,
}

impl World {
    pub(super) fn new(secrets: &[(&str, &str)]) -> World {
        let log = Log::default();
        let world = World {
            endpoint: Arc::new(PlayedEndpoint { log: log.clone(), ..PlayedEndpoint::default() }),
            store: Arc::new(PlayedStore { log: log.clone(), ..PlayedStore::default() }),
            clock: Arc::new(SetClock::default()),
            log,
        };
        for (name, value) in secrets {
            world.store.put(name, value);
        }
        world
    }

    pub(super) fn zoom() -> World {
        World::new(&[("ACCOUNT_ID", "account"), ("CLIENT_ID", " client\n"), ("CLIENT_SECRET", "secret \n")])
    }

    /// Another process: the same endpoint and store, nothing in memory.
    pub(super) fn credentials(&self, strategy: Strategy) -> Credentials {
        let secrets = Secrets::new(self.store.clone(), Namespaces::default());
        Credentials::new(strategy, secrets, self.endpoint.clone(), self.clock.clone(), None)
    }

    /// A service account, with its key in the store or as the program's own.
    pub(super) fn account(&self, workload: Option<Arc<dyn Workload>>) -> Credentials {
        let secrets = Secrets::new(self.store.clone(), Namespaces::default());
        let strategy = Strategy::ServiceAccount(account());
        Credentials::new(strategy, secrets, self.endpoint.clone(), self.clock.clone(), workload)
    }

    pub(super) fn grant(&self, grant: Grant) -> Credentials {
        self.credentials(Strategy::Exchange(exchange(grant)))
    }

    pub(super) fn shared(&self) -> Credentials {
        let exchange = Exchange { shared_token: true, ..exchange(Grant::AccountCredentials) };
        self.credentials(Strategy::Exchange(exchange))
    }

    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + Duration::from_secs(100)
    }

    pub(super) fn log(&self) -> Vec<String> {
        std::mem::take(&mut self.log.lock().unwrap())
    }
}

pub(super) fn exchange(grant: Grant) -> Exchange {
    Exchange {
        endpoint: ENDPOINT.parse().unwrap(),
        grant,
        shared_token: false,
        client_id: None,
        account_id: None,
        scope: None,
        patience: Duration::from_secs(20),
    }
}

pub(super) fn account() -> ServiceAccount {
    let scopes = ["https://www.googleapis.com/auth/drive.readonly", "openid"].map(str::to_owned);
    ServiceAccount { scopes: scopes.to_vec(), loopback_http: false, patience: Duration::from_secs(20) }
}

/// The header that a request would carry.
pub(super) fn sent(authorization: &Authorization) -> String {
    let mut headers = HeaderMap::new();
    authorization.apply(&mut headers);
    headers[authorization.header_name()].to_str().unwrap().to_owned()
}

/// Gives `token-1`, `token-2`, … unless something else is queued.
#[derive(Debug, Default)]
pub(super) struct PlayedEndpoint {
    pub(super) answers: Mutex<VecDeque<Result<(u16, String), UpstreamError>>>,
    pub(super) seen: Mutex<Vec<Request<Bytes>>>,
    pub(super) slow: Mutex<Duration>,
    log: Log,
}

impl PlayedEndpoint {
    pub(super) fn play(&self, status: u16, body: &str) {
        self.answers.lock().unwrap().push_back(Ok((status, body.to_owned())));
    }

    pub(super) fn fail(&self, error: UpstreamError) {
        self.answers.lock().unwrap().push_back(Err(error));
    }

    pub(super) fn calls(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    pub(super) fn form(&self, call: usize) -> String {
        String::from_utf8(self.seen.lock().unwrap()[call].body().to_vec()).unwrap()
    }
}

#[async_trait]
impl Upstream for PlayedEndpoint {
    async fn send(&self, request: Request<Bytes>, _: Instant) -> Result<Response<Bytes>, UpstreamError> {
        let number = {
            let mut seen = self.seen.lock().unwrap();
            seen.push(request);
            seen.len()
        };
        self.log.lock().unwrap().push("ask".to_owned());
        let slow = *self.slow.lock().unwrap();
        if !slow.is_zero() {
            tokio::time::sleep(slow).await;
        }
        let played = self.answers.lock().unwrap().pop_front();
        let usual = || Ok((200, format!(r#"{{"access_token":"token-{number}","expires_in":3600}}"#)));
        let (status, body) = played.unwrap_or_else(usual)?;
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = status.try_into().unwrap();
        Ok(response)
    }
}

#[derive(Debug, Default)]
pub(super) struct PlayedStore {
    values: Mutex<BTreeMap<String, Secret>>,
    leases: Mutex<BTreeMap<String, String>>,
    unreadable: AtomicBool,
    reads: AtomicUsize,
    /// What writes and leases fail with.
    pub(super) refusal: Mutex<Option<StoreError>>,
    log: Log,
}

impl PlayedStore {
    pub(super) fn put(&self, name: &str, value: &str) {
        self.values.lock().unwrap().insert(name.to_owned(), Secret::new(value));
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.values.lock().unwrap().get(name).map(|it| it.expose_str().unwrap().to_owned())
    }

    pub(super) fn fail_reads(&self, fail: bool) {
        self.unreadable.store(fail, Ordering::Relaxed);
    }

    pub(super) fn refuse(&self, error: Option<StoreError>) {
        *self.refusal.lock().unwrap() = error;
    }

    pub(super) fn reads(&self) -> usize {
        self.reads.load(Ordering::Relaxed)
    }

    pub(super) fn is_leased(&self) -> bool {
        !self.leases.lock().unwrap().is_empty()
    }

    fn open(&self) -> Result<(), StoreError> {
        self.refusal.lock().unwrap().clone().map_or(Ok(()), Err)
    }
}

#[async_trait]
impl SecretStore for PlayedStore {
    async fn read(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        tokio::task::yield_now().await; // a real store takes its time
        if self.unreadable.load(Ordering::Relaxed) {
            return Err(StoreError::Unavailable { reason: "timeout".to_owned() });
        }
        Ok(self.values.lock().unwrap().get(name).cloned())
    }

    async fn write(&self, name: &str, value: &Secret) -> Result<(), StoreError> {
        self.open()?;
        self.log.lock().unwrap().push(format!("write {name}"));
        self.values.lock().unwrap().insert(name.to_owned(), value.clone());
        Ok(())
    }

    async fn acquire(&self, lease: &str, _: Duration) -> Result<Option<Lease>, StoreError> {
        self.open()?;
        let mut leases = self.leases.lock().unwrap();
        if leases.contains_key(lease) {
            return Ok(None);
        }
        let mut log = self.log.lock().unwrap();
        log.push(format!("lease {lease}"));
        let held = Lease { name: lease.to_owned(), holder: log.len().to_string() };
        leases.insert(held.name.clone(), held.holder.clone());
        Ok(Some(held))
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        self.log.lock().unwrap().push("release".to_owned());
        self.leases.lock().unwrap().remove(&lease.name);
        Ok(())
    }
}

/// Stands still until it is advanced. Draws the longest jitter.
#[derive(Debug)]
pub(super) struct SetClock {
    begin: Instant,
    passed: Mutex<Duration>,
}

impl Default for SetClock {
    fn default() -> SetClock {
        SetClock { begin: Instant::now(), passed: Mutex::default() }
    }
}

impl SetClock {
    pub(super) fn advance(&self, seconds: u64) {
        *self.passed.lock().unwrap() += Duration::from_secs(seconds);
    }

    /// As when somebody corrects the machine's time. Only wall-clock time goes back on a real machine.
    pub(super) fn set_back(&self, seconds: u64) {
        *self.passed.lock().unwrap() -= Duration::from_secs(seconds);
    }

    fn passed(&self) -> Duration {
        *self.passed.lock().unwrap()
    }
}

/// Seconds since 1970 at the beginning.
pub(super) const BEGIN: u64 = 1_800_000_000;

impl Clock for SetClock {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(BEGIN) + self.passed()
    }

    fn instant(&self) -> Instant {
        self.begin + self.passed()
    }

    fn jitter(&self, _: Duration, high: Duration) -> Duration {
        high
    }

    fn request_id(&self) -> String {
        "5f0c2a9e-77d1-4c57-9a52-0d6f3b1e8c44".to_owned()
    }
}
