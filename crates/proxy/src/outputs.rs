//! Copies of answers that the operator wants in a bucket of their own: of what the source said, of what is returned,
//! or of both. Also the form of every object that is put anywhere.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::request::Parts as Head;
use http::{HeaderMap, HeaderName, Response};
use percent_encoding::percent_decode_str;
use vizard_sanitizer::Outbound;

use crate::control::Target;
use crate::off_reactor::Cores;
use crate::ports::{Destinations, Object, ObjectStore, OutputError};
use crate::settings::{Flaw, OutputSettings, SettingProblem};

/// Where copies go.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outputs {
    /// `SIDE_OUTPUT_ORIGINAL`: for what the source said, unsanitized, in the operator's own hands.
    pub(crate) original: Option<Arc<dyn ObjectStore>>,
    /// `SIDE_OUTPUT_SANITIZED`: for what is returned.
    pub(crate) sanitized: Option<Arc<dyn ObjectStore>>,
    /// `ASYNC_OUTPUT_DESTINATION`: for what is answered later.
    pub(crate) later: Option<Arc<dyn ObjectStore>>,
}

impl Outputs {
    /// Opens what is configured, or says all that cannot be opened.
    pub(crate) fn open(
        settings: &OutputSettings,
        destinations: &dyn Destinations,
    ) -> Result<Outputs, Vec<SettingProblem>> {
        let mut problems = Vec::new();
        let mut open = |name: &str, uri: &Option<String>| {
            destinations
                .open(uri.as_ref()?)
                .map_err(|expected| {
                    problems.push(SettingProblem {
                        name: name.to_owned(),
                        flaw: Flaw::Invalid,
                        expected: expected.to_owned(),
                        suggestion: None,
                    });
                })
                .ok()
        };
        let outputs = Outputs {
            original: open("SIDE_OUTPUT_ORIGINAL", &settings.original),
            sanitized: open("SIDE_OUTPUT_SANITIZED", &settings.sanitized),
            later: open("ASYNC_OUTPUT_DESTINATION", &settings.later),
        };
        if problems.is_empty() { Ok(outputs) } else { Err(problems) }
    }
}

/// One object to be put.
pub(crate) struct Output {
    body: Bytes,
    gzipped: bool,
    content_type: String,
    metadata: Vec<(String, String)>,
}

impl Output {
    /// The body of an answer, with what it is an answer to.
    pub(crate) fn of(response: &Response<Bytes>, metadata: Vec<(String, String)>) -> Output {
        let headers = response.headers();
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        Output {
            body: response.body().clone(),
            gzipped: headers.get(CONTENT_ENCODING).is_some_and(|value| value == "gzip"),
            content_type: content_type.unwrap_or("application/json").to_owned(),
            metadata,
        }
    }

    /// Puts it before the deadline.
    pub(crate) async fn put(
        self,
        store: &dyn ObjectStore,
        key: &str,
        cores: &Cores,
        deadline: Instant,
    ) -> Result<(), OutputError> {
        let Output { body, gzipped, content_type, metadata } = self;
        let body = match gzipped {
            true => body,
            false => {
                let gzip = cores.gzip();
                let gzipped = cores.run(body.len(), move || gzip.compress(&body).into());
                gzipped.await.map_err(|_| OutputError::Unavailable)?
            }
        };
        let object = Object { body, content_type, metadata: fitting(metadata) };
        tokio::time::timeout_at(deadline.into(), store.put(key, object))
            .await
            .unwrap_or(Err(OutputError::Unavailable))
    }
}

/// The key of everything that comes of one call: its day and its identifier.
pub(crate) fn key(request_id: &str, now: jiff::Timestamp) -> String {
    format!("{}/{request_id}", now.strftime("%Y%m%d"))
}

/// Whether this is a key of ours.
pub(crate) fn is_key(key: &str) -> bool {
    key.split_once('/').is_some_and(|(day, id)| {
        day.len() == 8 && day.bytes().all(|it| it.is_ascii_digit()) && is_request_id(id)
    })
}

/// Whether a platform's identifier can be part of a key and of a log.
pub(crate) fn is_request_id(id: &str) -> bool {
    let plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'=');
    (1..=128).contains(&id.len()) && id.bytes().all(plain)
}

