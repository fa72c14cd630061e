//! The request as the rules judge it: method, target, headers and a decompressed body, owned, so
//! that it can be judged on whichever thread the work is done.

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, Method};
use vizard_sanitizer::Call;

use crate::control::Target;
use crate::error::Problem;
use crate::gzip::{self, GzipError};
use crate::off_reactor::Cores;

/// One request, ready to be judged.
pub(crate) struct Inbound {
    method: String,
    target: Target,
    content_type: Option<String>,
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl Inbound {
    /// Takes a request apart. `limit` holds for the body as sent and once decompressed.
    pub(crate) async fn read(
        method: &Method,
        target: Target,
        headers: &HeaderMap,
        body: Bytes,
        limit: usize,
        cores: &Cores,
    ) -> Result<Inbound, Problem> {
        let text = |value: &http::HeaderValue| std::str::from_utf8(value.as_bytes()).map(str::to_owned).ok();
        Ok(Inbound {
            method: method.as_str().to_ascii_uppercase(),
            target,
            content_type: headers.get(CONTENT_TYPE).and_then(text),
            headers: headers
                .iter()
                .filter_map(|(name, value)| Some((name.to_string(), text(value)?)))
                .collect(),
            body: without_blank(decoded(headers, body, limit, cores).await?),
        })
    }

    /// How much there is to judge.
    pub(crate) fn size(&self) -> usize {
        self.body.len()
    }

    /// Lends the request to `judge` in the form of the rules engine.
    pub(crate) fn call<T>(&self, judge: impl FnOnce(&Call<'_>) -> T) -> T {
        let headers: Vec<_> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        judge(&Call {
            method: &self.method,
            path: &self.target.path,
            query: self.target.query.as_deref(),
            content_type: self.content_type.as_deref(),
            headers: &headers,
            body: &self.body,
        })
    }
}

impl std::fmt::Debug for Inbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Inbound([secret])")
    }
}

/// The body without its content encoding. Charset names are accepted in its place, as callers of
/// the past had to send them.
async fn decoded(headers: &HeaderMap, body: Bytes, limit: usize, cores: &Cores) -> Result<Bytes, Problem> {
    if body.len() > limit {
        return Err(Problem::RequestTooLarge(limit));
    }
    let mut values = headers.get_all(CONTENT_ENCODING).iter();
    let (coding, extra) = (values.next(), values.next());
    let coding = match coding.map(|value| value.to_str().map(|it| it.trim().to_ascii_lowercase())) {
        None => return Ok(body),
        Some(Ok(coding)) if extra.is_none() => coding,
        Some(_) => return Err(Problem::RequestEncoding(None)),
    };
    if coding == "gzip" || coding == "x-gzip" {
        return gunzipped(body, limit, cores).await;
    }
    if coding.is_empty() || coding == "identity" || CHARSETS.contains(&coding.as_str()) {
        return Ok(body);
    }
    let registered = ["br", "compress", "deflate", "zstd"];
    Err(Problem::RequestEncoding(registered.into_iter().find(|it| *it == coding)))
}

async fn gunzipped(body: Bytes, limit: usize, cores: &Cores) -> Result<Bytes, Problem> {
    if body.is_empty() {
        return Ok(body);
    }
    let gzip = cores.gzip();
    let inflated = cores.run(gzip::likely_size(&body), move || gzip.decompress(&body, limit)).await;
    inflated.map_err(|_| Problem::Panicked)?.map(Bytes::from).map_err(|error| match error {
        GzipError::Malformed => Problem::RequestGzip,
        GzipError::TooLarge | GzipError::Bomb => Problem::RequestTooLarge(limit),
    })
}

/// A body of nothing but white space is none.
fn without_blank(body: Bytes) -> Bytes {
    if body.iter().all(|byte| *byte <= b' ') { Bytes::new() } else { body }
}

const CHARSETS: [&str; 10] = [
    "utf-8",
    "utf8",
    "utf_8",
    "ascii",
    "us-ascii",
    "us_ascii",
    "iso-8859-1",
    "iso_8859_1",
    "latin1",
    "latin-1",
];

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    async fn body(coding: Option<&'static str>, sent: Vec<u8>) -> Result<String, (u16, String)> {
        let mut headers = HeaderMap::new();
        if let Some(coding) = coding {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        let target = Target { path: "/v2/users".to_owned(), query: None };
        let read = Inbound::read(&Method::POST, target, &headers, sent.into(), 1000, &Cores::all()).await;
        read.map(|it| it.call(|call| String::from_utf8(call.body.to_vec()).unwrap()))
            .map_err(|problem| (problem.row().status.as_u16(), problem.row().detail.into_owned()))
    }

    #[tokio::test]
    async fn accepts_charsets_identity_and_gzip() {
        for coding in [None, Some("identity"), Some("UTF-8"), Some("latin1"), Some(" us-ascii "), Some("")] {
            assert_eq!(body(coding, b"{}".to_vec()).await.unwrap(), "{}", "{coding:?}");
        }
        for coding in ["gzip", "GZIP", "x-gzip"] {
            assert_eq!(body(Some(coding), gzip::compress(b"{}")).await.unwrap(), "{}", "{coding}");
        }
        assert_eq!(body(Some("gzip"), Vec::new()).await.unwrap(), "");
        assert_eq!(body(None, b" \r\n\t".to_vec()).await.unwrap(), "");
    }

    #[tokio::test]
    async fn refuses_other_codings_and_large_bodies() {
        let not_supported = |name| {
            format!(
                "Content encoding {name} not supported; only identity, gzip and UTF-8 compatible encodings are supported (utf-8, ascii, iso-8859-1, us-ascii)"
            )
        };
        let large = "the request body is larger than 1000 bytes, as sent or once decompressed".to_owned();
        let no_gzip = "the request body is not the gzip that its Content-Encoding says".to_owned();
        let cases = [
            (Some("br"), b"{}".to_vec(), 400, not_supported("br")),
            (Some("mira"), b"{}".to_vec(), 400, not_supported("as sent")),
            (Some("gzip, gzip"), b"{}".to_vec(), 400, not_supported("as sent")),
            (Some("utf-16"), b"{}".to_vec(), 400, not_supported("as sent")),
            (Some("gzip"), b"{}".to_vec(), 400, no_gzip),
            (None, vec![b'x'; 1001], 413, large.clone()),
            (Some("gzip"), gzip::compress(&[b'x'; 1001]), 413, large),
        ];
        for (coding, sent, status, detail) in cases {
            assert_eq!(body(coding, sent).await, Err((status, detail)), "{coding:?}");
        }
    }
}
