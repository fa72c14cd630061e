//! Batches of a queue, delivered to the function as the poller of Lambda delivers them.

use serde_json::{Value, json};

use super::{Failure, Function};
use crate::moto::{Message, Moto, REGION};

/// The event that Lambda makes of these messages. The template is in `tests/data/lambda-events`.
pub fn event(queue: &str, messages: &[Message]) -> Value {
    let template = include_str!("../../data/lambda-events/sqs.json");
    let mut event: Value = serde_json::from_str(template).expect("a template is JSON");
    let pattern = event["Records"][0].take();
    let records = messages.iter().map(|message| record(pattern.clone(), queue, message));
    event["Records"] = records.collect();
    event
}

fn record(mut record: Value, queue: &str, message: &Message) -> Value {
    record["messageId"] = message.id.as_str().into();
    record["receiptHandle"] = message.receipt.as_str().into();
    record["body"] = message.body.as_str().into();
    record["attributes"] = message.attributes.clone().into();
    let attributes = message.message_attributes.iter().map(|(name, it)| {
        let value = json!({
            "stringValue": it["StringValue"],
            "stringListValues": [],
            "binaryListValues": [],
            "dataType": it["DataType"],
        });
        (name.clone(), value)
    });
    record["messageAttributes"] = attributes.collect();
    record["eventSourceARN"] = crate::moto::queue_arn(queue).into();
    record["awsRegion"] = REGION.into();
    record
}

/// What became of a batch.
#[derive(Debug)]
pub struct Delivery {
    /// The messages that were delivered.
    pub messages: Vec<Message>,
    /// What the function returned.
    pub outcome: Result<Value, Failure>,
    /// The ids of the messages that were deleted.
    pub deleted: Vec<String>,
    /// The ids of the messages that stay, to be seen again.
    pub kept: Vec<String>,
}

/// Receives up to `most` messages, invokes the function with them, and deletes those that it did not report as
/// failed (`ReportBatchItemFailures`). With no message to be seen nothing happens.
pub async fn deliver(moto: &Moto, queue: &str, function: &Function, most: usize) -> Option<Delivery> {
    let messages = moto.receive(queue, most).await;
    if messages.is_empty() {
        return None;
    }
    let outcome = function.invoke(event(queue, &messages)).await;
    let failed = failed(&messages, &outcome);
    let (mut deleted, mut kept) = (Vec::new(), Vec::new());
    for message in &messages {
        if failed.contains(&message.id) {
            kept.push(message.id.clone());
        } else {
            moto.delete_message(queue, &message.receipt).await;
            deleted.push(message.id.clone());
        }
    }
    Some(Delivery { messages, outcome, deleted, kept })
}

/// The ids of the messages that are not done. A response that cannot be understood counts as a failure of all.
fn failed(messages: &[Message], outcome: &Result<Value, Failure>) -> Vec<String> {
    let all = || messages.iter().map(|it| it.id.clone()).collect();
    let Ok(response) = outcome else { return all() };
    if response.is_null() {
        return Vec::new();
    }
    let Some(response) = response.as_object() else { return all() };
    match response.get("batchItemFailures") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => {
            let ids = items.iter().map(|it| it["itemIdentifier"].as_str());
            let known = |id: &str| messages.iter().any(|message| message.id == id);
            let ids: Option<Vec<String>> =
                ids.map(|id| id.filter(|id| known(id)).map(str::to_owned)).collect();
            ids.unwrap_or_else(all)
        }
        Some(_) => all(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;

    fn message(id: &str) -> Message {
        let attributes = json!({"ApproximateReceiveCount": "2"}).as_object().unwrap().clone();
        let mut message_attributes = Map::new();
        message_attributes.insert("job".into(), json!({"DataType": "String", "StringValue": "x"}));
        Message {
            id: id.into(),
            receipt: format!("receipt of {id}"),
            body: "{}".into(),
            attributes,
            message_attributes,
        }
    }

    #[test]
    fn messages_become_records() {
        let event = event("http://127.0.0.1:1/123456789012/own-jobs", &[message("a"), message("b")]);
        assert_eq!(event["Records"].as_array().unwrap().len(), 2);
        let record = &event["Records"][1];
        assert_eq!(record["messageId"], "b");
        assert_eq!(record["receiptHandle"], "receipt of b");
        assert_eq!(record["attributes"]["ApproximateReceiveCount"], "2");
        assert_eq!(record["messageAttributes"]["job"]["stringValue"], "x");
        assert_eq!(record["eventSource"], "aws:sqs");
        assert_eq!(record["eventSourceARN"], "arn:aws:sqs:eu-central-1:123456789012:own-jobs");
    }

    #[test]
    fn what_is_not_reported_is_done() {
        let messages = [message("a"), message("b")];
        for (response, expected) in [
            (json!({"batchItemFailures": [{"itemIdentifier": "b"}]}), vec!["b"]),
            (json!({"batchItemFailures": []}), vec![]),
            (json!({}), vec![]),
            (json!(null), vec![]),
            (json!({"batchItemFailures": [{"itemIdentifier": "c"}]}), vec!["a", "b"]),
            (json!({"batchItemFailures": [{"itemIdentifier": ""}]}), vec!["a", "b"]),
            (json!({"batchItemFailures": [{}]}), vec!["a", "b"]),
            (json!({"batchItemFailures": "b"}), vec!["a", "b"]),
        ] {
            assert_eq!(failed(&messages, &Ok(response.clone())), expected, "{response}");
        }
        assert_eq!(failed(&messages, &Err(Failure::SlowStart)), ["a", "b"]);
    }
}
