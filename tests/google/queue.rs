//! Pub/Sub: messages with their receipts, and what is said when there is none.

use std::collections::BTreeMap;

use tokio::task::JoinSet;
use vizard_proxy::ports::{OutputError, Queue as _};
use vizard_tests::google::Google;
use vizard_tests::google::faults::Fault;
use vizard_tests::google::iam::Role;
use vizard_tests::google::status::Code;

use crate::project;

const PUBLISH: &str = "PubSub.Publish";

#[tokio::test]
async fn a_message_carries_its_receipt() {
    let google = Google::start().await;
    let topic = google.create_topic("zoom-calls");
    google.revoke_all();
    google.grant(Role::Publisher, Some(&topic));
    let queue = project::of(&google).await.topic(&topic).unwrap();
    let (message, receipt) = (r#"{"path":"/v2/é"}"#, r#"{"requestId":"a-1","async":true}"#);
    for _ in 0..3 {
        queue.send(message.to_owned(), receipt.to_owned()).await.unwrap();
    }
    let published = google.published(&topic);
    assert_eq!(published.iter().map(|it| it.text()).collect::<Vec<_>>(), [message; 3]);
    let attributes = BTreeMap::from([("processingContext".to_owned(), receipt.to_owned())]);
    assert_eq!(published[0].attributes, attributes);
    assert_eq!(google.count(PUBLISH), 3);
}

#[tokio::test]
async fn what_cannot_be_sent_says_why() {
    let (small, large) = ("{}".to_owned(), "x".repeat(10_000_000));
    let mut running = JoinSet::new();
    for (message, fault, expected) in [
        (&small, Some(Fault::Error(Code::PermissionDenied)), OutputError::Denied),
        (&small, Some(Fault::Error(Code::Unauthenticated)), OutputError::Denied),
        (&small, Some(Fault::Error(Code::NotFound)), OutputError::Absent),
        (&small, Some(Fault::Error(Code::Unavailable)), OutputError::Unavailable),
        (&small, Some(Fault::Error(Code::ResourceExhausted)), OutputError::Unavailable),
        (&small, Some(Fault::Cut), OutputError::Unavailable),
        (&small, Some(Fault::Answer(502, "<html>".to_owned())), OutputError::Unavailable),
        (&large, None, OutputError::TooLarge),
    ] {
        let message = message.clone();
        running.spawn(async move {
            let google = Google::start().await;
            let topic = google.create_topic("zoom-calls");
            if let Some(fault) = fault.clone() {
                google.plan(PUBLISH, u32::MAX, fault);
            }
            let queue = project::of(&google).await.topic(&topic).unwrap();
            let length = message.len();
            assert_eq!(
                queue.send(message, "{}".to_owned()).await,
                Err(expected),
                "{fault:?}, {length} bytes"
            );
            assert_eq!(google.published(&topic), []);
        });
    }
    running.join_all().await;
}

#[tokio::test]
async fn absence_and_denial_are_told_by_the_queue_itself() {
    let google = Google::start().await;
    let project = project::of(&google).await;
    let none = project.topic(&Google::topic_name("none")).unwrap();
    assert_eq!(none.send("{}".to_owned(), "{}".to_owned()).await, Err(OutputError::Absent));
    let topic = google.create_topic("zoom-calls");
    let queue = project.topic(&topic).unwrap();
    google.plan(PUBLISH, 2, Fault::Error(Code::Unavailable));
    assert_eq!(queue.send("{}".to_owned(), "{}".to_owned()).await, Ok(()), "a moment of trouble");
    // The largest that it takes, and what no attribute can be.
    let largest = "x".repeat(9_900_000);
    assert_eq!(queue.send(largest, "{}".to_owned()).await, Ok(()));
    let receipt = queue.send("{}".to_owned(), "7".repeat(1_025)).await;
    assert!(receipt.is_err(), "{receipt:?}");
    google.revoke_all();
    assert_eq!(queue.send("{}".to_owned(), "{}".to_owned()).await, Err(OutputError::Denied));
    assert_eq!(google.published(&topic).len(), 2);
    for name in ["zoom-calls", "projects/p/subscriptions/s", "projects//topics/t", "projects/p/topics/t/more"]
    {
        assert!(project.topic(name).is_none(), "{name}");
    }
}
