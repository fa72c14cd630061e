//! The story of a request, top to bottom: who asks, what for, may they, fetch it, sanitize it,
//! answer.

use std::fmt;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt;
use http::request::Parts as Head;
use http::{Method, Request, Response, StatusCode};
use vizard_pseudonym::Pseudonymizer;
use vizard_sanitizer::{Counts, Options, Outbound, Refusal, RuleSet};

use crate::audit::Audit;
use crate::control::{self, Control, Encoding, Target, Trim};
use crate::error::{NotReady, Problem};
use crate::health::Health;
use crate::inbound::Inbound;
use crate::ports::Clock;
use crate::respond::{self, Form, Stamp};
use crate::source::Source;

/// The proxy: built once, shared by all requests.
///
/// ```
/// use std::collections::BTreeMap;
/// use std::sync::Arc;
/// use bytes::Bytes;
/// use vizard_proxy::{Client, Proxy, ports::SystemClock, secrets::EnvironmentSecrets};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let environment = BTreeMap::from([("SOURCE".to_owned(), "zoom".to_owned())]);
/// let secrets = EnvironmentSecrets::from_pairs([("PSOXY_SALT", "salt"), ("PSOXY_ENCRYPTION_KEY", "key")]);
/// let started = Proxy::start(&environment, Arc::new(secrets), Arc::new(SystemClock)).await;
/// assert!(started.problems.is_empty());
///
/// let request = http::Request::get("/v2/groups").body(Bytes::new()).unwrap();
/// let response = started.proxy.handle(request, Client::default()).await;
/// assert_eq!(response.status(), 403);
/// assert_eq!(response.headers()["x-psoxy-error"], "BLOCKED_BY_RULES");
/// # });
/// ```
pub struct Proxy {
    pub(crate) health: Health,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) state: Result<Box<Ready>, NotReady>,
    /// `VIZARD_ALLOW_LOOPBACK_HTTP`: a developer's own machine may use plain HTTP.
    pub(crate) loopback_http: bool,
}

/// Who calls, as far as the host knows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Client {
    /// The client's address; one that is unknown is on no allow-list.
    pub address: Option<IpAddr>,
    /// Whether the client used HTTPS. `None` is unknown, which is accepted.
    pub https: Option<bool>,
}

/// What it takes to serve requests, rather than only health reports.
pub(crate) struct Ready {
    pub(crate) rules: Arc<RuleSet>,
    pub(crate) keys: Arc<Pseudonymizer>,
    pub(crate) source: Source,
    pub(crate) trim: Trim,
    /// One limit for the whole exchange, the reading of the body and its sanitizing included.
    pub(crate) patience: Duration,
    pub(crate) request_limit: usize,
    pub(crate) stamp: Stamp,
}

impl Proxy {
    /// How large a request body may be, as sent: a host reads no further than one byte more.
    pub fn request_limit(&self) -> usize {
        self.state.as_ref().map_or(REQUEST_LIMIT, |ready| ready.request_limit)
    }

    /// Answers one request. Never fails and never panics: a problem is an answer too.
    pub async fn handle(&self, request: Request<Bytes>, client: Client) -> Response<Bytes> {
        let mut audit = Audit::begin(self.clock.clone(), request.method(), request.body().len());
        let (head, body) = request.into_parts();
        // What a panic leaves behind is only this request's own.
        let told = AssertUnwindSafe(self.tell(&head, body, client, &mut audit)).catch_unwind().await;
        let response = told.unwrap_or(Err(Problem::Panicked)).unwrap_or_else(|problem| {
            if let Problem::Credential(error) = &problem {
                tracing::warn!(request_id = audit.request_id, %error, "no credential for the source");
            }
            audit.problem(&problem);
            respond::problem(problem, &audit.request_id, is_head(&head.method))
        });
        audit.answered(&response);
        response
    }

    async fn tell(
        &self,
        head: &Head,
        body: Bytes,
        client: Client,
        audit: &mut Audit,
    ) -> Result<Response<Bytes>, Problem> {
        if client.https == Some(false) && !self.accepts_plain_http(client) {
            return Err(Problem::HttpsRequired);
        }
        if control::asks_for_health(&head.headers) {
            audit.endpoint = Some("health-check".to_owned());
            return Ok(self.health.report(client.address, self.missing_secrets(client).await));
        }
        if !self.health.admits(client.address) {
            return Err(Problem::ClientAddress);
        }
        let control = Control::read(&head.headers)?;
        let ready = self.state.as_ref().map_err(|part| Problem::NotReady(*part))?;
        let deadline = self.clock.instant() + ready.patience;

        let target = Target::of(&head.uri, &control, &ready.trim);
        let (inbound, outbound) = within(deadline, ready.admit(head, target, body, audit)).await?;
        let response = ready.source.fetch(outbound, deadline, audit).await?;
        within(deadline, ready.answer(inbound, response, &control, head, audit)).await
    }

