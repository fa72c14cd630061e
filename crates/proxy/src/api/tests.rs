//! Whole requests against a source that is played: one line of a table per way a request can go.

mod audit_line;
mod credential;
mod failing_source;
mod refused;
mod success;

use std::collections::VecDeque;
use std::sync::{LazyLock, Mutex};
use std::time::SystemTime;

use async_trait::async_trait;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use vizard_pseudonym::{KeyMaterial, Secret, Settings};

use super::*;
use crate::allow_list::AllowList;
use crate::credentials::{Credentials, Exchange, Grant, Strategy};
use crate::gzip;
use crate::health::Facts;
use crate::off_reactor::Cores;
use crate::ports::{Upstream, UpstreamError};
use crate::secrets::{EnvironmentSecrets, Namespaces, Secrets};
use crate::upstream::request::Base;

const RULES: &str = r#"
endpoints:
  - pathTemplate: "/v2/users"
    allowedMethods: ["GET", "HEAD", "POST", "PATCH", "DELETE"]
    allowedQueryParams: ["page_size", "manager"]
    allowedRequestHeaders: ["x-choice"]
    responseSchema:
      type: object
      properties:
        id: { type: string }
        email: { type: string }
        type: { type: integer }
    transforms:
      - !<pseudonymize>
        jsonPaths: ["$.email"]
"#;

/// A body whose every value but `type` must not get out.
const MIRA: &str = r#"{"id":"u1","email":"mira@lumen-orchard.example","type":2,"phone":"mira"}"#;

#[derive(Debug, Default)]
struct PlayedSource {
    answers: Mutex<VecDeque<Result<Response<Bytes>, UpstreamError>>>,
    seen: Mutex<Vec<Request<Bytes>>>,
}

#[async_trait]
impl Upstream for PlayedSource {
    async fn send(&self, request: Request<Bytes>, _: Instant) -> Result<Response<Bytes>, UpstreamError> {
        self.seen.lock().unwrap().push(request);
        self.answers.lock().unwrap().pop_front().expect("the test plays enough answers")
    }
}

#[derive(Debug)]
struct FixedClock(Instant);

impl Clock for FixedClock {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
    }
    fn instant(&self) -> Instant {
        self.0
    }
    fn jitter(&self, low: Duration, _: Duration) -> Duration {
        low
    }
    fn request_id(&self) -> String {
        "request-1".to_owned()
    }
}

/// A token that never changes, so that the source sees no other requests than the caller's.
fn fixed_token(source: &Arc<PlayedSource>, clock: &Arc<dyn Clock>) -> Credentials {
    let secrets = EnvironmentSecrets::from_pairs([("ACCESS_TOKEN", "mira-token")]);
    let secrets = Secrets::new(Arc::new(secrets), Namespaces::default());
    Credentials::new(Strategy::AccessToken, secrets, source.clone(), clock.clone(), None)
}

/// Tokens from a token endpoint, which is played by the same source.
fn renewed_token(source: &Arc<PlayedSource>, clock: &Arc<dyn Clock>) -> Credentials {
    let exchange = Exchange {
        endpoint: "https://lumen-orchard.example/oauth/token".parse().unwrap(),
        grant: Grant::AccountCredentials,
        shared_token: false,
        client_id: None,
        account_id: None,
        scope: None,
        patience: Duration::from_secs(20),
    };
    let secrets = ["CLIENT_ID", "CLIENT_SECRET", "ACCOUNT_ID"].map(|name| (name, "mira-secret"));
    let secrets = Secrets::new(Arc::new(EnvironmentSecrets::from_pairs(secrets)), Namespaces::default());
    Credentials::new(Strategy::Exchange(exchange), secrets, source.clone(), clock.clone(), None)
}

