//! SQS: messages with their receipts, and what is said when there is none.

use serde_json::json;
use tokio::task::JoinSet;
use vizard_proxy::ports::{OutputError, Queue};
use vizard_tests::moto::Moto;
use vizard_tests::moto::faults::Fault;

use crate::account::{self, number};

const SEND: &str = "AmazonSQS.SendMessage";

#[tokio::test]
async fn a_message_carries_its_receipt() {
    let moto = Moto::start().await;
    let url = moto.create_queue(&format!("calls-{}", number())).await;
    let queue = account::at(moto.url()).await.queue(url.clone());
    let (message, receipt) = (r#"{"rawPath":"/v2/é"}"#, r#"{"requestId":"a-1","async":true}"#);
    queue.send(message.to_owned(), receipt.to_owned()).await.unwrap();
    let received = moto.receive(&url, 10).await;
    assert_eq!(received.iter().map(|it| it.body.as_str()).collect::<Vec<_>>(), [message]);
    let attributes = json!({"processingContext": {"DataType": "String", "StringValue": receipt}});
    assert_eq!(json!(received[0].message_attributes), attributes);
}

#[tokio::test]
async fn what_cannot_be_sent_says_why() {
    let (moto, n) = (Moto::start().await, number());
    let url = moto.create_queue(&format!("failing-calls-{n}")).await;
    let nowhere = url.replace("failing-calls", "no-calls");
    let (small, large) = ("{}".to_owned(), "x".repeat(260_000));
    let mut running = JoinSet::new();
    for (url, message, fault, expected) in [
        (&url, &small, Some(Fault::AccessDenied), OutputError::Denied),
        (&url, &small, Some(Fault::Error(403, "InvalidClientTokenId")), OutputError::Denied),
        (&url, &small, Some(Fault::Throttled), OutputError::Unavailable),
        (&url, &small, Some(Fault::Internal), OutputError::Unavailable),
        (&url, &small, Some(Fault::Cut), OutputError::Unavailable),
        (&url, &small, Some(Fault::Answer(200, "<html>".to_owned())), OutputError::Unavailable),
        (&nowhere, &small, None, OutputError::Absent),
        (&url, &large, Some(Fault::Error(400, "InvalidParameterValue")), OutputError::TooLarge),
        (&url, &large, Some(Fault::Error(400, "InvalidMessageContents")), OutputError::TooLarge),
        // Large, but that is not why.
        (&url, &large, Some(Fault::AccessDenied), OutputError::Denied),
        (&url, &large, Some(Fault::Internal), OutputError::Unavailable),
        (&url, &large, Some(Fault::Throttled), OutputError::Unavailable),
        (&nowhere, &large, None, OutputError::Absent),
    ] {
        let (url, message) = (url.clone(), message.clone());
        running.spawn(async move {
            let front = moto.through_faults().await;
            if let Some(fault) = fault.clone() {
                front.plan(SEND, u32::MAX, fault);
            }
            let queue = account::at(front.url()).await.queue(url);
            let told = format!("{fault:?}, {} bytes", message.len());
            assert_eq!(queue.send(message, "{}".to_owned()).await, Err(expected), "{told}");
        });
    }
    running.join_all().await;
    assert_eq!(moto.depth(&url).await, (0, 0));
    // Beyond what any queue takes, said by the queue itself.
    let queue = account::at(moto.url()).await.queue(url.clone());
    let sent = queue.send("x".repeat(1_100_000), "{}".to_owned()).await;
    assert_eq!(sent, Err(OutputError::TooLarge));
}
