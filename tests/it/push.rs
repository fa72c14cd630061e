//! Calls that Pub/Sub pushes back, and events of Cloud Storage, over real sockets: who may bring them, what is made of
//! them, and what brings them again.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use vizard_proxy::ports::{OutputError, SystemClock};
use vizard_server::{Callers, Limits, Pushed};
use vizard_tests::oidc::{Issuer, Signer};
use vizard_tests::wire::{Reply, request};
use vizard_tests::world::{Served, World};
use vizard_zoom_simulator::{Config, Fault, Target};

const USERS: &str = "/v2/users?page_size=30";
const SERVICE: &str = "https://zoom-proxy.lumen-orchard.example";
const PUSHER: &str = "pusher@lumen-orchard.example";
const LATER: (&str, &str) = ("Prefer", "respond-async");

/// A proxy with a queue that pushes.
struct Scene {
    world: World,
    key: Signer,
    issuer: Issuer,
    served: Served,
}

impl Scene {
    async fn new() -> Scene {
        Scene::with(&[]).await
    }

    /// With settings more.
    async fn with(more: &[(&str, &str)]) -> Scene {
        let key = Signer::rsa("google");
        let issuer = Issuer::publishing(&[&key]).await;
        let mut settings = BTreeMap::from(
            [
                ("ASYNC_PUB_SUB_QUEUE", "projects/orchard/topics/zoom"),
                ("ASYNC_OUTPUT_DESTINATION", "memory://later/zoom"),
                ("SERVICE_URL", SERVICE),
                ("VIZARD_PUSH_CALLER", PUSHER),
                ("VIZARD_PUSH_ISSUER", issuer.url()),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        settings.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let pushed = Pushed::read(&settings, Arc::new(SystemClock)).unwrap();
        let config = Config { extra_fields: true, ..Config::tiny() };
        let world = World::with(config, &[("ASYNC_OUTPUT_DESTINATION", "memory://later/zoom")]).await;
        let served = world.deployment.serve_to(Callers::ByPlatform, pushed, Limits::default()).await;
        Scene { world, key, issuer, served }
    }

    fn claims(&self, changes: Value) -> Value {
        let mut claims = self.issuer.claims();
        claims["aud"] = json!(SERVICE);
        claims["email"] = json!(PUSHER);
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims
    }

    async fn post(&self, claims: &Value, body: String) -> Reply {
        let token = format!("Bearer {}", self.key.token(claims));
        let headers = [("Authorization", token.as_str()), ("Content-Type", "application/json")];
        self.served.send(request("POST", "/.vizard/calls", &headers, body)).await
    }

    /// As Pub/Sub pushes it.
    async fn push(&self, message: &str, receipt: &str, attempt: Option<u32>) -> Reply {
        let mut envelope = json!({
            "message": {
                "data": STANDARD.encode(message),
                "attributes": {"processingContext": receipt},
                "messageId": "1234567890",
                "publishTime": "2026-03-02T08:00:00Z",
            },
            "subscription": "projects/orchard/subscriptions/zoom",
        });
        if let Some(attempt) = attempt {
            envelope["deliveryAttempt"] = json!(attempt);
        }
        self.post(&self.claims(json!({})), envelope.to_string()).await
    }

    /// A call that prefers to wait, as it was queued.
    async fn queue(&self, target: &str) -> (Reply, String, String) {
        let headers = [LATER, ("Authorization", "Bearer of-the-caller"), ("X-Run", "7")];
        let reply = self.served.send(request("GET", target, &headers, "")).await;
        let (message, receipt) = self.world.deployment.queue.take().pop().expect("one message");
        (reply, message, receipt)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_is_queued_pushed_back_and_answered() {
    let scene = Scene::new().await;
    let (reply, message, receipt) = scene.queue(USERS).await;
    assert_eq!((reply.status.as_u16(), reply.text()), (202, receipt.clone()));
    assert_eq!(
        serde_json::from_str::<Value>(&message).unwrap(),
        json!({
            "path": "/v2/users", "query": "page_size=30", "httpMethod": "GET", "body": null,
            "clientIp": "127.0.0.1", "https": null,
            "headers": {
                "host": ["proxy.lumen-orchard.example"], "prefer": ["respond-async"], "x-run": ["7"],
            },
        })
    );
    let pushed = scene.push(&message, &receipt, Some(1)).await;
    assert_eq!((pushed.status.as_u16(), pushed.text().as_str()), (204, ""));
    let objects = scene.world.deployment.buckets.objects();
    let object = &objects[reply.header("location")];
    assert_eq!(object.text, scene.world.get(USERS).await.text(), "the same answer, later");
    assert_eq!((object.metadata["STATUS"].as_str(), object.metadata["x-run"].as_str()), ("200", "7"));
    // One that does not prefer to wait, or that the rules refuse, is answered now.
    for (target, headers, status) in [(USERS, &[][..], 200), ("/v2/accounts", &[LATER], 403)] {
        assert_eq!(scene.served.send(request("GET", target, headers, "")).await.status, status);
    }
    assert!(scene.world.deployment.queue.take().is_empty());
    scene.world.assert_nothing_leaked();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_pass_is_given_out_again_until_the_last_attempt() {
    let scene = Scene::new().await;
    let (reply, message, receipt) = scene.queue(USERS).await;
    let buckets = &scene.world.deployment.buckets;
    for (attempt, put) in [(Some(1), 0), (Some(2), 0), (Some(3), 1), (None, 1)] {
        scene.world.zoom.set_fault(Target::Rest, Fault::ConnectionReset, 1);
        let pushed = scene.push(&message, &receipt, attempt).await;
        let expected = (503, "ASYNC_HANDLER_DISPATCH".to_owned(), "call-unfinished".to_owned());
        assert_eq!(pushed.problem(), expected, "{attempt:?}");
        assert_eq!(buckets.objects().len(), put, "{attempt:?}");
    }
    assert_eq!(buckets.objects()[reply.header("location")].metadata["Error"], "CONNECTION_TO_SOURCE");
    buckets.fail(Some(OutputError::Unavailable));
    assert_eq!(scene.push(&message, &receipt, Some(3)).await.status, 503);
    buckets.fail(None);
    assert_eq!(scene.push(&message, &receipt, Some(4)).await.status, 204, "given out again by hand");
    assert_eq!(buckets.objects()[reply.header("location")].metadata["STATUS"], "200");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_call_is_put_aside_or_goes_away() {
    let scene = Scene::new().await;
    let (_, message, receipt) = scene.queue(USERS).await;
    let elsewhere = receipt.replace("sanitizedOutputKey\":\"", "sanitizedOutputKey\":\"../");
    for (what, message, receipt) in [
        ("no call", "{}", receipt.as_str()),
        ("no JSON", "nora", &receipt),
        ("a call of another host", &message.replace("/v2/users", "http://lumen-orchard.example/"), &receipt),
        ("no receipt", &message, ""),
        ("a receipt for another place", &message, &elsewhere),
    ] {
        for (attempt, status) in [(Some(1), 503), (Some(2), 503), (Some(3), 503), (None, 204)] {
            assert_eq!(scene.push(message, receipt, attempt).await.status, status, "{what}, {attempt:?}");
        }
    }
    assert!(scene.world.deployment.buckets.objects().is_empty());
    let lines =
        vizard_tests::log::lines(&["a message of the queue is no call of this service", "1234567890"]);
    assert!(lines.len() >= 20 && lines.iter().all(|line| line["level"] == "ERROR"));
    for body in ["", "{}", "[]", r#"{"message":{"data":"?"}}"#] {
        let reply = scene.post(&scene.claims(json!({})), body.to_owned()).await;
        assert_eq!(reply.problem().2, "event-not-understood", "{body}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_our_own_subscription_may_push() {
    let scene = Scene::new().await;
    let (_, message, receipt) = scene.queue(USERS).await;
    for (changes, status, code) in [
        (json!({"email": "nora@lumen-orchard.example"}), 403, "caller-not-allowed"),
        (json!({"email_verified": false}), 403, "caller-not-allowed"),
        (json!({"email": null, "sub": PUSHER}), 403, "caller-not-allowed"),
        (json!({"aud": "https://another.lumen-orchard.example"}), 401, "bearer-invalid"),
        (json!({"iss": "https://accounts.google.com"}), 401, "bearer-invalid"),
        (json!({"exp": 1_700_000_000, "iat": 1_600_000_000}), 401, "bearer-expired"),
    ] {
        let body = json!({"message": {"data": STANDARD.encode(&message), "messageId": "1", "attributes": {"processingContext": receipt}}});
        let (told, _, told_code) =
            scene.post(&scene.claims(changes.clone()), body.to_string()).await.problem();
        assert_eq!((told, told_code.as_str()), (status, code), "{changes}");
    }
    let nobody = scene.served.send(request("POST", "/.vizard/calls", &[], "{}")).await;
    assert_eq!((nobody.status.as_u16(), nobody.header("www-authenticate")), (401, "Bearer"));
    assert_eq!(scene.world.zoom.rest_requests(), 0);
    assert!(scene.world.deployment.buckets.objects().is_empty());
}

/// Cloud Run lets a request through when its token is good, and takes the signature out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_without_its_signature_is_believed_behind_cloud_run_alone() {
    let (on_cloud_run, iam) = (("K_SERVICE", "zoom"), ("VIZARD_CALLER_AUTH", "platform"));
    let nobody_in_front = ("VIZARD_CALLER_AUTH", "none");
    let platform = ("X-Serverless-Authorization", "Bearer of-a-caller");
    let old = json!({"exp": 1_700_000_000, "iat": 1_600_000_000});
    let cases = [
        (&[on_cloud_run, iam][..], &[][..], json!({}), (204, "")),
        (
            &[on_cloud_run, iam],
            &[],
            json!({"email": "nora@lumen-orchard.example"}),
            (403, "caller-not-allowed"),
        ),
        (&[on_cloud_run, iam], &[], old, (401, "bearer-expired")),
        // The caller has proved itself with the one token, and the other is what it wrote itself.
        (&[on_cloud_run, iam], &[platform], json!({}), (401, "bearer-invalid")),
        (&[on_cloud_run, nobody_in_front], &[], json!({}), (401, "bearer-invalid")),
        // What runs such containers elsewhere has nobody in front of them.
        (&[on_cloud_run], &[], json!({}), (401, "bearer-invalid")),
        (&[iam], &[], json!({}), (401, "bearer-invalid")),
    ];
    for (settings, headers, changes, expected) in cases {
        let scene = Scene::with(settings).await;
        let (_, message, receipt) = scene.queue(USERS).await;
        let attributes = json!({"processingContext": receipt});
        let body = json!({"message": {"data": STANDARD.encode(&message), "messageId": "1", "attributes": attributes}});
        let token = scene.key.token(&scene.claims(changes.clone()));
        let (signed, _) = token.rsplit_once('.').unwrap();
        let token = format!("Bearer {signed}.SIGNATURE_REMOVED_BY_GOOGLE");
        let headers = [headers, &[("Authorization", token.as_str())]].concat();
        let reply = scene.served.send(request("POST", "/.vizard/calls", &headers, body.to_string())).await;
        let told =
            if reply.status == 204 { (204, String::new()) } else { (reply.problem().0, reply.problem().2) };
        assert_eq!((told.0, told.1.as_str()), expected, "{settings:?} {headers:?} {changes}");
        assert_eq!(scene.world.deployment.buckets.objects().len(), usize::from(expected.0 == 204));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_paths_of_the_server_are_never_calls_of_the_source() {
    let scene = Scene::new().await;
    let without = World::zoom().await;
    let plain = without.deployment.serve().await;
    for (served, method, path, expected) in [
        (&plain, "POST", "/.vizard/calls", (404, "path-unknown")),
        (&plain, "GET", "/.vizard/calls", (404, "path-unknown")),
        (&plain, "GET", "/.vizard/else", (404, "path-unknown")),
        (&scene.served, "GET", "/.vizard/calls", (405, "method-not-allowed")),
        (&scene.served, "GET", "/.vizard/events", (405, "method-not-allowed")),
        (&scene.served, "POST", "/.vizard/calls/", (404, "path-unknown")),
        (&scene.served, "POST", "/.vizard/", (404, "path-unknown")),
    ] {
        let (status, _, code) = served.send(request(method, path, &[], "")).await.problem();
        assert_eq!((status, code.as_str()), expected, "{method} {path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_of_a_file_is_understood_and_refused_for_want_of_rules() {
    let scene = Scene::new().await;
    let headers = [
        ("ce-specversion", "1.0"),
        ("ce-id", "1"),
        ("ce-type", "google.cloud.storage.object.v1.finalized"),
        ("ce-source", "//storage.googleapis.com/projects/_/buckets/orchard-input"),
        ("content-type", "application/json"),
    ];
    let object = json!({
        "bucket": "orchard-input", "name": "nora-7Qd2.csv", "generation": "1772438400000001", "size": "9",
        "contentType": "text/csv",
    });
    let structured = json!({
        "specversion": "1.0", "id": "1", "type": headers[2].1, "source": headers[3].1, "data": object,
    });
    let cloud = [("content-type", "application/cloudevents+json")];
    for (headers, body, expected) in [
        (&headers[..], object.to_string(), (422, "CONFIGURATION_FAILURE", "files-without-rules")),
        (&cloud, structured.to_string(), (422, "CONFIGURATION_FAILURE", "files-without-rules")),
        (&cloud, object.to_string(), (400, "INVALID_REQUEST", "event-not-understood")),
        (&headers, "x".repeat(300 << 10), (413, "INVALID_REQUEST", "request-too-large")),
    ] {
        let reply = scene.served.send(request("POST", "/.vizard/events", headers, body)).await;
        let (status, cause, code) = reply.problem();
        assert_eq!((status, cause.as_str(), code.as_str()), expected);
    }
    let line = vizard_tests::log::lines(&["there are no rules for this file"]).pop().unwrap();
    assert_eq!((&line["bucket"], &line["size"]), (&json!("orchard-input"), &json!(9)));
    assert!(!vizard_tests::log::text().contains("nora-7Qd2"), "the name of a file is in the log");
}
