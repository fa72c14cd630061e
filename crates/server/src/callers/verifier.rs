//! Lets in whom the issuer vouches for, if the operator listed them.

use std::sync::Arc;
use std::time::UNIX_EPOCH;

use http::HeaderMap;
use vizard_proxy::ports::{Clock, Upstream};

use super::issuer::Issuer;
use super::token::{self, Bearer, Expected, Untrusted};
use super::verified::{self, Verified};
use crate::refuse::Refused;

/// Verifies the token in `Authorization`. What stands in `X-Serverless-Authorization` is the platform's business.
#[derive(Debug)]
pub struct Verifier {
    issuer: Arc<Issuer>,
    audiences: Vec<String>,
    admitted: Admitted,
    clock: Arc<dyn Clock>,
    verified: Verified,
    behind_cloud_run: bool,
}

/// Of those for whom the issuer vouches, who may call.
#[derive(Debug)]
pub(crate) enum Admitted {
    Everybody,
    /// By verified `email`, or by `sub`.
    Listed(Vec<String>),
    /// One by verified `email`, whatever its `sub` is.
    Email(String),
}

impl Admitted {
    /// As configured: `*` is everybody.
    pub(crate) fn listed(callers: Vec<String>) -> Admitted {
        if callers.iter().any(|it| it == "*") { Admitted::Everybody } else { Admitted::Listed(callers) }
    }

    fn admits(&self, bearer: &Bearer) -> bool {
        match self {
            Admitted::Everybody => true,
            Admitted::Listed(callers) => {
                bearer.email.iter().chain(&bearer.subject).any(|name| callers.contains(name))
            }
            Admitted::Email(email) => bearer.email.as_ref() == Some(email),
        }
    }
}

impl Verifier {
    pub(crate) fn new(
        issuer: String,
        audiences: Vec<String>,
        admitted: Admitted,
        upstream: Arc<dyn Upstream>,
        clock: Arc<dyn Clock>,
    ) -> Verifier {
        let issuer = Issuer::new(issuer, upstream, clock.clone());
        Verifier {
            issuer,
            audiences,
            admitted,
            clock,
            verified: Verified::default(),
            behind_cloud_run: false,
        }
    }

    /// Believes Cloud Run, which verifies a token before it lets a request through, and takes the signature out. Only for
    /// a service that lets nobody through without one.
    pub(crate) fn behind_cloud_run(self) -> Verifier {
        Verifier { behind_cloud_run: true, ..self }
    }

    /// Whether the caller of these headers may call.
    pub(crate) async fn admit(&self, headers: &HeaderMap) -> Result<(), Refused> {
        let token = token::sent(headers).map_err(refused)?;
        // With two tokens Cloud Run looks at the other one, and this one is whatever its sender wrote.
        if self.behind_cloud_run
            && !headers.contains_key(OTHER)
            && let Some(bearer) = token::believe(token, self.expected())
        {
            let bearer = bearer.map_err(refused)?;
            return self.admitted.admits(&bearer).then_some(()).ok_or(Refused::CallerNotAllowed);
        }
        let id = token::key_id(token).map_err(refused)?;
        let keys = self.issuer.keys(id.as_deref()).await.map_err(|_| Refused::IssuerAway)?;
        let expected = self.expected();
        let now = expected.now;
        let hash = verified::hash(token);
        if self.verified.holds(&hash, &keys, now) {
            return Ok(());
        }
        let bearer = token::verify(token, &keys, expected).map_err(refused)?;
        if !self.admitted.admits(&bearer) {
            return Err(Refused::CallerNotAllowed);
        }
        self.verified.keep(hash, &keys, bearer.until, now);
        Ok(())
    }

    fn expected(&self) -> Expected<'_> {
        let now = self.clock.now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        Expected { issuer: self.issuer.url(), audiences: &self.audiences, now }
    }
}

fn refused(untrusted: Untrusted) -> Refused {
    match untrusted {
        Untrusted::Missing => Refused::TokenMissing,
        Untrusted::Invalid => Refused::TokenInvalid,
        Untrusted::Expired => Refused::TokenExpired,
    }
}

const OTHER: &str = "x-serverless-authorization";
