//! The server as an operator deploys it on Google Cloud: a grant for each secret and no more, a queue that pushes, a
//! bucket; a simulated Zoom behind it. The same Zoom has a proxy in this process too, to compare with.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use vizard_tests::google::Google;
use vizard_tests::google::iam::Role;
use vizard_tests::google::issuer::Issuer;
use vizard_tests::google::push::{Pushed, Subscription};
use vizard_tests::google::storage::Stored;
use vizard_tests::keys;
use vizard_tests::wire::Reply;
use vizard_tests::world::World;
use vizard_zoom_simulator::Config;

use crate::program::Program;

/// A page of people: the usual call.
pub(crate) const USERS: &str = "/v2/users?page_size=30";

/// The audience of pushes, and who pushes.
pub(crate) const SERVICE: &str = "https://zoom-vizard.lumen-orchard.example";
pub(crate) const PUSHER: &str = "vizard-push@lumen-orchard-vizard.iam.gserviceaccount.com";

/// The server, and all that is around it.
pub(crate) struct Deployed {
    pub(crate) world: World,
    pub(crate) google: Google,
    pub(crate) issuer: Issuer,
    pub(crate) program: Program,
    pub(crate) topic: String,
    /// Where calls go that nobody could answer.
    pub(crate) dead: String,
}

