//! Queues: what was sent to one, as the poller of Lambda would receive it.

use serde_json::{Map, Value, json};

use super::Moto;

/// A message as it was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// What deletes it.
    pub receipt: String,
    /// Its body.
    pub body: String,
    /// What the queue says of it, such as `ApproximateReceiveCount`. All values are strings.
    pub attributes: Map<String, Value>,
    /// What the sender said of it: name to `{"DataType": …, "StringValue": …}`.
    pub message_attributes: Map<String, Value>,
}

impl Message {
    /// How often it was received, this time included.
    pub fn received(&self) -> u32 {
        self.attributes["ApproximateReceiveCount"].as_str().unwrap().parse().unwrap()
    }

    fn of(found: &Value) -> Message {
        let text = |name: &str| found[name].as_str().unwrap().to_owned();
        let map = |name: &str| found[name].as_object().cloned().unwrap_or_default();
        Message {
            id: text("MessageId"),
            receipt: text("ReceiptHandle"),
            body: text("Body"),
            attributes: map("Attributes"),
            message_attributes: map("MessageAttributes"),
        }
    }
}

impl Moto {
    /// Makes a queue: its URL.
    pub async fn create_queue(&self, name: &str) -> String {
        self.create_queue_with(name, json!({})).await
    }

    /// Makes a queue with attributes, such as `{"VisibilityTimeout": "1"}`.
    pub async fn create_queue_with(&self, name: &str, attributes: Value) -> String {
        let input = json!({"QueueName": name, "Attributes": attributes});
        let made = self.done("AmazonSQS.CreateQueue", input).await;
        made["QueueUrl"].as_str().unwrap().to_owned()
    }

    /// Makes a queue that gives a message up after so many receipts: its URL, and that of the queue for those
    /// given up. What is received and not deleted is back after a second.
    pub async fn create_queue_that_gives_up(&self, name: &str, receipts: u32) -> (String, String) {
        let dead = self.create_queue(&format!("{name}-dead")).await;
        let redrive = json!({"deadLetterTargetArn": queue_arn(&dead), "maxReceiveCount": receipts});
        let attributes = json!({"VisibilityTimeout": "1", "RedrivePolicy": redrive.to_string()});
        (self.create_queue_with(name, attributes).await, dead)
    }

    /// Sends a message.
    pub async fn send_message(&self, queue: &str, body: &str) {
        self.done("AmazonSQS.SendMessage", json!({"QueueUrl": queue, "MessageBody": body})).await;
    }

    /// The messages that can be seen now, at most ten. They stay where they are, but a look counts as a receipt.
    pub async fn messages(&self, queue: &str) -> Vec<Message> {
        self.take(queue, 10, Some(0)).await
    }

    /// Receives up to `most` messages, of ten at most. They are invisible until the queue's timeout is over.
    pub async fn receive(&self, queue: &str, most: usize) -> Vec<Message> {
        self.take(queue, most, None).await
    }

    async fn take(&self, queue: &str, most: usize, invisible: Option<u32>) -> Vec<Message> {
        let mut input = json!({
            "QueueUrl": queue,
            "MaxNumberOfMessages": most,
            "AttributeNames": ["All"],
            "MessageAttributeNames": ["All"],
        });
        if let Some(seconds) = invisible {
            input["VisibilityTimeout"] = seconds.into();
        }
        let found = self.done("AmazonSQS.ReceiveMessage", input).await;
        found["Messages"].as_array().into_iter().flatten().map(Message::of).collect()
    }

    /// Deletes a message.
    pub async fn delete_message(&self, queue: &str, receipt: &str) {
        let input = json!({"QueueUrl": queue, "ReceiptHandle": receipt});
        self.done("AmazonSQS.DeleteMessage", input).await;
    }

    /// How many messages a queue holds: those that can be seen, those that somebody is at work on.
    pub async fn depth(&self, queue: &str) -> (u64, u64) {
        let names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
        let input = json!({"QueueUrl": queue, "AttributeNames": names});
        let found = self.done("AmazonSQS.GetQueueAttributes", input).await;
        let [visible, taken] = names.map(|it| found["Attributes"][it].as_str().unwrap().parse().unwrap());
        (visible, taken)
    }
}

/// The ARN of the queue with this URL.
pub(crate) fn queue_arn(queue: &str) -> String {
    let name = queue.rsplit('/').next().unwrap();
    format!("arn:aws:sqs:{}:{}:{name}", super::REGION, super::ACCOUNT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn messages_are_looked_at_received_and_deleted() {
        let moto = Moto::start().await;
        let queue = moto.create_queue("own-messages").await;
        moto.send_message(&queue, "one").await;
        moto.send_message(&queue, "two").await;
        let seen = moto.messages(&queue).await;
        assert_eq!(seen.iter().map(|it| it.body.as_str()).collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!(moto.depth(&queue).await, (2, 0));
        let taken = moto.receive(&queue, 1).await;
        assert_eq!((taken.len(), taken[0].received()), (1, 2));
        assert_eq!(moto.depth(&queue).await, (1, 1));
        moto.delete_message(&queue, &taken[0].receipt).await;
        assert_eq!(moto.depth(&queue).await, (1, 0));
    }
}
