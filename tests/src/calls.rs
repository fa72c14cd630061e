//! Calls of every kind, for comparing two ways to the proxy, and what of two answers can be compared.

use bytes::Bytes;
use http::Request;

use crate::wire::{self, Reply};

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The method.
    pub method: &'static str,
    /// Path and query.
    pub target: String,
    /// The headers.
    pub headers: Vec<(&'static str, &'static str)>,
    /// The body.
    pub body: &'static str,
}

impl Sample {
    /// The call over HTTP.
    pub fn request(&self) -> Request<Bytes> {
        wire::request(self.method, &self.target, &self.headers, self.body)
    }
}

/// Calls that are answered, calls that are refused, and what is asked of the proxy itself. `token` is a person's,
/// `other` one that another key made, and `uuid` the UUID of a meeting.
pub fn samples(token: &str, other: &str, uuid: &str) -> Vec<Sample> {
    let gzip = ("accept-encoding", "gzip");
    let get = |target: String, headers: &[(&'static str, &'static str)]| Sample {
        method: "GET",
        target,
        headers: headers.to_vec(),
        body: "",
    };
    let once = encoded(uuid);
    vec![
        get("/v2/users?page_size=30".into(), &[]),
        get("/v2/users?page_size=30".into(), &[gzip]),
        get("/v2/users?page_size=30".into(), &[("accept-encoding", "br, gzip;q=0")]),
        get("/v2/users?status=active;page_size=3&next_page_token=".into(), &[]),
        get("/v2/users?page_size=3&page_size=4".into(), &[]),
        get("/v2/users?status=%61ctive&page%5Fsize=3".into(), &[]),
        get(format!("/v2/users/{token}"), &[gzip]),
        get(format!("/v2/users/{token}%40lumen-orchard.example"), &[]),
        get(format!("/v2/users/{token}/settings"), &[gzip]),
        get(format!("/v2/users/{token}/meetings?type=previous_meetings"), &[]),
        get(format!("/v2/users/{token}/recordings?from=2026-03-01&to=2026-03-31"), &[]),
        get(format!("/v2/report/users/{token}/meetings?from=2026%2D03-01&to=2026-03-31"), &[]),
        get(format!("/v2/meetings/{uuid}"), &[]),
        get(format!("/v2/past_meetings/{uuid}"), &[]),
        get(format!("/v2/past_meetings/{once}"), &[]),
        get(format!("/v2/past_meetings/{}", encoded(&once)), &[]),
        get(format!("/v2/past_meetings/{uuid}/participants?page_size=300"), &[]),
        get("/v2/users".into(), &[("X-Psoxy-Pseudonym-Implementation", "v0.3")]),
        get("/v2/users".into(), &[("X-Psoxy-Pseudonym-Implementation", "v9")]),
        get(
            "/v2/users".into(),
            &[("X-Psoxy-Pseudonym-Implementation", "v0.3"), ("X-Psoxy-Pseudonym-Implementation", "v0.3")],
        ),
        get("/any".into(), &[("X-Psoxy-TargetPath", "/v2/users"), ("X-Psoxy-TargetQuery", "page_size=2")]),
        get("/any".into(), &[("X-Psoxy-Health-Check", "true")]),
        get("/".into(), &[]),
        get("/v2/users/%2e%2e".into(), &[]),
        get("/v2//users".into(), &[]),
        get("/v2/users/a%20b%C3%A9".into(), &[]),
        get(format!("/v2/users/{other}"), &[]),
        get("/v2/users/AAAAAAAAAAAAAAAAAAAAAA".into(), &[]),
        get("/v2/users?include_fields=host_key".into(), &[]),
        get("/v2/users".into(), &[("X-Psoxy-Skip-Sanitizer", "true")]),
        get("/v2/users".into(), &[("X-Psoxy-User-To-Impersonate", "somebody")]),
        Sample { body: "{}", ..get("/v2/users".into(), &[("content-type", "application/json")]) },
        Sample {
            method: "POST",
            body: "{}",
            ..get("/v2/users".into(), &[("content-type", "application/json")])
        },
        Sample { method: "HEAD", ..get("/v2/users".into(), &[]) },
        Sample { method: "HEAD", ..get("/v2/accounts".into(), &[]) },
        Sample { method: "DELETE", ..get(format!("/v2/users/{token}"), &[]) },
    ]
}

/// Status, headers and the decompressed body of an answer: without what the connection adds, and without what differs
/// from one answer to the next.
pub type Comparable = (u16, Vec<(String, String)>, String);

/// What of an answer can be compared.
pub fn comparable(mut reply: Reply) -> Comparable {
    for name in ["date", "content-length", "connection"] {
        reply.headers.remove(name);
    }
    let headers = reply.headers.iter();
    let mut headers: Vec<_> =
        headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    headers.sort();
    let mut body = reply.text();
    if let Some(at) = body.find(r#""request_id":""#) {
        body.replace_range(at + 14..at + 14 + 36, "(request id)");
    }
    (reply.status.as_u16(), headers, body)
}

/// The same with all values of a header in one, as some ways to the proxy have it.
pub fn joined((status, headers, body): Comparable) -> Comparable {
    let mut joined: Vec<(String, String)> = Vec::new();
    for (name, value) in headers {
        match joined.last_mut() {
            Some((last, values)) if *last == name => {
                values.push_str(", ");
                values.push_str(&value);
            }
            _ => joined.push((name, value)),
        }
    }
    (status, joined, body)
}

/// As one segment of a path.
fn encoded(text: &str) -> String {
    let letters = text.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    letters.collect()
}
