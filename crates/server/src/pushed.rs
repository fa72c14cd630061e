//! Calls that come back from the queue: Pub/Sub pushes each of them to `POST /.vizard/calls` until it is answered with
//! success.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use serde::Deserialize;
use vizard_gcp::WaitingCalls;
use vizard_proxy::ports::Clock;
use vizard_proxy::settings::Environment;
use vizard_proxy::{Arrival, Attempt, Proxy, Receipt};

use crate::callers::{Admitted, Verifier, issuer_url, reach};
use crate::queued;
use crate::refuse::Refused;

/// What is needed to take calls from the queue.
#[derive(Debug, Clone)]
pub struct Pushed {
    verifier: Arc<Verifier>,
    /// What the platform gives one call.
    patience: Duration,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    message: Message,
    /// From 1; only where the subscription has a dead-letter topic.
    delivery_attempt: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    #[serde(default)]
    data: String,
    #[serde(default)]
    attributes: HashMap<String, String>,
    message_id: String,
}

impl Pushed {
    /// Reads `ASYNC_PUB_SUB_QUEUE` and what belongs to it; `None` where there is no queue.
    ///
    /// # Errors
    ///
    /// Every setting that is wrong: its name, and what was expected.
    pub fn read(environment: &dyn Environment, clock: Arc<dyn Clock>) -> Result<Option<Pushed>, Vec<String>> {
        if environment.given("ASYNC_PUB_SUB_QUEUE").is_none() {
            return Ok(None);
        }
        let mut problems = Vec::new();
        if environment.given("ASYNC_OUTPUT_DESTINATION").is_none() {
            problems.push(
                "ASYNC_OUTPUT_DESTINATION must be set where there is a queue: answers go there".to_owned(),
            );
        }
        let audience = environment.given("SERVICE_URL").filter(|it| issuer_url(it).is_some());
        if audience.is_none() {
            problems.push(
                "SERVICE_URL must be the URL of this service: the audience of what Pub/Sub pushes".to_owned(),
            );
        }
        let caller = environment.given("VIZARD_PUSH_CALLER").filter(|it| it.contains('@'));
        if caller.is_none() {
            problems.push(
                "VIZARD_PUSH_CALLER must be the e-mail of the account that Pub/Sub pushes as".to_owned(),
            );
        }
        let issuer = environment.given("VIZARD_PUSH_ISSUER");
        let issuer = match issuer {
            None => Some(GOOGLE.to_owned()),
            Some(text) => issuer_url(&text).filter(|it| it.starts_with("http:")),
        };
        if issuer.is_none() {
            problems.push("VIZARD_PUSH_ISSUER is for tests: it must be HTTP to this machine".to_owned());
        }
        let (Some(audience), Some(caller), Some(issuer), true) =
            (audience, caller, issuer, problems.is_empty())
        else {
            return Err(problems);
        };
        let upstream = reach(&issuer).map_err(|problem| vec![problem])?;
        let verifier = Verifier::new(issuer, vec![audience], Admitted::Email(caller), upstream, clock);
        let platform =
            environment.given("VIZARD_CALLER_AUTH").is_some_and(|it| it.eq_ignore_ascii_case("platform"));
        let on_cloud_run = platform && environment.given("K_SERVICE").is_some();
        let verifier = if on_cloud_run { verifier.behind_cloud_run() } else { verifier };
        // One that is no number is told with the proxy's settings.
        let seconds = environment.given("REQUEST_TIMEOUT_SECONDS").and_then(|it| it.parse().ok());
        let patience = seconds.map_or(PATIENCE, Duration::from_secs);
        Ok(Some(Pushed { verifier: Arc::new(verifier), patience }))
    }

    /// Whether it is our subscription that pushes.
    pub(crate) async fn admit(&self, headers: &HeaderMap) -> Result<(), Refused> {
        self.verifier.admit(headers).await
    }

