//! The life of an access token: fetched when there is none, renewed some minutes before it ends, replaced at
//! once when the source does not accept it. One fetch at a time in this process and, through a lease in the
//! secret store, among all processes.

mod fetch;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tracing::Instrument;
use vizard_pseudonym::Secret;

use super::back_off::BackOff;
use super::error::CredentialError;
use super::held::{Held, Token};
use super::lease::Guard;
use super::origin::Origin;
use super::shared_token;
use super::{Authorization, Ids, TokenId};
use crate::ports::{Clock, StoreError, Upstream};
use crate::secrets::Secrets;

/// The token in use, and how to get the next one.
#[derive(Debug)]
pub(super) struct Renewal {
    origin: Origin,
    secrets: Secrets,
    upstream: Arc<dyn Upstream>,
    clock: Arc<dyn Clock>,
    ids: Ids,
    current: RwLock<Option<Held>>,
    flight: Mutex<Flight>,
    /// How many flights have ended.
    ended: AtomicU64,
}

/// What only the one that renews may touch.
#[derive(Debug, Default)]
struct Flight {
    /// After the token endpoint failed, and how.
    failed: BackOff,
    error: Option<CredentialError>,
    /// How the last flight failed, for those who waited for it.
    outcome: Option<CredentialError>,
    /// After the source did not accept a token: should it accept none, the token endpoint is spared.
    rejected: BackOff,
    /// A refresh token that the source gave and the secret store did not take.
    unsaved: Option<Unsaved>,
    warned: bool,
}

/// Kept for the next attempt: the token that was sent is used up, so this one is all there is.
#[derive(Debug)]
struct Unsaved {
    sent: Secret,
    replacement: Secret,
    token: Option<Token>,
}

/// Whose turn it is to fetch.
enum Turn {
    Ours(Guard),
    /// Somebody else has fetched in the meantime.
    Theirs(Token),
}

impl Renewal {
    pub(super) fn new(
        origin: Origin,
        secrets: Secrets,
        upstream: Arc<dyn Upstream>,
        clock: Arc<dyn Clock>,
        ids: Ids,
    ) -> Renewal {
        let (current, flight, ended) = (RwLock::default(), Mutex::default(), AtomicU64::default());
        Renewal { origin, secrets, upstream, clock, ids, current, flight, ended }
    }

    /// Waits until nothing is being fetched: what a process does last, so that a replaced refresh token is not
    /// lost with it.
    pub(super) async fn settle(&self) {
        drop(self.flight.lock().await);
    }

