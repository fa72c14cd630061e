//! Pub/Sub: its publisher, over gRPC, with messages framed by hand.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::time::SystemTime;

use bytes::{BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, Request, Response};
use prost::Message as _;

use super::push::Subscribed;
use super::status::{Code, Refusal, status_into};
use super::{Google, May, PROJECT, Whole};

/// A message, as it was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What Pub/Sub calls it.
    pub id: String,
    /// Its content.
    pub data: Bytes,
    /// What the publisher said of it.
    pub attributes: BTreeMap<String, String>,
    /// When it came.
    pub published: SystemTime,
}

impl Message {
    /// Its content, as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.data).unwrap()
    }
}

/// What an operator does, without the API.
impl Google {
    /// The name of a topic, as publishers and roles know it.
    pub fn topic_name(topic: &str) -> String {
        format!("projects/{PROJECT}/topics/{topic}")
    }

    /// Makes a topic: its name.
    pub fn create_topic(&self, topic: &str) -> String {
        let name = Google::topic_name(topic);
        self.parts.topics.kept.lock().unwrap().published.entry(name.clone()).or_default();
        name
    }

    /// Publishes a message, as somebody else might: its id.
    pub fn publish(&self, topic: &str, data: &str, attributes: &[(&str, &str)]) -> String {
        let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.parts.topics.kept.lock().unwrap().publish(topic, data.to_owned().into(), attributes.collect())
    }

    /// All that was ever published on a topic.
    pub fn published(&self, topic: &str) -> Vec<Message> {
        self.parts.topics.kept.lock().unwrap().published.get(topic).cloned().unwrap_or_default()
    }
}

pub(super) fn kind(path: &str) -> Option<&'static str> {
    (path == "/google.pubsub.v1.Publisher/Publish").then_some("PubSub.Publish")
}

/// The topics of the project, and who subscribes to them.
#[derive(Debug, Default)]
pub(super) struct Topics {
    pub(super) kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
pub(super) struct Kept {
    published: BTreeMap<String, Vec<Message>>,
    pub(super) subscribed: BTreeMap<String, Subscribed>,
    messages: u64,
}

impl Kept {
    /// What has no subscription is lost but for [`Google::published`].
    pub(super) fn publish(
        &mut self,
        topic: &str,
        data: Bytes,
        attributes: BTreeMap<String, String>,
    ) -> String {
        self.messages += 1;
        let id = (2_070_443_601_311_540 + self.messages).to_string();
        let message = Message { id: id.clone(), data, attributes, published: SystemTime::now() };
        for subscribed in self.subscribed.values_mut().filter(|it| it.subscription.topic == topic) {
            subscribed.take(message.clone());
        }
        self.published.get_mut(topic).expect("the topic is there").push(message);
        id
    }
}

impl Topics {
    pub(super) fn answer(&self, request: &Request<Bytes>, may: May<'_>) -> Result<Response<Whole>, Refusal> {
        let invalid = |message: &str| Refusal::new(Code::InvalidArgument, message);
        let asked = unframed(request.body()).and_then(|it| PublishRequest::decode(it).ok());
        let asked = asked.ok_or_else(|| Refusal::new(Code::Internal, "no message of the protocol"))?;
        if !asked.topic.starts_with("projects/") || asked.topic.split('/').count() != 4 {
            return Err(invalid("Invalid resource name given."));
        }
        let mut kept = self.kept.lock().unwrap();
        let is_there = kept.published.contains_key(&asked.topic);
        if !may("pubsub.topics.publish", &asked.topic, is_there) {
            return Err(Refusal::new(Code::PermissionDenied, "User not authorized to perform this action."));
        }
        if !is_there {
            let name = asked.topic.rsplit('/').next().unwrap_or_default();
            return Err(Refusal::new(Code::NotFound, format!("Resource not found (resource={name}).")));
        }
        if request.body().len() > LARGEST {
            return Err(invalid("Request payload size exceeds the limit: 10000000 bytes."));
        }
        if asked.messages.is_empty() || !asked.messages.iter().all(PubsubMessage::is_valid) {
            return Err(invalid("One or more messages in the publish request is not valid."));
        }
        let message_ids = asked.messages.into_iter().map(|message| {
            kept.publish(&asked.topic, message.data, message.attributes.into_iter().collect())
        });
        let answer = PublishResponse { message_ids: message_ids.collect() };
        let mut trailers = HeaderMap::new();
        status_into(&mut trailers, 0, "");
        let mut response = Response::new(super::whole(framed(&answer), Some(trailers)));
        response.headers_mut().insert("content-type", "application/grpc".parse().unwrap());
        Ok(response)
    }
}

/// Ten million bytes a request.
const LARGEST: usize = 10_000_000;

/// One message behind a byte that says that it is not compressed, and its length.
fn unframed(body: &Bytes) -> Option<Bytes> {
    let (head, message) = body.split_at_checked(5)?;
    let length = u32::from_be_bytes(head[1..].try_into().ok()?) as usize;
    (head[0] == 0 && message.len() == length).then(|| body.slice(5..))
}

fn framed(message: &impl prost::Message) -> Bytes {
    let mut bytes = BytesMut::new();
    bytes.put_u8(0);
    bytes.put_u32(u32::try_from(message.encoded_len()).unwrap());
    message.encode(&mut bytes).unwrap();
    bytes.freeze()
}

#[derive(Clone, PartialEq, prost::Message)]
struct PublishRequest {
    #[prost(string, tag = "1")]
    topic: String,
    #[prost(message, repeated, tag = "2")]
    messages: Vec<PubsubMessage>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct PublishResponse {
    #[prost(string, repeated, tag = "1")]
    message_ids: Vec<String>,
}

/// The id and the time are the server's to say, and nobody here orders.
#[derive(Clone, PartialEq, prost::Message)]
struct PubsubMessage {
    #[prost(bytes = "bytes", tag = "1")]
    data: Bytes,
    #[prost(map = "string, string", tag = "2")]
    attributes: HashMap<String, String>,
}

impl PubsubMessage {
    /// Something must be in it, and attributes are few and short.
    fn is_valid(&self) -> bool {
        let fits = |(name, value): (&String, &String)| {
            (1..=256).contains(&name.len()) && !name.starts_with("goog") && value.len() <= 1024
        };
        let something = !self.data.is_empty() || !self.attributes.is_empty();
        something && self.attributes.len() <= 100 && self.attributes.iter().all(fits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_framed_is_unframed() {
        let answer = PublishResponse { message_ids: vec!["7".to_owned()] };
        let bytes = framed(&answer);
        assert_eq!(&bytes[..], b"\0\0\0\0\x03\x0a\x017");
        assert_eq!(PublishResponse::decode(unframed(&bytes).unwrap()).unwrap(), answer);
        assert_eq!(unframed(&Bytes::from_static(b"\x01\0\0\0\0")), None);
    }

    #[test]
    fn attributes_are_few_and_short() {
        let with = |name: &str, value: &str| PubsubMessage {
            data: Bytes::new(),
            attributes: HashMap::from([(name.to_owned(), value.to_owned())]),
        };
        assert!(with("processingContext", &"7".repeat(1024)).is_valid());
        assert!(!with("processingContext", &"7".repeat(1025)).is_valid());
        assert!(!with("googclient", "7").is_valid());
        assert!(!PubsubMessage { data: Bytes::new(), attributes: HashMap::new() }.is_valid());
    }
}