    /// Answers the call of a message where its receipt says.
    ///
    /// The platform's time began when the push `arrived`.
    pub(crate) async fn perform(
        &self,
        proxy: &Proxy,
        body: &[u8],
        arrived: Instant,
    ) -> Result<Response<Bytes>, Refused> {
        let end = arrived + self.patience;
        let envelope: Envelope = serde_json::from_slice(body).map_err(|_| Refused::Event)?;
        let is_last = envelope.delivery_attempt.is_none_or(|it| it >= ATTEMPTS);
        let Message { data, attributes, message_id } = envelope.message;
        let receipt = attributes.get(WaitingCalls::RECEIPT).and_then(|it| Receipt::parse(it));
        let call = STANDARD.decode(data).ok().and_then(|it| queued::read(&it));
        let (Some(receipt), Some((mut request, client))) = (receipt, call) else {
            tracing::error!(message_id, "a message of the queue is no call of this service");
            // Where attempts are counted it is put aside in the end, for somebody to look at; else it would come for ever.
            return if envelope.delivery_attempt.is_some() { Err(Refused::Unfinished) } else { Ok(done()) };
        };
        // Some of the time is kept for putting what was late.
        let deadline = end - (self.patience / 5).min(PUTTING);
        request.extensions_mut().insert(Arrival { deadline: Some(deadline), ..Arrival::default() });
        let performed = proxy.perform(request, client, &receipt, Attempt { is_last, end }).await;
        performed.map(|()| done()).map_err(|_| Refused::Unfinished)
    }
}

fn done() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// How large a push may be: more than Pub/Sub's largest message in base64.
pub(crate) const LIMIT: usize = 16 * 1024 * 1024;

/// After so many attempts there is an answer, be it that there is none.
const ATTEMPTS: u32 = 3;

/// More than putting an answer takes.
const PUTTING: Duration = Duration::from_secs(10);

/// Unless `REQUEST_TIMEOUT_SECONDS` says otherwise.
const PATIENCE: Duration = Duration::from_secs(180);

const GOOGLE: &str = "https://accounts.google.com";

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use vizard_proxy::ports::SystemClock;

    use super::*;

    fn read(settings: &[(&str, &str)]) -> Result<bool, Vec<String>> {
        let pairs = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Pushed::read(&pairs.collect::<BTreeMap<_, _>>(), Arc::new(SystemClock)).map(|it| it.is_some())
    }

    #[test]
    fn a_queue_needs_to_know_who_pushes_and_where_answers_go() {
        let settings = [
            ("ASYNC_PUB_SUB_QUEUE", "projects/orchard/topics/zoom"),
            ("ASYNC_OUTPUT_DESTINATION", "gs://orchard-later/zoom"),
            ("SERVICE_URL", "https://zoom.lumen-orchard.example"),
            ("VIZARD_PUSH_CALLER", "pusher@orchard.iam.gserviceaccount.com"),
        ];
        assert_eq!((read(&[]), read(&settings)), (Ok(false), Ok(true)));
        let with = |more: (&'static str, &'static str)| read(&[&settings[..], &[more]].concat());
        assert_eq!(with(("VIZARD_PUSH_ISSUER", "http://127.0.0.1:9000")), Ok(true));
        for (name, value, problem) in [
            ("ASYNC_OUTPUT_DESTINATION", "", "ASYNC_OUTPUT_DESTINATION must be set where there is a queue"),
            (
                "SERVICE_URL",
                "http://zoom.lumen-orchard.example",
                "SERVICE_URL must be the URL of this service",
            ),
            ("VIZARD_PUSH_CALLER", "*", "VIZARD_PUSH_CALLER must be the e-mail"),
            (
                "VIZARD_PUSH_ISSUER",
                "https://accounts.lumen-orchard.example",
                "VIZARD_PUSH_ISSUER is for tests",
            ),
        ] {
            let problems = with((name, value)).unwrap_err();
            assert!(problems.len() == 1 && problems[0].starts_with(problem), "{problems:?}");
        }
        assert_eq!(read(&settings[..1]).unwrap_err().len(), 3);
    }
}