/// What a sanitized answer is an answer to: as the caller asked, with the pseudonyms of the call, and the target that
/// was meant.
pub(crate) fn described(
    response: &Response<Bytes>,
    head: &Head,
    meant: &Target,
    body: &[u8],
) -> Vec<(String, String)> {
    let stamp = [
        ("Rules-SHA", "x-psoxy-rules-sha"),
        ("Psoxy-Version", "x-psoxy-psoxy-version"),
        ("PII-Salt-Sha256", "x-psoxy-pii-salt-sha256"),
        ("Error", "x-psoxy-error"),
    ];
    let mut pairs = Vec::new();
    for (name, header) in stamp {
        if let Some(value) = response.headers().get(header).and_then(|value| value.to_str().ok()) {
            pairs.push((name.to_owned(), value.to_owned()));
        }
    }
    let (path, query) = (meant.path.as_str(), meant.query.as_deref());
    pairs.extend(asked(head.method.as_str(), path, query, &head.headers, body));
    pairs
}

/// What the source was asked for the answer that is kept as it came: with identifiers, as its bucket has them anyway.
pub(crate) fn sent(host: &str, outbound: &Outbound) -> Vec<(String, String)> {
    let mut headers = HeaderMap::new();
    for (name, value) in &outbound.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.as_str()), value.parse()) {
            headers.append(name, value);
        }
    }
    let query = outbound.query.as_deref().filter(|query| !query.is_empty());
    let mut parameters: Vec<_> = query.into_iter().flat_map(|query| query.split('&')).collect();
    parameters.sort_unstable();
    let (query, body) = (parameters.join("&"), outbound.body.as_deref().unwrap_or_default());
    let mut pairs = asked(&outbound.method, &outbound.path, Some(&query), &headers, body);
    pairs.insert(0, ("API_HOST".to_owned(), host.to_owned()));
    pairs
}

/// A call as metadata. Whatever may hold a secret is left out.
fn asked(
    method: &str,
    path: &str,
    query: Option<&str>,
    headers: &HeaderMap,
    body: &[u8],
) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut push = |name: &str, value: String| {
        if !value.is_empty() {
            pairs.push((name.to_owned(), value));
        }
    };
    let host = headers.get("host").and_then(|value| value.to_str().ok());
    push("API_HOST", host.unwrap_or_default().to_owned());
    push("HTTP_METHOD", method.to_owned());
    push("PATH", decoded(path).trim_matches('/').to_owned());
    push("QUERY_STRING", query.map(decoded).unwrap_or_default());
    push("REQUEST_BODY", STANDARD.encode(body));
    let mut told = BTreeMap::new();
    for (name, value) in headers.iter().filter(|(name, value)| is_told(name) && !value.is_sensitive()) {
        if let Ok(value) = value.to_str()
            && (name != USER || value.starts_with(REVERSIBLE))
        {
            let all: &mut String = told.entry(name.as_str()).or_default();
            all.push_str(if all.is_empty() { "" } else { "," });
            all.push_str(value);
        }
    }
    for (name, value) in told {
        push(name, value);
    }
    pairs
}

/// Whether a header says something about the call, rather than about its way here or its credentials.
fn is_told(name: &HeaderName) -> bool {
    let name = name.as_str();
    if name == USER {
        return true;
    }
    !NOT_TOLD.contains(&name)
        && !NOT_TOLD_BEGINNINGS.iter().any(|it| name.starts_with(it))
        && !is_credential(name)
}

