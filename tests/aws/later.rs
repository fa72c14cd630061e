//! Calls that are answered later, and copies of answers, through the real program: over a queue and buckets.

use std::time::Duration;

use serde_json::{Value, json};
use vizard_tests::moto::Message;
use vizard_tests::moto::faults::Fault as AwsFault;
use vizard_tests::runtime_api::Platform;
use vizard_tests::runtime_api::front::{Call, Front};
use vizard_tests::runtime_api::queue::{self, Delivery};
use vizard_tests::wire::Reply;
use vizard_zoom_simulator::{Fault, Target};

use crate::account::number;
use crate::deployed::{Deployed, Plan, USERS};

/// A function with a queue and a bucket for later.
struct Waiting {
    deployed: Deployed,
    bucket: String,
    queue: String,
    /// Where messages go that were received three times.
    dead: String,
}

impl Waiting {
    async fn with(settings: &[(&str, &str)]) -> Waiting {
        Waiting::on(Platform::default(), settings).await
    }

    async fn on(platform: Platform, settings: &[(&str, &str)]) -> Waiting {
        let moto = vizard_tests::moto::Moto::start().await;
        let bucket = format!("later-{}", number());
        moto.create_bucket(&bucket).await;
        let (queue, dead) = moto.create_queue_that_gives_up(&bucket, 3).await;
        let destination = format!("s3://{bucket}/zoom");
        let own = [("ASYNC_API_REQUEST_QUEUE_URL", &*queue), ("ASYNC_OUTPUT_DESTINATION", &*destination)];
        let settings = [&own, settings].concat();
        let deployed = Deployed::with(Plan { platform, settings, ..Plan::default() }).await;
        Waiting { deployed, bucket, queue, dead }
    }

    /// Asks for an answer later.
    async fn ask(&self, front: Front, target: &str) -> Reply {
        let call = Call::get(target)
            .header("Prefer", "respond-async")
            .header("Authorization", "Bearer credential-of-the-caller")
            .header("X-Api-Key", "key-of-the-caller-7Gq")
            .header("X-Amz-Security-Token", "session-of-the-caller")
            .header("Cookie", "cookie-of-the-caller=1");
        self.deployed.ask(front, call).await
    }

    /// The object that a receipt leads to.
    async fn object(&self, receipt: &Reply) -> Option<Reply> {
        let key =
            receipt.header("location").strip_prefix(&format!("s3://{}/", self.bucket)).unwrap().to_owned();
        self.deployed.moto.object(&self.bucket, &key).await
    }

    async fn deliver(&self, most: usize) -> Delivery {
        let delivery = queue::deliver(self.deployed.moto, &self.queue, &self.deployed.function, most).await;
        delivery.expect("a message can be seen")
    }

    /// Until messages that were kept can be seen again.
    async fn wait(&self) {
        tokio::time::sleep(Duration::from_millis(1_100)).await;
    }

    /// Nothing of the caller's own credentials went along.
    fn assert_nothing_of_the_caller(&self) {
        for seen in self.deployed.aws.seen() {
            let head = format!("{:?}", seen.request.headers());
            let text = head + &String::from_utf8_lossy(seen.request.body());
            for secret in ["of-the-caller", "ASIATESTCALLER", "AROATESTCALLER"] {
                assert!(!text.contains(secret), "{}: {secret}", seen.operation);
            }
        }
    }
}

fn of(reply: &Reply, names: &[&str]) -> Vec<String> {
    names.iter().map(|name| reply.header(&format!("x-amz-meta-{name}")).to_owned()).collect()
}

