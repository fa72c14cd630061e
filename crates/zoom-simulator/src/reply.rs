//! An answer before it becomes bytes on a line.

use std::io::Write as _;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::Value;

/// Status, headers and whole body.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Reply::text(status, "application/json;charset=UTF-8", body.to_string())
    }

    pub(crate) fn text(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let reply = Reply { status, headers: HeaderMap::new(), body: body.into() };
        reply.with(header::CONTENT_TYPE, content_type)
    }

    /// Sets a header; one that HTTP cannot carry is left out.
    pub(crate) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            self.headers.insert(name, value);
        }
        self
    }

    pub(crate) fn gzipped(mut self) -> Self {
        self.body = gzip(&self.body);
        self.with(header::CONTENT_ENCODING, "gzip")
    }
}

pub(crate) fn gzip(body: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).expect("writing to memory cannot fail");
    encoder.finish().expect("writing to memory cannot fail").into()
}

/// A JSON document of `length` bytes, mostly blanks, that compresses to almost nothing.
pub(crate) fn gzip_bomb(length: u64) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let blanks = [b' '; 64 * 1024];
    encoder.write_all(b"{\"users\":[").expect("writing to memory cannot fail");
    let mut left = length.saturating_sub(12);
    while left > 0 {
        let part = left.min(blanks.len() as u64);
        encoder.write_all(&blanks[..part as usize]).expect("writing to memory cannot fail");
        left -= part;
    }
    encoder.write_all(b"]}").expect("writing to memory cannot fail");
    encoder.finish().expect("writing to memory cannot fail").into()
}
