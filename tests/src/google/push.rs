//! Pub/Sub: subscriptions that push, one attempt at a time, so that a test can look between them.

use std::collections::VecDeque;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::pubsub::Message;
use super::{Google, PROJECT, time};
use crate::wire::Reply;

/// A subscription that pushes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// What it is called, without its project.
    pub name: String,
    /// The whole name of its topic.
    pub topic: String,
    /// The URL that is called.
    pub endpoint: String,
    /// Whom its tokens stand for; without one it sends none.
    pub account: Option<String>,
    /// Whom its tokens are for; the endpoint, if nothing is said.
    pub audience: Option<String>,
    /// After how many attempts a message goes to which other topic. Google takes 5 to 100.
    pub dead_letters: Option<(u32, String)>,
    /// How long an answer may take.
    pub deadline: Duration,
}

/// A subscription and what waits in it.
#[derive(Debug)]
pub(super) struct Subscribed {
    pub(super) subscription: Subscription,
    waiting: VecDeque<(Message, u32)>,
}

impl Subscribed {
    pub(super) fn take(&mut self, message: Message) {
        self.waiting.push_back((message, 0));
    }
}

/// An attempt to deliver a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// Which one.
    pub message: Message,
    /// The first is 1.
    pub attempt: u32,
    /// What was answered; `None` if nothing was, in time.
    pub reply: Option<Reply>,
    /// Whether the message is done with.
    pub is_acknowledged: bool,
}

impl Google {
    /// Subscribes: what is published from now on will be pushed.
    pub fn subscribe(&self, subscription: Subscription) {
        let mut kept = self.parts.topics.kept.lock().unwrap();
        let name = subscription.name.clone();
        kept.subscribed.insert(name, Subscribed { subscription, waiting: VecDeque::new() });
    }

    /// How many messages wait in a subscription.
    pub fn waiting(&self, subscription: &str) -> usize {
        self.parts.topics.kept.lock().unwrap().subscribed[subscription].waiting.len()
    }

    /// Pushes each message that waits, once and at the same time. What is not acknowledged waits again, or goes where
    /// dead letters go.
    pub async fn push(&self, subscription: &str) -> Vec<Pushed> {
        let (subscription, waiting) = {
            let mut kept = self.parts.topics.kept.lock().unwrap();
            let found = kept.subscribed.get_mut(subscription).expect("somebody subscribed");
            (found.subscription.clone(), std::mem::take(&mut found.waiting))
        };
        let mut running = Vec::new();
        for (message, before) in waiting {
            let (subscription, token) = (subscription.clone(), self.push_token(&subscription));
            running.push(tokio::spawn(async move {
                let (attempt, envelope) = (before + 1, envelope(&message, before + 1, &subscription));
                let reply = post(&subscription, token, &envelope).await;
                let is_acknowledged = reply.as_ref().is_some_and(|it| {
                    // Any other status is none, 206 and 302 too.
                    matches!(it.status.as_u16(), 102 | 200 | 201 | 202 | 204)
                });
                Pushed { message, attempt, reply, is_acknowledged }
            }));
        }
        let mut all = Vec::new();
        for attempt in running {
            let pushed = attempt.await.unwrap();
            if !pushed.is_acknowledged {
                self.keep(&subscription, &pushed);
            }
            all.push(pushed);
        }
        all
    }

    fn push_token(&self, subscription: &Subscription) -> Option<String> {
        let account = subscription.account.as_ref()?;
        let audience = subscription.audience.as_ref().unwrap_or(&subscription.endpoint);
        let identities = self.parts.identities.lock().unwrap().clone();
        Some(identities.0(account, audience))
    }

    fn keep(&self, subscription: &Subscription, pushed: &Pushed) {
        let (message, attempt) = (&pushed.message, pushed.attempt);
        let mut kept = self.parts.topics.kept.lock().unwrap();
        match &subscription.dead_letters {
            Some((most, topic)) if attempt >= *most => {
                let mut attributes = message.attributes.clone();
                for (name, value) in [
                    ("DeliveryCount", attempt.to_string()),
                    ("Subscription", subscription.name.clone()),
                    ("SubscriptionProject", PROJECT.to_owned()),
                    ("TopicPublishTime", time::rfc3339(message.published)),
                ] {
                    attributes.insert(format!("CloudPubSubDeadLetterSource{name}"), value);
                }
                kept.publish(topic, message.data.clone(), attributes);
            }
            _ => {
                let found = kept.subscribed.get_mut(&subscription.name).expect("somebody subscribed");
                found.waiting.push_back((message.clone(), attempt));
            }
        }
    }
}

/// What is posted. The names are there twice, for older and for newer readers.
pub fn envelope(message: &Message, attempt: u32, subscription: &Subscription) -> Value {
    let published = time::rfc3339(message.published);
    let mut inner = json!({
        "data": BASE64_STANDARD.encode(&message.data),
        "messageId": message.id,
        "message_id": message.id,
        "publishTime": published,
        "publish_time": published,
    });
    if !message.attributes.is_empty() {
        inner["attributes"] = json!(message.attributes);
    }
    let name = format!("projects/{PROJECT}/subscriptions/{}", subscription.name);
    let mut envelope = json!({"message": inner, "subscription": name});
    // Whoever has nowhere to put dead letters is not told how often it was tried.
    if subscription.dead_letters.is_some() {
        envelope["deliveryAttempt"] = attempt.into();
    }
    envelope
}

async fn post(subscription: &Subscription, token: Option<String>, envelope: &Value) -> Option<Reply> {
    let mut request = reqwest::Client::new()
        .post(&subscription.endpoint)
        .header("content-type", "application/json")
        .header("user-agent", "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)")
        .header("from", "noreply@google.com")
        .timeout(subscription.deadline)
        .body(envelope.to_string());
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let response = request.send().await.ok()?;
    let (status, headers) = (response.status(), response.headers().clone());
    Some(Reply { status, headers, body: response.bytes().await.ok()? })
}
