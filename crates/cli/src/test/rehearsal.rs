//! The proxy itself, in this process, in front of a source that answers what it is told to.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response};
use tracing::level_filters::LevelFilter;
use vizard_proxy::ports::{SystemClock, Upstream, UpstreamError};
use vizard_proxy::secrets::EnvironmentSecrets;
use vizard_proxy::settings::Settings;
use vizard_proxy::{Client, Parts, Proxy, log};

use crate::exit::{Code, Stop};

/// A proxy with the keys of the examples.
#[derive(Debug)]
pub(super) struct Rehearsal {
    pub(super) proxy: Proxy,
    source: Arc<Prompted>,
    log: Arc<Mutex<Vec<u8>>>,
}

/// What the source answers.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Bytes,
}

impl Rehearsal {
    /// Starts it with these rules. With the name of a shipped source, its connector takes part.
    pub(super) async fn start(rules: &str, source: Option<&str>) -> Result<Rehearsal, Stop> {
        let log = listen();
        let mut environment = BTreeMap::from([
            ("RULES".to_owned(), rules.to_owned()),
            ("TARGET_HOST".to_owned(), "source.example".to_owned()),
            ("SOURCE_AUTH_STRATEGY_IDENTIFIER".to_owned(), "oauth2_access_token".to_owned()),
        ]);
        environment.extend(source.map(|source| ("SOURCE".to_owned(), source.to_owned())));
        let secrets = EnvironmentSecrets::from_pairs([
            ("PSOXY_SALT", "salt"),
            ("PSOXY_ENCRYPTION_KEY", "secret"),
            ("ACCESS_TOKEN", "a token that opens nothing"),
        ]);
        let settings = Settings::read(&environment, &secrets).await.map_err(|problems| {
            let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
            Stop::because(Code::Configuration, format_args!("could not start the proxy\n{}", told.join("\n")))
        })?;
        let prompted = Arc::new(Prompted::default());
        let parts = Parts {
            settings,
            secrets: Arc::new(secrets),
            upstream: prompted.clone(),
            clock: Arc::new(SystemClock),
        };
        let proxy = Proxy::new(parts).map_err(|error| Stop::new(Code::Configuration, error))?;
        Ok(Rehearsal { proxy, source: prompted, log })
    }

    /// Asks the proxy, while the source answers this.
    pub(super) async fn ask(&self, request: Request<Bytes>, answer: &Answer) -> Response<Bytes> {
        *self.source.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer.clone());
        self.proxy.handle(request, Client::default()).await
    }

    /// Everything that was logged so far.
    pub(super) fn log(&self) -> Vec<u8> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Keeps the log of this process, all of it.
fn listen() -> Arc<Mutex<Vec<u8>>> {
    let log = Arc::new(Mutex::new(Vec::new()));
    let page = log.clone();
    let subscriber = log::lines(LevelFilter::TRACE, move || Page(page.clone()));
    // The command has no other. If it had, the lines that each answer leaves would be missed.
    let _ = tracing::subscriber::set_global_default(subscriber);
    log
}

struct Page(Arc<Mutex<Vec<u8>>>);

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A source that answers the same to whatever it is asked.
#[derive(Debug, Default)]
struct Prompted {
    answer: Mutex<Option<Answer>>,
}

#[async_trait]
impl Upstream for Prompted {
    async fn send(
        &self,
        _request: Request<Bytes>,
        _deadline: Instant,
    ) -> Result<Response<Bytes>, UpstreamError> {
        let answer = self.answer.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let answer = answer.ok_or(UpstreamError::Refused)?;
        let mut response = Response::builder().status(answer.status);
        for (name, value) in answer.headers {
            response = response.header(name, value);
        }
        response.body(answer.body).map_err(|_| UpstreamError::Broken)
    }
}

#[cfg(test)]
mod tests {
    use vizard_review::canary::plant::{Canaries, Planted, Shape};
    use vizard_review::canary::watch::{Watch, Where};
    use vizard_sanitizer::outline::Outline;

    use super::*;

    const RULES: &str = "endpoints: [{pathTemplate: /v2/a, allowedMethods: [GET], allowedQueryParams: [], \
                         responseSchema: {properties: {id: {type: string}}}}]";

    /// A number passes in `Expires`, and so it shows that headers are looked at; the log is there to be looked at, too.
    #[tokio::test]
    async fn what_passes_in_headers_is_seen_and_what_is_logged_is_kept() {
        let mut canaries = Canaries::seeded(1);
        let number = canaries.text(Shape::Digits, 0, Planted::Header("expires"));
        let kept = canaries.text(Shape::Id, 0, Planted::Elsewhere("a body"));
        let outline = Outline::read("r", RULES).unwrap();
        let mut watch = Watch::over(canaries.all(), &outline, &outline);
        let rehearsal = Rehearsal::start(RULES, None).await.unwrap();
        let answer = Answer {
            status: 200,
            headers: vec![(http::header::EXPIRES, HeaderValue::from_str(&number).unwrap())],
            body: format!("{{\"id\":\"{kept}\"}}").into(),
        };
        let request = Request::get("/v2/a").body(Bytes::new()).unwrap();
        let response = rehearsal.ask(request, &answer).await;
        assert_eq!(response.status(), 200);
        watch.body(0, response.body());
        watch.elsewhere(&Where::Header("expires".to_owned()), response.headers()["expires"].as_bytes());
        watch.log(&rehearsal.log());
        let seen: Vec<String> = watch.leaks().iter().map(|leak| leak.seen.to_string()).collect();
        assert_eq!(seen, ["at `$.id` of an answer", "in the response header `expires`"]);
        let log = String::from_utf8(rehearsal.log()).unwrap();
        assert!(log.contains("\"target\":\"audit\"") && log.contains("/v2/a"), "{log}");
    }
}