impl Deployed {
    /// As usual.
    pub(crate) async fn zoom() -> Deployed {
        let config = Config { extra_fields: true, ..Config::tiny() };
        let (world, google) = (World::with(config.clone(), &[]).await, Google::start().await);
        let issuer = Issuer::of(&google).await;
        let topic = google.create_topic("zoom-calls");
        let dead = google.create_topic("zoom-calls-dead");
        google.create_bucket("zoom-answers");
        google.revoke_all();
        let names = secrets(&google, &config);
        google.grant(Role::Publisher, Some(&topic));
        google.grant(Role::ObjectWriter, Some(&Google::bucket_name("zoom-answers")));
        let (host, endpoint) = (google.metadata_host(), format!("{}/oauth/token", world.zoom.url()));
        let settings = [
            ("K_SERVICE", "vizard-zoom"),
            ("VIZARD_CALLER_AUTH", "platform"),
            ("PORT", "0"),
            ("VIZARD_BIND", "127.0.0.1"),
            ("SOURCE", "zoom"),
            ("TARGET_HOST", world.zoom.url()),
            ("REFRESH_ENDPOINT", &endpoint),
            ("VIZARD_ALLOW_LOOPBACK_HTTP", "true"),
            ("VIZARD_GOOGLE_ENDPOINT", google.url()),
            ("GCE_METADATA_HOST", &host),
            ("PATH_TO_INSTANCE_CONFIG", "vizard_zoom_"),
            ("PATH_TO_SHARED_CONFIG", "vizard_shared_"),
            ("VIZARD_STATE_PATH", "vizard_zoom_state_"),
            ("VIZARD_SECRET_NAMES", &names),
            ("ASYNC_PUB_SUB_QUEUE", &topic),
            ("ASYNC_OUTPUT_DESTINATION", "gs://zoom-answers/zoom"),
            ("SERVICE_URL", SERVICE),
            ("VIZARD_PUSH_CALLER", PUSHER),
            ("VIZARD_PUSH_ISSUER", issuer.url()),
            ("REQUEST_TIMEOUT_SECONDS", "30"),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let program = Program::start(settings.into()).await.unwrap_or_else(|said| panic!("it ended: {said}"));
        let deployed = Deployed { world, google, issuer, program, topic, dead };
        deployed.google.subscribe(deployed.subscription("calls", Some(PUSHER), SERVICE));
        deployed
    }

    /// A subscription that pushes to the server, in the name of an account, for an audience.
    pub(crate) fn subscription(&self, name: &str, account: Option<&str>, audience: &str) -> Subscription {
        Subscription {
            name: name.to_owned(),
            topic: self.topic.clone(),
            endpoint: format!("http://{}/.vizard/calls", self.program.address),
            account: account.map(str::to_owned),
            audience: Some(audience.to_owned()),
            dead_letters: Some((5, self.dead.clone())),
            deadline: Duration::from_secs(40),
        }
    }

    /// Asks the server.
    pub(crate) async fn ask(&self, request: Request<Bytes>) -> Reply {
        let reply = self.program.send(request).await;
        self.world.deployment.note(&reply);
        reply
    }

    /// Asks for an answer later.
    pub(crate) async fn ask_later(&self, target: &str) -> Reply {
        let request = Request::get(target)
            .header("Prefer", "respond-async")
            .header("Authorization", "Bearer credential-of-the-caller")
            .header("X-Serverless-Authorization", "Bearer platform-credential-of-the-caller")
            .header("Cookie", "cookie-of-the-caller=1");
        self.ask(request.body(Bytes::new()).unwrap()).await
    }

    /// Pushes what waits, once: attempts and statuses.
    pub(crate) async fn push(&self) -> Vec<(u32, u16)> {
        let status = |it: Pushed| (it.attempt, it.reply.map_or(0, |reply| reply.status.as_u16()));
        self.google.push("calls").await.into_iter().map(status).collect()
    }

    /// The object that a receipt leads to.
    pub(crate) fn object(&self, receipt: &Reply) -> Option<Stored> {
        let key = receipt.header("location").strip_prefix("gs://zoom-answers/").unwrap();
        self.google.object("zoom-answers", key)
    }

    /// Nothing that came out holds a secret: no answer, no line of the log, no message, no object.
    pub(crate) fn assert_nothing_leaked(&self) {
        let mut output = self.program.log();
        for topic in [&self.topic, &self.dead] {
            for message in self.google.published(topic) {
                output.push_str(&format!("{} {:?}\n", message.text(), message.attributes));
            }
        }
        for key in self.google.keys("zoom-answers") {
            let stored = self.google.object("zoom-answers", &key).unwrap();
            output.push_str(&format!("{} {:?}\n", stored.text(), stored.metadata));
        }
        assert!(!output.contains("of-the-caller"), "what the caller proved itself with is nobody's business");
        let without_times = output.lines().map(|line| match line.strip_prefix("{\"timestamp\":\"") {
            Some(rest) => rest.split_once('"').map_or(rest, |(_, rest)| rest),
            None => line,
        });
        let headers = http::HeaderMap::new();
        let body = without_times.collect::<Vec<_>>().join("\n").into();
        self.world.deployment.note(&Reply { status: http::StatusCode::OK, headers, body });
        self.world.assert_nothing_leaked();
    }
}

/// What an operator makes and grants: all names, as `VIZARD_SECRET_NAMES` has them.
fn secrets(google: &Google, config: &Config) -> String {
    let held = [
        ("vizard_shared_PSOXY_SALT", keys::SALT),
        ("vizard_shared_PSOXY_ENCRYPTION_KEY", keys::ENCRYPTION_KEY),
        ("vizard_zoom_CLIENT_ID", &config.client_id),
        ("vizard_zoom_CLIENT_SECRET", &config.client_secret),
        ("vizard_zoom_ACCOUNT_ID", &config.account_id),
    ];
    for (id, value) in held {
        google.put_secret(id, value);
        google.grant(Role::SecretAccessor, Some(&Google::secret_name(id)));
    }
    let state = ["vizard_zoom_state_ACCESS_TOKEN", "vizard_zoom_state_OAUTH_REFRESH_TOKEN"];
    for id in state {
        google.put_secret(id, "fill me");
        google.grant(Role::SecretKeeper, Some(&Google::secret_name(id)));
    }
    held.map(|(id, _)| id).into_iter().chain(state).collect::<Vec<_>>().join(",")
}
