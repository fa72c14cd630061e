//! Answers later: a call that prefers not to wait is put in a queue with its receipt, and when the host finds it there
//! again, its answer is put where the receipt says. So is the reason when there is no answer: whoever waits for the
//! object never waits for nothing.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde::{Deserialize, Serialize};

use crate::error::Problem;
use crate::off_reactor::Cores;
use crate::outputs::{self, Output};
use crate::ports::{ObjectStore, OutputError, Queue};

/// Where calls wait, and where their answers go.
#[derive(Debug, Clone)]
pub(crate) struct Later {
    pub(crate) queue: Arc<dyn Queue>,
    pub(crate) answers: Arc<dyn ObjectStore>,
}

/// How a request reached its host, where the host knows more than HTTP says. An extension of the request.
#[derive(Debug, Clone, Default)]
pub struct Arrival {
    /// The platform's identifier of the request; a fresh one without it.
    pub request_id: Option<String>,
    /// When the platform ends this program's work on the request, at the latest.
    pub deadline: Option<std::time::Instant>,
    /// The request as the host will find it in its queue. Without it a call is answered at once.
    pub message: Option<String>,
}

/// What a caller gets instead of an answer, and what goes along with the call: JSON that other proxies know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// Identifies the call, here and later.
    pub request_id: String,
    /// When the call came, in the format of RFC 3339.
    pub request_received_at: String,
    /// Always true.
    pub r#async: bool,
    /// The URI of the object with the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub async_output_location: Option<String>,
    /// The key of the source's own answer, where that is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_output_key: Option<String>,
    /// The key of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sanitized_output_key: Option<String>,
}

/// One of several attempts to answer a queued call.
#[derive(Debug, Clone, Copy)]
pub struct Attempt {
    /// There is no other after this one.
    pub is_last: bool,
    /// When the answer must have been put.
    pub end: std::time::Instant,
}

/// The job was not done and nothing was put: the queue should give it out again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unfinished;

impl Receipt {
    /// Reads the receipt that came along with a message; `None` when it is none that a proxy wrote.
    pub fn parse(text: &str) -> Option<Receipt> {
        let receipt: Receipt = serde_json::from_str(text).ok()?;
        receipt.key().is_some().then_some(receipt)
    }

    /// Where the answer goes. A key of another form could be anybody's object.
    pub(crate) fn key(&self) -> Option<&str> {
        self.sanitized_output_key.as_deref().filter(|key| outputs::is_key(key))
    }
}

/// Whether the caller would rather have the answer later: `Prefer: respond-async` and nothing else.
pub fn is_preferred(headers: &HeaderMap) -> bool {
    headers
        .get("prefer")
        .is_some_and(|value| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"respond-async"))
}

impl Later {
    /// Queues a call that the rules admit. The caller gets 202 and the place of the answer.
    pub(crate) async fn accept(
        &self,
        message: String,
        request_id: &str,
        now: jiff::Timestamp,
        keeps_original: bool,
    ) -> Result<Response<Bytes>, Problem> {
        let key = outputs::key(request_id, now);
        let receipt = Receipt {
            request_id: request_id.to_owned(),
            request_received_at: now.to_string(),
            r#async: true,
            async_output_location: Some(self.answers.location(&key)),
            raw_output_key: keeps_original.then(|| key.clone()),
            sanitized_output_key: Some(key.clone()),
        };
        let text = serde_json::to_string(&receipt).expect("text is JSON");
        self.queue.send(message, text.clone()).await.map_err(|error| {
            tracing::warn!(request_id, %error, "could not queue a call");
            if error == OutputError::TooLarge { Problem::QueueTooSmall } else { Problem::Queue }
        })?;
        let mut response = Response::new(Bytes::from(text));
        *response.status_mut() = StatusCode::ACCEPTED;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert("preference-applied", HeaderValue::from_static("respond-async"));
        if let Ok(location) = HeaderValue::from_str(&self.answers.location(&key)) {
            headers.insert(LOCATION, location);
        }
        Ok(response)
    }

    /// Puts the answer, or the problem document that stands for it.
    pub(crate) async fn put(
        &self,
        receipt: &Receipt,
        response: &Response<Bytes>,
        mut metadata: Vec<(String, String)>,
        cores: &Cores,
        end: std::time::Instant,
    ) -> Result<(), OutputError> {
        let key = receipt.key().ok_or(OutputError::Absent)?;
        metadata.insert(0, ("STATUS".to_owned(), response.status().as_u16().to_string()));
        Output::of(response, metadata).put(&*self.answers, key, cores, end).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preference_is_the_whole_header() {
        let cases = [
            ("respond-async", true),
            (" Respond-Async ", true),
            ("respond-async, wait=10", false),
            ("return=minimal", false),
            ("", false),
        ];
        for (value, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert("prefer", HeaderValue::from_str(value).unwrap());
            assert_eq!(is_preferred(&headers), expected, "{value}");
        }
        assert!(!is_preferred(&HeaderMap::new()));
    }

    #[test]
    fn a_receipt_is_read_as_it_was_written_and_points_nowhere_else() {
        let text = r#"{"requestId":"a-1","requestReceivedAt":"2026-03-02T08:00:00Z","async":true,"sanitizedOutputKey":"20260302/a-1"}"#;
        let receipt = Receipt::parse(text).unwrap();
        assert_eq!(serde_json::to_string(&receipt).unwrap(), text);
        assert_eq!(receipt.key(), Some("20260302/a-1"));
        for key in [
            "",
            "a-1",
            "../20260302/a-1",
            "20260302/../a",
            "20260302/a/b",
            "2026030x/a",
            "20260302/",
            "20260302/.",
        ] {
            assert_eq!(Receipt::parse(&text.replace("20260302/a-1", key)), None, "{key}");
        }
        assert_eq!(Receipt::parse("{}"), None);
    }
}
