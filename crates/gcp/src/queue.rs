//! Pub/Sub: where calls wait that are answered later.

use std::fmt;

use async_trait::async_trait;
use google_cloud_pubsub::client::Publisher;
use google_cloud_pubsub::error::PublishError;
use google_cloud_pubsub::model::Message;
use tokio::sync::OnceCell;
use vizard_proxy::ports::{OutputError, Queue};

use crate::patience::{backoff, breaker};
use crate::{Google, errors};

/// A topic. The receipt goes along as the attribute [`WaitingCalls::RECEIPT`].
pub struct WaitingCalls {
    google: Google,
    topic: String,
    publisher: OnceCell<Publisher>,
}

impl WaitingCalls {
    /// The attribute that holds the receipt; other proxies know it by this name.
    pub const RECEIPT: &str = "processingContext";

    pub(crate) fn new(google: &Google, topic: &str) -> Option<WaitingCalls> {
        let parts: Vec<&str> = topic.split('/').collect();
        let plain = |part: &str| {
            !part.is_empty() && part.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_.~+%:".contains(&it))
        };
        let named =
            matches!(parts[..], ["projects", project, "topics", topic] if plain(project) && plain(topic));
        named.then(|| WaitingCalls {
            google: google.clone(),
            topic: topic.to_owned(),
            publisher: OnceCell::new(),
        })
    }

    async fn publisher(&self) -> Result<&Publisher, OutputError> {
        let made = || async {
            let builder = Publisher::builder(&self.topic).with_credentials(self.google.credentials.clone());
            let builder = match &self.google.endpoint {
                Some(endpoint) => builder.with_endpoint(endpoint),
                None => builder,
            };
            let builder = builder.with_retry_throttler(breaker());
            // Somebody waits for each: nothing is gained by sending several at once.
            let builder =
                builder.with_retry_policy(self.google.patience.retries()).with_backoff_policy(backoff());
            builder.set_message_count_threshold(1).build().await
        };
        self.publisher.get_or_try_init(made).await.map_err(|_| OutputError::Unavailable)
    }
}

#[async_trait]
impl Queue for WaitingCalls {
    async fn send(&self, message: String, receipt: String) -> Result<(), OutputError> {
        if message.len() > LARGEST {
            return Err(OutputError::TooLarge);
        }
        let message = Message::new().set_data(message).set_attributes([(Self::RECEIPT, receipt)]);
        let sent = self.publisher().await?.publish(message);
        match self.google.patience.wait(sent).await {
            Some(Ok(_)) => Ok(()),
            Some(Err(PublishError::Rpc(error))) => Err(errors::output(&error)),
            Some(Err(_)) | None => Err(OutputError::Unavailable),
        }
    }
}

/// Ten megabytes is what Pub/Sub takes; the rest is for the receipt.
const LARGEST: usize = 10_000_000 - 64 * 1024;

impl fmt::Debug for WaitingCalls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitingCalls").field("topic", &self.topic).finish_non_exhaustive()
    }
}