#[tokio::test]
async fn a_call_is_queued_and_its_answer_is_put_where_the_caller_was_told() {
    let waiting = Waiting::with(&[]).await;
    let token = waiting.deployed.user_token(1);
    for front in Front::ALL {
        for target in
            [USERS.to_owned(), format!("/v2/users/{token}/meetings?type=previous_meetings&page_size=30")]
        {
            let (path, query) = target.split_once('?').unwrap();
            let reply = waiting.ask(front, &target).await;
            assert_eq!(reply.status, 202, "{front:?} {}", reply.text());
            assert_eq!(reply.header("preference-applied"), "respond-async");
            let receipt = reply.json();
            let id = receipt["requestId"].as_str().unwrap();
            let location = reply.header("location");
            assert!(location.starts_with(&format!("s3://{}/zoom/20", waiting.bucket)), "{location}");
            assert!(location.ends_with(&format!("/{id}")), "{location}");
            assert_eq!(
                (&receipt["async"], &receipt["asyncOutputLocation"]),
                (&json!(true), &json!(location))
            );
            assert_eq!(waiting.object(&reply).await, None, "not before its time");
            let asked = waiting.deployed.zoom.rest_requests();

            let delivery = waiting.deliver(10).await;
            let sent = &delivery.messages[0].message_attributes["processingContext"]["StringValue"];
            assert_eq!(sent.as_str().unwrap(), reply.text(), "the receipt goes along");
            assert_eq!(delivery.outcome, Ok(json!({"batchItemFailures": []})), "{front:?}");
            assert_eq!(waiting.deployed.zoom.rest_requests(), asked + 1);

            let now = waiting.deployed.ask(front, Call::get(&target)).await;
            let object = waiting.object(&reply).await.expect("it is there");
            assert_eq!(object.text(), now.text(), "the same bytes as at once");
            assert_eq!(object.header("content-encoding"), "gzip");
            assert_eq!(object.header("content-type"), now.header("content-type"));
            let told = of(&object, &["status", "rules-sha", "pii-salt-sha256", "http_method", "path"]);
            let expected = [
                "200",
                now.header("x-psoxy-rules-sha"),
                now.header("x-psoxy-pii-salt-sha256"),
                "GET",
                path.trim_start_matches('/'),
            ];
            assert_eq!(told, expected);
            let mut parameters: Vec<&str> = object.header("x-amz-meta-query_string").split('&').collect();
            let mut sent: Vec<&str> = query.split('&').collect();
            parameters.sort_unstable();
            sent.sort_unstable();
            assert_eq!(parameters, sent);
        }
    }
    assert_eq!(waiting.deployed.moto.depth(&waiting.queue).await, (0, 0));
    assert_eq!(waiting.deployed.moto.depth(&waiting.dead).await, (0, 0));
    assert_eq!(waiting.deployed.function.stderr(), "");
    waiting.assert_nothing_of_the_caller();
    waiting.deployed.assert_nothing_leaked();
}

#[tokio::test]
async fn a_call_that_cannot_be_queued_is_told_so_at_once() {
    let waiting = Waiting::with(&[]).await;
    let refused = waiting.ask(Front::FunctionUrl, "/v2/accounts").await;
    assert_eq!(refused.problem().1, "BLOCKED_BY_RULES");
    for (fault, status, code) in [
        (AwsFault::AccessDenied, 500, "queue-unavailable"),
        (AwsFault::Error(400, "AWS.SimpleQueueService.NonExistentQueue"), 500, "queue-unavailable"),
    ] {
        waiting.deployed.aws.plan("AmazonSQS.SendMessage", 1, fault.clone());
        let reply = waiting.ask(Front::FunctionUrl, USERS).await;
        let expected = (status, "ASYNC_HANDLER_DISPATCH".to_owned(), code.to_owned());
        assert_eq!(reply.problem(), expected, "{fault:?}");
    }
    assert_eq!(waiting.deployed.moto.depth(&waiting.queue).await, (0, 0));
    waiting.deployed.assert_nothing_leaked();
}

#[tokio::test]
async fn a_batch_names_what_should_come_again() {
    let waiting = Waiting::with(&[]).await;
    let (deployed, front) = (&waiting.deployed, Front::FunctionUrl);
    let [fine, unknown, cut] =
        ["/v2/users?page_size=30", "/v2/users?page_size=29", "/v2/users?page_size=28"].map(str::to_owned);
    let mut replies = Vec::new();
    for target in [&fine, &unknown, &cut] {
        replies.push(waiting.ask(front, target).await);
    }
    deployed.moto.send_message(&waiting.queue, "garbage").await;
    // Two answers of the source go wrong, whichever calls they are for.
    deployed.zoom.set_fault(Target::Rest, Fault::Status(503), 1);
    deployed.zoom.set_fault(Target::Rest, Fault::ConnectionReset, 1);
    let delivery = waiting.deliver(10).await;
    assert_eq!(delivery.messages.len(), 4);
    let statuses = |objects: &[Option<Reply>]| -> Vec<String> {
        let mut all: Vec<String> = objects
            .iter()
            .map(|it| it.as_ref().map_or("none", |it| it.header("x-amz-meta-status")).into())
            .collect();
        all.sort();
        all
    };
    let mut objects = Vec::new();
    for reply in &replies {
        objects.push(waiting.object(reply).await);
    }
    assert_eq!(statuses(&objects), ["200", "503", "none"], "what the source says stands");
    let is_garbage = |it: &&Message| it.body == "garbage";
    let garbage = delivery.messages.iter().find(is_garbage).unwrap().id.clone();
    let lost = objects.iter().position(Option::is_none).unwrap();
    let receipt = replies[lost].text();
    let of_lost = |it: &&Message| {
        it.message_attributes.get("processingContext").is_some_and(|it| it["StringValue"] == receipt)
    };
    let lost_message = delivery.messages.iter().find(of_lost).unwrap().id.clone();
    let mut expected = vec![garbage.clone(), lost_message.clone()];
    let mut kept = delivery.kept.clone();
    expected.sort();
    kept.sort();
    assert_eq!(kept, expected);
    let named = delivery.outcome.unwrap();
    assert_eq!(named["batchItemFailures"].as_array().unwrap().len(), 2, "{named}");
    assert!(
        deployed.function.log().iter().any(|it| it["message_id"] == json!(garbage) && it["level"] == "ERROR")
    );

    // Again: what was lost is done, and what is garbage stays so.
    waiting.wait().await;
    let delivery = waiting.deliver(10).await;
    assert_eq!((delivery.deleted, delivery.kept), (vec![lost_message], vec![garbage]));
    assert_eq!(waiting.object(&replies[lost]).await.unwrap().header("x-amz-meta-status"), "200");
    deployed.assert_nothing_leaked();
}