    /// Whether the client's address may call. A host need not read the body of one that may not.
    pub fn admits(&self, client: Client) -> bool {
        self.health.admits(client.address)
    }

    /// Waits until nothing is being fetched that must not be lost: what a host does last.
    pub async fn settle(&self) {
        if let Ok(ready) = &self.state {
            ready.source.credentials.settle().await;
        }
    }

    /// By name; none when the secret store does not answer. Asked only for clients that may call.
    async fn missing_secrets(&self, client: Client) -> Option<Vec<&'static str>> {
        match &self.state {
            Ok(ready) if self.health.admits(client.address) => {
                let missing = ready.source.credentials.missing_properties();
                tokio::time::timeout(HEALTH_PATIENCE, missing).await.ok()?.ok()
            }
            _ => Some(Vec::new()),
        }
    }

    fn accepts_plain_http(&self, client: Client) -> bool {
        self.loopback_http && client.address.is_some_and(|address| address.to_canonical().is_loopback())
    }
}

impl Ready {
    /// Reads the request, asks the rules, and lets them write the request to the source.
    async fn admit(
        &self,
        head: &Head,
        target: Target,
        body: Bytes,
        audit: &mut Audit,
    ) -> Result<(Arc<Inbound>, Outbound), Problem> {
        let (cores, limit) = (&self.source.cores, self.request_limit);
        let inbound = Inbound::read(&head.method, target, &head.headers, body, limit, cores).await?;
        let inbound = Arc::new(inbound);
        let (rules, keys, asked) = (self.rules.clone(), self.keys.clone(), inbound.clone());
        let judged = cores.run(inbound.size(), move || {
            asked.call(|call| -> Result<(String, Result<Outbound, Refusal>), Refusal> {
                let admitted = rules.admit(call)?;
                Ok((admitted.endpoint().to_owned(), admitted.outbound(&keys)))
            })
        });
        let (endpoint, outbound) = judged.await.map_err(|_| Problem::Panicked)?.map_err(Problem::Refused)?;
        audit.endpoint = Some(endpoint);
        Ok((inbound, outbound.map_err(Problem::Refused)?))
    }

    /// Sanitizes and answers.
    async fn answer(
        &self,
        inbound: Arc<Inbound>,
        response: Response<Bytes>,
        control: &Control,
        head: &Head,
        audit: &mut Audit,
    ) -> Result<Response<Bytes>, Problem> {
        let answer = self.source.success(response).await?;
        let mut passed = respond::passed(&answer.headers, &self.keys);
        if control.impersonation {
            passed.warn("impersonation-ignored".to_owned());
        }
        let form = Form {
            lines: answer.lines,
            gzip: respond::takes_gzip(&head.headers),
            head: is_head(&head.method),
        };
        let bodiless = matches!(answer.status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT);
        if answer.body.is_empty() || form.head || bodiless {
            return Ok(respond::bare(answer.status, form, &self.stamp, passed));
        }
        let options = Options { legacy_encoding: control.encoding == Some(Encoding::Legacy) };
        let (rules, keys, stamp) = (self.rules.clone(), self.keys.clone(), self.stamp.clone());
        let sanitized = self.source.cores.run(answer.body.len(), move || {
            // Asked again rather than kept across the wait: an admission borrows the rules, is
            // quick to make, and only it can sanitize.
            inbound.call(|call| -> Result<(Counts, Response<Bytes>), Problem> {
                let admitted = rules.admit(call).map_err(Problem::Refused)?;
                let body = admitted.sanitize(&answer.body, &keys, options).map_err(Problem::Unsanitizable)?;
                Ok((body.counts(), respond::sanitized(answer.status, body, form, &stamp, passed)))
            })
        });
        let (counts, response) = sanitized.await.map_err(|_| Problem::Panicked)??;
        audit.counts = counts;
        Ok(response)
    }
}

/// Our own work, if it is done before the deadline.
async fn within<T>(deadline: Instant, work: impl Future<Output = Result<T, Problem>>) -> Result<T, Problem> {
    tokio::time::timeout_at(deadline.into(), work).await.unwrap_or(Err(Problem::SanitizeTimeout))
}

/// The limit for a request body unless something else is configured.
pub const REQUEST_LIMIT: usize = 6 * 1024 * 1024;

const HEALTH_PATIENCE: Duration = Duration::from_secs(10);

fn is_head(method: &Method) -> bool {
    method.as_str().eq_ignore_ascii_case("HEAD")
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ready = if self.state.is_ok() { "ready" } else { "not ready" };
        write!(f, "Proxy({ready})")
    }
}

#[cfg(test)]
mod tests;
