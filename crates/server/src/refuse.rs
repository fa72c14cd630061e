//! What the server refuses by itself, because it never becomes a request the proxy could judge. The answers
//! look like the proxy's own.

use bytes::Bytes;
use http::header::{ALLOW, CONNECTION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
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
    /// The caller does not say who they are.
    TokenMissing,
    /// The caller's token is not one of our issuer's for us.
    TokenInvalid,
    /// The caller's token was good once.
    TokenExpired,
    /// The issuer vouches for the caller, whom nobody has listed.
    CallerNotAllowed,
    /// Nobody can be verified at the moment.
    IssuerAway,
    /// As many requests as may be are at work.
    Overloaded,
    /// A path of the server's own that is none.
    Path,
    /// A path of the server's own takes POST alone.
    Method,
    /// What came to a path of the server's own is not what comes there.
    Event,
    /// There are no rules for the file that an event tells of.
    NoRulesForFiles,
    /// A queued call has no answer yet.
    Unfinished,
    /// A file that an event tells of is not sanitized yet.
    #[cfg_attr(not(feature = "bulk"), expect(dead_code, reason = "a server without files has none"))]
    FileUnfinished,
}

struct Row {
    status: StatusCode,
    /// The `X-Psoxy-Error` value.
    cause: &'static str,
    code: &'static str,
    detail: String,
}

impl Refused {
    /// The answer, and the line of it in the audit log.
    pub(crate) fn response(self, version: Version) -> Response<Bytes> {
        let Row { status, cause, code, detail } = self.row();
        let request_id = SystemClock.request_id();
        // Of what is turned away by the thousand, `busy` writes one line for all.
        if self != Refused::Overloaded {
            tracing::info!(target: "audit", request_id, status = status.as_u16(), cause, code, "request");
        }
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
        headers.insert("x-psoxy-error", HeaderValue::from_static(cause));
        match self {
            Refused::TokenMissing => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Refused::TokenInvalid | Refused::TokenExpired => {
                let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
                headers.insert(WWW_AUTHENTICATE, challenge);
            }
            Refused::Overloaded | Refused::IssuerAway | Refused::Unfinished | Refused::FileUnfinished => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Refused::Method => {
                headers.insert(ALLOW, HeaderValue::from_static("POST"));
            }
            _ => {}
        }
        if self.ends_connection() && version < Version::HTTP_2 {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    /// What follows on the connection may be the rest of what was refused.
    fn ends_connection(self) -> bool {
        matches!(
            self,
            Refused::Framing
                | Refused::Host
                | Refused::Connect
                | Refused::TooLarge(_)
                | Refused::BodyLate
                | Refused::BodyBroken
        )
    }

    #[rustfmt::skip]
    fn row(self) -> Row {
        match self {
            Refused::Framing => row(400, "INVALID_REQUEST", "body-length-ambiguous", "the request says the length of its body more than once, or in more than one way"),
            Refused::Host => row(400, "INVALID_REQUEST", "host-invalid", "the request must have exactly one Host header"),
            Refused::Connect => row(405, "INVALID_REQUEST", "connect-not-allowed", "this proxy opens no tunnels; send the request itself"),
            Refused::TooLarge(limit) => row(413, "INVALID_REQUEST", "request-too-large", format!("the request body is larger than {limit} bytes")),
            Refused::BodyLate => row(408, "INVALID_REQUEST", "body-timeout", "the request body did not arrive in time"),
            Refused::BodyBroken => row(400, "INVALID_REQUEST", "body-incomplete", "the request body broke off"),
            Refused::TokenMissing => row(401, "UNAUTHORIZED_CALLER", "bearer-missing", "send a token of the issuer that this proxy trusts, as `Authorization: Bearer`"),
            Refused::TokenInvalid => row(401, "UNAUTHORIZED_CALLER", "bearer-invalid", "the token is not one that the issuer has signed for this proxy"),
            Refused::TokenExpired => row(401, "UNAUTHORIZED_CALLER", "bearer-expired", "the token has expired; ask the issuer for a new one"),
            Refused::CallerNotAllowed => row(403, "UNAUTHORIZED_CALLER", "caller-not-allowed", "the caller is not among those whom the operator listed"),
            Refused::IssuerAway => row(503, "CONFIGURATION_FAILURE", "issuer-unavailable", "the issuer of tokens is not available at the moment; try again later"),
            Refused::Overloaded => row(503, "OVERLOADED", "overloaded", "as many requests are at work as this proxy takes; try again later"),
            Refused::Path => row(404, "INVALID_REQUEST", "path-unknown", "there is nothing at this path"),
            Refused::Method => row(405, "INVALID_REQUEST", "method-not-allowed", "this path takes POST alone"),
            Refused::Event => row(400, "INVALID_REQUEST", "event-not-understood", "this is no message that comes to this path"),
            Refused::NoRulesForFiles => row(422, "CONFIGURATION_FAILURE", "files-without-rules", "this proxy has no rules for files"),
            Refused::FileUnfinished => row(503, "CONFIGURATION_FAILURE", "file-unfinished", "the file is not sanitized yet; tell of it again"),
            Refused::Unfinished => row(503, "ASYNC_HANDLER_DISPATCH", "call-unfinished", "the queued call has no answer yet; give it out again"),
        }
    }
}

fn row(status: u16, cause: &'static str, code: &'static str, detail: impl Into<String>) -> Row {
    let status = StatusCode::from_u16(status).expect("the table holds valid statuses");
    Row { status, cause, code, detail: detail.into() }
}
