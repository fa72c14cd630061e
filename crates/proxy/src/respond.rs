//! The answer to the caller. Only what is [`Sanitized`], our own words, and a few headers of
//! strict grammar get here.

mod passed;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, VARY};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use serde::Serialize;
use vizard_sanitizer::Sanitized;

pub(crate) use passed::{Passed, passed};

use crate::error::Problem;
use crate::gzip::Gzip;

/// The headers that tell with which rules, which program and which salt an answer was made.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    pub(crate) rules: String,
    pub(crate) salt: String,
}

/// How the body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Form {
    /// The source said that its body is one document a line.
    pub(crate) lines: bool,
    /// The caller takes gzip.
    pub(crate) gzip: bool,
    /// The caller asked for headers only.
    pub(crate) head: bool,
}

/// The answer with a sanitized body.
pub(crate) fn sanitized(
    status: StatusCode,
    body: Sanitized,
    form: Form,
    stamp: &Stamp,
    mut passed: Passed,
    gzip: &Gzip,
) -> Response<Bytes> {
    let counts = body.counts();
    for code in body.warnings() {
        passed.warn(match code {
            "values-of-wrong-kind" => format!("{code}={}", counts.nulled),
            code => code.to_owned(),
        });
    }
    let lines = form.lines || counts.documents > 1;
    let mut response = bare(status, form, stamp, passed);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(if lines { LINES } else { JSON }));
    let body = body.into_body();
    let body = if body.len() >= WORTH_COMPRESSING {
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if form.gzip {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            gzip.compress(&body)
        } else {
            body
        }
    } else {
        body
    };
    *response.body_mut() = Bytes::from(body);
    response
}

/// The answer without a body: 204, HEAD, or a source that had nothing to say.
pub(crate) fn bare(status: StatusCode, form: Form, stamp: &Stamp, passed: Passed) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    *response.headers_mut() = passed.into_headers();
    let headers = response.headers_mut();
    headers.insert("x-psoxy-rules-sha", text(&stamp.rules));
    headers.insert("x-psoxy-psoxy-version", HeaderValue::from_static(VERSION));
    headers.insert("x-psoxy-pii-salt-sha256", text(&stamp.salt));
    if form.head {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(if form.lines { LINES } else { JSON }));
    }
    response
}

/// The version, as sent to callers and reported by the health check.
pub(crate) const VERSION: &str = concat!("v", env!("CARGO_PKG_VERSION"));

/// The answer when there is none: a problem document of RFC 9457 and the `X-Psoxy-Error` cause.
pub(crate) fn problem(problem: Problem, request_id: &str, head: bool) -> Response<Bytes> {
    let row = problem.row();
    let (source_code, passed) = match problem {
        Problem::Source(answer) => (answer.code, answer.passed),
        _ => (None, Passed::default()),
    };
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = row.status;
    *response.headers_mut() = passed.into_headers();
    if let Some(cause) = row.cause {
        response.headers_mut().insert("x-psoxy-error", HeaderValue::from_static(cause));
    }
    // These two have no body, whatever there is to say.
    if head || matches!(row.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
        return response;
    }
    let document = Document {
        r#type: "about:blank",
        title: row.status.canonical_reason().unwrap_or("Error"),
        status: row.status.as_u16(),
        detail: &row.detail,
        code: row.code,
        request_id,
        source_code,
    };
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    *response.body_mut() = serde_json::to_vec(&document).expect("plain text and numbers are JSON").into();
    response
}

#[derive(Serialize)]
struct Document<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'static str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_code: Option<u32>,
}

/// Whether the caller takes gzip: named, and not with a weight of zero.
pub(crate) fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(http::header::ACCEPT_ENCODING);
    let mut codings =
        values.iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    codings.any(|coding| {
        let (name, parameters) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = parameters
            .split(';')
            .filter_map(|it| it.split_once('='))
            .any(|(name, weight)| is_weight(name) && weight.trim().parse::<f32>() == Ok(0.0));
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

fn is_weight(name: &str) -> bool {
    name.trim().eq_ignore_ascii_case("q")
}

pub(crate) const WARNING: HeaderName = HeaderName::from_static("x-psoxy-warning");

/// Our own constants and digests are header values; anything else is left out.
fn text(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).unwrap_or(HeaderValue::from_static(""))
}

const JSON: &str = "application/json";
const LINES: &str = "application/x-ndjson";
const WORTH_COMPRESSING: usize = 2048;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_taken_when_named() {
        let cases = [
            ("gzip", true),
            ("deflate, GZIP;q=0.5", true),
            ("br", false),
            ("*", false),
            ("gzip;q=0", false),
            ("gzip; q=0.000", false),
            ("gzip;Q=0", false),
            ("gzip ; q = 0", false),
            ("gzip;q=1", true),
            ("gzipped", false),
            ("", false),
        ];
        for (value, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert("accept-encoding", HeaderValue::from_static(value));
            assert_eq!(takes_gzip(&headers), expected, "{value}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
