//! How Google says no: the codes of `google.rpc`, as JSON over HTTP, as trailers of gRPC, and in the way of storage.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response};
use serde_json::json;

use super::Whole;

/// A code of `google.rpc.Code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// Something of the request is wrong, whatever the state of the system.
    InvalidArgument,
    /// It took too long.
    DeadlineExceeded,
    /// There is no such thing.
    NotFound,
    /// There is one already.
    AlreadyExists,
    /// The caller is known and may not.
    PermissionDenied,
    /// Too many calls.
    ResourceExhausted,
    /// The system is in a state in which this cannot be done, such as another etag.
    FailedPrecondition,
    /// Two did the same at once.
    Aborted,
    /// Nobody does this here.
    Unimplemented,
    /// Something broke.
    Internal,
    /// Another try may succeed.
    Unavailable,
    /// The caller is not known.
    Unauthenticated,
}

impl Code {
    /// Its number, its name, and the HTTP status that stands for it.
    fn parts(self) -> (u8, &'static str, u16) {
        match self {
            Code::InvalidArgument => (3, "INVALID_ARGUMENT", 400),
            Code::DeadlineExceeded => (4, "DEADLINE_EXCEEDED", 504),
            Code::NotFound => (5, "NOT_FOUND", 404),
            Code::AlreadyExists => (6, "ALREADY_EXISTS", 409),
            Code::PermissionDenied => (7, "PERMISSION_DENIED", 403),
            Code::ResourceExhausted => (8, "RESOURCE_EXHAUSTED", 429),
            Code::FailedPrecondition => (9, "FAILED_PRECONDITION", 400),
            Code::Aborted => (10, "ABORTED", 409),
            Code::Unimplemented => (12, "UNIMPLEMENTED", 501),
            Code::Internal => (13, "INTERNAL", 500),
            Code::Unavailable => (14, "UNAVAILABLE", 503),
            Code::Unauthenticated => (16, "UNAUTHENTICATED", 401),
        }
    }
}

/// Why a call is not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    code: Code,
    message: String,
}

impl Refusal {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Refusal {
        Refusal { code, message: message.into() }
    }

    /// In the way of an API: `Storage.GetMedia`, `PubSub.Publish`, and JSON of `google.rpc.Status` for all others.
    pub(super) fn response(&self, kind: &str) -> Response<Whole> {
        match kind.split_once('.') {
            Some(("PubSub", _)) => self.of_grpc(),
            Some(("Storage", _)) => self.of_storage(),
            _ => self.of_rest(),
        }
    }

    fn of_rest(&self) -> Response<Whole> {
        let (_, name, status) = self.code.parts();
        let error = json!({"code": status, "message": self.message, "status": name});
        super::answered(status, "application/json; charset=UTF-8", json!({"error": error}).to_string())
    }

    /// Trailers without anything before them.
    fn of_grpc(&self) -> Response<Whole> {
        let (number, ..) = self.code.parts();
        let mut response = super::answered(200, "application/grpc", Bytes::new());
        status_into(response.headers_mut(), number, &self.message);
        response
    }

    /// Storage has reasons of its own, no names of codes, and its own status for what does not hold.
    fn of_storage(&self) -> Response<Whole> {
        let (_, _, status) = self.code.parts();
        let (status, reason) = match self.code {
            Code::FailedPrecondition => (412, "conditionNotMet"),
            Code::Unauthenticated => (status, "authError"),
            Code::PermissionDenied => (status, "forbidden"),
            Code::NotFound => (status, "notFound"),
            Code::ResourceExhausted => (status, "rateLimitExceeded"),
            Code::Internal => (status, "internalError"),
            Code::Unavailable => (status, "backendError"),
            _ => (status, "invalid"),
        };
        let one = json!({"message": self.message, "domain": "global", "reason": reason});
        let error = json!({"code": status, "message": self.message, "errors": [one]});
        super::answered(status, "application/json; charset=UTF-8", json!({"error": error}).to_string())
    }
}

/// Writes the outcome of a gRPC call.
pub(super) fn status_into(headers: &mut HeaderMap, number: u8, message: &str) {
    headers.insert("grpc-status", HeaderValue::from(u16::from(number)));
    if !message.is_empty() {
        headers.insert("grpc-message", super::uri::encoded(message).parse().unwrap());
    }
}
