//! The source's answer, before a rule has looked at it: is it a success, is it JSON or lines of
//! JSON, and may its bytes be read as UTF-8.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Extensions, HeaderMap, Response, StatusCode};
use serde_json::Value;

use crate::off_reactor::Cores;
use crate::ports::UpstreamError;
use crate::upstream;

/// A successful answer with a body that is ready to be sanitized. Not sanitized yet.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// One document a line.
    pub(crate) lines: bool,
    /// What goes along with the body as long as it is in memory.
    _along: Extensions,
}

impl Answer {
    /// Reads a success. `limit` holds for a body that is itself an archive.
    pub(crate) async fn read(
        response: Response<Bytes>,
        limit: usize,
        cores: &Cores,
    ) -> Result<Answer, ReadError> {
        let (parts, mut body) = response.into_parts();
        let content_type =
            parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let kind = content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        let mut lines = LINES.contains(&kind.as_str());
        if kind == "application/gzip" && !body.is_empty() {
            body = upstream::gunzipped(body, limit, cores).await.map_err(ReadError::Upstream)?;
            lines = true;
        }
        if body.iter().all(u8::is_ascii_whitespace) {
            body = Bytes::new();
        }
        if !is_utf8(content_type, &body) {
            return Err(ReadError::Charset);
        }
        let http::response::Parts { status, headers, extensions, .. } = parts;
        Ok(Answer { status, headers, body, lines, _along: extensions })
    }
}

/// Why a success cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadError {
    Charset,
    Upstream(UpstreamError),
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Answer([secret])")
    }
}

/// Names under which one document a line travels.
const LINES: [&str; 6] = [
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
    "application/jsonlines",
    "application/x-jsonlines",
    "application/json-lines",
];

/// JSON is UTF-8. A declared charset must be UTF-8, or the bytes must mean the same in both.
fn is_utf8(content_type: &str, body: &[u8]) -> bool {
    let charset = content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("charset")
            .then(|| value.trim().trim_matches('"').to_ascii_lowercase())
    });
    match charset.as_deref() {
        None | Some("" | "utf-8" | "utf8" | "ascii" | "us-ascii") => true,
        Some("iso-8859-1" | "latin1" | "windows-1252") => body.is_ascii(),
        Some(_) => false,
    }
}

/// The source's own numeric code: the one thing that is taken out of a body that is no success.
/// At most six digits, so that no identifier fits.
pub(crate) fn error_code(body: &[u8]) -> Option<u32> {
    if body.len() > 64 * 1024 {
        return None;
    }
    let document: Value = serde_json::from_slice(body).ok()?;
    let code = document.get("code").or_else(|| document.get("errorCode"))?.as_u64()?;
    u32::try_from(code).ok().filter(|code| *code < 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(content_type: Option<&str>, body: &[u8]) -> Result<(String, bool), ReadError> {
        let mut response = Response::new(Bytes::copy_from_slice(body));
        if let Some(content_type) = content_type {
            response.headers_mut().insert(CONTENT_TYPE, content_type.parse().unwrap());
        }
        let answer = Answer::read(response, 1000, &Cores::all()).await?;
        Ok((String::from_utf8(answer.body.to_vec()).unwrap(), answer.lines))
    }

    #[tokio::test]
    async fn knows_lines_and_archives() {
        let gzipped = crate::gzip::compress(b"{}\n{}");
        let cases: [(Option<&str>, &[u8], &str, bool); 8] = [
            (None, b"{}", "{}", false),
            (Some("application/json;charset=UTF-8"), "\"é\"".as_bytes(), "\"é\"", false),
            (Some("application/x-ndjson"), "\"é\"".as_bytes(), "\"é\"", true),
            (Some("application/vnd.x+json"), b"{}", "{}", false),
            (Some("APPLICATION/GZIP"), &gzipped, "{}\n{}", true),
            (Some("application/gzip"), b"", "", false),
            (Some("application/json; charset=\"iso-8859-1\""), b"{}", "{}", false),
            (Some("text/html"), b" \r\n", "", false),
        ];
        for (content_type, body, expected, lines) in cases {
            assert_eq!(read(content_type, body).await, Ok((expected.to_owned(), lines)), "{content_type:?}");
        }
    }

    #[tokio::test]
    async fn refuses_other_charsets_and_bad_archives() {
        let large = crate::gzip::compress(&[b'1'; 1001]);
        let cases: [(&str, &[u8], ReadError); 5] = [
            ("application/json; charset=utf-16", b"{}", ReadError::Charset),
            ("application/json; charset=iso-8859-1", b"\"\xe9\"", ReadError::Charset),
            ("application/json; charset=mira", b"{}", ReadError::Charset),
            ("application/gzip", b"{}", ReadError::Upstream(UpstreamError::Encoding)),
            ("application/gzip", &large, ReadError::Upstream(UpstreamError::TooLarge)),
        ];
        for (content_type, body, expected) in cases {
            assert_eq!(read(Some(content_type), body).await, Err(expected), "{content_type}");
        }
    }

    #[test]
    fn takes_a_small_numeric_code_and_nothing_else() {
        let cases: [(&str, Option<u32>); 9] = [
            (r#"{"code":1001,"message":"User does not exist: mira@lumen-orchard.example."}"#, Some(1001)),
            (r#"{"status":false,"errorCode":401}"#, Some(401)),
            (r#"{"code":"1001"}"#, None),
            (r#"{"code":15551234567}"#, None),
            (r#"{"code":-1}"#, None),
            (r#"{"code":1.5}"#, None),
            (r#"{"error":{"code":1}}"#, None),
            ("<html>", None),
            ("", None),
        ];
        for (body, expected) in cases {
            assert_eq!(error_code(body.as_bytes()), expected, "{body}");
        }
    }
}
