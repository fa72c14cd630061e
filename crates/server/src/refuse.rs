//! What the server refuses by itself, because it never becomes a request the proxy could judge. The answers
//! look like the proxy's own.

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode, Version};
use vizard_proxy::ports::{Clock, SystemClock};

/// Why a request does not get to the proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The length of the body is said twice, or in two ways.
    Framing,
    /// No `Host`, or several.
    Host,
    /// A tunnel is asked for.
    Connect,
    /// The body is larger than this many bytes.
    TooLarge(usize),
    /// The body did not come in time.
    BodyLate,
    /// The body broke off.
    BodyBroken,
}

impl Refused {
    /// The answer, and the line of it in the audit log. The connection ends with it: what follows on it may be
    /// the rest of what was refused.
    pub(crate) fn response(self, version: Version) -> Response<Bytes> {
        let (status, code, detail) = self.row();
        let request_id = SystemClock.request_id();
        tracing::info!(target: "audit", request_id, status = status.as_u16(), code, "request");
        let title = status.canonical_reason().unwrap_or("Error");
        let number = status.as_u16();
        // Constants and a UUID: nothing that JSON would have to escape.
        let body = format!(
            r#"{{"type":"about:blank","title":"{title}","status":{number},"detail":"{detail}","code":"{code}","request_id":"{request_id}"}}"#
        );
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert("x-psoxy-error", HeaderValue::from_static("INVALID_REQUEST"));
        if version < Version::HTTP_2 {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    fn row(self) -> (StatusCode, &'static str, String) {
        let (status, code, detail) = match self {
            Refused::Framing => (
                StatusCode::BAD_REQUEST,
                "body-length-ambiguous",
                "the request says the length of its body more than once, or in more than one way",
            ),
            Refused::Host => {
                (StatusCode::BAD_REQUEST, "host-invalid", "the request must have exactly one Host header")
            }
            Refused::Connect => (
                StatusCode::METHOD_NOT_ALLOWED,
                "connect-not-allowed",
                "this proxy opens no tunnels; send the request itself",
            ),
            Refused::BodyLate => {
                (StatusCode::REQUEST_TIMEOUT, "body-timeout", "the request body did not arrive in time")
            }
            Refused::BodyBroken => (StatusCode::BAD_REQUEST, "body-incomplete", "the request body broke off"),
            Refused::TooLarge(limit) => {
                let detail = format!("the request body is larger than {limit} bytes");
                return (StatusCode::PAYLOAD_TOO_LARGE, "request-too-large", detail);
            }
        };
        (status, code, detail.to_owned())
    }
}
