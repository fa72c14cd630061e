//! A token in memory, with the moment at which it is time to get the next one.

use std::time::{Duration, SystemTime};

use vizard_pseudonym::Secret;

use crate::credentials::{Authorization, TokenId};
use crate::ports::Clock;

/// An access token and how long it lasts.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) value: Secret,
    pub(super) expires: SystemTime,
}

/// A token that requests are sent with.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) token: Token,
    pub(super) authorization: Authorization,
    renew: SystemTime,
}

impl Held {
    /// The moment of renewal is drawn once per token, so that processes which share it do not all renew at
    /// the same time, and each request until then is sure of it. None: the text cannot be a header.
    pub(super) fn new(token: Token, id: TokenId, clock: &dyn Clock) -> Option<Held> {
        let authorization = Authorization::bearer(token.value.expose_str()?, id)?;
        let lifetime = token.expires.duration_since(clock.now()).unwrap_or_default();
        let early = clock.jitter(EARLIEST, LATEST).min(lifetime / 2);
        let renew = token.expires.checked_sub(early).unwrap_or(token.expires);
        Some(Held { token, authorization, renew })
    }

    pub(super) fn is_fresh(&self, now: SystemTime) -> bool {
        now < self.renew
    }

    /// It may be given out when there is no better one.
    pub(super) fn is_usable(&self, now: SystemTime) -> bool {
        now < self.token.expires
    }

    pub(super) fn id(&self) -> TokenId {
        self.authorization.id
    }
}

/// Renewal begins between these two before the token ends, and in the second half of its life.
const EARLIEST: Duration = Duration::from_secs(60);
const LATEST: Duration = Duration::from_secs(599);
