//! An issuer and its keys, which are fetched when they are needed, kept for an hour, and used for a day when the issuer
//! is away. However many callers wait, one of them asks.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, StatusCode};
use serde::Deserialize;
use tokio::sync::{Mutex, OwnedMutexGuard};
use vizard_proxy::ports::{Clock, Upstream};

use super::keys::Keys;

/// An issuer of tokens.
#[derive(Debug)]
pub(crate) struct Issuer {
    /// As configured, which is as its tokens say it.
    url: String,
    upstream: Arc<dyn Upstream>,
    clock: Arc<dyn Clock>,
    known: RwLock<Option<Known>>,
    /// When somebody last asked. Locked while somebody does.
    asked: Arc<Mutex<Option<Instant>>>,
}

#[derive(Debug, Clone)]
struct Known {
    keys: Arc<Keys>,
    since: Instant,
}

/// No keys are known, and the issuer gives none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Away;

/// The part that matters of what an issuer publishes about itself.
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

impl Issuer {
    pub(crate) fn new(url: String, upstream: Arc<dyn Upstream>, clock: Arc<dyn Clock>) -> Arc<Issuer> {
        Arc::new(Issuer { url, upstream, clock, known: RwLock::default(), asked: Arc::default() })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The keys, asked for anew when one of this name is not among those that are known.
    pub(crate) async fn keys(self: &Arc<Self>, id: Option<&str>) -> Result<Arc<Keys>, Away> {
        let now = self.clock.instant();
        let known = self.known().filter(|known| now.saturating_duration_since(known.since) < OLDEST);
        let Some(known) = known else {
            return self.fetched(None, AT_FIRST).await.ok_or(Away);
        };
        if !known.keys.knows(id) {
            let anew = self.fetched(Some(&known), AGAIN).await;
            return Ok(anew.unwrap_or(known.keys));
        }
        if now.saturating_duration_since(known.since) >= FRESH
            && let Ok(asked) = self.asked.clone().try_lock_owned()
            && self.is_due(&asked, AGAIN)
        {
            // Nobody waits for what is only precaution.
            let issuer = self.clone();
            tokio::spawn(async move { issuer.ask(asked).await });
        }
        Ok(known.keys)
    }

    /// The keys that somebody fetches now, if nobody has just tried.
    async fn fetched(self: &Arc<Self>, before: Option<&Known>, pause: Duration) -> Option<Arc<Keys>> {
        let asked = self.asked.clone().lock_owned().await;
        let now = self.known();
        if let Some(now) = now
            && before.is_none_or(|before| !Arc::ptr_eq(&before.keys, &now.keys))
            && self.clock.instant().saturating_duration_since(now.since) < OLDEST
        {
            return Some(now.keys); // somebody was quicker
        }
        if !self.is_due(&asked, pause) {
            return None;
        }
        // Goes on when the caller who asked has gone, because the others wait for it.
        let issuer = self.clone();
        tokio::spawn(async move { issuer.ask(asked).await }).await.ok().flatten()
    }

    fn is_due(&self, asked: &Option<Instant>, pause: Duration) -> bool {
        asked.is_none_or(|asked| self.clock.instant().saturating_duration_since(asked) >= pause)
    }

    async fn ask(&self, mut asked: OwnedMutexGuard<Option<Instant>>) -> Option<Arc<Keys>> {
        let answer = self.ask_before(self.clock.instant() + PATIENCE).await;
        // Now, not when it began: those who waited meanwhile need not find out by themselves.
        *asked = Some(self.clock.instant());
        match answer {
            Ok(keys) => {
                let (keys, since) = (Arc::new(keys), self.clock.instant());
                let known = Known { keys: keys.clone(), since };
                *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(known);
                Some(keys)
            }
            Err(problem) => {
                tracing::warn!(problem, "could not fetch the keys of the issuer of callers' tokens");
                None
            }
        }
    }

    async fn ask_before(&self, deadline: Instant) -> Result<Keys, String> {
        let place = format!("{}/.well-known/openid-configuration", self.url.trim_end_matches('/'));
        let document =
            self.get(&place, deadline).await.map_err(|it| format!("the discovery document: {it}"))?;
        let discovery: Discovery =
            serde_json::from_slice(&document).map_err(|_| "the discovery document is none".to_owned())?;
        if discovery.issuer != self.url {
            return Err("the discovery document is of another issuer".to_owned());
        }
        let set = self.get(&discovery.jwks_uri, deadline).await.map_err(|it| format!("the key set: {it}"))?;
        Keys::read(&set).ok_or_else(|| "the key set has no key that can be used".to_owned())
    }

    async fn get(&self, url: &str, deadline: Instant) -> Result<Bytes, String> {
        let request = Request::get(url).body(Bytes::new()).map_err(|_| "its address is none".to_owned())?;
        let response = self.upstream.send(request, deadline).await.map_err(|error| error.to_string())?;
        match response.status() {
            StatusCode::OK => Ok(response.into_body()),
            status => Err(format!("status {}", status.as_u16())),
        }
    }

    fn known(&self) -> Option<Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Keys are asked for anew after so long.
const FRESH: Duration = Duration::from_secs(60 * 60);

/// Keys are not used for longer, be the issuer away or not.
const OLDEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Between two questions while there is a key to go on with: a stranger can name keys that do not exist.
const AGAIN: Duration = Duration::from_secs(60);

/// Between two questions while nobody can be let in.
const AT_FIRST: Duration = Duration::from_secs(2);

/// For both documents together.
const PATIENCE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests;
