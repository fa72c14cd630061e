//! The function as an operator deploys it: secrets in an AWS of its own, a simulated Zoom behind it, the real program
//! on a platform in between. What comes out anywhere is kept, and searched for what must not.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use vizard_tests::keys;
use vizard_tests::moto::Moto;
use vizard_tests::moto::faults::AwsFaults;
use vizard_tests::programs::bootstrap;
use vizard_tests::runtime_api::front::{Call, Front};
use vizard_tests::runtime_api::{Function, Platform};
use vizard_tests::spellings::{Search, Spellings};
use vizard_tests::wire::Reply;
use vizard_zoom_simulator::{Config, Running, Simulator};

use crate::account::number;

/// A page of people: the usual call.
pub(crate) const USERS: &str = "/v2/users?page_size=30";

/// What differs from one deployment to the next.
pub(crate) struct Plan<'p> {
    pub(crate) zoom: Config,
    pub(crate) platform: Platform,
    /// Settings over the usual ones; one without a value is taken out.
    pub(crate) settings: Vec<(&'p str, &'p str)>,
    /// The salt and the encryption key.
    pub(crate) keys: (&'p str, &'p str),
}

impl Default for Plan<'_> {
    fn default() -> Self {
        Plan {
            zoom: Config { extra_fields: true, ..Config::tiny() },
            platform: Platform::default(),
            settings: Vec::new(),
            keys: ("grain-of-the-tests-Vw3kQ8xT", "key-of-the-tests-Zr5mN2yB"),
        }
    }
}

/// The function, and all that is around it.
pub(crate) struct Deployed {
    pub(crate) zoom: Arc<Running>,
    pub(crate) moto: &'static Moto,
    /// Between the function and AWS.
    pub(crate) aws: AwsFaults,
    pub(crate) function: Function,
    /// What its names in the store begin with.
    pub(crate) path: String,
    pub(crate) settings: BTreeMap<String, String>,
    keys: (String, String),
    said: Mutex<String>,
}

impl Deployed {
    /// As usual.
    pub(crate) async fn zoom() -> Deployed {
        Deployed::with(Plan::default()).await
    }

    /// With these settings.
    pub(crate) async fn configured(settings: &[(&str, &str)]) -> Deployed {
        Deployed::with(Plan { settings: settings.to_vec(), ..Plan::default() }).await
    }

    /// As planned. No process is started yet.
    pub(crate) async fn with(plan: Plan<'_>) -> Deployed {
        let moto = Moto::start().await;
        let aws = moto.through_faults().await;
        let path = format!("/run-{}", number());
        let (salt, key) = plan.keys;
        moto.put_parameter(&format!("{path}/shared/PSOXY_SALT"), salt, "SecureString").await;
        moto.put_parameter(&format!("{path}/shared/PSOXY_ENCRYPTION_KEY"), key, "SecureString").await;
        let zoom = Arc::new(Simulator::start(plan.zoom.clone()).await.unwrap());
        grant(moto, &format!("{path}/zoom/config/"), &plan.zoom).await;

        let endpoint = format!("{}/oauth/token", zoom.url());
        let (config, shared, state) =
            (format!("{path}/zoom/config/"), format!("{path}/shared/"), format!("{path}/zoom/state/"));
        let usual = [
            ("SOURCE", "zoom"),
            ("TARGET_HOST", zoom.url()),
            ("REFRESH_ENDPOINT", &endpoint),
            ("VIZARD_ALLOW_LOOPBACK_HTTP", "true"),
            ("PATH_TO_INSTANCE_CONFIG", &config),
            ("PATH_TO_SHARED_CONFIG", &shared),
            ("VIZARD_STATE_PATH", &state),
            ("REQUEST_TIMEOUT_SECONDS", "30"),
            ("AWS_ENDPOINT_URL", aws.url()),
        ];
        let pairs = usual.iter().chain(&plan.settings);
        let mut settings: BTreeMap<String, String> =
            pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        settings.retain(|_, value| !value.is_empty());
        let program = tokio::task::spawn_blocking(bootstrap).await.unwrap();
        let environment: Vec<_> = settings.iter().map(|(name, value)| (&**name, &**value)).collect();
        let function = Function::on(plan.platform, &program, &environment);
        let keys = (salt.to_owned(), key.to_owned());
        Deployed { zoom, moto, aws, function, path, settings, keys, said: Mutex::default() }
    }

    /// Deploys it anew, with these settings over those it has.
    pub(crate) fn redeploy(&mut self, settings: &[(&str, &str)]) {
        for (name, value) in settings {
            self.settings.insert((*name).to_owned(), (*value).to_owned());
        }
        let pairs: Vec<_> = self.settings.iter().map(|(name, value)| (&**name, &**value)).collect();
        self.function.redeploy(&pairs);
    }