#[tokio::test]
async fn after_three_attempts_the_reason_is_put_and_the_message_set_aside() {
    let waiting = Waiting::with(&[]).await;
    let deployed = &waiting.deployed;
    let reply = waiting.ask(Front::FunctionUrl, USERS).await;
    deployed.zoom.set_fault(Target::Rest, Fault::ConnectionReset, u32::MAX);
    for attempt in 1..=3 {
        let delivery = waiting.deliver(10).await;
        assert_eq!((delivery.messages[0].received(), delivery.kept.len()), (attempt, 1));
        assert_eq!(waiting.object(&reply).await.is_some(), attempt == 3, "attempt {attempt}");
        waiting.wait().await;
    }
    let object = waiting.object(&reply).await.unwrap();
    assert_eq!(object.header("content-type"), "application/problem+json");
    assert_eq!(of(&object, &["status", "error"]), ["500", "CONNECTION_TO_SOURCE"]);
    let document = object.json();
    assert_eq!(document["code"], "source-connection");
    assert_eq!(document["request_id"], reply.json()["requestId"]);
    assert!(queue::deliver(deployed.moto, &waiting.queue, &deployed.function, 10).await.is_none());
    let dead = deployed.moto.messages(&waiting.dead).await;
    assert_eq!(dead.len(), 1);
    // By hand it can be given out again.
    deployed.zoom.clear_faults();
    let again = deployed.function.invoke(queue::event(&waiting.queue, &dead)).await;
    assert_eq!(again, Ok(json!({"batchItemFailures": []})));
    assert_eq!(waiting.object(&reply).await.unwrap().header("x-amz-meta-status"), "200");
    waiting.assert_nothing_of_the_caller();
    deployed.assert_nothing_leaked();
}

#[tokio::test]
async fn an_answer_that_cannot_be_put_comes_again() {
    let waiting = Waiting::with(&[]).await;
    let reply = waiting.ask(Front::FunctionUrl, USERS).await;
    waiting.deployed.aws.plan("S3.PutObject", 1, AwsFault::AccessDenied);
    assert_eq!(waiting.deliver(10).await.kept.len(), 1);
    waiting.wait().await;
    assert_eq!(waiting.deliver(10).await.deleted.len(), 1);
    assert!(waiting.object(&reply).await.is_some());
}

/// The last attempt has its words too, and there is time left to put them.
#[tokio::test]
async fn a_batch_is_answered_before_the_platform_loses_its_patience() {
    let platform = Platform { timeout: Duration::from_secs(3), ..Platform::default() };
    let waiting = Waiting::on(platform, &[]).await;
    let deployed = &waiting.deployed;
    assert_eq!(deployed.get(USERS).await.status, 200);
    let mut replies = Vec::new();
    for _ in 0..6 {
        replies.push(waiting.ask(Front::FunctionUrl, USERS).await);
    }
    deployed.zoom.set_fault(Target::Rest, Fault::SlowHeaders(Duration::from_secs(20)), u32::MAX);
    for attempt in 1..=3 {
        let delivery = waiting.deliver(10).await;
        assert_eq!((delivery.messages.len(), delivery.kept.len()), (6, 6), "{:?}", delivery.outcome);
        assert!(delivery.outcome.is_ok(), "attempt {attempt}: {:?}", delivery.outcome);
    }
    for reply in &replies {
        let object = waiting.object(reply).await.expect("whoever waits for it does not wait for nothing");
        assert_eq!(of(&object, &["status", "error"]), ["504", "SOURCE_API_READ_TIMEOUT"]);
    }
    assert_eq!(deployed.function.cold_starts(), 1);
}