    pub(super) async fn for_request(
        self: &Arc<Self>,
        deadline: Instant,
        failed: Option<TokenId>,
    ) -> Result<Authorization, CredentialError> {
        if let Some(fresh) = self.fresh(failed) {
            return Ok(fresh);
        }
        let usable = self.usable(failed);
        if let (Some(usable), Err(_)) = (&usable, self.flight.try_lock()) {
            return Ok(usable.clone()); // somebody renews it already
        }
        // A renewal goes on when the request that began it goes away: a refresh token may have been replaced,
        // and the new one must not be lost.
        let renewal = self.clone();
        let task = tokio::spawn(async move { renewal.renew(failed).await }.in_current_span());
        match tokio::time::timeout_at(deadline.into(), task).await {
            Ok(Ok(renewed)) => renewed,
            Ok(Err(ended)) => match ended.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic), // a bug is told as one
                Err(_) => usable.ok_or(CredentialError::Timeout),
            },
            Err(_) => usable.ok_or(CredentialError::Timeout),
        }
    }

    async fn renew(&self, failed: Option<TokenId>) -> Result<Authorization, CredentialError> {
        let ended = self.ended.load(Ordering::Relaxed);
        let mut flight = self.flight.lock().await;
        if let Some(fresh) = self.fresh(failed) {
            return Ok(fresh);
        }
        // Those who waited for a flight share its failure too: each on its own, they would queue for as long
        // as the store or the lease takes to fail, times their number.
        if let Some(error) = &flight.outcome
            && ended != self.ended.load(Ordering::Relaxed)
        {
            return self.usable(failed).ok_or(error.clone());
        }
        let renewed = self.fly(failed, &mut flight).await;
        self.ended.fetch_add(1, Ordering::Relaxed);
        flight.outcome = renewed.as_ref().err().cloned();
        renewed
    }

    async fn fly(
        &self,
        failed: Option<TokenId>,
        flight: &mut Flight,
    ) -> Result<Authorization, CredentialError> {
        let current = self.current();
        let rejected = current.as_ref().filter(|held| Some(held.id()) == failed);
        if let Some(rejected) = rejected
            && flight.rejected.is_closed(self.clock.instant())
        {
            return Ok(rejected.authorization.clone());
        }
        if let Some(error) = &flight.error
            && flight.failed.is_closed(self.clock.instant())
        {
            return self.usable(failed).ok_or(error.clone());
        }
        let obtained = self.obtain(current.as_ref(), flight).await;
        if rejected.is_some() {
            flight.rejected.close(self.clock.instant());
        }
        let kept = obtained.and_then(|token| self.keep(token, current.as_ref()));
        match kept {
            Ok(authorization) => {
                flight.failed.open();
                flight.error = None;
                Ok(authorization)
            }
            Err(error) => {
                tracing::warn!(%error, "could not get an access token");
                if let CredentialError::Refused { .. } = error {
                    self.secrets.forget(); // the client's secret may just have been replaced
                }
                if error.is_of_the_endpoint() {
                    flight.failed.close(self.clock.instant());
                    flight.error = Some(error.clone());
                }
                self.usable(failed).ok_or(error)
            }
        }
    }

    /// The next token: the one that others share, or one from the token endpoint.
    async fn obtain(&self, current: Option<&Held>, flight: &mut Flight) -> Result<Token, CredentialError> {
        if let Some(token) = self.shared(current).await? {
            return Ok(token);
        }
        let guard = match self.turn(current, flight).await? {
            Turn::Theirs(token) => return Ok(token),
            Turn::Ours(guard) => guard,
        };
        // Asked again: it may have been stored just before the lease became ours.
        let token = match self.shared(current).await {
            Ok(None) => self.fetch(flight).await,
            Ok(Some(token)) => Ok(token),
            Err(error) => Err(error),
        };
        guard.release().await;
        token
    }

    /// The token in the secret store, if it is newer than ours and will last a while.
    async fn shared(&self, current: Option<&Held>) -> Result<Option<Token>, CredentialError> {
        if !self.origin.is_shared() {
            return Ok(None);
        }
        let stored = self.secrets.read(SHARED_TOKEN).await?;
        let soon = self.clock.now() + SOON;
        Ok(stored.as_ref().and_then(shared_token::read).filter(|token| {
            token.expires > soon
                && current
                    .is_none_or(|ours| token.value != ours.token.value && token.expires >= ours.token.expires)
        }))
    }

    /// Waits, not for long, while another process fetches.
    async fn turn(&self, current: Option<&Held>, flight: &mut Flight) -> Result<Turn, CredentialError> {
        if !self.origin.is_shared() && !self.origin.uses_up() {
            return Ok(Turn::Ours(Guard::none()));
        }
        for _ in 0..TURNS {
            match self.secrets.acquire(LEASE, LEASE_LIFE).await {
                Ok(Some(lease)) => return Ok(Turn::Ours(Guard::new(lease, self.secrets.clone()))),
                Ok(None) => {}
                Err(error @ (StoreError::ReadOnly | StoreError::Denied { .. })) => {
                    self.warn_once(&error, flight);
                    return Ok(Turn::Ours(Guard::none()));
                }
                Err(error) => return Err(error.into()),
            }
            tokio::time::sleep(self.clock.jitter(SHORT_WAIT, LONG_WAIT)).await;
            if let Some(token) = self.shared(current).await? {
                return Ok(Turn::Theirs(token));
            }
        }
        Err(CredentialError::Busy)
    }

    /// Makes the token the one in use. The same text as before is the same credential.
    fn keep(&self, token: Token, current: Option<&Held>) -> Result<Authorization, CredentialError> {
        let id = match current {
            Some(current) if current.token.value == token.value => current.id(),
            Some(_) | None => self.ids.next(),
        };
        let held = Held::new(token, id, &*self.clock)
            .ok_or(CredentialError::Answer("`access_token` is not printable text on one line"))?;
        let authorization = held.authorization.clone();
        *self.current.write().expect("nothing panics with this lock") = Some(held);
        Ok(authorization)
    }

    fn warn_once(&self, error: &StoreError, flight: &mut Flight) {
        if !flight.warned {
            flight.warned = true;
            tracing::warn!(%error, "this process keeps its access token to itself; the next one gets its own");
        }
    }

    fn current(&self) -> Option<Held> {
        self.current.read().expect("nothing panics with this lock").clone()
    }

    fn fresh(&self, failed: Option<TokenId>) -> Option<Authorization> {
        let now = self.clock.now();
        let held = self.current().filter(|held| held.is_fresh(now) && Some(held.id()) != failed)?;
        Some(held.authorization)
    }

    fn usable(&self, failed: Option<TokenId>) -> Option<Authorization> {
        let now = self.clock.now();
        let held = self.current().filter(|held| held.is_usable(now) && Some(held.id()) != failed)?;
        Some(held.authorization)
    }
}

/// The name of the shared token in the secret store.
const SHARED_TOKEN: &str = "ACCESS_TOKEN";

/// The lease that says who fetches; other proxies know it by this name.
const LEASE: &str = "OAUTH_REFRESH_TOKEN";

/// Longer than a fetch can take, with the writes around it.
const LEASE_LIFE: Duration = Duration::from_secs(120);

/// A shared token that ends sooner is not worth taking up.
const SOON: Duration = Duration::from_secs(60);

/// About ten seconds in all.
const TURNS: u32 = 40;
const SHORT_WAIT: Duration = Duration::from_millis(200);
const LONG_WAIT: Duration = Duration::from_millis(300);
