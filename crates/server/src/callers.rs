//! Who may call: those for whom an issuer vouches (`oidc`), those whom somebody in front of us lets through
//! (`platform`), or anybody who reaches the port (`none`).

mod issuer;
mod keys;
mod settings;
mod token;
mod verified;
mod verifier;

use std::sync::Arc;

use http::HeaderMap;
use vizard_proxy::ports::Clock;
use vizard_proxy::settings::Environment;

use crate::refuse::Refused;
pub(crate) use settings::{issuer_url, reach};
pub(crate) use verifier::{Admitted, Verifier};

/// How callers are told from strangers.
#[derive(Debug, Clone)]
pub enum Callers {
    /// By a token of an issuer, which is verified here, before anything else of a request is looked at.
    Verified(Arc<Verifier>),
    /// By somebody in front of this server, such as the IAM of Cloud Run. Nothing is verified here.
    ByPlatform,
    /// Not at all.
    Anybody,
}

impl Callers {
    /// Reads `VIZARD_CALLER_AUTH` and what belongs to it.
    ///
    /// # Errors
    ///
    /// Every setting that is wrong: its name, and what was expected.
    pub fn read(environment: &dyn Environment, clock: Arc<dyn Clock>) -> Result<Callers, Vec<String>> {
        settings::read(environment, clock)
    }

    /// As `VIZARD_CALLER_AUTH` is written, and the health report shows it.
    pub fn how(&self) -> &'static str {
        match self {
            Callers::Verified(_) => "oidc",
            Callers::ByPlatform => "platform",
            Callers::Anybody => "none",
        }
    }

    /// Whether this caller may call.
    pub(crate) async fn admit(&self, headers: &HeaderMap) -> Result<(), Refused> {
        match self {
            Callers::Verified(verifier) => verifier.admit(headers).await,
            Callers::ByPlatform | Callers::Anybody => Ok(()),
        }
    }
}
