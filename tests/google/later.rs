//! Calls that are answered later, through the real program: over a topic, a subscription that pushes, and a bucket.

use bytes::Bytes;
use http::Request;
use vizard_proxy::Receipt;
use vizard_tests::google::faults::Fault as GoogleFault;
use vizard_tests::google::status::Code;
use vizard_zoom_simulator::{Fault, Target};

use crate::deployed::{Deployed, PUSHER, SERVICE, USERS};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_is_queued_and_its_answer_is_put_where_the_caller_was_told() {
    let deployed = Deployed::zoom().await;
    let reply = deployed.ask_later(USERS).await;
    assert_eq!(reply.status, 202, "{}", reply.text());
    assert_eq!(reply.header("preference-applied"), "respond-async");
    let receipt = reply.json();
    assert_eq!(receipt["asyncOutputLocation"], reply.header("location"));
    let published = deployed.google.published(&deployed.topic);
    assert_eq!(published.len(), 1);
    assert_eq!(published[0].attributes["processingContext"], reply.text());
    assert!(Receipt::parse(&reply.text()).is_some());
    assert_eq!(deployed.object(&reply), None, "nothing is put before its time");

    assert_eq!(deployed.push().await, [(1, 204)]);
    assert_eq!(deployed.google.waiting("calls"), 0);
    let object = deployed.object(&reply).unwrap();
    let now = deployed.ask(Request::get(USERS).body(Bytes::new()).unwrap()).await;
    assert_eq!(object.text(), now.text(), "the same answer, later");
    assert_eq!(
        (object.content_type.as_str(), object.content_encoding.as_str()),
        ("application/json", "gzip")
    );
    assert_eq!((object.metadata["STATUS"].as_str(), object.metadata["PATH"].as_str()), ("200", "v2/users"));
    assert_eq!(object.metadata["Rules-SHA"], now.header("x-psoxy-rules-sha"));
    deployed.assert_nothing_leaked();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_source_says_stands_and_what_it_does_not_say_comes_again() {
    let deployed = Deployed::zoom().await;
    let reply = deployed.ask_later(USERS).await;
    deployed.world.zoom.set_fault(Target::Rest, Fault::Status(503), 1);
    assert_eq!(deployed.push().await, [(1, 204)]);
    assert_eq!(deployed.object(&reply).unwrap().metadata["STATUS"], "503");
    // Lost once, then there.
    let reply = deployed.ask_later(USERS).await;
    deployed.world.zoom.set_fault(Target::Rest, Fault::ConnectionReset, 1);
    let first = deployed.push().await;
    assert!(first[0].1 >= 400 && deployed.object(&reply).is_none(), "{first:?}");
    assert_eq!(deployed.push().await, [(2, 204)]);
    assert_eq!(deployed.object(&reply).unwrap().metadata["STATUS"], "200");
    // An answer that cannot be put comes again as well.
    let reply = deployed.ask_later(USERS).await;
    deployed.google.plan("Storage.InsertObject", 1, GoogleFault::Error(Code::PermissionDenied));
    assert!(deployed.push().await[0].1 >= 400);
    assert_eq!(deployed.push().await, [(2, 204)]);
    assert!(deployed.object(&reply).is_some());
    deployed.assert_nothing_leaked();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_three_attempts_the_reason_is_put_and_in_the_end_the_message_set_aside() {
    let deployed = Deployed::zoom().await;
    let reply = deployed.ask_later(USERS).await;
    deployed.world.zoom.set_fault(Target::Rest, Fault::ConnectionReset, u32::MAX);
    for attempt in 1..=5 {
        let pushed = deployed.push().await;
        assert!(pushed.len() == 1 && pushed[0].0 == attempt && pushed[0].1 >= 400, "{attempt}: {pushed:?}");
        assert_eq!(deployed.object(&reply).is_some(), attempt >= 3, "attempt {attempt}");
    }
    let object = deployed.object(&reply).unwrap();
    assert_eq!(object.content_type, "application/problem+json");
    assert_eq!(
        (object.metadata["STATUS"].as_str(), object.metadata["Error"].as_str()),
        ("500", "CONNECTION_TO_SOURCE")
    );
    assert_eq!(object.json()["code"], "source-connection");
    assert_eq!(object.json()["request_id"], reply.json()["requestId"]);
    assert_eq!(deployed.google.waiting("calls"), 0);
    let dead = deployed.google.published(&deployed.dead);
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].attributes["CloudPubSubDeadLetterSourceDeliveryCount"], "5");
    // By hand it can be published again.
    deployed.world.zoom.clear_faults();
    let attributes: Vec<_> = dead[0].attributes.iter().map(|(name, value)| (&**name, &**value)).collect();
    deployed.google.publish(&deployed.topic, dead[0].text(), &attributes);
    assert_eq!(deployed.push().await, [(1, 204)]);
    assert_eq!(deployed.object(&reply).unwrap().metadata["STATUS"], "200");
    deployed.assert_nothing_leaked();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_cannot_be_queued_is_told_so_at_once() {
    let deployed = Deployed::zoom().await;
    let refused = deployed.ask_later("/v2/accounts").await;
    assert_eq!(refused.problem().1, "BLOCKED_BY_RULES");
    for code in [Code::PermissionDenied, Code::NotFound] {
        deployed.google.plan("PubSub.Publish", 1, GoogleFault::Error(code));
        let reply = deployed.ask_later(USERS).await;
        let expected = (500, "ASYNC_HANDLER_DISPATCH".to_owned(), "queue-unavailable".to_owned());
        assert_eq!(reply.problem(), expected, "{code:?}");
    }
    assert_eq!(deployed.google.published(&deployed.topic), []);
    deployed.assert_nothing_leaked();
}

/// Whoever reaches the port is not the queue.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_subscription_of_this_deployment_is_heard() {
    let deployed = Deployed::zoom().await;
    let google = &deployed.google;
    let strangers = [
        ("nobody", None, SERVICE),
        ("another-account", Some("vizard-zoom@lumen-orchard-vizard.iam.gserviceaccount.com"), SERVICE),
        ("another-audience", Some(PUSHER), "https://other.lumen-orchard.example"),
    ];
    for (name, account, audience) in strangers {
        google.subscribe(deployed.subscription(name, account, audience));
    }
    let reply = deployed.ask_later(USERS).await;
    let before = deployed.world.zoom.rest_requests();
    for (name, ..) in strangers {
        let pushed = google.push(name).await;
        let status = pushed[0].reply.as_ref().unwrap().status;
        assert!([401, 403].contains(&status.as_u16()), "{name}: {status}");
    }
    deployed.issuer.forge();
    assert!([401, 403].contains(&deployed.push().await[0].1), "signed by somebody else");
    assert_eq!((deployed.world.zoom.rest_requests(), deployed.object(&reply)), (before, None));
    deployed.assert_nothing_leaked();
}