    /// Asks over a function URL.
    pub(crate) async fn get(&self, target: &str) -> Reply {
        self.ask(Front::FunctionUrl, Call::get(target)).await
    }

    /// Asks over a product.
    pub(crate) async fn ask(&self, front: Front, call: impl Into<Call>) -> Reply {
        let reply = front.ask(&self.function, call).await;
        self.note(&reply);
        reply
    }

    /// Keeps an answer that came in another way.
    pub(crate) fn note(&self, reply: &Reply) {
        let text = format!("{} {:?}\n{}\n", reply.status, reply.headers, reply.text());
        self.said.lock().unwrap().push_str(&text);
    }

    /// The reversible token of a person, by number.
    pub(crate) fn user_token(&self, index: u32) -> String {
        self.token(&self.zoom.user_id(index))
    }

    /// The reversible token of an identifier.
    pub(crate) fn token(&self, id: &str) -> String {
        let (salt, key) = &self.keys;
        keys::of(salt, key).token(id, vizard_pseudonym::Kind::Reversible).unwrap()
    }

    /// The lines of the audit log.
    pub(crate) fn audit(&self) -> Vec<Value> {
        self.function.log().into_iter().filter(|line| line["target"] == "audit").collect()
    }

    /// The name of the shared token in the store.
    pub(crate) fn shared_token(&self) -> String {
        format!("{}/zoom/state/ACCESS_TOKEN", self.path)
    }

    /// The name of the lease in the store.
    pub(crate) fn lease(&self) -> String {
        format!("{}/zoom/state/OAUTH_REFRESH_TOKEN_lock", self.path)
    }

    /// Nothing that came out holds a secret: no answer, no line of a log, no message, no object and none of its
    /// metadata, but for objects in the buckets that are for originals.
    pub(crate) fn assert_nothing_leaked_but_to(&self, buckets: &[&str]) {
        let mut output = self.said.lock().unwrap().clone();
        output.push_str(&without_times(&self.function.stdout()));
        output.push_str(&self.function.stderr());
        for seen in self.aws.seen() {
            let path = seen.request.uri().path();
            let is_original = buckets.iter().any(|bucket| path.starts_with(&format!("/{bucket}/")));
            match seen.operation.as_str() {
                "S3.PutObject" if !is_original => {
                    let metadata = seen.request.headers().iter();
                    let metadata = metadata.filter(|(name, _)| name.as_str().starts_with("x-amz-meta-"));
                    for (name, value) in metadata {
                        output.push_str(&format!("{name}: {}\n", value.to_str().unwrap()));
                    }
                    let mut text = String::new();
                    flate2::read::GzDecoder::new(&seen.request.body()[..]).read_to_string(&mut text).unwrap();
                    output.push_str(&text);
                }
                "AmazonSQS.SendMessage" => {
                    output.push_str(&String::from_utf8_lossy(seen.request.body()));
                }
                _ => {}
            }
        }
        let canaries = self.zoom.secrets();
        let own = [&*self.keys.0, &*self.keys.1, "secret-of-the-test-role", "session-of-the-test-role"];
        let own = own.into_iter().filter(|it| it.len() > 10);
        let own: Vec<(String, Vec<String>)> =
            own.map(|it| (it.to_owned(), Spellings::of(it).forms().to_vec())).collect();
        let zooms = canaries.iter().map(|it| (format!("{it:?}"), it.spellings()));
        let all: Vec<_> = own.into_iter().chain(zooms).collect();
        let search = Search::of(all.iter().map(|(_, forms)| forms));
        let found: Vec<_> = search.find(&output).into_iter().map(|number| &all[number].0).collect();
        assert!(found.is_empty(), "{} of {} secrets leaked: {found:?}", found.len(), all.len());
    }

    /// The same, where no originals are kept.
    pub(crate) fn assert_nothing_leaked(&self) {
        assert!(!self.zoom.secrets().is_empty(), "the simulator was never asked");
        self.assert_nothing_leaked_but_to(&[]);
    }
}

/// What an operator stores of a Zoom account.
pub(crate) async fn grant(moto: &Moto, path: &str, zoom: &Config) {
    for (name, value) in [
        ("CLIENT_ID", &zoom.client_id),
        ("CLIENT_SECRET", &zoom.client_secret),
        ("ACCOUNT_ID", &zoom.account_id),
    ] {
        moto.put_parameter(&format!("{path}{name}"), value, "SecureString").await;
    }
}

/// Their fractions look like any six digits.
fn without_times(log: &str) -> String {
    let rest = |line: &str| match line.strip_prefix("{\"timestamp\":\"").and_then(|it| it.split_once('"')) {
        Some((_time, rest)) => format!("{rest}\n"),
        None => format!("{line}\n"),
    };
    log.lines().map(rest).collect()
}

/// Asks again until it is so, for as long as anybody would wait.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, so: impl Fn() -> F) {
    for _ in 0..400 {
        if so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("still not so: {what}");
}
