//! Calls that were queued to be answered later: a batch of them, of which those that should be given out again are
//! named.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vizard_aws::WaitingCalls;
use vizard_proxy::{Attempt, Receipt};

use crate::event::Call;
use crate::function::Function;
use crate::invocation::settle;

/// Messages of a queue, as an event has them.
#[derive(Debug, Deserialize)]
pub(crate) struct Batch {
    #[serde(rename = "Records")]
    messages: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    message_id: String,
    body: String,
    #[serde(default)]
    attributes: Attributes,
    #[serde(default)]
    message_attributes: HashMap<String, Attribute>,
    event_source: Source,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attributes {
    approximate_receive_count: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attribute {
    string_value: Option<String>,
}

/// The one source of records that this function knows.
#[derive(Debug, Deserialize)]
enum Source {
    #[serde(rename = "aws:sqs")]
    Queue,
}

/// The messages that were not dealt with; the platform deletes all others.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failures {
    batch_item_failures: Vec<Failure>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    item_identifier: String,
}

impl Batch {
    /// The batch that an event is; `None` when it is something else.
    pub(crate) fn read(text: &str) -> Option<Batch> {
        serde_json::from_str(text).ok()
    }
}

/// Answers all calls of a batch, some at a time. Some of the time is kept for putting what was late.
pub(crate) async fn perform(function: &Function, batch: Batch, end: Instant) -> Failures {
    let left = end.saturating_duration_since(Instant::now());
    let deadline = end - (left / 5).min(PUTTING);
    let outcomes = stream::iter(batch.messages).map(|message| async move {
        let id = message["messageId"].as_str().unwrap_or_default().to_owned();
        let done = match serde_json::from_value::<Message>(message) {
            Ok(message) => message.perform(function, deadline, end).await,
            Err(_) => {
                tracing::error!(message_id = id, "a record of the event is no message of a queue");
                false
            }
        };
        (id, done)
    });
    let outcomes: Vec<_> = outcomes.buffer_unordered(AT_ONCE).collect().await;
    let failed = outcomes.into_iter().filter(|(_, done)| !done);
    Failures { batch_item_failures: failed.map(|(item_identifier, _)| Failure { item_identifier }).collect() }
}

impl Message {
    async fn perform(&self, function: &Function, deadline: Instant, end: Instant) -> bool {
        let Source::Queue = self.event_source;
        let receipt = self.message_attributes.get(WaitingCalls::RECEIPT);
        let receipt = receipt.and_then(|it| Receipt::parse(it.string_value.as_deref()?));
        let (Some(receipt), Ok(call)) = (receipt, Call::read(&self.body, deadline)) else {
            tracing::error!(
                message_id = self.message_id,
                "a message of the queue is no call of this function"
            );
            return false;
        };
        let Some(proxy) = function.proxy(call.request.uri().path(), deadline).await else {
            tracing::error!(
                message_id = self.message_id,
                "a queued call is for no connector of this function"
            );
            return false;
        };
        let attempt = Attempt { is_last: self.is_last_attempt(), end };
        let done = proxy.perform(call.request, call.client, &receipt, attempt).await;
        settle(&proxy, end).await;
        done.is_ok()
    }

    fn is_last_attempt(&self) -> bool {
        let count = self.attributes.approximate_receive_count.as_deref().and_then(|it| it.parse().ok());
        count.unwrap_or(ATTEMPTS) >= ATTEMPTS
    }
}

/// No identifier of a call is printed.
impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Message({})", self.message_id)
    }
}

/// More than putting an answer takes.
const PUTTING: Duration = Duration::from_secs(10);

/// Each may hold a page of the source in memory.
const AT_ONCE: usize = 4;

/// After so many a queue puts a message aside: `maxReceiveCount` of the Terraform modules.
const ATTEMPTS: u32 = 3;
