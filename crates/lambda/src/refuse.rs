//! What the function refuses by itself, because it never becomes a request the proxy could judge, or an answer the
//! platform would take. The answers look like the proxy's own.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};

/// Why there is no answer of the proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The event is none of a call.
    Event,
    /// Its path and query are no target of a request.
    Target,
    /// Its body is not the base64 that it says.
    Base64,
    /// The path names none of the connectors.
    Connector,
    /// The answer is larger than the platform takes.
    TooLarge,
}

impl Refused {
    /// The answer, and the line of it in the audit log.
    pub(crate) fn response(self, request_id: &str) -> Response<Bytes> {
        let (status, cause, code, detail) = self.row();
        tracing::info!(target: "audit", request_id, status = status.as_u16(), cause, code, "request");
        let document = serde_json::json!({
            "type": "about:blank",
            "title": status.canonical_reason(),
            "status": status.as_u16(),
            "detail": detail,
            "code": code,
            "request_id": request_id,
        });
        let mut response = Response::new(Bytes::from(document.to_string()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert("x-psoxy-error", HeaderValue::from_static(cause));
        response
    }

    fn row(self) -> (StatusCode, &'static str, &'static str, &'static str) {
        match self {
            Refused::Event => (
                StatusCode::BAD_REQUEST,
                "INVALID_REQUEST",
                "event-not-understood",
                "the event is no call over HTTP that this function understands",
            ),
            Refused::Target => (
                StatusCode::BAD_REQUEST,
                "INVALID_REQUEST",
                "target-invalid",
                "the path and query are no target of a request",
            ),
            Refused::Base64 => (
                StatusCode::BAD_REQUEST,
                "INVALID_REQUEST",
                "body-not-base64",
                "the request body is not the base64 that the gateway says it is",
            ),
            Refused::Connector => (
                StatusCode::NOT_FOUND,
                "INVALID_REQUEST",
                "connector-unknown",
                "the first segment of the path names none of the connectors of this proxy",
            ),
            Refused::TooLarge => (
                StatusCode::BAD_GATEWAY,
                "API_ERROR",
                "answer-too-large",
                "the answer is larger than the platform takes; send `Accept-Encoding: gzip`, ask for smaller pages, \
                 or send `Prefer: respond-async`",
            ),
        }
    }
}