fn token(text: &str) -> Result<Response<Bytes>, UpstreamError> {
    answer(
        200,
        &[("content-type", "application/json")],
        format!(r#"{{"access_token":"{text}","expires_in":3600}}"#),
    )
}

/// Deriving keys is slow on purpose; once is enough.
static KEYS: LazyLock<Arc<Pseudonymizer>> = LazyLock::new(|| {
    let material = KeyMaterial { encryption_key: Some(Secret::new("key")), ..KeyMaterial::salted("salt") };
    Arc::new(Pseudonymizer::new(&material, Settings::default()))
});

struct World {
    source: Arc<PlayedSource>,
    proxy: Proxy,
}

impl World {
    fn new(answers: impl IntoIterator<Item = Result<Response<Bytes>, UpstreamError>>) -> World {
        let source = Arc::new(PlayedSource::default());
        source.answers.lock().unwrap().extend(answers);
        let clock: Arc<dyn Clock> = Arc::new(FixedClock(Instant::now()));
        let keys = KEYS.clone();
        let rules = RuleSet::load("rules.yaml", RULES).unwrap().rules;
        let stamp = Stamp { rules: rules.sha256().to_owned(), salt: keys.salt_fingerprint().to_owned() };
        let ready = Ready {
            rules: Arc::new(rules),
            keys: keys.clone(),
            source: Source {
                upstream: source.clone(),
                credentials: fixed_token(&source, &clock),
                clock: clock.clone(),
                keys,
                base: Base::new("https://api.lumen-orchard.example"),
                user_agent: "Vizard".to_owned(),
                follow_redirects: true,
                seconds: 150,
                response_limit: 1_000_000,
                cores: Cores::all(),
                texts: [(1001, "the source knows no such user".to_owned())].into(),
            },
            trim: Trim::default(),
            patience: Duration::from_secs(150),
            request_limit: 1000,
            stamp,
            outputs: Outputs::default(),
            later: None,
        };
        let health = Health { allow_list: None, facts: Facts::default() };
        World {
            source,
            proxy: Proxy { health, clock, state: Ok(Box::new(ready)), loopback_http: false, connector: None },
        }
    }

    /// The same with a token endpoint.
    fn renewing(answers: impl IntoIterator<Item = Result<Response<Bytes>, UpstreamError>>) -> World {
        let mut world = World::new(answers);
        world.ready().source.credentials = renewed_token(&world.source.clone(), &world.proxy.clock.clone());
        world
    }

    fn ready(&mut self) -> &mut Ready {
        self.proxy.state.as_mut().unwrap()
    }

    async fn ask(&self, request: Request<Bytes>) -> Answered {
        self.ask_as(request, Client { address: "192.0.2.7".parse().ok(), https: Some(true) }).await
    }

    async fn ask_as(&self, request: Request<Bytes>, client: Client) -> Answered {
        let response = self.proxy.handle(request, client).await;
        let (head, body) = response.into_parts();
        let body = String::from_utf8_lossy(&body).into_owned();
        // Nothing of the original may be anywhere in any answer.
        let everything = format!("{:?} {body}", head.headers);
        assert!(!everything.contains("mira"), "{everything}");
        Answered { status: head.status, headers: head.headers, body }
    }

    fn sent(&self) -> Vec<String> {
        let seen = self.source.seen.lock().unwrap();
        seen.iter()
            .map(|it| format!("{} {} {}", it.method(), it.uri(), String::from_utf8_lossy(it.body())))
            .collect()
    }
}

struct Answered {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answered {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    fn warnings(&self) -> Vec<&str> {
        self.headers.get_all("x-psoxy-warning").iter().map(|value| value.to_str().unwrap()).collect()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Status, `X-Psoxy-Error`, and the code of the problem document.
    fn problem(&self) -> (u16, Option<&str>, String) {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.body);
        let document = self.json();
        assert_eq!(document["status"], self.status.as_u16());
        assert_eq!(document["request_id"], "request-1");
        assert_eq!(document["type"], "about:blank");
        assert!(document["title"].is_string() && document["detail"].is_string());
        (self.status.as_u16(), self.header("x-psoxy-error"), document["code"].as_str().unwrap().to_owned())
    }
}

fn get(uri: &str) -> Request<Bytes> {
    with("GET", uri, &[], "")
}

fn with(method: &str, uri: &str, headers: &[(&str, &str)], body: &str) -> Request<Bytes> {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Bytes::copy_from_slice(body.as_bytes())).unwrap()
}

fn answer(
    status: u16,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> Result<Response<Bytes>, UpstreamError> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    Ok(response.body(body.into()).unwrap())
}

fn ok() -> Result<Response<Bytes>, UpstreamError> {
    answer(200, &[("content-type", "application/json")], MIRA)
}

/// Everything that is logged while `asked` runs.
async fn logged<T>(asked: impl Future<Output = T>) -> (T, String) {
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);
    impl std::io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let result = asked.await;
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    (result, text)
}

fn audit_line(log: &str) -> Value {
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut audits: Vec<Value> = lines.into_iter().filter(|line| line["target"] == "audit").collect();
    assert_eq!(audits.len(), 1, "one line per request: {log}");
    audits.remove(0)["fields"].take()
}