/// Whoever can write to the topic is not the caller who was judged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_else_put_into_the_queue_opens_nothing() {
    let deployed = Deployed::zoom().await;
    let reply = deployed.ask_later(USERS).await;
    let honest = deployed.google.published(&deployed.topic).remove(0);
    deployed.push().await;
    let before = deployed.world.zoom.rest_requests();
    let receipt = honest.attributes["processingContext"].clone();
    let forged_path = honest.text().replace("/v2/users", "/v2/accounts");
    let forged_key = receipt.replace(reply.json()["sanitizedOutputKey"].as_str().unwrap(), "../other/object");
    let keys = deployed.google.keys("zoom-answers");
    for (data, receipt, is_taken) in [
        (forged_path.as_str(), receipt.as_str(), true),
        (honest.text(), forged_key.as_str(), false),
        (honest.text(), "{}", false),
        ("garbage", &receipt, false),
    ] {
        deployed.google.publish(&deployed.topic, data, &[("processingContext", receipt)]);
        let pushed = deployed.push().await;
        assert_eq!(pushed.last().unwrap().1 == 204, is_taken, "{data} {receipt}: {pushed:?}");
        while deployed.google.waiting("calls") > 0 {
            deployed.push().await;
        }
    }
    assert_eq!(deployed.object(&reply).unwrap().metadata["Error"], "BLOCKED_BY_RULES");
    assert_eq!((deployed.google.keys("zoom-answers"), deployed.world.zoom.rest_requests()), (keys, before));
    deployed.assert_nothing_leaked();
}
