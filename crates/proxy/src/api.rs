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
use http::{HeaderValue, Method, Request, Response, StatusCode};
use vizard_pseudonym::Pseudonymizer;
use vizard_sanitizer::{Counts, Options, Outbound, Refusal, RuleSet};

use crate::audit::Audit;
use crate::control::{self, Control, Encoding, Target, Trim};
use crate::credentials::User;
use crate::error::{NotReady, Problem};
use crate::health::Health;
use crate::inbound::Inbound;
use crate::later::{self, Arrival, Attempt, Later, Receipt, Unfinished};
use crate::outputs::{self, Output, Outputs};
use crate::ports::{Clock, ObjectStore};
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
    /// `SOURCE`, for the log.
    pub(crate) connector: Option<String>,
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
    pub(crate) outputs: Outputs,
    pub(crate) later: Option<Later>,
}

/// Where a copy goes, and how long it may take: no longer than the answer itself.
struct Kept<'c> {
    key: &'c str,
    request_id: &'c str,
    deadline: Instant,
}

/// When the answer is wanted.
#[derive(Clone, Copy)]
enum When<'m> {
    /// Now, or later if the caller prefers that and the call can be queued as this message.
    Now(Option<&'m str>),
    /// The call was queued, and this is the time for its answer, which goes under this key.
    Queued(&'m str),
}

impl Proxy {
    /// How large a request body may be, as sent: a host reads no further than one byte more.
    pub fn request_limit(&self) -> usize {
        self.state.as_ref().map_or(REQUEST_LIMIT, |ready| ready.request_limit)
    }

    /// Tells in the health report who makes sure that callers are who they say: `oidc`, `platform` or `none`. Only a
    /// host knows.
    #[must_use]
    pub fn with_callers_authenticated_by(mut self, how: &'static str) -> Proxy {
        self.health.facts.caller_authentication = Some(how);
        self
    }

    /// Answers one request. Never fails and never panics: a problem is an answer too.
    ///
    /// What the host knows beyond HTTP comes as [`Arrival`], an extension of the request.
    pub async fn handle(&self, mut request: Request<Bytes>, client: Client) -> Response<Bytes> {
        let arrival = request.extensions_mut().remove::<Arrival>().unwrap_or_default();
        let mut audit = self.begin(&request, arrival.request_id);
        let (head, body) = request.into_parts();
        let when = When::Now(arrival.message.as_deref());
        let told = self.told(&head, body, client, when, arrival.deadline, &mut audit).await;
        let response = told.unwrap_or_else(|problem| self.problem(problem, &head, &mut audit));
        audit.answered(&response);
        response
    }

    /// Answers a request that was queued, in the place that its receipt names.
    ///
    /// # Errors
    ///
    /// When another attempt may succeed, or when nothing could be put. After the last attempt there is an object
    /// that says what went wrong, unless it could not be put either.
    pub async fn perform(
        &self,
        mut request: Request<Bytes>,
        client: Client,
        receipt: &Receipt,
        attempt: Attempt,
    ) -> Result<(), Unfinished> {
        let arrival = request.extensions_mut().remove::<Arrival>().unwrap_or_default();
        let mut audit = self.begin(&request, Some(receipt.request_id.clone()));
        let (head, body) = request.into_parts();
        let when = When::Queued(receipt.key().ok_or(Unfinished)?);
        let told = self.told(&head, body.clone(), client, when, arrival.deadline, &mut audit).await;
        let passes = told.as_ref().is_err_and(|problem| problem.passes(&head.method));
        let response = told.unwrap_or_else(|problem| self.problem(problem, &head, &mut audit));
        audit.answered(&response);
        if passes && !attempt.is_last {
            return Err(Unfinished);
        }
        let ready = self.state.as_ref().map_err(|_| Unfinished)?;
        let later = ready.later.as_ref().ok_or(Unfinished)?;
        let control = Control::read(&head.headers).unwrap_or_default();
        let meant = Target::of(&head.uri, &control, &ready.trim);
        let metadata = outputs::described(&response, &head, &meant, &body);
        let put = later.put(receipt, &response, metadata, &ready.source.cores, attempt.end);
        if let Err(error) = put.await {
            tracing::error!(request_id = audit.request_id, %error, "could not put the answer to a queued call");
            return Err(Unfinished);
        }
        if passes { Err(Unfinished) } else { Ok(()) }
    }

    fn begin(&self, request: &Request<Bytes>, id: Option<String>) -> Audit {
        let id = id.filter(|id| outputs::is_request_id(id)).unwrap_or_else(|| self.clock.request_id());
        let connector = self.connector.clone();
        Audit::begin(self.clock.clone(), id, connector, request.method(), request.body().len())
    }

    async fn told(
        &self,
        head: &Head,
        body: Bytes,
        client: Client,
        when: When<'_>,
        deadline: Option<Instant>,
        audit: &mut Audit,
    ) -> Result<Response<Bytes>, Problem> {
        // What a panic leaves behind is only this request's own.
        let told =
            AssertUnwindSafe(self.tell(head, body, client, when, deadline, audit)).catch_unwind().await;
        told.unwrap_or(Err(Problem::Panicked))
    }

    fn problem(&self, problem: Problem, head: &Head, audit: &mut Audit) -> Response<Bytes> {
        if let Problem::Credential(error) = &problem {
            tracing::warn!(request_id = audit.request_id, %error, "no credential for the source");
        }
        audit.problem(&problem);
        respond::problem(problem, &audit.request_id, is_head(&head.method))
    }

    async fn tell(
        &self,
        head: &Head,
        body: Bytes,
        client: Client,
        when: When<'_>,
        limit: Option<Instant>,
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
        let deadline = limit.map_or(deadline, |limit| limit.min(deadline));

        let delegates = ready.source.credentials.can_act_for_users();
        let user = if delegates { control::user(&head.headers, &ready.keys)? } else { None };
        let user = user.as_ref();

        let target = Target::of(&head.uri, &control, &ready.trim);
        let (meant, asked) = (target.clone(), body.clone());
        let (inbound, outbound) =
            within(deadline, Problem::NoTime, ready.admit(head, target, body, audit)).await?;
        if let (When::Now(Some(message)), Some(later)) = (when, &ready.later)
            && later::is_preferred(&head.headers)
        {
            let queued = ready.queue(later, message, user, deadline, &self.clock, audit);
            return within(deadline, Problem::Queue, queued).await;
        }
        let copies = &ready.outputs;
        let metadata = copies.original.is_some().then(|| outputs::sent(ready.source.base.host(), &outbound));
        let response = ready.source.fetch(outbound, user, deadline, audit).await?;
        let key = match when {
            When::Now(_) => outputs::key(&audit.request_id, now(&*self.clock)),
            When::Queued(key) => key.to_owned(),
        };
        let original = metadata.map(|metadata| Output::of(&response, metadata));
        let form = Form {
            lines: false,
            gzip: matches!(when, When::Now(_)) && respond::takes_gzip(&head.headers),
            head: is_head(&head.method),
        };
        let copy = Kept { key: &key, request_id: &audit.request_id.clone(), deadline };
        // Beside each other: a copy should cost the caller no time of its own.
        let (original, answered) = tokio::join!(
            ready.keep(&copies.original, original, &copy, ORIGINAL_FAILED),
            within(
                deadline,
                Problem::SanitizeTimeout,
                ready.answer(inbound, response, &control, form, audit)
            ),
        );
        let mut response = answered?;
        let sanitized = copies.sanitized.as_ref();
        let sanitized =
            sanitized.map(|_| Output::of(&response, outputs::described(&response, head, &meant, &asked)));
        let sanitized = ready.keep(&copies.sanitized, sanitized, &copy, SANITIZED_FAILED).await;
        for warning in [original, sanitized].into_iter().filter_map(Result::err) {
            response.headers_mut().append(respond::WARNING, HeaderValue::from_static(warning));
        }
        Ok(response)
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

    /// Puts an admitted call into the queue. One that would get no credential is told so now.
    async fn queue(
        &self,
        later: &Later,
        message: &str,
        user: Option<&User>,
        deadline: Instant,
        clock: &Arc<dyn Clock>,
        audit: &Audit,
    ) -> Result<Response<Bytes>, Problem> {
        self.source.credentials.acting_for(user, deadline, None).await.map_err(Problem::Credential)?;
        let keeps_original = self.outputs.original.is_some();
        later.accept(message.to_owned(), &audit.request_id, now(&**clock), keeps_original).await
    }

    /// Puts a copy where the operator wants it; if that fails, the answer gets a warning.
    async fn keep(
        &self,
        store: &Option<Arc<dyn ObjectStore>>,
        output: Option<Output>,
        copy: &Kept<'_>,
        warning: &'static str,
    ) -> Result<(), &'static str> {
        let (Some(store), Some(output)) = (store, output) else {
            return Ok(());
        };
        let put = output.put(&**store, copy.key, &self.source.cores, copy.deadline).await;
        put.map_err(|error| {
            let request_id = copy.request_id;
            tracing::error!(request_id, %error, warning, "could not keep a copy of an answer");
            warning
        })
    }

    /// Sanitizes and answers.
    async fn answer(
        &self,
        inbound: Arc<Inbound>,
        response: Response<Bytes>,
        control: &Control,
        form: Form,
        audit: &mut Audit,
    ) -> Result<Response<Bytes>, Problem> {
        let answer = self.source.success(response).await?;
        let mut passed = respond::passed(&answer.headers, &self.keys);
        if control.impersonation && !self.source.credentials.can_act_for_users() {
            passed.warn("impersonation-ignored".to_owned());
        }
        let form = Form { lines: answer.lines, ..form };
        let bodiless = matches!(answer.status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT);
        if answer.body.is_empty() || form.head || bodiless {
            return Ok(respond::bare(answer.status, form, &self.stamp, passed));
        }
        let options = Options { legacy_encoding: control.encoding == Some(Encoding::Legacy) };
        let (rules, keys, stamp) = (self.rules.clone(), self.keys.clone(), self.stamp.clone());
        let gzip = self.source.cores.gzip();
        let sanitized = self.source.cores.run(answer.body.len(), move || {
            // Asked again rather than kept across the wait: an admission borrows the rules, is
            // quick to make, and only it can sanitize.
            inbound.call(|call| -> Result<(Counts, Response<Bytes>), Problem> {
                let admitted = rules.admit(call).map_err(Problem::Refused)?;
                let body = admitted.sanitize(&answer.body, &keys, options).map_err(Problem::Unsanitizable)?;
                Ok((body.counts(), respond::sanitized(answer.status, body, form, &stamp, passed, &gzip)))
            })
        });
        let (counts, response) = sanitized.await.map_err(|_| Problem::Panicked)??;
        audit.counts = counts;
        Ok(response)
    }
}

/// Our own work, if it is done before the deadline.
async fn within<T>(
    deadline: Instant,
    late: Problem,
    work: impl Future<Output = Result<T, Problem>>,
) -> Result<T, Problem> {
    tokio::time::timeout_at(deadline.into(), work).await.unwrap_or(Err(late))
}

/// The limit for a request body unless something else is configured.
pub const REQUEST_LIMIT: usize = 6 * 1024 * 1024;

const HEALTH_PATIENCE: Duration = Duration::from_secs(10);

const ORIGINAL_FAILED: &str = "SIDE_OUTPUT_FAILURE_ORIGINAL";
const SANITIZED_FAILED: &str = "SIDE_OUTPUT_FAILURE_SANITIZED";

fn now(clock: &dyn Clock) -> jiff::Timestamp {
    jiff::Timestamp::try_from(clock.now()).expect("the clock shows a year below 10000")
}

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
