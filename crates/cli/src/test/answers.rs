//! All that the source answers at one endpoint, with canaries in it.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderName, HeaderValue};
use vizard_review::canary::document::documents;
use vizard_review::canary::plant::{Canaries, Planted, Shape};
use vizard_sanitizer::outline::Field;

use super::canaries::Subject;
use super::rehearsal::Answer;

/// One answer of the source, and what is expected of the proxy.
pub(super) struct Exchange {
    pub(super) endpoint: usize,
    pub(super) what: &'static str,
    pub(super) answer: Answer,
    pub(super) takes_gzip: bool,
    /// The answer is sanitized rather than replaced by an error.
    pub(super) succeeds: bool,
}

/// Names under which a source could tell something, those that are passed on first.
const HEADERS: [&str; 20] = [
    "cache-control",
    "etag",
    "link",
    "expires",
    "last-modified",
    "retry-after",
    "x-ratelimit-limit",
    "x-ratelimit-category",
    "x-ratelimit-remaining",
    "content-language",
    "content-disposition",
    "content-location",
    "location",
    "set-cookie",
    "server",
    "warning",
    "www-authenticate",
    "x-request-id",
    "x-zm-trackingid",
    "x-psoxy-warning",
];

/// One canary in each, and one that is the name of a header.
pub(super) fn headers(canaries: &mut Canaries) -> Vec<(HeaderName, HeaderValue)> {
    let mut planted = Vec::new();
    for (turn, name) in HEADERS.into_iter().enumerate() {
        // Numbers that could be times or quotas pass where these are told.
        let numbers = matches!(name, "expires" | "retry-after") || name.starts_with("x-ratelimit");
        let shape = match turn % 4 {
            0 => Shape::Id,
            1 => Shape::Email,
            2 => Shape::Url,
            _ if numbers => Shape::Time,
            _ => Shape::Digits,
        };
        let value = canaries.text(shape, 0, Planted::Header(name));
        planted
            .extend(HeaderValue::from_str(&value).ok().map(|value| (HeaderName::from_static(name), value)));
    }
    let name = canaries.text(Shape::Key, 0, Planted::Elsewhere("the name of a header"));
    let name = HeaderName::from_bytes(name.to_ascii_lowercase().as_bytes()).ok();
    planted.extend(name.map(|name| (name, HeaderValue::from_static("1"))));
    planted
}

/// Statuses that are no success.
const STATUSES: [u16; 14] = [302, 400, 401, 403, 404, 409, 410, 418, 422, 429, 500, 502, 503, 599];

/// All that the source answers at one endpoint. `also` are places that a description of it lists.
pub(super) fn plan(
    subject: &Subject<'_>,
    endpoint: usize,
    also: &[Field],
    headers: &[(HeaderName, HeaderValue)],
    canaries: &mut Canaries,
    exchanges: &mut Vec<Exchange>,
) {
    let written = &subject.outline.endpoints[endpoint];
    let html = canaries.text(Shape::Text, endpoint, Planted::Elsewhere("a body that is no JSON"));
    let made = documents(endpoint, written, also, canaries);
    let bodies: Vec<String> = made.iter().map(|it| it.body.to_string()).collect();
    let mut add = |what, status, content_type: &'static str, body: Vec<u8>, succeeds| {
        let mut headers = headers.to_vec();
        headers.push((CONTENT_TYPE, HeaderValue::from_static(content_type)));
        let answer = Answer { status, headers, body: body.into() };
        exchanges.push(Exchange { endpoint, what, answer, takes_gzip: false, succeeds });
    };
    let json = "application/json";
    for (document, body) in made.iter().zip(&bodies) {
        add(document.what, 200, json, body.clone().into_bytes(), true);
    }
    let (Some(first), Some(last)) = (bodies.first(), bodies.last()) else { return };
    add(
        "several documents, one in a line",
        200,
        "application/x-ndjson",
        format!("{first}\n{last}\n").into(),
        true,
    );
    add("JSON that is called HTML", 200, "text/html", first.clone().into(), true);
    add("JSON with status 201", 201, json, last.clone().into(), true);
    for status in STATUSES {
        let body = if status % 2 == 0 { first } else { last };
        add("an error", status, json, body.clone().into(), false);
    }
    add("HTML", 200, "text/html", format!("<html><body>{html}</body></html>").into(), false);
    add("an error in HTML", 500, "text/html", format!("<html><body>{html}</body></html>").into(), false);
    add("a document that breaks off", 200, json, first.as_bytes()[..first.len() - 1].to_vec(), false);
    add("a document with something before it", 200, json, format!("{{{html}{first}").into(), false);
    add("a document with a byte order mark", 200, json, format!("\u{feff}{first}").into(), false);
    add("a document that is not UTF-8", 200, json, [first.as_bytes(), b" \xff"].concat(), false);
    add("compressed data", 200, json, gzip(first.as_bytes()), false);

    let mut again = |what, takes_gzip, encoding: Option<&'static str>, body: Vec<u8>, succeeds| {
        let mut headers = headers.to_vec();
        headers.push((CONTENT_TYPE, HeaderValue::from_static(json)));
        headers.extend(encoding.map(|it| (CONTENT_ENCODING, HeaderValue::from_static(it))));
        let answer = Answer { status: 200, headers, body: body.into() };
        exchanges.push(Exchange { endpoint, what, answer, takes_gzip, succeeds });
    };
    again("a document for a caller who takes gzip", true, None, first.clone().into(), true);
    again("a document that is called compressed", false, Some("br"), first.clone().into(), true);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("a vector takes what it is given")
}