/// Whether a header of this name may let somebody in.
pub fn is_credential(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_PARTS.iter().any(|it| name.contains(it))
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Metadata that a store takes: printable ASCII, two kibibytes in all. What is longest goes first, and it is told how
/// many went.
pub(crate) fn fitting(pairs: Vec<(String, String)>) -> Vec<(String, String)> {
    let plain = |text: &String| text.bytes().all(|it| matches!(it, b' '..=b'~'));
    let before = pairs.len();
    let mut kept: Vec<_> = pairs.into_iter().filter(|(_, value)| plain(value)).collect();
    let size =
        |kept: &[(String, String)]| kept.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
    while size(&kept) + DROPPED.len() + 4 > Object::METADATA_LIMIT {
        let longest =
            kept.iter().enumerate().max_by_key(|(_, (_, value))| value.len()).map(|(place, _)| place);
        kept.remove(longest.expect("what is too large is not empty"));
    }
    let dropped = before - kept.len();
    if dropped > 0 {
        kept.push((DROPPED.to_owned(), dropped.to_string()));
    }
    kept
}

const DROPPED: &str = "METADATA-DROPPED";

/// About the way, or about credentials.
const NOT_TOLD: [&str; 12] = [
    "host",
    "user-agent",
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "forwarded",
    "prefer",
    "traceparent",
    "tracestate",
    "via",
];
const NOT_TOLD_BEGINNINGS: [&str; 6] =
    ["x-psoxy-", "x-amz-", "x-amzn-", "x-goog-", "x-forwarded-", "x-cloud-trace-context"];

/// The user for whom a call is made, which is told as a pseudonym or not at all.
const USER: &str = "x-psoxy-user-to-impersonate";
const REVERSIBLE: &str = "p~";

/// A header of such a name may let somebody in.
const SECRET_PARTS: [&str; 12] = [
    "auth",
    "cookie",
    "credential",
    "csrf",
    "jwt",
    "key",
    "passw",
    "secret",
    "session",
    "signature",
    "token",
    "xsrf",
];

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Request};

    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_call_is_described_without_its_credentials() {
        let request = Request::builder()
            .method("POST")
            .uri("/v2/users/p~abc/?a=1%202&b=%C3%A9")
            .header("Host", "proxy.lumen-orchard.example")
            .header("Authorization", "AWS4-HMAC-SHA256 Credential=AKIA")
            .header("X-Amz-Security-Token", "secret")
            .header("X-Amzn-Trace-Id", "Root=1")
            .header("Cookie", "session=1")
            .header("X-Api-Key", "secret")
            .header("X-Session", "secret")
            .header("Proxy-Authorization", "secret")
            .header("X-Forwarded-For", "192.0.2.7")
            .header("X-Psoxy-TargetPath", "/v2/users")
            .header("X-Psoxy-User-To-Impersonate", "p~x")
            .header("Accept-Language", "en")
            .header("Accept-Language", "de")
            .header("X-Run", HeaderValue::from_bytes(b"\xff").unwrap())
            .body(())
            .unwrap();
        let (mut head, ()) = request.into_parts();
        let expected = pairs(&[
            ("API_HOST", "proxy.lumen-orchard.example"),
            ("HTTP_METHOD", "POST"),
            ("PATH", "v2/users/p~abc"),
            ("QUERY_STRING", "a=1 2&b=é"),
            ("REQUEST_BODY", "e30="),
            ("accept-language", "en,de"),
            ("x-psoxy-user-to-impersonate", "p~x"),
        ]);
        let told = asked("POST", head.uri.path(), head.uri.query(), &head.headers, b"{}");
        assert_eq!(told, expected);
        // A user in clear is nobody's metadata.
        head.headers.insert(USER, HeaderValue::from_static("nora@lumen-orchard.example"));
        let told = asked("POST", head.uri.path(), head.uri.query(), &head.headers, b"{}");
        assert_eq!(told, expected[..expected.len() - 1]);
    }

    #[test]
    fn metadata_fits_into_two_kibibytes_of_ascii() {
        let (long, short) = ("x".repeat(3000), "y".repeat(1100));
        let kept = fitting(pairs(&[("A", "1"), ("B", "é"), ("C", &long), ("D", &short), ("E", &short)]));
        assert_eq!(kept, pairs(&[("A", "1"), ("D", &short), (DROPPED, "3")]));
        let all = pairs(&[("A", "1"), ("B", "2")]);
        assert_eq!(fitting(all.clone()), all);
    }

    #[test]
    fn keys_are_days_and_identifiers() {
        let now = "2026-03-02T23:59:59Z".parse().unwrap();
        assert_eq!(key("Wx-1_=", now), "20260302/Wx-1_=");
        assert!(is_key("20260302/Wx-1_="));
        let long = format!("20260302/{}", "a".repeat(129));
        for other in ["20260302", "20260302/", "2026/a", "20260302/a b", "20260302/a.b", "20260302/é", &long]
        {
            assert!(!is_key(other), "{other}");
        }
    }
}