/// The same where not the source but its token endpoint is slow, for more calls than are performed at once.
#[tokio::test]
async fn a_batch_without_a_token_is_answered_before_the_platform_loses_its_patience() {
    let platform = Platform { timeout: Duration::from_secs(3), ..Platform::default() };
    let waiting = Waiting::on(platform, &[]).await;
    let deployed = &waiting.deployed;
    for _ in 0..10 {
        assert_eq!(waiting.ask(Front::FunctionUrl, USERS).await.status, 202);
    }
    deployed.moto.put_parameter(&deployed.shared_token(), "fill me", "SecureString").await;
    deployed.function.kill().await;
    deployed.zoom.set_fault(Target::Token, Fault::SlowHeaders(Duration::from_secs(20)), u32::MAX);
    let delivery = waiting.deliver(10).await;
    assert!(delivery.outcome.is_ok(), "{:?}", delivery.outcome);
    assert_eq!((delivery.messages.len(), delivery.kept.len()), (10, 10));
}

#[tokio::test]
async fn a_call_that_is_too_large_for_the_queue_is_told_so() {
    let rules = "endpoints:\n  - pathTemplate: /v2/users\n    allowedMethods: [POST]\n";
    let waiting = Waiting::with(&[("RULES", rules)]).await;
    let call = Call {
        method: "POST".to_owned(),
        body: format!("[\"{}\"]", "7".repeat(1_100_000)).into(),
        ..Call::get("/v2/users").header("Prefer", "respond-async").header("Content-Type", "application/json")
    };
    for front in Front::ALL {
        let reply = waiting.deployed.ask(front, &call).await;
        let expected = (413, "ASYNC_HANDLER_DISPATCH".to_owned(), "queue-message-too-large".to_owned());
        assert_eq!(reply.problem(), expected, "{front:?}");
    }
    assert_eq!(waiting.deployed.moto.depth(&waiting.queue).await, (0, 0));
}

#[tokio::test]
async fn a_record_that_is_no_message_of_a_queue_fails_alone() {
    let waiting = Waiting::with(&[]).await;
    let reply = waiting.ask(Front::FunctionUrl, USERS).await;
    let mut event = queue::event(&waiting.queue, &waiting.deployed.moto.receive(&waiting.queue, 1).await);
    let strange = json!({"eventSource": "aws:s3", "messageId": "strange", "body": "{}"});
    event["Records"].as_array_mut().unwrap().insert(0, strange);
    let outcome = waiting.deployed.function.invoke(event).await.unwrap();
    assert_eq!(outcome, json!({"batchItemFailures": [{"itemIdentifier": "strange"}]}));
    assert!(waiting.object(&reply).await.is_some());
}

/// A process that is killed at a batch is a failure of all of it.
#[tokio::test]
async fn a_batch_that_is_cut_off_comes_again() {
    let waiting = Waiting::with(&[]).await;
    let deployed = &waiting.deployed;
    let reply = waiting.ask(Front::FunctionUrl, USERS).await;
    deployed.zoom.set_fault(Target::Rest, Fault::SlowHeaders(Duration::from_secs(20)), 1);
    let before = deployed.zoom.rest_requests();
    let (delivery, ()) = tokio::join!(waiting.deliver(10), async {
        let asked = || async { deployed.zoom.rest_requests() > before };
        crate::deployed::until("the source is asked", asked).await;
        deployed.function.kill().await;
    });
    assert_eq!((delivery.outcome.is_err(), delivery.kept.len()), (true, 1));
    waiting.wait().await;
    assert_eq!(waiting.deliver(10).await.deleted.len(), 1);
    assert_eq!(waiting.object(&reply).await.unwrap().header("x-amz-meta-status"), "200");
}

