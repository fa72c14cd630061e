//! What one answer of the proxy says about an endpoint.

use bytes::Bytes;
use http::Response;
use serde_json::Value;
use vizard_proxy::connector::{Connector, Meaning};

use crate::doctor::code::Code;
use crate::doctor::finding::Measured;

/// An answer, read.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) outcome: Outcome,
    /// The sanitized answer, where it is one.
    pub(super) body: Option<Value>,
    /// Of the proxy: `X-Psoxy-Warning`, which holds names and numbers.
    warnings: Vec<String>,
    /// What a problem document says, in words that are the proxy's or the connector's own.
    said: String,
}

/// The kinds of answers, from the best to the worst: the best of several is what an endpoint is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    Fine,
    /// The source asks to slow down.
    Pace,
    /// The app may not.
    Scope,
    /// The rules do not let the call through.
    NotAdmitted,
    /// The source refuses for another reason, perhaps because of the id.
    Refused,
    /// There is nothing under this id.
    Absent,
    /// The source cannot be reached, or the proxy cannot work.
    Away,
}

impl Outcome {
    /// Whether another id could make no difference.
    pub(super) fn ends(self) -> bool {
        match self {
            Outcome::Fine | Outcome::Pace | Outcome::Scope | Outcome::NotAdmitted | Outcome::Away => true,
            Outcome::Refused | Outcome::Absent => false,
        }
    }

    /// Why other calls would fare no better.
    pub(super) fn stops(self) -> Option<&'static str> {
        match self {
            Outcome::Pace => Some("not called: the source asked to slow down"),
            Outcome::Away => Some("not called: the call before could not be answered at all"),
            Outcome::Fine | Outcome::Scope | Outcome::NotAdmitted | Outcome::Refused | Outcome::Absent => {
                None
            }
        }
    }
}

impl Answer {
    pub(super) fn read(response: Response<Bytes>, connector: &Connector) -> Answer {
        let (head, body) = response.into_parts();
        let warnings = head.headers.get_all("x-psoxy-warning").iter();
        let warnings = warnings.filter_map(|it| Some(it.to_str().ok()?.to_owned())).collect();
        let body: Option<Value> = serde_json::from_slice(&body).ok();
        if head.status.is_success() {
            return Answer { outcome: Outcome::Fine, body, warnings, said: String::new() };
        }
        let cause = head.headers.get("x-psoxy-error").and_then(|it| it.to_str().ok()).unwrap_or_default();
        let member = |name: &str| body.as_ref().and_then(|body| body.get(name));
        let code = member("code").and_then(Value::as_str).unwrap_or_default();
        let detail = member("detail").and_then(Value::as_str).unwrap_or_default();
        let source = member("source_code").and_then(Value::as_u64).and_then(|it| u32::try_from(it).ok());
        let outcome = match (code, source.and_then(|it| connector.meaning(it)), head.status.as_u16()) {
            ("source-error", _, 429) => Outcome::Pace,
            ("source-error", Some(Meaning::Scope), _) => Outcome::Scope,
            ("source-error", Some(Meaning::Absent), _) | ("source-error", None, 404) => Outcome::Absent,
            ("source-error", None, _) => Outcome::Refused,
            _ if ADMISSION.contains(&cause) => Outcome::NotAdmitted,
            _ if AWAY.contains(&cause) => Outcome::Away,
            _ => Outcome::Refused,
        };
        let number = source.map_or_else(String::new, |it| format!(" {it}"));
        Answer { outcome, body: None, warnings, said: format!("{code}{number}: {detail}") }
    }

    pub(super) fn judged(&self, measured: &Measured, scope: Option<&str>) -> (Code, String) {
        let Measured { status, bytes, millis, entries, calls } = measured;
        let entries = match entries {
            Some(1) => ", 1 entry".to_owned(),
            Some(number) => format!(", {number} entries"),
            None => String::new(),
        };
        let calls = if *calls > 1 { format!(" (call {calls})") } else { String::new() };
        let numbers = format!("{status}, {bytes} bytes in {millis} ms{entries}{calls}");
        let said = format!("{status} {}{calls}", self.said);
        match self.outcome {
            Outcome::Fine if self.warnings.is_empty() => (Code::CallOk, numbers),
            Outcome::Fine => (Code::CallWarned, format!("{numbers}; {}", self.warnings.join(", "))),
            Outcome::Pace => (Code::CallPace, said),
            Outcome::Scope => (Code::CallScope, format!("{said}; it needs {}", scope.unwrap_or("a scope"))),
            Outcome::NotAdmitted => (Code::CallNotAdmitted, said),
            Outcome::Refused | Outcome::Away => (Code::CallFailed, said),
            Outcome::Absent => (Code::CallNoData, format!("no data to try with: {said}")),
        }
    }
}

/// The causes with which the rules refuse a call.
const ADMISSION: [&str; 4] =
    ["BLOCKED_BY_RULES", "INVALID_REQUEST", "TOKENIZED_REQUEST_PARAMETER_INVALID", "FAILED_TO_BUILD_URL"];

/// Those that have nothing to do with the endpoint.
const AWAY: [&str; 5] = [
    "CONNECTION_TO_SOURCE",
    "SOURCE_API_READ_TIMEOUT",
    "NETWORK_EGRESS_BLOCKED",
    "CONNECTION_SETUP",
    "CONFIGURATION_FAILURE",
];

#[cfg(test)]
mod tests {
    use vizard_proxy::prebuilt;

    use super::*;

    fn read(status: u16, cause: &str, body: &str) -> Outcome {
        let response = Response::builder().status(status).header("x-psoxy-error", cause);
        let response = response.body(Bytes::copy_from_slice(body.as_bytes())).unwrap();
        Answer::read(response, &prebuilt::connector("zoom").unwrap()).outcome
    }

    #[test]
    fn tells_what_an_answer_means_for_the_endpoint() {
        let source = |code: u32| format!(r#"{{"code":"source-error","source_code":{code},"detail":"x"}}"#);
        let cases = [
            (200, "", r#"{"users":[]}"#.to_owned(), Outcome::Fine),
            (429, "API_ERROR", source(429), Outcome::Pace),
            (400, "API_ERROR", source(4711), Outcome::Scope),
            (404, "API_ERROR", source(3001), Outcome::Absent),
            (404, "API_ERROR", r#"{"code":"source-error"}"#.to_owned(), Outcome::Absent),
            (400, "API_ERROR", source(200), Outcome::Refused),
            (500, "API_ERROR", r#"{"code":"source-error"}"#.to_owned(), Outcome::Refused),
            (403, "BLOCKED_BY_RULES", r#"{"code":"path-not-listed"}"#.to_owned(), Outcome::NotAdmitted),
            (503, "CONNECTION_TO_SOURCE", r#"{"code":"source-unreachable"}"#.to_owned(), Outcome::Away),
            (500, "UNKNOWN", r#"{"code":"json-syntax"}"#.to_owned(), Outcome::Refused),
        ];
        for (status, cause, body, expected) in cases {
            assert_eq!(read(status, cause, &body), expected, "{status} {body}");
        }
    }
}