/// Whoever can write to the queue is not the caller who was judged.
#[tokio::test]
async fn what_somebody_else_put_into_the_queue_opens_nothing() {
    let waiting = Waiting::with(&[("ALLOWED_DATA_ACCESS_IP_BLOCKS", "198.51.100.0/24")]).await;
    let deployed = &waiting.deployed;
    let honest = waiting.ask(Front::FunctionUrl, USERS).await;
    let message = deployed.moto.receive(&waiting.queue, 1).await.remove(0);
    let forged = |change: &dyn Fn(&mut Value, &mut Value)| -> Message {
        let mut message = message.clone();
        let mut event: Value = serde_json::from_str(&message.body).unwrap();
        let attribute = &mut message.message_attributes["processingContext"]["StringValue"];
        let mut receipt: Value = serde_json::from_str(attribute.as_str().unwrap()).unwrap();
        change(&mut event, &mut receipt);
        *attribute = receipt.to_string().into();
        message.body = event.to_string();
        message
    };
    for (what, message, expected) in [
        ("a path", forged(&|event, _| event["rawPath"] = json!("/v2/accounts")), Some("BLOCKED_BY_RULES")),
        (
            "an address",
            forged(&|event, _| event["requestContext"]["http"]["sourceIp"] = json!("203.0.113.9")),
            Some("UNAUTHORIZED_IP_ADDRESS"),
        ),
        ("a key", forged(&|_, receipt| receipt["sanitizedOutputKey"] = json!("../other/object")), None),
        ("no key", forged(&|_, receipt| receipt["sanitizedOutputKey"] = json!(null)), None),
    ] {
        let before = deployed.moto.keys(&waiting.bucket).await;
        let outcome = deployed
            .function
            .invoke(queue::event(&waiting.queue, std::slice::from_ref(&message)))
            .await
            .unwrap();
        let failures = outcome["batchItemFailures"].as_array().unwrap().len();
        match expected {
            Some(cause) => {
                let object = waiting.object(&honest).await.unwrap();
                assert_eq!((failures, object.header("x-amz-meta-error")), (0, cause), "{what}");
            }
            None => {
                assert_eq!((failures, deployed.moto.keys(&waiting.bucket).await), (1, before), "{what}");
            }
        }
    }
    assert_eq!(deployed.zoom.rest_requests(), 0);
}

#[tokio::test]
async fn copies_go_to_buckets_of_their_own() {
    let (originals, sanitized) = (format!("originals-{}", number()), format!("sanitized-{}", number()));
    let (raw, clean) = (format!("s3://{originals}/raw"), format!("s3://{sanitized}"));
    let settings = [("SIDE_OUTPUT_ORIGINAL", raw.as_str()), ("SIDE_OUTPUT_SANITIZED", clean.as_str())];
    let deployed = Deployed::configured(&settings).await;
    for bucket in [&originals, &sanitized] {
        deployed.moto.create_bucket(bucket).await;
    }
    let (id, token) = (deployed.zoom.user_id(1), deployed.user_token(1));
    for front in Front::ALL {
        let call = Call::get(&format!("/v2/users/{token}"))
            .header("X-Run", "7")
            .header("Authorization", "Bearer credential-of-the-caller")
            .header("X-Session-Key", "key-of-the-caller");
        let event = front.event(&call);
        let request_id = event["requestContext"]["requestId"].as_str().unwrap().to_owned();
        let reply = front.reply(&deployed.function.invoke(event).await.unwrap());
        deployed.note(&reply);
        assert_eq!((reply.status.as_u16(), reply.all("x-psoxy-warning").len()), (200, 0), "{front:?}");
        let of_this = |keys: Vec<String>| keys.into_iter().find(|it| it.ends_with(&request_id)).unwrap();
        let key = of_this(deployed.moto.keys(&sanitized).await);
        let copy = deployed.moto.object(&sanitized, &key).await.unwrap();
        assert_eq!(copy.text(), reply.text(), "{front:?}");
        let told = of(&copy, &["path", "x-run", "http_method", "rules-sha"]);
        assert_eq!(told, [&format!("v2/users/{token}"), "7", "GET", reply.header("x-psoxy-rules-sha")]);
        let key = of_this(deployed.moto.keys(&originals).await);
        assert!(key.starts_with("raw/20"), "{key}");
        let original = deployed.moto.object(&originals, &key).await.unwrap();
        assert!(original.text().contains(&id), "as the source answered");
        assert_eq!(of(&original, &["path"]), [format!("v2/users/{id}")], "as the source was asked");
        for object in [&copy, &original] {
            assert!(!format!("{:?}", object.headers).contains("of-the-caller"), "{:?}", object.headers);
        }
    }
    // A copy that cannot be kept is a warning, and the answer is there.
    deployed.aws.plan("S3.PutObject", 2, AwsFault::AccessDenied);
    let reply = deployed.get(USERS).await;
    assert_eq!(reply.status, 200);
    let warnings = reply.header("x-psoxy-warning");
    assert_eq!(warnings, "SIDE_OUTPUT_FAILURE_ORIGINAL, SIDE_OUTPUT_FAILURE_SANITIZED");
    deployed.assert_nothing_leaked_but_to(&[&originals]);
}
